//! `rollcall correction`: asking for a punch to be added, voided or turned round, and deciding on it.
//! Thin: each is one call of the store.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use rollcall_domain::Direction;
use rollcall_domain::id::{CorrectionId, PunchId};
use rollcall_store::correction::{
    self as store, CorrectionChange, CorrectionFilter, CorrectionState, NewCorrection,
};

use crate::acting::Acting;
use crate::listing::{self, ListFormat};
use crate::provision::{InOrganization, Opened, with_instance};

/// Corrections that are listed at once.
const MAX_LISTED: i64 = 1000;

/// Corrections of punches. Nothing is ever edited: an approved correction adds a punch, voids one, or
/// both, and the day shows what was there before.
#[derive(Subcommand)]
pub enum Correction {
    /// Ask for a correction.
    #[command(subcommand)]
    Request(Request),
    /// List corrections, newest first.
    List {
        /// Only in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only of this employee (personnel number).
        #[arg(long)]
        employee: Option<String>,
        /// Form of the output.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Show a correction with its attachment.
    Show {
        /// Its id.
        correction: CorrectionId,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Approve a correction: it takes effect at once.
    Approve {
        /// Its id.
        correction: CorrectionId,
        /// A word to whoever asked.
        #[arg(long)]
        comment: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Reject a correction.
    Reject {
        /// Its id.
        correction: CorrectionId,
        /// Why.
        #[arg(long)]
        comment: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Take a request back.
    Withdraw {
        /// Its id.
        correction: CorrectionId,
        #[command(flatten)]
        acting: Acting,
    },
}

/// What to ask for.
#[derive(Subcommand)]
pub enum Request {
    /// Ask for a punch that is missing.
    Add {
        /// Personnel number.
        code: String,
        /// Site by name.
        #[arg(long)]
        site: String,
        /// Date and time on the wall clock of the site, for example "2026-11-02 09:17". When clocks are set
        /// back or forward, with the offset that is meant: "2026-10-25 02:30+01:00".
        #[arg(long)]
        at: String,
        /// Direction, when it is known.
        #[arg(long, value_enum)]
        direction: Option<Way>,
        #[command(flatten)]
        why: Why,
    },
    /// Ask for a punch to count no longer.
    Void {
        /// Personnel number.
        code: String,
        /// The punch's id, as `rollcall attendance day` shows it.
        punch: PunchId,
        #[command(flatten)]
        why: Why,
    },
    /// Ask for a punch to be read the other way round.
    Direction {
        /// Personnel number.
        code: String,
        /// The punch's id, as `rollcall attendance day` shows it.
        punch: PunchId,
        /// The right direction.
        #[arg(value_enum)]
        direction: Way,
        #[command(flatten)]
        why: Why,
    },
}

/// Why a correction is asked for.
#[derive(Args)]
pub struct Why {
    /// Why, at most 1,000 characters.
    #[arg(long)]
    reason: String,
    /// Text file that proves it, at most 20,000 characters.
    #[arg(long, value_name = "FILE")]
    attachment: Option<PathBuf>,
    #[command(flatten)]
    acting: Acting,
}

/// Which way a person went.
#[derive(Clone, Copy, ValueEnum)]
pub enum Way {
    /// Coming.
    In,
    /// Going.
    Out,
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::In => Self::In,
            Way::Out => Self::Out,
        }
    }
}

/// How far a correction is.
#[derive(Clone, Copy, ValueEnum)]
pub enum State {
    /// Waits for a decision.
    Requested,
    /// Took effect.
    Approved,
    /// Was refused.
    Rejected,
    /// Was taken back.
    Withdrawn,
}

impl From<State> for CorrectionState {
    fn from(state: State) -> Self {
        match state {
            State::Requested => Self::Requested,
            State::Approved => Self::Approved,
            State::Rejected => Self::Rejected,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

impl Correction {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Request(request) => request.run_in(opened).await,
            Self::List {
                state,
                employee,
                format,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let mut filter = CorrectionFilter {
                    state: state.map(CorrectionState::from),
                    ..CorrectionFilter::default()
                };
                if let Some(code) = employee {
                    filter.employee_id = opened.employees(organization_id, &[code]).await?.pop();
                }
                let transaction = opened.begin(&organization).await?;
                let found = store::correction_list(&transaction, &filter, MAX_LISTED).await?;
                list(&found, format)
            }
            Self::Show {
                correction,
                organization,
            } => {
                let transaction = opened.begin(&organization).await?;
                let found = store::correction_find(&transaction, correction).await?;
                outln!("correction {}", found.correction_id);
                for (header, value) in HEADERS.iter().zip(columns(&found)).skip(1) {
                    outln!("{header}: {value}");
                }
                if let Some(attachment) = &found.attachment {
                    outln!("attachment:\n{attachment}");
                }
                Ok(())
            }
            Self::Approve {
                correction,
                comment,
                acting,
            } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let comment = comment.as_deref();
                let added =
                    store::correction_approve(&transaction, &scope, correction, comment).await?;
                let found = store::correction_find(&transaction, correction).await?;
                transaction.commit().await?;
                let what = what(&found);
                match added {
                    Some(punch_id) => outln!("approved: {what} (new punch {punch_id})"),
                    None => outln!("approved: {what}"),
                }
                outln!(
                    "next: rollcall attendance day {} {}",
                    found.employee_code,
                    found.work_date
                );
                Ok(())
            }
            Self::Reject {
                correction,
                comment,
                acting,
            } => {
                let (scope, transaction) = acting.begin(opened).await?;
                store::correction_reject(&transaction, &scope, correction, &comment).await?;
                transaction.commit().await?;
                outln!("rejected: {correction}");
                Ok(())
            }
            Self::Withdraw { correction, acting } => {
                let (scope, transaction) = acting.begin(opened).await?;
                store::correction_withdraw(&transaction, &scope, correction).await?;
                transaction.commit().await?;
                outln!("withdrawn: {correction}");
                Ok(())
            }
        }
    }
}

impl Request {
    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let (Self::Add { code, why, .. }
        | Self::Void { code, why, .. }
        | Self::Direction { code, why, .. }) = &self;
        let attachment = why.attachment.as_deref().map(read_attachment).transpose()?;
        let (scope, transaction) = why.acting.begin(opened).await?;
        let employees = opened
            .employees(scope.organization_id, std::slice::from_ref(code))
            .await?;
        let Some(&employee_id) = employees.first() else {
            bail!("there is no employee `{code}`");
        };
        let change = match &self {
            Self::Add {
                site,
                at,
                direction,
                ..
            } => {
                let (local, offset) = wall_clock(at)?;
                let site_id = opened.site(scope.organization_id, site).await?;
                let occurred_at = store::site_instant(&transaction, site_id, local, offset).await?;
                CorrectionChange::AddPunch {
                    site_id,
                    occurred_at,
                    direction: direction.map(Direction::from),
                }
            }
            Self::Void { punch, .. } => CorrectionChange::VoidPunch { punch_id: *punch },
            Self::Direction {
                punch, direction, ..
            } => CorrectionChange::ChangeDirection {
                punch_id: *punch,
                direction: (*direction).into(),
            },
        };
        let new = NewCorrection {
            employee_id,
            change,
            reason: &why.reason,
            attachment: attachment.as_deref(),
        };
        let correction_id = store::correction_request(&transaction, &scope, &new).await?;
        let found = store::correction_find(&transaction, correction_id).await?;
        transaction.commit().await?;
        outln!("correction {correction_id} requested: {}", what(&found));
        outln!("next: rollcall correction approve {correction_id}");
        Ok(())
    }
}

fn read_attachment(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    String::from_utf8(bytes).map_err(|_| {
        anyhow::anyhow!(
            "`{}` is not a text file in UTF-8\nhint: name in the reason where it is kept",
            path.display()
        )
    })
}

/// Date and time as on a wall clock, with the offset if one is written behind it.
fn wall_clock(text: &str) -> anyhow::Result<(DateTime, Option<Offset>)> {
    let wrong = || {
        anyhow::anyhow!(
            "`{text}` is not a date and time\nhint: write it as on the wall clock of the site, for example \"2026-11-02 09:17\""
        )
    };
    let text = text.trim();
    // Behind the date (10), a blank and HH:MM (5) a sign can only begin an offset.
    let sign = text.get(16..).and_then(|rest| rest.find(['+', '-']));
    let (local, offset) = match sign {
        Some(at) => text.split_at(16 + at),
        None => (text, ""),
    };
    if !local.contains(':') {
        return Err(wrong());
    }
    let local: DateTime = local.trim().parse().map_err(|_| wrong())?;
    if offset.is_empty() {
        return Ok((local, None));
    }
    let offset = jiff::fmt::strtime::parse("%:z", offset)
        .ok()
        .and_then(|parsed| parsed.offset())
        .with_context(|| {
            format!("`{offset}` is not an offset from UTC\nhint: write for example +01:00")
        })?;
    Ok((local, Some(offset)))
}

const HEADERS: [&str; 9] = [
    "correction",
    "state",
    "employee",
    "name",
    "asks for",
    "reason",
    "requested by",
    "decided by",
    "comment",
];

fn columns(correction: &store::Correction) -> Vec<String> {
    vec![
        correction.correction_id.to_string(),
        correction.state.as_str().to_owned(),
        correction.employee_code.clone(),
        correction.employee_name.clone(),
        what(correction),
        correction.reason.clone(),
        correction.requested_by_name.clone().unwrap_or_default(),
        correction.decided_by_name.clone().unwrap_or_default(),
        correction.decision_comment.clone().unwrap_or_default(),
    ]
}

fn list(found: &[store::Correction], format: ListFormat) -> anyhow::Result<()> {
    if found.is_empty() && format == ListFormat::Table {
        outln!("no corrections");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found.iter().map(columns).collect();
    listing::print(format, &HEADERS, HEADERS.len(), &rows);
    Ok(())
}

/// For example `add IN 2026-11-02 09:17 at Berlin`.
pub fn what(correction: &store::Correction) -> String {
    let at = format!(
        "{} at {}",
        listing::local(correction.occurred_at, &correction.time_zone),
        correction.site_name
    );
    let direction = match correction.direction {
        Some(Direction::In) => "IN ",
        Some(Direction::Out) => "OUT ",
        None => "",
    };
    match correction.kind {
        store::CorrectionKind::AddPunch => format!("add {direction}{at}"),
        store::CorrectionKind::VoidPunch => format!("void {at}"),
        store::CorrectionKind::ChangeDirection => format!("make {direction}of {at}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clocks_are_read_with_and_without_an_offset() {
        let read = |text: &str| {
            wall_clock(text).map(|(local, offset)| (local.to_string(), offset.map(|o| o.seconds())))
        };
        let nine = "2026-11-02T09:17:00".to_owned();
        assert_eq!(read("2026-11-02 09:17").unwrap(), (nine.clone(), None));
        assert_eq!(read("2026-11-02T09:17:00").unwrap(), (nine.clone(), None));
        assert_eq!(
            read("2026-11-02 09:17+01:00").unwrap(),
            (nine.clone(), Some(3600))
        );
        assert_eq!(
            read("2026-11-02 09:17:00 -05:30").unwrap(),
            (nine, Some(-19_800))
        );
        for wrong in [
            "2026-11-02",
            "2026-02-30 09:00",
            "09:17",
            "2026-11-02 09:17Z",
            "2026-11-02 25:00",
            "2026-11-02 09:17+banana",
            "",
            "ümläut ümläut ümläut+01:00",
        ] {
            let refused = read(wrong).unwrap_err().to_string();
            assert!(refused.contains("hint:"), "{wrong}: {refused}");
        }
    }
}
