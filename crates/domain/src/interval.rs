//! Spans of whole minutes and their arithmetic. Must not know what the minutes mean.
//!
//! Minutes are counted from the epoch, in UTC. Zone offsets with seconds ended in 1972, so a minute on
//! the wall clock is a minute here.

use jiff::Timestamp;

/// From a minute to a later minute, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// First minute.
    pub begin: i64,
    /// Minute after the last.
    pub end: i64,
}

impl Span {
    /// A span; none when it would be empty.
    pub(crate) fn new(begin: i64, end: i64) -> Option<Self> {
        (begin < end).then_some(Self { begin, end })
    }

    /// Length in minutes.
    pub(crate) fn minutes(self) -> i64 {
        self.end - self.begin
    }

    /// What both have in common.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.begin.max(other.begin), self.end.min(other.end))
    }
}

/// The nearest minute whose begin can be written as an instant.
pub(crate) fn within_calendar(minute: i64) -> i64 {
    let earliest = Timestamp::MIN.as_second().div_euclid(60) + 1;
    let latest = Timestamp::MAX.as_second().div_euclid(60);
    minute.clamp(earliest, latest)
}

/// The minute in which an instant lies; the first whole one for an instant before it.
pub(crate) fn minute_of(instant: Timestamp) -> i64 {
    // Timestamps before the epoch may have a negative fraction: the second is rounded towards zero.
    let second = instant.as_second() - i64::from(instant.subsec_nanosecond() < 0);
    within_calendar(second.div_euclid(60))
}

/// The instant at which a minute begins; the nearest one that can be written at the ends of the calendar.
pub(crate) fn instant_of(minute: i64) -> Timestamp {
    let second = within_calendar(minute) * 60;
    Timestamp::from_second(second).expect("minutes within the calendar can be written")
}

/// Minutes as the domain counts them; saturates.
pub(crate) fn count(minutes: i64) -> i32 {
    i32::try_from(minutes).unwrap_or(if minutes < 0 { i32::MIN } else { i32::MAX })
}

/// Sum of the lengths in minutes.
pub(crate) fn total(spans: &[Span]) -> i64 {
    spans.iter().map(|span| span.minutes()).sum()
}

/// Minutes that `spans` (disjoint) have in common with `other`.
pub(crate) fn overlap(spans: &[Span], other: Span) -> i64 {
    spans
        .iter()
        .filter_map(|span| span.intersection(other))
        .map(Span::minutes)
        .sum()
}

/// Takes `hole` out of every span.
pub(crate) fn subtract(spans: &mut Vec<Span>, hole: Span) {
    if !spans.iter().any(|span| span.intersection(hole).is_some()) {
        return;
    }
    *spans = spans
        .iter()
        .flat_map(|span| {
            [
                Span::new(span.begin, span.end.min(hole.begin)),
                Span::new(span.begin.max(hole.end), span.end),
            ]
        })
        .flatten()
        .collect();
}

#[cfg(test)]
mod tests;
