//! Days under two sets of rules, figure by figure. Must not know how they were derived or are printed.

use jiff::civil::Date;
use rollcall_domain::{Day, DayOutcome};
use rollcall_store::employee::EmployeeName;

/// A figure of a day.
pub struct Figure {
    /// Name for people.
    pub name: &'static str,
    /// Minutes, or a number.
    pub is_minutes: bool,
    of: fn(&Day) -> i64,
}

/// The figures that are compared.
pub const FIGURES: [Figure; 10] = [
    minutes("payable", |day| day.minutes.payable.into()),
    minutes("unpaid break", |day| day.minutes.unpaid_break.into()),
    minutes("overtime daily", |day| day.minutes.overtime_daily.into()),
    minutes("overtime weekly", |day| day.minutes.overtime_weekly.into()),
    minutes("overtime rest day", |day| {
        day.minutes.overtime_rest_day.into()
    }),
    minutes("overtime holiday", |day| {
        day.minutes.overtime_holiday.into()
    }),
    minutes("overtime unapproved", |day| {
        day.minutes.overtime_unapproved.into()
    }),
    minutes("late", |day| day.minutes.late.into()),
    minutes("early out", |day| day.minutes.early_out.into()),
    Figure {
        name: "exceptions",
        is_minutes: false,
        of: |day| i64::try_from(day.exceptions.len()).unwrap_or(i64::MAX),
    },
];

const fn minutes(name: &'static str, of: fn(&Day) -> i64) -> Figure {
    Figure {
        name,
        is_minutes: true,
        of,
    }
}

/// A figure under the rules in force and under the other ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Under the rules in force.
    pub old: i64,
    /// Under the other rules.
    pub new: i64,
}

impl Pair {
    /// What changes.
    pub fn difference(self) -> i64 {
        self.new - self.old
    }
}

/// All figures, in the order of [`FIGURES`].
pub type Pairs = [Pair; FIGURES.len()];

/// A day that reads differently.
pub struct DayChange {
    /// The date.
    pub work_date: Date,
    /// Status under the rules in force; none without a day.
    pub old_status: Option<&'static str>,
    /// Status under the other rules.
    pub new_status: Option<&'static str>,
    /// Its figures.
    pub figures: Pairs,
    /// Exceptions that appear.
    pub raised: Vec<&'static str>,
    /// Exceptions that vanish.
    pub gone: Vec<&'static str>,
}

/// What changes for one person.
pub struct PersonChange {
    /// Personnel number.
    pub code: String,
    /// Name.
    pub display_name: String,
    /// Sums of all days.
    pub totals: Pairs,
    /// Days that differ, by date.
    pub days: Vec<DayChange>,
}

/// What changes for everybody.
pub struct Comparison {
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
    /// People for whom something changes, as they were added.
    pub people: Vec<PersonChange>,
    /// People who were looked at.
    pub n_people: usize,
    /// Sums of everybody.
    pub totals: Pairs,
}

impl PersonChange {
    /// Compares the outcomes of the same dates.
    pub fn new(person: &EmployeeName, old: &[DayOutcome], new: &[DayOutcome]) -> Self {
        let mut change = Self {
            code: person.code.clone(),
            display_name: person.display_name.clone(),
            totals: Pairs::default(),
            days: Vec::new(),
        };
        for (old, new) in old.iter().zip(new) {
            let (work_date, old, new) = (old.work_date, old.day.as_ref(), new.day.as_ref());
            let figures = figures(old, new);
            add(&mut change.totals, &figures);
            let (raised, gone) = (exceptions_only_in(new, old), exceptions_only_in(old, new));
            let status = |day: Option<&Day>| day.map(|day| day.status.as_str());
            let day = DayChange {
                work_date,
                old_status: status(old),
                new_status: status(new),
                figures,
                raised,
                gone,
            };
            if day.differs() {
                change.days.push(day);
            }
        }
        change
    }
}

impl DayChange {
    fn differs(&self) -> bool {
        self.old_status != self.new_status
            || self.figures.iter().any(|pair| pair.difference() != 0)
            || !self.raised.is_empty()
            || !self.gone.is_empty()
    }
}

impl Comparison {
    /// Nothing yet.
    pub fn new(from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            people: Vec::new(),
            n_people: 0,
            totals: Pairs::default(),
        }
    }

    /// Adds a person; kept only when something changes for them.
    pub fn add(&mut self, person: PersonChange) {
        self.n_people += 1;
        add(&mut self.totals, &person.totals);
        if !person.days.is_empty() {
            self.people.push(person);
        }
    }

    /// Days that differ, of everybody.
    pub fn n_days(&self) -> usize {
        self.people.iter().map(|person| person.days.len()).sum()
    }
}

fn figures(old: Option<&Day>, new: Option<&Day>) -> Pairs {
    let mut pairs = Pairs::default();
    for (pair, figure) in pairs.iter_mut().zip(&FIGURES) {
        pair.old = old.map_or(0, figure.of);
        pair.new = new.map_or(0, figure.of);
    }
    pairs
}

fn add(totals: &mut Pairs, pairs: &Pairs) {
    for (total, pair) in totals.iter_mut().zip(pairs) {
        total.old += pair.old;
        total.new += pair.new;
    }
}

fn exceptions_only_in(this: Option<&Day>, other: Option<&Day>) -> Vec<&'static str> {
    let of = |day: Option<&Day>| day.map_or(Vec::new(), |day| day.exceptions.clone());
    let other = of(other);
    of(this)
        .into_iter()
        .filter(|kind| !other.contains(kind))
        .map(|kind| kind.as_str())
        .collect()
}
