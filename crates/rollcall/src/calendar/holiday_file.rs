//! Holidays as a CSV file. Must not know sites beyond their names, nor the database.

use anyhow::{Context, bail};
use jiff::civil::Date;
use rollcall_domain::DayPart;

use crate::time_text::day_part;

/// A line of the file.
#[derive(Debug, PartialEq)]
pub struct HolidayLine {
    /// Where it stands, from 1.
    pub number: u64,
    /// The date.
    pub date: Date,
    /// Name for people.
    pub name: String,
    /// Name of the site, when the line names one.
    pub site: Option<String>,
    /// How much of the date.
    pub part: DayPart,
}

/// Reads all lines.
///
/// Errors: the first mistake, with its line.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<HolidayLine>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .context("the file is not UTF-8\nhint: save it as CSV in UTF-8")?;
    let mut records = records(text).into_iter();
    let (_, header) = records.next().unwrap_or_default();
    let header: Vec<String> = header
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let known = ["date", "name", "site", "part"];
    if let Some(unknown) = header.iter().find(|name| !known.contains(&name.as_str())) {
        bail!(
            "line 1: `{unknown}` is not a column\nhint: the columns are date,name,site,part; site and part may be left out"
        );
    }
    let column = |name: &str| header.iter().position(|column| column == name);
    let (Some(date), Some(name)) = (column("date"), column("name")) else {
        bail!(
            "line 1 must name the columns date and name\nhint: begin the file with the line date,name"
        );
    };
    let mut lines = Vec::new();
    for (number, fields) in records {
        if fields.len() != header.len() {
            bail!(
                "line {number} has {} fields, line 1 has {}\nhint: put names with commas into double quotes",
                fields.len(),
                header.len()
            );
        }
        let field = |column: Option<usize>| {
            column
                .and_then(|column| fields.get(column))
                .map_or("", |field| field.trim())
        };
        let date_text = field(Some(date));
        let Ok(date) = date_text.parse::<Date>() else {
            bail!("line {number}: `{date_text}` is not a date\nhint: write for example 2026-12-25");
        };
        let name = field(Some(name));
        if name.is_empty() {
            bail!("line {number}: the holiday has no name");
        }
        let site = field(column("site"));
        lines.push(HolidayLine {
            number,
            date,
            name: name.to_owned(),
            site: (!site.is_empty()).then(|| site.to_owned()),
            part: day_part(field(column("part")))
                .map_err(|problem| anyhow::anyhow!("line {number}: {problem}"))?,
        });
    }
    Ok(lines)
}

/// Fields of each line that is not empty, with its number.
fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut reader = csv_core::Reader::new();
    let (mut records, mut fields) = (Vec::new(), Vec::new());
    let (mut field, mut buffer) = (Vec::new(), [0; 1024]);
    let mut input = text.as_bytes();
    let mut number = 1;
    loop {
        let (result, n_read, n_written) = reader.read_field(input, &mut buffer);
        input = &input[n_read..];
        field.extend_from_slice(&buffer[..n_written]);
        match result {
            // An empty input tells the reader that the file has ended.
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            csv_core::ReadFieldResult::Field { record_end } => {
                fields.push(String::from_utf8_lossy(&field).into_owned());
                field.clear();
                if record_end {
                    records.push((number, std::mem::take(&mut fields)));
                    number = reader.line();
                }
            }
            csv_core::ReadFieldResult::End => return records,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_may_stand_in_any_order_and_be_left_out() {
        let text = "\u{feff}name,date,part\r\n\"Christmas, first day\",2026-12-25,\r\n\r\nNew Year's Eve,2026-12-31,12:00-24:00\r\n";
        let lines = read(text.as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].name, "Christmas, first day");
        assert_eq!(
            (lines[0].part, lines[0].site.as_deref()),
            (DayPart::Whole, None)
        );
        assert_eq!(lines[1].date, Date::constant(2026, 12, 31));
        assert!(matches!(lines[1].part, DayPart::Hours(_)));
        let lines = read(b"date,name,site\n2026-12-25,Xmas,Berlin").unwrap();
        assert_eq!(lines[0].site.as_deref(), Some("Berlin"));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, part) in [
            ("", "line 1"),
            ("date\n2026-12-25\n", "line 1"),
            ("date,name,town\n", "`town`"),
            ("date,name\n2026-02-30,Never\n", "line 2: `2026-02-30`"),
            ("date,name\n2026-12-25,\n", "line 2"),
            (
                "date,name\n2026-12-25,A\n2026-12-26,B,C\n",
                "line 3 has 3 fields",
            ),
            ("date,name,part\n2026-12-25,A,half\n", "line 2: `half`"),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        }
        assert!(read(b"date,name\n2026-12-25,\xff\n").is_err());
    }
}
