//! The figures of a day that are paid, and their differences. Must not know the database.

use rollcall_domain::Minutes;

/// Names for people, in the order of [`Figures`].
const NAMES: [&str; N_FIGURES] = [
    "payable",
    "daily overtime",
    "weekly overtime",
    "rest-day overtime",
    "holiday overtime",
    "paid leave",
    "unpaid leave",
];
const N_FIGURES: usize = 7;

/// Minutes that payroll takes over, in the order of their columns in `attendance.adjustment`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures([i32; N_FIGURES]);

impl Figures {
    pub(super) fn of(minutes: &Minutes) -> Self {
        Self([
            minutes.payable,
            minutes.overtime_daily,
            minutes.overtime_weekly,
            minutes.overtime_rest_day,
            minutes.overtime_holiday,
            minutes.leave_paid,
            minutes.leave_unpaid,
        ])
    }

    pub(super) fn new(minutes: [i32; N_FIGURES]) -> Self {
        Self(minutes)
    }

    pub(super) fn minutes(self) -> [i32; N_FIGURES] {
        self.0
    }

    pub(super) fn is_zero(self) -> bool {
        self.0 == [0; N_FIGURES]
    }

    pub(super) fn plus(self, other: Self) -> Self {
        self.with(other, i32::saturating_add)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.with(other, i32::saturating_sub)
    }

    /// Each figure that differs from what was paid.
    pub(super) fn sentences(self, paid: Self) -> Vec<String> {
        let figures = NAMES.iter().zip(paid.0).zip(self.0);
        figures
            .filter(|((_, paid), now)| paid != now)
            .map(|((name, paid), now)| {
                format!(
                    "{name}: {paid} → {now} min ({:+})",
                    now.saturating_sub(paid)
                )
            })
            .collect()
    }

    fn with(self, other: Self, operation: impl Fn(i32, i32) -> i32) -> Self {
        let mut result = self;
        for (one, other) in result.0.iter_mut().zip(other.0) {
            *one = operation(*one, other);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_what_differs_only() {
        let paid = Figures::new([480, 0, 0, 0, 0, 0, 30]);
        let now = Figures::new([540, 60, 0, 0, 0, 0, 0]);
        assert_eq!(
            now.sentences(paid),
            [
                "payable: 480 → 540 min (+60)",
                "daily overtime: 0 → 60 min (+60)",
                "unpaid leave: 30 → 0 min (-30)",
            ]
        );
        assert_eq!(now.minus(paid).minutes(), [60, 60, 0, 0, 0, 0, -30]);
        assert_eq!(paid.plus(now.minus(paid)), now);
        assert!(now.minus(now).is_zero());
    }
}
