//! Format, size and completeness of a photograph's file, read from its bytes before any decoding.
//! Must not decode.
//!
//! Only JPEG, PNG and WebP are let through: decoders of other formats are rarely tested code, and
//! photographs come from strangers. The size is known before memory is spent on pixels.

/// Images with more pixels are refused before decoding: 64 Mpx is 192 MB as BGR.
pub const MAX_PIXELS: u64 = 64_000_000;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    /// By content, whatever the file is called.
    pub format: ImageFormat,
    /// Pixels, before any turning that the file asks for.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

/// Why a file cannot be used as an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageFlaw {
    /// Zero bytes.
    #[error("image is empty (0 bytes)")]
    Empty,
    /// Not one of the formats that are read.
    #[error("image format is not supported: expected JPEG, PNG or WebP")]
    Unsupported,
    /// Ends before its end mark.
    #[error("{format} image is truncated: its end is missing")]
    Truncated {
        /// Format.
        format: &'static str,
    },
    /// Starts like an image, but cannot be decoded.
    #[error("{format} image is corrupt: it could not be decoded")]
    Corrupt {
        /// Format.
        format: &'static str,
    },
    /// More pixels than are worth decoding.
    #[error(
        "image of {width}x{height} pixels is too large: at most {MAX_PIXELS} pixels are accepted\nhint: make it smaller, a face needs 200 pixels"
    )]
    TooLarge {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
    },
}

impl ImageFormat {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            ImageFormat::Jpeg => "JPEG",
            ImageFormat::Png => "PNG",
            ImageFormat::WebP => "WebP",
        }
    }

    /// Media type, for `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            ImageFormat::Jpeg => "image/jpeg",
            ImageFormat::Png => "image/png",
            ImageFormat::WebP => "image/webp",
        }
    }
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Reads the header; checks that the file has its end and not too many pixels.
///
/// Errors: [`ImageFlaw`].
pub fn read(bytes: &[u8]) -> Result<ImageHeader, ImageFlaw> {
    if bytes.is_empty() {
        return Err(ImageFlaw::Empty);
    }
    let header = if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)?
    } else if bytes.starts_with(PNG_SIGNATURE) {
        png(bytes)?
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp(bytes)?
    } else {
        return Err(ImageFlaw::Unsupported);
    };
    if header.width == 0 || header.height == 0 {
        return Err(ImageFlaw::Corrupt {
            format: header.format.name(),
        });
    }
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageFlaw::TooLarge { width, height });
    }
    Ok(header)
}

/// Walks the segments to the frame header and the scan; the end mark must follow the scan.
/// (Marks inside an embedded thumbnail come before it, so they do not count.)
fn jpeg(bytes: &[u8]) -> Result<ImageHeader, ImageFlaw> {
    let truncated = || ImageFlaw::Truncated { format: "JPEG" };
    let corrupt = || ImageFlaw::Corrupt { format: "JPEG" };
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
fn png(bytes: &[u8]) -> Result<ImageHeader, ImageFlaw> {
    let truncated = || ImageFlaw::Truncated { format: "PNG" };
    if bytes.get(12..16).is_some_and(|kind| kind != b"IHDR") {
        return Err(ImageFlaw::Corrupt { format: "PNG" });
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

/// The RIFF length covers the file; the size stands in the first chunk of each of three kinds.
fn webp(bytes: &[u8]) -> Result<ImageHeader, ImageFlaw> {
    let truncated = || ImageFlaw::Truncated { format: "WebP" };
    let corrupt = || ImageFlaw::Corrupt { format: "WebP" };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_format_size_and_flaws() {
        let truncated = |format| Err(ImageFlaw::Truncated { format });
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x01\x01\x11\x00\xff\xda\x00\x02scan\xff\xd9";
        let found = |format, width, height| {
            Ok(ImageHeader {
                format,
                width,
                height,
            })
        };
        let png = |width: u32, height: u32| {
            let mut png = PNG_SIGNATURE.to_vec();
            png.extend_from_slice(b"\0\0\0\x0dIHDR");
            png.extend_from_slice(&width.to_be_bytes());
            png.extend_from_slice(&height.to_be_bytes());
            png.extend_from_slice(b"\x08\x02\0\0\0crc!\0\0\0\0IENDcrc!");
            png
        };
        let cut = png(3, 2);
        for (bytes, expected) in [
            (&jpeg[..], found(ImageFormat::Jpeg, 64, 32)),
            (&jpeg[..jpeg.len() - 1], truncated("JPEG")),
            (b"", Err(ImageFlaw::Empty)),
            (b"%PDF-1.7", Err(ImageFlaw::Unsupported)),
            (&png(3, 2), found(ImageFormat::Png, 3, 2)),
            (&cut[..cut.len() - 5], truncated("PNG")),
            (&png(0, 2), Err(ImageFlaw::Corrupt { format: "PNG" })),
            (&png(8000, 8000), found(ImageFormat::Png, 8000, 8000)),
            (
                &png(10_000, 10_000),
                Err(ImageFlaw::TooLarge {
                    width: 10_000,
                    height: 10_000,
                }),
            ),
        ] {
            assert_eq!(read(bytes), expected);
        }
    }
}
