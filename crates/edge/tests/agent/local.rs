//! The agent's own pages, of a whole agent with a camera, models and a hub.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rollcall_store::device_put::device_revoke;
use rollcall_testkit::wait_until;
use rollcall_vision::Frame;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::scene::{Scene, asset};

pub const DEADLINE: Duration = Duration::from_secs(120);

/// The rest of a line of the agent's log that has these words.
pub async fn line_with(lines: &mut (impl tokio::io::AsyncBufRead + Unpin), words: &str) -> String {
    let read = async {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(lines.read_line(&mut line).await.unwrap() > 0, "it ended");
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    };
    let found = tokio::time::timeout(DEADLINE, read).await;
    found.unwrap_or_else(|_| panic!("`{words}` is not in the log"))
}

/// Starts an agent with its own pages, and says where they are.
async fn run_with_pages(config: &Path) -> (Child, String) {
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(config)
        .unwrap();
    file.write_all(b"[local]\nlisten = '127.0.0.1:0'\n[local.kiosk]\n")
        .unwrap();
    let mut agent = Command::new(env!("CARGO_BIN_EXE_rollcall-edge"))
        .args(["run", "--config"])
        .arg(config)
        .env_remove("ROLLCALL_LOG")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = BufReader::new(agent.stderr.take().unwrap());
    let url = line_with(&mut log, "local pages at ").await;
    // Read on, or the agent waits for room in the pipe.
    tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
    (agent, url)
}

async fn terminate(agent: &mut Child) -> std::process::ExitStatus {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(agent.id().unwrap()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    let ended = tokio::time::timeout(DEADLINE, agent.wait()).await.unwrap();
    ended.unwrap()
}

/// Whoever stands at a box that was switched off at the hub, or has a wrong password, finds out there.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_its_hub_refuses_stays_to_say_so_on_its_pages() {
    let scene = Scene::new().await;
    let clip = asset("clips/berlin-entrance.avi");
    scene.config(
        "entry",
        &format!("{{ file = {{ path = '{}' }} }}", clip.display()),
    );
    let (scope, device_id) = (scene.fixture.scope(), scene.fixture.device.device_id);
    let revoked = device_revoke(&scene.database.api, &scope, device_id).await;
    assert!(revoked.unwrap());
    let path = scene.folder.path().join("agent.toml");
    let (mut agent, url) = run_with_pages(&path).await;
    let token = std::fs::read_to_string(scene.folder.path().join("agent.token")).unwrap();
    let client = reqwest::Client::new();
    let page = wait_until("the page says what is wrong", DEADLINE, || async {
        let request = client
            .get(format!("{url}status.json"))
            .bearer_auth(token.trim());
        let page: Value = request.send().await.ok()?.json().await.ok()?;
        (page["hub"]["state"] == "refused").then_some(page)
    })
    .await;
    assert!(page["device"].is_null(), "{page}");
    let hint = page["hub"]["hint"].as_str().unwrap();
    assert!(hint.contains("rollcall-edge enrol"), "{page}");
    let kiosk = client.get(format!("{url}kiosk/settings.json")).send();
    let kiosk: Value = kiosk.await.unwrap().json().await.unwrap();
    assert_eq!(kiosk["is_refused"], true);
    assert!(terminate(&mut agent).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_agent_shows_its_state_its_picture_and_whom_it_greets() {
    let scene = Scene::new().await;
    let clip = asset("clips/berlin-entrance.avi");
    let source = format!(
        "{{ file = {{ path = '{}', repeat = true }} }}",
        clip.display()
    );
    scene.config("entry", &source);
    let path = scene.folder.path().join("agent.toml");
    let (mut agent, url) = run_with_pages(&path).await;
    let token = std::fs::read_to_string(scene.folder.path().join("agent.token")).unwrap();
    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("{url}{path}")).bearer_auth(token.trim());

    let mut events = get("kiosk/events").send().await.unwrap();
    let greeting = async {
        let mut text = String::new();
        while !text.contains("\"name\":\"Person E1\"") {
            let chunk = events.chunk().await.unwrap().expect("it goes on");
            text += std::str::from_utf8(&chunk).unwrap();
        }
        text
    };
    let text = tokio::time::timeout(DEADLINE, greeting).await.unwrap();
    let seen = text.find("\"kind\":\"seen\"").expect("seen first");
    assert!(seen < text.find("\"kind\":\"answer\"").unwrap(), "{text}");
    assert!(text.contains("\"direction\":\"in\""), "{text}");

    let page: Value = get("status.json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(page["hub"]["state"], "connected");
    let camera = &page["status"]["cameras"][0];
    assert_eq!(
        (&camera["name"], &camera["state"]),
        (&"entry".into(), &"well".into())
    );
    assert!(
        camera["captured_per_second"].as_f64().unwrap() > 0.0,
        "{page}"
    );

    let mut preview = get("camera/entry/preview.mjpeg").send().await.unwrap();
    let two = async {
        let mut stream = Vec::new();
        loop {
            stream.extend_from_slice(&preview.chunk().await.unwrap().expect("it goes on"));
            let text = String::from_utf8_lossy(&stream);
            if text.matches("Content-Length").count() >= 3 {
                break stream;
            }
        }
    };
    let stream = tokio::time::timeout(DEADLINE, two).await.unwrap();
    let begin = stream
        .windows(3)
        .position(|bytes| bytes == [0xff, 0xd8, 0xff])
        .unwrap();
    let end = stream
        .windows(2)
        .position(|bytes| bytes == [0xff, 0xd9])
        .unwrap();
    let picture = Frame::decode(&stream[begin..end + 2]).unwrap();
    assert_eq!((picture.width(), picture.height()), (640, 480));

    let ended = terminate(&mut agent).await;
    assert!(ended.success(), "open streams do not hold it up");
}
