//! Batched look-ups: whatever a page refers to is read in one statement per kind of thing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use jiff::civil::Date;
use rollcall_domain::RuleSetVersion;
use rollcall_domain::id::{
    CameraId, ConsentId, DepartmentId, DeviceId, EmployeeId, OrganizationId, PunchId, RuleSetId,
    SiteId, WebhookId,
};
use rollcall_store::audit::Event;
use rollcall_store::{
    consent, day, day_why, department, device_record, employee, employee_now, exception,
    organization, photo, punch, rule_set, site, webhook,
};
use serde_json::json;
use uuid::Uuid;

use crate::failure::Failure;
use crate::viewer::Viewer;

/// Reads for one viewer. Lives as long as one operation, so nothing is shared between viewers.
pub struct Loader(pub(super) Arc<Viewer>);

/// Key: counts of a site on a work date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountsOf(pub SiteId, pub Date);

/// Key: sites of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SitesOf(pub EmployeeId);

/// Key: enrolment of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnrolmentOf(pub EmployeeId);

/// Key: sessions of an employee's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionsOf(pub EmployeeId, pub Date);

/// Key: why-trace of an employee's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WhyOf(pub EmployeeId, pub Date);

/// Key: exceptions of an employee's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExceptionsOf(pub EmployeeId, pub Date);

/// Key: punches that were read for an employee's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PunchesOf(pub EmployeeId, pub Date);

/// Key: day of an employee, with the home site if there is one, on the present work date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TodayOf(pub EmployeeId, pub Option<SiteId>);

/// Key: newest punch of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LastPunchOf(pub EmployeeId);

/// Key: departments directly below one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChildrenOf(pub DepartmentId);

/// Key: names from the top to a department.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PathOf(pub DepartmentId);

/// Key: active employees of a department.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EmployeeCountOf(pub DepartmentId);

/// Key: cameras of a device.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CamerasOf(pub DeviceId);

fn grouped<K: Eq + Hash, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

impl async_graphql::dataloader::Loader<SiteId> for Loader {
    type Value = site::Site;
    type Error = Failure;

    async fn load(&self, keys: &[SiteId]) -> Result<HashMap<SiteId, site::Site>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = site::site_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.site_id, row)).collect())
    }
}

impl async_graphql::dataloader::Loader<CountsOf> for Loader {
    type Value = site::SiteCounts;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[CountsOf],
    ) -> Result<HashMap<CountsOf, site::SiteCounts>, Failure> {
        let days: Vec<_> = keys
            .iter()
            .map(|CountsOf(site, date)| (*site, *date))
            .collect();
        let transaction = self.0.reading().await?;
        let rows = site::site_counts(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(site, date, counts)| (CountsOf(site, date), counts))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<CameraId> for Loader {
    type Value = site::Camera;
    type Error = Failure;

    async fn load(&self, keys: &[CameraId]) -> Result<HashMap<CameraId, site::Camera>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = site::camera_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.camera_id, row)).collect())
    }
}

impl async_graphql::dataloader::Loader<EmployeeId> for Loader {
    type Value = employee::Employee;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[EmployeeId],
    ) -> Result<HashMap<EmployeeId, employee::Employee>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = employee::employee_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.employee_id, row)).collect())
    }
}

impl async_graphql::dataloader::Loader<SitesOf> for Loader {
    type Value = Vec<site::Site>;
    type Error = Failure;

    async fn load(&self, keys: &[SitesOf]) -> Result<HashMap<SitesOf, Vec<site::Site>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|SitesOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = site::site_by_employees(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(grouped(
            rows.into_iter().map(|(id, site)| (SitesOf(id), site)),
        ))
    }
}

impl async_graphql::dataloader::Loader<EnrolmentOf> for Loader {
    type Value = employee::Enrolment;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[EnrolmentOf],
    ) -> Result<HashMap<EnrolmentOf, employee::Enrolment>, Failure> {
        let ids: Vec<_> = keys.iter().map(|EnrolmentOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = employee::employee_enrolments(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, enrolment)| (EnrolmentOf(id), enrolment))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<SessionsOf> for Loader {
    type Value = Vec<day::DaySession>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[SessionsOf],
    ) -> Result<HashMap<SessionsOf, Vec<day::DaySession>>, Failure> {
        let days: Vec<_> = keys
            .iter()
            .map(|SessionsOf(id, date)| (*id, *date))
            .collect();
        let transaction = self.0.reading().await?;
        let rows = day::day_sessions(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(grouped(rows.into_iter().map(|(id, date, session)| {
            (SessionsOf(id, date), session)
        })))
    }
}

impl async_graphql::dataloader::Loader<WhyOf> for Loader {
    type Value = Vec<day_why::WhyStep>;
    type Error = Failure;

    async fn load(&self, keys: &[WhyOf]) -> Result<HashMap<WhyOf, Vec<day_why::WhyStep>>, Failure> {
        let days: Vec<_> = keys.iter().map(|WhyOf(id, date)| (*id, *date)).collect();
        let transaction = self.0.reading().await?;
        let rows = day_why::day_why(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, date, steps)| (WhyOf(id, date), steps))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<ExceptionsOf> for Loader {
    type Value = Vec<exception::DayException>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ExceptionsOf],
    ) -> Result<HashMap<ExceptionsOf, Vec<exception::DayException>>, Failure> {
        let days: Vec<_> = keys
            .iter()
            .map(|ExceptionsOf(id, date)| (*id, *date))
            .collect();
        let transaction = self.0.reading().await?;
        let rows = exception::exception_by_days(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(grouped(rows.into_iter().map(|row| {
            (ExceptionsOf(row.employee_id, row.work_date), row)
        })))
    }
}

impl async_graphql::dataloader::Loader<PunchesOf> for Loader {
    type Value = Vec<punch::Punch>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[PunchesOf],
    ) -> Result<HashMap<PunchesOf, Vec<punch::Punch>>, Failure> {
        let days: Vec<_> = keys
            .iter()
            .map(|PunchesOf(id, date)| (*id, *date))
            .collect();
        let transaction = self.0.reading().await?;
        let rows = punch::punch_by_days(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(grouped(rows.into_iter().map(|(date, punch)| {
            (PunchesOf(punch.employee_id, date), punch)
        })))
    }
}

impl async_graphql::dataloader::Loader<TodayOf> for Loader {
    type Value = day::Day;
    type Error = Failure;

    async fn load(&self, keys: &[TodayOf]) -> Result<HashMap<TodayOf, day::Day>, Failure> {
        let employees: Vec<_> = keys.iter().map(|TodayOf(id, home)| (*id, *home)).collect();
        let transaction = self.0.reading().await?;
        let organization_id = self.0.session.organization_id;
        let now = self.0.now();
        let rows =
            employee_now::employee_days_at(&transaction, organization_id, &employees, now).await?;
        transaction.commit().await?;
        let mut days: HashMap<EmployeeId, day::Day> = rows.into_iter().collect();
        let found = keys
            .iter()
            .filter_map(|key| Some((*key, days.remove(&key.0)?)));
        Ok(found.collect())
    }
}

impl async_graphql::dataloader::Loader<LastPunchOf> for Loader {
    type Value = punch::Punch;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[LastPunchOf],
    ) -> Result<HashMap<LastPunchOf, punch::Punch>, Failure> {
        let ids: Vec<_> = keys.iter().map(|LastPunchOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let organization_id = self.0.session.organization_id;
        let now = self.0.now();
        let rows =
            employee_now::employee_last_punches(&transaction, organization_id, &ids, now).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, punch)| (LastPunchOf(id), punch))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<DepartmentId> for Loader {
    type Value = department::Department;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[DepartmentId],
    ) -> Result<HashMap<DepartmentId, department::Department>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = department::department_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.department_id, row))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<ChildrenOf> for Loader {
    type Value = Vec<department::Department>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ChildrenOf],
    ) -> Result<HashMap<ChildrenOf, Vec<department::Department>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|ChildrenOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = department::department_children(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(grouped(
            rows.into_iter()
                .filter_map(|row| Some((ChildrenOf(row.parent_id?), row))),
        ))
    }
}

impl async_graphql::dataloader::Loader<PathOf> for Loader {
    type Value = Vec<String>;
    type Error = Failure;

    async fn load(&self, keys: &[PathOf]) -> Result<HashMap<PathOf, Vec<String>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|PathOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = department::department_paths(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, path)| (PathOf(id), path))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<EmployeeCountOf> for Loader {
    type Value = i64;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[EmployeeCountOf],
    ) -> Result<HashMap<EmployeeCountOf, i64>, Failure> {
        let ids: Vec<_> = keys.iter().map(|EmployeeCountOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = department::department_employee_counts(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, n)| (EmployeeCountOf(id), n))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<DeviceId> for Loader {
    type Value = device_record::DeviceRecord;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[DeviceId],
    ) -> Result<HashMap<DeviceId, device_record::DeviceRecord>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = device_record::device_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.device_id, row)).collect())
    }
}

impl async_graphql::dataloader::Loader<CamerasOf> for Loader {
    type Value = Vec<site::Camera>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[CamerasOf],
    ) -> Result<HashMap<CamerasOf, Vec<site::Camera>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|CamerasOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = site::camera_by_devices(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(grouped(
            rows.into_iter().map(|(id, camera)| (CamerasOf(id), camera)),
        ))
    }
}

/// Key: the viewer's organisation; others are not found.
impl async_graphql::dataloader::Loader<OrganizationId> for Loader {
    type Value = organization::OrganizationSettings;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, organization::OrganizationSettings>, Failure> {
        let transaction = self.0.reading().await?;
        let row = organization::organization_settings(&transaction).await?;
        transaction.commit().await?;
        let found = keys.iter().filter(|key| **key == row.organization_id);
        Ok(found.map(|key| (*key, row.clone())).collect())
    }
}

/// Key: photographs of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhotosOf(pub EmployeeId);

/// Key: consents of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConsentsOf(pub EmployeeId);

/// Key: evidence of a consent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvidenceOf(pub ConsentId);

impl async_graphql::dataloader::Loader<PhotosOf> for Loader {
    type Value = Vec<photo::Photo>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[PhotosOf],
    ) -> Result<HashMap<PhotosOf, Vec<photo::Photo>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|PhotosOf(id)| *id).collect();
        // Who looked is written down with it.
        let change = self.0.change().await?;
        let rows = photo::photo_by_employees(&change, &ids).await?;
        if rows.is_empty() {
            change.undo().await?;
        } else {
            let mut ids: Vec<Uuid> = rows.iter().map(|row| row.employee_id.0).collect();
            ids.sort_unstable();
            ids.dedup();
            let event = Event::new("photo.list", "employee").after(json!({ "employee_ids": ids }));
            change.commit(&event).await?;
        }
        Ok(grouped(
            rows.into_iter().map(|row| (PhotosOf(row.employee_id), row)),
        ))
    }
}

impl async_graphql::dataloader::Loader<ConsentsOf> for Loader {
    type Value = Vec<consent::Consent>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ConsentsOf],
    ) -> Result<HashMap<ConsentsOf, Vec<consent::Consent>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|ConsentsOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = consent::consent_by_employees(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(grouped(
            rows.into_iter()
                .map(|row| (ConsentsOf(row.employee_id), row)),
        ))
    }
}

impl async_graphql::dataloader::Loader<EvidenceOf> for Loader {
    type Value = String;
    type Error = Failure;

    async fn load(&self, keys: &[EvidenceOf]) -> Result<HashMap<EvidenceOf, String>, Failure> {
        let ids: Vec<_> = keys.iter().map(|EvidenceOf(id)| *id).collect();
        // Who looked is written down with it.
        let change = self.0.change().await?;
        let rows = consent::consent_evidence(&change, &ids).await?;
        if rows.is_empty() {
            change.undo().await?;
        } else {
            let ids: Vec<Uuid> = rows.iter().map(|(id, _)| id.0).collect();
            let event = Event::new("consent.read", "consent").after(json!({ "consent_ids": ids }));
            change.commit(&event).await?;
        }
        Ok(rows
            .into_iter()
            .map(|(id, evidence)| (EvidenceOf(id), evidence))
            .collect())
    }
}

/// Key: versions of a rule set.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub RuleSetId);

/// Key: that a punch is voided.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VoidingOf(pub PunchId);

impl async_graphql::dataloader::Loader<VersionsOf> for Loader {
    type Value = Vec<RuleSetVersion>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[VersionsOf],
    ) -> Result<HashMap<VersionsOf, Vec<RuleSetVersion>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|VersionsOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = rule_set::rule_set_versions_of(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(grouped(
            rows.into_iter()
                .map(|row| (VersionsOf(row.rule_set_id), row)),
        ))
    }
}

impl async_graphql::dataloader::Loader<VoidingOf> for Loader {
    type Value = punch::PunchVoiding;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[VoidingOf],
    ) -> Result<HashMap<VoidingOf, punch::PunchVoiding>, Failure> {
        let ids: Vec<_> = keys.iter().map(|VoidingOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = punch::punch_voidings(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, voiding)| (VoidingOf(id), voiding))
            .collect())
    }
}

impl async_graphql::dataloader::Loader<WebhookId> for Loader {
    type Value = webhook::Webhook;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[WebhookId],
    ) -> Result<HashMap<WebhookId, webhook::Webhook>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = webhook::webhook_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.webhook_id, row)).collect())
    }
}
