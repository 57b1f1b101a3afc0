//! What every answer and every way in has in common.

use rollcall_api::{ApiError, ApiOptions, HttpOptions};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::seed;
use crate::support::Api;

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let api = Api::start().await;
    for path in [
        "/",
        "/some/route",
        "/healthz",
        "/graphql",
        "/assets/none.js",
    ] {
        let response = api.get(path).await;
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("script-src"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(["no-store", "no-cache"].contains(&header("cache-control").as_str()));
    }
}

#[tokio::test]
async fn other_sites_and_other_kinds_of_bodies_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let send = async |path: &str, headers: &[(&'static str, &str)]| {
        let mut request = api
            .client
            .post(api.url(path))
            .header("cookie", &viewer.cookie)
            .body(r#"{"query":"{ me { id } }"}"#);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let json = ("content-type", "application/json");
    let ours = api.url("");
    for path in ["/graphql", "/session"] {
        let ok = if path == "/graphql" { 200 } else { 400 };
        assert_eq!(send(path, &[json]).await, ok);
        assert_eq!(send(path, &[json, ("origin", &ours)]).await, ok);
        assert_eq!(send(path, &[]).await, 415);
        assert_eq!(send(path, &[("content-type", "text/plain")]).await, 415);
        assert_eq!(
            send(path, &[json, ("origin", "http://evil.example")]).await,
            403
        );
        assert_eq!(
            send(path, &[json, ("sec-fetch-site", "cross-site")]).await,
            403
        );
    }
    let get = api.get("/graphql?query={me{id}}").await;
    assert_eq!(get.status(), 405);
}

#[tokio::test]
async fn bodies_that_are_not_an_operation_are_named() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    for body in [json!(null), json!([]), json!("x"), json!({ "query": 7 })] {
        let response = viewer.post(&body).await;
        assert_eq!(response.status(), 400, "{body}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "RC400");
    }
    let response = viewer
        .post(&json!({ "query": "x".repeat(1200 * 1024) }))
        .await;
    assert_eq!(response.status(), 413);
    for query in [
        "",
        "{",
        "{ nothing }",
        "{ me { id } } extra",
        "mutation { me }",
    ] {
        assert_eq!(viewer.error(query, json!({})).await.0, "RC400", "`{query}`");
    }
}

#[tokio::test]
async fn greedy_operations_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let page = "sites { nodes { id name } }";
    let many: String = (0..20)
        .map(|n| {
            format!(
                "a{n}: employees(first: 200) {{ nodes {{ id code {page_of} }} }} ",
                page_of = "sites { id name timeZone localTime }"
            )
        })
        .collect();
    let (code, message) = viewer.error(&format!("{{ {many} }}"), json!({})).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("RC413", "Query is too complex.")
    );
    // The largest honest page is allowed.
    let full = "{ attendanceDays(first: 200, filter: { from: \"2026-11-01\", to: \"2026-11-30\" }) { nodes {
        id workDate timeZone status firstInAt lastOutAt workedMinutes nPunches nRepeats exceptions why
        employee { id code displayName } site { id name } sessions { inAt outAt workedMinutes }
    } pageInfo { hasNextPage endCursor } } }";
    viewer.data(full, json!({})).await;
    viewer.data(&format!("{{ {page} }}"), json!({})).await;
}

#[tokio::test]
async fn introspection_is_for_viewers() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let of_type = (0..7).fold("name".to_owned(), |inner, _| {
        format!("name ofType {{ {inner} }}")
    });
    let query = format!(
        "{{ __schema {{ types {{ name fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}"
    );
    let data = viewer.data(&query, json!({})).await;
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 20);
}

#[tokio::test]
async fn probes_say_what_is_wrong() {
    let api = Api::start().await;
    let check = async |path: &str, status: u16, text: &str| {
        let response = api.get(path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body = response.text().await.unwrap();
        assert!(body.contains(text), "{path}: {body}");
    };
    check("/healthz", 200, "ok").await;
    check("/readyz", 200, "ok").await;
    let organization_id = api.fixture.organization_id;
    let raise = "update rollcall_migration.history set version = version + 100
                 where version = (select max(version) from rollcall_migration.history)";
    seed::execute!(&api, organization_id, raise, &[]).await;
    check("/readyz", 503, "this program needs").await;
    let refuse = "revoke execute on function app.schema_version() from rollcall_api";
    seed::execute!(&api, organization_id, refuse, &[]).await;
    check("/readyz", 503, "does not answer as it should").await;
    check("/healthz", 200, "ok").await;
}

#[tokio::test]
async fn metrics_count_by_route_and_operation() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    viewer
        .data("query Anything { sites { nodes { id } } }", json!({}))
        .await;
    viewer.error("query Mine { madeUpField }", json!({})).await;
    let text = api.get("/metrics").await.text().await.unwrap();
    for line in [
        r#"rollcall_api_requests_total{method="POST",route="/graphql",status="200"}"#,
        r#"rollcall_api_request_duration_seconds_bucket{method="POST",route="/session","#,
        r#"rollcall_api_graphql_operations_total{operation="query sites",outcome="ok"}"#,
        r#"rollcall_api_graphql_operations_total{operation="invalid",outcome="error"}"#,
        r#"rollcall_api_logins_total{outcome="ok"}"#,
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("madeUpField") && !text.contains("Anything"));
    assert!(!text.contains("example.org"));
}

#[tokio::test]
async fn a_broken_database_is_not_described_to_clients() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    seed::execute!(
        &api,
        api.fixture.organization_id,
        "revoke select on app.site from rollcall_api",
        &[],
    )
    .await;
    let (code, message) = viewer.error("{ sites { nodes { id } } }", json!({})).await;
    assert_eq!(code, "RC500");
    assert_eq!(message, "something went wrong; the server's log says what");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let api = Api::start().await;
    let options = ApiOptions {
        listen: api.running.address,
        database: api.database.api.clone(),
        listener_url: api.database.url_for("rollcall_api"),
        secure_cookie: true,
        login: Default::default(),
        http: HttpOptions::default(),
        allow_private_webhooks: false,
        device_access: None,
    };
    let error = rollcall_api::serve(options, CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, ApiError::Listen { .. }));
    let text = error.to_string();
    assert!(text.contains(&api.running.address.to_string()), "{text}");
    assert!(text.contains("hint:"), "{text}");
}

#[tokio::test]
async fn a_stop_ends_everything() {
    let api = Api::start().await;
    let address = api.running.address;
    api.stop.cancel();
    api.running.wait().await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn graphiql_is_served_where_it_is_switched_on() {
    let api = Api::start().await;
    assert_eq!(api.get("/graphiql").await.status(), 404);
    assert_eq!(api.get("/graphiql.html").await.status(), 404);
    let options = HttpOptions {
        graphiql: true,
        ..HttpOptions::default()
    };
    let api = Api::start_with(options, None).await;
    let response = api.get("/graphiql").await;
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("default-src 'self'") && !policy.contains("script-src"));
    // Set-up builds the portal before the tests.
    assert_eq!(response.status(), 200);
    assert!(response.text().await.unwrap().contains("GraphiQL"));
}
