//! The operating point that a report speaks for: the threshold that keeps a stated rate of named strangers in a gallery of a
//! stated size. Must not know the database.

use std::path::Path;

use serde::Deserialize;

use crate::interval::at_most;
use crate::report::Model;
use crate::{EvaluateError, Result};

/// By how much a gallery may grow past its present size before it must be chosen anew, where no gallery of the report is
/// as large.
const GROWTH: f64 = 1.25;

/// A threshold with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// With what was measured.
    pub model: Model,
    /// Similarity from which somebody is accepted.
    pub threshold: f64,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// Share of strangers who may be given a name.
    pub target: f64,
    /// The same as measured, or computed for `n_people`.
    pub fpir: f64,
    /// Share of enrolled people who are not given theirs, as measured.
    pub fnir: f64,
    /// People in the largest gallery for which it holds.
    pub n_people: usize,
    /// People in the galleries that were measured.
    pub n_measured: usize,
    /// Photographs of each of them.
    pub n_photos: usize,
    /// How many people were the strangers.
    pub n_strangers: usize,
}

impl Choice {
    /// Whether it is for more people than were measured.
    pub fn is_computed(&self) -> bool {
        self.n_people > self.n_measured
    }
}

#[derive(Deserialize)]
struct Written {
    model: Model,
    margin: f32,
    n_photos: usize,
    galleries: Vec<WrittenGallery>,
}

#[derive(Deserialize)]
struct WrittenGallery {
    n_people: usize,
    in_use: WrittenRates,
}

#[derive(Deserialize)]
struct WrittenRates {
    fpir: WrittenRate,
}

#[derive(Deserialize)]
struct WrittenRate {
    n_people: usize,
}

/// Reads a report and chooses from it, for `n_people` enrolled people.
///
/// Taken from the smallest gallery that is large enough. Beyond the largest one the rate is computed, comparisons taken for
/// independent: FPIR(N) = 1 - (1 - FPIR(n))^(N/n).
///
/// Errors: [`EvaluateError::Read`]; [`EvaluateError::TooFew`] strangers to show the rate, or a rate that no threshold keeps.
pub fn choose(folder: &Path, target: f64, n_people: usize) -> Result<Choice> {
    let json =
        std::fs::read_to_string(folder.join("report.json")).map_err(unread("report.json"))?;
    let report: Written = serde_json::from_str(&json).map_err(unread("report.json"))?;
    let mut galleries = report.galleries;
    galleries.sort_by_key(|gallery| gallery.n_people);
    let large_enough = galleries
        .iter()
        .find(|gallery| gallery.n_people >= n_people);
    let gallery = large_enough
        .or(galleries.last())
        .ok_or_else(|| EvaluateError::Read {
            file: "report.json",
            problem: "it has no gallery".to_owned(),
        })?;
    let (n_measured, n_strangers) = (gallery.n_people, gallery.in_use.fpir.n_people);
    let n_valid = match n_measured >= n_people {
        true => n_measured,
        false => (n_people as f64 * GROWTH).ceil() as usize,
    };
    let times = n_valid as f64 / n_measured as f64;
    // What the measured galleries must keep, so that those of `n_valid` people do.
    let least = over(target, 1.0 / times);
    if at_most(n_strangers) > least {
        return Err(EvaluateError::TooFew {
            what: format!(
                "the report has {n_strangers} strangers; that no more than {} % are given a name with {n_valid} people enrolled takes {:.0} or more to show",
                short(100.0 * target),
                (3.0 / least).ceil()
            ),
            hint: "bring more strangers, measure larger galleries or allow a larger share",
        });
    }
    let mut curve =
        csv::Reader::from_path(folder.join("galleries.csv")).map_err(unread("galleries.csv"))?;
    for row in curve.deserialize() {
        let (n, threshold, fpir, fnir): (usize, f64, f64, f64) =
            row.map_err(unread("galleries.csv"))?;
        if n == n_measured && fpir <= least {
            return Ok(Choice {
                model: report.model,
                threshold,
                margin: report.margin,
                target,
                fpir: over(fpir, times),
                fnir,
                n_people: n_valid,
                n_measured,
                n_photos: report.n_photos,
                n_strangers,
            });
        }
    }
    Err(EvaluateError::TooFew {
        what: format!(
            "no threshold keeps named strangers to {} %",
            short(100.0 * target)
        ),
        hint: "allow a larger share, or take photographs of better quality",
    })
}

/// A rate with `times` as many comparisons, taken for independent.
fn over(rate: f64, times: f64) -> f64 {
    match times == 1.0 {
        true => rate,
        false => 1.0 - (1.0 - rate).powf(times),
    }
}

fn short(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn unread<E: std::fmt::Display>(file: &'static str) -> impl Fn(E) -> EvaluateError {
    move |error| EvaluateError::Read {
        file,
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Galleries of 10 and 100 people and 2,000 strangers, with rates that fall with the threshold.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let gallery = |n: usize| {
            format!("{{\"n_people\":{n},\"in_use\":{{\"fpir\":{{\"n_people\":2000}}}}}}")
        };
        let report = format!(
            "{{\"model\":{{\"pack\":\"p\",\"space\":\"s\"}},\"margin\":0.05,\"n_photos\":3,\"galleries\":[{},{}]}}",
            gallery(100),
            gallery(10)
        );
        std::fs::write(folder.path().join("report.json"), report).unwrap();
        let rows = "gallery_people,threshold,fpir,fnir\n\
            10,0.4,0.02,0.01\n10,0.5,0.002,0.03\n10,0.6,0.0,0.2\n\
            100,0.5,0.02,0.04\n100,0.55,0.009,0.06\n100,0.6,0.002,0.2\n100,0.7,0.0,0.5\n";
        std::fs::write(folder.path().join("galleries.csv"), rows).unwrap();
        folder
    }

    #[test]
    fn the_smallest_gallery_that_is_large_enough_decides() {
        let folder = folder();
        let chosen = |target, n| choose(folder.path(), target, n).unwrap();
        let small = chosen(0.01, 8);
        assert_eq!(
            (small.threshold, small.n_people, small.n_measured),
            (0.5, 10, 10)
        );
        assert_eq!(
            (small.fpir, small.fnir, small.is_computed()),
            (0.002, 0.03, false)
        );
        let large = chosen(0.01, 11);
        assert_eq!((large.threshold, large.n_people), (0.55, 100));
        assert_eq!(
            chosen(0.002, 100).threshold,
            0.6,
            "what is asked for is enough"
        );
    }

    #[test]
    fn beyond_the_largest_gallery_the_rate_is_computed() {
        let folder = folder();
        let chosen = choose(folder.path(), 0.01, 160).unwrap();
        // 160 may grow to 200, twice what was measured: half the rate.
        assert_eq!(
            (chosen.n_people, chosen.n_measured, chosen.threshold),
            (200, 100, 0.6)
        );
        assert!(chosen.is_computed());
        assert!(
            (chosen.fpir - (1.0 - 0.998_f64.powi(2))).abs() < 1e-12,
            "{chosen:?}"
        );
    }

    #[test]
    fn what_the_strangers_cannot_show_is_refused() {
        let folder = folder();
        let error = choose(folder.path(), 0.001, 10).unwrap_err().to_string();
        assert!(
            error.contains("has 2000 strangers") && error.contains("takes 3000 or more"),
            "{error}"
        );
        let error = choose(&folder.path().join("none"), 0.01, 10)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot read `report.json`"), "{error}");
    }
}
