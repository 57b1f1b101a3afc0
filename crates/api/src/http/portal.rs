//! The portal: files of `portal/dist`, embedded when this crate is compiled (also in the debug
//! profile, so that the program is one file). Must not know what the files do.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{Hub, message};

#[derive(RustEmbed)]
#[folder = "../../portal/dist"]
#[allow_missing = true]
struct Portal;

/// Names of these files contain a hash of their content.
const HASHED_FOLDER: &str = "assets/";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<title>Rollcall</title></head><body>\n<h1>Rollcall runs, but its portal was not built</h1>\n\
<p>Build it with <code>cd portal &amp;&amp; npm ci &amp;&amp; npm run build</code>, then build Rollcall \
again; <code>make run</code> does both.</p>\n<p>GraphQL answers at <code>/graphql</code>.</p>\n</body></html>\n";

/// Any other path: a file of the portal, or its start page, which reads the path itself.
pub(super) async fn page(State(hub): State<Arc<Hub>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let text = "there is nothing to change at this address";
        return message(StatusCode::METHOD_NOT_ALLOWED, text).into_response();
    }
    if request.uri().path().starts_with("/graphiql") {
        return match hub.options.graphiql {
            true => graphiql(request.headers()),
            false => {
                message(StatusCode::NOT_FOUND, "GraphiQL is switched off here").into_response()
            }
        };
    }
    respond(Portal::get, request.uri(), request.headers())
}

/// The page on which people try queries; it comes with the portal and uses its session.
fn graphiql(headers: &HeaderMap) -> Response {
    match Portal::get("graphiql.html") {
        Some(found) => file("graphiql.html", found, headers),
        None => not_built(),
    }
}

fn not_built() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, kind, NOT_BUILT).into_response()
}

fn respond(get: impl Fn(&str) -> Option<EmbeddedFile>, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    if let Some(found) = get(path) {
        return file(path, found, headers);
    }
    // A client route has no dot; a missing script answered with a page would only confuse.
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with(HASHED_FOLDER) || last.contains('.') && path != "index.html" {
        return message(StatusCode::NOT_FOUND, "there is no such file").into_response();
    }
    match get("index.html") {
        Some(found) => file("index.html", found, headers),
        None => not_built(),
    }
}

fn file(path: &str, found: EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..16]));
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|known| known.trim() == etag));
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let keep = if path.starts_with(HASHED_FOLDER) {
        FOREVER
    } else {
        ASK_AGAIN
    };
    let (status, body) = match is_known {
        true => (StatusCode::NOT_MODIFIED, Body::empty()),
        false => (StatusCode::OK, Body::from(found.data)),
    };
    let mut response = (status, body).into_response();
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, keep);
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::ETAG, etag)] {
        let value = value.parse().expect("kinds and hashes are plain ASCII");
        answer.insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(RustEmbed)]
    #[folder = "tests/portal"]
    struct Example;

    fn get(path: &str) -> Response {
        respond(Example::get, &path.parse().unwrap(), &HeaderMap::new())
    }

    fn text<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers()[name].to_str().unwrap()
    }

    #[test]
    fn client_routes_get_the_start_page_and_missing_files_do_not() {
        let check = |path: &str, status: u16, kind: &str| {
            let response = get(path);
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert_eq!(text(&response, "content-type"), kind, "{path}");
        };
        let html = "text/html; charset=utf-8";
        check("/", 200, html);
        check("/index.html", 200, html);
        check("/employees/42?tab=1", 200, html);
        check(
            "/assets/app-1a2b3c.js",
            200,
            "text/javascript; charset=utf-8",
        );
        check("/assets/gone", 404, "application/json");
        check("/gone.js", 404, "application/json");
        check("/../Cargo.toml", 404, "application/json");
    }

    #[test]
    fn hashed_files_are_kept_and_the_start_page_is_asked_for() {
        assert_eq!(
            text(&get("/assets/app-1a2b3c.js"), "cache-control"),
            FOREVER
        );
        let response = get("/employees");
        assert_eq!(text(&response, "cache-control"), ASK_AGAIN);
        let etag = response.headers()[header::ETAG].clone();
        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
        let again = respond(Example::get, &Uri::from_static("/"), &again);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_portal_that_was_not_built_says_how() {
        let response = respond(|_| None, &Uri::from_static("/"), &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(NOT_BUILT.contains("npm run build"));
    }
}
