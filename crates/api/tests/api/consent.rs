//! Consents: recording, withdrawing, and that both take effect at once.

use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::cookbook::opaque;
use crate::seed;
use crate::support::{Api, Viewer};

const PAYLOAD: &str =
    "status employee { consents { textVersion isValid evidence } } problems { field code }";

async fn record(viewer: &Viewer<'_>, input: Value) -> Value {
    let query = format!(
        "mutation($input: ConsentRecordInput!) {{ consentRecord(input: $input) {{ {PAYLOAD} }} }}"
    );
    viewer.data(&query, json!({ "input": input })).await["consentRecord"].take()
}

async fn withdraw(viewer: &Viewer<'_>, employee_id: &str) -> Value {
    let query = format!(
        "mutation($id: ID!) {{ consentWithdraw(input: {{ employeeId: $id }}) {{ {PAYLOAD} }} }}"
    );
    viewer.data(&query, json!({ "id": employee_id })).await["consentWithdraw"].take()
}

async fn n_in_gallery(api: &Api, employee_id: EmployeeId) -> i64 {
    let scope = api.fixture.scope();
    let transaction = api.database.admin.begin(&scope).await.unwrap();
    let sql = "select count(*) from biometric.gallery where employee_id = $1";
    let row = transaction
        .query_one("count", sql, &[&employee_id.0])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn consent_decides_at_once_who_is_in_the_gallery() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let vector = fixture::unit_vector(1);
    fixture::template(&api.database.admin, &api.fixture, ada, &vector).await;
    assert_eq!(n_in_gallery(&api, ada).await, 0);
    let id = opaque("employee", ada);
    let input = json!({ "employeeId": id, "textVersion": " v1 ", "evidence": "form 17" });
    let payload = record(&viewer, input.clone()).await;
    let consents = json!([{ "textVersion": "v1", "isValid": true, "evidence": "form 17" }]);
    assert_eq!(payload["employee"]["consents"], consents, "{payload}");
    assert_eq!(n_in_gallery(&api, ada).await, 1);
    // Sent twice.
    let again = record(&viewer, input).await;
    assert_eq!(
        again["problems"],
        json!([{ "field": "textVersion", "code": "UNCHANGED" }])
    );

    let payload = withdraw(&viewer, &id).await;
    assert_eq!(payload["employee"]["consents"][0]["isValid"], false);
    assert_eq!(n_in_gallery(&api, ada).await, 0);
    let again = withdraw(&viewer, &id).await;
    assert_eq!(
        again["problems"],
        json!([{ "field": "employeeId", "code": "UNCHANGED" }])
    );

    let client = api.database.admin.client().await.unwrap();
    let sql = "select count(*) from audit.event where action = any ($1)";
    let n = async |action: &str| {
        let row = client.query_one(sql, &[&vec![action]]).await.unwrap();
        row.get::<_, i64>(0)
    };
    assert_eq!(
        (n("consent.record").await, n("consent.withdraw").await),
        (1, 1)
    );
    assert!(n("consent.read").await >= 2, "reading evidence is noted");
}

#[tokio::test]
async fn refusals_of_consents_name_the_field() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let ada = opaque("employee", seed::employee(&api, "1", "Ada", &[]).await);
    let other = fixture::organization(&api.database).await;
    let foreign = fixture::employee(&api.database.admin, &other, "9").await;
    let foreign = opaque("employee", foreign);
    let check = async |id: &str,
                       version: &str,
                       evidence: &str,
                       expires_at: Value,
                       expected: Value| {
        let input = json!({ "employeeId": id, "textVersion": version, "evidence": evidence, "expiresAt": expires_at });
        let payload = record(&viewer, input).await;
        assert_eq!(payload["status"], "REFUSED");
        assert_eq!(payload["problems"], expected);
    };
    let problem = |field: &str, code: &str| json!([{ "field": field, "code": code }]);
    let none = Value::Null;
    check(
        &ada,
        " \0",
        "e",
        none.clone(),
        problem("textVersion", "BLANK"),
    )
    .await;
    check(&ada, "v", "", none.clone(), problem("evidence", "BLANK")).await;
    check(
        &ada,
        &"v".repeat(101),
        "e",
        none.clone(),
        problem("textVersion", "TOO_LONG"),
    )
    .await;
    check(
        &ada,
        "v",
        &"e".repeat(2001),
        none.clone(),
        problem("evidence", "TOO_LONG"),
    )
    .await;
    check(
        &ada,
        "v",
        "e",
        json!("2020-01-01T00:00:00Z"),
        problem("expiresAt", "REFUSED"),
    )
    .await;
    for id in [foreign.as_str(), "nonsense"] {
        check(
            id,
            "v",
            "e",
            none.clone(),
            problem("employeeId", "NOT_FOUND"),
        )
        .await;
        assert_eq!(
            withdraw(&viewer, id).await["problems"],
            problem("employeeId", "NOT_FOUND")
        );
    }
}
