//! The process that is mistreated: the agent's spool and uplink, with sightings that a seed decides instead of a
//! camera. It goes on where the file of what was emitted ends.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::clock::Clock;
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::pipeline;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::device::{Pad, Sighting};
use rollcall_testkit::fixture::{SPACE_DIGEST, near, unit_vector};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Environment variable with the path of the [`Plan`]; only the suite sets it.
pub const PLAN: &str = "ROLLCALL_FAULT_PLAN";
/// People in the gallery.
pub const N_PEOPLE: u64 = 12;

/// What the process has to do.
#[derive(Clone, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    pub database_url: String,
    pub cameras: Vec<Uuid>,
    /// Instant of the first sighting.
    pub begin: Timestamp,
    pub n_sightings: u64,
    /// Between two sightings, by the clock of the wall.
    pub pause_ms: u64,
    pub folder: PathBuf,
    pub spool: PathBuf,
    /// How long an answer is waited for.
    pub answer_ms: u64,
    /// File with the seconds by which the wall clock is wrong. With it, sightings happen when they are emitted.
    pub wall: Option<PathBuf>,
}

/// See [`Plan::wall`].
static WALL: OnceLock<PathBuf> = OnceLock::new();

fn wrong_wall() -> Timestamp {
    let text = WALL.get().map(std::fs::read_to_string);
    let seconds = text.and_then(|text| text.ok()?.parse().ok());
    Timestamp::now() + SignedDuration::from_secs(seconds.unwrap_or(0))
}

impl Plan {
    /// Eight bytes for each sighting, written after the spool has taken it: when it was, in milliseconds since the
    /// start of the machine.
    pub fn emitted(&self) -> PathBuf {
        self.folder.join("emitted")
    }

    /// The n-th sighting: always the same.
    pub fn sighting(&self, n: u64) -> Sighting {
        let mut random = StdRng::seed_from_u64(self.seed ^ (n << 20));
        let captured_at = self.begin + SignedDuration::from_secs(7 * n as i64);
        let is_known = random.random_bool(0.85);
        let person = random.random_range(0..N_PEOPLE);
        let embedding = match is_known {
            true => near(&unit_vector(person), 0.8, random.random()),
            false => unit_vector(1000 + n),
        };
        let milliseconds = captured_at.as_millisecond().unsigned_abs();
        let builder = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random.random());
        Sighting {
            sighting_id: SightingId(builder.into_uuid()),
            camera_id: CameraId(self.cameras[random.random_range(0..self.cameras.len())]),
            captured_at,
            embedding,
            quality: 0.9,
            pad: Pad::NotChecked,
            pad_evidence: None,
            n_frames: 5,
            thumbnail: Some(vec![n as u8; random.random_range(500..4000)]),
            clock_offset_ms: Some(0),
            agreement: Some(0.95),
            direction: None,
            greeted: None,
        }
    }
}

/// When the sightings so far were emitted.
pub fn emitted_ms(path: &Path) -> Vec<u64> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let numbers = bytes.chunks_exact(8);
    numbers
        .map(|number| u64::from_le_bytes(number.try_into().unwrap()))
        .collect()
}

/// Runs until all is emitted and answered. The parent kills it before, often.
pub async fn run(plan: Plan) {
    let options = SpoolOptions {
        path: plan.spool.clone(),
        max_bytes: 64 << 20,
    };
    let (spool, _) = Spool::open(options, SpoolKey::new(&[9; 32])).unwrap();
    let hub = HubLink::by_url(&plan.database_url).unwrap();
    let options = UplinkOptions {
        heartbeat: Duration::from_millis(300),
        answer: Duration::from_millis(plan.answer_ms),
        drain: Duration::from_secs(60),
        ..UplinkOptions::new(&hub, SPACE_DIGEST)
    };
    let clock = match &plan.wall {
        Some(wall) => {
            WALL.set(wall.clone()).unwrap();
            Clock::new(wrong_wall)
        }
        None => Clock::default(),
    };
    let all = CancellationToken::new();
    let emit = {
        let (all, plan, spool, clock) = (all.clone(), plan.clone(), &spool, &clock);
        async move {
            let mut emitted = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(plan.emitted())
                .unwrap();
            for n in emitted_ms(&plan.emitted()).len() as u64..plan.n_sightings {
                let mut sighting = plan.sighting(n);
                if plan.wall.is_some() {
                    sighting.captured_at = clock.now();
                    sighting.sighting_id = pipeline::sighting_id(sighting.captured_at);
                    sighting.clock_offset_ms = clock.offset_ms();
                }
                let stamp = clock.stamp(sighting.captured_at);
                spool.put(sighting, stamp);
                let at = stamp.since_boot_ms.to_le_bytes();
                emitted.write_all(&at).unwrap();
                tokio::time::sleep(Duration::from_millis(plan.pause_ms)).await;
            }
            all.cancel();
        }
    };
    let stop = CancellationToken::new();
    let send = uplink::run(
        &options,
        (&spool, &clock),
        all.clone(),
        stop,
        (|| None, |_, _| {}),
    );
    let (stats, ()) = tokio::join!(send, emit);
    assert_eq!((stats.n_refused, stats.n_left), (0, 0));
    let spool = spool.stats();
    let n_lost = spool.n_dropped_full + spool.n_dropped_memory + spool.n_unreadable;
    assert_eq!(n_lost, 0, "{spool:?}");
}
