//! When to try again: after a wait that doubles, with some chance in it, until the delivery is given up.

use jiff::{SignedDuration, Timestamp};

/// Wait after the first attempt, in seconds.
const FIRST_S: i64 = 15;
/// Longest wait, in seconds.
const LONGEST_S: i64 = 4 * 60 * 60;

/// When the attempt after the `n_attempts`-th is due; none when that is after `give_up_at`.
pub(crate) fn next_attempt(
    n_attempts: i32,
    now: Timestamp,
    give_up_at: Timestamp,
) -> Option<Timestamp> {
    // Receivers that come back are not met by everything at once.
    let chance = rand::random_range(0.8..1.2);
    let next = now.saturating_add(wait(n_attempts).mul_f64(chance)).ok()?;
    (next <= give_up_at).then_some(next)
}

fn wait(n_attempts: i32) -> SignedDuration {
    let doublings = u32::try_from(n_attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(20);
    SignedDuration::from_secs((FIRST_S << doublings).min(LONGEST_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let seconds: Vec<i64> = [1, 2, 3, 4, 10, 11, 12, i32::MAX]
            .map(|n| wait(n).as_secs())
            .to_vec();
        assert_eq!(seconds, [15, 30, 60, 120, 7680, 14_400, 14_400, 14_400]);
    }

    #[test]
    fn a_delivery_is_tried_for_a_day_and_then_given_up() {
        let begin: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let give_up_at = begin + SignedDuration::from_hours(24);
        let (mut now, mut n_attempts) = (begin, 1);
        while let Some(next) = next_attempt(n_attempts, now, give_up_at) {
            assert!(next > now && next <= give_up_at);
            (now, n_attempts) = (next, n_attempts + 1);
        }
        assert!(now > begin + SignedDuration::from_hours(18), "{now}");
        assert!((12..=18).contains(&n_attempts), "{n_attempts}");
    }
}
