//! The derivation loop: dirty days → `rollcall_domain::derive_day` → stored days. Must not know the
//! rules or SQL.

use std::collections::HashMap;
use std::time::Duration;

use rollcall_domain::id::EmployeeId;
use rollcall_domain::{DayInput, derive_day};
use rollcall_store::derivation::{DayClaim, Derived, DirtyMarks, dirty_find};
use rollcall_store::{Database, Result, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};
use crate::pace::{Pace, error_chain};

/// Interval under load: latency of a punch that arrives while others do.
const BUSY: Duration = Duration::from_millis(5);
/// Interval after a while without work.
const IDLE: Duration = Duration::from_millis(250);
/// Marks looked at in one round.
const MARKS_PER_ROUND: i64 = 2048;
/// People in one transaction: enough to spread its commit, few enough to leave work to others.
const EMPLOYEES_PER_BATCH: i64 = 256;
/// How long a person whose data cannot be derived waits for the next try.
const SET_ASIDE: Duration = Duration::from_secs(60);

/// Runs until `stop`.
pub(crate) async fn run(database: &Database, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Derivation, BUSY, IDLE);
    let mut set_aside = SetAside::default();
    while !stop.is_cancelled() {
        match round(database, &mut set_aside).await {
            Ok(derived) => pace.looked(derived.n_marks > 0),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

/// Derives everything that is marked now, and returns what was done; for commands and tests.
/// People whose data cannot be derived are left and logged.
pub async fn derive_pending(database: &Database) -> Result<Derived> {
    let mut set_aside = SetAside::default();
    let mut total = Derived::default();
    loop {
        let derived = round(database, &mut set_aside).await?;
        if derived.n_marks == 0 {
            return Ok(total);
        }
        add(&mut total, derived);
    }
}

/// One look at the queue: a batch of each organisation that has marks.
async fn round(database: &Database, set_aside: &mut SetAside) -> Result<Derived> {
    let mut total = Derived::default();
    for marks in dirty_find(database, MARKS_PER_ROUND, &set_aside.now()).await? {
        let derived = match batch(database, &marks, EMPLOYEES_PER_BATCH).await {
            Ok(derived) => derived,
            Err(error) if is_about_data(&error) => one_by_one(database, &marks, set_aside).await?,
            Err(error) => return Err(error),
        };
        add(&mut total, derived);
    }
    Ok(total)
}

/// One claim, one transaction.
async fn batch(database: &Database, marks: &DirtyMarks, max_employees: i64) -> Result<Derived> {
    let begin = Instant::now();
    let Some(claim) = DayClaim::take(database, marks, max_employees).await? else {
        return Ok(Derived::default());
    };
    let days: Vec<_> = claim
        .days()
        .map(|key| {
            let input = DayInput {
                work_date: key.work_date,
                punches: claim.punches(key.employee_id),
                sites: claim.sites(),
            };
            (key, derive_day(&input))
        })
        .collect();
    let derived = claim.store(&days).await?;
    WorkerMetric::DerivationBatchSeconds.record(begin.elapsed());
    WorkerMetric::DaysDerivedTotal.count(derived.n_days);
    WorkerMetric::MarksTakenTotal.count(derived.n_marks);
    WorkerMetric::PunchesAnnouncedTotal.count(derived.n_announced);
    tracing::debug!(
        organization.id = %marks.organization_id,
        n_days = derived.n_days,
        n_marks = derived.n_marks,
        elapsed_ms = begin.elapsed().as_millis(),
        "derived {} days of organisation {}",
        derived.n_days,
        marks.organization_id,
    );
    Ok(derived)
}

/// After a batch failed on its data: one person at a time, so that one bad row does not hold up the
/// others. Whoever fails alone is set aside and tried again later.
async fn one_by_one(
    database: &Database,
    marks: &DirtyMarks,
    set_aside: &mut SetAside,
) -> Result<Derived> {
    let mut by_employee: HashMap<EmployeeId, DirtyMarks> = HashMap::new();
    for (dirty_id, employee_id) in &marks.marks {
        by_employee
            .entry(*employee_id)
            .or_insert_with(|| DirtyMarks {
                organization_id: marks.organization_id,
                marks: Vec::new(),
            })
            .marks
            .push((*dirty_id, *employee_id));
    }
    let mut total = Derived::default();
    for (employee_id, marks) in by_employee {
        match batch(database, &marks, 1).await {
            Ok(derived) => add(&mut total, derived),
            Err(error) if is_about_data(&error) => {
                WorkerMetric::EmployeesSetAsideTotal.count(1);
                tracing::error!(
                    organization.id = %marks.organization_id,
                    employee.id = %employee_id,
                    error = error_chain(&error),
                    "days of employee {employee_id} cannot be derived; trying again in {} s",
                    SET_ASIDE.as_secs(),
                );
                set_aside
                    .until
                    .insert(employee_id, Instant::now() + SET_ASIDE);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

/// True when the server or we refused the data (SQLSTATE classes 22 and 23, unreadable values); a
/// server that is away, busy or shutting down is another matter.
fn is_about_data(error: &StoreError) -> bool {
    match error {
        StoreError::Row { .. } => true,
        _ => error
            .code()
            .is_some_and(|code| code.starts_with("22") || code.starts_with("23")),
    }
}

/// People to leave alone for a while.
#[derive(Default)]
struct SetAside {
    until: HashMap<EmployeeId, Instant>,
}

impl SetAside {
    fn now(&mut self) -> Vec<EmployeeId> {
        let now = Instant::now();
        self.until.retain(|_, until| *until > now);
        self.until.keys().copied().collect()
    }
}

fn add(total: &mut Derived, derived: Derived) {
    total.n_days += derived.n_days;
    total.n_marks += derived.n_marks;
    total.n_announced += derived.n_announced;
}
