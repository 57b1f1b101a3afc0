//! A day with its steps and exceptions.

use jiff::civil::date;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::seed::{self, Punch};
use crate::support::Api;

const DAYS: &str =
    "query { attendanceDays(filter: { from: \"2026-11-01\", to: \"2026-11-30\" }) { nodes {
    employee { code } workDate
    whySteps { rule punchIds from to minutes text }
    exceptionDetails { kind sentence isWaived }
} } }";

#[tokio::test]
async fn steps_and_exceptions_belong_to_their_day() {
    let api = Api::start().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let bob = seed::employee(&api, "2", "Bob", &[berlin]).await;
    let (monday, tuesday) = (date(2026, 11, 16), date(2026, 11, 17));
    for (employee_id, day) in [(ada, monday), (ada, tuesday), (bob, monday)] {
        seed::day(&api, employee_id, berlin, day, &[]).await;
    }
    let punch_id = Uuid::now_v7();
    let why = json!([
        { "rule": "R14", "punches": [punch_id], "from": "2026-11-16T08:00:00Z", "to": "2026-11-16T08:12:00Z",
          "minutes": 12, "text": "Twelve minutes late." },
        "as an earlier version wrote it",
    ]);
    let set = "update attendance.day set why = $1 where employee_id = $2 and work_date = $3";
    let organization_id = api.fixture.organization_id;
    seed::execute!(&api, organization_id, set, &[&why, &ada.0, &monday]).await;
    seed::exception(&api, ada, monday, "short_rest").await;
    seed::exception(&api, ada, monday, "missing_out").await;
    seed::exception(&api, bob, monday, "punch_flood").await;
    let waive = "insert into attendance.exception_waiver (organization_id, employee_id, work_date, kind, note)
                 values ($1, $2, $3, 'short_rest', 'agreed')";
    seed::execute!(
        &api,
        organization_id,
        waive,
        &[&organization_id.0, &ada.0, &monday]
    )
    .await;

    let viewer = api.viewer(UserRole::Auditor).await;
    let data = viewer.data(DAYS, json!({})).await;
    let days = &data["attendanceDays"]["nodes"];
    let plain = |text: &str| json!({ "rule": null, "punchIds": [], "from": null, "to": null, "minutes": null, "text": text });
    let exception = |kind: &str, is_waived: bool| json!({ "kind": kind, "sentence": "Something happened.", "isWaived": is_waived });
    let unchanged = json!([plain("one"), plain("two")]);
    let late = &days[1]["whySteps"][0];
    assert!(late["punchIds"][0].is_string(), "{late}");
    let expected: Value = json!([
        { "employee": { "code": "1" }, "workDate": "2026-11-17", "whySteps": unchanged, "exceptionDetails": [] },
        { "employee": { "code": "1" }, "workDate": "2026-11-16",
          "whySteps": [
            { "rule": "R14", "punchIds": late["punchIds"], "from": "2026-11-16T08:00:00Z", "to": "2026-11-16T08:12:00Z",
              "minutes": 12, "text": "Twelve minutes late." },
            plain("as an earlier version wrote it"),
          ],
          "exceptionDetails": [exception("MISSING_OUT", false), exception("SHORT_REST", true)] },
        { "employee": { "code": "2" }, "workDate": "2026-11-16", "whySteps": unchanged,
          "exceptionDetails": [exception("PUNCH_FLOOD", false)] },
    ]);
    assert_eq!(days, &expected);

    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let data = theirs.data(DAYS, json!({})).await;
    assert_eq!(data["attendanceDays"]["nodes"], json!([]));
}

#[tokio::test]
async fn punches_of_a_day_come_in_order_with_their_reading() {
    let api = Api::start().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let bob = seed::employee(&api, "2", "Bob", &[berlin]).await;
    let punch = |employee_id, at: &str| Punch::new(&api.fixture, employee_id, at.parse().unwrap());
    let repeat = punch(ada, "2026-11-16T08:01:00Z");
    let repeat_id = repeat.store(&api).await;
    punch(ada, "2026-11-16T08:00:00Z").store_derived(&api).await;
    seed::derive(&api, &repeat, repeat_id, "repeat").await;
    punch(ada, "2026-11-17T08:00:00Z").store_derived(&api).await;
    punch(bob, "2026-11-16T09:00:00Z").store_derived(&api).await;
    let voided_id = punch(bob, "2026-11-16T10:00:00Z").store_derived(&api).await;
    let void = "insert into attendance.punch_void (organization_id, punch_id, reason) values ($1, $2, 'mistaken')";
    let organization_id = api.fixture.organization_id;
    seed::execute!(
        &api,
        organization_id,
        void,
        &[&organization_id.0, &voided_id]
    )
    .await;

    let viewer = api.viewer(UserRole::Viewer).await;
    let query = "{ attendanceDays(filter: { from: \"2026-11-01\", to: \"2026-11-30\" }) { nodes {
        employee { code } workDate punches { occurredAt source isCounted directionReason } } } }";
    let data = viewer.data(query, json!({})).await;
    let read = |at: &str, is_counted: bool, reason: &str| json!({ "occurredAt": at, "source": "FACE", "isCounted": is_counted, "directionReason": reason });
    let expected = json!([
        { "employee": { "code": "1" }, "workDate": "2026-11-17", "punches": [
            read("2026-11-17T08:00:00Z", true, "camera") ] },
        { "employee": { "code": "1" }, "workDate": "2026-11-16", "punches": [
            read("2026-11-16T08:00:00Z", true, "camera"), read("2026-11-16T08:01:00Z", false, "repeat") ] },
        { "employee": { "code": "2" }, "workDate": "2026-11-16", "punches": [
            read("2026-11-16T09:00:00Z", true, "camera") ] },
    ]);
    assert_eq!(data["attendanceDays"]["nodes"], expected);
}
