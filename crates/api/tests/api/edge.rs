//! Clients that are slow on purpose, and what happens to those who are in the middle when the hub stops.

use std::time::Duration;

use rollcall_api::{HttpOptions, Limits};
use rollcall_testkit::wait_until;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::Api;

const DEADLINE: Duration = Duration::from_secs(20);

async fn impatient() -> Api {
    let limits = Limits {
        client_timeout: Duration::from_millis(500),
        request_timeout: Duration::from_millis(500),
        max_connections: 1,
        ..Limits::DEFAULT
    };
    let options = HttpOptions {
        limits,
        ..HttpOptions::default()
    };
    Api::start_with(options, None).await
}

async fn others_are_served_again(api: &Api) {
    wait_until("others are served", DEADLINE, async || {
        let answer = api
            .client
            .get(api.url("/healthz"))
            .header("connection", "close");
        answer
            .send()
            .await
            .ok()
            .filter(|answer| answer.status() == 200)
    })
    .await;
}

#[tokio::test]
async fn a_client_that_sends_its_headers_slowly_is_dropped() {
    let api = impatient().await;
    let mut slow = TcpStream::connect(api.running.address).await.unwrap();
    slow.write_all(b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let end = tokio::time::timeout(DEADLINE, slow.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "the hub waits for ever");
    others_are_served_again(&api).await;
}

#[tokio::test]
async fn a_client_that_sends_its_body_slowly_is_answered_and_dropped() {
    let api = impatient().await;
    let mut slow = TcpStream::connect(api.running.address).await.unwrap();
    slow.write_all(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
          Content-Length: 1000\r\n\r\n{\"query\":",
    )
    .await
    .unwrap();
    let mut answer = Vec::new();
    let end = tokio::time::timeout(DEADLINE, slow.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "the hub waits for ever");
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("RC504"), "{answer}");
    others_are_served_again(&api).await;
}

#[tokio::test]
async fn a_client_that_never_reads_gives_its_place_to_others() {
    let api = impatient().await;
    let deaf = TcpStream::connect(api.running.address).await.unwrap();
    let (reader, mut writer) = deaf.into_split();
    // Asks until the hub's answers fill every buffer in between and the hub stops reading.
    let asking = tokio::spawn(async move {
        let ask = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
        while writer.write_all(&ask).await.is_ok() {}
    });
    others_are_served_again(&api).await;
    drop(reader);
    asking.abort();
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_stop() {
    let api = Api::start().await;
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
    let stop = async {
        wait_until("the request waits for the lock", DEADLINE, async || {
            let waiting =
                "select 1 from pg_locks where not granted and relation = 'app.site'::regclass";
            let found = lock.query("look", waiting, &[]).await.unwrap();
            (!found.is_empty()).then_some(())
        })
        .await;
        api.stop.cancel();
        wait_until("nobody is let in any more", DEADLINE, async || {
            TcpStream::connect(api.running.address).await.err()
        })
        .await;
        lock.rollback().await.unwrap();
    };
    let (response, ()) = tokio::join!(viewer.post(&ask), stop);
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(
        answer["data"]["sites"]["nodes"].as_array().unwrap().len(),
        2
    );
}
