//! Typed codes through ends of the process, damage and full disks.

use std::path::Path;

use super::super::SpoolOptions;
use super::*;

const STAMP: Stamp = Stamp {
    boot: None,
    since_boot_ms: 5,
};

fn open(folder: &Path) -> Spool {
    let options = SpoolOptions {
        path: folder.join("a.spool"),
        max_bytes: 64 << 20,
    };
    Spool::open(options, SpoolKey::new(&[3; 32])).unwrap().0
}

fn entry(n: u64) -> CodeEntry {
    let code = match n % 2 {
        0 => Code::Badge(format!("badge-{n}")),
        _ => Code::Pin {
            employee_code: format!("A{n}"),
            pin: "482915".to_owned(),
        },
    };
    CodeEntry {
        entry_id: PunchId(Uuid::from_u128(u128::from(n) + 1)),
        code,
        captured_at: Timestamp::from_microsecond(1_700_000_000_000_001).unwrap(),
        direction: [None, Some(Direction::In), Some(Direction::Out)][n as usize % 3],
        camera_id: n.is_multiple_of(2).then_some(CameraId(Uuid::from_u128(7))),
        clock_offset_ms: (n > 2).then_some(-4),
    }
}

fn all(spool: &Spool) -> Vec<CodeEntry> {
    let waiting = spool.waiting_codes(1000).into_iter();
    waiting.map(|waiting| waiting.entry).collect()
}

#[test]
fn a_typed_code_is_there_again_after_the_process_ended_and_nobody_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let expected: Vec<_> = (0..6).map(entry).collect();
    for entry in &expected {
        let waiting = spool.put_code(entry.clone(), STAMP).unwrap();
        assert_eq!((&waiting.entry, waiting.stamp), (entry, STAMP));
    }
    assert_eq!(spool.depth().n_on_disk, 0, "no sighting");
    // As after `kill -9`: what is on the disk is all there is.
    std::mem::forget(spool);
    let copy = tempfile::tempdir().unwrap();
    for file in ["a.spool", "a.spool-wal"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
        let bytes = std::fs::read(copy.path().join(file)).unwrap();
        for secret in [b"482915".as_slice(), b"badge-2"] {
            let found = bytes.windows(secret.len()).any(|bytes| bytes == secret);
            assert!(!found, "{file}");
        }
    }
    let spool = open(copy.path());
    assert_eq!(all(&spool), expected);
    let waiting = spool.waiting_codes(2);
    spool.remove_code(&waiting[0]);
    let mut changed = waiting[1].clone();
    changed.entry = entry(100);
    assert!(spool.replace_code(&changed));
    assert!(!spool.replace_code(&waiting[0]), "it is gone");
    assert_eq!(all(&spool)[..2], [entry(100), entry(2)]);
    assert_eq!(spool.n_codes(), 5);
}

#[test]
fn a_full_disk_says_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    spool.state().file.limit_pages(true);
    let mut n = 0;
    let failure = loop {
        match spool.put_code(entry(n), STAMP) {
            Ok(_) => n += 1,
            Err(failure) => break failure,
        }
        assert!(n < 1000);
    };
    assert!(matches!(failure, SpoolError::Sqlite(_)), "{failure}");
    assert_eq!(spool.n_codes(), n);
    spool.state().file.limit_pages(false);
    spool.put_code(entry(n), STAMP).unwrap();
}

#[test]
fn what_was_typed_outlives_damage_elsewhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path());
    let expected: Vec<_> = (0..4).map(entry).collect();
    for entry in &expected {
        spool.put_code(entry.clone(), STAMP).unwrap();
    }
    for n in 0..100 {
        let sighting = rollcall_store::device::Sighting {
            sighting_id: rollcall_domain::id::SightingId(Uuid::from_u128(n)),
            camera_id: CameraId(Uuid::nil()),
            captured_at: Timestamp::UNIX_EPOCH,
            embedding: vec![0.1; 512],
            quality: 0.5,
            pad: rollcall_store::device::Pad::NotChecked,
            n_frames: 3,
            thumbnail: Some(vec![5; 7000]),
            clock_offset_ms: None,
            agreement: None,
            direction: None,
            pad_evidence: None,
            greeted: None,
        };
        spool.put(sighting, STAMP);
    }
    drop(spool);
    let path = folder.path().join("a.spool");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..][..100_000].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let options = SpoolOptions {
        path,
        max_bytes: 1 << 20,
    };
    let (spool, recovery) = Spool::open(options, SpoolKey::new(&[3; 32])).unwrap();
    assert!(recovery.is_some(), "the damage was noticed");
    assert_eq!(all(&spool), expected);
}

#[test]
fn a_file_of_before_there_were_kiosks_is_used_on() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let path = folder.path().join("a.spool");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("drop table code_entry").unwrap();
    drop(db);
    let spool = open(folder.path());
    spool.put_code(entry(1), STAMP).unwrap();
    assert_eq!(all(&spool), [entry(1)]);
}
