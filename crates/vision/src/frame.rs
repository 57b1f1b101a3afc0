//! One picture: 8-bit BGR pixels in an OpenCV matrix, from a camera or from a file's bytes.
//!
//! Must not know faces. Files are checked before they are decoded (see `rollcall_domain::image_header`).

use std::borrow::Cow;
use std::path::Path;

use opencv::{
    core::{Mat, Rect, Size, Vector},
    imgcodecs, imgproc,
    prelude::*,
};

use rollcall_domain::image_header::{self, ImageFlaw, ImageFormat};

use crate::{
    error::{Result, VisionError, cv},
    png,
};

/// An image of BGR u8 `[h, w, 3]`, rows contiguous.
#[derive(Debug, Clone)]
pub struct Frame {
    mat: Mat,
}

impl Frame {
    /// Takes a camera's matrix: BGR, grey or BGRA, 8-bit. Makes it contiguous BGR.
    ///
    /// Errors: [`VisionError::FrameType`] for other depths or channel counts,
    /// [`ImageFlaw::Empty`] for no pixels.
    pub fn from_mat(mat: Mat) -> Result<Frame> {
        if mat.empty() {
            return Err(ImageFlaw::Empty.into());
        }
        if mat.depth() != opencv::core::CV_8U || mat.dims() != 2 {
            return Err(VisionError::FrameType { found: mat.typ() });
        }
        let mat = match mat.channels() {
            3 if mat.is_continuous() => mat,
            3 => mat.try_clone().map_err(cv("copy a frame"))?,
            1 => convert(&mat, imgproc::COLOR_GRAY2BGR)?,
            4 => flatten_alpha(&mat)?,
            _ => return Err(VisionError::FrameType { found: mat.typ() }),
        };
        Ok(Frame { mat })
    }

    /// Decodes a JPEG, PNG or WebP file's bytes. Grey becomes BGR, 16 bits become 8,
    /// transparency is composited over white, and a JPEG's EXIF orientation is honoured.
    ///
    /// Errors: one variant for each of empty, unsupported, truncated, corrupt and too large.
    pub fn decode(bytes: &[u8]) -> Result<Frame> {
        let header = image_header::read(bytes)?;
        // IMREAD_UNCHANGED keeps alpha but ignores EXIF, which JPEG has and the others rarely.
        let flags = match header.format {
            ImageFormat::Jpeg => imgcodecs::IMREAD_COLOR,
            ImageFormat::Png | ImageFormat::WebP => imgcodecs::IMREAD_UNCHANGED,
        };
        let corrupt = || ImageFlaw::Corrupt {
            format: header.format.name(),
        };
        let bytes = match header.format {
            ImageFormat::Png => Cow::Owned(png::without_profile(bytes)),
            ImageFormat::Jpeg | ImageFormat::WebP => Cow::Borrowed(bytes),
        };
        let buffer = Mat::from_slice(&bytes).map_err(cv("wrap an image's bytes"))?;
        let mut mat = imgcodecs::imdecode(&buffer, flags).map_err(|_| corrupt())?;
        if mat.empty() {
            return Err(corrupt().into());
        }
        if mat.depth() == opencv::core::CV_16U {
            let mut narrow = Mat::default();
            mat.convert_to(&mut narrow, opencv::core::CV_8U, 1.0 / 257.0, 0.0)
                .map_err(cv("narrow a 16-bit image"))?;
            mat = narrow;
        }
        Frame::from_mat(mat)
    }

    /// Reads and decodes a file; see [`Frame::decode`].
    pub fn open(path: &Path) -> Result<Frame> {
        let bytes = std::fs::read(path).map_err(|source| VisionError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        Frame::decode(&bytes)
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.mat.cols().unsigned_abs()
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.mat.rows().unsigned_abs()
    }

    /// The BGR matrix.
    pub fn mat(&self) -> &Mat {
        &self.mat
    }

    /// The pixels, rows top to bottom, `3 * width` bytes each, B G R.
    pub fn bytes(&self) -> &[u8] {
        self.mat
            .data_bytes()
            .expect("a frame's matrix is continuous")
    }

    /// A copy whose longer side is at most `max_side_px` (area averaging), or `None` when the
    /// frame is small enough already.
    pub fn shrunk_to(&self, max_side_px: u32) -> Result<Option<Frame>> {
        let longer = self.width().max(self.height());
        if longer <= max_side_px {
            return Ok(None);
        }
        let scale = f64::from(max_side_px) / f64::from(longer);
        let side = |px: u32| ((f64::from(px) * scale).round() as i32).max(1);
        let size = Size::new(side(self.width()), side(self.height()));
        let mut small = Mat::default();
        imgproc::resize(&self.mat, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)
            .map_err(cv("shrink a frame"))?;
        Frame::from_mat(small).map(Some)
    }

    /// Cuts out `rect`, which must lie inside the frame, resized to `size` by area averaging.
    pub(crate) fn resized_part(&self, rect: Rect, size: Size) -> Result<Mat> {
        let part = Mat::roi(&self.mat, rect).map_err(cv("cut a face out of the frame"))?;
        let mut resized = Mat::default();
        imgproc::resize(&part, &mut resized, size, 0.0, 0.0, imgproc::INTER_AREA)
            .map_err(cv("resize a face"))?;
        Ok(resized)
    }
}

/// Encodes a BGR matrix as JPEG of the given quality (0 to 100).
pub(crate) fn encode_jpeg(mat: &Mat, quality: i32) -> Result<Vec<u8>> {
    let mut bytes = Vector::<u8>::new();
    let parameters = Vector::from_slice(&[imgcodecs::IMWRITE_JPEG_QUALITY, quality]);
    imgcodecs::imencode(".jpg", mat, &mut bytes, &parameters).map_err(cv("encode a JPEG"))?;
    Ok(bytes.to_vec())
}

fn convert(mat: &Mat, code: i32) -> Result<Mat> {
    let mut converted = Mat::default();
    imgproc::cvt_color_def(mat, &mut converted, code).map_err(cv("convert colours"))?;
    Ok(converted)
}

/// Composites BGRA over white: `colour * alpha + 255 * (1 - alpha)`.
fn flatten_alpha(mat: &Mat) -> Result<Mat> {
    let mut bgr = convert(mat, imgproc::COLOR_BGRA2BGR)?;
    let source = mat.try_clone().map_err(cv("copy a frame"))?;
    let pixels = source.data_bytes().map_err(cv("read pixels"))?;
    let target = bgr.data_bytes_mut().map_err(cv("write pixels"))?;
    for (pixel, out) in pixels.chunks_exact(4).zip(target.chunks_exact_mut(3)) {
        let alpha = u32::from(pixel[3]);
        for (value, colour) in out.iter_mut().zip(pixel) {
            let mixed = u32::from(*colour) * alpha + 255 * (255 - alpha);
            *value = ((mixed + 127) / 255) as u8;
        }
    }
    Ok(bgr)
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
