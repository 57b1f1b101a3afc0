//! Functions and views: the files below `sql/`, one object each, applied again whenever a text changes.
//! Must not know what they do.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Transaction};

use crate::error::{Op, Result, StoreError};

/// Path below `sql/` and text of every file.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schema_objects.rs"));

/// PostgreSQL refuses to replace an object whose result or arguments changed with these codes.
const NOT_REPLACEABLE: [&str; 4] = ["42P13", "42P16", "42723", "42725"];

#[derive(Clone, Debug, PartialEq, Eq)]
struct SchemaObject {
    path: &'static str,
    text: &'static str,
    /// `function` or `view`.
    kind: &'static str,
    /// `schema.name`.
    name: String,
    sha256: String,
}

impl SchemaObject {
    fn of_file(path: &'static str, text: &'static str) -> Self {
        let mut parts = path.trim_end_matches(".sql").split('/');
        let kind = match parts.next() {
            Some("views") => "view",
            _ => "function",
        };
        let (schema, name) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        Self {
            path,
            text,
            kind,
            name: format!("{schema}.{name}"),
            sha256: hex::encode(Sha256::digest(text)),
        }
    }

    /// True when the text uses the object called `name`.
    fn mentions(&self, name: &str) -> bool {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        self.text.match_indices(name).any(|(at, _)| {
            !self.text[..at].ends_with(|c| is_word(c) || c == '.')
                && !self.text[at + name.len()..].starts_with(is_word)
        })
    }
}

/// Applies what changed since the last time and returns the names of the applied objects.
///
/// Runs as the owner of the schema. An object that cannot be replaced (its columns or arguments
/// changed) makes all of them be dropped and made again, in one transaction.
pub(crate) async fn apply(client: &mut Client) -> Result<Vec<String>> {
    let objects = in_order(FILES);
    let mut transaction = client.transaction().await.op("begin applying functions")?;
    let known: BTreeMap<String, (String, String)> = transaction
        .query(
            "select name, kind, sha256 from rollcall_migration.schema_object",
            &[],
        )
        .await
        .op("read the applied functions")?
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    let changed: Vec<&SchemaObject> = objects
        .iter()
        .filter(|object| known.get(&object.name).map(|(_, sha256)| sha256) != Some(&object.sha256))
        .collect();
    let gone: Vec<&String> = known
        .keys()
        .filter(|name| !objects.iter().any(|object| object.name == **name))
        .collect();
    if changed.is_empty() && gone.is_empty() {
        return Ok(Vec::new());
    }
    let savepoint = transaction
        .savepoint("replace_objects")
        .await
        .op("begin applying functions")?;
    let replaced = gone.is_empty() && replace(&savepoint, &changed).await?;
    let applied = if replaced {
        savepoint.commit().await.op("apply functions")?;
        changed
    } else {
        savepoint.rollback().await.op("apply functions")?;
        drop_all(&transaction, &objects, &known).await?;
        for object in &objects {
            execute(&transaction, object).await?;
        }
        objects.iter().collect()
    };
    for object in &applied {
        transaction
            .execute(
                "insert into rollcall_migration.schema_object (name, kind, sha256) values ($1, $2, $3)
                 on conflict (name) do update set kind = excluded.kind, sha256 = excluded.sha256, applied_at = now()",
                &[&object.name, &object.kind, &object.sha256],
            )
            .await
            .op("record the applied functions")?;
    }
    transaction.commit().await.op("apply functions")?;
    Ok(applied.iter().map(|object| object.name.clone()).collect())
}

/// False when some object must be dropped first.
async fn replace(transaction: &Transaction<'_>, objects: &[&SchemaObject]) -> Result<bool> {
    for object in objects {
        match execute(transaction, object).await {
            Err(StoreError::SchemaObject { source, .. })
                if source
                    .code()
                    .is_some_and(|code| NOT_REPLACEABLE.contains(&code.code())) =>
            {
                return Ok(false);
            }
            result => result?,
        }
        // Other arguments would leave the old function beside the new one.
        let n_overloads: i64 = transaction
            .query_one(
                "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname || '.' || p.proname = $1",
                &[&object.name],
            )
            .await
            .op("count functions of one name")?
            .get(0);
        if n_overloads > 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn execute(transaction: &Transaction<'_>, object: &SchemaObject) -> Result<()> {
    transaction
        .batch_execute(object.text)
        .await
        .map_err(|source| StoreError::SchemaObject {
            path: object.path.to_owned(),
            source,
        })
}

async fn drop_all(
    transaction: &Transaction<'_>,
    objects: &[SchemaObject],
    known: &BTreeMap<String, (String, String)>,
) -> Result<()> {
    let gone = known
        .iter()
        .filter(|(name, _)| !objects.iter().any(|object| object.name == **name));
    let mut drops: Vec<(&str, &str)> = gone
        .map(|(name, (kind, _))| (name.as_str(), kind.as_str()))
        .collect();
    drops.extend(
        objects
            .iter()
            .rev()
            .map(|object| (object.name.as_str(), object.kind)),
    );
    for (name, kind) in drops {
        let statements: Vec<String> = transaction
            .query(
                "select case $2 when 'view' then format('drop view %s', c.oid::regclass) end
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where $2 = 'view' and c.relkind = 'v' and n.nspname || '.' || c.relname = $1
                 union all
                 select format('drop function %s', p.oid::regprocedure)
                 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                 where $2 = 'function' and n.nspname || '.' || p.proname = $1",
                &[&name, &kind],
            )
            .await
            .op("list old functions")?
            .iter()
            .map(|row| row.get(0))
            .collect();
        for statement in statements {
            transaction
                .batch_execute(&statement)
                .await
                .op("drop old functions")?;
        }
        transaction
            .execute(
                "delete from rollcall_migration.schema_object where name = $1",
                &[&name],
            )
            .await
            .op("forget old functions")?;
    }
    Ok(())
}

/// The objects so that each comes after those that its text names; else in the order of their paths.
fn in_order(files: &[(&'static str, &'static str)]) -> Vec<SchemaObject> {
    let mut waiting: Vec<SchemaObject> = files
        .iter()
        .map(|(path, text)| SchemaObject::of_file(path, text))
        .collect();
    let mut ordered: Vec<SchemaObject> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|object| object.name.clone()).collect();
        let next = waiting
            .iter()
            .position(|object| {
                !names
                    .iter()
                    .any(|name| *name != object.name && object.mentions(name))
            })
            // Two that name each other (one of them in a comment): the first path goes first.
            .unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_comes_after_those_it_names() {
        let files = [
            ("functions/a/first.sql", "calls a.second() and reads b.rows"),
            ("functions/a/second.sql", "reads b.rows"),
            ("views/b/rows.sql", "from app.site, not b.rows_too"),
        ];
        let names: Vec<String> = in_order(&files).into_iter().map(|o| o.name).collect();
        assert_eq!(names, ["b.rows", "a.second", "a.first"]);
    }

    #[test]
    fn every_file_has_its_objects_name() {
        for object in in_order(FILES) {
            let create = format!("create or replace {} {}", object.kind, object.name);
            assert!(
                object.text.contains(&create),
                "{} lacks `{create}`",
                object.path
            );
        }
    }
}
