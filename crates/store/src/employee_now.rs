//! What employees do at present: today's day and the last punch, one statement for a page of people.
//! Must not know how either is shown.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::day::{self, Day};
use crate::error::Result;
use crate::punch::{self, Punch};

/// The day of each employee on the work date that `now` has at the home site, as given, else at the first of the
/// employee's sites. Employees without such a site or day are left out.
pub async fn employee_days_at(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[(EmployeeId, Option<SiteId>)],
    now: Timestamp,
) -> Result<Vec<(EmployeeId, Day)>> {
    let ids: Vec<Uuid> = employees.iter().map(|(id, _)| id.0).collect();
    let homes: Vec<Option<Uuid>> = employees
        .iter()
        .map(|(_, home)| home.map(|id| id.0))
        .collect();
    // Materialized: dates are reckoned once a site, and are a key of the days' index instead of a condition on all days
    // of a person. The organisation is a parameter, since a setting would be read and parsed for every row.
    let sql = format!(
        "with place as materialized (
           -- As attendance.work_date has it; written out so that it costs no call.
           select s.site_id,
             (($3::timestamptz at time zone coalesce((
               select change.earlier_time_zone from app.site_zone_change as change
               where change.organization_id = s.organization_id and change.site_id = s.site_id and change.changed_at > $3
               order by change.changed_at limit 1), s.time_zone)) - s.day_boundary::interval)::date as work_date
           from app.site s where s.organization_id = $4
         ), present as materialized (
           select k.employee_id, coalesce(k.home_site_id, (
             select es.site_id from app.employee_site es
             where es.organization_id = $4 and es.employee_id = k.employee_id
             order by es.site_id limit 1)) as site_id
           from unnest($1::uuid[], $2::uuid[]) as k (employee_id, home_site_id)
         )
         select {columns}
         from present
         join place on place.site_id = present.site_id
         join attendance.day d on d.organization_id = $4 and d.employee_id = present.employee_id
           and d.work_date = place.work_date
         left join attendance.shift h on h.organization_id = d.organization_id and h.shift_id = d.shift_id",
        columns = day::COLUMNS,
    );
    let rows = transaction
        .lookup(
            "find days of today",
            &sql,
            &[&ids, &homes, &now, &organization_id.0],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let day = day::day(row)?;
            Ok((day.employee_id, day))
        })
        .collect()
}

/// Where the newest punch of most people is; the others cost a look into all months.
const LATELY: SignedDuration = SignedDuration::from_hours(8 * 24);
/// By how much an id may be older than its punch, and more.
const ID_LAG: SignedDuration = SignedDuration::from_hours(24);
/// By how much a punch may be ahead of the present, by a wrong clock.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 24);

/// The newest punch of each employee who has one; voided ones do not count.
///
/// Months are partitions of the punches' ids, and an id is never much older than its instant: so a punch
/// of the last days is found in one or two of them, and only people without one cost a look into all.
pub async fn employee_last_punches(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employee_ids: &[EmployeeId],
    now: Timestamp,
) -> Result<Vec<(EmployeeId, Punch)>> {
    let from = now - LATELY;
    let lately = (from, uuid_at(from - ID_LAG), uuid_at(now + AHEAD));
    let mut found = newest_punches(transaction, organization_id, employee_ids, lately).await?;
    let known: HashSet<EmployeeId> = found.iter().map(|(id, _)| *id).collect();
    let others: Vec<EmployeeId> = employee_ids
        .iter()
        .copied()
        .filter(|id| !known.contains(id))
        .collect();
    if !others.is_empty() {
        let ever = (Timestamp::UNIX_EPOCH, Uuid::nil(), Uuid::max());
        found.extend(newest_punches(transaction, organization_id, &others, ever).await?);
    }
    Ok(found)
}

/// The least UUIDv7 of an instant (RFC 9562, 5.7).
fn uuid_at(instant: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(instant.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(u128::from(milliseconds) << 80)
}

/// The newest punch of each employee at or after an instant, among ids from one up to another.
async fn newest_punches(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employee_ids: &[EmployeeId],
    (from, from_id, to_id): (Timestamp, Uuid, Uuid),
) -> Result<Vec<(EmployeeId, Punch)>> {
    const OPERATION: &str = "find last punches";
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let (columns, not_voided) = (punch::COLUMNS, punch::NOT_VOIDED);
    // Of punches at the same instant the index has the one last stored first; a sort by id would read all of a person's.
    let sql = format!(
        "select {columns}
         from unnest($1::uuid[]) as k (key_employee_id)
         cross join lateral (
           select p.* from attendance.punch p
           where p.organization_id = $2 and p.employee_id = k.key_employee_id
             and p.occurred_at >= $3 and p.punch_id >= $4 and p.punch_id < $5 and {not_voided}
           order by p.occurred_at desc limit 1) as p
         join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
         left join attendance.day_punch dp on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id"
    );
    let rows = transaction
        .lookup(
            OPERATION,
            &sql,
            &[&ids, &organization_id.0, &from, &from_id, &to_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let punch = punch::punch(OPERATION, row)?;
            Ok((punch.employee_id, punch))
        })
        .collect()
}
