//! `rollcall user`: people who log in. Passwords are made here, shown once and stored as hashes only.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use rollcall_store::audit::{Event, audit_record};
use rollcall_store::employee::employee_find;
use rollcall_store::session::session_revoke_all;
use rollcall_store::site::site_find;
use rollcall_store::totp::totp_disable;
use rollcall_store::user::{UserRole, user_by_email, user_list};
use rollcall_store::user_change::{
    UserCreate, user_create, user_deactivate, user_password, user_reactivate,
};
use rollcall_store::{Scope, StoreError};
use serde_json::json;

use crate::instance::password;
use crate::listing::{self, ListFormat, local};
use crate::provision::{InOrganization, Opened, with_instance};

/// Users.
#[derive(Subcommand)]
pub enum User {
    /// List the users.
    List {
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Create a user, who gets a password printed once and sets an own one at the first log-in.
    Create(Create),
    /// Shut a user out and end the user's sessions.
    Deactivate {
        /// E-mail of the user.
        email: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Let a deactivated user log in again, with the password that they had.
    Reactivate {
        /// E-mail of the user.
        email: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// For a user who lost the password: print another one once, for one log-in, and end all sessions.
    ResetPassword {
        /// E-mail of the user.
        email: String,
        /// Also remove the second factor, for who lost the authenticator and the recovery codes.
        #[arg(long)]
        second_factor: bool,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Give a user a new password to stay, printed once (or read from standard input with `--stdin`).
    Password {
        /// E-mail of the user.
        email: String,
        /// Read the password from standard input.
        #[arg(long)]
        stdin: bool,
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// A new user.
#[derive(clap::Args)]
pub struct Create {
    /// E-mail, used to log in.
    email: String,
    /// What the user may do.
    #[arg(long, value_enum)]
    role: Role,
    /// Name [default: the e-mail].
    #[arg(long)]
    name: Option<String>,
    /// A site that the user sees; may be given several times [default: all sites].
    #[arg(long = "site", value_name = "SITE")]
    sites: Vec<String>,
    /// Personnel number of the employee who the user is; needed for role employee.
    #[arg(long, value_name = "CODE")]
    employee: Option<String>,
    #[command(flatten)]
    organization: InOrganization,
}

/// What a user may do.
#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    /// Everything, also users and settings.
    Owner,
    /// Employees, enrolment, corrections.
    #[value(alias = "hr_admin")]
    HrAdmin,
    /// Reads and corrects at sites.
    #[value(alias = "site_manager")]
    SiteManager,
    /// Reads everything.
    Auditor,
    /// Reads attendance.
    Viewer,
    /// Sees what is about themselves.
    Employee,
}

impl From<Role> for UserRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::HrAdmin => Self::HrAdmin,
            Role::SiteManager => Self::SiteManager,
            Role::Auditor => Self::Auditor,
            Role::Viewer => Self::Viewer,
            Role::Employee => Self::Employee,
        }
    }
}

impl User {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::List {
                format,
                organization,
            } => list(opened, &organization, format).await,
            Self::Create(new) => create(opened, new).await,
            Self::Deactivate {
                email,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let transaction = opened.begin(&organization).await?;
                let user = user_by_email(&transaction, &address(&email)).await?;
                let (user, n) = user_deactivate(&transaction, None, user.user_id).await?;
                let event = Event::new("user.deactivate", "user").of(user.user_id);
                audit_record(&transaction, organization_id, &event).await?;
                transaction.commit().await?;
                outln!("user {} is deactivated; sessions ended: {n}", user.email);
                Ok(())
            }
            Self::Reactivate {
                email,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let transaction = opened.begin(&organization).await?;
                let user = user_by_email(&transaction, &address(&email)).await?;
                user_reactivate(&transaction, user.user_id).await?;
                let event = Event::new("user.reactivate", "user").of(user.user_id);
                audit_record(&transaction, organization_id, &event).await?;
                transaction.commit().await?;
                outln!("user {} may log in again", user.email);
                Ok(())
            }
            Self::ResetPassword {
                email,
                second_factor,
                organization,
            } => {
                let password = password();
                let done = Reset {
                    is_one_time: true,
                    second_factor,
                };
                let email = address(&email);
                let n = reset(opened, &organization, &email, &password, done).await?;
                outln!(
                    "log in as {email} with password {password} (shown once, for one log-in); sessions ended: {n}"
                );
                Ok(())
            }
            Self::Password {
                email,
                stdin,
                organization,
            } => set_password(opened, &organization, (&email, stdin)).await,
        }
    }
}

async fn create(opened: &Opened, new: Create) -> anyhow::Result<()> {
    let organization_id = opened.organization(&new.organization).await?;
    let (database, scope) = (opened.instance.api()?, Scope::organization(organization_id));
    let mut site_ids = Vec::new();
    for site in &new.sites {
        site_ids.push(site_find(&database, &scope, site).await?);
    }
    let employee_id = match &new.employee {
        Some(code) => Some(employee_find(&database, &scope, code).await?),
        None => None,
    };
    let role = UserRole::from(new.role);
    let (email, password) = (address(&new.email), password());
    let user = UserCreate {
        email: &email,
        display_name: new.name.as_deref().map_or(&email, str::trim),
        role,
        all_sites: site_ids.is_empty() && role != UserRole::Employee,
        site_ids: &site_ids,
        employee_id,
        password_hash: &rollcall_api::hash_password(&password),
    };
    let transaction = opened.begin(&new.organization).await?;
    let made = match user_create(&transaction, organization_id, &user).await {
        Err(StoreError::Taken { .. }) => bail!(
            "a user with this e-mail exists already; `rollcall user list` shows deactivated ones too"
        ),
        made => made?,
    };
    let event = Event::new("user.create", "user")
        .of(made.user_id)
        .after(json!({ "email": made.email, "role": role.as_str() }));
    audit_record(&transaction, organization_id, &event).await?;
    transaction.commit().await?;
    outln!("log in as {email} with password {password} (shown once)");
    Ok(())
}

async fn list(
    opened: &Opened,
    organization: &InOrganization,
    format: ListFormat,
) -> anyhow::Result<()> {
    let transaction = opened.begin(organization).await?;
    let users = user_list(&transaction).await?;
    transaction.commit().await?;
    let headers = ["e-mail", "name", "role", "deactivated (UTC)", "sessions"];
    let rows: Vec<Vec<String>> = users
        .iter()
        .map(|user| {
            vec![
                user.email.clone(),
                user.display_name.clone(),
                user.role.as_str().to_owned(),
                user.deactivated_at
                    .map_or_else(String::new, |at| local(at, "UTC")),
                user.n_sessions.to_string(),
            ]
        })
        .collect();
    listing::print(format, &headers, 4, &rows);
    Ok(())
}

/// What is reset together with a password.
#[derive(Clone, Copy)]
struct Reset {
    is_one_time: bool,
    second_factor: bool,
}

/// Sets a password and ends all sessions; returns how many.
async fn reset(
    opened: &Opened,
    organization: &InOrganization,
    email: &str,
    password: &str,
    what: Reset,
) -> anyhow::Result<usize> {
    let organization_id = opened.organization(organization).await?;
    let hash = rollcall_api::hash_password(password);
    let transaction = opened.begin(organization).await?;
    let user_id = user_by_email(&transaction, email).await?.user_id;
    user_password(&transaction, user_id, &hash, what.is_one_time).await?;
    let now = transaction.now().await?;
    let ended = session_revoke_all(&transaction, user_id, None, now).await?;
    let had_factor = what.second_factor && totp_disable(&transaction, user_id).await?;
    let event = Event::new("password.reset", "user")
        .of(user_id)
        .after(json!({ "n_sessions_ended": ended.len(), "second_factor_removed": had_factor }));
    audit_record(&transaction, organization_id, &event).await?;
    transaction.commit().await?;
    Ok(ended.len())
}

async fn set_password(
    opened: &Opened,
    organization: &InOrganization,
    (email, stdin): (&str, bool),
) -> anyhow::Result<()> {
    let chosen = if stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        password()
    };
    if chosen.chars().count() < 12 {
        bail!("the password is too short\nhint: use at least 12 characters");
    }
    let what = Reset {
        is_one_time: false,
        second_factor: false,
    };
    reset(opened, organization, &address(email), &chosen, what).await?;
    if stdin {
        outln!("password of {email} changed");
    } else {
        outln!("password of {email}: {chosen} (shown once)");
    }
    Ok(())
}

/// As addresses are stored.
fn address(email: &str) -> String {
    email.trim().to_lowercase()
}
