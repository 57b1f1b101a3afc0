//! Making and changing employees, with the marks that their days need.
//! Must not know photographs, nor what a mark does.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{DepartmentId, EmployeeId, OrganizationId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::derivation::employee_open;
use crate::employee::{COLUMNS, Employee, employee};
use crate::employment::{Change, EmploymentChange, employment_set};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};

/// A new employee; texts already trimmed and within the limits of the table.
#[derive(Clone, Debug, Default)]
pub struct EmployeeCreate {
    /// Personnel number.
    pub code: String,
    /// Name for people.
    pub display_name: String,
    /// Where the person may be recognised.
    pub site_ids: Vec<SiteId>,
    /// Where in the organisation the person works.
    pub department_id: Option<DepartmentId>,
    /// Where days without punches and roster belong.
    pub home_site_id: Option<SiteId>,
    /// First day of employment.
    pub hired_on: Option<Date>,
    /// Last day of employment.
    pub left_on: Option<Date>,
}

/// What to change of an employee; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct EmployeeChange {
    /// Personnel number.
    pub code: Option<String>,
    /// Name for people.
    pub display_name: Option<String>,
    /// Where the person may be recognised, of the sites that the transaction sees.
    pub site_ids: Option<Vec<SiteId>>,
    /// Where in the organisation the person works.
    pub department_id: Change<DepartmentId>,
    /// Hired, left, home.
    pub employment: EmploymentChange,
}

/// An employee with the sites that the transaction sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeState {
    /// The employee.
    pub employee: Employee,
    /// Ascending.
    pub site_ids: Vec<SiteId>,
}

/// Makes an employee.
///
/// Who sees an employee is decided by the employee's sites, so a user who is bound to sites must name one
/// of them.
///
/// Errors: [`StoreError::Taken`] for the code, [`StoreError::Missing`] for a site or a department,
/// [`StoreError::Refused`] when nobody like the acting user would see the employee, or the last day lies
/// before the first.
pub async fn employee_create(
    transaction: &Transaction,
    organization_id: OrganizationId,
    new: &EmployeeCreate,
) -> Result<Employee> {
    if new.site_ids.is_empty() && !sees_all_sites(transaction).await? {
        return Err(no_site());
    }
    if let (Some(hired_on), Some(left_on)) = (new.hired_on, new.left_on)
        && left_on < hired_on
    {
        return Err(StoreError::refused(
            format!("the last day {left_on} lies before the first day {hired_on}"),
            "give a last day that is not earlier",
        ));
    }
    let employee_id = EmployeeId(Uuid::now_v7());
    // Without an arbiter and without `returning`: either would ask whether the row may be seen, which it
    // may not be before it has a site.
    let n = transaction
        .execute(
            "create employee",
            "insert into app.employee
               (organization_id, employee_id, code, display_name, department_id, home_site_id, hired_on, left_on)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict do nothing",
            &[
                &organization_id.0,
                &employee_id.0,
                &new.code,
                &new.display_name,
                &new.department_id.map(|id| id.0),
                &new.home_site_id.map(|id| id.0),
                &new.hired_on,
                &new.left_on,
            ],
        )
        .await
        .map_err(foreign)?;
    if n == 0 {
        return Err(taken(&new.code));
    }
    add_sites(transaction, employee_id, &new.site_ids).await?;
    employee_open(transaction, employee_id).await?;
    read(transaction, employee_id, false).await
}

/// Changes an employee and marks the days that it concerns. Returns what was and what is.
///
/// Errors: as [`employee_create`], and [`StoreError::Missing`] for an employee who is not there, or whom
/// the acting user only sees as a guest.
pub async fn employee_update(
    transaction: &Transaction,
    employee_id: EmployeeId,
    change: &EmployeeChange,
) -> Result<(EmployeeState, EmployeeState)> {
    let before = EmployeeState {
        employee: read(transaction, employee_id, true).await?,
        site_ids: sites(transaction, employee_id).await?,
    };
    if change.code.is_some() || change.display_name.is_some() || change.department_id.is_some() {
        transaction
            .execute(
                "update employee",
                "update app.employee
                 set code = coalesce($2, code), display_name = coalesce($3, display_name),
                     department_id = case when $4 then $5 else department_id end
                 where organization_id = app.current_organization_id() and employee_id = $1",
                &[
                    &employee_id.0,
                    &change.code,
                    &change.display_name,
                    &change.department_id.is_some(),
                    &change.department_id.flatten().map(|id| id.0),
                ],
            )
            .await
            .map_err(|error| match error.constraint() {
                Some("employee_code_key") => taken(change.code.as_deref().unwrap_or_default()),
                _ => foreign(error),
            })?;
    }
    let employment = &change.employment;
    if employment.hired_on.is_some()
        || employment.left_on.is_some()
        || employment.home_site_id.is_some()
    {
        employment_set(transaction, employee_id, employment).await?;
    }
    if let Some(site_ids) = &change.site_ids {
        set_sites(transaction, employee_id, &before.site_ids, site_ids).await?;
    }
    let after = EmployeeState {
        employee: read(transaction, employee_id, false).await?,
        site_ids: sites(transaction, employee_id).await?,
    };
    Ok((before, after))
}

/// From now on the person is not recognised and not counted; the last day may be told too. Deactivating
/// again changes nothing but the last day.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] as [`employment_set`].
pub async fn employee_deactivate(
    transaction: &Transaction,
    employee_id: EmployeeId,
    left_on: Option<Date>,
) -> Result<Employee> {
    let before = read(transaction, employee_id, true).await?;
    if before.is_active {
        set_deactivated(transaction, employee_id, true).await?;
    }
    if left_on.is_some() {
        let change = EmploymentChange {
            left_on: Some(left_on),
            ..EmploymentChange::default()
        };
        employment_set(transaction, employee_id, &change).await?;
    }
    let after = read(transaction, employee_id, false).await?;
    if let (None, Some(at)) = (before.deactivated_at, after.deactivated_at) {
        mark_since(transaction, employee_id, at).await?;
    }
    Ok(after)
}

/// The person works again: recognised and counted, without a last day, and with a new first day if one is
/// given. Days between the last day and now are derived as days of employment.
///
/// Errors: [`StoreError::Missing`].
pub async fn employee_reactivate(
    transaction: &Transaction,
    employee_id: EmployeeId,
    hired_on: Option<Date>,
) -> Result<Employee> {
    let before = read(transaction, employee_id, true).await?;
    if !before.is_active {
        set_deactivated(transaction, employee_id, false).await?;
    }
    if before.left_on.is_some() || hired_on.is_some() {
        let change = EmploymentChange {
            hired_on: hired_on.map(Some),
            left_on: Some(None),
            ..EmploymentChange::default()
        };
        employment_set(transaction, employee_id, &change).await?;
    }
    if let Some(at) = before.deactivated_at {
        mark_since(transaction, employee_id, at).await?;
        employee_open(transaction, employee_id).await?;
    }
    read(transaction, employee_id, false).await
}

async fn set_deactivated(
    transaction: &Transaction,
    employee_id: EmployeeId,
    is_deactivated: bool,
) -> Result<()> {
    transaction
        .execute(
            "deactivate employee",
            "update app.employee set deactivated_at = case when $2 then now() end
             where organization_id = app.current_organization_id() and employee_id = $1",
            &[&employee_id.0, &is_deactivated],
        )
        .await
        .map(drop)
}

/// Time zones reach a day around.
async fn mark_since(
    transaction: &Transaction,
    employee_id: EmployeeId,
    at: Timestamp,
) -> Result<()> {
    let from = at.to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    mark(transaction, &[employee_id], Dates::since(from)).await?;
    Ok(())
}

/// Reads an employee, for a change also locks the row.
pub(crate) async fn read(
    transaction: &Transaction,
    employee_id: EmployeeId,
    is_for_change: bool,
) -> Result<Employee> {
    let lock = if is_for_change {
        "for no key update"
    } else {
        ""
    };
    let sql = format!(
        "select {COLUMNS} from app.employee e
         where e.organization_id = app.current_organization_id() and e.employee_id = $1 {lock}"
    );
    let row = transaction
        .query_opt("find employee", &sql, &[&employee_id.0])
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "employee",
            name: employee_id.to_string(),
        })?;
    employee(&row)
}

async fn sites(transaction: &Transaction, employee_id: EmployeeId) -> Result<Vec<SiteId>> {
    let rows = transaction
        .query(
            "find sites of employee",
            "select site_id from app.employee_site
             where organization_id = app.current_organization_id() and employee_id = $1 order by site_id",
            &[&employee_id.0],
        )
        .await?;
    Ok(rows.iter().map(|row| SiteId(row.get(0))).collect())
}

async fn add_sites(
    transaction: &Transaction,
    employee_id: EmployeeId,
    site_ids: &[SiteId],
) -> Result<()> {
    let site_ids: Vec<Uuid> = site_ids.iter().map(|id| id.0).collect();
    transaction
        .execute(
            "assign employee to sites",
            "insert into app.employee_site (organization_id, employee_id, site_id)
             select app.current_organization_id(), $1, k.site_id
             from (select distinct unnest($2::uuid[])) as k (site_id)
             on conflict do nothing",
            &[&employee_id.0, &site_ids],
        )
        .await
        .map(drop)
        .map_err(|error| match error.code() {
            // A site of others: row-level security refuses the row.
            Some("42501") => missing("site"),
            _ => foreign(error),
        })
}

async fn set_sites(
    transaction: &Transaction,
    employee_id: EmployeeId,
    before: &[SiteId],
    site_ids: &[SiteId],
) -> Result<()> {
    let mut wanted = site_ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted == before {
        return Ok(());
    }
    if wanted.is_empty() && !sees_all_sites(transaction).await? {
        return Err(no_site());
    }
    add_sites(transaction, employee_id, &wanted).await?;
    let kept: Vec<Uuid> = wanted.iter().map(|id| id.0).collect();
    transaction
        .execute(
            "assign employee to sites",
            "delete from app.employee_site
             where organization_id = app.current_organization_id() and employee_id = $1 and site_id <> all ($2)",
            &[&employee_id.0, &kept],
        )
        .await?;
    // Days without punches belong to the first of the sites when no home is chosen.
    mark(transaction, &[employee_id], Dates::all()).await?;
    Ok(())
}

pub(crate) async fn sees_all_sites(transaction: &Transaction) -> Result<bool> {
    let row = transaction
        .query_one("ask for the sites seen", "select app.sees_all_sites()", &[])
        .await?;
    Ok(row.get(0))
}

fn no_site() -> StoreError {
    StoreError::refused(
        "you would not see the employee any more",
        "name at least one of your sites",
    )
}

fn taken(code: &str) -> StoreError {
    StoreError::Taken {
        what: "employee",
        name: code.to_owned(),
    }
}

pub(crate) fn missing(what: &'static str) -> StoreError {
    StoreError::Missing {
        what,
        name: "(no longer there)".to_owned(),
    }
}

/// What was named went between the check and the change.
pub(crate) fn foreign(error: StoreError) -> StoreError {
    match error.constraint() {
        Some("employee_department_fkey") => missing("department"),
        Some("employee_site_site_fkey" | "employee_home_site_fkey") => missing("site"),
        _ => error,
    }
}
