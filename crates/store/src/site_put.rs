//! Making a site, and changing what it is called, where it is and what its devices may hold. None of it touches a day.
//! What a site says about time is changed in `site_change`.

use jiff::civil::Time;
use rollcall_domain::DirectionPolicy;
use rollcall_domain::id::SiteId;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::site::{Site, SiteLocation, site_by_ids};

/// A new site; the name is trimmed, the zone known, the numbers within the limits of the table.
#[derive(Clone, Debug)]
pub struct SitePut {
    /// Name for people, unique in the organisation.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Local time at which the work date changes; none for the usual one.
    pub day_boundary: Option<Time>,
    /// Of punches closer together than this the first counts; none for the usual one.
    pub cool_down_seconds: Option<i32>,
    /// How directions are found; none for the usual one.
    pub direction_policy: Option<DirectionPolicy>,
    /// Where it is on the earth.
    pub location: Option<SiteLocation>,
}

/// Makes a site.
///
/// Errors: [`StoreError::Taken`].
pub async fn site_put(transaction: &Transaction, site: &SitePut) -> Result<Site> {
    let site_id = SiteId(Uuid::now_v7());
    let location = site.location;
    let n = transaction
        .execute(
            "create site",
            "insert into app.site (organization_id, site_id, name, time_zone, day_boundary, cool_down_seconds,
               direction_policy, latitude, longitude, radius_meters)
             values (app.current_organization_id(), $1, $2, $3, coalesce($4::time, '04:00'), coalesce($5::integer, 150),
               coalesce($6::text, 'camera'), $7, $8, $9)
             on conflict do nothing",
            &[
                &site_id.0,
                &site.name,
                &site.time_zone,
                &site.day_boundary,
                &site.cool_down_seconds,
                &site.direction_policy.map(DirectionPolicy::as_str),
                &location.map(|location| location.latitude),
                &location.map(|location| location.longitude),
                &location.map(|location| location.radius_meters),
            ],
        )
        .await?;
    if n == 0 {
        return Err(taken(&site.name));
    }
    site_read(transaction, site_id).await
}

/// The site as it is now.
///
/// Errors: [`StoreError::Missing`].
pub async fn site_read(transaction: &Transaction, site_id: SiteId) -> Result<Site> {
    site_by_ids(transaction, &[site_id])
        .await?
        .pop()
        .ok_or_else(|| StoreError::Missing {
            what: "site",
            name: site_id.to_string(),
        })
}

/// Gives a site another name.
///
/// Errors: [`StoreError::Taken`].
pub async fn site_rename(transaction: &Transaction, site_id: SiteId, name: &str) -> Result<()> {
    transaction
        .execute(
            "rename site",
            "update app.site set name = $2
             where organization_id = app.current_organization_id() and site_id = $1",
            &[&site_id.0, &name],
        )
        .await
        .map(drop)
        .map_err(|error| match error.constraint() {
            Some("site_name_key") => taken(name),
            _ => error,
        })
}

/// Says where a site is, or (none) that nobody says.
pub async fn site_location_set(
    transaction: &Transaction,
    site_id: SiteId,
    location: Option<SiteLocation>,
) -> Result<()> {
    transaction
        .execute(
            "set location of site",
            "update app.site set latitude = $2, longitude = $3, radius_meters = $4
             where organization_id = app.current_organization_id() and site_id = $1",
            &[
                &site_id.0,
                &location.map(|location| location.latitude),
                &location.map(|location| location.longitude),
                &location.map(|location| location.radius_meters),
            ],
        )
        .await
        .map(drop)
}

/// Says for how many hours without the hub devices of a site may greet from a copy of its gallery, 0 to 168; at 0 they
/// delete what they hold.
pub async fn site_offline_greeting_set(
    transaction: &Transaction,
    site_id: SiteId,
    hours: i32,
) -> Result<()> {
    transaction
        .execute(
            "set offline greeting of site",
            "update app.site set offline_greeting_hours = $2
             where organization_id = app.current_organization_id() and site_id = $1",
            &[&site_id.0, &hours],
        )
        .await
        .map(drop)
}

fn taken(name: &str) -> StoreError {
    StoreError::Taken {
        what: "site",
        name: name.to_owned(),
    }
}
