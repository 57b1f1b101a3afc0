//! Who is at the other end: the address and protocol of the connection, or what a trusted proxy says of
//! them. Everything after this asks [`Peer`] or `ConnectInfo`, never a header.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use super::Hub;
use crate::options::{ForwardedHeader, HttpOptions};

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub address: IpAddr,
    /// Whether the client's own connection is encrypted.
    pub is_https: bool,
}

/// Finds the peer, for everything that comes after: also as `ConnectInfo`. Cookies that leave over HTTPS
/// come back over HTTPS only.
pub(super) async fn identify(
    State(hub): State<Arc<Hub>>,
    mut request: Request,
    next: Next,
) -> Response {
    let ConnectInfo(direct) = *request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .expect("the server tells every request its connection");
    let peer = peer(&hub.options, direct.ip(), request.headers());
    if peer.address != direct.ip().to_canonical() {
        let client = ConnectInfo(SocketAddr::new(peer.address, 0));
        request.extensions_mut().insert(client);
    }
    request.extensions_mut().insert(peer);
    let mut response = next.run(request).await;
    if peer.is_https {
        secure_cookies(response.headers_mut());
    }
    response
}

fn peer(options: &HttpOptions, direct: IpAddr, headers: &HeaderMap) -> Peer {
    let direct = direct.to_canonical();
    let itself = Peer {
        address: direct,
        is_https: options.tls.is_some(),
    };
    if !is_trusted(&options.trusted_proxies, direct) {
        return itself;
    }
    let hops = match options.forwarded_header {
        ForwardedHeader::XForwardedFor => x_forwarded_for(headers),
        ForwardedHeader::Forwarded => forwarded(headers),
    };
    // The last hop was written by the proxy that we trust; each trusted hop vouches for the one before it.
    let mut found = itself;
    for hop in hops.iter().rev() {
        let Some(address) = hop.address else {
            break;
        };
        found = Peer {
            address,
            is_https: hop.is_https,
        };
        if !is_trusted(&options.trusted_proxies, address) {
            break;
        }
    }
    found
}

fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// One step from the client to us.
struct Hop {
    address: Option<IpAddr>,
    is_https: bool,
}

fn elements(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .flat_map(|value| value.split(','))
        .map(|element| element.trim().to_owned())
        .collect()
}

fn x_forwarded_for(headers: &HeaderMap) -> Vec<Hop> {
    // One protocol for all hops: that which the nearest proxy saw or passed on.
    let is_https = elements(headers, "x-forwarded-proto")
        .last()
        .is_some_and(|protocol| protocol.eq_ignore_ascii_case("https"));
    elements(headers, "x-forwarded-for")
        .iter()
        .map(|element| Hop {
            address: node(element),
            is_https,
        })
        .collect()
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    elements(headers, header::FORWARDED.as_str())
        .iter()
        .map(|element| {
            let value = |wanted: &str| {
                element.split(';').find_map(|pair| {
                    let (name, value) = pair.split_once('=')?;
                    let is_it = name.trim().eq_ignore_ascii_case(wanted);
                    is_it.then(|| value.trim().trim_matches('"'))
                })
            };
            Hop {
                address: value("for").and_then(node),
                is_https: value("proto").is_some_and(|value| value.eq_ignore_ascii_case("https")),
            }
        })
        .collect()
}

/// An address with or without port, IPv6 in brackets then. Anything else (`unknown`, a made-up name) is none.
fn node(text: &str) -> Option<IpAddr> {
    let address: IpAddr = match text.parse() {
        Ok(address) => address,
        Err(_) => match text.parse::<SocketAddr>() {
            Ok(address) => address.ip(),
            Err(_) => text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?,
        },
    };
    Some(address.to_canonical())
}

fn secure_cookies(headers: &mut HeaderMap) {
    if let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) {
        for cookie in cookies.iter_mut() {
            let Ok(text) = cookie.to_str() else { continue };
            let is_secure = text
                .split(';')
                .any(|part| part.trim().eq_ignore_ascii_case("secure"));
            if !is_secure {
                let text = format!("{text}; Secure");
                *cookie = HeaderValue::from_str(&text).expect("it was a header before");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn check(
        header: ForwardedHeader,
        direct: &str,
        lines: &[(&'static str, &str)],
        expected: (&str, bool),
    ) {
        let options = HttpOptions {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            forwarded_header: header,
            ..HttpOptions::default()
        };
        let found = peer(&options, direct.parse().unwrap(), &headers(lines));
        let (address, is_https) = expected;
        let address = address.parse().unwrap();
        assert_eq!(found, Peer { address, is_https }, "{direct} {lines:?}");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let check = |direct: &str, lines: &[(&'static str, &str)], expected| {
            check(ForwardedHeader::XForwardedFor, direct, lines, expected);
        };
        let client = ("x-forwarded-for", "192.0.2.7");
        let https = ("x-forwarded-proto", "https");
        check("203.0.113.1", &[client, https], ("203.0.113.1", false));
        check("10.0.0.1", &[client, https], ("192.0.2.7", true));
        check("::ffff:10.0.0.1", &[client, https], ("192.0.2.7", true));
        check("fd00::1", &[client], ("192.0.2.7", false));
        check("10.0.0.1", &[https], ("10.0.0.1", false));
        check("10.0.0.1", &[], ("10.0.0.1", false));
        // A client that writes the header itself stands before what the proxy added.
        let forged = ("x-forwarded-for", "198.51.100.9, 192.0.2.7");
        check("10.0.0.1", &[forged], ("192.0.2.7", false));
        let chain = ("x-forwarded-for", "192.0.2.7, 10.0.0.5");
        check("10.0.0.1", &[chain, https], ("192.0.2.7", true));
        let lines = [
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-for", "10.0.0.5"),
        ];
        check("10.0.0.1", &lines, ("192.0.2.7", false));
        for junk in ["unknown", "", "evil.example", "192.0.2.7, _x, 10.0.0.9"] {
            let expected = if junk.contains("10.") {
                "10.0.0.9"
            } else {
                "10.0.0.1"
            };
            check("10.0.0.1", &[("x-forwarded-for", junk)], (expected, false));
        }
        let other = ("forwarded", "for=192.0.2.66;proto=https");
        check("10.0.0.1", &[client, other], ("192.0.2.7", false));
    }

    #[test]
    fn the_standard_header_is_read_when_it_is_chosen() {
        let check = |lines: &[(&'static str, &str)], expected| {
            check(ForwardedHeader::Forwarded, "10.0.0.1", lines, expected);
        };
        check(
            &[("forwarded", "for=192.0.2.7;proto=https")],
            ("192.0.2.7", true),
        );
        check(
            &[(
                "forwarded",
                "For=\"[2001:db8::7]:4711\"; Proto=https; by=10.0.0.1, for=10.0.0.2;proto=http",
            )],
            ("2001:db8::7", true),
        );
        check(&[("forwarded", "for=192.0.2.7:80")], ("192.0.2.7", false));
        check(
            &[("forwarded", "for=_hidden;proto=https")],
            ("10.0.0.1", false),
        );
        check(&[("x-forwarded-for", "192.0.2.7")], ("10.0.0.1", false));
    }

    #[test]
    fn cookies_become_secure_once() {
        let mut headers = headers(&[
            ("set-cookie", "a=1; HttpOnly"),
            ("set-cookie", "b=2; Secure; Path=/"),
        ]);
        secure_cookies(&mut headers);
        let cookies: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1; HttpOnly; Secure", "b=2; Secure; Path=/"]);
    }
}
