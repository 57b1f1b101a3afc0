//! The demo's organisation: made once per instance and cast, found again by later runs.
//! Must not know what is expected of a day.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use rollcall_store::database::{Database, Scope};
use rollcall_store::provision::{self, ConsentSpec, EmployeeSpec, SiteSpec, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_store::{backlog, enrolment};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Production;
use super::cast::Cast;
use super::past;
use crate::device_create::camera_direction;
use crate::hub::recogniser_pack;
use crate::instance::{password, private_folder, write_secret};
use crate::provision::space_spec;

const EMAIL: &str = "owner@demo.example";

/// What the demo made in the database.
pub struct Stage {
    /// The demo's organisation.
    pub organization_id: OrganizationId,
    /// For the portal.
    pub login: Login,
    file: StageFile,
    path: PathBuf,
}

/// A log-in of this run.
pub struct Login {
    /// User name.
    pub email: String,
    /// New with every run.
    pub password: String,
}

/// One site's agent.
#[derive(Clone, Deserialize, Serialize)]
pub struct Device {
    /// Log-in role.
    pub role: String,
    /// File with its password.
    pub password_file: PathBuf,
}

/// What later runs need to find the stage again.
#[derive(Deserialize, Serialize)]
struct StageFile {
    /// Changes when people, clips or the recogniser change: then a new stage is made.
    cast: String,
    organization_id: Uuid,
    sites: BTreeMap<String, Uuid>,
    employees: BTreeMap<String, Uuid>,
    devices: BTreeMap<String, Device>,
    /// Work dates of each person that were played from recordings and came out right.
    #[serde(default)]
    played: BTreeMap<String, Vec<Date>>,
}

/// Display name of a site key.
pub fn site_name(key: &str) -> &'static str {
    site(key).0
}

/// IANA zone of a site key.
pub fn site_zone(key: &str) -> &'static str {
    site(key).1
}

/// Name and time zone of a site key of the clips.
fn site(key: &str) -> (&'static str, &'static str) {
    match key {
        "new-york" => ("New York", "America/New_York"),
        _ => ("Berlin", "Europe/Berlin"),
    }
}

impl Stage {
    /// Finds the stage of an earlier run or makes it; the password is new each time.
    pub async fn set_up(production: &Production<'_>) -> anyhow::Result<Self> {
        let &Production {
            instance,
            config,
            cast,
        } = production;
        let admin = instance.admin()?;
        let space = recogniser_pack(config)?.space()?;
        let cast_digest = format!("{} {}", cast.digest(), space.digest);
        let path = instance.folder().join("demo.toml");
        let password = password();
        let password_hash = rollcall_api::hash_password(&password);
        let earlier = fs::read_to_string(&path)
            .ok()
            .and_then(|text| toml::from_str::<StageFile>(&text).ok())
            .filter(|stage| stage.cast == cast_digest);
        let stage = match earlier {
            Some(stage) => {
                let organization_id = OrganizationId(stage.organization_id);
                provision::user_password_set(&admin, organization_id, EMAIL, &password_hash)
                    .await?;
                stage
            }
            None => {
                let stage = make(
                    production,
                    &admin,
                    &space_spec(&space),
                    cast_digest,
                    &password_hash,
                )
                .await?;
                write_secret(&path, &toml::to_string(&stage)?)?;
                stage
            }
        };
        Ok(Self {
            organization_id: OrganizationId(stage.organization_id),
            login: Login {
                email: EMAIL.to_owned(),
                password,
            },
            file: stage,
            path,
        })
    }

    /// The employee who plays a person.
    pub fn employee(&self, person: &str) -> anyhow::Result<EmployeeId> {
        self.file
            .employees
            .get(person)
            .map(|id| EmployeeId(*id))
            .with_context(|| format!("the demo has no person `{person}`"))
    }

    /// A site of the clips.
    pub fn site_id(&self, key: &str) -> anyhow::Result<SiteId> {
        self.file
            .sites
            .get(key)
            .map(|id| SiteId(*id))
            .with_context(|| format!("the demo has no site `{key}`"))
    }

    /// Work dates of a person that were played from recordings, in order of play.
    pub fn played(&self, person: &str) -> &[Date] {
        self.file.played.get(person).map_or(&[], Vec::as_slice)
    }

    /// Remembers for later runs that work dates of people were played.
    pub fn remember_played(&mut self, days: &[(&str, Date)]) -> anyhow::Result<()> {
        for (person, date) in days {
            let dates = self.file.played.entry((*person).to_owned()).or_default();
            if !dates.contains(date) {
                dates.push(*date);
            }
        }
        write_secret(&self.path, &toml::to_string(&self.file)?)
    }

    /// The agent of a site.
    pub fn device(&self, site: &str) -> anyhow::Result<&Device> {
        self.file
            .devices
            .get(site)
            .with_context(|| format!("the demo has no device for site `{site}`"))
    }

    /// Uploads every photograph that is not there yet and waits until the worker has enrolled them.
    pub async fn enrol(
        &self,
        database: &Database,
        cast: &Cast,
        deadline: Duration,
    ) -> anyhow::Result<()> {
        let scope = Scope::organization(self.organization_id);
        let transaction = database.begin(&scope).await?;
        for person in &cast.people {
            let employee_id = self.employee(&person.key)?;
            for name in &person.enrol {
                let path = cast.photo_path(name);
                let content =
                    fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
                enrolment::photo_add(&transaction, self.organization_id, employee_id, &content)
                    .await?;
            }
        }
        transaction.commit().await?;
        let end = Instant::now() + deadline;
        loop {
            let transaction = database.begin(&scope).await?;
            let n_pending = enrolment::enrolment_pending(&transaction).await?;
            let problems = backlog::enrolment_problems(&transaction).await?;
            transaction.commit().await?;
            if let Some(problem) = problems.first() {
                bail!("enrolment of {}: {}", problem.employee_name, problem.reason);
            }
            if n_pending == 0 {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "{n_pending} photographs were not enrolled within {} s",
                    deadline.as_secs()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn make(
    production: &Production<'_>,
    admin: &Database,
    space: &provision::SpaceSpec,
    cast_digest: String,
    password_hash: &str,
) -> anyhow::Result<StageFile> {
    let &Production { instance, cast, .. } = production;
    // A first run that was interrupted has left an organisation behind: start beside it.
    let taken: Vec<String> = provision::organization_list(admin)
        .await?
        .into_iter()
        .map(|organization| organization.name)
        .collect();
    let name = (1..)
        .map(|n| {
            if n == 1 {
                "Rollcall Demo".to_owned()
            } else {
                format!("Rollcall Demo {n}")
            }
        })
        .find(|name| !taken.contains(name))
        .context("some name is free")?;
    let organization_id = provision::organization_create(admin, &name).await?;
    provision::space_create(admin, organization_id, space).await?;

    let folder = instance.folder().join("edge");
    private_folder(&folder)?;
    let mut sites: BTreeMap<String, SiteId> = BTreeMap::new();
    let mut devices = BTreeMap::new();
    for key in cast.sites() {
        let (name, time_zone) = site(key);
        let site_id =
            provision::site_create(admin, organization_id, &SiteSpec { name, time_zone }).await?;
        let login =
            provision::device_create(admin, organization_id, site_id, &format!("{name} door"))
                .await?;
        for (camera, direction) in cast.cameras(key) {
            let camera = (camera, camera_direction(direction)?);
            provision::camera_create(admin, organization_id, login.device_id, camera).await?;
        }
        let password_file = folder.join(format!("{key}.password"));
        write_secret(&password_file, &login.password)?;
        devices.insert(
            key.to_owned(),
            Device {
                role: login.role,
                password_file,
            },
        );
        sites.insert(key.to_owned(), site_id);
    }

    past::make_rules(admin, organization_id, &sites).await?;

    let mut employees = BTreeMap::new();
    for (index, person) in cast.people.iter().enumerate() {
        let site_ids: Vec<SiteId> = person
            .sites
            .iter()
            .filter_map(|key| sites.get(key))
            .copied()
            .collect();
        let code = format!("E{:03}", index + 1);
        let employee = EmployeeSpec {
            code: &code,
            display_name: &person.name,
            site_ids: &site_ids,
        };
        let employee_id = provision::employee_create(admin, organization_id, &employee).await?;
        let consent = ConsentSpec {
            text_version: "demo-1",
            evidence: "published photograph, used for this demonstration",
            expires_at: None,
        };
        provision::consent_give(admin, organization_id, employee_id, &consent).await?;
        employees.insert(person.key.clone(), employee_id.0);
    }
    let user = UserSpec {
        email: EMAIL,
        display_name: "Demo Owner",
        role: UserRole::Owner,
        password_hash,
        password_is_one_time: false,
    };
    provision::user_create(admin, organization_id, &user).await?;
    Ok(StageFile {
        cast: cast_digest,
        organization_id: organization_id.0,
        sites: sites.into_iter().map(|(key, id)| (key, id.0)).collect(),
        employees,
        devices,
        played: BTreeMap::new(),
    })
}
