//! A track that was decided, and the sighting that is made of it. Must not know frames or how tracks are followed.

use std::fmt;

use rollcall_domain::punch::Direction;

use crate::{
    aggregate::aggregate,
    align::Crop,
    cover::Cover,
    embed::Embedder,
    embedding::Embedding,
    error::Result,
    geometry::BBox,
    pad::{Evidence, Verdict},
    shots::Shot,
};

/// Side of a sighting's thumbnail.
const THUMBNAIL_PX: u32 = 112;

/// One tracked face, embedded. Its `Debug` text shows neither embedding nor picture.
#[derive(Clone)]
pub struct TrackSighting {
    /// Track, numbered from 1 per watcher.
    pub track_id: u64,
    /// Instant of the track's first frame.
    pub first_seen_ms: u64,
    /// Instant of the best shot.
    pub captured_ms: u64,
    /// Aggregate over the shots, unit norm.
    pub embedding: Embedding,
    /// Mean similarity of the shots to the aggregate.
    pub agreement: f32,
    /// Score of the best shot, 0 to 1.
    pub quality: f32,
    /// Shots aggregated.
    pub n_frames: u32,
    /// Whether this was a person or a picture of one.
    pub pad: Verdict,
    /// What the verdict rests on.
    pub pad_evidence: Evidence,
    /// Box of the best shot, frame pixels.
    pub bbox: BBox,
    /// Which way it crossed the line, if there is one and it did.
    pub direction: Option<Direction>,
    /// What seemed to cover the face in most shots.
    pub cover: Option<Cover>,
    /// JPEG of the best shot, 112 x 112 pixels.
    pub thumbnail_jpeg: Vec<u8>,
}

impl fmt::Debug for TrackSighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackSighting")
            .field("track_id", &self.track_id)
            .field("first_seen_ms", &self.first_seen_ms)
            .field("captured_ms", &self.captured_ms)
            .field("agreement", &self.agreement)
            .field("quality", &self.quality)
            .field("n_frames", &self.n_frames)
            .field("pad", &self.pad)
            .field("bbox", &self.bbox)
            .field("direction", &self.direction)
            .field("cover", &self.cover)
            .finish_non_exhaustive()
    }
}

/// A track with enough good shots, which are still to be embedded.
#[derive(Debug)]
pub struct DecidedTrack {
    pub(super) track_id: u64,
    pub(super) first_seen_ms: u64,
    pub(super) shots: Vec<Shot>,
    pub(super) pad_evidence: Evidence,
    pub(super) direction: Option<Direction>,
}

impl DecidedTrack {
    /// Shots to embed.
    pub fn n_shots(&self) -> usize {
        self.shots.len()
    }

    /// Embeds the shots in one batch and makes one sighting of them.
    ///
    /// Errors: those of [`Embedder::embed`] and [`aggregate`]; a picture that cannot be written.
    pub fn sight(self, embedder: &mut Embedder) -> Result<TrackSighting> {
        let crops: Vec<Crop> = self.shots.iter().map(|shot| shot.crop.clone()).collect();
        let embeddings = embedder.embed(&crops)?;
        let weighted: Vec<(Embedding, f32)> = embeddings
            .into_iter()
            .zip(self.shots.iter().map(|shot| shot.quality.score))
            .collect();
        let aggregate = aggregate(&weighted)?;
        let best = self
            .shots
            .iter()
            .max_by(|a, b| a.quality.score.total_cmp(&b.quality.score))
            .expect("`aggregate` refuses a track without shots");
        Ok(TrackSighting {
            track_id: self.track_id,
            first_seen_ms: self.first_seen_ms,
            captured_ms: best.at_ms,
            embedding: aggregate.embedding,
            agreement: aggregate.agreement,
            quality: best.quality.score,
            n_frames: aggregate.n_frames,
            pad: self.pad_evidence.verdict(),
            pad_evidence: self.pad_evidence,
            bbox: best.bbox,
            direction: self.direction,
            cover: mostly(&self.shots),
            thumbnail_jpeg: best.crop.thumbnail_jpeg(THUMBNAIL_PX)?,
        })
    }
}

/// What covers the face in more than half of the shots.
fn mostly(shots: &[Shot]) -> Option<Cover> {
    [Cover::Mouth, Cover::Eyes].into_iter().find(|cover| {
        let n = shots
            .iter()
            .filter(|shot| shot.cover == Some(*cover))
            .count();
        2 * n > shots.len()
    })
}
