//! Attendance days and their sessions.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use jiff::civil;
use rollcall_domain::id::EmployeeId;
use rollcall_store::{day as store, day_why};

use super::employee::Employee;
use super::exception::AttendanceException;
use super::id::{self, Kind};
use super::loader::{ExceptionsOf, PunchesOf, SessionsOf, WhyOf};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::{Date, DateTime};
use super::site::Site;
use super::{Punch, loader, punch, viewer};
use crate::failure::Failure;

/// What a day came to.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::DayStatus")]
pub enum AttendanceDayStatus {
    /// A way in or a way out is missing for good.
    Incomplete,
    /// Came too late.
    Late,
    /// Came.
    Present,
    /// On leave.
    OnLeave,
    /// Public holiday.
    Holiday,
    /// Rest day.
    RestDay,
    /// Work was expected and is over, and the person did not come.
    Absent,
}

/// What was expected of a day.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::DayKind")]
pub enum AttendanceDayKind {
    /// Work.
    Work,
    /// Nothing: public holiday.
    Holiday,
    /// Nothing: rest day.
    RestDay,
    /// Nothing: no roster.
    Free,
}

/// Minutes of a day by class. Presence is payable, unpaid break and unpayable together.
#[derive(SimpleObject)]
pub struct DayMinutes {
    /// From way in to way out, breaks taken included.
    presence: i32,
    /// Paid, payable overtime included.
    payable: i32,
    /// Breaks that are not paid.
    unpaid_break: i32,
    /// Present and not paid.
    unpayable: i32,
    /// Payable overtime outside the shift or beyond the daily threshold.
    overtime_daily: i32,
    /// Payable overtime beyond the weekly threshold.
    overtime_weekly: i32,
    /// Payable overtime on a rest day.
    overtime_rest_day: i32,
    /// Payable overtime on a public holiday.
    overtime_holiday: i32,
    /// Overtime that is not paid because nobody approved it.
    overtime_unapproved: i32,
    /// Expected, after leave and holidays.
    expected: i32,
    /// First way in after the start of the shift and its grace.
    late: i32,
    /// Last way out before the end of the shift and its grace.
    early_out: i32,
    /// Expected minutes under paid leave.
    leave_paid: i32,
    /// Expected minutes under unpaid leave.
    leave_unpaid: i32,
}

/// A paired way in and way out.
#[derive(SimpleObject)]
pub struct Session {
    /// Way in; null when it is missing.
    in_at: Option<DateTime>,
    /// Way out; null when it is missing or has not happened yet.
    out_at: Option<DateTime>,
    /// Minutes between the two, cut to whole minutes and rounded by the rules.
    worked_minutes: i32,
    /// The way out may still come.
    is_open: bool,
}

/// A step of how a day came about.
#[derive(SimpleObject)]
pub struct WhyStep {
    /// Rule of the attendance rules, for example `R14`; null for days of earlier versions.
    rule: Option<String>,
    /// Ids of the punches behind it, in order of time.
    punch_ids: Vec<ID>,
    /// Begin, where it is about a span of time.
    from: Option<DateTime>,
    /// End of the span.
    to: Option<DateTime>,
    /// Minutes, where it is about a figure.
    minutes: Option<i32>,
    /// What happened, as a sentence.
    text: String,
}

impl From<day_why::WhyStep> for WhyStep {
    fn from(step: day_why::WhyStep) -> Self {
        let punches = step.punches.into_iter();
        Self {
            rule: step.rule,
            punch_ids: punches
                .map(|punch_id| id::encode(Kind::Punch, punch_id))
                .collect(),
            from: step.from.map(DateTime),
            to: step.to.map(DateTime),
            minutes: step.minutes,
            text: step.text,
        }
    }
}

/// One employee's day, derived from punches.
pub struct AttendanceDay(pub(crate) store::Day);

/// One employee's day, derived from punches.
#[Object]
impl AttendanceDay {
    /// Opaque id.
    async fn id(&self) -> ID {
        let key = format!("{}:{}", self.0.employee_id, self.0.work_date);
        id::encode(Kind::Day, key)
    }

    /// Whose day it is.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// Site of the first counted punch, else of the roster, else the employee's home.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// The local day that the work belongs to.
    async fn work_date(&self) -> Date {
        Date(self.0.work_date)
    }

    /// IANA zone in which the day was derived.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// What the day came to.
    async fn status(&self) -> AttendanceDayStatus {
        self.0.status.into()
    }

    /// What was expected.
    async fn kind(&self) -> AttendanceDayKind {
        self.0.kind.into()
    }

    /// Name of the rostered shift; null without one.
    async fn shift_name(&self) -> Option<&str> {
        self.0.shift_name.as_deref()
    }

    /// Somebody may still be in: the open session counts no minutes yet.
    async fn is_open(&self) -> bool {
        self.0.is_open
    }

    /// Minutes by class.
    async fn minutes(&self) -> DayMinutes {
        let minutes = self.0.minutes;
        DayMinutes {
            presence: minutes.presence,
            payable: minutes.payable,
            unpaid_break: minutes.unpaid_break,
            unpayable: minutes.unpayable,
            overtime_daily: minutes.overtime_daily,
            overtime_weekly: minutes.overtime_weekly,
            overtime_rest_day: minutes.overtime_rest_day,
            overtime_holiday: minutes.overtime_holiday,
            overtime_unapproved: minutes.overtime_unapproved,
            expected: minutes.expected,
            late: minutes.late,
            early_out: minutes.early_out,
            leave_paid: minutes.leave_paid,
            leave_unpaid: minutes.leave_unpaid,
        }
    }

    /// First counted way in.
    async fn first_in_at(&self) -> Option<DateTime> {
        self.0.first_in_at.map(DateTime)
    }

    /// Last counted way out.
    async fn last_out_at(&self) -> Option<DateTime> {
        self.0.last_out_at.map(DateTime)
    }

    /// Presence without unpaid breaks.
    async fn worked_minutes(&self) -> i32 {
        self.0.worked_minutes
    }

    /// Punches that count.
    async fn n_punches(&self) -> i32 {
        self.0.n_punches
    }

    /// Punches that are kept and not counted: within the cool-down, or between first and last.
    async fn n_repeats(&self) -> i32 {
        self.0.n_repeats
    }

    /// What a person must look at.
    async fn exceptions(&self) -> &[String] {
        &self.0.exceptions
    }

    /// Version of the attendance rules that derived the day.
    async fn rule_version(&self) -> &str {
        &self.0.rule_version
    }

    /// Name of the rule set; `built-in` without one.
    async fn rule_set_name(&self) -> &str {
        &self.0.rule_set_name
    }

    /// Version of the rule set; 0 for the built-in rules.
    async fn rule_set_version(&self) -> i32 {
        self.0.rule_set_version
    }

    /// How the result came about, step by step.
    async fn why(&self, context: &Context<'_>) -> Result<Vec<String>, Failure> {
        let steps = loader(context)?
            .load_one(WhyOf(self.0.employee_id, self.0.work_date))
            .await?;
        let steps = steps.unwrap_or_default().into_iter();
        Ok(steps.map(|step| step.text).collect())
    }

    /// How the result came about: each step with its rule, punches and figures.
    #[graphql(complexity = "1 + 8 * child_complexity")]
    async fn why_steps(&self, context: &Context<'_>) -> Result<Vec<WhyStep>, Failure> {
        let steps = loader(context)?
            .load_one(WhyOf(self.0.employee_id, self.0.work_date))
            .await?;
        Ok(steps
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// What a person must look at, with sentences, those that somebody lets be too.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn exception_details(
        &self,
        context: &Context<'_>,
    ) -> Result<Vec<AttendanceException>, Failure> {
        let exceptions = loader(context)?
            .load_one(ExceptionsOf(self.0.employee_id, self.0.work_date))
            .await?;
        Ok(exceptions
            .unwrap_or_default()
            .into_iter()
            .map(AttendanceException)
            .collect())
    }

    /// Punches that were read for this day, in order of time, repeats too. Voided ones and those that wait
    /// to be derived are left out.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn punches(&self, context: &Context<'_>) -> Result<Vec<Punch>, Failure> {
        let punches = loader(context)?
            .load_one(PunchesOf(self.0.employee_id, self.0.work_date))
            .await?;
        Ok(punches.unwrap_or_default().into_iter().map(Punch).collect())
    }

    /// Paired ways in and out, in order.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>, Failure> {
        let sessions = loader(context)?
            .load_one(SessionsOf(self.0.employee_id, self.0.work_date))
            .await?
            .unwrap_or_default();
        Ok(sessions
            .into_iter()
            .map(|session| Session {
                in_at: session.in_at.map(DateTime),
                out_at: session.out_at.map(DateTime),
                worked_minutes: session.worked_minutes,
                is_open: session.is_open,
            })
            .collect())
    }
}

/// Most days between `from` and `to`; bounds what one page may have to sort.
const MAX_DAYS: i32 = 366;

pub(super) fn check_range(from: civil::Date, to: civil::Date) -> Result<(), Failure> {
    let n_days = (to - from).get_days() + 1;
    if n_days < 1 {
        return Err(Failure::Argument(format!(
            "`from` is {from}, later than `to`, which is {to}"
        )));
    }
    if n_days > MAX_DAYS {
        return Err(Failure::Argument(format!(
            "`from` {from} to `to` {to} is {n_days} days, but at most {MAX_DAYS} can be asked for at once"
        )));
    }
    Ok(())
}

/// Errors: [`Failure::Argument`] when the dates of a filter run backwards.
pub(super) fn check_order(
    from: Option<civil::Date>,
    to: Option<civil::Date>,
) -> Result<(), Failure> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(Failure::Argument(format!(
            "`from` is {from}, later than `to`, which is {to}"
        ))),
        _ => Ok(()),
    }
}

/// The day that an id stands for; none when it is not an id of a day.
pub(crate) fn key(day_id: &ID) -> Option<(EmployeeId, civil::Date)> {
    let text = id::decode_text(Kind::Day, day_id)?;
    let (employee_id, work_date) = text.split_once(':')?;
    let key: (EmployeeId, civil::Date) = (employee_id.parse().ok()?, work_date.parse().ok()?);
    (format!("{}:{}", key.0, key.1) == text).then_some(key)
}

/// Which attendance days.
#[derive(InputObject)]
pub struct AttendanceDayFilter {
    /// First work date.
    from: Date,
    /// Last work date; at most 366 days from the first.
    to: Date,
    /// Only days of this site.
    site_id: Option<ID>,
    /// Only days of this employee.
    employee_id: Option<ID>,
    /// Only days that came to one of these; all when absent.
    statuses: Option<Vec<AttendanceDayStatus>>,
    /// Only days on which somebody may still be in, or only others; all when absent.
    is_open: Option<bool>,
}

/// By what attendance days are sorted.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::DayOrder")]
pub enum AttendanceDayOrderField {
    /// By work date; those of one date always by name of the employee.
    WorkDate,
    /// By name of the employee, then work date.
    EmployeeName,
}

/// In which order attendance days come.
#[derive(InputObject)]
pub struct AttendanceDayOrder {
    /// By what.
    field: AttendanceDayOrderField,
    /// Which end first.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

#[derive(Default)]
pub struct DayQuery;

#[Object]
impl DayQuery {
    /// Attendance days; newest first, then by name of the employee, when no order is given.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn attendance_days(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which.")] filter: AttendanceDayFilter,
        #[graphql(desc = "In which order.")] order_by: Option<AttendanceDayOrder>,
    ) -> Result<Connection<AttendanceDay>, Failure> {
        let (field, direction) = order_by.map_or(
            (AttendanceDayOrderField::WorkDate, OrderDirection::Desc),
            |order| (order.field, order.direction),
        );
        let list = match field {
            AttendanceDayOrderField::WorkDate => "attendanceDays/workDate",
            AttendanceDayOrderField::EmployeeName => "attendanceDays/employeeName",
        };
        let list = format!("{list}/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        check_range(filter.from.0, filter.to.0)?;
        let statuses = filter.statuses.unwrap_or_default();
        let filter = store::DayFilter {
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            from: filter.from.0,
            to: filter.to.0,
            statuses: statuses.into_iter().map(Into::into).collect(),
            is_open: filter.is_open,
        };
        let order = (field.into(), direction.is_descending());
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::day_page(&transaction, &filter, order, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, AttendanceDay))
    }

    /// One employee's day: by its id, or by employee and work date. Null before it is derived.
    async fn attendance_day(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The day.")] id: Option<ID>,
        #[graphql(desc = "Whose, when no id is given.")] employee_id: Option<ID>,
        #[graphql(desc = "Which work date, when no id is given.")] work_date: Option<Date>,
    ) -> Result<Option<AttendanceDay>, Failure> {
        let day = match (id, employee_id, work_date) {
            (Some(id), None, None) => key(&id),
            (None, Some(employee_id), Some(work_date)) => id::decode(Kind::Employee, &employee_id)
                .map(|employee_id| (EmployeeId(employee_id), work_date.0)),
            _ => {
                let text = "give `id`, or `employeeId` and `workDate`";
                return Err(Failure::Argument(text.to_owned()));
            }
        };
        let Some((employee_id, work_date)) = day else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::day_find(&transaction, employee_id, work_date).await?;
        transaction.commit().await?;
        Ok(found.map(AttendanceDay))
    }
}
