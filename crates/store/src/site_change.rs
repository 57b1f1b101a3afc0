//! Changes of what a site says about time: its zone, its day boundary, how it reads punches, its end.
//! Must not know what these do to a day.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::DirectionPolicy;
use rollcall_domain::id::SiteId;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, concerned, mark};

/// What to change about how a site reads punches; what is none stays. These hold for the past too.
#[derive(Clone, Copy, Debug, Default)]
pub struct SitePolicies {
    /// Local time at which the work date changes.
    pub day_boundary: Option<Time>,
    /// Of punches closer together than this the first counts.
    pub cool_down_seconds: Option<i32>,
    /// How directions are found.
    pub direction_policy: Option<DirectionPolicy>,
}

/// Changes how a site reads punches and marks every day of its people. Returns the number of people.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] for a cool-down out of bounds.
pub async fn site_policies_set(
    transaction: &Transaction,
    site_id: SiteId,
    policies: &SitePolicies,
) -> Result<u64> {
    if let Some(seconds) = policies.cool_down_seconds
        && !(0..=86_400).contains(&seconds)
    {
        return Err(StoreError::refused(
            format!("a cool-down of {seconds} s cannot be"),
            "use 0 to 86400 seconds (24 h)",
        ));
    }
    let n = transaction
        .execute(
            "set policies of site",
            "update app.site
             set day_boundary = coalesce($2, day_boundary), cool_down_seconds = coalesce($3, cool_down_seconds),
                 direction_policy = coalesce($4, direction_policy)
             where organization_id = app.current_organization_id() and site_id = $1",
            &[
                &site_id.0,
                &policies.day_boundary,
                &policies.cool_down_seconds,
                &policies.direction_policy.map(DirectionPolicy::as_str),
            ],
        )
        .await?;
    require(n, site_id)?;
    mark_site(transaction, site_id, Dates::all()).await
}

/// Says that a site has been in `time_zone` since `at`; before, it was in the zone that it has now.
/// Marks the days of its people from the day before. Returns the number of people.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] for an unknown zone, the zone that the site
/// has, an instant to come, and one not later than the last change.
pub async fn site_time_zone_set(
    transaction: &Transaction,
    site_id: SiteId,
    time_zone: &str,
    at: Timestamp,
) -> Result<u64> {
    if TimeZone::get(time_zone).is_err() {
        return Err(StoreError::refused(
            format!("`{time_zone}` is not a known time zone"),
            "use an IANA name such as Europe/Berlin",
        ));
    }
    let row = transaction
        .query_opt(
            "find zone of site",
            "select s.time_zone, $2::timestamptz > now() as is_to_come,
                    (select max(c.changed_at) from app.site_zone_change c
                     where c.organization_id = s.organization_id and c.site_id = s.site_id) as last_change
             from app.site s
             where s.organization_id = app.current_organization_id() and s.site_id = $1
             for no key update",
            &[&site_id.0, &at],
        )
        .await?
        .ok_or_else(|| missing(site_id))?;
    let earlier: &str = row.get("time_zone");
    if earlier == time_zone {
        return Err(StoreError::refused(
            format!("the site is in {time_zone} already"),
            "nothing is to be done",
        ));
    }
    if row.get("is_to_come") {
        return Err(StoreError::refused(
            format!("{at} is still to come"),
            "change the zone when it has happened: the days since are derived again",
        ));
    }
    let last_change: Option<Timestamp> = row.get("last_change");
    if let Some(last) = last_change.filter(|last| *last >= at) {
        return Err(StoreError::refused(
            format!("the site changed its zone at {last} already"),
            "name a later instant",
        ));
    }
    transaction
        .execute(
            "change zone of site",
            "insert into app.site_zone_change (organization_id, site_id, changed_at, earlier_time_zone)
             values (app.current_organization_id(), $1, $2, $3)",
            &[&site_id.0, &at, &earlier],
        )
        .await?;
    transaction
        .execute(
            "change zone of site",
            "update app.site set time_zone = $2
             where organization_id = app.current_organization_id() and site_id = $1",
            &[&site_id.0, &time_zone],
        )
        .await?;
    let from = at.to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    mark_site(transaction, site_id, Dates::since(from)).await
}

/// Takes a site out of use from an instant on, or (none) back into use, and marks the days of its
/// people from the day before. Returns the number of people.
///
/// Errors: [`StoreError::Missing`].
pub async fn site_deactivate(
    transaction: &Transaction,
    site_id: SiteId,
    at: Option<Timestamp>,
) -> Result<u64> {
    let row = transaction
        .query_opt(
            "deactivate site",
            "select deactivated_at from app.site
             where organization_id = app.current_organization_id() and site_id = $1
             for no key update",
            &[&site_id.0],
        )
        .await?
        .ok_or_else(|| missing(site_id))?;
    let before: Option<Timestamp> = row.get(0);
    transaction
        .execute(
            "deactivate site",
            "update app.site set deactivated_at = $2
             where organization_id = app.current_organization_id() and site_id = $1",
            &[&site_id.0, &at],
        )
        .await?;
    let Some(earliest) = before.into_iter().chain(at).min() else {
        return Ok(0);
    };
    let from = earliest
        .to_zoned(TimeZone::UTC)
        .date()
        .saturating_sub(1.day());
    mark_site(transaction, site_id, Dates::since(from)).await
}

async fn mark_site(transaction: &Transaction, site_id: SiteId, dates: Dates) -> Result<u64> {
    let employees = concerned(transaction, Some(site_id)).await?;
    mark(transaction, &employees, dates).await
}

fn require(n: u64, site_id: SiteId) -> Result<()> {
    if n == 0 {
        Err(missing(site_id))
    } else {
        Ok(())
    }
}

fn missing(site_id: SiteId) -> StoreError {
    StoreError::Missing {
        what: "site",
        name: site_id.to_string(),
    }
}
