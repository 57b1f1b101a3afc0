//! Where webhooks may be sent: what a URL may look like, and which addresses are public. The hub stands inside
//! a network; whoever names a URL must not reach what only the hub can reach. Must not resolve names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest URL, in bytes.
const MAX_URL: usize = 2000;

/// A URL taken apart, as far as a client needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// TLS or not.
    pub is_https: bool,
    /// Name or address, the latter without brackets.
    pub host: String,
    /// Port, also when the URL has none.
    pub port: u16,
    /// Path and query, beginning with `/`.
    pub path: String,
    /// What the header `Host` says.
    pub authority: String,
}

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefusal {
    /// Cannot be read.
    #[error("this is not a URL\nhint: write it like https://example.org/hooks/rollcall")]
    Malformed,
    /// Too long to be kept.
    #[error("the URL is longer than {MAX_URL} bytes")]
    TooLong,
    /// Has a user name or a password.
    #[error(
        "the URL has a user name or password in it\nhint: receivers check the signature instead"
    )]
    UserInfo,
    /// Has a fragment, which is never sent.
    #[error("the URL has a fragment (`#…`), which is never sent\nhint: leave it out")]
    Fragment,
    /// Neither https nor an allowed http.
    #[error(
        "the URL does not begin with https://\nhint: an operator can allow http by `webhooks_allow_private`"
    )]
    Scheme,
    /// A port where other services live.
    #[error("this port is not one of a web server\nhint: use 443, or one from 1024 on")]
    Port,
    /// An address of the machine or its network.
    #[error(
        "the address is not a public one\nhint: an operator can allow private ones by `webhooks_allow_private`"
    )]
    Private,
}

impl Target {
    /// Reads a URL. `allow_private` is the operator's word: also http, any port, any address.
    pub fn parse(url: &str, allow_private: bool) -> Result<Self, TargetRefusal> {
        if url.len() > MAX_URL {
            return Err(TargetRefusal::TooLong);
        }
        // The parser would drop it.
        if url.contains('#') {
            return Err(TargetRefusal::Fragment);
        }
        let uri: http::Uri = url.parse().map_err(|_| TargetRefusal::Malformed)?;
        let authority = uri.authority().ok_or(TargetRefusal::Malformed)?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if allow_private => false,
            Some(_) => return Err(TargetRefusal::Scheme),
            None => return Err(TargetRefusal::Malformed),
        };
        if authority.as_str().contains('@') {
            return Err(TargetRefusal::UserInfo);
        }
        let port = match authority.port() {
            Some(port) => port
                .as_str()
                .parse()
                .map_err(|_| TargetRefusal::Malformed)?,
            // `host:` and ports that are none: the parser leaves them in the text.
            None if authority.as_str() != authority.host() => return Err(TargetRefusal::Malformed),
            None if is_https => 443,
            None => 80,
        };
        if port == 0 || !(allow_private || port == 443 || port >= 1024) {
            return Err(TargetRefusal::Port);
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if host.is_empty() || !host.chars().all(is_name) {
            return Err(TargetRefusal::Malformed);
        }
        if let Ok(address) = host.parse::<IpAddr>()
            && !(allow_private || is_public(address))
        {
            return Err(TargetRefusal::Private);
        }
        Ok(Self {
            is_https,
            host: host.to_owned(),
            port,
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
            authority: authority.as_str().to_owned(),
        })
    }
}

/// Whether an address is of the public internet: none of the machine, its network, a provider's metadata
/// service, a group or a reserve.
///
/// Source: the special-purpose address registries of IANA (RFC 6890 and its successors).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_private()
        || address.is_loopback()
        // 169.254.169.254 too, where clouds keep their metadata.
        || address.is_link_local()
        || address.is_documentation()
        // Carriers' shared space.
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments; 6to4 relays.
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Benchmarks.
        || (a == 198 && (b == 18 || b == 19))
        // Groups, reserves, broadcast.
        || a >= 224)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        // Only 2000::/3 is given out; besides, NAT64 leads to an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        // 6to4 too.
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Protocol assignments (Teredo, ORCHID and others), documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_or_refused() {
        use TargetRefusal::{Fragment, Malformed, Port, Private, Scheme, TooLong, UserInfo};
        let long = format!("https://example.org/{}", "x".repeat(2000));
        for (url, public, private) in [
            ("https://example.org", Ok(443), Ok(443)),
            ("https://example.org/a?b=c", Ok(443), Ok(443)),
            ("https://example.org:8443/a", Ok(8443), Ok(8443)),
            ("HTTPS://example.org/", Ok(443), Ok(443)),
            ("https://8.8.8.8/", Ok(443), Ok(443)),
            ("https://[2606:4700::1111]/", Ok(443), Ok(443)),
            ("http://example.org", Err(Scheme), Ok(80)),
            ("ftp://example.org", Err(Scheme), Err(Scheme)),
            ("file:///etc/passwd", Err(Malformed), Err(Malformed)),
            ("example.org", Err(Malformed), Err(Malformed)),
            ("/a", Err(Malformed), Err(Malformed)),
            ("", Err(Malformed), Err(Malformed)),
            ("https://", Err(Malformed), Err(Malformed)),
            ("https://:443/", Err(Malformed), Err(Malformed)),
            ("https://exa mple.org/", Err(Malformed), Err(Malformed)),
            ("https://exämple.org/", Err(Malformed), Err(Malformed)),
            (
                "https://example.org/\r\nX: y",
                Err(Malformed),
                Err(Malformed),
            ),
            ("https://example.org:/", Err(Malformed), Err(Malformed)),
            ("https://user@example.org/", Err(UserInfo), Err(UserInfo)),
            (
                "https://user:word@example.org/",
                Err(UserInfo),
                Err(UserInfo),
            ),
            (
                "https://example.org@10.0.0.1/",
                Err(UserInfo),
                Err(UserInfo),
            ),
            ("https://example.org/#a", Err(Fragment), Err(Fragment)),
            ("https://example.org:0/", Err(Port), Err(Port)),
            ("https://example.org:22/", Err(Port), Ok(22)),
            ("https://example.org:80/", Err(Port), Ok(80)),
            ("https://example.org:65536/", Err(Malformed), Err(Malformed)),
            ("https://127.0.0.1/", Err(Private), Ok(443)),
            ("https://10.1.2.3:8443/", Err(Private), Ok(8443)),
            ("https://169.254.169.254/latest", Err(Private), Ok(443)),
            ("https://[::1]/", Err(Private), Ok(443)),
            ("https://[::ffff:127.0.0.1]/", Err(Private), Ok(443)),
            (long.as_str(), Err(TooLong), Err(TooLong)),
        ] {
            let port = |allow| Target::parse(url, allow).map(|target| target.port);
            assert_eq!(port(false), public, "`{url}`");
            assert_eq!(port(true), private, "`{url}`, private ones allowed");
        }
        let target = Target::parse("https://[2606:4700::1]:8443/a/b?c=d", false).unwrap();
        assert_eq!(target.host, "2606:4700::1");
        assert_eq!(target.path, "/a/b?c=d");
        assert_eq!(target.authority, "[2606:4700::1]:8443");
    }

    #[test]
    fn public_addresses_are_told_from_all_others() {
        for (address, expected) in [
            ("1.1.1.1", true),
            ("93.184.215.14", true),
            ("172.15.0.1", true),
            ("172.32.0.1", true),
            ("100.63.255.255", true),
            ("100.128.0.1", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700:4700::1111", true),
            ("2a00:1450:4001::1", true),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("::127.0.0.1", false),
            ("64:ff9b::8.8.8.8", true),
            ("64:ff9b::10.0.0.1", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("2002:808:808::1", true),
            ("3fff::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }
}
