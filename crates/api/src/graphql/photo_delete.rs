//! Deleting a photograph of an employee, with all that was made of it.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::PhotoId;
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::employee::employee_by_ids;
use rollcall_store::photo::photo_delete;
use serde_json::json;

use super::employee::Employee;
use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload};
use super::viewer;
use crate::failure::Failure;

/// A photograph to be deleted.
#[derive(InputObject)]
pub struct EmployeePhotoDeleteInput {
    /// The photograph.
    photo_id: ID,
}

payload! {
    /// What became of a photograph to be deleted.
    EmployeePhotoDeletePayload {
        /// The employee whom it showed, as it is now; null when refused.
        employee: Employee
    }
}

#[derive(Default)]
pub struct PhotoDeleteMutation;

#[Object]
impl PhotoDeleteMutation {
    /// Deletes a photograph and its templates: from then on the person is not recognised by it. Roles owner
    /// and hr_admin may.
    async fn employee_photo_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The photograph.")] input: EmployeePhotoDeleteInput,
    ) -> Result<EmployeePhotoDeletePayload, Failure> {
        let viewer = viewer(context)?;
        let Some(photo_id) = id::decode(Kind::Photo, &input.photo_id).map(PhotoId) else {
            return Ok(EmployeePhotoDeletePayload::refused(vec![unknown()]));
        };
        let change = viewer.change().await?;
        let deleted = photo_delete(&change, viewer.session.organization_id, photo_id).await;
        let (employee_id, n_templates) = match deleted {
            Ok(deleted) => deleted,
            Err(StoreError::Missing { .. }) => {
                change.undo().await?;
                return Ok(EmployeePhotoDeletePayload::refused(vec![unknown()]));
            }
            Err(error) => return Err(error.into()),
        };
        let employees = employee_by_ids(&change, &[employee_id]).await?;
        let employee = employees.into_iter().next().ok_or(Failure::Unexpected)?;
        let event = Event::new("photo.delete", "photo")
            .of(photo_id)
            .before(json!({ "employee_id": employee_id.0, "n_templates": n_templates }));
        change.commit(&event).await?;
        Ok(EmployeePhotoDeletePayload::done(Employee(employee)))
    }
}

fn unknown() -> Problem {
    let message = "there is no such photograph".to_owned();
    Problem::new("photoId", ProblemCode::NotFound, message)
}
