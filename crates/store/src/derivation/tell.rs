//! What the derivation tells webhooks: punches, days and exceptions, ids and times only, in the claim's
//! transaction. Nothing is read or written unless a webhook of the organisation asks for it.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;
use rollcall_domain::id::{OrganizationId, PunchId};
use uuid::Uuid;

use super::DayKey;
use super::record::DayRecord;
use super::write::columns;
use crate::database::Transaction;
use crate::error::Result;
use crate::webhook::WebhookEvent;

/// Which events some webhook of the organisation asks for.
pub(super) async fn wanted_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<Vec<WebhookEvent>> {
    let rows = transaction
        .query(
            "read which events are wanted",
            "select distinct e from app.webhook w cross join unnest(w.events) as e
             where w.organization_id = $1 and w.is_active",
            &[&organization_id.0],
        )
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| WebhookEvent::parse(row.get(0)))
        .collect())
}

/// An exception of a day, by its word.
type ExceptionOf = (DayKey, String);

/// Tells of one claim.
pub(super) struct Teller<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) organization_id: OrganizationId,
    pub(super) wanted: &'a [WebhookEvent],
}

impl Teller<'_> {
    fn wants(&self, event: WebhookEvent) -> bool {
        self.wanted.contains(&event)
    }

    /// Exceptions that these days have, before they are written anew.
    pub(super) async fn exceptions_before(&self, days: &[DayKey]) -> Result<HashSet<ExceptionOf>> {
        if days.is_empty() || !self.wants(WebhookEvent::ExceptionRaised) {
            return Ok(HashSet::new());
        }
        let (employees, dates) = columns(days);
        let rows = self
            .transaction
            .query(
                "read exceptions of days before",
                "select d.employee_id, d.work_date, unnest(d.exceptions)
                 from unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                 join attendance.day d using (employee_id, work_date)
                 where d.organization_id = $1",
                &[&self.organization_id.0, &employees, &dates],
            )
            .await?;
        Ok(rows
            .iter()
            .map(|row| {
                let employee_id = rollcall_domain::id::EmployeeId(row.get(0));
                let work_date = row.get(1);
                (
                    DayKey {
                        employee_id,
                        work_date,
                    },
                    row.get(2),
                )
            })
            .collect())
    }

    /// Tells of punches and of days that changed.
    pub(super) async fn tell(&self, punches: &BTreeSet<PunchId>, days: &[DayKey]) -> Result<()> {
        if self.wants(WebhookEvent::PunchRecorded) && !punches.is_empty() {
            let punches: Vec<Uuid> = punches.iter().map(|id| id.0).collect();
            self.transaction
                .execute(
                    "tell of punches",
                    "select app.webhook_enqueue('punch.recorded', array_agg(p.id), array_agg(jsonb_build_object(
                       'punchId', p.id, 'employeeId', p.employee_id, 'siteId', p.site_id, 'occurredAt', p.occurred_at)))
                     from (
                       select app.public_id('punch', punch_id::text) as id,
                         app.public_id('employee', employee_id::text) as employee_id,
                         app.public_id('site', site_id::text) as site_id,
                         app.public_time(occurred_at) as occurred_at
                       from attendance.punch where organization_id = $1 and punch_id = any ($2)
                     ) as p
                     having count(*) > 0",
                    &[&self.organization_id.0, &punches],
                )
                .await?;
        }
        if self.wants(WebhookEvent::AttendanceDayChanged) && !days.is_empty() {
            let (employees, dates) = columns(days);
            self.transaction
                .execute(
                    "tell of days",
                    "select app.webhook_enqueue('attendance_day.changed', array_agg(d.id), array_agg(jsonb_build_object(
                       'attendanceDayId', d.id, 'employeeId', d.employee_id, 'workDate', d.work_date)))
                     from (
                       select app.public_id('day', employee_id || ':' || work_date) as id,
                         app.public_id('employee', employee_id::text) as employee_id, work_date
                       from unnest($1::uuid[], $2::date[]) as d (employee_id, work_date)
                     ) as d",
                    &[&employees, &dates],
                )
                .await?;
        }
        Ok(())
    }

    /// Tells of the exceptions of these days that they had not `before`.
    pub(super) async fn tell_raised(
        &self,
        before: &HashSet<ExceptionOf>,
        written: &[DayRecord],
    ) -> Result<()> {
        if !self.wants(WebhookEvent::ExceptionRaised) {
            return Ok(());
        }
        let (mut employees, mut dates, mut kinds): (Vec<Uuid>, Vec<Date>, Vec<String>) =
            Default::default();
        for record in written {
            for exception in &record.day.exceptions {
                let raised = (record.key, exception.as_str().to_owned());
                if !before.contains(&raised) {
                    employees.push(record.key.employee_id.0);
                    dates.push(record.key.work_date);
                    kinds.push(raised.1);
                }
            }
        }
        if kinds.is_empty() {
            return Ok(());
        }
        self.transaction
            .execute(
                "tell of exceptions",
                "select app.webhook_enqueue('exception.raised', array_agg(x.id), array_agg(jsonb_build_object(
                   'exceptionId', x.id, 'employeeId', x.employee_id, 'workDate', x.work_date, 'kind', x.kind)))
                 from (
                   select app.public_id('exception', employee_id || ':' || work_date || ':' || kind) as id,
                     app.public_id('employee', employee_id::text) as employee_id, work_date, kind
                   from unnest($1::uuid[], $2::date[], $3::text[]) as x (employee_id, work_date, kind)
                 ) as x",
                &[&employees, &dates, &kinds],
            )
            .await?;
        Ok(())
    }
}
