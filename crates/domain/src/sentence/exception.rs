//! Exceptions in words: what a person must look at. Must not decide anything.

use super::Teller;
use crate::result::ExceptionKind;

impl Teller<'_> {
    /// The exception, with the time of its punch where it has one.
    pub(super) fn exception(&self, kind: ExceptionKind) -> String {
        let span = self.why.span.map(|span| self.clock.span(span));
        let punch = self.why.span.map(|(at, _)| self.at(at)).unwrap_or_default();
        let span = span.unwrap_or_default();
        let minutes = self.minutes();
        match kind {
            ExceptionKind::MissingIn => format!("OUT {punch} has no IN"),
            ExceptionKind::MissingOut => format!("IN {punch} has no OUT"),
            ExceptionKind::SiteOverlap => {
                format!("two sites within {minutes} min, faster than one can travel")
            }
            ExceptionKind::UnscheduledWork => format!("work {span} when none was expected"),
            ExceptionKind::ShortRest => {
                let least = self.rules.map(|rules| rules.minimum_rest_minutes);
                let least = least.map(|least| format!(", {least} min are due"));
                let least = least.unwrap_or_default();
                format!("only {minutes} min of rest, {span}{least}")
            }
            ExceptionKind::ClockSkew => {
                let most = self.rules.map(|rules| rules.clock_skew_seconds);
                let most = most.map(|most| format!(" by more than {most} s"));
                let most = most.unwrap_or_default();
                format!("the clock of the device was wrong{most} at punch {punch}")
            }
            ExceptionKind::LowConfidence => {
                let below = self.rules.map(|rules| rules.low_confidence_below_permille);
                let below = below.map(|below| {
                    let below = below.max(0);
                    format!(" (similarity below {}.{:03})", below / 1000, below % 1000)
                });
                let below = below.unwrap_or_default();
                format!("the day depends on a weak recognition at {punch}{below}")
            }
            ExceptionKind::OvertimeUnapproved => {
                format!("{minutes} min of overtime that nobody approved")
            }
            ExceptionKind::OutsideEmployment => {
                format!("punch {punch} is before the hire date or after the last day")
            }
            ExceptionKind::InactiveSite => {
                format!("punch {punch} at a site that was not in use any more")
            }
            ExceptionKind::PunchFlood => {
                format!("{} punches on one date, {span}", self.day.punches.len())
            }
            ExceptionKind::UnknownTimeZone => {
                let at = if punch.is_empty() {
                    String::new()
                } else {
                    format!(" at punch {punch}")
                };
                format!("the time zone of the site is not known{at}: UTC was used")
            }
        }
    }
}
