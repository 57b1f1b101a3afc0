//! What was typed at the kiosk, in the same file: kept until the hub has said what becomes of it. Must not know kiosks.
//!
//! A table of its own, which an agent of before it leaves alone. Codes are few and small, so they are never dropped to
//! make room: one that cannot be written down is refused at once, while the person is there.

use jiff::Timestamp;
use rollcall_domain::Direction;
use rollcall_domain::id::{CameraId, PunchId};
use rollcall_store::device::{Code, CodeEntry};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cipher::SpoolKey;
use super::file::File;
use super::{Spool, SpoolError};
use crate::clock::Stamp;

/// Made in files that lack it, also those of earlier versions.
pub(super) const TABLE: &str = "
create table if not exists code_entry (
  row integer primary key autoincrement,
  entry_id blob not null unique,
  sealed blob not null
) strict;
";
/// Entries that wait at most: a week without a network at a busy door.
pub const MAX_CODES: u64 = 10_000;

/// A code that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingCode {
    row: i64,
    /// What is to be sent.
    pub entry: CodeEntry,
    /// When it was typed, by what this machine knows.
    pub stamp: Stamp,
}

#[derive(Serialize, Deserialize)]
struct Record {
    /// None for a badge.
    employee_code: Option<String>,
    secret: String,
    /// Microseconds since 1970.
    captured_us: i64,
    is_out: Option<bool>,
    camera_id: Option<Uuid>,
    clock_offset_ms: Option<i32>,
    boot: Option<Uuid>,
    since_boot_ms: u64,
}

/// A new field is a new variant.
#[derive(Serialize, Deserialize)]
enum Written {
    V1(Record),
}

fn of_entry(entry_id: Uuid) -> Vec<u8> {
    [b"code entry ".as_slice(), entry_id.as_bytes()].concat()
}

fn seal(key: &SpoolKey, entry: &CodeEntry, stamp: &Stamp) -> Result<Vec<u8>, SpoolError> {
    let (employee_code, secret) = match &entry.code {
        Code::Pin { employee_code, pin } => (Some(employee_code.clone()), pin.clone()),
        Code::Badge(badge) => (None, badge.clone()),
    };
    let record = Record {
        employee_code,
        secret,
        captured_us: entry.captured_at.as_microsecond(),
        is_out: entry.direction.map(|direction| direction == Direction::Out),
        camera_id: entry.camera_id.map(|id| id.0),
        clock_offset_ms: entry.clock_offset_ms,
        boot: stamp.boot,
        since_boot_ms: stamp.since_boot_ms,
    };
    let plain = postcard::to_allocvec(&Written::V1(record)).expect("memory takes all of a record");
    key.seal(&of_entry(entry.entry_id.0), &plain)
}

fn unseal(key: &SpoolKey, entry_id: &[u8], sealed: &[u8]) -> Option<(CodeEntry, Stamp)> {
    let entry_id = Uuid::from_slice(entry_id).ok()?;
    let plain = key.unseal(&of_entry(entry_id), sealed)?;
    let Written::V1(record) = postcard::from_bytes(&plain).ok()?;
    let code = match record.employee_code {
        Some(employee_code) => Code::Pin {
            employee_code,
            pin: record.secret,
        },
        None => Code::Badge(record.secret),
    };
    let entry = CodeEntry {
        entry_id: PunchId(entry_id),
        code,
        captured_at: Timestamp::from_microsecond(record.captured_us).ok()?,
        direction: record.is_out.map(|is_out| match is_out {
            true => Direction::Out,
            false => Direction::In,
        }),
        camera_id: record.camera_id.map(CameraId),
        clock_offset_ms: record.clock_offset_ms,
    };
    let stamp = Stamp {
        boot: record.boot,
        since_boot_ms: record.since_boot_ms,
    };
    Some((entry, stamp))
}

/// A code as it lies in the file.
pub(super) struct CodeRow {
    pub row: i64,
    pub entry_id: Vec<u8>,
    pub sealed: Vec<u8>,
}

impl CodeRow {
    pub fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            entry_id: row.get(1)?,
            sealed: row.get(2)?,
        })
    }
}

impl File {
    /// Adds a row as it was in another file.
    pub(super) fn put_code_row(&self, row: &CodeRow) -> Result<(), SpoolError> {
        let sql = "insert into code_entry (row, entry_id, sealed) values (?1, ?2, ?3) on conflict do nothing";
        self.db()
            .execute(sql, params![row.row, row.entry_id, row.sealed])?;
        Ok(())
    }

    fn put_code(
        &self,
        key: &SpoolKey,
        entry: &CodeEntry,
        stamp: &Stamp,
    ) -> Result<i64, SpoolError> {
        let sealed = seal(key, entry, stamp)?;
        self.db().execute_batch(TABLE)?;
        let sql = "insert into code_entry (entry_id, sealed) values (?1, ?2)";
        let id = entry.entry_id.0.as_bytes().as_slice();
        self.db().execute(sql, params![id, sealed])?;
        Ok(self.db().last_insert_rowid())
    }

    fn code_rows(&self, limit: usize) -> Result<Vec<CodeRow>, SpoolError> {
        let sql = "select row, entry_id, sealed from code_entry order by row limit ?1";
        let mut statement = self.db().prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map([limit], CodeRow::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn n_codes(&self) -> Result<u64, SpoolError> {
        let sql = "select count(*) from code_entry";
        let n: i64 = self.db().query_row(sql, [], |row| row.get(0))?;
        Ok(n.unsigned_abs())
    }
}

impl Spool {
    /// Keeps what was typed: when this returns, it is on the disk.
    ///
    /// Errors: [`SpoolError::Full`] when too many wait; whatever else keeps it from being written.
    pub fn put_code(&self, entry: CodeEntry, stamp: Stamp) -> Result<WaitingCode, SpoolError> {
        let mut state = self.state();
        if state.file.n_codes().is_ok_and(|n| n >= MAX_CODES) {
            return Err(SpoolError::Full);
        }
        let row = match state.file.put_code(&state.key, &entry, &stamp) {
            Err(error) if error.is_damage() => {
                state.heal(&error)?;
                state.file.put_code(&state.key, &entry, &stamp)?
            }
            row => row?,
        };
        Ok(WaitingCode { row, entry, stamp })
    }

    /// At most `limit` of those that wait, oldest first. What cannot be read is removed and counted.
    pub fn waiting_codes(&self, limit: usize) -> Vec<WaitingCode> {
        let mut state = self.state();
        let rows = match state.file.code_rows(limit) {
            Ok(rows) => rows,
            Err(error) => {
                if error.is_damage() {
                    // What could be kept is found at the next call.
                    drop(state.heal(&error));
                }
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for CodeRow {
            row,
            entry_id,
            sealed,
        } in rows
        {
            match unseal(&state.key, &entry_id, &sealed) {
                Some((entry, stamp)) => found.push(WaitingCode { row, entry, stamp }),
                None => {
                    tracing::error!("a code entry in the spool cannot be read; it is removed");
                    state.stats.n_unreadable += 1;
                    remove(&state.file, row);
                }
            }
        }
        found
    }

    /// Writes anew one that was never sent, with another id and time; false when that cannot be written now.
    pub fn replace_code(&self, waiting: &WaitingCode) -> bool {
        let state = self.state();
        let Ok(sealed) = seal(&state.key, &waiting.entry, &waiting.stamp) else {
            return false;
        };
        let id = waiting.entry.entry_id.0.as_bytes().as_slice();
        let sql = "update code_entry set entry_id = ?2, sealed = ?3 where row = ?1";
        let done = state
            .file
            .db()
            .execute(sql, params![waiting.row, id, sealed]);
        done.is_ok_and(|n| n == 1)
    }

    /// Lets go of one: the hub has said what becomes of it. A full disk may refuse even that; then it is sent again, which
    /// changes nothing.
    pub fn remove_code(&self, waiting: &WaitingCode) {
        remove(&self.state().file, waiting.row);
    }

    /// Codes that wait.
    pub fn n_codes(&self) -> u64 {
        self.state().file.n_codes().unwrap_or_default()
    }
}

fn remove(file: &File, row: i64) {
    let sql = "delete from code_entry where row = ?1";
    if let Err(error) = file.db().execute(sql, [row]) {
        tracing::warn!("a code entry cannot be removed from the spool: {error}");
    }
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
