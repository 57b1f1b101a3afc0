//! A comparison as text for people and as CSV for programs. Must not calculate.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};

use super::compare::{Comparison, DayChange, FIGURES, Pair, Pairs};
use crate::time_text::show_duration;

/// Totals of each person, the days that differ, and a line with the sums.
pub fn table(comparison: &Comparison) -> String {
    let (from, to) = (comparison.from, comparison.to);
    if comparison.people.is_empty() {
        return format!(
            "nothing changes for {} from {from} to {to}\n",
            people(comparison.n_people)
        );
    }
    let mut text = String::new();
    let mut totals = Table::new();
    totals.load_preset(presets::NOTHING);
    totals.set_header(["code", "employee", "figure", "now", "new", "difference"]);
    let mut add = |code: &str, name: &str, pairs: &Pairs| {
        let (mut code, mut name) = (code, name);
        for (figure, pair) in changed(pairs) {
            totals.add_row([
                code.to_owned(),
                name.to_owned(),
                FIGURES[figure].name.to_owned(),
                show(figure, pair.old),
                show(figure, pair.new),
                show_difference(figure, pair),
            ]);
            // The name once, not on every line.
            (code, name) = ("", "");
        }
    };
    for person in &comparison.people {
        add(&person.code, &person.display_name, &person.totals);
    }
    add("all", "", &comparison.totals);
    for column in 3..6 {
        if let Some(column) = totals.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    if totals.row_count() > 0 {
        text.push_str(&trimmed(&totals));
        text.push('\n');
    }
    for person in &comparison.people {
        let _ = writeln!(text, "{} {}", person.code, person.display_name);
        for day in &person.days {
            let _ = writeln!(text, "  {}  {}", day.work_date, describe(day));
        }
    }
    let _ = writeln!(
        text,
        "\n{} days of {} change, of {} from {from} to {to}: {}; nothing was written",
        comparison.n_days(),
        people(comparison.people.len()),
        people(comparison.n_people),
        sums(&comparison.totals),
    );
    text
}

/// One line for each figure that changes: totals of a person have no date, sums of all no person.
pub fn csv(comparison: &Comparison) -> String {
    let mut text = "code,employee,work_date,figure,now,new,difference\n".to_owned();
    for person in &comparison.people {
        let who = format!("{},{}", quoted(&person.code), quoted(&person.display_name));
        for day in &person.days {
            let date = day.work_date;
            if day.old_status != day.new_status {
                let (old, new) = statuses(day);
                let _ = writeln!(text, "{who},{date},status,{old},{new},");
            }
            lines(&mut text, &format!("{who},{date}"), &day.figures);
            for (kinds, difference) in [(&day.raised, 1), (&day.gone, -1)] {
                for kind in kinds {
                    let (old, new) = (i32::from(difference < 0), i32::from(difference > 0));
                    let _ = writeln!(text, "{who},{date},{kind},{old},{new},{difference}");
                }
            }
        }
        lines(&mut text, &format!("{who},"), &person.totals);
    }
    lines(&mut text, ",,", &comparison.totals);
    text
}

fn lines(text: &mut String, start: &str, pairs: &Pairs) {
    for (figure, pair) in changed(pairs) {
        let _ = writeln!(
            text,
            "{start},{},{},{},{}",
            FIGURES[figure].name,
            pair.old,
            pair.new,
            pair.difference()
        );
    }
}

fn changed(pairs: &Pairs) -> impl Iterator<Item = (usize, Pair)> {
    pairs
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, pair)| pair.difference() != 0)
}

fn describe(day: &DayChange) -> String {
    let mut parts = Vec::new();
    if day.old_status != day.new_status {
        let (old, new) = statuses(day);
        parts.push(format!("{old} → {new}"));
    }
    for (figure, pair) in changed(&day.figures).filter(|(figure, _)| FIGURES[*figure].is_minutes) {
        parts.push(format!(
            "{} {} → {} ({})",
            FIGURES[figure].name,
            show(figure, pair.old),
            show(figure, pair.new),
            show_difference(figure, pair)
        ));
    }
    parts.extend(day.raised.iter().map(|kind| format!("raises {kind}")));
    parts.extend(day.gone.iter().map(|kind| format!("no {kind}")));
    parts.join(", ")
}

fn statuses(day: &DayChange) -> (&'static str, &'static str) {
    (
        day.old_status.unwrap_or("no day"),
        day.new_status.unwrap_or("no day"),
    )
}

fn sums(totals: &Pairs) -> String {
    let sums: Vec<String> = changed(totals)
        .map(|(figure, pair)| format!("{} {}", FIGURES[figure].name, show_difference(figure, pair)))
        .collect();
    if sums.is_empty() {
        "the sums stay the same".to_owned()
    } else {
        sums.join(", ")
    }
}

fn show(figure: usize, value: i64) -> String {
    if FIGURES[figure].is_minutes {
        show_duration(i32::try_from(value).unwrap_or(i32::MAX))
    } else {
        value.to_string()
    }
}

fn show_difference(figure: usize, pair: Pair) -> String {
    let sign = if pair.difference() > 0 { "+" } else { "" };
    format!("{sign}{}", show(figure, pair.difference()))
}

fn people(n: usize) -> String {
    match n {
        1 => "1 employee".to_owned(),
        n => format!("{n} employees"),
    }
}

/// The table without blanks at the ends of its lines.
fn trimmed(table: &Table) -> String {
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
