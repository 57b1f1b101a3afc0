//! The page for a screen at the door: what it is told, and who may ask for it. Must not know how codes are checked.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::Direction;
use rollcall_domain::id::CameraId;
use rollcall_store::device::{Code, Outcome, Sighting, SightingOutcome};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::Shared;
use super::desk::{Reply, Typed};
use super::feed::Event;
use super::pages::{Visitor, stream_place, too_many, unauthorised};
use crate::config::{KioskConfig, Language};
use crate::contact::ContactState;
use crate::greeting::Greeting;

/// An answer that comes later is for somebody who has left: the backlog of an outage is not greeted.
const GREETABLE: SignedDuration = SignedDuration::from_secs(20);

const KIOSK: &str = include_str!("assets/kiosk.html");

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/kiosk", get(page))
        .route("/kiosk/settings.json", get(settings))
        .route("/kiosk/events", get(events))
        .route("/kiosk/entries", post(enter))
}

/// Whether a visitor may use the kiosk: at the box itself, or with the token.
fn may_use(visitor: &Visitor) -> bool {
    visitor.is_here || visitor.scope.is_some()
}

async fn page(visitor: Visitor) -> Response {
    match may_use(&visitor) {
        true => Html(KIOSK).into_response(),
        false => Redirect::to("/login?for=kiosk").into_response(),
    }
}

/// What the page must know before it shows anything.
#[derive(Serialize)]
struct Settings {
    site: String,
    time_zone: String,
    now: Timestamp,
    language: Language,
    greeting_s: u32,
    /// People say whether they come or go.
    asks_direction: bool,
}

async fn settings(State(shared): State<Arc<Shared>>, visitor: Visitor) -> Response {
    if !may_use(&visitor) {
        return unauthorised();
    }
    let Some(site) = shared.site() else {
        return not_met(&shared);
    };
    let kiosk = kiosk(&shared);
    let asks_direction = kiosk.ask_direction && camera(&shared).is_none();
    Json(Settings {
        site: site.hub.site_name.clone(),
        time_zone: site.hub.time_zone.clone(),
        now: shared.now(),
        language: kiosk.language,
        greeting_s: kiosk.greeting_s,
        asks_direction,
    })
    .into_response()
}

/// There is nothing to show or take before the agent knows where it is.
fn not_met(shared: &Shared) -> Response {
    let state = Json(json!({ "is_refused": is_refused(shared) }));
    (StatusCode::SERVICE_UNAVAILABLE, state).into_response()
}

fn kiosk(shared: &Shared) -> &KioskConfig {
    let kiosk = shared.config.kiosk.as_ref();
    kiosk.expect("the kiosk's addresses are there only with its settings")
}

/// A camera of this screen that stands for all of them, because they all look one way, if they do.
fn camera(shared: &Shared) -> Option<CameraId> {
    let cameras = shared.site()?.hub.cameras.iter();
    let mut shown = cameras.filter(|camera| is_shown(shared, &camera.name));
    let first = shown.next()?;
    let is_one_way = matches!(&*first.direction, "entry" | "exit")
        && shown.all(|camera| camera.direction == first.direction);
    is_one_way.then_some(CameraId(first.camera_id))
}

/// Whether people at a camera are greeted.
fn is_shown(shared: &Shared, camera: &str) -> bool {
    let Some(kiosk) = &shared.config.kiosk else {
        return false;
    };
    let is_here = shared.cameras().iter().any(|other| other.name == camera);
    is_here && (kiosk.cameras.is_empty() || kiosk.cameras.iter().any(|other| other == camera))
}

/// Passes on what happens, until the agent stops.
pub(super) fn follow(shared: &Arc<Shared>) {
    let Some(site) = shared.site().filter(|_| shared.config.kiosk.is_some()) else {
        return;
    };
    for camera in &site.cameras {
        if !is_shown(shared, &camera.name) {
            continue;
        }
        let mut from_afar = camera.preview.seen_from_afar();
        tokio::spawn({
            let (shared, stop) = (shared.clone(), shared.stop.clone());
            stop.run_until_cancelled_owned(async move {
                while from_afar.changed().await.is_ok() {
                    shared.feed.tell(from_afar_event(&shared));
                }
            })
        });
        let (shared, mut seen) = (shared.clone(), camera.preview.seen());
        let stop = shared.stop.clone();
        tokio::spawn(stop.run_until_cancelled_owned(async move {
            while seen.changed().await.is_ok() {
                let newest = seen.borrow_and_update().clone();
                let Some(seen) = newest.filter(|seen| is_fresh(&shared, seen.captured_at)) else {
                    continue;
                };
                let (id, at) = (seen.sighting_id.0, seen.captured_at);
                shared.feed.tell(match seen.greeting {
                    None => Event::Seen { id, at },
                    Some(Greeting { name, direction }) => Event::Answer {
                        id,
                        at,
                        outcome: "punched",
                        name: Some(name),
                        direction: direction.map(|way| way.as_str().to_owned()),
                        is_offline: true,
                    },
                });
            }
        }));
    }
    tokio::spawn({
        let (shared, stop) = (shared.clone(), shared.stop.clone());
        stop.run_until_cancelled_owned(async move { shared.desk.send_waiting().await })
    });
}

/// Passes on whether the hub answers, until the agent stops.
pub(super) fn follow_contact(shared: &Arc<Shared>) {
    let (shared, stop) = (shared.clone(), shared.stop.clone());
    tokio::spawn(stop.run_until_cancelled_owned(async move {
        let tell = || shared.feed.tell(contact_event(&shared));
        shared.contact.follow(tell).await;
    }));
}

fn is_refused(shared: &Shared) -> bool {
    matches!(shared.contact.state(), ContactState::Refused(_))
}

fn is_fresh(shared: &Shared, at: Timestamp) -> bool {
    shared.now().duration_since(at).abs() < GREETABLE
}

fn contact_event(shared: &Shared) -> Event {
    Event::Line {
        // Before the first call nobody knows better.
        is_connected: matches!(
            shared.contact.state(),
            ContactState::Unknown | ContactState::Connected(_)
        ),
        is_refused: is_refused(shared),
        now: shared.now(),
    }
}

/// Whether somebody looks through any camera of this screen.
fn from_afar_event(shared: &Shared) -> Event {
    let mut cameras = shared.cameras().iter();
    Event::FromAfar {
        is_on: cameras.any(|camera| {
            is_shown(shared, &camera.name) && *camera.preview.seen_from_afar().borrow()
        }),
    }
}

/// Tells an answer of the hub to the screens of its camera.
pub(super) fn answered(
    shared: &Shared,
    camera: &str,
    sighting: &Sighting,
    outcome: &SightingOutcome,
) {
    if !is_shown(shared, camera) || !is_fresh(shared, sighting.captured_at) {
        return;
    }
    let word = match outcome.outcome {
        Outcome::Punched => "punched",
        Outcome::Repeat => "repeat",
        Outcome::Review => "review",
        Outcome::Unknown => "unknown",
        Outcome::Rejected => "rejected",
        Outcome::Duplicate => return,
    };
    shared.feed.tell(Event::Answer {
        id: sighting.sighting_id.0,
        at: sighting.captured_at,
        outcome: word,
        name: outcome.employee_name.clone(),
        direction: outcome.direction.clone(),
        is_offline: false,
    });
}

async fn events(State(shared): State<Arc<Shared>>, visitor: Visitor) -> Response {
    if !may_use(&visitor) {
        return unauthorised();
    }
    let Some(place) = stream_place() else {
        return too_many();
    };
    let heard = shared.feed.listen();
    // Without a word nobody looks.
    let mut first = vec![contact_event(&shared)];
    let from_afar = from_afar_event(&shared);
    if from_afar == (Event::FromAfar { is_on: true }) {
        first.insert(0, from_afar);
    }
    let events = stream::unfold(
        (first, heard, shared.stop.clone(), place),
        |(mut first, mut heard, stop, place)| async move {
            let event = match first.pop() {
                Some(first) => first,
                None => loop {
                    match stop.run_until_cancelled(heard.recv()).await? {
                        Ok(event) => break event,
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return None,
                    }
                },
            };
            let event = sse::Event::default().json_data(event).ok()?;
            Some((Ok::<_, Infallible>(event), (first, heard, stop, place)))
        },
    );
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// What was typed or read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    employee_code: Option<String>,
    pin: Option<String>,
    badge: Option<String>,
    direction: Option<String>,
}

impl Entry {
    /// Checked; none when it is nothing that a kiosk sends.
    fn code(self) -> Option<Code> {
        let is_text = |text: &str, max: usize| {
            let n = text.trim().chars().count();
            (1..=max).contains(&n) && !text.chars().any(char::is_control)
        };
        match (self.employee_code, self.pin, self.badge) {
            (Some(employee_code), Some(pin), None)
                if is_text(&employee_code, 64) && is_text(&pin, 128) =>
            {
                Some(Code::Pin { employee_code, pin })
            }
            (None, None, Some(badge)) if is_text(&badge, 128) => Some(Code::Badge(badge)),
            _ => None,
        }
    }
}

async fn enter(
    State(shared): State<Arc<Shared>>,
    visitor: Visitor,
    Json(entry): Json<Entry>,
) -> Response {
    if !may_use(&visitor) {
        return unauthorised();
    }
    let chosen = entry.direction.as_deref().map(Direction::parse);
    let (Some(code), None | Some(Some(_))) = (entry.code(), chosen) else {
        return (StatusCode::BAD_REQUEST, "this is no code\n").into_response();
    };
    if shared.site().is_none() {
        return not_met(&shared);
    }
    // What nobody is asked, nobody says.
    let direction = chosen.flatten().filter(|_| kiosk(&shared).ask_direction);
    let typed = Typed {
        code,
        direction,
        camera_id: camera(&shared),
    };
    let reply: Reply = shared.desk.take(typed).await;
    Json(reply).into_response()
}
