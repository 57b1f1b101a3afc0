//! Reads times, spans and clauses of the worked examples. Must not know what they are for.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use rollcall_domain::Segment;

/// Clauses between semicolons.
pub fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
}

/// `2026-03-02`.
pub fn date(text: &str) -> Result<Date, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a date like 2026-03-02"))
}

/// `09:17` or `09:17:30`.
pub fn time(text: &str) -> Result<Time, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a time like 09:17"))
}

/// `8h`, `30 min` or `7:43`.
pub fn minutes(text: &str) -> Result<i32, String> {
    let text = text.trim();
    let problem = || format!("`{text}` is not a span like `8h`, `30 min` or `7:43`");
    let number = |digits: &str| digits.trim().parse::<i32>().map_err(|_| problem());
    if let Some(hours) = text.strip_suffix('h') {
        Ok(number(hours)? * 60)
    } else if let Some(minutes) = text.strip_suffix("min") {
        number(minutes)
    } else if let Some((hours, minutes)) = text.split_once(':') {
        Ok(number(hours)? * 60 + number(minutes)?)
    } else {
        Err(problem())
    }
}

/// `22:00-06:00`: an end that is not later than the begin is on the next day.
pub fn segment(text: &str) -> Result<Segment, String> {
    let (begin, end) = text
        .trim()
        .split_once('-')
        .ok_or_else(|| format!("`{text}` is not a segment like 09:00-17:00"))?;
    let minute = |text: &str| -> Result<i32, String> {
        let time = time(text)?;
        Ok(i32::from(time.hour()) * 60 + i32::from(time.minute()))
    };
    let (begin_minute, end_minute) = (minute(begin)?, minute(end)?);
    Ok(Segment {
        begin_minute,
        end_minute: if end_minute <= begin_minute {
            end_minute + 1440
        } else {
            end_minute
        },
    })
}

/// `2026-03-02 09:17`, with an offset like `+01:00` where the wall clock alone does not say it.
pub fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let (day, clock) = text
        .split_once(' ')
        .ok_or_else(|| format!("`{text}` is not a moment like 2026-03-02 09:17"))?;
    let clock = clock.trim();
    let offset_from = clock.find(['+', '-']);
    let local = DateTime::from_parts(
        date(day)?,
        time(&clock[..offset_from.unwrap_or(clock.len())])?,
    );
    match offset_from {
        Some(from) => format!("{local}{}", &clock[from..])
            .parse()
            .map_err(|_| format!("`{text}` has no offset like +01:00")),
        None => zone
            .to_ambiguous_timestamp(local)
            .unambiguous()
            .map_err(|_| format!("`{text}` happens twice or never: write its offset, like +01:00")),
    }
}

/// Wall clock of `at` seen from `work_date`: with seconds, offset and day only where they matter.
pub fn show(at: Timestamp, zone: &TimeZone, work_date: Date) -> String {
    let local = zone.to_datetime(at);
    let mut text = if local.second() == 0 {
        local.strftime("%H:%M").to_string()
    } else {
        local.strftime("%H:%M:%S").to_string()
    };
    if zone.to_ambiguous_timestamp(local).is_ambiguous() {
        text.push_str(&at.to_zoned(zone.clone()).strftime("%:z").to_string());
    }
    let days = local
        .date()
        .since(work_date)
        .map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => text,
        1 => text + " next day",
        -1 => text + " day before",
        _ => format!("{} {text}", local.date()),
    }
}

/// `7:43`.
pub fn show_minutes(minutes: i32) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}
