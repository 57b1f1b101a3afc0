//! `rollcall attendance day`: why a day reads as it does, in one command. Must not calculate: everything
//! is as the derivation left it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use jiff::civil::Date;
use rollcall_domain::{Direction, PresenceClass};
use rollcall_store::correction::{Correction, CorrectionState, DayEvent};
use rollcall_store::day::Day;
use rollcall_store::day_sheet::{DaySheet, SheetAdjustment, day_sheet};

use crate::correction::what;
use crate::listing::local;
use crate::provision::{InOrganization, Opened, with_instance};
use crate::time_text::show_duration;

/// Which day to show.
#[derive(Args)]
pub struct DayOptions {
    /// Personnel number.
    code: String,
    /// Work date, for example 2026-11-02.
    date: Date,
    #[command(flatten)]
    organization: InOrganization,
}

impl DayOptions {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        let found = opened
            .employees(organization_id, std::slice::from_ref(&self.code))
            .await?;
        let Some(&employee_id) = found.first() else {
            bail!("there is no employee `{}`", self.code);
        };
        let transaction = opened.begin(&self.organization).await?;
        let sheet = day_sheet(&transaction, employee_id, self.date).await?;
        for line in lines(&sheet, &self.code, self.date) {
            outln!("{line}");
        }
        Ok(())
    }
}

fn lines(sheet: &DaySheet, code: &str, date: Date) -> Vec<String> {
    let mut lines = Vec::new();
    match &sheet.day {
        Some(day) => head(day, &format!("{code} {}", sheet.employee_name), &mut lines),
        None => lines.push(format!(
            "{code}  {date}: nothing is known about this day yet"
        )),
    }
    if sheet.is_closed {
        lines.push(
            "(the period of this day is closed: its figures do not change, what came later is an adjustment)"
                .to_owned(),
        );
    }
    if sheet.is_dirty {
        lines.push("(something changed: this day is about to be derived again)".to_owned());
    }
    let zone = sheet.day.as_ref().map_or("UTC", |day| &day.time_zone);
    section(&mut lines, "sessions", sessions(sheet, zone));
    section(&mut lines, "presence", presence(sheet, zone));
    section(
        &mut lines,
        "punches",
        sheet
            .events
            .punches
            .iter()
            .map(|event| punch(event, sheet.is_closed))
            .collect(),
    );
    section(
        &mut lines,
        "corrections",
        sheet.events.corrections.iter().map(correction).collect(),
    );
    let exceptions = sheet.exceptions.iter().map(|exception| {
        let waived = exception
            .waiver
            .as_ref()
            .map_or_else(String::new, |waiver| {
                format!(" (waived{}: {})", by(&waiver.waived_by_name), waiver.note)
            });
        format!("{}: {}{waived}", exception.kind, exception.sentence)
    });
    section(&mut lines, "exceptions", exceptions.collect());
    section(
        &mut lines,
        "adjustments",
        sheet.adjustments.iter().flat_map(adjustment).collect(),
    );
    section(&mut lines, "why", sheet.why.clone());
    lines
}

fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>) {
    if !content.is_empty() {
        lines.push(format!("{title}:"));
        lines.extend(content.into_iter().map(|line| format!("  {line}")));
    }
}

fn head(day: &Day, who: &str, lines: &mut Vec<String>) {
    let shift = match &day.shift_name {
        Some(name) => format!("shift {name}"),
        None => "no shift".to_owned(),
    };
    let open = if day.is_open { ", still open" } else { "" };
    lines.push(format!("{who}  {}: {}{open}", day.work_date, day.status));
    lines.push(format!(
        "{} ({shift}), {}, rules {} version {}",
        day.kind, day.time_zone, day.rule_set_name, day.rule_set_version
    ));
    let minutes = &day.minutes;
    let figures = [
        ("presence", minutes.presence),
        ("payable", minutes.payable),
        ("unpaid break", minutes.unpaid_break),
        ("unpayable", minutes.unpayable),
        ("overtime daily", minutes.overtime_daily),
        ("overtime weekly", minutes.overtime_weekly),
        ("overtime on a rest day", minutes.overtime_rest_day),
        ("overtime on a holiday", minutes.overtime_holiday),
        ("overtime not approved", minutes.overtime_unapproved),
        ("expected", minutes.expected),
        ("late", minutes.late),
        ("early out", minutes.early_out),
        ("paid leave", minutes.leave_paid),
        ("unpaid leave", minutes.leave_unpaid),
    ];
    let shown: Vec<String> = figures
        .iter()
        .filter(|(name, minutes)| *minutes != 0 || matches!(*name, "presence" | "payable"))
        .map(|(name, minutes)| format!("{name} {}", show_duration(*minutes)))
        .collect();
    lines.push(shown.join(", "));
}

fn sessions(sheet: &DaySheet, zone: &str) -> Vec<String> {
    sheet
        .sessions
        .iter()
        .map(|session| {
            let end = |at: Option<jiff::Timestamp>| {
                at.map_or_else(|| "missing".to_owned(), |at| local(at, zone))
            };
            let out = if session.is_open {
                "open".to_owned()
            } else {
                end(session.out_at)
            };
            format!(
                "IN {}  OUT {out}  {}",
                end(session.in_at),
                show_duration(session.worked_minutes)
            )
        })
        .collect()
}

fn presence(sheet: &DaySheet, zone: &str) -> Vec<String> {
    sheet
        .intervals
        .iter()
        .map(|interval| {
            let minutes = interval.end_at.duration_since(interval.begin_at).as_mins();
            let class = match interval.class {
                PresenceClass::Payable => "payable",
                PresenceClass::UnpaidBreak => "unpaid break",
                PresenceClass::Unpayable => "unpayable",
            };
            let overtime = interval
                .overtime
                .map_or_else(String::new, |overtime| format!(", overtime {overtime}"));
            format!(
                "{} to {}  {class}{overtime}  {}",
                local(interval.begin_at, zone),
                local(interval.end_at, zone),
                show_duration(i32::try_from(minutes).unwrap_or(i32::MAX))
            )
        })
        .collect()
}

fn direction(direction: Option<Direction>) -> &'static str {
    match direction {
        Some(Direction::In) => "IN",
        Some(Direction::Out) => "OUT",
        None => "?",
    }
}

fn by(name: &Option<String>) -> String {
    name.as_ref()
        .map_or_else(String::new, |name| format!(" by {name}"))
}

fn punch(punch: &DayEvent, is_closed: bool) -> String {
    let camera = punch
        .camera_name
        .as_ref()
        .map_or_else(String::new, |name| format!(" (camera {name})"));
    let reading = match (&punch.void, &punch.reading) {
        (Some(void), _) => format!("VOIDED{}: {}", by(&void.voided_by_name), void.reason),
        (None, Some(reading)) if reading.is_counted => {
            format!("{} ({})", direction(reading.direction), reading.reason)
        }
        (None, Some(reading)) => format!("not counted ({})", reading.reason),
        (None, None) if is_closed => format!(
            "{} (came after the period was closed)",
            direction(punch.direction)
        ),
        (None, None) => format!("{} (not derived yet)", direction(punch.direction)),
    };
    let added = match (&punch.added_because, &punch.created_by_name) {
        (Some(reason), name) => format!("; added{}: {reason}", by(name)),
        (None, Some(name)) => format!("; added by {name}"),
        (None, None) => String::new(),
    };
    format!(
        "{}  {}  {}{camera}  {reading}{added}  [{}]",
        local(punch.occurred_at, &punch.time_zone),
        punch.site_name,
        punch.source,
        punch.punch_id
    )
}

fn adjustment(adjustment: &SheetAdjustment) -> Vec<String> {
    let into = match adjustment.into {
        Some((first, last)) => format!("paid in the period {first} to {last}"),
        None => "waits for the next period".to_owned(),
    };
    let mut lines = vec![format!(
        "payable {}, {into}",
        show_duration(adjustment.payable_minutes)
    )];
    lines.extend(adjustment.why.iter().map(|line| format!("  {line}")));
    lines
}

fn correction(correction: &Correction) -> String {
    let decision = match correction.state {
        CorrectionState::Requested => "waits for a decision".to_owned(),
        state => format!("{}{}", state.as_str(), by(&correction.decided_by_name)),
    };
    let comment = correction
        .decision_comment
        .as_ref()
        .map_or_else(String::new, |comment| format!(": {comment}"));
    format!(
        "{}: {} (asked{})  {decision}{comment}  [{}]",
        what(correction),
        correction.reason,
        by(&correction.requested_by_name),
        correction.correction_id
    )
}
