//! From a captured frame to a committed punch: the frame that completes a track is timed from the
//! moment it is there to the answer of the database.

use std::time::Instant;

use anyhow::Result;
use jiff::Timestamp;
use rollcall_domain::id::SightingId;
use rollcall_store::device::{DeviceClient, Pad, Sighting};
use rollcall_vision::{Watcher, WatcherOptions};
use uuid::{NoContext, Uuid};

use crate::gallery::Gallery;
use crate::stage::{Models, frames};
use crate::table::{Table, percentile};

const PASSES: usize = 12;

/// Plays the clips again and again as fast as they go.
pub async fn measure(table: &mut Table) -> Result<()> {
    let gallery = Gallery::new(1_000).await?;
    let device =
        DeviceClient::connect(&gallery.database.device_url(&gallery.fixture.device)).await?;
    let models = Models::open()?;
    let mut times = Vec::new();
    for clip in ["berlin-entrance.avi", "new-york-entrance.avi"] {
        let clip = frames(clip, usize::MAX)?;
        let mut embedder = models.embedder()?;
        let mut watcher = Watcher::new(
            models.detector(60.0)?,
            *embedder.align(),
            WatcherOptions::default(),
        );
        for pass in 0..PASSES {
            for (index, frame) in clip.iter().enumerate() {
                let captured_at = Timestamp::now();
                let started = Instant::now();
                let at_ms = (pass * clip.len() + index) as u64 * 1000 / 15;
                let sightings: Vec<Sighting> = watcher
                    .feed(frame, at_ms)?
                    .into_iter()
                    .map(|track| track.sight(&mut embedder))
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .map(|track| Sighting {
                        sighting_id: SightingId(Uuid::new_v7(uuid::Timestamp::from_unix(
                            NoContext,
                            captured_at.as_second() as u64,
                            captured_at.subsec_nanosecond() as u32,
                        ))),
                        camera_id: gallery.fixture.entry_camera_id,
                        captured_at,
                        embedding: track.embedding.as_slice().to_vec(),
                        quality: track.quality,
                        pad: Pad::NotChecked,
                        pad_evidence: None,
                        n_frames: i16::try_from(track.n_frames).unwrap_or(i16::MAX),
                        thumbnail: Some(track.thumbnail_jpeg),
                        clock_offset_ms: Some(0),
                        agreement: None,
                        direction: None,
                        greeted: None,
                    })
                    .collect();
                if !sightings.is_empty() {
                    device
                        .submit_sightings(
                            rollcall_testkit::fixture::SPACE_DIGEST,
                            &sightings,
                            Timestamp::now(),
                        )
                        .await?;
                    times.push(started.elapsed().as_secs_f64() * 1000.0);
                }
            }
        }
    }
    let n = times.len();
    table.figure(
        format!("deciding frame captured → sighting committed, {n} tracks"),
        format!(
            "p50 {:.1} ms, p99 {:.1} ms",
            percentile(&mut times, 0.5),
            percentile(&mut times, 0.99)
        ),
    );
    Ok(())
}
