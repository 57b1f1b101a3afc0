//! Letting rules hold from a date on. Must not know what a rule does: the store checks it.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, SimpleObject};
use rollcall_domain::Rules;
use rollcall_domain::id::SiteId;
use rollcall_store::audit::Event;
use rollcall_store::rule_set::{self as store, RuleSetApply};
use rollcall_store::rules::{RuleFile, from_toml, to_json};
use serde_json::json;

use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{ChangeStatus, Problem, ProblemCode, text};
use super::rule_set::RuleSet;
use super::rules_input::AttendanceRulesInput;
use super::scalar::Date;
use super::viewer;
use crate::failure::Failure;

/// Longest name, in characters; the same limit as constraint `rule_set_name_check`.
const MAX_NAME: usize = 100;
/// Longest rule file, in bytes.
const MAX_TOML: usize = 100_000;

/// Rules that are to hold.
#[derive(InputObject)]
pub struct RuleSetApplyInput {
    /// The site; the whole organisation when absent, which only users who see all sites may.
    site_id: Option<ID>,
    /// Name of a new rule set. An existing one keeps its name.
    name: Option<String>,
    /// First date on which the rules hold; may be absent when the file says it.
    valid_from: Option<Date>,
    /// The rules.
    rules: RulesInput,
}

/// Rules in one of two forms. What is left out is as built in.
#[derive(OneofObject)]
pub enum RulesInput {
    /// Rule by rule.
    Fields(AttendanceRulesInput),
    /// A file as `rollcall rules apply` takes it, in TOML.
    Toml(String),
}

/// What became of rules.
#[derive(SimpleObject)]
pub struct RuleSetPayload {
    /// What became of it.
    status: ChangeStatus,
    /// The rule set with all its versions; null when refused.
    rule_set: Option<RuleSet>,
    /// The version that says these rules; null when refused.
    version: Option<i32>,
    /// The newest version said the same already: nothing was written.
    is_unchanged: bool,
    /// Versions that would have held later and do not hold any more.
    superseded: Vec<i32>,
    /// Employees whose days are derived again.
    n_employees: i32,
    /// Why it was refused; empty when done.
    problems: Vec<Problem>,
}

impl RuleSetPayload {
    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            status: ChangeStatus::Refused,
            rule_set: None,
            version: None,
            is_unchanged: false,
            superseded: Vec::new(),
            n_employees: 0,
            problems,
        }
    }
}

#[derive(Default)]
pub struct RuleSetMutation;

#[Object]
impl RuleSetMutation {
    /// Adds a version to the rule set of a site or of the organisation, which is made when there is none. Days
    /// from its first date on are derived again; those of closed periods become adjustments.
    async fn rule_set_apply(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The rules, and where and since when they hold.")]
        input: RuleSetApplyInput,
    ) -> Result<RuleSetPayload, Failure> {
        let mut problems = Vec::new();
        let site_id = input
            .site_id
            .as_ref()
            .map(|id| id::decode(Kind::Site, id).map(SiteId));
        if site_id == Some(None) {
            problems.push(missing("site"));
        }
        let name = input.name.as_deref();
        let name = name.map(|name| text(&mut problems, "name", name, MAX_NAME));
        let file = match read(input.rules) {
            Ok(file) => file,
            Err(problem) => {
                problems.push(problem);
                return Ok(RuleSetPayload::refused(problems));
            }
        };
        let in_file = file.name.as_deref();
        let in_file = in_file.map(|name| text(&mut problems, "toml", name, MAX_NAME));
        let name = name.or(in_file);
        let valid_from = input.valid_from.map(|date| date.0).or(file.valid_from);
        if valid_from.is_none() {
            let message = "since when shall these rules hold?\nhint: give `validFrom`".to_owned();
            problems.push(Problem::new("validFrom", ProblemCode::Blank, message));
        }
        let (Some(valid_from), true) = (valid_from, problems.is_empty()) else {
            return Ok(RuleSetPayload::refused(problems));
        };
        let apply = RuleSetApply {
            name: name.as_deref(),
            site_id: site_id.flatten(),
            valid_from,
            rules: &file.rules,
        };
        let change = viewer(context)?.change().await?;
        let applied = match store::rule_set_apply_checked(&change, &apply).await {
            Ok(applied) => applied,
            // The transaction is dropped, so nothing was written.
            Err(error) => return Ok(RuleSetPayload::refused(vec![plan_problem(error)?])),
        };
        let rule_set = store::rule_set_at(&change, apply.site_id).await?;
        let rule_set = rule_set.ok_or(Failure::Unexpected)?;
        let event = Event::new("rule_set.apply", "rule_set")
            .of(rule_set.rule_set_id)
            .after(json!({
                "version": applied.version, "valid_from": valid_from, "is_unchanged": applied.is_unchanged,
                "rules": to_json(&file.rules),
            }));
        change.commit(&event).await?;
        Ok(RuleSetPayload {
            status: ChangeStatus::Done,
            rule_set: Some(RuleSet(rule_set)),
            version: Some(applied.version),
            is_unchanged: applied.is_unchanged,
            superseded: applied.superseded,
            n_employees: i32::try_from(applied.n_marked).unwrap_or(i32::MAX),
            problems: Vec::new(),
        })
    }
}

fn read(rules: RulesInput) -> Result<RuleFile, Problem> {
    let malformed = |message| Problem::new("toml", ProblemCode::Malformed, message);
    match rules {
        RulesInput::Fields(fields) => Ok(RuleFile {
            name: None,
            valid_from: None,
            rules: fields.over(Rules::default())?,
        }),
        RulesInput::Toml(text) if text.len() > MAX_TOML => Err(malformed(format!(
            "the file has {} bytes, at most {MAX_TOML} are read",
            text.len()
        ))),
        RulesInput::Toml(text) => from_toml(&text).map_err(|error| match error {
            rollcall_store::StoreError::Refused { problem, .. } => malformed(problem),
            error => malformed(error.to_string()),
        }),
    }
}
