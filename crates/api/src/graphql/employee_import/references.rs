//! Sites and departments by the names that a file gives. A site that the viewer does not see is one that does
//! not exist.

use std::collections::HashMap;

use rollcall_domain::id::{DepartmentId, SiteId};
use rollcall_store::Transaction;
use rollcall_store::employee_import::{
    ImportLine, ImportName, employee_import_departments, employee_import_sites,
};
use rollcall_store::employment::{Change, EmploymentChange};

use super::super::problem::ProblemCode;
use super::columns::Column;
use super::lines::Line;
use super::problems::RowProblems;
use crate::failure::Failure;

/// Between the departments of a path.
const PATH: char = '/';
/// Between sites.
const SITES: [char; 3] = [';', '|', '\n'];
/// Longest name that is repeated in a message.
const MAX_SHOWN: usize = 100;

/// All that a file may name.
pub(super) struct References {
    sites: Names<SiteId>,
    departments: Names<DepartmentId>,
}

impl References {
    pub async fn read(transaction: &Transaction) -> Result<Self, Failure> {
        Ok(Self {
            sites: Names::of(&employee_import_sites(transaction).await?),
            departments: Names::of(&employee_import_departments(transaction).await?),
        })
    }

    /// The line with ids; adds a problem for each name that is nobody's, or several's.
    pub fn resolve(&self, line: &Line, problems: &mut RowProblems) -> ImportLine {
        let mut add = |column: Column, (code, message): (ProblemCode, String)| {
            problems.add(line.row, column.name(), code, message);
        };
        let site_ids = line.sites.as_ref().map(|sites| match sites {
            None => Vec::new(),
            Some(names) => self.sites(names, |problem| add(Column::Sites, problem)),
        });
        let home_site_id = one(&line.home_site, |name| self.sites.find(name, "site"))
            .unwrap_or_else(|problem| {
                add(Column::HomeSite, problem);
                None
            });
        let department_id = one(&line.department, |name| {
            self.departments.find(name, "department")
        })
        .unwrap_or_else(|problem| {
            add(Column::Department, problem);
            None
        });
        ImportLine {
            code: line.code.clone(),
            display_name: line.display_name.clone(),
            site_ids,
            department_id,
            employment: EmploymentChange {
                hired_on: line.hired_on,
                left_on: line.left_on,
                home_site_id,
            },
        }
    }

    /// One site, or several.
    fn sites(&self, names: &str, mut add: impl FnMut((ProblemCode, String))) -> Vec<SiteId> {
        if let Ok(site_id) = self.sites.find(names, "site") {
            return vec![site_id];
        }
        names
            .split(SITES)
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .filter_map(|name| self.sites.find(name, "site").map_err(&mut add).ok())
            .collect()
    }
}

type Found<T> = Result<T, (ProblemCode, String)>;

/// What a cell wants, when it names one thing.
fn one<T>(
    wanted: &Change<String>,
    find: impl FnOnce(&str) -> Found<T>,
) -> Result<Change<T>, (ProblemCode, String)> {
    Ok(match wanted {
        None => None,
        Some(None) => Some(None),
        Some(Some(name)) => Some(Some(find(name)?)),
    })
}

/// Ids by name, and by path from the top; in other case too, where that is clear.
struct Names<T> {
    exact: HashMap<String, Vec<T>>,
    folded: HashMap<String, Vec<T>>,
}

impl<T: Copy + PartialEq> Names<T> {
    fn of(names: &[ImportName<T>]) -> Self {
        let mut found = Self {
            exact: HashMap::new(),
            folded: HashMap::new(),
        };
        for name in names {
            let path = name.path.join(&format!(" {PATH} "));
            let last = name.path.last().cloned().unwrap_or_default();
            for key in [last, path] {
                for (map, key) in [
                    (&mut found.exact, key.clone()),
                    (&mut found.folded, folded(&key)),
                ] {
                    let ids = map.entry(key).or_default();
                    if !ids.contains(&name.id) {
                        ids.push(name.id);
                    }
                }
            }
        }
        found
    }

    fn find(&self, name: &str, what: &str) -> Found<T> {
        let ids = self
            .exact
            .get(name)
            .or_else(|| self.folded.get(&folded(name)));
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        let shown = shown.replace(char::is_control, " ");
        match ids.map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            Some([_, _, ..]) => Err((
                ProblemCode::Refused,
                format!(
                    "there is more than one {what} `{shown}`\nhint: write the names from the top to it, like `Works / Night`"
                ),
            )),
            _ => {
                let code = match what {
                    "site" => ProblemCode::UnknownSite,
                    _ => ProblemCode::NotFound,
                };
                Err((code, format!("there is no {what} `{shown}`")))
            }
        }
    }
}

/// Lower case, with the same space around each part of a path.
fn folded(name: &str) -> String {
    let parts: Vec<&str> = name.split(PATH).map(str::trim).collect();
    parts.join(" / ").to_lowercase()
}
