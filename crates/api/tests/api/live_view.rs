//! Looking through a camera over the websocket: what is seen, by whom, for how long, and what the audit log says of it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rollcall_api::HttpOptions;
use rollcall_domain::id::CameraId;
use rollcall_store::device::{CameraState, DeviceClient, Showing};
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture::{self, Fixture};
use rollcall_testkit::wait_until;
use serde_json::{Value, json};

use crate::seed::execute;
use crate::socket_client::{DEADLINE, Socket, TURN, subscribers_of, until_listening};
use crate::support::{Api, Viewer};

const QUERY: &str = include_str!("../../../../graphql/operations/camera_live_view.graphql");
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture";

fn id(camera_id: CameraId) -> Value {
    json!(URL_SAFE_NO_PAD.encode(format!("camera:{}", camera_id.0)))
}

async fn watch(viewer: &Viewer<'_>, camera_id: CameraId) -> Socket {
    let mut socket = Socket::open(viewer).await;
    socket
        .operation("1", QUERY, json!({ "cameraId": id(camera_id) }))
        .await;
    socket
}

async fn device(api: &Api, fixture: &Fixture) -> DeviceClient {
    DeviceClient::connect(&api.database.device_url(&fixture.device))
        .await
        .unwrap()
}

fn picture(jpeg: &[u8]) -> Showing<'_> {
    Showing::Picture {
        state: CameraState::Well,
        taken_at: "2026-11-22T09:59:59Z".parse::<Timestamp>().unwrap(),
        jpeg,
    }
}

/// The next event with this state; others may come before it.
async fn until(socket: &mut Socket, state: &str) -> Value {
    loop {
        let event = socket.event().await;
        if event["state"] == state {
            return event;
        }
    }
}

async fn count(api: &Api, sql: &str) -> i64 {
    let client = api.database.admin.client().await.unwrap();
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// Waits until nobody looks and no picture is there.
async fn nothing_left(api: &Api) {
    wait_until("nothing is left", DEADLINE, async || {
        let rows = "select (select count(*) from app.camera_view) + (select count(*) from app.camera_picture)";
        (count(api, rows).await == 0).then_some(())
    })
    .await;
}

/// Events of viewings, oldest first: action, user, camera and details.
async fn audited(api: &Api) -> Vec<(String, Option<uuid::Uuid>, Option<uuid::Uuid>, Value)> {
    let client = api.database.admin.client().await.unwrap();
    let sql = "select action, user_id, subject_id, after from audit.event where action like 'camera.view%' order by event_id";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

#[tokio::test]
async fn who_looks_sees_the_newest_picture_and_leaves_two_events_and_nothing_else() {
    let _turn = TURN.lock().await;
    let api = Api::start().await;
    until_listening(&api, "%").await;
    let owner = api.owner().await;
    let camera_id = api.fixture.entry_camera_id;
    let device = device(&api, &api.fixture).await;
    let mut socket = watch(&owner, camera_id).await;
    let first = socket.event().await;
    assert_eq!(first["state"], "STARTING", "{first}");
    assert_eq!(first["jpegBase64"], Value::Null);
    assert!((590..=600).contains(&first["secondsLeft"].as_i64().unwrap()));
    subscribers_of(&api, "camera", 1).await;
    assert_eq!(
        device.watched_cameras().await.unwrap().camera_ids,
        [camera_id]
    );

    for n in 0..3 {
        let jpeg = [JPEG, n.to_string().as_bytes()].concat();
        assert!(device.picture_put(camera_id, picture(&jpeg)).await.unwrap());
        let event = until(&mut socket, "LIVE").await;
        assert_eq!(
            event["jpegBase64"],
            json!(STANDARD.encode(&jpeg)),
            "{event}"
        );
        assert_eq!(event["takenAt"], "2026-11-22T09:59:59Z");
        assert_eq!(event["cameraState"], "WELL");
        // As fast as one may.
        tokio::time::timeout(DEADLINE, async {
            while count(&api, "select count(*) from app.camera_picture where put_at > clock_timestamp() - interval '110 ms'").await > 0 {}
        })
        .await
        .unwrap();
    }
    // A second one of the same camera shares its pictures.
    let mut second = watch(&owner, camera_id).await;
    assert_eq!(second.event().await["state"], "LIVE");
    for (showing, state, camera_state) in [
        (
            Showing::Nothing(CameraState::Stalled),
            "CAMERA_LOST",
            json!("STALLED"),
        ),
        (Showing::SwitchedOff, "SWITCHED_OFF", Value::Null),
    ] {
        let wait = "update app.camera_picture set put_at = put_at - interval '1 second'";
        execute!(api, api.fixture.organization_id, wait, &[]).await;
        device.picture_put(camera_id, showing).await.unwrap();
        let event = until(&mut socket, state).await;
        assert_eq!(event["cameraState"], camera_state);
        assert_eq!(event["jpegBase64"], Value::Null);
    }
    // A device that fell silent.
    let silent = "update app.camera_picture set put_at = put_at - interval '1 minute'";
    execute!(api, api.fixture.organization_id, silent, &[]).await;
    until(&mut socket, "DEVICE_SILENT").await;

    socket.send(json!({ "id": "1", "type": "complete" })).await;
    subscribers_of(&api, "camera", 1).await;
    drop(second);
    nothing_left(&api).await;
    assert!(!device.picture_put(camera_id, picture(JPEG)).await.unwrap());
    nothing_left(&api).await;

    let events = wait_until("both ends are recorded", DEADLINE, async || {
        let events = audited(&api).await;
        (events.len() == 4).then_some(events)
    })
    .await;
    let actions: Vec<&str> = events.iter().map(|event| &*event.0).collect();
    assert_eq!(
        actions,
        [
            "camera.view_begin",
            "camera.view_begin",
            "camera.view_end",
            "camera.view_end"
        ]
    );
    for (_, user_id, subject_id, _) in &events {
        assert!(user_id.is_some() && *subject_id == Some(camera_id.0));
    }
    // The ends may be in either order.
    let began = &events[0].3;
    assert_eq!(began["site_id"], json!(api.fixture.site_id.0));
    let mut ends = events[2..].iter().map(|event| &event.3);
    let ended = ends.find(|ended| ended["view_id"] == began["view_id"]);
    let ended = ended.unwrap();
    assert_eq!(ended["n_pictures"], 3, "{ended}");
    assert!(ended["seconds"].as_u64().unwrap() < 60);
}

#[tokio::test]
async fn a_camera_of_another_site_or_organisation_is_not_found() {
    let _turn = TURN.lock().await;
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let manager = api.viewer(UserRole::SiteManager).await;
    let organization_id = api.fixture.organization_id;
    let narrow = "update app.user_account set all_sites = false where role = 'site_manager'";
    execute!(api, organization_id, narrow, &[]).await;
    let list = "insert into app.user_site (organization_id, user_id, site_id)
        select organization_id, user_id, $1 from app.user_account where role = 'site_manager'";
    let york = api.fixture.second_site_id;
    execute!(api, organization_id, list, &[&york.0]).await;
    for camera_id in [api.fixture.entry_camera_id, other.entry_camera_id] {
        let mut socket = watch(&manager, camera_id).await;
        let event = socket.event().await;
        assert_eq!(event["state"], "NOT_FOUND", "{event}");
        assert_eq!(socket.next().await.unwrap()["type"], "complete");
    }
    nothing_left(&api).await;
    assert!(audited(&api).await.is_empty());
}

#[tokio::test]
async fn nobody_films_for_ever_or_after_losing_the_right() {
    let _turn = TURN.lock().await;
    let options = HttpOptions {
        live_view: Duration::from_secs(3),
        ..HttpOptions::default()
    };
    let api = Api::start_with(options, None).await;
    let (owner, manager) = (api.owner().await, api.viewer(UserRole::SiteManager).await);
    let camera_id = api.fixture.entry_camera_id;
    let mut socket = watch(&owner, camera_id).await;
    until(&mut socket, "TIME_OVER").await;
    assert_eq!(socket.next().await.unwrap()["type"], "complete");
    nothing_left(&api).await;

    let mut demoted = watch(&manager, camera_id).await;
    assert_eq!(demoted.event().await["state"], "STARTING");
    let demote = "update app.user_account set role = 'viewer' where role = 'site_manager'";
    execute!(api, api.fixture.organization_id, demote, &[]).await;
    loop {
        let message = demoted.next().await.unwrap();
        if message["type"] == "complete" {
            break;
        }
        assert_eq!(
            message["payload"]["data"]["cameraLiveView"]["jpegBase64"],
            Value::Null
        );
    }
    nothing_left(&api).await;
    let events = wait_until("both ends are recorded", DEADLINE, async || {
        let events = audited(&api).await;
        (events.len() == 4).then_some(events)
    })
    .await;
    let n_ends = events.iter().filter(|event| event.0 == "camera.view_end");
    assert_eq!(n_ends.count(), 2);
}

#[tokio::test]
async fn a_hub_may_let_nobody_look() {
    let options = HttpOptions {
        live_view: Duration::ZERO,
        ..HttpOptions::default()
    };
    let api = Api::start_with(options, None).await;
    let owner = api.owner().await;
    let mut socket = watch(&owner, api.fixture.entry_camera_id).await;
    assert_eq!(socket.event().await["state"], "NOT_ALLOWED");
    assert_eq!(socket.next().await.unwrap()["type"], "complete");
    assert!(audited(&api).await.is_empty());
}
