//! How much an operation asks for before anything is executed. Fragments count as often as they are spread,
//! measured once each: what doubles itself through fragments is found without being written out.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};

use crate::failure::Failure;
use crate::options::Limits;

/// Longest chain of fragments and fields that is followed.
pub(crate) const MAX_CHAIN: usize = 200;

#[derive(Clone, Copy, Default)]
struct Measure {
    depth: usize,
    n_selections: usize,
    n_aliases: usize,
    n_directives: usize,
    /// Fields of the selection itself.
    n_fields: usize,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.n_selections = self.n_selections.saturating_add(other.n_selections);
        self.n_aliases = self.n_aliases.saturating_add(other.n_aliases);
        self.n_directives = self.n_directives.saturating_add(other.n_directives);
        self.n_fields = self.n_fields.saturating_add(other.n_fields);
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// None while the fragment is being measured.
    fragments: HashMap<&'a str, Option<Measure>>,
}

/// Refuses a document that asks for more than the limits allow, or whose fragments go in circles.
///
/// Errors: [`Failure::Limit`], [`Failure::Argument`].
pub(crate) fn check_document(
    document: &ExecutableDocument,
    limits: &Limits,
) -> Result<(), Failure> {
    let mut walk = Walk {
        document,
        fragments: HashMap::new(),
    };
    let mut all = Measure::default();
    for (_, operation) in document.operations.iter() {
        all.n_directives += operation.node.directives.len();
        let variables = &operation.node.variable_definitions;
        all.n_directives += variables
            .iter()
            .map(|variable| variable.node.directives.len())
            .sum::<usize>();
        all.add(walk.measure(&operation.node.selection_set, 0)?);
    }
    // Also those that nobody spreads: validation reads them.
    for fragment in document.fragments.values() {
        walk.measure(&fragment.node.selection_set, 0)?;
    }
    let check = |found: usize, limit: usize, what: &str| match found > limit {
        true => Err(Failure::Limit(format!(
            "the operation has {found} {what}, more than {limit}"
        ))),
        false => Ok(()),
    };
    check(all.depth, limits.max_depth, "levels of fields")?;
    check(all.n_fields, limits.max_root_fields, "fields at its root")?;
    check(all.n_aliases, limits.max_aliases, "aliases")?;
    check(all.n_directives, limits.max_directives, "directives")?;
    check(all.n_selections, limits.max_complexity, "fields")
}

impl<'a> Walk<'a> {
    fn measure(
        &mut self,
        selection: &'a Positioned<SelectionSet>,
        chain: usize,
    ) -> Result<Measure, Failure> {
        if chain > MAX_CHAIN {
            return Err(Failure::Limit(format!(
                "fields and fragments nest more than {MAX_CHAIN} times"
            )));
        }
        let mut sum = Measure::default();
        for item in &selection.node.items {
            sum.n_selections = sum.n_selections.saturating_add(1);
            let directives: &[Positioned<Directive>] = match &item.node {
                Selection::Field(field) => {
                    let inner = self.measure(&field.node.selection_set, chain + 1)?;
                    sum.add(Measure {
                        depth: inner.depth + 1,
                        n_fields: 1,
                        n_aliases: inner
                            .n_aliases
                            .saturating_add(usize::from(field.node.alias.is_some())),
                        ..inner
                    });
                    &field.node.directives
                }
                Selection::InlineFragment(fragment) => {
                    sum.add(self.measure(&fragment.node.selection_set, chain + 1)?);
                    &fragment.node.directives
                }
                Selection::FragmentSpread(spread) => {
                    sum.add(self.fragment(&spread.node.fragment_name.node, chain + 1)?);
                    &spread.node.directives
                }
            };
            sum.n_directives = sum.n_directives.saturating_add(directives.len());
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a str, chain: usize) -> Result<Measure, Failure> {
        match self.fragments.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => {
                return Err(Failure::Argument(format!(
                    "the fragment `{name}` spreads itself"
                )));
            }
            None => {}
        }
        // An unknown one is refused by validation, which names it.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Measure::default());
        };
        self.fragments.insert(name, None);
        let measure = self.measure(&fragment.node.selection_set, chain)?;
        self.fragments.insert(name, Some(measure));
        Ok(measure)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use async_graphql::parser::parse_query;

    use super::*;

    fn check(text: &str) -> Result<(), String> {
        check_document(&parse_query(text).unwrap(), &Limits::default())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn each_limit_is_named() {
        let check = |text: String, expected: &str| {
            let error = check(&text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        };
        let deep = (0..17).fold(String::new(), |inner, _| format!("{{ a {inner} }}"));
        check(deep, "17 levels");
        let many = |n: usize, what: &str| what.repeat(n);
        check(format!("{{ {} }}", many(31, "a ")), "31 fields at its root");
        check(
            format!("{{ a {{ {} }} }}", many(201, "x: b ")),
            "201 aliases",
        );
        check(
            format!("{{ a {{ b {} }} }}", many(51, "@skip(if: true) ")),
            "51 directives",
        );
        check(
            format!("{{ a {{ {} }} }}", many(20_001, "b ")),
            "fields, more than",
        );
    }

    #[test]
    fn fragments_that_double_are_found_without_writing_them_out() {
        let mut text = "{ ...F0 }".to_owned();
        for n in 0..60 {
            write!(
                text,
                " fragment F{n} on Q {{ ...F{next} ...F{next} }}",
                next = n + 1
            )
            .unwrap();
        }
        text += " fragment F60 on Q { a }";
        assert!(check(&text).unwrap_err().contains("fields at its root"));
    }

    #[test]
    fn fragments_in_circles_and_long_chains_end() {
        let circle = "{ ...A } fragment A on Q { ...B } fragment B on Q { a { ...A } }";
        assert!(check(circle).unwrap_err().contains("spreads itself"));
        let alone = "{ a } fragment A on Q { ...A }";
        assert!(check(alone).unwrap_err().contains("spreads itself"));
        let mut text = "{ ...F0 }".to_owned();
        for n in 0..5_000 {
            write!(text, " fragment F{n} on Q {{ ...F{} }}", n + 1).unwrap();
        }
        assert!(check(&text).unwrap_err().contains("nest more than"));
    }
}
