//! Operations with files, by the GraphQL multipart request specification
//! (<https://github.com/jaydenseric/graphql-multipart-request-spec>): `operations`, then `map`, then the
//! files. Limits are checked while the body arrives. Must not know what the files are for.

use std::collections::{BTreeMap, HashMap};

use async_graphql::Request;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::BytesMut;
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::Value;

use crate::failure::Failure;
use crate::graphql::{UploadedFile, Uploads};

/// Largest file that is kept; of a larger one only the name is, for the refusal.
pub(crate) const MAX_FILE_BYTES: usize = 32 << 20;
/// Most files of an operation.
const MAX_FILES: usize = 20;
/// Places of one operation where files are used; one file may be used several times.
const MAX_PLACES: usize = 100;
/// Longest request body.
const MAX_BODY_BYTES: u64 = 64 << 20;
/// Longest part `operations`; as other operations.
const MAX_OPERATIONS_BYTES: u64 = crate::options::Limits::DEFAULT.max_body_bytes as u64;
/// Longest part `map`.
const MAX_MAP_BYTES: u64 = 64 << 10;
/// Longest name of a file, in characters.
const MAX_NAME: usize = 200;

/// Why a request with files cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub status: StatusCode,
    pub failure: Failure,
}

fn unreadable(text: impl Into<String>) -> Unreadable {
    Unreadable {
        status: StatusCode::BAD_REQUEST,
        failure: Failure::Argument(text.into()),
    }
}

fn too_large(text: impl Into<String>) -> Unreadable {
    Unreadable {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        failure: Failure::Limit(text.into()),
    }
}

impl From<multer::Error> for Unreadable {
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamSizeExceeded { limit } => {
                too_large(format!("the request is larger than {} MiB", limit >> 20))
            }
            multer::Error::FieldSizeExceeded { limit, field_name } => too_large(format!(
                "part `{}` is larger than {} KiB",
                shown(&field_name.unwrap_or_default()),
                limit >> 10
            )),
            error => unreadable(format!("the multipart body cannot be read: {error}")),
        }
    }
}

/// Whether a request says that it carries files.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("multipart/form-data")
    })
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// Reads an operation with its files.
///
/// Errors: [`Unreadable`], with what is wrong and status 400, or 413 for what is too large as a whole.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Request, Unreadable> {
    let boundary = multer::parse_boundary(content_type(headers).unwrap_or_default())
        .map_err(|_| unreadable("the content type names no `boundary`"))?;
    let limits = SizeLimit::new()
        .whole_stream(MAX_BODY_BYTES)
        .for_field("operations", MAX_OPERATIONS_BYTES)
        .for_field("map", MAX_MAP_BYTES);
    let constraints = Constraints::new().size_limit(limits);
    let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);

    let operations = text_part(&mut parts, "operations", "first").await?;
    let mut operations: Value = serde_json::from_slice(&operations)
        .map_err(|error| unreadable(format!("part `operations` is not JSON: {error}")))?;
    if !operations.is_object() {
        return Err(unreadable(
            "part `operations` must be one JSON object with `query` and `variables`",
        ));
    }
    let map = text_part(&mut parts, "map", "second").await?;
    let names = positions(&map, &mut operations)?;
    let files = files(&mut parts, &names).await?;
    let request: Request = serde_json::from_value(operations)
        .map_err(|error| unreadable(format!("part `operations` is not an operation: {error}")))?;
    Ok(request.data(Uploads(files)))
}

async fn text_part(
    parts: &mut Multipart<'_>,
    name: &str,
    ordinal: &str,
) -> Result<Bytes, Unreadable> {
    match parts.next_field().await? {
        Some(field) if field.name() == Some(name) => Ok(field.bytes().await?),
        _ => Err(unreadable(format!(
            "the {ordinal} part must be `{name}`; parts are `operations`, `map` and then the files"
        ))),
    }
}

/// Reads the map and puts into the variables what stands for the files. Returns the position of each
/// part that is a file.
fn positions(map: &[u8], operations: &mut Value) -> Result<HashMap<String, usize>, Unreadable> {
    // Sorted, so that the same request always gives the same positions.
    let map: BTreeMap<String, Vec<String>> = serde_json::from_slice(map).map_err(|error| {
        unreadable(format!(
            "part `map` must be a JSON object with a list of paths for each file: {error}"
        ))
    })?;
    if map.len() > MAX_FILES {
        return Err(unreadable(format!(
            "the operation has {} files, at most {MAX_FILES} are allowed",
            map.len()
        )));
    }
    if map.values().map(Vec::len).sum::<usize>() > MAX_PLACES {
        return Err(unreadable(format!(
            "part `map` has more than {MAX_PLACES} paths"
        )));
    }
    let mut names = HashMap::new();
    for (position, (name, paths)) in map.into_iter().enumerate() {
        if paths.is_empty() {
            return Err(unreadable(format!(
                "part `map` uses file `{}` nowhere",
                shown(&name)
            )));
        }
        for path in &paths {
            let place = place(operations, path).ok_or_else(|| {
                unreadable(format!(
                    "part `map` has the path `{}`, which is no place in the variables that holds null",
                    shown(path)
                ))
            })?;
            *place = Value::String(Uploads::place(position));
        }
        names.insert(name, position);
    }
    Ok(names)
}

/// The null in the variables at a path such as `variables.input.files.0`.
fn place<'a>(operations: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut steps = path.split('.');
    if steps.next() != Some("variables") {
        return None;
    }
    let mut place = operations.get_mut("variables")?;
    for step in steps {
        place = match place {
            Value::Object(object) => object.get_mut(step)?,
            Value::Array(array) => array.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    place.is_null().then_some(place)
}

async fn files(
    parts: &mut Multipart<'_>,
    names: &HashMap<String, usize>,
) -> Result<Vec<UploadedFile>, Unreadable> {
    let mut found: Vec<Option<UploadedFile>> = vec![None; names.len()];
    while let Some(field) = parts.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let position = names
            .get(&name)
            .ok_or_else(|| unreadable(format!("part `{}` is not in part `map`", shown(&name))))?;
        let file = &mut found[*position];
        if file.is_some() {
            return Err(unreadable(format!("part `{}` came twice", shown(&name))));
        }
        *file = Some(UploadedFile {
            name: file_name(&field, &name),
            content: content(field).await?,
        });
    }
    let missing = names
        .iter()
        .find(|(_, position)| found[**position].is_none());
    if let Some((name, _)) = missing {
        return Err(unreadable(format!(
            "part `map` names file `{}`, which did not come",
            shown(name)
        )));
    }
    Ok(found.into_iter().flatten().collect())
}

fn file_name(field: &Field<'_>, part: &str) -> String {
    let name = shown(field.file_name().unwrap_or_default());
    match name.is_empty() {
        true => shown(part),
        false => name,
    }
}

/// What a file holds; none when it is too large. Then the rest is read and forgotten.
async fn content(mut field: Field<'_>) -> Result<Option<Bytes>, Unreadable> {
    let mut content = Some(BytesMut::new());
    while let Some(chunk) = field.chunk().await? {
        if let Some(bytes) = &mut content {
            if bytes.len() + chunk.len() > MAX_FILE_BYTES {
                content = None;
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
    }
    Ok(content.map(BytesMut::freeze))
}

/// A text of the client's for a message: without control characters, and not long.
fn shown(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    text.trim().chars().take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_nulls_in_the_variables_only() {
        let operations: Value = serde_json::from_str(
            r#"{ "query": null, "variables": { "a": null, "b": { "c": [null, 1, null] } } }"#,
        )
        .unwrap();
        let check = |path: &str, expected: bool| {
            let mut operations = operations.clone();
            assert_eq!(place(&mut operations, path).is_some(), expected, "`{path}`");
        };
        check("variables.a", true);
        check("variables.b.c.0", true);
        check("variables.b.c.2", true);
        check("variables.b.c.1", false);
        check("variables.b.c.3", false);
        check("variables.b.c.-1", false);
        check("variables.b.c", false);
        check("variables.b.d", false);
        check("variables.a.b", false);
        check("variables", false);
        check("query", false);
        check("", false);
    }

    #[test]
    fn only_forms_are_multipart() {
        let check = |value: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.parse().unwrap())]);
            assert_eq!(is_multipart(&headers), expected, "{value}");
        };
        check("multipart/form-data; boundary=x", true);
        check("Multipart/Form-Data", true);
        check("multipart/mixed; boundary=x", false);
        check("application/json", false);
    }
}
