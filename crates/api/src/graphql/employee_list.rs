//! The list of employees, and one employee by id.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_store::employee_list as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::{loader, viewer};
use crate::failure::Failure;

/// Which employees to list; what is absent does not matter.
#[derive(InputObject, Default)]
pub struct EmployeeFilter {
    /// Part of name or code, in any case.
    search: Option<String>,
    /// Only employees of this site.
    site_id: Option<ID>,
    /// Only employees of this department or of one below it.
    department_id: Option<ID>,
    /// Only those who are active, or only those who are not.
    is_active: Option<bool>,
}

/// What employees are sorted by.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::EmployeeSort")]
pub enum EmployeeOrderField {
    /// Name, then personnel number.
    Name,
    /// Personnel number.
    Code,
    /// When the record was made.
    CreatedAt,
}

/// The order of a list of employees.
#[derive(InputObject)]
pub struct EmployeeOrder {
    /// What they are sorted by.
    field: EmployeeOrderField,
    /// From the first or from the last.
    #[graphql(default)]
    direction: OrderDirection,
}

impl EmployeeFilter {
    fn read(self) -> Result<store::EmployeeFilter, Failure> {
        let search = self
            .search
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Failure::Argument("`search` has a zero byte".to_owned()));
        }
        Ok(store::EmployeeFilter {
            search,
            site_id: id::argument(Kind::Site, "siteId", self.site_id.as_ref())?,
            department_id: id::argument(
                Kind::Department,
                "departmentId",
                self.department_id.as_ref(),
            )?,
            is_active: self.is_active,
        })
    }
}

#[derive(Default)]
pub struct EmployeeQuery;

#[Object]
impl EmployeeQuery {
    /// Employees, by name and code when no other order is asked for.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn employees(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which employees; all when absent.")] filter: Option<EmployeeFilter>,
        #[graphql(desc = "In which order; by name when absent.")] order_by: Option<EmployeeOrder>,
        #[graphql(desc = "As `filter.search`, for short.")] search: Option<String>,
        #[graphql(desc = "As `filter.siteId`, for short.")] site_id: Option<ID>,
    ) -> Result<Connection<Employee>, Failure> {
        let mut filter = filter.unwrap_or_default();
        if (search.is_some() && filter.search.is_some())
            || (site_id.is_some() && filter.site_id.is_some())
        {
            let text = "give `search` and `siteId` once, best in `filter`".to_owned();
            return Err(Failure::Argument(text));
        }
        filter.search = filter.search.or(search);
        filter.site_id = filter.site_id.or(site_id);
        let (sort, direction) = order_by.map_or_else(Default::default, |order| {
            (order.field.into(), order.direction)
        });
        let list = store::EmployeeList {
            filter: filter.read()?,
            sort,
            is_descending: direction == OrderDirection::Desc,
        };
        let name = match sort {
            store::EmployeeSort::Name => "employees",
            store::EmployeeSort::Code => "employees by code",
            store::EmployeeSort::CreatedAt => "employees by time",
        };
        let request = PageRequest::new(name, (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let employees = list.page(&transaction, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(list.count(&transaction).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(employees, total_count, Employee))
    }

    /// One employee; null when there is none with this id whom you may see.
    async fn employee(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee.")] id: ID,
    ) -> Result<Option<Employee>, Failure> {
        let Some(employee_id) = id::decode(Kind::Employee, &id) else {
            return Ok(None);
        };
        let employee = loader(context)?
            .load_one(rollcall_domain::id::EmployeeId(employee_id))
            .await?;
        Ok(employee.map(Employee))
    }
}
