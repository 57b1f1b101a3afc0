//! The why-trace as data: each figure, flag and exception with the punches and the rule behind it.
//! Must not decide anything and must not format: sentences are made in `sentence`, when wanted.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::id::{HolidayId, LeaveId, PunchId};
use crate::punch::{Direction, DirectionReason, words};
use crate::result::{DayKind, DayStatus, ExceptionKind, PresenceClass};
use crate::rules::OvertimeClass;

words! {
    /// A rule of `docs/attendance-rules.md`.
    Rule {
        /// Set, not sequence.
        R1 = "R1",
        /// Work date by shift window.
        R2 = "R2",
        /// Two windows.
        R3 = "R3",
        /// Work date without a window.
        R4 = "R4",
        /// OUT carried over.
        R5 = "R5",
        /// Cool-down.
        R6 = "R6",
        /// Direction.
        R7 = "R7",
        /// Sessions.
        R8 = "R8",
        /// Open sessions.
        R9 = "R9",
        /// Two sites.
        R10 = "R10",
        /// Shifts.
        R11 = "R11",
        /// Kind of date.
        R12 = "R12",
        /// Leave.
        R13 = "R13",
        /// Late and early.
        R14 = "R14",
        /// Minimum rest.
        R15 = "R15",
        /// Whole minutes.
        R16 = "R16",
        /// Presence and breaks taken.
        R17 = "R17",
        /// Automatic break.
        R18 = "R18",
        /// Inside and outside the shift.
        R19 = "R19",
        /// Overtime.
        R20 = "R20",
        /// Employment.
        R21 = "R21",
        /// Status.
        R22 = "R22",
        /// Due.
        R23 = "R23",
        /// Exceptions.
        Section6 = "section 6",
    }
}

/// One step of the derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The rule.
    pub rule: Rule,
    /// The punches that caused it, in order of time.
    pub punch_ids: Vec<PunchId>,
    /// From when to when, where it is about a span.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Minutes, where it is about a figure.
    pub minutes: Option<i32>,
    /// What happened.
    pub fact: Fact,
}

/// What a step says. More variants may follow; each has its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A punch was counted in a direction.
    Counted {
        /// Its instant.
        at: Timestamp,
        /// The direction.
        direction: Direction,
        /// Why that direction.
        reason: DirectionReason,
    },
    /// What was expected of the date.
    Kind {
        /// The kind.
        kind: DayKind,
        /// The holiday, when it is one.
        holiday_id: Option<HolidayId>,
    },
    /// Minutes that were expected, after leave and holidays.
    Expected,
    /// Expected minutes that a partial holiday took.
    HolidayPart {
        /// The holiday.
        holiday_id: HolidayId,
    },
    /// Expected minutes that leave took.
    Leave {
        /// The leave.
        leave_id: LeaveId,
        /// Paid.
        is_paid: bool,
    },
    /// Late minutes.
    Late {
        /// When work was expected to begin.
        expected_at: Timestamp,
        /// The first IN.
        in_at: Timestamp,
        /// Minutes forgiven.
        grace_minutes: i32,
    },
    /// Early minutes.
    EarlyOut {
        /// When work was expected to end.
        expected_at: Timestamp,
        /// The last OUT.
        out_at: Timestamp,
        /// Minutes forgiven.
        grace_minutes: i32,
    },
    /// The time of a punch was rounded.
    Rounded {
        /// Its instant.
        at: Timestamp,
        /// What it was reckoned as.
        to: Timestamp,
    },
    /// A tier of the automatic break took minutes.
    AutomaticBreak {
        /// Work after which the tier holds.
        after_minutes: i32,
        /// Unpaid break that the date then has, in all.
        break_minutes: i32,
    },
    /// Minutes of overtime that were approved.
    Approved,
    /// R1: a punch was taken back and is left out.
    Voided {
        /// Its instant.
        at: Timestamp,
    },
    /// R2: a punch belongs to the date because of the shift window, though its site's calendar says
    /// another date.
    AssignedByWindow {
        /// Its instant.
        at: Timestamp,
        /// The date by R4.
        calendar_date: Date,
    },
    /// R3: a punch lies in two windows and belongs to this date, not to the other.
    AssignedByCut {
        /// Its instant.
        at: Timestamp,
        /// The date of the other window.
        other_date: Date,
    },
    /// R5: an OUT closed the session of this earlier date; its repeats came along.
    CarriedOver {
        /// Its instant.
        at: Timestamp,
        /// The date that it was assigned to.
        from_date: Date,
    },
    /// R6: a repeat. `punch_ids` are the repeat and the punch that it repeats.
    Repeat {
        /// Its instant.
        at: Timestamp,
        /// Instant of the punch that it repeats.
        of_at: Timestamp,
        /// Cool-down of the site.
        cool_down_seconds: u32,
    },
    /// R7: neither first nor last at a site that counts only these.
    Between {
        /// Its instant.
        at: Timestamp,
    },
    /// R9: a session is open, its OUT may come.
    SessionOpen {
        /// The IN.
        begin_at: Timestamp,
        /// When it will have missed its OUT.
        expires_at: Timestamp,
    },
    /// R8, R9: a session has missed its OUT: an IN followed, or the time for it is over.
    SessionWithoutOut {
        /// The IN.
        begin_at: Timestamp,
        /// The IN that followed, when that was the reason.
        next_in_at: Option<Timestamp>,
        /// When the time for its OUT was over, or would have been.
        expires_at: Timestamp,
    },
    /// R8, R9: an OUT without an IN, or too late after it.
    SessionWithoutIn {
        /// The OUT.
        end_at: Timestamp,
    },
    /// R9: `auto_close` ended a session; `span` is what it counts.
    SessionClosedByRule {
        /// The IN.
        begin_at: Timestamp,
        /// The end that it was given.
        end_at: Timestamp,
    },
    /// R10: `punch_ids` are two counted punches at different sites.
    SiteOverlap {
        /// The earlier one.
        first_at: Timestamp,
        /// The later one.
        second_at: Timestamp,
        /// Time that the way takes.
        travel_minutes: i32,
    },
    /// More facts of rules R1 to R10 than anybody reads were left out.
    LeftOut {
        /// How many.
        n_facts: usize,
    },
    /// Minutes of one class, for the reason that the rule names.
    Interval {
        /// The class.
        class: PresenceClass,
        /// Overtime mark.
        overtime: Option<OvertimeClass>,
    },
    /// The status.
    Status(DayStatus),
    /// Something to look at.
    Exception(ExceptionKind),
}

impl Why {
    pub(crate) fn new(rule: Rule, fact: Fact) -> Self {
        Self {
            rule,
            punch_ids: Vec::new(),
            span: None,
            minutes: None,
            fact,
        }
    }

    pub(crate) fn punches(mut self, punch_ids: impl IntoIterator<Item = PunchId>) -> Self {
        self.punch_ids = punch_ids.into_iter().collect();
        self
    }

    pub(crate) fn between(mut self, begin: Timestamp, end: Timestamp) -> Self {
        self.span = Some((begin, end));
        self
    }

    pub(crate) fn minutes(mut self, minutes: i64) -> Self {
        self.minutes = Some(crate::interval::count(minutes));
        self
    }
}
