//! Where and as whom the agent connects. Must not connect.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where and as whom the agent connects. The password is in a file of its own (mode 0600).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// Database name.
    #[serde(default = "default_database")]
    pub name: String,
    /// The device's login role.
    pub user: String,
    /// File with the password, relative to the configuration file.
    pub password_file: PathBuf,
    /// Whether the connection is encrypted and the hub's certificate checked; by default wherever `host` is not this
    /// machine.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// PEM file with the authority that vouches for the hub; those that the system trusts when absent.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Encrypted, with a certificate that is for this host and signed by somebody trusted.
    Verify,
    /// In clear.
    Off,
}

fn default_port() -> u16 {
    5432
}

fn default_database() -> String {
    "rollcall".to_owned()
}

impl DatabaseConfig {
    /// How the connection is protected.
    pub fn tls(&self) -> Tls {
        let is_here = self.host == "localhost"
            || self.host.starts_with('/')
            || self
                .host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback());
        self.tls.unwrap_or(match is_here {
            true => Tls::Off,
            false => Tls::Verify,
        })
    }

    /// Makes relative paths relative to a folder.
    pub(super) fn resolve_against(&mut self, folder: &Path) {
        self.password_file = folder.join(&self.password_file);
        if let Some(file) = &mut self.ca_file {
            *file = folder.join(&*file);
        }
    }

    /// What is wrong with it: the setting and the problem.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let is_unused = self.ca_file.is_some() && self.tls() == Tls::Off;
        is_unused.then(|| {
            let problem = "is of no use without TLS\nhint: say `tls = \"verify\"`";
            ("ca_file", problem.to_owned())
        })
    }
}
