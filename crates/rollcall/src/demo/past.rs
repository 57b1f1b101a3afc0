//! The days before the demo: shifts, rosters and rules, and recordings of those days, played through the same
//! agents as live video. Must not know what the days come to.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{EmployeeId, OrganizationId, ShiftId, SiteId};
use rollcall_domain::rules::{AutomaticBreak, BreakRules, Rules};
use rollcall_domain::{Segment, Shift, ShiftKind};
use rollcall_store::database::{Database, Scope};
use rollcall_store::employment::{EmploymentChange, employment_set};
use rollcall_store::page::Page;
use rollcall_store::punch::{PunchFilter, punch_page};
use rollcall_store::roster::{RosterAssign, roster_assign};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply};
use rollcall_store::shift::{shift_create, shift_list};

use super::agents::{Footage, Play};
use super::cast::Cast;
use super::stage::{Stage, site_zone};

/// Earliest IN before and latest OUT after a shift.
const WINDOW_MINUTES: i32 = 120;
/// The day boundary that sites have by default.
const DAY_BOUNDARY_HOURS: i64 = 4;

/// Who had which shift where: key of the person, of the site, and name of the shift.
const ROSTER: [(&str, &str, &str); 3] = [
    ("obama", "berlin", "Early"),
    ("collins", "new-york", "Night"),
    ("biden", "new-york", "Early"),
];

/// Name, begin and end of the shifts, in minutes after midnight of the work date.
const SHIFTS: [(&str, i32, i32); 2] = [("Early", 9 * 60, 17 * 60), ("Night", 22 * 60, 30 * 60)];

/// One person's work date of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastDay {
    /// Key of the person.
    pub person: &'static str,
    /// Key of the site.
    pub site: &'static str,
    /// Name of the shift.
    shift: &'static str,
    /// The work date.
    pub work_date: Date,
    /// It is not in the database yet.
    pub is_new: bool,
}

#[cfg(test)]
impl PastDay {
    /// A day that was played.
    pub fn of(
        person: &'static str,
        site: &'static str,
        shift: &'static str,
        work_date: Date,
    ) -> Self {
        Self {
            person,
            site,
            shift,
            work_date,
            is_new: false,
        }
    }
}

fn shift(name: &str) -> Option<Shift> {
    let (name, begin_minute, end_minute) = SHIFTS.into_iter().find(|(known, ..)| *known == name)?;
    Some(Shift {
        shift_id: ShiftId(uuid::Uuid::now_v7()),
        name: name.to_owned(),
        kind: ShiftKind::Fixed,
        segments: vec![Segment {
            begin_minute,
            end_minute,
        }],
        core: None,
        expected_minutes: None,
        window_before_minutes: WINDOW_MINUTES,
        window_after_minutes: WINDOW_MINUTES,
        breaks: Vec::new(),
    })
}

/// Makes the shifts, and a rule set for Berlin; New York has the built-in rules.
pub async fn make_rules(
    admin: &Database,
    organization_id: OrganizationId,
    sites: &BTreeMap<String, SiteId>,
) -> anyhow::Result<()> {
    let transaction = admin.begin(&Scope::organization(organization_id)).await?;
    for shift in SHIFTS.iter().filter_map(|(name, ..)| shift(name)) {
        shift_create(&transaction, &shift).await?;
    }
    let rules = Rules {
        grace_in_minutes: 5,
        breaks: BreakRules {
            automatic: vec![AutomaticBreak {
                after_minutes: 360,
                break_minutes: 30,
            }],
            ..Rules::default().breaks
        },
        ..Rules::default()
    };
    let apply = RuleSetApply {
        name: Some("Demo"),
        site_id: sites.get("berlin").copied(),
        valid_from: date(2020, 1, 1),
        rules: &rules,
    };
    rule_set_apply(&transaction, &apply).await?;
    transaction.commit().await?;
    Ok(())
}

/// Chooses the newest work date of each person that is over and free of what earlier runs showed live; or
/// one that was played already, when it comes first.
pub async fn choose(
    database: &Database,
    stage: &Stage,
    now: Timestamp,
) -> anyhow::Result<Vec<PastDay>> {
    let mut days = Vec::new();
    for (person, site, name) in ROSTER {
        let shift = shift(name).context("the roster names known shifts")?;
        let zone = zone(site)?;
        let mut work_date = latest_complete(now, &zone, &shift);
        let is_new = loop {
            if stage.played(person).contains(&work_date) {
                break false;
            }
            if is_free(database, stage, person, day_span(work_date, &zone, &shift)).await? {
                break true;
            }
            work_date = work_date
                .yesterday()
                .context("the calendar has a day before every punch")?;
        };
        days.push(PastDay {
            person,
            site,
            shift: name,
            work_date,
            is_new,
        });
    }
    Ok(days)
}

/// Nobody of this key was punched in the span.
async fn is_free(
    database: &Database,
    stage: &Stage,
    person: &str,
    (from, to): (Timestamp, Timestamp),
) -> anyhow::Result<bool> {
    let transaction = database
        .begin(&Scope::organization(stage.organization_id))
        .await?;
    let filter = PunchFilter {
        employee_id: Some(stage.employee(person)?),
        from: Some(from),
        to: Some(to),
        ..PunchFilter::default()
    };
    let (punches, _) = punch_page(&transaction, &filter, true, &Page::first(1), false).await?;
    transaction.commit().await?;
    Ok(punches.rows.is_empty())
}

fn zone(site: &str) -> anyhow::Result<TimeZone> {
    let name = site_zone(site);
    TimeZone::get(name).with_context(|| format!("time zone `{name}` is unknown here"))
}

/// The instant of a minute of a work date; of two, the first; of none, as much later as the clock jumps.
fn instant(work_date: Date, minute: i32, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_timestamp(Segment::local(work_date, minute))
        .compatible()
        .unwrap_or(Timestamp::MAX)
}

fn window_end(work_date: Date, zone: &TimeZone, shift: &Shift) -> Timestamp {
    let end = shift
        .segments
        .last()
        .map_or(0, |segment| segment.end_minute);
    instant(work_date, end + shift.window_after_minutes, zone)
}

/// The newest work date before today whose shift window has ended. Today belongs to the live part.
fn latest_complete(now: Timestamp, zone: &TimeZone, shift: &Shift) -> Date {
    let local = now.to_zoned(zone.clone()).datetime();
    let today = local.saturating_sub(DAY_BOUNDARY_HOURS.hours()).date();
    let mut work_date = today.saturating_sub(1.day());
    while window_end(work_date, zone, shift) > now {
        work_date = work_date.saturating_sub(1.day());
    }
    work_date
}

/// When punches could belong to this work date, with or without its shift.
fn day_span(work_date: Date, zone: &TimeZone, shift: &Shift) -> (Timestamp, Timestamp) {
    let boundary = (DAY_BOUNDARY_HOURS * 60) as i32;
    let end = instant(work_date, 24 * 60 + boundary, zone);
    (
        instant(work_date, boundary, zone),
        end.max(window_end(work_date, zone, shift)),
    )
}

/// Gives the people of new days their shifts on those dates, and on no others: whoever plays live today
/// has no roster, so that the hour at which the demo runs decides nothing.
pub async fn assign(admin: &Database, stage: &Stage, days: &[PastDay]) -> anyhow::Result<()> {
    let transaction = admin
        .begin(&Scope::organization(stage.organization_id))
        .await?;
    let shifts = shift_list(&transaction).await?;
    for day in days.iter().filter(|day| day.is_new) {
        let employees: [EmployeeId; 1] = [stage.employee(day.person)?];
        if stage.played(day.person).is_empty() {
            let change = EmploymentChange {
                hired_on: Some(Some(day.work_date)),
                ..EmploymentChange::default()
            };
            employment_set(&transaction, employees[0], &change).await?;
        }
        let shift_id = shifts
            .iter()
            .find(|known| known.shift.name == day.shift)
            .map(|known| known.shift.shift_id)
            .with_context(|| format!("the demo has no shift `{}`", day.shift))?;
        let roster = RosterAssign {
            employees: &employees,
            site_id: stage.site_id(day.site)?,
            from: day.work_date,
            to: Some(day.work_date),
            anchor: day.work_date,
            cycle: &[Some(shift_id)],
            works_on_holidays: false,
            // A run that was interrupted may have left one.
            replace: true,
        };
        roster_assign(&transaction, &roster).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The recordings of new days.
pub fn footage(cast: &Cast, days: &[PastDay]) -> anyhow::Result<Vec<Footage>> {
    let mut footage = Vec::new();
    for recording in &cast.recordings {
        let Some(day) = days
            .iter()
            .find(|day| day.is_new && day.person == recording.person)
        else {
            continue;
        };
        let clip = cast
            .recorded_clip(recording)
            .context("the cast was checked")?;
        let local = day
            .work_date
            .saturating_add(recording.days.days())
            .to_datetime(recording.local_time);
        let at = zone(&clip.site)?
            .to_ambiguous_timestamp(local)
            .compatible()?;
        footage.push(Footage {
            site: clip.site.clone(),
            camera: recording.camera.clone(),
            path: cast.clip_path(clip),
            play: Play::Recorded { at },
        });
    }
    Ok(footage)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shift and instant in New York, then the work date that is the newest complete one.
    fn check(name: &str, now: &str, expected: Date) {
        let zone = TimeZone::get("America/New_York").unwrap();
        let now: jiff::civil::DateTime = now.parse().unwrap();
        let now = now.to_zoned(zone.clone()).unwrap().timestamp();
        let found = latest_complete(now, &zone, &shift(name).unwrap());
        assert_eq!(found, expected, "{name} {now}");
    }

    #[test]
    fn a_day_is_played_only_when_it_is_over_and_not_today() {
        check("Early", "2026-11-20T12:00", date(2026, 11, 19));
        // Its window is over, but the live part still belongs to this date.
        check("Early", "2026-11-20T23:30", date(2026, 11, 19));
        // Before the day boundary yesterday is still today.
        check("Early", "2026-11-20T03:59", date(2026, 11, 18));
        check("Early", "2026-11-20T04:00", date(2026, 11, 19));
        // The night of the 19th ends at 06:00, its window at 08:00.
        check("Night", "2026-11-20T07:59", date(2026, 11, 18));
        check("Night", "2026-11-20T08:00", date(2026, 11, 19));
        check("Night", "2026-11-20T01:00", date(2026, 11, 18));
        // Clocks went forward and back.
        check("Night", "2026-03-08T08:00", date(2026, 3, 7));
        check("Night", "2026-11-01T07:59", date(2026, 10, 30));
    }

    #[test]
    fn at_no_hour_of_a_year_can_somebody_live_fall_into_a_played_day() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (_, site, name) in ROSTER {
            let (zone, shift) = (zone(site).unwrap(), shift(name).unwrap());
            for half_hour in 0..366 * 48 {
                let now = start + (half_hour * 30).minutes();
                let work_date = latest_complete(now, &zone, &shift);
                let (from, to) = day_span(work_date, &zone, &shift);
                assert!(to <= now, "{name} {site} at {now}: {work_date} ends {to}");
                assert!(
                    now.duration_since(from).as_hours() < 77,
                    "{name} {site} at {now}: {work_date} is older than needed"
                );
            }
        }
    }

    #[test]
    fn a_span_holds_the_whole_night_and_the_whole_calendar_day() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let local = |name: &str| {
            let (from, to) = day_span(date(2026, 3, 7), &zone, &shift(name).unwrap());
            (
                from.to_zoned(zone.clone()).datetime().to_string(),
                to.to_zoned(zone.clone()).datetime().to_string(),
            )
        };
        let (from, to) = local("Night");
        assert_eq!(
            (from.as_str(), to.as_str()),
            ("2026-03-07T04:00:00", "2026-03-08T08:00:00")
        );
        assert_eq!(local("Early").1, "2026-03-08T04:00:00");
    }

    #[test]
    fn only_new_days_are_played_at_their_local_times() {
        let cast = Cast::parse(
            r#"
            [[person]]
            key = "collins"
            name = "Eileen Collins"
            enrol = []
            sites = ["new-york"]
            [[clip]]
            path = "night.avi"
            site = "new-york"
            camera = "exit"
            direction = "exit"
            live = false
            [[clip.appearance]]
            person = "collins"
            photo = "a.jpg"
            altered = false
            alteration = ""
            [[recording]]
            clip = "night.avi"
            person = "collins"
            camera = "entrance"
            direction = "entry"
            days = 0
            local_time = "21:56:00"
            [[recording]]
            clip = "night.avi"
            person = "collins"
            camera = "exit"
            direction = "exit"
            days = 1
            local_time = "06:08:00"
            "#,
        )
        .unwrap();
        // Clocks go back in this night.
        let mut day = PastDay::of("collins", "new-york", "Night", date(2026, 10, 31));
        assert!(footage(&cast, &[day]).unwrap().is_empty());
        day.is_new = true;
        let shown: Vec<(String, String)> = footage(&cast, &[day])
            .unwrap()
            .into_iter()
            .map(|shot| match shot.play {
                Play::Recorded { at } => (shot.camera, at.to_string()),
                Play::Live { .. } => (shot.camera, "live".to_owned()),
            })
            .collect();
        let expected = [
            ("entrance", "2026-11-01T01:56:00Z"),
            ("exit", "2026-11-01T11:08:00Z"),
        ];
        assert_eq!(
            shown,
            expected.map(|(camera, at)| (camera.to_owned(), at.to_owned()))
        );
        assert_eq!(
            cast.cameras("new-york"),
            [("entrance", "entry"), ("exit", "exit")]
        );
        assert_eq!(cast.live_clips().count(), 0);
    }
}
