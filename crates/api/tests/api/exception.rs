//! Exceptions: the list, and letting one be.

use jiff::civil::date;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, Viewer};

const LIST: &str = "query($first: Int, $after: String, $from: Date!, $to: Date!, $siteId: ID, $employeeId: ID, $open: Boolean) {
    exceptions(first: $first, after: $after, filter: { from: $from, to: $to, siteId: $siteId, employeeId: $employeeId, unresolvedOnly: $open }) {
      nodes { id employee { id code } site { name } workDate kind sentence punchIds isWaived
              waiver { note waivedAt waivedByName } }
      pageInfo { hasNextPage endCursor }
    } }";
const WAIVE: &str = "mutation($input: ExceptionWaiveInput!) { exceptionWaive(input: $input) {
    status exception { kind isWaived waiver { note waivedByName } } problems { field code message hint } } }";
const UNWAIVE: &str = "mutation($input: ExceptionUnwaiveInput!) { exceptionUnwaive(input: $input) {
    status exception { isWaived waiver { note } } problems { field code message } } }";

/// Two people with three exceptions in all.
async fn seeded() -> Api {
    let api = Api::start().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let (ada, bob) = (
        seed::employee(&api, "1", "Ada", &[berlin]).await,
        seed::employee(&api, "2", "Bob", &[york]).await,
    );
    let monday = date(2026, 11, 16);
    let tuesday = date(2026, 11, 17);
    seed::day(&api, ada, berlin, monday, &[]).await;
    seed::day(&api, ada, berlin, tuesday, &[]).await;
    seed::day(&api, bob, york, monday, &[]).await;
    seed::exception(&api, ada, tuesday, "short_rest").await;
    seed::exception(&api, bob, monday, "missing_out").await;
    seed::exception(&api, ada, monday, "missing_out").await;
    api
}

fn november(more: Value) -> Value {
    let mut variables = json!({ "from": "2026-11-01", "to": "2026-11-30" });
    let object = variables.as_object_mut().unwrap();
    object.extend(more.as_object().unwrap().clone());
    variables
}

/// Person and kind of each row, in order.
async fn rows(viewer: &Viewer<'_>, more: Value) -> Vec<String> {
    let data = viewer.data(LIST, november(more)).await;
    let nodes = data["exceptions"]["nodes"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    nodes
        .map(|node| text(&node["employee"]["code"]) + " " + &text(&node["kind"]))
        .collect()
}

async fn first_id(viewer: &Viewer<'_>) -> String {
    let data = viewer.data(LIST, november(json!({}))).await;
    let id = &data["exceptions"]["nodes"][0]["id"];
    id.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn exceptions_come_by_date_and_name_in_pages_and_filtered() {
    let api = seeded().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let all = ["1 MISSING_OUT", "2 MISSING_OUT", "1 SHORT_REST"];
    assert_eq!(rows(&viewer, json!({})).await, all);
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = november(json!({ "first": 1, "after": after }));
        let page = viewer.data(LIST, variables).await["exceptions"].take();
        found.push(page["nodes"][0]["kind"].clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(found, ["MISSING_OUT", "MISSING_OUT", "SHORT_REST"]);

    let data = viewer.data(LIST, november(json!({ "first": 2 }))).await;
    let (first, second) = (
        &data["exceptions"]["nodes"][0],
        &data["exceptions"]["nodes"][1],
    );
    assert_eq!(first["site"]["name"], "Berlin");
    assert_eq!(first["workDate"], "2026-11-16");
    assert_eq!(first["sentence"], "Something happened.");
    assert_eq!(
        (&first["isWaived"], &first["waiver"]),
        (&json!(false), &Value::Null)
    );
    let bob = json!({ "employeeId": second["employee"]["id"] });
    assert_eq!(rows(&viewer, bob).await, ["2 MISSING_OUT"]);
    let (berlin, york) = viewer.site_ids().await;
    assert_eq!(
        rows(&viewer, json!({ "siteId": york })).await,
        ["2 MISSING_OUT"]
    );
    let of_berlin = rows(&viewer, json!({ "siteId": berlin })).await;
    assert_eq!(of_berlin, ["1 MISSING_OUT", "1 SHORT_REST"]);
    assert_eq!(
        rows(&viewer, json!({ "from": "2026-11-17" })).await,
        ["1 SHORT_REST"]
    );
}

#[tokio::test]
async fn a_waived_exception_leaves_the_list_until_it_is_taken_back() {
    let api = seeded().await;
    let viewer = api.viewer(UserRole::SiteManager).await;
    let id = first_id(&viewer).await;
    let input = json!({ "input": { "exceptionId": id, "note": " forgot the badge " } });
    let payload = viewer.data(WAIVE, input.clone()).await["exceptionWaive"].take();
    let expected = json!({
        "status": "DONE",
        "exception": { "kind": "MISSING_OUT", "isWaived": true,
            "waiver": { "note": "forgot the badge", "waivedByName": "Uma User" } },
        "problems": [],
    });
    assert_eq!(payload, expected);
    let open = ["2 MISSING_OUT", "1 SHORT_REST"];
    assert_eq!(rows(&viewer, json!({})).await, open);
    assert_eq!(rows(&viewer, json!({ "open": false })).await.len(), 3);

    let again = viewer.data(WAIVE, input).await["exceptionWaive"].take();
    assert_eq!(again["status"], "REFUSED");
    assert_eq!(again["problems"][0]["code"], "ALREADY_WAIVED");
    assert!(
        again["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("by Uma User")
    );

    let input = json!({ "input": { "exceptionId": id } });
    let payload = viewer.data(UNWAIVE, input.clone()).await["exceptionUnwaive"].take();
    let expected = json!({ "status": "DONE", "exception": { "isWaived": false, "waiver": null }, "problems": [] });
    assert_eq!(payload, expected);
    assert_eq!(rows(&viewer, json!({})).await.len(), 3);
    let payload = viewer.data(UNWAIVE, input).await["exceptionUnwaive"].take();
    assert_eq!(payload["problems"][0]["code"], "NOT_WAIVED");
}

#[tokio::test]
async fn wrong_input_and_other_organisations_are_refused() {
    let api = seeded().await;
    let viewer = api.owner().await;
    let id = first_id(&viewer).await;
    let check = async |viewer: &Viewer<'_>, id: &str, note: &str, field: &str, code: &str| {
        let input = json!({ "input": { "exceptionId": id, "note": note } });
        let payload = viewer.data(WAIVE, input).await["exceptionWaive"].take();
        assert_eq!(payload["status"], "REFUSED");
        assert_eq!(payload["exception"], Value::Null);
        let problem = &payload["problems"][0];
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&json!(field), &json!(code))
        );
    };
    check(&viewer, &id, " \0", "note", "BLANK").await;
    check(&viewer, &id, &"x".repeat(1001), "note", "TOO_LONG").await;
    check(&viewer, "nonsense", "why", "exceptionId", "NOT_FOUND").await;
    let (site_id, _) = viewer.site_ids().await;
    check(&viewer, &site_id, "why", "exceptionId", "NOT_FOUND").await;

    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    check(&theirs, &id, "why", "exceptionId", "NOT_FOUND").await;
    assert_eq!(rows(&theirs, json!({})).await, [""; 0]);
    assert_eq!(
        rows(&viewer, json!({})).await.len(),
        3,
        "nothing was changed"
    );

    let error = async |more: Value| viewer.error(LIST, november(more)).await;
    for (more, name) in [
        (json!({ "siteId": "nonsense" }), "`siteId`"),
        (json!({ "employeeId": site_id }), "`employeeId`"),
        (json!({ "after": "nonsense" }), "`after`"),
        (json!({ "first": 201 }), "`first`"),
        (json!({ "from": "2026-12-01" }), "`from`"),
        (json!({ "to": "2028-01-01" }), "427 days"),
    ] {
        let (code, message) = error(more).await;
        assert_eq!(code, "RC400");
        assert!(message.contains(name), "{message}");
    }
}

#[tokio::test]
async fn auditors_and_viewers_may_not_waive() {
    let api = seeded().await;
    for role in [UserRole::Auditor, UserRole::Viewer] {
        let viewer = api.viewer(role).await;
        let id = first_id(&viewer).await;
        let input = json!({ "input": { "exceptionId": id, "note": "why" } });
        assert_eq!(viewer.error(WAIVE, input).await.0, "RC403", "{role:?}");
        let input = json!({ "input": { "exceptionId": id } });
        assert_eq!(viewer.error(UNWAIVE, input).await.0, "RC403", "{role:?}");
        assert_eq!(rows(&viewer, json!({})).await.len(), 3);
    }
}
