//! What is printed of a sighting when the hub has answered. Must not know how it was answered.

use jiff::tz::TimeZone;
use rollcall_store::device::{Outcome, Sighting, SightingOutcome};

/// What the hub answered to one sighting, with what a person wants to read beside it.
pub struct OutcomeLine<'a> {
    /// Site name.
    pub site: &'a str,
    /// Camera name.
    pub camera: &'a str,
    /// The site's zone.
    pub zone: &'a TimeZone,
    /// The picture is an older recording: its date is shown too.
    pub is_recorded: bool,
    /// What was sent.
    pub sighting: &'a Sighting,
    /// What was answered.
    pub outcome: &'a SightingOutcome,
}

impl std::fmt::Display for OutcomeLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let local = self.sighting.captured_at.to_zoned(self.zone.clone());
        let outcome = match self.outcome.outcome {
            Outcome::Punched => "punched",
            Outcome::Repeat => "repeat",
            Outcome::Review => "review",
            Outcome::Unknown => "unknown",
            Outcome::Rejected => "rejected",
            Outcome::Duplicate => "duplicate",
        };
        let place = format!("{} / {}", self.site, self.camera);
        let format = if self.is_recorded {
            "%Y-%m-%d %H:%M:%S"
        } else {
            "%H:%M:%S"
        };
        write!(f, "{} {place:<24} {outcome:<9}", local.strftime(format))?;
        if let Some(name) = &self.outcome.employee_name {
            write!(f, " {name}")?;
        }
        if let Some(direction) = &self.outcome.direction {
            write!(f, " {}", direction.to_uppercase())?;
        }
        if let Some(similarity) = self.outcome.similarity {
            write!(f, "  similarity {similarity:.2}")?;
        }
        write!(f, "  frames {}", self.sighting.n_frames)
    }
}
