//! What a request proves itself with: an API token in `Authorization`, or else the session cookie. Never both:
//! with that header the cookie is not looked at. Must not know GraphQL.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::CookieJar;
use rollcall_store::session::{Credential, SecretDigest, Session, Use, session_find};
use sha2::{Digest as _, Sha256};

use super::Hub;
use crate::failure::Failure;
use crate::viewer::Viewer;

/// Name of the session cookie.
pub(super) const COOKIE: &str = "rollcall_session";
/// How every API token begins, so that people and scanners recognise one.
pub(crate) const TOKEN_PREFIX: &str = "rct_";
/// Longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 128;

/// What is stored of a secret.
pub(crate) fn digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret).into()
}

/// What the request carries, not checked yet; none when it carries nothing that could be good.
pub(super) fn of_headers(headers: &HeaderMap) -> Option<Credential> {
    if let Some(token) = bearer_of(headers) {
        return token_credential(token);
    }
    let jar = CookieJar::from_headers(headers);
    Some(Credential::Session(digest(jar.get(COOKIE)?.value())))
}

/// Whether the request proves itself with a header that no browser sends by itself, and not with the cookie.
pub(super) fn has_bearer(headers: &HeaderMap) -> bool {
    bearer_of(headers).is_some()
}

fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    bearer(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// What follows `Bearer`; none for another scheme, with which a proxy may guard the whole hub.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let value = value.trim();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The credential that a token is; none when it cannot be one of ours.
pub(super) fn token_credential(token: &str) -> Option<Credential> {
    let is_token = token.starts_with(TOKEN_PREFIX) && token.len() <= MAX_TOKEN_BYTES;
    is_token.then(|| Credential::Token(digest(token)))
}

/// The viewer of a request; none when session or token are not live.
pub(super) async fn viewer(hub: &Hub, credential: &Credential) -> Result<Option<Viewer>, Failure> {
    look_up(hub, credential, true).await
}

/// As [`viewer`], without counting as a use.
pub(super) async fn look_up(
    hub: &Hub,
    credential: &Credential,
    is_use: bool,
) -> Result<Option<Viewer>, Failure> {
    let statistics = Arc::default();
    Ok(find(hub, credential, is_use).await?.map(|session| Viewer {
        session,
        credential: *credential,
        idle: hub.session_idle,
        database: hub.database.counted(Arc::clone(&statistics)),
        clock: hub.clock.clone(),
        feed: hub.feed.clone(),
        passwords: hub.passwords.clone(),
        login_limit: hub.login_limit.clone(),
        near: Default::default(),
        statistics,
    }))
}

async fn find(
    hub: &Hub,
    credential: &Credential,
    is_use: bool,
) -> Result<Option<Arc<Session>>, Failure> {
    let (now, known) = ((hub.clock)(), hub.feed.known());
    if let Some(session) = known.get(credential, now) {
        return Ok(Some(session));
    }
    let how = Use {
        now,
        idle: hub.session_idle,
        is_use,
    };
    let begun = known.begin();
    let found = session_find(&hub.database, credential, how).await?;
    let found = found.map(Arc::new);
    // What was found without a use is not kept: the next use would not be noted.
    if let Some(session) = found.as_ref().filter(|_| is_use) {
        known.put(&begun, *credential, session.clone(), now);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_hides_the_cookie_and_only_tokens_of_ours_are_looked_up() {
        let check = |lines: &[(header::HeaderName, &str)], expected: Option<Credential>| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(of_headers(&headers), expected, "{lines:?}");
        };
        let cookie = (header::COOKIE, "a=b; rollcall_session=secret");
        let token = Some(Credential::Token(digest("rct_abc")));
        check(&[], None);
        check(
            std::slice::from_ref(&cookie),
            Some(Credential::Session(digest("secret"))),
        );
        check(&[(header::AUTHORIZATION, "Bearer rct_abc")], token);
        check(&[(header::AUTHORIZATION, "bearer  rct_abc")], token);
        check(
            &[cookie.clone(), (header::AUTHORIZATION, "Bearer rct_abc")],
            token,
        );
        for bad in ["Bearer", "Bearer ", "Bearer abc"] {
            check(&[cookie.clone(), (header::AUTHORIZATION, bad)], None);
        }
        let basic = (header::AUTHORIZATION, "Basic cmN0Xzo=");
        check(std::slice::from_ref(&basic), None);
        check(
            &[cookie, basic],
            Some(Credential::Session(digest("secret"))),
        );
        let long = format!("Bearer rct_{}", "x".repeat(300));
        check(&[(header::AUTHORIZATION, &long)], None);
    }
}
