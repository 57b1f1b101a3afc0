//! Every setting once: its type, default, meaning and an example. Must not know where values come from.

use std::net::SocketAddr;
use std::path::PathBuf;

use figment::Figment;
use figment::error::Kind;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Key of the only secret.
pub const DATABASE_URL: &str = "database_url";

/// What is known of a setting.
pub struct Setting {
    /// Name in the file.
    pub key: &'static str,
    /// Group of the reference.
    pub group: &'static str,
    /// What it means, in lines.
    pub doc: &'static [&'static str],
    /// A value as it is written in the file, for settings that are not set by default, and for hints.
    pub example: &'static str,
    /// What is wrong with the present value.
    pub check: fn(&Figment) -> Option<figment::Error>,
}

macro_rules! settings {
    ($($group:literal { $($(#[doc = $doc:literal])+ $key:ident: $kind:ty = $default:expr, $example:literal;)+ })+) => {
        /// What the hub needs to know.
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config {
            $($($(#[doc = $doc])+ pub $key: $kind,)+)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($($key: $default,)+)+ }
            }
        }

        /// All settings, in the order of the reference.
        pub const SETTINGS: &[Setting] = &[
            $($(Setting {
                key: stringify!($key),
                group: $group,
                doc: &[$($doc),+],
                example: $example,
                check: |figment| check::<$kind>(figment, stringify!($key)),
            },)+)+
        ];
    };
}

fn check<'a, T: Deserialize<'a>>(figment: &Figment, key: &str) -> Option<figment::Error> {
    let error = figment.extract_inner::<T>(key).err()?;
    // Not set at all.
    (!matches!(error.kind, Kind::MissingField(_))).then_some(error)
}

/// The header in which trusted proxies say for whom they ask.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded`.
    Forwarded,
}

/// Which GraphQL operations are executed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operations {
    /// Whatever a client writes.
    Any,
    /// The portal's and the cookbook's.
    Persisted,
}

settings! {
    "Address, TLS and proxies" {
        /// Address of GraphQL and the portal.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "\"0.0.0.0:8443\"";
        /// PEM file with the certificate and those of its issuers. With `tls_key` the hub speaks HTTPS only. Both files
        /// are read again when they change, and on SIGHUP; files that cannot be used leave the old ones in use.
        tls_certificate: Option<PathBuf> = None, "\"/etc/rollcall/certificate.pem\"";
        /// PEM file with the private key of the certificate.
        tls_key: Option<PathBuf> = None, "\"/etc/rollcall/key.pem\"";
        /// Send cookies over HTTPS only, also when the hub cannot see that there is HTTPS. With `tls_certificate`, and for
        /// what a trusted proxy received over HTTPS, that is done anyway.
        secure_cookie: bool = false, "true";
        /// Networks of proxies that are believed about the client's address and protocol (log-in limits, log, cookies).
        /// The proxy must set the header itself or add to it, never only pass it on.
        trusted_proxies: Vec<IpNet> = Vec::new(), "[\"127.0.0.1/32\", \"10.1.0.0/16\"]";
        /// Where they say it: "x-forwarded-for" (with X-Forwarded-Proto) or "forwarded" (RFC 7239).
        forwarded_header: ForwardedHeader = ForwardedHeader::XForwardedFor, "\"forwarded\"";
        /// Seconds that requests are given to end when the hub stops.
        stop_timeout_s: u64 = 10, "10";
    }
    "Devices on other machines" {
        /// Host name or address under which boxes reach the database, or the hub's door for them. A name that is in
        /// the certificate. Not set: boxes are on this machine.
        device_host: Option<String> = None, "\"hub.example.org\"";
        /// TCP port at that host; 0: that of `device_listen`, else the database's own.
        device_port: u16 = 0, "5433";
        /// Where the hub takes boxes' connections over TLS, with its certificate, and hands them to its database: for an
        /// embedded database, which listens on this machine only. Not set: boxes reach the database or a PgBouncer.
        device_listen: Option<SocketAddr> = None, "\"0.0.0.0:5433\"";
        /// PEM file with the authority that boxes shall believe, relative to the instance folder. Not set: that of
        /// `rollcall certificate create` if there is one, else those that the boxes' systems trust.
        device_authority: Option<PathBuf> = None, "\"authority.pem\"";
    }
    "Files and database" {
        /// Folder that set-up fills: PostgreSQL, ONNX Runtime, models.
        assets: PathBuf = ".rollcall".into(), "\"/opt/rollcall/assets\"";
        /// Folder with the manifests of the model packs.
        models: PathBuf = "models".into(), "\"/opt/rollcall/models\"";
        /// Detector pack.
        detector: String = "mtcnn".to_owned(), "\"mtcnn\"";
        /// Recogniser pack.
        recogniser: String = "facenet-casia".to_owned(), "\"facenet-casia\"";
        /// Port of the embedded database; 0 takes a free one and remembers it.
        postgres_port: u16 = 0, "5433";
        /// Connection string of an administrator of an own PostgreSQL 18; none means embedded. A secret: better
        /// in the environment than in the file.
        database_url: Option<String> = None, "\"postgresql://user:password@host:5432/rollcall\"";
        /// Connections of the API to the database.
        database_connections: usize = 8, "20";
        /// Seconds after which the database ends a statement of the API; the client gets RC504.
        statement_timeout_s: u64 = 20, "20";
    }
    "Log-in" {
        /// A log-in that nobody used for this many minutes is over.
        session_idle_minutes: u32 = 120, "120";
        /// Single sign-on: the identity provider's name for itself, a URL. None: passwords only.
        oidc_issuer: Option<String> = None, "\"https://login.example.org\"";
        /// What the provider calls this installation.
        oidc_client_id: Option<String> = None, "\"rollcall\"";
        /// File with the secret of the client, relative to the instance folder; none for a public client.
        oidc_client_secret_file: Option<PathBuf> = None, "\"oidc-secret\"";
        /// Where browsers find this installation.
        oidc_public_url: Option<String> = None, "\"https://rollcall.example.org\"";
        /// Only e-mail addresses of these domains; empty: those of all users.
        oidc_email_domains: Vec<String> = Vec::new(), "[\"example.org\"]";
    }
    "GraphQL" {
        /// Whether clients may read the schema.
        introspection: bool = true, "false";
        /// "any", or "persisted": only the operations of the portal and of graphql/operations (`rollcall api operations`).
        operations: Operations = Operations::Any, "\"persisted\"";
        /// Serve GraphiQL, where people try queries, at /graphiql. On in the demo.
        graphiql: bool = false, "true";
    }
    "Webhooks" {
        /// Deliver also to addresses that are not public, to any port and without TLS.
        webhooks_allow_private: bool = false, "true";
    }
    "Limits" {
        /// Nesting of fields in an operation. An introspection by client generators needs 13.
        max_depth: usize = 16, "16";
        /// Fields of an operation, those of a connection times its page size.
        max_complexity: usize = 20_000, "20000";
        /// Fields with an alias in an operation.
        max_aliases: usize = 200, "200";
        /// Fields of the query or mutation itself.
        max_root_fields: usize = 30, "30";
        /// Directives in an operation.
        max_directives: usize = 50, "50";
        /// Bytes of a request without files.
        max_body_bytes: usize = 1024 * 1024, "1048576";
        /// Minutes for which one may look through a camera before saying so again; 0: nobody may.
        live_view_minutes: u32 = 10, "10";
        /// Connections of clients at a time.
        max_connections: usize = 4096, "4096";
        /// Seconds until a request is given up; longer than `statement_timeout_s`.
        request_timeout_s: u64 = 30, "30";
        /// Seconds that a client may take to send its headers, and may leave an answer unread.
        client_timeout_s: u64 = 30, "30";
        /// Requests in a second that a user or an API token may send in the long run; 0: any number.
        requests_per_second: u32 = 50, "50";
        /// Requests that it may send at once after a pause.
        request_burst: u32 = 500, "500";
    }
}
