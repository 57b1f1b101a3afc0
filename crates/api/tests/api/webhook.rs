//! Webhooks through GraphQL: made, changed, rotated, tested, deleted; what is refused, and what is never shown.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::cookbook::opaque;
use crate::seed;
use crate::support::{Api, Viewer};

const CREATE: &str = "mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) {
    status secret webhook { id url description events isActive createdByName } problems { field code message hint } } }";

async fn create(viewer: &Viewer<'_>, url: &str, events: &[&str]) -> Value {
    let input = json!({ "description": " Payroll ", "url": url, "events": events });
    let mut data = viewer.data(CREATE, json!({ "input": input })).await;
    data["webhookCreate"].take()
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_out_of_everything_else() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let made = create(
        &viewer,
        "https://example.org/hook",
        &["PUNCH_RECORDED", "PUNCH_RECORDED"],
    )
    .await;
    assert_eq!(made["status"], "DONE", "{made}");
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!((secret.len(), &secret[..6]), (70, "whsec_"));
    assert_eq!(made["webhook"]["events"], json!(["PUNCH_RECORDED"]));
    assert_eq!(made["webhook"]["description"], "Payroll");
    assert_eq!(made["webhook"]["createdByName"], "Uma User");
    let id = &made["webhook"]["id"];
    let rotate =
        "mutation($input: WebhookRotateSecretInput!) { webhookRotateSecret(input: $input) {
        status secret webhook { previousSecretExpiresAt } problems { code } } }";
    let data = viewer
        .data(rotate, json!({ "input": { "webhookId": id } }))
        .await;
    let rotated = &data["webhookRotateSecret"];
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, secret);
    // A day after the test's clock.
    assert_eq!(
        rotated["webhook"]["previousSecretExpiresAt"],
        "2026-11-23T10:00:00Z"
    );
    let input = json!({ "webhookId": id, "keepPreviousHours": 169 });
    let data = viewer.data(rotate, json!({ "input": input })).await;
    assert_eq!(
        data["webhookRotateSecret"]["problems"][0]["code"],
        "REFUSED"
    );
    // The audit log tells who did it, and no secret.
    let client = api.database.admin.client().await.unwrap();
    let rows = client
        .query(
            "select e::text, action from audit.event e where action like 'webhook.%' order by event_id",
            &[],
        )
        .await
        .unwrap();
    let actions: Vec<&str> = rows.iter().map(|row| row.get(1)).collect();
    assert_eq!(actions, ["webhook.create", "webhook.rotate_secret"]);
    for row in &rows {
        let event: &str = row.get(0);
        assert!(
            !event.contains("whsec_") && !event.contains(&secret[6..]),
            "{event}"
        );
    }
    let sdl = rollcall_api::schema_sdl();
    let webhook = sdl
        .split("type Webhook {")
        .nth(1)
        .unwrap()
        .split("\n}")
        .next()
        .unwrap();
    assert!(!webhook.contains("secret:"), "{webhook}");
}

#[tokio::test]
async fn urls_that_lead_nowhere_public_are_refused_with_a_reason() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    for (url, events, field, code) in [
        ("", &["PUNCH_RECORDED"][..], "url", "BLANK"),
        ("example.org", &["PUNCH_RECORDED"], "url", "MALFORMED"),
        (
            "https://exa\u{0}mple.org",
            &["PUNCH_RECORDED"],
            "url",
            "MALFORMED",
        ),
        ("http://example.org", &["PUNCH_RECORDED"], "url", "REFUSED"),
        (
            "https://user:pass@example.org",
            &["PUNCH_RECORDED"],
            "url",
            "REFUSED",
        ),
        ("https://127.0.0.1/", &["PUNCH_RECORDED"], "url", "REFUSED"),
        (
            "https://[::ffff:10.0.0.1]/",
            &["PUNCH_RECORDED"],
            "url",
            "REFUSED",
        ),
        (
            "https://169.254.169.254/latest/meta-data",
            &["PUNCH_RECORDED"],
            "url",
            "REFUSED",
        ),
        (
            "https://example.org:22/",
            &["PUNCH_RECORDED"],
            "url",
            "REFUSED",
        ),
        ("https://example.org/", &[], "events", "BLANK"),
    ] {
        let answer = create(&viewer, url, events).await;
        assert_eq!(answer["status"], "REFUSED", "{url}");
        assert_eq!(answer["secret"], Value::Null);
        let problems = answer["problems"].as_array().unwrap();
        assert_eq!(
            (problems.len(), &problems[0]["field"], &problems[0]["code"]),
            (1, &json!(field), &json!(code)),
            "{url}: {answer}"
        );
    }
    let long = format!("https://example.org/{}", "x".repeat(2000));
    assert_eq!(
        create(&viewer, &long, &["PUNCH_RECORDED"]).await["problems"][0]["code"],
        "TOO_LONG"
    );
    assert_eq!(
        create(&viewer, "https://example.org/", &["PUNCH_RECORDED"]).await["status"],
        "DONE"
    );
    let twice = create(&viewer, " https://example.org/ ", &["PUNCH_RECORDED"]).await;
    assert_eq!(twice["problems"][0]["code"], "TAKEN");
    for n in 1..20 {
        let made = create(
            &viewer,
            &format!("https://example.org/{n}"),
            &["PUNCH_RECORDED"],
        )
        .await;
        assert_eq!(made["status"], "DONE", "{n}");
    }
    let many = create(&viewer, "https://example.org/20", &["PUNCH_RECORDED"]).await;
    assert_eq!(many["problems"][0]["code"], "REFUSED", "the 21st: {many}");
}

#[tokio::test]
async fn webhooks_of_others_look_as_if_they_were_not_there() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let made = create(&theirs, "https://example.org/theirs", &["EMPLOYEE_CHANGED"]).await;
    let foreign = made["webhook"]["id"].as_str().unwrap();
    let site = viewer.site_ids().await.0;
    for id in [foreign, site.as_str(), "nonsense", ""] {
        let find = "query($id: ID!) { webhook(id: $id) { id } }";
        assert_eq!(
            viewer.data(find, json!({ "id": id })).await["webhook"],
            Value::Null,
            "`{id}`"
        );
        for (field, kind) in [
            ("webhookUpdate", "WebhookUpdateInput"),
            ("webhookDelete", "WebhookDeleteInput"),
            ("webhookRotateSecret", "WebhookRotateSecretInput"),
            ("webhookTest", "WebhookTestInput"),
        ] {
            let mutation = format!(
                "mutation($input: {kind}!) {{ {field}(input: $input) {{ status problems {{ code }} }} }}"
            );
            let data = viewer
                .data(&mutation, json!({ "input": { "webhookId": id } }))
                .await;
            assert_eq!(
                data[field]["problems"],
                json!([{ "code": "NOT_FOUND" }]),
                "{field} `{id}`"
            );
        }
    }
    assert_eq!(
        viewer.data("{ webhooks { totalCount } }", json!({})).await["webhooks"]["totalCount"],
        0
    );
    assert_eq!(
        theirs.data("{ webhooks { totalCount } }", json!({})).await["webhooks"]["totalCount"],
        1
    );
}

#[tokio::test]
async fn a_change_made_through_the_api_waits_in_the_outbox_with_ids_of_the_api() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    create(
        &viewer,
        "https://example.org/hook",
        &["EMPLOYEE_CHANGED", "CORRECTION_REQUESTED"],
    )
    .await;
    // Who causes an event need not see the webhooks.
    let hr = api.viewer(UserRole::HrAdmin).await;
    let site = hr.site_ids().await.0;
    let input = json!({ "code": "7", "displayName": "Nora Name", "siteIds": [site] });
    let add = "mutation($input: EmployeeCreateInput!) { employeeCreate(input: $input) { employee { id } } }";
    let employee =
        hr.data(add, json!({ "input": input })).await["employeeCreate"]["employee"]["id"].take();
    let list = "query($filter: WebhookDeliveryFilter) { webhookDeliveries(filter: $filter) {
        totalCount nodes { id kind state payload nAttempts webhook { url } } } }";
    let deliveries = viewer.data(list, json!({})).await["webhookDeliveries"].take();
    assert_eq!(
        deliveries["totalCount"], 1,
        "one transaction tells once: {deliveries}"
    );
    let delivery = &deliveries["nodes"][0];
    assert_eq!(
        (&delivery["kind"], &delivery["state"]),
        (&json!("employee.changed"), &json!("PENDING"))
    );
    let payload: Value = serde_json::from_str(delivery["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["data"], json!({ "employeeId": employee }));
    assert_eq!(
        payload["organizationId"],
        opaque("organization", api.fixture.organization_id)
    );
    assert!(!delivery["payload"].as_str().unwrap().contains("Nora"));

    let request = "mutation($employeeId: ID!, $siteId: ID!) { correctionRequest(input: { employeeId: $employeeId,
        change: { addPunch: { siteId: $siteId, at: { localTime: \"2026-03-02T09:00\" } } }, reason: \"late train\" })
        { correction { id } } }";
    let data = hr
        .data(request, json!({ "employeeId": employee, "siteId": site }))
        .await;
    let correction = &data["correctionRequest"]["correction"]["id"];
    let deliveries = viewer.data(list, json!({})).await["webhookDeliveries"].take();
    let payload: Value =
        serde_json::from_str(deliveries["nodes"][0]["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["kind"], "correction.requested");
    assert_eq!(&payload["data"]["correctionId"], correction);
    assert!(!deliveries.to_string().contains("late train"));

    // The dead-letter view, and another try.
    seed::execute!(
        &api,
        api.fixture.organization_id,
        "update app.webhook_delivery set state = 'dead', next_attempt_at = null, n_attempts = 14 where kind = 'employee.changed'",
        &[],
    )
    .await;
    let dead = viewer
        .data(list, json!({ "filter": { "state": "DEAD" } }))
        .await["webhookDeliveries"]
        .take();
    assert_eq!(dead["totalCount"], 1);
    let retry = "mutation($id: ID!) { webhookDeliveryRetry(input: { deliveryId: $id }) {
        status delivery { state nAttempts } problems { code } } }";
    let data = viewer
        .data(retry, json!({ "id": dead["nodes"][0]["id"] }))
        .await;
    assert_eq!(
        data["webhookDeliveryRetry"]["delivery"],
        json!({ "state": "PENDING", "nAttempts": 0 })
    );
    let data = viewer.data(retry, json!({ "id": employee })).await;
    assert_eq!(
        data["webhookDeliveryRetry"]["problems"][0]["code"],
        "NOT_FOUND"
    );
    // Undone changes are never told.
    let refused =
        "mutation($input: EmployeeCreateInput!) { employeeCreate(input: $input) { status } }";
    let again = json!({ "code": "7", "displayName": "Twin", "siteIds": [] });
    assert_eq!(
        hr.data(refused, json!({ "input": again })).await["employeeCreate"]["status"],
        "REFUSED"
    );
    assert_eq!(
        viewer.data(list, json!({})).await["webhookDeliveries"]["totalCount"],
        2
    );
}
