//! Which column is which: names in the first row. Must not know what stands below them.

use crate::table::{Cell, Row};

use super::super::problem::ProblemCode;
use super::problems::RowProblems;

/// Longest name of an unknown column that is repeated in a message.
const MAX_SHOWN: usize = 60;

/// A column of an import of employees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Code,
    DisplayName,
    Sites,
    Department,
    HomeSite,
    HiredOn,
    LeftOn,
}

impl Column {
    const ALL: [Self; 7] = [
        Self::Code,
        Self::DisplayName,
        Self::Sites,
        Self::Department,
        Self::HomeSite,
        Self::HiredOn,
        Self::LeftOn,
    ];

    /// Its name in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::DisplayName => "display name",
            Self::Sites => "sites",
            Self::Department => "department",
            Self::HomeSite => "home site",
            Self::HiredOn => "hired on",
            Self::LeftOn => "left on",
        }
    }

    /// Other names that are understood, as [`folded`] writes them.
    fn others(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["employeecode", "personnelnumber", "employeenumber"],
            Self::DisplayName => &["name", "fullname", "employeename"],
            Self::Sites => &["site"],
            Self::Department => &[],
            Self::HomeSite => &["home"],
            Self::HiredOn => &["hired", "hiredate", "startdate", "firstday"],
            Self::LeftOn => &["left", "enddate", "lastday"],
        }
    }

    fn is_required(self) -> bool {
        matches!(self, Self::Code | Self::DisplayName)
    }

    fn find(name: &str) -> Option<Self> {
        let name = folded(name);
        Self::ALL.into_iter().find(|column| {
            folded(column.name()) == name || column.others().contains(&name.as_str())
        })
    }
}

/// Without what people write differently: case, spaces, underscores, hyphens, points.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Where the columns are, by the row that names them; those that cannot be used are none.
pub(super) fn read(header: &Row, problems: &mut RowProblems) -> Vec<(usize, Option<Column>)> {
    let mut columns: Vec<(usize, Option<Column>)> = Vec::new();
    for (position, cell) in &header.cells {
        let name = match cell {
            Cell::Text(text) | Cell::Unusable(text) => text.clone(),
            Cell::Date(date) => date.to_string(),
        };
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        let shown = shown.replace(char::is_control, " ");
        let mut found = Column::find(&name);
        match found {
            Some(column) if columns.iter().any(|(_, known)| *known == Some(column)) => {
                let message = format!("the column `{}` is there twice", column.name());
                problems.add(header.number, &shown, ProblemCode::Refused, message);
                found = None;
            }
            Some(_) => {}
            None => {
                let known = Column::ALL.map(|column| format!("`{}`", column.name()));
                let message = format!(
                    "there is no column `{shown}`\nhint: columns are {}",
                    known.join(", ")
                );
                problems.add(header.number, &shown, ProblemCode::NotFound, message);
            }
        }
        columns.push((*position, found));
    }
    for column in Column::ALL {
        if column.is_required() && !columns.iter().any(|(_, known)| *known == Some(column)) {
            let message = format!("the column `{}` is missing", column.name());
            problems.add(header.number, column.name(), ProblemCode::Blank, message);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_read_tolerantly() {
        let check = |name: &str, expected: Option<Column>| {
            assert_eq!(Column::find(name), expected, "{name}");
        };
        check("code", Some(Column::Code));
        check("Personnel Number", Some(Column::Code));
        check("DISPLAY_NAME", Some(Column::DisplayName));
        check("Full-Name", Some(Column::DisplayName));
        check("Site", Some(Column::Sites));
        check("hired_on", Some(Column::HiredOn));
        check(" left  on ", Some(Column::LeftOn));
        check("email", None);
        check("", None);
    }
}
