//! Configuration of the hub: defaults, then `rollcall.toml` of the instance folder, then the
//! environment (`ROLLCALL_…`, `DATABASE_URL`), then flags. The only place that reads any of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use jiff::SignedDuration;
use rollcall_api::{ClientSecret, LoginOptions, OidcOptions};
use serde::{Deserialize, Serialize};

/// What the hub needs to know.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of GraphQL and the portal.
    pub listen: SocketAddr,
    /// Folder that set-up fills: Postgres, ONNX Runtime, models.
    pub assets: PathBuf,
    /// Folder with the manifests of the model packs.
    pub models: PathBuf,
    /// Detector pack.
    pub detector: String,
    /// Recogniser pack.
    pub recogniser: String,
    /// Send the session cookie over TLS only (a proxy with TLS stands in front).
    pub secure_cookie: bool,
    /// A log-in that nobody used for this many minutes is over.
    pub session_idle_minutes: u32,
    /// Single sign-on; none: passwords only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcConfig>,
    /// Port of the embedded database; 0 takes a free one and remembers it.
    pub postgres_port: u16,
    /// Connection string of an administrator of an own PostgreSQL 18; empty means embedded.
    #[serde(default, skip_serializing)]
    pub database_url: Option<String>,
}

/// The identity provider of single sign-on.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider's name for itself, a URL.
    pub issuer: String,
    /// What the provider calls this installation.
    pub client_id: String,
    /// File with the secret of the client, relative to the instance folder; none for a public client.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Where browsers find this installation.
    pub public_url: String,
    /// Only addresses of these domains; empty: those of all users.
    #[serde(default)]
    pub email_domains: Vec<String>,
}

impl OidcConfig {
    fn options(&self, instance: &Path) -> anyhow::Result<OidcOptions> {
        let client_secret = match &self.client_secret_file {
            Some(file) => {
                let file = instance.join(file);
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read `{}`", file.display()))?;
                Some(ClientSecret(text.trim().to_owned()))
            }
            None => None,
        };
        Ok(OidcOptions {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret,
            public_url: self.public_url.clone(),
            email_domains: self
                .email_domains
                .iter()
                .map(|domain| domain.to_lowercase())
                .collect(),
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            assets: ".rollcall".into(),
            models: "models".into(),
            detector: "mtcnn".to_owned(),
            recogniser: "facenet-casia".to_owned(),
            secure_cookie: false,
            session_idle_minutes: 120,
            oidc: None,
            postgres_port: 0,
            database_url: None,
        }
    }
}

impl Config {
    /// Reads the configuration of an instance folder and the environment.
    pub fn load(instance: &Path) -> anyhow::Result<Self> {
        let file = instance.join("rollcall.toml");
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(&file))
            .merge(Env::prefixed("ROLLCALL_").only(&[
                "listen",
                "assets",
                "models",
                "detector",
                "recogniser",
                "secure_cookie",
                "session_idle_minutes",
                "postgres_port",
            ]))
            .merge(Env::raw().only(&["DATABASE_URL"]))
            .extract()
            .with_context(|| {
                format!(
                    "the configuration (`{}` and environment) is not valid",
                    file.display()
                )
            })
    }

    /// How people log in to an instance.
    pub fn login(&self, instance: &Path) -> anyhow::Result<LoginOptions> {
        let oidc = self.oidc.as_ref();
        Ok(LoginOptions {
            session_idle: SignedDuration::from_mins(self.session_idle_minutes.into()),
            oidc: oidc.map(|oidc| oidc.options(instance)).transpose()?,
        })
    }

    /// Shared library of ONNX Runtime.
    pub fn onnxruntime(&self) -> PathBuf {
        self.assets.join("onnxruntime/libonnxruntime.so")
    }

    /// Folder of the model weights.
    pub fn weights(&self) -> PathBuf {
        self.assets.join("models")
    }

    /// The unpacked PostgreSQL.
    pub fn postgres_dir(&self) -> PathBuf {
        self.assets.join("postgres")
    }
}
