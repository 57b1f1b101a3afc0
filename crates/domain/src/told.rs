//! Collects the facts of R1 to R10 of one date for the why-trace. Must not decide anything.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::assign::{Assigned, How};
use crate::book::RuleBook;
use crate::pair::Step;
use crate::punch::{DirectionReason, Punch};
use crate::reading::ReadSession;
use crate::site::rules_of;
use crate::why::{Fact, Rule, Why};
use crate::window::Plan;

/// More facts of one kind than this are a broken device, not a story; the rest is only counted.
const MOST_FACTS: usize = 200;

pub(crate) struct Facts<'s, 'a> {
    book: &'a RuleBook,
    plans: &'s [Plan<'a>],
    plan: usize,
    why: Vec<Why>,
    /// Facts that may still be told in this section.
    n_left: usize,
    n_left_out: usize,
    carried: Option<(&'a Punch, Date)>,
}

impl<'s, 'a> Facts<'s, 'a> {
    pub(crate) fn new(book: &'a RuleBook, plans: &'s [Plan<'a>], plan: usize) -> Self {
        Self {
            book,
            plans,
            plan,
            why: Vec::new(),
            n_left: MOST_FACTS,
            n_left_out: 0,
            carried: None,
        }
    }

    /// An OUT that came from a later date.
    pub(crate) fn carried_from(&mut self, out: &'a Punch, date: Date) {
        self.carried = Some((out, date));
    }

    /// The punches of the date in order, and the voided ones among them.
    pub(crate) fn punches(&mut self, steps: &[Step<'a>], assigned: &[Assigned<'a>]) {
        self.why.reserve(steps.len().min(MOST_FACTS) + 4);
        let mut voided = assigned
            .iter()
            .map(|own| own.punch)
            .filter(|punch| punch.is_voided)
            .peekable();
        for step in steps {
            let at = step.read.punch.occurred_at;
            while let Some(punch) = voided.next_if(|punch| punch.occurred_at < at) {
                self.voided(punch);
            }
            self.punch(step);
        }
        voided.for_each(|punch| self.voided(punch));
        self.n_left = MOST_FACTS;
    }

    fn voided(&mut self, punch: &Punch) {
        let at = punch.occurred_at;
        self.tell(Rule::R1, &[punch], || Fact::Voided { at });
    }

    fn punch(&mut self, step: &Step<'a>) {
        let punch = step.read.punch;
        let at = punch.occurred_at;
        self.assignment(step);
        if let Some((out, from_date)) = self.carried
            && out.punch_id == punch.punch_id
        {
            self.tell(Rule::R5, &[punch], || Fact::CarriedOver { at, from_date });
        }
        let reason = step.read.reason;
        match (step.read.direction, step.repeat_of) {
            (Some(direction), _) => self.tell(Rule::R7, &[punch], || Fact::Counted {
                at,
                direction,
                reason,
            }),
            (None, Some(of)) => {
                let site = rules_of(self.book, punch.site_id);
                self.tell(Rule::R6, &[punch, of], || Fact::Repeat {
                    at,
                    of_at: of.occurred_at,
                    cool_down_seconds: site.cool_down_seconds,
                });
            }
            (None, None) => {
                debug_assert_eq!(reason, DirectionReason::Between);
                self.tell(Rule::R7, &[punch], || Fact::Between { at });
            }
        }
    }

    /// R2 and R3, where the calendar alone would not say the same.
    fn assignment(&mut self, step: &Step<'a>) {
        let punch = step.read.punch;
        let at = punch.occurred_at;
        match step.how {
            How::Calendar | How::Burst => {}
            How::Cut { other } => self.tell(Rule::R3, &[punch], || Fact::AssignedByCut {
                at,
                other_date: other,
            }),
            How::Window if self.n_left == 0 => {}
            How::Window => {
                let calendar_date = rules_of(self.book, punch.site_id).work_date(at);
                if calendar_date != self.plans[self.plan].work_date {
                    self.tell(Rule::R2, &[punch], || Fact::AssignedByWindow {
                        at,
                        calendar_date,
                    });
                }
            }
        }
    }

    /// A session, when it lacks an end. `next_in_at` is the IN after it.
    pub(crate) fn session(
        &mut self,
        session: &ReadSession<'a>,
        next_in_at: Option<Timestamp>,
        expires_at: &dyn Fn(Timestamp) -> Timestamp,
    ) {
        let (begin, end_at) = match (session.begin, session.end) {
            (Some(_), Some(_)) | (None, None) => return,
            (None, Some(end)) => {
                let end_at = end.occurred_at;
                return self.tell(Rule::R8, &[end], || Fact::SessionWithoutIn { end_at });
            }
            (Some(begin), None) => (begin, session.closed_by_rule_at),
        };
        let begin_at = begin.occurred_at;
        let expires_at = expires_at(begin_at);
        if session.is_open {
            return self.tell(Rule::R9, &[begin], || Fact::SessionOpen {
                begin_at,
                expires_at,
            });
        }
        let next_in_at = next_in_at.filter(|next_in_at| *next_in_at <= expires_at);
        let rule = match next_in_at {
            Some(_) => Rule::R8,
            None => Rule::R9,
        };
        self.tell(rule, &[begin], || Fact::SessionWithoutOut {
            begin_at,
            next_in_at,
            expires_at,
        });
        if let Some(end_at) = end_at {
            self.tell(Rule::R9, &[begin], || Fact::SessionClosedByRule {
                begin_at,
                end_at,
            });
        }
    }

    /// R10.
    pub(crate) fn site_overlap(&mut self, first: &Punch, second: &Punch, travel_minutes: i32) {
        self.tell(Rule::R10, &[first, second], || Fact::SiteOverlap {
            first_at: first.occurred_at,
            second_at: second.occurred_at,
            travel_minutes,
        });
    }

    pub(crate) fn finish(mut self) -> Vec<Why> {
        if self.n_left_out > 0 {
            self.why.push(Why {
                rule: Rule::R1,
                punch_ids: Vec::new(),
                span: None,
                minutes: None,
                fact: Fact::LeftOut {
                    n_facts: self.n_left_out,
                },
            });
        }
        self.why
    }

    fn tell(&mut self, rule: Rule, punches: &[&Punch], fact: impl FnOnce() -> Fact) {
        let Some(n_left) = self.n_left.checked_sub(1) else {
            self.n_left_out += 1;
            return;
        };
        self.n_left = n_left;
        let fact = fact();
        let span = match fact {
            Fact::SessionClosedByRule { begin_at, end_at } => Some((begin_at, end_at)),
            _ => None,
        };
        self.why.push(Why {
            rule,
            punch_ids: punches.iter().map(|punch| punch.punch_id).collect(),
            span,
            minutes: None,
            fact,
        });
    }
}
