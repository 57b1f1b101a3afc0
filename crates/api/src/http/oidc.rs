//! Single sign-on in the browser: leaving for the identity provider, and coming back. Must not know tokens.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use rollcall_store::session::{LoginMethod, login_candidates};
use serde_json::json;

use super::session::{self, Origin};
use super::{Hub, message};
use crate::failure::Failure;
use crate::oidc::{Flight, Oidc, OidcError};

/// Name of the cookie that waits for the way back.
const COOKIE: &str = "rollcall_oidc";

#[derive(serde::Deserialize)]
pub(super) struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// Why nobody is logged in, with the status.
struct Refused(StatusCode, String);

impl From<OidcError> for Refused {
    fn from(error: OidcError) -> Self {
        let status = match error {
            OidcError::Provider(_) => StatusCode::BAD_GATEWAY,
            OidcError::Token(_) => StatusCode::UNAUTHORIZED,
            OidcError::Email => StatusCode::FORBIDDEN,
        };
        tracing::warn!(error.chain = error.to_string(), "single sign-on failed");
        // What the provider said is for the log.
        let text = match error {
            OidcError::Provider(_) => {
                "the identity provider does not answer as it should".to_owned()
            }
            error => error.to_string(),
        };
        Self(status, text)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, failure.to_string())
    }
}

/// `GET /session/methods`: how people can log in here.
pub(super) async fn methods(State(hub): State<Arc<Hub>>) -> Response {
    Json(json!({ "password": true, "sso": hub.oidc.is_some() })).into_response()
}

/// `GET /oidc/login`: sends the browser to the identity provider.
pub(super) async fn login(State(hub): State<Arc<Hub>>) -> Response {
    let Some(oidc) = &hub.oidc else {
        return message(StatusCode::NOT_FOUND, "single sign-on is not set up").into_response();
    };
    let leave = async {
        let flight = Flight::new()?;
        let url = oidc.authorization_url(&flight, (hub.clock)()).await?;
        Ok::<_, Refused>((flight, url))
    };
    match leave.await {
        Ok((flight, url)) => {
            let value = [flight.state, flight.nonce, flight.verifier].join(".");
            let jar = CookieJar::new().add(cookie(&hub, value));
            (jar, see(url.as_str())).into_response()
        }
        Err(refused) => page(&refused),
    }
}

/// `GET /oidc/callback`: back from the identity provider. Begins a session of the one active user who has the
/// verified address.
pub(super) async fn callback(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let Some(oidc) = &hub.oidc else {
        return message(StatusCode::NOT_FOUND, "single sign-on is not set up").into_response();
    };
    let mut removal = cookie(&hub, String::new());
    removal.make_removal();
    let jar = CookieJar::new().add(removal);
    let now = (hub.clock)();
    if let Err(wait_s) = hub.login_limit.address_attempt(address.ip(), now) {
        session::count("refused");
        let text = format!("too many failed log-ins; try again in {wait_s} s");
        let retry_after = [(header::RETRY_AFTER, wait_s.to_string())];
        let refused = Refused(StatusCode::TOO_MANY_REQUESTS, text);
        return (jar, retry_after, page(&refused)).into_response();
    }
    let origin = Origin::new(address.ip(), &headers);
    match arrive(&hub, oidc, &headers, back, &origin).await {
        Ok(session) => {
            hub.login_limit.address_succeeded(address.ip());
            session::count("ok");
            // The portal's page needs no cookie, and what it asks for then is of the same site.
            (jar.add(session), see("/")).into_response()
        }
        Err(refused) => {
            session::count("wrong");
            (jar, page(&refused)).into_response()
        }
    }
}

async fn arrive(
    hub: &Hub,
    oidc: &Oidc,
    headers: &HeaderMap,
    back: Back,
    origin: &Origin,
) -> Result<Cookie<'static>, Refused> {
    let refused = |status, text: &str| Refused(status, text.to_owned());
    let flight = flight(headers).ok_or_else(|| {
        let text = "this browser did not begin a log-in, or has been closed since";
        refused(StatusCode::BAD_REQUEST, text)
    })?;
    if back.state.as_deref() != Some(flight.state.as_str()) {
        let text = "the answer is not to the log-in that this browser began";
        return Err(refused(StatusCode::BAD_REQUEST, text));
    }
    if back.error.is_some() {
        let text = "the identity provider did not log you in";
        return Err(refused(StatusCode::UNAUTHORIZED, text));
    }
    let Some(code) = back.code else {
        let text = "the identity provider sent no code";
        return Err(refused(StatusCode::BAD_REQUEST, text));
    };
    let email = oidc.email(&flight, &code, (hub.clock)()).await?;
    let domain = email.rsplit('@').next().unwrap_or_default();
    let domains = &oidc.options().email_domains;
    let candidates = match domains.is_empty() || domains.iter().any(|known| known == domain) {
        true => login_candidates(&hub.database, &email)
            .await
            .map_err(Failure::from)?,
        false => Vec::new(),
    };
    // An address is unique within an organisation only: with several, it is not clear who is meant.
    let [candidate] = candidates.as_slice() else {
        let text = "no active user of Rollcall has this e-mail address; ask an owner";
        return Err(refused(StatusCode::FORBIDDEN, text));
    };
    let method = LoginMethod::Sso;
    Ok(session::begin_cookie(hub, &candidate.scope, method, origin).await?)
}

fn flight(headers: &HeaderMap) -> Option<Flight> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(COOKIE)?.value().to_owned();
    let parts: Vec<&str> = value.split('.').collect();
    let [state, nonce, verifier] = parts.as_slice() else {
        return None;
    };
    let is_whole = parts.iter().all(|part| part.len() == 43);
    is_whole.then(|| Flight {
        state: (*state).to_owned(),
        nonce: (*nonce).to_owned(),
        verifier: (*verifier).to_owned(),
    })
}

fn cookie(hub: &Hub, value: String) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, value);
    cookie.set_http_only(true);
    // The way back begins at another site, so it cannot be `Strict`.
    cookie.set_same_site(SameSite::Lax);
    cookie.set_path("/oidc");
    cookie.set_secure(hub.secure_cookie);
    cookie
}

fn see(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}

/// A page for people: the texts are ours and hold no markup.
fn page(Refused(status, text): &Refused) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rollcall</title>\
         <p>Single sign-on: {text}.</p><p><a href=\"/login\">Back to the log-in</a></p></html>"
    );
    (*status, Html(html)).into_response()
}
