//! Bytes of a file in any of our encodings as UTF-8 bytes, in bounded memory. Must not know lines.
//!
//! What is no text in the file's encoding becomes the byte 0xFF, which is none in UTF-8 either: so it is
//! found again in the line to which it belongs, and only that line is wrong.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_1252};

/// Stands for a sequence that is no text.
const NO_TEXT: u8 = 0xff;
const CHUNK: usize = 64 * 1024;

/// A reader of UTF-8 bytes.
pub struct Utf8Reader<R> {
    source: R,
    /// None for UTF-8, which is passed on as it is.
    decoder: Option<Decoder>,
    input: Vec<u8>,
    position: usize,
    ready: Vec<u8>,
    ready_position: usize,
    is_done: bool,
    is_first: bool,
    ended: bool,
    is_windows: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads `source`, which is in `encoding`.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal()),
            input: Vec::new(),
            position: 0,
            ready: Vec::new(),
            ready_position: 0,
            is_done: false,
            is_first: true,
            ended: false,
            is_windows: encoding == WINDOWS_1252,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.input.resize(CHUNK, 0);
        self.position = 0;
        let mut length = 0;
        // The first bytes together, so that a mark at the beginning is not torn apart.
        while length < 4 {
            let n = self.source.read(&mut self.input[length..])?;
            if n == 0 {
                self.ended = true;
                break;
            }
            length += n;
            if !self.is_first {
                break;
            }
        }
        self.input.truncate(length);
        if std::mem::take(&mut self.is_first) {
            self.check_mark()?;
        }
        if self.is_windows {
            // Bytes without a character in this encoding: the web's tables let them pass.
            for byte in &mut self.input {
                if matches!(*byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d) {
                    // A line of its own in `line.rs` refuses control characters.
                    *byte = 0x01;
                }
            }
        }
        Ok(())
    }

    /// A mark that contradicts the encoding of the mapping is a mistake in the mapping.
    fn check_mark(&mut self) -> io::Result<()> {
        let marked = Encoding::for_bom(&self.input);
        let Some((marked, length)) = marked else {
            return Ok(());
        };
        match &self.decoder {
            None if marked == UTF_8 => self.position = length,
            Some(decoder) if decoder.encoding() == marked => {}
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "the file begins with the mark of {0}\nhint: write `encoding = \"{0}\"` into the mapping",
                        marked.name().to_lowercase()
                    ),
                ));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        while self.ready_position == self.ready.len() && !self.is_done {
            self.decode()?;
        }
        let ready = &self.ready[self.ready_position..];
        let n = ready.len().min(target.len());
        target[..n].copy_from_slice(&ready[..n]);
        self.ready_position += n;
        Ok(n)
    }
}

impl<R: Read> Utf8Reader<R> {
    /// Makes the next bytes ready. A decoder needs room for a whole character, which a caller's buffer
    /// need not have.
    fn decode(&mut self) -> io::Result<()> {
        if self.position == self.input.len() && !self.ended {
            self.fill()?;
        }
        self.ready_position = 0;
        let input = &self.input[self.position..];
        let Some(decoder) = &mut self.decoder else {
            self.ready.clear();
            self.ready.extend_from_slice(input);
            self.position = self.input.len();
            self.is_done = self.ended;
            return Ok(());
        };
        self.ready.resize(CHUNK, 0);
        // The last byte is kept free for the mark of what is no text.
        let (result, n_read, n_written) = decoder.decode_to_utf8_without_replacement(
            input,
            &mut self.ready[..CHUNK - 1],
            self.ended,
        );
        self.position += n_read;
        self.ready.truncate(n_written);
        match result {
            DecoderResult::Malformed(..) => self.ready.push(NO_TEXT),
            // A decoder that has ended must not be asked again.
            DecoderResult::InputEmpty => self.is_done = self.ended,
            DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        Utf8Reader::new(bytes, encoding)
            .read_to_end(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let wide = |text: &str, mark: bool| -> Vec<u8> {
            let mark = mark.then_some(0xfeff_u16);
            mark.into_iter()
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect()
        };
        let text = "code;Müller\r\n€5;Łódź\n".repeat(5000);
        assert_eq!(read(text.as_bytes(), UTF_8), text.as_bytes());
        let marked = format!("\u{feff}{text}");
        assert_eq!(read(marked.as_bytes(), UTF_8), text.as_bytes());
        for mark in [false, true] {
            assert_eq!(
                read(&wide(&text, mark), encoding_rs::UTF_16LE),
                text.as_bytes()
            );
        }
        assert_eq!(read(b"M\xfcller \x80", WINDOWS_1252), "Müller €".as_bytes());
        assert_eq!(read(b"", encoding_rs::UTF_16LE), b"");
    }

    #[test]
    fn what_is_no_text_stays_where_it_is() {
        let broken = [0x41, 0x00, 0x00, 0xd8, 0x42, 0x00, 0x43];
        assert_eq!(read(&broken, encoding_rs::UTF_16LE), b"A\xffB\xff");
        assert_eq!(read(b"A\xfcB", UTF_8), b"A\xfcB");
        assert_eq!(read(b"A\x81B", WINDOWS_1252), b"A\x01B");
    }

    #[test]
    fn another_mark_is_refused() {
        let error = Utf8Reader::new(&b"\xff\xfeA\x00"[..], UTF_8)
            .read(&mut [0; 10])
            .unwrap_err();
        assert!(error.to_string().contains("utf-16le"), "{error}");
    }
}
