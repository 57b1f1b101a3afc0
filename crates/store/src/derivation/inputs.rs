//! What days are derived from, read once for many people: the rule book of the organisation, and of each
//! person punches, roster, leave, approvals and employment. Must not decide which dates to derive.
//! Reads only: the policy simulator uses it as the API's role.

mod book;
mod person;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, OrganizationId};
use rollcall_domain::{
    Employment, Holiday, Leave, OvertimeApproval, PersonInput, Punch, RosterEntry, RuleBook,
    RuleSetVersion, Shift, SiteRules,
};

use super::DaySpan;
use super::dates::merge;
use crate::database::Transaction;
use crate::error::Result;

/// Everything that the days of some people are derived from.
#[derive(Debug)]
pub struct DayInputs {
    as_of: Timestamp,
    sites: Vec<SiteRules>,
    shifts: Vec<Shift>,
    rule_sets: Vec<RuleSetVersion>,
    holidays: Vec<Holiday>,
    book: RuleBook,
    people: BTreeMap<EmployeeId, Person>,
    spans: Vec<DaySpan>,
}

#[derive(Debug, Default)]
struct Person {
    /// None for somebody without any place of work.
    employment: Option<Employment>,
    punches: Vec<Punch>,
    roster: Vec<RosterEntry>,
    leave: Vec<Leave>,
    approvals: Vec<OvertimeApproval>,
}

impl DayInputs {
    /// Reads what the days of `spans` are derived from, in one round of statements of `transaction`.
    /// The world is known until `as_of`: now, by the database's clock.
    pub async fn read(
        transaction: &Transaction,
        organization_id: OrganizationId,
        as_of: Timestamp,
        spans: Vec<DaySpan>,
    ) -> Result<Self> {
        let spans = merge(spans);
        let read = person::Read::new(transaction, organization_id, &spans);
        let (sites, shifts, rule_sets, holidays) = (
            book::sites(transaction, organization_id),
            book::shifts(transaction, organization_id),
            book::rule_sets(transaction, organization_id),
            book::holidays(&read),
        );
        // Sent together and answered in order: one wait for the network instead of nine.
        let (sites, shifts, rule_sets, holidays, employees, punches, roster, leave, approvals) = tokio::try_join!(
            sites,
            shifts,
            rule_sets,
            holidays,
            read.employees(),
            read.punches(),
            read.rosters(),
            read.leave(),
            read.approvals(),
        )?;
        let mut people: BTreeMap<EmployeeId, Person> = BTreeMap::new();
        for (employee_id, punch) in punches {
            people.entry(employee_id).or_default().punches.push(punch);
        }
        for (employee_id, entry) in roster {
            people.entry(employee_id).or_default().roster.push(entry);
        }
        for (employee_id, leave) in leave {
            people.entry(employee_id).or_default().leave.push(leave);
        }
        for (employee_id, approval) in approvals {
            let person = people.entry(employee_id).or_default();
            person.approvals.push(approval);
        }
        for employee in employees {
            let person = people.entry(employee.employee_id).or_default();
            person.employment = employee.employment(&sites);
        }
        Ok(Self {
            as_of,
            book: RuleBook::new(
                sites.clone(),
                shifts.clone(),
                rule_sets.clone(),
                holidays.clone(),
            ),
            sites,
            shifts,
            rule_sets,
            holidays,
            people,
            spans,
        })
    }

    /// The rule book.
    pub fn book(&self) -> &RuleBook {
        &self.book
    }

    /// The rule sets of the organisation.
    pub fn rule_sets(&self) -> &[RuleSetVersion] {
        &self.rule_sets
    }

    /// The same book with other rule sets.
    pub fn book_with(&self, rule_sets: Vec<RuleSetVersion>) -> RuleBook {
        RuleBook::new(
            self.sites.clone(),
            self.shifts.clone(),
            rule_sets,
            self.holidays.clone(),
        )
    }

    /// Until when the world is known.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Input of each span, in order of employee and date; none for people without any place of work,
    /// of whom nothing can be said.
    pub fn people(&self) -> impl Iterator<Item = (DaySpan, Option<PersonInput<'_>>)> {
        self.spans.iter().map(|span| {
            let input = self.people.get(&span.employee_id).and_then(|person| {
                Some(PersonInput {
                    from: span.from,
                    to: span.to,
                    as_of: self.as_of,
                    employment: person.employment?,
                    punches: &person.punches,
                    roster: &person.roster,
                    leave: &person.leave,
                    overtime_approvals: &person.approvals,
                })
            });
            (*span, input)
        })
    }

    /// A punch of an employee.
    pub(super) fn punch(
        &self,
        employee_id: EmployeeId,
        punch_id: rollcall_domain::id::PunchId,
    ) -> Option<&Punch> {
        self.people
            .get(&employee_id)?
            .punches
            .iter()
            .find(|punch| punch.punch_id == punch_id)
    }
}
