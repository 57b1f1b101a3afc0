//! `rollcall rules`: how time is counted. Thin: rule files are read by the store.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::civil::Date;
use rollcall_store::rule_set::{self as store, RuleSetApply, RuleSetLine};
use rollcall_store::rules::{from_toml, to_json};

use crate::provision::{InOrganization, Opened, with_instance};
use crate::setting::marked;

/// The built-in rules, each with its meaning.
const DEFAULT: &str = include_str!("rules/default.toml");

/// Rule sets.
#[derive(Subcommand)]
pub enum Rules {
    /// Let the rules of a file hold from a date on. What the file leaves out is as built in.
    Apply {
        /// TOML file; `rollcall rules default` prints one to begin with.
        file: PathBuf,
        /// Only at this site (by name); without it in the whole organisation.
        #[arg(long)]
        site: Option<String>,
        /// First date on which the rules hold; else `valid_from` of the file.
        #[arg(long)]
        valid_from: Option<Date>,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// List all rule sets and their versions.
    List {
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Print the rules of a version as a file that `apply` takes.
    Show {
        /// Name of the rule set.
        name: String,
        /// Which version [default: the newest].
        #[arg(long)]
        version: Option<i32>,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Print the built-in rules as a file with the meaning of each.
    Default,
}

impl Rules {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        if let Self::Default = self {
            out!("{DEFAULT}");
            return Ok(ExitCode::SUCCESS);
        }
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Apply {
                file,
                site,
                valid_from,
                organization,
            } => {
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read `{}`", file.display()))?;
                let read = from_toml(&text).with_context(|| format!("`{}`", file.display()))?;
                let Some(valid_from) = valid_from.or(read.valid_from) else {
                    bail!(
                        "since when shall these rules hold?\nhint: write `valid_from = 2026-12-01` at the top of `{}`, or give `--valid-from`",
                        file.display()
                    );
                };
                let organization_id = opened.organization(&organization).await?;
                let site_id = match &site {
                    Some(name) => Some(opened.site(organization_id, name).await?),
                    None => None,
                };
                let transaction = opened.begin(&organization).await?;
                let apply = RuleSetApply {
                    name: read.name.as_deref(),
                    site_id,
                    valid_from,
                    rules: &read.rules,
                };
                let applied = store::rule_set_apply(&transaction, &apply).await?;
                transaction.commit().await?;
                if applied.is_unchanged {
                    outln!(
                        "rule set {} version {} says this already",
                        applied.name,
                        applied.version
                    );
                    return Ok(());
                }
                outln!(
                    "rule set {} version {} holds {} from {valid_from} on",
                    applied.name,
                    applied.version,
                    site.as_deref()
                        .map_or_else(|| "everywhere".to_owned(), |site| format!("at {site}"))
                );
                for version in applied.superseded {
                    outln!("version {version} does not hold any more");
                }
                outln!("{}", marked(applied.n_marked));
            }
            Self::List { organization } => {
                let transaction = opened.begin(&organization).await?;
                let lines = store::rule_set_list(&transaction).await?;
                if lines.is_empty() {
                    outln!(
                        "no rule sets: the built-in rules hold (`rollcall rules default` prints them)"
                    );
                }
                for line in lines {
                    outln!(
                        "{} version {}: {}, valid from {}",
                        line.name,
                        line.version,
                        line.site.as_deref().unwrap_or("all sites"),
                        line.valid_from
                    );
                }
            }
            Self::Show {
                name,
                version,
                organization,
            } => {
                let transaction = opened.begin(&organization).await?;
                let lines = store::rule_set_list(&transaction).await?;
                let chosen = lines
                    .iter()
                    .filter(|line| line.name == name && version.is_none_or(|v| v == line.version))
                    .max_by_key(|line| line.version);
                match chosen {
                    Some(line) => out!("{}", file(line)?),
                    None => bail!(
                        "there is no such version of a rule set `{name}`\nhint: `rollcall rules list` shows all"
                    ),
                }
            }
            Self::Default => {}
        }
        Ok(())
    }
}

/// A version as a file.
fn file(line: &RuleSetLine) -> anyhow::Result<String> {
    Ok(format!(
        "# Version {}, {}.\nname = {}\nvalid_from = {}\n{}",
        line.version,
        line.site.as_deref().unwrap_or("all sites"),
        toml::Value::from(line.name.as_str()),
        line.valid_from,
        toml::to_string(&to_json(&line.rules))?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_rules_are_the_built_in_ones_and_complete() {
        let read = from_toml(DEFAULT).unwrap();
        assert_eq!(read.rules, rollcall_domain::Rules::default());
        // Rules that are off are shown as comments: with these taken away every name must be known.
        let shown: String = DEFAULT
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let all = from_toml(&shown).unwrap().rules;
        assert_eq!(all.overtime.daily_after_minutes, Some(480));
        assert_eq!(all.overtime.weekly_after_minutes, Some(2400));
        assert_eq!(all.breaks.automatic.len(), 2);
        let written: toml::Table = toml::from_str(&shown).unwrap();
        let serde_json::Value::Object(stored) = to_json(&all) else {
            panic!("rules are a table");
        };
        for (name, value) in &stored {
            let shown = written
                .get(name)
                .unwrap_or_else(|| panic!("{name} is missing"));
            for part in value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(part, _)| part)
            {
                assert!(shown.get(part).is_some(), "{name}.{part} is missing");
            }
        }
    }

    #[test]
    fn a_shown_version_can_be_applied_again() {
        let rules = from_toml(DEFAULT).unwrap().rules;
        let line = RuleSetLine {
            name: "Say \"hi\"".to_owned(),
            site: None,
            version: 3,
            valid_from: Date::constant(2026, 12, 1),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            rules: rules.clone(),
        };
        let read = from_toml(&file(&line).unwrap()).unwrap();
        assert_eq!(read.name, Some(line.name));
        assert_eq!(read.valid_from, Some(line.valid_from));
        assert_eq!(read.rules, rules);
    }
}
