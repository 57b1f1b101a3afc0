//! How a sighting is written into the spool. Must not know files or keys.

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_store::device::{Pad, PadEvidence, Sighting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Stamp;

/// A sighting without its thumbnail. A new field is a new variant of [`Written`].
#[derive(Serialize, Deserialize)]
struct Record {
    camera_id: Uuid,
    /// Microseconds since 1970.
    captured_us: i64,
    embedding: Vec<f32>,
    quality: f32,
    pad: u8,
    n_frames: i16,
    clock_offset_ms: Option<i32>,
    agreement: Option<f32>,
    boot: Option<Uuid>,
    since_boot_ms: u64,
}

#[derive(Serialize, Deserialize)]
enum Written {
    V1(Record),
    V2(Record, Option<PadEvidence>),
}

/// The bytes of a sighting, without its id and its thumbnail.
pub(super) fn write(sighting: &Sighting, stamp: &Stamp) -> Vec<u8> {
    let record = Record {
        camera_id: sighting.camera_id.0,
        captured_us: sighting.captured_at.as_microsecond(),
        embedding: sighting.embedding.clone(),
        quality: sighting.quality,
        pad: match sighting.pad {
            Pad::NotChecked => 0,
            Pad::Live => 1,
            Pad::Attack => 2,
        },
        n_frames: sighting.n_frames,
        clock_offset_ms: sighting.clock_offset_ms,
        agreement: sighting.agreement,
        boot: stamp.boot,
        since_boot_ms: stamp.since_boot_ms,
    };
    postcard::to_allocvec(&Written::V2(record, sighting.pad_evidence))
        .expect("memory takes all of a record")
}

/// The sighting of these bytes; none when they are of another version or no sighting.
pub(super) fn read(
    sighting_id: Uuid,
    bytes: &[u8],
    thumbnail: Option<Vec<u8>>,
) -> Option<(Sighting, Stamp)> {
    let (record, pad_evidence) = match postcard::from_bytes(bytes).ok()? {
        Written::V1(record) => (record, None),
        Written::V2(record, pad_evidence) => (record, pad_evidence),
    };
    let sighting = Sighting {
        sighting_id: SightingId(sighting_id),
        camera_id: CameraId(record.camera_id),
        captured_at: Timestamp::from_microsecond(record.captured_us).ok()?,
        embedding: record.embedding,
        quality: record.quality,
        pad: match record.pad {
            0 => Pad::NotChecked,
            1 => Pad::Live,
            2 => Pad::Attack,
            _ => return None,
        },
        pad_evidence,
        n_frames: record.n_frames,
        thumbnail,
        clock_offset_ms: record.clock_offset_ms,
        agreement: record.agreement,
    };
    let stamp = Stamp {
        boot: record.boot,
        since_boot_ms: record.since_boot_ms,
    };
    Some((sighting, stamp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_an_agent_that_did_not_look_for_attacks_is_read() {
        let record = Record {
            camera_id: Uuid::from_u128(7),
            captured_us: 1_700_000_000_000_000,
            embedding: vec![0.6, 0.8],
            quality: 0.5,
            pad: 0,
            n_frames: 4,
            clock_offset_ms: Some(-3),
            agreement: None,
            boot: None,
            since_boot_ms: 9,
        };
        let bytes = postcard::to_allocvec(&Written::V1(record)).unwrap();
        let (sighting, stamp) = read(Uuid::from_u128(8), &bytes, None).unwrap();
        assert_eq!(
            (sighting.pad, sighting.pad_evidence),
            (Pad::NotChecked, None)
        );
        assert_eq!(sighting.embedding, [0.6, 0.8]);
        assert_eq!(stamp.since_boot_ms, 9);
        assert!(read(Uuid::from_u128(8), &bytes[..5], None).is_none());
    }
}
