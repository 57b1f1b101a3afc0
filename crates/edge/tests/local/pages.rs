//! Who is let in, what browsers are told, the status page and previews.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use opencv::core::{CV_8UC3, Mat, Scalar};
use reqwest::header;
use rollcall_domain::id::CameraId;
use rollcall_edge::hub_link::HubLink;
use rollcall_testkit::wait_until;
use rollcall_vision::Frame;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::door::{Door, answer, away, client};

const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_the_token() {
    let door = Door::open("").await;
    let mode = std::fs::metadata(door.token_file()).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    for path in [
        "/status.json",
        "/camera/entry/preview.mjpeg",
        "/camera/x/preview.mjpeg",
    ] {
        let (status, text) = answer(door.get(path)).await;
        assert_eq!(status, 401, "{path}");
        assert!(!text.contains("front door"), "{text}");
        // Never in a URL, which ends up in logs.
        let (status, _) = answer(door.get(&format!("{path}?token={}", door.token))).await;
        assert_eq!(status, 401, "{path}");
        let (status, _) = answer(door.get(path).bearer_auth("0".repeat(64))).await;
        assert_eq!(status, 401, "{path}");
    }
    let page = door.get("/").send().await.unwrap();
    assert_eq!(page.status(), 303);
    assert_eq!(page.headers()[header::LOCATION], "/login");
    let (status, text) = answer(door.get("/status.json").bearer_auth(&door.token)).await;
    assert!(status == 200 && text.contains("front door"), "{text}");
    // The kiosk is another section.
    let (status, _) = answer(door.get("/kiosk").bearer_auth(&door.token)).await;
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_gives_a_cookie_that_scripts_and_other_sites_cannot_have() {
    let door = Door::open("").await;
    let log_in = async |token: &str| door.log_in(token, "").send().await.unwrap();
    let wrong = log_in("<script>guess").await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers().get(header::SET_COOKIE).is_none());
    let text = wrong.text().await.unwrap();
    assert!(text.contains("This is not the token"), "{text}");
    assert!(!text.contains("guess"), "nothing that was sent comes back");

    let right = log_in(&door.token).await;
    assert_eq!(right.status(), 303);
    let cookie = right.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assert!(!cookie.contains(&door.token));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    for path in ["/", "/status.json"] {
        let (status, _) = answer(door.get(path).header(header::COOKIE, &cookie)).await;
        assert_eq!(status, 200, "{path}");
    }
    for _ in 0..9 {
        assert_eq!(log_in("guess").await.status(), 401);
    }
    log_in("guess").await;
    let late = log_in(&door.token).await;
    assert_eq!(late.status(), 429);
    // Whoever is in stays in.
    let (status, _) = answer(door.get("/status.json").header(header::COOKIE, &cookie)).await;
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_to_be_careful() {
    let door = Door::open("[kiosk]").await;
    for (path, status) in [
        ("/", 303),
        ("/login", 200),
        ("/status.json", 401),
        ("/assets/status.js", 200),
        ("/assets/../door.token", 404),
        ("/kiosk", 200),
        ("/nowhere", 404),
    ] {
        let response = door.get(path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let is =
            |name: &str, value: &str| response.headers()[name].to_str().unwrap().contains(value);
        assert!(
            is("content-security-policy", "default-src 'none'"),
            "{path}"
        );
        assert!(is("content-security-policy", "frame-ancestors 'none'"));
        assert!(is("x-content-type-options", "nosniff"), "{path}");
        assert!(is("cache-control", "no-store"), "{path}");
        assert!(is("referrer-policy", "same-origin"), "{path}");
    }
    for page in ["/login", "/kiosk"] {
        let (_, text) = answer(door.get(page)).await;
        // A script is a file of ours, or the policy stops it.
        assert!(
            !text.contains("<script>") && !text.contains("style="),
            "{page}"
        );
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{page}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_made_to_point_here_and_other_sites_are_refused() {
    let door = Door::open("host_names = ['door.example']").await;
    let with = async |name: &'static str, value: &str| {
        let request = door.get("/login").header(name, value);
        answer(request).await.0.as_u16()
    };
    let port = door.address.port();
    assert_eq!(with("host", &format!("evil.example:{port}")).await, 421);
    assert_eq!(with("host", &format!("door.example:{port}")).await, 200);
    assert_eq!(with("host", &format!("localhost:{port}")).await, 200);
    assert_eq!(with("sec-fetch-site", "cross-site").await, 403);
    let own = format!("http://{}", door.address);
    for (origin, expected) in [
        (&*own, 401),
        ("http://evil.example", 403),
        ("http://127.0.0.1:1", 403),
        ("null", 403),
    ] {
        let request = door.log_in("guess", "").header("origin", origin);
        assert_eq!(answer(request).await.0, expected, "{origin}");
    }
    // Large bodies are not read.
    let request = door.log_in(&"x".repeat(100_000), "");
    assert_eq!(answer(request).await.0, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_how_the_agent_and_its_line_are_doing() {
    let door = Door::open("").await;
    let status = async || -> serde_json::Value {
        let request = door.get("/status.json").bearer_auth(&door.token);
        serde_json::from_str(&answer(request).await.1).unwrap()
    };
    let page = status().await;
    assert_eq!(page["device"], "front door");
    assert_eq!(page["site"], "Berlin");
    assert_eq!(page["hub"]["state"], "unknown");
    assert_eq!(page["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(page["status"]["cameras"][0]["name"], "entry");
    assert_eq!(page["status"]["cameras"][0]["state"], "opening");
    assert_eq!(page["status"]["spool"]["n_waiting"], 0);
    assert_eq!(page["status"]["recogniser"]["precision"], "int8");
    assert_eq!(page["status"]["clock_offset_ms"], serde_json::Value::Null);
    assert_eq!(page["cameras"][0]["n_frozen"], 0);
    assert_eq!(page["lost"]["n_dropped_full"], 0);
    door.contact.failed(&away());
    let page = status().await;
    assert_eq!(page["hub"]["state"], "away");
    assert_eq!(page["hub"]["problem"], "no answer from the database in 3 s");
    assert!(page["hub"]["hint"].as_str().unwrap().contains("doctor"));
    let since: jiff::Timestamp = page["hub"]["since"].as_str().unwrap().parse().unwrap();
    assert!(jiff::Timestamp::now().duration_since(since).as_secs() < 20);
    door.contact.answered();
    let page = status().await;
    assert_eq!(page["hub"]["state"], "connected");
    assert_eq!(page["hub"].get("problem"), None);
}

/// What an installer sees who has typed a wrong host.
#[tokio::test(flavor = "multi_thread")]
async fn the_status_page_is_there_before_the_first_meeting_and_says_what_is_wrong() {
    let door = Door::before_meeting("", CameraId(Uuid::from_u128(5)), "port=1").await;
    let status = async || -> serde_json::Value {
        let request = door.get("/status.json").bearer_auth(&door.token);
        let (status, text) = answer(request).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let page = status().await;
    assert!(page["device"].is_null() && page["site"].is_null());
    assert_eq!(page["hub"], serde_json::json!({ "state": "unknown" }));
    assert_eq!(page["status"]["cameras"], serde_json::json!([]));
    assert_eq!(page["status"]["spool"]["n_waiting"], 0);
    let link = HubLink::by_url("host=127.0.0.1 port=1 user=door password=sesame").unwrap();
    door.contact.failed(&link.connect().await.unwrap_err());
    let hub = status().await["hub"].take();
    assert_eq!(hub["state"], "away");
    let problem = hub["problem"].as_str().unwrap();
    assert!(
        problem.contains("127.0.0.1:1") && problem.contains("refused"),
        "{problem}"
    );
    assert!(
        hub["hint"].as_str().unwrap().contains("host and port"),
        "{hub}"
    );
    assert!(!hub.to_string().contains("sesame"), "{hub}");
    let preview = door.get("/camera/entry/preview.mjpeg");
    assert_eq!(answer(preview.bearer_auth(&door.token)).await.0, 404);

    door.contact.answered();
    door.meet("entry");
    let page = status().await;
    assert_eq!(
        (page["device"].as_str(), page["hub"]["state"].as_str()),
        (Some("front door"), Some("connected"))
    );
    assert_eq!(page["status"]["cameras"][0]["name"], "entry");
    assert_eq!(page["cameras"][0]["n_black"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_has_pictures_while_somebody_watches_and_none_otherwise() {
    let door = Door::open("").await;
    assert!(!door.preview.is_watched());
    let grey = Mat::new_rows_cols_with_default(48, 64, CV_8UC3, Scalar::all(90.0)).unwrap();
    let frame = Frame::from_mat(grey).unwrap();
    let show = || door.preview.show(&frame, std::iter::empty());
    assert_eq!(show(), Duration::ZERO);

    let request = door
        .get("/camera/entry/preview.mjpeg")
        .bearer_auth(&door.token);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert_eq!(kind, "multipart/x-mixed-replace; boundary=picture");
    assert!(door.preview.is_watched());
    let mut received = Vec::new();
    while received
        .windows(2)
        .filter(|pair| *pair == [0xff, 0xd8])
        .count()
        < 2
    {
        // A frame comes as from a camera, until two pictures were received.
        show();
        let chunk = tokio::time::timeout(Duration::from_millis(50), response.chunk()).await;
        if let Ok(chunk) = chunk {
            received.extend_from_slice(&chunk.unwrap().expect("it goes on"));
        }
    }
    let text = String::from_utf8_lossy(&received);
    assert!(text.starts_with("--picture\r\nContent-Type: image/jpeg\r\nContent-Length: "));
    drop(response);
    wait_until("nobody watches any more", DEADLINE, || async {
        show();
        (!door.preview.is_watched()).then_some(())
    })
    .await;
    assert_eq!(show(), Duration::ZERO);
    let request = door
        .get("/camera/exit/preview.mjpeg")
        .bearer_auth(&door.token);
    assert_eq!(answer(request).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_bounded_and_the_pages_come_back() {
    let door = Door::open("").await;
    let mut idle = Vec::new();
    for _ in 0..64 {
        idle.push(TcpStream::connect(door.address).await.unwrap());
    }
    // The next one is closed at once.
    let closed = wait_until("a connection is refused", DEADLINE, || async {
        let mut one = TcpStream::connect(door.address).await.unwrap();
        let read = tokio::time::timeout(Duration::from_secs(1), one.read_u8()).await;
        matches!(read, Ok(Err(_))).then_some(())
    });
    closed.await;
    drop(idle);
    wait_until("there is room again", DEADLINE, || async {
        let answered = client().get(door.url("/login")).send().await;
        answered
            .is_ok_and(|answer| answer.status() == 200)
            .then_some(())
    })
    .await;
}
