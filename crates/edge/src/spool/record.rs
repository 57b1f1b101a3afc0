//! How a sighting is written into the spool. Must not know files or keys.

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, EmployeeId, SightingId};
use rollcall_domain::punch::Direction;
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
    /// With the direction (1 is in, 2 is out, 0 is not known) and what the verdict of attack detection rests on.
    V2(Record, u8, Option<PadEvidence>),
    /// With whom the device greeted.
    V3(Record, u8, Option<PadEvidence>, Uuid),
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
    let direction = match sighting.direction {
        None => 0,
        Some(Direction::In) => 1,
        Some(Direction::Out) => 2,
    };
    let evidence = sighting.pad_evidence;
    let written = match sighting.greeted {
        // As an earlier agent can read it, should this one be replaced by it.
        None => Written::V2(record, direction, evidence),
        Some(employee_id) => Written::V3(record, direction, evidence, employee_id.0),
    };
    postcard::to_allocvec(&written).expect("memory takes all of a record")
}

/// The sighting of these bytes; none when they are of another version or no sighting.
pub(super) fn read(
    sighting_id: Uuid,
    bytes: &[u8],
    thumbnail: Option<Vec<u8>>,
) -> Option<(Sighting, Stamp)> {
    let (record, direction, pad_evidence, greeted) = match postcard::from_bytes(bytes).ok()? {
        Written::V1(record) => (record, 0, None, None),
        Written::V2(record, direction, pad_evidence) => (record, direction, pad_evidence, None),
        Written::V3(record, direction, pad_evidence, greeted) => {
            (record, direction, pad_evidence, Some(EmployeeId(greeted)))
        }
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
        direction: match direction {
            0 => None,
            1 => Some(Direction::In),
            2 => Some(Direction::Out),
            _ => return None,
        },
        greeted,
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
    fn what_an_earlier_agent_wrote_can_be_read() {
        let record = Record {
            camera_id: Uuid::from_u128(7),
            captured_us: 1_700_000_000_000_001,
            embedding: vec![0.5; 512],
            quality: 0.5,
            pad: 1,
            n_frames: 5,
            clock_offset_ms: Some(-3),
            agreement: Some(0.9),
            boot: None,
            since_boot_ms: 9,
        };
        let id = Uuid::from_u128(1);
        let old = postcard::to_allocvec(&Written::V1(record)).unwrap();
        let (sighting, stamp) = read(id, &old, None).unwrap();
        assert_eq!((sighting.n_frames, sighting.direction), (5, None));
        assert_eq!((sighting.pad, sighting.pad_evidence), (Pad::Live, None));
        let now = Sighting {
            direction: Some(Direction::Out),
            ..sighting
        };
        let (again, _) = read(id, &write(&now, &stamp), None).unwrap();
        assert_eq!(again, now);
        let greeted = Sighting {
            greeted: Some(EmployeeId(Uuid::from_u128(8))),
            ..now.clone()
        };
        let (again, _) = read(id, &write(&greeted, &stamp), None).unwrap();
        assert_eq!(again, greeted);
        let mut unknown = write(&now, &stamp);
        // The direction stands before the evidence, of which there is none.
        let place = unknown.len() - 2;
        unknown[place] = 3;
        assert!(read(id, &unknown, None).is_none());
        assert!(read(id, &old[..5], None).is_none());
    }
}
