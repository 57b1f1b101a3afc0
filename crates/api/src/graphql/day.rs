//! Attendance days and their sessions.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_domain::id::EmployeeId;
use rollcall_store::{day as store, day_why};

use super::employee::Employee;
use super::exception::AttendanceException;
use super::id::{self, Kind};
use super::loader::{ExceptionsOf, PunchesOf, SessionsOf, WhyOf};
use super::page::{self, Connection};
use super::scalar::{Date, DateTime};
use super::site::Site;
use super::{Punch, cursor, loader, punch, viewer};
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
pub struct AttendanceDay(pub(super) store::Day);

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
    async fn why(&self) -> &[String] {
        &self.0.why
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

pub(super) fn check_range(from: jiff::civil::Date, to: jiff::civil::Date) -> Result<(), Failure> {
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

#[derive(Default)]
pub struct DayQuery;

#[Object]
impl DayQuery {
    /// Attendance days, newest first, then by name of the employee.
    #[graphql(complexity = "page::complexity(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn attendance_days(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only days of this site.")] site_id: Option<ID>,
        #[graphql(desc = "Only days of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "First work date.")] from: Date,
        #[graphql(desc = "Last work date; at most 366 days from the first.")] to: Date,
    ) -> Result<Connection<AttendanceDay>, Failure> {
        let limit = page::limit(first)?;
        check_range(from.0, to.0)?;
        let after = cursor::decode(
            "attendanceDays",
            after.as_deref(),
            |[date, name, id]: [&str; 3]| {
                Some(store::DayPosition {
                    work_date: date.parse().ok()?,
                    display_name: name.to_owned(),
                    employee_id: id.parse::<EmployeeId>().ok()?,
                })
            },
        )?;
        let filter = store::DayFilter {
            site_id: id::argument(Kind::Site, "siteId", site_id.as_ref())?,
            employee_id: id::argument(Kind::Employee, "employeeId", employee_id.as_ref())?,
            from: from.0,
            to: to.0,
        };
        let transaction = viewer(context)?.begin().await?;
        let rows = store::day_list(&transaction, &filter, after.as_ref(), limit as i64 + 1).await?;
        transaction.commit().await?;
        Ok(Connection::new(
            rows,
            limit,
            |day| {
                let keys = [
                    &day.work_date.to_string(),
                    &day.display_name,
                    &day.employee_id.to_string(),
                ];
                cursor::encode("attendanceDays", &keys.map(String::as_str))
            },
            AttendanceDay,
        ))
    }
}
