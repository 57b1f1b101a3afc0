//! The whole measurement, and its files. Must not know where faces come from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::faces::Labelled;
use crate::gallery::{Point, Rates, Setting, Trials};
use crate::interval::{Draws, Rate, at_most};
use crate::lfw::{self, Accuracy};
use crate::pairs::{self, AtFmr, Pairs};
use crate::scores::Scores;
use crate::{EvaluateError, Result, drawing};

/// False match rates for which a threshold of pairs is given.
const FMR_TARGETS: [f64; 3] = [1e-2, 1e-3, 1e-4];

/// With what faces were found and compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Model pack of the recogniser.
    pub pack: String,
    /// Digest of its embedding space: figures of another one say nothing.
    pub space: String,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// For the report.
    pub model: Model,
    /// People in a gallery, one or more sizes.
    pub gallery_sizes: Vec<usize>,
    /// Photographs of each of them.
    pub n_photos: usize,
    /// Random galleries of each size.
    pub n_galleries: usize,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// The threshold in use, whose rates are given too.
    pub threshold: f32,
    /// Shares of strangers that may be given a name, for which a threshold is given.
    pub fpir_targets: Vec<f64>,
    /// Galleries and intervals are the same for the same number.
    pub seed: u64,
}

/// Everything that was found. No embedding and no name of a person is in it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// With what.
    pub model: Model,
    /// People, those who are only strangers among them.
    pub n_people: usize,
    /// Photographs.
    pub n_images: usize,
    /// Those that gave a template.
    pub n_faces: usize,
    /// Share that gave none.
    pub failure_to_enrol: f64,
    /// How many gave none, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Comparing photographs in pairs.
    pub pairs: PairReport,
    /// Searching galleries, by size.
    pub galleries: Vec<GalleryReport>,
    /// Thresholds chosen on half of the people, tried on the others.
    pub held_out: Vec<HeldOut>,
    /// The protocol of LFW, where a list was given.
    pub lfw: Option<Accuracy>,
    /// Photographs per person in a gallery.
    pub n_photos: usize,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// Of galleries and intervals.
    pub seed: u64,
    #[serde(skip)]
    histogram: Vec<(f64, u64, u64)>,
    #[serde(skip)]
    refused_images: Vec<(String, String)>,
}

/// Pairs of photographs.
#[derive(Debug, Serialize)]
pub struct PairReport {
    /// Pairs of one person.
    pub n_genuine: u64,
    /// Pairs of two.
    pub n_impostor: u64,
    /// Where both rates are equal.
    pub equal_error_rate: f64,
    /// The threshold there.
    pub equal_error_threshold: f64,
    /// Thresholds for stated false match rates.
    pub at: Vec<AtFmr>,
    #[serde(skip)]
    pub(crate) curve: Vec<pairs::Point>,
}

/// Galleries of one size.
#[derive(Debug, Serialize)]
pub struct GalleryReport {
    /// People in each.
    pub n_people: usize,
    /// How many.
    pub n_galleries: usize,
    /// At the threshold in use.
    pub in_use: Rates,
    /// Thresholds for stated rates of strangers who are given a name.
    pub at: Vec<AtFpir>,
    #[serde(skip)]
    pub(crate) curve: Vec<Point>,
}

/// The threshold of a wanted rate.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AtFpir {
    /// What was wanted.
    pub target: f64,
    /// Whether there are strangers enough to show it: without any error they bound the rate by `3 / n`.
    pub is_shown: bool,
    /// What it costs.
    pub rates: Rates,
}

/// A threshold chosen on half of the people, tried on the others.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct HeldOut {
    /// What was wanted.
    pub target: f64,
    /// People in a gallery.
    pub n_people: usize,
    /// On those for whom it was chosen.
    pub chosen: Rates,
    /// On the others.
    pub found: Rates,
    /// Whether what was wanted is within the interval of what was found, or above it.
    pub holds: bool,
}

/// Measures.
///
/// `pairs`: the text of a list as LFW's `pairs.txt`. `note` hears what is being done.
/// Errors: too few or too many faces, a list that cannot be read.
pub fn measure(
    labelled: &Labelled,
    options: &Options,
    pairs: Option<&str>,
    note: impl Fn(&str),
) -> Result<Report> {
    note("comparing all faces");
    let scores = Scores::new(&labelled.faces)?;
    let draws = Draws::new(labelled.people.len(), options.seed);
    let all = Pairs::new(&scores, labelled.people.len());
    let (n_genuine, n_impostor) = all.n();
    if n_genuine == 0 || n_impostor == 0 {
        return Err(EvaluateError::TooFew {
            what: "there are no two usable photographs of one person, or only one person"
                .to_owned(),
            hint: "make a folder for each person, with two photographs or more",
        });
    }
    let (equal_error_threshold, equal_error_rate) = all.equal_error();
    let at_fmr = FMR_TARGETS.iter();
    let pair_report = PairReport {
        n_genuine,
        n_impostor,
        equal_error_rate,
        equal_error_threshold,
        at: at_fmr
            .filter_map(|&target| all.at_fmr(target, &draws))
            .collect(),
        curve: all.curve(),
    };
    let mut galleries = Vec::new();
    for &n_people in &options.gallery_sizes {
        note(&format!("searching galleries of {n_people} people"));
        let trials = Trials::new(
            &scores,
            &labelled.people,
            &setting(options, n_people),
            |_| true,
        )?;
        galleries.push(gallery(&trials, options, n_people, &draws));
    }
    note("trying thresholds on other people");
    let held_out = held_out(labelled, &scores, options, &draws)?;
    let reasons = labelled.reasons().into_iter();
    let refused = labelled.refused.iter();
    Ok(Report {
        model: options.model.clone(),
        n_people: labelled.people.len(),
        n_images: labelled.n_images(),
        n_faces: labelled.faces.len(),
        failure_to_enrol: labelled.failure_to_enrol(),
        refused: reasons.map(|(reason, n)| (reason.to_owned(), n)).collect(),
        galleries,
        held_out,
        lfw: pairs
            .map(|list| lfw::accuracy(list, labelled, &scores))
            .transpose()?,
        n_photos: options.n_photos,
        margin: options.margin,
        seed: options.seed,
        histogram: all.histogram().collect(),
        refused_images: refused
            .map(|refused| (refused.image.clone(), refused.reason.clone()))
            .collect(),
        pairs: pair_report,
    })
}

fn setting(options: &Options, n_people: usize) -> Setting {
    Setting {
        n_people,
        n_photos: options.n_photos,
        n_galleries: options.n_galleries,
        margin: options.margin,
        seed: options.seed,
    }
}

fn gallery(trials: &Trials, options: &Options, n_people: usize, draws: &Draws) -> GalleryReport {
    let at = |&target: &f64| {
        let rates = trials.rates(trials.threshold_for(target)?, draws);
        Some(AtFpir {
            target,
            is_shown: at_most(rates.fpir.n_people) <= target || rates.fpir.n_errors > 0,
            rates,
        })
    };
    GalleryReport {
        n_people,
        n_galleries: options.n_galleries,
        in_use: trials.rates(options.threshold.into(), draws),
        at: options.fpir_targets.iter().filter_map(at).collect(),
        curve: trials.curve(),
    }
}

/// Empty where half of the people do not fill a gallery.
fn held_out(
    labelled: &Labelled,
    scores: &Scores,
    options: &Options,
    draws: &Draws,
) -> Result<Vec<HeldOut>> {
    let mut order: Vec<usize> = (0..labelled.people.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(options.seed));
    // Those who can be enrolled and those who cannot are halved apart.
    let mut n_faces = vec![0; labelled.people.len()];
    for face in &labelled.faces {
        n_faces[face.person] += 1;
    }
    let is_able =
        |person: usize| !labelled.people[person].is_stranger && n_faces[person] > options.n_photos;
    let (able, others): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|&person| is_able(person));
    let mut is_first = vec![false; labelled.people.len()];
    for half in [&able, &others] {
        half.iter()
            .step_by(2)
            .for_each(|&person| is_first[person] = true);
    }
    let n_half = able.len() / 2;
    let fitting = options.gallery_sizes.iter().filter(|&&n| n <= n_half).max();
    let n_people = fitting.copied().unwrap_or(n_half);
    if n_people < 2 {
        return Ok(Vec::new());
    }
    let setting = setting(options, n_people);
    let first = Trials::new(scores, &labelled.people, &setting, |person| {
        is_first[person]
    })?;
    let second = Trials::new(scores, &labelled.people, &setting, |person| {
        !is_first[person]
    })?;
    let tried = options.fpir_targets.iter().filter_map(|&target| {
        let threshold = first.threshold_for(target)?;
        let (chosen, found) = (
            first.rates(threshold, draws),
            second.rates(threshold, draws),
        );
        let holds = found.fpir.low <= target;
        Some(HeldOut {
            target,
            n_people,
            chosen,
            found,
            holds,
        })
    });
    Ok(tried
        .filter(|tried| tried.found.fpir.n_trials > 0)
        .collect())
}

impl Report {
    /// Writes `report.md`, `report.json`, the figures behind the drawings as CSV, the drawings as SVG and the list of refused
    /// photographs into a folder that exists.
    ///
    /// Errors: [`EvaluateError::Write`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self).map_err(written("report.json"))?;
        let texts = [
            ("report.md", self.in_words()),
            ("report.json", json + "\n"),
            ("det.svg", drawing::det(self)?),
            ("similarity.svg", drawing::similarity(&self.histogram)?),
        ];
        for (file, text) in texts {
            std::fs::write(folder.join(file), text).map_err(written(file))?;
        }
        let pairs = self
            .pairs
            .curve
            .iter()
            .map(|p| (p.threshold, p.fmr, p.fnmr));
        table(folder, "pairs.csv", &["threshold", "fmr", "fnmr"], pairs)?;
        let searches = self.galleries.iter().flat_map(|gallery| {
            let row = |p: &Point| (gallery.n_people, p.threshold, p.fpir, p.fnir);
            gallery.curve.iter().map(row)
        });
        table(
            folder,
            "galleries.csv",
            &["gallery_people", "threshold", "fpir", "fnir"],
            searches,
        )?;
        let similarity = self.histogram.iter();
        table(
            folder,
            "similarity.csv",
            &[
                "similarity_from",
                "pairs_of_one_person",
                "pairs_of_two_people",
            ],
            similarity,
        )?;
        table(
            folder,
            "refused.csv",
            &["photograph", "reason"],
            self.refused_images.iter(),
        )
    }

    /// The report for people.
    pub fn in_words(&self) -> String {
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        line("# How often recognition is wrong\n");
        line(&format!(
            "{} photographs of {} people. {} gave a template; {} did not ({}), {}.",
            self.n_images,
            self.n_people,
            self.n_faces,
            self.n_images - self.n_faces,
            percent(self.failure_to_enrol),
            match self.refused.is_empty() {
                true => "none was refused".to_owned(),
                false => {
                    let reasons = self
                        .refused
                        .iter()
                        .map(|(reason, n)| format!("{reason}: {n}"));
                    format!(
                        "for these reasons: {}",
                        reasons.collect::<Vec<_>>().join(", ")
                    )
                }
            }
        ));
        line(
            "In brackets: 95 % intervals over people; where nothing went wrong, what that many people still allow.\n",
        );
        for gallery in &self.galleries {
            line(&format!(
                "## {} people enrolled, {} photographs each, lead {:.2}\n",
                gallery.n_people, self.n_photos, self.margin
            ));
            line(
                "| Strangers may be named | Threshold | Strangers who are named (FPIR) | Enrolled people not named (FNIR) | Named as another |",
            );
            line("|---|---|---|---|---|");
            let mut row = |what: String, rates: &Rates| {
                line(&format!(
                    "| {what} | {:.3} | {} | {} | {} |",
                    rates.threshold,
                    shown(&rates.fpir),
                    shown(&rates.fnir),
                    shown(&rates.wrong)
                ));
            };
            row("as in use".to_owned(), &gallery.in_use);
            for at in &gallery.at {
                let doubt = if at.is_shown {
                    ""
                } else {
                    ", which these photographs cannot show"
                };
                row(format!("{}{doubt}", percent(at.target)), &at.rates);
            }
            line(&format!("\nAs in use: {}.\n", plain(&gallery.in_use)));
        }
        if !self.held_out.is_empty() {
            line("## Thresholds tried on other people\n");
            line("Chosen on half of the people, tried on the other half.\n");
            line(
                "| Strangers may be named | Gallery | Threshold | There | On the others | Enrolled people not named | |",
            );
            line("|---|---|---|---|---|---|---|");
            for tried in &self.held_out {
                line(&format!(
                    "| {} | {} people | {:.3} | {} | {} | {} | {} |",
                    percent(tried.target),
                    tried.n_people,
                    tried.chosen.threshold,
                    shown(&tried.chosen.fpir),
                    shown(&tried.found.fpir),
                    shown(&tried.found.fnir),
                    if tried.holds {
                        "holds"
                    } else {
                        "**does not hold**"
                    }
                ));
            }
            line("");
        }
        line("## Pairs of photographs\n");
        line(&format!(
            "{} pairs of one person, {} of two. Equal error rate {} at {:.3}.\n",
            self.pairs.n_genuine,
            self.pairs.n_impostor,
            percent(self.pairs.equal_error_rate),
            self.pairs.equal_error_threshold
        ));
        line("| FMR wanted | Threshold | FMR | FNMR |");
        line("|---|---|---|---|");
        for at in &self.pairs.at {
            let (fmr, fnmr) = (shown(&at.fmr), shown(&at.fnmr));
            line(&format!(
                "| {} | {:.3} | {fmr} | {fnmr} |",
                percent(at.target),
                at.threshold
            ));
        }
        if let Some(lfw) = &self.lfw {
            line(&format!(
                "\nBy the protocol of LFW: {:.4} ± {:.4} right over {} folds of {} pairs in all; {} with a photograph that gave no face, taken for two people.",
                lfw.mean, lfw.standard_error, lfw.n_folds, lfw.n_pairs, lfw.n_without_face
            ));
        }
        let mut files = String::new();
        let _ = write!(
            files,
            "\n`det.svg` and `similarity.svg` draw these figures; `galleries.csv`, `pairs.csv` and `similarity.csv` have them; `refused.csv` lists the photographs that gave no template. Seed {}.",
            self.seed
        );
        line(&files);
        text
    }
}

/// Rates as somebody would say them.
pub fn plain(rates: &Rates) -> String {
    let one_in = |rate: &Rate, none: &str| match rate.n_errors {
        0 => none.to_owned(),
        _ => format!("about 1 in {:.0}", 1.0 / rate.rate),
    };
    format!(
        "{} strangers is given a name (at worst 1 in {:.0}), {} arrivals of enrolled people is asked to look again",
        one_in(&rates.fpir, "none of these"),
        1.0 / rates.fpir.high,
        one_in(&rates.fnir, "none of these")
    )
}

fn shown(rate: &Rate) -> String {
    match rate.n_trials {
        0 => "no trials".to_owned(),
        _ => format!(
            "{} ({} to {})",
            percent(rate.rate),
            percent(rate.low),
            percent(rate.high)
        ),
    }
}

/// With as many digits as tell it from nothing.
fn percent(rate: f64) -> String {
    let percent = 100.0 * rate;
    match percent {
        _ if percent == 0.0 => "0 %".to_owned(),
        _ if percent < 0.1 => format!("{percent:.3} %"),
        _ if percent < 1.0 => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

fn table<R: Serialize>(
    folder: &Path,
    file: &'static str,
    head: &[&str],
    rows: impl Iterator<Item = R>,
) -> Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_path(folder.join(file))
        .map_err(written(file))?;
    writer.write_record(head).map_err(written(file))?;
    for row in rows {
        writer.serialize(row).map_err(written(file))?;
    }
    writer.flush().map_err(written(file))
}

fn written<E: std::fmt::Display>(file: &'static str) -> impl Fn(E) -> EvaluateError {
    move |error| EvaluateError::Write {
        file,
        problem: error.to_string(),
    }
}
