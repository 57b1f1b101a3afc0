//! `rollcall operating-point`: an organisation's threshold from measured errors. Must not measure, nor decide about faces.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use rollcall_evaluate::choose;
use rollcall_store::operating_point::{
    InUse, OperatingPoint, operating_point, operating_point_set,
};

use crate::evaluate::share;
use crate::provision::{InOrganization, Opened, with_instance};

/// The threshold of an organisation.
#[derive(Subcommand)]
pub enum Command {
    /// Show threshold and margin in use, and what speaks for them.
    Show {
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Choose threshold and margin from a report of `rollcall evaluate`, for as many people as are enrolled.
    Set {
        /// Share of strangers who may be given a name, for example 0.001.
        #[arg(long, value_parser = share)]
        fpir: f64,
        /// Folder that `rollcall evaluate --out` wrote.
        #[arg(long)]
        report: PathBuf,
        /// Choose for this many people. [default: as many as are enrolled]
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        people: Option<u32>,
        /// Only say what would be set.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        organization: InOrganization,
    },
}

impl Command {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(&self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Show { organization } => {
                let organization_id = opened.organization(organization).await?;
                show(&operating_point(&opened.admin, organization_id).await?);
            }
            Self::Set {
                fpir,
                report,
                people,
                dry_run,
                organization,
            } => {
                let organization_id = opened.organization(organization).await?;
                let before = operating_point(&opened.admin, organization_id).await?;
                let n_people = people.map_or(before.n_enrolled as usize, |n| n as usize);
                let point = chosen(report, *fpir, n_people.max(1), &before)?;
                if *dry_run {
                    outln!(
                        "would set threshold {:.3} and margin {:.2}, from {:.3} and {:.2}",
                        point.threshold,
                        point.margin,
                        before.threshold,
                        before.margin
                    );
                    words(&point);
                    return Ok(());
                }
                show(&operating_point_set(&opened.admin, organization_id, &point).await?);
                outln!("From now on; what was decided stays as it was.");
            }
        }
        Ok(())
    }
}

fn chosen(
    report: &Path,
    fpir: f64,
    n_people: usize,
    now: &InUse,
) -> anyhow::Result<OperatingPoint> {
    let choice = choose(report, fpir, n_people)?;
    if choice.model.space != now.space_digest {
        bail!(
            "the report measured model `{}` ({:.12}), the organisation uses `{}` ({:.12})\nhint: measure with the model that is in use",
            choice.model.pack,
            choice.model.space,
            now.pack,
            now.space_digest
        );
    }
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    Ok(OperatingPoint {
        space_digest: choice.model.space,
        threshold: choice.threshold as f32,
        margin: choice.margin,
        fpir_target: choice.target,
        fpir: choice.fpir,
        fnir: choice.fnir,
        n_people: count(choice.n_people),
        n_measured: count(choice.n_measured),
        n_photos: i16::try_from(choice.n_photos).unwrap_or(i16::MAX),
        n_strangers: count(choice.n_strangers),
    })
}

fn show(now: &InUse) {
    outln!(
        "threshold {:.3}, margin {:.2}, model `{}`; {} people enrolled",
        now.threshold,
        now.margin,
        now.pack,
        now.n_enrolled
    );
    let Some((point, set_at)) = &now.set else {
        outln!("These are the model pack's own: nobody has measured them for this organisation.");
        outln!("hint: `rollcall evaluate`, then `rollcall operating-point set`");
        return;
    };
    outln!("set {} from measured errors:", set_at.strftime("%F %R UTC"));
    words(point);
    if now.n_enrolled > i64::from(point.n_people) {
        outln!(
            "WARNING: more people are enrolled than it holds for, so strangers are named more often\nhint: measure and set it anew"
        );
    }
    if (now.threshold, now.margin) != (point.threshold, point.margin) {
        outln!("WARNING: threshold or margin were changed since by other means");
    }
}

fn words(point: &OperatingPoint) {
    let strangers = match point.fpir > 0.0 {
        true => format!(
            "about 1 in {:.0} strangers is given a wrong name",
            1.0 / point.fpir
        ),
        false => format!(
            "none of {} strangers was given a name; asked for was at most 1 in {:.0}",
            point.n_strangers,
            1.0 / point.fpir_target
        ),
    };
    let arrivals = match point.fnir > 0.0 {
        true => format!(
            "about 1 in {:.0} arrivals is asked to look again",
            1.0 / point.fnir
        ),
        false => "no arrival was asked to look again".to_owned(),
    };
    outln!("{strangers}, {arrivals}.");
    match point.n_people > point.n_measured {
        true => outln!(
            "Holds for up to {} people, computed from galleries of {} with {} photographs each and {} strangers.",
            point.n_people,
            point.n_measured,
            point.n_photos,
            point.n_strangers
        ),
        false => outln!(
            "Holds for up to {} people, measured with {} photographs each and {} strangers.",
            point.n_people,
            point.n_photos,
            point.n_strangers
        ),
    }
}
