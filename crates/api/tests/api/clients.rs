//! The clients of docs/examples, as they are, against a running API.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rollcall_store::user::UserRole;
use rollcall_testkit::wait_until;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::seed::{self, Punch};
use crate::support::Api;

const DEADLINE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// How each client is started. TypeScript is translated first, by the portal's compiler.
fn clients(folder: &Path) -> Vec<(&'static str, Vec<String>)> {
    let example = |name: &str| {
        root()
            .join("docs/examples")
            .join(name)
            .display()
            .to_string()
    };
    let portal = root().join("portal");
    std::fs::copy(example("rollcall.ts"), folder.join("rollcall.mts")).unwrap();
    let types = portal.join("node_modules/@types").display().to_string();
    let translated = std::process::Command::new(portal.join("node_modules/.bin/tsc"))
        .args([
            "--ignoreConfig",
            "--strict",
            "--target",
            "es2022",
            "--module",
            "nodenext",
        ])
        .args(["--types", "node", "--skipLibCheck", "--typeRoots", &types])
        .arg(folder.join("rollcall.mts"))
        .output()
        .unwrap();
    assert!(
        translated.status.success(),
        "{}",
        String::from_utf8_lossy(&translated.stdout)
    );
    let script = folder.join("rollcall.mjs").display().to_string();
    vec![
        ("bash", vec!["bash".to_owned(), example("rollcall.sh")]),
        ("Python", vec!["python3".to_owned(), example("rollcall.py")]),
        ("TypeScript", vec!["node".to_owned(), script]),
    ]
}

fn command(api: &Api, token: &str, client: &[String], arguments: &[&str]) -> Command {
    let mut command = Command::new(&client[0]);
    command
        .args(&client[1..])
        .args(arguments)
        .env("ROLLCALL_URL", api.url(""))
        .env("ROLLCALL_TOKEN", token)
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn clients_of_the_documentation_read_every_day_and_follow_punches() {
    let api = Api::start().await;
    // More days than a page has.
    let ada = seed::employee(&api, "E001", "Ada", &[api.fixture.site_id]).await;
    let first = jiff::civil::date(2026, 1, 1);
    for n in 0..210 {
        let work_date = first.saturating_add(jiff::Span::new().days(n));
        seed::day(&api, ada, api.fixture.site_id, work_date, &[]).await;
    }
    let owner = api.viewer(UserRole::Owner).await;
    let query = "mutation { tokenCreate(input: { name: \"clients\", scopes: [\"attendance:read\", \"people:read\"] })
        { secret problems { message } } }";
    let data = owner.data(query, json!({})).await;
    let token = data["tokenCreate"]["secret"].as_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    for (name, client) in clients(folder.path()) {
        let arguments = ["days", "2026-01-01", "2026-07-29"];
        let days = command(&api, token, &client, &arguments)
            .output()
            .await
            .unwrap();
        let text = String::from_utf8(days.stdout).unwrap();
        let error = String::from_utf8_lossy(&days.stderr);
        assert!(days.status.success(), "{name}: {error}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 210, "{name}");
        assert_eq!(lines[209], "E001\t2026-01-01\tPRESENT\t470", "{name}");
        assert_eq!(lines[0], "E001\t2026-07-29\tPRESENT\t470", "{name}");

        let wrong = command(&api, "rct_wrong", &client, &arguments)
            .output()
            .await
            .unwrap();
        assert!(!wrong.status.success() && wrong.stdout.is_empty(), "{name}");

        let mut following = command(&api, token, &client, &["follow", "1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
        let line = tokio::spawn(async move { lines.next_line().await.unwrap() });
        // Nobody tells when the client has subscribed, so people keep coming.
        let (hub, printed) = (&api, &line);
        wait_until("the client prints a punch", DEADLINE, || async move {
            Punch::new(&hub.fixture, ada, hub.now()).announce(hub).await;
            printed.is_finished().then_some(())
        })
        .await;
        let line = line.await.unwrap().unwrap_or_default();
        let words: Vec<&str> = line.split('\t').collect();
        assert_eq!(words[1..], ["E001", "IN"], "{name}: {line}");
        let ended = tokio::time::timeout(DEADLINE, following.wait()).await;
        assert!(ended.unwrap().unwrap().success(), "{name}");
    }
}
