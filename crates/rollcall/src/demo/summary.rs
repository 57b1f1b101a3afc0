//! The verdict of `demo --once`: who had to be recognised where, and who was.

use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::TimeZone;
use rollcall_store::sighting::SightingRecord;

use super::cast::Cast;
use super::stage::site_name;

/// What was expected and what happened.
pub struct Verdict {
    lines: Vec<String>,
    missed: Vec<String>,
    wrong: Vec<String>,
}

impl Verdict {
    /// Every known person was punched and nobody else.
    pub fn is_right(&self) -> bool {
        self.missed.is_empty() && self.wrong.is_empty()
    }
}

/// Compares the cast with the sightings of the run.
///
/// Per camera each enrolled person in view must be accepted at least once, and nobody may be accepted
/// who is not in view there.
pub fn compare(cast: &Cast, sightings: &[SightingRecord]) -> Verdict {
    let mut verdict = Verdict {
        lines: Vec::new(),
        missed: Vec::new(),
        wrong: Vec::new(),
    };
    for clip in cast.live_clips() {
        let place = format!("{} / {}", site_name(&clip.site), clip.camera);
        let here: Vec<&SightingRecord> = sightings
            .iter()
            .filter(|sighting| {
                sighting.site_name == site_name(&clip.site) && sighting.camera_name == clip.camera
            })
            .collect();
        let expected: Vec<&str> = clip
            .appearance
            .iter()
            .filter_map(|appearance| cast.person(&appearance.person))
            .filter(|person| !person.is_stranger_at(&clip.site))
            .map(|person| person.name.as_str())
            .collect();
        let mut accepted: BTreeMap<&str, Vec<&SightingRecord>> = BTreeMap::new();
        let mut others: BTreeMap<&str, usize> = BTreeMap::new();
        for sighting in &here {
            match (&sighting.employee_name, sighting.decision.as_str()) {
                (Some(name), "accept") => accepted.entry(name).or_default().push(sighting),
                (_, decision) => *others.entry(decision).or_default() += 1,
            }
        }
        for (name, punches) in &accepted {
            let times: Vec<String> = punches.iter().map(|punch| describe(punch)).collect();
            verdict
                .lines
                .push(format!("{place:<22} {name:<16} {}", times.join(", ")));
            if !expected.contains(name) {
                verdict.wrong.push(format!(
                    "{place}: {name} was punched but is not in view there"
                ));
            }
        }
        for (decision, n) in others {
            verdict.lines.push(format!(
                "{place:<22} {:<16} {n} sightings, no punch",
                format!("({decision})")
            ));
        }
        for name in expected {
            let missed = format!("{place}: {name} was missed");
            if !accepted.contains_key(name) && !verdict.missed.contains(&missed) {
                verdict.missed.push(missed);
            }
        }
    }
    verdict
}

fn describe(punch: &SightingRecord) -> String {
    let zone = TimeZone::get(&punch.time_zone).unwrap_or(TimeZone::UTC);
    let direction = punch.direction.as_deref().unwrap_or("punch").to_uppercase();
    let local = punch.captured_at.to_zoned(zone);
    format!(
        "{direction} {} (similarity {:.2})",
        local.strftime("%H:%M:%S %Z"),
        punch.similarity.unwrap_or_default()
    )
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWho was punched where")?;
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        for problem in self.missed.iter().chain(&self.wrong) {
            writeln!(f, "  PROBLEM {problem}")?;
        }
        if self.is_right() {
            write!(
                f,
                "every known person was recognised, no stranger was punched"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rollcall_domain::id::SightingId;

    use super::*;

    const CAST: &str = r#"
        [[person]]
        key = "ada"
        name = "Ada"
        enrol = ["ada.jpg"]
        sites = ["berlin"]
        [[person]]
        key = "bob"
        name = "Bob"
        enrol = ["bob.jpg"]
        sites = ["new-york"]
        [[clip]]
        path = "door.avi"
        site = "berlin"
        camera = "door"
        direction = "entry"
        [[clip.appearance]]
        person = "ada"
        photo = "ada.jpg"
        altered = false
        alteration = ""
        [[clip.appearance]]
        person = "bob"
        photo = "bob.jpg"
        altered = false
        alteration = ""
    "#;

    fn sighting(name: Option<&str>, decision: &str) -> SightingRecord {
        SightingRecord {
            sighting_id: SightingId(uuid::Uuid::nil()),
            site_name: "Berlin".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            camera_name: "door".to_owned(),
            captured_at: jiff::Timestamp::UNIX_EPOCH,
            decision: decision.to_owned(),
            employee_code: None,
            employee_name: name.map(str::to_owned),
            direction: Some("in".to_owned()),
            similarity: Some(0.7),
        }
    }

    /// Sightings, then what the verdict says: `right` or a part of its text.
    fn check(sightings: &[SightingRecord], expected: &str) {
        let verdict = compare(&Cast::parse(CAST).expect("the cast is valid"), sightings);
        assert_eq!(verdict.is_right(), expected == "right", "{verdict}");
        if expected != "right" {
            assert!(verdict.to_string().contains(expected), "{verdict}");
        }
    }

    #[test]
    fn a_missed_person_or_a_punched_stranger_is_a_problem() {
        let ada = sighting(Some("Ada"), "accept");
        let stranger = sighting(None, "unknown");
        check(&[ada.clone(), stranger.clone()], "right");
        check(&[ada.clone(), ada.clone(), stranger.clone()], "right");
        check(
            std::slice::from_ref(&stranger),
            "PROBLEM Berlin / door: Ada was missed",
        );
        check(
            &[sighting(Some("Ada"), "review")],
            "PROBLEM Berlin / door: Ada was missed",
        );
        check(
            &[ada, sighting(Some("Bob"), "accept")],
            "PROBLEM Berlin / door: Bob was punched",
        );
        check(&[], "PROBLEM Berlin / door: Ada was missed");
    }
}
