//! One-time codes of devices: used once, soon, by one box, and told to nobody afterwards.

use rollcall_store::device::{DeviceClient, password_verifier};
use rollcall_store::device_enrolment::EnrolmentAnswer;
use rollcall_store::provision::DeviceLogin;
use serde_json::{Value, json};

use crate::support::{Api, Viewer};

async fn make(viewer: &Viewer<'_>, device: &str) -> Value {
    let query = "mutation($id: ID!) { deviceCodeCreate(deviceId: $id) { status code { code expiresAt } problems { field code } } }";
    viewer.data(query, json!({ "id": device })).await["deviceCodeCreate"].take()
}

/// The code of a payload.
fn code(payload: &Value) -> &str {
    payload["code"]["code"].as_str().unwrap()
}

async fn enrol(api: &Api, body: Value) -> (u16, String) {
    let sent = api.client.post(api.url("/device/enrolment")).json(&body);
    let response = sent.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_code_gives_one_box_the_log_in_of_its_device_once() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let devices = viewer.data("{ devices { nodes { id } } }", json!({})).await;
    let device = devices["devices"]["nodes"][0]["id"].as_str().unwrap();
    let old = api.database.device_url(&api.fixture.device);
    let first = make(&viewer, device).await;
    let second = make(&viewer, device).await;
    let verifier = password_verifier("made by the box");
    for (body, status) in [
        (json!({ "code": code(&second) }), 400),
        (
            json!({ "code": code(&second), "verifier": "made by the box" }),
            400,
        ),
        (
            json!({ "code": code(&second), "verifier": verifier, "more": 1 }),
            400,
        ),
        // An earlier code is worth nothing.
        (json!({ "code": code(&first), "verifier": verifier }), 401),
        (json!({ "code": "", "verifier": verifier }), 401),
    ] {
        let (found, text) = enrol(&api, body.clone()).await;
        assert_eq!(found, status, "{body}: {text}");
    }
    DeviceClient::connect(&old)
        .await
        .expect("it works until the code is used");

    let body = json!({ "code": code(&second).to_lowercase(), "verifier": verifier });
    let (status, text) = enrol(&api, body.clone()).await;
    assert_eq!(status, 200, "{text}");
    let answer: EnrolmentAnswer = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (answer.device.as_str(), answer.site.as_str()),
        ("door", "Berlin")
    );
    assert_eq!(answer.user, api.fixture.device.role);
    assert_eq!(answer.cameras.len(), 3);
    // Whoever lost the answer asks again; another box does not get in.
    assert_eq!(enrol(&api, body).await, (200, text));
    let another = password_verifier("made by another box");
    let body = json!({ "code": code(&second), "verifier": another });
    assert_eq!(enrol(&api, body).await.0, 401);
    let login = DeviceLogin {
        password: "made by the box".to_owned(),
        ..api.fixture.device.clone()
    };
    DeviceClient::connect(&api.database.device_url(&login))
        .await
        .unwrap();
    assert!(DeviceClient::connect(&old).await.is_err());

    let events = viewer
        .data(
            "{ auditEvents(first: 10) { nodes { action before after } } }",
            json!({}),
        )
        .await;
    let events = events["auditEvents"].to_string();
    for action in ["device.create_code", "device.enrol"] {
        assert!(events.contains(action), "{events}");
    }
    assert!(
        !events.contains("SCRAM") && !events.contains(code(&second)),
        "{events}"
    );
}

#[tokio::test]
async fn a_code_that_is_old_or_of_a_revoked_device_is_worth_nothing() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let devices = viewer.data("{ devices { nodes { id } } }", json!({})).await;
    let device = devices["devices"]["nodes"][0]["id"].as_str().unwrap();
    let verifier = password_verifier("made by the box");
    let admin = api.database.admin.client().await.unwrap();
    let late = make(&viewer, device).await;
    let age = "update app.device_enrolment set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'";
    assert_eq!(admin.execute(age, &[]).await.unwrap(), 1);
    let body = json!({ "code": code(&late), "verifier": verifier });
    assert_eq!(enrol(&api, body).await.0, 401);
    let made = make(&viewer, device).await;
    let revoke = "mutation($id: ID!) { deviceRevoke(deviceId: $id) { status } }";
    viewer.data(revoke, json!({ "id": device })).await;
    let body = json!({ "code": code(&made), "verifier": verifier });
    assert_eq!(enrol(&api, body).await.0, 401);
    let refused = make(&viewer, device).await;
    assert_eq!(refused["status"], "REFUSED");
    assert_eq!(refused["problems"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let api = Api::start().await;
    let verifier = password_verifier("made by a thief");
    let mut statuses = Vec::new();
    for n in 0..60 {
        let body = json!({ "code": format!("AAAA-AAAA-AAAA-{n:04}"), "verifier": verifier });
        statuses.push(enrol(&api, body).await.0);
    }
    assert_eq!(statuses[0], 401);
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}
