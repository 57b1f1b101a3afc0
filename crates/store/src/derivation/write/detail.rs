//! What belongs to a day: its sessions, readings of punches, intervals and exceptions.
//! Must not decide which days.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::Writer;
use crate::derivation::record::DayRecord;
use crate::error::Result;

impl Writer<'_> {
    pub(super) async fn put_sessions(&self, days: &[DayRecord]) -> Result<()> {
        let (mut employees, mut dates): (Vec<Uuid>, Vec<Date>) = Default::default();
        let (mut ordinals, mut sites): (Vec<i32>, Vec<Uuid>) = Default::default();
        let mut in_punches: Vec<Option<Uuid>> = Vec::new();
        let mut in_at: Vec<Option<Timestamp>> = Vec::new();
        let mut out_punches: Vec<Option<Uuid>> = Vec::new();
        let mut out_at: Vec<Option<Timestamp>> = Vec::new();
        let (mut minutes, mut open): (Vec<i32>, Vec<bool>) = Default::default();
        for record in days {
            for (ordinal, session) in (1i32..).zip(&record.day.sessions) {
                employees.push(record.key.employee_id.0);
                dates.push(record.key.work_date);
                ordinals.push(ordinal);
                sites.push(session.site_id.0);
                in_punches.push(session.begin.and_then(|end| Some(end.punch_id?.0)));
                in_at.push(session.begin.map(|end| end.at));
                out_punches.push(session.end.and_then(|end| Some(end.punch_id?.0)));
                out_at.push(session.end.map(|end| end.at));
                minutes.push(session.minutes);
                open.push(session.is_open);
            }
        }
        if employees.is_empty() {
            return Ok(());
        }
        self.transaction
            .execute(
                "write sessions",
                "insert into attendance.session (organization_id, employee_id, work_date, ordinal, site_id,
                   in_punch_id, in_at, out_punch_id, out_at, worked_minutes, is_open)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::integer[], $5::uuid[], $6::uuid[],
                   $7::timestamptz[], $8::uuid[], $9::timestamptz[], $10::integer[], $11::boolean[]) as r",
                &[
                    &self.organization_id.0,
                    &employees,
                    &dates,
                    &ordinals,
                    &sites,
                    &in_punches,
                    &in_at,
                    &out_punches,
                    &out_at,
                    &minutes,
                    &open,
                ],
            )
            .await?;
        Ok(())
    }

    pub(super) async fn put_punches(&self, days: &[DayRecord]) -> Result<()> {
        let (mut employees, mut dates): (Vec<Uuid>, Vec<Date>) = Default::default();
        let (mut punches, mut counted): (Vec<Uuid>, Vec<bool>) = Default::default();
        let mut directions: Vec<Option<&str>> = Vec::new();
        let mut reasons: Vec<&str> = Vec::new();
        for record in days {
            for punch in &record.day.punches {
                employees.push(record.key.employee_id.0);
                dates.push(record.key.work_date);
                punches.push(punch.punch_id.0);
                counted.push(punch.is_counted);
                directions.push(punch.direction.map(|direction| direction.as_str()));
                reasons.push(punch.reason.as_str());
            }
        }
        if employees.is_empty() {
            return Ok(());
        }
        // A closed day keeps the punches that it was paid with.
        self.transaction
            .execute(
                "write readings of punches",
                "insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id,
                   is_counted, direction, direction_reason)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::uuid[], $5::boolean[], $6::text[],
                   $7::text[]) as r
                 on conflict (organization_id, punch_id) do nothing",
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

    pub(super) async fn put_intervals(&self, days: &[DayRecord]) -> Result<()> {
        let (mut employees, mut dates): (Vec<Uuid>, Vec<Date>) = Default::default();
        let mut ordinals: Vec<i32> = Vec::new();
        let (mut begin_at, mut end_at): (Vec<Timestamp>, Vec<Timestamp>) = Default::default();
        let mut classes: Vec<&str> = Vec::new();
        let mut overtime: Vec<Option<&str>> = Vec::new();
        for record in days {
            for (ordinal, interval) in (1i32..).zip(&record.day.intervals) {
                employees.push(record.key.employee_id.0);
                dates.push(record.key.work_date);
                ordinals.push(ordinal);
                begin_at.push(interval.begin_at);
                end_at.push(interval.end_at);
                classes.push(interval.class.as_str());
                overtime.push(interval.overtime.map(|class| class.as_str()));
            }
        }
        if employees.is_empty() {
            return Ok(());
        }
        self.transaction
            .execute(
                "write intervals",
                "insert into attendance.day_interval (organization_id, employee_id, work_date, ordinal,
                   begin_at, end_at, class, overtime)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::integer[], $5::timestamptz[],
                   $6::timestamptz[], $7::text[], $8::text[]) as r",
                &[
                    &self.organization_id.0,
                    &employees,
                    &dates,
                    &ordinals,
                    &begin_at,
                    &end_at,
                    &classes,
                    &overtime,
                ],
            )
            .await?;
        Ok(())
    }

    pub(super) async fn put_exceptions(&self, days: &[DayRecord]) -> Result<()> {
        let (mut employees, mut dates): (Vec<Uuid>, Vec<Date>) = Default::default();
        let mut kinds: Vec<&str> = Vec::new();
        let mut punches: Vec<String> = Vec::new();
        let mut sentences: Vec<&str> = Vec::new();
        for record in days {
            for exception in &record.exceptions {
                employees.push(record.key.employee_id.0);
                dates.push(record.key.work_date);
                kinds.push(exception.kind.as_str());
                let ids: Vec<String> = exception.punch_ids.iter().map(Uuid::to_string).collect();
                punches.push(ids.join(","));
                sentences.push(&exception.sentence);
            }
        }
        if employees.is_empty() {
            return Ok(());
        }
        self.transaction
            .execute(
                "write exceptions",
                "insert into attendance.day_exception (organization_id, employee_id, work_date, kind, punch_ids, sentence)
                 select $1, r.employee_id, r.work_date, r.kind, string_to_array(r.punch_ids, ',')::uuid[], r.sentence
                 from unnest($2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[])
                   as r (employee_id, work_date, kind, punch_ids, sentence)",
                &[
                    &self.organization_id.0,
                    &employees,
                    &dates,
                    &kinds,
                    &punches,
                    &sentences,
                ],
            )
            .await?;
        Ok(())
    }
}
