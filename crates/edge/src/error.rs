//! What can go wrong in the agent. Must not print causes: the binary prints the chain.

use std::path::PathBuf;

use rollcall_store::StoreError;
use rollcall_vision::VisionError;

use crate::spool::SpoolError;

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The configuration file could not be read.
    #[error("cannot read configuration `{}`", path.display())]
    ConfigRead {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The configuration file is not valid TOML or has unknown keys.
    #[error("configuration `{}` is not valid", path.display())]
    ConfigSyntax {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A value is out of its range.
    #[error("configuration `{}`: `{key}` {problem}", path.display())]
    ConfigValue {
        /// The file.
        path: PathBuf,
        /// Key, for example `camera[0].name`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The device's password could not be read.
    #[error("cannot read the device password from `{}`\nhint: `rollcall-edge enrol` writes it; `rollcall device code NAME` at the hub makes a new code", path.display())]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The box did not get its log-in.
    #[error("{problem}")]
    Enrolment {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The token of the agent's own pages is not usable.
    #[error("token file `{}` {problem}", path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A camera could not be opened or gave no picture.
    #[error("cannot read from {camera_source}\nhint: {hint}")]
    Source {
        /// The source, without credentials.
        camera_source: String,
        /// What the reader may try.
        hint: &'static str,
        /// What OpenCV said, if anything.
        #[source]
        source: Option<opencv::Error>,
    },
    /// A camera of the configuration is not registered at the hub.
    #[error(
        "the hub knows no camera `{name}` of this device, only {known}\nhint: use one of these names, or add the camera at the hub"
    )]
    UnknownCamera {
        /// Name in the configuration.
        name: String,
        /// Names that the hub knows.
        known: String,
    },
    /// The recogniser here is not the one whose embeddings the hub compares.
    #[error(
        "the hub compares embeddings of space `{hub}`, this agent makes `{here}`\nhint: install the same model pack on both"
    )]
    SpaceMismatch {
        /// Shortened digest of the hub's active space.
        hub: String,
        /// Shortened digest of the local recogniser.
        here: String,
    },
    /// A worker thread could not be started.
    #[error("cannot start thread `{name}`")]
    Thread {
        /// Thread name.
        name: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A thread of the pipeline panicked.
    #[error("the pipeline of camera `{camera}` stopped unexpectedly")]
    PipelineStopped {
        /// Camera name.
        camera: String,
    },
    /// The spool cannot be used.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Recognition failed.
    #[error(transparent)]
    Vision(#[from] VisionError),
    /// The hub's database answered with an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}
