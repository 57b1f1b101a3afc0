//! Employees: orders, filters, today's day and last punch, changes, and people who are bound to sites.

use jiff::SignedDuration;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::support::{Api, Viewer};

/// Codes of a list of employees with these arguments.
async fn codes(viewer: &Viewer<'_>, arguments: &str) -> Vec<String> {
    let query = format!("{{ employees({arguments}) {{ nodes {{ code }} }} }}");
    let data = viewer.data(&query, json!({})).await;
    let nodes = data["employees"]["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| node["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn employee_id(viewer: &Viewer<'_>, code: &str) -> String {
    let query =
        format!("{{ employees(filter: {{ search: \"{code}\" }}) {{ nodes {{ id code }} }} }}");
    let data = viewer.data(&query, json!({})).await;
    data["employees"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Runs a mutation of an employee.
async fn change(viewer: &Viewer<'_>, mutation: &str, input: Value) -> Value {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let query = format!(
        "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ status
           employee {{ code displayName isActive deactivatedAt hiredOn leftOn sites {{ name }}
             homeSite {{ name }} department {{ name path }} }}
           problems {{ field code message }} }} }}"
    );
    viewer.data(&query, json!({ "input": input })).await[mutation].take()
}

fn problem(payload: &Value) -> (String, String) {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    assert_eq!(payload["employee"], Value::Null);
    let problem = &payload["problems"][0];
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    (text(&problem["field"]), text(&problem["code"]))
}

/// What is marked to be derived again for a person.
async fn n_marks(api: &Api, code: &str) -> i64 {
    let scope = api.fixture.scope();
    let transaction = api.database.admin.begin(&scope).await.unwrap();
    let rows = transaction
        .query(
            "count marks",
            "select count(*) from attendance.dirty_day join app.employee using (organization_id, employee_id) where code = $1",
            &[&code],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    rows[0].get(0)
}

#[tokio::test]
async fn employees_are_ordered_and_filtered() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    seed::employee(&api, "3", "Ada", &[berlin]).await;
    seed::employee(&api, "1", "Zoe", &[york]).await;
    seed::employee(&api, "2", "Mia", &[berlin, york]).await;
    let mia = employee_id(&viewer, "2").await;
    change(&viewer, "employeeDeactivate", json!({ "employeeId": mia })).await;

    let (berlin_id, _) = viewer.site_ids().await;
    let check = async |arguments: &str, expected: &[&str]| {
        assert_eq!(codes(&viewer, arguments).await, expected, "{arguments}");
        // The other way round, and from the end.
        for first in 1..=3 {
            let mut found = Vec::new();
            let mut before = Value::Null;
            loop {
                let query = format!(
                    "query($before: String) {{ employees(last: {first}, before: $before, {arguments}) {{
                       totalCount nodes {{ code }} pageInfo {{ hasPreviousPage startCursor }} }} }}"
                );
                let page =
                    viewer.data(&query, json!({ "before": before })).await["employees"].take();
                assert_eq!(page["totalCount"], expected.len());
                let nodes = page["nodes"].as_array().unwrap();
                found.splice(
                    0..0,
                    nodes
                        .iter()
                        .map(|node| node["code"].as_str().unwrap().to_owned()),
                );
                if page["pageInfo"]["hasPreviousPage"] == json!(false) {
                    break;
                }
                before = page["pageInfo"]["startCursor"].clone();
            }
            assert_eq!(found, expected, "{arguments} from the end by {first}");
        }
    };
    check("orderBy: { field: NAME }", &["3", "2", "1"]).await;
    check(
        "orderBy: { field: NAME, direction: DESC }",
        &["1", "2", "3"],
    )
    .await;
    check("orderBy: { field: CODE }", &["1", "2", "3"]).await;
    check(
        "orderBy: { field: CODE, direction: DESC }",
        &["3", "2", "1"],
    )
    .await;
    check("orderBy: { field: CREATED_AT }", &["3", "1", "2"]).await;
    check(
        "orderBy: { field: CREATED_AT, direction: DESC }",
        &["2", "1", "3"],
    )
    .await;
    check("filter: { isActive: true }", &["3", "1"]).await;
    check("filter: { isActive: false }", &["2"]).await;
    let here = format!("filter: {{ siteId: \"{berlin_id}\", search: \"a\" }}");
    check(&here, &["3", "2"]).await;

    let (code, message) = viewer
        .error(
            "{ employees(search: \"a\", filter: { search: \"b\" }) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "RC400");
    assert!(message.contains("once"), "{message}");
    // A cursor belongs to its order.
    let data = viewer
        .data(
            "{ employees(first: 1) { pageInfo { endCursor } } }",
            json!({}),
        )
        .await;
    let query = "query($after: String) { employees(after: $after, orderBy: { field: CODE }) { nodes { id } } }";
    let after = json!({ "after": data["employees"]["pageInfo"]["endCursor"] });
    assert_eq!(viewer.error(query, after).await.0, "RC400");
}

#[tokio::test]
async fn today_and_last_punch_are_of_the_persons_own_site() {
    let api = Api::start().await;
    // 02:00 in Berlin on the 23rd, before the day boundary; 20:00 in New York on the 22nd.
    api.advance(SignedDuration::from_hours(15));
    let viewer = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let bob = seed::employee(&api, "2", "Bob", &[york]).await;
    seed::employee(&api, "3", "Cid", &[berlin]).await;
    let date = |day: i8| jiff::civil::date(2026, 11, day);
    for employee_id in [ada, bob] {
        for day in [21, 22, 23] {
            seed::day(&api, employee_id, berlin, date(day), &[]).await;
        }
    }
    let at = |hours: i64| api.now() - SignedDuration::from_hours(hours);
    Punch::new(&api.fixture, ada, at(2)).store(&api).await;
    let last = Punch::new(&api.fixture, ada, at(1)).store(&api).await;
    let void = Punch::new(&api.fixture, ada, at(0)).store(&api).await;
    seed::execute!(
        &api,
        api.fixture.organization_id,
        "insert into attendance.punch_void (organization_id, punch_id, reason) values ($1, $2, 'test')",
        &[&api.fixture.organization_id.0, &void]
    )
    .await;
    // Long ago, in a month of its own.
    let old = Punch::new(&api.fixture, bob, "2025-01-07T08:00:00Z".parse().unwrap());
    old.store(&api).await;

    let query = "{ employees { nodes { code today { workDate } lastPunch { occurredAt site { name } } } } }";
    let today = async |viewer: &Viewer<'_>| {
        viewer.data(query, json!({})).await["employees"]["nodes"].take()
    };
    let expected = json!([
        { "code": "1", "today": { "workDate": "2026-11-22" },
          "lastPunch": { "occurredAt": at(1).to_string(), "site": { "name": "Berlin" } } },
        { "code": "2", "today": { "workDate": "2026-11-22" },
          "lastPunch": { "occurredAt": "2025-01-07T08:00:00Z", "site": { "name": "Berlin" } } },
        { "code": "3", "today": null, "lastPunch": null },
    ]);
    assert_eq!(today(&viewer).await, expected);
    assert!(last < void);
    // Three hours later the day has begun in Berlin, and at the home that Bob gets there.
    api.advance(SignedDuration::from_hours(3));
    // Nobody used the first session for longer than it lasts.
    let viewer = api.logged_in("owner@example.org").await;
    let bob_id = employee_id(&viewer, "2").await;
    let (berlin_id, _) = viewer.site_ids().await;
    assert_eq!(today(&viewer).await[0]["today"]["workDate"], "2026-11-23");
    assert_eq!(today(&viewer).await[1]["today"]["workDate"], "2026-11-22");
    change(
        &viewer,
        "employeeUpdate",
        json!({ "employeeId": bob_id, "homeSiteId": berlin_id }),
    )
    .await;
    assert_eq!(today(&viewer).await[1]["today"]["workDate"], "2026-11-23");
}

#[tokio::test]
async fn an_update_changes_what_is_named_and_marks_days() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    seed::employee(&api, "2", "Bob", &[]).await;
    let ada = employee_id(&viewer, "1").await;
    let (berlin, york) = viewer.site_ids().await;
    let data = viewer
        .data(
            "mutation { departmentCreate(input: { name: \"Sales\" }) { department { id } } }",
            json!({}),
        )
        .await;
    let sales = &data["departmentCreate"]["department"]["id"];

    let before = n_marks(&api, "1").await;
    let payload = change(
        &viewer,
        "employeeUpdate",
        json!({ "employeeId": ada, "displayName": " Ada  L. " }),
    )
    .await;
    assert_eq!(payload["employee"]["displayName"], "Ada  L.");
    assert_eq!(payload["employee"]["sites"], json!([{ "name": "Berlin" }]));
    assert_eq!(n_marks(&api, "1").await, before, "a name changes no day");
    let input = json!({
        "employeeId": ada, "code": "A1", "siteIds": [york, berlin], "departmentId": sales,
        "homeSiteId": york, "hiredOn": "2026-01-01", "leftOn": "2026-12-31",
    });
    let payload = change(&viewer, "employeeUpdate", input).await;
    let expected = json!({
        "code": "A1", "displayName": "Ada  L.", "isActive": true, "deactivatedAt": null,
        "hiredOn": "2026-01-01", "leftOn": "2026-12-31",
        "sites": [{ "name": "Berlin" }, { "name": "New York" }],
        "homeSite": { "name": "New York" }, "department": { "name": "Sales", "path": ["Sales"] },
    });
    assert_eq!(payload["employee"], expected);
    assert!(n_marks(&api, "A1").await > before);
    let input = json!({
        "employeeId": ada, "siteIds": [], "departmentId": null, "homeSiteId": null, "hiredOn": null, "leftOn": null,
    });
    let payload = change(&viewer, "employeeUpdate", input).await;
    let employee = &payload["employee"];
    for field in ["homeSite", "department", "hiredOn", "leftOn"] {
        assert_eq!(employee[field], Value::Null, "{field}");
    }
    assert_eq!(employee["sites"], json!([]));

    let check = async |mut input: Value, expected: (&str, &str)| {
        input["employeeId"] = json!(ada);
        let found = problem(&change(&viewer, "employeeUpdate", input.clone()).await);
        assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{input}");
    };
    check(json!({ "code": " " }), ("code", "BLANK")).await;
    check(json!({ "code": "2" }), ("code", "TAKEN")).await;
    check(
        json!({ "displayName": "x".repeat(201) }),
        ("displayName", "TOO_LONG"),
    )
    .await;
    check(json!({ "siteIds": [ada] }), ("siteIds", "UNKNOWN_SITE")).await;
    check(
        json!({ "homeSiteId": "nonsense" }),
        ("homeSiteId", "UNKNOWN_SITE"),
    )
    .await;
    check(
        json!({ "departmentId": berlin }),
        ("departmentId", "NOT_FOUND"),
    )
    .await;
    check(
        json!({ "hiredOn": "2026-02-01", "leftOn": "2026-01-31" }),
        ("leftOn", "REFUSED"),
    )
    .await;
    // The same id with another kind, and one that nobody has, look alike.
    for id in [&berlin, "nonsense"] {
        let payload = change(
            &viewer,
            "employeeUpdate",
            json!({ "employeeId": id, "code": "9" }),
        )
        .await;
        assert_eq!(
            problem(&payload),
            ("employeeId".to_owned(), "NOT_FOUND".to_owned())
        );
    }
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let payload = change(
        &theirs,
        "employeeUpdate",
        json!({ "employeeId": ada, "code": "9" }),
    )
    .await;
    assert_eq!(
        problem(&payload),
        ("employeeId".to_owned(), "NOT_FOUND".to_owned())
    );
    let one = "query($id: ID!) { employee(id: $id) { code } }";
    assert_eq!(
        theirs.data(one, json!({ "id": ada })).await["employee"],
        Value::Null
    );
    assert_eq!(
        viewer.data(one, json!({ "id": ada })).await["employee"]["code"],
        "A1"
    );
}

#[tokio::test]
async fn who_leaves_is_out_of_use_and_may_come_back() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ada = employee_id(&viewer, "1").await;
    let before = n_marks(&api, "1").await;
    let input = json!({ "employeeId": ada, "leftOn": "2026-11-30" });
    let payload = change(&viewer, "employeeDeactivate", input.clone()).await;
    assert_eq!(payload["status"], "DONE");
    let employee = &payload["employee"];
    assert_eq!(
        (&employee["isActive"], &employee["leftOn"]),
        (&json!(false), &json!("2026-11-30"))
    );
    let since = employee["deactivatedAt"].clone();
    assert!(since.is_string());
    assert!(n_marks(&api, "1").await > before);
    // Again: the same instant stays.
    let again = change(&viewer, "employeeDeactivate", input).await;
    assert_eq!(again["employee"]["deactivatedAt"], since);
    let input = json!({ "employeeId": ada, "hiredOn": "2026-12-10" });
    let payload = change(&viewer, "employeeReactivate", input).await;
    let employee = &payload["employee"];
    assert_eq!(
        (&employee["isActive"], &employee["leftOn"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(employee["hiredOn"], "2026-12-10");
    let input = json!({ "employeeId": ada, "leftOn": "2026-12-09" });
    let payload = change(&viewer, "employeeDeactivate", input).await;
    assert_eq!(
        problem(&payload),
        ("leftOn".to_owned(), "REFUSED".to_owned())
    );
    let query = "query($id: ID!) { employee(id: $id) { isActive } }";
    let data = viewer.data(query, json!({ "id": ada })).await;
    assert_eq!(data["employee"]["isActive"], true, "all or nothing");
}

#[tokio::test]
async fn who_is_bound_to_sites_makes_and_changes_only_people_there() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let (berlin, york) = owner.site_ids().await;
    let hr = api.viewer(UserRole::HrAdmin).await;
    seed::bind(&api, "hr_admin@example.org", &[api.fixture.site_id]).await;
    let create = async |code: &str, site_ids: &[&str]| {
        let input = json!({ "code": code, "displayName": "New", "siteIds": site_ids });
        change(&hr, "employeeCreate", input).await
    };
    let payload = create("1", &[&berlin]).await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    assert_eq!(payload["employee"]["sites"], json!([{ "name": "Berlin" }]));
    assert_eq!(
        problem(&create("2", &[]).await),
        ("siteIds".to_owned(), "REFUSED".to_owned())
    );
    for sites in [&[york.as_str()][..], &[&berlin, &york]] {
        let found = problem(&create("2", sites).await);
        assert_eq!(found, ("siteIds".to_owned(), "UNKNOWN_SITE".to_owned()));
    }
    // A code of somebody whom one does not see is taken all the same.
    seed::employee(&api, "7", "Not seen", &[api.fixture.second_site_id]).await;
    assert_eq!(
        problem(&create("7", &[&berlin]).await),
        ("code".to_owned(), "TAKEN".to_owned())
    );
    assert_eq!(codes(&hr, "first: 5").await, ["1"]);
    assert_eq!(codes(&owner, "first: 5").await, ["1", "7"]);

    let hidden = employee_id(&owner, "7").await;
    for mutation in ["employeeUpdate", "employeeDeactivate", "employeeReactivate"] {
        let payload = change(&hr, mutation, json!({ "employeeId": hidden })).await;
        assert_eq!(
            problem(&payload),
            ("employeeId".to_owned(), "NOT_FOUND".to_owned()),
            "{mutation}"
        );
    }
    // The other site of a shared person stays, and nobody is moved out of sight.
    let one = employee_id(&owner, "1").await;
    let shared = json!({ "employeeId": one, "siteIds": [berlin, york] });
    change(&owner, "employeeUpdate", shared).await;
    let payload = change(
        &hr,
        "employeeUpdate",
        json!({ "employeeId": one, "siteIds": [berlin] }),
    )
    .await;
    assert_eq!(payload["employee"]["sites"], json!([{ "name": "Berlin" }]));
    let payload = change(
        &hr,
        "employeeUpdate",
        json!({ "employeeId": one, "siteIds": [] }),
    )
    .await;
    assert_eq!(
        problem(&payload),
        ("siteIds".to_owned(), "REFUSED".to_owned())
    );
    let query = "query($id: ID!) { employee(id: $id) { sites { name } } }";
    let data = owner.data(query, json!({ "id": one })).await;
    assert_eq!(
        data["employee"]["sites"],
        json!([{ "name": "Berlin" }, { "name": "New York" }])
    );
}
