//! The protocol of Labeled Faces in the Wild (Huang et al. 2007, "image-restricted", View 2): pairs in ten folds, the threshold
//! of each chosen on the other nine. Must not know galleries.

use std::collections::HashMap;

use serde::Serialize;

use crate::faces::Labelled;
use crate::grid;
use crate::scores::Scores;
use crate::{EvaluateError, Result};

/// What the protocol gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// Mean share of right answers over the folds.
    pub mean: f64,
    /// Its standard error over the folds.
    pub standard_error: f64,
    /// Folds.
    pub n_folds: usize,
    /// Pairs in all.
    pub n_pairs: usize,
    /// Pairs with a photograph that gave no face or is not there: taken for two people.
    pub n_without_face: usize,
}

/// A pair: the highest threshold that it reaches, and whether it is one person.
type Pair = (usize, bool);

/// Follows `list`, the text of a `pairs.txt`. Photographs are named as there: folder, and its number in the file's name.
///
/// Errors: [`EvaluateError::Pairs`].
pub fn accuracy(list: &str, labelled: &Labelled, scores: &Scores) -> Result<Accuracy> {
    let mut by_name: HashMap<(&str, u32), usize> = HashMap::new();
    for (index, face) in labelled.faces.iter().enumerate() {
        if let Some(number) = number_of(&face.image) {
            by_name.insert((&labelled.people[face.person].name, number), index);
        }
    }
    let mut lines = list
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let refused = |line: usize, problem: &str| EvaluateError::Pairs {
        line: line + 1,
        problem: problem.to_owned(),
    };
    let (first, head) = lines
        .next()
        .ok_or_else(|| refused(0, "the list is empty"))?;
    let mut head = head.split_whitespace().map(str::parse::<usize>);
    let (Some(Ok(n_folds)), Some(Ok(n_each)), None) = (head.next(), head.next(), head.next())
    else {
        return Err(refused(
            first,
            "expected two numbers: folds, and pairs of each kind in a fold",
        ));
    };
    if n_folds < 2 || n_each == 0 {
        return Err(refused(first, "expected at least 2 folds and 1 pair"));
    }
    let mut pairs: Vec<Pair> = Vec::new();
    let mut n_without_face = 0;
    for (at, line) in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (a, b, is_same) = match words[..] {
            [name, a, b] => ((name, a), (name, b), true),
            [name, a, other, b] => ((name, a), (other, b), false),
            _ => return Err(refused(at, "expected three or four words")),
        };
        let find = |(name, number): (&str, &str)| {
            let number = number
                .parse()
                .map_err(|_| refused(at, "expected a number behind the name"))?;
            Ok(by_name.get(&(name, number)).copied())
        };
        match (find(a)?, find(b)?) {
            (Some(a), Some(b)) => pairs.push((grid::step(scores.of(a, b)), is_same)),
            _ => {
                n_without_face += 1;
                pairs.push((0, is_same));
            }
        }
    }
    if pairs.len() != n_folds * n_each * 2 {
        let problem = format!(
            "the list has {} pairs, its first line says {}",
            pairs.len(),
            n_folds * n_each * 2
        );
        return Err(refused(first, &problem));
    }
    let folds: Vec<&[Pair]> = pairs.chunks(2 * n_each).collect();
    let right = |pairs: &[Pair], least: usize| {
        pairs
            .iter()
            .filter(|(step, is_same)| (*step >= least) == *is_same)
            .count()
    };
    let shares: Vec<f64> = (0..n_folds)
        .map(|fold| {
            let others = |least| {
                let others = folds.iter().enumerate().filter(|(other, _)| *other != fold);
                others.map(|(_, pairs)| right(pairs, least)).sum::<usize>()
            };
            // The middle of equally good ones.
            let best = (1..grid::LEN).map(others).max().unwrap_or(0);
            let good: Vec<usize> = (1..grid::LEN)
                .filter(|&least| others(least) == best)
                .collect();
            right(folds[fold], good[good.len() / 2]) as f64 / folds[fold].len() as f64
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / n_folds as f64;
    let variance = shares
        .iter()
        .map(|share| (share - mean).powi(2))
        .sum::<f64>()
        / (n_folds - 1) as f64;
    Ok(Accuracy {
        mean,
        standard_error: (variance / n_folds as f64).sqrt(),
        n_folds,
        n_pairs: pairs.len(),
        n_without_face,
    })
}

/// The number at the end of a file's name: 7 of `Ada/Ada_0007.jpg`.
fn number_of(image: &str) -> Option<u32> {
    let stem = image.rsplit_once('.').map_or(image, |(stem, _)| stem);
    let digits = stem
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::{Face, Person};
    use rollcall_vision::Embedding;

    fn labelled() -> Labelled {
        let person = |name: &str| Person {
            name: name.to_owned(),
            is_stranger: false,
        };
        let face = |person: usize, number: u32, angle: f32| Face {
            person,
            image: format!("x/x_{number:04}.jpg"),
            embedding: Embedding::from_raw(
                &[angle.to_radians().cos(), angle.to_radians().sin()],
                None,
            )
            .unwrap(),
        };
        Labelled {
            people: vec![person("Ada"), person("Bob")],
            faces: vec![
                face(0, 1, 0.0),
                face(0, 2, 10.0),
                face(1, 1, 80.0),
                face(1, 2, 88.0),
            ],
            refused: Vec::new(),
        }
    }

    #[test]
    fn two_folds_of_clear_pairs_are_all_right_and_a_lost_face_counts_against() {
        let labelled = labelled();
        let scores = Scores::new(&labelled.faces).unwrap();
        let list = "2 1\nAda 1 2\nAda 1 Bob 1\nBob 1 2\nBob 2 Ada 2\n";
        let found = accuracy(list, &labelled, &scores).unwrap();
        assert_eq!(
            (found.mean, found.standard_error, found.n_pairs),
            (1.0, 0.0, 4)
        );
        let lost = list.replace("Bob 1 2", "Bob 1 9");
        let found = accuracy(&lost, &labelled, &scores).unwrap();
        assert_eq!((found.mean, found.n_without_face), (0.75, 1));
    }

    #[test]
    fn lists_that_cannot_be_read_are_named_by_line() {
        let labelled = labelled();
        let scores = Scores::new(&labelled.faces).unwrap();
        for (list, line) in [
            ("", 1),
            ("ten 3\n", 1),
            ("1 1\nAda 1 2\n", 1),
            ("2 1\nAda 1\n", 2),
            ("2 1\nAda x 2\n", 2),
            ("2 1\nAda 1 2\n", 1),
        ] {
            let error = accuracy(list, &labelled, &scores).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("line {line} ")),
                "{list:?}: {error}"
            );
        }
    }
}
