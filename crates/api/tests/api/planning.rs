//! Shifts, rosters, rule sets, holidays and leave, as they are read.

use jiff::civil::date;
use rollcall_domain::id::ShiftId;
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{DayPart, Rules, Segment, Shift, ShiftKind};
use rollcall_store::holiday::{HolidaySpec, holiday_add};
use rollcall_store::leave::{LeaveSpec, leave_add};
use rollcall_store::roster::{RosterAssign, roster_assign};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply};
use rollcall_store::shift::shift_create;
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, Viewer};

const PLANNING: &str = "query($employeeId: ID!) {
    shifts { nodes { name kind segments { beginMinute endMinute } core { beginMinute } expectedMinutes
      windowBeforeMinutes windowAfterMinutes breaks { span { beginMinute endMinute } isPaid } retiredAt } }
    rosters(filter: { employeeId: $employeeId }) { nodes { site { name } from to anchor cycle worksOnHolidays } }
    ruleSets { nodes { name site { name } versions { version validFrom rules { graceInMinutes roundingMode
      automaticBreaks { afterMinutes breakMinutes } overtimeWeekStartsOn overtimeDailyAfterMinutes
      restWeekdays unrostered lowConfidenceBelow } } } }
    holidays(filter: { from: \"2026-12-01\", to: \"2026-12-31\" }) { nodes { date name site { name } part hours { beginMinute } } }
}";
const LEAVE: &str = "query($employeeId: ID!, $from: Date!, $to: Date!) {
    leave(filter: { employeeId: $employeeId, from: $from, to: $to }) { nodes { from to part hours { beginMinute endMinute } isPaid kind note } } }";

fn minutes(begin_minute: i32, end_minute: i32) -> Segment {
    Segment {
        begin_minute,
        end_minute,
    }
}

/// An employee with everything that can be planned.
async fn planned() -> Api {
    let api = Api::start().await;
    let berlin = api.fixture.site_id;
    let ada = seed::employee(&api, "1", "Ada", &[berlin]).await;
    let transaction = api.database.api.begin(&api.fixture.scope()).await.unwrap();
    let early = Shift {
        shift_id: ShiftId(uuid::Uuid::now_v7()),
        name: "Early".to_owned(),
        kind: ShiftKind::Fixed,
        segments: vec![minutes(360, 840)],
        core: None,
        expected_minutes: None,
        window_before_minutes: 60,
        window_after_minutes: 120,
        breaks: vec![ScheduledBreak {
            segment: minutes(600, 630),
            is_paid: true,
        }],
    };
    shift_create(&transaction, &early).await.unwrap();
    let roster = RosterAssign {
        employees: &[ada],
        site_id: berlin,
        from: date(2026, 11, 2),
        to: None,
        anchor: date(2026, 11, 2),
        cycle: &[Some(early.shift_id), None],
        works_on_holidays: true,
        replace: false,
    };
    roster_assign(&transaction, &roster).await.unwrap();
    for (grace_in_minutes, valid_from) in [(5, date(2026, 1, 1)), (10, date(2026, 6, 1))] {
        let rules = Rules {
            grace_in_minutes,
            low_confidence_below_permille: 650,
            rest_weekdays: vec![jiff::civil::Weekday::Sunday],
            ..Rules::default()
        };
        let apply = RuleSetApply {
            name: Some("Berlin rules"),
            site_id: Some(berlin),
            valid_from,
            rules: &rules,
        };
        rule_set_apply(&transaction, &apply).await.unwrap();
    }
    let holiday = |site_id, day, name: &str, part| HolidaySpec {
        site_id,
        date: date(2026, 12, day),
        name: name.to_owned(),
        part,
    };
    let holidays = [
        holiday(None, 25, "Christmas", DayPart::Whole),
        holiday(Some(berlin), 24, "Eve", DayPart::Hours(minutes(720, 1440))),
    ];
    holiday_add(&transaction, &holidays).await.unwrap();
    let leave = LeaveSpec {
        employee_id: ada,
        from: date(2026, 11, 9),
        to: date(2026, 11, 13),
        part: DayPart::FirstHalf,
        is_paid: true,
        kind: "sick",
        note: Some("with certificate"),
    };
    leave_add(&transaction, &leave).await.unwrap();
    transaction.commit().await.unwrap();
    api
}

async fn employee_id(viewer: &Viewer<'_>) -> Value {
    let query = "{ employees { nodes { id } } }";
    viewer.data(query, json!({})).await["employees"]["nodes"][0]["id"].take()
}

#[tokio::test]
async fn what_is_planned_can_be_read() {
    let api = planned().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let id = employee_id(&viewer).await;
    let data = viewer.data(PLANNING, json!({ "employeeId": id })).await;
    let rules = |grace: i32| {
        json!({
            "graceInMinutes": grace, "roundingMode": "NONE", "automaticBreaks": [], "overtimeWeekStartsOn": "MONDAY",
            "overtimeDailyAfterMinutes": null, "restWeekdays": ["SUNDAY"], "unrostered": "EXPECTED",
            "lowConfidenceBelow": 0.65,
        })
    };
    let expected = json!({
        "shifts": { "nodes": [{
            "name": "Early", "kind": "FIXED", "segments": [{ "beginMinute": 360, "endMinute": 840 }], "core": null,
            "expectedMinutes": null, "windowBeforeMinutes": 60, "windowAfterMinutes": 120,
            "breaks": [{ "span": { "beginMinute": 600, "endMinute": 630 }, "isPaid": true }], "retiredAt": null,
        }] },
        "rosters": { "nodes": [{
            "site": { "name": "Berlin" }, "from": "2026-11-02", "to": null, "anchor": "2026-11-02",
            "cycle": ["Early", null], "worksOnHolidays": true,
        }] },
        "ruleSets": { "nodes": [{ "name": "Berlin rules", "site": { "name": "Berlin" }, "versions": [
            { "version": 1, "validFrom": "2026-01-01", "rules": rules(5) },
            { "version": 2, "validFrom": "2026-06-01", "rules": rules(10) },
        ] }] },
        "holidays": { "nodes": [
            { "date": "2026-12-24", "name": "Eve", "site": { "name": "Berlin" }, "part": "HOURS",
              "hours": { "beginMinute": 720 } },
            { "date": "2026-12-25", "name": "Christmas", "site": null, "part": "WHOLE", "hours": null },
        ] },
    });
    assert_eq!(data, expected);

    let (_, york) = viewer.site_ids().await;
    let query = "query($siteId: ID) { holidays(filter: { from: \"2026-12-24\", to: \"2026-12-25\", siteId: $siteId }) { nodes { name } } }";
    let data = viewer.data(query, json!({ "siteId": york })).await;
    assert_eq!(data["holidays"]["nodes"], json!([{ "name": "Christmas" }]));
}

#[tokio::test]
async fn leave_is_read_by_all_but_viewers() {
    let api = planned().await;
    for role in [
        UserRole::Owner,
        UserRole::HrAdmin,
        UserRole::SiteManager,
        UserRole::Auditor,
        UserRole::Viewer,
    ] {
        let viewer = api.viewer(role).await;
        let id = employee_id(&viewer).await;
        let ask = |from: &str, to: &str| json!({ "employeeId": id, "from": from, "to": to });
        if role == UserRole::Viewer {
            let (code, _) = viewer.error(LEAVE, ask("2026-11-01", "2026-11-30")).await;
            assert_eq!(code, "RC403");
            continue;
        }
        let data = viewer.data(LEAVE, ask("2026-11-13", "2026-11-30")).await;
        let expected = json!([{
            "from": "2026-11-09", "to": "2026-11-13", "part": "FIRST_HALF", "hours": null, "isPaid": true,
            "kind": "sick", "note": "with certificate",
        }]);
        assert_eq!(data["leave"]["nodes"], expected, "{role:?}");
        let data = viewer.data(LEAVE, ask("2026-11-14", "2026-11-30")).await;
        assert_eq!(data["leave"]["nodes"], json!([]));
    }
}

#[tokio::test]
async fn others_see_nothing_and_wrong_arguments_are_named() {
    let api = planned().await;
    let viewer = api.owner().await;
    let id = employee_id(&viewer).await;
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    let data = theirs.data(PLANNING, json!({ "employeeId": id })).await;
    let nothing = json!({ "shifts": { "nodes": [] }, "rosters": { "nodes": [] }, "ruleSets": { "nodes": [] }, "holidays": { "nodes": [] } });
    assert_eq!(data, nothing);
    let whole_year = json!({ "employeeId": id, "from": "2026-01-01", "to": "2026-12-31" });
    let data = theirs.data(LEAVE, whole_year).await;
    assert_eq!(data["leave"]["nodes"], json!([]));

    let (site_id, _) = viewer.site_ids().await;
    for (query, name) in [
        (
            format!("{{ rosters(filter: {{ employeeId: \"{site_id}\" }}) {{ nodes {{ from }} }} }}"),
            "`employeeId`",
        ),
        (
            "{ leave(filter: { employeeId: \"x\", from: \"2026-01-01\", to: \"2026-01-02\" }) { nodes { from } } }"
                .to_owned(),
            "`employeeId`",
        ),
        (
            "{ holidays(filter: { from: \"2026-01-02\", to: \"2026-01-01\" }) { nodes { name } } }".to_owned(),
            "`from`",
        ),
        (
            "{ corrections(filter: { from: \"2026-01-02\", to: \"2026-01-01\" }) { nodes { id } } }".to_owned(),
            "later than `to`",
        ),
        (
            "{ holidays(filter: { from: \"2026-01-01\", to: \"2026-01-02\", siteId: \"x\" }) { nodes { name } } }"
                .to_owned(),
            "`siteId`",
        ),
    ] {
        let (code, message) = viewer.error(&query, json!({})).await;
        assert_eq!(code, "RC400");
        assert!(message.contains(name), "{message}");
    }
}

/// Reads a list one row at a time to its end and returns what `pick` reads of each.
async fn walk(
    viewer: &Viewer<'_>,
    list: &str,
    (filter, pick): (&str, &str),
    is_backward: bool,
) -> Vec<Value> {
    let (size, from) = if is_backward {
        ("last", "before")
    } else {
        ("first", "after")
    };
    let (more, cursor) = if is_backward {
        ("hasPreviousPage", "startCursor")
    } else {
        ("hasNextPage", "endCursor")
    };
    let query = format!(
        "query($cursor: String) {{ {list}({size}: 1, {from}: $cursor {filter}) {{
           nodes {{ {pick} }} totalCount pageInfo {{ {more} {cursor} }} }} }}"
    );
    let mut found = Vec::new();
    let mut position = Value::Null;
    loop {
        let page = viewer.data(&query, json!({ "cursor": position })).await[list].take();
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"][more] == json!(false) {
            assert_eq!(page["totalCount"], json!(found.len()), "{list}");
            return found;
        }
        position = page["pageInfo"][cursor].clone();
    }
}

#[tokio::test]
async fn every_list_reads_the_same_forward_backward_and_turned_round() {
    let api = planned().await;
    let viewer = api.owner().await;
    let place = crate::cookbook::Place {
        organization_id: api.fixture.organization_id,
        site_id: api.fixture.site_id,
        user_id: None,
        employee_id: None,
    };
    for _ in 0..2 {
        crate::cookbook::world(&api, place).await;
    }
    let dates = "filter: { from: \"2026-01-01\", to: \"2026-12-31\" }";
    let all = "filter: { from: \"2026-01-01\", to: \"2026-12-31\", unresolvedOnly: false }";
    let by = |field: &str| {
        (
            format!("orderBy: {{ field: {field}, direction: ASC }}"),
            format!("orderBy: {{ field: {field}, direction: DESC }}"),
        )
    };
    let direction = || ("direction: ASC".to_owned(), "direction: DESC".to_owned());
    for (list, filter, (upward, downward), n) in [
        ("attendanceDays", dates, by("EMPLOYEE_NAME"), 2),
        ("punches", "", direction(), 2),
        ("corrections", "", direction(), 2),
        ("shifts", "", by("NAME"), 5),
        ("shifts", "", by("CREATED_AT"), 5),
        ("rosters", "", by("EMPLOYEE"), 3),
        ("rosters", "", by("FROM"), 3),
        ("holidays", "", direction(), 4),
        ("leave", "", by("FROM"), 3),
        ("leave", "", by("EMPLOYEE"), 3),
        ("periods", "", direction(), 4),
    ] {
        let read = async |order: &str, is_backward| {
            let arguments = format!(", {filter} {order}");
            let mut rows = walk(&viewer, list, (&arguments, "id"), is_backward).await;
            if is_backward {
                rows.reverse();
            }
            rows
        };
        let forward = read(&upward, false).await;
        assert_eq!(forward.len(), n, "{list}");
        assert_eq!(read(&upward, true).await, forward, "{list} backward");
        let mut turned = read(&downward, false).await;
        assert_eq!(read(&downward, true).await, turned, "{list} backward");
        turned.reverse();
        assert_eq!(turned, forward, "{list} {downward}");
    }
    // Of one date always by name, whichever date comes first.
    for (list, filter, order) in [
        (
            "attendanceDays",
            dates,
            "orderBy: { field: WORK_DATE, direction: ASC }",
        ),
        ("attendanceDays", dates, ""),
        ("exceptions", all, "direction: ASC"),
        ("exceptions", all, "direction: DESC"),
        ("ruleSets", "", ""),
    ] {
        let arguments = format!(", {filter} {order}");
        let forward = walk(&viewer, list, (&arguments, "id"), false).await;
        assert!(!forward.is_empty(), "{list}");
        let mut backward = walk(&viewer, list, (&arguments, "id"), true).await;
        backward.reverse();
        assert_eq!(backward, forward, "{list} {order}");
    }
    // Every id finds its thing again.
    for (list, filter, one) in [
        ("attendanceDays", dates, "attendanceDay"),
        ("punches", "", "punch"),
        ("exceptions", all, "exception"),
        ("corrections", "", "correction"),
        ("shifts", "", "shift"),
        ("rosters", "", "roster"),
        ("ruleSets", "", "ruleSet"),
        ("holidays", "", "holiday"),
        ("leave", "", "leaveEntry"),
        ("periods", "", "period"),
    ] {
        let query = format!("query($id: ID!) {{ {one}(id: $id) {{ id }} }}");
        let arguments = format!(", {filter}");
        for row in walk(&viewer, list, (&arguments, "id"), false).await {
            let data = viewer.data(&query, json!({ "id": row["id"] })).await;
            assert_eq!(data[one], row);
        }
        let (berlin, _) = viewer.site_ids().await;
        for foreign in ["", "x", &berlin] {
            let data = viewer.data(&query, json!({ "id": foreign })).await;
            assert_eq!(data[one], Value::Null, "{one} `{foreign}`");
        }
    }
}
