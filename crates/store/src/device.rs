//! The calls of a device: hello, heartbeat, sightings. The whole of the database that a device sees.
//! Must not know tables: a device may execute `edge.*` and nothing else.

mod code;
mod greeting;
mod picture;

use std::collections::BTreeMap;

use jiff::Timestamp;
use pgvector::HalfVector;
use rollcall_domain::id::{CameraId, DeviceId, EmployeeId, SightingId, SiteId};
use rollcall_domain::punch::Direction;
use serde::{Deserialize, Serialize};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Json, Kind, ToSql, Type};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use crate::device_link::DeviceLink;
use crate::error::{Op, Result, StoreError};
pub use crate::pad::{Pad, PadEvidence};
use crate::template::half_vector;

pub use code::{Code, CodeAnswer, CodeEntry, CodeOutcome};
pub use greeting::{GalleryTemplate, OfflineGreeting};
pub(crate) use picture::SWITCHED_OFF;
pub use picture::{MAX_PICTURE_BYTES, Showing, Watched};

/// Most sightings of one call.
pub const MAX_SIGHTINGS: usize = 512;
const SUBMIT: &str = "select sighting_id, outcome, employee_name, direction, similarity, margin
 from edge.submit_sightings(
   p_sighting_id => $1, p_camera_id => $2, p_captured_at => $3, p_embedding => $4, p_space_digest => $5,
   p_quality => $6, p_pad => $7, p_n_frames => $8, p_thumbnail => $9, p_sent_at => $10, p_clock_offset_ms => $11,
   p_agreement => $12, p_direction => $13, p_pad_evidence => $14)";
/// As [`SUBMIT`], with whom the device greeted. Only then, so that a hub from before there was a copy to greet by goes on
/// taking sightings.
const SUBMIT_GREETED: &str = "select sighting_id, outcome, employee_name, direction, similarity, margin
 from edge.submit_sightings(
   p_sighting_id => $1, p_camera_id => $2, p_captured_at => $3, p_embedding => $4, p_space_digest => $5,
   p_quality => $6, p_pad => $7, p_n_frames => $8, p_thumbnail => $9, p_sent_at => $10, p_clock_offset_ms => $11,
   p_agreement => $12, p_direction => $13, p_pad_evidence => $14, p_greeted_employee_id => $15)";

/// One tracked face in front of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// A uuidv7 whose time is that of the capture (to ten minutes).
    pub sighting_id: SightingId,
    /// A camera of the device.
    pub camera_id: CameraId,
    /// When the face was seen, as exactly as the device knows.
    pub captured_at: Timestamp,
    /// 512 numbers of unit length; the rest of a smaller model's output is zero.
    pub embedding: Vec<f32>,
    /// 0 to 1.
    pub quality: f32,
    /// Living person or attack.
    pub pad: Pad,
    /// What that rests on; none when the device does not say.
    pub pad_evidence: Option<PadEvidence>,
    /// Frames that the embedding was aggregated over, at least one.
    pub n_frames: i16,
    /// JPEG of the face, at most 64 KiB.
    pub thumbnail: Option<Vec<u8>>,
    /// Milliseconds by which the device's clock was ahead of the hub's, by which `captured_at` is corrected; none when it
    /// was not known, and then the hub lets a person decide.
    pub clock_offset_ms: Option<i32>,
    /// Mean cosine of the frames to their aggregate; none when it was not measured.
    pub agreement: Option<f32>,
    /// Which way the person went, as far as the device saw it; counts where the camera has no direction of its own.
    pub direction: Option<Direction>,
    /// Whom the device greeted by its copy of the gallery because the hub did not answer; none for nobody. The hub decides
    /// for itself, and where it comes to something else, a person looks.
    pub greeted: Option<EmployeeId>,
}

/// What the hub made of a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A punch.
    Punched,
    /// A punch within the cool-down of another.
    Repeat,
    /// A person must look at it.
    Review,
    /// Nobody of this site.
    Unknown,
    /// An attack, or too poor to use.
    Rejected,
    /// The same id twice in one call, or used by another device.
    Duplicate,
}

/// Answer to one sighting.
#[derive(Clone, Debug, PartialEq)]
pub struct SightingOutcome {
    /// Which.
    pub sighting_id: SightingId,
    /// What became of it.
    pub outcome: Outcome,
    /// For punched and repeat.
    pub employee_name: Option<String>,
    /// `in` or `out`, when the camera or the sighting says so.
    pub direction: Option<String>,
    /// Cosine with the best person.
    pub similarity: Option<f32>,
    /// Lead over the second-best person (cosine).
    pub margin: Option<f32>,
}

/// A camera as the hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelloCamera {
    /// Its id.
    pub camera_id: CameraId,
    /// Its name.
    pub name: String,
    /// `entry`, `exit` or `both`.
    pub direction: String,
}

/// What an agent says of itself with its sign of life.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Seconds since its start.
    pub uptime_s: i64,
    /// Milliseconds by which its clock is ahead of the hub's; none when it has not measured.
    #[serde(default)]
    pub clock_offset_ms: Option<i32>,
    /// Of the hottest part of the box; none when it cannot be read.
    #[serde(default)]
    pub temperature_celsius: Option<f32>,
    /// What recognises; none from agents that did not say so yet.
    #[serde(default)]
    pub recogniser: Option<RecogniserStatus>,
    /// What waits for the hub.
    pub spool: SpoolStatus,
    /// Its copy of the gallery; none when it holds none.
    #[serde(default)]
    pub gallery: Option<GalleryStatus>,
    /// Its cameras, in the order of its configuration.
    pub cameras: Vec<CameraStatus>,
}

/// What recognises faces on a box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecogniserStatus {
    /// Model pack.
    pub pack: String,
    /// `fp32`, `fp16` or `int8`.
    pub precision: String,
    /// Execution provider, as `cpu`.
    pub provider: String,
}

/// What waits for the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpoolStatus {
    /// Sightings that wait, those in memory too.
    pub n_waiting: i64,
    /// Of these, in memory, because the disk takes none.
    pub n_in_memory: i64,
    /// Bytes in use.
    pub bytes: i64,
    /// Most bytes that may be.
    pub max_bytes: i64,
    /// Sightings lost since the start: dropped, unreadable or refused.
    pub n_lost: i64,
}

/// The copy of its site's gallery that a device holds to greet while the hub does not answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GalleryStatus {
    /// Templates in it.
    pub n_templates: i64,
    /// Seconds since the hub last said that it is still right.
    pub age_s: i64,
    /// Seconds after which it is deleted.
    pub max_age_s: i64,
}

/// How a camera is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CameraStatus {
    /// Its name.
    pub name: String,
    /// What comes from it.
    pub state: CameraState,
    /// Frames read, a second, since the sign of life before.
    pub captured_per_second: f32,
    /// Frames looked at, likewise.
    pub processed_per_second: f32,
    /// Frames replaced by newer ones before they were looked at, since the start.
    pub n_dropped: i64,
    /// Frames that could not be read, since the start.
    pub n_failed: i64,
    /// Faces that were followed and gave no sighting, since the start, by reason: `unconfirmed`, `too_short`, or what
    /// most of their pictures lacked.
    #[serde(default)]
    pub n_lost: BTreeMap<String, i64>,
    /// Sightings in which something seemed to cover the `mouth` or the `eyes`, since the start.
    #[serde(default)]
    pub n_covered: BTreeMap<String, i64>,
    /// Milliseconds of the networks for a frame, on average since the sign of life before.
    pub inference_ms: f32,
    /// When the last frame came; none when none did.
    #[serde(default)]
    pub last_frame_at: Option<Timestamp>,
    /// Whether people may look through it from afar; none when the agent does not say, because it is too old for that.
    #[serde(default)]
    pub remote_view: Option<bool>,
}

/// What comes from a camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// It is being opened.
    #[default]
    Opening,
    /// Pictures of the world.
    Well,
    /// It cannot be opened.
    Unreachable,
    /// Nothing in time.
    Stalled,
    /// Nothing but black.
    Black,
    /// Always the same picture.
    Frozen,
    /// Nothing any more: a file that was to be played once.
    Ended,
}

/// What a device learns when it starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Hello {
    /// The device itself.
    pub device_id: DeviceId,
    /// Its name.
    pub device_name: String,
    /// Where it stands.
    pub site_id: SiteId,
    /// Name of the site.
    pub site_name: String,
    /// IANA name.
    pub time_zone: String,
    /// By name.
    pub cameras: Vec<HelloCamera>,
    /// Digest of the space that sightings must be in; none before there is one.
    pub space_digest: Option<String>,
    /// Model pack of that space.
    pub space_pack: Option<String>,
    /// Similarity (cosine) from which a sighting is accepted.
    pub threshold: Option<f32>,
    /// The hub's clock.
    pub server_at: Timestamp,
}

/// What the hub wants of a device.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Orders {
    /// A new password is due.
    #[serde(default)]
    pub renew_password: bool,
    /// How this device may greet while the hub does not answer; none when it may not, and must hold no copy, or when a
    /// later hub says it in another way.
    #[serde(default, deserialize_with = "greeting::understood")]
    pub offline_greeting: Option<OfflineGreeting>,
}

/// What PostgreSQL keeps of a password: with it the password can be checked and not be found out.
pub fn password_verifier(password: &str) -> String {
    postgres_protocol::password::scram_sha_256(password.as_bytes())
}

/// One connection of a device. Make a new one after an error.
///
/// Its statements have no names, so that each can run on another connection to the server: devices may come through a
/// PgBouncer that pools transactions.
pub struct DeviceClient {
    client: Client,
    /// `halfvec[]`, whose number differs from database to database.
    half_vectors: Type,
}

impl std::fmt::Debug for DeviceClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceClient").finish_non_exhaustive()
    }
}

impl DeviceClient {
    /// Connects without TLS, with the password in the connection string. See [`DeviceLink`] for the ways of a box.
    pub async fn connect(url: &str) -> Result<Self> {
        DeviceLink::new(url, None)?.connect(None).await
    }

    pub(crate) async fn new(client: Client) -> Result<Self> {
        let row = client
            .query_typed_one(
                "select oid, typarray from pg_type where oid = 'halfvec'::regtype",
                &[],
            )
            .await
            .op("look up the type of embeddings")?;
        let schema = "public".to_owned();
        let half_vector = Type::new(
            "halfvec".to_owned(),
            row.get("oid"),
            Kind::Simple,
            schema.clone(),
        );
        let half_vectors = Type::new(
            "_halfvec".to_owned(),
            row.get("typarray"),
            Kind::Array(half_vector),
            schema,
        );
        Ok(Self {
            client,
            half_vectors,
        })
    }

    /// Who and where this device is.
    pub async fn hello(&self) -> Result<Hello> {
        let row = self
            .client
            .query_typed_one(
                "select device_id, device_name, site_id, site_name, time_zone, camera_ids, camera_names,
                   camera_directions, space_digest, space_pack, threshold, server_at from edge.hello(p_agent_version => $1)",
                &[(&env!("CARGO_PKG_VERSION"), Type::TEXT)],
            )
            .await
            .op("say hello")?;
        let ids: Vec<Uuid> = row.get("camera_ids");
        let names: Vec<String> = row.get("camera_names");
        let directions: Vec<String> = row.get("camera_directions");
        Ok(Hello {
            device_id: DeviceId(row.get("device_id")),
            device_name: row.get("device_name"),
            site_id: SiteId(row.get("site_id")),
            site_name: row.get("site_name"),
            time_zone: row.get("time_zone"),
            cameras: ids
                .into_iter()
                .zip(names)
                .zip(directions)
                .map(|((id, name), direction)| HelloCamera {
                    camera_id: CameraId(id),
                    name,
                    direction,
                })
                .collect(),
            space_digest: row.get("space_digest"),
            space_pack: row.get("space_pack"),
            threshold: row.get("threshold"),
            server_at: row.get("server_at"),
        })
    }

    /// A sign of life, with what the agent says of itself. Returns the hub's clock.
    pub async fn heartbeat(&self, status: Option<&Status>) -> Result<Timestamp> {
        let row = self
            .client
            .query_typed_one(
                "select edge.heartbeat(p_status => $1)",
                &[(&status.map(Json), Type::JSONB)],
            )
            .await
            .op("send heartbeat")?;
        Ok(row.get(0))
    }

    /// Whether the hub is still there: the least that a server answers, without a statement or a transaction.
    pub async fn ping(&self) -> Result<()> {
        self.client.check_connection().await.op("ask for an answer")
    }

    /// What the hub wants of this device.
    pub async fn orders(&self) -> Result<Orders> {
        let row = self
            .client
            .query_typed_one("select edge.orders()", &[])
            .await;
        let Json(orders) = match row {
            Ok(row) => row.try_get(0).op("read orders")?,
            // A hub from before there were orders has none.
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_FUNCTION) => {
                Json(Orders::default())
            }
            Err(error) => return Err(error).op("ask for orders"),
        };
        Ok(orders)
    }

    /// Gives this device's log-in another password, by its SCRAM-SHA-256 verifier ([`password_verifier`]). Connections
    /// that are open stay open.
    pub async fn password_set(&self, verifier: &str) -> Result<()> {
        self.client
            .query_typed_one(
                "select edge.password_set(p_verifier => $1)",
                &[(&verifier, Type::TEXT)],
            )
            .await
            .op("set the password")
            .map(drop)
    }

    /// Sends 1 to [`MAX_SIGHTINGS`] sightings and returns an outcome for each, in the same order: one
    /// round trip, one transaction. Sending a sighting again changes nothing and gives the same outcome.
    ///
    /// `sent_at`: the present instant, as exactly as the device knows.
    ///
    /// Errors: codes `RC001` to `RC010` (docs/errors.md), after which nothing was stored.
    pub async fn submit_sightings(
        &self,
        space_digest: &str,
        sightings: &[Sighting],
        sent_at: Timestamp,
    ) -> Result<Vec<SightingOutcome>> {
        fn column<'a, T>(sightings: &'a [Sighting], value: impl Fn(&'a Sighting) -> T) -> Vec<T> {
            sightings.iter().map(value).collect()
        }
        let sighting_ids = column(sightings, |sighting| sighting.sighting_id.0);
        let camera_ids = column(sightings, |sighting| sighting.camera_id.0);
        let captured_ats = column(sightings, |sighting| sighting.captured_at);
        let embeddings: Vec<HalfVector> =
            column(sightings, |sighting| half_vector(&sighting.embedding));
        let qualities = column(sightings, |sighting| sighting.quality);
        let pads = column(sightings, |sighting| sighting.pad.as_str());
        let n_frames = column(sightings, |sighting| sighting.n_frames);
        let thumbnails = column(sightings, |sighting| sighting.thumbnail.as_deref());
        let clock_offsets = column(sightings, |sighting| sighting.clock_offset_ms);
        let agreements = column(sightings, |sighting| sighting.agreement);
        let directions = column(sightings, |sighting| {
            sighting.direction.map(Direction::as_str)
        });
        let evidence = column(sightings, |sighting| sighting.pad_evidence.map(Json));
        let greeted = column(sightings, |sighting| sighting.greeted.map(|id| id.0));
        let parameters: [(&(dyn ToSql + Sync), Type); 15] = [
            (&sighting_ids, Type::UUID_ARRAY),
            (&camera_ids, Type::UUID_ARRAY),
            (&captured_ats, Type::TIMESTAMPTZ_ARRAY),
            (&embeddings, self.half_vectors.clone()),
            (&space_digest, Type::TEXT),
            (&qualities, Type::FLOAT4_ARRAY),
            (&pads, Type::TEXT_ARRAY),
            (&n_frames, Type::INT2_ARRAY),
            (&thumbnails, Type::BYTEA_ARRAY),
            (&sent_at, Type::TIMESTAMPTZ),
            (&clock_offsets, Type::INT4_ARRAY),
            (&agreements, Type::FLOAT4_ARRAY),
            (&directions, Type::TEXT_ARRAY),
            (&evidence, Type::JSONB_ARRAY),
            (&greeted, Type::UUID_ARRAY),
        ];
        let (statement, parameters) = match greeted.iter().any(Option::is_some) {
            true => (SUBMIT_GREETED, &parameters[..]),
            false => (SUBMIT, &parameters[..14]),
        };
        let rows = self
            .client
            .query_typed(statement, parameters)
            .await
            .map_err(|source| match source.code() {
                Some(&SqlState::UNDEFINED_FUNCTION) => StoreError::HubOlder,
                _ => StoreError::Query {
                    operation: "submit sightings",
                    source,
                },
            })?;
        rows.iter().map(outcome).collect()
    }
}

fn outcome(row: &Row) -> Result<SightingOutcome> {
    let text: &str = row.get("outcome");
    let outcome = match text {
        "punched" => Outcome::Punched,
        "repeat" => Outcome::Repeat,
        "review" => Outcome::Review,
        "unknown" => Outcome::Unknown,
        "rejected" => Outcome::Rejected,
        "duplicate" => Outcome::Duplicate,
        _ => {
            return Err(StoreError::Row {
                operation: "submit sightings",
                column: "outcome",
                value: text.to_owned(),
            });
        }
    };
    Ok(SightingOutcome {
        sighting_id: SightingId(row.get("sighting_id")),
        outcome,
        employee_name: row.get("employee_name"),
        direction: row.get("direction"),
        similarity: row.get("similarity"),
        margin: row.get("margin"),
    })
}
