//! Who is on site at an instant, and how far the answer can be trusted.
//! Must not know how the list is shown. What counts as on site is said once: `attendance.muster`.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::PunchSource;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use tokio_postgres::Row;

use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// A device that was not heard of for this long is silent (devices send a heartbeat more often).
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_secs(120);

/// Of what to make a list.
#[derive(Clone, Copy, Debug)]
pub struct MusterFilter {
    /// Only this site; every site in use without.
    pub site_id: Option<SiteId>,
    /// At which instant; the database's present without.
    pub now: Option<Timestamp>,
    /// A device not heard of for longer is silent.
    pub silent_after: SignedDuration,
}

impl Default for MusterFilter {
    fn default() -> Self {
        Self {
            site_id: None,
            now: None,
            silent_after: SILENT_AFTER,
        }
    }
}

/// The list.
#[derive(Clone, Debug, PartialEq)]
pub struct Muster {
    /// For which instant it holds.
    pub now: Timestamp,
    /// By name.
    pub sites: Vec<MusterSite>,
}

/// One site of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct MusterSite {
    /// Its id.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// Who is here, by name.
    pub people: Vec<MusterPerson>,
    /// What makes it uncertain.
    pub doubt: MusterDoubt,
}

/// Somebody who is on site.
#[derive(Clone, Debug, PartialEq)]
pub struct MusterPerson {
    /// Who.
    pub employee_id: EmployeeId,
    /// Personnel number.
    pub code: String,
    /// Name.
    pub name: String,
    /// Since when.
    pub in_at: Timestamp,
    /// The last punch, a repeat too.
    pub last_punch_id: PunchId,
    /// When it was.
    pub last_at: Timestamp,
    /// Where it came from.
    pub last_source: PunchSource,
    /// Camera and device that saw it; none for other sources.
    pub last_place: Option<MusterPlace>,
    /// False while the last punch waits for the derivation: it may be the one that leaves.
    pub is_derived: bool,
}

/// Where somebody was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MusterPlace {
    /// Name of the camera.
    pub camera: String,
    /// Name of its device.
    pub device: String,
}

/// Why there may be more or fewer people than listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MusterDoubt {
    /// Devices in use.
    pub n_devices: i64,
    /// Those that are silent: name, and when they were last heard of (none: never).
    pub silent_devices: Vec<(String, Option<Timestamp>)>,
    /// Beginning of the site's local day, from which faces are counted.
    pub day_begin_at: Timestamp,
    /// Sightings of unknown faces.
    pub n_unknown: i64,
    /// Sightings that a person must look at.
    pub n_review: i64,
    /// The last of both.
    pub last_unknown_at: Option<Timestamp>,
    /// People whose punches wait for the derivation.
    pub n_underived: i64,
    /// People who came here and were seen last at another site, where they are listed.
    pub n_last_elsewhere: i64,
}

impl MusterDoubt {
    /// True when nothing speaks against the list.
    pub fn is_none(&self) -> bool {
        self.silent_devices.is_empty()
            && self.n_unknown + self.n_review + self.n_underived + self.n_last_elsewhere == 0
    }
}

/// Makes the list from two reads of one transaction.
pub async fn muster_list(transaction: &Transaction, filter: &MusterFilter) -> Result<Muster> {
    const OPERATION: &str = "list who is on site";
    let site_id = filter.site_id.map(|id| id.0);
    let now: Timestamp = transaction
        .query_one(
            OPERATION,
            "select coalesce($1::timestamptz, clock_timestamp())",
            &[&filter.now],
        )
        .await?
        .get(0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of a duration that people choose"
    )]
    let silent_seconds = filter.silent_after.as_millis() as f64 / 1000.0;
    let mut sites = transaction
        .query(
            OPERATION,
            "select site_id, site_name, time_zone, day_begin_at, n_last_elsewhere, n_devices, silent_devices,
                    silent_since, n_unknown, n_review, last_unknown_at, n_underived
             from attendance.muster_site(p_site_id => $1, p_now => $2, p_silent_after => make_interval(secs => $3))
             order by site_name",
            &[&site_id, &now, &silent_seconds],
        )
        .await?
        .iter()
        .map(site)
        .collect::<Vec<MusterSite>>();
    let rows = transaction
        .query(
            OPERATION,
            "select site_id, employee_id, employee_code, employee_name, in_at, last_punch_id, last_at, last_source,
                    camera_name, device_name, is_derived
             from attendance.muster(p_site_id => $1, p_now => $2)
             order by employee_name, employee_code",
            &[&site_id, &now],
        )
        .await?;
    for row in &rows {
        let site_id = SiteId(row.get("site_id"));
        // Somebody may come to a site that the first read left out; the next list has it.
        if let Some(site) = sites.iter_mut().find(|site| site.site_id == site_id) {
            site.people.push(person(OPERATION, row)?);
        }
    }
    Ok(Muster { now, sites })
}

fn site(row: &Row) -> MusterSite {
    let names: Vec<String> = row.get("silent_devices");
    let since: Vec<Option<Timestamp>> = row.get("silent_since");
    MusterSite {
        site_id: SiteId(row.get("site_id")),
        name: row.get("site_name"),
        time_zone: row.get("time_zone"),
        people: Vec::new(),
        doubt: MusterDoubt {
            n_devices: row.get("n_devices"),
            silent_devices: names.into_iter().zip(since).collect(),
            day_begin_at: row.get("day_begin_at"),
            n_unknown: row.get("n_unknown"),
            n_review: row.get("n_review"),
            last_unknown_at: row.get("last_unknown_at"),
            n_underived: row.get("n_underived"),
            n_last_elsewhere: row.get("n_last_elsewhere"),
        },
    }
}

fn person(operation: &'static str, row: &Row) -> Result<MusterPerson> {
    let source: &str = row.get("last_source");
    let camera: Option<String> = row.get("camera_name");
    let device: Option<String> = row.get("device_name");
    Ok(MusterPerson {
        employee_id: EmployeeId(row.get("employee_id")),
        code: row.get("employee_code"),
        name: row.get("employee_name"),
        in_at: row.get("in_at"),
        last_punch_id: PunchId(row.get("last_punch_id")),
        last_at: row.get("last_at"),
        last_source: PunchSource::parse(source).ok_or_else(|| StoreError::Row {
            operation,
            column: "last_source",
            value: source.to_owned(),
        })?,
        last_place: camera
            .zip(device)
            .map(|(camera, device)| MusterPlace { camera, device }),
        is_derived: row.get("is_derived"),
    })
}
