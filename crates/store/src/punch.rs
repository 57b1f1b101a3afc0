//! Punches with the reading that the derivation gave them. Voided punches are left out everywhere.
//! Must not know how punches are announced to people.

mod list;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{CameraId, EmployeeId, PunchId, SiteId};
use rollcall_domain::{Direction, PunchSource};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;
use crate::row::word;

pub use list::punch_page;

/// A clock event and how it was read.
#[derive(Clone, Debug)]
pub struct Punch {
    /// Its id.
    pub punch_id: PunchId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// Where.
    pub site_id: SiteId,
    /// IANA zone of the site.
    pub time_zone: String,
    /// Which camera saw it; none for other sources.
    pub camera_id: Option<CameraId>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Where it came from.
    pub source: PunchSource,
    /// As derived; for a repeat, or before derivation, as known at the source.
    pub direction: Option<Direction>,
    /// Why that direction; none before derivation.
    pub direction_reason: Option<String>,
    /// Counted, or a repeat; none before derivation.
    pub is_counted: Option<bool>,
    /// Cosine similarity of the best template; none for other sources.
    pub similarity: Option<f32>,
    /// Why a person entered it; none for other sources.
    pub reason: Option<String>,
}

/// Which punches to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct PunchFilter {
    /// Only at this site.
    pub site_id: Option<SiteId>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Not earlier than this.
    pub from: Option<Timestamp>,
    /// Earlier than this.
    pub to: Option<Timestamp>,
    /// Only from this source.
    pub source: Option<PunchSource>,
    /// Voided ones too.
    pub with_voided: bool,
}

/// That a punch counts no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchVoiding {
    /// Why.
    pub reason: String,
    /// Since when.
    pub voided_at: Timestamp,
    /// By whom, by name.
    pub voided_by_name: Option<String>,
}

/// Columns of a [`Punch`] in `attendance.punch p`, `app.site s` and `attendance.day_punch dp`.
pub(crate) const COLUMNS: &str =
    "p.punch_id, p.employee_id, p.site_id, s.time_zone, p.camera_id, p.occurred_at,
  p.created_at, p.source, p.similarity, p.reason, dp.direction_reason, dp.is_counted,
  coalesce(dp.direction, p.direction) as direction";

/// A condition on `attendance.punch p`.
pub(crate) const NOT_VOIDED: &str = "not exists (
  select from attendance.punch_void v
  where v.organization_id = p.organization_id and v.punch_id = p.punch_id)";

pub(crate) fn punch(operation: &'static str, row: &Row) -> Result<Punch> {
    Ok(Punch {
        punch_id: PunchId(row.get("punch_id")),
        employee_id: EmployeeId(row.get("employee_id")),
        site_id: SiteId(row.get("site_id")),
        time_zone: row.get("time_zone"),
        camera_id: row.get::<_, Option<Uuid>>("camera_id").map(CameraId),
        occurred_at: row.get("occurred_at"),
        created_at: row.get("created_at"),
        source: word(row, operation, "source", PunchSource::parse)?,
        direction: row
            .get::<_, Option<&str>>("direction")
            .map(|_| word(row, operation, "direction", Direction::parse))
            .transpose()?,
        direction_reason: row.get("direction_reason"),
        is_counted: row.get("is_counted"),
        similarity: row.get("similarity"),
        reason: row.get("reason"),
    })
}

/// Those of the given punches that exist, oldest first.
pub async fn punch_by_ids(transaction: &Transaction, punch_ids: &[PunchId]) -> Result<Vec<Punch>> {
    const OPERATION: &str = "find punches";
    let ids: Vec<Uuid> = punch_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {COLUMNS}
         from attendance.punch p
         join app.site s using (organization_id, site_id)
         left join attendance.day_punch dp
           on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id
         where p.punch_id = any($1) and {NOT_VOIDED}
         order by p.occurred_at, p.punch_id"
    );
    let rows = transaction.lookup(OPERATION, &sql, &[&ids]).await?;
    rows.iter().map(|row| punch(OPERATION, row)).collect()
}

/// One punch, a voided one too; none when there is no such.
pub async fn punch_find(transaction: &Transaction, punch_id: PunchId) -> Result<Option<Punch>> {
    const OPERATION: &str = "find punch";
    let sql = format!(
        "select {COLUMNS}
         from attendance.punch p
         join app.site s using (organization_id, site_id)
         left join attendance.day_punch dp
           on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id
         where p.organization_id = (select app.current_organization_id()) and p.punch_id = $1"
    );
    let row = transaction
        .query_opt(OPERATION, &sql, &[&punch_id.0])
        .await?;
    row.as_ref().map(|row| punch(OPERATION, row)).transpose()
}

/// Those of the given punches that are voided, with why.
pub async fn punch_voidings(
    transaction: &Transaction,
    punch_ids: &[PunchId],
) -> Result<Vec<(PunchId, PunchVoiding)>> {
    let ids: Vec<Uuid> = punch_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find voided punches",
            "select v.punch_id, v.reason, v.voided_at, u.display_name
             from attendance.punch_void v
             left join app.user_account u on u.organization_id = v.organization_id and u.user_id = v.voided_by
             where v.organization_id = (select app.current_organization_id()) and v.punch_id = any ($1)",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            let voiding = PunchVoiding {
                reason: row.get("reason"),
                voided_at: row.get("voided_at"),
                voided_by_name: row.get("display_name"),
            };
            (PunchId(row.get("punch_id")), voiding)
        })
        .collect())
}

/// Punches that the derivation read for the given days, repeats too, oldest first.
pub async fn punch_by_days(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<(Date, Punch)>> {
    const OPERATION: &str = "find punches of days";
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    let sql = format!(
        "select {COLUMNS}, dp.work_date
         from unnest($1::uuid[], $2::date[]) as k (key_employee_id, key_work_date)
         join attendance.day_punch dp on dp.organization_id = app.current_organization_id()
           and dp.employee_id = k.key_employee_id and dp.work_date = k.key_work_date
         join attendance.punch p on p.organization_id = dp.organization_id and p.punch_id = dp.punch_id
         join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
         where {NOT_VOIDED}
         order by p.occurred_at, p.punch_id"
    );
    let rows = transaction
        .query(OPERATION, &sql, &[&employee_ids, &work_dates])
        .await?;
    rows.iter()
        .map(|row| Ok((row.get("work_date"), punch(OPERATION, row)?)))
        .collect()
}

/// Derived punches stored at or after `created_from` and after the position `after`, by time of
/// storing, at most `limit`.
pub async fn punch_derived_since(
    transaction: &Transaction,
    created_from: Timestamp,
    after: Option<(Timestamp, PunchId)>,
    limit: i64,
) -> Result<Vec<Punch>> {
    const OPERATION: &str = "read punches again";
    let (after_at, after_id) = after.map(|(at, id)| (at, id.0)).unzip();
    let sql = format!(
        "select {COLUMNS}
         from attendance.punch p
         join app.site s using (organization_id, site_id)
         join attendance.day_punch dp
           on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id
         where p.created_at >= $1
           and ($2::timestamptz is null or (p.created_at, p.punch_id) > ($2, $3::uuid))
           and {NOT_VOIDED}
         order by p.created_at, p.punch_id
         limit $4"
    );
    let rows = transaction
        .query(
            OPERATION,
            &sql,
            &[&created_from, &after_at, &after_id, &limit],
        )
        .await?;
    rows.iter().map(|row| punch(OPERATION, row)).collect()
}

/// The earliest time of storing of any punch that may still be derived for the first time.
///
/// A punch and its dirty mark share the time of their transaction, so the oldest mark bounds all
/// punches that wait; one minute more covers transactions that have begun and not committed. A mark
/// older than a day belongs to a derivation that cannot succeed and is not waited for.
pub async fn punch_horizon(transaction: &Transaction) -> Result<Timestamp> {
    let row = transaction
        .query_one(
            "find punch horizon",
            "select coalesce(min(marked_at), now()) - interval '1 minute' as horizon_at
             from attendance.dirty_day
             where marked_at > now() - interval '1 day'",
            &[],
        )
        .await?;
    Ok(row.get("horizon_at"))
}
