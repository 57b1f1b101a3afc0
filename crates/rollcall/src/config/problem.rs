//! What is wrong with a configuration, all of it at once, with a hint each.

use std::path::{Path, PathBuf};

use figment::Figment;

use super::setting::{Config, SETTINGS};
use super::{figment, variable};

/// Variables that are no settings of the hub.
const OTHER_VARIABLES: &[&str] = &[
    "ROLLCALL_INSTANCE",
    "ROLLCALL_LOG",
    "ROLLCALL_UPDATE",
    "ROLLCALL_SDL",
    "ROLLCALL_HUB",
];

/// A configuration as it is written.
pub struct Read {
    /// The file, which need not exist.
    pub file: PathBuf,
    /// Everything merged.
    pub figment: Figment,
    /// The file's own keys; none when it cannot be read.
    pub table: Result<toml::Table, String>,
}

impl Read {
    /// Reads file and environment.
    pub fn new(instance: &Path) -> Self {
        let file = instance.join("rollcall.toml");
        let table = match std::fs::read_to_string(&file) {
            Ok(text) => text
                .parse::<toml::Table>()
                .map_err(|error| error.to_string().trim_end().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(toml::Table::new()),
            Err(error) => Err(error.to_string()),
        };
        let figment = figment(&file);
        Self {
            file,
            figment,
            table,
        }
    }

    /// Everything that keeps the hub from starting.
    pub fn problems(&self) -> Vec<String> {
        let table = match &self.table {
            Ok(table) => table,
            Err(error) => {
                return vec![format!(
                    "`{}` cannot be read: {error}\nhint: `rollcall config reference` prints a file with every setting",
                    self.file.display()
                )];
            }
        };
        let mut problems: Vec<String> = table
            .keys()
            .filter(|key| SETTINGS.iter().all(|setting| setting.key != key.as_str()))
            .map(|key| format!("there is no setting `{key}`\nhint: {}", instead_of(key)))
            .collect();
        for setting in SETTINGS {
            if let Some(error) = (setting.check)(&self.figment) {
                problems.push(format!(
                    "`{key}` {place}: {what}\nhint: write for example `{key} = {}`",
                    setting.example,
                    key = setting.key,
                    place = self.place(setting.key),
                    what = error.kind,
                ));
            }
        }
        if problems.is_empty()
            && let Ok(config) = self.figment.extract::<Config>()
        {
            problems.extend(contradictions(&config));
        }
        problems
    }

    /// What is probably a mistake, but harmless.
    pub fn doubts(&self) -> Vec<String> {
        let is_known = |name: &str| {
            OTHER_VARIABLES.contains(&name)
                || SETTINGS.iter().any(|setting| variable(setting.key) == name)
        };
        std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| name.starts_with("ROLLCALL_") && !is_known(name))
            .map(|name| {
                let key = name.trim_start_matches("ROLLCALL_").to_lowercase();
                format!(
                    "the variable `{name}` sets nothing\nhint: {}",
                    instead_of(&key)
                )
            })
            .collect()
    }

    /// Where the value of a setting comes from.
    pub fn place(&self, key: &str) -> String {
        let variable = variable(key);
        if std::env::var_os(&variable).is_some() {
            format!("in the variable `{variable}`")
        } else if self
            .table
            .as_ref()
            .is_ok_and(|table| table.contains_key(key))
        {
            "in `rollcall.toml`".to_owned()
        } else {
            "by default".to_owned()
        }
    }
}

fn contradictions(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    if config.tls_certificate.is_some() != config.tls_key.is_some() {
        problems.push(
            "`tls_certificate` and `tls_key` belong together, and one is missing\nhint: set both for HTTPS, or none"
                .to_owned(),
        );
    }
    if config.device_listen.is_some() && config.device_host.is_none() {
        problems.push(
            "`device_listen` is set, and `device_host` is not: boxes would not know where to go\nhint: set `device_host` to a name that is in the certificate"
                .to_owned(),
        );
    }
    if config.device_listen.is_some() && config.tls_certificate.is_none() {
        problems.push(
            "`device_listen` needs `tls_certificate` and `tls_key`: faces do not travel in clear\nhint: `rollcall certificate create` makes them"
                .to_owned(),
        );
    }
    if config.statement_timeout_s >= config.request_timeout_s {
        problems.push(format!(
            "`statement_timeout_s` is {}, not less than `request_timeout_s`, which is {}: statements would go on for nobody\nhint: make `request_timeout_s` larger",
            config.statement_timeout_s, config.request_timeout_s
        ));
    }
    let at_least_one = [
        ("database_connections", config.database_connections),
        ("max_depth", config.max_depth),
        ("max_complexity", config.max_complexity),
        ("max_root_fields", config.max_root_fields),
        ("max_body_bytes", config.max_body_bytes),
        ("max_connections", config.max_connections),
        ("statement_timeout_s", config.statement_timeout_s as usize),
        ("client_timeout_s", config.client_timeout_s as usize),
        ("request_burst", config.request_burst as usize),
    ];
    for (key, value) in at_least_one {
        if value == 0 {
            problems.push(format!(
                "`{key}` is 0: nothing would work\nhint: leave it out for its default"
            ));
        }
    }
    problems
}

/// A hint for a name that does not exist.
fn instead_of(key: &str) -> String {
    let nearest = SETTINGS
        .iter()
        .map(|setting| (distance(setting.key, key), setting.key))
        .min();
    match nearest {
        Some((distance, name)) if distance <= 3 => format!("did you mean `{name}`?"),
        _ => "`rollcall config reference` lists all settings".to_owned(),
    }
}

/// Letters to change, add or leave out to make `b` of `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered() {
        assert_eq!(instead_of("max_dept"), "did you mean `max_depth`?");
        assert_eq!(
            instead_of("favourite_colour"),
            "`rollcall config reference` lists all settings"
        );
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
