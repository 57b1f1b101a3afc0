//! Employees and the state of their enrolment. Must not know photographs or embeddings.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{DepartmentId, EmployeeId, SiteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::mark::concerned;
use crate::row::optional_date;

/// A person who has faces and punches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employee {
    /// Its id.
    pub employee_id: EmployeeId,
    /// Personnel number, unique in the organisation.
    pub code: String,
    /// Name for people.
    pub display_name: String,
    /// When the record was made.
    pub created_at: Timestamp,
    /// Not deactivated.
    pub is_active: bool,
    /// Since when the person is not recognised and counted any more.
    pub deactivated_at: Option<Timestamp>,
    /// First day of employment; none when unknown.
    pub hired_on: Option<Date>,
    /// Last day of employment; none while employed.
    pub left_on: Option<Date>,
    /// Where days without punches and roster belong; none when nobody chose a site.
    pub home_site_id: Option<SiteId>,
    /// Where in the organisation the person works; none when nobody said.
    pub department_id: Option<DepartmentId>,
}

/// What enrolment has come to, for one employee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolment {
    /// Photographs kept.
    pub n_photos: i64,
    /// Templates in the active embedding space.
    pub n_templates: i64,
    /// Jobs not yet done.
    pub n_queued: i64,
    /// Reason of the newest job that was refused or failed; empty when it gave none.
    pub problem: Option<String>,
}

/// Columns of an [`Employee`] in table `app.employee e`.
pub(crate) const COLUMNS: &str =
    "e.employee_id, e.code, e.display_name, e.created_at, e.deactivated_at, e.hired_on, e.left_on,
     e.home_site_id, e.department_id";

pub(crate) fn employee(row: &Row) -> Result<Employee> {
    const OPERATION: &str = "read employees";
    let deactivated_at: Option<Timestamp> = row.get("deactivated_at");
    Ok(Employee {
        employee_id: EmployeeId(row.get("employee_id")),
        code: row.get("code"),
        display_name: row.get("display_name"),
        created_at: row.get("created_at"),
        is_active: deactivated_at.is_none(),
        deactivated_at,
        hired_on: optional_date(row, OPERATION, "hired_on")?,
        left_on: optional_date(row, OPERATION, "left_on")?,
        home_site_id: row.get::<_, Option<Uuid>>("home_site_id").map(SiteId),
        department_id: row
            .get::<_, Option<Uuid>>("department_id")
            .map(DepartmentId),
    })
}

/// Those of the given employees that exist.
pub async fn employee_by_ids(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<Employee>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let sql = format!("select {COLUMNS} from app.employee e where e.employee_id = any($1)");
    let rows = transaction.lookup("find employees", &sql, &[&ids]).await?;
    rows.iter().map(employee).collect()
}

/// Enrolment of each of the given employees.
pub async fn employee_enrolments(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<(EmployeeId, Enrolment)>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .lookup(
            "find enrolments",
            "select
               k.employee_id,
               photo.n_photos,
               job.n_queued,
               job.problem,
               template.n_templates
             from unnest($1::uuid[]) as k (employee_id)
             cross join lateral (
               select count(*) as n_photos from biometric.photo p
               where p.employee_id = k.employee_id
             ) photo
             cross join lateral (
               select
                 count(*) filter (where j.state = 'queued') as n_queued,
                 (array_agg(coalesce(j.reason, '') order by j.created_at desc, j.job_id desc)
                   filter (where j.state in ('refused', 'failed')))[1] as problem
               from biometric.photo p
               join biometric.enrolment_job j using (organization_id, photo_id)
               where p.employee_id = k.employee_id
             ) job
             cross join lateral (
               select count(*) as n_templates
               from biometric.template t
               join biometric.space s using (organization_id, space_id)
               where t.employee_id = k.employee_id and s.is_active
             ) template",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            (
                EmployeeId(row.get("employee_id")),
                Enrolment {
                    n_photos: row.get("n_photos"),
                    n_templates: row.get("n_templates"),
                    n_queued: row.get("n_queued"),
                    problem: row.get("problem"),
                },
            )
        })
        .collect())
}

/// An employee by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeName {
    /// Its id.
    pub employee_id: EmployeeId,
    /// Personnel number.
    pub code: String,
    /// Name for people.
    pub display_name: String,
}

/// Everybody whose days something about a site concerns, or about all sites when none is named; by
/// personnel number. People who left are among them.
pub async fn employee_names(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<Vec<EmployeeName>> {
    let ids: Vec<Uuid> = concerned(transaction, site_id)
        .await?
        .iter()
        .map(|id| id.0)
        .collect();
    let rows = transaction
        .query(
            "find names of employees",
            "select employee_id, code, display_name from app.employee where employee_id = any ($1) order by code",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| EmployeeName {
            employee_id: EmployeeId(row.get("employee_id")),
            code: row.get("code"),
            display_name: row.get("display_name"),
        })
        .collect())
}

/// The employee with this personnel number.
///
/// Errors: [`StoreError::Missing`].
pub async fn employee_find(database: &Database, scope: &Scope, code: &str) -> Result<EmployeeId> {
    let transaction = database.begin(scope).await?;
    let row = transaction
        .query_opt(
            "find employee",
            "select employee_id from app.employee where code = $1",
            &[&code],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "employee",
            name: code.to_owned(),
        })?;
    transaction.commit().await?;
    Ok(EmployeeId(row.get(0)))
}

/// An employee as an administrator looks after them. Of faces and consent only whether and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeLine {
    /// Personnel number.
    pub code: String,
    /// Name for people.
    pub display_name: String,
    /// Names of the sites where the person may be recognised.
    pub sites: Vec<String>,
    /// First day of employment; none when unknown.
    pub hired_on: Option<Date>,
    /// Last day of employment; none while employed.
    pub left_on: Option<Date>,
    /// Name of the home site; none when nobody chose one.
    pub home: Option<String>,
    /// Not deactivated.
    pub is_active: bool,
    /// A consent holds now.
    pub has_consent: bool,
    /// Photographs kept.
    pub n_photos: i64,
    /// Templates in the active embedding space.
    pub n_templates: i64,
}

/// All employees by personnel number, or those who may be recognised at one site; people who left are
/// among them.
pub async fn employee_lines(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<Vec<EmployeeLine>> {
    let rows = transaction
        .query(
            "list employees",
            "with photo as (
               select employee_id, count(*) as n from biometric.photo group by employee_id
             ), template as (
               select t.employee_id, count(*) as n
               from biometric.template t
               join biometric.space s using (organization_id, space_id)
               where s.is_active
               group by t.employee_id
             ), consent as (
               -- As biometric.gallery has it.
               select distinct employee_id from biometric.consent
               where purpose = 'attendance' and withdrawn_at is null and given_at <= now()
                 and (expires_at is null or expires_at > now())
             ), place as (
               select es.employee_id, array_agg(s.name order by s.name) as names, array_agg(s.site_id) as ids
               from app.employee_site es
               join app.site s using (organization_id, site_id)
               group by es.employee_id
             )
             select
               e.code, e.display_name, e.hired_on, e.left_on, home.name as home,
               e.deactivated_at is null as is_active,
               coalesce(place.names, '{}') as sites,
               consent.employee_id is not null as has_consent,
               coalesce(photo.n, 0) as n_photos,
               coalesce(template.n, 0) as n_templates
             from app.employee e
             left join app.site home on home.organization_id = e.organization_id and home.site_id = e.home_site_id
             left join place using (employee_id)
             left join consent using (employee_id)
             left join photo using (employee_id)
             left join template using (employee_id)
             where $1::uuid is null or $1 = any (place.ids)
             order by e.code",
            &[&site_id.map(|id| id.0)],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| EmployeeLine {
            code: row.get("code"),
            display_name: row.get("display_name"),
            sites: row.get("sites"),
            hired_on: row.get("hired_on"),
            left_on: row.get("left_on"),
            home: row.get("home"),
            is_active: row.get("is_active"),
            has_consent: row.get("has_consent"),
            n_photos: row.get("n_photos"),
            n_templates: row.get("n_templates"),
        })
        .collect())
}
