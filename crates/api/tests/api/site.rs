//! Sites and settings of the organisation, as owners change them; and how the hub is doing.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, Viewer};

const FIELDS: &str =
    "status site { id name timeZone dayBoundary coolDownSeconds directionPolicy offlineGreetingHours isActive
    location { latitude longitude radiusMeters } } problems { field code }";

async fn change(viewer: &Viewer<'_>, mutation: &str, input: Value) -> Value {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let query =
        format!("mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {FIELDS} }} }}");
    viewer.data(&query, json!({ "input": input })).await[mutation].take()
}

fn problem(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    let problem = &payload["problems"][0];
    (
        problem["field"].as_str().unwrap(),
        problem["code"].as_str().unwrap(),
    )
}

async fn n_marks(api: &Api) -> i64 {
    let client = api.database.admin.client().await.unwrap();
    let row = client
        .query_one("select count(*) from attendance.dirty_day", &[])
        .await
        .unwrap();
    row.get(0)
}

#[tokio::test]
async fn sites_are_made_and_changed() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let payload = change(
        &viewer,
        "siteCreate",
        json!({ "name": " Lisbon ", "timeZone": "Europe/Lisbon" }),
    )
    .await;
    let id = payload["site"]["id"].clone();
    let expected = json!({
        "id": id, "name": "Lisbon", "timeZone": "Europe/Lisbon", "dayBoundary": "04:00", "coolDownSeconds": 150,
        "directionPolicy": "CAMERA", "offlineGreetingHours": 0, "isActive": true, "location": null,
    });
    assert_eq!(payload["site"], expected);
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let (berlin, _) = viewer.site_ids().await;
    let before = n_marks(&api).await;
    let location = json!({ "latitude": 52.5, "longitude": 13.4, "radiusMeters": 250 });
    let payload = change(
        &viewer,
        "siteUpdate",
        json!({ "siteId": berlin, "name": "Berlin 2", "location": location }),
    )
    .await;
    assert_eq!(
        (&payload["site"]["name"], &payload["site"]["location"]),
        (&json!("Berlin 2"), &location)
    );
    assert_eq!(n_marks(&api).await, before, "neither touches a day");
    let input = json!({ "siteId": berlin, "dayBoundary": "05:30", "coolDownSeconds": 60, "directionPolicy": "FIRST_LAST",
        "offlineGreetingHours": 72, "location": null, "timeZone": "Europe/Paris", "timeZoneSince": "2026-11-01T00:00:00Z" });
    let payload = change(&viewer, "siteUpdate", input).await;
    let expected = json!({
        "id": berlin, "name": "Berlin 2", "timeZone": "Europe/Paris", "dayBoundary": "05:30", "coolDownSeconds": 60,
        "directionPolicy": "FIRST_LAST", "offlineGreetingHours": 72, "isActive": true, "location": null,
    });
    assert_eq!(payload["site"], expected);
    assert!(n_marks(&api).await > before);
    let payload = change(&viewer, "siteDeactivate", json!({ "siteId": berlin })).await;
    assert_eq!(payload["site"]["isActive"], false);
    let query = format!("mutation($id: ID!) {{ siteReactivate(siteId: $id) {{ {FIELDS} }} }}");
    let data = viewer.data(&query, json!({ "id": berlin })).await;
    assert_eq!(data["siteReactivate"]["site"]["isActive"], true);
    let data = viewer
        .data(
            "query($id: ID!) { site(id: $id) { name } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(data["site"]["name"], "Lisbon");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_nothing_changes() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, york) = viewer.site_ids().await;
    let check = async |mutation: &str, input: Value, expected: (&str, &str)| {
        let payload = change(&viewer, mutation, input.clone()).await;
        assert_eq!(problem(&payload), expected, "{mutation} {input}");
    };
    let new = |field: &str, value: Value| {
        let mut input = json!({ "name": "New", "timeZone": "UTC" });
        input[field] = value;
        input
    };
    let place = |latitude: f64, radius: i32| json!({ "latitude": latitude, "longitude": 0.0, "radiusMeters": radius });
    check("siteCreate", new("name", json!("")), ("name", "BLANK")).await;
    check(
        "siteCreate",
        new("name", json!("Berlin")),
        ("name", "TAKEN"),
    )
    .await;
    check(
        "siteCreate",
        new("timeZone", json!("Mars/Olympus")),
        ("timeZone", "MALFORMED"),
    )
    .await;
    check(
        "siteCreate",
        new("dayBoundary", json!("25:00")),
        ("dayBoundary", "MALFORMED"),
    )
    .await;
    check(
        "siteCreate",
        new("coolDownSeconds", json!(-1)),
        ("coolDownSeconds", "REFUSED"),
    )
    .await;
    check(
        "siteCreate",
        new("location", place(91.0, 50)),
        ("location", "REFUSED"),
    )
    .await;
    check(
        "siteCreate",
        new("location", place(9.0, 0)),
        ("location", "REFUSED"),
    )
    .await;
    let update = |field: &str, value: Value| {
        let mut input = json!({ "siteId": berlin, "coolDownSeconds": 7 });
        input[field] = value;
        input
    };
    check(
        "siteUpdate",
        update("name", json!("New York")),
        ("name", "TAKEN"),
    )
    .await;
    check(
        "siteUpdate",
        update("timeZone", json!("Europe/Berlin")),
        ("timeZone", "REFUSED"),
    )
    .await;
    check(
        "siteUpdate",
        update("timeZoneSince", json!("2026-11-01T00:00:00Z")),
        ("timeZoneSince", "REFUSED"),
    )
    .await;
    for hours in [-1, 169] {
        check(
            "siteUpdate",
            update("offlineGreetingHours", json!(hours)),
            ("offlineGreetingHours", "REFUSED"),
        )
        .await;
    }
    let ancient = json!("-009999-01-02T01:59:59Z");
    let mut moved = update("timeZone", json!("Europe/Paris"));
    moved["timeZoneSince"] = ancient.clone();
    check("siteUpdate", moved, ("timeZoneSince", "MALFORMED")).await;
    check(
        "siteDeactivate",
        json!({ "siteId": berlin, "since": ancient }),
        ("since", "MALFORMED"),
    )
    .await;
    check(
        "siteUpdate",
        update("siteId", json!("nonsense")),
        ("siteId", "NOT_FOUND"),
    )
    .await;
    let data = viewer
        .data(
            "query($id: ID!) { site(id: $id) { coolDownSeconds } }",
            json!({ "id": berlin }),
        )
        .await;
    assert_eq!(data["site"]["coolDownSeconds"], 150, "all or nothing");

    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let payload = change(
        &theirs,
        "siteUpdate",
        json!({ "siteId": york, "name": "Mine" }),
    )
    .await;
    assert_eq!(problem(&payload), ("siteId", "NOT_FOUND"));
    let data = theirs
        .data(
            "query($id: ID!) { site(id: $id) { name } }",
            json!({ "id": york }),
        )
        .await;
    assert_eq!(data["site"], Value::Null);
}

#[tokio::test]
async fn owners_set_the_rules_of_the_organisation() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let query = "mutation($input: OrganizationUpdateInput!) { organizationUpdate(input: $input) {
        status organization { name correctionsNeedFourEyes } problems { field code } } }";
    let set = async |input: Value| {
        viewer.data(query, json!({ "input": input })).await["organizationUpdate"].take()
    };
    let payload = set(json!({ "correctionsNeedFourEyes": true })).await;
    assert_eq!(
        payload["organization"],
        json!({ "name": "Example Works", "correctionsNeedFourEyes": true })
    );
    let payload = set(json!({ "name": " Works " })).await;
    assert_eq!(
        payload["organization"],
        json!({ "name": "Works", "correctionsNeedFourEyes": true })
    );
    assert_eq!(
        problem(&set(json!({ "name": "\u{0}" })).await),
        ("name", "BLANK")
    );
    let data = viewer
        .data(
            "{ organization { name } me { organization { correctionsNeedFourEyes } } }",
            json!({}),
        )
        .await;
    assert_eq!(data["organization"]["name"], "Works");
    assert_eq!(data["me"]["organization"]["correctionsNeedFourEyes"], true);
}

#[tokio::test]
async fn health_counts_what_waits_and_who_is_silent() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Auditor).await;
    let query = "{ systemHealth { version schemaVersion databaseSize hasWorker nDaysWaiting daysWaitingSince
        nEnrolmentsWaiting nDevices nDevicesUnheard } }";
    let health = async || viewer.data(query, json!({})).await["systemHealth"].take();
    let before = health().await;
    assert_eq!(
        before["schemaVersion"],
        rollcall_store::migrate::known_version()
    );
    assert_eq!(before["databaseSize"], "SMALL");
    assert_eq!(
        (&before["nDevices"], &before["nDevicesUnheard"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&before["nDaysWaiting"], &before["daysWaitingSince"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(before["hasWorker"], false);
    let _worker = api.database.worker.client().await.unwrap();
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let organization_id = api.fixture.organization_id.0;
    seed::execute!(
        &api,
        api.fixture.organization_id,
        "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date) values ($1, $2, '2026-11-20', '2026-11-20')",
        &[&organization_id, &ada.0]
    )
    .await;
    let url = api.database.device_url(&api.fixture.device);
    let device = rollcall_store::device::DeviceClient::connect(&url)
        .await
        .unwrap();
    device.hello().await.unwrap();
    let after = health().await;
    assert_eq!(after["hasWorker"], true);
    assert!(after["nDaysWaiting"].as_i64().unwrap() >= 1);
    assert!(after["daysWaitingSince"].is_string());
    assert_eq!(after["nDevicesUnheard"], 0);
}
