//! The why-trace as data: each figure, flag and exception with the punches and the rule behind it.
//! Must not decide anything and must not format: sentences are made in `sentence`, when wanted.

use jiff::Timestamp;

use crate::id::PunchId;
use crate::punch::{Direction, DirectionReason, words};
use crate::result::{DayStatus, ExceptionKind, PresenceClass};
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
