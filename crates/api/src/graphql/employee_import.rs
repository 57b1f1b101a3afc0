//! Making and changing employees from a file, all or none. How files and their cells are read is the
//! submodules' and [`crate::table`]'s.

mod columns;
mod lines;
mod problems;
mod references;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::SiteId;
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::employee_change::EmployeeState;
use rollcall_store::employee_import::{self as store, ImportDefaults, ImportRefusal, ImportStep};
use serde_json::json;

use super::employee_create::{described, sites};
use super::problem::{ChangeStatus, Problem, ProblemCode, refusal};
use super::scalar::Date;
use super::upload::Upload;
use super::viewer;
use crate::failure::Failure;
use crate::table::{self, TableFlaw};
use columns::Column;
use lines::Line;
use problems::{EmployeeImportProblem, RowProblems};
use references::References;

/// A file with employees.
#[derive(InputObject)]
pub struct EmployeeImportInput {
    /// CSV (UTF-8; commas, semicolons or tabs) or XLSX (the first visible sheet), at most 16 MiB and 50,000 rows.
    /// The first row names the columns: `code` and `display name`, and perhaps `sites`, `department`, `home site`,
    /// `hired on`, `left on`. An empty cell leaves what is there, `-` takes it away.
    file: Upload,
    /// Only says what would become of it.
    dry_run: bool,
    /// Site of new employees for whom the file names none.
    default_site_id: Option<ID>,
    /// First day of employment of new employees for whom the file names none.
    default_hired_on: Option<Date>,
}

/// What is done with an employee.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum EmployeeImportOutcome {
    /// The employee is new.
    Created,
    /// Something is changed.
    Updated,
    /// Everything was as in the file already.
    Unchanged,
}

/// What is done with one row of a file.
#[derive(SimpleObject)]
pub struct EmployeeImportRow {
    /// Number in the sheet, or line of the CSV file on which it begins, from 1.
    row: i32,
    /// Personnel number.
    code: String,
    /// What is done with the employee.
    outcome: EmployeeImportOutcome,
    /// Names of the columns with something that is changed; empty unless updated.
    changed: Vec<&'static str>,
}

/// How much an import came to.
#[derive(SimpleObject)]
pub struct EmployeeImport {
    /// Nothing was written: it was only asked for.
    is_dry_run: bool,
    /// Employees that are new.
    n_created: i32,
    /// Employees of whom something is changed.
    n_updated: i32,
    /// Employees who were as in the file already.
    n_unchanged: i32,
    /// Each row, in the order of the file.
    rows: Vec<EmployeeImportRow>,
}

/// What became of an import.
#[derive(SimpleObject)]
pub struct EmployeeImportPayload {
    /// What became of it.
    status: ChangeStatus,
    /// How much it came to; null when refused.
    import: Option<EmployeeImport>,
    /// Problems with anything but single rows, and one that says how many problems there are with rows.
    problems: Vec<Problem>,
    /// Problems with rows in their order, the first 500 of them.
    row_problems: Vec<EmployeeImportProblem>,
    /// How many problems there are with rows.
    n_row_problems: i32,
}

impl EmployeeImportPayload {
    fn refused(mut problems: Vec<Problem>, rows: RowProblems) -> Self {
        let n = rows.len();
        if n > 0 {
            let are = if n == 1 {
                "is a problem"
            } else {
                "are problems"
            };
            let message = format!("there {are} with {n} cells or rows, so nothing was imported");
            problems.push(Problem::new("file", ProblemCode::Refused, message));
        }
        Self {
            status: ChangeStatus::Refused,
            import: None,
            problems,
            row_problems: rows.into_first(),
            n_row_problems: count(n),
        }
    }
}

#[derive(Default)]
pub struct EmployeeImportMutation;

#[Object]
impl EmployeeImportMutation {
    /// Makes and changes employees from a file, sent in a multipart request: all rows or none. Employees are found
    /// by their code; importing the same file again changes nothing. Nobody is taken out of use or back.
    async fn employee_import(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The file, and what holds for all of it.")] input: EmployeeImportInput,
    ) -> Result<EmployeeImportPayload, Failure> {
        let viewer = viewer(context)?;
        let mut row_problems = RowProblems::default();
        let file = input.file.file(context)?;
        let rows = match &file.content {
            Some(content) => table::read(content.clone()).await,
            None => Err(TableFlaw::TooLarge),
        };
        let lines = match rows {
            Ok(rows) => lines::read(&rows, &mut row_problems),
            Err(flaw) => return Ok(unusable(&flaw)),
        };
        if lines.is_empty() && row_problems.len() == 0 {
            let message = "the file has no rows below the names of the columns".to_owned();
            let problem = Problem::new("file", ProblemCode::Blank, message);
            return Ok(EmployeeImportPayload::refused(vec![problem], row_problems));
        }

        let change = viewer.change().await?;
        let mut problems = Vec::new();
        let default_site = input.default_site_id.as_slice();
        let default_site = sites(&change, &mut problems, "defaultSiteId", default_site).await?;
        let references = References::read(&change).await?;
        let wanted: Vec<_> = lines
            .iter()
            .map(|line| references.resolve(line, &mut row_problems))
            .collect();
        let defaults = ImportDefaults {
            site_id: default_site.first().copied(),
            hired_on: input.default_hired_on.map(|date| date.0),
        };
        let steps = store::employee_import_plan(&change, &wanted, defaults).await?;
        for (line, step) in lines.iter().zip(&steps) {
            if let ImportStep::Refuse(refusal) = step {
                refuse(&mut row_problems, line, *refusal);
            }
        }
        if row_problems.len() > 0 || !problems.is_empty() {
            change.undo().await?;
            return Ok(EmployeeImportPayload::refused(problems, row_problems));
        }
        let organization_id = viewer.session.organization_id;
        if let Err(error) = store::employee_import_write(&change, organization_id, &steps).await {
            let problem = written(error)?;
            // Dropped, not undone: a statement failed, so the connection is given up with the transaction.
            return Ok(EmployeeImportPayload::refused(vec![problem], row_problems));
        }
        let import = summary(&lines, &steps, input.dry_run);
        if input.dry_run {
            change.undo().await?;
        } else {
            change
                .commit_all(&events(&import, &steps, defaults.site_id))
                .await?;
        }
        Ok(EmployeeImportPayload {
            status: ChangeStatus::Done,
            import: Some(import),
            problems: Vec::new(),
            row_problems: Vec::new(),
            n_row_problems: 0,
        })
    }
}

fn unusable(flaw: &TableFlaw) -> EmployeeImportPayload {
    let code = match flaw {
        flaw if flaw.is_empty() => ProblemCode::Blank,
        flaw if flaw.is_too_large() => ProblemCode::TooLarge,
        _ => ProblemCode::Malformed,
    };
    let problem = Problem::new("file", code, flaw.to_string());
    EmployeeImportPayload::refused(vec![problem], RowProblems::default())
}

fn refuse(problems: &mut RowProblems, line: &Line, refusal: ImportRefusal) {
    let (column, code, message) = match refusal {
        ImportRefusal::Taken => (
            Column::Code,
            ProblemCode::Taken,
            format!("another employee has the code `{}`", line.code),
        ),
        ImportRefusal::NoName => (
            Column::DisplayName,
            ProblemCode::Blank,
            "the employee is new and has no name".to_owned(),
        ),
        ImportRefusal::NoSite => (
            Column::Sites,
            ProblemCode::Refused,
            "you would not see the employee\nhint: name at least one of your sites".to_owned(),
        ),
        ImportRefusal::LeftBeforeHired { hired_on, left_on } => (
            Column::LeftOn,
            ProblemCode::Refused,
            format!("the last day {left_on} lies before the first day {hired_on}"),
        ),
    };
    if !problems.has(line.row, column.name()) {
        problems.add(line.row, column.name(), code, message);
    }
}

/// What went wrong while writing, as a problem with the file: somebody changed something meanwhile.
fn written(error: StoreError) -> Result<Problem, Failure> {
    match error {
        StoreError::Missing { what, .. } => Ok(Problem::new(
            "file",
            ProblemCode::NotFound,
            format!("a {what} that the file names is not there any more\nhint: try again"),
        )),
        error => refusal(error, Some("file")),
    }
}

fn summary(lines: &[Line], steps: &[ImportStep], is_dry_run: bool) -> EmployeeImport {
    let rows: Vec<EmployeeImportRow> = lines
        .iter()
        .zip(steps)
        .map(|(line, step)| {
            let (outcome, changed) = match step {
                ImportStep::Create(_) => (EmployeeImportOutcome::Created, Vec::new()),
                ImportStep::Update { before, after } => {
                    (EmployeeImportOutcome::Updated, changed(before, after))
                }
                ImportStep::Keep | ImportStep::Refuse(_) => {
                    (EmployeeImportOutcome::Unchanged, Vec::new())
                }
            };
            EmployeeImportRow {
                row: problems::number(line.row),
                code: line.code.clone(),
                outcome,
                changed,
            }
        })
        .collect();
    let n = |outcome| count(rows.iter().filter(|row| row.outcome == outcome).count());
    EmployeeImport {
        is_dry_run,
        n_created: n(EmployeeImportOutcome::Created),
        n_updated: n(EmployeeImportOutcome::Updated),
        n_unchanged: n(EmployeeImportOutcome::Unchanged),
        rows,
    }
}

fn changed(before: &EmployeeState, after: &EmployeeState) -> Vec<&'static str> {
    let (was, is) = (&before.employee, &after.employee);
    [
        (Column::DisplayName, was.display_name != is.display_name),
        (Column::Sites, before.site_ids != after.site_ids),
        (Column::Department, was.department_id != is.department_id),
        (Column::HomeSite, was.home_site_id != is.home_site_id),
        (Column::HiredOn, was.hired_on != is.hired_on),
        (Column::LeftOn, was.left_on != is.left_on),
    ]
    .into_iter()
    .filter(|(_, is_changed)| *is_changed)
    .map(|(column, _)| column.name())
    .collect()
}

/// One event of the import, and one of each employee as if made or changed alone.
fn events(
    import: &EmployeeImport,
    steps: &[ImportStep],
    default_site_id: Option<SiteId>,
) -> Vec<Event> {
    let all = Event::new("employee.import", "employee").after(json!({
        "n_created": import.n_created, "n_updated": import.n_updated, "n_unchanged": import.n_unchanged,
        "default_site_id": default_site_id.map(|id| id.0),
    }));
    let each = steps.iter().filter_map(|step| match step {
        ImportStep::Create(state) => Some(
            Event::new("employee.create", "employee")
                .of(state.employee.employee_id)
                .after(described(state)),
        ),
        ImportStep::Update { before, after } => Some(
            Event::new("employee.update", "employee")
                .of(after.employee.employee_id)
                .before(described(before))
                .after(described(after)),
        ),
        ImportStep::Keep | ImportStep::Refuse(_) => None,
    });
    std::iter::once(all).chain(each).collect()
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
