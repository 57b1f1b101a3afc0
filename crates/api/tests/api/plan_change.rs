//! Changes of shifts, rosters, rules, holidays, leave, overtime, punches and periods: what contradicts
//! itself or what is there is refused with words, and nothing is written.

use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::user::UserRole;
use serde_json::{Value, json};

use crate::cookbook::opaque;
use crate::seed::{self, execute};
use crate::support::{Api, Viewer};

const PROBLEMS: &str = "status problems { field code message hint }";

/// Runs one mutation with an input and returns its payload.
async fn change(viewer: &Viewer<'_>, name: &str, more: &str, input: Value) -> Value {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let kind = if name == "punchVoid" {
        "PunchVoiding".to_owned()
    } else {
        kind
    };
    let query = format!(
        "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {PROBLEMS} {more} }} }}"
    );
    viewer.data(&query, json!({ "input": input })).await[name].take()
}

/// Codes of the problems of a refused change.
pub async fn refused(viewer: &Viewer<'_>, name: &str, input: Value) -> Vec<String> {
    let payload = change(viewer, name, "", input).await;
    assert_eq!(payload["status"], "REFUSED", "{name}: {payload}");
    let problems = payload["problems"].as_array().unwrap();
    assert!(!problems.is_empty());
    for problem in problems {
        let hint = problem["hint"].as_str().unwrap_or_default();
        assert!(
            !hint.contains("`rollcall ") && !hint.contains("`--"),
            "{problem}"
        );
    }
    let codes = problems
        .iter()
        .map(|problem| problem["code"].as_str().unwrap().to_owned());
    codes.collect()
}

pub async fn done(viewer: &Viewer<'_>, name: &str, more: &str, input: Value) -> Value {
    let payload = change(viewer, name, more, input).await;
    assert_eq!(payload["status"], "DONE", "{name}: {payload}");
    payload
}

pub async fn count(api: &Api, sql: &str) -> i64 {
    let client = api.database.admin.client().await.unwrap();
    client.query_one(sql, &[]).await.unwrap().get(0)
}

pub fn id(employee_id: EmployeeId) -> String {
    opaque("employee", employee_id)
}

pub fn site(site_id: SiteId) -> String {
    opaque("site", site_id)
}

pub async fn shift(viewer: &Viewer<'_>, name: &str) -> String {
    let input = json!({ "name": name, "kind": "FIXED", "segments": [{ "beginMinute": 360, "endMinute": 840 }] });
    let payload = done(viewer, "shiftCreate", "shift { id name }", input).await;
    payload["shift"]["id"].as_str().unwrap().to_owned()
}

/// A site manager who sees Berlin only.
async fn manager(api: &Api) -> Viewer<'_> {
    let organization_id = api.fixture.organization_id;
    let email = "berlin@example.org";
    let user_id = api
        .user(organization_id, email, UserRole::SiteManager)
        .await;
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
    api.logged_in(email).await
}

#[tokio::test]
async fn shifts_are_made_renamed_and_retired_once_each() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let early = shift(&owner, " Early ").await;
    let fixed = |name: &str, segments: Value| json!({ "name": name, "kind": "FIXED", "segments": segments });
    let span = json!([{ "beginMinute": 360, "endMinute": 840 }]);
    assert_eq!(
        refused(&owner, "shiftCreate", fixed("Early", span.clone())).await,
        ["TAKEN"]
    );
    assert_eq!(
        refused(&owner, "shiftCreate", fixed(" ", span.clone())).await,
        ["BLANK"]
    );
    assert_eq!(
        refused(&owner, "shiftCreate", fixed("\0", span.clone())).await,
        ["BLANK"]
    );
    assert_eq!(
        refused(&owner, "shiftCreate", fixed(&"x".repeat(101), span.clone())).await,
        ["TOO_LONG"]
    );
    assert_eq!(
        refused(&owner, "shiftCreate", fixed("None", json!([]))).await,
        ["REFUSED"]
    );
    let backwards = json!([{ "beginMinute": 840, "endMinute": 360 }]);
    assert_eq!(
        refused(&owner, "shiftCreate", fixed("Back", backwards)).await,
        ["REFUSED"]
    );

    let late = shift(&owner, "Late").await;
    let rename = |id: &str, name: &str| json!({ "shiftId": id, "name": name });
    assert_eq!(
        refused(&owner, "shiftRename", rename(&late, "Early")).await,
        ["TAKEN"]
    );
    for foreign in [
        site(api.fixture.site_id).as_str(),
        "x",
        &opaque("shift", uuid::Uuid::now_v7()),
    ] {
        assert_eq!(
            refused(&owner, "shiftRename", rename(foreign, "New")).await,
            ["NOT_FOUND"]
        );
        assert_eq!(
            refused(&owner, "shiftRetire", json!({ "shiftId": foreign })).await,
            ["NOT_FOUND"]
        );
    }
    done(&owner, "shiftRename", "", rename(&early, "Dawn")).await;
    done(&owner, "shiftRetire", "", json!({ "shiftId": late })).await;
    let list = "{ shifts(filter: { isRetired: false }) { nodes { name } totalCount } }";
    let data = owner.data(list, json!({})).await;
    assert_eq!(
        data["shifts"],
        json!({ "nodes": [{ "name": "Dawn" }], "totalCount": 1 })
    );
    assert_eq!(
        count(
            &api,
            "select count(*) from audit.event where action like 'shift.%'"
        )
        .await,
        4
    );
}

#[tokio::test]
async fn a_manager_of_one_site_changes_nothing_of_another_or_of_all() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let (berlin, york) = (api.fixture.site_id, api.fixture.second_site_id);
    let both = seed::employee(&api, "1", "Both", &[berlin, york]).await;
    let there = seed::employee(&api, "2", "There", &[york]).await;
    let early = shift(&owner, "Early").await;
    let roster = |employee: EmployeeId, place: SiteId, replace: bool| {
        json!({ "employeeIds": [id(employee)], "siteId": site(place), "from": "2026-11-02",
            "cycle": [early], "replace": replace })
    };
    done(&owner, "rosterAssign", "", roster(both, york, false)).await;
    let manager = manager(&api).await;
    assert_eq!(
        refused(&manager, "rosterAssign", roster(both, york, true)).await,
        ["UNKNOWN_SITE"]
    );
    assert_eq!(
        refused(&manager, "rosterAssign", roster(there, berlin, true)).await,
        ["NOT_FOUND"]
    );
    assert_eq!(
        refused(&manager, "rosterAssign", roster(both, berlin, true)).await,
        ["REFUSED"]
    );
    let clear = json!({ "employeeIds": [id(both)], "from": "2026-11-02" });
    assert_eq!(refused(&manager, "rosterClear", clear).await, ["REFUSED"]);
    let holiday = |place: Value| json!({ "siteId": place, "date": "2026-12-24", "name": "Eve" });
    assert_eq!(
        refused(&manager, "holidayCreate", holiday(json!(null))).await,
        ["REFUSED"]
    );
    assert_eq!(
        refused(&manager, "holidayCreate", holiday(json!(site(york)))).await,
        ["UNKNOWN_SITE"]
    );
    done(&manager, "holidayCreate", "", holiday(json!(site(berlin)))).await;
    let everywhere = done(
        &owner,
        "holidayCreate",
        "holiday { id }",
        holiday(json!(null)),
    )
    .await;
    let delete = json!({ "holidayId": everywhere["holiday"]["id"] });
    assert_eq!(
        refused(&manager, "holidayDelete", delete).await,
        ["REFUSED"]
    );
    let leave = json!({ "employeeId": id(there), "from": "2026-12-01", "to": "2026-12-02", "isPaid": true, "kind": "annual" });
    assert_eq!(refused(&manager, "leaveCreate", leave).await, ["NOT_FOUND"]);
    let overtime = json!({ "employeeId": id(there), "workDate": "2026-11-02", "minutes": 30 });
    assert_eq!(
        refused(&manager, "overtimeApprove", overtime).await,
        ["NOT_FOUND"]
    );
    // The person works here too, and was seen there.
    let punch = seed::Punch {
        site_id: york,
        camera_id: None,
        ..seed::Punch::new(&api.fixture, both, api.now())
    };
    let punch_id = opaque("punch", punch.store(&api).await);
    let void = json!({ "punchId": punch_id, "reason": "No." });
    assert_eq!(
        refused(&manager, "punchVoid", void.clone()).await,
        ["NOT_FOUND"]
    );
    done(&owner, "punchVoid", "", void.clone()).await;
    assert_eq!(refused(&owner, "punchVoid", void).await, ["PUNCH_VOIDED"]);
    assert_eq!(
        count(&api, "select count(*) from attendance.roster").await,
        1
    );
    // A holiday of Berlin also concerns who is only rostered there, and whom the manager does not see.
    done(&owner, "rosterAssign", "", roster(there, berlin, false)).await;
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let input = json!({ "siteId": site(berlin), "date": today.to_string(), "name": "Town day" });
    done(&manager, "holidayCreate", "", input).await;
    let sql = format!(
        "select count(*) from attendance.dirty_day where work_date = '{today}' and last_date = '{today}'"
    );
    assert_eq!(count(&api, &sql).await, 2, "both people are marked");
}

#[tokio::test]
async fn leave_holidays_and_overtime_that_contradict_are_refused() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let leave = |from: &str, to: &str, part: &str| json!({ "employeeId": id(ada), "from": from, "to": to, "part": part, "isPaid": true, "kind": "annual" });
    assert_eq!(
        refused(
            &owner,
            "leaveCreate",
            leave("2026-12-02", "2026-12-01", "WHOLE")
        )
        .await,
        ["REFUSED"]
    );
    assert_eq!(
        refused(
            &owner,
            "leaveCreate",
            leave("2026-12-02", "2046-12-01", "WHOLE")
        )
        .await,
        ["REFUSED"]
    );
    assert_eq!(
        refused(
            &owner,
            "leaveCreate",
            leave("2026-12-01", "2026-12-01", "HOURS")
        )
        .await,
        ["REFUSED"]
    );
    let first = done(
        &owner,
        "leaveCreate",
        "leave { id }",
        leave("2026-12-01", "2026-12-04", "FIRST_HALF"),
    )
    .await;
    done(
        &owner,
        "leaveCreate",
        "",
        leave("2026-12-01", "2026-12-04", "SECOND_HALF"),
    )
    .await;
    assert_eq!(
        refused(
            &owner,
            "leaveCreate",
            leave("2026-12-04", "2026-12-05", "FIRST_HALF")
        )
        .await,
        ["REFUSED"]
    );
    let delete = json!({ "leaveId": first["leave"]["id"] });
    done(&owner, "leaveDelete", "", delete.clone()).await;
    assert_eq!(refused(&owner, "leaveDelete", delete).await, ["NOT_FOUND"]);

    let holiday = json!({ "date": "2026-12-25", "name": "Christmas" });
    done(&owner, "holidayCreate", "", holiday.clone()).await;
    assert_eq!(refused(&owner, "holidayCreate", holiday).await, ["REFUSED"]);
    let day = json!({ "employeeId": id(ada), "workDate": "2026-11-20" });
    let mut approve = day.clone();
    for minutes in [0, -1, 1441] {
        approve["minutes"] = json!(minutes);
        assert_eq!(
            refused(&owner, "overtimeApprove", approve.clone()).await,
            ["REFUSED"]
        );
    }
    assert_eq!(
        refused(&owner, "overtimeWithdraw", day.clone()).await,
        ["UNCHANGED"]
    );
    approve["minutes"] = json!(60);
    let payload = done(
        &owner,
        "overtimeApprove",
        "approval { minutes approvedByName }",
        approve,
    )
    .await;
    assert_eq!(
        payload["approval"],
        json!({ "minutes": 60, "approvedByName": "Uma User" })
    );
    done(&owner, "overtimeWithdraw", "", day.clone()).await;
    assert_eq!(
        refused(&owner, "overtimeWithdraw", day).await,
        ["UNCHANGED"]
    );
}

#[tokio::test]
async fn rules_are_read_by_the_parser_of_rule_files() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let rules =
        |rules: Value| json!({ "name": "Standard", "validFrom": "2026-11-01", "rules": rules });
    let text = "grace_in_minutes = 5\n[overtime]\ndaily_after_minutes = 480\n";
    let figures =
        "version isUnchanged superseded ruleSet { name versions { rules { graceInMinutes } } }";
    let payload = done(
        &owner,
        "ruleSetApply",
        figures,
        rules(json!({ "toml": text })),
    )
    .await;
    assert_eq!(payload["version"], 1);
    assert_eq!(
        payload["ruleSet"]["versions"],
        json!([{ "rules": { "graceInMinutes": 5 } }])
    );
    let same = json!({ "fields": { "graceInMinutes": 5, "overtimeDailyAfterMinutes": 480 } });
    let payload = done(&owner, "ruleSetApply", figures, rules(same)).await;
    assert_eq!(
        (&payload["version"], &payload["isUnchanged"]),
        (&json!(1), &json!(true))
    );
    for (wrong, expected) in [
        (json!({ "toml": "grace = 5" }), "MALFORMED"),
        (json!({ "toml": "grace_in_minutes = " }), "MALFORMED"),
        (json!({ "toml": "x".repeat(100_001) }), "MALFORMED"),
        (json!({ "fields": { "graceInMinutes": -1 } }), "REFUSED"),
        (
            json!({ "fields": { "lowConfidenceBelow": 1.5 } }),
            "REFUSED",
        ),
    ] {
        assert_eq!(
            refused(&owner, "ruleSetApply", rules(wrong.clone())).await,
            [expected],
            "{wrong}"
        );
    }
    let mut other = rules(json!({ "fields": { "graceInMinutes": 7 } }));
    other["name"] = json!("Other");
    assert_eq!(
        refused(&owner, "ruleSetApply", other.clone()).await,
        ["REFUSED"]
    );
    other["name"] = json!("Standard");
    other["validFrom"] = json!(null);
    assert_eq!(refused(&owner, "ruleSetApply", other).await, ["BLANK"]);
}

#[tokio::test]
async fn a_punch_is_entered_once_and_not_past_four_eyes() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let punch = |at: &str, reason: &str| json!({ "employeeId": id(ada), "siteId": site(berlin), "at": { "localTime": at }, "direction": "IN", "reason": reason });
    for (at, reason, expected) in [
        ("2026-10-25T02:30", "x", "TIME_AMBIGUOUS"),
        ("2026-03-29T02:30", "x", "TIME_SKIPPED"),
        ("2026-03-29", "x", "MALFORMED"),
        ("2126-03-29T08:00", "x", "IN_FUTURE"),
        ("1926-03-29T08:00", "x", "TOO_OLD"),
        ("2026-03-02T08:00", " ", "BLANK"),
        ("2026-03-02T08:00", "\0", "BLANK"),
    ] {
        assert_eq!(
            refused(&owner, "punchCreate", punch(at, reason)).await,
            [expected],
            "{at}"
        );
    }
    let good = punch("2026-03-02T08:00", "Forgot the badge.");
    let fields = "punch { localTime source direction reason voiding { reason } }";
    let payload = done(&owner, "punchCreate", fields, good.clone()).await;
    let expected = json!({ "localTime": "2026-03-02T08:00:00+01:00", "source": "MANUAL", "direction": "IN",
        "reason": "Forgot the badge.", "voiding": null });
    assert_eq!(payload["punch"], expected);
    assert_eq!(
        refused(&owner, "punchCreate", good.clone()).await,
        ["TAKEN"]
    );
    let organization_id = api.fixture.organization_id;
    rollcall_store::correction::organization_set_four_eyes(
        &api.database.admin,
        organization_id,
        true,
    )
    .await
    .unwrap();
    assert_eq!(
        refused(&owner, "punchCreate", punch("2026-03-03T08:00", "x")).await,
        ["REFUSED"]
    );
}

#[tokio::test]
async fn a_period_is_opened_reviewed_and_closed_for_good() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let open = |from: &str, to: &str| json!({ "from": from, "to": to });
    assert_eq!(
        refused(&owner, "periodOpen", open("2026-02-01", "2026-01-01")).await,
        ["REFUSED"]
    );
    assert_eq!(
        refused(&owner, "periodOpen", open("2020-02-01", "2026-01-01")).await,
        ["REFUSED"]
    );
    let payload = done(
        &owner,
        "periodOpen",
        "period { id state }",
        open("2026-01-01", "2026-01-31"),
    )
    .await;
    let period = json!({ "periodId": payload["period"]["id"] });
    assert_eq!(
        refused(&owner, "periodOpen", open("2026-01-31", "2026-02-28")).await,
        ["REFUSED"]
    );
    assert_eq!(
        refused(&owner, "periodClose", period.clone()).await,
        ["REFUSED"]
    );
    done(&owner, "periodReview", "", period.clone()).await;
    // Nobody opened the days: that is one thing left to do.
    assert_eq!(
        refused(&owner, "periodClose", period.clone()).await,
        ["PERIOD_UNRESOLVED"]
    );
    execute!(
        &api,
        api.fixture.organization_id,
        "insert into attendance.day_opening (organization_id, opened_through) values ($1, '2026-11-22')
         on conflict (organization_id) do update set opened_through = excluded.opened_through",
        &[&api.fixture.organization_id.0],
    )
    .await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let date = jiff::civil::date(2026, 1, 15);
    seed::day(&api, ada, api.fixture.site_id, date, &[]).await;
    seed::exception(&api, ada, date, "missing_out").await;
    assert_eq!(
        refused(&owner, "periodClose", period.clone()).await,
        ["PERIOD_UNRESOLVED"]
    );
    let query =
        "query($id: ID!) { periodUnresolved(id: $id) { nExceptions nCorrections notBegun } }";
    let data = owner.data(query, json!({ "id": period["periodId"] })).await;
    assert_eq!(
        data["periodUnresolved"],
        json!({ "nExceptions": 1, "nCorrections": 0, "notBegun": null })
    );
    let waive = json!({ "exceptionId": opaque("exception", format!("{ada}:{date}:missing_out")), "note": "Fine." });
    done(&owner, "exceptionWaive", "", waive).await;
    done(&owner, "periodClose", "", period.clone()).await;
    for name in ["periodReview", "periodClose"] {
        assert_eq!(
            refused(&owner, name, period.clone()).await,
            ["PERIOD_CLOSED"]
        );
        assert_eq!(
            refused(&owner, name, json!({ "periodId": "x" })).await,
            ["NOT_FOUND"]
        );
    }
    let query = "query($id: ID!) { periodTotals(periodId: $id) { nodes { employee { code } nDaysWorked total { payable } } totalCount }
        periods(filter: { state: CLOSED }) { nodes { from to closedByName } } }";
    let data = owner.data(query, json!({ "id": period["periodId"] })).await;
    let totals = json!({ "nodes": [{ "employee": { "code": "1" }, "nDaysWorked": 1, "total": { "payable": 470 } }], "totalCount": 1 });
    assert_eq!(data["periodTotals"], totals);
    assert_eq!(
        data["periods"]["nodes"],
        json!([{ "from": "2026-01-01", "to": "2026-01-31", "closedByName": "Uma User" }])
    );
}
