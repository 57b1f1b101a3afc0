//! The table of rights: complete, and as documented.

use std::collections::BTreeSet;
use std::path::Path;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use rollcall_api::access::{RIGHTS, access_markdown};

/// `Query.employees` and so on: every root field of the schema.
fn root_fields() -> BTreeSet<String> {
    let document = parse_schema(rollcall_api::schema_sdl()).unwrap();
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.as_str().to_owned();
        if !["Query", "Mutation", "Subscription"].contains(&name.as_str()) {
            continue;
        }
        if let TypeKind::Object(object) = definition.node.kind {
            fields.extend(
                object
                    .fields
                    .iter()
                    .map(|field| format!("{name}.{}", field.node.name.node)),
            );
        }
    }
    fields
}

#[test]
fn every_root_field_has_a_right_and_every_right_a_field() {
    let is_root = |field: &&str| {
        ["Query.", "Mutation.", "Subscription."]
            .iter()
            .any(|kind| field.starts_with(kind))
    };
    let rights: Vec<&str> = RIGHTS.iter().map(|right| right.field).collect();
    let known: BTreeSet<String> = rights
        .iter()
        .copied()
        .filter(is_root)
        .map(str::to_owned)
        .collect();
    assert_eq!(known, root_fields());
    let distinct: BTreeSet<_> = rights.iter().collect();
    assert_eq!(distinct.len(), rights.len(), "a field has two lines");
}

#[test]
fn the_document_shows_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    let document = access_markdown();
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        document == committed,
        "docs/access.md is not what rights.txt says\nhint: run `make gen`"
    );
}
