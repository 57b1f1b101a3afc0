//! `rollcall roster`: who has which shifts. Thin: each command is one call of the store.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{ArgGroup, Args, Subcommand};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, ShiftId, SiteId};
use rollcall_store::Transaction;
use rollcall_store::employee_list::{EmployeeFilter, EmployeeList};
use rollcall_store::page::Page;
use rollcall_store::roster::{self as store, RosterAssign, RosterFilter, RosterLine};
use rollcall_store::shift::shift_by_names;

use crate::provision::{InOrganization, Opened, with_instance};

/// Rosters.
#[derive(Subcommand)]
pub enum Roster {
    /// Give shifts to employees: a week, or a cycle of any length, that repeats.
    ///
    /// Examples:
    ///   rollcall roster assign A1 A2 --site Berlin --from 2026-11-02 --week "Early Early Early Early Early - -"
    ///   rollcall roster assign A3 --site Berlin --from 2026-11-02 --to 2026-12-31 --cycle "Night Night - -"
    #[command(verbatim_doc_comment)]
    Assign(Box<Assign>),
    /// End the roster that employees have on a date, with that date as its last.
    End {
        /// Personnel numbers.
        #[arg(required = true)]
        code: Vec<String>,
        /// Last date.
        #[arg(long)]
        on: Date,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// List rosters.
    List {
        /// Only of this employee (personnel number).
        #[arg(long)]
        employee: Option<String>,
        /// Only at this site (by name).
        #[arg(long)]
        site: Option<String>,
        /// Only those that reach this date or a later one.
        #[arg(long)]
        from: Option<Date>,
        /// Only those that begin on this date or earlier.
        #[arg(long)]
        to: Option<Date>,
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// Options of a new roster.
#[derive(Args)]
#[command(group(ArgGroup::new("who").required(true).args(["code", "everyone"])))]
#[command(group(ArgGroup::new("shifts").required(true).args(["week", "cycle"])))]
pub struct Assign {
    /// Personnel numbers.
    code: Vec<String>,
    /// Everybody who may be recognised at the site.
    #[arg(long)]
    everyone: bool,
    /// Site where the shifts are worked (by name); its clock counts.
    #[arg(long)]
    site: String,
    /// First date, for example 2026-11-02.
    #[arg(long)]
    from: Date,
    /// Last date (inclusive); without it the roster has no end.
    #[arg(long)]
    to: Option<Date>,
    /// Shifts from Monday to Sunday, `-` for a rest day. Separate them by commas when a name has spaces.
    #[arg(long)]
    week: Option<String>,
    /// Shifts of a cycle of any length, `-` for a rest day.
    #[arg(long)]
    cycle: Option<String>,
    /// Date of the first day of the cycle [default: the first date].
    #[arg(long, conflicts_with = "week")]
    anchor: Option<Date>,
    /// Public holidays are ordinary working days.
    #[arg(long)]
    works_on_holidays: bool,
    /// Cut or split the rosters that are in the way; what remains of them stays as it is.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    organization: InOrganization,
}

impl Assign {
    /// Names of the shifts, and the date of the first.
    fn cycle(&self) -> anyhow::Result<(Vec<&str>, Date)> {
        let Some(week) = &self.week else {
            let names = names(self.cycle.as_deref().unwrap_or_default());
            return Ok((names, self.anchor.unwrap_or(self.from)));
        };
        let names = names(week);
        if names.len() != 7 {
            bail!(
                "`--week` names {} days, must name 7 from Monday to Sunday\nhint: write `-` for a rest day; for other lengths use `--cycle`",
                names.len()
            );
        }
        let monday = i64::from(self.from.weekday().to_monday_zero_offset());
        Ok((names, self.from.saturating_sub(monday.days())))
    }

    async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        let site_id = opened.site(organization_id, &self.site).await?;
        let (names, anchor) = self.cycle()?;
        let mut employees = opened.employees(organization_id, &self.code).await?;
        let transaction = opened.begin(&self.organization).await?;
        if self.everyone {
            employees = everyone(&transaction, site_id).await?;
            if employees.is_empty() {
                bail!(
                    "nobody works at `{}`\nhint: `rollcall employee create` names the sites of a person",
                    self.site
                );
            }
        }
        let wanted: Vec<&str> = names.iter().copied().filter(|name| *name != "-").collect();
        let known = shift_by_names(&transaction, &wanted).await?;
        let cycle: Vec<Option<ShiftId>> =
            names.iter().map(|name| known.get(*name).copied()).collect();
        let roster = RosterAssign {
            employees: &employees,
            site_id,
            from: self.from,
            to: self.to,
            anchor,
            cycle: &cycle,
            works_on_holidays: self.works_on_holidays,
            replace: self.replace,
        };
        let n_cut = store::roster_assign(&transaction, &roster).await?;
        transaction.commit().await?;
        outln!(
            "{} from {} {}: {}",
            people(employees.len()),
            self.from,
            until(self.to),
            names.join(" ")
        );
        if n_cut > 0 {
            outln!("{n_cut} older rosters were cut");
        }
        Ok(())
    }
}

/// Separated by commas when there are any, else by spaces.
fn names(text: &str) -> Vec<&str> {
    if text.contains(',') {
        text.split(',').map(str::trim).collect()
    } else {
        text.split_whitespace().collect()
    }
}

async fn everyone(transaction: &Transaction, site_id: SiteId) -> anyhow::Result<Vec<EmployeeId>> {
    let list = EmployeeList {
        filter: EmployeeFilter {
            site_id: Some(site_id),
            is_active: Some(true),
            ..EmployeeFilter::default()
        },
        ..EmployeeList::default()
    };
    let mut page = Page::first(1000);
    let mut found = Vec::new();
    loop {
        let paged = list.page(transaction, &page).await?;
        let last = paged.rows.last().map(|(key, _)| key.clone());
        found.extend(paged.rows.iter().map(|(_, employee)| employee.employee_id));
        if !paged.has_more {
            return Ok(found);
        }
        page.after = last;
    }
}

impl Roster {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Assign(assign) => assign.run(opened).await,
            Self::End {
                code,
                on,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let employees = opened.employees(organization_id, &code).await?;
                let transaction = opened.begin(&organization).await?;
                for employee_id in &employees {
                    store::roster_end(&transaction, *employee_id, on).await?;
                }
                transaction.commit().await?;
                outln!("{}: the roster ends on {on}", people(employees.len()));
                Ok(())
            }
            Self::List {
                employee,
                site,
                from,
                to,
                organization,
            } => {
                if let (Some(from), Some(to)) = (from, to)
                    && to < from
                {
                    bail!("`--to` {to} lies before `--from` {from}\nhint: give them in order");
                }
                let organization_id = opened.organization(&organization).await?;
                let mut filter = RosterFilter {
                    from,
                    to,
                    ..RosterFilter::default()
                };
                if let Some(code) = employee {
                    filter.employee_id = opened.employees(organization_id, &[code]).await?.pop();
                }
                if let Some(site) = site {
                    filter.site_id = Some(opened.site(organization_id, &site).await?);
                }
                let transaction = opened.begin(&organization).await?;
                let lines = store::roster_list(&transaction, &filter).await?;
                if lines.is_empty() {
                    outln!("no rosters: give one with `rollcall roster assign`");
                }
                for line in &lines {
                    outln!("{}", describe(line));
                }
                Ok(())
            }
        }
    }
}

fn people(n: usize) -> String {
    match n {
        1 => "1 employee".to_owned(),
        n => format!("{n} employees"),
    }
}

fn until(to: Option<Date>) -> String {
    to.map_or_else(|| "on".to_owned(), |to| format!("to {to}"))
}

/// One line for people.
fn describe(line: &RosterLine) -> String {
    let cycle: Vec<&str> = line
        .cycle
        .iter()
        .map(|shift| shift.as_deref().unwrap_or("-"))
        .collect();
    let separator = if cycle.iter().any(|name| name.contains(' ')) {
        ", "
    } else {
        " "
    };
    let holidays = if line.works_on_holidays {
        ", also on holidays"
    } else {
        ""
    };
    format!(
        "{} {}: {} {} at {}: {} (cycle from {}{holidays})",
        line.code,
        line.display_name,
        line.from,
        until(line.to),
        line.site,
        cycle.join(separator),
        line.anchor,
    )
}
