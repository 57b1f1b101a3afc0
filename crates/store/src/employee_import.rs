//! Makes and changes many employees in a few statements. Must not know files, columns or how names of sites
//! are read.

mod plan;
mod write;

use jiff::civil::Date;
use rollcall_domain::id::{DepartmentId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::employee_change::EmployeeState;
use crate::employment::{Change, EmploymentChange};
use crate::error::Result;

pub use plan::employee_import_plan;
pub use write::employee_import_write;

/// What is wanted of one employee, found by code; what is none stays, or is empty for a new employee. Texts
/// are already trimmed and within the limits of the table.
#[derive(Clone, Debug, Default)]
pub struct ImportLine {
    /// Personnel number; each only once in an import.
    pub code: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Where the person may be recognised, of the sites that the transaction sees.
    pub site_ids: Option<Vec<SiteId>>,
    /// Where in the organisation the person works.
    pub department_id: Change<DepartmentId>,
    /// Hired, left, home.
    pub employment: EmploymentChange,
}

/// What new employees get of whom nothing else is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportDefaults {
    /// Where they may be recognised.
    pub site_id: Option<SiteId>,
    /// First day of employment.
    pub hired_on: Option<Date>,
}

/// What an import does with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportStep {
    /// The employee is new.
    Create(EmployeeState),
    /// Something differs.
    Update {
        /// As it was.
        before: EmployeeState,
        /// As it will be.
        after: EmployeeState,
    },
    /// Nothing differs.
    Keep,
    /// It cannot be done.
    Refuse(ImportRefusal),
}

/// Why a line cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportRefusal {
    /// An employee whom the acting user may not change has the code.
    Taken,
    /// The employee is new and has no name.
    NoName,
    /// The acting user would not see the employee, who has none of the user's sites.
    NoSite,
    /// The last day lies before the first.
    LeftBeforeHired {
        /// First day.
        hired_on: Date,
        /// Last day.
        left_on: Date,
    },
}

/// A site or a department by which lines may name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportName<T> {
    /// Its id.
    pub id: T,
    /// Names from the top to it; a site has one.
    pub path: Vec<String>,
}

/// Sites where the acting user may put employees.
pub async fn employee_import_sites(transaction: &Transaction) -> Result<Vec<ImportName<SiteId>>> {
    let rows = transaction
        .query(
            "find names of sites",
            "select s.site_id, s.name from app.site s
             where s.organization_id = app.current_organization_id()
               and ((select app.sees_all_sites()) or s.site_id = any ((select app.visible_site_ids())::uuid[]))",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| ImportName {
            id: SiteId(row.get("site_id")),
            path: vec![row.get("name")],
        })
        .collect())
}

/// All departments of the organisation.
pub async fn employee_import_departments(
    transaction: &Transaction,
) -> Result<Vec<ImportName<DepartmentId>>> {
    let rows = transaction
        .query(
            "find paths of departments",
            "with recursive down as (
               select d.department_id, array[d.name] as path
               from app.department d
               where d.organization_id = app.current_organization_id() and d.parent_id is null
               union all
               select d.department_id, down.path || d.name
               from down
               join app.department d on d.organization_id = app.current_organization_id() and d.parent_id = down.department_id
             )
             select department_id, path from down",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| ImportName {
            id: DepartmentId(row.get::<_, Uuid>("department_id")),
            path: row.get("path"),
        })
        .collect())
}
