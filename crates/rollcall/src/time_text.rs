//! Times as people write them on the command line and as they are shown to them: `22:00-06:00`,
//! `7h30m`, `first-half`. Must not know what they are used for.

use rollcall_domain::{DayPart, Segment};

const DAY: i32 = 24 * 60;

/// Minutes after midnight of `HH:MM`, at most `latest`; 24:00 is the end of the day.
fn clock(text: &str, latest: i32) -> Option<i32> {
    let number = |digits: &str| {
        let is_number = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes <= 59 && total <= latest).then_some(total)
}

/// `HH:MM-HH:MM`; an end that is not later than the begin is on the next day.
pub fn segment(text: &str) -> Result<Segment, String> {
    let span = || {
        let (begin, end) = text.split_once('-')?;
        Some((clock(begin, DAY)?, clock(end, DAY)?))
    };
    let (begin_minute, mut end_minute) = span().ok_or_else(|| {
        format!(
            "`{text}` is not a span of time\nhint: write HH:MM-HH:MM, for example 09:00-17:30 or 22:00-06:00"
        )
    })?;
    if end_minute <= begin_minute {
        end_minute += DAY;
    }
    Ok(Segment {
        begin_minute,
        end_minute,
    })
}

/// Hours of a work date, counted from its midnight: those after the next midnight are 24:00 to 48:00.
fn hours(text: &str) -> Result<Segment, String> {
    let span = || {
        let (begin, end) = text.split_once('-')?;
        let (begin_minute, end_minute) = (clock(begin, 2 * DAY)?, clock(end, 2 * DAY)?);
        (begin_minute < end_minute).then_some(Segment {
            begin_minute,
            end_minute,
        })
    };
    span().ok_or_else(|| {
        format!(
            "`{text}` are no hours of a work date\nhint: write HH:MM-HH:MM, for example 13:00-17:00; hours after midnight of a night shift are written on: 26:00-28:00"
        )
    })
}

/// Moves a segment to the next day when it would begin before `earliest`: the 02:00 of a night shift.
pub fn not_before(segment: Segment, earliest: i32) -> Segment {
    if segment.begin_minute < earliest {
        Segment {
            begin_minute: segment.begin_minute + DAY,
            end_minute: segment.end_minute + DAY,
        }
    } else {
        segment
    }
}

/// Minutes of `8h`, `7h30m`, `45m` or `0`.
pub fn duration(text: &str) -> Result<i32, String> {
    let wrong =
        || format!("`{text}` is not a length of time\nhint: write for example 8h, 7h30m or 45m");
    let number = |digits: &str| {
        let is_number =
            (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        is_number
            .then(|| digits.parse::<i32>().ok())
            .flatten()
            .ok_or_else(wrong)
    };
    if text == "0" {
        return Ok(0);
    }
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (number(hours)?, rest),
        None => (0, text),
    };
    let minutes = match rest.strip_suffix('m') {
        Some(minutes) => number(minutes)?,
        None if rest.is_empty() && !text.is_empty() => 0,
        None => return Err(wrong()),
    };
    Ok(hours * 60 + minutes)
}

/// `whole`, `first-half`, `second-half` or `HH:MM-HH:MM`.
pub fn day_part(text: &str) -> Result<DayPart, String> {
    match text {
        "whole" | "" => Ok(DayPart::Whole),
        "first-half" => Ok(DayPart::FirstHalf),
        "second-half" => Ok(DayPart::SecondHalf),
        _ if text.contains(':') => hours(text).map(DayPart::Hours),
        _ => Err(format!(
            "`{text}` is not a part of a day\nhint: use whole, first-half, second-half or hours such as 13:00-17:00"
        )),
    }
}

/// `22:00-06:00+1`: the day is named when it is not the first.
pub fn show_segment(segment: Segment) -> String {
    format!(
        "{}-{}",
        show_clock(segment.begin_minute),
        show_clock(segment.end_minute)
    )
}

fn show_clock(minute: i32) -> String {
    let (day, minute) = (minute.div_euclid(DAY), minute.rem_euclid(DAY));
    let next = if day == 0 {
        String::new()
    } else {
        format!("+{day}")
    };
    format!("{:02}:{:02}{next}", minute / 60, minute % 60)
}

/// `7h30m`, `45m`, `0m`; with a sign when negative.
pub fn show_duration(minutes: i32) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let minutes = minutes.unsigned_abs();
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{sign}{minutes}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, minutes) => format!("{sign}{hours}h{minutes:02}m"),
    }
}

/// As [`day_part`] reads it.
pub fn show_day_part(part: DayPart) -> String {
    match part {
        DayPart::Whole => "whole".to_owned(),
        DayPart::FirstHalf => "first-half".to_owned(),
        DayPart::SecondHalf => "second-half".to_owned(),
        DayPart::Hours(segment) => show_segment(segment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_go_over_midnight() {
        let minutes = |text| segment(text).map(|s| (s.begin_minute, s.end_minute));
        assert_eq!(minutes("09:00-17:30"), Ok((540, 1050)));
        assert_eq!(minutes("22:00-06:00"), Ok((1320, 1800)));
        assert_eq!(minutes("00:00-24:00"), Ok((0, 1440)));
        assert_eq!(minutes("08:00-08:00"), Ok((480, 1920)));
        for wrong in [
            "9-17",
            "09:00",
            "25:00-26:00",
            "09:60-10:00",
            "09:00-",
            "-1:00-09:00",
        ] {
            assert!(minutes(wrong).unwrap_err().contains("hint:"), "{wrong}");
        }
        let rest = not_before(segment("02:00-02:30").unwrap(), 1320);
        assert_eq!((rest.begin_minute, rest.end_minute), (1560, 1590));
        assert_eq!(show_segment(rest), "02:00+1-02:30+1");
    }

    #[test]
    fn lengths_are_read_as_they_are_shown() {
        for (text, minutes) in [("8h", 480), ("7h30m", 450), ("45m", 45), ("10h05m", 605)] {
            assert_eq!(duration(text), Ok(minutes));
            assert_eq!(show_duration(minutes), text);
        }
        assert_eq!(duration("0"), Ok(0));
        assert_eq!(show_duration(-75), "-1h15m");
        for wrong in ["", "8", "h", "m", "8x", "-1h", "1h30", "1.5h", "999999h"] {
            assert!(duration(wrong).unwrap_err().contains("hint:"), "{wrong}");
        }
    }

    #[test]
    fn parts_of_a_day_are_words_or_hours() {
        for text in ["whole", "first-half", "second-half", "13:00-17:00"] {
            assert_eq!(show_day_part(day_part(text).unwrap()), text);
        }
        let night = day_part("26:00-28:00").unwrap();
        assert_eq!(show_day_part(night), "02:00+1-04:00+1");
        for wrong in ["15:00-13:00", "47:00-49:00", "09:00-09:00"] {
            assert!(day_part(wrong).unwrap_err().contains("hint:"), "{wrong}");
        }
        assert!(day_part("half").unwrap_err().contains("hint:"));
    }
}
