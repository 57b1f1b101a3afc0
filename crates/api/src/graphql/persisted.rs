//! Operations that are known: the portal's and those of `graphql/operations/`, collected when this crate is built.
//! A client may send the hash or the name of one instead of its text, and a hub can be told to execute no others.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use async_graphql::Request;
use sha2::{Digest as _, Sha256};

use super::source::{self, Definition};
use crate::failure::Failure;
use crate::options::Operations;

/// Texts of all files.
const FILES: &[&str] = include!(concat!(env!("OUT_DIR"), "/known_operations.rs"));

/// A known operation with its fragments.
#[derive(Clone, Debug)]
pub struct KnownOperation {
    /// Its name.
    pub name: &'static str,
    /// Everything that has to be sent.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub sha256: String,
}

static KNOWN: LazyLock<Vec<KnownOperation>> = LazyLock::new(|| {
    let definitions: Vec<Definition<'static>> = FILES
        .iter()
        .flat_map(|text| source::definitions(text))
        .collect();
    let fragments: HashMap<&str, &Definition<'static>> = definitions
        .iter()
        .filter(|definition| definition.is_fragment)
        .map(|definition| (definition.name, definition))
        .collect();
    let operations = definitions
        .iter()
        .filter(|definition| !definition.is_fragment);
    operations
        .map(|operation| {
            let mut used = vec![operation];
            let mut n_read = 0;
            while let Some(definition) = used.get(n_read) {
                let spread = definition
                    .spreads
                    .iter()
                    .filter_map(|name| fragments.get(name));
                let fresh: Vec<_> = spread
                    .filter(|fragment| used.iter().all(|known| known.name != fragment.name))
                    .copied()
                    .collect();
                used.extend(fresh);
                n_read += 1;
            }
            let texts: Vec<&str> = used.iter().map(|definition| definition.text).collect();
            let text = texts.join("\n\n") + "\n";
            KnownOperation {
                name: operation.name,
                sha256: hex::encode(Sha256::digest(&text)),
                text,
            }
        })
        .collect()
});

static BY_KEY: LazyLock<HashMap<&'static str, &'static KnownOperation>> = LazyLock::new(|| {
    let by_hash = KNOWN.iter().map(|known| (known.sha256.as_str(), known));
    by_hash
        .chain(KNOWN.iter().map(|known| (known.name, known)))
        .collect()
});

static DIGESTS: LazyLock<HashSet<[u8; 32]>> = LazyLock::new(|| {
    KNOWN
        .iter()
        .filter_map(|known| source::digest(&known.text))
        .collect()
});

/// All known operations.
pub fn known_operations() -> &'static [KnownOperation] {
    &KNOWN
}

/// Fills in the text of an operation that is named by its hash (`documentId`, or `extensions.persistedQuery` as
/// Apollo's clients send it) or by its name (`documentId`), and refuses a text that is not allowed.
///
/// Errors: [`Failure::UnknownOperation`], [`Failure::Argument`], [`Failure::Forbidden`].
pub(crate) fn resolve(
    request: &mut Request,
    document_id: Option<&str>,
    allowed: Operations,
) -> Result<(), Failure> {
    let hash = sent_hash(request);
    if request.query.is_empty() {
        if let Some(key) = document_id.or(hash.as_deref()) {
            let key = key.strip_prefix("sha256:").unwrap_or(key);
            let known = BY_KEY.get(key).ok_or(Failure::UnknownOperation)?;
            request.query.clone_from(&known.text);
        }
        return Ok(());
    }
    if let Some(hash) = hash
        && !hash.eq_ignore_ascii_case(&hex::encode(Sha256::digest(&request.query)))
    {
        let text = "`extensions.persistedQuery.sha256Hash` is not the hash of `query`";
        return Err(Failure::Argument(text.to_owned()));
    }
    if allowed == Operations::Persisted
        && source::digest(&request.query).is_none_or(|digest| !DIGESTS.contains(&digest))
    {
        let text = "this hub executes known operations only; `rollcall api operations` lists them";
        return Err(Failure::Forbidden(text.to_owned()));
    }
    Ok(())
}

fn sent_hash(request: &Request) -> Option<String> {
    let extensions = request.extensions.get("persistedQuery")?;
    let async_graphql::Value::Object(fields) = extensions else {
        return None;
    };
    match fields.get("sha256Hash")? {
        async_graphql::Value::String(hash) => Some(hash.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_operations_are_valid() {
        assert!(KNOWN.len() > 20);
        let mut names = HashSet::new();
        for known in known_operations() {
            async_graphql::parser::parse_query(&known.text).unwrap();
            assert!(!known.name.is_empty(), "{}", known.text);
            names.insert(known.name);
        }
        assert!(names.contains("Employees"), "{names:?}");
    }

    #[test]
    fn hash_and_name_stand_for_the_text() {
        let known = &KNOWN[0];
        let resolved = |request: Request, id: Option<&str>| {
            let mut request = request;
            resolve(&mut request, id, Operations::Persisted).map(|()| request.query)
        };
        let empty = || Request::new("");
        assert_eq!(resolved(empty(), Some(&known.sha256)).unwrap(), known.text);
        let prefixed = format!("sha256:{}", known.sha256);
        assert_eq!(resolved(empty(), Some(&prefixed)).unwrap(), known.text);
        assert_eq!(resolved(empty(), Some(known.name)).unwrap(), known.text);
        let unknown = resolved(empty(), Some("nobody"));
        assert!(matches!(unknown, Err(Failure::UnknownOperation)));
        let spelled = known.text.replace('\n', " ,\n") + "# a comment";
        assert!(resolved(Request::new(spelled), None).is_ok());
        let other = resolved(Request::new("{ me { id } }"), None);
        assert!(matches!(other, Err(Failure::Forbidden(_))));
    }
}
