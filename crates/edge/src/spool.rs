//! Sightings on disk until PostgreSQL has them: an encrypted SQLite file, written through to the disk
//! (`journal_mode = WAL`, `synchronous = FULL`) before anybody is told of a sighting.
//! Must not know the network, cameras or what becomes of a sighting.
//!
//! What can go wrong, and what then happens:
//! - the process is killed, or power fails: what [`Spool::put`] returned for is there again after the start;
//! - the disk is full: sightings wait in memory, at most [`MEMORY_CAPACITY`], until there is room;
//! - the file is damaged: it is set aside, what can be read of it is kept, and a new one begins ([`Recovery`]);
//! - the limit of size is reached: thumbnails go first, oldest first, then the oldest sightings;
//! - the limit of age is reached: the sighting is dropped;
//! - the hub refuses a sighting for good: it is set aside in the file and not sent again.
//!
//! Every loss is counted with its reason ([`SpoolStats`]).

mod age;
mod cipher;
mod code;
mod file;
mod record;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rollcall_store::device::Sighting;
use tokio::sync::Notify;
use tracing::{error, info, warn};

use crate::clock::Stamp;

pub use cipher::SpoolKey;
pub use code::{MAX_CODES, WaitingCode};
use file::File;
pub use file::SpoolError;

/// Sightings that wait in memory while the disk takes none, of a few KiB each.
pub const MEMORY_CAPACITY: usize = 2048;

/// Where sightings wait, and how many.
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    /// The file; its folder must exist.
    pub path: PathBuf,
    /// Most bytes of the file.
    pub max_bytes: u64,
}

/// What became of sightings that did not leave by being answered, and other counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolStats {
    /// Written through to the disk.
    pub n_stored: u64,
    /// Thumbnails removed because the spool was full; their sightings are kept.
    pub n_thumbnails_shed: u64,
    /// Sightings removed because the spool was full.
    pub n_dropped_full: u64,
    /// Sightings dropped because the disk took none and too many waited in memory.
    pub n_dropped_memory: u64,
    /// Sightings dropped because they were not sent for too long.
    pub n_dropped_old: u64,
    /// Sightings that could not be read back.
    pub n_unreadable: u64,
    /// Sightings that the hub refused for good, set aside.
    pub n_refused: u64,
}

impl SpoolStats {
    /// Sightings that will not reach the hub.
    pub fn n_lost(&self) -> u64 {
        self.n_dropped_full
            + self.n_dropped_memory
            + self.n_dropped_old
            + self.n_unreadable
            + self.n_refused
    }
}

/// What waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolDepth {
    /// Sightings on disk.
    pub n_on_disk: u64,
    /// Sightings in memory, because the disk takes none.
    pub n_in_memory: u64,
    /// Bytes of the file that are in use.
    pub bytes: u64,
}

/// What was found when a damaged spool was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Where the damaged file is now.
    pub set_aside: PathBuf,
    /// Sightings that could be kept.
    pub n_kept: u64,
}

/// Names a sighting in the spool. Later ones have larger keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A row of the file.
    Disk(i64),
    /// In memory, numbered from 0.
    Memory(u64),
}

/// A sighting that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its name here.
    pub key: Key,
    /// What is to be sent.
    pub sighting: Sighting,
    /// When it was seen, by what this machine knows.
    pub stamp: Stamp,
}

/// Which of those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Put after the mark, oldest first: live traffic.
    Live(Mark),
    /// Put up to the mark, oldest first: the backlog.
    Backlog(Mark),
}

/// A moment in the order of putting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(i64);

/// The spool of one agent; shared by the threads of its cameras and the uplink.
pub struct Spool {
    state: Mutex<State>,
    /// Told at every put.
    put: Notify,
}

struct State {
    options: SpoolOptions,
    key: SpoolKey,
    file: File,
    /// What the disk did not take, oldest first.
    memory: VecDeque<(u64, Sighting, Stamp)>,
    n_memory: u64,
    /// Answered, but the full disk did not let go of them.
    answered: HashSet<i64>,
    /// Whether the disk took the last sighting, to say so once when that changes.
    is_disk_well: bool,
    stats: SpoolStats,
}

impl Spool {
    /// Opens the spool or begins one. A damaged file is set aside; what can be read of it is kept.
    ///
    /// Errors: [`SpoolError::Open`] when the folder cannot be written to; [`SpoolError::Key`] when the file was
    /// written with another key; [`SpoolError::Newer`] when a later version wrote it.
    pub fn open(
        options: SpoolOptions,
        key: SpoolKey,
    ) -> Result<(Self, Option<Recovery>), SpoolError> {
        let mut stats = SpoolStats::default();
        let (file, recovery) = match File::open(&options.path, &key) {
            Ok(file) => (file, None),
            Err(error) if error.is_damage() => {
                let (file, recovery) = File::recover(&options.path, &key, 0, &mut stats, &error)?;
                (file, Some(recovery))
            }
            Err(error) => return Err(error),
        };
        let spool = Self {
            state: Mutex::new(State {
                options,
                key,
                file,
                memory: VecDeque::new(),
                n_memory: 0,
                answered: HashSet::new(),
                is_disk_well: true,
                stats,
            }),
            put: Notify::new(),
        };
        Ok((spool, recovery))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a sighting. When this returns, the sighting is on the disk, or, if the disk takes none, in memory.
    /// Putting one again that waits changes nothing.
    pub fn put(&self, sighting: Sighting, stamp: Stamp) {
        self.state().put(sighting, stamp);
        self.put.notify_one();
    }

    /// Waits until something is put, or was since the last call.
    pub async fn wait(&self) {
        self.put.notified().await;
    }

    /// The present moment: what is put later is live.
    pub fn mark(&self) -> Mark {
        Mark(self.state().file.last_row())
    }

    /// At most `limit` of those that wait.
    pub fn waiting(&self, order: Order, limit: usize) -> Vec<Waiting> {
        self.state().waiting(order, limit)
    }

    /// Writes a sighting anew that was never sent, with another id and time; false when that cannot be written now.
    pub fn replace(&self, waiting: &Waiting) -> bool {
        self.state().replace(waiting)
    }

    /// Lets go of sightings: PostgreSQL has them.
    pub fn remove(&self, keys: &[Key]) {
        self.state().remove(keys);
    }

    /// Sets a sighting aside that the hub refused for good.
    pub fn refuse(&self, key: Key, reason: &str) {
        self.state().refuse(key, reason);
    }

    /// What waits.
    pub fn depth(&self) -> SpoolDepth {
        let state = self.state();
        let depth = state.file.depth().unwrap_or_default();
        SpoolDepth {
            n_on_disk: depth.n_rows.saturating_sub(state.answered.len() as u64),
            n_in_memory: state.memory.len() as u64,
            bytes: depth.bytes,
        }
    }

    /// Most bytes that the file may take.
    pub fn max_bytes(&self) -> u64 {
        self.state().options.max_bytes
    }

    /// Counts since the start.
    pub fn stats(&self) -> SpoolStats {
        self.state().stats
    }
}

impl State {
    fn put(&mut self, sighting: Sighting, stamp: Stamp) {
        self.flush();
        if !self.memory.is_empty() {
            self.remember(sighting, stamp);
            return;
        }
        match self.store(&sighting, &stamp) {
            Ok(()) => self.disk_is_well(),
            Err(error) => {
                self.disk_is_ill(&error);
                self.remember(sighting, stamp);
            }
        }
    }

    fn store(&mut self, sighting: &Sighting, stamp: &Stamp) -> Result<(), SpoolError> {
        let done = match self.file.insert(&self.key, sighting, stamp) {
            Err(error) if error.is_damage() => {
                self.heal(&error)?;
                self.file.insert(&self.key, sighting, stamp)
            }
            done => done,
        };
        done?;
        self.stats.n_stored += 1;
        self.shed();
        Ok(())
    }

    /// Writes what waits in memory, as far as the disk takes it.
    fn flush(&mut self) {
        while let Some((_, sighting, stamp)) = self.memory.front() {
            let (sighting, stamp) = (sighting.clone(), *stamp);
            if self.store(&sighting, &stamp).is_err() {
                return;
            }
            self.memory.pop_front();
        }
        self.forget_answered();
    }

    fn remember(&mut self, sighting: Sighting, stamp: Stamp) {
        if self.memory.len() >= MEMORY_CAPACITY {
            // The oldest have had the longest time to be sent.
            self.memory.pop_front();
            self.stats.n_dropped_memory += 1;
        }
        self.memory.push_back((self.n_memory, sighting, stamp));
        self.n_memory += 1;
    }

    fn disk_is_ill(&mut self, error: &SpoolError) {
        if std::mem::replace(&mut self.is_disk_well, false) {
            error!(
                "the spool takes no sightings, they wait in memory: {}",
                crate::uplink::chain(error)
            );
        }
    }

    fn disk_is_well(&mut self) {
        if !std::mem::replace(&mut self.is_disk_well, true) {
            info!("the spool takes sightings again");
        }
    }

    /// Sets a file aside that was damaged while in use.
    fn heal(&mut self, cause: &SpoolError) -> Result<(), SpoolError> {
        let path = self.options.path.clone();
        // Keys go on from the old ones: what is under way at this moment must not name something else.
        let after = self.file.last_row();
        self.file.release()?;
        let (file, recovery) = File::recover(&path, &self.key, after, &mut self.stats, cause)?;
        self.file = file;
        self.answered.clear();
        warn!(
            "the spool was damaged and is now `{}`; {} sightings could be kept",
            recovery.set_aside.display(),
            recovery.n_kept
        );
        Ok(())
    }

    /// Makes room when the file is too large: thumbnails first, then the oldest sightings.
    fn shed(&mut self) {
        let max_bytes = self.options.max_bytes;
        while self.file.bytes().is_ok_and(|bytes| bytes > max_bytes) {
            match self.file.shed_thumbnails() {
                Ok(0) => {}
                Ok(n) => {
                    self.stats.n_thumbnails_shed += n;
                    continue;
                }
                Err(_) => return,
            }
            match self.file.drop_oldest() {
                Ok(0) | Err(_) => return,
                Ok(n) => {
                    if self.stats.n_dropped_full == 0 {
                        error!(
                            "the spool is full: the oldest sightings are dropped\nhint: raise `spool.max_mib`, or see why the hub takes none"
                        );
                    }
                    self.stats.n_dropped_full += n;
                }
            }
        }
    }

    fn waiting(&mut self, order: Order, limit: usize) -> Vec<Waiting> {
        self.flush();
        let (mut after, upto, is_live) = match order {
            Order::Live(Mark(mark)) => (mark, i64::MAX, true),
            Order::Backlog(Mark(mark)) => (0, mark, false),
        };
        let mut found = Vec::new();
        while found.len() < limit {
            let wanted = limit - found.len();
            let rows = match self.file.rows(after, upto, wanted) {
                Ok(rows) => rows,
                Err(error) if error.is_damage() => {
                    if let Err(error) = self.heal(&error) {
                        self.disk_is_ill(&error);
                    }
                    // What could be kept has new keys: it is found at the next call.
                    break;
                }
                Err(error) => {
                    self.disk_is_ill(&error);
                    break;
                }
            };
            let Some(last) = rows.last() else { break };
            after = last.row;
            for row in rows {
                if self.answered.contains(&row.row) {
                    continue;
                }
                match row.open(&self.key) {
                    Some((sighting, stamp)) => found.push(Waiting {
                        key: Key::Disk(row.row),
                        sighting,
                        stamp,
                    }),
                    None => {
                        self.stats.n_unreadable += 1;
                        error!("a sighting in the spool cannot be read; it is set aside");
                        if self.file.set_aside(row.row, "unreadable").is_err() {
                            self.answered.insert(row.row);
                        }
                    }
                }
            }
        }
        if is_live {
            let rest = limit - found.len();
            let memory = self.memory.iter().take(rest);
            found.extend(memory.map(|(n, sighting, stamp)| Waiting {
                key: Key::Memory(*n),
                sighting: sighting.clone(),
                stamp: *stamp,
            }));
        }
        found
    }

    fn replace(&mut self, waiting: &Waiting) -> bool {
        let Waiting {
            key,
            sighting,
            stamp,
        } = waiting;
        match key {
            Key::Disk(row) => self.file.replace(&self.key, *row, sighting, stamp).is_ok(),
            Key::Memory(n) => {
                let old = self.memory.iter_mut().find(|(other, ..)| other == n);
                old.map(|old| old.1 = sighting.clone()).is_some()
            }
        }
    }

    fn remove(&mut self, keys: &[Key]) {
        let gone: HashSet<u64> = keys
            .iter()
            .filter_map(|key| match key {
                Key::Memory(n) => Some(*n),
                Key::Disk(_) => None,
            })
            .collect();
        self.memory.retain(|(n, ..)| !gone.contains(n));
        self.answered
            .extend(keys.iter().filter_map(|key| match key {
                Key::Disk(row) => Some(*row),
                Key::Memory(_) => None,
            }));
        self.forget_answered();
    }

    /// Deletes what is answered. A full disk may refuse even that; then it is known in memory, and after a restart
    /// sending it again changes nothing.
    fn forget_answered(&mut self) {
        if self.answered.is_empty() {
            return;
        }
        let rows: Vec<i64> = self.answered.iter().copied().collect();
        match self.file.delete(&rows) {
            Ok(()) => self.answered.clear(),
            Err(error) if error.is_damage() => drop(self.heal(&error)),
            Err(error) => self.disk_is_ill(&error),
        }
    }

    fn refuse(&mut self, key: Key, reason: &str) {
        self.stats.n_refused += 1;
        match key {
            Key::Memory(n) => self.memory.retain(|(other, ..)| *other != n),
            Key::Disk(row) => {
                if self.file.set_aside(row, reason).is_err() {
                    self.answered.insert(row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
