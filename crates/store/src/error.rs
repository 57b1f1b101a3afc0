//! What can go wrong between the hub and its database. Must not print causes: the chain is the caller's.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::correction::CorrectionRefusal;
use crate::exception::ExceptionRefusal;
use crate::period::PeriodRefusal;

/// Result of every call of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Errors of this crate. Texts never contain a secret: connection strings are shown without password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The connection string could not be read.
    #[error(
        "database URL `{url}` is not valid\nhint: write it as postgresql://user:password@host:port/database"
    )]
    Url {
        /// The URL without its password.
        url: String,
        /// What the parser said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// No connection could be had.
    #[error(
        "cannot connect to the database at `{target}`\nhint: is PostgreSQL running there, and are user, password and database name right?"
    )]
    Connect {
        /// Host, port and database, without user and password.
        target: String,
        /// What the driver or pool said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The hub's certificate does not convince a device.
    #[error("the database at `{target}` is not trusted: {problem}\nhint: {hint}")]
    Certificate {
        /// Host, port and database.
        target: String,
        /// What is wrong.
        problem: &'static str,
        /// What to do.
        hint: &'static str,
        /// What the driver said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The authorities that may vouch for the hub could not be read.
    #[error("{problem}\nhint: `ca_file` is a PEM file with the hub's authority")]
    Authorities {
        /// What is wrong.
        problem: String,
    },
    /// A device's password cannot be read.
    #[error("there is no password in `{}`\nhint: enrol this device again with a new code", path.display())]
    NoPassword {
        /// The file.
        path: PathBuf,
    },
    /// A statement failed.
    #[error("{operation} failed")]
    Query {
        /// What was being done, for example `list employees`.
        operation: &'static str,
        /// What PostgreSQL said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The hub lacks the functions that this agent calls.
    #[error(
        "the hub is older than this agent\nhint: upgrade the hub first; sightings wait meanwhile"
    )]
    HubOlder,
    /// The server took a call and did not answer in time; whether it was done is not known.
    #[error("no answer from the database in {} s", after.as_secs())]
    NoAnswer {
        /// How long it was waited for.
        after: Duration,
    },
    /// PostgreSQL's programs are not where they should be.
    #[error(
        "PostgreSQL's program `{path}` is missing\nhint: run `make setup`, or set DATABASE_URL to a server that runs elsewhere"
    )]
    ServerPrograms {
        /// The program that was looked for.
        path: PathBuf,
    },
    /// A file operation around the embedded server failed.
    #[error("cannot {operation} `{path}`")]
    ServerFile {
        /// What was being done, for example `create`.
        operation: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another process runs the server of this instance.
    #[error(
        "the database in `{data_dir}` is already run by process {pid}\nhint: stop that process, or use another instance folder"
    )]
    ServerRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// Who runs it; 0 when unknown.
        pid: i32,
    },
    /// The port belongs to somebody else.
    #[error(
        "port {port} on 127.0.0.1 is taken\nhint: choose another port for PostgreSQL, or none to take any free one"
    )]
    ServerPort {
        /// The port.
        port: u16,
    },
    /// The data directory is not empty and not a database.
    #[error(
        "`{data_dir}` is not empty and holds no PostgreSQL database\nhint: choose another instance folder, or empty this one"
    )]
    ServerDataForeign {
        /// The folder.
        data_dir: PathBuf,
    },
    /// The data directory was made by another major version.
    #[error(
        "`{data_dir}` belongs to PostgreSQL {found}, the programs are {expected}\nhint: upgrade it with pg_upgrade, or dump it with {found} and restore it"
    )]
    ServerDataVersion {
        /// The data directory.
        data_dir: PathBuf,
        /// Its major version.
        found: String,
        /// The major version of the programs.
        expected: String,
    },
    /// The server did not start.
    #[error("PostgreSQL {what}; the end of its log is:\n{log}\nhint: {hint}")]
    ServerStart {
        /// What happened, for example `ended (exit status: 1)`.
        what: String,
        /// The last lines that the server wrote.
        log: String,
        /// Where the rest of the log is.
        log_path: PathBuf,
        /// What to do.
        hint: String,
    },
    /// The database is not fit for this program.
    #[error("database at `{target}` cannot be used: {problem}\nhint: {hint}")]
    DatabaseUnfit {
        /// Host, port and database.
        target: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// The database was migrated by a newer program.
    #[error(
        "database schema {found} is newer than this program, which knows up to {known}\nhint: update rollcall, or restore a backup from before the update"
    )]
    SchemaNewer {
        /// Newest migration in the database.
        found: i32,
        /// Newest migration in this program.
        known: i32,
    },
    /// A migration that was applied has another text in this program.
    #[error(
        "migration `{migration}` was changed after it was applied\nhint: applied migrations are never edited; use the released program, or make a new database"
    )]
    MigrationChanged {
        /// Its name.
        migration: String,
    },
    /// A migration failed.
    #[error("cannot migrate the database at `{target}`")]
    Migrate {
        /// Host, port and database.
        target: String,
        /// What the migration runner said.
        #[source]
        source: Box<refinery::Error>,
    },
    /// A function or view file could not be applied.
    #[error("cannot apply `{path}`")]
    SchemaObject {
        /// The file, relative to the folder `sql`.
        path: String,
        /// What PostgreSQL said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// Which organisation is meant is not clear.
    #[error("{}\nhint: {}",
        match .wanted { Some(name) => format!("there is no organisation `{name}`"), None if .known.is_empty() => "there is no organisation yet".to_owned(), None => "there are several organisations".to_owned() },
        if .known.is_empty() { "create one first".to_owned() } else { format!("name one of: {}", .known.join(", ")) })]
    OrganizationChoice {
        /// The name asked for.
        wanted: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A name that must be unique is in use.
    #[error("there is already one {what} called `{name}`\nhint: choose another name")]
    Taken {
        /// For example `organisation`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Another instance has set the password of a shared role.
    #[error(
        "another instance uses the database at `{target}`: the password of role `{role}` is not this instance's\nhint: copy `secrets.toml` of that instance into this one's folder; if that instance is gone, run `comment on role {role} is null` as administrator"
    )]
    RoleForeign {
        /// Host, port and database.
        target: String,
        /// The role.
        role: &'static str,
    },
    /// Something that was named does not exist.
    #[error("there is no {what} `{name}`")]
    Missing {
        /// For example `device`.
        what: &'static str,
        /// Its name or id.
        name: String,
    },
    /// What was asked for contradicts itself or what is there already.
    #[error("{problem}{}", hint.as_deref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default())]
    Refused {
        /// What is wrong, in a sentence for people.
        problem: String,
        /// What the reader can do.
        hint: Option<String>,
    },
    /// A cursor that is none of the list that is read.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// A correction cannot be requested or decided.
    #[error(transparent)]
    Correction(Box<CorrectionRefusal>),
    /// An exception cannot be waived, or its waiver not be taken back.
    #[error(transparent)]
    Exception(Box<ExceptionRefusal>),
    /// A period cannot be opened, reviewed or closed.
    #[error(transparent)]
    Period(Box<PeriodRefusal>),
    /// A row has a value that this version does not understand.
    #[error("{operation}: column `{column}` holds unexpected `{value}`")]
    Row {
        /// What was being done.
        operation: &'static str,
        /// Column name.
        column: &'static str,
        /// The value, never a secret.
        value: String,
    },
}

impl From<CorrectionRefusal> for StoreError {
    fn from(refusal: CorrectionRefusal) -> Self {
        Self::Correction(Box::new(refusal))
    }
}

impl From<ExceptionRefusal> for StoreError {
    fn from(refusal: ExceptionRefusal) -> Self {
        Self::Exception(Box::new(refusal))
    }
}

impl From<PeriodRefusal> for StoreError {
    fn from(refusal: PeriodRefusal) -> Self {
        Self::Period(Box::new(refusal))
    }
}

impl StoreError {
    /// A refusal with a way out.
    pub fn refused(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            problem: problem.into(),
            hint: Some(hint.into()),
        }
    }

    /// SQLSTATE of the failure when PostgreSQL sent one, for example `23505`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Query { source, .. } => source.code().map(|code| code.code()),
            _ => None,
        }
    }

    /// True when the same call may succeed later, unchanged: the connection was lost, the server is
    /// starting, stopping, out of resources or busy, the device's rate limit was reached. False when the
    /// call itself is wrong. The list is in `docs/errors.md`.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Query { source, .. } => is_retryable(source),
            Self::Connect { .. } if self.is_password_refused() => false,
            Self::Connect { source, .. } => source
                .downcast_ref::<tokio_postgres::Error>()
                .is_none_or(|error| match error.code().map(SqlState::code) {
                    // Log-in refused, no such database.
                    Some(code) => !(code.starts_with("28") || code.starts_with("3D")),
                    None => true,
                }),
            // A box without a clock of its own believes in no certificate until it has the time.
            Self::NoAnswer { .. } | Self::Certificate { .. } => true,
            _ => false,
        }
    }

    /// True when the password was wrong, or the log-in does not exist: PostgreSQL does not say which.
    pub fn is_password_refused(&self) -> bool {
        let Self::Connect { source, .. } = self else {
            return false;
        };
        let error = source.downcast_ref::<tokio_postgres::Error>();
        let Some(error) = error.and_then(tokio_postgres::Error::as_db_error) else {
            return false;
        };
        *error.code() == SqlState::INVALID_PASSWORD
            // What PgBouncer says.
            || *error.code() == SqlState::PROTOCOL_VIOLATION
                && error.message().ends_with("authentication failed")
    }

    /// True when the hub does not want this device: its log-in is gone or closed, or it was revoked (`RC009`). A wrong
    /// password looks the same. It stays so until people at the hub change that.
    pub fn is_refusal_of_device(&self) -> bool {
        let is_log_in_refused = || {
            let Self::Connect { source, .. } = self else {
                return false;
            };
            let error = source.downcast_ref::<tokio_postgres::Error>();
            error
                .and_then(tokio_postgres::Error::code)
                .is_some_and(|code| code.code().starts_with("28"))
        };
        self.code() == Some("RC009") || self.is_password_refused() || is_log_in_refused()
    }

    /// True when a device's call was refused for what is in it: the same sightings will never be taken, whoever sends
    /// them and whenever. False for everything that may pass: a revoked device, another embedding space, a lost
    /// connection.
    pub fn is_refusal_of_content(&self) -> bool {
        let Self::Query { source, .. } = self else {
            return false;
        };
        source.code().map(SqlState::code).is_some_and(|code| {
            matches!(code, "RC001" | "RC002" | "RC003" | "RC004" | "RC005" | "RC006" | "RC008")
                // Data exceptions: pgvector on a number that is not finite.
                || code.starts_with("22")
        })
    }

    /// True when the statement took longer than the connection allows.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Query { source, .. } => source.code() == Some(&SqlState::QUERY_CANCELED),
            _ => false,
        }
    }

    /// Name of the violated constraint, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Query { source, .. } => source.as_db_error()?.constraint(),
            _ => None,
        }
    }
}

fn is_retryable(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code().map(SqlState::code) else {
        return error.is_closed()
            || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>());
    };
    match code {
        // Rate limit; statement timeout; lock timeout; functions replaced under a prepared statement.
        "RC010" | "57014" | "55P03" | "0A000" => true,
        // Connection, transaction rollback, resources, operator intervention.
        _ => ["08", "40", "53", "57P"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

/// Attaches the operation's name to a driver error: `.op("list employees")?`.
pub(crate) trait Op<T> {
    fn op(self, operation: &'static str) -> Result<T>;
}

impl<T> Op<T> for std::result::Result<T, tokio_postgres::Error> {
    fn op(self, operation: &'static str) -> Result<T> {
        self.map_err(|source| StoreError::Query { operation, source })
    }
}
