//! Records of a CSV file one by one, with their line numbers, in bounded memory.
//! Must not know what a field means.

use std::io::Read;

use anyhow::{Context, bail};
use csv_core::ReadRecordResult;

/// Longest record. A quote that is never closed would make the rest of the file one record.
const LONGEST_RECORD: usize = 64 * 1024;
const MOST_FIELDS: usize = 1024;
const CHUNK: usize = 64 * 1024;

/// How fields are separated and enclosed.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields; none when nothing is.
    pub quote: Option<u8>,
}

/// Reads records from UTF-8 bytes (or what should be: fields are checked one by one).
pub struct Records<R> {
    source: R,
    parser: csv_core::Reader,
    input: Vec<u8>,
    position: usize,
    filled: usize,
    ended: bool,
    line: u64,
    fields: Vec<u8>,
    ends: Vec<usize>,
    n_fields: usize,
}

impl<R: Read> Records<R> {
    /// Reads from `source`.
    pub fn new(source: R, dialect: Dialect) -> Self {
        let mut builder = csv_core::ReaderBuilder::new();
        builder.delimiter(dialect.delimiter);
        match dialect.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        Self {
            source,
            parser: builder.build(),
            input: vec![0; CHUNK],
            position: 0,
            filled: 0,
            ended: false,
            line: 1,
            fields: vec![0; LONGEST_RECORD],
            ends: vec![0; MOST_FIELDS],
            n_fields: 0,
        }
    }

    /// Reads the next record and returns the line on which it begins; none at the end of the file.
    /// Empty lines are no records.
    ///
    /// Errors: the file cannot be read; a record is too long to go on behind it.
    pub fn next(&mut self) -> anyhow::Result<Option<u64>> {
        if !self.skip_empty_lines()? {
            return Ok(None);
        }
        let line = self.line;
        let (mut n_bytes, mut n_ends) = (0, 0);
        loop {
            let available = &self.input[self.position..self.filled];
            let (result, n_read, n_written, n_ended) = self.parser.read_record(
                available,
                &mut self.fields[n_bytes..],
                &mut self.ends[n_ends..],
            );
            let n_newlines = available[..n_read].iter().filter(|b| **b == b'\n').count();
            self.line += n_newlines as u64;
            self.position += n_read;
            n_bytes += n_written;
            n_ends += n_ended;
            match result {
                ReadRecordResult::InputEmpty => self.fill()?,
                ReadRecordResult::OutputFull => bail!(
                    "line {line}: the record is longer than {LONGEST_RECORD} characters\nhint: is a quote not closed, or `quote` wrong in the mapping?"
                ),
                ReadRecordResult::OutputEndsFull => {
                    bail!("line {line}: the record has more than {MOST_FIELDS} fields")
                }
                ReadRecordResult::Record => {
                    self.n_fields = n_ends;
                    return Ok(Some(line));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Number of fields of the record.
    pub fn len(&self) -> usize {
        self.n_fields
    }

    /// Bytes of one field of the record; none when it has fewer.
    pub fn field(&self, at: usize) -> Option<&[u8]> {
        let begin = if at == 0 { 0 } else { *self.ends.get(at - 1)? };
        (at < self.n_fields).then(|| &self.fields[begin..self.ends[at]])
    }

    /// False at the end of the file.
    fn skip_empty_lines(&mut self) -> anyhow::Result<bool> {
        loop {
            if self.position == self.filled {
                if self.ended {
                    return Ok(false);
                }
                self.fill()?;
                continue;
            }
            match self.input[self.position] {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ => return Ok(true),
            }
            self.position += 1;
        }
    }

    fn fill(&mut self) -> anyhow::Result<()> {
        self.position = 0;
        self.filled = self
            .source
            .read(&mut self.input)
            .context("cannot read the file")?;
        self.ended = self.filled == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Vec<(u64, Vec<String>)>> {
        let dialect = Dialect {
            delimiter: b';',
            quote: Some(b'"'),
        };
        let mut records = Records::new(text.as_bytes(), dialect);
        let mut all = Vec::new();
        while let Some(line) = records.next()? {
            let fields = (0..records.len())
                .map(|at| String::from_utf8(records.field(at).unwrap().to_vec()).unwrap())
                .collect();
            all.push((line, fields));
        }
        Ok(all)
    }

    #[test]
    fn records_know_their_lines() {
        let text = "a;b\r\n\r\n1;\"two\nlines\"\r\n\"x;y\";\"say \"\"hi\"\"\"\n\n;\nlast;";
        let found = read(text).unwrap();
        let expected: [(u64, &[&str]); 5] = [
            (1, &["a", "b"]),
            (3, &["1", "two\nlines"]),
            (5, &["x;y", "say \"hi\""]),
            (7, &["", ""]),
            (8, &["last", ""]),
        ];
        assert_eq!(found.len(), expected.len());
        for ((line, fields), (expected_line, expected_fields)) in found.iter().zip(expected) {
            assert_eq!(
                (*line, fields.as_slice()),
                (expected_line, &expected_fields.map_owned()[..])
            );
        }
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl MapOwned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading() {
        let text = format!("a;b\n1;\"{}", "x;y\n".repeat(40_000));
        let error = read(&text).unwrap_err();
        assert!(error.to_string().starts_with("line 2: "), "{error}");
        assert!(error.to_string().contains("quote"), "{error}");
    }

    #[test]
    fn an_empty_file_has_no_records() {
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read("\n\r\n").unwrap(), []);
    }
}
