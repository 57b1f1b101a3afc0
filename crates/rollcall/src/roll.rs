//! `rollcall site list` and `rollcall employee list`. Of faces they show figures and nothing else.

use clap::Args;
use rollcall_store::employee::{EmployeeLine, employee_lines};
use rollcall_store::site::{SiteLine, site_lines};

use crate::listing::{self, ListFormat, local};
use crate::provision::{InOrganization, Opened};

/// Options of `site list`.
#[derive(Args)]
pub struct SiteList {
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

impl SiteList {
    /// Prints the sites.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let transaction = opened.begin(&self.organization).await?;
        let sites = site_lines(&transaction).await?;
        transaction.commit().await?;
        if sites.is_empty() && self.format == ListFormat::Table {
            outln!("no sites yet: make one with `rollcall site create`");
            return Ok(());
        }
        let headers = [
            "site",
            "time zone",
            "day begins",
            "directions",
            "out of use since",
            "employees",
            "devices",
        ];
        let rows: Vec<Vec<String>> = sites.iter().map(site_row).collect();
        listing::print(self.format, &headers, 5, &rows);
        Ok(())
    }
}

fn site_row(site: &SiteLine) -> Vec<String> {
    vec![
        site.name.clone(),
        site.time_zone.clone(),
        site.day_boundary.strftime("%H:%M").to_string(),
        site.direction_policy.clone(),
        site.deactivated_at
            .map_or_else(String::new, |at| local(at, &site.time_zone)),
        site.n_employees.to_string(),
        site.n_devices.to_string(),
    ]
}

/// Options of `employee list`.
#[derive(Args)]
pub struct EmployeeList {
    /// Only those who may be recognised at this site (by name).
    #[arg(long)]
    site: Option<String>,
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

impl EmployeeList {
    /// Prints the employees.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let site_id = match &self.site {
            Some(name) => {
                let organization_id = opened.organization(&self.organization).await?;
                Some(opened.site(organization_id, name).await?)
            }
            None => None,
        };
        let transaction = opened.begin(&self.organization).await?;
        let employees = employee_lines(&transaction, site_id).await?;
        transaction.commit().await?;
        if employees.is_empty() && self.format == ListFormat::Table {
            match &self.site {
                Some(site) => outln!("no employees at {site}"),
                None => outln!("no employees yet: make one with `rollcall employee create`"),
            }
            return Ok(());
        }
        let headers = [
            "code",
            "name",
            "sites",
            "home",
            "hired",
            "left",
            "state",
            "consent",
            "photos",
            "templates",
        ];
        let rows: Vec<Vec<String>> = employees.iter().map(employee_row).collect();
        listing::print(self.format, &headers, 8, &rows);
        Ok(())
    }
}

fn employee_row(employee: &EmployeeLine) -> Vec<String> {
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |d| d.to_string());
    vec![
        employee.code.clone(),
        employee.display_name.clone(),
        employee.sites.join(", "),
        employee.home.clone().unwrap_or_default(),
        date(employee.hired_on),
        date(employee.left_on),
        if employee.is_active {
            "active"
        } else {
            "deactivated"
        }
        .to_owned(),
        if employee.has_consent { "yes" } else { "no" }.to_owned(),
        employee.n_photos.to_string(),
        employee.n_templates.to_string(),
    ]
}
