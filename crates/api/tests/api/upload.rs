//! Operations with files: the form of the request and its limits.

use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{Api, Viewer};

const BOUNDARY: &str = "----rollcall";

/// A body of parts: name, name of the file if it is one, content.
pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        let file_name = file_name.map_or_else(String::new, |name| format!("; filename=\"{name}\""));
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn request(viewer: &Viewer<'_>, body: Vec<u8>) -> RequestBuilder {
    viewer
        .api
        .client
        .post(viewer.api.url("/graphql"))
        .header(COOKIE, &viewer.cookie)
        .header(
            CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body)
}

/// Sends a body with all that it needs.
pub async fn send(viewer: &Viewer<'_>, body: Vec<u8>) -> Response {
    let request = request(viewer, body).header("x-rollcall-csrf", "1");
    request.send().await.unwrap()
}

/// Stands in variables for a picture that is sent as a file.
pub const PICTURE: &str = "$picture";
/// Stands in variables for a file with a new employee.
pub const SHEET: &str = "$sheet";

/// Whether files are to be sent with a body.
pub fn has_files(body: &Value) -> bool {
    let text = body.to_string();
    [PICTURE, SHEET].iter().any(|file| text.contains(file))
}

/// Sends a body in whose variables [`PICTURE`] or [`SHEET`] stands, each time with a file that was never sent.
pub async fn send_placed(viewer: &Viewer<'_>, body: &Value) -> Response {
    let mut body = body.clone();
    let mut places = Vec::new();
    take_places(&mut body["variables"], "variables", &mut places);
    let files: Vec<(String, &str, Vec<u8>)> = places
        .into_iter()
        .map(|(path, what)| {
            let unique = uuid::Uuid::now_v7().to_string();
            match what {
                PICTURE => (path, "picture.jpg", crate::photo::jpeg(64, 64, &unique)),
                _ => {
                    let sheet = format!("code,display name\n{unique},New Person\n");
                    (path, "employees.csv", sheet.into_bytes())
                }
            }
        })
        .collect();
    let files: Vec<(String, &str, &[u8])> = files
        .iter()
        .map(|(path, name, content)| (path.clone(), *name, content.as_slice()))
        .collect();
    send_files(viewer, &body, &files).await
}

fn take_places(value: &mut Value, path: &str, places: &mut Vec<(String, &'static str)>) {
    match value {
        Value::String(text) => {
            if let Some(what) = [PICTURE, SHEET].into_iter().find(|what| text == what) {
                *value = Value::Null;
                places.push((path.to_owned(), what));
            }
        }
        Value::Array(values) => {
            for (n, value) in values.iter_mut().enumerate() {
                take_places(value, &format!("{path}.{n}"), places);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                take_places(value, &format!("{path}.{name}"), places);
            }
        }
        _ => {}
    }
}

/// Sends an operation with files: where each goes, its name, its content.
pub async fn send_files(
    viewer: &Viewer<'_>,
    operations: &Value,
    files: &[(String, &str, &[u8])],
) -> Response {
    let operations = operations.to_string();
    let names: Vec<String> = (0..files.len()).map(|n| n.to_string()).collect();
    let map: serde_json::Map<_, _> = names
        .iter()
        .zip(files)
        .map(|(n, (path, _, _))| (n.clone(), json!([path])))
        .collect();
    let map = Value::Object(map).to_string();
    let mut parts: Vec<(&str, Option<&str>, &[u8])> = vec![
        ("operations", None, operations.as_bytes()),
        ("map", None, map.as_bytes()),
    ];
    for (n, (_, name, content)) in names.iter().zip(files) {
        parts.push((n, Some(name), content));
    }
    send(viewer, form(&parts)).await
}

const ME: &[u8] = br#"{ "query": "{ me { role } }", "variables": { "a": null, "b": [null, 1] } }"#;

#[tokio::test]
async fn operations_with_files_are_answered() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let map = br#"{ "x": ["variables.a", "variables.b.0"] }"#;
    let body = form(&[
        ("operations", None, ME),
        ("map", None, map),
        ("x", Some("a.csv"), b"1;2"),
    ]);
    let response = send(&viewer, body).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer, json!({ "data": { "me": { "role": "OWNER" } } }));
}

#[tokio::test]
async fn malformed_requests_are_told_what_is_wrong() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let check = async |parts: &[(&str, Option<&str>, &[u8])], expected: &str| {
        let response = send(&viewer, form(parts)).await;
        assert_eq!(response.status(), 400, "{expected}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["data"], Value::Null);
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "RC400");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(expected),
            "`{message}` has no `{expected}`"
        );
    };
    let file: (&str, Option<&str>, &[u8]) = ("x", Some("a.jpg"), b"1");
    let operations: (&str, Option<&str>, &[u8]) = ("operations", None, ME);
    let map = |text: &'static str| ("map", None, text.as_bytes());
    let good = map(r#"{ "x": ["variables.a"] }"#);
    check(&[], "the first part must be `operations`").await;
    check(
        &[good, operations, file],
        "the first part must be `operations`",
    )
    .await;
    check(
        &[("operations", None, b"{"), good, file],
        "`operations` is not JSON",
    )
    .await;
    check(
        &[("operations", None, b"\xff"), good, file],
        "`operations` is not JSON",
    )
    .await;
    check(
        &[("operations", None, b"[]"), good, file],
        "one JSON object",
    )
    .await;
    let wrong = (
        "operations",
        None,
        br#"{ "query": 7, "variables": { "a": null } }"#.as_slice(),
    );
    check(&[wrong, good, file], "is not an operation").await;
    check(&[operations], "the second part must be `map`").await;
    check(&[operations, file], "the second part must be `map`").await;
    check(&[operations, map("7"), file], "must be a JSON object").await;
    check(
        &[operations, map(r#"{ "x": "variables.a" }"#), file],
        "must be a JSON object",
    )
    .await;
    check(
        &[operations, map(r#"{ "x": [] }"#), file],
        "uses file `x` nowhere",
    )
    .await;
    for path in [
        "variables.c",
        "variables.b.1",
        "variables.b.9",
        "query",
        "variables",
        "a\\u0000b",
    ] {
        let map = format!(r#"{{ "x": ["{path}"] }}"#);
        let parts = [operations, ("map", None, map.as_bytes()), file];
        check(&parts, "no place in the variables").await;
    }
    // One place cannot hold two files.
    let twice = map(r#"{ "x": ["variables.a"], "y": ["variables.a"] }"#);
    check(&[operations, twice, file], "no place in the variables").await;
    check(&[operations, good], "file `x`, which did not come").await;
    check(&[operations, good, file, file], "part `x` came twice").await;
    check(
        &[operations, good, file, ("y", None, b"")],
        "part `y` is not in part `map`",
    )
    .await;
    let names: Vec<String> = (0..21)
        .map(|n| format!(r#""{n}": ["variables.a"]"#))
        .collect();
    let many = format!("{{ {} }}", names.join(","));
    check(
        &[operations, ("map", None, many.as_bytes())],
        "has 21 files, at most 20",
    )
    .await;

    let mut cut = form(&[operations, good, file]);
    cut.truncate(cut.len() - 12);
    let response = send(&viewer, cut).await;
    assert_eq!(response.status(), 400);
    let text = response.text().await.unwrap();
    assert!(text.contains("the multipart body cannot be read"), "{text}");
}

#[tokio::test]
async fn requests_that_are_too_large_as_a_whole_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let check = async |body: Vec<u8>, expected: &str| {
        let response = send(&viewer, body).await;
        assert_eq!(response.status(), 413, "{expected}");
        let text = response.text().await.unwrap();
        assert!(text.contains(expected) && text.contains("RC413"), "{text}");
    };
    let long = vec![b' '; 1100 << 10];
    check(
        form(&[("operations", None, &long)]),
        "part `operations` is larger than 1024 KiB",
    )
    .await;
    let parts = [("operations", None, ME), ("map", None, long.as_slice())];
    check(form(&parts), "part `map` is larger than 64 KiB").await;
}

#[tokio::test]
async fn forms_of_other_sites_and_of_nobody_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let body = || form(&[("operations", None, ME), ("map", None, b"{}")]);
    let response = request(&viewer, body()).send().await.unwrap();
    assert_eq!(response.status(), 403);
    let text = response.text().await.unwrap();
    assert!(text.contains("x-rollcall-csrf"), "{text}");

    let foreign = request(&viewer, body())
        .header("x-rollcall-csrf", "1")
        .header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);

    // Refused before the body is looked at.
    let nobody = Viewer {
        api: &api,
        cookie: String::new(),
    };
    let answer: Value = send(&nobody, b"nonsense".to_vec())
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "RC401");
}
