//! Periods: work dates that are paid together, with their totals and adjustments, to be read.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::PeriodId;
use rollcall_store::period as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::{Date, DateTime};
use super::{day, punch, viewer};
use crate::failure::Failure;

/// How far a period is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::PeriodState")]
pub enum PeriodState {
    /// Days come and change.
    Open,
    /// People resolve what is unresolved; days still change.
    Review,
    /// Days never change again; differences become adjustments of a later period.
    Closed,
}

/// Work dates that are paid together.
pub struct Period(pub(super) store::Period);

/// Work dates that are paid together.
#[Object]
impl Period {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Period, self.0.period_id)
    }

    /// First work date.
    async fn from(&self) -> Date {
        Date(self.0.first)
    }

    /// Last work date, inclusive.
    async fn to(&self) -> Date {
        Date(self.0.last)
    }

    /// How far it is.
    async fn state(&self) -> PeriodState {
        self.0.state.into()
    }

    /// When the review began; null before.
    async fn reviewed_at(&self) -> Option<DateTime> {
        self.0.reviewed_at.map(DateTime)
    }

    /// Name of who began it; null before, and when not known.
    async fn reviewed_by_name(&self) -> Option<&str> {
        self.0.reviewed_by_name.as_deref()
    }

    /// When it was closed; null before.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }

    /// Name of who closed it; null before, and when not known.
    async fn closed_by_name(&self) -> Option<&str> {
        self.0.closed_by_name.as_deref()
    }
}

/// What is left to do in a period, as far as the viewer sees it; all zero and null when it can be closed.
#[derive(SimpleObject)]
pub struct PeriodUnresolved {
    /// Exceptions neither resolved nor waived.
    n_exceptions: i32,
    /// Corrections that wait for a decision.
    n_corrections: i32,
    /// Days with a session that may still end.
    n_open_days: i32,
    /// Days that will read differently at a later time.
    n_due_days: i32,
    /// Employees with days that are not derived since something about them changed.
    n_underived_employees: i32,
    /// The last work date, while it has not ended at every site.
    not_over: Option<Date>,
    /// The first work date that does not exist for everybody yet.
    not_begun: Option<Date>,
}

impl From<store::Unresolved> for PeriodUnresolved {
    fn from(unresolved: store::Unresolved) -> Self {
        let count = super::site::count;
        Self {
            n_exceptions: count(unresolved.n_exceptions),
            n_corrections: count(unresolved.n_corrections),
            n_open_days: count(unresolved.n_open_days),
            n_due_days: count(unresolved.n_due_days),
            n_underived_employees: count(unresolved.n_underived),
            not_over: unresolved.not_over.map(Date),
            not_begun: unresolved.not_begun.map(Date),
        }
    }
}

/// What payroll pays or takes off, in minutes. Overtime is part of the payable minutes.
#[derive(SimpleObject)]
pub struct PayrollMinutes {
    /// Payable, overtime included.
    payable: i32,
    /// Overtime of class daily.
    overtime_daily: i32,
    /// Overtime of class weekly.
    overtime_weekly: i32,
    /// Overtime on rest days.
    overtime_rest_day: i32,
    /// Overtime on public holidays.
    overtime_holiday: i32,
    /// Paid leave.
    leave_paid: i32,
    /// Unpaid leave.
    leave_unpaid: i32,
}

impl From<store::Figures> for PayrollMinutes {
    fn from(figures: store::Figures) -> Self {
        let count = super::site::count;
        Self {
            payable: count(figures.payable),
            overtime_daily: count(figures.overtime_daily),
            overtime_weekly: count(figures.overtime_weekly),
            overtime_rest_day: count(figures.overtime_rest_day),
            overtime_holiday: count(figures.overtime_holiday),
            leave_paid: count(figures.leave_paid),
            leave_unpaid: count(figures.leave_unpaid),
        }
    }
}

/// What one employee's period comes to.
pub struct PeriodTotal(store::PeriodTotal);

/// What one employee's period comes to.
#[Object]
impl PeriodTotal {
    /// Whose.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// Days with a counted punch.
    async fn n_days_worked(&self) -> i32 {
        super::site::count(self.0.n_days_worked)
    }

    /// Days absent.
    async fn n_days_absent(&self) -> i32 {
        super::site::count(self.0.n_days_absent)
    }

    /// Sums over the days of the period.
    async fn days(&self) -> PayrollMinutes {
        self.0.days.into()
    }

    /// Sums over the adjustments of earlier periods that this one pays.
    async fn adjustments(&self) -> PayrollMinutes {
        self.0.adjustments.into()
    }

    /// What is paid: days and adjustments.
    async fn total(&self) -> PayrollMinutes {
        self.0.total().into()
    }
}

/// What changed about a day of a closed period, paid in a later one.
pub struct Adjustment(store::Adjustment);

/// What changed about a day of a closed period, paid in a later one.
#[Object]
impl Adjustment {
    /// Whose.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// The day.
    async fn work_date(&self) -> Date {
        Date(self.0.work_date)
    }

    /// Id of the closed period that the day belongs to.
    async fn period_id(&self) -> ID {
        id::encode(Kind::Period, self.0.period_id)
    }

    /// Id of the period that pays it; null while none is open.
    async fn into_period_id(&self) -> Option<ID> {
        let period_id = self.0.into_period_id?;
        Some(id::encode(Kind::Period, period_id))
    }

    /// Differences.
    async fn minutes(&self) -> PayrollMinutes {
        self.0.figures.into()
    }

    /// What changed, as sentences.
    async fn why(&self) -> &[String] {
        &self.0.why
    }
}

/// Which periods.
#[derive(InputObject, Default)]
pub struct PeriodFilter {
    /// Only in this state.
    state: Option<PeriodState>,
    /// Only those with this date or a later one.
    from: Option<Date>,
    /// Only those with this date or an earlier one.
    to: Option<Date>,
}

#[derive(Default)]
pub struct PeriodQuery;

#[Object]
impl PeriodQuery {
    /// Periods by date.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn periods(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<PeriodFilter>,
        #[graphql(desc = "From the latest on when absent.")] direction: Option<OrderDirection>,
    ) -> Result<Connection<Period>, Failure> {
        let direction = direction.unwrap_or(OrderDirection::Desc);
        let list = format!("periods/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let (from, to) = (filter.from.map(|from| from.0), filter.to.map(|to| to.0));
        day::check_order(from, to)?;
        let filter = store::PeriodFilter {
            state: filter.state.map(Into::into),
            from,
            to,
        };
        let is_descending = direction.is_descending();
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) = store::period_page(
            &transaction,
            &filter,
            is_descending,
            request.page(),
            wants_total,
        )
        .await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Period))
    }

    /// One period; null when there is no such.
    async fn period(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Period>, Failure> {
        let Some(period_id) = id::decode(Kind::Period, &id).map(PeriodId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::period_find_by_id(&transaction, period_id).await?;
        transaction.commit().await?;
        Ok(found.map(Period))
    }

    /// What is left to do before a period can be closed; null when there is no such period.
    async fn period_unresolved(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which period.")] id: ID,
    ) -> Result<Option<PeriodUnresolved>, Failure> {
        let Some(period_id) = id::decode(Kind::Period, &id).map(PeriodId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let Some(period) = store::period_find_by_id(&transaction, period_id).await? else {
            return Ok(None);
        };
        let unresolved = store::period_unresolved(&transaction, &period).await?;
        transaction.commit().await?;
        Ok(Some(unresolved.into()))
    }

    /// Totals of everybody with a day or an adjustment in a period, by name and code. Final when the period is
    /// closed. Null when there is no such period.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn period_totals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which period.")] period_id: ID,
    ) -> Result<Option<Connection<PeriodTotal>>, Failure> {
        let request = PageRequest::new("periodTotals", (first, after), (last, before))?;
        let Some(period_id) = id::decode(Kind::Period, &period_id).map(PeriodId) else {
            return Ok(None);
        };
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let Some(period) = store::period_find_by_id(&transaction, period_id).await? else {
            return Ok(None);
        };
        let (paged, total) =
            store::period_total_page(&transaction, &period, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(Some(request.connection(paged, total, PeriodTotal)))
    }

    /// Adjustments that a period pays, by name, code and date; those that wait for a period when none is named.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn adjustments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "The period that pays them.")] into_period_id: Option<ID>,
    ) -> Result<Connection<Adjustment>, Failure> {
        let request = PageRequest::new("adjustments", (first, after), (last, before))?;
        let into = id::argument(Kind::Period, "intoPeriodId", into_period_id.as_ref())?;
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::adjustment_page(&transaction, into, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Adjustment))
    }
}
