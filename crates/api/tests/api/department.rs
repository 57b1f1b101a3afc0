//! The tree of departments.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, Viewer};

const FIELDS: &str =
    "status department { id name path parent { name } nEmployees } problems { field code message }";

async fn create(viewer: &Viewer<'_>, name: &str, parent_id: Option<&str>) -> Value {
    let query = format!(
        "mutation($input: DepartmentCreateInput!) {{ departmentCreate(input: $input) {{ {FIELDS} }} }}"
    );
    let input = json!({ "name": name, "parentId": parent_id });
    viewer.data(&query, json!({ "input": input })).await["departmentCreate"].take()
}

async fn created(viewer: &Viewer<'_>, name: &str, parent_id: Option<&str>) -> String {
    let payload = create(viewer, name, parent_id).await;
    assert_eq!(payload["status"], "DONE", "{payload}");
    payload["department"]["id"].as_str().unwrap().to_owned()
}

async fn move_to(viewer: &Viewer<'_>, id: &str, parent_id: Option<&str>) -> Value {
    let query = format!(
        "mutation($input: DepartmentMoveInput!) {{ departmentMove(input: $input) {{ {FIELDS} }} }}"
    );
    let input = json!({ "departmentId": id, "parentId": parent_id });
    viewer.data(&query, json!({ "input": input })).await["departmentMove"].take()
}

async fn delete(viewer: &Viewer<'_>, id: &str) -> Value {
    let query =
        format!("mutation($id: ID!) {{ departmentDelete(departmentId: $id) {{ {FIELDS} }} }}");
    viewer.data(&query, json!({ "id": id })).await["departmentDelete"].take()
}

fn problem(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    let problem = &payload["problems"][0];
    (
        problem["field"].as_str().unwrap(),
        problem["code"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn departments_are_a_tree() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let works = created(&viewer, " Works ", None).await;
    let press = created(&viewer, "Press", Some(&works)).await;
    let night = created(&viewer, "Night", Some(&press)).await;
    let office = created(&viewer, "Office", None).await;
    // The same name is free elsewhere, and taken beside itself, at the top too.
    created(&viewer, "Night", Some(&office)).await;
    assert_eq!(
        problem(&create(&viewer, "Night", Some(&press)).await),
        ("name", "TAKEN")
    );
    assert_eq!(
        problem(&create(&viewer, "Works", None).await),
        ("name", "TAKEN")
    );

    let query =
        "{ departments { totalCount nodes { name path children { name } parent { name } } } }";
    let data = viewer.data(query, json!({})).await;
    let expected = json!({ "totalCount": 5, "nodes": [
        { "name": "Night", "path": ["Works", "Press", "Night"], "children": [], "parent": { "name": "Press" } },
        { "name": "Night", "path": ["Office", "Night"], "children": [], "parent": { "name": "Office" } },
        { "name": "Office", "path": ["Office"], "children": [{ "name": "Night" }], "parent": null },
        { "name": "Press", "path": ["Works", "Press"], "children": [{ "name": "Night" }], "parent": { "name": "Works" } },
        { "name": "Works", "path": ["Works"], "children": [{ "name": "Press" }], "parent": null },
    ] });
    assert_eq!(data["departments"], expected);

    // Not below itself, whether directly or further down.
    for parent in [&works, &press, &night] {
        assert_eq!(
            problem(&move_to(&viewer, &works, Some(parent)).await),
            ("parentId", "REFUSED")
        );
    }
    assert_eq!(
        problem(&move_to(&viewer, &night, Some(&office)).await),
        ("name", "TAKEN")
    );
    let payload = move_to(&viewer, &press, Some(&office)).await;
    assert_eq!(payload["department"]["path"], json!(["Office", "Press"]));
    let payload = move_to(&viewer, &press, None).await;
    assert_eq!(payload["department"]["path"], json!(["Press"]));

    let rename = format!(
        "mutation($input: DepartmentRenameInput!) {{ departmentRename(input: $input) {{ {FIELDS} }} }}"
    );
    let input = |name: &str| json!({ "input": { "departmentId": press, "name": name } });
    let data = viewer.data(&rename, input("Works")).await;
    assert_eq!(problem(&data["departmentRename"]), ("name", "TAKEN"));
    let data = viewer.data(&rename, input("Pressing")).await;
    assert_eq!(data["departmentRename"]["department"]["name"], "Pressing");
}

#[tokio::test]
async fn a_department_is_removed_only_when_nothing_is_in_it() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let works = created(&viewer, "Works", None).await;
    let press = created(&viewer, "Press", Some(&works)).await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let data = viewer
        .data("{ employees { nodes { id } } }", json!({}))
        .await;
    let ada = &data["employees"]["nodes"][0]["id"];
    let put = "mutation($input: EmployeeUpdateInput!) { employeeUpdate(input: $input) { status } }";
    let input = |department: Option<&str>| json!({ "input": { "employeeId": ada, "departmentId": department } });
    viewer.data(put, input(Some(&press))).await;

    // The employees of a department are also those of the ones below.
    let query = "query($id: ID!) { employees(filter: { departmentId: $id }) { totalCount }
        department(id: $id) { nEmployees } }";
    let data = viewer.data(query, json!({ "id": works })).await;
    assert_eq!(data["employees"]["totalCount"], 1);
    assert_eq!(data["department"]["nEmployees"], 0);
    let data = viewer.data(query, json!({ "id": press })).await;
    assert_eq!(data["department"]["nEmployees"], 1);

    assert_eq!(
        problem(&delete(&viewer, &works).await),
        ("departmentId", "REFUSED")
    );
    assert_eq!(
        problem(&delete(&viewer, &press).await),
        ("departmentId", "REFUSED")
    );
    viewer.data(put, input(None)).await;
    for id in [&press, &works] {
        assert_eq!(delete(&viewer, id).await["status"], "DONE");
        assert_eq!(
            problem(&delete(&viewer, id).await),
            ("departmentId", "NOT_FOUND")
        );
    }
}

#[tokio::test]
async fn a_tree_does_not_grow_without_end() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let mut parent = created(&viewer, "1", None).await;
    for level in 2..=12 {
        parent = created(&viewer, &level.to_string(), Some(&parent)).await;
    }
    assert_eq!(
        problem(&create(&viewer, "13", Some(&parent)).await),
        ("parentId", "REFUSED")
    );
    let two = created(&viewer, "two", None).await;
    created(&viewer, "below", Some(&two)).await;
    assert_eq!(
        problem(&move_to(&viewer, &two, Some(&parent)).await),
        ("parentId", "REFUSED")
    );
}

#[tokio::test]
async fn two_moves_at_once_make_no_cycle() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    for round in 0..8 {
        let one = created(&viewer, &format!("one {round}"), None).await;
        let two = created(&viewer, &format!("two {round}"), None).await;
        let (first, second) = tokio::join!(
            move_to(&viewer, &one, Some(&two)),
            move_to(&viewer, &two, Some(&one)),
        );
        let n_done = [&first, &second]
            .iter()
            .filter(|payload| payload["status"] == "DONE")
            .count();
        assert_eq!(n_done, 1, "{first} {second}");
    }
}

#[tokio::test]
async fn departments_of_others_are_not_there() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let works = created(&viewer, "Works", None).await;
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    assert_eq!(
        problem(&create(&theirs, "Sub", Some(&works)).await),
        ("parentId", "NOT_FOUND")
    );
    let own = created(&theirs, "Works", None).await;
    assert_eq!(
        problem(&move_to(&theirs, &own, Some(&works)).await),
        ("parentId", "NOT_FOUND")
    );
    assert_eq!(
        problem(&move_to(&theirs, &works, None).await),
        ("departmentId", "NOT_FOUND")
    );
    assert_eq!(
        problem(&delete(&theirs, &works).await),
        ("departmentId", "NOT_FOUND")
    );
    let data = theirs
        .data(
            "query($id: ID!) { department(id: $id) { name } }",
            json!({ "id": works }),
        )
        .await;
    assert_eq!(data["department"], Value::Null);
    for name in ["", " ", &"x".repeat(201)] {
        assert_eq!(problem(&create(&viewer, name, None).await).0, "name");
    }
    // Bound to sites, nobody changes what holds for all; everybody sees it.
    let hr = api.viewer(UserRole::HrAdmin).await;
    seed::bind(&api, "hr_admin@example.org", &[api.fixture.site_id]).await;
    let data = hr
        .data("{ departments { nodes { name } } }", json!({}))
        .await;
    assert_eq!(data["departments"]["nodes"], json!([{ "name": "Works" }]));
    let query = "mutation { departmentCreate(input: { name: \"New\" }) { status } }";
    assert_eq!(hr.error(query, json!({})).await.0, "RC403");
}
