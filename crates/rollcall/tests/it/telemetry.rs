//! Traces: what a collector gets, and that a hub without one or with a dead one works.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::program::{Running, rollcall};

const DEADLINE: Duration = Duration::from_secs(60);

/// A collector that takes every export; gives the request line and the body of each.
fn collector() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, exports) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            let (mut first, mut length) = (String::new(), 0);
            stream.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
            if sender.send((first, body)).is_err() {
                break;
            }
        }
    });
    (url, exports)
}

fn contains(body: &[u8], text: &str) -> bool {
    body.windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_of_requests_and_statements_reach_a_collector() {
    let (collector, exports) = collector();
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let mut command = rollcall();
    command
        .args(["up", "--listen", "127.0.0.1:0", "--instance"])
        .arg(&instance)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector)
        .env("OTEL_BSP_SCHEDULE_DELAY", "200");
    let mut hub = Running::start(command);
    let line = hub.wait_for_line("portal and GraphQL", DEADLINE);
    let made = rollcall()
        .args(["organization", "create", "Acme"])
        .args(["--owner-email", "o@acme.example", "--instance"])
        .arg(&instance)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    // A failure at an account that exists is written into the audit log.
    let url = format!("http://{}/session", line.split_once("http://").unwrap().1);
    let body = r#"{"email":"o@acme.example","password":"wrong"}"#;
    let answer = reqwest::Client::new()
        .post(&url)
        .header("content-type", "application/json")
        .body(body);
    assert_eq!(answer.send().await.unwrap().status(), 401);
    let (mut has_request, mut has_statement) = (false, false);
    while !(has_request && has_statement) {
        let (first, body) = exports.recv_timeout(DEADLINE).expect("an export");
        assert!(first.starts_with("POST /v1/traces "), "{first}");
        assert!(contains(&body, "rollcall"), "the service has a name");
        has_request |= contains(&body, "POST /session");
        assert!(!contains(&body, "acme.example"), "and nobody is named");
        has_statement |= contains(&body, "postgresql");
    }
    let (code, text) = hub.stop(Signal::SIGTERM, DEADLINE);
    assert_eq!(code, Some(0), "{text}");
}
