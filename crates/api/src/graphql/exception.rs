//! Exceptions: what a person must look at. Must not know why one is raised.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::ExceptionKind;
use rollcall_domain::id::EmployeeId;
use rollcall_store::exception as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::{Date, DateTime};
use super::site::Site;
use super::{day, punch, viewer};
use crate::failure::Failure;

/// What a person must look at.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ExceptionKind")]
pub enum AttendanceExceptionKind {
    /// A way out without a way in.
    MissingIn,
    /// A way in without a way out.
    MissingOut,
    /// Two sites faster than one can travel.
    SiteOverlap,
    /// Work when none was expected.
    UnscheduledWork,
    /// Too little rest since the work before.
    ShortRest,
    /// The device's clock was wrong.
    ClockSkew,
    /// The day depends on a weak recognition.
    LowConfidence,
    /// Overtime that nobody approved.
    OvertimeUnapproved,
    /// Before hire or after leaving.
    OutsideEmployment,
    /// The site was not in use any more.
    InactiveSite,
    /// More punches than a person makes.
    PunchFlood,
    /// The zone name of a site is not known; UTC was used.
    UnknownTimeZone,
}

/// That somebody lets an exception be.
#[derive(SimpleObject)]
pub struct ExceptionWaiver {
    /// Why.
    note: String,
    /// Since when.
    waived_at: DateTime,
    /// Name of who did; null when not known.
    waived_by_name: Option<String>,
}

/// An exception of one employee's day.
pub struct AttendanceException(pub(super) store::DayException);

/// An exception of one employee's day.
#[Object]
impl AttendanceException {
    /// Opaque id.
    async fn id(&self) -> ID {
        let exception = &self.0;
        let key = format!(
            "{}:{}:{}",
            exception.employee_id,
            exception.work_date,
            exception.kind.as_str()
        );
        id::encode(Kind::Exception, key)
    }

    /// Whose day it is.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// Site of the day.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// The local day that the work belongs to.
    async fn work_date(&self) -> Date {
        Date(self.0.work_date)
    }

    /// What it is.
    async fn kind(&self) -> AttendanceExceptionKind {
        self.0.kind.into()
    }

    /// What happened, as a sentence.
    async fn sentence(&self) -> &str {
        &self.0.sentence
    }

    /// Ids of the punches behind it.
    async fn punch_ids(&self) -> Vec<ID> {
        let ids = self.0.punch_ids.iter();
        ids.map(|punch_id| id::encode(Kind::Punch, punch_id))
            .collect()
    }

    /// Whether somebody lets it be.
    async fn is_waived(&self) -> bool {
        self.0.waiver.is_some()
    }

    /// Who lets it be, and why; null when nobody does.
    async fn waiver(&self) -> Option<ExceptionWaiver> {
        self.0.waiver.clone().map(|waiver| ExceptionWaiver {
            note: waiver.note,
            waived_at: DateTime(waiver.waived_at),
            waived_by_name: waiver.waived_by_name,
        })
    }
}

/// The exception that an id stands for; none when it is not an id of an exception.
pub(super) fn key(exception_id: &ID) -> Option<store::ExceptionKey> {
    let text = id::decode_text(Kind::Exception, exception_id)?;
    let mut parts = text.split(':');
    let key = store::ExceptionKey {
        employee_id: parts.next()?.parse::<EmployeeId>().ok()?,
        work_date: parts.next()?.parse().ok()?,
        kind: ExceptionKind::parse(parts.next()?)?,
    };
    let spelled = format!(
        "{}:{}:{}",
        key.employee_id,
        key.work_date,
        key.kind.as_str()
    );
    (spelled == text).then_some(key)
}

/// Which exceptions.
#[derive(InputObject)]
pub struct ExceptionFilter {
    /// First work date.
    from: Date,
    /// Last work date; at most 366 days from the first.
    to: Date,
    /// Only of days of this site.
    site_id: Option<ID>,
    /// Only of this employee.
    employee_id: Option<ID>,
    /// Only of these kinds; all when absent.
    kinds: Option<Vec<AttendanceExceptionKind>>,
    /// Leaves out those that somebody lets be; true when absent.
    unresolved_only: Option<bool>,
}

#[derive(Default)]
pub struct ExceptionQuery;

#[Object]
impl ExceptionQuery {
    /// Exceptions of days by date, those of one date by name of the employee.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn exceptions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which.")] filter: ExceptionFilter,
        #[graphql(desc = "From the oldest on when absent.")] direction: Option<OrderDirection>,
    ) -> Result<Connection<AttendanceException>, Failure> {
        let direction = direction.unwrap_or(OrderDirection::Asc);
        let list = format!("exceptions/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        day::check_range(filter.from.0, filter.to.0)?;
        let kinds = filter.kinds.unwrap_or_default();
        let filter = store::ExceptionFilter {
            from: filter.from.0,
            to: filter.to.0,
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            with_waived: !filter.unresolved_only.unwrap_or(true),
            kinds: kinds.into_iter().map(ExceptionKind::from).collect(),
        };
        let is_descending = direction.is_descending();
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) = store::exception_page(
            &transaction,
            &filter,
            is_descending,
            request.page(),
            wants_total,
        )
        .await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, AttendanceException))
    }

    /// One exception; null when there is no such, for example since the day was derived again.
    async fn exception(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<AttendanceException>, Failure> {
        let Some(key) = key(&id) else { return Ok(None) };
        let transaction = viewer(context)?.reading().await?;
        let day = [(key.employee_id, key.work_date)];
        let of_day = store::exception_by_days(&transaction, &day).await?;
        transaction.commit().await?;
        let found = of_day.into_iter().find(|row| row.kind == key.kind);
        Ok(found.map(AttendanceException))
    }
}
