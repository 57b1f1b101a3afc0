//! What a screen at the door is told, and who may have one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Response, header};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_domain::punch::Direction;
use rollcall_edge::greeting::Greeting;
use rollcall_edge::preview::Seen;
use rollcall_store::StoreError;
use rollcall_store::device::{Outcome, Pad, Sighting, SightingOutcome};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::door::{Door, answer, away};

/// Server-sent events of an answer.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn open(door: &Door) -> Self {
        let response = door.get("/kiosk/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self {
            response,
            text: String::new(),
        }
    }

    async fn next(&mut self) -> Value {
        let next = async {
            loop {
                if let Some((event, rest)) = self.text.split_once("\n\n") {
                    let data = event.strip_prefix("data: ").map(str::to_owned);
                    self.text = rest.to_owned();
                    if let Some(data) = data {
                        return serde_json::from_str(&data).unwrap();
                    }
                    continue;
                }
                let chunk = self.response.chunk().await.unwrap().expect("it goes on");
                self.text += std::str::from_utf8(&chunk).unwrap();
            }
        };
        let answer = tokio::time::timeout(Duration::from_secs(20), next).await;
        answer.expect("an event comes")
    }
}

pub fn sighting(door: &Door, n: u128, captured_at: Timestamp) -> Sighting {
    Sighting {
        sighting_id: SightingId(Uuid::from_u128(n)),
        camera_id: door.camera_id,
        captured_at,
        embedding: Vec::new(),
        quality: 1.0,
        pad: Pad::NotChecked,
        n_frames: 3,
        thumbnail: None,
        clock_offset_ms: None,
        agreement: None,
        direction: None,
        pad_evidence: None,
        greeted: None,
    }
}

pub fn outcome(sighting: &Sighting, outcome: Outcome, name: Option<&str>) -> SightingOutcome {
    SightingOutcome {
        sighting_id: sighting.sighting_id,
        outcome,
        employee_name: name.map(str::to_owned),
        direction: name.map(|_| "in".to_owned()),
        similarity: None,
        margin: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_hears_who_was_recognised_and_nothing_of_an_old_backlog() {
    let door = Door::open("[kiosk]").await;
    let mut events = Events::open(&door).await;
    let first = events.next().await;
    assert_eq!(
        (&first["kind"], &first["is_connected"]),
        (&json!("line"), &json!(true))
    );
    door.contact.failed(&away());
    assert_eq!(events.next().await["is_connected"], false);

    let at = Timestamp::now();
    let one = sighting(&door, 1, at);
    let seen = Seen {
        sighting_id: one.sighting_id,
        captured_at: at,
        greeting: None,
    };
    door.preview.sighted(1, seen);
    let event = events.next().await;
    assert_eq!(
        (&event["kind"], &event["id"]),
        (&json!("seen"), &json!(one.sighting_id.0))
    );
    let old = sighting(&door, 2, at - SignedDuration::from_hours(3));
    door.local
        .answered(&old, &outcome(&old, Outcome::Punched, Some("Grace Hopper")));
    door.local
        .answered(&one, &outcome(&one, Outcome::Punched, Some("Ada Lovelace")));
    let event = events.next().await;
    assert_eq!(
        event,
        json!({
            "kind": "answer", "id": one.sighting_id.0, "at": at, "outcome": "punched", "name": "Ada Lovelace",
            "direction": "in",
        })
    );
    let stranger = sighting(&door, 3, Timestamp::now());
    door.local
        .answered(&stranger, &outcome(&stranger, Outcome::Unknown, None));
    let event = events.next().await;
    assert_eq!(
        (&event["outcome"], &event["name"]),
        (&json!("unknown"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_and_the_status_page_show_that_somebody_looks_from_afar() {
    let door = Door::open("[kiosk]").await;
    let is_seen = async || {
        let (_, text) = answer(door.get("/status.json").bearer_auth(&door.token)).await;
        let page: Value = serde_json::from_str(&text).unwrap();
        page["cameras"][0]["is_seen_from_afar"].clone()
    };
    let told = |is_on: bool| json!({ "kind": "from_afar", "is_on": is_on });
    let mut early = Events::open(&door).await;
    assert_eq!(early.next().await["kind"], "line");
    assert_eq!(is_seen().await, false);
    let looking = door.preview.watch_from_afar();
    assert_eq!(early.next().await, told(true));
    assert_eq!(is_seen().await, true);
    let mut late = Events::open(&door).await;
    assert_eq!(late.next().await["kind"], "line");
    assert_eq!(late.next().await, told(true), "a new screen is told too");
    drop(looking);
    assert_eq!(early.next().await, told(false));
    assert_eq!(late.next().await, told(false));
    assert_eq!(is_seen().await, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_whose_agent_has_not_met_its_hub_takes_nothing_until_it_has() {
    let door = Door::before_meeting("[kiosk]", CameraId(Uuid::from_u128(5)), "port=1").await;
    assert_eq!(answer(door.get("/kiosk")).await.0, 200);
    let (status, text) = answer(door.get("/kiosk/settings.json")).await;
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status.as_u16(), told),
        (503, json!({ "is_refused": false }))
    );
    let entry = json!({ "badge": "04A2B9C1" });
    assert_eq!(
        answer(door.post("/kiosk/entries").json(&entry)).await.0,
        503
    );
    let mut events = Events::open(&door).await;
    assert_eq!(events.next().await["is_connected"], true);
    // Nobody can be greeted by it.
    let early = sighting(&door, 1, Timestamp::now());
    let somebody = outcome(&early, Outcome::Punched, Some("Ada Lovelace"));
    door.local.answered(&early, &somebody);

    door.meet("entry");
    assert_eq!(answer(door.get("/kiosk/settings.json")).await.0, 200);
    let late = sighting(&door, 2, Timestamp::now());
    door.local.answered(
        &late,
        &outcome(&late, Outcome::Punched, Some("Ada Lovelace")),
    );
    assert_eq!(events.next().await["id"], json!(late.sighting_id.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_recognised_without_the_hub_is_greeted_and_told_that_it_is_not_confirmed() {
    let door = Door::open("[kiosk]").await;
    door.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    let mut events = Events::open(&door).await;
    assert_eq!(events.next().await["is_connected"], false);
    let at = Timestamp::now();
    let seen = |n, at, direction| Seen {
        sighting_id: SightingId(Uuid::from_u128(n)),
        captured_at: at,
        greeting: Some(Greeting {
            name: "Ada Lovelace".to_owned(),
            direction,
        }),
    };
    door.preview
        .sighted(1, seen(1, at - SignedDuration::from_hours(1), None));
    for (n, direction, expected) in [
        (2, Some(Direction::In), json!("in")),
        (3, None, Value::Null),
    ] {
        door.preview.sighted(2, seen(n, at, direction));
        let event = events.next().await;
        assert_eq!(
            event,
            json!({
                "kind": "answer", "id": Uuid::from_u128(n), "at": at, "outcome": "punched", "name": "Ada Lovelace",
                "direction": expected, "is_offline": true,
            })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kiosk_needs_no_token_at_the_box_and_one_elsewhere() {
    let door = Door::open("[kiosk]\nlanguage = 'de'\nask_direction = true").await;
    let (status, text) = answer(door.get("/kiosk/settings.json")).await;
    let settings: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 200);
    assert_eq!(settings["language"], "de");
    assert_eq!(settings["time_zone"], "Europe/Berlin");
    // The camera looks one way only: there is nothing to ask.
    assert_eq!(settings["asks_direction"], false);
    let both = Door::open_for(
        "[kiosk]\nask_direction = true",
        ("both", door.camera_id),
        "",
    )
    .await;
    let (_, text) = answer(both.get("/kiosk/settings.json")).await;
    assert!(text.contains("\"asks_direction\":true"), "{text}");

    // As through a proxy on the box, from elsewhere.
    let elsewhere = |path: &str| door.get(path).header("x-forwarded-for", "10.0.0.9");
    for path in ["/kiosk/settings.json", "/kiosk/events"] {
        assert_eq!(answer(elsewhere(path)).await.0, 401, "{path}");
    }
    let page = elsewhere("/kiosk").send().await.unwrap();
    assert_eq!(page.headers()[header::LOCATION], "/login?for=kiosk");
    let logged_in = door.log_in(&door.token, "kiosk").send().await.unwrap();
    assert_eq!(logged_in.headers()[header::LOCATION], "/kiosk");
    let cookie = logged_in.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("Path=/kiosk"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    for (path, expected) in [
        ("/kiosk", 200),
        ("/kiosk/settings.json", 200),
        ("/status.json", 401),
    ] {
        let request = elsewhere(path).header(header::COOKIE, cookie);
        assert_eq!(answer(request).await.0, expected, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_cameras_of_the_screen_are_greeted() {
    let door = Door::open("[kiosk]\ncameras = ['exit']").await;
    let mut events = Events::open(&door).await;
    events.next().await;
    let one = sighting(&door, 1, Timestamp::now());
    door.local
        .answered(&one, &outcome(&one, Outcome::Punched, Some("Ada Lovelace")));
    door.contact.answered();
    assert_eq!(
        events.next().await["kind"],
        "line",
        "nothing else came before"
    );
}
