//! What is refused before any page is asked: requests by a name that is not the box's own (DNS rebinding), and those
//! that another site made a browser send. Also the headers that tell browsers to be careful. Must not know tokens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::gate;

/// Everything from here only, nothing written into a page, nothing embedded elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A request whose body does not come, or that cannot be answered, ends. Streams begin at once.
const ANSWER: Duration = Duration::from_secs(15);

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Without any, browsers call the origin of our own forms `null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Lets a request through when it calls the box by its name and nothing says that another site is behind it.
pub(super) async fn check(
    State(host_names): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match refusal(request.method(), request.headers(), &host_names) {
        Some(refusal) => refusal.into_response(),
        None => match tokio::time::timeout(ANSWER, next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        },
    };
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn refusal(
    method: &Method,
    headers: &HeaderMap,
    host_names: &[String],
) -> Option<(StatusCode, &'static str)> {
    let Some(host) = text(headers, "host").filter(|host| is_own(host, host_names)) else {
        let text = "this box is not called so\nhint: use its address, or add the name to `local.host_names`\n";
        return Some((StatusCode::MISDIRECTED_REQUEST, text));
    };
    // A token in a header was put there by whoever made the request, never by a browser on its own.
    if gate::bearer(headers).is_none() && !is_same_origin(method, headers, host) {
        return Some((
            StatusCode::FORBIDDEN,
            "this request comes from another site\n",
        ));
    }
    None
}

/// A name that somebody made point here is not ours; an address cannot be made to.
fn is_own(host: &str, host_names: &[String]) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = without_port
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(without_port);
    bare.parse::<IpAddr>().is_ok()
        || without_port.eq_ignore_ascii_case("localhost")
        || host_names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(without_port))
}

fn is_same_origin(method: &Method, headers: &HeaderMap, host: &str) -> bool {
    // Browsers send this header, and scripts cannot set it. A link to a page may come from anywhere.
    if headers.contains_key("sec-fetch-site") {
        let is_link = *method == Method::GET
            && text(headers, "sec-fetch-mode") == Some("navigate")
            && text(headers, "sec-fetch-dest") == Some("document");
        let is_own = matches!(
            text(headers, "sec-fetch-site"),
            Some("same-origin" | "none")
        );
        if !is_own && !is_link {
            return false;
        }
    }
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    text(headers, "origin")
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_own_names_are_answered() {
        let names = ["door.example".to_owned()];
        for (host, expected) in [
            ("127.0.0.1:8090", true),
            ("10.1.2.3", true),
            ("[::1]:8090", true),
            ("localhost:8090", true),
            ("LOCALHOST", true),
            ("door.example:8090", true),
            ("Door.Example", true),
            ("evil.example:8090", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("", false),
            ("127.0.0.1:80a", false),
        ] {
            assert_eq!(is_own(host, &names), expected, "{host}");
        }
    }

    #[test]
    fn other_sites_are_refused_and_links_are_not() {
        let check = |method: Method, lines: &[(&'static str, &str)], expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "10.1.2.3:8090".parse().unwrap());
            for (name, value) in lines {
                headers.insert(*name, value.parse().unwrap());
            }
            let refusal = refusal(&method, &headers, &[]);
            assert_eq!(refusal.is_none(), expected, "{method} {lines:?}");
        };
        let (get, post) = (|| Method::GET, || Method::POST);
        check(get(), &[], true);
        check(post(), &[("origin", "http://10.1.2.3:8090")], true);
        check(post(), &[("origin", "http://10.1.2.3:9000")], false);
        check(post(), &[("origin", "http://evil.example")], false);
        check(post(), &[("origin", "null")], false);
        check(get(), &[("sec-fetch-site", "same-origin")], true);
        check(get(), &[("sec-fetch-site", "none")], true);
        check(get(), &[("sec-fetch-site", "cross-site")], false);
        check(get(), &[("sec-fetch-site", "same-site")], false);
        let link = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        check(get(), &link, true);
        check(post(), &link, false);
        let bearer = [
            ("origin", "http://evil.example"),
            ("authorization", "Bearer x"),
        ];
        check(post(), &bearer, true);
    }
}
