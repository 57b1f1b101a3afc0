//! Devices: made with a log-in that works, and ended for good; and nothing more than that.

use std::time::Duration;

use rollcall_domain::id::DeviceId;
use rollcall_store::StoreError;
use rollcall_store::device::DeviceClient;
use rollcall_store::provision::DeviceLogin;
use rollcall_store::user::UserRole;
use rollcall_testkit::{fixture, wait_until};
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, Viewer};

const PROVISION: &str =
    "mutation($input: DeviceProvisionInput!) { deviceProvision(input: $input) { status
    device { id name health site { name } cameras { id name direction } }
    connection { database user password } problems { field code } } }";

async fn provision(viewer: &Viewer<'_>, input: Value) -> Value {
    viewer.data(PROVISION, json!({ "input": input })).await["deviceProvision"].take()
}

/// Field and code of the only problem.
fn problem(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    let problems = payload["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{payload}");
    (
        problems[0]["field"].as_str().unwrap(),
        problems[0]["code"].as_str().unwrap(),
    )
}

async fn revoke(viewer: &Viewer<'_>, id: &Value) -> Value {
    let query = "mutation($id: ID!) { deviceRevoke(deviceId: $id) { status device { health revokedAt } problems { field code } } }";
    viewer.data(query, json!({ "id": id })).await["deviceRevoke"].take()
}

fn login(payload: &Value) -> DeviceLogin {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let connection = &payload["connection"];
    DeviceLogin {
        // Not part of the way in.
        device_id: DeviceId(uuid::Uuid::nil()),
        role: text(&connection["user"]),
        password: text(&connection["password"]),
    }
}

async fn cut_off(client: &DeviceClient) {
    let state = || async { client.heartbeat(None).await.err() };
    wait_until("the device is cut off", Duration::from_secs(30), state).await;
}

#[tokio::test]
async fn a_new_device_can_call_until_it_is_revoked() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, _) = viewer.site_ids().await;
    let cameras =
        json!([{ "name": "in", "direction": "ENTRY" }, { "name": "out", "direction": "EXIT" }]);
    let payload = provision(
        &viewer,
        json!({ "siteId": berlin, "name": " Gate ", "cameras": cameras }),
    )
    .await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    let device = &payload["device"];
    assert_eq!(
        (&device["name"], &device["health"]),
        (&json!("Gate"), &json!("SILENT"))
    );
    assert_eq!(device["site"]["name"], "Berlin");
    assert!(
        payload["connection"]["database"]
            .as_str()
            .unwrap()
            .ends_with(&api.database.database_name)
    );

    let login = login(&payload);
    let client = DeviceClient::connect(&api.database.device_url(&login))
        .await
        .unwrap();
    let hello = client.hello().await.unwrap();
    assert_eq!(
        (hello.device_name.as_str(), hello.site_name.as_str()),
        ("Gate", "Berlin")
    );
    assert_eq!(hello.cameras.len(), 2);
    client.heartbeat(None).await.unwrap();

    let id = &device["id"];
    let query = "query($id: ID!) { device(id: $id) { health seenAt agentVersion } }";
    let data = viewer.data(query, json!({ "id": id })).await;
    assert_eq!(data["device"]["health"], "ONLINE");
    assert!(data["device"]["seenAt"].is_string());
    assert_eq!(data["device"]["agentVersion"], env!("CARGO_PKG_VERSION"));

    let payload = revoke(&viewer, id).await;
    assert_eq!(payload["device"]["health"], "REVOKED", "{payload}");
    // The open connection ends, and a new one is not let in.
    cut_off(&client).await;
    let error = DeviceClient::connect(&api.database.device_url(&login))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Connect { .. }), "{error}");
    assert!(!error.is_retryable());
    let again = revoke(&viewer, id).await;
    assert_eq!(again["device"]["revokedAt"], payload["device"]["revokedAt"]);
    let rows = api
        .database
        .admin
        .client()
        .await
        .unwrap()
        .query("select from pg_roles where rolname = $1", &[&login.role])
        .await
        .unwrap();
    assert!(rows.is_empty(), "the role is gone");
    let query = "mutation($input: CameraCreateInput!) { cameraCreate(input: $input) { status problems { field code } } }";
    let input = json!({ "input": { "deviceId": id, "name": "late", "direction": "BOTH" } });
    let data = viewer.data(query, input).await;
    assert_eq!(problem(&data["cameraCreate"]), ("deviceId", "REFUSED"));
}

#[tokio::test]
async fn devices_of_the_command_line_are_revoked_too() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let data = viewer
        .data("{ devices { totalCount nodes { id name } } }", json!({}))
        .await;
    assert_eq!(data["devices"]["totalCount"], 1);
    let client = DeviceClient::connect(&api.database.device_url(&api.fixture.device))
        .await
        .unwrap();
    client.hello().await.unwrap();
    let payload = revoke(&viewer, &data["devices"]["nodes"][0]["id"]).await;
    assert_eq!(payload["status"], "DONE");
    cut_off(&client).await;
    let data = viewer
        .data(
            "{ devices(filter: { health: ONLINE }) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(data["devices"]["nodes"], json!([]));
}

#[tokio::test]
async fn bad_devices_and_cameras_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, _) = viewer.site_ids().await;
    let check = async |input: Value, expected: (&str, &str)| {
        let payload = provision(&viewer, input.clone()).await;
        assert_eq!(problem(&payload), expected, "{input}");
        assert_eq!(payload["connection"], Value::Null);
    };
    let camera = json!({ "name": "in", "direction": "ENTRY" });
    check(json!({ "siteId": berlin, "name": " " }), ("name", "BLANK")).await;
    check(
        json!({ "siteId": berlin, "name": "x".repeat(101) }),
        ("name", "TOO_LONG"),
    )
    .await;
    check(
        json!({ "siteId": berlin, "name": "door" }),
        ("name", "TAKEN"),
    )
    .await;
    check(
        json!({ "siteId": "nonsense", "name": "new" }),
        ("siteId", "UNKNOWN_SITE"),
    )
    .await;
    check(
        json!({ "siteId": berlin, "name": "new", "cameras": [camera, camera] }),
        ("cameras", "TAKEN"),
    )
    .await;
    let many: Vec<Value> = (0..17)
        .map(|n| json!({ "name": format!("{n}"), "direction": "BOTH" }))
        .collect();
    check(
        json!({ "siteId": berlin, "name": "new", "cameras": many }),
        ("cameras", "TOO_LONG"),
    )
    .await;
    let data = viewer
        .data(
            "{ devices { nodes { id name cameras { id name } } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        data["devices"]["nodes"].as_array().unwrap().len(),
        1,
        "nothing was left behind"
    );
    let (device, camera) = (
        &data["devices"]["nodes"][0]["id"],
        &data["devices"]["nodes"][0]["cameras"][0]["id"],
    );

    let rename = "mutation($input: DeviceRenameInput!) { deviceRename(input: $input) { status device { name } problems { field code } } }";
    let input = json!({ "input": { "deviceId": device, "name": "Main door" } });
    assert_eq!(
        viewer.data(rename, input).await["deviceRename"]["device"]["name"],
        "Main door"
    );
    let update = "mutation($input: CameraUpdateInput!) { cameraUpdate(input: $input) { status camera { name direction attackPolicy } problems { field code } } }";
    let input = json!({ "input": { "cameraId": camera, "direction": "EXIT" } });
    let data = viewer.data(update, input).await;
    assert_eq!(
        data["cameraUpdate"]["camera"],
        json!({ "name": "both", "direction": "EXIT", "attackPolicy": "IGNORE" })
    );
    let input = json!({ "input": { "cameraId": camera, "attackPolicy": "REQUIRE_LIVE" } });
    let data = viewer.data(update, input).await;
    assert_eq!(
        data["cameraUpdate"]["camera"],
        json!({ "name": "both", "direction": "EXIT", "attackPolicy": "REQUIRE_LIVE" })
    );
    let input = json!({ "input": { "cameraId": camera, "name": "exit" } });
    let data = viewer.data(update, input).await;
    assert_eq!(problem(&data["cameraUpdate"]), ("name", "TAKEN"));

    // For another organisation, none of it exists.
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    assert_eq!(
        problem(&revoke(&theirs, device).await),
        ("deviceId", "NOT_FOUND")
    );
    let input = json!({ "input": { "deviceId": device, "name": "Mine" } });
    let data = theirs.data(rename, input).await;
    assert_eq!(problem(&data["deviceRename"]), ("deviceId", "NOT_FOUND"));
    let input = json!({ "input": { "cameraId": camera, "direction": "ENTRY" } });
    let data = theirs.data(update, input).await;
    assert_eq!(problem(&data["cameraUpdate"]), ("cameraId", "NOT_FOUND"));
    assert_eq!(
        problem(&provision(&theirs, json!({ "siteId": berlin, "name": "spy" })).await),
        ("siteId", "UNKNOWN_SITE")
    );
}

#[tokio::test]
async fn who_is_bound_to_sites_looks_after_devices_there() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let (berlin, york) = owner.site_ids().await;
    let hr = api.viewer(UserRole::HrAdmin).await;
    seed::bind(&api, "hr_admin@example.org", &[api.fixture.second_site_id]).await;
    let data = hr.data("{ devices { nodes { id } } }", json!({})).await;
    assert_eq!(data["devices"]["nodes"], json!([]));
    assert_eq!(
        problem(&provision(&hr, json!({ "siteId": berlin, "name": "a" })).await),
        ("siteId", "UNKNOWN_SITE")
    );
    let payload = provision(&hr, json!({ "siteId": york, "name": "a" })).await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    assert_eq!(
        revoke(&hr, &payload["device"]["id"]).await["status"],
        "DONE"
    );
    let data = owner
        .data(
            "{ devices(filter: { health: SILENT }) { nodes { id } } }",
            json!({}),
        )
        .await;
    let theirs = &data["devices"]["nodes"][0]["id"];
    assert_eq!(
        problem(&revoke(&hr, theirs).await),
        ("deviceId", "NOT_FOUND")
    );
}

#[tokio::test]
async fn the_api_makes_no_other_role() {
    let api = Api::start().await;
    let organization_id = api.fixture.organization_id;
    let client = api.database.api.client().await.unwrap();
    client
        .batch_execute(&format!(
            "set rollcall.organization_id = '{organization_id}'; set rollcall.user_id = 'system'; set rollcall.sites = 'all'"
        ))
        .await
        .unwrap();
    let verifier = "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let device_id = api.fixture.device.device_id;
    let nobody = uuid::Uuid::now_v7();
    for (statement, expected) in [
        ("create role intruder".to_owned(), "42501"),
        ("alter role rollcall_api createrole".to_owned(), "42501"),
        ("set role rollcall_provisioner".to_owned(), "42501"),
        (
            "grant rollcall_provisioner to rollcall_api".to_owned(),
            "42501",
        ),
        ("grant rollcall_device to rollcall_api".to_owned(), "42501"),
        (format!("drop role {}", api.fixture.device.role), "42501"),
        ("create table provisioner.t (x integer)".to_owned(), "42501"),
        // No device of the organisation: no role.
        (
            format!("select provisioner.device_role_create('{nobody}', '{verifier}')"),
            "42501",
        ),
        (
            format!("select provisioner.device_role_drop('{nobody}')"),
            "42501",
        ),
        // A device that is not revoked keeps its role, and has only one.
        (
            format!("select provisioner.device_role_close('{device_id}')"),
            "42501",
        ),
        (
            format!("select provisioner.device_role_drop('{device_id}')"),
            "42501",
        ),
        (
            format!("select provisioner.device_role_create('{device_id}', '{verifier}')"),
            "42710",
        ),
        // A password in clear is none of its business.
        (
            format!("select provisioner.device_role_create('{device_id}', 'secret')"),
            "22023",
        ),
        (
            format!("select provisioner.device_role_create('{device_id}', null)"),
            "22023",
        ),
    ] {
        let error = client
            .batch_execute(&statement)
            .await
            .expect_err(&statement);
        assert_eq!(error.code().unwrap().code(), expected, "{statement}");
    }
    let other = fixture::organization(&api.database).await;
    client
        .batch_execute(&format!(
            "set rollcall.organization_id = '{}'",
            other.organization_id
        ))
        .await
        .unwrap();
    let statement = format!("select provisioner.device_role_create('{device_id}', '{verifier}')");
    let error = client.batch_execute(&statement).await.unwrap_err();
    assert_eq!(
        error.code().unwrap().code(),
        "42501",
        "not for a device of another organisation"
    );
    let worker = api.database.worker.client().await.unwrap();
    let error = worker.batch_execute(&statement).await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501", "not for the worker");
}
