//! What an import found, line by line: for people, and as a CSV file. Must not judge.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Lines that are printed of each severity; the report file has all.
const SHOWN: usize = 100;

/// Whether something keeps the file from being imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It is worth knowing.
    Warning,
    /// Nothing happens for this line.
    Note,
}

/// Something about a line.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Line in the file, from 1.
    pub line: u64,
    /// How bad.
    pub severity: Severity,
    /// A word for programs.
    pub kind: &'static str,
    /// For people.
    pub sentence: String,
}

impl Finding {
    /// An error.
    pub fn error(line: u64, kind: &'static str, sentence: String) -> Self {
        Self {
            line,
            severity: Severity::Error,
            kind,
            sentence,
        }
    }
}

/// Everything that was found, in bounded memory.
#[derive(Default)]
pub struct Report {
    shown: BTreeMap<Severity, Vec<Finding>>,
    counts: BTreeMap<Severity, u64>,
    kinds: BTreeMap<&'static str, u64>,
    file: Option<(BufWriter<File>, PathBuf)>,
}

impl Severity {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Report {
    /// A report that is also written to a CSV file.
    pub fn to_file(path: Option<&Path>) -> anyhow::Result<Self> {
        let file = match path {
            None => None,
            Some(path) => {
                let written = || -> std::io::Result<BufWriter<File>> {
                    let mut file = BufWriter::new(File::create(path)?);
                    writeln!(file, "line,severity,kind,message")?;
                    Ok(file)
                };
                let file =
                    written().with_context(|| format!("cannot write `{}`", path.display()))?;
                Some((file, path.to_owned()))
            }
        };
        Ok(Self {
            file,
            ..Self::default()
        })
    }

    /// Adds findings in the order of their lines.
    pub fn add(&mut self, mut findings: Vec<Finding>) -> anyhow::Result<()> {
        findings.sort_by_key(|finding| finding.line);
        for finding in findings {
            if let Some((file, path)) = &mut self.file {
                writeln!(
                    file,
                    "{},{},{},\"{}\"",
                    finding.line,
                    finding.severity.as_str(),
                    finding.kind,
                    finding.sentence.replace('"', "\"\"")
                )
                .with_context(|| format!("cannot write `{}`", path.display()))?;
            }
            *self.counts.entry(finding.severity).or_default() += 1;
            *self.kinds.entry(finding.kind).or_default() += 1;
            let shown = self.shown.entry(finding.severity).or_default();
            if shown.len() < SHOWN {
                shown.push(finding);
            }
        }
        Ok(())
    }

    /// How many of a severity.
    pub fn n(&self, severity: Severity) -> u64 {
        self.counts.get(&severity).copied().unwrap_or(0)
    }

    /// Writes what is left to the file and returns the text for people: errors, warnings, notes, hints.
    pub fn finish(&mut self) -> anyhow::Result<String> {
        let mut text = String::new();
        for (severity, shown) in &self.shown {
            for finding in shown {
                text += &format!(
                    "line {}: {}: {}\n",
                    finding.line,
                    severity.as_str(),
                    finding.sentence
                );
            }
            let more = self.n(*severity) - shown.len() as u64;
            if more > 0 {
                let how = match self.file {
                    Some(_) => "see the report file",
                    None => "`--report FILE` writes all",
                };
                text += &format!("… and {more} more of kind {}: {how}\n", severity.as_str());
            }
        }
        if self.n(Severity::Error) > 0 {
            for (kind, hint) in HINTS {
                if self.kinds.contains_key(kind) {
                    text += &format!("hint: {hint}\n");
                }
            }
        }
        if let Some((file, path)) = &mut self.file {
            file.flush()
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(text)
    }
}

/// What to do about kinds of errors.
const HINTS: [(&str, &str); 8] = [
    (
        "ambiguous_time",
        "say which instant is meant: `offset_column`, or `ambiguous = \"earlier\"` or `\"later\"` in section `time` of the mapping",
    ),
    (
        "skipped_time",
        "say which instant is meant: `offset_column`, or `skipped = \"earlier\"` or `\"later\"` in section `time` of the mapping",
    ),
    (
        "unknown_site",
        "`[site.names]` in the mapping translates names of sites",
    ),
    (
        "unknown_direction",
        "add the word to `in`, `out` or `unknown` in section `direction` of the mapping",
    ),
    (
        "unknown_employee",
        "`rollcall employee create` makes employees, also those who have left",
    ),
    (
        "encoding",
        "is `encoding` right in the mapping? A line in another encoding must be repaired in the file",
    ),
    (
        "imported_conflict",
        "imported punches are never changed: correct them in Rollcall, or import another system under another `--source`",
    ),
    (
        "number_of_fields",
        "a delimiter inside a field needs quotes around the field",
    ),
];
