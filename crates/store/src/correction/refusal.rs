//! Why a correction is refused, in words with what to do about it. Must not know SQL.

use jiff::Timestamp;
use jiff::civil::DateTime;
use rollcall_domain::Direction;
use rollcall_domain::id::{CorrectionId, PunchId};

use super::local_time::LocalChoice;

/// A correction that cannot be requested or decided. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionRefusal {
    /// The wall clock of the site shows this time twice.
    #[error(
        "`{local}` happens twice at `{site}`, because clocks are set back: {}\nhint: say which one is meant, with its offset from UTC",
        listed(choices)
    )]
    TimeAmbiguous {
        /// The local time asked for.
        local: DateTime,
        /// Name of the site.
        site: String,
        /// What it can mean.
        choices: Vec<LocalChoice>,
    },
    /// The wall clock of the site never shows this time.
    #[error(
        "`{local}` does not exist at `{site}`, because clocks are set forward: {}\nhint: say which one is meant, with its offset from UTC",
        listed(choices)
    )]
    TimeSkipped {
        /// The local time asked for.
        local: DateTime,
        /// Name of the site.
        site: String,
        /// What it can mean.
        choices: Vec<LocalChoice>,
    },
    /// The site's wall clock has not this offset at that time.
    #[error(
        "`{local}` at `{site}` has not the offset `{offset}`\nhint: it can be {}",
        listed(choices)
    )]
    OffsetWrong {
        /// The local time asked for.
        local: DateTime,
        /// Name of the site.
        site: String,
        /// The offset asked for.
        offset: String,
        /// What it can mean.
        choices: Vec<LocalChoice>,
    },
    /// Nobody knows yet what will happen.
    #[error("`{occurred_at}` is in the future\nhint: a punch can be added once its time has come")]
    InFuture {
        /// The instant asked for.
        occurred_at: Timestamp,
    },
    /// A slip of the pen.
    #[error("`{occurred_at}` is before 1970\nhint: check the year")]
    TooOld {
        /// The instant asked for.
        occurred_at: Timestamp,
    },
    /// The punch belongs to somebody else.
    #[error(
        "punch `{punch_id}` is not of this employee\nhint: `rollcall attendance day` lists the punches of a day"
    )]
    PunchOfAnother {
        /// The punch.
        punch_id: PunchId,
    },
    /// The punch counts no longer.
    #[error("punch `{punch_id}` is voided already\nhint: add a punch if one is missing")]
    PunchVoided {
        /// The punch.
        punch_id: PunchId,
    },
    /// The same is asked for already.
    #[error(
        "this is requested already, by correction `{correction_id}`\nhint: decide or withdraw that one first"
    )]
    AlreadyRequested {
        /// The open request.
        correction_id: CorrectionId,
    },
    /// Nothing would change.
    #[error("a correction says already that punch `{punch_id}` is {direction}")]
    DirectionSame {
        /// The punch.
        punch_id: PunchId,
        /// Its direction.
        direction: Direction,
    },
    /// A correction must say why.
    #[error("a correction needs a reason of 1 to 1,000 characters")]
    Reason,
    /// A file of text that is too long.
    #[error(
        "the attachment has {n_characters} characters, at most 20,000 are kept\nhint: shorten it, or name in the reason where it is kept"
    )]
    AttachmentTooLong {
        /// Its length.
        n_characters: usize,
    },
    /// Zero bytes cannot be kept.
    #[error("the attachment is not text\nhint: name in the reason where it is kept")]
    AttachmentNotText,
    /// A comment that is too long, or none where one is needed.
    #[error("a rejection needs a comment, and a comment has at most 1,000 characters")]
    Comment,
    /// Somebody was faster.
    #[error("correction `{correction_id}` is {state} already{}", by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default())]
    AlreadyDecided {
        /// The correction.
        correction_id: CorrectionId,
        /// What became of it.
        state: &'static str,
        /// Who decided, when known.
        by: Option<String>,
    },
    /// Four eyes, and two of them are the same person's.
    #[error(
        "nobody approves a correction that they requested themselves\nhint: ask a colleague to approve it"
    )]
    FourEyesSame,
    /// Four eyes, and not all are known.
    #[error(
        "this organisation asks for two people per correction, so both must be known\nhint: say who you are with `--as`; a request without a name can only be rejected and made again"
    )]
    FourEyesUnknown,
    /// Only who requested it takes it back.
    #[error("correction `{correction_id}` was requested by somebody else\nhint: reject it instead")]
    NotYours {
        /// The correction.
        correction_id: CorrectionId,
    },
}

fn listed(choices: &[LocalChoice]) -> String {
    let texts: Vec<String> = choices.iter().map(ToString::to_string).collect();
    texts.join(" or ")
}
