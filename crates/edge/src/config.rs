//! The agent's configuration file (TOML). Must not open cameras, models or connections.

mod camera;
mod database;
mod local;
mod models;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use camera::CameraConfig;
pub use database::{DatabaseConfig, Tls};
pub use local::{KioskConfig, Language, LocalConfig};
pub use models::ModelsConfig;

use crate::error::EdgeError;
use crate::source::Source;

/// Every setting with its meaning and default, as `docs/agent.toml`.
pub const REFERENCE: &str = include_str!("../../../docs/agent.toml");

/// One agent: where it reports to, what it recognises with, which cameras it watches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// The hub's database.
    pub database: DatabaseConfig,
    /// Model packs and ONNX Runtime.
    #[serde(default)]
    pub models: ModelsConfig,
    /// Where sightings wait until the hub has them.
    #[serde(default)]
    pub spool: SpoolConfig,
    /// The agent's own web pages; none without this section.
    #[serde(default)]
    pub local: Option<LocalConfig>,
    /// At least one camera.
    #[serde(default)]
    pub camera: Vec<CameraConfig>,
}

/// Where sightings wait until the hub has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpoolConfig {
    /// The file, relative to the configuration file, beside which it is by default, with its name and the ending
    /// `.spool`. On lasting storage: what is in it survives a power cut.
    pub path: PathBuf,
    /// File with the key that it is encrypted with (64 hexadecimal digits, mode 0600), by default with the ending
    /// `.key`; made at the first start when provisioning brought none.
    pub key_file: PathBuf,
    /// Most MiB that it takes. About 120 sightings a MiB with their thumbnails, 240 without.
    pub max_mib: u32,
    /// Most days that a sighting waits, by the hub's time; then it is dropped.
    pub max_age_days: u16,
}

impl Default for SpoolConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            key_file: PathBuf::new(),
            max_mib: 512,
            max_age_days: 90,
        }
    }
}

impl AgentConfig {
    /// Reads and checks a configuration file; relative paths become relative to its folder.
    ///
    /// Errors: [`EdgeError::ConfigRead`], [`EdgeError::ConfigSyntax`], [`EdgeError::ConfigValue`].
    pub fn open(path: &Path) -> Result<Self, EdgeError> {
        let mut config: Self = read(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.database.resolve_against(folder);
        for (file, ending) in [
            (&mut config.spool.path, "spool"),
            (&mut config.spool.key_file, "key"),
        ] {
            *file = match file.as_os_str().is_empty() {
                true => path.with_extension(ending),
                false => folder.join(&*file),
            };
        }
        for file in [
            &mut config.models.manifests,
            &mut config.models.weights,
            &mut config.models.runtime,
            &mut config.models.engine_cache,
        ] {
            *file = folder.join(&*file);
        }
        if let Some(local) = &mut config.local {
            local.token_file = match local.token_file.as_os_str().is_empty() {
                true => path.with_extension("token"),
                false => folder.join(&local.token_file),
            };
        }
        for camera in &mut config.camera {
            camera.source.resolve_against(folder);
        }
        config.check(path)?;
        Ok(config)
    }

    fn check(&self, path: &Path) -> Result<(), EdgeError> {
        let wrong = |key: String, problem: String| {
            Err(EdgeError::ConfigValue {
                path: path.to_owned(),
                key,
                problem,
            })
        };
        if self.camera.is_empty() {
            return wrong(
                "camera".to_owned(),
                "at least one `[[camera]]` is needed".to_owned(),
            );
        }
        for (index, camera) in self.camera.iter().enumerate() {
            let key = |name: &str| format!("camera[{index}].{name}");
            if self.camera[..index]
                .iter()
                .any(|earlier| earlier.name == camera.name)
            {
                return wrong(key("name"), format!("`{}` is used twice", camera.name));
            }
            if let Some((setting, problem)) = camera.problem() {
                return wrong(key(setting), problem);
            }
        }
        if !(1..=1_000_000).contains(&self.spool.max_mib) {
            return wrong(
                "spool.max_mib".to_owned(),
                format!("expected 1 to 1000000, found {}", self.spool.max_mib),
            );
        }
        if !(1..=3650).contains(&self.spool.max_age_days) {
            return wrong(
                "spool.max_age_days".to_owned(),
                format!("expected 1 to 3650, found {}", self.spool.max_age_days),
            );
        }
        if let Some((setting, problem)) = self.database.problem() {
            return wrong(format!("database.{setting}"), problem);
        }
        let names: Vec<&str> = self.camera.iter().map(|camera| &*camera.name).collect();
        if let Some(local) = &self.local
            && let Some((setting, problem)) = local.problem(&names)
        {
            return wrong(format!("local.{setting}"), problem);
        }
        if let Some((setting, problem)) = self.models.problem() {
            return wrong(format!("models.{setting}"), problem);
        }
        Ok(())
    }

    /// Files that the configuration names and that are not there, with their keys. What the agent makes itself does not
    /// count.
    pub fn missing_files(&self) -> Vec<(String, PathBuf)> {
        let models = &self.models;
        let mut named = vec![
            (
                "database.password_file".to_owned(),
                self.database.password_file.clone(),
            ),
            ("models.manifests".to_owned(), models.manifests.clone()),
            ("models.weights".to_owned(), models.weights.clone()),
            ("models.runtime".to_owned(), models.runtime.clone()),
        ];
        let authority = self.database.ca_file.clone();
        named.extend(authority.map(|file| ("database.ca_file".to_owned(), file)));
        if let Some(folder) = self.spool.path.parent() {
            named.push(("the folder of spool.path".to_owned(), folder.to_owned()));
        }
        for (index, camera) in self.camera.iter().enumerate() {
            let file = match &camera.source {
                Source::File(file) => Some(("file.path", file.path.clone())),
                Source::Folder(folder) => Some(("folder.path", folder.path.clone())),
                Source::Rtsp(rtsp) => rtsp
                    .password_file
                    .clone()
                    .map(|file| ("rtsp.password_file", file)),
                Source::V4l2(_) | Source::Gstreamer(_) => None,
            };
            named.extend(file.map(|(key, file)| (format!("camera[{index}].source.{key}"), file)));
        }
        named.retain(|(_, file)| !file.as_os_str().is_empty() && !file.exists());
        named
    }
}

/// The section `database` of a configuration file alone, of which the rest may not be finished.
///
/// Errors: as of [`AgentConfig::open`].
pub fn database_of(path: &Path) -> Result<DatabaseConfig, EdgeError> {
    #[derive(Deserialize)]
    struct Unfinished {
        database: DatabaseConfig,
    }
    let Unfinished { mut database } = read(path)?;
    database.resolve_against(path.parent().unwrap_or(Path::new(".")));
    Ok(database)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, EdgeError> {
    let text = std::fs::read_to_string(path).map_err(|source| EdgeError::ConfigRead {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|source| EdgeError::ConfigSyntax {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference with each setting in effect that has a line of its own.
    fn uncommented() -> String {
        let is_setting = |line: &str| {
            let text = line.strip_prefix("# ").unwrap_or("");
            let name: String = text
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            !name.is_empty() && text[name.len()..].starts_with(" = ")
        };
        let lines = REFERENCE
            .lines()
            .take_while(|line| !line.contains("[camera.source]"));
        let lines = lines.map(|line| match is_setting(line) {
            true => &line[2..],
            false => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_reference_is_a_configuration_with_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door.toml");
        let open = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let mut config = AgentConfig::open(&path).unwrap();
            // Examples: there is none by default.
            let camera = &mut config.camera[0];
            (camera.region, camera.line, camera.inside) = (None, None, None);
            // The default follows from the host.
            config.database.tls = None;
            config.database.ca_file = None;
            format!("{config:#?}")
        };
        assert_eq!(open(REFERENCE), open(&uncommented()));
    }

    #[test]
    fn the_reference_has_every_setting() {
        // What serde expects instead of a name that nobody uses.
        let expected = |table: &str| -> Vec<String> {
            let text = format!("{}\nno_such_setting = 1", table);
            let error = toml::from_str::<AgentConfig>(&text)
                .unwrap_err()
                .to_string();
            let (_, names) = error
                .split_once("expected")
                .unwrap_or_else(|| panic!("{error}"));
            names
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        let mut n_settings = 0;
        for table in [
            "",
            "[database]",
            "[spool]",
            "[models]",
            "[local]",
            "[local.kiosk]",
            "[[camera]]",
            "[[camera]]\n[camera.source]",
            "[[camera]]\n[camera.source.rtsp]",
            "[[camera]]\n[camera.source.file]",
            "[[camera]]\n[camera.source.folder]",
        ] {
            for name in expected(table) {
                let is_there = [
                    "{name} = ",
                    "[{name}]",
                    "[[{name}]]",
                    "[camera.source.{name}]",
                    "[camera.{name}.",
                    "[local.{name}]",
                ]
                .iter()
                .any(|form| REFERENCE.contains(&form.replace("{name}", &name)));
                assert!(is_there, "{table}: `{name}` is missing");
                n_settings += 1;
            }
        }
        assert!(n_settings > 25, "{n_settings}");
    }
}
