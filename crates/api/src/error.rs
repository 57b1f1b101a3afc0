//! Why the API cannot run. What single requests are told is in `failure`.

use std::net::SocketAddr;

/// Errors of starting and running the API.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on `{address}`\nhint: another program may use port {}; stop it, or choose another address with --listen",
        .address.port()
    )]
    Listen {
        /// The address as configured.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// Certificate or key cannot be used.
    #[error(
        "cannot use `{path}` for TLS\nhint: `tls_certificate` names a PEM file with the certificate and those of its issuers, `tls_key` one with its private key"
    )]
    Certificate {
        /// The file that was read last.
        path: std::path::PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Devices would send in clear.
    #[error(
        "devices cannot be let in at `{address}` without a certificate\nhint: `rollcall certificate create` makes one; set `tls_certificate` and `tls_key`"
    )]
    GateWithoutTls {
        /// Where they would come.
        address: SocketAddr,
    },
    /// Signals cannot be watched.
    #[error("cannot watch for SIGHUP")]
    Signal {
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The connection for notifications cannot be set up.
    #[error("cannot listen for punches")]
    Notifications {
        /// What the store said.
        #[source]
        source: rollcall_store::StoreError,
    },
    /// The settings of single sign-on cannot work.
    #[error(
        "single sign-on cannot be set up: {problem}\nhint: see section `oidc` of rollcall.toml"
    )]
    Oidc {
        /// What is wrong.
        problem: String,
    },
    /// The server ended with an error.
    #[error("serving `{address}` failed")]
    Serve {
        /// The address that was served.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A task ended by a panic.
    #[error("a task of the API panicked")]
    Task {
        /// The task's end.
        #[source]
        source: tokio::task::JoinError,
    },
}
