//! Days of a planned company: shifts, nights, holidays, leave, weekly overtime, several sites. Whatever
//! the order and the number of workers, the rows are the same, and only what differs is written.

use jiff::civil::{Weekday, date};
use rollcall_domain::id::{EmployeeId, ShiftId};
use rollcall_domain::rules::{AutomaticBreak, Rules};
use rollcall_domain::{DayPart, Segment, Shift, ShiftKind};
use rollcall_store::derivation::{
    Derived, RederiveFilter, day_delete_all, days_waiting, rederive_mark,
};
use rollcall_store::holiday::{HolidaySpec, holiday_add};
use rollcall_store::leave::{LeaveSpec, leave_add};
use rollcall_store::roster::{RosterAssign, roster_assign};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply};
use rollcall_store::shift::shift_create;
use rollcall_store::site_change::site_time_zone_set;
use rollcall_worker::{Derivation, derive_pending};
use uuid::Uuid;

use crate::common::Stage;

/// First and last date of the company's time.
const FIRST: &str = "2026-10-05";
const LAST: &str = "2026-11-08";

async fn derive(stage: &Stage) -> Derived {
    derive_pending(&stage.database.worker).await.unwrap()
}

fn shift(name: &str, begin_minute: i32, end_minute: i32) -> Shift {
    Shift {
        shift_id: ShiftId(Uuid::now_v7()),
        name: name.to_owned(),
        kind: ShiftKind::Fixed,
        segments: vec![Segment {
            begin_minute,
            end_minute,
        }],
        core: None,
        expected_minutes: None,
        window_before_minutes: 120,
        window_after_minutes: 240,
        breaks: Vec::new(),
    }
}

/// Five weeks of three people: early shifts in a week, nights in a rotation, and nobody's roster. With
/// the end of summer time, a holiday, leave of a week and of half a day, and a site that moves.
async fn company() -> (Stage, [EmployeeId; 3]) {
    let stage = Stage::new().await;
    let people = [
        stage.employee("DAY").await,
        stage.employee("NIGHT").await,
        stage.employee("OPEN").await,
    ];
    stage.hired_on(FIRST).await;
    plan(&stage, people).await;
    for day in 0..33 {
        let date = date(2026, 10, 5).saturating_add(jiff::Span::new().days(day));
        let minute = day * 7 % 50;
        // Late at times, away at times, once without an end, once twice at the door.
        if day % 9 != 4 && day % 7 < 5 {
            punch(
                &stage,
                people[0],
                &format!("{date}T{}:{minute:02}", ["08", "09"][day as usize % 2]),
                None,
            )
            .await;
            punch(&stage, people[0], &format!("{date}T12:01"), None).await;
            punch(&stage, people[0], &format!("{date}T12:40"), None).await;
            if day != 11 {
                punch(&stage, people[0], &format!("{date}T18:{minute:02}"), None).await;
            }
        }
        if day % 4 < 2 {
            punch(
                &stage,
                people[1],
                &format!("{date}T21:5{}", day % 10),
                Some("in"),
            )
            .await;
            let next = date.saturating_add(jiff::Span::new().days(1));
            punch(
                &stage,
                people[1],
                &format!("{next}T06:0{}", day % 10),
                Some("out"),
            )
            .await;
        }
        if day % 3 == 0 {
            punch(&stage, people[2], &format!("{date}T10:00"), None).await;
            punch(&stage, people[2], &format!("{date}T15:30"), None).await;
        }
    }
    for employee_id in people {
        stage.mark(employee_id, FIRST, LAST).await;
    }
    (stage, people)
}

async fn plan(stage: &Stage, people: [EmployeeId; 3]) {
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let (early, night) = (shift("Early", 540, 1020), shift("Night", 1320, 1800));
    shift_create(&transaction, &early).await.unwrap();
    shift_create(&transaction, &night).await.unwrap();
    let (e, n) = (Some(early.shift_id), Some(night.shift_id));
    let week = [e, e, e, e, e, None, None];
    let rotation = [n, n, None, None];
    let rosters: [(EmployeeId, &[Option<ShiftId>]); 2] =
        [(people[0], &week), (people[1], &rotation)];
    for (employee_id, cycle) in rosters {
        let roster = RosterAssign {
            employees: &[employee_id],
            site_id: stage.fixture.site_id,
            from: date(2026, 10, 5),
            to: None,
            anchor: date(2026, 10, 5),
            cycle,
            works_on_holidays: false,
            replace: false,
        };
        roster_assign(&transaction, &roster).await.unwrap();
    }
    let mut rules = Rules {
        grace_in_minutes: 5,
        rest_weekdays: vec![Weekday::Saturday, Weekday::Sunday],
        minimum_rest_minutes: 660,
        ..Rules::default()
    };
    rules.overtime.weekly_after_minutes = Some(38 * 60);
    rules.breaks.automatic = vec![AutomaticBreak {
        after_minutes: 360,
        break_minutes: 30,
    }];
    let apply = RuleSetApply {
        name: Some("Standard"),
        site_id: None,
        valid_from: date(2026, 10, 12),
        rules: &rules,
    };
    rule_set_apply(&transaction, &apply).await.unwrap();
    let holiday = HolidaySpec {
        site_id: None,
        date: date(2026, 10, 20),
        name: "Founders' day".to_owned(),
        part: DayPart::Whole,
    };
    holiday_add(&transaction, &[holiday]).await.unwrap();
    for (person, from, to, part) in [
        (
            people[0],
            date(2026, 11, 2),
            date(2026, 11, 6),
            DayPart::Whole,
        ),
        (
            people[2],
            date(2026, 10, 14),
            date(2026, 10, 14),
            DayPart::FirstHalf,
        ),
    ] {
        let leave = LeaveSpec {
            employee_id: person,
            from,
            to,
            part,
            is_paid: true,
            kind: "annual",
            note: None,
        };
        leave_add(&transaction, &leave).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn punch(stage: &Stage, employee_id: EmployeeId, local: &str, direction: Option<&str>) {
    let zoned = format!("{local}[Europe/Berlin]")
        .parse::<jiff::Zoned>()
        .unwrap();
    stage
        .punch(employee_id, &zoned.timestamp().to_string(), direction)
        .await;
}

/// Everything that the derivation writes.
async fn everything(stage: &Stage) -> Vec<String> {
    let mut rows = stage.derived_rows().await;
    rows.extend(stage.rows(&["due_day"]).await);
    rows
}

/// Rows are long: shows the first ones that differ only.
fn assert_same(found: &[String], expected: &[String]) {
    for row in found {
        assert!(expected.contains(row), "not expected: {row}");
    }
    for row in expected {
        assert!(found.contains(row), "missing: {row}");
    }
    assert_eq!(found.len(), expected.len());
}

fn n_rows(rows: &[String], table: &str) -> usize {
    let begin = format!("{table} ");
    rows.iter().filter(|row| row.starts_with(&begin)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deleting_and_deriving_again_gives_identical_rows() {
    let (stage, _) = company().await;
    derive(&stage).await;
    let before = everything(&stage).await;
    // 35 dates of each person, but for work expected of nobody.
    assert!(n_rows(&before, "day") >= 100, "{}", n_rows(&before, "day"));
    for (table, least) in [
        ("session", 10),
        ("day_punch", 10),
        ("day_interval", 10),
        ("day_exception", 1),
    ] {
        assert!(n_rows(&before, table) >= least, "{table}");
    }
    let statuses = stage
        .query("select distinct status from attendance.day where organization_id = $1 order by 1")
        .await;
    assert_eq!(
        statuses,
        [
            "absent",
            "holiday",
            "incomplete",
            "late",
            "on_leave",
            "present",
            "rest_day"
        ]
    );

    let transaction = stage.database.worker.begin(&stage.scope()).await.unwrap();
    day_delete_all(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(everything(&stage).await, Vec::<String>::new());
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let filter = RederiveFilter {
        from: date(2026, 1, 1),
        to: date(2027, 12, 31),
        site_id: None,
        employees: Vec::new(),
    };
    let marked = rederive_mark(&transaction, &filter).await.unwrap();
    assert_eq!(marked.n_employees, 3);
    transaction.commit().await.unwrap();
    // Two at once, and each date in another claim than before.
    tokio::join!(derive(&stage), derive(&stage));
    derive(&stage).await;
    assert_same(&everything(&stage).await, &before);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_read_the_same_are_not_written_again() {
    let (stage, people) = company().await;
    derive(&stage).await;
    let versions = "select d.employee_id || ' ' || d.work_date || ' ' || d.xmin || ' ' || d.ctid from attendance.day d
                    where d.organization_id = $1 order by 1";
    let before = stage.query(versions).await;
    for employee_id in people {
        stage.mark(employee_id, FIRST, LAST).await;
    }
    let derived = derive(&stage).await;
    assert!(derived.n_days >= 100);
    assert_eq!((derived.n_changed, derived.n_marks), (0, 3));
    assert_eq!(stage.query(versions).await, before);

    // One more punch changes its day, and the overtime of its week at most.
    punch(&stage, people[0], "2026-10-21T19:30", None).await;
    let derived = derive(&stage).await;
    assert!((1..=5).contains(&derived.n_changed), "{derived:?}");
    let after = stage.query(versions).await;
    let n_same = before.iter().filter(|row| after.contains(row)).count();
    assert_eq!(n_same, before.len() - derived.n_changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_change_moves_the_days_after_it() {
    let (stage, people) = company().await;
    derive(&stage).await;
    let days = "select work_date || ' ' || time_zone from attendance.day where organization_id = $1
                and employee_id = (select employee_id from app.employee where code = 'OPEN') and n_punches > 0 order by 1";
    let before = stage.query(days).await;
    assert!(before.iter().all(|day| day.ends_with("Europe/Berlin")));
    let transaction = stage.database.admin.begin(&stage.scope()).await.unwrap();
    let at = "2026-10-20T12:00:00Z".parse().unwrap();
    site_time_zone_set(&transaction, stage.fixture.site_id, "Asia/Tokyo", at)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let derived = derive(&stage).await;
    assert!(derived.n_changed > 0);
    let after = stage.query(days).await;
    let moved = after.iter().filter(|day| day.ends_with("Asia/Tokyo"));
    assert!(moved.count() >= 5, "{after:?}");
    assert!(
        after.contains(&"2026-10-17 Europe/Berlin".to_owned()),
        "{after:?}"
    );
    let _ = people;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_derivation_goes_on_where_it_stopped() {
    let (stage, _) = company().await;
    derive(&stage).await;
    let whole = stage.derived_rows().await;
    let transaction = stage.database.worker.begin(&stage.scope()).await.unwrap();
    day_delete_all(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let organization_id = stage.fixture.organization_id;
    let waiting = || async {
        days_waiting(&stage.database.worker, organization_id)
            .await
            .unwrap()
    };
    // Four years of each person are more than one round takes.
    for code in ["DAY", "NIGHT", "OPEN"] {
        stage
            .execute(&format!(
                "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
                 select organization_id, employee_id, '2023-01-01', current_date + 1 from app.employee where code = '{code}'"
            ))
            .await;
    }
    let all = waiting().await;
    let mut derivation = Derivation::new(&stage.database.worker, Some(organization_id));
    let derived = derivation.round().await.unwrap();
    let left = waiting().await;
    assert!(0 < left && left < all, "{left} of {all}");
    assert_eq!(derived.n_marked_days, all - left);
    // Interrupted in the middle of the next round: what it had in hand is given back.
    {
        let mut interrupted = Derivation::new(&stage.database.worker, Some(organization_id));
        let round = interrupted.round();
        tokio::pin!(round);
        let _ = begin_only(&mut round).await;
    }
    derive(&stage).await;
    assert_eq!(waiting().await, 0);
    assert_same(&stage.derived_rows().await, &whole);
}

/// Lets a future begin and gives up on it.
async fn begin_only<F: Future>(future: &mut std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut n_polls = 0;
    std::future::poll_fn(|context| {
        n_polls += 1;
        match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
            // A few answers of the database: the claim is made and not stored.
            std::task::Poll::Pending if n_polls >= 6 => std::task::Poll::Ready(None),
            std::task::Poll::Pending => std::task::Poll::Pending,
        }
    })
    .await
}
