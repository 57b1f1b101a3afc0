//! PINs and badges of employees, and what is refused at kiosks: set, used by a device, shown to those who put it right.

use jiff::{Timestamp, ToSpan as _};
use rollcall_domain::id::PunchId;
use rollcall_store::device::{Code, CodeEntry, CodeOutcome, DeviceClient};
use rollcall_store::user::UserRole;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cookbook::opaque;
use crate::seed;
use crate::support::{Api, Viewer};

const BADGE: &str = "04A2B9C1";

/// What a kiosk of the fixture's device sends at that time.
async fn enter(api: &Api, code: Code, captured_at: Timestamp) -> CodeOutcome {
    let url = api.database.device_url(&api.fixture.device);
    let client = DeviceClient::connect(&url).await.unwrap();
    let at = captured_at.as_millisecond().unsigned_abs();
    let time = uuid::Timestamp::from_unix_time(at / 1000, (at % 1000) as u32 * 1_000_000, 0, 0);
    let entry = CodeEntry {
        entry_id: PunchId(Uuid::new_v7(time)),
        code,
        captured_at,
        direction: None,
        camera_id: None,
        clock_offset_ms: Some(0),
    };
    client.punch_by_code(&entry).await.unwrap().outcome
}

fn pin(employee_code: &str, pin: &str) -> Code {
    Code::Pin {
        employee_code: employee_code.to_owned(),
        pin: pin.to_owned(),
    }
}

async fn mutate(viewer: &Viewer<'_>, call: &str, fields: &str) -> Value {
    let query = format!(
        "mutation {{ it: {call} {{ status {fields} problems {{ field code message hint }} }} }}"
    );
    viewer.data(&query, json!({})).await["it"].take()
}

async fn audit(viewer: &Viewer<'_>) -> String {
    let query = "{ auditEvents(first: 50) { nodes { action subjectId before after } } }";
    viewer.data(query, json!({})).await["auditEvents"].to_string()
}

#[tokio::test]
async fn a_pin_is_shown_once_works_at_the_kiosk_and_can_be_taken_away() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let ada = seed::employee(&api, "A-17", "Ada", &[api.fixture.site_id]).await;
    let id = opaque("employee", ada);
    let codes = "employee { codes { pinSetAt badgeSetAt pinLockedUntil } }";
    let made = mutate(
        &viewer,
        &format!("employeePinSet(input: {{ employeeId: \"{id}\" }})"),
        &format!("pin {codes}"),
    )
    .await;
    assert_eq!(made["status"], "DONE", "{made}");
    let secret = made["pin"].as_str().unwrap();
    assert_eq!(secret.len(), 6);
    assert!(made["employee"]["codes"]["pinSetAt"].is_string());
    assert!(made["employee"]["codes"]["badgeSetAt"].is_null());
    let now = Timestamp::now();
    assert_eq!(
        enter(&api, pin("A-17", secret), now).await,
        CodeOutcome::Punched
    );

    let chosen = mutate(
        &viewer,
        &format!("employeePinSet(input: {{ employeeId: \"{id}\", pin: \"739104\" }})"),
        "pin",
    )
    .await;
    assert_eq!(
        (&chosen["status"], &chosen["pin"]),
        (&json!("DONE"), &json!("739104"))
    );
    assert_eq!(
        enter(&api, pin("A-17", "739104"), now).await,
        CodeOutcome::Repeat
    );
    assert_eq!(
        enter(&api, pin("A-17", secret), now).await,
        CodeOutcome::Refused,
        "the earlier one"
    );

    for (bad, code) in [("123456", "REFUSED"), ("12", "REFUSED"), ("", "REFUSED")] {
        let refused = mutate(
            &viewer,
            &format!("employeePinSet(input: {{ employeeId: \"{id}\", pin: \"{bad}\" }})"),
            "pin",
        )
        .await;
        let problem = &refused["problems"][0];
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&json!("pin"), &json!(code)),
            "{refused}"
        );
        assert!(refused["pin"].is_null() && problem["hint"].is_string());
    }
    let removed = mutate(
        &viewer,
        &format!("employeePinRemove(employeeId: \"{id}\")"),
        codes,
    )
    .await;
    assert_eq!(removed["status"], "DONE");
    assert!(removed["employee"]["codes"]["pinSetAt"].is_null());
    assert_eq!(
        enter(&api, pin("A-17", "739104"), now).await,
        CodeOutcome::Refused
    );
    let again = mutate(
        &viewer,
        &format!("employeePinRemove(employeeId: \"{id}\")"),
        "",
    )
    .await;
    assert_eq!(again["status"], "REFUSED");

    let events = audit(&viewer).await;
    assert!(
        events.contains("employee.pin_set") && events.contains("employee.pin_remove"),
        "{events}"
    );
    assert!(
        !events.contains(secret) && !events.contains("739104"),
        "{events}"
    );
}

#[tokio::test]
async fn a_badge_belongs_to_one_employee_and_is_told_to_nobody() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let ada = opaque(
        "employee",
        seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await,
    );
    let ben = opaque(
        "employee",
        seed::employee(&api, "2", "Ben", &[api.fixture.site_id]).await,
    );
    let set = |id: &str, badge: &str| {
        format!("employeeBadgeSet(input: {{ employeeId: \"{id}\", badge: \"{badge}\" }})")
    };
    let given = mutate(
        &viewer,
        &set(&ada, BADGE),
        "employee { code codes { badgeSetAt } }",
    )
    .await;
    assert_eq!(given["status"], "DONE", "{given}");
    assert!(given["employee"]["codes"]["badgeSetAt"].is_string());
    let badge = Code::Badge(BADGE.to_owned());
    assert_eq!(
        enter(&api, badge.clone(), Timestamp::now()).await,
        CodeOutcome::Punched
    );
    let taken = mutate(&viewer, &set(&ben, BADGE), "").await;
    assert_eq!(taken["problems"][0]["code"], "TAKEN", "{taken}");
    assert!(!taken.to_string().contains(BADGE));
    let short = mutate(&viewer, &set(&ben, "123"), "").await;
    assert_eq!(short["problems"][0]["field"], "badge", "{short}");
    let nobody = mutate(
        &viewer,
        &set(&opaque("employee", Uuid::now_v7()), BADGE),
        "",
    )
    .await;
    assert_eq!(nobody["problems"][0]["field"], "employeeId", "{nobody}");
    let removed = mutate(
        &viewer,
        &format!("employeeBadgeRemove(employeeId: \"{ada}\")"),
        "",
    )
    .await;
    assert_eq!(removed["status"], "DONE");
    assert_eq!(
        enter(&api, badge, Timestamp::now()).await,
        CodeOutcome::Refused
    );
    let events = audit(&api.owner().await).await;
    assert!(
        events.contains("employee.badge_set")
            && events.contains("employee.badge_remove")
            && !events.contains(BADGE),
        "{events}"
    );
}

#[tokio::test]
async fn what_was_refused_is_listed_with_the_reason_and_what_to_do_for_those_of_the_site() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let site = api.fixture.site_id;
    let ada = opaque(
        "employee",
        seed::employee(&api, "A-17", "Ada", &[site]).await,
    );
    seed::employee(&api, "B-1", "Ben", &[api.fixture.second_site_id]).await;
    mutate(
        &owner,
        &format!("employeePinSet(input: {{ employeeId: \"{ada}\", pin: \"739104\" }})"),
        "",
    )
    .await;
    let now = Timestamp::now();
    let before = |minutes: i64| now.checked_sub(minutes.minutes()).unwrap();
    for (code, at, expected) in [
        (pin("A-17", "739105"), before(30), CodeOutcome::Refused),
        // The PIN where the code belongs.
        (pin("739104", "A-17"), before(20), CodeOutcome::Refused),
        (
            Code::Badge(BADGE.to_owned()),
            before(10),
            CodeOutcome::Refused,
        ),
        (pin("A-17", "739104"), now, CodeOutcome::Punched),
    ] {
        assert_eq!(enter(&api, code, at).await, expected);
    }
    let query = "query($filter: CodeEntryFilter) { codeEntries(first: 10, filter: $filter) { totalCount nodes {
        method employeeCode employee { displayName } device { name } site { name } outcome
        refusal { reason sentence hint } } } }";
    let list = async |viewer: &Viewer<'_>, filter: Value| {
        viewer.data(query, json!({ "filter": filter })).await["codeEntries"].take()
    };
    let refused = list(&owner, json!({ "refusedOnly": true })).await;
    let text = refused.to_string();
    assert!(
        !text.contains("739104") && !text.contains("739105") && !text.contains(BADGE),
        "{text}"
    );
    let nodes = refused["nodes"].as_array().unwrap();
    let said: Vec<_> = nodes
        .iter()
        .map(|node| {
            assert!(node["refusal"]["hint"].as_str().unwrap().ends_with('.'));
            assert_eq!(
                (&node["site"]["name"], &node["device"]["name"]),
                (&json!("Berlin"), &json!("door"))
            );
            (
                node["refusal"]["reason"].as_str().unwrap(),
                node["employeeCode"].as_str(),
                node["employee"]["displayName"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("UNKNOWN_BADGE", None, None),
            ("UNKNOWN_CODE", Some("73••••"), None),
            ("WRONG_PIN", Some("A-17"), Some("Ada")),
        ]
    );
    for (filter, n) in [
        (json!({}), 4),
        (json!({ "employeeId": ada }), 2),
        (
            json!({ "siteId": opaque("site", api.fixture.second_site_id) }),
            0,
        ),
        (
            json!({ "deviceId": opaque("device", api.fixture.device.device_id) }),
            4,
        ),
        (
            json!({ "from": before(25).to_string(), "to": now.to_string() }),
            2,
        ),
    ] {
        assert_eq!(
            list(&owner, filter.clone()).await["totalCount"],
            n,
            "{filter}"
        );
    }
    // A manager of another site sees nothing of it.
    let manager = api.viewer(UserRole::SiteManager).await;
    let email = "site_manager@example.org";
    assert_eq!(list(&manager, json!({})).await["totalCount"], 4);
    seed::bind(&api, email, &[api.fixture.second_site_id]).await;
    let bound = api.logged_in(email).await;
    assert_eq!(list(&bound, json!({})).await["totalCount"], 0);
}
