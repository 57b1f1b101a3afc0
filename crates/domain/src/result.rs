//! What a work date comes to: sessions, minutes by class, status, exceptions, why-trace.
//! Plain data; must not decide anything.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::id::{PunchId, RuleSetId, ShiftId, SiteId};
use crate::punch::{Direction, DirectionReason, words};
use crate::rules::OvertimeClass;
use crate::why::Why;

words! {
    /// What a date came to, in order of precedence (R22).
    DayStatus {
        /// A session lacks its IN or OUT for good.
        Incomplete = "incomplete",
        /// Came too late.
        Late = "late",
        /// Came.
        Present = "present",
        /// On leave.
        OnLeave = "on_leave",
        /// Public holiday.
        Holiday = "holiday",
        /// Rest day.
        RestDay = "rest_day",
        /// Expected and did not come.
        Absent = "absent",
    }
}

words! {
    /// What was expected of a date (R12).
    DayKind {
        /// Work.
        Work = "work",
        /// Nothing: public holiday.
        Holiday = "holiday",
        /// Nothing: rest day.
        RestDay = "rest_day",
        /// Nothing: no roster.
        Free = "free",
    }
}

words! {
    /// What a person must look at (section 6 of the rules).
    ExceptionKind {
        /// An OUT without an IN.
        MissingIn = "missing_in",
        /// An IN without an OUT.
        MissingOut = "missing_out",
        /// Two sites faster than one can travel.
        SiteOverlap = "site_overlap",
        /// Work when none was expected.
        UnscheduledWork = "unscheduled_work",
        /// Too little rest since the work before.
        ShortRest = "short_rest",
        /// The device's clock was wrong.
        ClockSkew = "clock_skew",
        /// The day depends on a weak recognition.
        LowConfidence = "low_confidence",
        /// Overtime that nobody approved.
        OvertimeUnapproved = "overtime_unapproved",
        /// Before hire or after leaving.
        OutsideEmployment = "outside_employment",
        /// The site was not in use any more.
        InactiveSite = "inactive_site",
        /// More punches than a person makes.
        PunchFlood = "punch_flood",
        /// The zone name of a site is not known; UTC was used.
        UnknownTimeZone = "unknown_time_zone",
    }
}

words! {
    /// What a minute of presence is (section 4 of the rules).
    PresenceClass {
        /// Paid.
        Payable = "payable",
        /// Break, not paid.
        UnpaidBreak = "unpaid_break",
        /// Present, not paid.
        Unpayable = "unpayable",
    }
}

/// One end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// The counted punch; none when the end was set by rule R9.
    pub punch_id: Option<PunchId>,
    /// The instant, not rounded.
    pub at: Timestamp,
}

/// A stay at work: a paired IN and OUT, or one of them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Site of the IN, or of the OUT when there is no IN.
    pub site_id: SiteId,
    /// Coming; none when it was missed.
    pub begin: Option<SessionEnd>,
    /// Going; none when it was missed or has not happened yet.
    pub end: Option<SessionEnd>,
    /// Nobody knows yet whether the OUT will come.
    pub is_open: bool,
    /// Minutes between the reckoned ends (R16); 0 when one is missing.
    pub minutes: i32,
}

/// How the rules read one punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPunch {
    /// The punch.
    pub punch_id: PunchId,
    /// Counted, or kept only.
    pub is_counted: bool,
    /// Direction; none when it is not counted.
    pub direction: Option<Direction>,
    /// Why.
    pub reason: DirectionReason,
}

/// A piece of presence of one class. The intervals of a day are its presence, in order of time and
/// without overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayInterval {
    /// Begin, a whole minute.
    pub begin_at: Timestamp,
    /// End, a whole minute, later than the begin.
    pub end_at: Timestamp,
    /// What these minutes are.
    pub class: PresenceClass,
    /// Overtime mark; only on payable and unpayable minutes.
    pub overtime: Option<OvertimeClass>,
}

impl DayInterval {
    /// Length in minutes.
    pub fn minutes(&self) -> i32 {
        i32::try_from(self.end_at.duration_since(self.begin_at).as_mins()).unwrap_or(i32::MAX)
    }
}

/// Minutes of a date by class. Sums over the intervals, except the last four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    /// Presence: payable + unpaid break + unpayable.
    pub presence: i32,
    /// Paid, overtime included as far as it is payable.
    pub payable: i32,
    /// Breaks not paid.
    pub unpaid_break: i32,
    /// Present, not paid.
    pub unpayable: i32,
    /// Payable overtime of class daily.
    pub overtime_daily: i32,
    /// Payable overtime of class weekly.
    pub overtime_weekly: i32,
    /// Payable overtime of class rest day.
    pub overtime_rest_day: i32,
    /// Payable overtime of class holiday.
    pub overtime_holiday: i32,
    /// Overtime that is unpayable because nobody approved it.
    pub overtime_unapproved: i32,
    /// What was expected, after leave and holidays.
    pub expected: i32,
    /// Late in (R14).
    pub late: i32,
    /// Early out (R14).
    pub early_out: i32,
    /// Expected minutes under paid leave (R13).
    pub leave_paid: i32,
    /// Expected minutes under unpaid leave (R13).
    pub leave_unpaid: i32,
}

/// The version of the rules that a day was derived with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetUsed {
    /// None for the built-in rules.
    pub rule_set_id: Option<RuleSetId>,
    /// Name; `built-in` for the built-in rules.
    pub name: String,
    /// Version; 0 for the built-in rules.
    pub version: i32,
}

/// An attendance day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The work date.
    pub work_date: Date,
    /// Site of the first counted punch, else of the roster, else home.
    pub site_id: SiteId,
    /// IANA name of that site's zone on that date.
    pub time_zone: String,
    /// Rostered shift.
    pub shift_id: Option<ShiftId>,
    /// Rules used.
    pub rule_set: RuleSetUsed,
    /// What was expected.
    pub kind: DayKind,
    /// What it came to.
    pub status: DayStatus,
    /// Somebody may still be in: minutes of the open session are not counted yet.
    pub is_open: bool,
    /// First counted IN.
    pub first_in_at: Option<Timestamp>,
    /// Last counted OUT (a punch, not an end set by rule).
    pub last_out_at: Option<Timestamp>,
    /// Minutes by class.
    pub minutes: Minutes,
    /// Sessions in order of time.
    pub sessions: Vec<Session>,
    /// Presence in pieces.
    pub intervals: Vec<DayInterval>,
    /// Every punch of the date in order of time, voided ones left out.
    pub punches: Vec<DayPunch>,
    /// Each kind once, in the order of [`ExceptionKind`]; punches and sentences are in `why`.
    pub exceptions: Vec<ExceptionKind>,
    /// What led to all this, in order.
    pub why: Vec<Why>,
}

impl Day {
    /// Number of counted punches.
    pub fn n_counted(&self) -> usize {
        self.punches.iter().filter(|punch| punch.is_counted).count()
    }

    /// Punches that are kept and not counted.
    pub fn n_repeats(&self) -> usize {
        self.punches.len() - self.n_counted()
    }

    /// Presence without unpaid breaks.
    pub fn worked_minutes(&self) -> i32 {
        self.minutes.presence - self.minutes.unpaid_break
    }
}

/// Result of one work date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOutcome {
    /// The date.
    pub work_date: Date,
    /// The day; none when nothing can be said of the date (R22).
    pub day: Option<Day>,
    /// Instant after `as_of` at which the result may differ without any new punch (R23).
    pub due_at: Option<Timestamp>,
}
