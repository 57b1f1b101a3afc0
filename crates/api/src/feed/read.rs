//! From changes to events: the changed rows, read once for everybody who sees the same.
//! Must not know who is told.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use rollcall_domain::id::{DeviceId, EmployeeId, JobId, PunchId, SightingId};
use rollcall_store::Transaction;
use rollcall_store::day::Day;
use rollcall_store::device_record::{DeviceRecord, device_by_ids};
use rollcall_store::exception::{DayException, exception_by_days};
use rollcall_store::live::{
    EnrolmentJob, LiveChange, LiveKind, ReviewSighting, day_by_keys, enrolment_job_by_ids,
    review_sighting_by_ids,
};
use rollcall_store::punch::{Punch, punch_by_ids};

use super::cursor::{Cursor, Step};
use super::near::{Rows, Wanted};

/// What happened, as it is now.
#[derive(Clone, Debug)]
pub enum Item {
    /// A derived punch.
    Punch(Punch),
    /// A day that differs; none when nothing is left of it.
    Day(EmployeeId, Date, Option<Box<Day>>),
    /// A new exception.
    Exception(DayException),
    /// A device whose health changed.
    Device(DeviceRecord),
    /// An enrolment that was queued or ended.
    Enrolment(EnrolmentJob),
    /// A sighting that came to the queue (`added`), or left it.
    Review(ReviewSighting, String),
}

/// Something that subscribers are told.
#[derive(Debug)]
pub struct Event {
    /// The change.
    pub change: LiveChange,
    /// The row.
    pub item: Item,
    /// What the row refers to.
    pub rows: Arc<Rows>,
    /// The reading that found it.
    pub step: Arc<Step>,
}

impl Event {
    /// Where a subscriber is after it.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            step: self.step.clone(),
            position: Some(self.change.position),
        }
    }
}

/// Reads the rows of changes. Those that the transaction may not see, or that are not there any more, give none.
pub(super) async fn events(
    transaction: &Transaction,
    changes: Vec<LiveChange>,
    step: &Arc<Step>,
) -> rollcall_store::Result<Vec<Arc<Event>>> {
    let found = Found::read(transaction, &changes).await?;
    let items: Vec<(LiveChange, Item)> = changes
        .into_iter()
        .filter_map(|change| Some((change.clone(), found.item(&change)?)))
        .collect();
    let rows = Rows::read(transaction, wanted(&items)).await?;
    let rows = Arc::new(rows);
    Ok(items
        .into_iter()
        .filter(|(_, item)| match item {
            // Who sees the employee sees the days; one that is gone has no row to ask.
            Item::Day(employee_id, _, None) => rows.sees_employee(*employee_id),
            _ => true,
        })
        .map(|(change, item)| {
            Arc::new(Event {
                change,
                item,
                rows: rows.clone(),
                step: step.clone(),
            })
        })
        .collect())
}

/// Changed rows by their keys.
#[derive(Default)]
struct Found {
    punches: HashMap<PunchId, Punch>,
    days: HashMap<(EmployeeId, Date), Day>,
    exceptions: HashMap<(EmployeeId, Date, &'static str), DayException>,
    devices: HashMap<DeviceId, DeviceRecord>,
    enrolments: HashMap<JobId, EnrolmentJob>,
    sightings: HashMap<SightingId, ReviewSighting>,
}

impl Found {
    async fn read(
        transaction: &Transaction,
        changes: &[LiveChange],
    ) -> rollcall_store::Result<Self> {
        let mut found = Self::default();
        let ids = |kind| -> BTreeSet<uuid::Uuid> {
            let of_kind = changes.iter().filter(|change| change.kind == kind);
            of_kind.map(|change| change.subject.id).collect()
        };
        let days = |kind| -> Vec<(EmployeeId, Date)> {
            let of_kind = changes.iter().filter(|change| change.kind == kind);
            let keys: BTreeSet<_> = of_kind.filter_map(day_key).collect();
            keys.into_iter().collect()
        };
        let punches: Vec<PunchId> = ids(LiveKind::Punch).into_iter().map(PunchId).collect();
        if !punches.is_empty() {
            let rows = punch_by_ids(transaction, &punches).await?;
            found.punches = rows.into_iter().map(|row| (row.punch_id, row)).collect();
        }
        let keys = days(LiveKind::Day);
        if !keys.is_empty() {
            let rows = day_by_keys(transaction, &keys).await?;
            let keyed = rows
                .into_iter()
                .map(|row| ((row.employee_id, row.work_date), row));
            found.days = keyed.collect();
        }
        let keys = days(LiveKind::Exception);
        if !keys.is_empty() {
            let rows = exception_by_days(transaction, &keys).await?;
            let keyed = rows
                .into_iter()
                .map(|row| ((row.employee_id, row.work_date, row.kind.as_str()), row));
            found.exceptions = keyed.collect();
        }
        let devices: Vec<DeviceId> = ids(LiveKind::Device).into_iter().map(DeviceId).collect();
        if !devices.is_empty() {
            let rows = device_by_ids(transaction, &devices).await?;
            found.devices = rows.into_iter().map(|row| (row.device_id, row)).collect();
        }
        let jobs: Vec<JobId> = ids(LiveKind::Enrolment).into_iter().map(JobId).collect();
        if !jobs.is_empty() {
            let rows = enrolment_job_by_ids(transaction, &jobs).await?;
            found.enrolments = rows.into_iter().map(|row| (row.job_id, row)).collect();
        }
        let sightings: Vec<SightingId> =
            ids(LiveKind::Review).into_iter().map(SightingId).collect();
        if !sightings.is_empty() {
            let rows = review_sighting_by_ids(transaction, &sightings).await?;
            found.sightings = rows.into_iter().map(|row| (row.sighting_id, row)).collect();
        }
        Ok(found)
    }

    fn item(&self, change: &LiveChange) -> Option<Item> {
        let id = change.subject.id;
        let word = change.subject.word.as_deref();
        Some(match change.kind {
            LiveKind::Punch => Item::Punch(self.punches.get(&PunchId(id))?.clone()),
            LiveKind::Day => {
                let key = day_key(change)?;
                Item::Day(key.0, key.1, self.days.get(&key).cloned().map(Box::new))
            }
            LiveKind::Exception => {
                let (employee_id, work_date) = day_key(change)?;
                let kind = rollcall_domain::ExceptionKind::parse(word?)?;
                let found = self
                    .exceptions
                    .get(&(employee_id, work_date, kind.as_str()))?;
                Item::Exception(found.clone())
            }
            LiveKind::Device => Item::Device(self.devices.get(&DeviceId(id))?.clone()),
            LiveKind::Enrolment => Item::Enrolment(self.enrolments.get(&JobId(id))?.clone()),
            LiveKind::Review => {
                let sighting = self.sightings.get(&SightingId(id))?.clone();
                Item::Review(sighting, word?.to_owned())
            }
        })
    }
}

fn day_key(change: &LiveChange) -> Option<(EmployeeId, Date)> {
    Some((change.subject.employee_id?, change.subject.work_date?))
}

fn wanted(items: &[(LiveChange, Item)]) -> Wanted {
    let mut wanted = Wanted::default();
    for (_, item) in items {
        match item {
            Item::Punch(punch) => {
                wanted.employees.insert(punch.employee_id);
                wanted.sites.insert(punch.site_id);
                wanted.cameras.extend(punch.camera_id);
            }
            Item::Day(employee_id, _, day) => {
                wanted.employees.insert(*employee_id);
                wanted.sites.extend(day.as_ref().map(|day| day.site_id));
            }
            Item::Exception(exception) => {
                wanted.employees.insert(exception.employee_id);
                wanted.sites.insert(exception.site_id);
            }
            Item::Device(device) => {
                wanted.sites.insert(device.site_id);
            }
            Item::Enrolment(enrolment) => {
                wanted.employees.insert(enrolment.employee_id);
            }
            Item::Review(sighting, _) => {
                wanted.employees.extend(sighting.employee_id);
                wanted.sites.insert(sighting.site_id);
                wanted.cameras.insert(sighting.camera_id);
            }
        }
    }
    wanted
}
