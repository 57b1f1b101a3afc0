//! Rows that events refer to, read together with them: showing an event to a thousand subscribers reads nothing.
//! Must not know GraphQL.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_domain::id::{CameraId, EmployeeId, SiteId};
use rollcall_store::Transaction;
use rollcall_store::employee::{Employee, employee_by_ids};
use rollcall_store::site::{Camera, Site, camera_by_ids, site_by_ids};

/// Ids of rows that events refer to.
#[derive(Default)]
pub(super) struct Wanted {
    pub employees: BTreeSet<EmployeeId>,
    pub sites: BTreeSet<SiteId>,
    pub cameras: BTreeSet<CameraId>,
}

/// Rows by id.
#[derive(Default, Debug)]
pub struct Rows {
    employees: HashMap<EmployeeId, Employee>,
    sites: HashMap<SiteId, Site>,
    cameras: HashMap<CameraId, Camera>,
}

impl Rows {
    pub(super) async fn read(
        transaction: &Transaction,
        wanted: Wanted,
    ) -> rollcall_store::Result<Self> {
        let mut rows = Self::default();
        if !wanted.employees.is_empty() {
            let ids: Vec<_> = wanted.employees.into_iter().collect();
            let found = employee_by_ids(transaction, &ids).await?;
            rows.employees
                .extend(found.into_iter().map(|row| (row.employee_id, row)));
        }
        if !wanted.sites.is_empty() {
            let ids: Vec<_> = wanted.sites.into_iter().collect();
            let found = site_by_ids(transaction, &ids).await?;
            rows.sites
                .extend(found.into_iter().map(|row| (row.site_id, row)));
        }
        if !wanted.cameras.is_empty() {
            let ids: Vec<_> = wanted.cameras.into_iter().collect();
            let found = camera_by_ids(transaction, &ids).await?;
            rows.cameras
                .extend(found.into_iter().map(|row| (row.camera_id, row)));
        }
        Ok(rows)
    }

    pub(super) fn sees_employee(&self, employee_id: EmployeeId) -> bool {
        self.employees.contains_key(&employee_id)
    }
}

/// The rows around the event that a viewer is being shown; empty in other operations.
#[derive(Clone, Default)]
pub struct Near(Arc<Mutex<Option<Arc<Rows>>>>);

impl Near {
    /// From now on these rows.
    pub(super) fn set(&self, rows: Option<Arc<Rows>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    fn get<T>(&self, row: impl FnOnce(&Rows) -> Option<T>) -> Option<T> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        row(rows.as_deref()?)
    }

    /// The employee, if it was read with the event.
    pub fn employee(&self, employee_id: EmployeeId) -> Option<Employee> {
        self.get(|rows| rows.employees.get(&employee_id).cloned())
    }

    /// The site, if it was read with the event.
    pub fn site(&self, site_id: SiteId) -> Option<Site> {
        self.get(|rows| rows.sites.get(&site_id).cloned())
    }

    /// The camera, if it was read with the event.
    pub fn camera(&self, camera_id: CameraId) -> Option<Camera> {
        self.get(|rows| rows.cameras.get(&camera_id).cloned())
    }
}
