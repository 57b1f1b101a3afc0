//! What is done to a PNG file's bytes before OpenCV gets them. Must not decode.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A PNG file without its colour profile (chunk `iCCP`): OpenCV does not use it, and libpng complains
/// on standard error about many that are in the wild. Bytes that are no chunks stay as they are.
///
/// Source: PNG specification, 5.3 (chunk layout: length, type, data, checksum).
pub(crate) fn without_profile(bytes: &[u8]) -> Vec<u8> {
    let mut at = SIGNATURE.len().min(bytes.len());
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

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    let b = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}
