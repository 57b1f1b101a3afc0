//! The drawings of a report, as SVG. Must not compute what they show.

use plotters::prelude::*;

use crate::report::Report;
use crate::{EvaluateError, Result};

const SIZE: (u32, u32) = (900, 600);
/// Told apart by people who do not see red and green (Okabe, Ito 2008).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];
/// Least rate that is drawn.
const FLOOR: f64 = 1e-4;

/// Both errors of pairs and of searches against each other, on logarithmic axes (a DET plot).
pub(crate) fn det(report: &Report) -> Result<String> {
    let mut svg = String::new();
    draw_det(report, &mut svg).map_err(|problem| EvaluateError::Write {
        file: "det.svg",
        problem: problem.to_string(),
    })?;
    Ok(svg)
}

type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

fn draw_det(report: &Report, svg: &mut String) -> Drawn {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "Strangers who are named, and enrolled people who are not",
            ("sans-serif", 20),
        )
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d((FLOOR..1.0).log_scale(), (1e-3..1.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("FPIR of searches, FMR of pairs")
        .y_desc("FNIR of searches, FNMR of pairs")
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .draw()?;
    let mut lines: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for gallery in &report.galleries {
        let points = gallery.curve.iter().map(|point| (point.fpir, point.fnir));
        lines.push((
            format!("{} people enrolled", gallery.n_people),
            points.collect(),
        ));
    }
    let pairs = report
        .pairs
        .curve
        .iter()
        .map(|point| (point.fmr, point.fnmr));
    lines.push(("pairs".to_owned(), pairs.collect()));
    for ((name, points), colour) in lines.into_iter().zip(COLOURS.iter().cycle().copied()) {
        let points = points
            .into_iter()
            .filter(|(x, y)| *x >= FLOOR && *y >= 1e-3);
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}

fn label(rate: &f64) -> String {
    format!("{} %", (100.0 * rate * 1000.0).round() / 1000.0)
}

/// How similar pairs of one person and of two are.
pub(crate) fn similarity(histogram: &[(f64, u64, u64)]) -> Result<String> {
    let mut svg = String::new();
    draw_similarity(histogram, &mut svg).map_err(|problem| EvaluateError::Write {
        file: "similarity.svg",
        problem: problem.to_string(),
    })?;
    Ok(svg)
}

fn draw_similarity(histogram: &[(f64, u64, u64)], svg: &mut String) -> Drawn {
    /// Steps of a thousandth in one step of the drawing.
    const STEPS: usize = 20;
    let total =
        |field: fn(&(f64, u64, u64)) -> u64| histogram.iter().map(field).sum::<u64>().max(1) as f64;
    let totals = [total(|row| row.1), total(|row| row.2)];
    let shares = |field: fn(&(f64, u64, u64)) -> u64, total: f64| {
        let share = |rows: &[(f64, u64, u64)]| {
            (
                rows[0].0,
                rows.iter().map(field).sum::<u64>() as f64 / total,
            )
        };
        histogram.chunks(STEPS).map(share).collect::<Vec<_>>()
    };
    let lines = [
        ("one person", shares(|row| row.1, totals[0])),
        ("two people", shares(|row| row.2, totals[1])),
    ];
    // Everything at or below zero is in the first step, which would dwarf the rest.
    let rest = lines.iter().flat_map(|(_, line)| line.iter().skip(1));
    let highest = rest.map(|(_, share)| *share).fold(0.01, f64::max);
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Similarity of pairs of photographs", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..1.0, 0.0..1.1 * highest)?;
    chart
        .configure_mesh()
        .x_desc("cosine similarity; what is below 0 is left out")
        .y_desc("share of the pairs")
        .y_label_formatter(&label)
        .max_light_lines(1)
        .draw()?;
    for ((name, points), colour) in lines.into_iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(
                points.into_iter().skip(1),
                colour.stroke_width(2),
            ))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}
