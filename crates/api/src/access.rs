//! Who may do what: the table in `access/rights.txt`, read once, and asked before an operation is executed.
//! Which rows are seen is for row-level security. Must not know what the fields do.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet,
};
use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;

use crate::failure::Failure;
use crate::viewer::Viewer;

/// How far a right reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Never.
    Never,
    /// What is about the employee whom the user is.
    Own,
    /// Within the sites of the user.
    Sites,
    /// Only users who see all sites.
    AllSites,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Right {
    /// For example `Query.employees`.
    pub field: &'static str,
    /// In the order of [`UserRole::ALL`].
    pub reach: [Reach; UserRole::ALL.len()],
    /// What an API token must be allowed to; none: no more than being valid.
    pub scope: Option<&'static str>,
    /// Whether API tokens may at all: what lets people in is for log-in sessions only.
    pub by_token: bool,
}

impl Right {
    /// How far the right of a role reaches.
    pub fn of(&self, role: UserRole) -> Reach {
        let position = UserRole::ALL.iter().position(|known| *known == role);
        position.map_or(Reach::Never, |position| self.reach[position])
    }
}

/// All lines, in their order.
pub static RIGHTS: LazyLock<Vec<Right>> = LazyLock::new(|| {
    include_str!("access/rights.txt")
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| right(line).unwrap_or_else(|| panic!("rights.txt: cannot read `{line}`")))
        .collect()
});

static BY_FIELD: LazyLock<HashMap<&'static str, &'static Right>> =
    LazyLock::new(|| RIGHTS.iter().map(|right| (right.field, right)).collect());

fn right(line: &'static str) -> Option<Right> {
    let words: Vec<&'static str> = line.split_whitespace().collect();
    let [field, reach @ .., scope] = words.as_slice() else {
        return None;
    };
    let reach: Vec<Reach> = reach
        .iter()
        .map(|word| read_reach(word))
        .collect::<Option<_>>()?;
    Some(Right {
        field,
        reach: reach.try_into().ok()?,
        scope: (!["any", "-"].contains(scope)).then_some(scope),
        by_token: *scope != "-",
    })
}

fn read_reach(word: &str) -> Option<Reach> {
    Some(match word {
        "-" => Reach::Never,
        "own" => Reach::Own,
        "yes" => Reach::Sites,
        "all" => Reach::AllSites,
        _ => return None,
    })
}

/// Every scope that a token may be given, sorted.
pub fn token_scopes() -> Vec<&'static str> {
    let mut scopes: Vec<_> = RIGHTS.iter().filter_map(|right| right.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// What somebody may do who logged in with a password that was given out.
const BEFORE_OWN_PASSWORD: [&str; 2] = ["me", "passwordChange"];

/// Whether the viewer may use a field, for example `Query.employees`.
///
/// Errors: [`Failure::Forbidden`]; [`Failure::Argument`] for a field without a line, which a test keeps from
/// being one of the schema.
pub(crate) fn check_field(viewer: &Viewer, field: &str) -> Result<(), Failure> {
    let name = field.rsplit('.').next().unwrap_or_default();
    let right = BY_FIELD
        .get(field)
        .ok_or_else(|| Failure::Argument(format!("there is no field `{field}`")))?;
    let session = &viewer.session;
    let role = session.role;
    match right.of(role) {
        Reach::Never => {
            return Err(Failure::Forbidden(format!(
                "`{name}` is not for role {}",
                role.as_str()
            )));
        }
        Reach::AllSites if !session.all_sites => {
            return Err(Failure::Forbidden(format!(
                "`{name}` is for users who see all sites"
            )));
        }
        Reach::Own if session.employee_id.is_none() => {
            return Err(Failure::Forbidden(format!(
                "`{name}` is for users who are linked to an employee"
            )));
        }
        _ => {}
    }
    match (&session.token_scopes, right.scope) {
        (Some(_), _) if !right.by_token => Err(Failure::Forbidden(format!(
            "`{name}` is not for API tokens: log in"
        ))),
        (Some(allowed), Some(scope)) if !allowed.iter().any(|allowed| allowed == scope) => Err(
            Failure::Forbidden(format!("`{name}` needs a token with the scope `{scope}`")),
        ),
        _ => Ok(()),
    }
}

/// The employee whom the viewer is, when a field shows the viewer nothing but what is about that one.
pub(crate) fn own_only(viewer: &Viewer, field: &str) -> Option<EmployeeId> {
    let right = BY_FIELD.get(field)?;
    match right.of(viewer.session.role) {
        Reach::Own => viewer.session.employee_id,
        _ => None,
    }
}

/// Whether the viewer may use all root fields of an operation, also those in fragments.
///
/// Errors: as [`check_field`], for the first that is not allowed.
pub(crate) fn check_operation(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    viewer: &Viewer,
) -> Result<(), Failure> {
    let operations: Vec<_> = match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), _) => vec![operation],
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).into_iter().collect()
        }
        (DocumentOperations::Multiple(operations), None) => operations.values().collect(),
    };
    for operation in operations {
        let kind = match operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut fields = Vec::new();
        root_fields(
            document,
            &operation.node.selection_set,
            &mut HashSet::new(),
            &mut fields,
        );
        for field in fields {
            if !field.starts_with("__") {
                if viewer.session.must_change_password && !BEFORE_OWN_PASSWORD.contains(&field) {
                    return Err(Failure::PasswordChange);
                }
                check_field(viewer, &format!("{kind}.{field}"))?;
            }
        }
    }
    Ok(())
}

fn root_fields<'a>(
    document: &'a ExecutableDocument,
    selection: &'a Positioned<SelectionSet>,
    seen: &mut HashSet<&'a str>,
    fields: &mut Vec<&'a str>,
) {
    for item in &selection.node.items {
        match &item.node {
            Selection::Field(field) => fields.push(&field.node.name.node),
            Selection::InlineFragment(fragment) => {
                root_fields(document, &fragment.node.selection_set, seen, fields);
            }
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                // A fragment that spreads itself is refused by validation, which comes later.
                if let Some(fragment) = document.fragments.get(name)
                    && seen.insert(name)
                {
                    root_fields(document, &fragment.node.selection_set, seen, fields);
                }
            }
        }
    }
}

/// Refuses a field of an object to those for whom its line in the table is not:
/// `#[graphql(guard = "Allowed(\"Employee.photos\")")]`.
pub(crate) struct Allowed(pub &'static str);

impl async_graphql::Guard for Allowed {
    async fn check(&self, context: &async_graphql::Context<'_>) -> async_graphql::Result<()> {
        Ok(check_field(crate::graphql::viewer(context)?, self.0)?)
    }
}

/// `docs/access.md`.
pub fn access_markdown() -> String {
    let word = |reach: Reach| match reach {
        Reach::Never => "",
        Reach::Own => "own",
        Reach::Sites => "yes",
        Reach::AllSites => "all sites",
    };
    let mut text = String::from(
        "# Who may do what\n\n\
         Made from `crates/api/src/access/rights.txt` by `make gen`; `crates/api/tests/api/rights.rs` walks the\n\
         whole table with real users, and checks that nobody sees what is of another site or organisation.\n\n\
         *yes*: within the sites of the user. *all sites*: only users who see all sites. *own*: only what is about the\n\
         employee whom the user is. A user of any role who is linked to an employee also sees what is about themselves.\n\
         The last column is the scope that an API token needs; empty: not for tokens at all. A token never has more\n\
         rights than its user.\n",
    );
    let roles: Vec<&str> = UserRole::ALL.iter().map(|role| role.as_str()).collect();
    for kind in ["Query", "Mutation", "Subscription", ""] {
        let of_kind: Vec<&Right> = RIGHTS
            .iter()
            .filter(|right| {
                let first = right.field.split('.').next().unwrap_or_default();
                let is_root = ["Query", "Mutation", "Subscription"].contains(&first);
                first == kind || (kind.is_empty() && !is_root)
            })
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let title = match kind {
            "Query" => "Queries",
            "Mutation" => "Mutations",
            "Subscription" => "Subscriptions",
            _ => "Fields of objects",
        };
        text += &format!(
            "\n## {title}\n\n| field | {} | scope |\n|---|{}---|\n",
            roles.join(" | "),
            "---|".repeat(roles.len())
        );
        for right in of_kind {
            let field = match kind {
                "" => right.field,
                _ => right.field.split('.').nth(1).unwrap_or_default(),
            };
            let reach: Vec<&str> = right.reach.iter().map(|reach| word(*reach)).collect();
            text += &format!(
                "| `{field}` | {} | {} |\n",
                reach.join(" | "),
                right.scope.map_or_else(
                    || if right.by_token { "any" } else { "" }.to_owned(),
                    |scope| format!("`{scope}`")
                )
            );
        }
    }
    text
}
