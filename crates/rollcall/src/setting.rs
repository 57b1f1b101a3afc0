//! `rollcall site set` and `rollcall employee set`. Thin: each change is one call of the store.

use anyhow::bail;
use clap::{ArgGroup, Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rollcall_domain::DirectionPolicy;
use rollcall_store::audit::{Event, audit_record};
use rollcall_store::employment::{EmploymentChange, employment_set};
use rollcall_store::site_change::{
    SitePolicies, site_deactivate, site_policies_set, site_time_zone_set,
};
use rollcall_store::site_put::site_offline_greeting_set;
use serde_json::json;

use crate::provision::{InOrganization, Opened};

/// Options of `site set`.
#[derive(Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)
    .args(["time_zone", "day_boundary", "cool_down", "direction", "offline_greeting", "deactivate", "reactivate"])))]
pub struct SiteSet {
    /// Name of the site.
    name: String,
    /// IANA time zone that the site is in now, for example Europe/Lisbon.
    #[arg(long)]
    time_zone: Option<String>,
    /// Since when the site is in that zone, for example 2026-11-01T00:00:00Z [default: now].
    #[arg(long, requires = "time_zone")]
    since: Option<Timestamp>,
    /// Local time at which the work date changes, for people without a shift: HH:MM. Holds for the past too.
    #[arg(long)]
    day_boundary: Option<Time>,
    /// Seconds within which further punches are repeats. Holds for the past too.
    #[arg(long)]
    cool_down: Option<i32>,
    /// How IN and OUT are told apart. Holds for the past too.
    #[arg(long, value_enum)]
    direction: Option<Direction>,
    /// Hours without the hub for which the site's devices may greet from an encrypted copy of its gallery, 1 to 168; 0: they
    /// hold no copy (docs/devices.md).
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(i32).range(0..=168))]
    offline_greeting: Option<i32>,
    /// Take the site out of use, now or from an instant on.
    #[arg(long, num_args = 0..=1, value_name = "SINCE", conflicts_with = "reactivate")]
    deactivate: Option<Option<Timestamp>>,
    /// Take the site back into use, as if it had never been out of it.
    #[arg(long)]
    reactivate: bool,
    #[command(flatten)]
    organization: InOrganization,
}

/// How IN and OUT are told apart.
#[derive(Clone, Copy, ValueEnum)]
enum Direction {
    /// By the camera, or by what a person pressed; else they alternate.
    Camera,
    /// By what a person pressed only; else they alternate.
    Key,
    /// Faces always alternate.
    Alternate,
    /// The first of a date is IN, the last OUT, those between do not count.
    FirstLast,
}

impl From<Direction> for DirectionPolicy {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Camera => Self::Camera,
            Direction::Key => Self::Key,
            Direction::Alternate => Self::Alternate,
            Direction::FirstLast => Self::FirstLast,
        }
    }
}

impl SiteSet {
    /// Runs the command: all changes or none.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        let site_id = opened.site(organization_id, &self.name).await?;
        let transaction = opened.begin(&self.organization).await?;
        let mut n_marked = 0;
        if let Some(time_zone) = &self.time_zone {
            let since = self.since.unwrap_or_else(Timestamp::now);
            n_marked =
                n_marked.max(site_time_zone_set(&transaction, site_id, time_zone, since).await?);
            outln!("site {}: {time_zone} since {since}", self.name);
        }
        let policies = SitePolicies {
            day_boundary: self.day_boundary,
            cool_down_seconds: self.cool_down,
            direction_policy: self.direction.map(DirectionPolicy::from),
        };
        if self.day_boundary.is_some() || self.cool_down.is_some() || self.direction.is_some() {
            n_marked = n_marked.max(site_policies_set(&transaction, site_id, &policies).await?);
            outln!(
                "site {}: punches are read in the new way, also those of the past",
                self.name
            );
        }
        if let Some(hours) = self.offline_greeting {
            site_offline_greeting_set(&transaction, site_id, hours).await?;
            let event = Event::new("site.update", "site")
                .of(site_id)
                .after(json!({ "offline_greeting_hours": hours }));
            audit_record(&transaction, organization_id, &event).await?;
            match hours {
                0 => outln!(
                    "site {}: devices greet with the hub only, and delete their copy of the gallery",
                    self.name
                ),
                hours => outln!(
                    "site {}: devices greet from an encrypted copy of the gallery for up to {hours} h without the hub",
                    self.name
                ),
            }
        }
        if self.reactivate || self.deactivate.is_some() {
            let at = self
                .deactivate
                .map(|since| since.unwrap_or_else(Timestamp::now));
            n_marked = n_marked.max(site_deactivate(&transaction, site_id, at).await?);
            match at {
                Some(at) => outln!("site {}: out of use since {at}", self.name),
                None => outln!("site {}: in use", self.name),
            }
        }
        transaction.commit().await?;
        outln!("{}", marked(n_marked));
        Ok(())
    }
}

/// What a change means for days.
pub fn marked(n_employees: u64) -> String {
    match n_employees {
        0 => "no day changes".to_owned(),
        1 => "the days of 1 employee are derived again".to_owned(),
        n => format!("the days of {n} employees are derived again"),
    }
}

/// Options of `employee set`.
#[derive(Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args(["hired", "left", "home"])))]
pub struct EmployeeSet {
    /// Personnel number.
    code: String,
    /// First day of employment, or `none` when it is not known.
    #[arg(long)]
    hired: Option<String>,
    /// Last day of employment, or `none` while employed.
    #[arg(long)]
    left: Option<String>,
    /// Site (by name) where days without punches and roster belong, or `none` for the first of the employee's sites.
    #[arg(long)]
    home: Option<String>,
    #[command(flatten)]
    organization: InOrganization,
}

impl EmployeeSet {
    /// Runs the command.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        let home_site_id = match self.home.as_deref() {
            None => None,
            Some("none") => Some(None),
            Some(name) => Some(Some(opened.site(organization_id, name).await?)),
        };
        let change = EmploymentChange {
            hired_on: self.hired.as_deref().map(date_or_none).transpose()?,
            left_on: self.left.as_deref().map(date_or_none).transpose()?,
            home_site_id,
        };
        let employees = opened
            .employees(organization_id, std::slice::from_ref(&self.code))
            .await?;
        let transaction = opened.begin(&self.organization).await?;
        for employee_id in employees {
            employment_set(&transaction, employee_id, &change).await?;
        }
        transaction.commit().await?;
        outln!("employee {} changed", self.code);
        Ok(())
    }
}

fn date_or_none(text: &str) -> anyhow::Result<Option<Date>> {
    if text == "none" {
        return Ok(None);
    }
    match text.parse() {
        Ok(date) => Ok(Some(date)),
        Err(_) => bail!("`{text}` is not a date\nhint: write for example 2026-11-01, or none"),
    }
}
