//! The live events besides punches. What writes their changes is tested where it is: `worker` and `store`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::date;
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::enrolment::photo_add;
use rollcall_store::live::{LiveKind, LiveSubject, device_health_announce, live_record};
use rollcall_store::user::UserRole;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::seed;
use crate::socket_client::{Socket, employee, start, subscribers_of};
use crate::support::{Api, Viewer};

fn subject(id: Uuid) -> LiveSubject {
    LiveSubject {
        id,
        employee_id: None,
        site_id: None,
        work_date: None,
        word: None,
    }
}

async fn record(api: &Api, kind: LiveKind, subjects: &[LiveSubject]) {
    let transaction = api
        .database
        .worker
        .begin(&api.fixture.scope())
        .await
        .unwrap();
    live_record(&transaction, api.fixture.organization_id, kind, subjects)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

fn day(employee_id: EmployeeId, site_id: Option<SiteId>, word: Option<&str>) -> LiveSubject {
    LiveSubject {
        employee_id: Some(employee_id),
        site_id,
        work_date: Some(date(2026, 11, 22)),
        word: word.map(str::to_owned),
        ..subject(employee_id.0)
    }
}

/// A user who sees Berlin only.
async fn of_berlin(api: &Api) -> Viewer<'_> {
    let viewer = api.viewer(UserRole::SiteManager).await;
    let organization_id = api.fixture.organization_id;
    let narrow = "update app.user_account set all_sites = false where role = 'site_manager'";
    seed::execute!(api, organization_id, narrow, &[]).await;
    let list = "insert into app.user_site (organization_id, user_id, site_id)
        select organization_id, user_id, $1 from app.user_account where role = 'site_manager'";
    seed::execute!(api, organization_id, list, &[&api.fixture.site_id.0]).await;
    viewer
}

/// Opens a socket and subscribes.
async fn watch(viewer: &Viewer<'_>, query: &str, kind: &str, n: u32) -> Socket {
    let mut socket = Socket::open(viewer).await;
    socket.operation("1", query, json!({})).await;
    subscribers_of(viewer.api, kind, n).await;
    socket
}

#[tokio::test]
async fn changed_days_come_as_they_are_now_and_gone_ones_without() {
    let (_turn, api) = start().await;
    let (owner, manager) = (api.owner().await, of_berlin(&api).await);
    let ada = employee(&api, "ada").await;
    let york = api.fixture.second_site_id;
    let bob = seed::employee(&api, "bob", "Bob", &[york]).await;
    let query = "subscription { attendanceDayChanged { cursor resync
        change { employee { code } workDate day { workedMinutes site { name } } } } }";
    let mut all = watch(&owner, query, "day", 1).await;
    let mut berlin = watch(&manager, query, "day", 2).await;
    let today = date(2026, 11, 22);
    seed::day(&api, ada, api.fixture.site_id, today, &[]).await;
    seed::day(&api, bob, york, today, &[]).await;
    let changed = [
        day(bob, Some(york), None),
        day(ada, Some(api.fixture.site_id), None),
    ];
    record(&api, LiveKind::Day, &changed).await;
    let expected = |code: &str, site: &str| {
        json!({ "employee": { "code": code }, "workDate": "2026-11-22",
        "day": { "workedMinutes": 480, "site": { "name": site } } })
    };
    assert_eq!(all.event().await["change"], expected("bob", "New York"));
    assert_eq!(all.event().await["change"], expected("ada", "Berlin"));
    assert_eq!(berlin.event().await["change"], expected("ada", "Berlin"));

    let gone = "delete from attendance.day";
    seed::execute!(api, api.fixture.organization_id, gone, &[]).await;
    record(
        &api,
        LiveKind::Day,
        &[day(bob, None, None), day(ada, None, None)],
    )
    .await;
    let gone =
        |code: &str| json!({ "employee": { "code": code }, "workDate": "2026-11-22", "day": null });
    assert_eq!(all.event().await["change"], gone("bob"));
    assert_eq!(all.event().await["change"], gone("ada"));
    assert_eq!(berlin.event().await["change"], gone("ada"));
    berlin.nothing_more().await;
}

#[tokio::test]
async fn raised_exceptions_come_by_site_and_employee() {
    let (_turn, api) = start().await;
    let owner = api.owner().await;
    let (ada, bob) = (employee(&api, "ada").await, employee(&api, "bob").await);
    let today = date(2026, 11, 22);
    for who in [ada, bob] {
        seed::day(&api, who, api.fixture.site_id, today, &[]).await;
        seed::exception(&api, who, today, "missing_out").await;
    }
    let employees = "{ employees { nodes { id code } } }";
    let data = owner.data(employees, json!({})).await;
    let nodes = data["employees"]["nodes"].as_array().unwrap();
    let bob_id = nodes.iter().find(|node| node["code"] == "bob").unwrap()["id"].clone();
    let query = "subscription($employee: ID) { exceptionRaised(employeeId: $employee) { resync
        exception { employee { code } kind sentence isWaived } } }";
    let mut socket = Socket::open(&owner).await;
    socket
        .operation("1", query, json!({ "employee": bob_id }))
        .await;
    subscribers_of(&api, "exception", 1).await;
    let raised = |who| day(who, Some(api.fixture.site_id), Some("missing_out"));
    // One that is gone again by now is not told.
    let gone = LiveSubject {
        word: Some("missing_in".to_owned()),
        ..raised(bob)
    };
    record(&api, LiveKind::Exception, &[raised(ada), gone, raised(bob)]).await;
    let expected = json!({ "employee": { "code": "bob" }, "kind": "MISSING_OUT", "sentence": "Something happened.",
        "isWaived": false });
    assert_eq!(socket.event().await["exception"], expected);
    socket.nothing_more().await;
}

#[tokio::test]
async fn a_device_that_calls_and_falls_silent_is_told() {
    let (_turn, api) = start().await;
    let owner = api.owner().await;
    let organization_id = api.fixture.organization_id;
    device_health_announce(&api.database.worker).await.unwrap();
    let query = "subscription { deviceHealthChanged { resync device { name site { name } health seenAt } } }";
    let mut socket = watch(&owner, query, "device", 1).await;
    let check = async |socket: &mut Socket, health: &str| {
        let event = socket.event().await;
        assert_eq!(event["device"]["health"], health, "{event}");
        assert_eq!(event["device"]["site"]["name"], "Berlin");
        event["device"]["seenAt"].clone()
    };
    let seen = "insert into app.device_activity (organization_id, device_id, seen_at)
        select organization_id, device_id, now() - $1::text::interval from app.device
        on conflict (organization_id, device_id) do update set seen_at = excluded.seen_at";
    seed::execute!(api, organization_id, seen, &[&"1 second"]).await;
    assert_eq!(
        device_health_announce(&api.database.worker).await.unwrap(),
        1
    );
    assert_ne!(check(&mut socket, "ONLINE").await, Value::Null);
    seed::execute!(api, organization_id, seen, &[&"2 minutes"]).await;
    // Nothing is told twice.
    for expected in [1, 0] {
        let n_changed = device_health_announce(&api.database.worker).await;
        assert_eq!(n_changed.unwrap(), expected);
    }
    check(&mut socket, "OFFLINE").await;
    let revoke = "update app.device set revoked_at = now()";
    seed::execute!(api, organization_id, revoke, &[]).await;
    device_health_announce(&api.database.worker).await.unwrap();
    check(&mut socket, "REVOKED").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn an_enrolment_is_told_from_its_queue_on() {
    let (_turn, api) = start().await;
    let owner = api.owner().await;
    let ada = employee(&api, "ada").await;
    let query = "subscription { enrolmentProgressed { resync enrolment { employee { code } state reason nAttempts } } }";
    let mut socket = watch(&owner, query, "enrolment", 1).await;
    let organization_id = api.fixture.organization_id;
    let transaction = api.database.api.begin(&api.fixture.scope()).await.unwrap();
    let added = photo_add(&transaction, organization_id, ada, b"no photograph")
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let expected =
        json!({ "employee": { "code": "ada" }, "state": "QUEUED", "reason": null, "nAttempts": 0 });
    assert_eq!(socket.event().await["enrolment"], expected);
    let job_id = added.job_id.unwrap();
    let claim =
        rollcall_store::enrolment::JobClaim::take(&api.database.worker, organization_id, job_id);
    let claim = claim.await.unwrap().unwrap();
    claim.refuse("there is no face in it").await.unwrap();
    let expected = json!({ "employee": { "code": "ada" }, "state": "REFUSED", "reason": "there is no face in it",
        "nAttempts": 1 });
    assert_eq!(socket.event().await["enrolment"], expected);
}

#[tokio::test]
async fn sightings_for_review_come_to_those_who_see_the_site() {
    let (_turn, api) = start().await;
    let (owner, manager) = (api.owner().await, of_berlin(&api).await);
    let query = "subscription { reviewQueueChanged { resync
        sighting { change cause reason site { name } camera { name } employee { code } similarity } } }";
    let mut all = watch(&owner, query, "review", 1).await;
    let mut berlin = watch(&manager, query, "review", 2).await;
    let ada = employee(&api, "ada").await;
    let sighting = async |site: SiteId, decision: &str| {
        let sighting_id = Uuid::now_v7();
        let employee_id = (decision == "review").then_some(ada.0);
        seed::execute!(
            api,
            api.fixture.organization_id,
            "insert into attendance.sighting (organization_id, sighting_id, site_id, device_id, camera_id, captured_at,
               sent_at, space_id, quality, pad, n_frames, decision, reason, employee_id, similarity, outcome)
             values ($1, $2, $3, $4, $5, now(), now(), $6, 0.9, 'not_checked', 5, $7,
               case when $8::uuid is not null then 'ambiguous' end, $8, 0.5, $7)",
            &[
                &api.fixture.organization_id.0,
                &sighting_id,
                &site.0,
                &api.fixture.device.device_id.0,
                &api.fixture.entry_camera_id.0,
                &api.fixture.space_id.0,
                &decision,
                &employee_id,
            ],
        )
        .await;
        LiveSubject {
            site_id: Some(site),
            word: Some("added".to_owned()),
            ..subject(sighting_id)
        }
    };
    let subjects = [
        sighting(api.fixture.second_site_id, "unknown").await,
        sighting(api.fixture.site_id, "review").await,
    ];
    record(&api, LiveKind::Review, &subjects).await;
    let unsure = json!({ "change": "ADDED", "cause": "UNSURE", "reason": "ambiguous", "site": { "name": "Berlin" },
        "camera": { "name": "entry" }, "employee": { "code": "ada" }, "similarity": 0.5 });
    assert_eq!(all.event().await["sighting"]["cause"], "UNKNOWN_FACE");
    assert_eq!(all.event().await["sighting"], unsure);
    assert_eq!(berlin.event().await["sighting"], unsure);
    let id = URL_SAFE_NO_PAD.encode(format!("sighting:{}", subjects[1].id));
    let reject = "mutation($id: ID!) { sightingReject(input: { sightingId: $id }) { status } }";
    let done = owner.data(reject, json!({ "id": id })).await;
    assert_eq!(done["sightingReject"]["status"], "DONE");
    assert_eq!(berlin.event().await["sighting"]["change"], "DECIDED");
    let undo = "mutation($id: ID!) { reviewUndo(input: { sightingId: $id }) { status } }";
    owner.data(undo, json!({ "id": id })).await;
    assert_eq!(berlin.event().await["sighting"]["change"], "ADDED");
}

#[tokio::test]
async fn fields_that_are_not_for_a_role_are_refused() {
    let (_turn, api) = start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let mut socket = Socket::open(&viewer).await;
    for query in [
        "subscription { reviewQueueChanged { cursor } }",
        "subscription { enrolmentProgressed { cursor } }",
    ] {
        socket.operation("1", query, json!({})).await;
        let answer = socket.next().await.unwrap();
        let error = &answer["payload"]["errors"][0];
        assert_eq!(error["extensions"]["code"], "RC403", "{answer}");
        assert_eq!(socket.next().await.unwrap()["type"], "complete");
    }
}
