//! The pages' addresses: logging in, the status page, previews. Must not know what is behind what they show.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Form, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::gate::{Denied, Gate, Scope};
use super::{Shared, guard, kiosk, status_page};
use crate::preview::Picture;

/// Bytes of a request's body.
const MAX_BODY: usize = 4 << 10;
/// Previews and screens that are open at a time.
static STREAMS: Semaphore = Semaphore::const_new(16);

const LOGIN: &str = include_str!("assets/login.html");
const STATUS: &str = include_str!("assets/status.html");
/// What pages are made of. Nothing in it is secret.
const ASSETS: [(&str, &str, &str); 5] = [
    (
        "status.css",
        "text/css; charset=utf-8",
        include_str!("assets/status.css"),
    ),
    (
        "status.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/status.js"),
    ),
    (
        "kiosk.css",
        "text/css; charset=utf-8",
        include_str!("assets/kiosk.css"),
    ),
    (
        "kiosk.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/kiosk.js"),
    ),
    (
        "kiosk-texts.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/kiosk-texts.js"),
    ),
];

/// All addresses.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let host_names: Arc<[String]> = shared.config.host_names.clone().into();
    let mut router = Router::new()
        .route("/", get(status))
        .route("/status.json", get(status_json))
        .route("/camera/{name}/preview.mjpeg", get(preview))
        .route("/login", get(login_page).post(login))
        .route("/logout", post(logout))
        .route("/assets/{file}", get(asset));
    if shared.config.kiosk.is_some() {
        router = router.merge(kiosk::router());
    }
    router
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n") })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(host_names, guard::check))
        .with_state(shared)
}

/// Who asks, as far as that is known.
pub(super) struct Visitor {
    /// What the token or cookie lets the visitor do.
    pub scope: Option<Scope>,
    /// Asks from this machine, and not for somebody else.
    pub is_here: bool,
}

impl FromRequestParts<Arc<Shared>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let from = address(parts);
        let scope = shared
            .gate
            .scope(&parts.headers, from, shared.now())
            .map_err(denied)?;
        // What a proxy on this machine passes on comes from elsewhere.
        let is_passed_on = ["forwarded", "x-forwarded-for", "via"]
            .iter()
            .any(|name| parts.headers.contains_key(*name));
        Ok(Self {
            scope,
            is_here: from.is_loopback() && !is_passed_on,
        })
    }
}

/// A visitor who has the token, or a cookie for all.
struct Admitted;

impl FromRequestParts<Arc<Shared>> for Admitted {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, shared).await?;
        match visitor.scope {
            Some(Scope::All) => Ok(Self),
            _ => Err(unauthorised()),
        }
    }
}

fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |peer| {
        peer.0.ip().to_canonical()
    })
}

pub(super) fn unauthorised() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    let text = "log in, or send the token as `Authorization: Bearer`\n";
    (StatusCode::UNAUTHORIZED, challenge, text).into_response()
}

fn denied(denied: Denied) -> Response {
    match denied {
        Denied::Wrong => unauthorised(),
        Denied::Wait(seconds) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            let text = "too many wrong tokens\n";
            (StatusCode::TOO_MANY_REQUESTS, wait, text).into_response()
        }
    }
}

async fn status(visitor: Visitor) -> Response {
    match visitor.scope {
        Some(Scope::All) => Html(STATUS).into_response(),
        _ => Redirect::to("/login").into_response(),
    }
}

async fn status_json(State(shared): State<Arc<Shared>>, _: Admitted) -> Json<status_page::Page> {
    Json(status_page::page(&shared))
}

async fn asset(Path(file): Path<String>) -> Response {
    match ASSETS.iter().find(|(name, ..)| *name == file) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct LoginFor {
    #[serde(default, rename = "for")]
    page: String,
}

#[derive(Deserialize)]
struct Login {
    token: String,
    #[serde(default, rename = "for")]
    page: String,
}

async fn login_page(Query(login): Query<LoginFor>) -> Html<String> {
    login_form(&login.page, "")
}

/// The form; of what was sent nothing is shown again.
fn login_form(page: &str, problem: &str) -> Html<String> {
    let page = if page == "kiosk" { "kiosk" } else { "" };
    Html(LOGIN.replace("{for}", page).replace("{problem}", problem))
}

async fn login(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Form(login): Form<Login>,
) -> Response {
    let (scope, next) = match &*login.page {
        "kiosk" => (Scope::Kiosk, "/kiosk"),
        _ => (Scope::All, "/"),
    };
    match shared.gate.check(&login.token, from.ip().to_canonical()) {
        Ok(()) => {
            let cookie = shared.gate.cookie(scope, shared.now());
            ([(header::SET_COOKIE, cookie)], Redirect::to(next)).into_response()
        }
        Err(reason) => {
            let problem = match reason {
                Denied::Wrong => "This is not the token of this box.".to_owned(),
                Denied::Wait(seconds) => format!("Too many wrong tokens: wait {seconds} seconds."),
            };
            let status = denied(reason).status();
            (status, login_form(&login.page, &problem)).into_response()
        }
    }
}

async fn logout() -> Response {
    let cookie = Gate::no_cookie(Scope::All);
    ([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response()
}

async fn preview(
    State(shared): State<Arc<Shared>>,
    _: Admitted,
    Path(name): Path<String>,
) -> Response {
    let mut cameras = shared.cameras().iter();
    let Some(camera) = cameras.find(|camera| camera.name == name) else {
        return (StatusCode::NOT_FOUND, "there is no such camera\n").into_response();
    };
    let Some(place) = stream_place() else {
        return too_many();
    };
    let pictures = pictures(camera.preview.watch(), shared.stop.clone());
    let body = Body::from_stream(stream::unfold(
        (pictures, place),
        |(mut pictures, place)| async move {
            let part = pictures.next().await?;
            Some((Ok::<_, std::convert::Infallible>(part), (pictures, place)))
        },
    ));
    let kind = format!("multipart/x-mixed-replace; boundary={BOUNDARY}");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

pub(super) fn too_many() -> Response {
    let text = "too many previews and screens are open\n";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

/// One of the streams that may be open, until dropped.
pub(super) fn stream_place() -> Option<tokio::sync::SemaphorePermit<'static>> {
    STREAMS.try_acquire().ok()
}

const BOUNDARY: &str = "picture";

/// Pictures of a camera as parts of a stream.
struct Pictures {
    pictures: watch::Receiver<Picture>,
    is_begun: bool,
    stop: CancellationToken,
}

fn pictures(pictures: watch::Receiver<Picture>, stop: CancellationToken) -> Pictures {
    Pictures {
        pictures,
        is_begun: false,
        stop,
    }
}

impl Pictures {
    /// The next part. The boundary comes after a picture rather than before the next, because browsers show it then.
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.is_begun, true) {
            return Some(format!("--{BOUNDARY}\r\n").into());
        }
        let changed = self.stop.run_until_cancelled(self.pictures.changed()).await;
        changed?.ok()?;
        let picture = self.pictures.borrow_and_update().clone();
        let head = format!(
            "Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
            picture.len()
        );
        let tail = format!("\r\n--{BOUNDARY}\r\n");
        Some([head.as_bytes(), &picture, tail.as_bytes()].concat().into())
    }
}
