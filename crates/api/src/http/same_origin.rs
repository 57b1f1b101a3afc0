//! Refuses requests that another site made a browser send. The cookie is `SameSite=Strict`, which old
//! browsers and sibling subdomains get around, so what the browser says of the origin counts too. A request
//! with an API token works without the cookie, so nobody can make a browser send it.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::peer::Peer;
use super::upload::is_multipart;
use super::{credential, message};

/// Any value of this header shows that the sender is no form of another site: a script of another site
/// cannot send it without asking first.
const PREFLIGHT_HEADER: &str = "x-rollcall-csrf";

/// As [`check`], and a body must be declared as JSON, which a form of another site cannot do without asking
/// first; or as a form with files, and then a header must come with it that such a form cannot send.
pub(super) async fn check_body(request: Request, next: Next) -> Response {
    if request.method() == Method::POST {
        let headers = request.headers();
        if is_multipart(headers) {
            if !is_preflighted(headers) {
                let text =
                    "a request with files needs the header `x-rollcall-csrf: 1`, or an API token";
                return message(StatusCode::FORBIDDEN, text).into_response();
            }
        } else if !is_json(headers) {
            let text =
                "the content type must be `application/json`, or `multipart/form-data` with files";
            return message(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
        }
    }
    check(request, next).await
}

/// Lets a request through when nothing says that it comes from another origin.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let is_https = request
        .extensions()
        .get::<Peer>()
        .is_some_and(|peer| peer.is_https);
    if !credential::has_bearer(request.headers()) && !is_same_origin(request.headers(), is_https) {
        let text = "this request comes from another site";
        return message(StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

fn is_json(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str()).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// Browsers send `Authorization` on their own too, but only for schemes of their own, never for tokens.
fn is_preflighted(headers: &HeaderMap) -> bool {
    let is_token = text(headers, header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    is_token || headers.contains_key(PREFLIGHT_HEADER)
}

fn is_same_origin(headers: &HeaderMap, is_https: bool) -> bool {
    // Browsers send this header, and scripts cannot set it.
    if headers.contains_key("sec-fetch-site") {
        let site = text(headers, "sec-fetch-site");
        if !matches!(site, Some("same-origin" | "none")) {
            return false;
        }
    }
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let origin = text(headers, header::ORIGIN.as_str())
        .and_then(|origin| origin.split_once("://"))
        // Without TLS of ours or of a trusted proxy there may still be a proxy with TLS.
        .filter(|(scheme, _)| !is_https || scheme.eq_ignore_ascii_case("https"))
        .map(|(_, authority)| authority);
    let host = text(headers, header::HOST.as_str());
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_with_the_host() {
        let check_by = |is_https: bool, lines: &[(&'static str, &str)], expected: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_same_origin(&headers, is_https), expected, "{lines:?}");
        };
        let check = |lines: &[(&'static str, &str)], expected: bool| {
            check_by(false, lines, expected);
        };
        let host = ("host", "rollcall.example:8080");
        check(&[host], true);
        check(&[host, ("origin", "http://rollcall.example:8080")], true);
        check(&[host, ("origin", "https://ROLLCALL.example:8080")], true);
        check(&[host, ("origin", "http://rollcall.example")], false);
        check_by(
            true,
            &[host, ("origin", "https://rollcall.example:8080")],
            true,
        );
        check_by(
            true,
            &[host, ("origin", "http://rollcall.example:8080")],
            false,
        );
        check(&[host, ("origin", "http://evil.example")], false);
        check(&[host, ("origin", "null")], false);
        check(&[("origin", "http://rollcall.example:8080")], false);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "none")], true);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
    }

    #[test]
    fn forms_cannot_send_what_shows_that_they_are_none() {
        let check = |name: &'static str, value: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(
                axum::http::HeaderName::from_static(name),
                value.parse().unwrap(),
            )]);
            assert_eq!(is_preflighted(&headers), expected, "{name}: {value}");
        };
        check("x-rollcall-csrf", "1", true);
        check("authorization", "Bearer x", true);
        check("authorization", "bearer x", true);
        check("authorization", "Basic eDp5", false);
        check("authorization", "Bearer", false);
        check("accept", "1", false);
    }

    #[test]
    fn only_json_is_json() {
        let check = |value: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.parse().unwrap())]);
            assert_eq!(is_json(&headers), expected, "{value}");
        };
        check("application/json", true);
        check("Application/JSON; charset=utf-8", true);
        check("text/plain", false);
        check("application/x-www-form-urlencoded", false);
        check("application/jsonp", false);
    }
}
