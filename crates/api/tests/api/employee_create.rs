//! Making employees.

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::support::{Api, PASSWORD, Viewer, cookie};

const CREATE: &str = "mutation($input: EmployeeCreateInput!) { employeeCreate(input: $input) {
    status employee { code displayName isActive sites { name } enrolment { state } }
    problems { field code message }
} }";

async fn create(viewer: &Viewer<'_>, code: &str, name: &str, site_ids: &[&str]) -> Value {
    let input = json!({ "code": code, "displayName": name, "siteIds": site_ids });
    let mut data = viewer.data(CREATE, json!({ "input": input })).await;
    data["employeeCreate"].take()
}

async fn site_ids(viewer: &Viewer<'_>) -> Vec<String> {
    let data = viewer.data("{ sites { nodes { id } } }", json!({})).await;
    let nodes = data["sites"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|site| site["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn new_employees_are_trimmed_and_assigned() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let sites = site_ids(&viewer).await;
    // A site named twice is one site.
    let given = [sites[0].as_str(), &sites[1], &sites[0]];
    let payload = create(&viewer, " 007 ", "\tÅsa  Example ", &given).await;
    let expected = json!({
        "status": "DONE",
        "employee": {
            "code": "007", "displayName": "Åsa  Example", "isActive": true,
            "sites": [{ "name": "Berlin" }, { "name": "New York" }],
            "enrolment": { "state": "NONE" },
        },
        "problems": [],
    });
    assert_eq!(payload, expected);
    let payload = create(&viewer, &"x".repeat(64), &"ä".repeat(200), &[]).await;
    assert_eq!(payload["status"], "DONE");
    let data = viewer
        .data("{ employees { nodes { code } } }", json!({}))
        .await;
    assert_eq!(data["employees"]["nodes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_days_of_new_employees_begin_with_their_first_day() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let organization_id = api.fixture.organization_id.0;
    let admin = api.database.admin.client().await.unwrap();
    for statement in [
        "update app.organization set created_at = now() - interval '30 days' where organization_id = $1",
        "insert into attendance.day_opening (organization_id, opened_through)
         values ($1, (now() at time zone 'UTC')::date + 1)
         on conflict (organization_id) do update set opened_through = excluded.opened_through",
    ] {
        admin.execute(statement, &[&organization_id]).await.unwrap();
    }
    let today = jiff::Timestamp::now().to_zoned(TimeZone::UTC).date();
    let hired = |days: i64| Some(today.saturating_sub(days.days()).to_string());
    for (code, hired_on) in [
        ("1", None),
        ("2", hired(10)),
        ("3", Some("1998-04-01".to_owned())),
        ("4", hired(-10)),
    ] {
        let input =
            json!({ "code": code, "displayName": code, "siteIds": [], "hiredOn": hired_on });
        let data = viewer.data(CREATE, json!({ "input": input })).await;
        assert_eq!(data["employeeCreate"]["status"], "DONE");
    }
    let rows = admin
        .query(
            "select format('%s: %s to %s', e.code, (now() at time zone 'UTC')::date - d.work_date,
               (now() at time zone 'UTC')::date - d.last_date)
             from attendance.dirty_day d join app.employee e using (organization_id, employee_id)
             where organization_id = $1 order by 1",
            &[&organization_id],
        )
        .await
        .unwrap();
    let marked: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    // Nothing is said of the time before the organisation was recorded.
    assert_eq!(
        marked,
        ["1: 1 to -1", "2: 10 to -1", "3: 31 to -1", "4: 1 to -1"]
    );
}

#[tokio::test]
async fn refusals_name_the_field_and_change_nothing() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let sites = site_ids(&viewer).await;
    let other = fixture::organization(&api.database).await;
    api.user(other.organization_id, "other@example.org", UserRole::Owner)
        .await;
    let response = api.log_in("other@example.org", PASSWORD).await;
    let theirs = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    let foreign = site_ids(&theirs).await;
    assert_eq!(create(&viewer, "1", "First", &[]).await["status"], "DONE");

    let check = async |code: &str, name: &str, sites: &[&str], expected: &[(&str, &str)]| {
        let payload = create(&viewer, code, name, sites).await;
        assert_eq!(payload["status"], "REFUSED");
        assert_eq!(payload["employee"], Value::Null);
        let problems = payload["problems"].as_array().unwrap().iter();
        let found: Vec<_> = problems
            .map(|problem| {
                assert!(!problem["message"].as_str().unwrap().is_empty());
                (
                    problem["field"].as_str().unwrap(),
                    problem["code"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    };
    let long = "x".repeat(201);
    check("", "A", &[], &[("code", "BLANK")]).await;
    check("2", " \n", &[], &[("displayName", "BLANK")]).await;
    check(&"x".repeat(65), "A", &[], &[("code", "TOO_LONG")]).await;
    check("2", &long, &[], &[("displayName", "TOO_LONG")]).await;
    check(" 1 ", "A", &[], &[("code", "TAKEN")]).await;
    check(
        "2",
        "A",
        &[&sites[0], "nonsense"],
        &[("siteIds", "UNKNOWN_SITE")],
    )
    .await;
    check("2", "A", &[&foreign[0]], &[("siteIds", "UNKNOWN_SITE")]).await;
    let all = [
        ("code", "BLANK"),
        ("displayName", "TOO_LONG"),
        ("siteIds", "UNKNOWN_SITE"),
    ];
    check("", &long, &["nonsense"], &all).await;

    let data = viewer
        .data("{ employees { nodes { code } } }", json!({}))
        .await;
    assert_eq!(data["employees"]["nodes"], json!([{ "code": "1" }]));
    // The same code is free in another organisation.
    assert_eq!(create(&theirs, "1", "Theirs", &[]).await["status"], "DONE");
}

#[tokio::test]
async fn only_owners_and_hr_may_create() {
    let api = Api::start().await;
    for (role, is_allowed) in [
        (UserRole::Owner, true),
        (UserRole::HrAdmin, true),
        (UserRole::SiteManager, false),
        (UserRole::Auditor, false),
        (UserRole::Viewer, false),
    ] {
        let viewer = api.viewer(role).await;
        let input = json!({ "code": role.as_str(), "displayName": "A", "siteIds": [] });
        let variables = json!({ "input": input });
        if is_allowed {
            let data = viewer.data(CREATE, variables).await;
            assert_eq!(data["employeeCreate"]["status"], "DONE");
        } else {
            let (code, _) = viewer.error(CREATE, variables).await;
            assert_eq!(code, "RC403", "{role:?}");
        }
    }
    let response = api.log_in("viewer@example.org", PASSWORD).await;
    let viewer = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    let data = viewer
        .data("{ employees { nodes { code } } }", json!({}))
        .await;
    assert_eq!(data["employees"]["nodes"].as_array().unwrap().len(), 2);
}
