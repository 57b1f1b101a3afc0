//! The derivation loop: marked and due days → `rollcall_domain::derive_days` → stored days. Must not know
//! the rules or SQL.

use std::collections::HashMap;
use std::time::Duration;

use rollcall_domain::derive_days;
use rollcall_domain::id::{EmployeeId, OrganizationId};
use rollcall_store::derivation::{
    ClaimLimits, DayClaim, Derived, PersonOutcomes, Work, WorkFilter, work_find,
};
use rollcall_store::{Database, Result, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};
use crate::pace::{Pace, error_chain};

/// Interval under load: latency of a punch that arrives while others do.
const BUSY: Duration = Duration::from_millis(5);
/// Interval after a while without work.
const IDLE: Duration = Duration::from_millis(250);
/// Rows of each kind looked at in one round.
const ROWS_PER_ROUND: i64 = 2048;
/// What one transaction takes: enough to spread its commit, few enough to leave work to others and to
/// come back soon to somebody who has just been seen.
const LIMITS: ClaimLimits = ClaimLimits {
    n_employees: 256,
    n_days: 1024,
};
/// How long a person whose data cannot be derived waits for the next try.
const SET_ASIDE: Duration = Duration::from_secs(60);

/// Runs until `stop`.
pub(crate) async fn run(database: &Database, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Derivation, BUSY, IDLE);
    let mut derivation = Derivation::new(database, None);
    while !stop.is_cancelled() {
        match derivation.round().await {
            Ok(derived) => pace.looked(derived.found_work()),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

/// Derives everything that is marked or due now, and returns what was done; for commands and tests.
/// People whose data cannot be derived are left and logged.
pub async fn derive_pending(database: &Database) -> Result<Derived> {
    let mut derivation = Derivation::new(database, None);
    let mut total = Derived::default();
    loop {
        let derived = derivation.round().await?;
        if !derived.found_work() {
            return Ok(total);
        }
        total.add(derived);
    }
}

/// Derivation in the hands of a caller, round by round: each round is durable, and whoever stops in
/// between loses nothing, because what is left stays marked.
pub struct Derivation {
    database: Database,
    organization_id: Option<OrganizationId>,
    set_aside: SetAside,
}

impl Derivation {
    /// A derivation as role `rollcall_worker`, of one organisation or of all.
    pub fn new(database: &Database, organization_id: Option<OrganizationId>) -> Self {
        Self {
            database: database.clone(),
            organization_id,
            set_aside: SetAside::default(),
        }
    }

    /// People whose data could not be derived lately.
    pub fn n_set_aside(&mut self) -> usize {
        self.set_aside.now().len()
    }

    /// One look at the queue: a batch of each organisation that has work.
    pub async fn round(&mut self) -> Result<Derived> {
        let mut total = Derived::default();
        let filter = WorkFilter {
            organization_id: self.organization_id,
            limit: ROWS_PER_ROUND,
            except: self.set_aside.now(),
        };
        for work in work_find(&self.database, &filter).await? {
            let derived = match batch(&self.database, &work).await {
                Ok(derived) => derived,
                Err(error) if is_about_data(&error) => {
                    one_by_one(&self.database, &work, &mut self.set_aside).await?
                }
                Err(error) => return Err(error),
            };
            total.add(derived);
        }
        Ok(total)
    }
}

/// One claim, one transaction.
async fn batch(database: &Database, work: &Work) -> Result<Derived> {
    let begin = Instant::now();
    let Some(claim) = DayClaim::take(database, work, LIMITS).await? else {
        return Ok(Derived::default());
    };
    let people: Vec<PersonOutcomes> = claim
        .people()
        .map(|(span, input)| PersonOutcomes {
            span,
            outcomes: input.map_or_else(Vec::new, |input| derive_days(claim.book(), &input)),
        })
        .collect();
    let derived = claim.store(people).await?;
    WorkerMetric::DerivationBatchSeconds.record(begin.elapsed());
    WorkerMetric::DaysDerivedTotal.count(derived.n_days);
    WorkerMetric::DaysChangedTotal.count(derived.n_changed);
    WorkerMetric::MarksTakenTotal.count(derived.n_marks);
    WorkerMetric::PunchesAnnouncedTotal.count(derived.n_announced);
    tracing::debug!(
        organization.id = %work.organization_id,
        n_days = derived.n_days,
        n_changed = derived.n_changed,
        n_adjusted = derived.n_adjusted,
        n_marks = derived.n_marks,
        n_due = derived.n_due,
        elapsed_ms = begin.elapsed().as_millis(),
        "derived {} days of organisation {}",
        derived.n_days,
        work.organization_id,
    );
    Ok(derived)
}

/// After a batch failed on its data: one person at a time, so that one bad row does not hold up the
/// others. Whoever fails alone is set aside and tried again later.
async fn one_by_one(database: &Database, work: &Work, set_aside: &mut SetAside) -> Result<Derived> {
    let mut total = Derived::default();
    for employee_id in work.employees() {
        match batch(database, &work.only(employee_id)).await {
            Ok(derived) => total.add(derived),
            Err(error) if is_about_data(&error) => {
                WorkerMetric::EmployeesSetAsideTotal.count(1);
                tracing::error!(
                    organization.id = %work.organization_id,
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
        StoreError::Row { .. } | StoreError::Refused { .. } => true,
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
