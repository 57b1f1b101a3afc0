//! Requesting a correction. Local times are read by the wall clock of the site and never guessed.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use jiff::Timestamp;
use jiff::tz::Offset;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use rollcall_store::Transaction;
use rollcall_store::correction::{
    CorrectionChange, NewCorrection, correction_request, site_instant,
};

use super::correction_problem::{CorrectionPayload, missing};
use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode};
use super::punch::{self, Direction};
use super::scalar::{DateTime, storable};
use super::viewer;
use crate::failure::Failure;

/// A correction to be requested.
#[derive(InputObject)]
pub struct CorrectionRequestInput {
    /// Whose punch it is about.
    employee_id: ID,
    /// What is to be changed.
    change: CorrectionChangeInput,
    /// Why, 1 to 1,000 characters; space around it is removed.
    reason: String,
    /// Text that proves it, at most 20,000 characters.
    attachment: Option<String>,
}

/// What is to be changed: exactly one of these.
#[derive(OneofObject)]
pub enum CorrectionChangeInput {
    /// A punch that is missing.
    AddPunch(PunchAddInput),
    /// A punch that did not happen.
    VoidPunch(PunchVoidInput),
    /// A punch that was read the wrong way round.
    ChangeDirection(PunchDirectionInput),
}

/// A punch that is missing.
#[derive(InputObject)]
pub struct PunchAddInput {
    /// Where it happened.
    site_id: ID,
    /// When it happened.
    at: PunchTimeInput,
    /// Which way the person went; when absent it is derived.
    direction: Option<Direction>,
}

/// When a punch happened: exactly one of these.
#[derive(OneofObject)]
pub enum PunchTimeInput {
    /// The instant.
    Instant(DateTime),
    /// What the clock on the site's wall said: `2026-10-25T02:30`, or with its offset
    /// `2026-10-25T02:30+01:00`, which is needed where clocks are set back or forward.
    LocalTime(String),
}

/// A punch that did not happen.
#[derive(InputObject)]
pub struct PunchVoidInput {
    /// The punch.
    punch_id: ID,
}

/// A punch that was read the wrong way round.
#[derive(InputObject)]
pub struct PunchDirectionInput {
    /// The punch.
    punch_id: ID,
    /// The right way.
    direction: Direction,
}

#[derive(Default)]
pub struct CorrectionRequestMutation;

#[Object]
impl CorrectionRequestMutation {
    /// Requests a correction, which takes effect when it is approved. Roles owner, hr_admin and
    /// site_manager may.
    async fn correction_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is to be changed, and why.")] input: CorrectionRequestInput,
    ) -> Result<CorrectionPayload, Failure> {
        let viewer = viewer(context)?;
        let transaction = viewer.change().await?;
        let reason = storable(&input.reason);
        let (employee_id, change) = match read(&transaction, &input).await {
            Ok(read) => read,
            Err(Refused::Input(problem)) => return Ok(CorrectionPayload::refused(*problem)),
            Err(Refused::Store(error)) => return CorrectionPayload::from_error(*error, &reason),
        };
        let new = NewCorrection {
            employee_id,
            change,
            reason: &reason,
            attachment: input.attachment.as_deref(),
        };
        let scope = viewer.session.scope();
        match correction_request(&transaction, &scope, &new).await {
            Ok(correction_id) => {
                CorrectionPayload::done(transaction, "correction.request", correction_id).await
            }
            // The transaction is dropped, so nothing was written.
            Err(error) => CorrectionPayload::from_error(error, &reason),
        }
    }
}

/// Why an input cannot be read.
pub(super) enum Refused {
    Input(Box<Problem>),
    Store(Box<rollcall_store::StoreError>),
}

impl From<rollcall_store::StoreError> for Refused {
    fn from(error: rollcall_store::StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

async fn read(
    transaction: &Transaction,
    input: &CorrectionRequestInput,
) -> Result<(EmployeeId, CorrectionChange), Refused> {
    let employee_id = key::<EmployeeId>(Kind::Employee, &input.employee_id)?;
    let change = match &input.change {
        CorrectionChangeInput::AddPunch(add) => {
            let site_id = key::<SiteId>(Kind::Site, &add.site_id)?;
            CorrectionChange::AddPunch {
                site_id,
                occurred_at: instant(transaction, site_id, &add.at).await?,
                direction: add.direction.map(Into::into),
            }
        }
        CorrectionChangeInput::VoidPunch(void) => CorrectionChange::VoidPunch {
            punch_id: key::<PunchId>(Kind::Punch, &void.punch_id)?,
        },
        CorrectionChangeInput::ChangeDirection(change) => CorrectionChange::ChangeDirection {
            punch_id: key::<PunchId>(Kind::Punch, &change.punch_id)?,
            direction: change.direction.into(),
        },
    };
    Ok((employee_id, change))
}

fn key<T: From<uuid::Uuid>>(kind: Kind, id: &ID) -> Result<T, Refused> {
    id::decode(kind, id)
        .map(T::from)
        .ok_or_else(|| Refused::Input(Box::new(missing(kind.as_str()))))
}

/// The instant that is meant; local times are read by the clock on the site's wall.
pub(super) async fn instant(
    transaction: &Transaction,
    site_id: SiteId,
    at: &PunchTimeInput,
) -> Result<Timestamp, Refused> {
    match at {
        PunchTimeInput::Instant(at) => punch::in_bounds(at.0).ok_or_else(|| {
            let message = format!(
                "`{}` is in no year that can be kept\nhint: check the year",
                at.0
            );
            malformed("instant", message)
        }),
        PunchTimeInput::LocalTime(text) => {
            let (local, offset) = wall_clock(text).ok_or_else(|| {
                let message = format!(
                    "`{text}` is not a local time\nhint: write it like `2026-11-22T08:58`, with its offset like `2026-11-22T08:58+01:00`"
                );
                malformed("localTime", message)
            })?;
            Ok(site_instant(transaction, site_id, local, offset).await?)
        }
    }
}

fn malformed(field: &str, message: String) -> Refused {
    Refused::Input(Box::new(Problem::new(
        field,
        ProblemCode::Malformed,
        message,
    )))
}

/// A wall-clock time with the offset that is written behind it, if one is.
fn wall_clock(text: &str) -> Option<(jiff::civil::DateTime, Option<Offset>)> {
    const SHORTEST: usize = "2026-11-22T08:58".len();
    let text = text.trim();
    let sign = text.get(SHORTEST..)?.find(['+', '-']);
    let (local, offset) = sign.map_or((text, ""), |at| text.split_at(SHORTEST + at));
    // The parser would take other characters between date and time, and time zones in brackets.
    let is_plain = local
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | ' '));
    let local = is_plain.then(|| local.parse().ok())??;
    if offset.is_empty() {
        return Some((local, None));
    }
    let offset = jiff::fmt::strtime::parse("%:z", offset).ok()?.offset()?;
    Some((local, Some(offset)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn local_times_are_read_with_and_without_offset() {
        let half_past_two = date(2026, 10, 25).at(2, 30, 0, 0);
        let hours = |hours| Some(Offset::constant(hours));
        for (text, expected) in [
            ("2026-10-25T02:30", Some((half_past_two, None))),
            (" 2026-10-25 02:30:00 ", Some((half_past_two, None))),
            ("2026-10-25T02:30+01:00", Some((half_past_two, hours(1)))),
            (
                "2026-10-25T02:30:00-05:00",
                Some((half_past_two, hours(-5))),
            ),
            ("2026-10-25", None),
            ("2026-10-25T02:30Z", None),
            ("2026-10-25T02:30+01:00[Europe/Berlin]", None),
            ("2026-10-25T02:30[Europe/Berlin]", None),
            ("2026-10-25T25:30", None),
            ("2026-10-25T02:30+1", None),
            ("ääääääääää ääääää", None),
            ("", None),
        ] {
            assert_eq!(wall_clock(text), expected, "`{text}`");
        }
    }
}
