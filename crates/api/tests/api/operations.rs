//! The example operations in `graphql/operations` work as they are.

use std::path::Path;

use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::support::Api;

/// Values for the variables that the examples name.
async fn variables(api: &Api) -> Value {
    let viewer = api.viewer(rollcall_store::user::UserRole::HrAdmin).await;
    let ids = "{ sites { nodes { id } } employees { nodes { id } }
        exceptions(from: \"2026-11-01\", to: \"2026-11-30\") { nodes { id } }
        punches { nodes { id } } }";
    let data = viewer.data(ids, json!({})).await;
    let add = "mutation($employeeId: ID!, $siteId: ID!) { correctionRequest(input: { employeeId: $employeeId,
        change: { addPunch: { siteId: $siteId, at: { localTime: \"2026-03-02T09:00\" } } }, reason: \"late train\" })
        { correction { id } } }";
    let (site, employee) = (&data["sites"]["nodes"][0], &data["employees"]["nodes"][0]);
    let known = json!({ "siteId": site["id"], "employeeId": employee["id"] });
    let asked = viewer.data(add, known).await;
    json!({
        "siteId": data["sites"]["nodes"][0]["id"],
        "employeeId": data["employees"]["nodes"][0]["id"],
        "from": "2026-11-01",
        "to": "2026-11-30",
        "input": { "code": "42", "displayName": "New Person", "siteIds": [data["sites"]["nodes"][0]["id"]] },
        "exceptionId": data["exceptions"]["nodes"][0]["id"],
        "correctionId": asked["correctionRequest"]["correction"]["id"],
        "punchId": data["punches"]["nodes"][0]["id"],
        "localTime": "2026-03-03T09:00",
        "reason": "The camera was covered.",
        "comment": "Seen by a colleague.",
        "note": "Agreed with the person.",
    })
}

#[tokio::test]
async fn every_example_is_answered() {
    let api = Api::start().await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    Punch::new(&api.fixture, ada, api.now())
        .store_derived(&api)
        .await;
    let today = jiff::civil::date(2026, 11, 22);
    seed::exception(&api, ada, today, "missing_out").await;
    let values = variables(&api).await;
    let viewer = api.owner().await;
    let schema = rollcall_api::graphql::schema();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../graphql/operations");
    let mut n_operations = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "graphql")
        {
            continue;
        }
        n_operations += 1;
        let query = std::fs::read_to_string(&path).unwrap();
        assert!(
            query.starts_with("# "),
            "{}: begins with a sentence",
            path.display()
        );
        // Only what the operation declares may be given.
        let mut given = values.clone();
        given
            .as_object_mut()
            .unwrap()
            .retain(|name, _| query.contains(&format!("${name}:")));
        if query.contains("subscription ") {
            // Needs a websocket to run (see `live`); without a viewer it is checked and then refused.
            let request = async_graphql::Request::new(query)
                .variables(async_graphql::Variables::from_json(given));
            let mut answers = schema.execute_stream(request);
            let answer = futures_util::StreamExt::next(&mut answers).await.unwrap();
            assert_eq!(
                answer.errors[0].message,
                "log in first",
                "{}",
                path.display()
            );
            continue;
        }
        let answer = viewer.answer(&query, given).await;
        assert_eq!(answer.get("errors"), None, "{}: {answer}", path.display());
        for (field, value) in answer["data"].as_object().unwrap() {
            assert!(!value.is_null(), "{}: `{field}` is null", path.display());
        }
    }
    assert!(n_operations >= 6, "only {n_operations} examples were found");
}
