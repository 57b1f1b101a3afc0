//! The settings of the agent's own web pages. Must not open a port.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The status page, previews and the kiosk.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// File with the token that lets people in (64 hexadecimal digits, mode 0600), relative to the configuration file,
    /// beside which it is by default with the ending `.token`; made at the first start.
    #[serde(default)]
    pub token_file: PathBuf,
    /// Names by which the box may be called in a browser besides its addresses and `localhost`.
    #[serde(default)]
    pub host_names: Vec<String>,
    /// The page for a screen at the door; none without this section.
    #[serde(default)]
    pub kiosk: Option<KioskConfig>,
}

/// The page for a screen at the door.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KioskConfig {
    /// Cameras whose people are greeted; all of them when empty.
    pub cameras: Vec<String>,
    /// First language of the screen.
    pub language: Language,
    /// Let people who type a code say whether they come or go, where the cameras do not say it.
    pub ask_direction: bool,
    /// Seconds for which a greeting stays, 2 to 30.
    pub greeting_s: u32,
}

impl Default for KioskConfig {
    fn default() -> Self {
        Self {
            cameras: Vec::new(),
            language: Language::En,
            ask_direction: false,
            greeting_s: 5,
        }
    }
}

/// A language of the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Turkish.
    Tr,
}

impl LocalConfig {
    /// What is wrong with it: the setting and the problem.
    pub(super) fn problem(&self, cameras: &[&str]) -> Option<(&'static str, String)> {
        let is_name = |name: &String| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        };
        if let Some(name) = self.host_names.iter().find(|name| !is_name(name)) {
            return Some(("host_names", format!("`{name}` is no host name")));
        }
        let kiosk = self.kiosk.as_ref()?;
        if let Some(name) = kiosk
            .cameras
            .iter()
            .find(|name| !cameras.contains(&&***name))
        {
            return Some((
                "kiosk.cameras",
                format!("`{name}` is no camera of this file"),
            ));
        }
        if !(2..=30).contains(&kiosk.greeting_s) {
            let problem = format!("expected 2 to 30, found {}", kiosk.greeting_s);
            return Some(("kiosk.greeting_s", problem));
        }
        None
    }
}
