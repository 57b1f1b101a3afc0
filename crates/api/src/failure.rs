//! What a client is told when something is wrong. Unexpected causes are logged here, once, and never
//! sent. Must not know HTTP.

use async_graphql::ErrorExtensions as _;
use rollcall_store::StoreError;

/// A failure with a code that clients may rely on (`extensions.code`).
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// No live session or API token.
    #[error(
        "log in first, or send a live API token (not one that is unknown, revoked or has ended)"
    )]
    Unauthenticated,
    /// Logged in with a password that was given out.
    #[error("set a password of your own first (`passwordChange`)")]
    PasswordChange,
    /// The user, or the token, may not do this; the text says why.
    #[error("{0}")]
    Forbidden(String),
    /// An argument cannot be understood.
    #[error("{0}")]
    Argument(String),
    /// The operation asks for more than is allowed; the text says of what.
    #[error("{0}")]
    Limit(String),
    /// Too many requests; the number of seconds to wait.
    #[error("too many requests; try again in {0} s")]
    TooMany(u64),
    /// It took too long.
    #[error("this takes too long; ask for less, or try again later")]
    Slow,
    /// The operation is not one of those that are known by their hash.
    #[error("PersistedQueryNotFound")]
    UnknownOperation,
    /// Our fault; the cause is in the log.
    #[error("something went wrong; the server's log says what")]
    Unexpected,
}

impl Failure {
    /// The code sent as `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Argument(_) => "RC400",
            Self::Unauthenticated => "RC401",
            Self::Forbidden(_) => "RC403",
            Self::PasswordChange => "RC411",
            Self::UnknownOperation => "RC404",
            Self::Limit(_) => "RC413",
            Self::TooMany(_) => "RC429",
            Self::Slow => "RC504",
            Self::Unexpected => "RC500",
        }
    }

    /// Logs an error with its chain of causes and hides it from the client.
    pub fn unexpected(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error.chain = chain(error), "a request failed");
        Self::Unexpected
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cursor => Self::Argument(
                "the cursor is not one of this list; use one of an earlier page of the same list, in the same order"
                    .to_owned(),
            ),
            error if error.is_timeout() => {
                tracing::warn!(error.chain = chain(&error), "a statement took too long");
                Self::Slow
            }
            error => Self::unexpected(&error),
        }
    }
}

impl From<Failure> for async_graphql::Error {
    fn from(failure: Failure) -> Self {
        let code = failure.code();
        Self::new(failure.to_string()).extend_with(|_, extensions| extensions.set("code", code))
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
