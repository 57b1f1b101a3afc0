//! Departments: the tree of an organisation, read and changed.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use rollcall_domain::id::DepartmentId;
use rollcall_store::audit::Event;
use rollcall_store::{StoreError, department as store};
use serde_json::json;

use super::id::{self, Kind};
use super::loader::{ChildrenOf, EmployeeCountOf, PathOf};
use super::page::{self, Connection, PageRequest};
use super::problem::{Problem, ProblemCode, payload, refusal, text};
use super::site::count;
use super::{loader, viewer};
use crate::failure::Failure;

/// Longest name, in characters; the same limit as constraint `department_name_check`.
const MAX_NAME: usize = 200;

/// A part of an organisation that employees belong to.
pub struct Department(pub(super) store::Department);

/// A part of an organisation that employees belong to.
#[Object]
impl Department {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Department, self.0.department_id)
    }

    /// Name for people, unique below the same parent.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Names from the top of the tree to this department.
    async fn path(&self, context: &Context<'_>) -> Result<Vec<String>, Failure> {
        let path = loader(context)?
            .load_one(PathOf(self.0.department_id))
            .await?;
        Ok(path.unwrap_or_default())
    }

    /// The department above; null at the top.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<Self>, Failure> {
        let Some(parent_id) = self.0.parent_id else {
            return Ok(None);
        };
        Ok(loader(context)?.load_one(parent_id).await?.map(Self))
    }

    /// Departments directly below, by name.
    #[graphql(complexity = "1 + 8 * child_complexity")]
    async fn children(&self, context: &Context<'_>) -> Result<Vec<Self>, Failure> {
        let children = loader(context)?
            .load_one(ChildrenOf(self.0.department_id))
            .await?;
        Ok(children.unwrap_or_default().into_iter().map(Self).collect())
    }

    /// Active employees directly in this department whom you may see.
    async fn n_employees(&self, context: &Context<'_>) -> Result<i32, Failure> {
        let n = loader(context)?
            .load_one(EmployeeCountOf(self.0.department_id))
            .await?;
        Ok(count(n.unwrap_or_default()))
    }
}

#[derive(Default)]
pub struct DepartmentQuery;

#[Object]
impl DepartmentQuery {
    /// All departments by name; `parent` makes them a tree.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn departments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Department>, Failure> {
        let request = PageRequest::new("departments", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let rows = store::department_list(&transaction, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::department_count(&transaction).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(rows, total_count, Department))
    }

    /// One department; null when there is none with this id.
    async fn department(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which department.")] id: ID,
    ) -> Result<Option<Department>, Failure> {
        let Some(department_id) = id::decode(Kind::Department, &id) else {
            return Ok(None);
        };
        let department = loader(context)?
            .load_one(DepartmentId(department_id))
            .await?;
        Ok(department.map(Department))
    }
}

/// A new department.
#[derive(InputObject)]
pub struct DepartmentCreateInput {
    /// Name, unique below the same parent, at most 200 characters; space around it is removed.
    name: String,
    /// The department above; null or absent for the top.
    parent_id: Option<ID>,
}

/// Another name for a department.
#[derive(InputObject)]
pub struct DepartmentRenameInput {
    /// Which department.
    department_id: ID,
    /// Name, unique below the same parent, at most 200 characters; space around it is removed.
    name: String,
}

/// Another place for a department and all below it.
#[derive(InputObject)]
pub struct DepartmentMoveInput {
    /// Which department.
    department_id: ID,
    /// The department above; null for the top.
    parent_id: MaybeUndefined<ID>,
}

payload! {
    /// What became of a department.
    DepartmentPayload {
        /// The department as it is now, or as it was before it was deleted; null when refused.
        department: Department
    }
}

#[derive(Default)]
pub struct DepartmentMutation;

#[Object]
impl DepartmentMutation {
    /// Makes a department.
    async fn department_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new department.")] input: DepartmentCreateInput,
    ) -> Result<DepartmentPayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let parent_id = reference(&mut problems, "parentId", input.parent_id.as_ref());
        if !problems.is_empty() {
            return Ok(DepartmentPayload::refused(problems));
        }
        let change = viewer(context)?.change().await?;
        match store::department_create(&change, &name, parent_id).await {
            Ok(department) => {
                let event = Event::new("department.create", "department")
                    .of(department.department_id)
                    .after(described(&department));
                change.commit(&event).await?;
                Ok(DepartmentPayload::done(Department(department)))
            }
            Err(error) => {
                change.undo().await?;
                Ok(refused(error, "parentId")?)
            }
        }
    }

    /// Gives a department another name.
    async fn department_rename(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which department, and its name.")] input: DepartmentRenameInput,
    ) -> Result<DepartmentPayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let id = reference(&mut problems, "departmentId", Some(&input.department_id));
        let Some(department_id) = id.filter(|_| problems.is_empty()) else {
            return Ok(DepartmentPayload::refused(problems));
        };
        let change = viewer(context)?.change().await?;
        match store::department_rename(&change, department_id, &name).await {
            Ok((before, after)) => {
                let event = Event::new("department.rename", "department")
                    .of(department_id)
                    .before(described(&before))
                    .after(described(&after));
                change.commit(&event).await?;
                Ok(DepartmentPayload::done(Department(after)))
            }
            Err(error) => {
                change.undo().await?;
                Ok(refused(error, "departmentId")?)
            }
        }
    }

    /// Puts a department with all below it under another one, or to the top.
    async fn department_move(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which department, and where to.")] input: DepartmentMoveInput,
    ) -> Result<DepartmentPayload, Failure> {
        let mut problems = Vec::new();
        let id = reference(&mut problems, "departmentId", Some(&input.department_id));
        if input.parent_id.is_undefined() {
            let message = "say where to: `parentId` is missing\nhint: give null for the top";
            problems.push(Problem::new(
                "parentId",
                ProblemCode::Blank,
                message.to_owned(),
            ));
        }
        let parent_id = reference(&mut problems, "parentId", input.parent_id.value());
        let Some(department_id) = id.filter(|_| problems.is_empty()) else {
            return Ok(DepartmentPayload::refused(problems));
        };
        let change = viewer(context)?.change().await?;
        match store::department_move(&change, department_id, parent_id).await {
            Ok((before, after)) => {
                let event = Event::new("department.move", "department")
                    .of(department_id)
                    .before(described(&before))
                    .after(described(&after));
                change.commit(&event).await?;
                Ok(DepartmentPayload::done(Department(after)))
            }
            Err(error) => {
                change.undo().await?;
                let is_department = matches!(&error, StoreError::Missing { name, .. } if *name == department_id.to_string());
                let field = if is_department {
                    "departmentId"
                } else {
                    "parentId"
                };
                Ok(refused(error, field)?)
            }
        }
    }

    /// Removes a department in which there are neither employees nor departments.
    async fn department_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which department.")] department_id: ID,
    ) -> Result<DepartmentPayload, Failure> {
        let mut problems = Vec::new();
        let Some(department_id) = reference(&mut problems, "departmentId", Some(&department_id))
        else {
            return Ok(DepartmentPayload::refused(problems));
        };
        let change = viewer(context)?.change().await?;
        match store::department_delete(&change, department_id).await {
            Ok(before) => {
                let event = Event::new("department.delete", "department")
                    .of(department_id)
                    .before(described(&before));
                change.commit(&event).await?;
                Ok(DepartmentPayload::done(Department(before)))
            }
            Err(error) => {
                change.undo().await?;
                Ok(refused(error, "departmentId")?)
            }
        }
    }
}

/// Reads an id that may be absent; what is no id of a department is one that does not exist.
pub(super) fn reference(
    problems: &mut Vec<Problem>,
    field: &str,
    id: Option<&ID>,
) -> Option<DepartmentId> {
    let id = id?;
    let department_id = id::decode(Kind::Department, id).map(DepartmentId);
    if department_id.is_none() {
        problems.push(unknown(field));
    }
    department_id
}

pub(super) fn unknown(field: &str) -> Problem {
    let message = "there is no such department".to_owned();
    Problem::new(field, ProblemCode::NotFound, message)
}

fn refused(error: StoreError, field: &str) -> Result<DepartmentPayload, Failure> {
    let problem = match error {
        StoreError::Missing { .. } => unknown(field),
        StoreError::Taken { .. } => refusal(error, Some("name"))?,
        error => refusal(error, Some(field))?,
    };
    Ok(DepartmentPayload::refused(vec![problem]))
}

fn described(department: &store::Department) -> serde_json::Value {
    json!({
        "name": department.name,
        "parent_id": department.parent_id.map(|id| id.0),
    })
}
