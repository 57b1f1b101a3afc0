//! Departments: a tree of names that employees belong to. Must not know who may change it.

use jiff::Timestamp;
use rollcall_domain::id::DepartmentId;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

/// Most departments from the top to a leaf.
pub const MAX_DEPTH: i32 = 12;

/// A part of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub department_id: DepartmentId,
    /// The department above; none at the top.
    pub parent_id: Option<DepartmentId>,
    /// Name for people, unique below the same parent.
    pub name: String,
    /// When the record was made.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "d.department_id, d.parent_id, d.name, d.created_at";

fn department(row: &Row) -> Department {
    Department {
        department_id: DepartmentId(row.get("department_id")),
        parent_id: row.get::<_, Option<Uuid>>("parent_id").map(DepartmentId),
        name: row.get("name"),
        created_at: row.get("created_at"),
    }
}

fn listing() -> Listing<'static> {
    Listing {
        operation: "list departments",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "app.department d where d.organization_id = app.current_organization_id()",
        order: &[("d.name", "text"), ("d.department_id", "uuid")],
        is_descending: false,
        parameters: &[],
    }
}

/// A page of all departments by name.
pub async fn department_list(transaction: &Transaction, page: &Page) -> Result<Paged<Department>> {
    let read = |row: &Row| Ok(department(row));
    listing().page(transaction, page, read).await
}

/// How many departments there are.
pub async fn department_count(transaction: &Transaction) -> Result<i64> {
    listing().count(transaction).await
}

/// Those of the given departments that exist.
pub async fn department_by_ids(
    transaction: &Transaction,
    department_ids: &[DepartmentId],
) -> Result<Vec<Department>> {
    let ids: Vec<Uuid> = department_ids.iter().map(|id| id.0).collect();
    let sql = format!("select {COLUMNS} from app.department d where d.department_id = any ($1)");
    let rows = transaction.query("find departments", &sql, &[&ids]).await?;
    Ok(rows.iter().map(department).collect())
}

/// Departments directly below the given ones, by name.
pub async fn department_children(
    transaction: &Transaction,
    parent_ids: &[DepartmentId],
) -> Result<Vec<Department>> {
    let ids: Vec<Uuid> = parent_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {COLUMNS} from app.department d where d.parent_id = any ($1) order by d.name, d.department_id"
    );
    let rows = transaction.query("find departments", &sql, &[&ids]).await?;
    Ok(rows.iter().map(department).collect())
}

/// Names of departments from the top to each of the given ones.
pub async fn department_paths(
    transaction: &Transaction,
    department_ids: &[DepartmentId],
) -> Result<Vec<(DepartmentId, Vec<String>)>> {
    let ids: Vec<Uuid> = department_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find paths of departments",
            "with recursive up as (
               select d.department_id as leaf_id, d.parent_id, array[d.name] as path
               from app.department d
               where d.organization_id = app.current_organization_id() and d.department_id = any ($1)
               union all
               select up.leaf_id, d.parent_id, d.name || up.path
               from up
               join app.department d on d.organization_id = app.current_organization_id() and d.department_id = up.parent_id
             )
             select leaf_id, path from up where parent_id is null",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| (DepartmentId(row.get("leaf_id")), row.get("path")))
        .collect())
}

/// Active employees directly in each of the given departments whom the transaction sees.
pub async fn department_employee_counts(
    transaction: &Transaction,
    department_ids: &[DepartmentId],
) -> Result<Vec<(DepartmentId, i64)>> {
    let ids: Vec<Uuid> = department_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "count employees of departments",
            "select e.department_id, count(*) as n from app.employee e
             where e.organization_id = app.current_organization_id() and e.department_id = any ($1)
               and e.deactivated_at is null
             group by e.department_id",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| (DepartmentId(row.get("department_id")), row.get("n")))
        .collect())
}

/// Makes a department; the name is trimmed and within the limits of the table.
///
/// Errors: [`StoreError::Missing`] for the parent, [`StoreError::Taken`] for the name,
/// [`StoreError::Refused`] below [`MAX_DEPTH`] departments.
pub async fn department_create(
    transaction: &Transaction,
    name: &str,
    parent_id: Option<DepartmentId>,
) -> Result<Department> {
    lock_tree(transaction).await?;
    if let Some(parent_id) = parent_id {
        let depth = depth(transaction, parent_id).await?;
        check_depth(depth + 1)?;
    }
    let row = transaction
        .query_one(
            "create department",
            &format!(
                "insert into app.department as d (organization_id, name, parent_id)
                 values (app.current_organization_id(), $1, $2) returning {COLUMNS}"
            ),
            &[&name, &parent_id.map(|id| id.0)],
        )
        .await
        .map_err(|error| named(error, name))?;
    Ok(department(&row))
}

/// Gives a department another name. Returns what was and what is.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Taken`].
pub async fn department_rename(
    transaction: &Transaction,
    department_id: DepartmentId,
    name: &str,
) -> Result<(Department, Department)> {
    let before = read(transaction, department_id).await?;
    let row = transaction
        .query_one(
            "rename department",
            &format!(
                "update app.department d set name = $2
                 where d.organization_id = app.current_organization_id() and d.department_id = $1 returning {COLUMNS}"
            ),
            &[&department_id.0, &name],
        )
        .await
        .map_err(|error| named(error, name))?;
    Ok((before, department(&row)))
}

/// Puts a department with all below it under another one, or (none) to the top. Returns what was and
/// what is.
///
/// Errors: [`StoreError::Missing`] for the department or the parent, [`StoreError::Taken`] when the name
/// is in use there, [`StoreError::Refused`] for a parent that is the department itself or below it, or
/// when the tree would be deeper than [`MAX_DEPTH`].
pub async fn department_move(
    transaction: &Transaction,
    department_id: DepartmentId,
    parent_id: Option<DepartmentId>,
) -> Result<(Department, Department)> {
    // Two moves at once could make a cycle that neither sees.
    lock_tree(transaction).await?;
    let before = read(transaction, department_id).await?;
    let above = match parent_id {
        Some(parent_id) => depth(transaction, parent_id).await?,
        None => 0,
    };
    let row = transaction
        .query_one(
            "move department",
            &format!(
                "with recursive below as (
                   select department_id, 1 as depth from app.department
                   where organization_id = app.current_organization_id() and department_id = $1
                   union all
                   select child.department_id, below.depth + 1 from below
                   join app.department child on child.organization_id = app.current_organization_id()
                     and child.parent_id = below.department_id
                 ), tree as (
                   select max(depth) as depth, coalesce(bool_or(department_id = $2), false) as is_cycle from below
                 ), moved as (
                   update app.department d set parent_id = $2
                   from tree
                   where d.organization_id = app.current_organization_id() and d.department_id = $1
                     and not tree.is_cycle and tree.depth + $3 <= $4
                   returning {COLUMNS}
                 )
                 select tree.is_cycle, tree.depth, d.* from tree left join moved d on true"
            ),
            &[&department_id.0, &parent_id.map(|id| id.0), &above, &MAX_DEPTH],
        )
        .await
        .map_err(|error| named(error, &before.name))?;
    if row.get("is_cycle") {
        return Err(StoreError::refused(
            format!("`{}` cannot be below itself", before.name),
            "choose a department that is not one of those below it",
        ));
    }
    check_depth(above + row.get::<_, i32>("depth"))?;
    Ok((before, department(&row)))
}

/// Removes an empty department. Returns what was.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] while employees or departments are in it.
pub async fn department_delete(
    transaction: &Transaction,
    department_id: DepartmentId,
) -> Result<Department> {
    let before = read(transaction, department_id).await?;
    transaction
        .execute(
            "delete department",
            "delete from app.department where organization_id = app.current_organization_id() and department_id = $1",
            &[&department_id.0],
        )
        .await
        .map_err(|error| match error.constraint() {
            Some("employee_department_fkey") => StoreError::refused(
                format!("there are employees in `{}`", before.name),
                "move them to another department first, also those who left",
            ),
            Some("department_parent_fkey") => StoreError::refused(
                format!("there are departments below `{}`", before.name),
                "move or delete them first",
            ),
            _ => error,
        })?;
    Ok(before)
}

/// Holds until the transaction ends: one change of the tree at a time in an organisation.
async fn lock_tree(transaction: &Transaction) -> Result<()> {
    transaction
        .execute(
            "lock the departments",
            "select pg_advisory_xact_lock(hashtextextended('app.department ' || app.current_organization_id(), 0))",
            &[],
        )
        .await
        .map(drop)
}

async fn read(transaction: &Transaction, department_id: DepartmentId) -> Result<Department> {
    department_by_ids(transaction, &[department_id])
        .await?
        .pop()
        .ok_or_else(|| missing(department_id))
}

/// Departments from the top to this one, both counted.
async fn depth(transaction: &Transaction, department_id: DepartmentId) -> Result<i32> {
    let paths = department_paths(transaction, &[department_id]).await?;
    let (_, path) = paths.first().ok_or_else(|| missing(department_id))?;
    Ok(i32::try_from(path.len()).unwrap_or(i32::MAX))
}

fn check_depth(depth: i32) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(StoreError::refused(
            format!("the tree would be {depth} departments deep, at most {MAX_DEPTH} are allowed"),
            "choose a department further up",
        ));
    }
    Ok(())
}

fn named(error: StoreError, name: &str) -> StoreError {
    match error.constraint() {
        Some("department_name_key") => StoreError::Taken {
            what: "department",
            name: name.to_owned(),
        },
        _ => error,
    }
}

fn missing(department_id: DepartmentId) -> StoreError {
    StoreError::Missing {
        what: "department",
        name: department_id.to_string(),
    }
}
