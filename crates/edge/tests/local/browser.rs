//! The kiosk and the status page in a real browser: Debian's Chromium, driven by the portal's Playwright.

use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opencv::core::{CV_8UC3, Mat, Scalar};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::preview::{FromAfar, Seen};
use rollcall_store::device::Outcome;
use rollcall_testkit::wait_until;
use rollcall_vision::{BBox, Frame};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use uuid::Uuid;

use crate::codes::Desk;
use crate::door::{Door, away};
use crate::kiosk::{outcome, sighting};

const DEADLINE: Duration = Duration::from_secs(240);

/// Makes happen what the browser asks for.
async fn happen(desk: &Desk, looking: &mut Option<FromAfar>, what: &str, n: u128) {
    let door = &desk.door;
    let greet = |n: u128, name: &str| {
        let sighting = sighting(door, n, Timestamp::now());
        let outcome = outcome(&sighting, Outcome::Punched, Some(name));
        door.local.answered(&sighting, &outcome);
    };
    match what {
        "greet" => greet(n, "Ada Lovelace"),
        "greet two" => {
            greet(n, "Ada Lovelace");
            greet(n + 1, "Grace Brewster Murray Hopper");
        }
        "unknown" => {
            let stranger = sighting(door, n, Timestamp::now());
            let unknown = outcome(&stranger, Outcome::Unknown, None);
            door.local.answered(&stranger, &unknown);
        }
        "away" => {
            desk.let_in(false).await;
            door.contact.failed(&away());
        }
        "revoke" => desk.revoke().await,
        "back" => {
            desk.let_in(true).await;
            door.contact.answered();
        }
        "seen" => door.preview.sighted(
            1,
            Seen {
                sighting_id: SightingId(Uuid::from_u128(n)),
                captured_at: Timestamp::now(),
                greeting: None,
            },
        ),
        "watch" => {
            let grey =
                Mat::new_rows_cols_with_default(720, 1280, CV_8UC3, Scalar::all(90.0)).unwrap();
            let frame = Frame::from_mat(grey).unwrap();
            let bbox = BBox {
                x1: 500.0,
                y1: 200.0,
                x2: 700.0,
                y2: 450.0,
            };
            let preview = door.preview.clone();
            wait_until("somebody watches", DEADLINE, || async {
                preview.is_watched().then_some(())
            })
            .await;
            // A camera, until nobody watches it.
            let mut frames = tokio::time::interval(Duration::from_millis(100));
            tokio::spawn(async move {
                while preview.is_watched() {
                    preview.show(&frame, [(1, bbox)].into_iter());
                    frames.tick().await;
                }
            });
        }
        "look" => *looking = Some(door.preview.watch_from_afar()),
        "look away" => *looking = None,
        "unwatched" => {
            wait_until("nobody watches", DEADLINE, || async {
                (!door.preview.is_watched()).then_some(())
            })
            .await;
        }
        other => panic!("the browser asks for `{other}`"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_at_the_door_and_installers_can_use_the_pages_in_a_browser() {
    let desk = Desk::new("[kiosk]\ngreeting_s = 3", "entry").await;
    desk.door.clock.hear(Timestamp::now(), Instant::now());
    desk.door.contact.answered();
    let both = Desk::new("[kiosk]\nask_direction = true", "both").await;
    both.door.clock.hear(Timestamp::now(), Instant::now());
    let early = Door::before_meeting("", CameraId(Uuid::from_u128(5)), "port=1").await;
    let link = HubLink::by_url("host=127.0.0.1 port=1 user=door").unwrap();
    early.contact.failed(&link.connect().await.unwrap_err());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/local/browser.mjs");
    let mut browser = Command::new("node")
        .arg(script)
        .args([desk.door.url(""), desk.door.token.clone()])
        .args([both.door.url(""), early.url(""), early.token.clone()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node and the portal's packages (make setup) and Debian's chromium are there");
    let mut lines = BufReader::new(browser.stdout.take().unwrap()).lines();
    let played = async {
        let mut n = 100;
        let mut looking = None;
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == "done" {
                return true;
            }
            happen(&desk, &mut looking, &line, n).await;
            n += 10;
        }
        false
    };
    let is_done = tokio::time::timeout(DEADLINE, played).await.unwrap();
    let status = browser.wait().await.unwrap();
    assert!(is_done && status.success(), "see the browser's words above");
}
