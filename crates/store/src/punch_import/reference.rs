//! What lines of an import may name: employees by code, sites by name. Must not know lines.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_domain::{DirectionPolicy, EarlierZone, SiteRules};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// An employee as an import sees one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportEmployee {
    /// Id.
    pub employee_id: EmployeeId,
    /// First day of employment, when known.
    pub hired_on: Option<Date>,
    /// Last day of employment; none while employed.
    pub left_on: Option<Date>,
}

/// People and sites of the organisation at the moment the import began.
#[derive(Clone, Debug)]
pub struct References {
    /// By personnel number.
    pub employees: HashMap<String, ImportEmployee>,
    /// By name.
    pub sites: HashMap<String, SiteRules>,
    /// The database's time: punches after it have not happened.
    pub now: Timestamp,
    codes: HashMap<EmployeeId, String>,
    names: HashMap<SiteId, String>,
}

impl References {
    /// The site with this id.
    pub fn site(&self, site_id: SiteId) -> Option<&SiteRules> {
        self.sites.get(self.site_name(site_id))
    }

    /// Name of a site; blank when there is none with this id.
    pub fn site_name(&self, site_id: SiteId) -> &str {
        self.names.get(&site_id).map_or("", String::as_str)
    }

    /// Personnel number of an employee; blank when there is none with this id.
    pub fn code(&self, employee_id: EmployeeId) -> &str {
        self.codes.get(&employee_id).map_or("", String::as_str)
    }
}

/// Reads them all: tens of thousands of people are a few megabytes.
pub(super) async fn read(transaction: &Transaction) -> Result<References> {
    const OPERATION: &str = "read employees and sites";
    let employees: HashMap<String, ImportEmployee> = transaction
        .query(
            OPERATION,
            "select code, employee_id, hired_on, left_on from app.employee",
            &[],
        )
        .await?
        .iter()
        .map(|row| {
            let employee = ImportEmployee {
                employee_id: EmployeeId(row.get("employee_id")),
                hired_on: row.get("hired_on"),
                left_on: row.get("left_on"),
            };
            (row.get("code"), employee)
        })
        .collect();
    let now = transaction
        .query_one(OPERATION, "select now()", &[])
        .await?
        .get(0);
    let sites = sites(transaction).await?;
    Ok(References {
        codes: employees
            .iter()
            .map(|(code, employee)| (employee.employee_id, code.clone()))
            .collect(),
        names: sites
            .iter()
            .map(|(name, site)| (site.site_id, name.clone()))
            .collect(),
        employees,
        sites,
        now,
    })
}

async fn sites(transaction: &Transaction) -> Result<HashMap<String, SiteRules>> {
    const OPERATION: &str = "read sites";
    let mut earlier: HashMap<Uuid, Vec<EarlierZone>> = HashMap::new();
    for row in transaction
        .query(
            OPERATION,
            "select site_id, changed_at, earlier_time_zone from app.site_zone_change order by site_id, changed_at",
            &[],
        )
        .await?
    {
        let time_zone: String = row.get("earlier_time_zone");
        earlier
            .entry(row.get("site_id"))
            .or_default()
            .push(EarlierZone {
                until: row.get("changed_at"),
                zone: TimeZone::get(&time_zone).ok(),
                time_zone,
            });
    }
    transaction
        .query(
            OPERATION,
            "select site_id, name, time_zone, nullif(day_boundary, '24:00') as day_boundary, cool_down_seconds,
                    direction_policy, deactivated_at
             from app.site",
            &[],
        )
        .await?
        .iter()
        .map(|row| {
            let time_zone: String = row.get("time_zone");
            let policy: &str = row.get("direction_policy");
            let site_id: Uuid = row.get("site_id");
            let rules = SiteRules {
                site_id: SiteId(site_id),
                zone: TimeZone::get(&time_zone).ok(),
                time_zone,
                // 24:00 is a time of day for PostgreSQL only.
                day_boundary: row
                    .get::<_, Option<Time>>("day_boundary")
                    .unwrap_or(Time::MAX),
                cool_down_seconds: u32::try_from(row.get::<_, i32>("cool_down_seconds"))
                    .unwrap_or(0),
                direction_policy: DirectionPolicy::parse(policy).ok_or_else(|| {
                    StoreError::Row {
                        operation: OPERATION,
                        column: "direction_policy",
                        value: policy.to_owned(),
                    }
                })?,
                earlier_zones: earlier.remove(&site_id).unwrap_or_default(),
                deactivated_at: row.get("deactivated_at"),
            };
            Ok((row.get("name"), rules))
        })
        .collect()
}
