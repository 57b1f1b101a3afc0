//! Whether an XLSX file, which is a ZIP archive, can be given to the library that reads workbooks: that
//! unpacks into memory whatever it finds. Must not know what the parts mean.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::TableFlaw;

/// Most bytes of all parts, unpacked.
pub(super) const MAX_UNPACKED_BYTES: u64 = 64 << 20;
/// Most parts.
const MAX_PARTS: usize = 2_000;
/// Most texts that a part says to share: room for them is made before they are read.
const MAX_SHARED_TEXTS: u64 = 2_000_000;

/// Errors: [`TableFlaw::Unpacked`], by what the archive says and by what is really in it;
/// [`TableFlaw::Broken`].
pub(super) fn check(content: &[u8]) -> Result<(), TableFlaw> {
    let broken = |error: &dyn std::fmt::Display| TableFlaw::Broken(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| broken(&error))?;
    if archive.len() > MAX_PARTS {
        return Err(TableFlaw::Broken(format!(
            "it has {} parts, at most {MAX_PARTS} are allowed",
            archive.len()
        )));
    }
    let mut n_declared = 0_u64;
    for position in 0..archive.len() {
        let part = archive.by_index(position).map_err(|error| broken(&error))?;
        n_declared = n_declared.saturating_add(part.size());
    }
    if n_declared > MAX_UNPACKED_BYTES {
        return Err(TableFlaw::Unpacked);
    }
    let mut n_left = MAX_UNPACKED_BYTES;
    for position in 0..archive.len() {
        let part = archive.by_index(position).map_err(|error| broken(&error))?;
        let name = part
            .name()
            .map_err(|error| broken(&error))?
            .to_ascii_lowercase();
        let mut part = part.take(n_left + 1);
        let n_bytes = if name.ends_with("sharedstrings.xml") {
            let mut text = Vec::new();
            part.read_to_end(&mut text)
                .map_err(|error| broken(&error))?;
            check_shared_texts(&text)?;
            text.len() as u64
        } else {
            std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| broken(&error))?
        };
        n_left = n_left.checked_sub(n_bytes).ok_or(TableFlaw::Unpacked)?;
    }
    Ok(())
}

/// The part must be plain UTF-8, so that what is looked for here is what an XML parser finds.
fn check_shared_texts(text: &[u8]) -> Result<(), TableFlaw> {
    const ATTRIBUTE: &str = "uniqueCount";
    let is_plain = |text: &&str| {
        text.bytes()
            .all(|byte| byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r'))
    };
    let text = std::str::from_utf8(text)
        .ok()
        .filter(is_plain)
        .ok_or_else(|| TableFlaw::Broken("its texts are not valid UTF-8".to_owned()))?;
    for (position, _) in text.match_indices(ATTRIBUTE) {
        let value = text[position + ATTRIBUTE.len()..].trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '=' | '"' | '\'' | '+' | '0')
        });
        let digits: String = value
            .chars()
            .take_while(char::is_ascii_digit)
            .take(20)
            .collect();
        if digits.parse::<u64>().is_ok_and(|n| n > MAX_SHARED_TEXTS) || digits.len() == 20 {
            return Err(TableFlaw::Broken(
                "it says that it has too many texts".to_owned(),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_shared_texts_that_would_fill_the_memory_are_refused() {
        let check = |text: &str, expected: bool| {
            assert_eq!(
                check_shared_texts(text.as_bytes()).is_ok(),
                expected,
                "{text}"
            );
        };
        check(
            "<sst count=\"9\" uniqueCount=\"9\"><si><t>x</t></si></sst>",
            true,
        );
        check("<sst uniqueCount=\"2000000\">", true);
        check("<sst uniqueCount=\"2000001\">", false);
        check(
            "<!-- uniqueCount='1' --><sst uniqueCount = '99999999999999999999999'>",
            false,
        );
        check(
            "<sst uniqueCount=\"000000000000000000000000000009999999\">",
            false,
        );
        check("<si><t>uniqueCount</t></si>", true);
        check("<sst \0uniqueCount=\"1\">", false);
    }
}
