//! Opaque cursors: the sort keys of the last row seen, so that a page costs the same wherever it is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::Failure;

/// Encodes the name of a list and the sort keys of one of its rows.
pub(super) fn encode(list: &str, keys: &[&str]) -> String {
    let mut parts = vec![list];
    parts.extend_from_slice(keys);
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).expect("texts are always valid JSON"))
}

/// The cursor of a row of `list` with these sort keys.
pub(super) fn encode_key(list: &str, key: &[String]) -> String {
    let keys: Vec<&str> = key.iter().map(String::as_str).collect();
    encode(list, &keys)
}

/// Reads the sort keys of a cursor of `list`; `argument` names it in the error.
///
/// Errors: [`Failure::Argument`] when the cursor is of another list, or no cursor at all.
pub(super) fn decode_key(
    list: &str,
    argument: &str,
    cursor: Option<&str>,
) -> Result<Option<Vec<String>>, Failure> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let keys = read_keys(list, cursor).ok_or_else(|| {
        Failure::Argument(format!(
            "`{argument}` is not a cursor of this list; use one of an earlier page of the same list, in the same order"
        ))
    })?;
    Ok(Some(keys))
}

fn read_keys(list: &str, cursor: &str) -> Option<Vec<String>> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let parts: Vec<String> = serde_json::from_slice(&bytes).ok()?;
    let (name, keys) = parts.split_first()?;
    // PostgreSQL texts cannot hold a zero byte, so no row has such a key.
    if name != list || keys.iter().any(|key| key.contains('\0')) {
        return None;
    }
    Some(keys.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_by_their_own_list_only() {
        let key = ["Ada".to_owned(), "7".to_owned()];
        let cursor = encode_key("employees", &key);
        let read = |list: &str, cursor: &str| decode_key(list, "after", Some(cursor));
        assert_eq!(read("employees", &cursor).unwrap().unwrap(), key);
        assert_eq!(decode_key("employees", "after", None).unwrap(), None);
        assert!(read("sites", &cursor).is_err());
        for bad in ["", "%%", "AAAA", &encode("employees", &["a\0", "b"])] {
            assert!(read("employees", bad).is_err(), "`{bad}`");
        }
    }
}
