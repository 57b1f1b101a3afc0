//! `rollcall config check`, `show` and `reference`. Must not start anything.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use rollcall_store::database::without_password;

use super::problem::Read;
use super::setting::{DATABASE_URL, SETTINGS};
use super::{Config, variable};

/// Configuration of the hub.
#[derive(Subcommand)]
pub enum Command {
    /// Say everything that is wrong with the configuration; exit status 1 when something is.
    Check,
    /// Print every setting as it is in effect, and where it comes from. Secrets are not shown.
    Show,
    /// Print a `rollcall.toml` with every setting, its meaning and its default.
    Reference,
}

impl Command {
    /// Runs the command.
    pub fn run(self, instance: &Path) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check => Ok(check(instance)),
            Self::Show => show(instance),
            Self::Reference => {
                out!("{}", reference());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn check(instance: &Path) -> ExitCode {
    let read = Read::new(instance);
    let mut problems = read.problems();
    if problems.is_empty()
        && let Ok(config) = Config::load(instance)
        && let Some(files) = config.tls()
        && let Err(error) = rollcall_api::check_certificate(&files)
    {
        let cause = std::error::Error::source(&error).map(|cause| format!("\nbecause: {cause}"));
        problems.push(format!("{error}{}", cause.unwrap_or_default()));
    }
    for doubt in read.doubts() {
        outln!("note: {doubt}");
    }
    for problem in &problems {
        outln!("problem: {problem}");
    }
    match problems.len() {
        0 => {
            outln!("the configuration is in order");
            ExitCode::SUCCESS
        }
        _ => ExitCode::FAILURE,
    }
}

fn show(instance: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::load(instance)?;
    let read = Read::new(instance);
    for setting in SETTINGS {
        let text = match value(&config, setting.key) {
            Some(value) if setting.key == DATABASE_URL => {
                let url = value.as_str().unwrap_or_default();
                toml::Value::from(without_password(url)).to_string()
            }
            Some(value) => value.to_string(),
            None => "(not set)".to_owned(),
        };
        outln!("{} = {text}  # {}", setting.key, read.place(setting.key));
    }
    Ok(ExitCode::SUCCESS)
}

/// The value of a setting as the file would say it.
fn value(config: &Config, key: &str) -> Option<toml::Value> {
    let table = toml::Table::try_from(config).expect("every setting has a form in TOML");
    table.get(key).cloned()
}

/// `docs/configuration.toml`.
fn reference() -> String {
    let mut text = String::from(
        "# Every setting of the hub with its default. `rollcall.toml` in the instance folder needs only what\n\
         # differs. The environment variable in brackets goes before the file, flags go before both.\n\
         # Made by `rollcall config reference`.\n",
    );
    let config = Config::default();
    let mut group = "";
    for setting in SETTINGS {
        if setting.group != group {
            group = setting.group;
            text += &format!("\n## {group}\n");
        }
        text.push('\n');
        for line in setting.doc {
            text += &format!("# {}\n", line.trim());
        }
        let variable = variable(setting.key);
        match value(&config, setting.key) {
            Some(value) => text += &format!("# [{variable}]\n# {} = {value}\n", setting.key),
            None => {
                text += &format!(
                    "# [{variable}] Not set; for example\n# {} = {}\n",
                    setting.key, setting.example
                );
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_the_committed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.toml");
        if std::env::var_os("ROLLCALL_UPDATE").is_some() {
            std::fs::write(path, reference()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            committed,
            reference(),
            "run `make gen` and commit the result"
        );
    }

    #[test]
    fn examples_and_defaults_are_valid() {
        for setting in SETTINGS {
            let line = format!("{} = {}", setting.key, setting.example);
            let example: toml::Table = line.parse().unwrap();
            let mut all = toml::Table::try_from(Config::default()).unwrap();
            all.extend(example);
            all.try_into::<Config>()
                .unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }
}
