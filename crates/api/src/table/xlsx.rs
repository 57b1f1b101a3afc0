//! The first visible sheet of an XLSX workbook, cell by cell: a sheet may say that it has a cell in its last
//! corner, so its extent is not believed. Must not know what a column means.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::Date;

use super::{Cell, Row, Rows, TableFlaw, package};

/// Reads the rows of the sheet; of formulas what they had come to when the file was saved.
pub(super) fn read(content: &[u8]) -> Result<Vec<Row>, TableFlaw> {
    package::check(content)?;
    let mut workbook = Xlsx::new(Cursor::new(content)).map_err(broken)?;
    let sheet = workbook
        .sheets_metadata()
        .iter()
        .find(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .ok_or(TableFlaw::NoSheet)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut rows = Rows::default();
    while let Some(found) = cells.next_cell().map_err(broken)? {
        let (row, column) = found.get_position();
        if let Some(cell) = cell(found.get_value()) {
            rows.add(row.saturating_add(1), column as usize, cell)?;
        }
    }
    Ok(rows.rows)
}

fn broken(error: XlsxError) -> TableFlaw {
    TableFlaw::Broken(error.to_string())
}

fn cell(value: &DataRef<'_>) -> Option<Cell> {
    let text = |text: &str| Cell::Text(text.trim().to_owned());
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Int(value) => Cell::Text(value.to_string()),
        // Whole numbers are written without decimals.
        DataRef::Float(value) => Cell::Text(value.to_string()),
        DataRef::Bool(value) => Cell::Text(value.to_string()),
        DataRef::DateTime(value) => date(value),
        DataRef::DateTimeIso(value) => match value.get(..10).unwrap_or(value).parse() {
            Ok(date) => Cell::Date(date),
            Err(_) => text(value),
        },
        DataRef::DurationIso(value) => Cell::Unusable(value.clone()),
        DataRef::Error(error) => Cell::Unusable(error.to_string()),
    })
}

/// The day of an instant; a time of the day alone is none.
fn date(value: &ExcelDateTime) -> Cell {
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .zip(i8::try_from(day).ok())
        .and_then(|((year, month), day)| Date::new(year, month, day).ok());
    match date {
        Some(date) if value.is_datetime() && value.as_f64() >= 1.0 => Cell::Date(date),
        _ => Cell::Unusable(format!("the time {}", value.as_f64())),
    }
}
