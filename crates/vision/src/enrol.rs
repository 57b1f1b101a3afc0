//! One photograph of one person becomes one embedding, or a reason a person can act on.
//!
//! Must not know employees, consent or storage.

use std::fmt;

use crate::{
    align,
    detect::Detector,
    embed::Embedder,
    embedding::Embedding,
    error::VisionError,
    frame::Frame,
    geometry::Face,
    quality::{self, Flaw, Quality},
};

/// Photographs are shrunk to this longer side first: more pixels cost time and memory, and a
/// face that is small in such a picture is too small to enrol.
const MAX_SIDE_PX: u32 = 1600;

/// Least distance between the eyes for a template, pixels of the (shrunk) photograph.
const MIN_EYE_DISTANCE_PX: f32 = 28.0;

/// Faces smaller than this share of the largest one's side are background, not a second person.
const BACKGROUND_SHARE: f32 = 0.35;

/// Least score of a photograph for a template: stricter than for a frame, it is used for years.
const LEAST_SCORE: f32 = 0.35;

/// Side of the thumbnail.
const THUMBNAIL_PX: u32 = 112;

/// A face fit to become a template. Its `Debug` text shows neither embedding nor picture.
#[derive(Clone)]
pub struct EnrolledFace {
    /// Unit norm, in the embedder's space.
    pub embedding: Embedding,
    /// The face, in pixels of the photograph.
    pub face: Face,
    /// Its quality.
    pub quality: Quality,
    /// JPEG, 112 x 112 pixels.
    pub thumbnail_jpeg: Vec<u8>,
}

impl fmt::Debug for EnrolledFace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EnrolledFace");
        shown
            .field("face", &self.face)
            .field("quality", &self.quality)
            .finish_non_exhaustive()
    }
}

/// Why a photograph was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhotoProblem {
    /// No face found.
    #[error(
        "no face was found in the photograph\nhint: use a photograph that shows the face from the front, upright and in good light"
    )]
    NoFace,
    /// More than one person.
    #[error(
        "{n} faces were found in the photograph, expected one\nhint: crop the photograph to the person"
    )]
    SeveralFaces {
        /// Faces that could be meant.
        n: usize,
    },
    /// Too few pixels.
    #[error(
        "the face is too small: {eye_distance_px:.0} pixels between the eyes, at least {min:.0} are needed\nhint: use a larger or closer photograph"
    )]
    TooSmall {
        /// Found.
        eye_distance_px: f32,
        /// Needed.
        min: f32,
    },
    /// Blurred, dark, turned or cut off.
    #[error(
        "the photograph is not good enough: {reason}\nhint: use a sharp, evenly lit photograph of the whole face from the front"
    )]
    LowQuality {
        /// What speaks most against it.
        reason: Flaw,
    },
    /// Not the photograph's fault, or the image itself is broken.
    #[error("the photograph could not be examined")]
    Failed(#[from] VisionError),
}

/// Makes the embedding of the one person in a photograph.
///
/// Shapes: `frame` BGR u8, any size; photographs above 1600 pixels are shrunk first.
/// Errors: [`PhotoProblem`], each with what to do about it.
pub fn enrol_photo(
    detector: &mut Detector,
    embedder: &mut Embedder,
    frame: &Frame,
) -> Result<EnrolledFace, PhotoProblem> {
    enrol(detector, embedder, (frame, false))
}

/// As [`enrol_photo`], of the largest face where there are several: for photographs whose people are known otherwise, as
/// those of test collections. Whoever stands behind somebody must not be enrolled by chance.
pub fn enrol_largest_face(
    detector: &mut Detector,
    embedder: &mut Embedder,
    frame: &Frame,
) -> Result<EnrolledFace, PhotoProblem> {
    enrol(detector, embedder, (frame, true))
}

fn enrol(
    detector: &mut Detector,
    embedder: &mut Embedder,
    (frame, takes_largest): (&Frame, bool),
) -> Result<EnrolledFace, PhotoProblem> {
    let shrunk = frame.shrunk_to(MAX_SIDE_PX)?;
    let scale = shrunk
        .as_ref()
        .map_or(1.0, |small| frame.width() as f32 / small.width() as f32);
    let frame = shrunk.as_ref().unwrap_or(frame);
    let faces = detector.detect(frame)?;
    let largest = faces.first().ok_or(PhotoProblem::NoFace)?;
    let least = BACKGROUND_SHARE * largest.bbox.width().max(largest.bbox.height());
    let n = faces
        .iter()
        .filter(|face| face.bbox.width().max(face.bbox.height()) >= least)
        .count();
    if n > 1 && !takes_largest {
        return Err(PhotoProblem::SeveralFaces { n });
    }
    let eye_distance_px = largest.eye_distance_px();
    if eye_distance_px < MIN_EYE_DISTANCE_PX {
        return Err(PhotoProblem::TooSmall {
            eye_distance_px,
            min: MIN_EYE_DISTANCE_PX,
        });
    }
    let crop = align::crop(frame, largest, embedder.align())?;
    let quality = quality::assess(frame, largest, &crop);
    if quality.score < LEAST_SCORE {
        return Err(PhotoProblem::LowQuality {
            reason: quality.worst_flaw(),
        });
    }
    let thumbnail_jpeg = crop.thumbnail_jpeg(THUMBNAIL_PX)?;
    let mut embeddings = embedder.embed(&[crop])?;
    let embedding = embeddings.pop().expect("one crop gives one embedding");
    Ok(EnrolledFace {
        embedding,
        face: scaled(largest, scale),
        quality,
        thumbnail_jpeg,
    })
}

/// The face in pixels of the photograph before shrinking.
fn scaled(face: &Face, scale: f32) -> Face {
    let mut scaled = face.clone();
    for edge in [
        &mut scaled.bbox.x1,
        &mut scaled.bbox.y1,
        &mut scaled.bbox.x2,
        &mut scaled.bbox.y2,
    ] {
        *edge *= scale;
    }
    scaled.landmarks.iter_mut().for_each(|(x, y)| {
        *x *= scale;
        *y *= scale;
    });
    scaled
}
