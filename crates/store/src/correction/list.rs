//! Reading corrections with what a person needs to decide on them. Must not change anything.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::Direction;
use rollcall_domain::id::{CorrectionId, EmployeeId, PunchId, SiteId, UserId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{CorrectionKind, CorrectionState};
use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

/// A correction.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Its id.
    pub correction_id: CorrectionId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// Their personnel number.
    pub employee_code: String,
    /// Their name.
    pub employee_name: String,
    /// What it does.
    pub kind: CorrectionKind,
    /// The punch that it is about; none when it adds one.
    pub punch_id: Option<PunchId>,
    /// Site of the punch.
    pub site_id: SiteId,
    /// Its name.
    pub site_name: String,
    /// IANA zone that the site had at the time of the punch.
    pub time_zone: String,
    /// Time of the punch.
    pub occurred_at: Timestamp,
    /// Local date of the punch by the site's day boundary.
    pub work_date: Date,
    /// The direction stated.
    pub direction: Option<Direction>,
    /// Why.
    pub reason: String,
    /// Text that proves it.
    pub attachment: Option<String>,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// By whom.
    pub requested_by: Option<UserId>,
    /// Their name.
    pub requested_by_name: Option<String>,
    /// How far it is.
    pub state: CorrectionState,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Name of who decided.
    pub decided_by_name: Option<String>,
    /// What they said.
    pub decision_comment: Option<String>,
    /// The punch that it added.
    pub new_punch_id: Option<PunchId>,
}

/// Which corrections to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct CorrectionFilter {
    /// Only in this state.
    pub state: Option<CorrectionState>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only of punches at this site.
    pub site_id: Option<SiteId>,
    /// Only of punches from this local date on.
    pub from: Option<Date>,
    /// Only of punches up to this local date.
    pub to: Option<Date>,
}

const COLUMNS: &str = "c.correction_id, c.employee_id, e.code, e.display_name, c.kind, c.punch_id, at.site_id, s.name as site_name,
         at.occurred_at, attendance.time_zone_at(c.organization_id, at.site_id, at.occurred_at) as time_zone,
         attendance.work_date(c.organization_id, at.site_id, at.occurred_at) as work_date,
         c.direction, c.reason, c.attachment, c.requested_at, c.requested_by, c.state, c.decided_at,
         c.decision_comment, c.new_punch_id, r.display_name as requested_by_name, d.display_name as decided_by_name";

const FROM: &str = "attendance.correction c
  join app.employee e on e.organization_id = c.organization_id and e.employee_id = c.employee_id
  left join attendance.punch p on p.organization_id = c.organization_id and p.punch_id = c.punch_id
  cross join lateral (select coalesce(c.site_id, p.site_id) as site_id, coalesce(c.occurred_at, p.occurred_at) as occurred_at) at
  join app.site s on s.organization_id = c.organization_id and s.site_id = at.site_id
  left join app.user_account r on r.organization_id = c.organization_id and r.user_id = c.requested_by
  left join app.user_account d on d.organization_id = c.organization_id and d.user_id = c.decided_by";

/// Corrections, newest request first, at most `limit`.
pub async fn correction_list(
    transaction: &Transaction,
    filter: &CorrectionFilter,
    limit: i64,
) -> Result<Vec<Correction>> {
    let page = Page::first(limit);
    let (paged, _) = correction_page(transaction, filter, true, &page, false).await?;
    Ok(paged.rows.into_iter().map(|(_, row)| row).collect())
}

/// A page of corrections by the time of the request, with the length of the list when `wants_total`.
pub async fn correction_page(
    transaction: &Transaction,
    filter: &CorrectionFilter,
    is_descending: bool,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Correction>, Option<i64>)> {
    const OPERATION: &str = "list corrections";
    let from = format!(
        "{FROM}
         where c.organization_id = (select app.current_organization_id())
           and ($1::text is null or c.state = $1)
           and ($2::uuid is null or c.employee_id = $2)
           and ($3::date is null or attendance.work_date(c.organization_id, at.site_id, at.occurred_at) >= $3)
           and ($4::date is null or attendance.work_date(c.organization_id, at.site_id, at.occurred_at) <= $4)
           and ($5::uuid is null or at.site_id = $5)"
    );
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: &from,
        order: &[
            ("c.requested_at", "timestamptz"),
            ("c.correction_id", "uuid"),
        ],
        is_descending,
        parameters: &[
            &filter.state.map(CorrectionState::as_str),
            &filter.employee_id.map(|id| id.0),
            &filter.from,
            &filter.to,
            &filter.site_id.map(|id| id.0),
        ],
    };
    let read = |row: &Row| correction(OPERATION, row);
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

/// One correction.
///
/// Errors: [`StoreError::Missing`].
pub async fn correction_find(
    transaction: &Transaction,
    correction_id: CorrectionId,
) -> Result<Correction> {
    const OPERATION: &str = "find correction";
    let row = transaction
        .query_opt(
            OPERATION,
            &format!("select {COLUMNS} from {FROM} where c.correction_id = $1"),
            &[&correction_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "correction",
            name: correction_id.to_string(),
        })?;
    correction(OPERATION, &row)
}

fn correction(operation: &'static str, row: &Row) -> Result<Correction> {
    let punch = |column| row.get::<_, Option<Uuid>>(column).map(PunchId);
    Ok(Correction {
        correction_id: CorrectionId(row.get("correction_id")),
        employee_id: EmployeeId(row.get("employee_id")),
        employee_code: row.get("code"),
        employee_name: row.get("display_name"),
        kind: CorrectionKind::parse(operation, row.get("kind"))?,
        punch_id: punch("punch_id"),
        site_id: SiteId(row.get("site_id")),
        site_name: row.get("site_name"),
        time_zone: row.get("time_zone"),
        occurred_at: row.get("occurred_at"),
        work_date: row.get("work_date"),
        direction: direction(operation, row.get("direction"))?,
        reason: row.get("reason"),
        attachment: row.get("attachment"),
        requested_at: row.get("requested_at"),
        requested_by: row.get::<_, Option<Uuid>>("requested_by").map(UserId),
        requested_by_name: row.get("requested_by_name"),
        state: CorrectionState::parse(operation, row.get("state"))?,
        decided_at: row.get("decided_at"),
        decided_by_name: row.get("decided_by_name"),
        decision_comment: row.get("decision_comment"),
        new_punch_id: punch("new_punch_id"),
    })
}

pub(super) fn direction(operation: &'static str, text: Option<&str>) -> Result<Option<Direction>> {
    text.map(|text| {
        Direction::parse(text).ok_or_else(|| StoreError::Row {
            operation,
            column: "direction",
            value: text.to_owned(),
        })
    })
    .transpose()
}
