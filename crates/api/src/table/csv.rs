//! CSV in UTF-8, separated by commas, semicolons or tabs: which, the first line shows.
//! Must not know what a column means.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::{Cell, MAX_CELL, MAX_COLUMNS, Row, Rows, TableFlaw};

/// Longest record in bytes. A quote that is never closed would make the rest of the file one record.
const MAX_RECORD_BYTES: usize = 64 << 10;

/// Reads all records; each becomes a row with the number of its first line.
pub(super) fn read(content: &[u8]) -> Result<Vec<Row>, TableFlaw> {
    let text = std::str::from_utf8(content).map_err(|error| TableFlaw::NotUtf8 {
        line: 1 + n_newlines(&content[..error.valid_up_to()]),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (delimiter, mut rest, mut line) = match separator_line(text) {
        Some((delimiter, rest)) => (delimiter, rest.as_bytes(), 2),
        None => (delimiter(text), text.as_bytes(), 1),
    };
    let mut parser = ReaderBuilder::new().delimiter(delimiter).build();
    let mut record = vec![0; MAX_RECORD_BYTES];
    let mut ends = vec![0; MAX_COLUMNS + 1];
    let mut rows = Rows::default();
    loop {
        // Empty lines are no records, and their numbers count.
        while let [first @ (b'\n' | b'\r'), others @ ..] = rest {
            line += usize::from(*first == b'\n');
            rest = others;
        }
        let row = u32::try_from(line).unwrap_or(u32::MAX);
        let (begun, mut is_last) = (rest, false);
        let (mut n_bytes, mut n_ends) = (0, 0);
        let n_fields = loop {
            let (result, n_read, n_written, n_ended) =
                parser.read_record(rest, &mut record[n_bytes..], &mut ends[n_ends..]);
            line += n_newlines(&rest[..n_read]);
            rest = &rest[n_read..];
            n_bytes += n_written;
            n_ends += n_ended;
            match result {
                // Nothing is left: asked again with nothing, the parser ends the record.
                ReadRecordResult::InputEmpty => is_last = true,
                ReadRecordResult::OutputFull => return Err(TableFlaw::CellTooLong { row }),
                ReadRecordResult::OutputEndsFull => return Err(TableFlaw::TooManyColumns { row }),
                ReadRecordResult::Record => break n_ends,
                ReadRecordResult::End => return Ok(rows.rows),
            }
        };
        // A quote that is never closed takes all lines that follow into its field.
        let n_quotes = || begun.iter().filter(|byte| **byte == b'"').count();
        if is_last && n_quotes() % 2 == 1 && begun.contains(&b'\n') {
            return Err(TableFlaw::OpenQuote { row });
        }
        let mut begin = 0;
        for (column, end) in ends[..n_fields].iter().enumerate() {
            // The file is UTF-8, and what separates and encloses fields is ASCII.
            let field = String::from_utf8_lossy(&record[begin..*end]);
            rows.add(row, column, Cell::Text(field.trim().to_owned()))?;
            begin = *end;
        }
    }
}

fn n_newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// A first line `sep=;`, as Excel understands it.
fn separator_line(text: &str) -> Option<(u8, &str)> {
    let rest = text.strip_prefix("sep=")?;
    let delimiter = *rest.as_bytes().first().filter(|byte| byte.is_ascii())?;
    let rest = &rest[1..];
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    Some((delimiter, rest.strip_prefix('\n')?))
}

/// What separates the fields of the first line that is not blank: the most frequent outside of quotes.
fn delimiter(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in first.bytes() {
        is_quoted ^= byte == b'"';
        for (delimiter, n) in &mut counts {
            *n += usize::from(!is_quoted && byte == *delimiter);
        }
    }
    let mut most = counts[0];
    for count in counts {
        if count.1 > most.1 {
            most = count;
        }
    }
    most.0
}

const _: () = assert!(MAX_CELL * 4 < MAX_RECORD_BYTES);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_line_on_which_they_begin() {
        let check = |text: &str, expected: &[(u32, &[(usize, &str)])]| {
            let rows = read(text.as_bytes()).unwrap();
            let found: Vec<(u32, Vec<(usize, String)>)> = rows
                .into_iter()
                .map(|row| {
                    let cells = row.cells.into_iter().map(|(column, cell)| match cell {
                        Cell::Text(text) => (column, text),
                        other => panic!("{other:?}"),
                    });
                    (row.number, cells.collect())
                })
                .collect();
            let expected: Vec<(u32, Vec<(usize, String)>)> = expected
                .iter()
                .map(|(number, cells)| {
                    let cells = cells
                        .iter()
                        .map(|(column, text)| (*column, (*text).to_owned()));
                    (*number, cells.collect())
                })
                .collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("", &[]);
        check("\u{feff}\r\n\r\n", &[]);
        check("a,b", &[(1, &[(0, "a"), (1, "b")])]);
        check(
            "\u{feff}a;b\r\n\r\n ;ä\r\n",
            &[(1, &[(0, "a"), (1, "b")]), (3, &[(1, "ä")])],
        );
        check(
            "a;b\n;\n1;2",
            &[(1, &[(0, "a"), (1, "b")]), (3, &[(0, "1"), (1, "2")])],
        );
        check(
            "\"a;x\",b\n1,2",
            &[(1, &[(0, "a;x"), (1, "b")]), (2, &[(0, "1"), (1, "2")])],
        );
        check(
            "a\tb\n\"1\n2\"\tc\nd",
            &[
                (1, &[(0, "a"), (1, "b")]),
                (2, &[(0, "1\n2"), (1, "c")]),
                (4, &[(0, "d")]),
            ],
        );
        check("sep=;\r\na,b;c", &[(2, &[(0, "a,b"), (1, "c")])]);
    }

    #[test]
    fn limits_and_encodings_are_checked() {
        let check = |content: &[u8], expected: TableFlaw| {
            assert_eq!(read(content).unwrap_err(), expected);
        };
        check(b"a,b\n1,2\nM\xfcller,3", TableFlaw::NotUtf8 { line: 3 });
        check(
            ",".repeat(101).as_bytes(),
            TableFlaw::TooManyColumns { row: 1 },
        );
        check(&[b'x'; 2001], TableFlaw::CellTooLong { row: 1 });
        check(
            format!("a\n\"{}", "x\n".repeat(50_000)).as_bytes(),
            TableFlaw::CellTooLong { row: 2 },
        );
        check(b"a,b\n1,\"X\n2,Y\n3,Z\n", TableFlaw::OpenQuote { row: 2 });
        assert_eq!(read(b"a,b\n1,5\" pipe").unwrap().len(), 2);
        check("a\n".repeat(50_002).as_bytes(), TableFlaw::TooManyRows);
    }
}
