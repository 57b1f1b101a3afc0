//! What was derived is recorded for those who show it live, and announced, ids only: "look again". Sent with the
//! commit. Must not be the only way to learn something: see [`crate::listen`].

use std::collections::BTreeSet;

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, PunchId, SiteId};
use serde_json::json;
use uuid::Uuid;

use super::DayKey;
use super::record::DayRecord;
use super::write::columns;
use crate::database::Transaction;
use crate::error::Result;
use crate::live::{LiveKind, LiveSubject, live_write, live_write_punches};

/// Channel on which derived punches are announced: `{"organization_id", "punch_ids": […]}`.
pub const PUNCH_CHANNEL: &str = "rollcall_punch";

/// Channel on which changed days are announced: `{"organization_id", "days": [[employee, date], …]}`.
pub const DAY_CHANNEL: &str = "rollcall_day";

/// Ids in one announcement; 150 of them are about 5,900 bytes of the 8,000 that PostgreSQL takes.
const PUNCHES_PER_NOTIFICATION: usize = 150;
/// Days in one announcement; 120 of them are about 6,500 bytes.
const DAYS_PER_NOTIFICATION: usize = 120;

/// What a claim came to.
pub(super) struct News<'a> {
    /// Punches read for the first time, or again because they were marked again.
    pub(super) punch_ids: &'a BTreeSet<PunchId>,
    /// Days that differ, with their sites; without one when nothing is left of them.
    pub(super) days: Vec<(DayKey, Option<SiteId>)>,
    /// Exceptions that their days had not.
    pub(super) exceptions: Vec<LiveSubject>,
}

/// Exceptions of days about to be written that their rows do not have.
pub(super) async fn exceptions_new(
    transaction: &Transaction,
    organization_id: OrganizationId,
    days: &[DayRecord],
) -> Result<Vec<LiveSubject>> {
    let raised: Vec<(&DayRecord, &str)> = days
        .iter()
        .flat_map(|record| {
            let kinds = record.exceptions.iter();
            kinds.map(move |exception| (record, exception.kind.as_str()))
        })
        .collect();
    if raised.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<DayKey> = raised.iter().map(|(record, _)| record.key).collect();
    let (employees, dates) = columns(&keys);
    let kinds: Vec<&str> = raised.iter().map(|(_, kind)| *kind).collect();
    let known: BTreeSet<(Uuid, Date, String)> = transaction
        .query(
            "read known exceptions",
            "select x.employee_id, x.work_date, x.kind
             from unnest($2::uuid[], $3::date[], $4::text[]) as k (employee_id, work_date, kind)
             join attendance.day_exception x on x.organization_id = $1 and x.employee_id = k.employee_id
               and x.work_date = k.work_date and x.kind = k.kind",
            &[&organization_id.0, &employees, &dates, &kinds],
        )
        .await?
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    Ok(raised
        .into_iter()
        .filter(|(record, kind)| {
            let key = record.key;
            !known.contains(&(key.employee_id.0, key.work_date, (*kind).to_owned()))
        })
        .map(|(record, kind)| LiveSubject {
            site_id: Some(record.day.site_id),
            word: Some(kind.to_owned()),
            ..day(record.key.employee_id, record.key.work_date)
        })
        .collect())
}

fn day(employee_id: EmployeeId, work_date: Date) -> LiveSubject {
    LiveSubject {
        id: employee_id.0,
        employee_id: Some(employee_id),
        site_id: None,
        work_date: Some(work_date),
        word: None,
    }
}

pub(super) async fn announce(
    transaction: &Transaction,
    organization_id: OrganizationId,
    news: &News<'_>,
) -> Result<()> {
    let punch_ids: Vec<Uuid> = news.punch_ids.iter().map(|id| id.0).collect();
    if !punch_ids.is_empty() {
        live_write_punches(transaction, organization_id, &punch_ids).await?;
    }
    let subjects: Vec<LiveSubject> = news
        .days
        .iter()
        .map(|(key, site_id)| LiveSubject {
            site_id: *site_id,
            ..day(key.employee_id, key.work_date)
        })
        .collect();
    live_write(transaction, organization_id, LiveKind::Day, &subjects).await?;
    live_write(
        transaction,
        organization_id,
        LiveKind::Exception,
        &news.exceptions,
    )
    .await?;
    let days: Vec<(Uuid, Date)> = news
        .days
        .iter()
        .map(|(key, _)| (key.employee_id.0, key.work_date))
        .collect();
    let of_punches = punch_ids.chunks(PUNCHES_PER_NOTIFICATION).map(|chunk| {
        let payload = json!({ "organization_id": organization_id.0, "punch_ids": chunk });
        (PUNCH_CHANNEL, payload.to_string())
    });
    let of_days = days.chunks(DAYS_PER_NOTIFICATION).map(|chunk| {
        let payload = json!({ "organization_id": organization_id.0, "days": chunk });
        (DAY_CHANNEL, payload.to_string())
    });
    let (channels, payloads): (Vec<&str>, Vec<String>) = of_punches.chain(of_days).unzip();
    if payloads.is_empty() {
        return Ok(());
    }
    transaction
        .execute(
            "announce what was derived",
            "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as n (channel, payload)",
            &[&channels, &payloads],
        )
        .await?;
    Ok(())
}
