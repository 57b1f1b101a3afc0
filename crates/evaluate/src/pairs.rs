//! Comparing two photographs: false matches and false non-matches by threshold. Must not know galleries.

use std::collections::HashMap;

use serde::Serialize;

use crate::grid;
use crate::interval::{Draws, Rate, Tally};
use crate::scores::Scores;

/// Rates at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Similarity from which two photographs are taken for one person.
    pub threshold: f64,
    /// False match rate.
    pub fmr: f64,
    /// False non-match rate.
    pub fnmr: f64,
}

/// The threshold of a wanted false match rate, and what it costs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AtFmr {
    /// What was wanted.
    pub target: f64,
    /// Lowest threshold that keeps it here.
    pub threshold: f64,
    /// What it is there.
    pub fmr: Rate,
    /// What it costs.
    pub fnmr: Rate,
}

/// All pairs, counted.
#[derive(Debug)]
pub struct Pairs<'a> {
    scores: &'a Scores,
    n_people: usize,
    /// By highest threshold reached.
    genuine: Vec<u64>,
    impostor: Vec<u64>,
}

impl<'a> Pairs<'a> {
    /// Counts the pairs of all faces of `n_people` people.
    pub fn new(scores: &'a Scores, n_people: usize) -> Self {
        let (mut genuine, mut impostor) = (vec![0; grid::LEN], vec![0; grid::LEN]);
        for a in 0..scores.len() {
            for b in 0..a {
                let counts = match scores.person(a) == scores.person(b) {
                    true => &mut genuine,
                    false => &mut impostor,
                };
                counts[grid::step(scores.of(a, b))] += 1;
            }
        }
        Self {
            scores,
            n_people,
            genuine,
            impostor,
        }
    }

    /// Pairs of one person, and of two.
    pub fn n(&self) -> (u64, u64) {
        (self.genuine.iter().sum(), self.impostor.iter().sum())
    }

    /// How many pairs of one person and of two have each similarity, in steps of a thousandth.
    pub(crate) fn histogram(&self) -> impl Iterator<Item = (f64, u64, u64)> + '_ {
        let counts = self.genuine.iter().zip(&self.impostor).enumerate();
        counts.map(|(step, (genuine, impostor))| (grid::threshold(step), *genuine, *impostor))
    }

    /// Rates at every threshold.
    pub fn curve(&self) -> Vec<Point> {
        let (n_genuine, n_impostor) = self.n();
        let genuine = grid::reaching(&self.genuine);
        let impostor = grid::reaching(&self.impostor);
        let point = |(step, (genuine, impostor)): (usize, (u64, u64))| Point {
            threshold: grid::threshold(step),
            fmr: impostor as f64 / n_impostor.max(1) as f64,
            fnmr: 1.0 - genuine as f64 / n_genuine.max(1) as f64,
        };
        genuine
            .into_iter()
            .zip(impostor)
            .enumerate()
            .map(point)
            .collect()
    }

    /// Where both rates are nearest to each other: threshold and their mean.
    pub fn equal_error(&self) -> (f64, f64) {
        let curve = self.curve();
        let apart = |point: &Point| (point.fmr - point.fnmr).abs();
        let nearest = curve.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)));
        nearest.map_or((0.0, 0.0), |point| {
            (point.threshold, f64::midpoint(point.fmr, point.fnmr))
        })
    }

    /// The threshold that keeps `target`, with intervals; none when no threshold does.
    pub fn at_fmr(&self, target: f64, draws: &Draws) -> Option<AtFmr> {
        let curve = self.curve();
        let step = curve.iter().position(|point| point.fmr <= target)?;
        let (fmr, fnmr) = self.rates(step, draws);
        Some(AtFmr {
            target,
            threshold: grid::threshold(step),
            fmr,
            fnmr,
        })
    }

    /// FMR and FNMR at a step of the grid.
    fn rates(&self, step: usize, draws: &Draws) -> (Rate, Rate) {
        let scores = self.scores;
        let mut n_faces = vec![0_u64; self.n_people];
        let mut genuine = vec![Tally::default(); self.n_people];
        let mut matched: HashMap<(usize, usize), u64> = HashMap::new();
        for a in 0..scores.len() {
            let first = scores.person(a);
            n_faces[first] += 1;
            for b in 0..a {
                let second = scores.person(b);
                let matches = grid::step(scores.of(a, b)) >= step;
                if first == second {
                    genuine[first].n_trials += 1;
                    genuine[first].n_errors += u64::from(!matches);
                } else if matches {
                    *matched.entry((first, second)).or_default() += 1;
                }
            }
        }
        // Pairs of drawn people: (sum of n)^2 less those within a person, halved.
        let n_pairs = |times: &[u16]| {
            let (mut sum, mut squares) = (0.0, 0.0);
            for (&n, &times) in n_faces.iter().zip(times) {
                let n = n as f64 * f64::from(times);
                sum += n;
                squares += n * n;
            }
            (sum * sum - squares) / 2.0
        };
        let share = |times: &[u16]| {
            let matched = matched
                .iter()
                .map(|(&(a, b), &n)| f64::from(times[a]) * f64::from(times[b]) * n as f64);
            matched.sum::<f64>() / n_pairs(times)
        };
        let total = Tally {
            n_errors: matched.values().sum(),
            n_trials: self.n().1,
        };
        let n_people = n_faces.iter().filter(|n| **n > 0).count();
        // Pairs share people, so no more than half as many are independent.
        let fmr = draws.rate_of(total, n_people / 2, share);
        (fmr, draws.rate(&genuine))
    }
}
