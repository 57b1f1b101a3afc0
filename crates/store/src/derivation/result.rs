//! The second half of a claim: derived days replace their rows, marks leave the queue, punches are
//! announced, in one transaction. Must not know the rules.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::{Day, Direction, RULE_VERSION};
use serde_json::json;
use uuid::Uuid;

use super::{DayClaim, DayKey};
use crate::error::Result;

/// Channel on which derived punches are announced, ids only: "look again".
pub const PUNCH_CHANNEL: &str = "rollcall_punch";

/// Ids in one announcement; 150 of them are about 5,900 bytes of the 8,000 that PostgreSQL takes.
const PUNCHES_PER_NOTIFICATION: usize = 150;

/// What [`DayClaim::store`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Days derived, empty ones included.
    pub n_days: usize,
    /// Marks taken from the queue.
    pub n_marks: usize,
    /// Punches announced.
    pub n_announced: usize,
}

impl DayClaim {
    /// Replaces each day by its new result (none: the day has no punch), takes the marks from the
    /// queue, announces the punches behind them, and commits.
    pub async fn store(self, days: &[(DayKey, Option<Day>)]) -> Result<Derived> {
        self.delete_days(days).await?;
        self.insert_days(days).await?;
        self.insert_sessions(days).await?;
        self.insert_day_punches(days).await?;
        let dirty_ids: Vec<Uuid> = self.marks.iter().map(|mark| mark.dirty_id).collect();
        let n_marks = self
            .transaction
            .execute(
                "take marks from the queue",
                "delete from attendance.dirty_day where organization_id = $1 and dirty_id = any ($2)",
                &[&self.organization_id.0, &dirty_ids],
            )
            .await?;
        let n_announced = self.announce().await?;
        self.transaction.commit().await?;
        Ok(Derived {
            n_days: days.len(),
            n_marks: usize::try_from(n_marks).unwrap_or(usize::MAX),
            n_announced,
        })
    }

    async fn delete_days(&self, days: &[(DayKey, Option<Day>)]) -> Result<()> {
        let employees: Vec<Uuid> = days.iter().map(|(key, _)| key.employee_id.0).collect();
        let dates: Vec<Date> = days.iter().map(|(key, _)| key.work_date).collect();
        let punches: Vec<Uuid> = each_day(days)
            .flat_map(|(_, day)| &day.punches)
            .map(|punch| punch.punch_id.0)
            .collect();
        // Sessions and readings go with their day; a punch that moved here from another date is
        // taken from there.
        self.transaction
            .execute(
                "delete derived days",
                "with moved as (
                   delete from attendance.day_punch p
                   where p.organization_id = $1 and p.punch_id = any ($4)
                     and not exists (select from unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                                     where k.employee_id = p.employee_id and k.work_date = p.work_date)
                 )
                 delete from attendance.day d
                 using unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                 where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date",
                &[&self.organization_id.0, &employees, &dates, &punches],
            )
            .await?;
        Ok(())
    }

    async fn insert_days(&self, days: &[(DayKey, Option<Day>)]) -> Result<()> {
        // One JSON document, because PostgreSQL has no arrays of arrays of different lengths.
        let rows: Vec<_> = each_day(days)
            .map(|(key, day)| {
                json!({
                    "employee_id": key.employee_id.0,
                    "work_date": key.work_date,
                    "site_id": day.site_id.0,
                    "time_zone": day.time_zone,
                    "status": day.status.as_str(),
                    "first_in_at": day.first_in_at,
                    "last_out_at": day.last_out_at,
                    "worked_minutes": day.worked_minutes(),
                    "n_punches": day.n_counted(),
                    "n_repeats": day.n_repeats(),
                    "exceptions": day.exceptions.iter().map(|e| e.as_str()).collect::<Vec<_>>(),
                    "why": day.why.iter().map(|why| json!({ "rule": why.rule.as_str() })).collect::<Vec<_>>(),
                })
            })
            .collect();
        self.transaction
            .execute(
                "insert derived days",
                "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status,
                   first_in_at, last_out_at, worked_minutes, n_punches, n_repeats, exceptions, why, rule_version)
                 select $1, r.employee_id, r.work_date, r.site_id, r.time_zone, r.status,
                   r.first_in_at, r.last_out_at, r.worked_minutes, r.n_punches, r.n_repeats,
                   r.exceptions, r.why, $3
                 from jsonb_to_recordset($2::jsonb) as r (employee_id uuid, work_date date, site_id uuid,
                   time_zone text, status text, first_in_at timestamptz, last_out_at timestamptz,
                   worked_minutes integer, n_punches integer, n_repeats integer, exceptions text[], why jsonb)",
                &[
                    &self.organization_id.0,
                    &serde_json::Value::Array(rows),
                    &RULE_VERSION,
                ],
            )
            .await?;
        Ok(())
    }

    async fn insert_sessions(&self, days: &[(DayKey, Option<Day>)]) -> Result<()> {
        let mut columns = SessionColumns::default();
        for (key, day) in each_day(days) {
            for (ordinal, session) in (1i32..).zip(&day.sessions) {
                columns.employee.push(key.employee_id.0);
                columns.work_date.push(key.work_date);
                columns.ordinal.push(ordinal);
                columns.site.push(session.site_id.0);
                columns
                    .in_punch
                    .push(session.begin.and_then(|end| Some(end.punch_id?.0)));
                columns.in_at.push(session.begin.map(|end| end.at));
                columns
                    .out_punch
                    .push(session.end.and_then(|end| Some(end.punch_id?.0)));
                columns.out_at.push(session.end.map(|end| end.at));
                columns.worked_minutes.push(session.minutes);
            }
        }
        self.transaction
            .execute(
                "insert sessions",
                "insert into attendance.session (organization_id, employee_id, work_date, ordinal, site_id,
                   in_punch_id, in_at, out_punch_id, out_at, worked_minutes)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::integer[], $5::uuid[], $6::uuid[],
                   $7::timestamptz[], $8::uuid[], $9::timestamptz[], $10::integer[]) as r",
                &[
                    &self.organization_id.0,
                    &columns.employee,
                    &columns.work_date,
                    &columns.ordinal,
                    &columns.site,
                    &columns.in_punch,
                    &columns.in_at,
                    &columns.out_punch,
                    &columns.out_at,
                    &columns.worked_minutes,
                ],
            )
            .await?;
        Ok(())
    }

    async fn insert_day_punches(&self, days: &[(DayKey, Option<Day>)]) -> Result<()> {
        let read = || {
            each_day(days).flat_map(|(key, day)| day.punches.iter().map(move |punch| (key, punch)))
        };
        let employees: Vec<Uuid> = read().map(|(key, _)| key.employee_id.0).collect();
        let dates: Vec<Date> = read().map(|(key, _)| key.work_date).collect();
        let punches: Vec<Uuid> = read().map(|(_, punch)| punch.punch_id.0).collect();
        let counted: Vec<bool> = read().map(|(_, punch)| punch.is_counted).collect();
        let directions: Vec<Option<&str>> = read()
            .map(|(_, punch)| punch.direction.map(Direction::as_str))
            .collect();
        let reasons: Vec<&str> = read().map(|(_, punch)| punch.reason.as_str()).collect();
        self.transaction
            .execute(
                "insert readings of punches",
                "insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id,
                   is_counted, direction, direction_reason)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::uuid[], $5::boolean[], $6::text[],
                   $7::text[]) as r",
                &[
                    &self.organization_id.0,
                    &employees,
                    &dates,
                    &punches,
                    &counted,
                    &directions,
                    &reasons,
                ],
            )
            .await?;
        Ok(())
    }

    async fn announce(&self) -> Result<usize> {
        let punches: BTreeSet<Uuid> = self
            .marks
            .iter()
            .filter_map(|mark| mark.punch_id)
            .map(|punch_id| punch_id.0)
            .collect();
        let punches: Vec<Uuid> = punches.into_iter().collect();
        let payloads: Vec<String> = punches
            .chunks(PUNCHES_PER_NOTIFICATION)
            .map(|chunk| {
                json!({ "organization_id": self.organization_id.0, "punch_ids": chunk }).to_string()
            })
            .collect();
        if !payloads.is_empty() {
            self.transaction
                .execute(
                    "announce punches",
                    "select pg_notify($1, payload) from unnest($2::text[]) as payload",
                    &[&PUNCH_CHANNEL, &payloads],
                )
                .await?;
        }
        Ok(punches.len())
    }
}

#[derive(Default)]
struct SessionColumns {
    employee: Vec<Uuid>,
    work_date: Vec<Date>,
    ordinal: Vec<i32>,
    site: Vec<Uuid>,
    in_punch: Vec<Option<Uuid>>,
    in_at: Vec<Option<Timestamp>>,
    out_punch: Vec<Option<Uuid>>,
    out_at: Vec<Option<Timestamp>>,
    worked_minutes: Vec<i32>,
}

fn each_day(days: &[(DayKey, Option<Day>)]) -> impl Iterator<Item = (DayKey, &Day)> {
    days.iter()
        .filter_map(|(key, day)| Some((*key, day.as_ref()?)))
}
