//! Marks of people whose home is where their first punch or roster is, because none was named: what
//! changes that first one changes all their days. Must not know the rules.

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId};
use uuid::Uuid;

use super::DaySpan;
use super::queue::Mark;
use crate::database::Transaction;
use crate::error::Result;
use crate::row;

/// Somebody without a home of their own.
pub(super) struct Guest {
    employee_id: EmployeeId,
    /// Date (UTC) of the first punch, else first date of the first roster: there the home is found.
    found_on: Date,
    /// All their days.
    all: DaySpan,
}

/// Those of these employees who have neither a home site nor sites, but punches or rosters.
pub(super) async fn guests_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[Uuid],
) -> Result<Vec<Guest>> {
    const OPERATION: &str = "read guests";
    let rows = transaction
        .query(
            OPERATION,
            "select e.employee_id, coalesce(p.first_date, r.first_date) as found_on,
                    least(known.first_date, r.first_date) as first_date, known.last_date
             from app.employee e
             cross join lateral attendance.known_dates(e.organization_id, e.employee_id) as known
             cross join lateral (
               select (min(occurred_at) at time zone 'UTC')::date as first_date from attendance.punch
               where organization_id = e.organization_id and employee_id = e.employee_id
             ) as p
             cross join lateral (
               select min(lower(valid)) as first_date from attendance.roster
               where organization_id = e.organization_id and employee_id = e.employee_id
             ) as r
             where e.organization_id = $1 and e.employee_id = any ($2) and e.home_site_id is null
               and not exists (select from app.employee_site es
                               where es.organization_id = e.organization_id and es.employee_id = e.employee_id)
               and coalesce(p.first_date, r.first_date) is not null",
            &[&organization_id.0, &employees],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let employee_id = EmployeeId(row.get("employee_id"));
            Ok(Guest {
                employee_id,
                found_on: row::date(row, OPERATION, "found_on")?,
                all: DaySpan {
                    employee_id,
                    from: row::date(row, OPERATION, "first_date")?,
                    to: row::date(row, OPERATION, "last_date")?,
                },
            })
        })
        .collect()
}

/// Lets marks around the date on which a home is found cover all days of that person.
pub(super) fn widen(marks: &mut [Mark], guests: &[Guest]) {
    for guest in guests {
        // The date of a mark is that of some site, at most a day and a boundary from the UTC date.
        let (before, after) = (
            guest.found_on.saturating_sub(2.days()),
            guest.found_on.saturating_add(2.days()),
        );
        for mark in marks.iter_mut() {
            let span = &mut mark.span;
            if span.employee_id == guest.employee_id && span.from <= after && before <= span.to {
                span.from = span.from.min(guest.all.from);
                span.to = span.to.max(guest.all.to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_a_mark_where_the_home_is_found_becomes_longer() {
        let employee_id = EmployeeId(Uuid::from_u128(1));
        let span = |from: i8, to: i8| DaySpan {
            employee_id,
            from: date(2026, 3, from),
            to: date(2026, 3, to),
        };
        let mark = |span| Mark {
            dirty_id: Uuid::nil(),
            span,
            punch_id: None,
        };
        let guest = Guest {
            employee_id,
            found_on: date(2026, 3, 5),
            all: span(3, 30),
        };
        let mut marks = [mark(span(7, 7)), mark(span(8, 9)), mark(span(1, 2))];
        // Somebody else's first punch is on the same date.
        marks[2].span = DaySpan {
            employee_id: EmployeeId(Uuid::from_u128(2)),
            ..span(5, 5)
        };
        widen(&mut marks, &[guest]);
        let spans = marks.map(|mark| (mark.span.from.day(), mark.span.to.day()));
        assert_eq!(spans, [(3, 30), (8, 9), (5, 5)]);
    }
}
