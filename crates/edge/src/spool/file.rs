//! The spool's SQLite file: rows of sealed sightings. Must not know what waits in memory, limits or the network.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rollcall_store::device::Sighting;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};
use uuid::Uuid;

use super::cipher::SpoolKey;
use super::code::{self, CodeRow};
use super::{Recovery, SpoolStats, record};
use crate::clock::Stamp;

/// `pragma user_version` of the tables below.
const VERSION: i64 = 1;
const TABLES: &str = "
create table sighting (
  row integer primary key autoincrement, -- the order of putting; never used again
  sighting_id blob not null unique,
  sealed blob not null,
  thumbnail blob                         -- sealed too
) strict;
-- What cannot be sent: refused by the hub for good, or unreadable.
create table set_aside (
  row integer primary key,
  sighting_id blob not null,
  sealed blob not null,
  thumbnail blob,
  reason text not null,
  set_aside_at integer not null          -- seconds since 1970
) strict;
create table key_check (sealed blob not null) strict;
";
/// What `key_check` holds, sealed.
const KEY_CHECK: &[u8] = b"rollcall spool";
/// Rows that are set aside at most; older ones go.
const MAX_SET_ASIDE: i64 = 1000;
/// Damaged files that are kept beside the spool.
const MAX_DAMAGED: usize = 3;
/// Rows that one step of making room touches.
const STEP: i64 = 64;

/// What can go wrong with the spool.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The key file is not usable.
    #[error("spool key `{}` {problem}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The file was written with another key.
    #[error(
        "the spool `{}` was written with another key\nhint: put the key back, or move the spool away; what waits in it cannot be sent then",
        path.display()
    )]
    Key {
        /// The spool.
        path: PathBuf,
    },
    /// The file was written by a later version.
    #[error("the spool `{}` is of version {found}, this agent knows {VERSION}\nhint: use the version of the agent that wrote it until the spool is empty", path.display())]
    Newer {
        /// The spool.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The file cannot be opened or made.
    #[error("cannot open the spool `{}`\nhint: its folder must exist, this user must be able to write there, and no other agent may use it", path.display())]
    Open {
        /// The spool.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A damaged file cannot be set aside.
    #[error("cannot set the damaged spool `{}` aside", path.display())]
    SetAside {
        /// The spool.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Too much waits already.
    #[error("the spool takes no more of these")]
    Full,
    /// Encryption failed.
    #[error("cannot encrypt a sighting")]
    Seal,
    /// SQLite refused an operation.
    #[error("the spool failed")]
    Sqlite(#[from] rusqlite::Error),
}

impl SpoolError {
    /// Whether the file is damaged, as opposed to a disk that is full or a folder that is closed.
    pub(super) fn is_damage(&self) -> bool {
        let (Self::Sqlite(error) | Self::Open { source: error, .. }) = self else {
            return false;
        };
        let code = error.sqlite_error_code();
        matches!(
            code,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ) || error.to_string().starts_with("no such table")
    }
}

/// An open file.
pub(super) struct File {
    db: Connection,
    last_row: i64,
}

/// How many rows there are, and how large the file is.
#[derive(Clone, Copy, Default)]
pub(super) struct FileDepth {
    pub n_rows: u64,
    pub bytes: u64,
}

/// A sighting as it lies in the file.
pub(super) struct Row {
    pub row: i64,
    sighting_id: Vec<u8>,
    sealed: Vec<u8>,
    thumbnail: Option<Vec<u8>>,
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            sighting_id: row.get(1)?,
            sealed: row.get(2)?,
            thumbnail: row.get(3)?,
        })
    }

    /// The sighting; none when it cannot be read. One whose thumbnail alone cannot be read comes without.
    pub fn open(&self, key: &SpoolKey) -> Option<(Sighting, Stamp)> {
        let sighting_id = Uuid::from_slice(&self.sighting_id).ok()?;
        let plain = key.unseal(&of_record(sighting_id), &self.sealed)?;
        let thumbnail = self.thumbnail.as_ref();
        let thumbnail = thumbnail.and_then(|sealed| key.unseal(&of_thumbnail(sighting_id), sealed));
        record::read(sighting_id, &plain, thumbnail)
    }
}

fn of_record(sighting_id: Uuid) -> Vec<u8> {
    [b"sighting ".as_slice(), sighting_id.as_bytes()].concat()
}

fn of_thumbnail(sighting_id: Uuid) -> Vec<u8> {
    [b"thumbnail ".as_slice(), sighting_id.as_bytes()].concat()
}

impl File {
    pub fn open(path: &Path, key: &SpoolKey) -> Result<Self, SpoolError> {
        let open = |source| SpoolError::Open {
            path: path.to_owned(),
            source,
        };
        let db = Connection::open(path).map_err(open)?;
        restrict(path);
        db.busy_timeout(Duration::from_secs(5)).map_err(open)?;
        // One agent at a time; the lock ends with the process. Before the log is touched: then SQLite keeps its index in
        // memory, and needs no file of its own for it (SQLite manual, "Use of WAL Without Shared-Memory"), which a full
        // disk would keep from being made: the agent could not start.
        db.pragma_update(None, "locking_mode", "exclusive")
            .map_err(open)?;
        db.pragma_update(None, "journal_mode", "wal")
            .map_err(open)?;
        // Each commit is on the disk before it returns, also of a write-ahead log (SQLite manual, PRAGMA synchronous).
        db.pragma_update(None, "synchronous", "full")
            .map_err(open)?;
        db.pragma_update(None, "journal_size_limit", 4 << 20)
            .map_err(open)?;
        let version: i64 = db
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(open)?;
        match version {
            0 => {
                let sealed = key.seal(b"key check", KEY_CHECK)?;
                db.execute_batch(&format!("begin immediate; {TABLES}"))
                    .map_err(open)?;
                db.execute("insert into key_check values (?1)", params![sealed])
                    .map_err(open)?;
                db.execute_batch(&format!("pragma user_version = {VERSION}; commit"))
                    .map_err(open)?;
            }
            VERSION => check(&db, path, key)?,
            found => {
                return Err(SpoolError::Newer {
                    path: path.to_owned(),
                    found,
                });
            }
        }
        // A full disk keeps it from being made, and must not keep sightings from being sent.
        let _ = db.execute_batch(code::TABLE);
        let last_row: Option<i64> = db
            .query_row(
                "select seq from sqlite_sequence where name = 'sighting'",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(open)?;
        Ok(Self {
            db,
            last_row: last_row.unwrap_or(0),
        })
    }

    /// Sets a damaged file aside and begins a new one with what can be read of it, in rows after the given one.
    pub fn recover(
        path: &Path,
        key: &SpoolKey,
        after: i64,
        stats: &mut SpoolStats,
        cause: &SpoolError,
    ) -> Result<(Self, Recovery), SpoolError> {
        let set_aside = free_name(path);
        tracing::error!(
            "the spool is damaged, it is set aside as `{}`: {}",
            set_aside.display(),
            crate::uplink::chain(cause)
        );
        let failed = |source| SpoolError::SetAside {
            path: path.to_owned(),
            source,
        };
        std::fs::rename(path, &set_aside).map_err(failed)?;
        for suffix in ["-wal", "-shm"] {
            match std::fs::rename(beside(path, suffix), beside(&set_aside, suffix)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed(error));
                }
                _ => {}
            }
        }
        let mut file = Self::open(path, key)?;
        file.db.execute(
            "insert into sqlite_sequence (name, seq) values ('sighting', ?1)",
            [after],
        )?;
        file.last_row = after;
        let mut n_kept = 0;
        for row in salvage(&set_aside) {
            match row.open(key) {
                Some((sighting, stamp)) => {
                    file.insert(key, &sighting, &stamp)?;
                    n_kept += 1;
                }
                None => stats.n_unreadable += 1,
            }
        }
        for row in salvage_codes(&set_aside) {
            file.put_code_row(&row)?;
        }
        forget_old(path);
        Ok((file, Recovery { set_aside, n_kept }))
    }

    /// Lets go of the file and of its lock: it is to be set aside, and nobody reads it while it is locked. Until another
    /// takes its place, whatever is asked of it is damage.
    pub fn release(&mut self) -> Result<(), SpoolError> {
        self.db = Connection::open_in_memory()?;
        Ok(())
    }

    /// The connection, for the other table.
    pub fn db(&self) -> &Connection {
        &self.db
    }

    /// Key of the newest row ever.
    pub fn last_row(&self) -> i64 {
        self.last_row
    }

    /// Adds a sighting, through to the disk; one that is there already stays as it is.
    pub fn insert(
        &mut self,
        key: &SpoolKey,
        sighting: &Sighting,
        stamp: &Stamp,
    ) -> Result<(), SpoolError> {
        let (sealed, thumbnail) = seal(key, sighting, stamp)?;
        let sql = "insert into sighting (sighting_id, sealed, thumbnail) values (?1, ?2, ?3) on conflict do nothing";
        let mut statement = self.db.prepare_cached(sql)?;
        let id = sighting.sighting_id.0.as_bytes().as_slice();
        if statement.execute(params![id, sealed, thumbnail])? == 1 {
            self.last_row = self.db.last_insert_rowid();
        }
        Ok(())
    }

    /// Writes another sighting in the place of one.
    pub fn replace(
        &mut self,
        key: &SpoolKey,
        row: i64,
        sighting: &Sighting,
        stamp: &Stamp,
    ) -> Result<(), SpoolError> {
        let (sealed, thumbnail) = seal(key, sighting, stamp)?;
        let id = sighting.sighting_id.0.as_bytes().as_slice();
        let sql =
            "update sighting set sighting_id = ?2, sealed = ?3, thumbnail = ?4 where row = ?1";
        self.db.execute(sql, params![row, id, sealed, thumbnail])?;
        Ok(())
    }

    /// Rows after one up to another, oldest first, at most `limit`.
    pub fn rows(&self, after: i64, upto: i64, limit: usize) -> Result<Vec<Row>, SpoolError> {
        let sql = "select row, sighting_id, sealed, thumbnail from sighting where row > ?1 and row <= ?2 order by row limit ?3";
        let mut statement = self.db.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![after, upto, limit], Row::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Deletes rows, in one transaction.
    pub fn delete(&mut self, rows: &[i64]) -> Result<(), SpoolError> {
        let transaction = self.db.transaction()?;
        {
            let mut statement =
                transaction.prepare_cached("delete from sighting where row = ?1")?;
            for row in rows {
                statement.execute([row])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Moves a row to those that are not sent.
    pub fn set_aside(&mut self, row: i64, reason: &str) -> Result<(), SpoolError> {
        let transaction = self.db.transaction()?;
        transaction.execute(
            "insert into set_aside select row, sighting_id, sealed, thumbnail, ?2, unixepoch() from sighting where row = ?1",
            params![row, reason],
        )?;
        transaction.execute("delete from sighting where row = ?1", [row])?;
        transaction.execute(
            "delete from set_aside where row <= (select row from set_aside order by row desc limit 1 offset ?1)",
            [MAX_SET_ASIDE],
        )?;
        Ok(transaction.commit()?)
    }

    /// Removes the thumbnails of the oldest rows that have one; returns of how many.
    pub fn shed_thumbnails(&mut self) -> Result<u64, SpoolError> {
        let n = self.db.execute(
            "update sighting set thumbnail = null
             where row in (select row from sighting where thumbnail is not null order by row limit ?1)",
            [STEP],
        )?;
        Ok(n as u64)
    }

    /// Removes the oldest rows, first those that are not sent anyway; returns how many of those that are.
    pub fn drop_oldest(&mut self) -> Result<u64, SpoolError> {
        if self.db.execute("delete from set_aside", [])? > 0 {
            return Ok(0);
        }
        let sql =
            "delete from sighting where row in (select row from sighting order by row limit ?1)";
        Ok(self.db.execute(sql, [STEP])? as u64)
    }

    pub fn depth(&self) -> Result<FileDepth, SpoolError> {
        let sql = "select count(*) from sighting";
        let n_rows: i64 = self.db.query_row(sql, [], |row| row.get(0))?;
        Ok(FileDepth {
            n_rows: n_rows.unsigned_abs(),
            bytes: self.bytes()?,
        })
    }

    /// Bytes of the pages in use; the file itself does not shrink.
    pub fn bytes(&self) -> Result<u64, SpoolError> {
        let pragma = |name| {
            self.db
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
        };
        let pages = pragma("page_count")? - pragma("freelist_count")?;
        Ok((pages * pragma("page_size")?).unsigned_abs())
    }
}

#[cfg(test)]
impl File {
    /// As on a full disk: no page more than there are.
    pub fn limit_pages(&self, is_full: bool) {
        let pages: i64 = self
            .db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        let limit = if is_full { pages } else { 1 << 30 };
        self.db
            .pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))
            .unwrap();
    }

    /// Everything from the log into the file.
    pub fn checkpoint(&self) {
        self.db
            .query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
            .unwrap();
    }

    /// The next read comes from the disk.
    pub fn forget_pages(&self) {
        self.db.release_memory().unwrap();
    }
}

/// A sighting as it is written, and its thumbnail.
fn seal(
    key: &SpoolKey,
    sighting: &Sighting,
    stamp: &Stamp,
) -> Result<(Vec<u8>, Option<Vec<u8>>), SpoolError> {
    let id = sighting.sighting_id.0;
    let sealed = key.seal(&of_record(id), &record::write(sighting, stamp))?;
    let thumbnail = sighting.thumbnail.as_ref();
    let thumbnail = thumbnail.map(|jpeg| key.seal(&of_thumbnail(id), jpeg));
    Ok((sealed, thumbnail.transpose()?))
}

/// Whether the file is whole and of this key.
fn check(db: &Connection, path: &Path, key: &SpoolKey) -> Result<(), SpoolError> {
    let open = |source| SpoolError::Open {
        path: path.to_owned(),
        source,
    };
    let verdict: String = db
        .pragma_query_value(None, "quick_check", |row| row.get(0))
        .map_err(open)?;
    if verdict != "ok" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(open(rusqlite::Error::SqliteFailure(code, Some(verdict))));
    }
    let sealed: Vec<u8> = db
        .query_row("select sealed from key_check", [], |row| row.get(0))
        .map_err(open)?;
    match key.unseal(b"key check", &sealed) {
        Some(plain) if plain == KEY_CHECK => Ok(()),
        _ => Err(SpoolError::Key {
            path: path.to_owned(),
        }),
    }
}

/// What can be read of a damaged file: from the front up to the damage, and from the back.
fn salvage(path: &Path) -> Vec<Row> {
    let Ok(db) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return Vec::new();
    };
    let read = |order: &str| {
        let sql = format!(
            "select row, sighting_id, sealed, thumbnail from sighting order by row {order}"
        );
        let mut found = Vec::new();
        if let Ok(mut statement) = db.prepare(&sql)
            && let Ok(rows) = statement.query_map([], Row::read)
        {
            found.extend(rows.map_while(Result::ok));
        }
        found
    };
    let mut rows = read("asc");
    let last = rows.last().map_or(0, |row| row.row);
    let mut back: Vec<Row> = read("desc")
        .into_iter()
        .take_while(|row| row.row > last)
        .collect();
    back.reverse();
    rows.append(&mut back);
    rows
}

/// As [`salvage`], of what was typed: few rows, from the front up to the damage.
fn salvage_codes(path: &Path) -> Vec<CodeRow> {
    let read = || -> rusqlite::Result<Vec<CodeRow>> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut statement =
            db.prepare("select row, entry_id, sealed from code_entry order by row")?;
        let rows = statement.query_map([], CodeRow::read)?;
        Ok(rows.map_while(Result::ok).collect())
    };
    // Older files have no such table.
    read().unwrap_or_default()
}

/// `spool.db` → `spool.db-wal`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

const DAMAGED: &str = ".damaged-";

/// A name that no damaged file has had: they are numbered.
fn free_name(path: &Path) -> PathBuf {
    let last = damaged(path).last().map_or(0, |(number, _)| *number);
    beside(path, &format!("{DAMAGED}{}", last + 1))
}

/// The damaged files beside a spool by their numbers, the oldest first.
fn damaged(path: &Path) -> Vec<(u64, PathBuf)> {
    let (folder, Some(name)) = (folder_of(path), path.file_name()) else {
        return Vec::new();
    };
    let begin = format!("{}{DAMAGED}", name.to_string_lossy());
    let number = |file: &Path| -> Option<u64> {
        let name = file.file_name()?.to_str()?;
        name.strip_prefix(&begin)?.parse().ok()
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| {
            let file = entry.ok()?.path();
            Some((number(&file)?, file))
        })
        .collect();
    found.sort();
    found
}

/// The folder of a file; the one that the agent runs in for a bare name, whose parent is an empty path, which cannot be read.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Removes all but the newest damaged files: they must not fill the disk.
fn forget_old(path: &Path) {
    let damaged = damaged(path);
    for (_, old) in damaged.iter().rev().skip(MAX_DAMAGED) {
        for suffix in ["", "-wal", "-shm"] {
            // It may be gone already, and if it cannot be removed the next time will try again.
            let _ = std::fs::remove_file(beside(old, suffix));
        }
    }
}

/// Faces are in it, even if sealed: the file is its owner's alone.
fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    // Best effort: a folder of a foreign file system may know no modes.
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_has_a_folder_that_can_be_read() {
        // Else each damaged file would replace the one before.
        for (path, expected) in [
            ("door.spool", "."),
            ("./door.spool", "."),
            ("/var/door.spool", "/var"),
        ] {
            let folder = folder_of(Path::new(path));
            assert_eq!(folder, Path::new(expected), "{path}");
        }
        assert!(std::fs::read_dir(folder_of(Path::new("door.spool"))).is_ok());
    }
}
