//! Files that hold a table, XLSX or CSV, as rows of cells. Which of the two it is, is decided by the content;
//! memory is bounded whatever the file says of itself. Must not know what a column means.

mod csv;
mod package;
mod xlsx;

use bytes::Bytes;
use jiff::civil::Date;
use tokio::sync::Semaphore;

/// Largest file.
pub(crate) const MAX_BYTES: usize = 16 << 20;
/// Most rows that are not blank, the one with the names of the columns included.
pub(crate) const MAX_ROWS: usize = 50_001;
/// Most columns.
const MAX_COLUMNS: usize = 100;
/// Most characters of a cell.
const MAX_CELL: usize = 2_000;
/// Most bytes of all cells; in an XLSX file many cells can share one text.
const MAX_TEXT_BYTES: usize = 32 << 20;
/// Files that are read at the same time; others wait.
const MAX_READERS: usize = 2;

static READERS: Semaphore = Semaphore::const_new(MAX_READERS);

/// A row that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Number in the sheet, or line of the CSV file on which it begins, from 1.
    pub number: u32,
    /// Its cells that are not blank, each with the position of its column from 0, ascending.
    pub cells: Vec<(usize, Cell)>,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Text without space around it; a whole number has no decimals.
    Text(String),
    /// A day, in a cell that is formatted as one.
    Date(Date),
    /// Nothing that can be used, for example `#N/A`.
    Unusable(String),
}

/// Why a file holds no table that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableFlaw {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    #[error(
        "line {line} is not valid UTF-8\nhint: save the file as XLSX, or as CSV with encoding UTF-8"
    )]
    NotUtf8 { line: usize },
    #[error("the file is UTF-16 text\nhint: save the file as XLSX, or as CSV with encoding UTF-8")]
    Utf16,
    #[error("the file is neither XLSX nor CSV")]
    Unknown,
    #[error(
        "the file is an old Excel workbook, or protected by a password\nhint: save it as XLSX without a password"
    )]
    OldExcel,
    #[error("the XLSX file cannot be read: {0}")]
    Broken(String),
    #[error("the XLSX file unpacks to more than {} MiB", package::MAX_UNPACKED_BYTES >> 20)]
    Unpacked,
    #[error("the workbook has no visible worksheet")]
    NoSheet,
    #[error("the file has more than {} rows\nhint: import it in several files", MAX_ROWS - 1)]
    TooManyRows,
    #[error("row {row} has more than {MAX_COLUMNS} columns")]
    TooManyColumns { row: u32 },
    #[error(
        "row {row} has a cell with more than {MAX_CELL} characters\nhint: is a quote not closed?"
    )]
    CellTooLong { row: u32 },
    #[error(
        "a quote that begins in row {row} is never closed\nhint: close it, or write a quote inside a field twice"
    )]
    OpenQuote { row: u32 },
    #[error("the cells hold more than {} MiB of text", MAX_TEXT_BYTES >> 20)]
    TooMuchText,
}

impl TableFlaw {
    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty | Self::NoSheet)
    }

    /// There is too much in it.
    pub fn is_too_large(&self) -> bool {
        matches!(
            self,
            Self::TooLarge | Self::Unpacked | Self::TooManyRows | Self::TooMuchText
        )
    }
}

/// Reads the table of a CSV file, or of the first visible sheet of an XLSX file, on a thread of its own.
pub(crate) async fn read(content: Bytes) -> Result<Vec<Row>, TableFlaw> {
    let _permit = READERS.acquire().await;
    match tokio::task::spawn_blocking(move || read_here(&content)).await {
        Ok(rows) => rows,
        // The library that reads workbooks gives up on some numbers that no spreadsheet program writes.
        Err(_) => Err(TableFlaw::Broken("it makes no sense".to_owned())),
    }
}

fn read_here(content: &[u8]) -> Result<Vec<Row>, TableFlaw> {
    let rows = match content {
        _ if content.len() > MAX_BYTES => return Err(TableFlaw::TooLarge),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => xlsx::read(content)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(TableFlaw::OldExcel),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(TableFlaw::Utf16),
        _ if content.contains(&0) => return Err(TableFlaw::Unknown),
        _ => csv::read(content)?,
    };
    match rows.is_empty() {
        true => Err(TableFlaw::Empty),
        false => Ok(rows),
    }
}

/// Rows as they are found, within the limits.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    n_bytes: usize,
}

impl Rows {
    /// Adds a cell of the present row, or of a later one.
    fn add(&mut self, number: u32, column: usize, cell: Cell) -> Result<(), TableFlaw> {
        if let Cell::Text(text) | Cell::Unusable(text) = &cell {
            if text.is_empty() {
                return Ok(());
            }
            if text.chars().count() > MAX_CELL {
                return Err(TableFlaw::CellTooLong { row: number });
            }
            self.n_bytes += text.len();
            if self.n_bytes > MAX_TEXT_BYTES {
                return Err(TableFlaw::TooMuchText);
            }
        }
        if column >= MAX_COLUMNS {
            return Err(TableFlaw::TooManyColumns { row: number });
        }
        let n_rows = self.rows.len();
        match self.rows.last_mut() {
            Some(row) if row.number == number => {
                if row.cells.last().is_some_and(|(last, _)| *last >= column) {
                    return Err(TableFlaw::Broken("its cells are out of order".to_owned()));
                }
                row.cells.push((column, cell));
            }
            Some(row) if row.number > number => {
                return Err(TableFlaw::Broken("its rows are out of order".to_owned()));
            }
            _ if n_rows >= MAX_ROWS => return Err(TableFlaw::TooManyRows),
            _ => self.rows.push(Row {
                number,
                cells: vec![(column, cell)],
            }),
        }
        Ok(())
    }
}
