//! `rollcall attendance simulate`: derives the past with other rules and prints who changes and by how
//! much. Must not write anything: it works in a transaction that only reads.

mod compare;
mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use rollcall_domain::id::{OrganizationId, RuleSetId, SiteId};
use rollcall_domain::{RuleBook, RuleSetVersion, derive_days};
use rollcall_store::derivation::{DayInputs, DaySpan};
use rollcall_store::employee::{EmployeeName, employee_names};
use rollcall_store::rules::{RuleFile, from_toml};
use rollcall_store::{Scope, Transaction};
use uuid::Uuid;

use crate::provision::{InOrganization, Opened, with_instance};
use compare::{Comparison, PersonChange};

/// People whose inputs are in memory at a time.
const PEOPLE_AT_ONCE: usize = 100;
/// Longest span that is simulated.
const LONGEST_DAYS: i64 = 3660;

/// Options of the simulator.
#[derive(Args)]
pub struct Simulate {
    /// TOML file with the other rules; `rollcall rules default` and `rollcall rules show` print one.
    #[arg(long)]
    rules: PathBuf,
    /// First work date, for example 2026-10-01.
    #[arg(long)]
    from: Date,
    /// Last work date (inclusive).
    #[arg(long)]
    to: Date,
    /// Use the rules as those of this site (by name), for its people; without it as those of the whole
    /// organisation.
    #[arg(long)]
    site: Option<String>,
    /// Only this employee (personnel number); may be repeated.
    #[arg(long)]
    employee: Vec<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    organization: InOrganization,
}

/// Form of the output.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Text for people.
    Table,
    /// Comma-separated values: one line for each figure that changes.
    Csv,
}

impl Simulate {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let file = self.read()?;
        let organization_id = opened.organization(&self.organization).await?;
        let site_id = match &self.site {
            Some(name) => Some(opened.site(organization_id, name).await?),
            None => None,
        };
        let wanted = opened.employees(organization_id, &self.employee).await?;
        let scope = Scope::organization(organization_id);
        let transaction = opened.instance.api()?.begin_read_only(&scope).await?;
        let mut people = employee_names(&transaction, site_id).await?;
        if !wanted.is_empty() {
            people.retain(|person| wanted.contains(&person.employee_id));
        }
        if people.is_empty() {
            bail!("nobody is concerned\nhint: are `--site` and `--employee` of the same people?");
        }
        let rules = Simulated {
            file,
            site_id,
            from: self.from,
        };
        let comparison = self
            .compare(&transaction, organization_id, &people, &rules)
            .await?;
        drop(transaction);
        match self.format {
            Format::Table => out!("{}", print::table(&comparison)),
            Format::Csv => out!("{}", print::csv(&comparison)),
        }
        Ok(())
    }

    fn read(&self) -> anyhow::Result<RuleFile> {
        if self.to < self.from {
            bail!(
                "`--to` {} lies before `--from` {}\nhint: give them in order",
                self.to,
                self.from
            );
        }
        let n_days = self.to.duration_since(self.from).as_hours() / 24;
        if n_days > LONGEST_DAYS {
            bail!("{n_days} days are too many\nhint: simulate ten years at most");
        }
        let path = self.rules.display();
        let text = std::fs::read_to_string(&self.rules)
            .with_context(|| format!("cannot read `{path}`"))?;
        from_toml(&text).with_context(|| format!("`{path}`"))
    }

    async fn compare(
        &self,
        transaction: &Transaction,
        organization_id: OrganizationId,
        people: &[EmployeeName],
        rules: &Simulated,
    ) -> anyhow::Result<Comparison> {
        let as_of = transaction.now().await?;
        let mut comparison = Comparison::new(self.from, self.to);
        for people in people.chunks(PEOPLE_AT_ONCE) {
            let spans = people.iter().map(|person| DaySpan {
                employee_id: person.employee_id,
                from: self.from,
                to: self.to,
            });
            let inputs =
                DayInputs::read(transaction, organization_id, as_of, spans.collect()).await?;
            let other = inputs.book_with(rules.beside(inputs.rule_sets()));
            for (span, input) in inputs.people() {
                let Some(input) = input else { continue };
                let Some(person) = people
                    .iter()
                    .find(|person| person.employee_id == span.employee_id)
                else {
                    continue;
                };
                let derive = |book: &RuleBook| derive_days(book, &input);
                comparison.add(PersonChange::new(
                    person,
                    &derive(inputs.book()),
                    &derive(&other),
                ));
            }
        }
        Ok(comparison)
    }
}

/// The other rules, and where they would hold.
struct Simulated {
    file: RuleFile,
    site_id: Option<SiteId>,
    from: Date,
}

impl Simulated {
    /// The rule sets in force with one more version: as if the file had been applied before `from`.
    fn beside(&self, in_force: &[RuleSetVersion]) -> Vec<RuleSetVersion> {
        let mut sets = in_force.to_vec();
        let newest = in_force
            .iter()
            .filter(|set| set.site_id == self.site_id)
            .max_by_key(|set| set.version);
        sets.push(RuleSetVersion {
            rule_set_id: newest.map_or(RuleSetId(Uuid::nil()), |set| set.rule_set_id),
            name: newest.map_or_else(
                || {
                    self.file
                        .name
                        .clone()
                        .unwrap_or_else(|| "simulated".to_owned())
                },
                |set| set.name.clone(),
            ),
            site_id: self.site_id,
            version: newest.map_or(1, |set| set.version.saturating_add(1)),
            valid_from: self.from,
            rules: self.file.rules.clone(),
        });
        sets
    }
}
