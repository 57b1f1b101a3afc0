//! Clients that read slowly or not at all: they lose events, and nobody else does.

use rollcall_testkit::wait_until;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::seed::Punch;
use crate::socket_client::{DEADLINE, Socket, employee, metric, start, subscribers};
use crate::support::{Api, Viewer};

/// About 8 kB an event, so that the buffers of the connection are soon full.
fn large_query() -> String {
    let fields: String = (0..100)
        .map(|n| format!("a{n}: id b{n}: localTime "))
        .collect();
    format!("subscription {{ punchRecorded {{ cursor resync punch {{ {fields} }} }} }}")
}

/// A connection that holds little of what is not read.
async fn small(api: &Api) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(32 * 1024).unwrap();
    socket.connect(api.running.address).await.unwrap()
}

/// A websocket by hand that has sent its messages and reads nothing since.
async fn deaf(viewer: &Viewer<'_>) -> TcpStream {
    let mut stream = small(viewer.api).await;
    let address = viewer.api.running.address;
    let request = format!(
        "GET /graphql/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\nCookie: {}\r\n\r\n",
        viewer.cookie
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    for message in [
        json!({ "type": "connection_init" }),
        json!({ "id": "1", "type": "subscribe", "payload": { "query": large_query() } }),
    ] {
        stream.write_all(&frame(&message)).await.unwrap();
    }
    stream
}

/// A text frame of a client, masked with zeros (RFC 6455, 5.2).
fn frame(message: &Value) -> Vec<u8> {
    // Long enough for the length of two bytes.
    let text = format!("{:<130}", message.to_string());
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    frame
}

async fn sockets(api: &Api, n: u32) {
    wait_until("the sockets are closed", DEADLINE, async || {
        (metric(api, "rollcall_api_sockets").await == f64::from(n)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_closed_and_hurts_nobody() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut reader = Socket::open(&viewer).await;
    reader.subscribe(&api, Value::Null, 1).await;
    let stream = deaf(&viewer).await;
    subscribers(&api, 2).await;
    let ada = employee(&api, "ada").await;
    let punch = Punch::new(&api.fixture, ada, api.now());
    // More than the queue, the messages in between and the buffers of a connection hold. The other one gets all of
    // it, and is never told that something was left out.
    for _ in 0..4 {
        punch.burst(&api, 800).await;
        for _ in 0..800 {
            reader.punch().await;
        }
    }
    sockets(&api, 1).await;
    punch.announce(&api).await;
    assert_eq!(reader.code().await, "ada");
    drop(stream);
}

#[tokio::test]
async fn a_client_that_was_slow_is_told_to_read_again_and_goes_on() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open_on(small(&api).await, &viewer).await;
    socket.operation("1", &large_query(), json!({})).await;
    let mut reader = Socket::open(&viewer).await;
    reader.subscribe(&api, Value::Null, 2).await;
    let ada = employee(&api, "ada").await;
    let punch = Punch::new(&api.fixture, ada, api.now());
    let slow = "rollcall_api_feed_resyncs_total{reason=\"slow\"}";
    let before = metric(&api, slow).await;
    for _ in 0..4 {
        punch.burst(&api, 900).await;
        // One after the other: more at once would be a flood, which is another matter.
        for _ in 0..900 {
            reader.punch().await;
        }
    }
    wait_until("it is too slow", DEADLINE, async || {
        (metric(&api, slow).await > before).then_some(())
    })
    .await;
    let mut n_events = 0;
    loop {
        let event = socket.event().await;
        if event["resync"] == "SLOW" {
            assert_eq!(event["punch"], Value::Null);
            break;
        }
        n_events += 1;
        assert!(n_events < 3_600, "nothing was left out");
    }
    // What came after those that were dropped, and then what comes now.
    let bob = employee(&api, "bob").await;
    let last = Punch::new(&api.fixture, bob, api.now());
    let last = last.announce(&api).await;
    let last = opaque_id("punch", last);
    loop {
        let event = socket.event().await;
        assert_eq!(event["resync"], Value::Null);
        n_events += 1;
        assert!(n_events <= 3_601, "more came than there is");
        if event["punch"]["a0"] == last {
            break;
        }
    }
}

/// An opaque id as the API writes it.
fn opaque_id(kind: &str, id: uuid::Uuid) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{kind}:{id}"))
}
