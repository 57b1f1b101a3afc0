//! What the hub's configuration says about HTTP. Must not know where it is written.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// How the API is reached, and how much it lets a client ask for.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Certificate and key; none: plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Networks of proxies that are believed about the client's address and protocol.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which these proxies say it.
    pub forwarded_header: ForwardedHeader,
    /// Limits.
    pub limits: Limits,
    /// Whether clients may read the schema.
    pub introspection: bool,
    /// Which operations are executed.
    pub operations: Operations,
    /// Whether GraphiQL is served at `/graphiql`.
    pub graphiql: bool,
    /// How long one may look through a camera before saying so again; zero: nobody may.
    pub live_view: Duration,
    /// Longest time to finish requests after the stop.
    pub stop_timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            tls: None,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
            limits: Limits::default(),
            introspection: true,
            operations: Operations::Any,
            graphiql: false,
            live_view: Duration::from_secs(10 * 60),
            stop_timeout: Duration::from_secs(10),
        }
    }
}

/// How devices on other machines reach the database.
#[derive(Clone, Debug)]
pub struct DeviceAccess {
    /// Host name or address, as devices know it.
    pub host: String,
    /// TCP port, likewise; 0: that of `listen`.
    pub port: u16,
    /// PEM file with the authority that devices shall believe; none: those that their systems trust.
    pub authority: Option<PathBuf>,
    /// Where the hub itself takes their connections over TLS and hands them to its database; none: they go to the
    /// database, or to a pooler in front of it. Needs [`HttpOptions::tls`].
    pub listen: Option<SocketAddr>,
}

/// PEM files, read again when they change.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate, then those of its issuers.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Where proxies write for whom they ask. Only one is read, because a proxy passes on what a client wrote
/// into the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Which operations are executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operations {
    /// Whatever a client writes.
    Any,
    /// Those of the portal and of `graphql/operations` only.
    Persisted,
}

/// How much one client may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nesting of fields in an operation. An introspection by client generators needs 13.
    pub max_depth: usize,
    /// Fields of an operation, those of a connection times its page size. A full page of 200 with every field
    /// selected through both `nodes` and `edges` stays below 20,000.
    pub max_complexity: usize,
    /// Fields with another name.
    pub max_aliases: usize,
    /// Fields of the query, mutation or subscription itself.
    pub max_root_fields: usize,
    /// Directives in the whole operation.
    pub max_directives: usize,
    /// Bytes of a request without files.
    pub max_body_bytes: usize,
    /// Connections at a time.
    pub max_connections: usize,
    /// Longest time of a request, files and websockets excepted.
    pub request_timeout: Duration,
    /// Longest time until a client has sent its headers, and for which it may leave an answer unread.
    pub client_timeout: Duration,
    /// Requests in a second that a user or token may send in the long run; 0: any number.
    pub requests_per_second: u32,
    /// Requests that it may send at once after a pause.
    pub request_burst: u32,
}

impl Limits {
    /// What holds unless configured.
    pub const DEFAULT: Self = Self {
        max_depth: 16,
        max_complexity: 20_000,
        max_aliases: 200,
        max_root_fields: 30,
        max_directives: 50,
        max_body_bytes: 1024 * 1024,
        max_connections: 4_096,
        request_timeout: Duration::from_secs(30),
        client_timeout: Duration::from_secs(30),
        requests_per_second: 50,
        request_burst: 500,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
