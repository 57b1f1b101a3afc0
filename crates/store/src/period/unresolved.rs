//! What must be done before a period can be closed. Must not change anything.

use std::fmt;

use jiff::civil::Date;

use super::Period;
use crate::database::Transaction;
use crate::derivation::{FARTHEST_AHEAD_DAYS, REACH_BACK_DAYS};
use crate::error::Result;

/// What is left to do in a period. Counts; all zero and both dates none when it can be closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unresolved {
    /// Exceptions neither resolved nor waived.
    pub n_exceptions: i64,
    /// Corrections that wait for a decision.
    pub n_corrections: i64,
    /// Days with a session that may still end.
    pub n_open_days: i64,
    /// Days that will read differently at a later time.
    pub n_due_days: i64,
    /// Employees with days that are not derived since something about them changed.
    pub n_underived: i64,
    /// The last work date, while it has not ended at every site.
    pub not_over: Option<Date>,
    /// The first work date that was not opened for everybody yet.
    pub not_begun: Option<Date>,
}

impl Unresolved {
    /// Whether the period can be closed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is left, each with what to do about it.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut count = |n: i64, one: &str, many: &str, todo: &str| {
            if n > 0 {
                lines.push(format!("{n} {}: {todo}", if n == 1 { one } else { many }));
            }
        };
        count(
            self.n_exceptions,
            "exception is neither resolved nor waived",
            "exceptions are neither resolved nor waived",
            "see `rollcall exception list`, then correct or waive",
        );
        count(
            self.n_corrections,
            "correction waits for a decision",
            "corrections wait for a decision",
            "see `rollcall correction list --state requested`",
        );
        count(
            self.n_open_days,
            "day has an open session",
            "days have an open session",
            "wait for the OUT, or for the end of the longest session",
        );
        count(
            self.n_due_days,
            "day will still change by itself",
            "days will still change by themselves",
            "wait until their shifts and sessions are over",
        );
        count(
            self.n_underived,
            "employee has days that are being derived",
            "employees have days that are being derived",
            "wait a moment and try again; if it stays, is `rollcall up` running?",
        );
        if let Some(date) = self.not_over {
            lines.push(format!(
                "{date} is not over at every site: wait until the day has ended"
            ));
        }
        // Days that are still to come do not exist because they are still to come.
        if let Some(date) = self.not_begun.filter(|_| self.not_over.is_none()) {
            lines.push(format!(
                "the days from {date} on do not exist yet: is `rollcall up` running?"
            ));
        }
        lines
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines() {
            write!(f, "\n  - {line}")?;
        }
        Ok(())
    }
}

/// Counts what is left to do in a period. A mark reaches other dates than its own, so marks
/// near the period count too.
pub async fn period_unresolved(transaction: &Transaction, period: &Period) -> Result<Unresolved> {
    let row = transaction
        .query_one(
            "find what is unresolved",
            "select
               (select count(*)
                from attendance.day_exception x
                where x.work_date between $1 and $2
                  and not exists (
                    select from attendance.exception_waiver w
                    where w.organization_id = x.organization_id and w.employee_id = x.employee_id
                      and w.work_date = x.work_date and w.kind = x.kind)) as n_exceptions,
               (select count(*)
                from attendance.correction c
                left join attendance.punch p on p.organization_id = c.organization_id and p.punch_id = c.punch_id
                left join attendance.day_punch dp on dp.organization_id = c.organization_id and dp.punch_id = c.punch_id
                where c.state = 'requested'
                  and (dp.work_date between $1 and $2
                       or attendance.work_date(c.organization_id, coalesce(c.site_id, p.site_id),
                            coalesce(c.occurred_at, p.occurred_at)) between $1 and $2)) as n_corrections,
               (select count(*) from attendance.day d
                where d.work_date between $1 and $2 and d.is_open) as n_open_days,
               (select count(*) from attendance.due_day d
                where d.work_date between $1 and $2) as n_due_days,
               (select count(distinct m.employee_id) from attendance.dirty_day m
                where m.work_date - $3::integer <= $2
                  and coalesce(m.last_date, m.work_date) + $4::integer >= $1) as n_underived,
               (select $2::date from app.site s
                where attendance.work_date(s.organization_id, s.site_id, now()) <= $2 limit 1) as not_over,
               (select greatest($1, coalesce((select o.opened_through + 1 from attendance.day_opening o), $1))
                where coalesce((select o.opened_through from attendance.day_opening o), '-infinity') < $2) as not_begun",
            &[
                &period.first,
                &period.last,
                &REACH_BACK_DAYS,
                &FARTHEST_AHEAD_DAYS,
            ],
        )
        .await?;
    Ok(Unresolved {
        n_exceptions: row.get("n_exceptions"),
        n_corrections: row.get("n_corrections"),
        n_open_days: row.get("n_open_days"),
        n_due_days: row.get("n_due_days"),
        n_underived: row.get("n_underived"),
        not_over: row.get("not_over"),
        not_begun: row.get("not_begun"),
    })
}
