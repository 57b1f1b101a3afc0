//! Importing employees from files.

use std::time::{Duration, Instant};

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use serde_json::{Value, json};

use crate::seed::{self, execute};
use crate::support::{Api, Viewer};
use crate::upload::send_files;

const IMPORT: &str = "mutation($input: EmployeeImportInput!) { employeeImport(input: $input) {
    status import { isDryRun nCreated nUpdated nUnchanged rows { row code outcome changed } }
    problems { field code message hint }
    nRowProblems rowProblems { row column code message hint }
} }";

/// Imports a file; `more` are other fields of the input than `file` and `dryRun`.
pub async fn import_with(viewer: &Viewer<'_>, content: &[u8], more: Value) -> Value {
    let mut input = json!({ "file": null, "dryRun": false });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let operations = json!({ "query": IMPORT, "variables": { "input": input } });
    let files = [("variables.input.file".to_owned(), "people.xlsx", content)];
    let response = send_files(viewer, &operations, &files).await;
    let mut answer: Value = response.json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"]["employeeImport"].take()
}

pub async fn import(viewer: &Viewer<'_>, content: impl AsRef<[u8]>) -> Value {
    import_with(viewer, content.as_ref(), json!({})).await
}

/// Numbers of created, updated and unchanged employees of an import that was done.
fn counts(payload: &Value) -> [i64; 3] {
    assert_eq!(payload["status"], "DONE", "{payload}");
    ["nCreated", "nUpdated", "nUnchanged"].map(|n| payload["import"][n].as_i64().unwrap())
}

/// Row, column and code of the problems of an import that was refused.
pub fn row_problems(payload: &Value) -> Vec<(i64, String, String)> {
    assert_eq!(payload["status"], "REFUSED", "{payload}");
    assert_eq!(payload["import"], Value::Null);
    let problems = payload["rowProblems"].as_array().unwrap();
    assert_eq!(payload["nRowProblems"], problems.len());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems
        .iter()
        .map(|problem| {
            assert!(!problem["message"].as_str().unwrap().is_empty());
            let row = problem["row"].as_i64().unwrap();
            (row, text(&problem["column"]), text(&problem["code"]))
        })
        .collect()
}

/// All employees by code, in one line each.
pub async fn people(viewer: &Viewer<'_>) -> Vec<String> {
    let query = "{ employees(first: 50) { nodes {
        code displayName hiredOn leftOn department { name } homeSite { name } sites { name } } } }";
    let data = viewer.data(query, json!({})).await;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut people: Vec<String> = data["employees"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let sites = node["sites"].as_array().unwrap().iter();
            let sites: Vec<String> = sites.map(|site| text(&site["name"])).collect();
            [
                text(&node["code"]),
                text(&node["displayName"]),
                sites.join("+"),
                text(&node["department"]["name"]),
                text(&node["homeSite"]["name"]),
                text(&node["hiredOn"]),
                text(&node["leftOn"]),
            ]
            .join(",")
        })
        .collect();
    people.sort();
    people
}

async fn department(viewer: &Viewer<'_>, name: &str, parent_id: Option<&str>) -> String {
    let create = "mutation($name: String!, $parentId: ID) {
        departmentCreate(input: { name: $name, parentId: $parentId }) { department { id } } }";
    let variables = json!({ "name": name, "parentId": parent_id });
    let data = viewer.data(create, variables).await;
    let id = &data["departmentCreate"]["department"]["id"];
    id.as_str().unwrap().to_owned()
}

/// A user of this role who sees Berlin only.
async fn bound(api: &Api, role: UserRole) -> Viewer<'_> {
    let organization_id = api.fixture.organization_id;
    let user_id = api.user(organization_id, "berlin@example.org", role).await;
    execute!(
        api,
        organization_id,
        "update app.user_account set all_sites = false where organization_id = $1 and user_id = $2",
        &[&organization_id.0, &user_id.0],
    )
    .await;
    execute!(
        api,
        organization_id,
        "insert into app.user_site (organization_id, user_id, site_id) values ($1, $2, $3)",
        &[&organization_id.0, &user_id.0, &api.fixture.site_id.0],
    )
    .await;
    api.logged_in("berlin@example.org").await
}

const SHEET: &str = "\u{feff}Personnel Number;Name;Site;Department;Home_Site;hired-on;LEFT ON\r\n\
    007;\"Åsa; Example\";berlin | New York;Works / Night;Berlin;2026-01-02;\r\n\
    8;Bo;Berlin;Office;;03.02.2026;2026-12-31\r\n\
    \r\n\
    9;Cy;-;;;;\r\n";

#[tokio::test]
async fn csv_makes_employees_and_the_same_again_changes_nothing() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    department(&viewer, "Office", None).await;
    let works = department(&viewer, "Works", None).await;
    department(&viewer, "Night", Some(&works)).await;
    department(&viewer, "Night", None).await;

    // First only asked for.
    let payload = import_with(&viewer, SHEET.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!(counts(&payload), [3, 0, 0]);
    assert_eq!(payload["import"]["isDryRun"], true);
    let row = |row: u32, code: &str, outcome: &str, changed: &[&str]| json!({ "row": row, "code": code, "outcome": outcome, "changed": changed });
    let rows = [
        row(2, "007", "CREATED", &[]),
        row(3, "8", "CREATED", &[]),
        row(5, "9", "CREATED", &[]),
    ];
    assert_eq!(payload["import"]["rows"], json!(rows));
    assert_eq!(people(&viewer).await, Vec::<String>::new());
    assert_eq!(events(&api).await, Vec::<String>::new());

    assert_eq!(counts(&import(&viewer, SHEET).await), [3, 0, 0]);
    let expected = [
        "007,Åsa; Example,Berlin+New York,Night,Berlin,2026-01-02,-",
        "8,Bo,Berlin,Office,-,2026-02-03,2026-12-31",
        "9,Cy,,-,-,-,-",
    ];
    assert_eq!(people(&viewer).await, expected);
    let created = [
        "employee.create",
        "employee.create",
        "employee.create",
        "employee.import",
    ];
    assert_eq!(events(&api).await, created);

    assert_eq!(counts(&import(&viewer, SHEET).await), [0, 0, 3]);
    assert_eq!(people(&viewer).await, expected);
    assert_eq!(events(&api).await.len(), 5);
}

/// Actions of the audit log but of departments, sorted.
async fn events(api: &Api) -> Vec<String> {
    let scope = api.fixture.scope();
    let transaction = api.database.admin.begin(&scope).await.unwrap();
    let sql = "select action from audit.event where action like 'employee.%' order by action";
    let rows = transaction.query("read events", sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn only_what_differs_is_changed_and_empty_cells_leave_what_is_there() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    department(&viewer, "Office", None).await;
    let sheet = "code,name,sites,department,home site,hired on,left on\n\
        1,Ada,Berlin,Office,Berlin,2026-01-02,2026-12-31\n\
        2,Bo,Berlin,Office,Berlin,2026-01-02,2026-12-31\n\
        3,Cy,Berlin,Office,Berlin,2026-01-02,2026-12-31\n";
    let (_, new_york) = viewer.site_ids().await;
    let more = json!({ "defaultSiteId": new_york, "defaultHiredOn": "2026-05-05" });
    import_with(&viewer, sheet.as_bytes(), more.clone()).await;
    let sheet = "code,name,sites,department,home site,hired on,left on\n\
        4,Di,,,,,\n\
        1,Ada,,,,,\n\
        2,Bob,New York,-,-,-,-\n\
        3,,,,,,2026-02-28\n";
    let payload = import_with(&viewer, sheet.as_bytes(), more).await;
    assert_eq!(counts(&payload), [1, 2, 1]);
    let changed: Vec<&Value> = payload["import"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["changed"])
        .collect();
    let all = [
        "display name",
        "sites",
        "department",
        "home site",
        "hired on",
        "left on",
    ];
    assert_eq!(
        changed,
        [&json!([]), &json!([]), &json!(all), &json!(["left on"])]
    );
    let expected = [
        "1,Ada,Berlin,Office,Berlin,2026-01-02,2026-12-31",
        "2,Bob,New York,-,-,-,-",
        "3,Cy,Berlin,Office,Berlin,2026-01-02,2026-02-28",
        "4,Di,New York,-,-,2026-05-05,-",
    ];
    assert_eq!(people(&viewer).await, expected);
    // Their days are derived again, as after changes of one employee.
    let scope = api.fixture.scope();
    let transaction = api.database.admin.begin(&scope).await.unwrap();
    let sql = "select distinct e.code from attendance.dirty_day d join app.employee e using (organization_id, employee_id) order by e.code";
    let rows = transaction.query("read marks", sql, &[]).await.unwrap();
    let marked: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(
        marked.contains(&"2".to_owned()) && marked.contains(&"3".to_owned()),
        "{marked:?}"
    );
}

#[tokio::test]
async fn workbooks_are_read_by_what_their_cells_show() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let mut workbook = Workbook::new();
    let hidden = workbook.add_worksheet();
    hidden.write(0, 0, "not this one").unwrap();
    hidden.set_hidden(true);
    let sheet = workbook.add_worksheet();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for (column, name) in (0..).zip(["Code", "Display Name", "Sites", "Hired On", "Left On"]) {
        sheet.write(1, column, name).unwrap();
    }
    // A number, a formula, a date, a text that is a date.
    sheet.write(2, 0, 1001).unwrap();
    let name = Formula::new("=\"Ada\"&\" Example\"").set_result("Ada Example");
    sheet.write_formula(2, 1, name).unwrap();
    sheet.write(2, 2, "Berlin").unwrap();
    let date = ExcelDateTime::from_ymd(2026, 3, 4).unwrap();
    sheet.write_with_format(2, 3, &date, &day).unwrap();
    sheet.write(2, 4, "2026-12-31").unwrap();
    sheet.write(4, 0, "0042").unwrap();
    sheet.write(4, 1, "Bo").unwrap();
    workbook.add_worksheet().write(0, 0, "nor this").unwrap();
    workbook.worksheet_from_index(1).unwrap().set_active(true);
    workbook
        .worksheet_from_index(1)
        .unwrap()
        .set_first_tab(true);
    let content = workbook.save_to_buffer().unwrap();
    let payload = import(&viewer, &content).await;
    assert_eq!(counts(&payload), [2, 0, 0]);
    assert_eq!(payload["import"]["rows"][1]["row"], 5);
    let expected = [
        "0042,Bo,,-,-,-,-",
        "1001,Ada Example,Berlin,-,-,2026-03-04,2026-12-31",
    ];
    assert_eq!(people(&viewer).await, expected);
    assert_eq!(counts(&import(&viewer, &content).await), [0, 0, 2]);
}

#[tokio::test]
async fn one_bad_row_keeps_all_from_being_written() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let sheet = "code,name,sites,department,home site,hired on,left on\n\
        1,Changed,,,,,\n\
        2,,,,,,\n\
        ,Nobody,,,,,\n\
        3,Bo,Atlantis | Berlin,Nowhere,Mars,1/2/2026,\n\
        4,Cy,,,,2026-02-01,2026-01-01\n\
        4,Cy,,,,,\n\
        6,Di,,,,,,more\n";
    let payload = import(&viewer, sheet).await;
    let expected = [
        (3, "display name", "BLANK"),
        (4, "code", "BLANK"),
        (5, "hired on", "MALFORMED"),
        (5, "sites", "UNKNOWN_SITE"),
        (5, "home site", "UNKNOWN_SITE"),
        (5, "department", "NOT_FOUND"),
        (6, "left on", "REFUSED"),
        (7, "code", "TAKEN"),
        (8, "", "MALFORMED"),
    ];
    let expected = expected.map(|(row, column, code)| (row, column.to_owned(), code.to_owned()));
    assert_eq!(row_problems(&payload), expected);
    assert_eq!(payload["problems"][0]["field"], "file");
    assert_eq!(people(&viewer).await, ["1,Ada,Berlin,-,-,-,-"]);

    // All are counted, the first are told.
    let mut many = "code,name\n".to_owned();
    for n in 0..3_000 {
        many += &format!("{n},\n");
    }
    let payload = import(&viewer, many).await;
    // Employee 1 is there and keeps the name.
    assert_eq!(payload["nRowProblems"], 2_999);
    let told = payload["rowProblems"].as_array().unwrap();
    assert_eq!((told.len(), &told[0]["row"]), (500, &json!(2)));
}

#[tokio::test]
async fn sites_employees_and_departments_of_others_do_not_exist() {
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    department(&theirs, "Secret", None).await;
    let theirs_id = theirs.site_ids().await.0;
    import(&theirs, "code,name\n1,Theirs\n").await;
    let viewer = bound(&api, UserRole::HrAdmin).await;
    seed::employee(&api, "77", "Far", &[api.fixture.second_site_id]).await;

    let check = async |sheet: &str, expected: (i64, &str, &str)| {
        let (row, column, code) = expected;
        let expected = [(row, column.to_owned(), code.to_owned())];
        let payload = import(&viewer, sheet).await;
        assert_eq!(row_problems(&payload), expected, "{sheet}");
    };
    let head = "code,name,site,department";
    check(
        &format!("{head}\n2,A,New York,\n"),
        (2, "sites", "UNKNOWN_SITE"),
    )
    .await;
    check(
        &format!("{head}\n2,A,Berlin,Secret\n"),
        (2, "department", "NOT_FOUND"),
    )
    .await;
    check(&format!("{head}\n77,A,Berlin,\n"), (2, "code", "TAKEN")).await;
    check(&format!("{head}\n2,A,,\n"), (2, "sites", "REFUSED")).await;
    let more = json!({ "defaultSiteId": theirs_id });
    let payload = import_with(&viewer, b"code,name\n2,A\n", more).await;
    assert_eq!(payload["problems"][0]["field"], "defaultSiteId");
    assert_eq!(payload["problems"][0]["code"], "UNKNOWN_SITE");

    // The code of another organisation is free.
    let payload = import(&viewer, format!("{head}\n1,A,Berlin,\n")).await;
    assert_eq!(counts(&payload), [1, 0, 0]);
    let payload = import(&viewer, format!("{head}\n1,A,-,\n")).await;
    assert_eq!(row_problems(&payload)[0].1, "sites");
    assert_eq!(people(&viewer).await, ["1,A,Berlin,-,-,-,-"]);
    assert_eq!(people(&theirs).await, ["1,Theirs,,-,-,-,-"]);
}

#[tokio::test]
async fn ten_thousand_rows_take_seconds() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let sheet = |name: &str| {
        let mut sheet = "code,name,sites,hired on\n".to_owned();
        for n in 0..10_000 {
            sheet += &format!("{n},{name} {n},Berlin | New York,2026-01-02\n");
        }
        sheet
    };
    // Far above what it takes, so that a busy machine passes, and far below a statement a row.
    let limit = Duration::from_secs(20);
    for (name, expected) in [
        ("A", [10_000, 0, 0]),
        ("B", [0, 10_000, 0]),
        ("B", [0, 0, 10_000]),
    ] {
        let began = Instant::now();
        assert_eq!(counts(&import(&viewer, sheet(name)).await), expected);
        let took = began.elapsed();
        println!("{expected:?}: {took:?}");
        assert!(took < limit, "{expected:?}: {took:?}");
    }
}
