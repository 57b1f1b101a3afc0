//! Searching a gallery: strangers who are given a name (FPIR), and enrolled people who are not given theirs (FNIR), in random
//! galleries of one size. The rule is the hub's own: the best person must reach the threshold and lead the second-best by
//! the margin. Must not know files.

use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::faces::Person;
use crate::grid;
use crate::interval::{Draws, Rate, Tally};
use crate::scores::Scores;
use crate::{EvaluateError, Result};

/// What galleries are tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// People in each.
    pub n_people: usize,
    /// Photographs of each of them; all others are probes.
    pub n_photos: usize,
    /// How many random ones.
    pub n_galleries: usize,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// Galleries are the same for the same number.
    pub seed: u64,
}

/// One search.
#[derive(Clone, Copy, Debug)]
struct Trial {
    person: u32,
    /// Highest threshold that accepts somebody; 0 when the lead is too small.
    step: u16,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The person is not in the gallery.
    Stranger,
    /// In it, and the best one.
    Right,
    /// In it, and somebody else is better.
    Wrong,
}

/// Rates at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Similarity from which somebody is accepted.
    pub threshold: f64,
    /// Strangers who are given a name.
    pub fpir: f64,
    /// Enrolled people who are not given their name.
    pub fnir: f64,
}

/// Rates at one threshold, with intervals.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rates {
    /// The threshold.
    pub threshold: f64,
    /// Strangers who are given a name.
    pub fpir: Rate,
    /// Enrolled people who are not given their name.
    pub fnir: Rate,
    /// Enrolled people who are given another's name.
    pub wrong: Rate,
}

/// All searches of one setting.
#[derive(Debug)]
pub struct Trials {
    n_people: usize,
    trials: Vec<Trial>,
}

impl Trials {
    /// Searches each gallery for each face that is not in it, of the people for whom `is_used` says so.
    ///
    /// Errors: [`EvaluateError::TooFew`] people with more than `n_photos` faces, or photographs per person.
    pub fn new(
        scores: &Scores,
        people: &[Person],
        setting: &Setting,
        is_used: impl Fn(usize) -> bool,
    ) -> Result<Trials> {
        let mut faces: Vec<Vec<usize>> = vec![Vec::new(); people.len()];
        for face in 0..scores.len() {
            if is_used(scores.person(face)) {
                faces[scores.person(face)].push(face);
            }
        }
        // One face at least must be left to be searched for.
        let mut able: Vec<usize> = (0..people.len())
            .filter(|&person| !people[person].is_stranger && faces[person].len() > setting.n_photos)
            .collect();
        if able.len() < setting.n_people || setting.n_people == 0 || setting.n_photos == 0 {
            let (n, photos) = (able.len(), setting.n_photos);
            return Err(EvaluateError::TooFew {
                what: format!(
                    "a gallery of {} people with {photos} photographs each needs as many people with more than {photos}; there are {n}",
                    setting.n_people
                ),
                hint: "ask for smaller galleries or fewer photographs, or bring more",
            });
        }
        let mut random = ChaCha8Rng::seed_from_u64(setting.seed);
        let mut trials = Vec::new();
        let mut templates: Vec<(usize, usize)> = Vec::new();
        for _ in 0..setting.n_galleries {
            able.shuffle(&mut random);
            let enrolled = &able[..setting.n_people];
            let mut is_enrolled = vec![false; people.len()];
            let mut is_template = vec![false; scores.len()];
            templates.clear();
            for &person in enrolled {
                is_enrolled[person] = true;
                let own = &mut faces[person];
                for k in 0..setting.n_photos {
                    let other = random.random_range(k..own.len());
                    own.swap(k, other);
                    is_template[own[k]] = true;
                    templates.push((person, own[k]));
                }
            }
            for (person, own) in faces.iter().enumerate() {
                for &face in own.iter().filter(|face| !is_template[**face]) {
                    let (best, lead) = search(scores, &templates, face);
                    let (best_person, similarity) = best;
                    trials.push(Trial {
                        person: person as u32,
                        step: match lead >= setting.margin {
                            true => grid::step(similarity) as u16,
                            false => 0,
                        },
                        kind: match is_enrolled[person] {
                            false => Kind::Stranger,
                            true if best_person == person => Kind::Right,
                            true => Kind::Wrong,
                        },
                    });
                }
            }
        }
        Ok(Trials {
            n_people: people.len(),
            trials,
        })
    }

    /// Searches for strangers, and for enrolled people.
    pub fn n(&self) -> (usize, usize) {
        let n_strangers = self.strangers().count();
        (n_strangers, self.trials.len() - n_strangers)
    }

    fn strangers(&self) -> impl Iterator<Item = &Trial> {
        self.trials
            .iter()
            .filter(|trial| trial.kind == Kind::Stranger)
    }

    /// Rates at every threshold above 0.
    pub fn curve(&self) -> Vec<Point> {
        let count = |kind| {
            let mut counts = vec![0; grid::LEN];
            for trial in self.trials.iter().filter(|trial| trial.kind == kind) {
                counts[usize::from(trial.step)] += 1;
            }
            grid::reaching(&counts)
        };
        let (n_strangers, n_enrolled) = self.n();
        let accepted = count(Kind::Stranger).into_iter().zip(count(Kind::Right));
        let point = |(step, (strangers, right)): (usize, (u64, u64))| Point {
            threshold: grid::threshold(step),
            fpir: strangers as f64 / n_strangers.max(1) as f64,
            fnir: 1.0 - right as f64 / n_enrolled.max(1) as f64,
        };
        accepted.enumerate().skip(1).map(point).collect()
    }

    /// The lowest threshold that keeps `fpir` here; none when none does.
    pub fn threshold_for(&self, fpir: f64) -> Option<f64> {
        let curve = self.curve();
        let found = curve.iter().find(|point| point.fpir <= fpir);
        found.map(|point| point.threshold)
    }

    /// Rates at a threshold above 0.
    pub fn rates(&self, threshold: f64, draws: &Draws) -> Rates {
        let least = grid::nearest(threshold).max(1);
        let mut tallies = [(); 3].map(|()| vec![Tally::default(); self.n_people]);
        let [fpir, fnir, wrong] = &mut tallies;
        let count = |tallies: &mut [Tally], trial: &Trial, is_error: bool| {
            let tally = &mut tallies[trial.person as usize];
            tally.n_trials += 1;
            tally.n_errors += u64::from(is_error);
        };
        for trial in &self.trials {
            let is_accepted = usize::from(trial.step) >= least;
            if trial.kind == Kind::Stranger {
                count(fpir, trial, is_accepted);
            } else {
                let is_right = trial.kind == Kind::Right;
                count(fnir, trial, !(is_accepted && is_right));
                count(wrong, trial, is_accepted && !is_right);
            }
        }
        let [fpir, fnir, wrong] = tallies.map(|tallies| draws.rate(&tallies));
        Rates {
            threshold: grid::threshold(least),
            fpir,
            fnir,
            wrong,
        }
    }
}

/// The best person with its similarity, and its lead over the second-best; templates of a person stand together.
fn search(scores: &Scores, templates: &[(usize, usize)], face: usize) -> ((usize, f32), f32) {
    let mut best = (usize::MAX, f32::NEG_INFINITY);
    let mut second = f32::NEG_INFINITY;
    for own in templates.chunk_by(|a, b| a.0 == b.0) {
        let similarities = own.iter().map(|&(_, template)| scores.of(face, template));
        let similarity = similarities.fold(f32::NEG_INFINITY, f32::max);
        if similarity > best.1 {
            second = best.1;
            best = (own[0].0, similarity);
        } else {
            second = second.max(similarity);
        }
    }
    (best, best.1 - second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::Face;
    use rollcall_vision::Embedding;

    /// Faces in a plane, by person and angle in degrees.
    fn faces(angles: &[(usize, f32)]) -> Vec<Face> {
        let face = |&(person, angle): &(usize, f32)| {
            let (sin, cos) = angle.to_radians().sin_cos();
            Face {
                person,
                image: String::new(),
                embedding: Embedding::from_raw(&[cos, sin], None).unwrap(),
            }
        };
        angles.iter().map(face).collect()
    }

    fn people(n: usize, n_strangers: usize) -> Vec<Person> {
        let person = |k: usize| Person {
            name: k.to_string(),
            is_stranger: k >= n - n_strangers,
        };
        (0..n).map(person).collect()
    }

    const SETTING: Setting = Setting {
        n_people: 2,
        n_photos: 1,
        n_galleries: 40,
        margin: 0.05,
        seed: 1,
    };

    #[test]
    fn the_rule_is_threshold_and_lead() {
        // Two enrolled at 0 and 90 degrees, each once more within 5; a stranger half way and one near the first.
        let faces = faces(&[
            (0, 0.0),
            (0, 5.0),
            (1, 90.0),
            (1, 85.0),
            (2, 45.0),
            (3, 20.0),
        ]);
        let scores = Scores::new(&faces).unwrap();
        let trials = Trials::new(&scores, &people(4, 2), &SETTING, |_| true).unwrap();
        assert_eq!(trials.n(), (80, 80));
        let draws = Draws::new(4, 1);
        let at = |threshold| {
            let rates = trials.rates(threshold, &draws);
            (rates.fpir.rate, rates.fnir.rate, rates.wrong.rate)
        };
        // Half way: too small a lead unless the templates are 5 and 90 or 0 and 85, cos 40 and 45 degrees.
        let (fpir, fnir, wrong) = at(0.9);
        assert_eq!(
            (fpir, fnir, wrong),
            (0.5, 0.0, 0.0),
            "cos 20 and cos 15 are above 0.9"
        );
        assert_eq!(at(0.97).0, 0.0);
        assert_eq!(at(0.998).1, 1.0, "cos 5 is 0.9962");
        assert_eq!(
            trials.threshold_for(0.0).unwrap(),
            0.966,
            "cos 15 is 0.9659"
        );
        let curve = trials.curve();
        for point in &curve {
            let rates = trials.rates(point.threshold, &draws);
            assert_eq!((rates.fpir.rate, rates.fnir.rate), (point.fpir, point.fnir));
        }
        assert!(
            curve
                .windows(2)
                .all(|pair| pair[0].fpir >= pair[1].fpir && pair[0].fnir <= pair[1].fnir)
        );
    }

    #[test]
    fn enrolled_people_are_given_anothers_name_where_that_is_nearer() {
        let faces = faces(&[(0, 0.0), (0, 60.0), (1, 60.0), (1, 61.0)]);
        let scores = Scores::new(&faces).unwrap();
        let setting = Setting {
            margin: 0.0,
            ..SETTING
        };
        let trials = Trials::new(&scores, &people(2, 0), &setting, |_| true).unwrap();
        let rates = trials.rates(0.9, &Draws::new(2, 1));
        assert_eq!(rates.fpir.n_trials, 0, "nobody is a stranger");
        assert!(
            rates.wrong.n_errors > 0 && rates.fnir.n_errors >= rates.wrong.n_errors,
            "{rates:?}"
        );
    }

    #[test]
    fn galleries_that_cannot_be_filled_are_refused() {
        let faces = faces(&[(0, 0.0), (0, 5.0), (1, 90.0), (2, 45.0), (2, 46.0)]);
        let scores = Scores::new(&faces).unwrap();
        let error = Trials::new(&scores, &people(3, 1), &SETTING, |_| true).unwrap_err();
        assert!(error.to_string().contains("there are 1"), "{error}");
    }
}
