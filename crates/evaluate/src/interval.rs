//! Rates with 95 % intervals. Errors of one person are alike, so people are drawn again, not comparisons (bootstrap,
//! Efron 1979; over subjects: Bolle, Ratha, Pankanti 2004). Where nothing went wrong, drawing again shows nothing, and the
//! bound is that of the rule of three (Hanley, Lippman-Hand 1983). Must not know what is counted.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// How often people are drawn.
const N_DRAWS: usize = 1000;

/// A share of trials that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Errors by trials.
    pub rate: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval; with no error the bound that 95 of 100 such measurements keep.
    pub high: f64,
    /// Trials that went wrong.
    pub n_errors: u64,
    /// Trials.
    pub n_trials: u64,
    /// People in them, who make the interval as wide as it is.
    pub n_people: usize,
}

/// Errors and trials of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Trials that went wrong.
    pub n_errors: u64,
    /// Trials.
    pub n_trials: u64,
}

/// People drawn with replacement, again and again: how often each is drawn.
#[derive(Debug)]
pub struct Draws(Vec<Vec<u16>>);

impl Draws {
    /// Draws `n_people` of as many; the same for the same seed.
    pub fn new(n_people: usize, seed: u64) -> Draws {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let draw = |_| {
            let mut times = vec![0; n_people];
            for _ in 0..n_people {
                times[random.random_range(0..n_people)] += 1;
            }
            times
        };
        Draws((0..N_DRAWS).map(draw).collect())
    }

    /// The rate of errors over people, `tallies` by person.
    pub fn rate(&self, tallies: &[Tally]) -> Rate {
        let sum = |field: fn(&Tally) -> u64| tallies.iter().map(field).sum::<u64>();
        let total = Tally {
            n_errors: sum(|tally| tally.n_errors),
            n_trials: sum(|tally| tally.n_trials),
        };
        let n_people = tallies.iter().filter(|tally| tally.n_trials > 0).count();
        let share = |times: &[u16]| {
            let (mut errors, mut trials) = (0.0, 0.0);
            for (tally, &times) in tallies.iter().zip(times) {
                errors += f64::from(times) * tally.n_errors as f64;
                trials += f64::from(times) * tally.n_trials as f64;
            }
            errors / trials
        };
        self.rate_of(total, n_people, share)
    }

    /// The rate of `total`, whose share among drawn people `share` computes; one that is no number is left out.
    /// `n_people`: for the rule of three, how many may count as independent.
    pub(crate) fn rate_of(
        &self,
        total: Tally,
        n_people: usize,
        share: impl Fn(&[u16]) -> f64,
    ) -> Rate {
        let rate = total.n_errors as f64 / total.n_trials as f64;
        let mut rate = Rate {
            rate: if rate.is_nan() { 0.0 } else { rate },
            low: 0.0,
            high: 1.0,
            n_errors: total.n_errors,
            n_trials: total.n_trials,
            n_people,
        };
        if n_people == 0 {
            return rate;
        }
        if total.n_errors == 0 {
            rate.high = at_most(n_people);
            return rate;
        }
        let mut shares: Vec<f64> = self.0.iter().map(|times| share(times)).collect();
        shares.retain(|share| share.is_finite());
        shares.sort_by(f64::total_cmp);
        let at = |part: f64| shares.get((part * (shares.len() - 1) as f64).round() as usize);
        if let (false, Some(&low), Some(&high)) = (shares.is_empty(), at(0.025), at(0.975)) {
            (rate.low, rate.high) = (low, high);
        }
        rate
    }
}

/// What no error in `n` independent trials still allows with 95 %: about `3 / n`.
pub fn at_most(n: usize) -> f64 {
    match n {
        0 => 1.0,
        n => 1.0 - 0.05_f64.powf(1.0 / n as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallies(n: usize, tally: impl Fn(usize) -> (u64, u64)) -> Vec<Tally> {
        let tally = |k| {
            let (n_errors, n_trials) = tally(k);
            Tally { n_errors, n_trials }
        };
        (0..n).map(tally).collect()
    }

    #[test]
    fn no_error_follows_the_rule_of_three() {
        let rate = Draws::new(300, 1).rate(&tallies(300, |_| (0, 7)));
        assert_eq!((rate.rate, rate.low, rate.n_trials), (0.0, 0.0, 2100));
        assert!((rate.high - 3.0 / 300.0).abs() < 1e-4, "{rate:?}");
        assert_eq!(at_most(0), 1.0);
    }

    #[test]
    fn one_error_in_ten_has_the_binomial_interval() {
        // One trial a person: 95 % of Binomial(1000, 0.1) / 1000 lie within 0.1 +- 1.96 * 0.0095.
        let rate = Draws::new(1000, 2).rate(&tallies(1000, |k| (u64::from(k % 10 == 0), 1)));
        assert_eq!(rate.rate, 0.1);
        assert!((rate.low - 0.0814).abs() < 0.003, "{rate:?}");
        assert!((rate.high - 0.1186).abs() < 0.003, "{rate:?}");
    }

    #[test]
    fn errors_of_few_people_make_the_interval_wide() {
        // The same rate, but all errors are of one person in ten, who fails always.
        let clustered = Draws::new(50, 3).rate(&tallies(50, |k| (20 * u64::from(k % 10 == 0), 20)));
        let even = Draws::new(50, 3).rate(&tallies(50, |_| (2, 20)));
        assert_eq!((clustered.rate, even.rate), (0.1, 0.1));
        assert_eq!((even.low, even.high), (0.1, 0.1), "all are alike");
        assert!(clustered.high - clustered.low > 0.1, "{clustered:?}");
    }

    #[test]
    fn nobody_says_nothing() {
        let rate = Draws::new(3, 4).rate(&tallies(3, |_| (0, 0)));
        assert_eq!(
            (rate.rate, rate.low, rate.high, rate.n_people),
            (0.0, 0.0, 1.0, 0)
        );
    }
}
