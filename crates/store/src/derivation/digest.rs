//! The digest of a derived day: equal exactly when all that would be written is equal.
//! Must not know tables.

use jiff::Timestamp;
use rollcall_domain::{Day, RULE_VERSION, SessionEnd};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 of everything that is stored of a day. `why` is its trace as JSON text, which names the
/// exceptions with their punches and sentences.
pub(super) fn digest(day: &Day, why: &str) -> [u8; 32] {
    let mut canon = Canon(Vec::with_capacity(512));
    canon.text(RULE_VERSION);
    canon.text(why);
    canon.uuid(day.site_id.0);
    canon.text(&day.time_zone);
    canon.option_uuid(day.shift_id.map(|id| id.0));
    canon.option_uuid(day.rule_set.rule_set_id.map(|id| id.0));
    canon.text(&day.rule_set.name);
    canon.number(day.rule_set.version.into());
    canon.text(day.kind.as_str());
    canon.text(day.status.as_str());
    canon.number(day.is_open.into());
    canon.option_instant(day.first_in_at);
    canon.option_instant(day.last_out_at);
    for minutes in super::write::minutes(&day.minutes) {
        canon.number(minutes.into());
    }
    canon.count(day.sessions.len());
    for session in &day.sessions {
        canon.uuid(session.site_id.0);
        canon.end(session.begin);
        canon.end(session.end);
        canon.number(session.is_open.into());
        canon.number(session.minutes.into());
    }
    canon.count(day.intervals.len());
    for interval in &day.intervals {
        canon.instant(interval.begin_at);
        canon.instant(interval.end_at);
        canon.text(interval.class.as_str());
        canon.text(interval.overtime.map_or("", |class| class.as_str()));
    }
    canon.count(day.punches.len());
    for punch in &day.punches {
        canon.uuid(punch.punch_id.0);
        canon.number(punch.is_counted.into());
        canon.text(punch.direction.map_or("", |direction| direction.as_str()));
        canon.text(punch.reason.as_str());
    }
    canon.count(day.exceptions.len());
    for exception in &day.exceptions {
        canon.text(exception.as_str());
    }
    Sha256::digest(&canon.0).into()
}

/// Bytes in which no two different days are alike: every part has a fixed or a stated length.
struct Canon(Vec<u8>);

impl Canon {
    fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn count(&mut self, n: usize) {
        self.number(i64::try_from(n).unwrap_or(i64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn uuid(&mut self, uuid: Uuid) {
        self.0.extend_from_slice(uuid.as_bytes());
    }

    fn option_uuid(&mut self, uuid: Option<Uuid>) {
        self.number(uuid.is_some().into());
        self.uuid(uuid.unwrap_or_default());
    }

    /// To the microsecond, as PostgreSQL stores it.
    fn instant(&mut self, instant: Timestamp) {
        self.number(instant.as_microsecond());
    }

    fn option_instant(&mut self, instant: Option<Timestamp>) {
        self.number(instant.is_some().into());
        self.instant(instant.unwrap_or_default());
    }

    fn end(&mut self, end: Option<SessionEnd>) {
        self.option_instant(end.map(|end| end.at));
        self.option_uuid(end.and_then(|end| end.punch_id).map(|id| id.0));
    }
}
