//! Periods as the derivation sees them: which dates may not be written any more, and where differences
//! go. Must not open or close anything.

use jiff::civil::Date;
use rollcall_domain::id::OrganizationId;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;
use crate::row;

/// The periods from a date on, in order.
#[derive(Debug, Default)]
pub(super) struct Periods(Vec<Period>);

#[derive(Debug)]
pub(super) struct Period {
    pub(super) period_id: Uuid,
    from: Date,
    to: Date,
    is_closed: bool,
}

impl Periods {
    /// The closed period that a date belongs to.
    pub(super) fn closed_on(&self, date: Date) -> Option<&Period> {
        let after = self.0.partition_point(|period| period.from <= date);
        self.0[..after]
            .last()
            .filter(|period| period.is_closed && date <= period.to)
    }

    /// The earliest later period that is not closed: it pays what a closed one missed.
    pub(super) fn paying_after(&self, closed: &Period) -> Option<Uuid> {
        self.0
            .iter()
            .find(|period| period.from > closed.to && !period.is_closed)
            .map(|period| period.period_id)
    }
}

/// Reads the periods that end on or after `first`. They stay as they are until the transaction ends:
/// the claim holds the lock.
pub(super) async fn periods_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    first: Date,
) -> Result<Periods> {
    const OPERATION: &str = "read periods";
    let rows = transaction
        .query(
            OPERATION,
            "select period_id, lower(valid) as first_date, upper(valid) - 1 as last_date, state = 'closed' as is_closed
             from attendance.period
             where organization_id = $1 and upper(valid) > $2
             order by lower(valid)",
            &[&organization_id.0, &first],
        )
        .await?;
    let periods = rows.iter().map(|row| {
        Ok(Period {
            period_id: row.get("period_id"),
            from: row::date(row, OPERATION, "first_date")?,
            to: row::date(row, OPERATION, "last_date")?,
            is_closed: row.get("is_closed"),
        })
    });
    periods.collect::<Result<_>>().map(Periods)
}
