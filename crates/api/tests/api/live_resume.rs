//! Coming back with a cursor: what was missed comes once, whatever order it was committed in.

use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::socket_client::{RECORDED, Socket, employee, start, subscribers};
use crate::support::{Api, Viewer};

/// Subscribes to recorded punches after a cursor.
async fn after(viewer: &Viewer<'_>, cursor: &str) -> Socket {
    let mut socket = Socket::open(viewer).await;
    socket.recorded(json!({ "after": cursor })).await;
    socket
}

/// The cursor of the next event, which is a punch of this employee.
async fn cursor(socket: &mut Socket, code: &str) -> String {
    let event = socket.event().await;
    assert_eq!(event["resync"], Value::Null, "{event}");
    assert_eq!(event["punch"]["employee"]["code"], code);
    event["cursor"].as_str().unwrap().to_owned()
}

async fn announce(api: &Api, code: &str) {
    let employee_id = employee(api, code).await;
    Punch::new(&api.fixture, employee_id, api.now())
        .announce(api)
        .await;
}

#[tokio::test]
async fn a_subscriber_reads_on_where_it_was_also_on_another_hub() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    announce(&api, "ada").await;
    let at_ada = cursor(&mut socket, "ada").await;
    drop(socket);
    subscribers(&api, 0).await;
    announce(&api, "bob").await;
    announce(&api, "cyd").await;

    let mut socket = after(&viewer, &at_ada).await;
    let at_bob = cursor(&mut socket, "bob").await;
    cursor(&mut socket, "cyd").await;
    announce(&api, "dan").await;
    cursor(&mut socket, "dan").await;
    socket.nothing_more().await;
    drop(socket);

    // A hub that starts now knows nothing but what is in the database.
    let other = api.another().await;
    let viewer = Viewer {
        api: &other,
        cookie: viewer.cookie.clone(),
    };
    let mut socket = after(&viewer, &at_bob).await;
    cursor(&mut socket, "cyd").await;
    let at_dan = cursor(&mut socket, "dan").await;
    socket.nothing_more().await;
    let mut socket = after(&viewer, &at_dan).await;
    announce(&other, "eve").await;
    cursor(&mut socket, "eve").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn what_is_committed_late_is_not_lost_behind_a_cursor() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let ada = employee(&api, "ada").await;
    let punch = Punch::new(&api.fixture, ada, api.now());
    let punch_id = punch.store(&api).await;
    seed::derive(&api, &punch, punch_id, "counted").await;
    // Takes its number first, and commits last.
    let transaction = api
        .database
        .admin
        .begin(&api.fixture.scope())
        .await
        .unwrap();
    transaction
        .execute(
            "record a change",
            "insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids)
             values ($1, 'punch', array[$2::uuid], array[$3::uuid], array[$4::uuid])",
            &[
                &punch.organization_id.0,
                &punch_id,
                &ada.0,
                &punch.site_id.0,
            ],
        )
        .await
        .unwrap();
    announce(&api, "bob").await;
    let at_bob = cursor(&mut socket, "bob").await;
    drop(socket);
    subscribers(&api, 0).await;
    transaction.commit().await.unwrap();
    let mut socket = after(&viewer, &at_bob).await;
    cursor(&mut socket, "ada").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn a_cursor_within_a_batch_reads_on_within_it() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let ada = employee(&api, "ada").await;
    Punch::new(&api.fixture, ada, api.now())
        .burst(&api, 5)
        .await;
    cursor(&mut socket, "ada").await;
    let at_second = cursor(&mut socket, "ada").await;
    let mut socket = after(&viewer, &at_second).await;
    for _ in 0..3 {
        cursor(&mut socket, "ada").await;
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn a_cursor_that_is_too_old_makes_the_subscriber_read_again() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    announce(&api, "ada").await;
    let at_ada = cursor(&mut socket, "ada").await;
    drop(socket);
    announce(&api, "bob").await;
    api.advance(jiff::SignedDuration::from_mins(61));
    let mut socket = after(&viewer, &at_ada).await;
    let event = socket.event().await;
    assert_eq!(event["resync"], "EXPIRED");
    assert_eq!(event["punch"], Value::Null);
    announce(&api, "cyd").await;
    cursor(&mut socket, "cyd").await;
    // The event that said so has a cursor as good as any.
    let mut socket = after(&viewer, event["cursor"].as_str().unwrap()).await;
    cursor(&mut socket, "cyd").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn too_much_missed_is_not_told_one_by_one() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    announce(&api, "ada").await;
    let at_ada = cursor(&mut socket, "ada").await;
    drop(socket);
    subscribers(&api, 0).await;
    let bob = employee(&api, "bob").await;
    Punch::new(&api.fixture, bob, api.now())
        .burst(&api, 1_001)
        .await;
    let mut socket = after(&viewer, &at_ada).await;
    assert_eq!(socket.event().await["resync"], "FLOOD");
    // The hub may hear of the burst only after the client came back, and of later punches with it: then it says once more
    // that there was too much, which is all that is said of them too.
    let mut told = None;
    for code in ["cyd", "dan", "eve"] {
        announce(&api, code).await;
        let event = socket.event().await;
        if event["resync"] != "FLOOD" {
            told = Some(event);
            break;
        }
    }
    let told = told.expect("one burst is told of twice at most");
    let code = told["punch"]["employee"]["code"].as_str().unwrap();
    assert!(["cyd", "dan", "eve"].contains(&code), "{told}");
}

#[tokio::test]
async fn cursors_that_are_none_and_ids_of_others_are_refused_or_show_nothing() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    for bad in ["", "%%", "AAAA", "WyJlbXBsb3llZXMiLCJBIiwiNyJd"] {
        socket.recorded(json!({ "after": bad })).await;
        let answer = socket.next().await.unwrap();
        let error = &answer["payload"]["errors"][0];
        assert_eq!(error["extensions"]["code"], "RC400", "`{bad}`: {answer}");
        assert_eq!(socket.next().await.unwrap()["type"], "complete");
    }
    let (berlin, _) = viewer.site_ids().await;
    let wrong_kind = json!({ "query": RECORDED, "variables": { "employee": berlin } });
    socket
        .send(json!({ "id": "2", "type": "subscribe", "payload": wrong_kind }))
        .await;
    let answer = socket.next().await.unwrap();
    assert_eq!(
        answer["payload"]["errors"][0]["extensions"]["code"],
        "RC400"
    );
    assert_eq!(socket.next().await.unwrap()["type"], "complete");

    // A cursor holds no rights: with it, another organisation sees its own events only.
    socket.subscribe(&api, Value::Null, 1).await;
    announce(&api, "ada").await;
    let at_ada = cursor(&mut socket, "ada").await;
    announce(&api, "bob").await;
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let mut socket = after(&theirs, &at_ada).await;
    subscribers(&api, 2).await;
    announce(&api, "cyd").await;
    socket.nothing_more().await;
}
