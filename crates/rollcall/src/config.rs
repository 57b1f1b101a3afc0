//! Configuration of the hub: defaults, then `rollcall.toml` of the instance folder, then the
//! environment (`ROLLCALL_…`, `DATABASE_URL`), then flags. The only place that reads any of them.

pub mod command;
mod problem;
mod setting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use jiff::SignedDuration;
use rollcall_api::{
    ClientSecret, DeviceAccess, HttpOptions, Limits, LoginOptions, OidcOptions, TlsFiles,
};

use crate::certificate;

pub use setting::Config;
use setting::{DATABASE_URL, ForwardedHeader, Operations, SETTINGS};

impl Config {
    /// Reads the configuration of an instance folder and the environment.
    ///
    /// Errors: everything that is wrong with it, as `rollcall config check` says it.
    pub fn load(instance: &Path) -> anyhow::Result<Self> {
        let read = problem::Read::new(instance);
        let problems = read.problems();
        if !problems.is_empty() {
            bail!(
                "the configuration (`{}` and environment) is not valid\n{}",
                read.file.display(),
                problems.join("\n")
            );
        }
        let mut config: Self = read.figment.extract()?;
        // An empty variable is how shells and service managers unset one.
        let is_set = |text: &String| !text.is_empty();
        config.database_url = config.database_url.filter(is_set);
        Ok(config)
    }

    /// How people log in to an instance.
    pub fn login(&self, instance: &Path) -> anyhow::Result<LoginOptions> {
        Ok(LoginOptions {
            session_idle: SignedDuration::from_mins(self.session_idle_minutes.into()),
            oidc: self.oidc(instance)?,
        })
    }

    fn oidc(&self, instance: &Path) -> anyhow::Result<Option<OidcOptions>> {
        let (issuer, client_id, public_url) = match (
            &self.oidc_issuer,
            &self.oidc_client_id,
            &self.oidc_public_url,
        ) {
            (None, None, None) => return Ok(None),
            (Some(issuer), Some(client_id), Some(public_url)) => (issuer, client_id, public_url),
            _ => bail!(
                "single sign-on is set up in part\nhint: set `oidc_issuer`, `oidc_client_id` and `oidc_public_url`, or none of them"
            ),
        };
        let client_secret = match &self.oidc_client_secret_file {
            Some(file) => {
                let file = instance.join(file);
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read `{}`", file.display()))?;
                Some(ClientSecret(text.trim().to_owned()))
            }
            None => None,
        };
        let domains = self.oidc_email_domains.iter();
        Ok(Some(OidcOptions {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret,
            public_url: public_url.clone(),
            email_domains: domains.map(|domain| domain.to_lowercase()).collect(),
        }))
    }

    /// How boxes on other machines reach the database of an instance.
    pub fn device_access(&self, instance: &Path) -> Option<DeviceAccess> {
        let port = match (self.device_port, self.device_listen) {
            // The port that the door really gets.
            (0, Some(_)) => 0,
            (0, None) => 5432,
            (port, _) => port,
        };
        let authority = match &self.device_authority {
            Some(path) => Some(instance.join(path)),
            None => Some(certificate::authority_file(instance)).filter(|path| path.exists()),
        };
        Some(DeviceAccess {
            host: self.device_host.clone()?,
            port,
            authority,
            listen: self.device_listen,
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

    /// Longest time of a statement of the API.
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_secs(self.statement_timeout_s)
    }

    /// Certificate and key, when both are set.
    pub fn tls(&self) -> Option<TlsFiles> {
        Some(TlsFiles {
            certificate: self.tls_certificate.clone()?,
            key: self.tls_key.clone()?,
        })
    }

    /// What concerns HTTP.
    pub fn http(&self) -> HttpOptions {
        HttpOptions {
            tls: self.tls(),
            trusted_proxies: self.trusted_proxies.clone(),
            forwarded_header: match self.forwarded_header {
                ForwardedHeader::XForwardedFor => rollcall_api::ForwardedHeader::XForwardedFor,
                ForwardedHeader::Forwarded => rollcall_api::ForwardedHeader::Forwarded,
            },
            limits: Limits {
                max_depth: self.max_depth,
                max_complexity: self.max_complexity,
                max_aliases: self.max_aliases,
                max_root_fields: self.max_root_fields,
                max_directives: self.max_directives,
                max_body_bytes: self.max_body_bytes,
                max_connections: self.max_connections,
                request_timeout: Duration::from_secs(self.request_timeout_s),
                client_timeout: Duration::from_secs(self.client_timeout_s),
                requests_per_second: self.requests_per_second,
                request_burst: self.request_burst,
            },
            introspection: self.introspection,
            operations: match self.operations {
                Operations::Any => rollcall_api::Operations::Any,
                Operations::Persisted => rollcall_api::Operations::Persisted,
            },
            graphiql: self.graphiql,
            live_view: Duration::from_secs(60 * u64::from(self.live_view_minutes)),
            stop_timeout: Duration::from_secs(self.stop_timeout_s),
        }
    }
}

/// Name of the environment variable of a setting.
fn variable(key: &str) -> String {
    match key {
        DATABASE_URL => "DATABASE_URL".to_owned(),
        key => format!("ROLLCALL_{}", key.to_uppercase()),
    }
}

fn figment(file: &Path) -> Figment {
    let keys: Vec<&str> = SETTINGS
        .iter()
        .map(|setting| setting.key)
        .filter(|key| *key != DATABASE_URL)
        .collect();
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    // An instance needs none.
    if file.exists() {
        figment = figment.merge(Toml::file_exact(file));
    }
    figment
        .merge(Env::prefixed("ROLLCALL_").only(&keys))
        .merge(Env::raw().only(&["DATABASE_URL"]))
}
