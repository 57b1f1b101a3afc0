//! The list of employees: filters, orders and pages. Must not know who may see whom.

use rollcall_domain::id::{DepartmentId, SiteId};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::employee::{COLUMNS, Employee, employee};
use crate::error::Result;
use crate::page::{Listing, Page, Paged, SortColumn};

/// Which employees to list; what is none does not matter.
#[derive(Clone, Debug, Default)]
pub struct EmployeeFilter {
    /// Part of name or code, any case.
    pub search: Option<String>,
    /// Only employees of this site.
    pub site_id: Option<SiteId>,
    /// Only employees of this department or of one below it.
    pub department_id: Option<DepartmentId>,
    /// Only those who are, or are not, deactivated.
    pub is_active: Option<bool>,
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmployeeSort {
    /// Name, then personnel number.
    #[default]
    Name,
    /// Personnel number.
    Code,
    /// When the record was made.
    CreatedAt,
}

impl EmployeeSort {
    fn columns(self) -> &'static [SortColumn] {
        match self {
            Self::Name => &[("e.display_name", "text"), ("e.code", "text")],
            Self::Code => &[("e.code", "text")],
            Self::CreatedAt => &[("e.created_at", "timestamptz"), ("e.employee_id", "uuid")],
        }
    }
}

/// A sorted and filtered list of employees.
#[derive(Clone, Debug, Default)]
pub struct EmployeeList {
    /// Which.
    pub filter: EmployeeFilter,
    /// In which order.
    pub sort: EmployeeSort,
    /// From the last to the first.
    pub is_descending: bool,
}

impl EmployeeList {
    /// A page of the list.
    pub async fn page(&self, transaction: &Transaction, page: &Page) -> Result<Paged<Employee>> {
        let filter = Filter::of(&self.filter);
        let parameters = filter.parameters();
        let listing = self.listing(&filter, &parameters);
        listing.page(transaction, page, employee).await
    }

    /// How many employees the list has.
    pub async fn count(&self, transaction: &Transaction) -> Result<i64> {
        let filter = Filter::of(&self.filter);
        let parameters = filter.parameters();
        self.listing(&filter, &parameters).count(transaction).await
    }

    fn listing<'a>(
        &self,
        filter: &'a Filter,
        parameters: &'a [&'a (dyn ToSql + Sync)],
    ) -> Listing<'a> {
        Listing {
            operation: "list employees",
            plan: Plan::Generic,
            columns: COLUMNS,
            from: &filter.from,
            order: self.sort.columns(),
            is_descending: self.is_descending,
            parameters,
        }
    }
}

/// The filter as SQL: only the conditions that matter, so that each combination has a plan of its own.
struct Filter {
    from: String,
    search: Option<String>,
    site_id: Option<Uuid>,
    department_id: Option<Uuid>,
}

impl Filter {
    fn of(filter: &EmployeeFilter) -> Self {
        let mut from =
            "app.employee e where e.organization_id = app.current_organization_id()".to_owned();
        let mut n_parameters = 0;
        let mut next = || {
            n_parameters += 1;
            n_parameters
        };
        if filter.search.is_some() {
            let n = next();
            from += &format!(
                " and (strpos(lower(e.display_name), lower(${n}::text)) > 0 or strpos(lower(e.code), lower(${n})) > 0)"
            );
        }
        if filter.site_id.is_some() {
            let n = next();
            from += &format!(
                " and exists (select from app.employee_site es where es.organization_id = e.organization_id
                    and es.employee_id = e.employee_id and es.site_id = ${n}::uuid)"
            );
        }
        if filter.department_id.is_some() {
            let n = next();
            from += &format!(
                " and e.department_id in (
                    with recursive below as (
                      select d.department_id from app.department d
                      where d.organization_id = app.current_organization_id() and d.department_id = ${n}::uuid
                      union
                      select d.department_id from app.department d
                      join below on d.parent_id = below.department_id
                      where d.organization_id = app.current_organization_id())
                    select department_id from below)"
            );
        }
        match filter.is_active {
            Some(true) => from += " and e.deactivated_at is null",
            Some(false) => from += " and e.deactivated_at is not null",
            None => {}
        }
        Self {
            from,
            search: filter.search.clone(),
            site_id: filter.site_id.map(|id| id.0),
            department_id: filter.department_id.map(|id| id.0),
        }
    }

    /// In the order of [`of`](Self::of).
    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut parameters: Vec<&(dyn ToSql + Sync)> = Vec::new();
        if let Some(search) = &self.search {
            parameters.push(search);
        }
        if let Some(site_id) = &self.site_id {
            parameters.push(site_id);
        }
        if let Some(department_id) = &self.department_id {
            parameters.push(department_id);
        }
        parameters
    }
}
