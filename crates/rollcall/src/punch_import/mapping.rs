//! The mapping file: which column says what, and how. Must not read punches.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, bail};
use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What `--example-mapping` prints.
pub const EXAMPLE: &str = include_str!("example.toml");

/// A mapping file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default)]
    encoding: Option<String>,
    #[serde(default = "comma")]
    delimiter: String,
    #[serde(default = "quotation_mark")]
    quote: String,
    /// Whether the first line names the columns.
    #[serde(default = "yes")]
    pub header: bool,
    /// Who.
    pub employee: OneColumn,
    /// Where.
    pub site: SiteColumn,
    /// When.
    pub time: TimeColumns,
    /// Which way.
    pub direction: Option<DirectionColumn>,
    /// The other system's id.
    pub external_id: Option<OneColumn>,
}

/// A column by name or number (from 1).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Column {
    /// As in the header.
    Name(String),
    /// From 1.
    Number(usize),
}

/// A section with nothing but its column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneColumn {
    /// The column.
    pub column: Column,
}

/// Section `site`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteColumn {
    /// Column with the name of the site.
    pub column: Option<Column>,
    /// Name of the site of every line.
    pub fixed: Option<String>,
    /// Names in the file and our names for them.
    #[serde(default)]
    pub names: HashMap<String, String>,
}

/// Which of two instants.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// The one that comes first.
    Earlier,
    /// The one that comes second.
    Later,
}

/// Section `time`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeColumns {
    /// Date and time in one.
    pub column: Option<Column>,
    /// How `column` is written.
    #[serde(default)]
    pub formats: Vec<String>,
    /// The date alone.
    pub date_column: Option<Column>,
    /// How it is written.
    #[serde(default)]
    pub date_formats: Vec<String>,
    /// The time of day alone.
    pub time_column: Option<Column>,
    /// How it is written.
    #[serde(default)]
    pub time_formats: Vec<String>,
    zone: Option<String>,
    decimal: Option<char>,
    /// Offset from UTC of the line.
    pub offset_column: Option<Column>,
    /// For local times that happen twice.
    pub ambiguous: Option<Choice>,
    /// For local times that never happen.
    pub skipped: Option<Choice>,
}

/// Section `direction`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectionColumn {
    /// The column.
    pub column: Column,
    /// Words for coming.
    #[serde(rename = "in")]
    pub in_words: Vec<String>,
    /// Words for going.
    #[serde(rename = "out")]
    pub out_words: Vec<String>,
    /// Words that leave it open.
    #[serde(default)]
    pub unknown: Vec<String>,
}

fn comma() -> String {
    ",".to_owned()
}

fn quotation_mark() -> String {
    "\"".to_owned()
}

fn yes() -> bool {
    true
}

impl Mapping {
    /// Reads and checks a mapping file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the mapping `{}`", path.display()))?;
        Self::parse(&text).map_err(|error| {
            anyhow::anyhow!(
                "the mapping `{}` cannot be used: {error}\nhint: `rollcall punch import --example-mapping` prints one with explanations",
                path.display()
            )
        })
    }

    /// Reads and checks the text of a mapping file.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mapping: Self = toml::from_str(text)
            .map_err(|error| anyhow::anyhow!("{}", error.to_string().trim_end()))?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.encoding()?;
        self.delimiter()?;
        self.quote()?;
        self.zone()?;
        if self.site.column.is_some() == self.site.fixed.is_some() {
            bail!("section `site` needs either `column` or `fixed`");
        }
        let time = &self.time;
        match (&time.column, &time.date_column, &time.time_column) {
            (Some(_), None, None) if !time.formats.is_empty() => {}
            (Some(_), None, None) => bail!("section `time` needs `formats` for its `column`"),
            (None, Some(_), Some(_))
                if !time.date_formats.is_empty() && !time.time_formats.is_empty() => {}
            (None, Some(_), Some(_)) => {
                bail!("section `time` needs `date_formats` and `time_formats`")
            }
            _ => {
                bail!("section `time` needs either `column`, or `date_column` and `time_column`")
            }
        }
        if let Some(direction) = &self.direction {
            let words: Vec<&String> = direction
                .in_words
                .iter()
                .chain(&direction.out_words)
                .chain(&direction.unknown)
                .collect();
            if let Some(twice) = words
                .iter()
                .enumerate()
                .find(|(at, word)| words[..*at].contains(word))
            {
                bail!("section `direction` has `{}` twice", twice.1);
            }
        }
        for column in self.columns() {
            if !self.header && matches!(column, Column::Name(_)) {
                bail!("with `header = false` columns are numbers, not {column}");
            }
            if *column == Column::Number(0) {
                bail!("columns are counted from 1");
            }
        }
        Ok(())
    }

    fn columns(&self) -> impl Iterator<Item = &Column> {
        let time = &self.time;
        [
            Some(&self.employee.column),
            self.site.column.as_ref(),
            time.column.as_ref(),
            time.date_column.as_ref(),
            time.time_column.as_ref(),
            time.offset_column.as_ref(),
            self.direction.as_ref().map(|direction| &direction.column),
            self.external_id.as_ref().map(|id| &id.column),
        ]
        .into_iter()
        .flatten()
    }

    /// How the file is encoded.
    pub fn encoding(&self) -> anyhow::Result<&'static Encoding> {
        Ok(match self.encoding.as_deref().unwrap_or("utf-8") {
            "utf-8" => encoding_rs::UTF_8,
            "windows-1252" => encoding_rs::WINDOWS_1252,
            "utf-16le" => encoding_rs::UTF_16LE,
            "utf-16be" => encoding_rs::UTF_16BE,
            other => bail!(
                "encoding `{other}` is not known; write utf-8, windows-1252, utf-16le or utf-16be"
            ),
        })
    }

    /// What separates fields.
    pub fn delimiter(&self) -> anyhow::Result<u8> {
        one_byte("delimiter", &self.delimiter)
    }

    /// What encloses fields; none when nothing does.
    pub fn quote(&self) -> anyhow::Result<Option<u8>> {
        if self.quote.is_empty() {
            return Ok(None);
        }
        let quote = one_byte("quote", &self.quote)?;
        if self.quote == self.delimiter {
            bail!("`quote` and `delimiter` are the same");
        }
        Ok(Some(quote))
    }

    /// Zone of all local times and its name; none when it is the site's.
    pub fn zone(&self) -> anyhow::Result<Option<(&str, TimeZone)>> {
        let Some(name) = self.time.zone.as_deref() else {
            return Ok(None);
        };
        let zone = TimeZone::get(name).map_err(|_| {
            anyhow::anyhow!(
                "`{name}` is not a known time zone; use an IANA name such as Europe/Berlin"
            )
        })?;
        Ok(Some((name, zone)))
    }

    /// What stands for the dot of fractions of a second.
    pub fn decimal(&self) -> Option<char> {
        self.time.decimal.filter(|decimal| *decimal != '.')
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Number(number) => write!(f, "number {number}"),
        }
    }
}

fn one_byte(what: &str, text: &str) -> anyhow::Result<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\r' | b'\n') => Ok(*byte),
        _ => bail!("`{what}` is one ASCII character, not `{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_valid_mapping() {
        let mapping = Mapping::parse(EXAMPLE).unwrap();
        assert_eq!(mapping.delimiter().unwrap(), b';');
        assert_eq!(mapping.site.names["HQ"], "Berlin");
    }

    #[test]
    fn contradictions_are_named() {
        let cases = [
            ("delimiter = \"ab\"", "one ASCII character"),
            ("encoding = \"latin\"", "encoding `latin`"),
            ("header = false", "columns are numbers"),
            ("colour = 1", "colour"),
            ("quote = \",\"", "the same"),
        ];
        let rest = "[employee]\ncolumn = \"a\"\n[site]\nfixed = \"S\"\n[time]\ncolumn = \"t\"\nformats = [\"%s\"]\n";
        for (line, expected) in cases {
            let error = Mapping::parse(&format!("{line}\n{rest}")).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let cases = [
            ("zone = \"Europe/Berln\"", "Europe/Berln"),
            ("time_column = \"z\"", "either `column`"),
            (
                "[direction]\ncolumn = \"d\"\nin = [\"1\"]\nout = [\"1\"]",
                "`1` twice",
            ),
        ];
        for (line, expected) in cases {
            let error = Mapping::parse(&format!("{rest}{line}\n")).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
