//! What each crate must not know, checked on manifests and sources (see ARCHITECTURE.md).

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest file; generated ones excepted.
const MAX_LINES: usize = 600;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Direct dependencies that ship, by crate name without `rollcall-`.
fn direct_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let text = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let short = |name: &str| name.strip_prefix("rollcall-").unwrap_or(name).to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| short(dependency["name"].as_str().unwrap()))
                .collect();
            (short(package["name"].as_str().unwrap()), dependencies)
        })
        .collect()
}

/// Every crate that ends up in a program, by name.
fn all_dependencies(package: &str) -> BTreeSet<String> {
    cargo(&[
        "tree",
        "--offline",
        "-p",
        package,
        "-e",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ])
    .lines()
    .filter_map(|line| line.split_whitespace().next())
    .map(str::to_owned)
    .collect()
}

/// Source files of a crate: `src` only, since tests and benchmarks may look behind the scenes.
fn sources(krate: &str) -> Vec<(PathBuf, String)> {
    files(&repository().join("crates").join(krate).join("src"))
}

fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

#[test]
fn only_the_named_crates_use_a_dependency() {
    let all = direct_dependencies();
    for (dependency, allowed) in [
        ("tokio-postgres", &["store", "testkit"][..]),
        ("deadpool-postgres", &["store", "testkit"]),
        ("polars", &["analytics"]),
        ("axum", &["api", "edge"]),
        ("async-graphql", &["api"]),
        ("opencv", &["vision", "edge"]),
        ("ort", &["vision"]),
        ("testkit", &[]),
    ] {
        let users: Vec<&str> = all
            .iter()
            .filter(|(_, dependencies)| dependencies.contains(dependency))
            .map(|(name, _)| name.as_str())
            .filter(|name| !allowed.contains(name))
            .collect();
        assert!(
            users.is_empty(),
            "{users:?} must not depend on {dependency}"
        );
    }
    let own: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    let uses = |name: &str| -> Vec<&str> {
        all[name]
            .iter()
            .map(String::as_str)
            .filter(|dependency| own.contains(dependency))
            .collect()
    };
    assert_eq!(uses("domain"), Vec::<&str>::new());
    assert_eq!(uses("store"), ["domain"]);
    assert!(uses("vision").iter().all(|name| *name == "domain"));
}

#[test]
fn the_agent_carries_no_graphql_and_no_data_frames() {
    let carried = all_dependencies("rollcall-edge");
    assert!(carried.contains("opencv"), "the list is real: {carried:?}");
    for name in ["async-graphql", "polars", "rust-embed"] {
        assert!(!carried.contains(name), "rollcall-edge carries {name}");
    }
}

#[test]
fn the_domain_has_no_input_output_clock_or_wire_format() {
    let dependencies = &direct_dependencies()["domain"];
    for name in ["serde", "tokio", "tracing"] {
        assert!(!dependencies.contains(name), "domain depends on {name}");
    }
    for (path, text) in sources("domain") {
        for word in [
            "std::fs",
            "std::net",
            "std::env",
            "std::io",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
            "async fn",
        ] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn only_the_store_contains_sql() {
    for krate in [
        "domain",
        "vision",
        "edge",
        "worker",
        "api",
        "analytics",
        "rollcall",
    ] {
        for (path, text) in sources(krate) {
            // The spool is a SQLite file of the agent's own; PostgreSQL is what only the store knows.
            if path.components().any(|part| part.as_os_str() == "spool") {
                continue;
            }
            for statement in [
                "\"select ",
                "\"insert into ",
                "\"update ",
                "\"delete from ",
                "\"listen ",
                "\"notify ",
            ] {
                assert!(
                    !text.contains(statement),
                    "{} has {statement}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for_and_stays_short() {
    for entry in std::fs::read_dir(repository().join("crates")).unwrap() {
        for (path, text) in files(&entry.unwrap().path()) {
            assert!(
                text.starts_with("//!"),
                "{} does not open with `//!`",
                path.display()
            );
            let n_lines = text.lines().count();
            assert!(
                n_lines <= MAX_LINES,
                "{} has {n_lines} lines; what does it hide?",
                path.display()
            );
        }
    }
}
