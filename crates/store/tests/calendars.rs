//! Rule sets, holidays, leave, overtime, settings of sites and employment: refusals and marks.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod planning;

use jiff::Timestamp;
use planning::{Planning, day, refusal};
use rollcall_domain::id::{EmployeeId, LeaveId, SiteId};
use rollcall_domain::{DayPart, DirectionPolicy, Rules, Segment};
use rollcall_store::employment::{EmploymentChange, employment_set};
use rollcall_store::holiday::{HolidaySpec, holiday_add, holiday_list, holiday_remove};
use rollcall_store::leave::{LeaveFilter, LeaveSpec, leave_add, leave_list, leave_remove};
use rollcall_store::overtime::overtime_approve;
use rollcall_store::provision::{self, EmployeeSpec};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply, rule_set_list, rule_set_versions};
use rollcall_store::site_change::{
    SitePolicies, site_deactivate, site_policies_set, site_time_zone_set,
};
use uuid::Uuid;

/// Somebody of the second site only.
async fn carl(planning: &Planning) -> EmployeeId {
    let employee = EmployeeSpec {
        code: "C3",
        display_name: "Person C3",
        site_ids: &[planning.fixture.second_site_id],
    };
    let organization_id = planning.fixture.organization_id;
    let carl = provision::employee_create(&planning.db.admin, organization_id, &employee)
        .await
        .unwrap();
    planning
        .admin("update app.employee set hired_on = '2026-03-01' where code = 'C3'")
        .await;
    planning.marks().await;
    carl
}

fn rules(grace_in_minutes: i32) -> Rules {
    Rules {
        grace_in_minutes,
        ..Rules::default()
    }
}

fn apply<'a>(
    name: Option<&'a str>,
    site_id: Option<SiteId>,
    from: &str,
    rules: &'a Rules,
) -> RuleSetApply<'a> {
    RuleSetApply {
        name,
        site_id,
        valid_from: day(from),
        rules,
    }
}

#[tokio::test]
async fn versions_of_rules_are_added_and_mark_whom_they_concern() {
    let planning = Planning::new().await;
    carl(&planning).await;
    let (five, ten) = (rules(5), rules(10));
    let transaction = planning.begin().await;
    let text = refusal(rule_set_apply(&transaction, &apply(None, None, "2026-11-01", &five)).await);
    assert!(text.contains("needs a name"), "{text}");
    let standard = Some("Standard");
    let first = rule_set_apply(&transaction, &apply(standard, None, "2026-11-01", &five))
        .await
        .unwrap();
    assert_eq!((first.version, first.n_marked), (1, 3));
    transaction.commit().await.unwrap();
    assert_eq!(
        planning.marks().await,
        [
            "A1 2026-11-01 2099-12-31",
            "B2 2026-11-01 2099-12-31",
            "C3 2026-11-01 2099-12-31"
        ]
    );

    let transaction = planning.begin().await;
    let again = rule_set_apply(&transaction, &apply(None, None, "2026-11-01", &five))
        .await
        .unwrap();
    assert!(again.is_unchanged && again.version == 1 && again.n_marked == 0);
    let second = rule_set_apply(&transaction, &apply(None, None, "2026-12-01", &ten))
        .await
        .unwrap();
    assert_eq!((second.version, second.superseded), (2, vec![]));
    let third = rule_set_apply(&transaction, &apply(standard, None, "2026-11-15", &ten))
        .await
        .unwrap();
    assert_eq!((third.version, third.superseded), (3, vec![2]));
    transaction.commit().await.unwrap();
    planning.marks().await;

    let transaction = planning.begin().await;
    let second_site = Some(planning.fixture.second_site_id);
    let text = refusal(
        rule_set_apply(
            &transaction,
            &apply(Some("Other"), None, "2026-11-01", &five),
        )
        .await,
    );
    assert!(text.contains("called `Standard`, not `Other`"), "{text}");
    let of_site = apply(Some("New York"), second_site, "2026-02-01", &ten);
    assert_eq!(
        rule_set_apply(&transaction, &of_site)
            .await
            .unwrap()
            .n_marked,
        1
    );
    let versions = rule_set_versions(&transaction).await.unwrap();
    assert_eq!(versions.len(), 4);
    assert_eq!(versions[0].rules, five);
    let lines = rule_set_list(&transaction).await.unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| (line.name.as_str(), line.site.as_deref(), line.version))
        .collect();
    assert_eq!(
        shown,
        [
            ("Standard", None, 1),
            ("Standard", None, 2),
            ("Standard", None, 3),
            ("New York", Some("New York"), 1)
        ]
    );
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["C3 2026-03-01 2099-12-31"]);

    let transaction = planning.begin().await;
    let taken = apply(
        Some("Standard"),
        Some(planning.fixture.site_id),
        "2026-11-01",
        &five,
    );
    let text = refusal(rule_set_apply(&transaction, &taken).await);
    assert!(
        text.contains("already one rule set called `Standard`"),
        "{text}"
    );
}

#[tokio::test]
async fn rules_out_of_bounds_are_refused() {
    let planning = Planning::new().await;
    let transaction = planning.begin().await;
    let wrong = Rules {
        maximum_open_minutes: -1,
        ..Rules::default()
    };
    let of_wrong = apply(Some("Wrong"), None, "2026-11-01", &wrong);
    let text = refusal(rule_set_apply(&transaction, &of_wrong).await);
    assert!(text.contains("`maximum_open_minutes`"), "{text}");
    assert_eq!(rule_set_list(&transaction).await.unwrap(), []);
}

fn holiday(site_id: Option<SiteId>, date: &str, part: DayPart) -> HolidaySpec {
    HolidaySpec {
        site_id,
        date: day(date),
        name: "Feast".to_owned(),
        part,
    }
}

#[tokio::test]
async fn holidays_are_added_all_or_none_and_mark_their_dates() {
    let planning = Planning::new().await;
    carl(&planning).await;
    let second_site = Some(planning.fixture.second_site_id);
    let hours = DayPart::Hours(Segment {
        begin_minute: 720,
        end_minute: 1440,
    });
    let holidays = [
        holiday(None, "2026-12-25", DayPart::Whole),
        holiday(second_site, "2026-12-25", DayPart::FirstHalf),
        holiday(second_site, "2026-12-31", hours),
    ];
    let transaction = planning.begin().await;
    holiday_add(&transaction, &holidays).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        planning.marks().await,
        [
            "A1 2026-12-25 2026-12-25",
            "B2 2026-12-25 2026-12-25",
            "C3 2026-12-25 2026-12-25",
            "C3 2026-12-25 2026-12-25",
            "C3 2026-12-31 2026-12-31"
        ]
    );
    let transaction = planning.begin().await;
    let stored = holiday_list(&transaction, (None, None), None)
        .await
        .unwrap();
    let parts: Vec<DayPart> = stored.iter().map(|holiday| holiday.part).collect();
    assert_eq!(parts, [DayPart::Whole, DayPart::FirstHalf, hours]);
    let berlin = Some(planning.fixture.site_id);
    let of_berlin = holiday_list(&transaction, (None, Some(day("2026-12-31"))), berlin).await;
    assert_eq!(of_berlin.unwrap().len(), 1);
    transaction.commit().await.unwrap();

    // One that is there already, and one that is named twice: nothing of the list stays.
    for second in ["2026-12-25", "2026-12-26"] {
        let transaction = planning.begin().await;
        let list = [
            holiday(None, "2026-12-26", DayPart::Whole),
            holiday(None, second, DayPart::Whole),
        ];
        let text = refusal(holiday_add(&transaction, &list).await);
        assert!(
            text.contains(&format!("holiday on {second} already")),
            "{text}"
        );
    }
    let count = planning
        .texts("select count(*)::text from attendance.holiday")
        .await;
    assert_eq!(count, ["3"]);

    let transaction = planning.begin().await;
    holiday_remove(&transaction, second_site, day("2026-12-31"))
        .await
        .unwrap();
    let text = refusal(holiday_remove(&transaction, None, day("2026-12-31")).await);
    assert!(text.contains("no holiday on 2026-12-31"), "{text}");
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["C3 2026-12-31 2026-12-31"]);
}

fn leave<'a>(employee_id: EmployeeId, from: &str, to: &str, part: DayPart) -> LeaveSpec<'a> {
    LeaveSpec {
        employee_id,
        from: day(from),
        to: day(to),
        part,
        is_paid: true,
        kind: "annual",
        note: None,
    }
}

#[tokio::test]
async fn leave_marks_its_dates_and_is_not_taken_twice() {
    let planning = Planning::new().await;
    let ada = planning.ada;
    let transaction = planning.begin().await;
    let text = refusal(
        leave_add(
            &transaction,
            &leave(ada, "2026-11-05", "2026-11-04", DayPart::Whole),
        )
        .await,
    );
    assert!(text.contains("ends on 2026-11-04 before"), "{text}");
    let id = leave_add(
        &transaction,
        &leave(ada, "2026-11-02", "2026-11-04", DayPart::FirstHalf),
    )
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-11-02 2026-11-04"]);

    let transaction = planning.begin().await;
    let text = refusal(
        leave_add(
            &transaction,
            &leave(ada, "2026-11-04", "2026-11-09", DayPart::Whole),
        )
        .await,
    );
    assert!(
        text.contains("Person A1 (A1) is on leave (annual) from 2026-11-02 to 2026-11-04 already"),
        "{text}"
    );
    assert!(text.contains(&id.to_string()), "{text}");
    // The other half is free, and so is somebody else.
    for other in [
        leave(ada, "2026-11-04", "2026-11-04", DayPart::SecondHalf),
        leave(planning.bob, "2026-11-04", "2026-11-04", DayPart::Whole),
    ] {
        leave_add(&transaction, &other).await.unwrap();
    }
    transaction.commit().await.unwrap();
    planning.marks().await;

    let transaction = planning.begin().await;
    let all = leave_list(&transaction, &LeaveFilter::default())
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].code.as_str(), all[0].leave.leave_id), ("A1", id));
    leave_remove(&transaction, id).await.unwrap();
    let unknown = LeaveId(Uuid::nil());
    assert!(refusal(leave_remove(&transaction, unknown).await).contains("there is no leave"));
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-11-02 2026-11-04"]);
}

#[tokio::test]
async fn approved_overtime_marks_its_date_and_can_be_changed() {
    let planning = Planning::new().await;
    let transaction = planning.begin().await;
    let date = day("2026-11-03");
    for minutes in [60, 0, 90] {
        overtime_approve(&transaction, planning.ada, date, minutes, None)
            .await
            .unwrap();
    }
    for wrong in [-1, 1441] {
        let text = refusal(overtime_approve(&transaction, planning.ada, date, wrong, None).await);
        assert!(text.contains("0 to 1440"), "{text}");
    }
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-11-03 2026-11-03"; 3]);
    let stored = planning
        .texts("select minutes::text from attendance.overtime_approval")
        .await;
    assert_eq!(stored, ["90"]);
}

#[tokio::test]
async fn a_site_that_changes_its_zone_keeps_the_earlier_one() {
    let planning = Planning::new().await;
    carl(&planning).await;
    let site_id = planning.fixture.site_id;
    let at: Timestamp = "2026-06-15T12:00:00Z".parse().unwrap();
    let transaction = planning.begin().await;
    let set =
        async |zone: &str, at: Timestamp| site_time_zone_set(&transaction, site_id, zone, at).await;
    assert!(refusal(set("Europe/Lisbn", at).await).contains("`Europe/Lisbn`"));
    assert!(refusal(set("Europe/Berlin", at).await).contains("already"));
    let far = "2999-01-01T00:00:00Z".parse().unwrap();
    assert!(refusal(set("Europe/Lisbon", far).await).contains("still to come"));
    assert_eq!(set("Europe/Lisbon", at).await.unwrap(), 2);
    let earlier = "2026-06-15T11:00:00Z".parse().unwrap();
    assert!(refusal(set("Europe/Paris", earlier).await).contains("changed its zone"));
    transaction.commit().await.unwrap();
    assert_eq!(
        planning.marks().await,
        ["A1 2026-06-14 2099-12-31", "B2 2026-06-14 2099-12-31"]
    );
    let stored = planning
        .texts(
            "select s.time_zone || ' before: ' || c.earlier_time_zone
             from app.site s join app.site_zone_change c using (site_id)",
        )
        .await;
    assert_eq!(stored, ["Europe/Lisbon before: Europe/Berlin"]);
}

#[tokio::test]
async fn how_a_site_reads_punches_concerns_every_day_of_its_people() {
    let planning = Planning::new().await;
    carl(&planning).await;
    let site_id = planning.fixture.site_id;
    let policies = SitePolicies {
        day_boundary: Some(jiff::civil::time(5, 30, 0, 0)),
        cool_down_seconds: None,
        direction_policy: Some(DirectionPolicy::FirstLast),
    };
    let transaction = planning.begin().await;
    assert_eq!(
        site_policies_set(&transaction, site_id, &policies)
            .await
            .unwrap(),
        2
    );
    let wrong = SitePolicies {
        cool_down_seconds: Some(-1),
        ..SitePolicies::default()
    };
    let text = refusal(site_policies_set(&transaction, site_id, &wrong).await);
    assert!(text.contains("0 to 86400"), "{text}");
    transaction.commit().await.unwrap();
    assert_eq!(
        planning.marks().await,
        ["A1 2026-01-01 2099-12-31", "B2 2026-01-01 2099-12-31"]
    );
    let stored = planning
        .texts(
            "select concat_ws(' ', day_boundary, cool_down_seconds, direction_policy) from app.site where name = 'Berlin'",
        )
        .await;
    assert_eq!(stored, ["05:30:00 150 first_last"]);
}

#[tokio::test]
async fn a_site_goes_out_of_use_and_comes_back() {
    let planning = Planning::new().await;
    let site_id = planning.fixture.site_id;
    let at: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
    for at in [Some(at), None] {
        let transaction = planning.begin().await;
        assert_eq!(site_deactivate(&transaction, site_id, at).await.unwrap(), 2);
        transaction.commit().await.unwrap();
        assert_eq!(
            planning.marks().await,
            ["A1 2026-09-30 2099-12-31", "B2 2026-09-30 2099-12-31"]
        );
    }
    let transaction = planning.begin().await;
    let nowhere = SiteId(Uuid::nil());
    assert!(refusal(site_deactivate(&transaction, nowhere, None).await).contains("no site"));
}

#[tokio::test]
async fn employment_changes_mark_what_they_concern() {
    let planning = Planning::new().await;
    let ada = planning.ada;
    let set = async |change: EmploymentChange| {
        let transaction = planning.begin().await;
        employment_set(&transaction, ada, &change).await?;
        transaction.commit().await
    };
    let left = |date: Option<&str>| EmploymentChange {
        left_on: Some(date.map(day)),
        ..EmploymentChange::default()
    };
    set(left(Some("2026-10-31"))).await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-10-30 2099-12-31"]);
    set(left(Some("2026-11-30"))).await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-10-30 2099-12-31"]);
    let text = refusal(set(left(Some("2025-12-31"))).await);
    assert!(
        text.contains("lies before the first day 2026-01-01"),
        "{text}"
    );
    set(left(None)).await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-11-29 2099-12-31"]);
    let moved = EmploymentChange {
        hired_on: Some(Some(day("2025-05-01"))),
        home_site_id: Some(Some(planning.fixture.second_site_id)),
        ..EmploymentChange::default()
    };
    set(moved).await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2025-05-01 2099-12-31"]);
    let stored = planning
        .texts(
            "select concat_ws(' ', e.hired_on, s.name) from app.employee e
             join app.site s on s.site_id = e.home_site_id where e.code = 'A1'",
        )
        .await;
    assert_eq!(stored, ["2025-05-01 New York"]);
}

#[tokio::test]
async fn a_transaction_that_only_reads_can_write_nothing() {
    let planning = Planning::new().await;
    let scope = planning.fixture.scope();
    let transaction = planning.db.api.begin_read_only(&scope).await.unwrap();
    assert_eq!(rule_set_list(&transaction).await.unwrap(), []);
    let error = overtime_approve(&transaction, planning.ada, day("2026-11-03"), 60, None)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("25006"));
}

#[tokio::test]
async fn versions_that_are_added_at_once_are_numbered_one_after_the_other() {
    let planning = Planning::new().await;
    let add = async |grace: i32| {
        let rules = rules(grace);
        let of_all = apply(Some("Standard"), None, "2026-11-01", &rules);
        let transaction = planning.begin().await;
        let applied = rule_set_apply(&transaction, &of_all).await.unwrap();
        transaction.commit().await.unwrap();
        applied.version
    };
    let mut versions = <[i32; 4]>::from(tokio::join!(add(1), add(2), add(3), add(4)));
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4]);
}
