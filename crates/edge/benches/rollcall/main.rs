//! Benchmarks as ratios against a baseline measured in the same run: `make bench`.
//! Prints a table and writes `target/bench.json`. No figure here is a test: machines differ.

mod agent;
mod bare;
mod database;
mod detector;
mod gallery;
mod latency;
mod memory;
mod precision;
mod rates;
mod recogniser;
mod scene;
mod spool;
mod stage;
mod table;

use table::Table;

fn main() -> anyhow::Result<()> {
    // Cargo passes `--bench` and filters; a filter chooses parts by name.
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    // Of the part `memory`.
    let minutes = std::env::args()
        .find_map(|argument| argument.strip_prefix("--minutes=")?.parse().ok())
        .unwrap_or(1);
    let wanted = |name: &str| {
        filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut table = Table::default();
    if wanted("recogniser") {
        recogniser::measure(&mut table)?;
    }
    if wanted("precision") {
        precision::measure(&mut table)?;
    }
    if wanted("detector") {
        detector::measure(&mut table)?;
    }
    if wanted("agent") {
        agent::measure(&mut table)?;
    }
    if wanted("spool") {
        spool::measure(&mut table)?;
    }
    if wanted("memory") {
        memory::measure(&mut table, minutes)?;
    }
    if wanted("database") {
        runtime.block_on(database::measure(&mut table))?;
    }
    if wanted("latency") {
        runtime.block_on(latency::measure(&mut table))?;
    }
    println!("\n{table}");
    // A part of the benchmarks must not pass for all of them.
    let name = if filters.is_empty() {
        "bench.json"
    } else {
        "bench-part.json"
    };
    let path = stage::target_dir().join(name);
    std::fs::write(&path, serde_json::to_string_pretty(&table.to_json())?)?;
    println!("also written to {}", path.display());
    Ok(())
}
