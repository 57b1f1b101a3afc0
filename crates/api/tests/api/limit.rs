//! What asks for too much is refused with a code, and the hub goes on.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::SignedDuration;
use rollcall_api::{HttpOptions, Limits, Operations};
use rollcall_store::user::UserRole;
use serde_json::{Value, json};

use crate::support::{Api, Viewer};

fn limited(limits: Limits) -> HttpOptions {
    HttpOptions {
        limits,
        ..HttpOptions::default()
    }
}

/// Status, `Retry-After` and code of an answer.
async fn outcome(viewer: &Viewer<'_>, body: &Value) -> (u16, Option<String>, Option<String>) {
    let response = viewer.post(body).await;
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after");
    let wait = wait.map(|value| value.to_str().unwrap().to_owned());
    let answer: Value = response.json().await.unwrap();
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    (status, wait, code.map(str::to_owned))
}

#[tokio::test]
async fn hostile_operations_are_refused_and_the_hub_goes_on() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let deep = (0..90).fold("id".to_owned(), |inner, _| format!("me {{ {inner} }}"));
    let deeper = (0..30_000).fold(String::new(), |all, _| all + "{a");
    let list = format!(
        "{{ sites(first: {}1) {{ nodes {{ id }} }} }}",
        "[".repeat(100_000)
    );
    let object = format!("{{ sites(first: {} }}", "{a:".repeat(60_000));
    let aliases: String = (0..201).fold(String::new(), |mut all, n| {
        write!(all, "a{n}: id ").unwrap();
        all
    });
    let roots = "me { id } ".repeat(31);
    let mut doubling = "{ ...F0 }".to_owned();
    for n in 0..40 {
        write!(
            doubling,
            " fragment F{n} on Query {{ ...F{next} ...F{next} }}",
            next = n + 1
        )
        .unwrap();
    }
    doubling += " fragment F40 on Query { me { id } }";
    let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    let directives = format!("{{ me {{ id {} }} }}", "@skip(if: false) ".repeat(51));
    for (what, query, code) in [
        ("depth", format!("{{ {deep} }}"), "RC413"),
        ("unclosed depth", deeper, "RC413"),
        ("nested list", list, "RC413"),
        ("nested object", object, "RC413"),
        ("aliases", format!("{{ me {{ {aliases} }} }}"), "RC413"),
        ("root fields", format!("{{ {roots} }}"), "RC413"),
        ("doubling fragments", doubling, "RC413"),
        ("fragments in a circle", circle.to_owned(), "RC400"),
        ("directives", directives, "RC413"),
        (
            "words",
            format!("{{ me {{ {} }} }}", "id ".repeat(25_000)),
            "RC413",
        ),
        (
            "an endless string",
            "{ sites(after: \"x) { nodes { id } } }".to_owned(),
            "RC400",
        ),
    ] {
        let (found, message) = viewer.error(&query, json!({})).await;
        assert_eq!(found, code, "{what}: {message}");
    }
    viewer.data("{ me { id } }", json!({})).await;
}

#[tokio::test]
async fn bodies_that_are_too_large_or_no_text_are_named() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let large = json!({ "query": "x".repeat(1100 * 1024) });
    let expected = (413, None, Some("RC413".to_owned()));
    assert_eq!(outcome(&viewer, &large).await, expected);
    let deep = format!(
        "{{\"query\":\"{{ me {{ id }} }}\",\"variables\":{}",
        "[".repeat(1000)
    );
    let cases: [&[u8]; 4] = [
        b"{\"query\":\"{ me { id } } # \xff\"}",
        b"\xff\xfe{",
        b"",
        deep.as_bytes(),
    ];
    for body in cases {
        let response = api
            .client
            .post(api.url("/graphql"))
            .header("cookie", &viewer.cookie)
            .header("content-type", "application/json")
            .body(body.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 400);
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "RC400");
        let is_named = answer.to_string().contains("not valid UTF-8");
        assert_eq!(is_named, std::str::from_utf8(body).is_err(), "{answer}");
    }
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let limits = Limits {
        requests_per_second: 1,
        request_burst: 3,
        ..Limits::DEFAULT
    };
    let api = Api::start_with(limited(limits), None).await;
    let viewer = api.owner().await;
    let other = api.viewer(UserRole::Auditor).await;
    let ask = json!({ "query": "{ me { id } }" });
    for _ in 0..3 {
        assert_eq!(outcome(&viewer, &ask).await.0, 200);
    }
    let expected = (429, Some("1".to_owned()), Some("RC429".to_owned()));
    assert_eq!(outcome(&viewer, &ask).await, expected);
    assert_eq!(outcome(&other, &ask).await.0, 200);
    api.advance(SignedDuration::from_secs(1));
    assert_eq!(outcome(&viewer, &ask).await.0, 200);
    assert_eq!(outcome(&viewer, &ask).await.0, 429);
    let metrics = api.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains(r#"rollcall_api_refused_total{reason="rate"}"#));
}

#[tokio::test]
async fn a_statement_that_takes_too_long_has_a_code_of_its_own() {
    let timeout = Duration::from_millis(300);
    let api = Api::start_with(HttpOptions::default(), Some(timeout)).await;
    let viewer = api.owner().await;
    let lock = api
        .database
        .admin
        .begin(&api.fixture.scope())
        .await
        .unwrap();
    lock.execute("lock", "lock table app.site in access exclusive mode", &[])
        .await
        .unwrap();
    let (code, message) = viewer.error("{ sites { nodes { id } } }", json!({})).await;
    assert_eq!(code, "RC504", "{message}");
    lock.rollback().await.unwrap();
    viewer.data("{ sites { nodes { id } } }", json!({})).await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_has_the_same_code() {
    let limits = Limits {
        request_timeout: Duration::from_secs(3),
        ..Limits::DEFAULT
    };
    let api = Api::start_with(limited(limits), None).await;
    let viewer = api.owner().await;
    let lock = api
        .database
        .admin
        .begin(&api.fixture.scope())
        .await
        .unwrap();
    lock.execute("lock", "lock table app.site in access exclusive mode", &[])
        .await
        .unwrap();
    let ask = json!({ "query": "{ sites { nodes { id } } }" });
    let expected = (503, None, Some("RC504".to_owned()));
    assert_eq!(outcome(&viewer, &ask).await, expected);
    lock.rollback().await.unwrap();
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let options = HttpOptions {
        introspection: false,
        ..HttpOptions::default()
    };
    let api = Api::start_with(options, None).await;
    let viewer = api.owner().await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
    ] {
        let (code, _) = viewer.error(query, json!({})).await;
        assert_eq!(code, "RC403", "{query}");
    }
    viewer.data("{ me { id __typename } }", json!({})).await;
}

#[tokio::test]
async fn a_hub_can_be_told_to_execute_known_operations_only() {
    let options = HttpOptions {
        operations: Operations::Persisted,
        ..HttpOptions::default()
    };
    let api = Api::start_with(options, None).await;
    let viewer = api.owner().await;
    assert_eq!(viewer.error("{ me { id } }", json!({})).await.0, "RC403");
    let known = rollcall_api::known_operations();
    let me = known.iter().find(|known| known.name == "Me").unwrap();
    for body in [
        json!({ "query": me.text.replace('{', " { __typename ") }),
        json!({ "documentId": me.name }),
        json!({ "documentId": format!("sha256:{}", me.sha256) }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": me.sha256 } } }),
    ] {
        assert_eq!(outcome(&viewer, &body).await, (200, None, None), "{body}");
    }
    let unknown =
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "ab" } } });
    let expected = (200, None, Some("RC404".to_owned()));
    assert_eq!(outcome(&viewer, &unknown).await, expected);
    let forged = json!({ "query": "{ me { id } }",
        "extensions": { "persistedQuery": { "version": 1, "sha256Hash": me.sha256 } } });
    assert_eq!(outcome(&viewer, &forged).await.2.as_deref(), Some("RC400"));
}
