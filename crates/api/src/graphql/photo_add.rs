//! Adding photographs of an employee. Each file is taken or refused on its own.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::{EmployeeId, PhotoId};
use rollcall_domain::image_header::{self, ImageFlaw};
use rollcall_store::audit::Event;
use rollcall_store::employee::employee_by_ids;
use rollcall_store::enrolment::photo_add;
use rollcall_store::photo::{Photo, photo_by_ids};
use serde_json::json;

use super::employee::Employee;
use super::id::{self, Kind};
use super::photo::EmployeePhoto;
use super::problem::{ChangeStatus, Problem, ProblemCode};
use super::upload::{Upload, UploadedFile};
use super::viewer;
use crate::failure::Failure;
use crate::http::MAX_FILE_BYTES;

/// Photographs to be added.
#[derive(InputObject)]
pub struct EmployeePhotoAddInput {
    /// Whose face they show.
    employee_id: ID,
    /// JPEG, PNG or WebP files, 1 to 20, with at most 64 million pixels each.
    files: Vec<Upload>,
}

/// What was done with a file.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum PhotoFileOutcome {
    /// Kept; it is read in the background.
    Queued,
    /// The employee has the very same photograph already; nothing was done.
    Duplicate,
    /// Not kept; the problem says why.
    Refused,
}

/// What was done with one file.
#[derive(SimpleObject)]
pub struct PhotoFile {
    /// Its name, as sent.
    name: String,
    /// What was done with it.
    outcome: PhotoFileOutcome,
    /// The photograph; null when refused.
    photo: Option<EmployeePhoto>,
    /// Why it was refused; null otherwise.
    problem: Option<Problem>,
}

/// What became of new photographs.
#[derive(SimpleObject)]
pub struct EmployeePhotoAddPayload {
    /// Done when at least one file was taken or was there already.
    status: ChangeStatus,
    /// The employee; null when refused.
    employee: Option<Employee>,
    /// What was done with each file, in their order; empty when there is no such employee.
    files: Vec<PhotoFile>,
    /// Problems with anything but a single file; those stand beside the files.
    problems: Vec<Problem>,
}

impl EmployeePhotoAddPayload {
    fn refused(files: Vec<PhotoFile>, problems: Vec<Problem>) -> Self {
        Self {
            status: ChangeStatus::Refused,
            employee: None,
            files,
            problems,
        }
    }
}

#[derive(Default)]
pub struct PhotoAddMutation;

#[Object]
impl PhotoAddMutation {
    /// Adds photographs by which an employee is to be recognised, in a multipart request. Each file is
    /// checked by its content, kept, and read in the background; the same file again tries again when it
    /// was refused or failed. Roles owner and hr_admin may.
    async fn employee_photo_add(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The employee and the files.")] input: EmployeePhotoAddInput,
    ) -> Result<EmployeePhotoAddPayload, Failure> {
        let viewer = viewer(context)?;
        if input.files.is_empty() {
            let text = "`files` is empty".to_owned();
            let problem = Problem::new("files", ProblemCode::Blank, text);
            return Ok(EmployeePhotoAddPayload::refused(Vec::new(), vec![problem]));
        }
        let change = viewer.change().await?;
        let employee_id = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId);
        let employees = employee_by_ids(&change, employee_id.as_slice()).await?;
        let Some(employee) = employees.into_iter().next() else {
            change.undo().await?;
            let text = "there is no such employee".to_owned();
            let problem = Problem::new("employeeId", ProblemCode::NotFound, text);
            return Ok(EmployeePhotoAddPayload::refused(Vec::new(), vec![problem]));
        };
        let mut done = Vec::new();
        let mut events = Vec::new();
        for (position, upload) in input.files.iter().enumerate() {
            let file = upload.file(context)?;
            let content = match check(file) {
                Ok(content) => content,
                Err(problem) => {
                    let field = format!("files.{position}");
                    let (code, text) = problem;
                    let text = format!("`{}`: {text}", file.name);
                    done.push((file, None, Some(Problem::new(&field, code, text))));
                    continue;
                }
            };
            let organization_id = viewer.session.organization_id;
            let added = photo_add(&change, organization_id, employee.employee_id, content).await?;
            if added.job_id.is_some() {
                let after =
                    json!({ "employee_id": employee.employee_id.0, "is_new": added.is_new });
                events.push(
                    Event::new("photo.add", "photo")
                        .of(added.photo_id)
                        .after(after),
                );
            }
            done.push((file, Some(added), None));
        }
        let photo_ids: Vec<PhotoId> = done
            .iter()
            .filter_map(|(_, added, _)| Some(added.as_ref()?.photo_id))
            .collect();
        let photos = photo_by_ids(&change, &photo_ids).await?;
        change.commit_all(&events).await?;
        let files: Vec<PhotoFile> = done
            .into_iter()
            .map(|(file, added, problem)| {
                let outcome = match added {
                    None => PhotoFileOutcome::Refused,
                    Some(added) if added.job_id.is_some() => PhotoFileOutcome::Queued,
                    Some(_) => PhotoFileOutcome::Duplicate,
                };
                let photo: Option<&Photo> = added
                    .and_then(|added| photos.iter().find(|photo| photo.photo_id == added.photo_id));
                PhotoFile {
                    name: file.name.clone(),
                    outcome,
                    photo: photo.cloned().map(EmployeePhoto),
                    problem,
                }
            })
            .collect();
        if photo_ids.is_empty() {
            return Ok(EmployeePhotoAddPayload::refused(files, Vec::new()));
        }
        Ok(EmployeePhotoAddPayload {
            status: ChangeStatus::Done,
            employee: Some(Employee(employee)),
            files,
            problems: Vec::new(),
        })
    }
}

/// The content of a file that may become a photograph, or what is wrong with it.
fn check(file: &UploadedFile) -> Result<&[u8], (ProblemCode, String)> {
    let content = file.content.as_deref().ok_or_else(|| {
        let text = format!("the file is larger than {} MiB", MAX_FILE_BYTES >> 20);
        (ProblemCode::TooLarge, text)
    })?;
    image_header::read(content).map_err(|flaw| {
        let code = match flaw {
            ImageFlaw::Empty => ProblemCode::Blank,
            ImageFlaw::TooLarge { .. } => ProblemCode::TooLarge,
            _ => ProblemCode::Malformed,
        };
        (code, flaw.to_string())
    })?;
    Ok(content)
}
