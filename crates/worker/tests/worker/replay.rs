//! Whatever happens, in whatever order, and whenever days are derived in between: the derived rows are
//! those of deleting them all and deriving them again, and those of any other order of the same events.
//! Must not know what a day should look like.

mod event;
mod script;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use rollcall_domain::id::EmployeeId;
use rollcall_domain::rules::Rules;
use rollcall_domain::{DayStatus, DirectionReason, ExceptionKind};
use rollcall_store::derivation::{RederiveFilter, day_delete_all, rederive_mark};
use rollcall_worker::derive_pending;

use crate::common::Stage;
use event::{Company, Event, NewPunch, apply};
use script::{Random, lanes};

/// Tables that a derivation writes.
const DERIVED: [&str; 6] = [
    "day",
    "session",
    "day_punch",
    "day_interval",
    "day_exception",
    "due_day",
];

/// Lanes left when days are derived after every event.
const N_LAST_LANES: usize = 40;

/// Plays the events of a seed in an order of its own, deriving now and then.
async fn played(seed: u64, order: u64) -> Company {
    let company = Company::new().await;
    let mut random = Random::new(seed << 8 | order);
    let mut lanes = lanes(&mut Random::new(seed));
    while !lanes.is_empty() {
        let lane = random.below(lanes.len());
        match lanes[lane].pop_front() {
            Some(event) => apply(&company, &event).await,
            None => drop(lanes.swap_remove(lane)),
        }
        // Seldom enough that marks of several events meet in one claim; in the end after each, so that
        // no later mark hides what an earlier one left out.
        if random.one_in(4) || lanes.len() < N_LAST_LANES {
            derive_pending(&company.stage.database.worker)
                .await
                .unwrap();
        }
    }
    derive_pending(&company.stage.database.worker)
        .await
        .unwrap();
    assert_eq!(company.stage.n_marks().await, 0);
    company
}

/// Every derived row, digests and all.
async fn rows(stage: &Stage) -> Vec<String> {
    stage.rows(&DERIVED).await
}

/// Derived rows in words that are the same in every database: ids by the names of what they are of.
async fn named_rows(stage: &Stage) -> Vec<String> {
    let names = "select id || '=' || name from (
           select employee_id::text, code from app.employee where organization_id = $1
           union all select site_id::text, name from app.site where organization_id = $1
           union all select shift_id::text, name from attendance.shift where organization_id = $1
           union all select rule_set_id::text, name from attendance.rule_set where organization_id = $1
           union all select organization_id::text, 'organisation' from app.organization where organization_id = $1
         ) as named (id, name)";
    let names = stage.query(names).await;
    let names: BTreeMap<&str, &str> = names
        .iter()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    let selects = DERIVED.map(|table| {
        format!(
            "select '{table} ' || (to_jsonb(t) - 'digest')::text as row from attendance.{table} t where organization_id = $1"
        )
    });
    let rows = stage.query(&selects.join(" union all ")).await;
    let mut rows: Vec<String> = rows
        .into_iter()
        .map(|row| {
            row.split('"')
                .map(|part| names.get(part).copied().unwrap_or(part))
                .collect::<Vec<_>>()
                .join("\"")
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Rows are long and many: shows the first that differ.
fn assert_same(what: &str, found: &[String], expected: &[String]) {
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        let lone = one.iter().filter(|row| other.binary_search(row).is_err());
        lone.take(3).cloned().collect()
    };
    if found != expected {
        panic!(
            "{what}\nonly as it was played:\n{:#?}\nonly in the other:\n{:#?}",
            only(found, expected),
            only(expected, found)
        );
    }
}

async fn delete_and_derive_again(stage: &Stage) {
    let transaction = stage.database.worker.begin(&stage.scope()).await.unwrap();
    day_delete_all(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(rows(stage).await, Vec::<String>::new());
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let filter = RederiveFilter {
        from: date(2025, 1, 1),
        to: date(2030, 12, 31),
        site_id: None,
        employees: Vec::<EmployeeId>::new(),
    };
    rederive_mark(&transaction, &filter).await.unwrap();
    transaction.commit().await.unwrap();
    derive_pending(&stage.database.worker).await.unwrap();
}

/// One seed: two orders, each against its own rows derived again.
async fn replay(seed: u64) {
    let (one, other) = tokio::join!(played(seed, 1), played(seed, 2));
    for (order, company) in [(1, &one), (2, &other)] {
        let stage = &company.stage;
        let live = rows(stage).await;
        assert!(live.len() > 200, "only {} rows", live.len());
        delete_and_derive_again(stage).await;
        let what = format!("seed {seed}, order {order}: derived again");
        assert_same(&what, &live, &rows(stage).await);
    }
    let what = format!("seed {seed}: another order");
    let (one, other) = (named_rows(&one.stage).await, named_rows(&other.stage).await);
    assert_same(&what, &one, &other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_order_of_events_gives_the_rows_of_one_derivation() {
    for seed in 1..=3 {
        replay(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_events_in_any_order_too() {
    for seed in 4..=6 {
        replay(seed).await;
    }
}

/// The property says nothing about what never happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_events_make_every_status_and_most_exceptions() {
    let (one, other) = tokio::join!(played(7, 1), played(9, 1));
    let mut seen = BTreeSet::new();
    for company in [&one, &other] {
        let words = "select status from attendance.day where organization_id = $1
                     union select kind from attendance.day_exception where organization_id = $1
                     union select direction_reason from attendance.day_punch where organization_id = $1
                     union select overtime from attendance.day_interval where organization_id = $1 and overtime is not null";
        seen.extend(company.stage.query(words).await);
    }
    for status in DayStatus::ALL {
        assert!(
            seen.contains(status.as_str()),
            "no day is {status}: {seen:?}"
        );
    }
    let n_of = |words: &[&str]| words.iter().filter(|word| seen.contains(**word)).count();
    let kinds: Vec<&str> = ExceptionKind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    assert!(n_of(&kinds) >= 9, "{seen:?}");
    let reasons: Vec<&str> = DirectionReason::ALL
        .iter()
        .map(|reason| reason.as_str())
        .collect();
    assert!(n_of(&reasons) >= 6, "{seen:?}");
    assert!(
        n_of(&["daily", "weekly", "rest_day", "holiday"]) >= 3,
        "{seen:?}"
    );
}

/// What random events hardly hit: the first date of a week decides about its last.
#[tokio::test(flavor = "multi_thread")]
async fn a_punch_taken_back_on_monday_takes_the_overtime_of_saturday() {
    let company = Company::new().await;
    let mut rules = Rules::default();
    rules.overtime.weekly_after_minutes = Some(2400);
    let rules = Event::Rules {
        site: None,
        from: date(2026, 2, 1),
        rules: Box::new(rules),
    };
    apply(&company, &rules).await;
    // Monday to Saturday from 09:00 to 17:00 in Berlin.
    for number in 0..12 {
        let (day, hour) = (2 + number / 2, 8 + 8 * (number % 2));
        let punch = NewPunch {
            number,
            person: 0,
            site: 0,
            at: format!("2026-03-{day:02}T{hour:02}:00:00Z")
                .parse()
                .unwrap(),
            source: "face",
            direction: Some(["in", "out"][number as usize % 2]),
            similarity: None,
            clock_skew_seconds: None,
        };
        apply(&company, &Event::Punch(punch)).await;
    }
    let worker = &company.stage.database.worker;
    let saturday = "select overtime_weekly_minutes::text from attendance.day
                    where organization_id = $1 and work_date = '2026-03-07' and n_punches > 0";
    derive_pending(worker).await.unwrap();
    assert_eq!(company.stage.query(saturday).await, ["480"]);
    apply(&company, &Event::Void(1)).await;
    derive_pending(worker).await.unwrap();
    assert_eq!(company.stage.query(saturday).await, ["0"]);
}
