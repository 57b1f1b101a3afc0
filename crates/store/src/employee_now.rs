//! What employees do at present: today's day and the last punch, one statement for a page of people.
//! Must not know how either is shown.

use std::collections::HashSet;

use jiff::Timestamp;
use rollcall_domain::id::EmployeeId;
use uuid::Uuid;

use crate::database::Transaction;
use crate::day::{self, Day};
use crate::error::Result;
use crate::punch::{self, Punch};

/// The day of each employee on the work date that `now` has at the home site, else at the first of the
/// employee's sites. Employees without such a site or day are left out.
pub async fn employee_days_at(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
    now: Timestamp,
) -> Result<Vec<(EmployeeId, Day)>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    // Materialized, so that the date is a key of the days' index and not a condition on all days of a person.
    let sql = format!(
        "with present as materialized (
           -- As attendance.work_date has it; written out so that it costs no call for each person.
           select e.organization_id, e.employee_id,
             (($2::timestamptz at time zone coalesce((
               select change.earlier_time_zone from app.site_zone_change as change
               where change.organization_id = s.organization_id and change.site_id = s.site_id and change.changed_at > $2
               order by change.changed_at limit 1), s.time_zone)) - s.day_boundary::interval)::date as work_date
           from unnest($1::uuid[]) as k (key_employee_id)
           join app.employee e on e.organization_id = app.current_organization_id() and e.employee_id = k.key_employee_id
           join app.site s on s.organization_id = e.organization_id and s.site_id = coalesce(e.home_site_id, (
             select es.site_id from app.employee_site es
             where es.organization_id = e.organization_id and es.employee_id = e.employee_id
             order by es.site_id limit 1))
         )
         select {columns}
         from present
         join attendance.day d using (organization_id, employee_id, work_date)
         left join attendance.shift h on h.organization_id = d.organization_id and h.shift_id = d.shift_id",
        columns = day::COLUMNS,
    );
    let rows = transaction
        .lookup("find days of today", &sql, &[&ids, &now])
        .await?;
    rows.iter()
        .map(|row| {
            let day = day::day(row)?;
            Ok((day.employee_id, day))
        })
        .collect()
}

/// The newest punch of each employee who has one; voided ones do not count.
///
/// Months are partitions of the punches' ids, and an id is never much older than its instant: so a punch
/// of the last weeks is found in one or two of them, and only people without one cost a look into all.
pub async fn employee_last_punches(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<(EmployeeId, Punch)>> {
    let recent = "p.occurred_at >= now() - interval '20 days'
               and p.punch_id >= app.uuid_at(now() - interval '21 days') and p.punch_id < app.uuid_at(now() + interval '2 days')";
    let mut found = newest_punches(transaction, employee_ids, recent).await?;
    let known: HashSet<EmployeeId> = found.iter().map(|(id, _)| *id).collect();
    let others: Vec<EmployeeId> = employee_ids
        .iter()
        .copied()
        .filter(|id| !known.contains(id))
        .collect();
    if !others.is_empty() {
        found.extend(newest_punches(transaction, &others, "true").await?);
    }
    Ok(found)
}

async fn newest_punches(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
    condition: &str,
) -> Result<Vec<(EmployeeId, Punch)>> {
    const OPERATION: &str = "find last punches";
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let (columns, not_voided) = (punch::COLUMNS, punch::NOT_VOIDED);
    let sql = format!(
        "select {columns}
         from unnest($1::uuid[]) as k (key_employee_id)
         cross join lateral (
           select p.* from attendance.punch p
           where p.organization_id = app.current_organization_id() and p.employee_id = k.key_employee_id
             and {condition} and {not_voided}
           order by p.occurred_at desc, p.punch_id desc limit 1) as p
         join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
         left join attendance.day_punch dp on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id"
    );
    let rows = transaction.lookup(OPERATION, &sql, &[&ids]).await?;
    rows.iter()
        .map(|row| {
            let punch = punch::punch(OPERATION, row)?;
            Ok((punch.employee_id, punch))
        })
        .collect()
}
