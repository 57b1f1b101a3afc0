//! Shifts and rosters: what is refused, what is marked, and that a cut roster keeps its cycle.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod planning;

use jiff::ToSpan;
use jiff::civil::Date;
use planning::{Planning, day, fixed, refusal};
use rollcall_domain::id::{EmployeeId, ShiftId};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{Segment, ShiftKind};
use rollcall_store::roster::{RosterAssign, RosterFilter, roster_assign, roster_end, roster_list};
use rollcall_store::shift::{shift_by_names, shift_create, shift_list, shift_rename, shift_retire};

fn assign<'a>(
    planning: &Planning,
    employees: &'a [EmployeeId],
    dates: (&str, Option<&str>),
    cycle: &'a [Option<ShiftId>],
) -> RosterAssign<'a> {
    RosterAssign {
        employees,
        site_id: planning.fixture.site_id,
        from: day(dates.0),
        to: dates.1.map(day),
        anchor: day(dates.0),
        cycle,
        works_on_holidays: false,
        replace: false,
    }
}

/// Shift of each date as the rosters say it: the reading that the domain does too.
async fn plan(planning: &Planning, from: &str, to: &str) -> Vec<String> {
    let transaction = planning.begin().await;
    let filter = RosterFilter {
        employee_id: Some(planning.ada),
        ..RosterFilter::default()
    };
    let lines = roster_list(&transaction, &filter).await.unwrap();
    let mut plan = Vec::new();
    let mut date: Date = day(from);
    while date <= day(to) {
        let covering: Vec<_> = lines
            .iter()
            .filter(|line| line.from <= date && line.to.is_none_or(|to| date <= to))
            .collect();
        assert!(covering.len() <= 1, "two rosters on {date}");
        plan.push(covering.first().map_or("none".to_owned(), |line| {
            let days = date.since(line.anchor).unwrap().get_days();
            let length = i32::try_from(line.cycle.len()).unwrap();
            let index = usize::try_from(days.rem_euclid(length)).unwrap();
            line.cycle[index].clone().unwrap_or_else(|| "-".to_owned())
        }));
        date = date.checked_add(1.day()).unwrap();
    }
    plan
}

#[tokio::test]
async fn a_shift_is_stored_as_it_was_made() {
    let planning = Planning::new().await;
    let mut shift = fixed("Office", 420, 1200);
    shift.kind = ShiftKind::Flexible;
    shift.core = Some(Segment {
        begin_minute: 600,
        end_minute: 900,
    });
    shift.expected_minutes = Some(480);
    shift.breaks = vec![
        ScheduledBreak {
            segment: Segment {
                begin_minute: 720,
                end_minute: 750,
            },
            is_paid: false,
        },
        ScheduledBreak {
            segment: Segment {
                begin_minute: 900,
                end_minute: 910,
            },
            is_paid: true,
        },
    ];
    let transaction = planning.begin().await;
    shift_create(&transaction, &shift).await.unwrap();
    let stored = shift_list(&transaction).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].shift, shift);
    assert_eq!(stored[0].retired_at, None);
    let taken = refusal(shift_create(&transaction, &fixed("Office", 0, 60)).await);
    assert!(
        taken.contains("already one shift called `Office`"),
        "{taken}"
    );
}

#[tokio::test]
async fn impossible_shifts_are_refused_with_their_reason() {
    let planning = Planning::new().await;
    let transaction = planning.begin().await;
    let text = refusal(shift_create(&transaction, &fixed("Long", 0, 1500)).await);
    assert!(text.contains("24 h") && text.contains("`Long`"), "{text}");
    let mut split = fixed("Split", 480, 720);
    split.kind = ShiftKind::Split;
    split.segments.push(Segment {
        begin_minute: 700,
        end_minute: 900,
    });
    let text = refusal(shift_create(&transaction, &split).await);
    assert!(text.contains("without overlap"), "{text}");
    let mut rest = fixed("Break", 480, 960);
    rest.breaks.push(ScheduledBreak {
        segment: Segment {
            begin_minute: 900,
            end_minute: 1000,
        },
        is_paid: false,
    });
    let text = refusal(shift_create(&transaction, &rest).await);
    assert!(text.contains("breaks must lie within"), "{text}");
    assert_eq!(shift_list(&transaction).await.unwrap(), []);
}

#[tokio::test]
async fn unknown_and_retired_shifts_are_not_for_new_rosters() {
    let planning = Planning::new().await;
    let [early, ..] = planning.shifts().await;
    let transaction = planning.begin().await;
    let text = refusal(shift_by_names(&transaction, &["Early", "Erly"]).await);
    assert!(text.contains("there is no shift `Erly`"), "{text}");
    assert!(text.contains("Early, Late, Night"), "{text}");
    let cycle = [Some(early)];
    let people = [planning.ada];
    let roster = assign(&planning, &people, ("2026-11-02", None), &cycle);
    roster_assign(&transaction, &roster).await.unwrap();
    assert_eq!(shift_retire(&transaction, "Early").await.unwrap(), 1);
    assert_eq!(shift_retire(&transaction, "Late").await.unwrap(), 0);
    let text = refusal(shift_by_names(&transaction, &["Early"]).await);
    assert!(text.contains("`Early` is retired"), "{text}");
    assert!(refusal(shift_retire(&transaction, "Noon").await).contains("`Noon`"));
}

#[tokio::test]
async fn a_renamed_shift_marks_the_days_of_its_people() {
    let planning = Planning::new().await;
    let [early, ..] = planning.shifts().await;
    let transaction = planning.begin().await;
    let (people, cycle) = ([planning.ada], [Some(early)]);
    let roster = assign(&planning, &people, ("2026-11-02", None), &cycle);
    roster_assign(&transaction, &roster).await.unwrap();
    transaction.commit().await.unwrap();
    planning.marks().await;
    let transaction = planning.begin().await;
    shift_rename(&transaction, "Early", "Dawn").await.unwrap();
    assert!(refusal(shift_rename(&transaction, "Early", "x").await).contains("no shift"));
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-01-01 2099-12-31"]);
    assert_eq!(plan(&planning, "2026-11-02", "2026-11-02").await, ["Dawn"]);
}

#[tokio::test]
async fn a_roster_marks_its_dates_in_the_same_transaction() {
    let planning = Planning::new().await;
    let [early, late, _] = planning.shifts().await;
    let people = [planning.ada, planning.bob, planning.ada];
    let cycle = [Some(early), Some(late), None];
    let bounded = assign(
        &planning,
        &people,
        ("2026-11-02", Some("2026-11-08")),
        &cycle,
    );
    let transaction = planning.begin().await;
    roster_assign(&transaction, &bounded).await.unwrap();
    drop(transaction);
    assert_eq!(
        planning.marks().await,
        [""; 0],
        "rolled back with the roster"
    );
    let transaction = planning.begin().await;
    roster_assign(&transaction, &bounded).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        planning.marks().await,
        ["A1 2026-11-02 2026-11-08", "B2 2026-11-02 2026-11-08"]
    );
    let endless = assign(&planning, &people[1..2], ("2026-11-09", None), &cycle);
    let transaction = planning.begin().await;
    roster_assign(&transaction, &endless).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["B2 2026-11-09 2099-12-31"]);
    assert_eq!(
        plan(&planning, "2026-11-01", "2026-11-09").await,
        [
            "none", "Early", "Late", "-", "Early", "Late", "-", "Early", "none"
        ]
    );
}

#[tokio::test]
async fn a_mark_begins_when_the_employee_became_known() {
    let planning = Planning::new().await;
    let [early, ..] = planning.shifts().await;
    let (people, cycle) = ([planning.ada], [Some(early)]);
    let roster = assign(
        &planning,
        &people,
        ("2020-01-01", Some("2026-01-02")),
        &cycle,
    );
    let transaction = planning.begin().await;
    roster_assign(&transaction, &roster).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-01-01 2026-01-02"]);
    planning
        .admin(&format!(
            "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source)
             values ('{}', uuidv7(), '{}', '{}', '2025-06-10T08:00:00Z', 'import')",
            planning.fixture.organization_id, planning.ada, planning.fixture.site_id
        ))
        .await;
    let transaction = planning.begin().await;
    roster_end(&transaction, planning.ada, day("2020-01-01"))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2025-06-08 2026-01-02"]);
}

#[tokio::test]
async fn two_rosters_for_one_date_are_refused_by_name() {
    let planning = Planning::new().await;
    let [early, late, _] = planning.shifts().await;
    let (people, cycle) = ([planning.bob, planning.ada], [Some(early)]);
    let first = assign(
        &planning,
        &people[1..],
        ("2026-11-02", Some("2026-11-30")),
        &cycle,
    );
    let transaction = planning.begin().await;
    roster_assign(&transaction, &first).await.unwrap();
    let (other, from) = ([Some(late)], ("2026-11-30", None));
    let text =
        refusal(roster_assign(&transaction, &assign(&planning, &people, from, &other)).await);
    assert!(
        text.contains("Person A1 (A1) has a roster from 2026-11-02 to 2026-11-30 already"),
        "{text}"
    );
    assert!(text.contains("--replace"), "{text}");
    // The database itself refuses it too: two people who assign at once cannot both succeed.
    transaction.commit().await.unwrap();
    let transaction = planning.begin().await;
    let error = transaction
        .execute(
            "test",
            "insert into attendance.roster (organization_id, employee_id, site_id, valid, anchored_on, cycle_days)
             select organization_id, employee_id, site_id, '[2026-11-30,2026-12-05)', anchored_on, 1 from attendance.roster",
            &[],
        )
        .await
        .unwrap_err();
    assert_eq!(error.constraint(), Some("roster_employee_valid_key"));
}

#[tokio::test]
async fn wrong_dates_and_cycles_are_refused() {
    let planning = Planning::new().await;
    let [early, ..] = planning.shifts().await;
    let people = [planning.ada];
    let transaction = planning.begin().await;
    let cycle = [Some(early)];
    let backwards = assign(
        &planning,
        &people,
        ("2026-11-02", Some("2026-11-01")),
        &cycle,
    );
    let text = refusal(roster_assign(&transaction, &backwards).await);
    assert!(
        text.contains("ends on 2026-11-01 before it begins"),
        "{text}"
    );
    let text = refusal(
        roster_assign(
            &transaction,
            &assign(&planning, &people, ("2026-11-02", None), &[]),
        )
        .await,
    );
    assert!(text.contains("1 to 366"), "{text}");
    let long = vec![Some(early); 367];
    let roster = assign(&planning, &people, ("2026-11-02", None), &long);
    assert!(refusal(roster_assign(&transaction, &roster).await).contains("367 days"));
    let text = refusal(roster_end(&transaction, planning.ada, day("2026-11-02")).await);
    assert!(text.contains("no roster on 2026-11-02"), "{text}");
}

#[tokio::test]
async fn replacing_splits_the_older_roster_and_keeps_its_phase() {
    let planning = Planning::new().await;
    let [early, late, night] = planning.shifts().await;
    let people = [planning.ada];
    let cycle = [Some(early), Some(early), Some(late), None, None];
    let older = assign(&planning, &people, ("2026-11-01", None), &cycle);
    let transaction = planning.begin().await;
    roster_assign(&transaction, &older).await.unwrap();
    transaction.commit().await.unwrap();
    let before = plan(&planning, "2026-10-30", "2026-12-10").await;
    planning.marks().await;

    let nights = [Some(night)];
    let mut newer = assign(
        &planning,
        &people,
        ("2026-11-09", Some("2026-11-12")),
        &nights,
    );
    newer.replace = true;
    let transaction = planning.begin().await;
    assert_eq!(roster_assign(&transaction, &newer).await.unwrap(), 1);
    transaction.commit().await.unwrap();
    let mut expected = before;
    // 2026-11-09 is the eleventh date from 2026-10-30 on.
    expected[10..14].fill("Night".to_owned());
    assert_eq!(plan(&planning, "2026-10-30", "2026-12-10").await, expected);
    assert_eq!(planning.marks().await, ["A1 2026-11-09 2026-11-12"]);
    assert_eq!(
        planning
            .texts("select valid::text from attendance.roster order by valid")
            .await,
        [
            "[2026-11-01,2026-11-09)",
            "[2026-11-09,2026-11-13)",
            "[2026-11-13,)"
        ]
    );

    // The end is cut, and what lies inside vanishes.
    let transaction = planning.begin().await;
    let mut last = assign(&planning, &people, ("2026-11-05", None), &nights);
    last.replace = true;
    assert_eq!(roster_assign(&transaction, &last).await.unwrap(), 3);
    transaction.commit().await.unwrap();
    assert_eq!(
        planning
            .texts("select valid::text from attendance.roster order by valid")
            .await,
        ["[2026-11-01,2026-11-05)", "[2026-11-05,)"]
    );
    expected[6..].fill("Night".to_owned());
    assert_eq!(plan(&planning, "2026-10-30", "2026-12-10").await, expected);
}

#[tokio::test]
async fn a_roster_ends_and_marks_the_dates_that_lose_it() {
    let planning = Planning::new().await;
    let [early, late, _] = planning.shifts().await;
    let people = [planning.ada];
    let cycle = [Some(early), Some(late)];
    let transaction = planning.begin().await;
    let roster = assign(
        &planning,
        &people,
        ("2026-11-01", Some("2026-11-20")),
        &cycle,
    );
    roster_assign(&transaction, &roster).await.unwrap();
    transaction.commit().await.unwrap();
    planning.marks().await;
    let transaction = planning.begin().await;
    let until = roster_end(&transaction, planning.ada, day("2026-11-04")).await;
    assert_eq!(until.unwrap(), Some(day("2026-11-20")));
    let text = refusal(roster_end(&transaction, planning.ada, day("2026-11-04")).await);
    assert!(text.contains("ends on 2026-11-04 already"), "{text}");
    transaction.commit().await.unwrap();
    assert_eq!(planning.marks().await, ["A1 2026-11-05 2026-11-20"]);
    assert_eq!(
        plan(&planning, "2026-11-01", "2026-11-06").await,
        ["Early", "Late", "Early", "Late", "none", "none"]
    );
}

#[tokio::test]
async fn of_two_people_who_assign_at_once_one_succeeds() {
    let planning = Planning::new().await;
    let [early, late, _] = planning.shifts().await;
    let people = [planning.ada];
    let assign_one = async |shift: ShiftId| {
        let cycle = [Some(shift)];
        let roster = assign(&planning, &people, ("2026-11-02", None), &cycle);
        let transaction = planning.begin().await;
        roster_assign(&transaction, &roster).await?;
        transaction.commit().await
    };
    let (first, second) = tokio::join!(assign_one(early), assign_one(late));
    let (winner, loser) = if first.is_ok() {
        ("Early", second)
    } else {
        assert!(second.is_ok(), "{second:?}");
        ("Late", first)
    };
    let error = loser.unwrap_err();
    assert!(
        error.constraint() == Some("roster_employee_valid_key")
            || error.to_string().contains("has a roster"),
        "{error:?}"
    );
    assert_eq!(plan(&planning, "2026-11-02", "2026-11-02").await, [winner]);
    assert_eq!(planning.marks().await, ["A1 2026-11-02 2099-12-31"]);
}
