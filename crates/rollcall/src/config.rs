//! Configuration of the hub: defaults, then `rollcall.toml` of the instance folder, then the
//! environment (`ROLLCALL_…`, `DATABASE_URL`), then flags. The only place that reads any of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
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
    /// Webhooks.
    pub webhooks: WebhookConfig,
    /// Port of the embedded database; 0 takes a free one and remembers it.
    pub postgres_port: u16,
    /// Connection string of an administrator of an own PostgreSQL 18; empty means embedded.
    #[serde(default, skip_serializing)]
    pub database_url: Option<String>,
}

/// What webhooks may do.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookConfig {
    /// Deliver also to addresses that are not public, to any port and without TLS.
    pub allow_private: bool,
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
            webhooks: WebhookConfig::default(),
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
                "postgres_port",
            ]))
            // `ROLLCALL_WEBHOOKS__ALLOW_PRIVATE`.
            .merge(
                Env::prefixed("ROLLCALL_")
                    .split("__")
                    .only(&["webhooks.allow_private"]),
            )
            .merge(Env::raw().only(&["DATABASE_URL"]))
            .extract()
            .with_context(|| {
                format!(
                    "the configuration (`{}` and environment) is not valid",
                    file.display()
                )
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
