//! Every list: order, filters, pages to the end, and nothing of others.

use jiff::SignedDuration;
use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::support::{Api, PASSWORD, Viewer, cookie};

/// Reads a list page by page and returns `pick` of every node; checks cursors on the way.
async fn pages(
    viewer: &Viewer<'_>,
    list: &str,
    arguments: &str,
    pick: &str,
    first: usize,
) -> Vec<Value> {
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = format!(
            "query($after: String) {{ {list}(first: {first}, after: $after {arguments}) {{
               edges {{ cursor node {{ {pick} }} }} nodes {{ {pick} }} pageInfo {{ hasNextPage endCursor }}
             }} }}"
        );
        let page = &viewer.data(&query, json!({ "after": after })).await[list];
        let edges = page["edges"].as_array().unwrap();
        let nodes: Vec<_> = edges.iter().map(|edge| edge["node"].clone()).collect();
        assert_eq!(page["nodes"], json!(nodes));
        assert!(nodes.len() <= first);
        found.extend(nodes);
        let last = edges
            .last()
            .map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(page["pageInfo"]["endCursor"], last);
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return found;
        }
        assert_eq!(edges.len(), first, "a page before the last is full");
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The same rows for pages of every size.
async fn check(viewer: &Viewer<'_>, list: &str, arguments: &str, pick: &str, expected: Value) {
    for first in [1, 2, 3, 200] {
        let found = pages(viewer, list, arguments, pick, first).await;
        assert_eq!(json!(found), expected, "{list}({arguments}) by {first}");
    }
}

#[tokio::test]
async fn sites_come_by_name() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let expected = json!([
        { "name": "Berlin", "timeZone": "Europe/Berlin", "localTime": "2026-11-22T11:00:00+01:00" },
        { "name": "New York", "timeZone": "America/New_York", "localTime": "2026-11-22T05:00:00-05:00" },
    ]);
    check(&viewer, "sites", "", "name timeZone localTime", expected).await;
}

async fn site_ids(viewer: &Viewer<'_>) -> (String, String) {
    let data = viewer.data("{ sites { nodes { id } } }", json!({})).await;
    let id = |n: usize| data["sites"]["nodes"][n]["id"].as_str().unwrap().to_owned();
    (id(0), id(1))
}

#[tokio::test]
async fn employees_come_by_name_and_code() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    seed::employee(&api, "3", "Ada Example", &[berlin]).await;
    seed::employee(&api, "1", "Ada Example", &[berlin, york]).await;
    seed::employee(&api, "2", "Zoe 100%_Sure", &[york]).await;
    seed::employee(&api, "X9", "Mia", &[]).await;
    let codes = |codes: &[&str]| {
        codes
            .iter()
            .map(|code| json!({ "code": code }))
            .collect::<Value>()
    };
    let list = async |arguments: &str, expected: &[&str]| {
        check(&viewer, "employees", arguments, "code", codes(expected)).await;
    };
    let (berlin_id, york_id) = site_ids(&viewer).await;
    list("", &["1", "3", "X9", "2"]).await;
    list(", search: \" ada \"", &["1", "3"]).await;
    list(", search: \"x9\"", &["X9"]).await;
    list(", search: \"%_s\"", &["2"]).await;
    list(", search: \"\"", &["1", "3", "X9", "2"]).await;
    list(", search: \"nobody\"", &[]).await;
    list(&format!(", siteId: \"{berlin_id}\""), &["1", "3"]).await;
    list(&format!(", siteId: \"{york_id}\", search: \"ada\""), &["1"]).await;

    let query = "{ employees(search: \"1\") { nodes {
        isActive displayName sites { name } enrolment { state nPhotos nTemplates problem }
    } } }";
    let data = viewer.data(query, json!({})).await;
    let expected = json!([
        {
            "isActive": true, "displayName": "Ada Example",
            "sites": [{ "name": "Berlin" }, { "name": "New York" }],
            "enrolment": { "state": "NONE", "nPhotos": 0, "nTemplates": 0, "problem": null },
        },
        {
            "isActive": true, "displayName": "Zoe 100%_Sure",
            "sites": [{ "name": "New York" }],
            "enrolment": { "state": "NONE", "nPhotos": 0, "nTemplates": 0, "problem": null },
        },
    ]);
    assert_eq!(data["employees"]["nodes"], expected);
}

#[tokio::test]
async fn enrolment_follows_photos_jobs_and_templates() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let organization_id = api.fixture.organization_id;
    let employee_id = fixture::employee(&api.database.admin, &api.fixture, "1").await;
    let state = async || {
        let query = "{ employees { nodes { enrolment { state nPhotos nTemplates problem } } } }";
        viewer.data(query, json!({})).await["employees"]["nodes"][0]["enrolment"].clone()
    };
    let expected = |state: &str, n_photos: u32, n_templates: u32, problem: Option<&str>| json!({ "state": state, "nPhotos": n_photos, "nTemplates": n_templates, "problem": problem });
    let photo = "with p as (
        insert into biometric.photo (organization_id, employee_id, sha256, content)
        values ($1, $2, sha256($3::text::bytea), 'photo') returning organization_id, photo_id)
      insert into biometric.enrolment_job (organization_id, photo_id, created_at)
      select organization_id, photo_id, now() from p";
    let add = async |name: &str| {
        seed::execute!(
            &api,
            organization_id,
            photo,
            &[&organization_id.0, &employee_id.0, &name]
        )
        .await
    };
    add("first").await;
    assert_eq!(state().await, expected("PENDING", 1, 0, None));
    let refuse = "update biometric.enrolment_job set state = 'refused', reason = 'no face' where state = 'queued'";
    seed::execute!(&api, organization_id, refuse, &[]).await;
    assert_eq!(state().await, expected("REFUSED", 1, 0, Some("no face")));
    add("second").await;
    assert_eq!(state().await, expected("PENDING", 2, 0, Some("no face")));
    let vector = fixture::unit_vector(1);
    fixture::template(&api.database.admin, &api.fixture, employee_id, &vector).await;
    assert_eq!(state().await, expected("ENROLLED", 2, 1, Some("no face")));
}

#[tokio::test]
async fn punches_come_newest_first() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let bob = seed::employee(&api, "2", "Bob", &[api.fixture.site_id]).await;
    let at = |minute: i64| api.now() + SignedDuration::from_mins(minute);
    let punch =
        |employee_id: EmployeeId, minute: i64| Punch::new(&api.fixture, employee_id, at(minute));
    let york = |employee_id, minute| Punch {
        site_id: api.fixture.second_site_id,
        camera_id: None,
        ..punch(employee_id, minute)
    };
    punch(ada, 1).store_derived(&api).await;
    punch(bob, 2).store(&api).await;
    york(ada, 3).store(&api).await;
    // Two at the same instant: both are found, whatever the size of the page.
    punch(ada, 4).store(&api).await;
    punch(bob, 4).store(&api).await;
    let repeat = punch(ada, 5);
    let repeat_id = repeat.store(&api).await;
    seed::derive(&api, &repeat, repeat_id, "repeat").await;
    let voided_id = punch(bob, 6).store(&api).await;
    let void = "insert into attendance.punch_void (organization_id, punch_id, reason) values ($1, $2, 'test')";
    let organization_id = api.fixture.organization_id;
    seed::execute!(
        &api,
        organization_id,
        void,
        &[&organization_id.0, &voided_id]
    )
    .await;

    let times = |minutes: &[i64]| {
        minutes
            .iter()
            .map(|minute| json!({ "occurredAt": at(*minute).to_string() }))
            .collect::<Value>()
    };
    let list = async |arguments: &str, expected: &[i64]| {
        let arguments = format!(", filter: {{ {arguments} }}");
        check(
            &viewer,
            "punches",
            &arguments,
            "occurredAt",
            times(expected),
        )
        .await;
    };
    let (berlin_id, york_id) = site_ids(&viewer).await;
    let data = viewer
        .data("{ employees { nodes { id } } }", json!({}))
        .await;
    let ada_id = data["employees"]["nodes"][0]["id"].as_str().unwrap();
    list("", &[5, 4, 4, 3, 2, 1]).await;
    list(&format!(", siteId: \"{york_id}\""), &[3]).await;
    list(&format!(", employeeId: \"{ada_id}\""), &[5, 4, 3, 1]).await;
    list(
        &format!(", employeeId: \"{ada_id}\", siteId: \"{berlin_id}\""),
        &[5, 4, 1],
    )
    .await;
    list(
        &format!(", from: \"{}\", to: \"{}\"", at(2), at(4)),
        &[3, 2],
    )
    .await;
    list(&format!(", from: \"{}\"", at(4)), &[5, 4, 4]).await;
    list(", to: \"-009999-02-01T00:00:00Z\"", &[]).await;
    list(", from: \"-009999-02-01T00:00:00Z\"", &[5, 4, 4, 3, 2, 1]).await;

    let query = "{ punches { nodes {
        localTime timeZone source direction directionReason isCounted similarity
        employee { displayName } site { name } camera { name direction }
    } } }";
    let nodes = viewer.data(query, json!({})).await["punches"]["nodes"].take();
    let derived = json!({
        "localTime": "2026-11-22T11:01:00+01:00", "timeZone": "Europe/Berlin", "source": "FACE",
        "direction": "IN", "directionReason": "camera", "isCounted": true, "similarity": 0.75,
        "employee": { "displayName": "Ada" }, "site": { "name": "Berlin" },
        "camera": { "name": "entry", "direction": "ENTRY" },
    });
    assert_eq!(nodes[5], derived);
    let not_derived = json!({
        "localTime": "2026-11-22T05:03:00-05:00", "timeZone": "America/New_York", "source": "FACE",
        "direction": "IN", "directionReason": null, "isCounted": null, "similarity": 0.75,
        "employee": { "displayName": "Ada" }, "site": { "name": "New York" }, "camera": null,
    });
    assert_eq!(nodes[3], not_derived);
    let reading =
        ["direction", "directionReason", "isCounted"].map(|field| nodes[0][field].clone());
    assert_eq!(json!(reading), json!(["IN", "repeat", false]));
}

#[tokio::test]
async fn attendance_days_come_newest_first_then_by_name() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let second_ada = seed::employee(&api, "2", "Ada", &[berlin]).await;
    let bob = seed::employee(&api, "3", "Bob", &[york]).await;
    let date = |day: i8| jiff::civil::date(2026, 11, day);
    let sessions = [
        (
            berlin,
            Some("2026-11-20T07:00:00Z"),
            Some("2026-11-20T11:00:00Z"),
        ),
        (berlin, Some("2026-11-20T12:00:00Z"), None),
    ];
    seed::day(&api, ada, berlin, date(20), &sessions).await;
    seed::day(&api, ada, berlin, date(21), &[]).await;
    seed::day(&api, second_ada, berlin, date(21), &[]).await;
    seed::day(&api, bob, york, date(20), &[]).await;
    seed::day(&api, bob, york, date(22), &[]).await;

    let days = |days: &[(i8, &str)]| {
        let day = |(day, code): &(i8, &str)| json!({ "workDate": date(*day).to_string(), "employee": { "code": code } });
        days.iter().map(day).collect::<Value>()
    };
    let list = async |arguments: &str, expected: &[(i8, &str)]| {
        let pick = "workDate employee { code }";
        let arguments = format!(", filter: {{ {arguments} }}");
        check(&viewer, "attendanceDays", &arguments, pick, days(expected)).await;
    };
    let all = ", from: \"2026-11-01\", to: \"2026-11-30\"";
    list(
        all,
        &[(22, "3"), (21, "1"), (21, "2"), (20, "1"), (20, "3")],
    )
    .await;
    list(
        ", from: \"2026-11-20\", to: \"2026-11-20\"",
        &[(20, "1"), (20, "3")],
    )
    .await;
    let (_, york_id) = site_ids(&viewer).await;
    list(
        &format!("{all}, siteId: \"{york_id}\""),
        &[(22, "3"), (20, "3")],
    )
    .await;
    let data = viewer
        .data("{ employees { nodes { id } } }", json!({}))
        .await;
    let ada_id = data["employees"]["nodes"][0]["id"].as_str().unwrap();
    list(
        &format!("{all}, employeeId: \"{ada_id}\""),
        &[(21, "1"), (20, "1")],
    )
    .await;

    let query = "{ attendanceDays(filter: { from: \"2026-11-20\", to: \"2026-11-20\" }) { nodes {
        timeZone status firstInAt lastOutAt workedMinutes nPunches nRepeats exceptions ruleVersion why
        kind shiftName isOpen ruleSetName ruleSetVersion
        minutes { presence payable unpaidBreak unpayable overtimeDaily overtimeWeekly overtimeRestDay
          overtimeHoliday overtimeUnapproved expected late earlyOut leavePaid leaveUnpaid }
        site { name } sessions { inAt outAt workedMinutes isOpen }
    } } }";
    let nodes = viewer.data(query, json!({})).await["attendanceDays"]["nodes"].take();
    let expected = json!({
        "timeZone": "Europe/Berlin", "status": "PRESENT",
        "firstInAt": "2026-11-20T07:00:00Z", "lastOutAt": null,
        "workedMinutes": 480, "nPunches": 2, "nRepeats": 1,
        "exceptions": ["missing_out"], "ruleVersion": "2", "why": ["one", "two"],
        "kind": "WORK", "shiftName": null, "isOpen": false, "ruleSetName": "Standard", "ruleSetVersion": 3,
        "minutes": {
            "presence": 510, "payable": 470, "unpaidBreak": 30, "unpayable": 10,
            "overtimeDaily": 1, "overtimeWeekly": 2, "overtimeRestDay": 3, "overtimeHoliday": 4,
            "overtimeUnapproved": 5, "expected": 460, "late": 6, "earlyOut": 7,
            "leavePaid": 8, "leaveUnpaid": 9,
        },
        "site": { "name": "Berlin" },
        "sessions": [
            { "inAt": "2026-11-20T07:00:00Z", "outAt": "2026-11-20T11:00:00Z", "workedMinutes": 60, "isOpen": false },
            { "inAt": "2026-11-20T12:00:00Z", "outAt": null, "workedMinutes": 60, "isOpen": true },
        ],
    });
    assert_eq!(nodes[0], expected);
    assert_eq!(nodes[1]["sessions"], json!([]));
}

#[tokio::test]
async fn another_organisation_is_not_there() {
    let api = Api::start().await;
    let ours = api.owner().await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    Punch::new(&api.fixture, ada, api.now())
        .store_derived(&api)
        .await;
    let ids = ours
        .data(
            "{ sites { nodes { id } } employees { nodes { id } } }",
            json!({}),
        )
        .await;
    let (site_id, employee_id) = (
        &ids["sites"]["nodes"][0]["id"],
        &ids["employees"]["nodes"][0]["id"],
    );

    let other = fixture::organization(&api.database).await;
    api.user(other.organization_id, "other@example.org", UserRole::Owner)
        .await;
    let response = api.log_in("other@example.org", PASSWORD).await;
    let theirs = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    let query = "query($site: ID, $employee: ID) {
        employees { nodes { id } }
        ofSite: employees(siteId: $site) { nodes { id } }
        punches { nodes { id } }
        ofEmployee: punches(filter: { employeeId: $employee }) { nodes { id } }
        attendanceDays(filter: { from: \"2026-11-01\", to: \"2026-11-30\", siteId: $site }) { nodes { id } }
    }";
    let variables = json!({ "site": site_id, "employee": employee_id });
    let data = theirs.data(query, variables.clone()).await;
    for (field, page) in data.as_object().unwrap() {
        assert_eq!(page["nodes"], json!([]), "{field}");
    }
    let sites = theirs.data("{ sites { nodes { id } } }", json!({})).await;
    assert_eq!(sites["sites"]["nodes"].as_array().unwrap().len(), 2);
    assert_ne!(&sites["sites"]["nodes"][0]["id"], site_id);
    let data = ours.data(query, variables).await;
    for (field, page) in data.as_object().unwrap() {
        assert_eq!(page["nodes"].as_array().unwrap().len(), 1, "{field}");
    }
}

#[tokio::test]
async fn arguments_that_make_no_sense_are_named() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let data = viewer
        .data(
            "{ sites(first: 1) { nodes { id } pageInfo { endCursor } } }",
            json!({}),
        )
        .await;
    let site_id = data["sites"]["nodes"][0]["id"].as_str().unwrap();
    let cursor = data["sites"]["pageInfo"]["endCursor"].as_str().unwrap();
    let check = async |field: &str, part: &str| {
        let (code, message) = viewer
            .error(&format!("{{ {field} {{ nodes {{ id }} }} }}"), json!({}))
            .await;
        assert_eq!(code, "RC400", "{field}");
        assert!(message.contains(part), "{field}: {message}");
    };
    check("sites(first: 0)", "`first` is 0").await;
    check("sites(first: -5)", "`first` is -5").await;
    check("punches(first: 201)", "from 1 to 200").await;
    check("sites(after: \"nonsense\")", "`after` is not a cursor").await;
    check("sites(after: \"\")", "`after` is not a cursor").await;
    check(
        &format!("employees(after: \"{cursor}\")"),
        "`after` is not a cursor",
    )
    .await;
    check(
        "employees(siteId: \"7\")",
        "`siteId` is not an id of kind site",
    )
    .await;
    check(
        &format!("punches(filter: {{ employeeId: \"{site_id}\" }})"),
        "`employeeId` is not an id of kind employee",
    )
    .await;
    check("employees(search: \"a\\u0000\")", "`search`").await;
    check("punches(filter: { from: \"yesterday\" })", "not an instant").await;
    check(
        "attendanceDays(filter: { from: \"2026-11-31\", to: \"2026-12-01\" })",
        "not a day",
    )
    .await;
    check(
        "attendanceDays(filter: { from: \"2026-11-02\", to: \"2026-11-01\" })",
        "later than `to`",
    )
    .await;
    check(
        "attendanceDays(filter: { from: \"2020-01-01\", to: \"2026-11-01\" })",
        "at most 366",
    )
    .await;
}
