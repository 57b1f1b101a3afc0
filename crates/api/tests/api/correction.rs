//! Corrections: requesting, deciding, listing.

use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::support::{Api, Viewer};

const FIELDS: &str = "status problems { field code message hint }
    correction { id employee { code } kind punchId site { name } occurredAt localTime localDate direction reason
      attachment requestedByName state decidedAt decidedByName decisionComment newPunchId }";

/// Runs a mutation of one input and returns its payload.
async fn change(viewer: &Viewer<'_>, mutation: &str, input: Value) -> Value {
    let variables = json!({ "input": input });
    let mut data = viewer.data(&text(mutation), variables).await;
    data[mutation].take()
}

fn text(mutation: &str) -> String {
    let kind = mutation[..1].to_uppercase() + &mutation[1..] + "Input";
    format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {FIELDS} }} }}")
}

/// Ids of the only employee and of the first site.
async fn ids(viewer: &Viewer<'_>) -> (String, String) {
    let data = viewer
        .data("{ employees { nodes { id } } }", json!({}))
        .await;
    let employee = &data["employees"]["nodes"][0]["id"];
    (
        employee.as_str().unwrap().to_owned(),
        viewer.site_ids().await.0,
    )
}

async fn ada(api: &Api) -> EmployeeId {
    seed::employee(api, "1", "Ada", &[api.fixture.site_id]).await
}

fn add(ids: &(String, String), at: Value) -> Value {
    json!({
        "employeeId": ids.0,
        "change": { "addPunch": { "siteId": ids.1, "at": at, "direction": "IN" } },
        "reason": " camera was covered ",
    })
}

fn local(text: &str) -> Value {
    json!({ "localTime": text })
}

/// Field and code of the only problem; nothing was changed.
fn problem(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    assert_eq!(payload["correction"], Value::Null);
    let problems = payload["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1);
    assert!(!problems[0]["message"].as_str().unwrap().contains("hint:"));
    let text = |name: &str| problems[0][name].as_str().unwrap();
    (text("field"), text("code"))
}

/// State of each listed correction, in order.
async fn states(viewer: &Viewer<'_>, arguments: &str) -> Vec<String> {
    let query = format!("{{ corrections{arguments} {{ nodes {{ state }} }} }}");
    let data = viewer.data(&query, json!({})).await;
    let nodes = data["corrections"]["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["state"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_approved_request_adds_a_punch() {
    let api = Api::start().await;
    ada(&api).await;
    let viewer = api.viewer(UserRole::SiteManager).await;
    let ids = ids(&viewer).await;
    let mut input = add(&ids, local("2026-03-02T09:00"));
    input["attachment"] = json!("seen by Bob");
    let payload = change(&viewer, "correctionRequest", input).await;
    let correction = &payload["correction"];
    let expected = json!({
        "id": correction["id"], "employee": { "code": "1" }, "kind": "ADD_PUNCH", "punchId": null,
        "site": { "name": "Berlin" }, "occurredAt": "2026-03-02T08:00:00Z",
        "localTime": "2026-03-02T09:00:00+01:00", "localDate": "2026-03-02", "direction": "IN",
        "reason": "camera was covered", "attachment": "seen by Bob", "requestedByName": "Uma User",
        "state": "REQUESTED", "decidedAt": null, "decidedByName": null, "decisionComment": null, "newPunchId": null,
    });
    assert_eq!(correction, &expected);
    assert_eq!(payload["status"], "DONE");

    let input = json!({ "correctionId": correction["id"], "comment": "fine" });
    let payload = change(&viewer, "correctionApprove", input.clone()).await;
    assert_eq!(payload["status"], "DONE");
    assert_eq!(payload["correction"]["state"], "APPROVED");
    assert_eq!(payload["correction"]["decisionComment"], "fine");
    assert_eq!(payload["correction"]["decidedByName"], "Uma User");
    let data = viewer
        .data("{ punches { nodes { id source occurredAt } } }", json!({}))
        .await;
    let expected = json!([{
        "id": payload["correction"]["newPunchId"], "source": "CORRECTION", "occurredAt": "2026-03-02T08:00:00Z",
    }]);
    assert_eq!(data["punches"]["nodes"], expected);

    let again = change(&viewer, "correctionApprove", input).await;
    assert_eq!(problem(&again), ("correctionId", "ALREADY_DECIDED"));
    let message = again["problems"][0]["message"].as_str().unwrap();
    assert_eq!(message, "this correction is approved already, by Uma User");
}

#[tokio::test]
async fn punches_are_turned_round_and_voided() {
    let api = Api::start().await;
    let ada = ada(&api).await;
    Punch::new(&api.fixture, ada, api.now()).store(&api).await;
    let viewer = api.owner().await;
    let (employee_id, _) = ids(&viewer).await;
    let punch = "{ punches { nodes { id direction } } }";
    let first = viewer.data(punch, json!({})).await["punches"]["nodes"][0].take();
    let decide = async |change_input: Value| {
        let input =
            json!({ "employeeId": employee_id, "change": change_input, "reason": "mistaken" });
        let asked = change(&viewer, "correctionRequest", input).await;
        assert_eq!(asked["status"], "DONE", "{asked}");
        let input = json!({ "correctionId": asked["correction"]["id"] });
        change(&viewer, "correctionApprove", input).await["correction"].take()
    };
    let turned =
        decide(json!({ "changeDirection": { "punchId": first["id"], "direction": "OUT" } })).await;
    assert_eq!(turned["kind"], "CHANGE_DIRECTION");
    assert_eq!(turned["punchId"], first["id"]);
    let second = viewer.data(punch, json!({})).await["punches"]["nodes"].take();
    let expected = json!([{ "id": turned["newPunchId"], "direction": "OUT" }]);
    assert_eq!(second, expected);
    let voided = decide(json!({ "voidPunch": { "punchId": turned["newPunchId"] } })).await;
    assert_eq!(voided["newPunchId"], Value::Null);
    let left = viewer.data(punch, json!({})).await["punches"]["nodes"].take();
    assert_eq!(left, json!([]));
}

#[tokio::test]
async fn rejected_and_withdrawn_requests_change_nothing_and_are_listed() {
    let api = Api::start().await;
    ada(&api).await;
    let viewer = api.owner().await;
    let ids = ids(&viewer).await;
    let mut asked = Vec::new();
    for hour in ["07", "08", "09"] {
        let input = add(&ids, local(&format!("2026-03-02T{hour}:00")));
        let payload = change(&viewer, "correctionRequest", input).await;
        asked.push(payload["correction"]["id"].clone());
    }
    let input = json!({ "correctionId": asked[0], "comment": " " });
    let payload = change(&viewer, "correctionReject", input).await;
    assert_eq!(problem(&payload), ("comment", "BLANK"));
    let input = json!({ "correctionId": asked[0], "comment": "no" });
    let payload = change(&viewer, "correctionReject", input).await;
    assert_eq!(payload["correction"]["state"], "REJECTED");

    let colleague = api.viewer(UserRole::HrAdmin).await;
    let input = json!({ "correctionId": asked[1] });
    let payload = change(&colleague, "correctionWithdraw", input.clone()).await;
    assert_eq!(problem(&payload), ("correctionId", "NOT_YOURS"));
    let payload = change(&viewer, "correctionWithdraw", input).await;
    assert_eq!(payload["correction"]["state"], "WITHDRAWN");

    let newest_first = ["REQUESTED", "WITHDRAWN", "REJECTED"];
    assert_eq!(states(&viewer, "").await, newest_first);
    assert_eq!(
        states(&viewer, "(filter: { state: REJECTED })").await,
        ["REJECTED"]
    );
    let of_ada = format!("(filter: {{ employeeId: \"{}\" }})", ids.0);
    assert_eq!(states(&viewer, &of_ada).await, newest_first);
    let data = viewer.data("{ punches { nodes { id } } }", json!({})).await;
    assert_eq!(data["punches"]["nodes"], json!([]));

    let page = "query($after: String) { corrections(first: 2, after: $after) {
        nodes { state } pageInfo { hasNextPage endCursor } } }";
    let first = viewer.data(page, json!({})).await["corrections"].take();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let after = json!({ "after": first["pageInfo"]["endCursor"] });
    let second = viewer.data(page, after).await["corrections"].take();
    assert_eq!(second["nodes"], json!([{ "state": "REJECTED" }]));
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn local_times_are_never_guessed() {
    let api = Api::start().await;
    ada(&api).await;
    let viewer = api.owner().await;
    let ids = ids(&viewer).await;
    let request = async |at: Value| change(&viewer, "correctionRequest", add(&ids, at)).await;
    for (at, field, code) in [
        (local("2025-10-26T02:30"), "localTime", "TIME_AMBIGUOUS"),
        (local("2025-03-30T02:30"), "localTime", "TIME_SKIPPED"),
        (local("2025-07-01T09:00+01:00"), "localTime", "OFFSET_WRONG"),
        (local("nine o'clock"), "localTime", "MALFORMED"),
        (local("1969-12-31T09:00"), "at", "TOO_OLD"),
        (local("2999-01-01T09:00"), "at", "IN_FUTURE"),
        (
            json!({ "instant": "2999-01-01T09:00:00Z" }),
            "at",
            "IN_FUTURE",
        ),
        (
            json!({ "instant": "-009000-01-02T00:00:00Z" }),
            "instant",
            "MALFORMED",
        ),
    ] {
        let payload = request(at.clone()).await;
        assert_eq!(problem(&payload), (field, code), "{at}");
    }
    let payload = request(local("2025-10-26T02:30")).await;
    let said = &payload["problems"][0];
    let message = said["message"].as_str().unwrap();
    assert!(message.contains("02:30+02:00` (00:30 UTC) or"), "{message}");
    assert!(said["hint"].as_str().unwrap().contains("offset"), "{said}");
    let payload = request(local("2025-10-26T02:30+01:00")).await;
    assert_eq!(payload["correction"]["occurredAt"], "2025-10-26T01:30:00Z");
    let payload = request(json!({ "instant": "2025-10-26T00:30:00Z" })).await;
    let local_time = &payload["correction"]["localTime"];
    assert_eq!(local_time, "2025-10-26T02:30:00+02:00");

    let payload = request(json!({ "instant": "2025-10-26T00:30:00Z" })).await;
    assert_eq!(problem(&payload), ("change", "ALREADY_REQUESTED"));
    // Exactly one way of saying when.
    let both = json!({ "instant": "2025-10-26T00:30:00Z", "localTime": "2025-10-26T02:30" });
    let variables = json!({ "input": add(&ids, both) });
    let (code, _) = viewer.error(&text("correctionRequest"), variables).await;
    assert_eq!(code, "RC400");
}

#[tokio::test]
async fn wrong_ids_and_other_organisations_look_like_not_found() {
    let api = Api::start().await;
    ada(&api).await;
    let viewer = api.owner().await;
    let ids = ids(&viewer).await;
    let input = add(&ids, local("2026-03-02T09:00"));
    let asked = change(&viewer, "correctionRequest", input.clone()).await;
    let asked = &asked["correction"]["id"];

    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let payload = change(&theirs, "correctionRequest", input.clone()).await;
    assert_eq!(problem(&payload), ("siteId", "UNKNOWN_SITE"));
    let mut at_their_site = input.clone();
    at_their_site["change"]["addPunch"]["siteId"] = json!(theirs.site_ids().await.0);
    let payload = change(&theirs, "correctionRequest", at_their_site).await;
    assert_eq!(problem(&payload), ("employeeId", "NOT_FOUND"));
    for (viewer, id) in [(&theirs, asked), (&viewer, &json!(ids.0))] {
        let input = json!({ "correctionId": id, "comment": "no" });
        let payload = change(viewer, "correctionReject", input).await;
        assert_eq!(problem(&payload), ("correctionId", "NOT_FOUND"));
    }
    assert_eq!(states(&theirs, "").await, [""; 0]);
    assert_eq!(states(&viewer, "").await, ["REQUESTED"]);

    let void = |id: &str| json!({ "employeeId": ids.0, "change": { "voidPunch": { "punchId": id } }, "reason": "x" });
    let payload = change(&viewer, "correctionRequest", void(&ids.1)).await;
    assert_eq!(problem(&payload), ("punchId", "NOT_FOUND"));
    let bob = seed::employee(&api, "2", "Bob", &[]).await;
    Punch::new(&api.fixture, bob, api.now()).store(&api).await;
    let data = viewer.data("{ punches { nodes { id } } }", json!({})).await;
    let of_bob = data["punches"]["nodes"][0]["id"].as_str().unwrap();
    let payload = change(&viewer, "correctionRequest", void(of_bob)).await;
    assert_eq!(problem(&payload), ("punchId", "OTHER_EMPLOYEE"));
    let mut nameless = input.clone();
    nameless["reason"] = json!(" ");
    let payload = change(&viewer, "correctionRequest", nameless).await;
    assert_eq!(problem(&payload), ("reason", "BLANK"));
    let mut long = input;
    long["attachment"] = json!("x".repeat(20_001));
    let payload = change(&viewer, "correctionRequest", long).await;
    assert_eq!(problem(&payload), ("attachment", "TOO_LONG"));
    for (arguments, name) in [
        ("(after: \"nonsense\")", "`after`"),
        ("(first: 0)", "`first`"),
        ("(filter: { employeeId: \"nonsense\" })", "`employeeId`"),
    ] {
        let query = format!("{{ corrections{arguments} {{ nodes {{ id }} }} }}");
        let (code, message) = viewer.error(&query, json!({})).await;
        assert_eq!(code, "RC400");
        assert!(message.contains(name), "{message}");
    }
}

#[tokio::test]
async fn auditors_and_viewers_read_only_and_four_eyes_hold() {
    let api = Api::start().await;
    ada(&api).await;
    let owner = api.owner().await;
    let ids = ids(&owner).await;
    let input = add(&ids, local("2026-03-02T09:00"));
    let asked = change(&owner, "correctionRequest", input.clone()).await;
    let id = &asked["correction"]["id"];
    let rejection = json!({ "correctionId": id, "comment": "no" });
    let decision = json!({ "correctionId": id });
    for role in [UserRole::Auditor, UserRole::Viewer] {
        let viewer = api.viewer(role).await;
        for (mutation, input) in [
            ("correctionRequest", &input),
            ("correctionApprove", &decision),
            ("correctionReject", &rejection),
            ("correctionWithdraw", &decision),
        ] {
            let variables = json!({ "input": input });
            let (code, _) = viewer.error(&text(mutation), variables).await;
            assert_eq!(code, "RC403", "{role:?} {mutation}");
        }
        assert_eq!(states(&viewer, "").await, ["REQUESTED"], "{role:?} reads");
    }

    let ask_two = "update app.organization set corrections_need_four_eyes = true";
    seed::execute!(&api, api.fixture.organization_id, ask_two, &[]).await;
    let payload = change(&owner, "correctionApprove", decision.clone()).await;
    assert_eq!(problem(&payload), ("correctionId", "OWN_REQUEST"));
    let colleague = api.viewer(UserRole::SiteManager).await;
    let payload = change(&colleague, "correctionApprove", decision).await;
    assert_eq!(payload["correction"]["state"], "APPROVED");
}
