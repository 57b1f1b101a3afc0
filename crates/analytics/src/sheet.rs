//! Rows as files, a batch at a time: CSV for spreadsheets and scripts, Parquet for programs. Must not know what
//! the rows are about, nor where the bytes go.

use std::io::Write;
use std::sync::{Arc, Mutex};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone as Zone;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use rollcall_store::export::ExportFormat;
use rollcall_store::export::rows::{Cell, CellKind, Column as SheetColumn};

use crate::error::{AnalyticsError, Result};

/// A file in the making.
pub struct Sheet {
    columns: &'static [SheetColumn],
    bytes: Spool,
    parquet: Option<BatchedWriter<Spool>>,
}

/// Bytes that were written and not yet taken.
#[derive(Clone, Default)]
struct Spool(Arc<Mutex<Vec<u8>>>);

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("no code panics while it writes")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sheet {
    /// Begins a file with these columns.
    pub fn new(format: ExportFormat, columns: &'static [SheetColumn]) -> Result<Self> {
        let bytes = Spool::default();
        let mut sheet = Self {
            columns,
            bytes: bytes.clone(),
            parquet: None,
        };
        match format {
            ExportFormat::Csv => {
                let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                sheet.line(&(names.join(",") + "\r\n"));
            }
            ExportFormat::Parquet => {
                let schema = frame(columns, &[]).map_err(failed)?.schema().clone();
                let writer = ParquetWriter::new(bytes)
                    .with_compression(ParquetCompression::Uncompressed)
                    .batched(&schema)
                    .map_err(failed)?;
                sheet.parquet = Some(writer);
            }
        }
        Ok(sheet)
    }

    /// Adds rows, each with a cell for every column.
    pub fn add(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        match &mut self.parquet {
            Some(_) if rows.is_empty() => {}
            Some(writer) => {
                let frame = frame(self.columns, rows).map_err(failed)?;
                writer.write_batch(&frame).map_err(failed)?;
            }
            None => {
                let mut text = String::new();
                for row in rows {
                    for (n, cell) in row.iter().enumerate() {
                        if n > 0 {
                            text.push(',');
                        }
                        text.push_str(&csv(cell));
                    }
                    text.push_str("\r\n");
                }
                self.line(&text);
            }
        }
        Ok(())
    }

    /// Writes what comes at the end.
    pub fn finish(&mut self) -> Result<()> {
        if let Some(writer) = self.parquet.take() {
            writer.finish().map_err(failed)?;
        }
        Ok(())
    }

    /// Bytes that wait to be taken.
    pub fn n_bytes(&self) -> usize {
        self.bytes
            .0
            .lock()
            .expect("no code panics while it writes")
            .len()
    }

    /// Takes up to `max` of the bytes written so far.
    pub fn take(&mut self, max: usize) -> Vec<u8> {
        let mut bytes = self.bytes.0.lock().expect("no code panics while it writes");
        let max = max.min(bytes.len());
        bytes.drain(..max).collect()
    }

    fn line(&mut self, text: &str) {
        self.bytes
            .write_all(text.as_bytes())
            .expect("memory takes everything");
    }
}

fn failed(source: PolarsError) -> AnalyticsError {
    AnalyticsError::Frame {
        operation: "write the file",
        source,
    }
}

/// A cell of a line. Text that a spreadsheet would run as a formula gets an apostrophe in front (CWE-1236);
/// numbers and times are ours.
fn csv(cell: &Cell) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Local(local) => local.to_string(),
        Cell::Instant(at) => at.to_string(),
        Cell::Text(text) => {
            // Spreadsheets skip space in front, and take the wide forms of East Asia too.
            let first = text.trim_start().chars().next();
            // A signed number or an offset from UTC, `+01:00`, calls nothing.
            let is_signed = text
                .strip_prefix(['+', '-'])
                .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == ':'));
            let is_formula = text.starts_with(['\t', '\r', '\n'])
                || (!is_signed && first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c)));
            let text = if is_formula {
                format!("'{text}")
            } else {
                text.clone()
            };
            if text.contains([',', '"', '\r', '\n', ';', '\t']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        }
    }
}

fn frame(columns: &[SheetColumn], rows: &[Vec<Cell>]) -> PolarsResult<DataFrame> {
    let columns = columns
        .iter()
        .enumerate()
        .map(|(n, (name, kind))| {
            let cells = rows.iter().map(|row| &row[n]);
            let name = PlSmallStr::from_static(name);
            match kind {
                CellKind::Text => {
                    let texts: StringChunked = cells
                        .map(|cell| match cell {
                            Cell::Text(text) => Some(text.as_str()),
                            _ => None,
                        })
                        .collect();
                    texts.with_name(name).into_column()
                }
                CellKind::Integer => Int64Chunked::from_iter_options(
                    name,
                    cells.map(|cell| match cell {
                        Cell::Integer(number) => Some(*number),
                        _ => None,
                    }),
                )
                .into_column(),
                CellKind::Date => Int32Chunked::from_iter_options(
                    name,
                    cells.map(|cell| match cell {
                        Cell::Date(date) => Some(days(*date)),
                        _ => None,
                    }),
                )
                .into_date()
                .into_column(),
                CellKind::Local | CellKind::Instant => {
                    let zone = (*kind == CellKind::Instant).then_some(TimeZone::UTC);
                    Int64Chunked::from_iter_options(
                        name,
                        cells.map(|cell| match cell {
                            Cell::Local(local) => wall_clock(*local),
                            Cell::Instant(at) => Some(at.as_microsecond()),
                            _ => None,
                        }),
                    )
                    .into_datetime(TimeUnit::Microseconds, zone)
                    .into_column()
                }
            }
        })
        .collect();
    DataFrame::new(rows.len(), columns)
}

/// Days since 1970-01-01.
fn days(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i32::try_from(date.duration_since(epoch).as_secs() / 86_400)
        .expect("every civil date is within 32 bits of days")
}

/// Microseconds of a wall clock, as polars counts a datetime without zone.
fn wall_clock(local: DateTime) -> Option<i64> {
    Some(Zone::UTC.to_timestamp(local).ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_separators_quoted() {
        for (text, expected) in [
            ("Ada", "Ada"),
            ("O'Hara", "O'Hara"),
            ("a-b", "a-b"),
            ("Smith, John", "\"Smith, John\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("  =1+1", "'  =1+1"),
            ("+49 30", "'+49 30"),
            ("-2", "-2"),
            ("+01:00", "+01:00"),
            ("-2+1", "'-2+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("|calc", "'|calc"),
            ("＝1+1", "'＝1+1"),
            ("\t=1", "\"'\t=1\""),
            (
                "=HYPERLINK(\"x\",\"y\")",
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
            ),
            ("", ""),
        ] {
            assert_eq!(csv(&Cell::Text(text.to_owned())), expected, "`{text}`");
        }
        assert_eq!(csv(&Cell::Integer(-5)), "-5", "numbers are no formulas");
    }

    const COLUMNS: &[SheetColumn] = &[
        ("name", CellKind::Text),
        ("n", CellKind::Integer),
        ("day", CellKind::Date),
        ("local", CellKind::Local),
        ("at", CellKind::Instant),
    ];

    fn rows() -> Vec<Vec<Cell>> {
        let full = vec![
            Cell::Text("=cmd".to_owned()),
            Cell::Integer(7),
            Cell::Date(jiff::civil::date(2026, 11, 22)),
            Cell::Local(jiff::civil::date(2026, 11, 22).at(8, 58, 3, 0)),
            Cell::Instant("2026-11-22T07:58:03Z".parse().unwrap()),
        ];
        vec![
            full,
            vec![
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
            ],
        ]
    }

    #[test]
    fn csv_is_written_in_pieces() {
        let mut sheet = Sheet::new(ExportFormat::Csv, COLUMNS).unwrap();
        sheet.add(&rows()).unwrap();
        sheet.finish().unwrap();
        let mut text = Vec::new();
        while sheet.n_bytes() > 0 {
            text.extend(sheet.take(10));
        }
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "name,n,day,local,at\r\n'=cmd,7,2026-11-22,2026-11-22T08:58:03,2026-11-22T07:58:03Z\r\n,,,,\r\n"
        );
    }

    #[test]
    fn parquet_can_be_read_again_also_without_rows() {
        for n_batches in [0, 1, 3] {
            let mut sheet = Sheet::new(ExportFormat::Parquet, COLUMNS).unwrap();
            for _ in 0..n_batches {
                sheet.add(&rows()).unwrap();
            }
            sheet.finish().unwrap();
            let bytes = sheet.take(usize::MAX);
            let frame = ParquetReader::new(std::io::Cursor::new(bytes))
                .finish()
                .unwrap();
            assert_eq!(frame.height(), 2 * n_batches);
            assert_eq!(frame.width(), 5);
            if n_batches > 0 {
                // A program does not run cells: the text is as it was.
                assert_eq!(
                    frame.column("name").unwrap().str().unwrap().get(0),
                    Some("=cmd")
                );
                assert_eq!(frame.column("n").unwrap().null_count(), n_batches);
            }
        }
    }
}
