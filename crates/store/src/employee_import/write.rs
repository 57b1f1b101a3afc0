//! Does what was planned, with the marks that days need. The number of statements does not depend on the
//! number of employees.

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use uuid::Uuid;

use super::ImportStep;
use crate::database::Transaction;
use crate::derivation::employees_open;
use crate::employee::Employee;
use crate::employee_change::{EmployeeState, foreign, missing};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark, mark_each};

/// Writes the steps; those that keep or refuse write nothing.
///
/// Errors: [`StoreError::Missing`] for a site or a department that went since, [`StoreError::Refused`] when
/// somebody else used one of the codes since the plan.
pub async fn employee_import_write(
    transaction: &Transaction,
    organization_id: OrganizationId,
    steps: &[ImportStep],
) -> Result<()> {
    // The plans of foreign keys are made once and kept: where a table was empty then, they would read the
    // whole of it for every row that this import adds.
    transaction
        .execute(
            "prepare the import",
            "select set_config('enable_seqscan', 'off', true)",
            &[],
        )
        .await?;
    let created: Vec<&EmployeeState> = steps
        .iter()
        .filter_map(|step| match step {
            ImportStep::Create(state) => Some(state),
            _ => None,
        })
        .collect();
    let updated: Vec<(&EmployeeState, &EmployeeState)> = steps
        .iter()
        .filter_map(|step| match step {
            ImportStep::Update { before, after } => Some((before, after)),
            _ => None,
        })
        .collect();
    create(transaction, organization_id, &created).await?;
    update(transaction, &updated).await?;
    let mut added = pairs(created.iter().copied(), |_, _| true);
    for (before, after) in &updated {
        let is_new = |_: &EmployeeState, site_id: SiteId| !before.site_ids.contains(&site_id);
        added.extend(pairs([*after], is_new));
    }
    add_sites(transaction, added).await?;
    let mut removed = Vec::new();
    for (before, after) in &updated {
        let is_old = |_: &EmployeeState, site_id: SiteId| !after.site_ids.contains(&site_id);
        removed.extend(pairs([*before], is_old));
    }
    remove_sites(transaction, removed).await?;
    let ids: Vec<EmployeeId> = created
        .iter()
        .map(|state| state.employee.employee_id)
        .collect();
    employees_open(transaction, &ids).await?;
    mark_changed(transaction, &updated).await
}

async fn create(
    transaction: &Transaction,
    organization_id: OrganizationId,
    created: &[&EmployeeState],
) -> Result<()> {
    if created.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(created);
    // Without an arbiter and without `returning`: either would ask whether the rows may be seen, which they
    // may not be before they have a site.
    let n = transaction
        .execute(
            "import employees",
            "insert into app.employee
               (organization_id, employee_id, code, display_name, department_id, home_site_id, hired_on, left_on)
             select $1, k.employee_id, k.code, k.display_name, k.department_id, k.home_site_id, k.hired_on, k.left_on
             from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::date[], $8::date[])
               as k (employee_id, code, display_name, department_id, home_site_id, hired_on, left_on)
             on conflict do nothing",
            &[
                &organization_id.0,
                &columns.employee_ids,
                &columns.codes,
                &columns.display_names,
                &columns.department_ids,
                &columns.home_site_ids,
                &columns.hired_on,
                &columns.left_on,
            ],
        )
        .await
        .map_err(foreign)?;
    if n < created.len() as u64 {
        return Err(StoreError::refused(
            "somebody else is using one of the codes just now",
            "try again",
        ));
    }
    Ok(())
}

async fn update(
    transaction: &Transaction,
    updated: &[(&EmployeeState, &EmployeeState)],
) -> Result<()> {
    let changed: Vec<&EmployeeState> = updated
        .iter()
        .filter(|(before, after)| before.employee != after.employee)
        .map(|(_, after)| *after)
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(&changed);
    transaction
        .execute(
            "update imported employees",
            "update app.employee e
             set display_name = k.display_name, department_id = k.department_id, home_site_id = k.home_site_id,
                 hired_on = k.hired_on, left_on = k.left_on
             from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::date[], $6::date[])
               as k (employee_id, display_name, department_id, home_site_id, hired_on, left_on)
             where e.organization_id = app.current_organization_id() and e.employee_id = k.employee_id",
            &[
                &columns.employee_ids,
                &columns.display_names,
                &columns.department_ids,
                &columns.home_site_ids,
                &columns.hired_on,
                &columns.left_on,
            ],
        )
        .await
        .map(drop)
        .map_err(foreign)
}

/// Columns of `app.employee`, as parameters of one statement.
struct Columns<'a> {
    employee_ids: Vec<Uuid>,
    codes: Vec<&'a str>,
    display_names: Vec<&'a str>,
    department_ids: Vec<Option<Uuid>>,
    home_site_ids: Vec<Option<Uuid>>,
    hired_on: Vec<Option<Date>>,
    left_on: Vec<Option<Date>>,
}

impl<'a> Columns<'a> {
    fn of(states: &[&'a EmployeeState]) -> Self {
        fn each<'a, T>(states: &[&'a EmployeeState], of: impl Fn(&'a Employee) -> T) -> Vec<T> {
            states.iter().map(|state| of(&state.employee)).collect()
        }
        Self {
            employee_ids: each(states, |e| e.employee_id.0),
            codes: each(states, |e| e.code.as_str()),
            display_names: each(states, |e| e.display_name.as_str()),
            department_ids: each(states, |e| e.department_id.map(|id| id.0)),
            home_site_ids: each(states, |e| e.home_site_id.map(|id| id.0)),
            hired_on: each(states, |e| e.hired_on),
            left_on: each(states, |e| e.left_on),
        }
    }
}

/// Who is at which site, of those that are to be kept.
fn pairs<'a>(
    states: impl IntoIterator<Item = &'a EmployeeState>,
    keep: impl Fn(&EmployeeState, SiteId) -> bool,
) -> Vec<(Uuid, Uuid)> {
    let mut pairs = Vec::new();
    for state in states {
        for site_id in &state.site_ids {
            if keep(state, *site_id) {
                pairs.push((state.employee.employee_id.0, site_id.0));
            }
        }
    }
    pairs
}

async fn add_sites(transaction: &Transaction, pairs: Vec<(Uuid, Uuid)>) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let (employee_ids, site_ids): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    transaction
        .execute(
            "assign imported employees to sites",
            "insert into app.employee_site (organization_id, employee_id, site_id)
             select app.current_organization_id(), k.employee_id, k.site_id
             from unnest($1::uuid[], $2::uuid[]) as k (employee_id, site_id)
             on conflict do nothing",
            &[&employee_ids, &site_ids],
        )
        .await
        .map(drop)
        .map_err(|error| match error.code() {
            // A site of others: row-level security refuses the row.
            Some("42501") => missing("site"),
            _ => foreign(error),
        })
}

async fn remove_sites(transaction: &Transaction, pairs: Vec<(Uuid, Uuid)>) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let (employee_ids, site_ids): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    transaction
        .execute(
            "take imported employees from sites",
            "delete from app.employee_site es
             using unnest($1::uuid[], $2::uuid[]) as k (employee_id, site_id)
             where es.organization_id = app.current_organization_id()
               and es.employee_id = k.employee_id and es.site_id = k.site_id",
            &[&employee_ids, &site_ids],
        )
        .await
        .map(drop)
}

/// As changes of one employee mark: everything for the first day, the home and the sites, and from the
/// earlier of the last days on when only that differs.
async fn mark_changed(
    transaction: &Transaction,
    updated: &[(&EmployeeState, &EmployeeState)],
) -> Result<()> {
    let mut all = Vec::new();
    let mut since = Vec::new();
    for (before, after) in updated {
        let employee_id = after.employee.employee_id;
        let (was, is) = (&before.employee, &after.employee);
        if was.hired_on != is.hired_on
            || was.home_site_id != is.home_site_id
            || before.site_ids != after.site_ids
        {
            all.push(employee_id);
        } else if was.left_on != is.left_on
            && let Some(earliest) = was.left_on.into_iter().chain(is.left_on).min()
        {
            since.push((employee_id, earliest.saturating_sub(1.day())));
        }
    }
    if !all.is_empty() {
        mark(transaction, &all, Dates::all()).await?;
    }
    if !since.is_empty() {
        mark_each(transaction, &since).await?;
    }
    Ok(())
}
