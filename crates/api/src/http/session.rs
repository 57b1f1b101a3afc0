//! Log-in and log-out: a random cookie, of which only the SHA-256 is stored.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rand::TryRngCore as _;
use rollcall_store::Scope;
use rollcall_store::user::{
    SessionDigest, login_candidates, session_create, session_find, session_revoke,
};
use sha2::{Digest as _, Sha256};

use super::{Hub, message, password};
use crate::failure::Failure;
use crate::feed::Event;
use crate::metric::{self, Counter};
use crate::viewer::Viewer;

/// Name of the cookie.
const COOKIE: &str = "rollcall_session";
/// A session ends after this long, used or not.
const SESSION_HOURS: i64 = 12;
/// Longest address that is looked up (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL_BYTES: usize = 254;

#[derive(serde::Deserialize)]
struct Login {
    email: String,
    password: String,
}

/// `POST /session`: 204 with the cookie, 401, or 429 with `Retry-After`.
pub(super) async fn create(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Response {
    let Ok(login) = serde_json::from_slice::<Login>(&body) else {
        let text = "the body must be JSON with `email` and `password`";
        return message(StatusCode::BAD_REQUEST, text).into_response();
    };
    let email = login.email.trim().to_lowercase();
    let now = (hub.clock)();
    let attempt = login_limit(&hub).attempt(address.ip(), &email, now);
    if let Err(wait_s) = attempt {
        count("refused");
        let text = format!("too many failed log-ins; try again in {wait_s} s");
        let retry_after = [(header::RETRY_AFTER, wait_s.to_string())];
        let answer = message(StatusCode::TOO_MANY_REQUESTS, &text);
        return (retry_after, answer).into_response();
    }
    match check(&hub, email.clone(), login.password).await {
        Ok(Some(scope)) => {
            login_limit(&hub).succeeded(address.ip(), &email);
            begin(&hub, &scope).await.unwrap_or_else(failed)
        }
        Ok(None) => {
            count("wrong");
            let text = "email or password is wrong";
            message(StatusCode::UNAUTHORIZED, text).into_response()
        }
        Err(failure) => {
            // A failure of ours is not the caller's.
            login_limit(&hub).succeeded(address.ip(), &email);
            failed(failure)
        }
    }
}

/// `DELETE /session`: revokes the session of the cookie, if any, and removes the cookie.
pub(super) async fn delete(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response {
    if let Some(digest) = digest(&headers) {
        let now = (hub.clock)();
        if let Err(error) = session_revoke(&hub.database, &digest, now).await {
            return failed(Failure::from(error));
        }
        hub.feed.send(Event::SessionEnded(digest));
    }
    let mut removal = cookie(&hub, String::new());
    removal.make_removal();
    let jar = CookieJar::new().add(removal);
    (jar, StatusCode::NO_CONTENT).into_response()
}

/// The viewer of a request; none without a live session.
pub(super) async fn viewer(hub: &Hub, digest: &SessionDigest) -> Result<Option<Viewer>, Failure> {
    let session = session_find(&hub.database, digest, (hub.clock)()).await?;
    Ok(session.map(|session| Viewer {
        session,
        token_scopes: None,
        digest: *digest,
        database: hub.database.clone(),
        clock: hub.clock.clone(),
        feed: hub.feed.clone(),
        n_transactions: Arc::default(),
    }))
}

/// SHA-256 of the session cookie.
pub(super) fn digest(headers: &HeaderMap) -> Option<SessionDigest> {
    let jar = CookieJar::from_headers(headers);
    Some(Sha256::digest(jar.get(COOKIE)?.value()).into())
}

async fn check(hub: &Hub, email: String, password: String) -> Result<Option<Scope>, Failure> {
    let is_plausible = email.len() <= MAX_EMAIL_BYTES
        && !email.contains('\0')
        && password.len() <= password::MAX_PASSWORD_BYTES;
    let candidates = match is_plausible {
        true => login_candidates(&hub.database, &email).await?,
        false => Vec::new(),
    };
    let (scopes, hashes): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .map(|candidate| (candidate.scope, candidate.password_hash))
        .unzip();
    let _slot = hub
        .password_slots
        .acquire()
        .await
        .expect("the semaphore is never closed");
    let password = if is_plausible {
        password
    } else {
        String::new()
    };
    let found = tokio::task::spawn_blocking(move || password::verify_any(&password, &hashes))
        .await
        .map_err(|error| Failure::unexpected(&error))?;
    Ok(found.map(|position| scopes[position]))
}

async fn begin(hub: &Hub, scope: &Scope) -> Result<Response, Failure> {
    let mut secret = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut secret)
        .map_err(|error| Failure::unexpected(&error))?;
    let value = URL_SAFE_NO_PAD.encode(secret);
    let digest: SessionDigest = Sha256::digest(&value).into();
    let now = (hub.clock)();
    let expires_at = now + SignedDuration::from_hours(SESSION_HOURS);
    session_create(&hub.database, scope, &digest, now, expires_at).await?;
    count("ok");
    let jar = CookieJar::new().add(cookie(hub, value));
    Ok((jar, StatusCode::NO_CONTENT).into_response())
}

fn cookie(hub: &Hub, value: String) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path("/");
    cookie.set_secure(hub.secure_cookie);
    // Without `Max-Age` it goes with the browser's session; the server ends it after 12 hours anyway.
    cookie
}

fn login_limit(hub: &Hub) -> std::sync::MutexGuard<'_, super::login_limit::LoginLimit> {
    hub.login_limit
        .lock()
        .expect("no code panics while it counts log-ins")
}

fn count(outcome: &'static str) {
    metric::count(Counter::Logins, &[("outcome", outcome.to_owned())]);
}

pub(super) fn failed(failure: Failure) -> Response {
    let status = match failure {
        Failure::Unauthenticated => StatusCode::UNAUTHORIZED,
        Failure::Forbidden(_) => StatusCode::FORBIDDEN,
        Failure::Argument(_) => StatusCode::BAD_REQUEST,
        Failure::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = serde_json::json!({ "message": failure.to_string(), "code": failure.code() });
    (status, Json(body)).into_response()
}
