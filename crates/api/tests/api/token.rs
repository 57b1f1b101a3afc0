//! API tokens: what they may, where they are taken, and how they end.

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::Response;
use rollcall_store::user::UserRole;
use rollcall_testkit::{fixture, wait_until};
use serde_json::{Value, json};

use crate::seed;
use crate::socket_client::{self, PROTOCOL, Socket, connect};
use crate::support::{Api, Viewer};

const CREATE: &str = "mutation($input: TokenCreateInput!) { tokenCreate(input: $input)
    { status secret token { id name scopes expiresAt lastUsedAt revokedAt } problems { field code message hint } } }";
const REVOKE: &str = "mutation($id: ID!) { tokenRevoke(tokenId: $id) { status token { id revokedAt } problems { field code } } }";
const TOKENS: &str = "query($ended: Boolean) { tokens(includeEnded: $ended) { totalCount nodes { id name lastUsedAt revokedAt } } }";
const ME: &str = "{ me { email } }";

async fn create(viewer: &Viewer<'_>, input: Value) -> Value {
    let mut data = viewer.data(CREATE, json!({ "input": input })).await;
    data["tokenCreate"].take()
}

/// Id and secret of a new token.
async fn token(viewer: &Viewer<'_>, scopes: &[&str]) -> (String, String) {
    let made = create(
        viewer,
        json!({ "name": scopes.join(" "), "scopes": scopes }),
    )
    .await;
    assert_eq!(made["status"], "DONE", "{made}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["token"]["id"]), text(&made["secret"]))
}

/// Posts with an `Authorization` header, perhaps with other headers as well.
async fn post(api: &Api, authorization: &str, query: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = api
        .client
        .post(api.url("/graphql"))
        .header("authorization", authorization)
        .json(&json!({ "query": query }));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn answer(api: &Api, secret: &str, query: &str) -> Value {
    let response = post(api, &format!("Bearer {secret}"), query, &[]).await;
    assert_eq!(response.status(), 200, "{query}");
    response.json().await.unwrap()
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("none")
}

#[tokio::test]
async fn a_token_acts_for_its_user_and_is_stored_as_a_hash() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let (_, secret) = token(&viewer, &["attendance:read"]).await;
    // 256 random bits are 43 characters.
    assert!(
        secret.starts_with("rct_") && secret.len() == 4 + 43,
        "{secret}"
    );
    let me = answer(&api, &secret, ME).await;
    assert_eq!(
        me,
        json!({ "data": { "me": { "email": "hr_admin@example.org" } } })
    );
    let n_rows = seed::execute!(
        &api,
        api.fixture.organization_id,
        "select from app.api_token where token_sha256 = sha256($1::text::bytea)",
        &[&secret],
    )
    .await;
    assert_eq!(n_rows, 1);
    let dump = seed::execute!(
        &api,
        api.fixture.organization_id,
        "select from audit.event where after::text like '%' || $1 || '%'",
        &[&secret],
    )
    .await;
    assert_eq!(dump, 0, "the secret is not in the audit log");
}

#[tokio::test]
async fn a_token_is_narrowed_to_its_scopes_and_its_users_role() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Viewer).await;
    let (_, read) = token(&viewer, &["attendance:read"]).await;
    let (_, write) = token(&viewer, &["people:read", "people:write"]).await;
    let sites = "{ sites { nodes { name } } }";
    assert_eq!(answer(&api, &read, sites).await.get("errors"), None);
    assert_eq!(
        code(&answer(&api, &read, "{ employees { nodes { id } } }").await),
        "RC403"
    );
    assert_eq!(code(&answer(&api, &write, sites).await), "RC403");
    // The scope is there, the role of its user is not.
    let create = "mutation { employeeCreate(input: { code: \"1\", displayName: \"A\", siteIds: [] }) { status } }";
    assert_eq!(code(&answer(&api, &write, create).await), "RC403");
    // No token makes another, whatever its scopes.
    let more =
        "mutation { tokenCreate(input: { name: \"x\", scopes: [\"people:read\"] }) { status } }";
    let refused = answer(&api, &write, more).await;
    assert_eq!(code(&refused), "RC403");
    assert_eq!(
        refused["errors"][0]["message"],
        "`tokenCreate` is not for API tokens: log in"
    );
}

#[tokio::test]
async fn token_and_cookie_are_never_mixed() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (_, secret) = token(&viewer, &["attendance:read"]).await;
    let bearer = format!("Bearer {secret}");
    let cookie = ("cookie", viewer.cookie.as_str());
    // A wrong token is not helped by a good cookie.
    for bad in ["Bearer rct_wrong", "Bearer", "Bearer x"] {
        let response = post(&api, bad, ME, &[cookie]).await;
        assert_eq!(response.status(), 401, "{bad}");
        assert!(response.headers().contains_key("www-authenticate"));
        assert_eq!(code(&response.json().await.unwrap()), "RC401");
    }
    // With both, the token's scopes count.
    let response = post(&api, &bearer, "{ employees { nodes { id } } }", &[cookie]).await;
    assert_eq!(code(&response.json().await.unwrap()), "RC403");
    // A program has no origin; another site's browser cannot send the header, so nothing is to be checked.
    let elsewhere = ("origin", "http://elsewhere.example");
    assert_eq!(post(&api, &bearer, ME, &[elsewhere]).await.status(), 200);
    assert_eq!(
        post(&api, "Basic eDp5", ME, &[cookie, elsewhere])
            .await
            .status(),
        403
    );
    let response = api
        .client
        .delete(api.url("/session"))
        .header("authorization", &bearer)
        .header("cookie", &viewer.cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    viewer.data(ME, json!({})).await;
}

#[tokio::test]
async fn expired_and_revoked_tokens_are_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let at = (api.now() + SignedDuration::from_mins(90)).to_string();
    let input = json!({ "name": "short", "scopes": ["people:read"], "expiresAt": at });
    let made = create(&viewer, input.clone()).await;
    let expiring = made["secret"].as_str().unwrap().to_owned();
    let (id, revoked) = token(&viewer, &["attendance:read"]).await;
    answer(&api, &expiring, ME).await;
    answer(&api, &revoked, ME).await;
    let done = viewer.data(REVOKE, json!({ "id": id })).await;
    assert_eq!(done["tokenRevoke"]["status"], "DONE");
    let again = viewer.data(REVOKE, json!({ "id": id })).await;
    assert_eq!(
        again["tokenRevoke"]["problems"],
        json!([{ "field": "tokenId", "code": "NOT_FOUND" }])
    );
    assert_eq!(
        post(&api, &format!("Bearer {revoked}"), ME, &[])
            .await
            .status(),
        401
    );
    api.advance(SignedDuration::from_mins(90));
    assert_eq!(
        post(&api, &format!("Bearer {expiring}"), ME, &[])
            .await
            .status(),
        401
    );
    // The name of a token that ended is free again.
    let at = (api.now() + SignedDuration::from_mins(90)).to_string();
    let again = create(
        &viewer,
        json!({ "name": "short", "scopes": ["people:read"], "expiresAt": at }),
    )
    .await;
    assert_eq!(again["status"], "DONE", "{again}");
    let live = viewer.data(TOKENS, json!({})).await;
    assert_eq!(live["tokens"]["totalCount"], 1);
    let all = viewer.data(TOKENS, json!({ "ended": true })).await;
    assert_eq!(all["tokens"]["totalCount"], 3);
}

#[tokio::test]
async fn a_deactivated_users_token_is_refused() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (_, secret) = token(&viewer, &["attendance:read"]).await;
    answer(&api, &secret, ME).await;
    let shut =
        "update app.user_account set deactivated_at = now() where email = 'owner@example.org'";
    seed::execute!(&api, api.fixture.organization_id, shut, &[]).await;
    // By another process, which the database tells of.
    wait_until(
        "the token is refused",
        Duration::from_secs(20),
        async || {
            let response = post(&api, &format!("Bearer {secret}"), ME, &[]).await;
            (response.status() == 401).then_some(())
        },
    )
    .await;
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (_, secret) = token(&viewer, &["attendance:read"]).await;
    let used = async || {
        let data = viewer.data(TOKENS, json!({})).await;
        data["tokens"]["nodes"][0]["lastUsedAt"].clone()
    };
    assert_eq!(used().await, Value::Null);
    answer(&api, &secret, ME).await;
    let first = json!(api.now().to_string());
    assert_eq!(used().await, first);
    api.advance(SignedDuration::from_secs(59));
    answer(&api, &secret, ME).await;
    assert_eq!(used().await, first);
    // Some seconds more: for so long a token is believed without asking.
    api.advance(SignedDuration::from_secs(10));
    answer(&api, &secret, ME).await;
    assert_eq!(used().await, json!(api.now().to_string()));
}

#[tokio::test]
async fn bad_tokens_are_refused_with_a_problem() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let check = async |input: Value, field: &str, code: &str| {
        let made = create(&viewer, input.clone()).await;
        assert_eq!(made["status"], "REFUSED", "{input}");
        assert_eq!(made["secret"], Value::Null);
        let problem = &made["problems"][0];
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&json!(field), &json!(code)),
            "{input}"
        );
    };
    let scopes = ["attendance:read"];
    check(json!({ "name": " ", "scopes": scopes }), "name", "BLANK").await;
    check(
        json!({ "name": "\u{0}", "scopes": scopes }),
        "name",
        "BLANK",
    )
    .await;
    check(
        json!({ "name": "x".repeat(101), "scopes": scopes }),
        "name",
        "TOO_LONG",
    )
    .await;
    check(json!({ "name": "a", "scopes": [] }), "scopes", "BLANK").await;
    check(
        json!({ "name": "a", "scopes": ["everything"] }),
        "scopes",
        "MALFORMED",
    )
    .await;
    for at in [
        "2026-11-22T10:00:00Z",
        "2020-01-01T00:00:00Z",
        "2028-01-01T00:00:00Z",
    ] {
        let input = json!({ "name": "a", "scopes": scopes, "expiresAt": at });
        check(input, "expiresAt", "REFUSED").await;
    }
    token(&viewer, &scopes).await;
    check(
        json!({ "name": "attendance:read", "scopes": scopes }),
        "name",
        "TAKEN",
    )
    .await;
}

#[tokio::test]
async fn tokens_are_seen_by_their_user_and_by_owners_of_the_same_organisation() {
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let (hr, owner, stranger) = (
        api.viewer(UserRole::HrAdmin).await,
        api.owner().await,
        api.other_owner(&other).await,
    );
    let auditor = api.viewer(UserRole::Auditor).await;
    let (id, _) = token(&hr, &["attendance:read"]).await;
    for (viewer, expected) in [(&hr, 1), (&owner, 1), (&auditor, 0), (&stranger, 0)] {
        let data = viewer.data(TOKENS, json!({})).await;
        assert_eq!(data["tokens"]["totalCount"], expected);
    }
    for viewer in [&auditor, &stranger] {
        let done = viewer.data(REVOKE, json!({ "id": id })).await;
        assert_eq!(done["tokenRevoke"]["problems"][0]["code"], "NOT_FOUND");
    }
    for bad in ["", "nonsense", "dXNlcjox"] {
        let done = owner.data(REVOKE, json!({ "id": bad })).await;
        assert_eq!(done["tokenRevoke"]["problems"][0]["code"], "NOT_FOUND");
    }
    let done = owner.data(REVOKE, json!({ "id": id })).await;
    assert_eq!(done["tokenRevoke"]["status"], "DONE");
}

#[tokio::test]
async fn subscriptions_of_a_revoked_token_end() {
    let (_turn, api) = socket_client::start().await;
    let viewer = api.owner().await;
    let (id, secret) = token(&viewer, &["attendance:read"]).await;
    let bearer = format!("Bearer {secret}");
    let mut by_header = connect(&api, &[PROTOCOL, ("authorization", &bearer)])
        .await
        .unwrap();
    by_header.send(json!({ "type": "connection_init" })).await;
    assert_eq!(by_header.next().await.unwrap()["type"], "connection_ack");
    let mut by_payload = connect(&api, &[PROTOCOL]).await.unwrap();
    let payload = json!({ "authorization": bearer });
    by_payload
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(by_payload.next().await.unwrap()["type"], "connection_ack");
    by_header.subscribe(&api, Value::Null, 1).await;
    by_payload.subscribe(&api, Value::Null, 2).await;
    viewer.data(REVOKE, json!({ "id": id })).await;
    for socket in [&mut by_header, &mut by_payload] {
        assert_eq!(
            closed(socket).await,
            (4401, "the session has ended".to_owned())
        );
    }
    socket_client::subscribers(&api, 0).await;
}

#[tokio::test]
async fn sockets_without_a_live_token_are_closed() {
    let (_turn, api) = socket_client::start().await;
    let viewer = api.owner().await;
    let (_, secret) = token(&viewer, &["people:read"]).await;
    for payload in [
        json!(null),
        json!({}),
        json!({ "authorization": "Bearer rct_wrong" }),
        json!({ "authorization": secret }),
        json!({ "authorization": 7 }),
    ] {
        let mut socket = connect(&api, &[PROTOCOL]).await.unwrap();
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(
            closed(&mut socket).await,
            (4401, "log in first".to_owned()),
            "{payload}"
        );
    }
    // A token beside a cookie: it is not clear which is meant.
    let mut socket = connect(&api, &[PROTOCOL, ("cookie", &viewer.cookie)])
        .await
        .unwrap();
    let payload = json!({ "authorization": format!("Bearer {secret}") });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(
        closed(&mut socket).await,
        (4401, "send the token in one place".to_owned())
    );
    // The scopes of a token hold for subscriptions too.
    let mut socket = connect(&api, &[PROTOCOL]).await.unwrap();
    let payload = json!({ "Authorization": format!("Bearer {secret}") });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.next().await.unwrap()["type"], "connection_ack");
    socket
        .operation("1", "subscription { punchRecorded { cursor } }", json!({}))
        .await;
    let refused = socket.next().await.unwrap();
    let error = &refused["payload"]["errors"][0]["extensions"]["code"];
    assert_eq!(error, "RC403", "{refused}");
}

async fn closed(socket: &mut Socket) -> (u16, String) {
    loop {
        if let Err(closed) = socket.next().await {
            return closed;
        }
    }
}
