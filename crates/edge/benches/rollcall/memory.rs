//! Memory of cameras that play the demo's clips again and again at their own pace: it must not grow.
//! `-- memory --minutes=60` for an hour; a minute by default.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rollcall_edge::pipeline::Eyes;
use rollcall_edge::spool::Order;
use rollcall_edge::stop::Stop;
use rollcall_vision::{Watcher, WatcherOptions};

use crate::agent::{Door, open_door};
use crate::stage::Models;
use crate::table::Table;

/// How often memory is read.
const STEP: Duration = Duration::from_secs(15);

/// Plays for `minutes`.
pub fn measure(table: &mut Table, minutes: u64) -> Result<()> {
    let models = Models::open()?;
    let folder = tempfile::tempdir()?;
    let stop = Stop::default();
    let mut doors = Vec::new();
    for clip in ["berlin-entrance.avi", "new-york-entrance.avi"] {
        let path = rollcall_testkit::assets_dir().join("clips").join(clip);
        let source = format!(
            "{{ file = {{ path = '{}', repeat = true }} }}",
            path.display()
        );
        let embedder = models.embedder()?;
        let detector = models.detector(60.0)?;
        let watcher = Watcher::new(detector, *embedder.align(), WatcherOptions::default());
        let eyes = Eyes { watcher, embedder };
        let own = folder.path().join(clip);
        std::fs::create_dir(&own)?;
        doors.push(open_door(&source, eyes, &own, &stop)?);
    }
    let length = Duration::from_secs(60 * minutes.max(1));
    // By then each clip was seen twice, and every buffer has its size.
    let settled = (length / 4)
        .max(Duration::from_secs(45))
        .min(Duration::from_secs(300));
    let began = Instant::now();
    let mut readings: Vec<(u64, f64)> = Vec::new();
    let mut n_sightings = 0;
    while began.elapsed() < length {
        stop.wait(STEP);
        n_sightings += doors.iter().map(answer).sum::<usize>();
        let seconds = began.elapsed().as_secs();
        let mib = resident_mib()?;
        eprintln!("  {seconds:>5} s  {mib:.1} MiB  {n_sightings} sightings");
        readings.push((seconds, mib));
    }
    stop.set();
    let mut n_frames = 0;
    for door in doors {
        n_frames += door.camera.join()?.n_processed;
    }
    anyhow::ensure!(n_sightings > 0, "no sighting in {minutes} minutes");
    let after: Vec<f64> = readings
        .iter()
        .filter(|(seconds, _)| *seconds >= settled.as_secs())
        .map(|(_, mib)| *mib)
        .collect();
    let (first, last) = (
        after.first().context("no reading after settling")?,
        after.last().context("no reading after settling")?,
    );
    table
        .ratio(
            format!(
                "two cameras for {minutes} minutes, {n_frames} frames, {n_sightings} sightings: memory at the end, largest {:.1} MiB",
                after.iter().copied().fold(0.0, f64::max)
            ),
            format!("{last:.1} MiB"),
            format!("{first:.1} MiB after {} s", settled.as_secs()),
            last / first,
        )
        .goal("<= 1.05");
    Ok(())
}

/// Lets go of all that waits, as after the hub's answer.
fn answer(door: &Door) -> usize {
    let waiting = door.spool.waiting(Order::Backlog(door.spool.mark()), 512);
    let keys: Vec<_> = waiting.iter().map(|waiting| waiting.key).collect();
    door.spool.remove(&keys);
    keys.len()
}

/// Resident memory of this process (proc_pid_status(5), `VmRSS`).
fn resident_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next());
    Ok(kib.context("no `VmRSS`")?.parse::<f64>()? / 1024.0)
}
