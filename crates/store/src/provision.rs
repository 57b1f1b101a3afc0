//! Making organisations, sites, people, spaces, devices and users, as the administrator.
//! Must not know photographs or passwords in clear.
//!
//! Everything runs as `rollcall_owner` inside the organisation's scope.

use jiff::Timestamp;
use rollcall_domain::id::{
    CameraId, DeviceId, EmployeeId, OrganizationId, SiteId, SpaceId, UserId,
};
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::derivation::employee_open;
use crate::device_put::{camera_put, device_close, device_end, device_put};
use crate::error::{Result, StoreError};
use crate::site::CameraDirection;
use crate::user::UserRole;

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// A new site. The day boundary is the table's default.
#[derive(Clone, Debug)]
pub struct SiteSpec<'a> {
    /// Unique in the organisation.
    pub name: &'a str,
    /// IANA name, for example `Europe/Berlin`.
    pub time_zone: &'a str,
}

/// A new employee.
#[derive(Clone, Debug)]
pub struct EmployeeSpec<'a> {
    /// Personnel number, unique in the organisation.
    pub code: &'a str,
    /// Name for people.
    pub display_name: &'a str,
    /// Where the person may be recognised.
    pub site_ids: &'a [SiteId],
}

/// What a person agreed to.
#[derive(Clone, Debug)]
pub struct ConsentSpec<'a> {
    /// Version of the text that was shown.
    pub text_version: &'a str,
    /// Where the proof is, for example the number of a signed form.
    pub evidence: &'a str,
    /// End of validity; none for until withdrawn.
    pub expires_at: Option<Timestamp>,
}

/// An embedding space with its operating point. Similarities are cosines.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceSpec {
    /// Digest of model, alignment, centring and transform.
    pub digest: String,
    /// Model pack.
    pub pack: String,
    /// Dimensions of the model's output, 1 to 512; embeddings are padded with zeros to 512.
    pub dimensions: u16,
    /// Accept from here on.
    pub threshold: f32,
    /// Review from here on; at most `threshold - margin`.
    pub review_floor: f32,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// Hamming radius of the fast path in bits; none means plain exact scan.
    pub radius: Option<u16>,
}

/// A new user. The password is already hashed.
#[derive(Clone, Debug)]
pub struct UserSpec<'a> {
    /// Lower case.
    pub email: &'a str,
    /// Name for people.
    pub display_name: &'a str,
    /// What the user may do.
    pub role: UserRole,
    /// argon2id in PHC format.
    pub password_hash: &'a str,
    /// True when the user must choose another at the first log-in.
    pub password_is_one_time: bool,
}

/// How a device logs in. The password is shown once and stored nowhere by us.
#[derive(Clone)]
pub struct DeviceLogin {
    /// The device.
    pub device_id: DeviceId,
    /// Its database role.
    pub role: String,
    /// Its password.
    pub password: String,
}

impl std::fmt::Debug for DeviceLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceLogin")
            .field("device_id", &self.device_id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

pub(crate) async fn begin_as_owner(
    admin: &Database,
    organization_id: OrganizationId,
) -> Result<Transaction> {
    let transaction = admin.begin(&Scope::organization(organization_id)).await?;
    become_owner(&transaction).await?;
    Ok(transaction)
}

async fn become_owner(transaction: &Transaction) -> Result<()> {
    transaction
        .execute(
            "act as the schema's owner",
            "select set_config('role', 'rollcall_owner', true)",
            &[],
        )
        .await
        .map(drop)
}

/// Makes an organisation with its partitions of the gallery.
pub async fn organization_create(admin: &Database, name: &str) -> Result<OrganizationId> {
    let transaction = admin.begin_unscoped().await?;
    let organization_id = organization_put(&transaction, name).await?;
    transaction.commit().await?;
    Ok(organization_id)
}

async fn organization_put(transaction: &Transaction, name: &str) -> Result<OrganizationId> {
    become_owner(transaction).await?;
    let row = transaction
        .query_one(
            "create organisation",
            "select app.organization_create(p_name => $1::text)",
            &[&name],
        )
        .await?;
    Ok(OrganizationId(row.get(0)))
}

/// Makes an organisation with its embedding space and first user: all or nothing.
///
/// Errors: [`StoreError::Taken`] when another organisation has this name, since people choose
/// organisations by name.
pub async fn organization_set_up(
    admin: &Database,
    name: &str,
    space: &SpaceSpec,
    user: &UserSpec<'_>,
) -> Result<OrganizationId> {
    let known = organization_list(admin).await?;
    if known.iter().any(|organization| organization.name == name) {
        return Err(StoreError::Taken {
            what: "organisation",
            name: name.to_owned(),
        });
    }
    let transaction = admin.begin_unscoped().await?;
    let organization_id = organization_put(&transaction, name).await?;
    transaction
        .execute(
            "enter the new organisation",
            "select set_config('rollcall.organization_id', $1, true)",
            &[&organization_id.to_string()],
        )
        .await?;
    space_put(&transaction, organization_id, space).await?;
    user_put(&transaction, organization_id, user).await?;
    transaction.commit().await?;
    Ok(organization_id)
}

/// All organisations by name.
pub async fn organization_list(admin: &Database) -> Result<Vec<Organization>> {
    let transaction = admin.begin_unscoped().await?;
    become_owner(&transaction).await?;
    let rows = transaction
        .query(
            "list organisations",
            "select organization_id, name from app.organization order by name, organization_id",
            &[],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows
        .iter()
        .map(|row| Organization {
            organization_id: OrganizationId(row.get(0)),
            name: row.get(1),
        })
        .collect())
}

/// The organisation called `name`, or the only one when no name is given.
///
/// Errors: [`StoreError::OrganizationChoice`] when none or several fit.
pub async fn organization_find(admin: &Database, name: Option<&str>) -> Result<Organization> {
    let all = organization_list(admin).await?;
    let mut fitting = all.iter().filter(|organization| {
        name.is_none_or(|name| {
            organization.name == name || organization.organization_id.to_string() == name
        })
    });
    match (fitting.next(), fitting.next()) {
        (Some(organization), None) => Ok(organization.clone()),
        _ => Err(StoreError::OrganizationChoice {
            wanted: name.map(str::to_owned),
            known: all
                .iter()
                .map(|organization| organization.name.clone())
                .collect(),
        }),
    }
}

/// Makes a site.
pub async fn site_create(
    admin: &Database,
    organization_id: OrganizationId,
    site: &SiteSpec<'_>,
) -> Result<SiteId> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let row = transaction
        .query_one(
            "create site",
            "insert into app.site (organization_id, name, time_zone) values ($1, $2, $3) returning site_id",
            &[&organization_id.0, &site.name, &site.time_zone],
        )
        .await?;
    transaction.commit().await?;
    Ok(SiteId(row.get(0)))
}

/// Makes an employee who may be recognised at the given sites. A face needs a consent too.
pub async fn employee_create(
    admin: &Database,
    organization_id: OrganizationId,
    employee: &EmployeeSpec<'_>,
) -> Result<EmployeeId> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let row = transaction
        .query_one(
            "create employee",
            "insert into app.employee (organization_id, code, display_name) values ($1, $2, $3) returning employee_id",
            &[&organization_id.0, &employee.code, &employee.display_name],
        )
        .await?;
    let employee_id: Uuid = row.get(0);
    let site_ids: Vec<Uuid> = employee.site_ids.iter().map(|site_id| site_id.0).collect();
    transaction
        .execute(
            "assign employee to sites",
            "insert into app.employee_site (organization_id, employee_id, site_id) select $1, $2, unnest($3::uuid[])",
            &[&organization_id.0, &employee_id, &site_ids],
        )
        .await?;
    employee_open(&transaction, EmployeeId(employee_id)).await?;
    transaction.commit().await?;
    Ok(EmployeeId(employee_id))
}

/// Records a consent; from now on the person's templates are in the gallery.
pub async fn consent_give(
    admin: &Database,
    organization_id: OrganizationId,
    employee_id: EmployeeId,
    consent: &ConsentSpec<'_>,
) -> Result<()> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    transaction
        .execute(
            "give consent",
            "insert into biometric.consent (organization_id, employee_id, text_version, evidence, expires_at) values ($1, $2, $3, $4, $5)",
            &[
                &organization_id.0,
                &employee_id.0,
                &consent.text_version,
                &consent.evidence,
                &consent.expires_at,
            ],
        )
        .await?;
    transaction.commit().await
}

/// Makes `space` the organisation's active embedding space. A space with this digest is taken and gets
/// the new operating point, unless one was set from measured errors; templates of other spaces stay and are no longer searched.
pub async fn space_create(
    admin: &Database,
    organization_id: OrganizationId,
    space: &SpaceSpec,
) -> Result<SpaceId> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let space_id = space_put(&transaction, organization_id, space).await?;
    transaction.commit().await?;
    Ok(space_id)
}

async fn space_put(
    transaction: &Transaction,
    organization_id: OrganizationId,
    space: &SpaceSpec,
) -> Result<SpaceId> {
    transaction
        .execute(
            "retire embedding spaces",
            "update biometric.space set is_active = false where organization_id = $1 and is_active and digest <> $2",
            &[&organization_id.0, &space.digest],
        )
        .await?;
    let small = |number: u16| i16::try_from(number).unwrap_or(i16::MAX);
    let row = transaction
        .query_one(
            "create embedding space",
            "insert into biometric.space (organization_id, digest, pack, dimensions, threshold, review_floor, margin, radius)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (organization_id, digest) do update
               set (threshold, review_floor, margin, radius) = (
                     select case when kept.is_set then space.threshold else excluded.threshold end,
                       case when kept.is_set then space.review_floor else excluded.review_floor end,
                       case when kept.is_set then space.margin else excluded.margin end,
                       case when kept.is_set then space.radius else excluded.radius end
                     from (select exists (
                       select from biometric.operating_point as point
                       where point.organization_id = space.organization_id and point.space_id = space.space_id) as is_set) as kept),
                   is_active = true
             returning space_id",
            &[
                &organization_id.0,
                &space.digest,
                &space.pack,
                &small(space.dimensions),
                &space.threshold,
                &space.review_floor,
                &space.margin,
                &space.radius.map(small),
            ],
        )
        .await?;
    Ok(SpaceId(row.get(0)))
}

/// Makes a device at a site with its own database role and a new password, without cameras.
pub async fn device_create(
    admin: &Database,
    organization_id: OrganizationId,
    site_id: SiteId,
    name: &str,
) -> Result<DeviceLogin> {
    device_set_up(admin, organization_id, (site_id, name), &[]).await
}

/// Makes a device of this site and name with its cameras: all or nothing.
pub async fn device_set_up(
    admin: &Database,
    organization_id: OrganizationId,
    (site_id, name): (SiteId, &str),
    cameras: &[(&str, CameraDirection)],
) -> Result<DeviceLogin> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let login = device_put(&transaction, organization_id, site_id, name).await?;
    for camera in cameras {
        camera_put(&transaction, organization_id, login.device_id, *camera).await?;
    }
    transaction.commit().await?;
    Ok(login)
}

/// Ends a device: its role disappears, its connections end, its sightings stay. Revoking again changes
/// nothing, and finishes what was interrupted. False when it was revoked already.
///
/// Errors: [`StoreError::Missing`].
pub async fn device_revoke(
    admin: &Database,
    organization_id: OrganizationId,
    device_id: DeviceId,
) -> Result<bool> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let is_new = device_close(&transaction, device_id).await?;
    transaction.commit().await?;
    let transaction = begin_as_owner(admin, organization_id).await?;
    device_end(&transaction, device_id).await?;
    transaction.commit().await?;
    Ok(is_new)
}

/// Makes a camera of a device.
pub async fn camera_create(
    admin: &Database,
    organization_id: OrganizationId,
    device_id: DeviceId,
    camera: (&str, CameraDirection),
) -> Result<CameraId> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let camera_id = camera_put(&transaction, organization_id, device_id, camera).await?;
    transaction.commit().await?;
    Ok(camera_id)
}

/// Makes a user.
pub async fn user_create(
    admin: &Database,
    organization_id: OrganizationId,
    user: &UserSpec<'_>,
) -> Result<UserId> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let user_id = user_put(&transaction, organization_id, user).await?;
    transaction.commit().await?;
    Ok(user_id)
}

async fn user_put(
    transaction: &Transaction,
    organization_id: OrganizationId,
    user: &UserSpec<'_>,
) -> Result<UserId> {
    let row = transaction
        .query_one(
            "create user",
            "insert into app.user_account (organization_id, email, display_name, role, password_hash, password_is_one_time)
             values ($1, $2, $3, $4, $5, $6) returning user_id",
            &[
                &organization_id.0,
                &user.email,
                &user.display_name,
                &user.role.as_str(),
                &user.password_hash,
                &user.password_is_one_time,
            ],
        )
        .await?;
    Ok(UserId(row.get(0)))
}

/// Sets a user's password and ends the user's sessions.
pub async fn user_password_set(
    admin: &Database,
    organization_id: OrganizationId,
    email: &str,
    password_hash: &str,
) -> Result<()> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let user_id: Uuid = transaction
        .query_opt(
            "set password",
            "update app.user_account set password_hash = $3, password_is_one_time = false
             where organization_id = $1 and email = $2 returning user_id",
            &[&organization_id.0, &email, &password_hash],
        )
        .await?
        .map(|row| row.get(0))
        .ok_or_else(|| StoreError::Missing {
            what: "user",
            name: email.to_owned(),
        })?;
    transaction
        .execute(
            "end the user's sessions",
            "update app.user_session set revoked_at = now() where organization_id = $1 and user_id = $2 and revoked_at is null",
            &[&organization_id.0, &user_id],
        )
        .await?;
    transaction.commit().await
}
