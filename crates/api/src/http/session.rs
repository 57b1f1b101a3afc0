//! Log-in and log-out: a random cookie, of which only the SHA-256 is stored.

use std::net::{IpAddr, SocketAddr};
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
use rollcall_store::Scope;
use rollcall_store::audit::{Event as AuditEvent, audit_record};
use rollcall_store::session::{
    AddressKind, Credential, CredentialId, LoginMethod, SessionCreate, login_candidates,
    session_create, session_revoke,
};
use rollcall_store::totp::{recovery_code_use, totp_secret, totp_step_use};
use serde_json::json;

use super::credential::{self, COOKIE};
use super::{Hub, message, password};
use crate::failure::Failure;
use crate::metric::{self, Counter};
use crate::secret;
use crate::totp;
use crate::viewer::Ended;

/// A session ends after this long, used or not.
const SESSION_HOURS: i64 = 12;
/// Longest address that is looked up (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL_BYTES: usize = 254;
/// Longest code that is looked at.
const MAX_CODE_BYTES: usize = 64;
/// Characters kept of what a browser calls itself.
const MAX_USER_AGENT: usize = 200;
/// Code of a log-in that needs a code of the authenticator as well.
const SECOND_FACTOR: &str = "RC410";

#[derive(serde::Deserialize)]
struct Login {
    email: String,
    password: String,
    /// Of the authenticator, or a recovery code.
    code: Option<String>,
}

/// Where a log-in comes from.
pub(super) struct Origin {
    address_kind: AddressKind,
    user_agent: String,
}

impl Origin {
    pub fn new(address: IpAddr, headers: &HeaderMap) -> Self {
        let user_agent = headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self {
            address_kind: address_kind(address),
            user_agent: user_agent.chars().take(MAX_USER_AGENT).collect(),
        }
    }
}

fn address_kind(address: IpAddr) -> AddressKind {
    let address = address.to_canonical();
    let is_private = match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    };
    match address {
        _ if address.is_loopback() => AddressKind::Local,
        _ if is_private => AddressKind::Private,
        _ => AddressKind::Public,
    }
}

/// What a password came to.
enum Checked {
    /// It is this user's.
    Right(Scope),
    /// It is nobody's; these have the address.
    Wrong(Vec<Scope>),
}

/// What the second factor came to.
enum Factor {
    Passed(LoginMethod),
    Needed,
    Wrong,
}

/// `POST /session`: 204 with the cookie, 401, or 429 with `Retry-After`.
pub(super) async fn create(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(login) = serde_json::from_slice::<Login>(&body) else {
        let text = "the body must be JSON with `email` and `password`, and perhaps `code`";
        return message(StatusCode::BAD_REQUEST, text).into_response();
    };
    let email = login.email.trim().to_lowercase();
    // What is too long to be an address is nobody's, and not worth remembering.
    let account = match email.len() {
        0..=MAX_EMAIL_BYTES => email.as_str(),
        _ => "",
    };
    let now = (hub.clock)();
    let attempt = hub.login_limit.attempt(address.ip(), account, now);
    if let Err(wait_s) = attempt {
        count("refused");
        let text = format!("too many failed log-ins; try again in {wait_s} s");
        let retry_after = [(header::RETRY_AFTER, wait_s.to_string())];
        let answer = message(StatusCode::TOO_MANY_REQUESTS, &text);
        return (retry_after, answer).into_response();
    }
    let origin = Origin::new(address.ip(), &headers);
    match log_in(&hub, &email, login, &origin).await {
        Ok((answer, outcome)) => {
            match outcome {
                "ok" => hub.login_limit.succeeded(address.ip(), account),
                "second_factor" => hub.login_limit.taken_back(address.ip(), account),
                _ => {}
            }
            count(outcome);
            answer
        }
        Err(failure) => {
            // A failure of ours is not the caller's.
            hub.login_limit.taken_back(address.ip(), account);
            failed(failure)
        }
    }
}

async fn log_in(
    hub: &Hub,
    email: &str,
    login: Login,
    origin: &Origin,
) -> Result<(Response, &'static str), Failure> {
    let scope = match check(hub, email, login.password).await? {
        Checked::Right(scope) => scope,
        Checked::Wrong(scopes) => {
            for scope in scopes {
                refused(hub, &scope, origin, "password").await?;
            }
            let text = "email or password is wrong";
            return Ok((
                message(StatusCode::UNAUTHORIZED, text).into_response(),
                "wrong",
            ));
        }
    };
    let second = |text: &str| {
        let body = json!({ "message": text, "code": SECOND_FACTOR });
        (StatusCode::UNAUTHORIZED, Json(body)).into_response()
    };
    match second_factor(hub, &scope, login.code.as_deref()).await? {
        Factor::Passed(method) => Ok((begin(hub, &scope, method, origin).await?, "ok")),
        Factor::Needed => Ok((
            second("a code of the second factor is needed"),
            "second_factor",
        )),
        Factor::Wrong => {
            refused(hub, &scope, origin, "code").await?;
            Ok((second("the code is wrong, or was used already"), "wrong"))
        }
    }
}

/// `DELETE /session`: ends the session of the cookie, if any, and removes the cookie.
pub(super) async fn delete(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response {
    let ended = match credential::of_headers(&headers) {
        Some(credential @ Credential::Session(_)) => end(&hub, &credential).await,
        Some(Credential::Token(_)) => {
            let text = "an API token has no session; revoke it instead";
            return message(StatusCode::BAD_REQUEST, text).into_response();
        }
        None => Ok(()),
    };
    if let Err(failure) = ended {
        return failed(failure);
    }
    let mut removal = cookie(&hub, String::new());
    removal.make_removal();
    let jar = CookieJar::new().add(removal);
    (jar, StatusCode::NO_CONTENT).into_response()
}

async fn end(hub: &Hub, credential: &Credential) -> Result<(), Failure> {
    let Some(viewer) = credential::look_up(hub, credential, false).await? else {
        return Ok(());
    };
    let CredentialId::Session(session_id) = viewer.session.credential_id else {
        return Ok(());
    };
    let change = viewer.change().await?;
    // Somebody may have ended it in between; then it is over as well.
    if session_revoke(&change, session_id, viewer.now())
        .await
        .is_ok()
    {
        let event = AuditEvent::new("session.end", "session").of(session_id);
        change.commit(&event).await?;
    }
    let ended = Ended::Credential(viewer.session.credential_id);
    hub.feed.ended(&ended);
    Ok(())
}

async fn check(hub: &Hub, email: &str, password: String) -> Result<Checked, Failure> {
    let is_plausible = email.len() <= MAX_EMAIL_BYTES
        && !email.contains('\0')
        && password.len() <= password::MAX_PASSWORD_BYTES;
    let candidates = match is_plausible {
        true => login_candidates(&hub.database, email).await?,
        false => Vec::new(),
    };
    let (scopes, hashes): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .map(|candidate| (candidate.scope, candidate.password_hash))
        .unzip();
    let password = if is_plausible {
        password
    } else {
        String::new()
    };
    let found = hub.passwords.verify_any(password, hashes).await?;
    Ok(match found {
        Some(position) => Checked::Right(scopes[position]),
        None => Checked::Wrong(scopes),
    })
}

/// Whether the user passes the second factor, which those without one always do. A code is taken once.
async fn second_factor(hub: &Hub, scope: &Scope, code: Option<&str>) -> Result<Factor, Failure> {
    let (organization_id, Some(user_id)) = (scope.organization_id, scope.user_id) else {
        return Ok(Factor::Wrong);
    };
    let totp = totp_secret(&hub.database, organization_id, user_id).await?;
    let Some(totp) = totp.filter(|totp| totp.is_confirmed) else {
        return Ok(Factor::Passed(LoginMethod::Password));
    };
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Ok(Factor::Needed);
    };
    if code.len() > MAX_CODE_BYTES {
        return Ok(Factor::Wrong);
    }
    let now = (hub.clock)();
    let transaction = hub.database.begin(scope).await?;
    let passed = match totp::step(&totp.secret, code, now) {
        Some(step) => totp_step_use(&transaction, user_id, step)
            .await?
            .then_some(LoginMethod::Totp),
        None => {
            let digest = credential::digest(&totp::recovery_code(code));
            recovery_code_use(&transaction, user_id, &digest, now)
                .await?
                .then_some(LoginMethod::RecoveryCode)
        }
    };
    transaction.commit().await?;
    Ok(passed.map_or(Factor::Wrong, Factor::Passed))
}

/// Remembers a log-in that failed at an account that exists.
async fn refused(hub: &Hub, of: &Scope, origin: &Origin, what: &str) -> Result<(), Failure> {
    let Some(user_id) = of.user_id else {
        return Ok(());
    };
    // Nobody is logged in, so it is not the user who did this.
    let transaction = hub
        .database
        .begin(&Scope::organization(of.organization_id))
        .await?;
    let event = AuditEvent::new("session.refuse", "user")
        .of(user_id)
        .after(json!({ "wrong": what, "address_kind": origin.address_kind.as_str() }));
    audit_record(&transaction, of.organization_id, &event).await?;
    Ok(transaction.commit().await?)
}

/// Begins a session: 204 with its cookie.
pub(super) async fn begin(
    hub: &Hub,
    scope: &Scope,
    method: LoginMethod,
    origin: &Origin,
) -> Result<Response, Failure> {
    let cookie = begin_cookie(hub, scope, method, origin).await?;
    let jar = CookieJar::new().add(cookie);
    Ok((jar, StatusCode::NO_CONTENT).into_response())
}

/// Begins a session and returns its cookie.
pub(super) async fn begin_cookie(
    hub: &Hub,
    scope: &Scope,
    method: LoginMethod,
    origin: &Origin,
) -> Result<Cookie<'static>, Failure> {
    let value = URL_SAFE_NO_PAD.encode(secret::random::<32>()?);
    let now = (hub.clock)();
    let new = SessionCreate {
        digest: credential::digest(&value),
        now,
        expires_at: now + SignedDuration::from_hours(SESSION_HOURS),
        method,
        address_kind: origin.address_kind,
        user_agent: &origin.user_agent,
    };
    let transaction = hub.database.begin(scope).await?;
    let session_id = session_create(&transaction, scope, &new).await?;
    let event = AuditEvent::new("session.create", "session")
        .of(session_id)
        .after(json!({ "method": method.as_str(), "address_kind": new.address_kind.as_str() }));
    audit_record(&transaction, scope.organization_id, &event).await?;
    transaction.commit().await?;
    Ok(cookie(hub, value))
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

pub(super) fn count(outcome: &'static str) {
    metric::count(Counter::Logins, &[("outcome", outcome.to_owned())]);
}

pub(super) fn failed(failure: Failure) -> Response {
    let status = match failure {
        Failure::Unauthenticated => StatusCode::UNAUTHORIZED,
        Failure::Forbidden(_) | Failure::PasswordChange => StatusCode::FORBIDDEN,
        Failure::Argument(_) | Failure::UnknownOperation => StatusCode::BAD_REQUEST,
        Failure::Limit(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Failure::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Failure::Slow => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = json!({ "message": failure.to_string(), "code": failure.code() });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_as_kinds_only() {
        for (address, expected) in [
            ("127.0.0.1", "local"),
            ("::1", "local"),
            ("::ffff:127.0.0.1", "local"),
            ("10.1.2.3", "private"),
            ("192.168.0.9", "private"),
            ("::ffff:10.0.0.1", "private"),
            ("fd00::1", "private"),
            ("fe80::1", "private"),
            ("198.51.100.7", "public"),
            ("2001:db8::1", "public"),
        ] {
            let kind = address_kind(address.parse().unwrap());
            assert_eq!(kind.as_str(), expected, "{address}");
        }
    }
}
