//! Reading the audit log: log-ins and changes, by whom, and who may read it.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, PASSWORD, Viewer};

const EVENTS: &str = "query($filter: AuditEventFilter, $first: Int, $after: String) {
    auditEvents(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id actor action subjectKind subjectId user { email } before after } } }";

async fn events(viewer: &Viewer<'_>, filter: Value) -> Vec<Value> {
    let mut data = viewer.data(EVENTS, json!({ "filter": filter })).await;
    let nodes = data["auditEvents"]["nodes"].take();
    serde_json::from_value(nodes).unwrap()
}

fn actions(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn log_ins_log_outs_and_failures_are_recorded_without_passwords() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let vera = api.viewer(UserRole::Viewer).await;
    let data = vera.data("{ me { id } }", json!({})).await;
    let vera_id = data["me"]["id"].clone();
    let secret = "a wrong password";
    assert_eq!(api.log_in("viewer@example.org", secret).await.status(), 401);
    assert_eq!(api.log_in("nobody@example.org", secret).await.status(), 401);
    let log_out = api.client.delete(api.url("/session"));
    log_out.header("cookie", &vera.cookie).send().await.unwrap();

    let hers = events(&owner, json!({ "userId": vera_id })).await;
    assert_eq!(actions(&hers), ["session.end", "session.create"]);
    assert_eq!(
        hers[1]["after"],
        json!({ "method": "password", "address_kind": "local" })
    );
    assert_eq!(hers[1]["user"]["email"], "viewer@example.org");
    let failed = events(&owner, json!({ "action": "session.refuse" })).await;
    assert_eq!(
        failed.len(),
        1,
        "an unknown account belongs to no organisation"
    );
    assert_eq!(failed[0]["actor"], "SYSTEM");
    assert_eq!(failed[0]["subjectId"], vera_id);
    assert_eq!(
        failed[0]["after"],
        json!({ "wrong": "password", "address_kind": "local" })
    );
    let n_rows = seed::execute!(
        &api,
        api.fixture.organization_id,
        "select from audit.event e where to_jsonb(e)::text like '%' || $1 || '%' or to_jsonb(e)::text like '%' || $2 || '%'",
        &[&secret, &PASSWORD],
    )
    .await;
    assert_eq!(n_rows, 0);
}

#[tokio::test]
async fn events_are_filtered_and_paged() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let create = "mutation($code: String!) { employeeCreate(input: { code: $code, displayName: \"A\", siteIds: [] }) { employee { id } } }";
    let mut ids = Vec::new();
    for code in ["1", "2", "3"] {
        let data = owner.data(create, json!({ "code": code })).await;
        ids.push(data["employeeCreate"]["employee"]["id"].clone());
    }
    assert_eq!(
        events(&owner, json!({ "action": "employee" })).await.len(),
        3
    );
    assert_eq!(
        events(&owner, json!({ "action": "employee.create" }))
            .await
            .len(),
        3
    );
    assert_eq!(events(&owner, json!({ "action": "employ" })).await.len(), 0);
    assert_eq!(events(&owner, json!({ "action": "\u{0}" })).await.len(), 0);
    let one = events(&owner, json!({ "subjectId": ids[1] })).await;
    assert_eq!(one[0]["after"]["code"], "2");
    assert_eq!(
        events(&owner, json!({ "subjectKind": "session" }))
            .await
            .len(),
        1
    );
    assert_eq!(
        events(&owner, json!({ "to": "2020-01-01T00:00:00Z" }))
            .await
            .len(),
        0
    );
    assert_eq!(
        events(&owner, json!({ "from": "2020-01-01T00:00:00Z" }))
            .await
            .len(),
        4
    );
    // Earlier than any instant that PostgreSQL knows.
    let ancient = "-009999-01-02T01:59:59Z";
    assert_eq!(events(&owner, json!({ "from": ancient })).await.len(), 4);
    assert_eq!(events(&owner, json!({ "to": ancient })).await.len(), 0);
    assert_eq!(
        events(&owner, json!({ "from": "2990-01-01T00:00:00Z" }))
            .await
            .len(),
        0
    );
    let page = owner.data(EVENTS, json!({ "first": 3 })).await["auditEvents"].take();
    assert_eq!(
        (&page["totalCount"], &page["pageInfo"]["hasNextPage"]),
        (&json!(4), &json!(true))
    );
    let rest = owner
        .data(
            EVENTS,
            json!({ "first": 3, "after": page["pageInfo"]["endCursor"] }),
        )
        .await;
    assert_eq!(rest["auditEvents"]["nodes"][0]["action"], "session.create");
    for bad in [
        json!({ "userId": ids[0] }),
        json!({ "subjectId": "nonsense" }),
    ] {
        let (code, _) = owner.error(EVENTS, json!({ "filter": bad })).await;
        assert_eq!(code, "RC400");
    }
}

#[tokio::test]
async fn owners_and_auditors_read_the_log_of_their_organisation() {
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let auditor = api.viewer(UserRole::Auditor).await;
    let stranger = api.other_owner(&other).await;
    assert_eq!(events(&auditor, json!({})).await.len(), 1);
    assert_eq!(events(&stranger, json!({})).await.len(), 1);
    for role in [UserRole::HrAdmin, UserRole::SiteManager, UserRole::Viewer] {
        let viewer = api.viewer(role).await;
        assert_eq!(viewer.error(EVENTS, json!({})).await.0, "RC403");
    }
}
