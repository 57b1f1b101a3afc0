//! Commands that make organisations, sites, employees and devices. Thin: each is one call of
//! the store, with what a person needs to read. They work beside a running `rollcall up`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use rollcall_store::database::{Database, Scope};
use rollcall_store::provision::{
    self as store, ConsentSpec, EmployeeSpec, SiteSpec, SpaceSpec, UserSpec,
};
use rollcall_store::site;
use rollcall_store::user::UserRole;
use rollcall_store::{Transaction, employee, enrolment};

use crate::config::Config;
use crate::employee_code::{CodeEntries, EmployeeBadge, EmployeePin};
use crate::hub::recogniser_pack;
use crate::instance::{Instance, password};
use crate::organization_set::OrganizationSet;
use crate::roll::{EmployeeList, SiteList};
use crate::setting::{EmployeeSet, SiteSet};

/// Which organisation a command is about.
#[derive(Args)]
pub struct InOrganization {
    /// Organisation by name; may be left out when there is only one.
    #[arg(long)]
    pub(crate) organization: Option<String>,
}

/// Organisations.
#[derive(Subcommand)]
pub enum Organization {
    /// Create an organisation, its embedding space and its first user.
    Create {
        /// Name.
        name: String,
        /// E-mail of the owner, who gets a password printed once.
        #[arg(long)]
        owner_email: String,
    },
    /// List the organisations.
    List,
    /// Change rules of an organisation.
    Set(OrganizationSet),
}

/// Sites.
#[derive(Subcommand)]
pub enum Site {
    /// Create a site.
    Create {
        /// Name, unique in the organisation.
        name: String,
        /// IANA time zone, for example Europe/Berlin.
        #[arg(long)]
        time_zone: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Change time zone, day boundary or reading of punches, or take a site out of use.
    Set(Box<SiteSet>),
    /// List the sites.
    List(SiteList),
}

/// Employees.
#[derive(Subcommand)]
pub enum Employee {
    /// Create an employee who may be recognised at the named sites.
    Create {
        /// Personnel number, unique in the organisation.
        code: String,
        /// Name.
        name: String,
        /// Site by name; may be repeated.
        #[arg(long, required = true)]
        site: Vec<String>,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Record that an employee agreed to face recognition; nobody is matched without it.
    Consent {
        /// Personnel number.
        code: String,
        /// Version of the text that was shown.
        #[arg(long)]
        text_version: String,
        /// Where the proof is, for example the number of the signed form.
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Change first day, last day or home site.
    Set(Box<EmployeeSet>),
    /// List the employees, with consent and enrolment in figures.
    List(EmployeeList),
    /// Give an employee a PIN for the kiosk, printed once, in place of any earlier one. Also ends the wait after wrong ones.
    Pin(EmployeePin),
    /// Give an employee a badge for the kiosk; its code is read from standard input, as a reader types it.
    Badge(EmployeeBadge),
    /// List what was typed at kiosks instead of a face, and what became of it.
    CodeEntries(CodeEntries),
    /// Add enrolment photographs; a running hub enrols them. Three or more per person are best.
    Photo {
        /// Personnel number.
        code: String,
        /// JPEG or PNG files with exactly one face.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// The open instance of a command.
pub(crate) struct Opened {
    pub(crate) instance: Instance,
    pub(crate) config: Config,
    pub(crate) admin: Database,
}

impl Opened {
    async fn new(folder: &Path) -> anyhow::Result<Self> {
        let config = Config::load(folder)?;
        let instance = Instance::open_or_attach(folder, &config).await?;
        let admin = instance.admin()?;
        Ok(Self {
            instance,
            config,
            admin,
        })
    }

    /// The organisation that a command is about.
    pub(crate) async fn organization(
        &self,
        wanted: &InOrganization,
    ) -> anyhow::Result<OrganizationId> {
        Ok(
            store::organization_find(&self.admin, wanted.organization.as_deref())
                .await?
                .organization_id,
        )
    }

    /// A site by name.
    pub(crate) async fn site(
        &self,
        organization_id: OrganizationId,
        name: &str,
    ) -> anyhow::Result<SiteId> {
        let scope = Scope::organization(organization_id);
        Ok(site::site_find(&self.instance.api()?, &scope, name).await?)
    }

    /// Employees by personnel number, in the same order.
    pub(crate) async fn employees(
        &self,
        organization_id: OrganizationId,
        codes: &[String],
    ) -> anyhow::Result<Vec<EmployeeId>> {
        let (api, scope) = (self.instance.api()?, Scope::organization(organization_id));
        let mut found = Vec::new();
        for code in codes {
            found.push(employee::employee_find(&api, &scope, code).await?);
        }
        Ok(found)
    }

    /// A transaction that works for the organisation.
    pub(crate) async fn begin(&self, wanted: &InOrganization) -> anyhow::Result<Transaction> {
        let scope = Scope::organization(self.organization(wanted).await?);
        Ok(self.instance.api()?.begin(&scope).await?)
    }
}

/// Opens the instance (or the database of the process that runs it), works, and closes it again.
pub(crate) async fn with_instance(
    folder: &Path,
    work: impl AsyncFnOnce(&Opened) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let opened = Opened::new(folder).await?;
    let result = work(&opened).await;
    opened.instance.close().await?;
    result.map(|()| ExitCode::SUCCESS)
}

impl Organization {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Set(set) => set.run_in(opened).await?,
            Self::List => {
                for organization in store::organization_list(&opened.admin).await? {
                    outln!("{}  {}", organization.organization_id, organization.name);
                }
            }
            Self::Create { name, owner_email } => {
                let space = recogniser_pack(&opened.config)?.space()?;
                let password = password();
                let email = owner_email.trim().to_lowercase();
                let user = UserSpec {
                    email: &email,
                    display_name: &owner_email,
                    role: UserRole::Owner,
                    password_hash: &rollcall_api::hash_password(&password),
                    password_is_one_time: false,
                };
                let organization_id = store::organization_set_up(
                    &opened.admin,
                    name.trim(),
                    &space_spec(&space),
                    &user,
                )
                .await?;
                outln!("organisation {name}: {organization_id}");
                outln!("log in as {email} with password {password} (shown once)");
            }
        }
        Ok(())
    }
}

impl Site {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let (name, time_zone, organization) = match self {
            Self::Set(set) => return set.run(opened).await,
            Self::List(list) => return list.run(opened).await,
            Self::Create {
                name,
                time_zone,
                organization,
            } => (name, time_zone, organization),
        };
        jiff::tz::TimeZone::get(&time_zone).map_err(|_| {
            anyhow::anyhow!("`{time_zone}` is not a known time zone\nhint: use an IANA name such as Europe/Berlin")
        })?;
        let organization_id = opened.organization(&organization).await?;
        let spec = SiteSpec {
            name: &name,
            time_zone: &time_zone,
        };
        let site_id = store::site_create(&opened.admin, organization_id, &spec).await?;
        outln!("site {name} ({time_zone}): {site_id}");
        Ok(())
    }
}

impl Employee {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Set(set) => set.run(opened).await?,
            Self::Pin(pin) => pin.run(opened).await?,
            Self::Badge(badge) => badge.run(opened).await?,
            Self::CodeEntries(entries) => entries.run(opened).await?,
            Self::List(list) => list.run(opened).await?,
            Self::Create {
                code,
                name,
                site,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let mut site_ids = Vec::new();
                for name in &site {
                    site_ids.push(opened.site(organization_id, name).await?);
                }
                let spec = EmployeeSpec {
                    code: &code,
                    display_name: &name,
                    site_ids: &site_ids,
                };
                let employee_id =
                    store::employee_create(&opened.admin, organization_id, &spec).await?;
                outln!("employee {code} {name}: {employee_id}");
                outln!(
                    "next: rollcall employee consent {code} …, then rollcall employee photo {code} FILES"
                );
            }
            Self::Consent {
                code,
                text_version,
                evidence,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let scope = Scope::organization(organization_id);
                let employee_id =
                    employee::employee_find(&opened.instance.api()?, &scope, &code).await?;
                let consent = ConsentSpec {
                    text_version: &text_version,
                    evidence: &evidence,
                    expires_at: None,
                };
                store::consent_give(&opened.admin, organization_id, employee_id, &consent).await?;
                outln!("consent of {code} recorded");
            }
            Self::Photo {
                code,
                files,
                organization,
            } => {
                let organization_id = opened.organization(&organization).await?;
                let scope = Scope::organization(organization_id);
                let database = opened.instance.api()?;
                let employee_id = employee::employee_find(&database, &scope, &code).await?;
                let transaction = database.begin(&scope).await?;
                for path in &files {
                    let content = fs::read(path)
                        .with_context(|| format!("cannot read `{}`", path.display()))?;
                    if content.is_empty() {
                        bail!("`{}` is empty", path.display());
                    }
                    let added =
                        enrolment::photo_add(&transaction, organization_id, employee_id, &content)
                            .await?;
                    let state = if added.is_new {
                        "queued for enrolment"
                    } else {
                        "was there already"
                    };
                    outln!("{}: {state}", path.display());
                }
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}

/// The recogniser's space as the store wants it.
pub fn space_spec(space: &rollcall_vision::SpaceSpec) -> SpaceSpec {
    SpaceSpec {
        digest: space.digest.clone(),
        pack: space.pack.clone(),
        dimensions: space.dimensions,
        threshold: space.threshold,
        review_floor: space.review_floor,
        margin: space.margin,
        radius: space.radius,
    }
}
