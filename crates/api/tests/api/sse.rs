//! Live events as server-sent events, with a plain HTTP client.

use std::time::Duration;

use reqwest::Response;
use rollcall_store::user::UserRole;
use serde_json::{Value, json};

use crate::seed::{self, Punch};
use crate::socket_client::{DEADLINE, employee, start, subscribers};
use crate::support::{Api, Viewer};

const RECORDED: &str = "subscription { punchRecorded { cursor punch { employee { code } } } }";

/// An event stream as it is read.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    fn new(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self {
            response,
            text: String::new(),
        }
    }

    /// Name and data of the next event; none at the end of the stream. Comments are skipped.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines();
                    let found = lines.find_map(|line| line.strip_prefix(name));
                    found.map(|value| value.trim_start().to_owned())
                };
                let event = field("event:").map(|name| {
                    let data = field("data:").unwrap();
                    let data = match data.as_str() {
                        "" => Value::Null,
                        data => serde_json::from_str(data).unwrap(),
                    };
                    (name, data)
                });
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let chunk = tokio::time::timeout(DEADLINE, self.response.chunk())
                .await
                .expect("the stream goes on")
                .unwrap()?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    async fn punch(&mut self) -> Value {
        let (name, mut data) = self.next().await.unwrap();
        assert_eq!(name, "next", "{data}");
        data["data"]["punchRecorded"].take()
    }

    async fn complete(&mut self) {
        let complete = Some(("complete".to_owned(), Value::Null));
        assert_eq!(self.next().await, complete);
        assert_eq!(self.next().await, None);
    }
}

async fn post(viewer: &Viewer<'_>, query: &str, variables: Value) -> Response {
    let client = &viewer.api.client;
    client
        .post(viewer.api.url("/graphql"))
        .header("cookie", &viewer.cookie)
        .header("accept", "text/event-stream")
        .json(&json!({ "query": query, "variables": variables }))
        .send()
        .await
        .unwrap()
}

async fn get(viewer: &Viewer<'_>, query: &str, headers: &[(&str, &str)]) -> Response {
    let url = reqwest::Url::parse_with_params(&viewer.api.url("/graphql"), [("query", query)]);
    let mut request = viewer
        .api
        .client
        .get(url.unwrap())
        .header("cookie", &viewer.cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn announce(api: &Api, code: &str) {
    let employee_id = employee(api, code).await;
    Punch::new(&api.fixture, employee_id, api.now())
        .announce(api)
        .await;
}

#[tokio::test]
async fn events_come_one_by_one_and_go_on_after_a_cursor() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut events = Events::new(post(&viewer, RECORDED, json!({})).await);
    subscribers(&api, 1).await;
    announce(&api, "ada").await;
    let first = events.punch().await;
    assert_eq!(first["punch"]["employee"]["code"], "ada");
    drop(events);
    subscribers(&api, 0).await;
    announce(&api, "bob").await;
    let again = "subscription($after: String) { punchRecorded(after: $after) { punch { employee { code } } } }";
    let variables = json!({ "after": first["cursor"] });
    let mut events = Events::new(post(&viewer, again, variables).await);
    assert_eq!(events.punch().await["punch"]["employee"]["code"], "bob");
}

#[tokio::test]
async fn queries_and_their_errors_come_as_one_event() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut events = Events::new(post(&viewer, "{ me { role } }", json!({})).await);
    let answer = json!({ "data": { "me": { "role": "OWNER" } } });
    assert_eq!(events.next().await, Some(("next".to_owned(), answer)));
    events.complete().await;
    let mut events = Events::new(post(&viewer, "{ madeUp }", json!({})).await);
    let (name, data) = events.next().await.unwrap();
    assert_eq!(name, "next");
    assert_eq!(data["errors"][0]["extensions"]["code"], "RC400");
    events.complete().await;
}

#[tokio::test]
async fn a_link_may_watch_and_change_nothing() {
    let (_turn, api) = start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let accept = ("accept", "text/event-stream");
    let mut events = Events::new(get(&viewer, RECORDED, &[accept]).await);
    subscribers(&api, 1).await;
    announce(&api, "ada").await;
    assert_eq!(events.punch().await["punch"]["employee"]["code"], "ada");

    let create = "mutation { employeeCreate(input: { code: \"1\", displayName: \"A\", siteIds: [] }) { status } }";
    let check = async |query: &str, headers: &[(&str, &str)], expected: u16| {
        let response = get(&viewer, query, headers).await;
        assert_eq!(response.status(), expected, "{query} {headers:?}");
        response
    };
    let refused = check(create, &[accept], 405).await;
    assert_eq!(refused.headers()["allow"], "POST");
    check("{ me { id } }", &[], 405).await;
    check("", &[accept], 400).await;
    let elsewhere = ("sec-fetch-site", "cross-site");
    check(RECORDED, &[accept, elsewhere], 403).await;
    let evil = ("origin", "http://evil.example");
    check(RECORDED, &[accept, evil], 403).await;
    let nobody = Viewer {
        api: &api,
        cookie: "rollcall_session=made-up".to_owned(),
    };
    let response = get(&nobody, RECORDED, &[accept]).await;
    assert_eq!(response.status(), 401);
    let response = post(&nobody, RECORDED, json!({})).await;
    assert_eq!(response.status(), 401);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "RC401");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_says_why() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut events = Events::new(post(&viewer, RECORDED, json!({})).await);
    subscribers(&api, 1).await;
    let revoke = "update app.user_session set revoked_at = now()";
    seed::execute!(api, api.fixture.organization_id, revoke, &[]).await;
    let last = tokio::time::timeout(Duration::from_secs(10), events.next());
    let (name, data) = last.await.expect("within seconds").unwrap();
    assert_eq!(name, "next");
    assert_eq!(data["errors"][0]["extensions"]["code"], "RC401");
    events.complete().await;
}

#[tokio::test]
async fn a_stop_completes_streams() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut events = Events::new(post(&viewer, RECORDED, json!({})).await);
    subscribers(&api, 1).await;
    api.stop.cancel();
    events.complete().await;
    api.running.wait().await.unwrap();
}
