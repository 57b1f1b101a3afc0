//! The spool against SQLite itself: the same bytes written through to the disk one by one, and read and deleted in the
//! uplink's batches. What is left is encryption and encoding.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use rollcall_domain::id::CameraId;
use rollcall_edge::clock::Clock;
use rollcall_edge::pipeline::sighting_id;
use rollcall_edge::spool::{Order, Spool, SpoolKey, SpoolOptions};
use rollcall_store::device::{Pad, Sighting};
use rollcall_vision::align::crop;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::stage::{Models, photo};
use crate::table::{Table, median};

const ROUNDS: usize = 5;
const N: usize = 512;
/// Of the uplink.
const BATCH: usize = 256;

/// Runs both directions.
pub fn measure(table: &mut Table) -> Result<()> {
    let sightings = sightings()?;
    let (mut put, mut drained) = (Vec::new(), Vec::new());
    let (mut inserted, mut deleted) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        let (put_s, drain_s) = through_spool(folder.path(), &sightings)?;
        put.push(N as f64 / put_s);
        drained.push(N as f64 / drain_s);
        let (insert_s, delete_s) = through_sqlite(folder.path(), &sightings)?;
        inserted.push(N as f64 / insert_s);
        deleted.push(N as f64 / delete_s);
    }
    for (what, mut ours, mut theirs) in [
        ("written through to the disk one by one", put, inserted),
        ("read and let go in batches of 256", drained, deleted),
    ] {
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        table.ratio(
            format!("spool, {what}: sightings per second"),
            format!("{ours:.0}/s"),
            format!("{theirs:.0}/s the same bytes by SQLite alone"),
            ours / theirs,
        );
    }
    Ok(())
}

/// Sightings with a thumbnail, as they come from a camera.
fn sightings() -> Result<Vec<Sighting>> {
    let models = Models::open()?;
    let photo = photo("obama.jpg")?;
    let face = models.detector(60.0)?.detect(&photo)?.remove(0);
    let thumbnail = crop(&photo, &face, models.embedder()?.align())?.thumbnail_jpeg(112)?;
    let camera_id = CameraId(Uuid::now_v7());
    let sightings = (0..N).map(|n| {
        let captured_at = Timestamp::now();
        Sighting {
            sighting_id: sighting_id(captured_at),
            camera_id,
            captured_at,
            embedding: (0..512).map(|i| ((i * n) as f32).sin() / 16.0).collect(),
            quality: 0.8,
            pad: Pad::NotChecked,
            n_frames: 6,
            thumbnail: Some(thumbnail.clone()),
            clock_offset_ms: Some(0),
            agreement: Some(0.95),
            direction: None,
            greeted: None,
            pad_evidence: None,
        }
    });
    Ok(sightings.collect())
}

/// Seconds of putting and of draining.
fn through_spool(folder: &Path, sightings: &[Sighting]) -> Result<(f64, f64)> {
    let options = SpoolOptions {
        path: folder.join("bench.spool"),
        max_bytes: 512 << 20,
    };
    let (spool, _) = Spool::open(options, SpoolKey::open(&folder.join("bench.key"))?)?;
    let clock = Clock::default();
    let started = Instant::now();
    for sighting in sightings {
        spool.put(sighting.clone(), clock.stamp(sighting.captured_at));
    }
    let put_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let mark = spool.mark();
    let mut n = 0;
    loop {
        let batch = spool.waiting(Order::Backlog(mark), BATCH);
        if batch.is_empty() {
            break;
        }
        n += batch.len();
        let keys: Vec<_> = batch.iter().map(|waiting| waiting.key).collect();
        spool.remove(&keys);
    }
    anyhow::ensure!(n == sightings.len(), "{n} sightings came back");
    Ok((put_s, started.elapsed().as_secs_f64()))
}

/// The same with a table and settings like those of the spool.
fn through_sqlite(folder: &Path, sightings: &[Sighting]) -> Result<(f64, f64)> {
    let mut db = Connection::open(folder.join("plain.sqlite"))?;
    for (pragma, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "full"),
        ("locking_mode", "exclusive"),
    ] {
        db.pragma_update(None, pragma, value)?;
    }
    db.execute_batch(
        "create table sighting (row integer primary key autoincrement, sighting_id blob not null unique,
         sealed blob not null, thumbnail blob) strict",
    )?;
    // Sealing adds 28 bytes to each part; 120 are what a record holds besides the embedding.
    let record = vec![7_u8; 4 * 512 + 120 + 28];
    let started = Instant::now();
    for sighting in sightings {
        let mut thumbnail = sighting.thumbnail.clone().unwrap_or_default();
        thumbnail.resize(thumbnail.len() + 28, 0);
        db.prepare_cached(
            "insert into sighting (sighting_id, sealed, thumbnail) values (?1, ?2, ?3)",
        )?
        .execute(params![
            sighting.sighting_id.0.as_bytes().as_slice(),
            record,
            thumbnail
        ])?;
    }
    let insert_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    loop {
        let rows = db
            .prepare_cached(
                "select row, sighting_id, sealed, thumbnail from sighting order by row limit ?1",
            )?
            .query_map([BATCH as i64], |row| {
                let bytes = |at| row.get::<_, Vec<u8>>(at);
                Ok((row.get::<_, i64>(0)?, bytes(1)?, bytes(2)?, bytes(3)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            break;
        }
        let transaction = db.transaction()?;
        for (row, ..) in &rows {
            transaction
                .prepare_cached("delete from sighting where row = ?1")?
                .execute([row])?;
        }
        transaction.commit()?;
    }
    Ok((insert_s, started.elapsed().as_secs_f64()))
}
