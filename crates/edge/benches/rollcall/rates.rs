//! Error rates of pairs with confidence intervals: all ordered pairs of two photographs, resampled by person, because
//! photographs of one person err together.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rollcall_vision::{Embedding, similarity};

const RESAMPLES: usize = 1000;
const SEED: u64 = 20_261_127;

/// Things and whose they are.
pub struct Labelled<T> {
    pub items: Vec<T>,
    pub person: Vec<usize>,
}

impl<T> Default for Labelled<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            person: Vec::new(),
        }
    }
}

/// Rates of the sample itself, then of each resample, which are the same for all of a run.
pub struct Rates {
    rows: Vec<Row>,
    n_photographs: usize,
    n_genuine: usize,
    n_impostor: usize,
}

/// TAR at FMR 1 % and 0.1 %, EER, and TAR and FMR at the pack's threshold.
type Row = [f64; 5];

const NAMES: [&str; 5] = [
    "TAR at FMR 1 %",
    "TAR at FMR 0.1 %",
    "EER",
    "TAR at the pack's threshold",
    "FMR at the pack's threshold",
];

/// A pair: similarity, and the persons.
type Pair = (f32, usize, usize);

impl Rates {
    /// `person[i]` is whose photograph `i` is, `probe[i]` and `gallery[i]` its embeddings.
    pub fn measure(
        person: &[usize],
        probe: &[Embedding],
        gallery: &[Embedding],
        threshold: f32,
    ) -> Self {
        let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
        for (i, a) in probe.iter().enumerate() {
            for (j, b) in gallery.iter().enumerate().filter(|(j, _)| *j != i) {
                let pair: Pair = (similarity(a, b), person[i], person[j]);
                match person[i] == person[j] {
                    true => genuine.push(pair),
                    false => impostor.push(pair),
                }
            }
        }
        for pairs in [&mut genuine, &mut impostor] {
            pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        }
        let n_people = person.iter().max().map_or(0, |last| last + 1);
        let mut sizes = vec![0.0; n_people];
        person.iter().for_each(|&one| sizes[one] += 1.0);
        let mut random = StdRng::seed_from_u64(SEED);
        let rows = (0..=RESAMPLES).map(|round| {
            let mut weights = vec![0.0; n_people];
            match round {
                0 => weights.fill(1.0),
                _ => (0..n_people).for_each(|_| weights[random.random_range(0..n_people)] += 1.0),
            }
            row(&genuine, &impostor, (&sizes, &weights), threshold)
        });
        Self {
            rows: rows.collect(),
            n_photographs: person.len(),
            n_genuine: genuine.len(),
            n_impostor: impostor.len(),
        }
    }

    /// What was measured, for people.
    pub fn sample(&self) -> String {
        format!(
            "{} with a face, {} ordered genuine pairs, {} impostor pairs; 95 % intervals of {RESAMPLES} resamples of persons",
            self.n_photographs, self.n_genuine, self.n_impostor
        )
    }

    /// Name, value with its interval, and difference to `base` with its own, resample by resample.
    pub fn against(&self, base: &Self) -> Vec<(&'static str, String, String)> {
        let told = |values: Vec<f64>| {
            let mut resamples = values[1..].to_vec();
            resamples.sort_by(f64::total_cmp);
            let at = |part: f64| resamples[(resamples.len() as f64 * part) as usize];
            format!("{:.5} ({:.5} to {:.5})", values[0], at(0.025), at(0.975))
        };
        let columns = NAMES.iter().enumerate().map(|(column, name)| {
            let own = self.rows.iter().map(|row| row[column]);
            let pairs = self.rows.iter().zip(&base.rows);
            let differences = pairs.map(|(row, base)| row[column] - base[column]);
            (*name, told(own.collect()), told(differences.collect()))
        });
        columns.collect()
    }
}

/// Rates where person `p` counts `weights[p]` times. Both lists by falling similarity.
fn row(
    genuine: &[Pair],
    impostor: &[Pair],
    (sizes, weights): (&[f64], &[f64]),
    threshold: f32,
) -> Row {
    // Of all ordered pairs those of one person are none of impostors: (sum n)^2 - sum n^2, with copies of a person apart
    // from one another left out as well.
    let own = |p: usize| sizes[p] * weights[p];
    let total: f64 = (0..sizes.len()).map(own).sum();
    let n_impostor = total * total - (0..sizes.len()).map(|p| own(p) * own(p)).sum::<f64>();
    let n_genuine: f64 = (0..sizes.len())
        .map(|p| weights[p] * sizes[p] * (sizes[p] - 1.0))
        .sum();
    let mut accepted = genuine.iter().peekable();
    let (mut n_accepted, mut n_false) = (0.0, 0.0);
    let mut row = [f64::NAN; 5];
    let is_above = |at: f32| genuine.iter().take_while(move |pair| pair.0 >= at);
    row[3] = is_above(threshold).map(|pair| weights[pair.1]).sum::<f64>() / n_genuine;
    for &(at, a, b) in impostor {
        let before = n_false / n_impostor;
        n_false += weights[a] * weights[b];
        // Genuine pairs are accepted when they are above the impostor pair that would be one too many.
        while let Some(pair) = accepted.next_if(|pair| pair.0 > at) {
            n_accepted += weights[pair.1];
        }
        let (rate, tar) = (n_false / n_impostor, n_accepted / n_genuine);
        for (column, wanted) in [(1, 1e-3), (0, 1e-2)] {
            if row[column].is_nan() && rate > wanted {
                row[column] = tar;
            }
        }
        if row[4].is_nan() && at < threshold {
            row[4] = before;
        }
        if row[2].is_nan() && rate >= 1.0 - tar {
            row[2] = (rate + 1.0 - tar) / 2.0;
        }
        if row.iter().all(|value| !value.is_nan()) {
            break;
        }
    }
    row
}
