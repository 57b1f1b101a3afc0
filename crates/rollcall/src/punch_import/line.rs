//! One line of the file as a punch, or everything that is wrong with it.
//! Must not know the database: whether an id was imported before is found later.

use std::io::Read;

use anyhow::bail;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use rollcall_domain::{Direction, SiteRules};
use rollcall_store::punch_import::{Content, ImportEmployee, NewPunch, References};
use sha2::{Digest, Sha256};

use super::local_time::{Reading, WallClock, parse_offset};
use super::mapping::{Choice, Column, DirectionColumn, Mapping};
use super::record::Records;
use super::report::{Finding, Severity};

/// Reads lines by a mapping.
pub struct LineReader<'a> {
    mapping: &'a Mapping,
    zone: Option<(&'a str, TimeZone)>,
    n_columns: usize,
    employee: usize,
    site: Option<usize>,
    time: Option<usize>,
    date_and_time: Option<(usize, usize)>,
    offset: Option<usize>,
    direction: Option<usize>,
    external_id: Option<usize>,
}

/// A time as the line says it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Written {
    Instant(Timestamp),
    Local(DateTime),
}

/// What is wrong: a word for the kind, and a sentence.
type Problem = (&'static str, String);

impl<'a> LineReader<'a> {
    /// Finds the columns of the mapping in the record that `records` has just read: the header, or the
    /// first line of a file without one.
    pub fn new<R: Read>(mapping: &'a Mapping, records: &Records<R>) -> anyhow::Result<Self> {
        let names: Vec<String> = (0..records.len())
            .map(|at| {
                String::from_utf8_lossy(records.field(at).unwrap_or_default())
                    .trim()
                    .to_owned()
            })
            .collect();
        let find = |column: &Column| match column {
            Column::Number(number) if *number <= names.len() => Ok(number - 1),
            Column::Number(number) => bail!(
                "the file has no column {number}: its first line has {} columns\nhint: is `delimiter` right in the mapping?",
                names.len()
            ),
            Column::Name(wanted) => {
                let mut found = (0..names.len()).filter(|at| names[*at] == *wanted);
                match (found.next(), found.next()) {
                    (Some(at), None) => Ok(at),
                    (None, _) => bail!(
                        "the file has no column `{wanted}`; it has `{}`\nhint: are `delimiter` and `encoding` right in the mapping?",
                        names.join("`, `")
                    ),
                    (Some(_), Some(_)) => bail!(
                        "the file has several columns `{wanted}`\nhint: name columns by their number"
                    ),
                }
            }
        };
        let find_some = |column: Option<&Column>| column.map(find).transpose();
        let time = &mapping.time;
        Ok(Self {
            mapping,
            zone: mapping.zone()?,
            n_columns: names.len(),
            employee: find(&mapping.employee.column)?,
            site: find_some(mapping.site.column.as_ref())?,
            time: find_some(time.column.as_ref())?,
            date_and_time: find_some(time.date_column.as_ref())?
                .zip(find_some(time.time_column.as_ref())?),
            offset: find_some(time.offset_column.as_ref())?,
            direction: find_some(mapping.direction.as_ref().map(|d| &d.column))?,
            external_id: find_some(mapping.external_id.as_ref().map(|id| &id.column))?,
        })
    }

    /// Reads the record on `line`. Problems go to `findings`; a line with an error is no punch.
    pub fn read<R: Read>(
        &self,
        line: u64,
        records: &Records<R>,
        references: &References,
        findings: &mut Vec<Finding>,
    ) -> Option<NewPunch> {
        if records.len() != self.n_columns {
            let sentence = format!("{} fields instead of {}", records.len(), self.n_columns);
            findings.push(Finding::error(line, "number_of_fields", sentence));
            return None;
        }
        let mut failed = false;
        let mut take = |problem: Problem| {
            failed = true;
            findings.push(Finding::error(line, problem.0, problem.1));
        };
        let employee = self.employee(records, references).map_err(&mut take).ok();
        let site = self.site(records, references).map_err(&mut take).ok();
        let written = self.written(records).map_err(&mut take).ok();
        let direction = self.direction(records).map_err(&mut take).ok();
        let external_id = self.external_id(records).map_err(&mut take).ok();
        let occurred_at = site.zip(written).and_then(|(site, written)| {
            self.instant(records, site, written)
                .and_then(|instant| checked(instant, site, references.now))
                .map_err(&mut take)
                .ok()
        });
        if failed {
            return None;
        }
        let (employee, site, occurred_at) = (employee?, site?, occurred_at?);
        findings.extend(employment(line, employee, site, occurred_at));
        let content = Content {
            employee_id: employee.employee_id,
            site_id: site.site_id,
            occurred_at,
            direction: direction?,
        };
        Some(NewPunch {
            line,
            content,
            external_id: external_id?.unwrap_or_else(|| id_of(&content)),
        })
    }

    fn employee(
        &self,
        records: &Records<impl Read>,
        references: &References,
    ) -> Result<ImportEmployee, Problem> {
        let code = text(records, self.employee)?;
        references.employees.get(code).copied().ok_or_else(|| {
            (
                "unknown_employee",
                match code {
                    "" => "the personnel number is missing".to_owned(),
                    code => format!("there is no employee `{code}`"),
                },
            )
        })
    }

    fn site<'r>(
        &self,
        records: &Records<impl Read>,
        references: &'r References,
    ) -> Result<&'r SiteRules, Problem> {
        let written = match (self.site, &self.mapping.site.fixed) {
            (Some(at), _) => text(records, at)?,
            (None, Some(fixed)) => fixed,
            (None, None) => "",
        };
        let names = &self.mapping.site.names;
        let name = names.get(written).map_or(written, String::as_str);
        references.sites.get(name).ok_or_else(|| {
            let sentence = match (written, name) {
                ("", "") => "the site is missing".to_owned(),
                (written, name) if written == name => format!("there is no site `{name}`"),
                (written, name) => format!("there is no site `{name}` (written `{written}`)"),
            };
            ("unknown_site", sentence)
        })
    }

    fn written(&self, records: &Records<impl Read>) -> Result<Written, Problem> {
        let time = &self.mapping.time;
        if let Some((date_at, time_at)) = self.date_and_time {
            let date = parse(
                "date",
                &time.date_formats,
                text(records, date_at)?,
                |parsed| parsed.to_date().map_err(|error| error.to_string()),
            )?;
            let clock = self.with_dot(text(records, time_at)?);
            let time = parse("time", &time.time_formats, &clock, time_of_day)?;
            return Ok(Written::Local(date.to_datetime(time)));
        }
        let clock = self.with_dot(text(records, self.time.unwrap_or_default())?);
        parse("time", &time.formats, &clock, date_and_time)
    }

    fn with_dot(&self, text: &str) -> String {
        match self.mapping.decimal() {
            Some(decimal) => text.replace(decimal, "."),
            None => text.to_owned(),
        }
    }

    fn instant(
        &self,
        records: &Records<impl Read>,
        site: &SiteRules,
        written: Written,
    ) -> Result<Timestamp, Problem> {
        let local = match written {
            Written::Instant(instant) => return Ok(instant),
            Written::Local(local) => local,
        };
        let (clock, zone) = match &self.zone {
            Some((name, zone)) => (Some(WallClock::of_zone(zone)), *name),
            None => (WallClock::of_site(site), site.time_zone.as_str()),
        };
        let offset = match self.offset.map(|at| text(records, at)).transpose()? {
            None | Some("") => None,
            Some(written) => Some(parse_offset(written).ok_or_else(|| {
                let sentence = format!("`{written}` is no offset from UTC such as +01:00");
                ("impossible_time", sentence)
            })?),
        };
        let Some(clock) = clock else {
            let sentence = format!("the site's time zone `{zone}` is not known");
            return Err(("unknown_time_zone", sentence));
        };
        if let Some(offset) = offset {
            let instant = offset
                .to_timestamp(local)
                .map_err(|error| ("impossible_time", error.to_string()))?;
            let expected = clock.offset(instant);
            // A zone of the mapping is a promise about the file; without one the offset says it all.
            return if self.zone.is_none() || expected == offset {
                Ok(instant)
            } else {
                let sentence = format!(
                    "{local} has the offset {offset}, but clocks in {zone} show {expected} then"
                );
                Err(("impossible_time", sentence))
            };
        }
        let (first, second, choice, kind, happens) = match clock.read(local) {
            Reading::Once(instant) => return Ok(instant),
            Reading::Unknown => {
                return Err(("impossible_time", format!("{local} is out of the calendar")));
            }
            Reading::Twice(first, second) => {
                let choice = self.mapping.time.ambiguous;
                (first, second, choice, "ambiguous_time", "happens twice")
            }
            Reading::Never(first, second) => {
                let choice = self.mapping.time.skipped;
                (first, second, choice, "skipped_time", "never happens")
            }
        };
        match choice {
            Some(Choice::Earlier) => Ok(first),
            Some(Choice::Later) => Ok(second),
            None => Err((
                kind,
                format!("{local} {happens} in {zone}: is it {first} or {second}?"),
            )),
        }
    }

    fn direction(&self, records: &Records<impl Read>) -> Result<Option<Direction>, Problem> {
        let Some((at, words)) = self.direction.zip(self.mapping.direction.as_ref()) else {
            return Ok(None);
        };
        let word = text(records, at)?;
        let DirectionColumn {
            in_words,
            out_words,
            unknown,
            ..
        } = words;
        let is_in = |words: &[String]| words.iter().any(|known| known == word);
        match () {
            () if is_in(in_words) => Ok(Some(Direction::In)),
            () if is_in(out_words) => Ok(Some(Direction::Out)),
            () if is_in(unknown) => Ok(None),
            () => Err((
                "unknown_direction",
                format!("the mapping does not say which direction `{word}` is"),
            )),
        }
    }

    fn external_id(&self, records: &Records<impl Read>) -> Result<Option<String>, Problem> {
        let Some(at) = self.external_id else {
            return Ok(None);
        };
        let id = text(records, at)?;
        match id.chars().count() {
            0 => Err(("external_id", "the external id is missing".to_owned())),
            1..=200 => Ok(Some(id.to_owned())),
            n => Err((
                "external_id",
                format!("the external id has {n} characters; at most 200 are kept"),
            )),
        }
    }
}

/// A field as text without blanks around it.
fn text<R: Read>(records: &Records<R>, at: usize) -> Result<&str, Problem> {
    let bytes = records.field(at).unwrap_or_default();
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let shown = String::from_utf8_lossy(bytes).into_owned();
        (
            "encoding",
            format!("`{shown}` is not text in the file's encoding"),
        )
    })?;
    match text.chars().find(|c| c.is_control() && *c != '\t') {
        Some(control) => Err((
            "encoding",
            format!(
                "column {} has the control character U+{:04X}",
                at + 1,
                u32::from(control)
            ),
        )),
        None => Ok(text.trim()),
    }
}

/// Tries every format. Two that read the text differently are as bad as none.
fn parse<T: PartialEq>(
    what: &str,
    formats: &[String],
    text: &str,
    value: impl Fn(&BrokenDownTime) -> Result<T, String>,
) -> Result<T, Problem> {
    let wrong = |sentence| ("impossible_time", sentence);
    if text.is_empty() {
        return Err(wrong(format!("the {what} is missing")));
    }
    let mut found: Option<(T, &str)> = None;
    let mut refusal = String::new();
    for format in formats {
        let read = BrokenDownTime::parse(format, text)
            .map_err(|_| format!("`{text}` is no {what} of the form `{format}`"))
            .and_then(|parsed| {
                value(&parsed).map_err(|error| format!("`{text}` is no {what}: {error}"))
            });
        match (read, &found) {
            (Err(sentence), _) if refusal.is_empty() => refusal = sentence,
            (Err(_), _) => {}
            (Ok(read), None) => found = Some((read, format)),
            (Ok(read), Some((other, _))) if read == *other => {}
            (Ok(_), Some((_, other))) => {
                return Err(wrong(format!(
                    "`{text}` reads differently as `{other}` and as `{format}`"
                )));
            }
        }
    }
    found.map(|(value, _)| value).ok_or_else(|| wrong(refusal))
}

fn time_of_day(parsed: &BrokenDownTime) -> Result<Time, String> {
    if parsed.hour().is_none() {
        return Err("the format has no hour".to_owned());
    }
    parsed.to_time().map_err(|error| error.to_string())
}

fn date_and_time(parsed: &BrokenDownTime) -> Result<Written, String> {
    if parsed.offset().is_some() || parsed.timestamp().is_some() {
        return parsed
            .to_timestamp()
            .map(Written::Instant)
            .map_err(|error| error.to_string());
    }
    let date: Date = parsed.to_date().map_err(|error| error.to_string())?;
    Ok(Written::Local(date.to_datetime(time_of_day(parsed)?)))
}

/// In whole microseconds, since 1970, not in the future, while the site was in use.
fn checked(instant: Timestamp, site: &SiteRules, now: Timestamp) -> Result<Timestamp, Problem> {
    let instant = Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant);
    if instant < Timestamp::UNIX_EPOCH {
        return Err(("impossible_time", format!("{instant} is before 1970")));
    }
    if instant > now {
        return Err(("future", format!("{instant} is in the future")));
    }
    match site.deactivated_at {
        Some(at) if instant >= at => Err((
            "inactive_site",
            format!("the site is not in use since {at}, and the punch is of {instant}"),
        )),
        _ => Ok(instant),
    }
}

/// Punches outside the employment are kept: the days show them as an exception (R21).
fn employment(
    line: u64,
    employee: ImportEmployee,
    site: &SiteRules,
    occurred_at: Timestamp,
) -> Option<Finding> {
    let date = site.work_date(occurred_at);
    let (kind, sentence) = match (employee.hired_on, employee.left_on) {
        (Some(hired_on), _) if date < hired_on => (
            "before_hire",
            format!("{date} is before the first day of employment, {hired_on}"),
        ),
        (_, Some(left_on)) if date > left_on => (
            "after_leaving",
            format!("{date} is after the last day of employment, {left_on}"),
        ),
        _ => return None,
    };
    Some(Finding {
        line,
        severity: Severity::Warning,
        kind,
        sentence,
    })
}

/// An id from the content, for files without one: the same punch gets the same id in every import.
fn id_of(content: &Content) -> String {
    let direction = content.direction.map_or("", Direction::as_str);
    let text = format!(
        "{} {} {} {direction}",
        content.employee_id,
        content.occurred_at.as_microsecond(),
        content.site_id
    );
    format!("content-{}", hex::encode(&Sha256::digest(text)[..16]))
}
