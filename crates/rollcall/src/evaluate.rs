//! `rollcall evaluate`: how often recognition is wrong, on photographs whose people are known. Must not know statistics: those
//! are in `rollcall-evaluate`; nothing here touches the database.

mod embed;
mod images;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use rollcall_evaluate::report::plain;
use rollcall_evaluate::{Labelled, Model, Options, measure};
use rollcall_vision::manifest::Kind;

use crate::config::Config;
use crate::hub::recogniser_pack;

/// Gallery sizes that are tried unless told otherwise, as far as there are people.
const SIZES: [usize; 6] = [10, 30, 100, 300, 1000, 3000];

/// Photographs to measure with, and how.
#[derive(Args)]
pub struct Evaluate {
    /// Folder with a folder for each person, named as you like, with JPEG, PNG, WebP, BMP or TIFF files of that person.
    #[arg(long)]
    images: PathBuf,
    /// Folder of people who are never enrolled: each file, or each folder of files, is another one.
    #[arg(long)]
    strangers: Option<PathBuf>,
    /// Folder for the report; made when it is not there. An interrupted run goes on where it was.
    #[arg(long)]
    out: PathBuf,
    /// Take the largest face where a photograph shows several, which enrolment refuses.
    #[arg(long)]
    largest_face: bool,
    /// People in a gallery; several sizes with commas. [default: up to three of 10, 30, 100, 300, 1000, 3000 that there are
    /// people for]
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    gallery: Vec<u32>,
    /// Photographs of each of them; the others are searched for.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    photos: u32,
    /// Random galleries of each size.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    galleries: u32,
    /// Shares of strangers who may be given a name, for which a threshold is found.
    #[arg(long, value_delimiter = ',', default_value = "0.01,0.001", value_parser = share)]
    fpir: Vec<f64>,
    /// Similarity from which somebody is accepted. [default: the model pack's]
    #[arg(long, value_parser = similarity)]
    threshold: Option<f32>,
    /// Least lead over the second-best person. [default: the model pack's]
    #[arg(long, value_parser = similarity)]
    margin: Option<f32>,
    /// A list as LFW's pairs.txt, whose protocol is followed too.
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// Galleries and intervals are the same for the same number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A share above 0 and below 1.
pub fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    match share > 0.0 && share < 1.0 {
        true => Ok(share),
        false => Err("expected a share above 0 and below 1, for example 0.001".to_owned()),
    }
}

fn similarity(text: &str) -> Result<f32, String> {
    let similarity: f32 = text.parse().map_err(|_| "expected a number".to_owned())?;
    match (0.0..=1.0).contains(&similarity) {
        true => Ok(similarity),
        false => Err("expected a similarity from 0 to 1".to_owned()),
    }
}

impl Evaluate {
    /// Runs the command.
    pub fn run(self, instance: &Path) -> anyhow::Result<ExitCode> {
        let config = Config::load(instance)?;
        let pack = recogniser_pack(&config)?;
        let Kind::Recogniser(spec) = &pack.manifest().kind else {
            anyhow::bail!("model pack `{}` is no recogniser", config.recogniser);
        };
        let pairs = self.pairs.as_ref().map(|path| {
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read `{}`", path.display()))
        });
        let pairs = pairs.transpose()?;
        let images = images::list(&self.images, self.strangers.as_deref())?;
        outln!(
            "{} photographs of {} people{}",
            images.files.len(),
            images.people.len(),
            match images.n_passed_over {
                0 => String::new(),
                n => format!("; {n} other files passed over"),
            }
        );
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("cannot make the folder `{}`", self.out.display()))?;
        let partial = self.out.join("faces.partial");
        // Also the way to look at a photograph, which an interrupted run must share.
        let way = match self.largest_face {
            true => "largest face",
            false => "one face",
        };
        let way = format!("{}, {}, {way}", config.detector, pack.space()?.digest);
        let labelled = embed::embed(&config, (&way, self.largest_face), images, &partial)?;
        let options = Options {
            model: Model {
                pack: config.recogniser.clone(),
                space: pack.space()?.digest,
            },
            gallery_sizes: self.sizes(&labelled),
            n_photos: self.photos as usize,
            n_galleries: self.galleries as usize,
            margin: self.margin.unwrap_or(spec.margin),
            threshold: self.threshold.unwrap_or(spec.threshold),
            fpir_targets: self.fpir,
            seed: self.seed,
        };
        let note = |what: &str| outln!("{what} …");
        let report = measure(&labelled, &options, pairs.as_deref(), note)
            .and_then(|report| report.write(&self.out).map(|()| report))
            .inspect_err(|_| {
                eprintln!(
                    "what was done is kept in `{}` for the next run; it holds embeddings: remove it if there is none",
                    partial.display()
                );
            })?;
        // Embeddings stay nowhere but in the database.
        std::fs::remove_file(&partial).with_context(|| {
            format!(
                "cannot remove `{}`, which holds embeddings",
                partial.display()
            )
        })?;
        if let Some(gallery) = report.galleries.last() {
            outln!(
                "With {} people enrolled and threshold {:.2}: {}.",
                gallery.n_people,
                gallery.in_use.threshold,
                plain(&gallery.in_use)
            );
        }
        for tried in report.held_out.iter().filter(|tried| !tried.holds) {
            outln!(
                "The threshold for {} % of strangers, chosen on half of the people, does not hold on the others.",
                100.0 * tried.target
            );
        }
        outln!("The report is {}", self.out.join("report.md").display());
        Ok(ExitCode::SUCCESS)
    }

    fn sizes(&self, labelled: &Labelled) -> Vec<usize> {
        if !self.gallery.is_empty() {
            return self.gallery.iter().map(|&n| n as usize).collect();
        }
        let mut n_faces = vec![0; labelled.people.len()];
        for face in &labelled.faces {
            n_faces[face.person] += 1;
        }
        let people = labelled.people.iter().zip(n_faces);
        let able = people.filter(|(person, n)| !person.is_stranger && *n > self.photos as usize);
        let n_able = able.count();
        let fitting: Vec<usize> = SIZES.into_iter().filter(|&n| n <= n_able).collect();
        match fitting.len() {
            // Too few people are told from the size that they would have to be.
            0 => vec![n_able.max(2)],
            n => fitting[n.saturating_sub(3)..].to_vec(),
        }
    }
}
