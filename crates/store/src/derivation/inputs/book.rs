//! Rows of sites, shifts, rule sets and holidays as the domain has them. Must not know people.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use rollcall_domain::id::{HolidayId, OrganizationId, RuleSetId, SiteId};
use rollcall_domain::{DirectionPolicy, EarlierZone, Holiday, RuleSetVersion, Shift, SiteRules};
use uuid::Uuid;

use super::person::Read;
use crate::database::Transaction;
use crate::error::Result;
use crate::shift::{SHIFT_COLUMNS, shift_from_row};
use crate::{row, rules};

/// All sites of the organisation: punches and rosters may name any.
pub(super) async fn sites(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<Vec<SiteRules>> {
    const OPERATION: &str = "read rules of sites";
    let rows = transaction
        .query(
            OPERATION,
            "select s.site_id, s.time_zone, nullif(s.day_boundary, '24:00') as day_boundary, s.cool_down_seconds,
                    s.direction_policy, s.deactivated_at, z.changed_at, z.earlier_time_zone
             from app.site s
             cross join lateral (
               select coalesce(array_agg(c.changed_at order by c.changed_at), '{}') as changed_at,
                      coalesce(array_agg(c.earlier_time_zone order by c.changed_at), '{}') as earlier_time_zone
               from app.site_zone_change c
               where c.organization_id = s.organization_id and c.site_id = s.site_id
             ) as z
             where s.organization_id = $1",
            &[&organization_id.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let time_zone: String = row.get("time_zone");
            let changed_at: Vec<Timestamp> = row.get("changed_at");
            let earlier: Vec<String> = row.get("earlier_time_zone");
            Ok(SiteRules {
                site_id: SiteId(row.get("site_id")),
                zone: TimeZone::get(&time_zone).ok(),
                time_zone,
                // 24:00 is a time of day for PostgreSQL only.
                day_boundary: row
                    .get::<_, Option<Time>>("day_boundary")
                    .unwrap_or(Time::MAX),
                cool_down_seconds: u32::try_from(row.get::<_, i32>("cool_down_seconds"))
                    .unwrap_or(0),
                direction_policy: row::word(
                    row,
                    OPERATION,
                    "direction_policy",
                    DirectionPolicy::parse,
                )?,
                earlier_zones: changed_at
                    .into_iter()
                    .zip(earlier)
                    .map(|(until, time_zone)| EarlierZone {
                        until,
                        zone: TimeZone::get(&time_zone).ok(),
                        time_zone,
                    })
                    .collect(),
                deactivated_at: row.get("deactivated_at"),
            })
        })
        .collect()
}

/// All shifts, retired ones too: past rosters name them.
pub(super) async fn shifts(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<Vec<Shift>> {
    transaction
        .query(
            "read shifts",
            &format!("select {SHIFT_COLUMNS} from attendance.shift s where s.organization_id = $1"),
            &[&organization_id.0],
        )
        .await?
        .iter()
        .map(shift_from_row)
        .collect()
}

/// All versions of all rule sets.
pub(super) async fn rule_sets(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<Vec<RuleSetVersion>> {
    const OPERATION: &str = "read rule sets";
    let rows = transaction
        .query(
            OPERATION,
            "select s.rule_set_id, s.name, s.site_id, v.version, v.valid_from, v.rules
             from attendance.rule_set s
             join attendance.rule_set_version v on v.organization_id = s.organization_id and v.rule_set_id = s.rule_set_id
             where s.organization_id = $1
             order by s.rule_set_id, v.version",
            &[&organization_id.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RuleSetVersion {
                rule_set_id: RuleSetId(row.get("rule_set_id")),
                name: row.get("name"),
                site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
                version: row.get("version"),
                valid_from: row::date(row, OPERATION, "valid_from")?,
                rules: rules::from_json(&row.get("rules"))?,
            })
        })
        .collect()
}

/// Holidays of all sites on the dates that are read.
pub(super) async fn holidays(read: &Read<'_>) -> Result<Vec<Holiday>> {
    const OPERATION: &str = "read holidays";
    let rows = read
        .transaction
        .query(
            OPERATION,
            "select holiday_id, site_id, holiday_date, name, part, begin_minute, end_minute
             from attendance.holiday
             where organization_id = $1 and holiday_date between $2 and $3",
            &[&read.organization_id.0, &read.first, &read.last],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Holiday {
                holiday_id: HolidayId(row.get("holiday_id")),
                site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
                date: row::date(row, OPERATION, "holiday_date")?,
                name: row.get("name"),
                part: row::day_part(row, OPERATION)?,
            })
        })
        .collect()
}
