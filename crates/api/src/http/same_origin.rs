//! Refuses requests that another site made a browser send. The cookie is `SameSite=Strict`, which old
//! browsers and sibling subdomains get around, so what the browser says of the origin counts too.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::message;

/// As [`check`], and a body must be declared as JSON: a form of another site cannot do that without
/// asking first.
pub(super) async fn check_json(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_json(request.headers()) {
        let text = "the content type must be `application/json`";
        return message(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    check(request, next).await
}

/// Lets a request through when nothing says that it comes from another origin.
pub(super) async fn check(request: Request, next: Next) -> Response {
    if !is_same_origin(request.headers()) {
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

fn is_same_origin(headers: &HeaderMap) -> bool {
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
        let check = |lines: &[(&'static str, &str)], expected: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_same_origin(&headers), expected, "{lines:?}");
        };
        let host = ("host", "rollcall.example:8080");
        check(&[host], true);
        check(&[host, ("origin", "http://rollcall.example:8080")], true);
        check(&[host, ("origin", "https://ROLLCALL.example:8080")], true);
        check(&[host, ("origin", "http://rollcall.example")], false);
        check(&[host, ("origin", "http://evil.example")], false);
        check(&[host, ("origin", "null")], false);
        check(&[("origin", "http://rollcall.example:8080")], false);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "none")], true);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
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
