//! `rollcall user`: people who log in. Passwords are made here, shown once and stored as hashes only.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use rollcall_store::provision::{UserSpec, user_create, user_password_set};
use rollcall_store::user::{UserRole, user_deactivate, user_list, user_reactivate};

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
    /// Create a user, who gets a password printed once.
    Create {
        /// E-mail, used to log in.
        email: String,
        /// What the user may do.
        #[arg(long, value_enum)]
        role: Role,
        /// Name [default: the e-mail].
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
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
    /// Give a user a new password, printed once (or read from standard input with `--stdin`).
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

/// What a user may do.
#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    /// Everything, also users and settings.
    Owner,
    /// Employees, enrolment, corrections.
    HrAdmin,
    /// Reads and corrects at sites.
    SiteManager,
    /// Reads everything.
    Auditor,
    /// Reads attendance.
    Viewer,
}

impl From<Role> for UserRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::HrAdmin => Self::HrAdmin,
            Role::SiteManager => Self::SiteManager,
            Role::Auditor => Self::Auditor,
            Role::Viewer => Self::Viewer,
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
            Self::Create {
                email,
                role,
                name,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let (email, password) = (address(&email), password());
                let user = UserSpec {
                    email: &email,
                    display_name: name.as_deref().map_or(&email, str::trim),
                    role: role.into(),
                    password_hash: &rollcall_api::hash_password(&password),
                    password_is_one_time: true,
                };
                user_create(&opened.admin, organization_id, &user).await?;
                outln!("log in as {email} with password {password} (shown once)");
                Ok(())
            }
            Self::Deactivate {
                email,
                organization,
            } => {
                let transaction = opened.begin(&organization).await?;
                let n = user_deactivate(&transaction, &address(&email)).await?;
                transaction.commit().await?;
                outln!("user {email} is deactivated; sessions ended: {n}");
                Ok(())
            }
            Self::Reactivate {
                email,
                organization,
            } => {
                let transaction = opened.begin(&organization).await?;
                user_reactivate(&transaction, &address(&email)).await?;
                transaction.commit().await?;
                outln!("user {email} may log in again");
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

async fn set_password(
    opened: &Opened,
    organization: &InOrganization,
    (email, stdin): (&str, bool),
) -> anyhow::Result<()> {
    let organization_id = opened.organization(organization).await?;
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
    let hash = rollcall_api::hash_password(&chosen);
    user_password_set(&opened.admin, organization_id, &address(email), &hash).await?;
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
