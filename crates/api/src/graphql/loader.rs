//! Batched look-ups: whatever a page refers to is read in one statement per kind of thing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use jiff::civil::Date;
use rollcall_domain::RuleSetVersion;
use rollcall_domain::id::{CameraId, EmployeeId, PunchId, RuleSetId, SiteId};
use rollcall_store::{day, day_why, employee, exception, punch, rule_set, site};

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

/// Key: versions of a rule set.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub RuleSetId);

/// Key: that a punch is voided.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VoidingOf(pub PunchId);

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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
        let rows = punch::punch_by_days(&transaction, &days).await?;
        transaction.commit().await?;
        Ok(grouped(rows.into_iter().map(|(date, punch)| {
            (PunchesOf(punch.employee_id, date), punch)
        })))
    }
}

impl async_graphql::dataloader::Loader<VersionsOf> for Loader {
    type Value = Vec<RuleSetVersion>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[VersionsOf],
    ) -> Result<HashMap<VersionsOf, Vec<RuleSetVersion>>, Failure> {
        let ids: Vec<_> = keys.iter().map(|VersionsOf(id)| *id).collect();
        let transaction = self.0.begin().await?;
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
        let transaction = self.0.begin().await?;
        let rows = punch::punch_voidings(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(id, voiding)| (VoidingOf(id), voiding))
            .collect())
    }
}
