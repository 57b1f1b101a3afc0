//! The worked examples in `examples/` give the days that they state. They were written from
//! `docs/attendance-rules.md`; nothing here computes an expected value.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod worked;

use std::path::Path;

use worked::{Example, compare, parse};

/// Fewer than this and files went missing.
const AT_LEAST: usize = 70;

fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut examples = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        match parse::file(&name, &text) {
            Ok(found) => examples.extend(found),
            Err(problem) => panic!("{problem}"),
        }
    }
    examples
}

#[test]
fn every_example_gives_the_days_it_states() {
    let mut failed = 0;
    let examples = examples();
    for example in &examples {
        let differences = compare::differences(example);
        if !differences.is_empty() {
            failed += 1;
            eprintln!(
                "\n{}:{}: {} ({})",
                example.file, example.line, example.title, example.rules_shown
            );
            for difference in differences {
                eprintln!("  {difference}");
            }
        }
    }
    assert_eq!(failed, 0, "{failed} of {} examples differ", examples.len());
}

#[test]
fn there_are_enough_examples_and_each_has_its_own_title() {
    let examples = examples();
    let titles: std::collections::BTreeSet<&str> = examples
        .iter()
        .map(|example| example.title.as_str())
        .collect();
    assert_eq!(
        titles.len(),
        examples.len(),
        "two examples have the same title"
    );
    assert!(
        examples.len() >= AT_LEAST,
        "only {} examples",
        examples.len()
    );
}

#[test]
fn the_rules_say_how_many_examples_there_are() {
    let rules = include_str!("../../../docs/attendance-rules.md");
    let count = format!("{} [worked examples]", examples().len());
    assert!(
        rules.contains(&count),
        "docs/attendance-rules.md should say `{count}`"
    );
}

#[test]
fn every_rule_has_an_example() {
    let examples = examples();
    for rule in rollcall_domain::why::Rule::ALL {
        let is_shown = examples.iter().any(|example| {
            example
                .rules_shown
                .split(", ")
                .any(|shown| shown == rule.as_str())
        });
        assert!(is_shown, "no example shows {rule}");
    }
}

#[test]
fn every_shift_and_rule_set_of_the_examples_is_allowed() {
    for example in examples() {
        for shift in &example.shifts {
            assert_eq!(shift.check(), Ok(()), "{}:{}", example.file, example.line);
        }
        for set in &example.rule_sets {
            assert_eq!(
                set.rules.check(),
                Ok(()),
                "{}:{}",
                example.file,
                example.line
            );
        }
    }
}

#[test]
fn a_line_that_nobody_understands_is_an_error_with_its_place() {
    let good = "== T\nrule: R1\nas of: 2026-03-02 12:00\nexpect 2026-03-02:\n  status: no row\n";
    assert_eq!(parse::file("t", good).map(|found| found.len()), Ok(1));
    let bad = [
        (
            "lunch: 12:00\n",
            "t:6: nothing that can be given is called `lunch`",
        ),
        (
            "  lunch: 12:00\n",
            "t:6: nothing that can be expected is called `lunch`",
        ),
        (
            "punch: 2026-03-29 02:30 in\n",
            "t:6: `2026-03-29 02:30` happens twice or never",
        ),
        (
            "punch: 2026-10-25 02:30 in\n",
            "t:6: `2026-10-25 02:30` happens twice or never",
        ),
        (
            "punch: 2026-02-30 12:00 in\n",
            "t:6: `2026-02-30` is not a date",
        ),
        ("rules: grace = 5\n", "t:6: no rule is called `grace`"),
        ("shift: A round 09:00-17:00\n", "t:6: expected a kind"),
        ("roster: Late\n", "t:6: no shift is called `Late`"),
        (
            "expect 2026-03-03:\n  status: present\n",
            "t:6: the expectation states no `presence`",
        ),
    ];
    for (line, problem) in bad {
        match parse::file("t", &format!("{good}{line}")) {
            Ok(_) => panic!("`{line}` was understood"),
            Err(found) => assert!(found.starts_with(problem), "{found}"),
        }
    }
}
