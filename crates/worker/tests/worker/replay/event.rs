//! What can happen to the days of a company, and the functions of the store that make it happen.
//! Must not know when or why.

use jiff::civil::{Date, Time, date};
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{EmployeeId, ShiftId, SiteId};
use rollcall_domain::rules::Rules;
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{DayPart, DirectionPolicy, Segment, Shift, ShiftKind};
use rollcall_store::Transaction;
use rollcall_store::employment::{EmploymentChange, employment_set};
use rollcall_store::holiday::{HolidaySpec, holiday_add, holiday_remove};
use rollcall_store::leave::{LeaveFilter, LeaveSpec, leave_add, leave_list, leave_remove};
use rollcall_store::overtime::overtime_approve;
use rollcall_store::roster::{RosterAssign, roster_assign};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply};
use rollcall_store::shift::shift_create;
use rollcall_store::site_change::{
    SitePolicies, site_deactivate, site_policies_set, site_time_zone_set,
};
use uuid::Uuid;

use crate::common::Stage;

pub const EARLY: usize = 0;
pub const NIGHT: usize = 1;
pub const SPLIT: usize = 2;
pub const FLEXIBLE: usize = 3;

/// People by code. `FREE` has no dates of employment, `GUEST` no site of their own.
pub const PEOPLE: [&str; 5] = ["DAY", "NIGHT", "FREE", "TURN", "GUEST"];
pub const GUEST: usize = 4;
/// First and last day of employment of the others.
pub const HIRED_ON: Date = date(2026, 2, 20);
pub const LEFT_ON: Date = date(2026, 4, 20);

#[derive(Clone, Debug)]
pub struct NewPunch {
    /// Number that makes its id, the same in every order.
    pub number: u64,
    pub person: usize,
    pub site: usize,
    pub at: Timestamp,
    pub source: &'static str,
    pub direction: Option<&'static str>,
    pub similarity: Option<f32>,
    pub clock_skew_seconds: Option<i32>,
}

#[derive(Clone, Debug)]
pub enum Event {
    Punch(NewPunch),
    Void(u64),
    Roster {
        person: usize,
        site: usize,
        from: Date,
        to: Option<Date>,
        cycle: Vec<Option<usize>>,
    },
    Leave {
        person: usize,
        from: Date,
        days: i32,
        part: DayPart,
    },
    /// Takes back the first leave of somebody.
    LeaveRemove {
        person: usize,
    },
    Holiday {
        site: Option<usize>,
        date: Date,
        part: DayPart,
    },
    HolidayRemove {
        site: Option<usize>,
        date: Date,
    },
    Rules {
        site: Option<usize>,
        from: Date,
        rules: Box<Rules>,
    },
    Approval {
        person: usize,
        date: Date,
        minutes: i32,
    },
    Zone {
        site: usize,
        zone: &'static str,
        at: Timestamp,
    },
    Policies {
        site: usize,
        cool_down_seconds: Option<i32>,
        direction_policy: Option<DirectionPolicy>,
        day_boundary: Option<Time>,
    },
    Closing {
        site: usize,
        at: Option<Timestamp>,
    },
    Employment {
        person: usize,
        hired_on: Option<Date>,
        left_on: Option<Date>,
        home: Option<usize>,
    },
}

/// An organisation with people and shifts, before anything happened.
pub struct Company {
    pub stage: Stage,
    people: Vec<EmployeeId>,
    shifts: Vec<ShiftId>,
}

impl Company {
    pub async fn new() -> Self {
        let stage = Stage::new().await;
        let mut people = Vec::new();
        for code in PEOPLE {
            people.push(stage.employee(code).await);
        }
        stage
            .execute(&format!(
                "update app.employee set hired_on = '{HIRED_ON}', left_on = '{LEFT_ON}' where code <> 'FREE'"
            ))
            .await;
        stage
            .execute(&format!(
                "delete from app.employee_site where employee_id = '{}'",
                people[GUEST]
            ))
            .await;
        let mut company = Self {
            stage,
            people,
            shifts: Vec::new(),
        };
        company.begin().await;
        company
    }

    /// Shifts, and the days of everybody as they are opened.
    async fn begin(&mut self) {
        let transaction = self.transaction().await;
        for shift in shifts() {
            shift_create(&transaction, &shift).await.unwrap();
            self.shifts.push(shift.shift_id);
        }
        transaction.commit().await.unwrap();
        for person in &self.people {
            let (from, to) = (HIRED_ON.to_string(), LEFT_ON.to_string());
            self.stage.mark(*person, &from, &to).await;
        }
    }

    async fn transaction(&self) -> Transaction {
        let database = &self.stage.database.admin;
        database.begin(&self.stage.scope()).await.unwrap()
    }

    fn site(&self, site: usize) -> SiteId {
        [
            self.stage.fixture.site_id,
            self.stage.fixture.second_site_id,
        ][site]
    }
}

fn shifts() -> [Shift; 4] {
    let shift = |name: &str, kind, segments: &[(i32, i32)], (before, after)| Shift {
        shift_id: ShiftId(Uuid::now_v7()),
        name: name.to_owned(),
        kind,
        segments: segments
            .iter()
            .map(|(begin_minute, end_minute)| Segment {
                begin_minute: *begin_minute,
                end_minute: *end_minute,
            })
            .collect(),
        core: None,
        expected_minutes: None,
        window_before_minutes: before,
        window_after_minutes: after,
        breaks: Vec::new(),
    };
    let mut early = shift("Early", ShiftKind::Fixed, &[(540, 1020)], (240, 480));
    early.breaks = vec![ScheduledBreak {
        segment: Segment {
            begin_minute: 720,
            end_minute: 750,
        },
        is_paid: false,
    }];
    let night = shift("Night", ShiftKind::Fixed, &[(1320, 1800)], (240, 600));
    let split = shift(
        "Split",
        ShiftKind::Split,
        &[(420, 660), (1020, 1260)],
        (60, 120),
    );
    let mut flexible = shift("Flexible", ShiftKind::Flexible, &[(360, 1320)], (0, 120));
    flexible.core = Some(Segment {
        begin_minute: 600,
        end_minute: 900,
    });
    flexible.expected_minutes = Some(450);
    [early, night, split, flexible]
}

/// Makes an event happen, with the marks that it leaves.
pub async fn apply(company: &Company, event: &Event) {
    let transaction = company.transaction().await;
    match event {
        Event::Punch(punch) => punch_add(company, &transaction, punch).await,
        Event::Void(number) => void(company, &transaction, *number).await,
        Event::Roster { .. } | Event::Leave { .. } | Event::LeaveRemove { .. } => {
            plan(company, &transaction, event).await;
        }
        Event::Approval {
            person,
            date,
            minutes,
        } => overtime_approve(&transaction, company.people[*person], *date, *minutes, None)
            .await
            .unwrap(),
        Event::Employment {
            person,
            hired_on,
            left_on,
            home,
        } => {
            let change = EmploymentChange {
                hired_on: hired_on.map(Some),
                left_on: left_on.map(Some),
                home_site_id: home.map(|home| Some(company.site(home))),
            };
            employment_set(&transaction, company.people[*person], &change)
                .await
                .unwrap();
        }
        _ => organise(company, &transaction, event).await,
    }
    transaction.commit().await.unwrap();
}

fn punch_id(number: u64) -> Uuid {
    // A version 7 id of March 2026, as sightings of that time have.
    Uuid::from_u128(0x019c_b000_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

/// A punch with the mark that `submit_sightings` and approved corrections leave.
async fn punch_add(company: &Company, transaction: &Transaction, punch: &NewPunch) {
    transaction
        .execute(
            "insert punch",
            "with p as (
               insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source,
                 direction, similarity, clock_skew_seconds)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               returning organization_id, punch_id, employee_id, site_id, occurred_at
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select organization_id, employee_id, attendance.work_date(organization_id, site_id, occurred_at), punch_id
             from p",
            &[
                &company.stage.fixture.organization_id.0,
                &punch_id(punch.number),
                &company.people[punch.person].0,
                &company.site(punch.site).0,
                &punch.at,
                &punch.source,
                &punch.direction,
                &punch.similarity,
                &punch.clock_skew_seconds,
            ],
        )
        .await
        .unwrap();
}

async fn void(company: &Company, transaction: &Transaction, number: u64) {
    transaction
        .execute(
            "void punch",
            "with v as (insert into attendance.punch_void (organization_id, punch_id, reason)
                        values ($1, $2, 'test') returning punch_id)
             insert into attendance.dirty_day (organization_id, employee_id, work_date)
             select p.organization_id, p.employee_id, attendance.work_date(p.organization_id, p.site_id, p.occurred_at)
             from v join attendance.punch p on p.organization_id = $1 and p.punch_id = v.punch_id",
            &[
                &company.stage.fixture.organization_id.0,
                &punch_id(number),
            ],
        )
        .await
        .unwrap();
}

/// Events about the time of one person.
async fn plan(company: &Company, transaction: &Transaction, event: &Event) {
    match event {
        Event::Roster {
            person,
            site,
            from,
            to,
            cycle,
        } => {
            let cycle: Vec<Option<ShiftId>> = cycle
                .iter()
                .map(|shift| shift.map(|shift| company.shifts[shift]))
                .collect();
            let roster = RosterAssign {
                employees: &[company.people[*person]],
                site_id: company.site(*site),
                from: *from,
                to: *to,
                anchor: *from,
                cycle: &cycle,
                works_on_holidays: *person == NIGHT,
                replace: true,
            };
            roster_assign(transaction, &roster).await.unwrap();
        }
        Event::Leave {
            person,
            from,
            days,
            part,
        } => {
            let leave = LeaveSpec {
                employee_id: company.people[*person],
                from: *from,
                to: from.saturating_add(days.days()),
                part: *part,
                is_paid: *days % 2 == 0,
                kind: "annual",
                note: None,
            };
            leave_add(transaction, &leave).await.unwrap();
        }
        Event::LeaveRemove { person } => {
            let filter = LeaveFilter {
                employee_id: Some(company.people[*person]),
                from: None,
                to: None,
            };
            let leave = leave_list(transaction, &filter).await.unwrap();
            let first = leave.iter().map(|line| line.leave.leave_id).min().unwrap();
            leave_remove(transaction, first).await.unwrap();
        }
        _ => unreachable!("{event:?} is about an organisation"),
    }
}

/// Events about sites, rules and holidays.
async fn organise(company: &Company, transaction: &Transaction, event: &Event) {
    let site_of = |site: &Option<usize>| site.map(|site| company.site(site));
    match event {
        Event::Holiday { site, date, part } => {
            let holiday = HolidaySpec {
                site_id: site_of(site),
                date: *date,
                name: format!("Holiday of {date}"),
                part: *part,
            };
            holiday_add(transaction, &[holiday]).await.unwrap();
        }
        Event::HolidayRemove { site, date } => {
            holiday_remove(transaction, site_of(site), *date)
                .await
                .unwrap();
        }
        Event::Rules { site, from, rules } => {
            let name = format!(
                "Rules of {}",
                site.map_or("all".to_owned(), |s| s.to_string())
            );
            let rules = RuleSetApply {
                name: Some(&name),
                site_id: site_of(site),
                valid_from: *from,
                rules,
            };
            rule_set_apply(transaction, &rules).await.unwrap();
        }
        Event::Zone { site, zone, at } => {
            site_time_zone_set(transaction, company.site(*site), zone, *at)
                .await
                .unwrap();
        }
        Event::Policies {
            site,
            cool_down_seconds,
            direction_policy,
            day_boundary,
        } => {
            let policies = SitePolicies {
                day_boundary: *day_boundary,
                cool_down_seconds: *cool_down_seconds,
                direction_policy: *direction_policy,
            };
            site_policies_set(transaction, company.site(*site), &policies)
                .await
                .unwrap();
        }
        Event::Closing { site, at } => {
            site_deactivate(transaction, company.site(*site), *at)
                .await
                .unwrap();
        }
        _ => unreachable!("{event:?} is about a person"),
    }
}
