//! `rollcall employee pin`, `badge` and `code-entries`: what people punch with at a kiosk when a face does not do.
//! Must not know how codes are compared.

use std::io::Read as _;

use anyhow::bail;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::EmployeeId;
use rollcall_store::audit::{Event, audit_record};
use rollcall_store::code_entry::{CodeEntryFilter, CodeEntryRow, code_entry_page};
use rollcall_store::database::Scope;
use rollcall_store::employee::employee_find;
use rollcall_store::employee_code::{
    employee_badge_remove, employee_badge_set, employee_pin_remove, employee_pin_set, random_pin,
};
use rollcall_store::page::Page;

use crate::acting::Acting;
use crate::listing::{self, ListFormat, local};
use crate::provision::{InOrganization, Opened};

/// Options of `employee pin`.
#[derive(Args)]
pub struct EmployeePin {
    /// Personnel number.
    code: String,
    /// Read the PIN, 6 to 12 digits, from standard input.
    #[arg(long)]
    stdin: bool,
    /// Take the PIN away.
    #[arg(long, conflicts_with = "stdin")]
    remove: bool,
    #[command(flatten)]
    acting: Acting,
}

/// Options of `employee badge`.
#[derive(Args)]
pub struct EmployeeBadge {
    /// Personnel number.
    code: String,
    /// Take the badge away.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    acting: Acting,
}

async fn find(opened: &Opened, scope: &Scope, code: &str) -> anyhow::Result<EmployeeId> {
    Ok(employee_find(&opened.instance.api()?, scope, code).await?)
}

fn from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

impl EmployeePin {
    /// Sets, makes or removes the PIN.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let Self { code, .. } = self;
        let (scope, transaction) = self.acting.begin(opened).await?;
        let employee_id = find(opened, &scope, &code).await?;
        let record = async |action| {
            let event = Event::new(action, "employee").of(employee_id.0);
            audit_record(&transaction, scope.organization_id, &event).await
        };
        if self.remove {
            if !employee_pin_remove(&transaction, employee_id).await? {
                bail!("employee {code} has no PIN");
            }
            record("employee.pin_remove").await?;
            transaction.commit().await?;
            outln!("PIN of employee {code} removed");
            return Ok(());
        }
        let pin = match self.stdin {
            true => from_stdin()?,
            false => random_pin(),
        };
        employee_pin_set(&transaction, employee_id, &pin).await?;
        record("employee.pin_set").await?;
        transaction.commit().await?;
        match self.stdin {
            true => outln!("PIN of employee {code} changed"),
            false => outln!("PIN of employee {code}: {pin} (shown once)"),
        }
        Ok(())
    }
}

impl EmployeeBadge {
    /// Sets the badge from standard input, or removes it.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let Self { code, .. } = self;
        let (scope, transaction) = self.acting.begin(opened).await?;
        let employee_id = find(opened, &scope, &code).await?;
        let action = match self.remove {
            true => {
                if !employee_badge_remove(&transaction, employee_id).await? {
                    bail!("employee {code} has no badge");
                }
                "employee.badge_remove"
            }
            false => {
                employee_badge_set(&transaction, employee_id, &from_stdin()?).await?;
                "employee.badge_set"
            }
        };
        let event = Event::new(action, "employee").of(employee_id.0);
        audit_record(&transaction, scope.organization_id, &event).await?;
        transaction.commit().await?;
        match self.remove {
            true => outln!("badge of employee {code} removed"),
            false => outln!("badge of employee {code} set"),
        }
        Ok(())
    }
}

/// Options of `employee code-entries`.
#[derive(Args)]
pub struct CodeEntries {
    /// Days back.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    /// Only what was refused, with the reason.
    #[arg(long)]
    refused: bool,
    /// Most lines.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

impl CodeEntries {
    /// Prints what was typed at kiosks, newest first.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let since = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(self.days));
        let transaction = opened.begin(&self.organization).await?;
        let filter = CodeEntryFilter {
            from: Some(since),
            refused_only: self.refused,
            ..CodeEntryFilter::default()
        };
        let page = Page::first(i64::from(self.limit));
        let (paged, _) = code_entry_page(&transaction, &filter, &page, false).await?;
        transaction.commit().await?;
        let entries: Vec<CodeEntryRow> = paged.rows.into_iter().map(|(_, row)| row).collect();
        if entries.is_empty() && self.format == ListFormat::Table {
            outln!("nothing was typed at a kiosk in {} days", self.days);
            return Ok(());
        }
        let headers = [
            "at", "site", "device", "by", "typed", "employee", "way", "outcome", "reason",
            "heard of",
        ];
        let rows: Vec<Vec<String>> = entries.into_iter().map(row).collect();
        listing::print(self.format, &headers, headers.len(), &rows);
        Ok(())
    }
}

fn row(entry: CodeEntryRow) -> Vec<String> {
    vec![
        local(entry.captured_at, &entry.time_zone),
        entry.site_name,
        entry.device_name,
        if entry.is_badge { "badge" } else { "pin" }.to_owned(),
        entry.employee_code.unwrap_or_default(),
        entry.employee.unwrap_or_default(),
        entry.direction.unwrap_or_default(),
        entry.outcome,
        entry
            .reason
            .map(|reason| reason.as_str().to_owned())
            .unwrap_or_default(),
        local(entry.received_at, &entry.time_zone),
    ]
}
