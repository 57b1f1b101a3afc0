//! Takes punches of another system, all of them or none: one transaction that is committed or given up.
//! Must not know files, columns or how local times are read.
//!
//! The other system's id of each punch makes it happen once: `attendance.punch_import` holds one row a
//! (source, id), and a second line or a second import with the same id and the same content changes
//! nothing. Imports of one source wait for each other, so what an import found stays true until it ends.

mod marks;
mod reference;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use rand::Rng;
use rollcall_domain::Direction;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::{Result, StoreError};

pub use reference::{ImportEmployee, References};

use marks::Marks;

/// Lines of which the number is kept for messages; beyond it a repeated id is found all the same.
const LINES_REMEMBERED: usize = 2_000_000;

/// What a punch says; two with equal content are the same event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Content {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Where.
    pub site_id: SiteId,
    /// When, in whole microseconds.
    pub occurred_at: Timestamp,
    /// Which way; none when the other system does not say.
    pub direction: Option<Direction>,
}

/// A punch to import.
#[derive(Clone, Debug)]
pub struct NewPunch {
    /// Where it stands in the file, from 1.
    pub line: u64,
    /// What it says.
    pub content: Content,
    /// Id in the other system, 1 to 200 characters.
    pub external_id: String,
}

/// What became of a punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new, and written if the import is committed.
    Written,
    /// This import has it already, with the same content.
    Repeated {
        /// Line of the first one, while remembered.
        first_line: Option<u64>,
    },
    /// An earlier import brought it, with the same content.
    Imported,
    /// This import has the id already, with other content.
    Conflict {
        /// Line of the first one, while remembered.
        first_line: Option<u64>,
        /// What the first one says.
        other: Content,
    },
    /// An earlier import brought the id, with other content.
    ImportedConflict {
        /// What the imported punch says.
        other: Content,
    },
}

/// What an import has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New punches.
    pub n_written: u64,
    /// Lines that say what an earlier line says.
    pub n_repeated: u64,
    /// Punches that an earlier import brought.
    pub n_imported: u64,
    /// Ids with other content, here or in an earlier import.
    pub n_conflicts: u64,
}

/// A running import. Dropping it takes everything back.
pub struct PunchImport {
    transaction: Transaction,
    scope: Scope,
    source: String,
    references: References,
    marks: Marks,
    lines: HashMap<u64, u64>,
    hasher: RandomState,
    counts: ImportCounts,
}

impl PunchImport {
    /// Begins an import from the system called `source`. `on_wait` is called when another import of
    /// that source must end first.
    ///
    /// Errors: [`StoreError::Refused`] for a source that is blank or longer than 100 characters.
    pub async fn begin(
        database: &Database,
        scope: &Scope,
        source: &str,
        on_wait: impl FnOnce(),
    ) -> Result<Self> {
        let source = source.trim();
        if source.is_empty() || source.chars().count() > 100 {
            return Err(StoreError::refused(
                "the source of an import has 1 to 100 characters",
                "name the system that the punches come from, for example `kronos`",
            ));
        }
        let transaction = database.begin(scope).await?;
        // Plans are made once and kept, also those of foreign keys: where the tables were empty then, they
        // would read whole tables for every one of the rows that this import adds.
        transaction
            .execute(
                "prepare the import",
                "select set_config('enable_seqscan', 'off', true)",
                &[],
            )
            .await?;
        let key = format!("punch_import {} {source}", scope.organization_id);
        let row = transaction
            .query_one(
                "lock the import",
                "select pg_try_advisory_xact_lock(hashtextextended($1, 0))",
                &[&key],
            )
            .await?;
        if !row.get::<_, bool>(0) {
            on_wait();
            transaction
                .query_one(
                    "wait for another import",
                    "select pg_advisory_xact_lock(hashtextextended($1, 0))",
                    &[&key],
                )
                .await?;
        }
        let references = reference::read(&transaction).await?;
        Ok(Self {
            transaction,
            scope: *scope,
            source: source.to_owned(),
            references,
            marks: Marks::default(),
            lines: HashMap::new(),
            hasher: RandomState::new(),
            counts: ImportCounts::default(),
        })
    }

    /// People and sites that lines may name, and the time.
    pub fn references(&self) -> &References {
        &self.references
    }

    /// What was done so far.
    pub fn counts(&self) -> ImportCounts {
        self.counts
    }

    /// Adds punches and says of each, in their order, what became of it. Thousands at a time are
    /// cheapest.
    pub async fn add(&mut self, punches: &[NewPunch]) -> Result<Vec<Added>> {
        // Nobody else writes ids of this source, so what is not there now is new.
        let mut known = self.read(punches).await?;
        let mut fresh: Vec<&NewPunch> = Vec::new();
        let mut results = Vec::with_capacity(punches.len());
        for punch in punches {
            let id = self.hasher.hash_one(&punch.external_id);
            results.push(match known.get(punch.external_id.as_str()) {
                Some((other, is_ours)) => {
                    let first_line = self.lines.get(&id).copied();
                    judge(punch, *other, is_ours.then_some(first_line))
                }
                None => {
                    if self.lines.len() < LINES_REMEMBERED {
                        self.lines.insert(id, punch.line);
                    }
                    known.insert(punch.external_id.clone(), (punch.content, true));
                    fresh.push(punch);
                    Added::Written
                }
            });
        }
        self.write(&fresh).await?;
        for punch in fresh {
            if let Some(site) = self.references.site(punch.content.site_id) {
                let work_date = site.work_date(punch.content.occurred_at);
                self.marks.add(punch.content.employee_id, work_date);
            }
        }
        for result in &results {
            self.counts.count(result);
        }
        Ok(results)
    }

    /// How many of the written punches fall on dates of closed periods: their days stay as they are and
    /// the differences become adjustments.
    pub async fn n_in_closed_periods(&self) -> Result<i64> {
        self.marks.n_in_closed_periods(&self.transaction).await
    }

    /// Makes the import durable and marks the days to be derived.
    pub async fn commit(self) -> Result<ImportCounts> {
        self.marks
            .write(&self.transaction, self.scope.organization_id)
            .await?;
        self.transaction.commit().await?;
        Ok(self.counts)
    }

    /// Writes punches whose ids are new.
    async fn write(&self, punches: &[&NewPunch]) -> Result<()> {
        const OPERATION: &str = "import punches";
        if punches.is_empty() {
            return Ok(());
        }
        let punch_ids: Vec<Uuid> = punches
            .iter()
            .map(|punch| punch_id(punch.content.occurred_at).0)
            .collect();
        let external_ids: Vec<&str> = punches.iter().map(|p| p.external_id.as_str()).collect();
        let employee_ids: Vec<Uuid> = punches.iter().map(|p| p.content.employee_id.0).collect();
        let site_ids: Vec<Uuid> = punches.iter().map(|p| p.content.site_id.0).collect();
        let occurred: Vec<Timestamp> = punches.iter().map(|p| p.content.occurred_at).collect();
        let directions: Vec<Option<&str>> = punches
            .iter()
            .map(|p| p.content.direction.map(Direction::as_str))
            .collect();
        let organization_id = self.scope.organization_id.0;
        let user_id = self.scope.user_id.map(|id| id.0);
        self.transaction
            .execute(
                OPERATION,
                "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source,
                   direction, created_by)
                 select $1, u.punch_id, u.employee_id, u.site_id, u.occurred_at, 'import', u.direction, $2
                 from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::text[])
                   as u (punch_id, employee_id, site_id, occurred_at, direction)",
                &[
                    &organization_id,
                    &user_id,
                    &punch_ids,
                    &employee_ids,
                    &site_ids,
                    &occurred,
                    &directions,
                ],
            )
            .await?;
        self.transaction
            .execute(
                OPERATION,
                "insert into attendance.punch_import (organization_id, source, external_id, punch_id, imported_by)
                 select $1, $2, u.external_id, u.punch_id, $3
                 from unnest($4::text[], $5::uuid[]) as u (external_id, punch_id)",
                &[
                    &organization_id,
                    &self.source,
                    &user_id,
                    &external_ids,
                    &punch_ids,
                ],
            )
            .await?;
        Ok(())
    }

    /// Those of the ids that are there, with the content of their punch and whether this import wrote it.
    async fn read(&self, punches: &[NewPunch]) -> Result<HashMap<String, (Content, bool)>> {
        const OPERATION: &str = "compare imported punches";
        let external_ids: Vec<&str> = punches.iter().map(|p| p.external_id.as_str()).collect();
        let rows = self
            .transaction
            .query(
                OPERATION,
                "select i.external_id, p.employee_id, p.site_id, p.occurred_at, p.direction, i.imported_at = now() as is_ours
                 from attendance.punch_import i
                 join attendance.punch p on p.organization_id = i.organization_id and p.punch_id = i.punch_id
                 where i.organization_id = $1 and i.source = $2 and i.external_id = any ($3)",
                &[&self.scope.organization_id.0, &self.source, &external_ids],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let direction = match row.get::<_, Option<&str>>("direction") {
                    None => None,
                    Some(word) => Some(Direction::parse(word).ok_or_else(|| StoreError::Row {
                        operation: OPERATION,
                        column: "direction",
                        value: word.to_owned(),
                    })?),
                };
                let content = Content {
                    employee_id: EmployeeId(row.get("employee_id")),
                    site_id: SiteId(row.get("site_id")),
                    occurred_at: row.get("occurred_at"),
                    direction,
                };
                Ok((row.get("external_id"), (content, row.get("is_ours"))))
            })
            .collect()
    }
}

impl ImportCounts {
    fn count(&mut self, added: &Added) {
        *match added {
            Added::Written => &mut self.n_written,
            Added::Repeated { .. } => &mut self.n_repeated,
            Added::Imported => &mut self.n_imported,
            Added::Conflict { .. } | Added::ImportedConflict { .. } => &mut self.n_conflicts,
        } += 1;
    }
}

/// `ours`: the other one was written by this import, on the line inside.
fn judge(punch: &NewPunch, other: Content, ours: Option<Option<u64>>) -> Added {
    match (other == punch.content, ours) {
        (true, Some(first_line)) => Added::Repeated { first_line },
        (true, None) => Added::Imported,
        (false, Some(first_line)) => Added::Conflict { first_line, other },
        (false, None) => Added::ImportedConflict { other },
    }
}

/// A new id with the time of the punch in it: like those of sightings, so that a month of punches is a
/// partition, whenever it was imported.
fn punch_id(occurred_at: Timestamp) -> PunchId {
    let milliseconds = u64::try_from(occurred_at.as_millisecond()).unwrap_or(0);
    let random: [u8; 10] = rand::rng().random();
    PunchId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
}
