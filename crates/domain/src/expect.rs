//! What was expected of a date (R11 to R13): its kind, its times, its minutes, leave.
//! Must not know what was worked.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::book::{RuleBook, RulesOn};
use crate::calendar::{DayPart, Leave};
use crate::derive::PersonInput;
use crate::id::{HolidayId, SiteId};
use crate::interval::{Span, instant_of, minute_of, overlap, subtract, total};
use crate::reading::DateReading;
use crate::result::DayKind;
use crate::shift::{Segment, Shift, ShiftKind};
use crate::site::SiteRules;
use crate::why::{Fact, Rule, Why};

/// Worth of whole-day leave when neither a shift nor a daily threshold says it.
const LEAVE_DAY_MINUTES: i64 = 480;
const DAY_MINUTES: i64 = 24 * 60;

/// One date with all that its figures are made from.
#[derive(Clone, Copy)]
pub(crate) struct DateContext<'a, 'r> {
    pub book: &'a RuleBook,
    pub input: &'r PersonInput<'a>,
    pub reading: &'r DateReading<'a>,
    pub rules: RulesOn<'a>,
    /// Site of the roster, else of home: its zone, holidays and rules are those of the date.
    pub site_id: SiteId,
    pub site: &'a SiteRules,
}

impl DateContext<'_, '_> {
    /// R21.
    pub(crate) fn is_employed(&self) -> bool {
        let (date, employment) = (self.reading.work_date, self.input.employment);
        employment.hired_on.is_none_or(|hired_on| hired_on <= date)
            && employment.left_on.is_none_or(|left_on| date <= left_on)
    }

    /// Whether the date can have a row without punches (R22).
    pub(crate) fn is_known(&self) -> bool {
        let employment = self.input.employment;
        self.is_employed()
            && (employment.hired_on.is_some() || employment.known_from <= self.reading.work_date)
    }
}

/// What was expected of a date.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub kind: DayKind,
    /// Segments of the shift (flexible: the frame); empty without one.
    pub segments: Vec<Span>,
    /// Breaks that the shift plans, and whether they are paid.
    pub breaks: Vec<(Span, bool)>,
    /// What is left of each segment, or of the core, after leave and holidays, from its first minute to
    /// its last: what lateness is measured against. Empty where there is no lateness.
    pub punctual: Vec<Span>,
    /// Times of partial leave and partial holidays.
    pub off: Vec<Span>,
    pub expected_minutes: i64,
    pub leave_paid_minutes: i64,
    pub leave_unpaid_minutes: i64,
    pub is_wholly_on_leave: bool,
    /// Nobody coming would be an absence.
    pub is_work_expected: bool,
}

/// Expectation of a date; what it comes from goes to `why`.
pub(crate) fn expect(context: &DateContext<'_, '_>, why: &mut Vec<Why>) -> Expectation {
    let (kind, holiday_id) = kind(context);
    let times = Times::new(context);
    // Outside employment nothing is expected, whatever the roster says (R21).
    if context.is_employed() {
        why.push(Why::new(Rule::R12, Fact::Kind { kind, holiday_id }));
    }
    let mut expectation = Expectation {
        kind,

        segments: Vec::new(),
        breaks: Vec::new(),
        punctual: Vec::new(),
        off: Vec::new(),
        expected_minutes: 0,
        leave_paid_minutes: 0,
        leave_unpaid_minutes: 0,
        is_wholly_on_leave: false,
        is_work_expected: false,
    };
    if kind == DayKind::Work && context.is_employed() {
        expect_work(context, &times, &mut expectation, why);
    }
    expectation.segments = times.segments;
    expectation.breaks = times.breaks;
    expectation
}

fn kind(context: &DateContext<'_, '_>) -> (DayKind, Option<HolidayId>) {
    let (date, roster) = (context.reading.work_date, context.reading.roster);
    if let Some(holiday) = holidays(context).find(|holiday| holiday.part == DayPart::Whole) {
        return (DayKind::Holiday, Some(holiday.holiday_id));
    }
    let rules = context.rules.rules;
    let kind = match roster {
        Some(roster) if roster.shift_on(date).is_some() => DayKind::Work,
        Some(_) => DayKind::RestDay,
        None if rules.rest_weekdays.contains(&date.weekday()) => DayKind::RestDay,
        None => match rules.unrostered {
            crate::rules::Unrostered::Expected => DayKind::Work,
            crate::rules::Unrostered::Free => DayKind::Free,
        },
    };
    (kind, None)
}

/// Holidays that hold on the date, whole and partial, by id.
fn holidays<'a>(
    context: &DateContext<'a, '_>,
) -> impl Iterator<Item = &'a crate::calendar::Holiday> + use<'a> {
    let site_id = context.site_id;
    let works = context
        .reading
        .roster
        .is_some_and(|roster| roster.works_on_holidays);
    let on_date = if works {
        None
    } else {
        context.book.holidays.get(&context.reading.work_date)
    };
    on_date
        .into_iter()
        .flatten()
        .filter(move |holiday| holiday.site_id.is_none_or(|id| id == site_id))
}

fn expect_work(
    context: &DateContext<'_, '_>,
    times: &Times<'_>,
    expectation: &mut Expectation,
    why: &mut Vec<Why>,
) {
    let mut left = Left::new(context, times);
    let mut taken_by_leave = 0;
    let mut has_whole_leave = false;
    for holiday in holidays(context) {
        let span = times.span_of_part(holiday.part);
        let minutes = left.take(holiday.part, span);
        expectation.off.extend(span);
        let holiday_id = holiday.holiday_id;
        why.push(Why::new(Rule::R12, Fact::HolidayPart { holiday_id }).minutes(minutes));
    }
    for leave in leave_on(context) {
        let span = times.span_of_part(leave.part);
        let minutes = left.take(leave.part, span);
        taken_by_leave += minutes;
        if leave.part == DayPart::Whole {
            has_whole_leave = true;
        } else {
            expectation.off.extend(span);
        }
        if leave.is_paid {
            expectation.leave_paid_minutes += minutes;
        } else {
            expectation.leave_unpaid_minutes += minutes;
        }
        let (leave_id, is_paid) = (leave.leave_id, leave.is_paid);
        why.push(Why::new(Rule::R13, Fact::Leave { leave_id, is_paid }).minutes(minutes));
    }
    expectation.is_wholly_on_leave = has_whole_leave || (taken_by_leave > 0 && left.minutes() == 0);
    expectation.is_work_expected =
        left.has_absence && left.minutes() > 0 && !expectation.is_wholly_on_leave;
    expectation.expected_minutes = if left.is_counted { left.minutes() } else { 0 };
    if !expectation.is_wholly_on_leave {
        expectation.punctual = times.punctual(&expectation.off);
    }
    if left.is_counted {
        why.push(Why::new(Rule::R11, Fact::Expected).minutes(expectation.expected_minutes));
    }
}

/// Leave that covers the date, each once, by id.
fn leave_on<'a>(context: &DateContext<'a, '_>) -> Vec<&'a Leave> {
    let date = context.reading.work_date;
    let mut leave: Vec<&Leave> = context
        .input
        .leave
        .iter()
        .filter(|leave| leave.from <= date && date <= leave.to)
        .collect();
    leave.sort_by_key(|leave| (leave.leave_id, leave.from, leave.to, leave.is_paid));
    leave.dedup_by_key(|leave| leave.leave_id);
    leave
}

/// The shift of a date in minutes since the epoch.
struct Times<'a> {
    date: Date,
    site: &'a SiteRules,
    shift: Option<&'a Shift>,
    segments: Vec<Span>,
    breaks: Vec<(Span, bool)>,
    core: Option<Span>,
    /// Minute of the shift and minute since the epoch at its beginning, while the clock does not jump
    /// during the shift: saves asking the zone for each time within it.
    steady: Option<(Segment, i64)>,
}

impl<'a> Times<'a> {
    fn new(context: &DateContext<'a, '_>) -> Self {
        let mut times = Self {
            date: context.reading.work_date,
            site: context.site,
            shift: context.reading.shift,
            segments: Vec::new(),
            breaks: Vec::new(),
            core: None,
            steady: None,
        };
        if let (Some(shift), Some(window)) = (context.reading.shift, &context.reading.window) {
            let instants = |(begin, end): &(Timestamp, Timestamp)| {
                Span::new(minute_of(*begin), minute_of(*end))
            };
            times.segments = window.segments.iter().filter_map(instants).collect();
            times.steady =
                shift
                    .span()
                    .zip(window.segments.first())
                    .and_then(|(span, (begin_at, _))| {
                        let begin = minute_of(*begin_at);
                        let end = minute_of(window.segments.last()?.1);
                        (end - begin == i64::from(span.end_minute) - i64::from(span.begin_minute))
                            .then_some((span, begin))
                    });
            times.core = shift.core.and_then(|core| times.span(core));
            times.breaks = shift
                .breaks
                .iter()
                .filter_map(|rest| Some((times.span(rest.segment)?, rest.is_paid)))
                .collect();
        }
        times
    }

    /// From a local time to another.
    fn span(&self, segment: Segment) -> Option<Span> {
        Span::new(
            self.minute(segment.begin_minute),
            self.minute(segment.end_minute),
        )
    }

    fn minute(&self, minute: i32) -> i64 {
        match self.steady {
            Some((span, begin)) if span.begin_minute <= minute && minute <= span.end_minute => {
                begin + i64::from(minute) - i64::from(span.begin_minute)
            }
            _ => minute_of(self.site.instant(Segment::local(self.date, minute))),
        }
    }

    /// From the first begin to the last end.
    fn whole(&self) -> Option<Span> {
        Span::new(self.segments.first()?.begin, self.segments.last()?.end)
    }

    /// Where a part of the date lies; none without times.
    fn span_of_part(&self, part: DayPart) -> Option<Span> {
        let whole = self.whole();
        let halved = self.core.or(whole);
        let middle = halved.map(|halved| halved.begin + halved.minutes() / 2);
        match part {
            DayPart::Whole => whole,
            DayPart::FirstHalf => Span::new(whole?.begin, middle?),
            DayPart::SecondHalf => Span::new(middle?, whole?.end),
            DayPart::Hours(segment) => self.span(segment),
        }
    }

    /// What is left of each segment, or of the core, without `off`.
    fn punctual(&self, off: &[Span]) -> Vec<Span> {
        let left_of = |segment: &Span| {
            let mut left = vec![*segment];
            for hole in off {
                subtract(&mut left, *hole);
            }
            Span::new(left.first()?.begin, left.last()?.end)
        };
        let is_flexible = self
            .shift
            .is_some_and(|shift| shift.kind == ShiftKind::Flexible);
        let measured = match self.core.as_ref() {
            Some(core) if is_flexible => std::slice::from_ref(core),
            None if is_flexible => &[],
            _ => self.segments.as_slice(),
        };
        if off.is_empty() {
            return measured.to_vec();
        }
        measured.iter().filter_map(left_of).collect()
    }
}

/// What is left of the expectation while leave and holidays take their parts.
struct Left {
    /// Fixed and split shifts: segments without unpaid breaks.
    scheduled: Option<Vec<Span>>,
    /// Others.
    minutes: i64,
    /// What a whole date of the others is worth.
    worth: i64,
    /// Frame of a flexible shift: hours outside it take nothing.
    frame: Option<Span>,
    /// The minutes are expected minutes, not only the worth of leave.
    is_counted: bool,
    /// Nobody coming is an absence: not with an open shift that expects nothing.
    has_absence: bool,
}

impl Left {
    fn new(context: &DateContext<'_, '_>, times: &Times<'_>) -> Self {
        let daily = context.rules.rules.overtime.daily_after_minutes;
        let mut left = Self {
            scheduled: None,
            minutes: 0,
            worth: daily.map_or(LEAVE_DAY_MINUTES, i64::from).max(0),
            frame: None,
            is_counted: false,
            has_absence: true,
        };
        match times.shift {
            Some(shift) if matches!(shift.kind, ShiftKind::Fixed | ShiftKind::Split) => {
                let mut scheduled = times.segments.clone();
                for (rest, is_paid) in &times.breaks {
                    if !is_paid {
                        subtract(&mut scheduled, *rest);
                    }
                }
                left.scheduled = Some(scheduled);
                left.is_counted = true;
            }
            Some(shift) => {
                if let Some(minutes) = shift.expected_minutes {
                    left.worth = i64::from(minutes).max(0);
                    left.is_counted = true;
                } else {
                    left.has_absence = false;
                }
                if shift.kind == ShiftKind::Flexible {
                    left.frame = times.whole();
                }
            }
            None => {}
        }
        left.minutes = left.worth;
        left
    }

    fn minutes(&self) -> i64 {
        self.scheduled.as_deref().map_or(self.minutes, total)
    }

    /// Takes a part, which lies at `span` if it has times, and says how many minutes that were.
    fn take(&mut self, part: DayPart, span: Option<Span>) -> i64 {
        if let Some(scheduled) = &mut self.scheduled {
            if part == DayPart::Whole {
                let all = total(scheduled);
                scheduled.clear();
                return all;
            }
            let Some(span) = span else { return 0 };
            let taken = overlap(scheduled, span);
            subtract(scheduled, span);
            return taken;
        }
        let wanted = match part {
            DayPart::Whole => self.worth,
            DayPart::FirstHalf => self.worth / 2,
            DayPart::SecondHalf => self.worth - self.worth / 2,
            DayPart::Hours(_) => match (span, self.frame) {
                (Some(span), Some(frame)) => span.intersection(frame).map_or(0, Span::minutes),
                (Some(span), None) => span.minutes().min(DAY_MINUTES),
                (None, _) => 0,
            },
        };
        // Without expected minutes, hours of leave are worth what they are.
        let taken = if matches!(part, DayPart::Hours(_)) && !self.is_counted {
            wanted
        } else {
            wanted.min(self.minutes)
        };
        self.minutes = (self.minutes - taken).max(0);
        taken
    }
}

/// The instant at which a span begins and the one at which it ends.
pub(crate) fn instants(span: Span) -> (Timestamp, Timestamp) {
    (instant_of(span.begin), instant_of(span.end))
}
