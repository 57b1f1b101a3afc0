//! The call with which a kiosk punches by code. Must not know kiosks.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::Direction;
use rollcall_domain::id::{CameraId, PunchId};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::DeviceClient;
use crate::error::{Result, StoreError};

const OPERATION: &str = "punch by code";

/// What somebody identified themselves with. Its `Debug` text shows nothing secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    /// Employee code and PIN.
    Pin {
        /// As it was typed, 1 to 64 characters.
        employee_code: String,
        /// 1 to 128 characters.
        pin: String,
    },
    /// The code of a badge, 1 to 128 characters.
    Badge(String),
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pin { .. } => "Pin",
            Self::Badge(_) => "Badge",
        })
    }
}

/// A code that was typed at a kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeEntry {
    /// A uuidv7 whose time is `captured_at` (to ten minutes); that of the punch, if it becomes one.
    pub entry_id: PunchId,
    /// The code.
    pub code: Code,
    /// When it was typed, as exactly as the device knows.
    pub captured_at: Timestamp,
    /// Coming or going, where the person said so.
    pub direction: Option<Direction>,
    /// The camera of the kiosk, if it is one.
    pub camera_id: Option<CameraId>,
    /// As of a sighting.
    pub clock_offset_ms: Option<i32>,
}

/// What the hub made of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAnswer {
    /// In a word.
    pub outcome: CodeOutcome,
    /// Whose punch it is.
    pub employee_name: Option<String>,
    /// Which way, as far as it is known before the day is derived.
    pub direction: Option<Direction>,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOutcome {
    /// A punch.
    Punched,
    /// A punch within the cool-down of another.
    Repeat,
    /// No punch; why is not said.
    Refused,
    /// Nothing was looked at or kept: send it again after this time.
    Wait(Duration),
}

impl DeviceClient {
    /// Sends what was typed. Sending it again changes nothing and gives the same outcome.
    ///
    /// Errors: codes `RC005`, `RC006`, `RC008` to `RC010` (docs/errors.md), after which nothing was stored;
    /// [`StoreError::HubOlder`] when the hub knows no kiosks.
    pub async fn punch_by_code(&self, entry: &CodeEntry) -> Result<CodeAnswer> {
        let (method, employee_code, secret) = match &entry.code {
            Code::Pin { employee_code, pin } => ("pin", Some(employee_code), pin),
            Code::Badge(badge) => ("badge", None, badge),
        };
        let row = self
            .client
            .query_typed_one(
                "select outcome, employee_name, direction, wait_s from edge.punch_by_code(
                   p_entry_id => $1, p_method => $2, p_employee_code => $3, p_secret => $4, p_captured_at => $5,
                   p_direction => $6, p_camera_id => $7, p_clock_offset_ms => $8)",
                &[
                    (&entry.entry_id.0, Type::UUID),
                    (&method, Type::TEXT),
                    (&employee_code, Type::TEXT),
                    (&secret, Type::TEXT),
                    (&entry.captured_at, Type::TIMESTAMPTZ),
                    (&entry.direction.map(Direction::as_str), Type::TEXT),
                    (&entry.camera_id.map(|id| id.0), Type::UUID),
                    (&entry.clock_offset_ms, Type::INT4),
                ],
            )
            .await;
        let row = row.map_err(|source| match source.code() {
            Some(&SqlState::UNDEFINED_FUNCTION) => StoreError::HubOlder,
            _ => StoreError::Query {
                operation: OPERATION,
                source,
            },
        })?;
        answer(&row)
    }
}

fn answer(row: &Row) -> Result<CodeAnswer> {
    let unknown = |column: &'static str, value: &str| StoreError::Row {
        operation: OPERATION,
        column,
        value: value.to_owned(),
    };
    let word: &str = row.get("outcome");
    let wait_s: Option<i32> = row.get("wait_s");
    let outcome = match word {
        "punched" => CodeOutcome::Punched,
        "repeat" => CodeOutcome::Repeat,
        "refused" => CodeOutcome::Refused,
        "wait" => {
            let seconds = wait_s.and_then(|seconds| u64::try_from(seconds).ok());
            CodeOutcome::Wait(Duration::from_secs(seconds.unwrap_or(1).max(1)))
        }
        other => return Err(unknown("outcome", other)),
    };
    let direction: Option<&str> = row.get("direction");
    Ok(CodeAnswer {
        outcome,
        employee_name: row.get("employee_name"),
        direction: match direction {
            Some(word) => Some(Direction::parse(word).ok_or_else(|| unknown("direction", word))?),
            None => None,
        },
    })
}
