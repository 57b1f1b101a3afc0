//! Cutting a face out of its frame the way the recogniser was trained to see it.
//!
//! Must not know the recogniser; the manifest's `[align]` section says which definition holds.

use opencv::core::{Rect, Size};

use crate::{
    error::{Result, VisionError, cv},
    frame::{Frame, encode_jpeg},
    geometry::Face,
};

/// Alignment `box-margin`: the box widened by a margin, clipped, resized to a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlignSpec {
    /// Side of the crop in pixels.
    pub size_px: u32,
    /// Margin in crop pixels, both sides together.
    pub margin_px: u32,
}

/// An aligned face: RGB u8 `[size, size, 3]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Crop {
    rgb: Box<[u8]>,
    size_px: u32,
}

impl Crop {
    /// Wraps RGB pixels of a square.
    ///
    /// Errors: [`VisionError::Option`] when `rgb` is not `size_px * size_px * 3` bytes.
    pub fn from_rgb(rgb: Vec<u8>, size_px: u32) -> Result<Crop> {
        if rgb.len() as u64 != u64::from(size_px) * u64::from(size_px) * 3 {
            let found = format!("{} bytes", rgb.len());
            return Err(VisionError::Option {
                name: "rgb",
                found,
                expected: "size * size * 3 bytes",
            });
        }
        Ok(Crop {
            rgb: rgb.into_boxed_slice(),
            size_px,
        })
    }

    /// The pixels, rows top to bottom, R G B.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Side in pixels.
    pub fn size_px(&self) -> u32 {
        self.size_px
    }

    /// A JPEG of this face with side `side_px`.
    pub fn thumbnail_jpeg(&self, side_px: u32) -> Result<Vec<u8>> {
        let side = self.size_px as i32;
        let bgr: Vec<opencv::core::Vec3b> = self
            .rgb
            .chunks_exact(3)
            .map(|p| opencv::core::Vec3b::from([p[2], p[1], p[0]]))
            .collect();
        let mat = opencv::core::Mat::new_rows_cols_with_data(side, side, &bgr)
            .map_err(cv("wrap a crop"))?;
        let frame = Frame::from_mat(mat.clone_pointee())?;
        let target = Size::new(side_px as i32, side_px as i32);
        encode_jpeg(
            &frame.resized_part(Rect::new(0, 0, side, side), target)?,
            88,
        )
    }
}

impl std::fmt::Debug for Crop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crop([{0}x{0} pixels])", self.size_px)
    }
}

/// Integer box of a crop: `x1, y1` inclusive, `x2, y2` exclusive, inside the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropBox {
    /// Left.
    pub x1: i32,
    /// Top.
    pub y1: i32,
    /// Right, exclusive.
    pub x2: i32,
    /// Bottom, exclusive.
    pub y2: i32,
}

/// The part of the frame that a crop shows.
///
/// Units: frame pixels.
/// Errors: [`VisionError::CropEmpty`] when nothing of it lies inside the frame.
/// Source: facenet-pytorch 2.6.0, `extract_face`: each side is widened by
/// `margin * side / (size - margin)`, half on either end, then clipped and truncated.
pub fn crop_box(frame: &Frame, face: &Face, spec: &AlignSpec) -> Result<CropBox> {
    let (width, height) = (frame.width(), frame.height());
    let [x1, y1, x2, y2] = [face.bbox.x1, face.bbox.y1, face.bbox.x2, face.bbox.y2].map(f64::from);
    let widen = f64::from(spec.margin_px) / f64::from(spec.size_px - spec.margin_px) / 2.0;
    let (dx, dy) = (widen * (x2 - x1), widen * (y2 - y1));
    // `as` saturates and turns NaN into 0, so no box can make this panic.
    let crop = CropBox {
        x1: (x1 - dx).max(0.0) as i32,
        y1: (y1 - dy).max(0.0) as i32,
        x2: (x2 + dx).min(f64::from(width)) as i32,
        y2: (y2 + dy).min(f64::from(height)) as i32,
    };
    if crop.x1 >= crop.x2 || crop.y1 >= crop.y2 {
        return Err(VisionError::CropEmpty { width, height });
    }
    Ok(crop)
}

/// Cuts `face` out of `frame`.
///
/// Shapes: `frame` BGR u8 `[h, w, 3]`; result RGB u8 `[size, size, 3]`.
/// Errors: [`VisionError::CropEmpty`]; OpenCV's.
/// Source: facenet-pytorch 2.6.0, `extract_face` and `crop_resize` (OpenCV `INTER_AREA`).
pub fn crop(frame: &Frame, face: &Face, spec: &AlignSpec) -> Result<Crop> {
    let part = crop_box(frame, face, spec)?;
    crop_at(frame, &part, spec.size_px)
}

/// Cuts a given box out of `frame`; see [`crop`].
pub fn crop_at(frame: &Frame, part: &CropBox, size_px: u32) -> Result<Crop> {
    use opencv::prelude::*;
    let rect = Rect::new(part.x1, part.y1, part.x2 - part.x1, part.y2 - part.y1);
    let resized = frame.resized_part(rect, Size::new(size_px as i32, size_px as i32))?;
    let mut rgb = resized.data_bytes().map_err(cv("read a crop"))?.to_vec();
    rgb.chunks_exact_mut(3).for_each(|pixel| pixel.swap(0, 2));
    Crop::from_rgb(rgb, size_px)
}
