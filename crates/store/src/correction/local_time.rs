//! The instant that a wall-clock time at a site means. Never guesses: what is shown twice or never by
//! the clock must be said with an offset. Must not know what the instant is for.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::SiteId;

use super::CorrectionRefusal;
use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// One meaning of a local time. Shown as the local time with its offset and the instant in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalChoice {
    /// The local time.
    pub local: DateTime,
    /// Offset from UTC that it is read with.
    pub offset: Offset,
    /// The instant.
    pub instant: Timestamp,
}

impl fmt::Display for LocalChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.instant.to_zoned(TimeZone::UTC);
        write!(
            f,
            "`{}{}` ({} UTC)",
            self.local.strftime("%Y-%m-%d %H:%M"),
            offset_text(self.offset),
            utc.strftime("%H:%M")
        )
    }
}

fn offset_text(offset: Offset) -> String {
    Timestamp::UNIX_EPOCH
        .to_zoned(TimeZone::fixed(offset))
        .strftime("%:z")
        .to_string()
}

/// A zone that a site has or had.
struct Era {
    zone: TimeZone,
    from: Timestamp,
    until: Timestamp,
}

impl Era {
    fn holds_at(&self, instant: Timestamp) -> bool {
        (self.from..self.until).contains(&instant)
    }

    /// A local time that no era shows still means one of the eras near it.
    fn is_near(&self, instant: Timestamp) -> bool {
        let day = SignedDuration::from_hours(26);
        instant
            .saturating_add(day)
            .is_ok_and(|late| late >= self.from)
            && instant
                .saturating_sub(day)
                .is_ok_and(|early| early < self.until)
    }
}

/// The instant at which the wall clock of a site showed `local`.
///
/// Errors: [`CorrectionRefusal::TimeAmbiguous`] or [`CorrectionRefusal::TimeSkipped`] without an offset where
/// one is needed, [`CorrectionRefusal::OffsetWrong`], [`StoreError::Missing`] for an unknown site.
pub async fn site_instant(
    transaction: &Transaction,
    site_id: SiteId,
    local: DateTime,
    offset: Option<Offset>,
) -> Result<Timestamp> {
    const OPERATION: &str = "read the zones of a site";
    let rows = transaction
        .query(
            OPERATION,
            "select s.name, z.time_zone, z.until
             from app.site s
             cross join lateral (
               select earlier_time_zone as time_zone, changed_at as until
               from app.site_zone_change c
               where c.organization_id = s.organization_id and c.site_id = s.site_id
               union all
               select s.time_zone, null
             ) z
             where s.site_id = $1
             order by z.until nulls last",
            &[&site_id.0],
        )
        .await?;
    let mut from = Timestamp::MIN;
    let mut eras = Vec::new();
    for row in &rows {
        let name: &str = row.get("time_zone");
        let until = row
            .get::<_, Option<Timestamp>>("until")
            .unwrap_or(Timestamp::MAX);
        let zone = TimeZone::get(name).map_err(|_| StoreError::Row {
            operation: OPERATION,
            column: "time_zone",
            value: name.to_owned(),
        })?;
        eras.push(Era { zone, from, until });
        from = until;
    }
    let Some(site) = rows.first().map(|row| row.get::<_, String>("name")) else {
        return Err(StoreError::Missing {
            what: "site",
            name: site_id.to_string(),
        });
    };
    Ok(resolve(&eras, local, offset, &site)?)
}

fn resolve(
    eras: &[Era],
    local: DateTime,
    offset: Option<Offset>,
    site: &str,
) -> Result<Timestamp, CorrectionRefusal> {
    let mut shown: Vec<LocalChoice> = Vec::new();
    let mut skipped: Vec<LocalChoice> = Vec::new();
    for era in eras {
        let (offsets, is_gap) = match era.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (vec![offset], false),
            AmbiguousOffset::Fold { before, after } => (vec![before, after], false),
            AmbiguousOffset::Gap { before, after } => (vec![before, after], true),
        };
        for offset in offsets {
            let Ok(instant) = offset.to_timestamp(local) else {
                continue;
            };
            let choice = LocalChoice {
                local,
                offset,
                instant,
            };
            if !is_gap && era.holds_at(instant) && !shown.contains(&choice) {
                shown.push(choice);
            }
            if era.is_near(instant) && !skipped.contains(&choice) {
                skipped.push(choice);
            }
        }
    }
    let (mut choices, is_skipped) = if shown.is_empty() {
        (skipped, true)
    } else {
        (shown, false)
    };
    choices.sort_by_key(|choice| choice.instant);
    let site = site.to_owned();
    match (offset, choices.as_slice()) {
        (Some(offset), _) => choices
            .iter()
            .find(|choice| choice.offset == offset)
            .map(|choice| choice.instant)
            .ok_or_else(|| CorrectionRefusal::OffsetWrong {
                local,
                site,
                offset: offset_text(offset),
                choices: choices.clone(),
            }),
        (None, [one]) if !is_skipped => Ok(one.instant),
        (None, _) if is_skipped => Err(CorrectionRefusal::TimeSkipped {
            local,
            site,
            choices,
        }),
        (None, _) => Err(CorrectionRefusal::TimeAmbiguous {
            local,
            site,
            choices,
        }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::offset;

    use super::*;

    fn one(zone: &str) -> Vec<Era> {
        vec![Era {
            zone: TimeZone::get(zone).unwrap(),
            from: Timestamp::MIN,
            until: Timestamp::MAX,
        }]
    }

    #[test]
    fn a_clear_time_needs_no_offset_and_a_wrong_offset_is_refused() {
        let local = date(2026, 7, 1).at(9, 17, 0, 0);
        let eras = one("Europe/Berlin");
        let instant = resolve(&eras, local, None, "Berlin").unwrap();
        assert_eq!(instant.to_string(), "2026-07-01T07:17:00Z");
        assert_eq!(
            resolve(&eras, local, Some(offset(2)), "Berlin"),
            Ok(instant)
        );
        let refused = resolve(&eras, local, Some(offset(1)), "Berlin").unwrap_err();
        assert!(
            refused.to_string().contains("has not the offset `+01:00`"),
            "{refused}"
        );
    }

    #[test]
    fn a_repeated_and_a_skipped_time_are_asked_for_with_both_choices() {
        let cases = [
            (
                date(2026, 10, 25),
                "happens twice",
                ["+02:00", "+01:00"],
                [(2, 0), (1, 1)],
            ),
            (
                date(2026, 3, 29),
                "does not exist",
                ["+02:00", "+01:00"],
                [(2, 0), (1, 1)],
            ),
        ];
        for (day, words, named, readings) in cases {
            let local = day.at(2, 30, 0, 0);
            let eras = one("Europe/Berlin");
            let refused = resolve(&eras, local, None, "Berlin")
                .unwrap_err()
                .to_string();
            assert!(refused.contains(words), "{refused}");
            for name in named {
                assert!(refused.contains(&format!("02:30{name}`")), "{refused}");
            }
            for (hours, utc_hour) in readings {
                let instant = resolve(&eras, local, Some(offset(hours)), "Berlin").unwrap();
                let utc = instant.to_zoned(TimeZone::UTC).datetime();
                assert_eq!(utc, day.at(utc_hour, 30, 0, 0));
            }
        }
    }

    #[test]
    fn a_change_of_zone_repeats_or_skips_local_times_too() {
        let changed_at: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let eras = |first, second| {
            vec![
                Era {
                    zone: TimeZone::get(first).unwrap(),
                    from: Timestamp::MIN,
                    until: changed_at,
                },
                Era {
                    zone: TimeZone::get(second).unwrap(),
                    from: changed_at,
                    until: Timestamp::MAX,
                },
            ]
        };
        // Berlin's clock shows 14:00 at the change, London's 13:00: the hour from 13:00 comes twice.
        let local = date(2026, 6, 1).at(13, 30, 0, 0);
        let westward = eras("Europe/Berlin", "Europe/London");
        assert!(matches!(
            resolve(&westward, local, None, "x"),
            Err(CorrectionRefusal::TimeAmbiguous { choices, .. }) if choices.len() == 2
        ));
        let instant = resolve(&westward, local, Some(offset(1)), "x").unwrap();
        assert_eq!(instant.to_string(), "2026-06-01T12:30:00Z");
        let eastward = eras("Europe/London", "Europe/Berlin");
        assert!(matches!(
            resolve(&eastward, local, None, "x"),
            Err(CorrectionRefusal::TimeSkipped { choices, .. }) if choices.len() == 2
        ));
    }
}
