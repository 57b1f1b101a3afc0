//! `rollcall holiday`, `leave` and `overtime`: dates on which less is expected or more is paid. Thin:
//! each command is one call of the store.

mod holiday_file;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use rollcall_domain::DayPart;
use rollcall_domain::id::{LeaveId, OrganizationId, SiteId};
use rollcall_store::holiday::{self, HolidaySpec, holiday_add};
use rollcall_store::leave::{self, LeaveFilter, LeaveSpec};
use rollcall_store::overtime::overtime_approve;
use rollcall_store::site::site_by_ids;

use crate::provision::{InOrganization, Opened, with_instance};
use crate::time_text::{day_part, duration, show_day_part, show_duration};

/// Public holidays.
#[derive(Subcommand)]
pub enum Holiday {
    /// Add a public holiday.
    Add {
        /// The date, for example 2026-12-25.
        date: Date,
        /// Its name.
        name: String,
        /// Only at this site (by name).
        #[arg(long)]
        site: Option<String>,
        /// How much of the date: whole, first-half, second-half or hours such as 12:00-24:00.
        #[arg(long, value_parser = day_part, default_value = "whole")]
        part: DayPart,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Add the holidays of a CSV file with the columns date, name and, if wanted, site and part: all or
    /// none.
    Import {
        /// The file. Its first line names the columns.
        file: PathBuf,
        /// Site (by name) of lines that name none; without it they hold at all sites.
        #[arg(long)]
        site: Option<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Remove a holiday.
    Remove {
        /// The date.
        date: Date,
        /// The holiday of this site (by name); without it that of all sites.
        #[arg(long)]
        site: Option<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// List holidays.
    List {
        /// Not before this date.
        #[arg(long)]
        from: Option<Date>,
        /// Not after this date.
        #[arg(long)]
        to: Option<Date>,
        /// Those of this site (by name) and those of all sites.
        #[arg(long)]
        site: Option<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
}

async fn site_of(
    opened: &Opened,
    organization_id: OrganizationId,
    name: Option<&str>,
) -> anyhow::Result<Option<SiteId>> {
    match name {
        Some(name) => Ok(Some(opened.site(organization_id, name).await?)),
        None => Ok(None),
    }
}

impl Holiday {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Add {
                date,
                name,
                site,
                part,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let spec = HolidaySpec {
                    site_id: site_of(opened, organization_id, site.as_deref()).await?,
                    date,
                    name,
                    part,
                };
                let transaction = opened.begin(&organization).await?;
                holiday_add(&transaction, std::slice::from_ref(&spec)).await?;
                transaction.commit().await?;
                outln!("holiday {date} {}", spec.name);
            }
            Self::Import {
                file,
                site,
                organization,
            } => import(opened, &file, site.as_deref(), &organization).await?,
            Self::Remove {
                date,
                site,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let site_id = site_of(opened, organization_id, site.as_deref()).await?;
                let transaction = opened.begin(&organization).await?;
                holiday::holiday_remove(&transaction, site_id, date).await?;
                transaction.commit().await?;
                outln!("{date} is no holiday any more");
            }
            Self::List {
                from,
                to,
                site,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let site_id = site_of(opened, organization_id, site.as_deref()).await?;
                let transaction = opened.begin(&organization).await?;
                let holidays = holiday::holiday_list(&transaction, (from, to), site_id).await?;
                if holidays.is_empty() {
                    outln!("no holidays: add one with `rollcall holiday add`");
                }
                let ids: Vec<SiteId> = holidays.iter().filter_map(|h| h.site_id).collect();
                let sites = site_by_ids(&transaction, &ids).await?;
                for holiday in holidays {
                    let site = sites
                        .iter()
                        .find(|site| Some(site.site_id) == holiday.site_id)
                        .map_or("all sites", |site| &site.name);
                    outln!(
                        "{} {} ({site}, {})",
                        holiday.date,
                        holiday.name,
                        show_day_part(holiday.part)
                    );
                }
            }
        }
        Ok(())
    }
}

async fn import(
    opened: &Opened,
    file: &Path,
    site: Option<&str>,
    organization: &InOrganization,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let lines = holiday_file::read(&bytes).with_context(|| format!("`{}`", file.display()))?;
    let organization_id = opened.organization(organization).await?;
    let mut specs = Vec::new();
    for line in lines {
        let name = line.site.as_deref().or(site);
        let site_id = site_of(opened, organization_id, name)
            .await
            .with_context(|| format!("`{}` line {}", file.display(), line.number))?;
        specs.push(HolidaySpec {
            site_id,
            date: line.date,
            name: line.name,
            part: line.part,
        });
    }
    if specs.is_empty() {
        bail!(
            "`{}` has no holidays\nhint: write a line such as 2026-12-25,Christmas below the line date,name",
            file.display()
        );
    }
    let transaction = opened.begin(organization).await?;
    holiday_add(&transaction, &specs).await?;
    transaction.commit().await?;
    outln!("{} holidays added", specs.len());
    Ok(())
}

/// Leave.
#[derive(Subcommand)]
pub enum Leave {
    /// Add leave of an employee.
    Add(Box<LeaveAdd>),
    /// Remove leave.
    Remove {
        /// Its id, as `rollcall leave list` shows it.
        id: LeaveId,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// List leave.
    List {
        /// Only of this employee (personnel number).
        #[arg(long)]
        employee: Option<String>,
        /// Only what reaches this date or a later one.
        #[arg(long)]
        from: Option<Date>,
        /// Only what begins on this date or earlier.
        #[arg(long)]
        to: Option<Date>,
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// Options of new leave.
#[derive(Args)]
pub struct LeaveAdd {
    /// Personnel number.
    code: String,
    /// First date.
    #[arg(long)]
    from: Date,
    /// Last date (inclusive) [default: the first].
    #[arg(long)]
    to: Option<Date>,
    /// How much of each date: whole, first-half, second-half or hours such as 13:00-17:00.
    #[arg(long, value_parser = day_part, default_value = "whole")]
    part: DayPart,
    /// Kind for people, for example annual or sick.
    #[arg(long, default_value = "annual")]
    kind: String,
    /// The leave is not paid.
    #[arg(long)]
    unpaid: bool,
    /// Remark.
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    organization: InOrganization,
}

impl Leave {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => {
                let organization_id = opened.organization(&add.organization).await?;
                let to = add.to.unwrap_or(add.from);
                let employees = opened
                    .employees(organization_id, std::slice::from_ref(&add.code))
                    .await?;
                let transaction = opened.begin(&add.organization).await?;
                for employee_id in employees {
                    let spec = LeaveSpec {
                        employee_id,
                        from: add.from,
                        to,
                        part: add.part,
                        is_paid: !add.unpaid,
                        kind: &add.kind,
                        note: add.note.as_deref(),
                    };
                    let leave_id = leave::leave_add(&transaction, &spec).await?;
                    outln!(
                        "leave of {} from {} to {to}: {leave_id}",
                        add.code,
                        add.from
                    );
                }
                transaction.commit().await?;
            }
            Self::Remove { id, organization } => {
                let transaction = opened.begin(&organization).await?;
                leave::leave_remove(&transaction, id).await?;
                transaction.commit().await?;
                outln!("leave {id} removed");
            }
            Self::List {
                employee,
                from,
                to,
                organization,
            } => {
                let mut filter = LeaveFilter {
                    employee_id: None,
                    from,
                    to,
                };
                if let Some(code) = employee {
                    let organization_id = opened.organization(&organization).await?;
                    filter.employee_id = opened.employees(organization_id, &[code]).await?.pop();
                }
                let transaction = opened.begin(&organization).await?;
                let lines = leave::leave_list(&transaction, &filter).await?;
                if lines.is_empty() {
                    outln!("no leave: add some with `rollcall leave add`");
                }
                for line in lines {
                    let leave = line.leave;
                    let paid = if leave.is_paid { "paid" } else { "unpaid" };
                    let note = line
                        .note
                        .map(|note| format!(": {note}"))
                        .unwrap_or_default();
                    outln!(
                        "{}  {} {}: {} to {}, {}, {paid}, {}{note}",
                        leave.leave_id,
                        line.code,
                        line.display_name,
                        leave.from,
                        leave.to,
                        show_day_part(leave.part),
                        leave.kind
                    );
                }
            }
        }
        Ok(())
    }
}

/// Overtime.
#[derive(Subcommand)]
pub enum Overtime {
    /// Approve overtime of an employee on a date, in place of what was approved before.
    Approve {
        /// Personnel number.
        code: String,
        /// The work date.
        date: Date,
        /// How much, for example 1h30m; 0 takes the approval back.
        #[arg(value_parser = duration)]
        time: i32,
        /// Remark.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
}

impl Overtime {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let Self::Approve {
            code,
            date,
            time,
            note,
            organization,
        } = self;
        let organization_id = opened.organization(&organization).await?;
        let employees = opened
            .employees(organization_id, std::slice::from_ref(&code))
            .await?;
        let transaction = opened.begin(&organization).await?;
        for employee_id in employees {
            overtime_approve(&transaction, employee_id, date, time, note.as_deref()).await?;
        }
        transaction.commit().await?;
        outln!(
            "{code} {date}: {} of overtime approved",
            show_duration(time)
        );
        Ok(())
    }
}
