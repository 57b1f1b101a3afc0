//! Everything that was recorded about one employee's day: punches that count, repeats, voided ones, and
//! the corrections with who and why. Must not know the rules: readings are the derivation's.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{CorrectionId, EmployeeId, PunchId};
use rollcall_domain::{Direction, PunchSource};
use tokio_postgres::Row;
use uuid::Uuid;

use super::list::{Correction, CorrectionFilter, correction_list, direction};
use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// Corrections of one day that are read; nobody makes more in earnest.
const MAX_CORRECTIONS: i64 = 500;

/// What was recorded about a day.
#[derive(Clone, Debug)]
pub struct DayEvents {
    /// Punches in order of time, voided ones too.
    pub punches: Vec<DayEvent>,
    /// Corrections of punches of this date, oldest first, whatever became of them.
    pub corrections: Vec<Correction>,
}

/// A punch with what became of it.
#[derive(Clone, Debug)]
pub struct DayEvent {
    /// The punch.
    pub punch_id: PunchId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Where.
    pub site_name: String,
    /// IANA zone that the site had then.
    pub time_zone: String,
    /// Where it comes from.
    pub source: PunchSource,
    /// Direction known at the source.
    pub direction: Option<Direction>,
    /// Which camera saw it.
    pub camera_name: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Who added it, by name.
    pub created_by_name: Option<String>,
    /// How the rules read it; none for a voided one and before it is derived.
    pub reading: Option<PunchReading>,
    /// That it counts no longer.
    pub void: Option<PunchVoid>,
    /// The approved correction that added it.
    pub added_by: Option<CorrectionId>,
    /// Its reason.
    pub added_because: Option<String>,
}

/// How the rules read a punch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchReading {
    /// Counted, or kept only.
    pub is_counted: bool,
    /// Direction, when counted.
    pub direction: Option<Direction>,
    /// Why that direction, or why none.
    pub reason: String,
}

/// That a punch counts no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchVoid {
    /// Why.
    pub reason: String,
    /// Since when.
    pub voided_at: Timestamp,
    /// By whom, by name.
    pub voided_by_name: Option<String>,
    /// The approved correction that did it.
    pub correction_id: Option<CorrectionId>,
}

/// Punches that count for the date, voided ones that would (the date of the punch that replaced it, else
/// the local date), punches of the local date that are not derived yet, and corrections.
pub async fn day_events(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<DayEvents> {
    const OPERATION: &str = "read punches of a day";
    // Work dates reach from 14 hours before their midnight in UTC to 60 hours after it, and to another
    // day for the OUT of a long session.
    let punches = transaction
        .query(
            OPERATION,
            "select p.punch_id, p.occurred_at, s.name as site_name,
                    attendance.time_zone_at(p.organization_id, p.site_id, p.occurred_at) as time_zone,
                    p.source, p.direction, camera.name as camera_name, p.created_at, creator.display_name as created_by_name,
                    dp.is_counted, dp.direction as read_direction, dp.direction_reason,
                    v.reason as void_reason, v.voided_at, voider.display_name as voided_by_name,
                    ended.correction_id as voided_by, added.correction_id as added_by, added.reason as added_because
             from attendance.punch p
             join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
             left join app.camera camera on camera.organization_id = p.organization_id and camera.camera_id = p.camera_id
             left join app.user_account creator on creator.organization_id = p.organization_id and creator.user_id = p.created_by
             left join attendance.punch_void v on v.organization_id = p.organization_id and v.punch_id = p.punch_id
             left join app.user_account voider on voider.organization_id = v.organization_id and voider.user_id = v.voided_by
             left join attendance.correction ended on ended.organization_id = p.organization_id and ended.employee_id = p.employee_id
               and ended.punch_id = p.punch_id and ended.state = 'approved'
             left join attendance.correction added on added.organization_id = p.organization_id and added.employee_id = p.employee_id
               and added.new_punch_id = p.punch_id and added.state = 'approved'
             left join attendance.day_punch dp on v.punch_id is null
               and dp.organization_id = p.organization_id and dp.punch_id = p.punch_id
             left join attendance.day_punch instead on instead.organization_id = p.organization_id
               and instead.punch_id = ended.new_punch_id
             where p.organization_id = app.current_organization_id() and p.employee_id = $1
               and p.occurred_at >= ($2::date - 1)::timestamp at time zone 'UTC'
               and p.occurred_at < ($2::date + 4)::timestamp at time zone 'UTC'
               and coalesce(dp.work_date, instead.work_date,
                            attendance.work_date(p.organization_id, p.site_id, p.occurred_at)) = $2
             order by p.occurred_at, p.punch_id",
            &[&employee_id.0, &work_date],
        )
        .await?
        .iter()
        .map(|row| event(OPERATION, row))
        .collect::<Result<Vec<_>>>()?;
    let corrections = corrections_of(transaction, employee_id, work_date, &punches).await?;
    Ok(DayEvents {
        punches,
        corrections,
    })
}

/// Corrections of these punches, and requests of the local date for punches that do not exist (yet).
async fn corrections_of(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
    punches: &[DayEvent],
) -> Result<Vec<Correction>> {
    let filter = CorrectionFilter {
        state: None,
        employee_id: Some(employee_id),
        site_id: None,
        from: Some(work_date.saturating_sub(1.day())),
        to: Some(work_date.saturating_add(2.days())),
    };
    let mut corrections = correction_list(transaction, &filter, MAX_CORRECTIONS).await?;
    corrections.retain(|correction| {
        let mut named = [correction.punch_id, correction.new_punch_id]
            .into_iter()
            .flatten()
            .peekable();
        if named.peek().is_none() {
            return correction.work_date == work_date;
        }
        named.any(|punch_id| punches.iter().any(|punch| punch.punch_id == punch_id))
    });
    corrections.reverse();
    Ok(corrections)
}

fn event(operation: &'static str, row: &Row) -> Result<DayEvent> {
    let source: &str = row.get("source");
    let correction = |column| row.get::<_, Option<Uuid>>(column).map(CorrectionId);
    let reading = match row.get::<_, Option<bool>>("is_counted") {
        Some(is_counted) => Some(PunchReading {
            is_counted,
            direction: direction(operation, row.get("read_direction"))?,
            reason: row.get("direction_reason"),
        }),
        None => None,
    };
    let void = row
        .get::<_, Option<String>>("void_reason")
        .map(|reason| PunchVoid {
            reason,
            voided_at: row.get("voided_at"),
            voided_by_name: row.get("voided_by_name"),
            correction_id: correction("voided_by"),
        });
    Ok(DayEvent {
        punch_id: PunchId(row.get("punch_id")),
        occurred_at: row.get("occurred_at"),
        site_name: row.get("site_name"),
        time_zone: row.get("time_zone"),
        source: PunchSource::parse(source).ok_or_else(|| StoreError::Row {
            operation,
            column: "source",
            value: source.to_owned(),
        })?,
        direction: direction(operation, row.get("direction"))?,
        camera_name: row.get("camera_name"),
        created_at: row.get("created_at"),
        created_by_name: row.get("created_by_name"),
        reading,
        void,
        added_by: correction("added_by"),
        added_because: row.get("added_because"),
    })
}
