//! `rollcall shift`: when work is expected. Thin: each command is one call of the store.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use rollcall_domain::id::ShiftId;
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{Segment, Shift as DomainShift, ShiftKind};
use rollcall_store::shift::{self as store, StoredShift};
use uuid::Uuid;

use crate::provision::{InOrganization, Opened, with_instance};
use crate::time_text::{duration, not_before, segment, show_duration, show_segment};

/// Shifts.
#[derive(Subcommand)]
pub enum Shift {
    /// Make a shift. One segment is a fixed shift, several a split one, a core or expected time a
    /// flexible one, no segment an open one.
    ///
    /// Examples:
    ///   rollcall shift add Early --segment 06:00-14:00 --break 10:00-10:30
    ///   rollcall shift add Night --segment 22:00-06:00 --paid-break 02:00-02:30
    ///   rollcall shift add Split --segment 08:00-12:00 --segment 16:00-20:00
    ///   rollcall shift add Office --segment 07:00-20:00 --core 10:00-15:00 --expected 8h
    ///   rollcall shift add Anytime --expected 6h
    #[command(verbatim_doc_comment)]
    Add(Box<Add>),
    /// Give a shift another name.
    Rename {
        /// Its name.
        name: String,
        /// Its new name.
        new_name: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Keep a shift out of new rosters; those that plan it stay.
    Retire {
        /// Its name.
        name: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// List the shifts.
    List {
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// Options of a new shift.
#[derive(Args)]
pub struct Add {
    /// Name, unique in the organisation.
    name: String,
    /// HH:MM-HH:MM on the wall clock of the site; an end not later than the begin is on the next day.
    /// Repeat it for a split shift. Of a flexible shift it is the frame.
    #[arg(long, value_parser = segment)]
    segment: Vec<Segment>,
    /// When everybody must be there (flexible shifts): HH:MM-HH:MM.
    #[arg(long, value_parser = segment)]
    core: Option<Segment>,
    /// Expected work (flexible and open shifts), for example 8h or 7h30m.
    #[arg(long, value_parser = duration)]
    expected: Option<i32>,
    /// Unpaid break at a fixed time: HH:MM-HH:MM; may be repeated.
    #[arg(long = "break", value_parser = segment)]
    unpaid_break: Vec<Segment>,
    /// Paid break at a fixed time: HH:MM-HH:MM; may be repeated.
    #[arg(long, value_parser = segment)]
    paid_break: Vec<Segment>,
    /// How long before the shift an IN belongs to it [default: 2h].
    #[arg(long, value_parser = duration)]
    window_before: Option<i32>,
    /// How long after the shift an OUT belongs to it [default: 4h].
    #[arg(long, value_parser = duration)]
    window_after: Option<i32>,
    #[command(flatten)]
    organization: InOrganization,
}

impl Add {
    /// The shift as the domain has it. Segments, breaks and core that would begin before the shift are
    /// on the next day.
    fn shift(&self) -> DomainShift {
        let mut segments: Vec<Segment> = Vec::new();
        for segment in &self.segment {
            // One that begins while the one before it lasts is a mistake, not tomorrow's.
            let earliest = segments.last().map_or(0, |last| last.begin_minute);
            segments.push(not_before(*segment, earliest));
        }
        let begin = segments.first().map_or(0, |first| first.begin_minute);
        let rest = |is_paid| {
            move |segment: &Segment| ScheduledBreak {
                segment: not_before(*segment, begin),
                is_paid,
            }
        };
        let mut breaks: Vec<ScheduledBreak> = self.unpaid_break.iter().map(rest(false)).collect();
        breaks.extend(self.paid_break.iter().map(rest(true)));
        breaks.sort_by_key(|rest| rest.segment);
        let kind = match (
            segments.len(),
            self.core.is_some() || self.expected.is_some(),
        ) {
            (0, _) => ShiftKind::Open,
            (1, true) => ShiftKind::Flexible,
            (1, false) => ShiftKind::Fixed,
            _ => ShiftKind::Split,
        };
        let window = |minutes: Option<i32>, usual| {
            minutes.unwrap_or(if kind == ShiftKind::Open { 0 } else { usual })
        };
        DomainShift {
            shift_id: ShiftId(Uuid::now_v7()),
            name: self.name.trim().to_owned(),
            kind,
            segments,
            core: self.core.map(|core| not_before(core, begin)),
            expected_minutes: self.expected,
            window_before_minutes: window(self.window_before, 2 * 60),
            window_after_minutes: window(self.window_after, 4 * 60),
            breaks,
        }
    }
}

impl Shift {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => {
                let shift = add.shift();
                let transaction = opened.begin(&add.organization).await?;
                store::shift_create(&transaction, &shift).await?;
                transaction.commit().await?;
                outln!("shift {}: {}", shift.name, describe(&shift));
                outln!("next: rollcall roster assign CODE --site SITE --from DATE --week …");
            }
            Self::Rename {
                name,
                new_name,
                organization,
            } => {
                let transaction = opened.begin(&organization).await?;
                store::shift_rename(&transaction, &name, new_name.trim()).await?;
                transaction.commit().await?;
                outln!("shift {name} is called {new_name} now");
            }
            Self::Retire { name, organization } => {
                let transaction = opened.begin(&organization).await?;
                let n = store::shift_retire(&transaction, &name).await?;
                transaction.commit().await?;
                outln!("shift {name} is retired");
                if n > 0 {
                    outln!("{n} rosters still plan it");
                }
            }
            Self::List { organization } => {
                let transaction = opened.begin(&organization).await?;
                let shifts = store::shift_list(&transaction).await?;
                if shifts.is_empty() {
                    outln!("no shifts yet: make one with `rollcall shift add`");
                }
                for StoredShift { shift, retired_at } in shifts {
                    let retired = if retired_at.is_some() {
                        " (retired)"
                    } else {
                        ""
                    };
                    outln!("{}: {}{retired}", shift.name, describe(&shift));
                }
            }
        }
        Ok(())
    }
}

/// One line for people.
fn describe(shift: &DomainShift) -> String {
    let mut parts = vec![shift.kind.to_string()];
    parts.extend(shift.segments.iter().map(|segment| show_segment(*segment)));
    if let Some(core) = shift.core {
        parts.push(format!("core {}", show_segment(core)));
    }
    if let Some(minutes) = shift.expected_minutes {
        parts.push(format!("expected {}", show_duration(minutes)));
    }
    for rest in &shift.breaks {
        let kind = if rest.is_paid { "paid" } else { "unpaid" };
        parts.push(format!("{kind} break {}", show_segment(rest.segment)));
    }
    if shift.kind != ShiftKind::Open {
        parts.push(format!(
            "window {} before to {} after",
            show_duration(shift.window_before_minutes),
            show_duration(shift.window_after_minutes)
        ));
    }
    parts.join(", ")
}
