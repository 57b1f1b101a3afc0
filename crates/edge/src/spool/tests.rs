//! The spool through ends of the process, damage, full disks and full spools.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, EmployeeId, SightingId};
use rollcall_domain::punch::Direction;
use rollcall_store::device::{Pad, PadEvidence};
use rusqlite::Connection;
use uuid::Uuid;

use super::*;

const STAMP: Stamp = Stamp {
    boot: None,
    since_boot_ms: 5,
};

fn sighting(n: u64) -> Sighting {
    Sighting {
        sighting_id: SightingId(Uuid::from_u128(u128::from(n) + 1)),
        camera_id: CameraId(Uuid::from_u128(7)),
        captured_at: Timestamp::from_microsecond(1_700_000_000_000_001 + n as i64).unwrap(),
        embedding: (0..512).map(|i| (i as f32 + n as f32).sin()).collect(),
        quality: 0.5,
        pad: Pad::Live,
        pad_evidence: Some(PadEvidence {
            n_looks: 7,
            eye_distance_px: 41.5,
            relief: Some(0.12),
            ..PadEvidence::default()
        }),
        n_frames: 5,
        thumbnail: Some(vec![n as u8; 7000]),
        clock_offset_ms: Some(n as i32),
        agreement: None,
        direction: [None, Some(Direction::In), Some(Direction::Out)][n as usize % 3],
        greeted: (n % 2 == 1).then(|| EmployeeId(Uuid::from_u128(n.into()))),
    }
}

fn options(folder: &Path) -> SpoolOptions {
    SpoolOptions {
        path: folder.join("a.spool"),
        max_bytes: 64 << 20,
    }
}

fn key() -> SpoolKey {
    SpoolKey::new(&[3; 32])
}

fn open(folder: &Path) -> Spool {
    let (spool, recovery) = Spool::open(options(folder), key()).unwrap();
    assert_eq!(recovery, None);
    spool
}

fn all(spool: &Spool) -> Vec<Sighting> {
    let waiting = spool.waiting(Order::Live(Mark(0)), 100_000);
    waiting
        .into_iter()
        .map(|waiting| waiting.sighting)
        .collect()
}

fn keys(spool: &Spool) -> Vec<Key> {
    let waiting = spool.waiting(Order::Live(Mark(0)), 100_000);
    waiting.iter().map(|waiting| waiting.key).collect()
}

#[test]
fn what_was_put_is_there_after_the_process_ended_and_gone_once_answered() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    for n in 0..10 {
        spool.put(sighting(n), STAMP);
    }
    spool.put(sighting(3), STAMP);
    let expected: Vec<_> = (0..10).map(sighting).collect();
    assert_eq!(all(&spool), expected);
    assert!(
        !folder.path().join("a.spool-shm").exists(),
        "a start on a full disk cannot make it"
    );
    spool.remove(&keys(&spool)[..4]);
    // Without a good-bye, as when the process is killed: the file is as it is.
    std::mem::forget(spool.state.lock().unwrap());
    let copy = tempfile::tempdir().unwrap();
    for name in ["a.spool", "a.spool-wal"] {
        let to = copy.path().join(name);
        std::fs::copy(folder.path().join(name), to).unwrap();
    }
    let spool = open(copy.path());
    assert_eq!(all(&spool), expected[4..]);
    assert_eq!(spool.depth().n_on_disk, 6);
    let mode = std::fs::metadata(copy.path().join("a.spool"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn live_and_backlog_are_told_apart_by_the_mark() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.put(sighting(0), STAMP);
    spool.put(sighting(1), STAMP);
    let mark = spool.mark();
    spool.put(sighting(2), STAMP);
    let ids = |order, limit| -> Vec<Sighting> {
        let waiting = spool.waiting(order, limit);
        waiting
            .into_iter()
            .map(|waiting| waiting.sighting)
            .collect()
    };
    assert_eq!(ids(Order::Live(mark), 10), [sighting(2)]);
    assert_eq!(ids(Order::Backlog(mark), 10), [sighting(0), sighting(1)]);
    assert_eq!(ids(Order::Backlog(mark), 1), [sighting(0)]);
    assert_eq!(ids(Order::Backlog(spool.mark()), 10).len(), 3);
}

#[test]
fn nothing_of_a_face_is_readable_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let marked = Sighting {
        thumbnail: Some(b"this is a face".repeat(20)),
        ..sighting(1)
    };
    let numbers: Vec<u8> = marked.embedding[..4]
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    spool.put(marked, STAMP);
    for name in ["a.spool", "a.spool-wal"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(!holds(b"this is a face"), "{name}");
        assert!(!holds(&numbers), "{name}");
    }
}

#[test]
fn another_key_and_a_later_version_are_refused_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).put(sighting(1), STAMP);
    let path = options(folder.path()).path;
    let refused = |key| {
        Spool::open(options(folder.path()), key)
            .err()
            .unwrap()
            .to_string()
    };
    let text = refused(SpoolKey::new(&[4; 32]));
    assert!(text.contains("another key"), "{text}");
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let text = refused(key());
    assert!(text.contains("version 99"), "{text}");
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    drop(db);
    assert_eq!(all(&open(folder.path())), [sighting(1)]);
}

/// Writes noise over a part of the closed file, as a dying card does.
fn damage(folder: &Path, from: f64, length: usize) {
    let path = options(folder).path;
    let mut bytes = std::fs::read(&path).unwrap();
    let from = (bytes.len() as f64 * from) as usize;
    let end = (from + length).min(bytes.len());
    for (n, byte) in bytes[from..end].iter_mut().enumerate() {
        *byte = (n * 31 + 7) as u8;
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_file_is_set_aside_and_what_can_be_read_is_kept() {
    // In the middle, at the end, in the head, all of it.
    for (from, length, least_kept) in [
        (0.5, 9000, 150),
        (0.9, 3000, 150),
        (0.0, 64, 0),
        (0.0, usize::MAX, 0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        {
            let spool = open(folder.path());
            for n in 0..200 {
                spool.put(sighting(n), STAMP);
            }
        }
        damage(folder.path(), from, length);
        let (spool, recovery) = Spool::open(options(folder.path()), key()).unwrap();
        let Some(recovery) = recovery else {
            // The noise hit ciphertext only: SQLite is content, the seal is not.
            let kept = all(&spool).len() as u64;
            assert_eq!(kept + spool.stats().n_unreadable, 200);
            continue;
        };
        assert!(recovery.n_kept >= least_kept, "{from}: {recovery:?}");
        assert!(recovery.set_aside.exists());
        let found = all(&spool);
        assert_eq!(found.len() as u64, recovery.n_kept);
        for sighting_found in &found {
            let n = sighting_found.sighting_id.0.as_u128() as u64 - 1;
            let expected = sighting(n);
            assert_eq!(sighting_found.embedding, expected.embedding);
        }
        spool.put(sighting(1000), STAMP);
        assert!(all(&spool).contains(&sighting(1000)), "it goes on");
    }
}

#[test]
fn only_the_newest_damaged_files_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..6 {
        open(folder.path()).put(sighting(1), STAMP);
        damage(folder.path(), 0.0, 64);
        let (spool, recovery) = Spool::open(options(folder.path()), key()).unwrap();
        assert!(recovery.is_some());
        drop(spool);
    }
    let damaged = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        let name = name.to_string_lossy();
        name.contains("damaged") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    assert_eq!(damaged.count(), 3);
}

#[test]
fn a_changed_row_is_set_aside_and_does_not_block_the_others() {
    let folder = tempfile::tempdir().unwrap();
    {
        let spool = open(folder.path());
        for n in 0..3 {
            spool.put(sighting(n), STAMP);
        }
    }
    let db = Connection::open(options(folder.path()).path).unwrap();
    // A row with the ciphertext of another: it opens with neither id.
    db.execute(
        "update sighting set sealed = (select sealed from sighting where row = 1) where row = 2",
        [],
    )
    .unwrap();
    drop(db);
    let spool = open(folder.path());
    assert_eq!(all(&spool), [sighting(0), sighting(2)]);
    assert_eq!(spool.stats().n_unreadable, 1);
    assert_eq!(spool.depth().n_on_disk, 2);
}

#[test]
fn a_full_spool_lets_go_of_thumbnails_first_and_then_of_the_oldest() {
    let folder = tempfile::tempdir().unwrap();
    let small = SpoolOptions {
        max_bytes: 1 << 20,
        ..options(folder.path())
    };
    let (spool, _) = Spool::open(small, key()).unwrap();
    for n in 0..180 {
        spool.put(sighting(n), STAMP);
    }
    let found = all(&spool);
    assert_eq!(found.len(), 180, "no sighting is lost yet");
    let has_thumbnail: Vec<bool> = found
        .iter()
        .map(|found| found.thumbnail.is_some())
        .collect();
    assert!(
        has_thumbnail.is_sorted() && !has_thumbnail[0],
        "{has_thumbnail:?}"
    );
    let stats = spool.stats();
    assert!(
        stats.n_thumbnails_shed > 0 && stats.n_dropped_full == 0,
        "{stats:?}"
    );
    for n in 180..1000 {
        spool.put(sighting(n), STAMP);
    }
    let found = all(&spool);
    let stats = spool.stats();
    assert!(stats.n_dropped_full > 0, "{stats:?}");
    assert_eq!(found.len() as u64 + stats.n_dropped_full, 1000);
    assert_eq!(found.last().unwrap().sighting_id, sighting(999).sighting_id);
    assert!(spool.depth().bytes <= 1 << 20);
}

#[test]
fn what_the_hub_refuses_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.put(sighting(0), STAMP);
    spool.put(sighting(1), STAMP);
    spool.refuse(keys(&spool)[0], "RC006");
    assert_eq!(all(&spool), [sighting(1)]);
    drop(spool);
    let db = Connection::open(options(folder.path()).path).unwrap();
    let reason: String = db
        .query_row("select reason from set_aside", [], |row| row.get(0))
        .unwrap();
    assert_eq!(reason, "RC006");
}

#[test]
fn a_sighting_that_was_never_sent_can_get_another_time() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.put(sighting(0), STAMP);
    fill_disk(&spool, true);
    for n in 1..20 {
        spool.put(sighting(n), STAMP);
    }
    let mut waiting = spool.waiting(Order::Live(Mark(0)), 100);
    fill_disk(&spool, false);
    for n in [0, 19] {
        waiting[n].sighting = sighting(100 + n as u64);
        assert!(spool.replace(&waiting[n]));
    }
    let found = all(&spool);
    assert_eq!(found[0], sighting(100));
    assert_eq!(found[19], sighting(119));
    assert_eq!(found.len(), 20);
}

/// Lets SQLite have no more pages, which is what it sees of a full disk.
fn fill_disk(spool: &Spool, is_full: bool) {
    spool.state().file.limit_pages(is_full);
}

#[test]
fn sightings_wait_in_memory_while_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.put(sighting(0), STAMP);
    fill_disk(&spool, true);
    // Some fit into pages that are there already.
    for n in 1..20 {
        spool.put(sighting(n), STAMP);
    }
    assert!(spool.depth().n_in_memory > 0);
    let expected: Vec<_> = (0..20).map(sighting).collect();
    assert_eq!(all(&spool), expected, "those in memory are sent too");
    spool.remove(&keys(&spool)[15..]);
    fill_disk(&spool, false);
    spool.put(sighting(20), STAMP);
    assert_eq!(
        spool.depth().n_in_memory,
        0,
        "written down once there is room"
    );
    drop(spool);
    let found = all(&open(folder.path()));
    let expected: Vec<_> = (0..15).chain([20]).map(sighting).collect();
    assert_eq!(found, expected);
}

#[test]
fn memory_is_bounded_and_the_oldest_go_first() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    fill_disk(&spool, true);
    let n_put = MEMORY_CAPACITY as u64 + 100;
    for n in 0..n_put {
        spool.put(sighting(n), STAMP);
    }
    let depth = spool.depth();
    assert_eq!(depth.n_in_memory, MEMORY_CAPACITY as u64);
    assert_eq!(
        depth.n_on_disk + depth.n_in_memory + spool.stats().n_dropped_memory,
        n_put
    );
    assert_eq!(all(&spool).last(), Some(&sighting(n_put - 1)));
}

#[test]
fn a_file_that_is_damaged_while_in_use_is_healed_and_old_keys_name_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    for n in 0..100 {
        spool.put(sighting(n), STAMP);
    }
    let old = keys(&spool);
    spool.state().file.checkpoint();
    damage(folder.path(), 0.02, 200_000);
    spool.state().file.forget_pages();
    // The next calls meet the damage.
    let first = all(&spool);
    spool.put(sighting(100), STAMP);
    let found = all(&spool);
    assert!(
        found.contains(&sighting(100)),
        "{} then {}",
        first.len(),
        found.len()
    );
    // All but those in the damaged fifth.
    assert!(found.len() > 60, "{}", found.len());
    let n_before = found.len();
    spool.remove(&old);
    assert_eq!(all(&spool).len(), n_before);
    let is_set_aside = std::fs::read_dir(folder.path()).unwrap().any(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("damaged")
    });
    assert!(is_set_aside);
}

#[test]
fn what_waited_for_too_long_is_dropped_but_not_what_has_no_known_time() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
    let seen = |n: u64, at: Timestamp, clock_offset_ms| Sighting {
        captured_at: at,
        clock_offset_ms,
        ..sighting(n)
    };
    // More than are looked at in one go.
    for n in 0..600 {
        spool.put(seen(n, day(10), Some(0)), STAMP);
    }
    let kept = [
        seen(600, day(10), None),
        seen(601, day(20), Some(0)),
        seen(602, day(21), Some(0)),
    ];
    for sighting in &kept {
        spool.put(sighting.clone(), STAMP);
    }
    spool.expire(day(10));
    assert_eq!(spool.stats().n_dropped_old, 0);
    spool.expire(day(20));
    assert_eq!(spool.stats().n_dropped_old, 600);
    assert_eq!(spool.stats().n_lost(), 600);
    assert_eq!(all(&spool), kept);
}
