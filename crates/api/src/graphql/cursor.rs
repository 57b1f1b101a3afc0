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

/// Reads the keys of a cursor of `list` and turns them into a position with `parse`.
///
/// Errors: [`Failure::Argument`] when the cursor is of another list, or no cursor at all.
pub(super) fn decode<const N: usize, T>(
    list: &str,
    after: Option<&str>,
    parse: impl FnOnce([&str; N]) -> Option<T>,
) -> Result<Option<T>, Failure> {
    let Some(after) = after else { return Ok(None) };
    read(list, after, parse).map(Some).ok_or_else(|| {
        Failure::Argument(format!(
            "`after` is not a cursor of `{list}`; use `endCursor` or `cursor` of an earlier page of the same list"
        ))
    })
}

fn read<const N: usize, T>(
    list: &str,
    after: &str,
    parse: impl FnOnce([&str; N]) -> Option<T>,
) -> Option<T> {
    let keys = read_keys(list, after)?;
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    parse(keys.try_into().ok()?)
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
        let cursor = encode("employees", &["Ada", "7"]);
        let pair = |[name, code]: [&str; 2]| Some((name.to_owned(), code.to_owned()));
        assert_eq!(
            decode("employees", Some(&cursor), pair).unwrap(),
            Some(("Ada".to_owned(), "7".to_owned()))
        );
        assert_eq!(decode("employees", None, pair).unwrap(), None);
        assert!(decode("sites", Some(&cursor), pair).is_err());
        assert!(decode("employees", Some(&cursor), |[_]: [&str; 1]| Some(())).is_err());
        for bad in ["", "%%", "AAAA", &encode("employees", &["a\0", "b"])] {
            assert!(decode("employees", Some(bad), pair).is_err(), "`{bad}`");
        }
    }
}
