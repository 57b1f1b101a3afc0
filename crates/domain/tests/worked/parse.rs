//! Reads the files of worked examples. Every line that it does not understand is an error with its place.
//! Must not derive anything.

use rollcall_domain::calendar::Employment;

use super::compare::{KEYS, REQUIRED};
use super::given::{given, home_instant, new_site};
use super::words::date;
use super::{Example, Expectation};

type Parsed<T> = Result<T, String>;

/// All examples of one file, or the first problem as `file:line: text`.
pub fn file(name: &str, text: &str) -> Parsed<Vec<Example>> {
    let mut examples: Vec<Example> = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let line = index + 1;
        let content = raw.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some(title) = content.strip_prefix("== ") {
            if let Some(example) = examples.last() {
                complete(example)?;
            }
            examples.push(empty(name, line, title));
            continue;
        }
        let place = |problem: String| format!("{name}:{line}: {problem}");
        let example = examples
            .last_mut()
            .ok_or_else(|| place("expected `== title`".to_owned()))?;
        if raw.starts_with(' ') {
            wanted(example, line, content).map_err(place)?;
        } else {
            match content.strip_prefix("expect ") {
                Some(rest) => expectation(example, line, rest),
                None => given(example, content),
            }
            .map_err(place)?;
        }
    }
    if let Some(example) = examples.last() {
        complete(example)?;
    }
    Ok(examples)
}

/// What holds unless an example says otherwise: see `examples/README.md`.
fn empty(file: &str, line: usize, title: &str) -> Example {
    let berlin = new_site(0, "Europe/Berlin");
    Example {
        file: file.to_owned(),
        line,
        title: title.to_owned(),
        rules_shown: String::new(),
        employment: Employment {
            home_site_id: berlin.site_id,
            known_from: jiff::civil::date(2020, 1, 1),
            hired_on: None,
            left_on: None,
        },
        sites: vec![("Berlin".to_owned(), berlin)],
        shifts: Vec::new(),
        rule_sets: Vec::new(),
        holidays: Vec::new(),
        roster: Vec::new(),
        leave: Vec::new(),
        approvals: Vec::new(),
        punches: Vec::new(),
        as_of: None,
        expectations: Vec::new(),
    }
}

fn complete(example: &Example) -> Parsed<()> {
    let problem = |line: usize, text: &str| Err(format!("{}:{line}: {text}", example.file));
    if example.rules_shown.is_empty() {
        return problem(example.line, "the example names no `rule:`");
    }
    if example.expectations.is_empty() {
        return problem(example.line, "the example expects nothing");
    }
    for expectation in &example.expectations {
        let value = |key: &str| {
            let mut found = expectation.wanted.iter().filter(|(_, name, _)| name == key);
            found.next().map(|(_, _, value)| value.as_str())
        };
        let needed = if value("status") == Some("no row") {
            &REQUIRED[..1]
        } else {
            REQUIRED
        };
        if let Some(key) = needed.iter().find(|key| value(key).is_none()) {
            return problem(
                expectation.line,
                &format!("the expectation states no `{key}`"),
            );
        }
    }
    Ok(())
}

fn wanted(example: &mut Example, line: usize, content: &str) -> Parsed<()> {
    let (key, value) = content.split_once(':').ok_or("expected `key: value`")?;
    if !KEYS.contains(&key) {
        return Err(format!("nothing that can be expected is called `{key}`"));
    }
    let expectation = example
        .expectations
        .last_mut()
        .ok_or("expected `expect DATE:` before")?;
    if expectation.wanted.iter().any(|(_, name, _)| name == key) {
        return Err(format!("`{key}` is stated twice"));
    }
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    expectation.wanted.push((line, key.to_owned(), value));
    Ok(())
}

fn expectation(example: &mut Example, line: usize, rest: &str) -> Parsed<()> {
    let rest = rest
        .strip_suffix(':')
        .ok_or("an expectation ends with `:`")?;
    let (day, as_of) = match rest.split_once(" as of ") {
        Some((day, at)) => (day, Some(home_instant(example, at)?)),
        None => (rest, example.as_of),
    };
    example.expectations.push(Expectation {
        line,
        date: date(day)?,
        as_of: as_of.ok_or("expected `as of` before")?,
        wanted: Vec::new(),
    });
    Ok(())
}
