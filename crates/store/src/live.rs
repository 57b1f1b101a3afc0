//! What changed lately, in the order of commits: written in the transaction that changes something, read by
//! whoever shows it live. Must not know who is told, nor what the changed rows say.
//!
//! A row names one transaction. Together with a [`Snapshot`] taken earlier this tells exactly what was
//! committed since: neither clocks nor sequences do, because whoever takes the lower number may commit later.

mod device;
mod snapshot;
mod subject;
mod viewer;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, SightingId, SiteId};
use serde_json::json;
use uuid::Uuid;

use crate::database::{Database, Transaction};
use crate::error::{Result, StoreError};
pub use device::device_health_announce;
pub use snapshot::Snapshot;
pub use subject::{
    EnrolmentJob, ReviewSighting, day_by_keys, enrolment_job_by_ids, review_sighting_by_ids,
};
pub use viewer::{Access, Visibility, live_credentials, live_visibility};

/// Channel of announcements that have none of their own: `{"organization_id"}`. The derivation's are
/// [`PUNCH_CHANNEL`](crate::derivation::PUNCH_CHANNEL) and [`DAY_CHANNEL`](crate::derivation::DAY_CHANNEL).
pub const LIVE_CHANNEL: &str = "rollcall_live";

/// For how long changes can be read again.
pub const LIVE_WINDOW_MINUTES: i64 = 60;
/// Changes are kept a little longer than that, for readings that have begun.
const KEPT: &str = "75 minutes";
/// Subjects in one row, so that a reader can stop at a moderate amount.
const SUBJECTS_PER_ROW: usize = 500;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LiveKind {
    /// A punch was derived.
    Punch,
    /// A derived day differs from before, or is gone.
    Day,
    /// A day has an exception that it had not.
    Exception,
    /// A device went online, offline, …
    Device,
    /// A photograph's enrolment was queued or ended.
    Enrolment,
    /// A sighting came to the people who look at those that nobody was sure of, or left them.
    Review,
}

impl LiveKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Punch,
        Self::Day,
        Self::Exception,
        Self::Device,
        Self::Enrolment,
        Self::Review,
    ];

    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Punch => "punch",
            Self::Day => "day",
            Self::Exception => "exception",
            Self::Device => "device",
            Self::Enrolment => "enrolment",
            Self::Review => "review",
        }
    }

    /// The kind with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSubject {
    /// Its id; of a day or an exception that of the employee.
    pub id: Uuid,
    /// Whose it is, if anybody's.
    pub employee_id: Option<EmployeeId>,
    /// Where it is, if that was known.
    pub site_id: Option<SiteId>,
    /// Of which work date, of a day or an exception.
    pub work_date: Option<Date>,
    /// See [`LiveKind`]: kind of exception, health, state, what became of it.
    pub word: Option<String>,
}

/// A change in the order in which changes are told: transactions by their id, then as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveChange {
    /// Where it is in the order.
    pub position: LivePosition,
    /// What changed.
    pub kind: LiveKind,
    /// Of what.
    pub subject: LiveSubject,
}

/// A place in the order of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LivePosition {
    /// The transaction.
    pub xact_id: u64,
    /// Its record.
    pub change_id: Uuid,
    /// Which subject of it, from 1.
    pub ordinal: i64,
}

/// Records changes and announces them with the commit. Not for calls of devices, which may not notify.
pub async fn live_record(
    transaction: &Transaction,
    organization_id: OrganizationId,
    kind: LiveKind,
    subjects: &[LiveSubject],
) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    live_write(transaction, organization_id, kind, subjects).await?;
    transaction
        .execute(
            "announce changes",
            "select pg_notify($1, $2)",
            &[
                &LIVE_CHANNEL,
                &json!({ "organization_id": organization_id.0 }).to_string(),
            ],
        )
        .await?;
    Ok(())
}

/// As [`live_record`], announced by the caller.
pub(crate) async fn live_write(
    transaction: &Transaction,
    organization_id: OrganizationId,
    kind: LiveKind,
    subjects: &[LiveSubject],
) -> Result<()> {
    for subjects in subjects.chunks(SUBJECTS_PER_ROW) {
        let ids: Vec<Uuid> = subjects.iter().map(|subject| subject.id).collect();
        let employees: Vec<Option<Uuid>> = subjects
            .iter()
            .map(|subject| subject.employee_id.map(|id| id.0))
            .collect();
        let sites: Vec<Option<Uuid>> = subjects
            .iter()
            .map(|subject| subject.site_id.map(|id| id.0))
            .collect();
        let dates: Vec<Option<Date>> = subjects.iter().map(|subject| subject.work_date).collect();
        let words: Vec<Option<&str>> = subjects
            .iter()
            .map(|subject| subject.word.as_deref())
            .collect();
        transaction
            .execute(
                "record changes",
                "insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids, work_dates, words)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    &organization_id.0,
                    &kind.as_str(),
                    &ids,
                    &employees,
                    &sites,
                    &dates,
                    &words,
                ],
            )
            .await?;
    }
    Ok(())
}

/// As [`live_write`], for derived punches, of which only the ids are known.
pub(crate) async fn live_write_punches(
    transaction: &Transaction,
    organization_id: OrganizationId,
    punch_ids: &[Uuid],
) -> Result<()> {
    transaction
        .execute(
            "record derived punches",
            "insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids)
             select $1, 'punch', array_agg(p.punch_id order by p.occurred_at, p.punch_id),
               array_agg(p.employee_id order by p.occurred_at, p.punch_id),
               array_agg(p.site_id order by p.occurred_at, p.punch_id)
             from attendance.punch p
             where p.organization_id = $1 and p.punch_id = any ($2)
             having count(*) > 0",
            &[&organization_id.0, &punch_ids],
        )
        .await?;
    Ok(())
}

/// Tells that sightings came to those that a person has to look at (`added`), or left them (`decided`).
pub async fn live_review(
    transaction: &Transaction,
    organization_id: OrganizationId,
    word: &str,
    sightings: &[(SightingId, SiteId)],
) -> Result<()> {
    let subjects: Vec<LiveSubject> = sightings
        .iter()
        .map(|(sighting_id, site_id)| LiveSubject {
            id: sighting_id.0,
            employee_id: None,
            site_id: Some(*site_id),
            work_date: None,
            word: Some(word.to_owned()),
        })
        .collect();
    live_record(transaction, organization_id, LiveKind::Review, &subjects).await
}

/// What is committed at this moment.
pub async fn live_snapshot(transaction: &Transaction) -> Result<Snapshot> {
    let row = transaction
        .query_one(
            "read the present snapshot",
            "select pg_current_snapshot()::text",
            &[],
        )
        .await?;
    snapshot(row.get(0))
}

fn snapshot(text: &str) -> Result<Snapshot> {
    text.parse().map_err(|()| StoreError::Row {
        operation: "read the present snapshot",
        column: "pg_current_snapshot",
        value: text.to_owned(),
    })
}

/// What was committed since a snapshot.
#[derive(Debug)]
pub struct LiveNews {
    /// The moment of reading: what comes next is committed after it.
    pub snapshot: Snapshot,
    /// In their order; none when there are too many.
    pub changes: Option<Vec<LiveChange>>,
}

/// Changes of some kinds in the organisation of the transaction that `since` does not show; when they are more
/// than `limit`, none at all. The transaction must be one of the whole organisation.
pub async fn live_news(
    transaction: &Transaction,
    since: &Snapshot,
    kinds: &[LiveKind],
    limit: i64,
) -> Result<LiveNews> {
    const OPERATION: &str = "read changes";
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let rows = transaction
        .query(
            OPERATION,
            // The condition on xmin, which the other one implies, is the one that an index serves.
            "with waiting as materialized (
               select c.xact_id, c.change_id, c.kind, c.ids, c.employee_ids, c.site_ids, c.work_dates, c.words
               from app.live_change c
               where c.organization_id = app.current_organization_id()
                 and c.xact_id >= $1::text::xid8
                 and not pg_visible_in_snapshot(c.xact_id, $2::text::pg_snapshot)
                 and c.kind = any ($3)
             ), amount as materialized (
               select pg_current_snapshot()::text as snapshot, coalesce(sum(cardinality(ids)), 0)::bigint as n
               from waiting
             )
             select a.snapshot, a.n, w.xact_id::text as xact_id, w.change_id, w.kind,
               u.id, u.employee_id, u.site_id, u.work_date, u.word, u.ordinal
             from amount a
             left join waiting w on a.n <= $4
             left join lateral unnest(w.ids, w.employee_ids, w.site_ids, w.work_dates, w.words)
               with ordinality as u (id, employee_id, site_id, work_date, word, ordinal) on true
             order by w.xact_id, w.change_id, u.ordinal",
            &[
                &since.xmin().to_string(),
                &since.to_string(),
                &kinds,
                &limit,
            ],
        )
        .await?;
    let first = rows.first().ok_or_else(|| StoreError::Row {
        operation: OPERATION,
        column: "snapshot",
        value: String::new(),
    })?;
    let snapshot = snapshot(first.get("snapshot"))?;
    if first.get::<_, i64>("n") > limit {
        return Ok(LiveNews {
            snapshot,
            changes: None,
        });
    }
    let changes = rows
        .iter()
        .filter(|row| row.get::<_, Option<Uuid>>("id").is_some())
        .map(|row| change(OPERATION, row))
        .collect::<Result<_>>()?;
    Ok(LiveNews {
        snapshot,
        changes: Some(changes),
    })
}

fn change(operation: &'static str, row: &tokio_postgres::Row) -> Result<LiveChange> {
    let xact_id: &str = row.get("xact_id");
    let xact_id = xact_id.parse().map_err(|_| StoreError::Row {
        operation,
        column: "xact_id",
        value: xact_id.to_owned(),
    })?;
    Ok(LiveChange {
        position: LivePosition {
            xact_id,
            change_id: row.get("change_id"),
            ordinal: row.get("ordinal"),
        },
        kind: crate::row::word(row, operation, "kind", LiveKind::parse)?,
        subject: LiveSubject {
            id: row.get("id"),
            employee_id: row.get::<_, Option<Uuid>>("employee_id").map(EmployeeId),
            site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
            work_date: crate::row::optional_date(row, operation, "work_date")?,
            word: row.get("word"),
        },
    })
}

/// Announces changes that were recorded without an announcement since `since`: those of calls of devices.
/// As role `rollcall_worker`, for all organisations. Returns the moment up to which that was done.
pub async fn live_announce(worker: &Database, since: &Snapshot) -> Result<Snapshot> {
    let transaction = worker.begin_unscoped().await?;
    let row = transaction
        .query_one(
            "announce changes of devices",
            "with news as materialized (
               select distinct c.organization_id from app.live_change c
               where c.xact_id >= $1::text::xid8 and not pg_visible_in_snapshot(c.xact_id, $2::text::pg_snapshot)
                 and c.kind = 'review'
             )
             select pg_current_snapshot()::text,
               count(pg_notify($3, json_build_object('organization_id', news.organization_id)::text))
             from news",
            &[&since.xmin().to_string(), &since.to_string(), &LIVE_CHANNEL],
        )
        .await?;
    let snapshot = snapshot(row.get(0))?;
    transaction.commit().await?;
    Ok(snapshot)
}

/// Forgets changes that nobody can ask for any more, of all organisations; as role `rollcall_worker`.
pub async fn live_forget(worker: &Database) -> Result<u64> {
    let transaction = worker.begin_unscoped().await?;
    let n_rows = transaction
        .execute(
            "forget old changes",
            &format!("delete from app.live_change where recorded_at < now() - interval '{KEPT}'"),
            &[],
        )
        .await?;
    transaction.commit().await?;
    Ok(n_rows)
}

/// The moment of a snapshot may not be longer ago than this to read on from it.
pub fn live_is_known(taken_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(taken_at).as_mins() < LIVE_WINDOW_MINUTES
}
