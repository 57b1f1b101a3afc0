//! Compares what is wanted with what is there. Changes nothing, and locks the employees that it found.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, SiteId};
use uuid::Uuid;

use super::{ImportDefaults, ImportLine, ImportRefusal, ImportStep};
use crate::database::Transaction;
use crate::employee::{COLUMNS, Employee, employee};
use crate::employee_change::{EmployeeState, sees_all_sites};
use crate::error::Result;

/// Says what is to be done with each line, in their order.
pub async fn employee_import_plan(
    transaction: &Transaction,
    lines: &[ImportLine],
    defaults: ImportDefaults,
) -> Result<Vec<ImportStep>> {
    let codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
    let known = known(transaction, &codes).await?;
    let new: Vec<&str> = codes
        .into_iter()
        .filter(|code| !known.contains_key(*code))
        .collect();
    let taken = taken(transaction, &new).await?;
    let sees_all_sites = sees_all_sites(transaction).await?;
    let now = transaction.now().await?;
    Ok(lines
        .iter()
        .map(|line| {
            let step = match known.get(&line.code) {
                Some(before) => update(line, before),
                None if taken.contains(&line.code) => Err(ImportRefusal::Taken),
                None => create(line, defaults, now),
            };
            step.and_then(|step| checked(step, sees_all_sites))
                .unwrap_or_else(ImportStep::Refuse)
        })
        .collect())
}

/// Those of the employees whom the acting user may change, locked.
async fn known(
    transaction: &Transaction,
    codes: &[&str],
) -> Result<HashMap<String, EmployeeState>> {
    // Those who may be seen and not changed are not among them: a lock asks for both.
    let sql = format!(
        "select {COLUMNS} from app.employee e
         where e.organization_id = app.current_organization_id() and e.code = any ($1)
         order by e.employee_id for no key update"
    );
    let rows = transaction.query("find employees", &sql, &[&codes]).await?;
    let employees: Vec<Employee> = rows.iter().map(employee).collect::<Result<_>>()?;
    let ids: Vec<Uuid> = employees.iter().map(|e| e.employee_id.0).collect();
    let rows = transaction
        .query(
            "find sites of employees",
            "select employee_id, site_id from app.employee_site
             where organization_id = app.current_organization_id() and employee_id = any ($1) order by site_id",
            &[&ids],
        )
        .await?;
    let mut site_ids: HashMap<EmployeeId, Vec<SiteId>> = HashMap::new();
    for row in &rows {
        let employee_id = EmployeeId(row.get("employee_id"));
        let of = site_ids.entry(employee_id).or_default();
        of.push(SiteId(row.get("site_id")));
    }
    Ok(employees
        .into_iter()
        .map(|employee| {
            let site_ids = site_ids.remove(&employee.employee_id).unwrap_or_default();
            (employee.code.clone(), EmployeeState { employee, site_ids })
        })
        .collect())
}

/// Those of the codes that an employee has, also one whom the acting user does not see.
async fn taken(transaction: &Transaction, codes: &[&str]) -> Result<HashSet<String>> {
    let rows = transaction
        .query(
            "find codes that are taken",
            "select code from app.employee_codes_taken($1) as code",
            &[&codes],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("code")).collect())
}

fn create(
    line: &ImportLine,
    defaults: ImportDefaults,
    now: Timestamp,
) -> Result<ImportStep, ImportRefusal> {
    let employment = &line.employment;
    let employee = Employee {
        employee_id: EmployeeId(Uuid::now_v7()),
        code: line.code.clone(),
        display_name: line.display_name.clone().ok_or(ImportRefusal::NoName)?,
        created_at: now,
        is_active: true,
        deactivated_at: None,
        hired_on: employment.hired_on.unwrap_or(defaults.hired_on),
        left_on: employment.left_on.flatten(),
        home_site_id: employment.home_site_id.flatten(),
        department_id: line.department_id.flatten(),
    };
    let site_ids = match &line.site_ids {
        Some(site_ids) => sorted(site_ids),
        None => Vec::from_iter(defaults.site_id),
    };
    Ok(ImportStep::Create(EmployeeState { employee, site_ids }))
}

fn update(line: &ImportLine, before: &EmployeeState) -> Result<ImportStep, ImportRefusal> {
    let mut after = before.clone();
    let (employee, employment) = (&mut after.employee, &line.employment);
    if let Some(display_name) = &line.display_name {
        employee.display_name.clone_from(display_name);
    }
    if let Some(department_id) = line.department_id {
        employee.department_id = department_id;
    }
    if let Some(hired_on) = employment.hired_on {
        employee.hired_on = hired_on;
    }
    if let Some(left_on) = employment.left_on {
        employee.left_on = left_on;
    }
    if let Some(home_site_id) = employment.home_site_id {
        employee.home_site_id = home_site_id;
    }
    if let Some(site_ids) = &line.site_ids {
        after.site_ids = sorted(site_ids);
    }
    if after == *before {
        return Ok(ImportStep::Keep);
    }
    let before = before.clone();
    Ok(ImportStep::Update { before, after })
}

fn checked(step: ImportStep, sees_all_sites: bool) -> Result<ImportStep, ImportRefusal> {
    let (ImportStep::Create(after) | ImportStep::Update { after, .. }) = &step else {
        return Ok(step);
    };
    if let (Some(hired_on), Some(left_on)) = (after.employee.hired_on, after.employee.left_on)
        && left_on < hired_on
    {
        return Err(ImportRefusal::LeftBeforeHired { hired_on, left_on });
    }
    if after.site_ids.is_empty() && !sees_all_sites {
        return Err(ImportRefusal::NoSite);
    }
    Ok(step)
}

fn sorted(site_ids: &[SiteId]) -> Vec<SiteId> {
    let mut site_ids = site_ids.to_vec();
    site_ids.sort_unstable();
    site_ids.dedup();
    site_ids
}
