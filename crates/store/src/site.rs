//! Sites, their counts of today and cameras. Must not know how time zones work: callers say which day.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rollcall_domain::DirectionPolicy;
use rollcall_domain::id::{CameraId, DeviceId, EmployeeId, SiteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Database, Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::pad::PadPolicy;
use crate::page::{Listing, Page, Paged};
use crate::row::word;

/// A place of work.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub site_id: SiteId,
    /// Name for people, unique in the organisation.
    pub name: String,
    /// IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    /// Local time at which the work date changes.
    pub day_boundary: Time,
    /// Of punches closer together than this the first counts.
    pub cool_down_seconds: i32,
    /// How directions are found.
    pub direction_policy: DirectionPolicy,
    /// Hours without the hub for which its devices may greet from a copy of its gallery; 0: they hold none.
    pub offline_greeting_hours: i32,
    /// Where it is on the earth; none when nobody said.
    pub location: Option<SiteLocation>,
    /// Out of use from then on.
    pub deactivated_at: Option<Timestamp>,
    /// When the record was made.
    pub created_at: Timestamp,
}

/// Where a site is on the earth (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteLocation {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// How far the site reaches from there, in metres, 10 to 100,000.
    pub radius_meters: i32,
}

/// How many employees of a site are where, on one work date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteCounts {
    /// Active employees of the site.
    pub n_employees: i64,
    /// Their last session of the day is here and open.
    pub n_present: i64,
    /// Had a session here, and are not present.
    pub n_left: i64,
}

/// Which way people walk past a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraDirection {
    /// In.
    Entry,
    /// Out.
    Exit,
    /// Both ways.
    Both,
}

impl CameraDirection {
    /// The word in column `direction`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Exit => "exit",
            Self::Both => "both",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Entry, Self::Exit, Self::Both]
            .into_iter()
            .find(|direction| direction.as_str() == word)
    }
}

/// A camera of a device.
#[derive(Clone, Debug)]
pub struct Camera {
    /// Its id.
    pub camera_id: CameraId,
    /// Name, unique at its device.
    pub name: String,
    /// Which way people walk.
    pub direction: CameraDirection,
    /// What follows from a verdict of presentation attack detection.
    pub pad_policy: PadPolicy,
}

/// Columns of a [`Site`] in `app.site s`.
pub(crate) const COLUMNS: &str =
    "s.site_id, s.name, s.time_zone, s.day_boundary, s.cool_down_seconds, s.direction_policy,
     s.offline_greeting_hours, s.latitude, s.longitude, s.radius_meters, s.deactivated_at, s.created_at";

pub(crate) fn site(row: &Row) -> Result<Site> {
    let latitude: Option<f64> = row.get("latitude");
    Ok(Site {
        site_id: SiteId(row.get("site_id")),
        name: row.get("name"),
        time_zone: row.get("time_zone"),
        day_boundary: row.get("day_boundary"),
        cool_down_seconds: row.get("cool_down_seconds"),
        direction_policy: word(
            row,
            "read sites",
            "direction_policy",
            DirectionPolicy::parse,
        )?,
        offline_greeting_hours: row.get("offline_greeting_hours"),
        // All three or none: constraint site_location_check.
        location: latitude.map(|latitude| SiteLocation {
            latitude,
            longitude: row.get("longitude"),
            radius_meters: row.get("radius_meters"),
        }),
        deactivated_at: row.get("deactivated_at"),
        created_at: row.get("created_at"),
    })
}

/// Sites by name.
fn listing() -> Listing<'static> {
    Listing {
        operation: "list sites",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "app.site s where true",
        order: &[("s.name", "text"), ("s.site_id", "uuid")],
        is_descending: false,
        parameters: &[],
    }
}

/// A page of the sites by name.
pub async fn site_list(transaction: &Transaction, page: &Page) -> Result<Paged<Site>> {
    listing().page(transaction, page, site).await
}

/// How many sites there are.
pub async fn site_count(transaction: &Transaction) -> Result<i64> {
    listing().count(transaction).await
}

/// Those of the given sites that exist.
pub async fn site_by_ids(transaction: &Transaction, site_ids: &[SiteId]) -> Result<Vec<Site>> {
    let ids: Vec<Uuid> = site_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .lookup(
            "find sites",
            &format!("select {COLUMNS} from app.site s where s.site_id = any($1)"),
            &[&ids],
        )
        .await?;
    rows.iter().map(site).collect()
}

/// Sites of each employee, by name: pairs, so that one read serves a page of employees.
pub async fn site_by_employees(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<(EmployeeId, Site)>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .lookup(
            "find sites of employees",
            &format!(
                "select es.employee_id, {COLUMNS}
                 from app.employee_site es
                 join app.site s on s.organization_id = es.organization_id and s.site_id = es.site_id
                 where es.employee_id = any($1)
                 order by es.employee_id, s.name"
            ),
            &[&ids],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((EmployeeId(row.get("employee_id")), site(row)?)))
        .collect()
}

/// Counts of each (site, work date). Only active employees of the site are counted, each once.
/// A person is where the last session of the day is, so nobody is present at two sites.
pub async fn site_counts(
    transaction: &Transaction,
    days: &[(SiteId, Date)],
) -> Result<Vec<(SiteId, Date, SiteCounts)>> {
    let site_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    let rows = transaction
        .lookup(
            "count people of sites",
            "select
               k.site_id,
               k.work_date,
               count(e.employee_id) as n_employees,
               count(*) filter (where was.is_present) as n_present,
               count(*) filter (where was.here and not was.is_present) as n_left
             from unnest($1::uuid[], $2::date[]) as k (site_id, work_date)
             left join (
               app.employee_site es
               join app.employee e on e.organization_id = es.organization_id
                 and e.employee_id = es.employee_id and e.deactivated_at is null
             ) on es.site_id = k.site_id
             left join lateral (
               select
                 bool_or(s.site_id = k.site_id) as here,
                 -- The session with the highest ordinal decides.
                 (array_agg(s.site_id = k.site_id and s.is_open
                            order by s.ordinal desc))[1] as is_present
               from attendance.session s
               where s.organization_id = e.organization_id
                 and s.employee_id = e.employee_id
                 and s.work_date = k.work_date
             ) was on true
             group by k.site_id, k.work_date",
            &[&site_ids, &work_dates],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            (
                SiteId(row.get("site_id")),
                row.get("work_date"),
                SiteCounts {
                    n_employees: row.get("n_employees"),
                    n_present: row.get("n_present"),
                    n_left: row.get("n_left"),
                },
            )
        })
        .collect())
}

/// Those of the given cameras that exist.
pub async fn camera_by_ids(
    transaction: &Transaction,
    camera_ids: &[CameraId],
) -> Result<Vec<Camera>> {
    let ids: Vec<Uuid> = camera_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .lookup(
            "find cameras",
            "select camera_id, name, direction, pad_policy from app.camera where camera_id = any($1)",
            &[&ids],
        )
        .await?;
    rows.iter().map(camera).collect()
}

/// Cameras of each of the given devices, by name.
pub async fn camera_by_devices(
    transaction: &Transaction,
    device_ids: &[DeviceId],
) -> Result<Vec<(DeviceId, Camera)>> {
    let ids: Vec<Uuid> = device_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find cameras of devices",
            "select device_id, camera_id, name, direction, pad_policy from app.camera
             where organization_id = app.current_organization_id() and device_id = any($1)
             order by device_id, name",
            &[&ids],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((DeviceId(row.get("device_id")), camera(row)?)))
        .collect()
}

fn camera(row: &Row) -> Result<Camera> {
    Ok(Camera {
        camera_id: CameraId(row.get("camera_id")),
        name: row.get("name"),
        direction: word(row, "find cameras", "direction", CameraDirection::parse)?,
        pad_policy: word(row, "find cameras", "pad_policy", PadPolicy::parse)?,
    })
}

/// The site with this name.
///
/// Errors: [`StoreError::Missing`].
pub async fn site_find(database: &Database, scope: &Scope, name: &str) -> Result<SiteId> {
    let transaction = database.begin(scope).await?;
    let row = transaction
        .query_opt(
            "find site",
            "select site_id from app.site where name = $1",
            &[&name],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "site",
            name: name.to_owned(),
        })?;
    transaction.commit().await?;
    Ok(SiteId(row.get(0)))
}

/// A site as an administrator looks after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteLine {
    /// Name.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Local time at which the work date changes.
    pub day_boundary: Time,
    /// How directions are found.
    pub direction_policy: String,
    /// Active employees who may be recognised there.
    pub n_employees: i64,
    /// Devices that are not revoked.
    pub n_devices: i64,
    /// Out of use from then on.
    pub deactivated_at: Option<Timestamp>,
}

/// All sites of the organisation by name, those out of use too.
pub async fn site_lines(transaction: &Transaction) -> Result<Vec<SiteLine>> {
    let rows = transaction
        .query(
            "list sites",
            "select s.name, s.time_zone, s.day_boundary, s.direction_policy, s.deactivated_at,
               (select count(*) from app.employee_site es
                join app.employee e using (organization_id, employee_id)
                where es.organization_id = s.organization_id and es.site_id = s.site_id
                  and e.deactivated_at is null) as n_employees,
               (select count(*) from app.device d
                where d.organization_id = s.organization_id and d.site_id = s.site_id
                  and d.revoked_at is null) as n_devices
             from app.site s
             order by s.name",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| SiteLine {
            name: row.get("name"),
            time_zone: row.get("time_zone"),
            day_boundary: row.get("day_boundary"),
            direction_policy: row.get("direction_policy"),
            n_employees: row.get("n_employees"),
            n_devices: row.get("n_devices"),
            deactivated_at: row.get("deactivated_at"),
        })
        .collect())
}
