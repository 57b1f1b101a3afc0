//! What can go wrong between the hub and its database. Must not print causes: the chain is the caller's.

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
    /// A statement failed.
    #[error("{operation} failed")]
    Query {
        /// What was being done, for example `list employees`.
        operation: &'static str,
        /// What PostgreSQL said.
        #[source]
        source: tokio_postgres::Error,
    },
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

impl StoreError {
    /// SQLSTATE of the failure when PostgreSQL sent one, for example `23505`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Query { source, .. } => source.code().map(|code| code.code()),
            _ => None,
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

/// Attaches the operation's name to a driver error: `.op("list employees")?`.
pub(crate) trait Op<T> {
    fn op(self, operation: &'static str) -> Result<T>;
}

impl<T> Op<T> for std::result::Result<T, tokio_postgres::Error> {
    fn op(self, operation: &'static str) -> Result<T> {
        self.map_err(|source| StoreError::Query { operation, source })
    }
}
