//! Format, size and completeness of an image file, read from its bytes before any decoding.
//!
//! Only JPEG, PNG and WebP are let through to OpenCV: its other decoders are rarely tested code,
//! and photographs come from strangers. The size is known before memory is spent on pixels.

use crate::error::{Result, VisionError};

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImageHeader {
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageFormat {
    Jpeg,
    Png,
    WebP,
}

impl ImageFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            ImageFormat::Jpeg => "JPEG",
            ImageFormat::Png => "PNG",
            ImageFormat::WebP => "WebP",
        }
    }
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Reads the header and checks that the file has its end.
///
/// Errors: [`VisionError::ImageEmpty`], [`VisionError::ImageUnsupported`],
/// [`VisionError::ImageTruncated`], [`VisionError::ImageCorrupt`].
pub(crate) fn read(bytes: &[u8]) -> Result<ImageHeader> {
    if bytes.is_empty() {
        return Err(VisionError::ImageEmpty);
    }
    let header = if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)?
    } else if bytes.starts_with(PNG_SIGNATURE) {
        png(bytes)?
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp(bytes)?
    } else {
        return Err(VisionError::ImageUnsupported);
    };
    if header.width == 0 || header.height == 0 {
        return Err(VisionError::ImageCorrupt {
            format: header.format.name(),
        });
    }
    Ok(header)
}

/// Walks the segments to the frame header and the scan; the end mark must follow the scan.
/// (Marks inside an embedded thumbnail come before it, so they do not count.)
fn jpeg(bytes: &[u8]) -> Result<ImageHeader> {
    let truncated = || VisionError::ImageTruncated { format: "JPEG" };
    let corrupt = || VisionError::ImageCorrupt { format: "JPEG" };
    let mut at = 2;
    let mut size = None;
    loop {
        let marker = *bytes.get(at + 1).ok_or_else(truncated)?;
        if bytes[at] != 0xff {
            return Err(corrupt());
        }
        match marker {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 => return Err(corrupt()),
            _ => {
                let length = usize::from(u16_be(bytes, at + 2).ok_or_else(truncated)?);
                let is_frame =
                    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
                if is_frame {
                    let height = u16_be(bytes, at + 5).ok_or_else(truncated)?;
                    let width = u16_be(bytes, at + 7).ok_or_else(truncated)?;
                    size = Some((u32::from(width), u32::from(height)));
                }
                at += 2 + length.max(2);
                if marker == 0xda {
                    break;
                }
            }
        }
    }
    let scan = bytes.get(at..).ok_or_else(truncated)?;
    if !scan.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        return Err(truncated());
    }
    let (width, height) = size.ok_or_else(corrupt)?;
    Ok(ImageHeader {
        format: ImageFormat::Jpeg,
        width,
        height,
    })
}

/// Walks the chunks by their lengths to `IEND`.
fn png(bytes: &[u8]) -> Result<ImageHeader> {
    let truncated = || VisionError::ImageTruncated { format: "PNG" };
    if bytes.get(12..16).is_some_and(|kind| kind != b"IHDR") {
        return Err(VisionError::ImageCorrupt { format: "PNG" });
    }
    let width = u32_be(bytes, 16).ok_or_else(truncated)?;
    let height = u32_be(bytes, 20).ok_or_else(truncated)?;
    let mut at = PNG_SIGNATURE.len();
    loop {
        let length = u32_be(bytes, at).ok_or_else(truncated)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or_else(truncated)?;
        // Length, kind, data, checksum.
        at = at
            .checked_add(12)
            .and_then(|at| at.checked_add(length))
            .ok_or_else(truncated)?;
        if at > bytes.len() {
            return Err(truncated());
        }
        if kind == b"IEND" {
            return Ok(ImageHeader {
                format: ImageFormat::Png,
                width,
                height,
            });
        }
    }
}

/// A PNG file without its colour profile (chunk `iCCP`): OpenCV does not use it, and libpng complains
/// on standard error about many that are in the wild. Bytes that are no chunks stay as they are.
///
/// Source: PNG specification, 5.3 (chunk layout: length, type, data, checksum).
pub(crate) fn png_without_profile(bytes: &[u8]) -> Vec<u8> {
    let mut at = PNG_SIGNATURE.len().min(bytes.len());
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&bytes[..at]);
    while let Some(length) = u32_be(bytes, at) {
        let end = at.saturating_add(12).saturating_add(length as usize);
        let Some(chunk) = bytes.get(at..end) else {
            break;
        };
        if &chunk[4..8] != b"iCCP" {
            kept.extend_from_slice(chunk);
        }
        at = end;
    }
    kept.extend_from_slice(&bytes[at..]);
    kept
}

/// The RIFF length covers the file; the size stands in the first chunk of each of three kinds.
fn webp(bytes: &[u8]) -> Result<ImageHeader> {
    let truncated = || VisionError::ImageTruncated { format: "WebP" };
    let corrupt = || VisionError::ImageCorrupt { format: "WebP" };
    let riff = bytes
        .get(4..8)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .ok_or_else(truncated)?;
    if (bytes.len() as u64) < u64::from(riff) + 8 || bytes.len() < 30 {
        return Err(truncated());
    }
    let u24 = |at: usize| {
        u32::from(bytes[at]) | u32::from(bytes[at + 1]) << 8 | u32::from(bytes[at + 2]) << 16
    };
    let u14 = |at: usize| (u32::from(bytes[at]) | u32::from(bytes[at + 1]) << 8) & 0x3fff;
    let (width, height) = match &bytes[12..16] {
        b"VP8X" => (u24(24) + 1, u24(27) + 1),
        b"VP8 " => (u14(26), u14(28)),
        b"VP8L" => {
            let bits = u24(21) | u32::from(bytes[24]) << 24;
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        _ => return Err(corrupt()),
    };
    Ok(ImageHeader {
        format: ImageFormat::WebP,
        width,
        height,
    })
}

fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    let b = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([b[0], b[1]]))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    let b = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}
