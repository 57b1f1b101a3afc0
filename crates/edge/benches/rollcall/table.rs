//! Rows of results, for people and as JSON.

use std::fmt;

use serde_json::{Value, json};

/// One measured figure beside its baseline.
pub struct Row {
    part: String,
    value: String,
    baseline: String,
    ratio: Option<f64>,
    goal: Option<&'static str>,
}

impl Row {
    /// Says what the ratio should be.
    pub fn goal(&mut self, goal: &'static str) {
        self.goal = Some(goal);
    }
}

/// All results of a run.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a ratio of a value to a baseline of the same run.
    pub fn ratio(
        &mut self,
        part: impl Into<String>,
        value: String,
        baseline: String,
        ratio: f64,
    ) -> &mut Row {
        let part = part.into();
        eprintln!("  {part}: {value} against {baseline}: {ratio:.3}");
        self.rows.push(Row {
            part,
            value,
            baseline,
            ratio: Some(ratio),
            goal: None,
        });
        self.rows.last_mut().expect("a row was just added")
    }

    /// Adds a figure that has no baseline.
    pub fn figure(&mut self, part: impl Into<String>, value: String) {
        let part = part.into();
        eprintln!("  {part}: {value}");
        self.rows.push(Row {
            part,
            value,
            baseline: String::new(),
            ratio: None,
            goal: None,
        });
    }

    /// For machines.
    pub fn to_json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({ "part": row.part, "value": row.value, "baseline": row.baseline, "ratio": row.ratio, "goal": row.goal })
            })
            .collect();
        json!({ "rows": rows })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::UTF8_FULL_CONDENSED);
        table.set_header(["what", "measured", "baseline of this run", "ratio", "goal"]);
        for row in &self.rows {
            table.add_row([
                row.part.clone(),
                row.value.clone(),
                row.baseline.clone(),
                row.ratio
                    .map_or_else(String::new, |ratio| format!("{ratio:.3}")),
                row.goal.unwrap_or_default().to_owned(),
            ]);
        }
        write!(f, "{table}")
    }
}

/// Median of a sample.
pub fn median(sample: &mut [f64]) -> f64 {
    percentile(sample, 0.5)
}

/// Percentile (0 to 1) of a sample by nearest rank.
pub fn percentile(sample: &mut [f64], part: f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let index = ((sample.len() as f64 * part).ceil() as usize).clamp(1, sample.len());
    sample[index - 1]
}
