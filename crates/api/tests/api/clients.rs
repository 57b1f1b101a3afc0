//! The clients of docs/examples, as they are, against a running API.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rollcall_store::user::UserRole;
use rollcall_testkit::wait_until;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::seed::{self, Punch};
use crate::support::{Api, Viewer};

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
    translate(&example("rollcall.mts"), folder);
    let script = folder.join("rollcall.mjs").display().to_string();
    vec![
        ("bash", vec!["bash".to_owned(), example("rollcall.sh")]),
        ("Python", vec!["python3".to_owned(), example("rollcall.py")]),
        ("TypeScript", vec!["node".to_owned(), script]),
    ]
}

/// Does what the client's first lines say, with the packages of the portal.
fn translate(client: &str, folder: &Path) {
    let portal = root().join("portal");
    let text = std::fs::read_to_string(client).unwrap();
    let package = std::fs::read_to_string(portal.join("package.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    for name in ["typescript", "@types/node"] {
        let version = package["devDependencies"][name].as_str().unwrap();
        assert!(text.contains(&format!("{name}@{version}")), "{name}");
    }
    let said = text
        .lines()
        .find_map(|line| line.strip_prefix("//   npx tsc "));
    std::fs::copy(client, folder.join("rollcall.mts")).unwrap();
    std::os::unix::fs::symlink(portal.join("node_modules"), folder.join("node_modules")).unwrap();
    let translated = std::process::Command::new(portal.join("node_modules/.bin/tsc"))
        .args(said.unwrap().split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    let problems = String::from_utf8_lossy(&translated.stdout);
    assert!(translated.status.success(), "{problems}");
}

fn command(api: &Api, token: &str, client: &[String], arguments: &[&str]) -> Command {
    let mut command = Command::new(&client[0]);
    command
        .args(&client[1..])
        .args(arguments)
        .env("ROLLCALL_URL", api.url("/"))
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
    let token = &token(&owner, &["attendance:read", "people:read"]).await.0;
    let narrow = &self::token(&owner, &["people:read"]).await.0;

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

        for (token, code) in [("rct_wrong", "RC401"), (narrow.as_str(), "RC403")] {
            for arguments in [&arguments[..], &["follow"]] {
                let refused = refused(command(&api, token, &client, arguments)).await;
                assert!(refused.contains(code), "{name} {arguments:?}: {refused}");
            }
        }

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

        // Who follows is told when the token ends.
        let (secret, id) = &self::token(&owner, &["attendance:read", "people:read"]).await;
        let following = tokio::spawn(refused(command(&api, secret, &client, &["follow"])));
        let owner = &owner;
        wait_until("the client follows", DEADLINE, || async move {
            let query = "{ tokens(first: 200) { nodes { id lastUsedAt } } }";
            let data = owner.data(query, json!({})).await;
            let mut tokens = data["tokens"]["nodes"].as_array().unwrap().iter();
            let token = tokens.find(|token| token["id"] == *id).unwrap();
            token["lastUsedAt"].is_string().then_some(())
        })
        .await;
        let revoke = "mutation($id: ID!) { tokenRevoke(tokenId: $id) { problems { message } } }";
        owner.data(revoke, json!({ "id": id })).await;
        let refused = following.await.unwrap();
        assert!(refused.contains("RC401"), "{name}: {refused}");
    }
}

/// What a client says that ends with status 1 and no output.
async fn refused(mut command: Command) -> String {
    let ended = tokio::time::timeout(DEADLINE, command.output()).await;
    let ended = ended.expect("the client ends").unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    String::from_utf8(ended.stderr).unwrap()
}

/// Secret and id of a new token.
async fn token(owner: &Viewer<'_>, scopes: &[&str]) -> (String, String) {
    let query = "mutation($input: TokenCreateInput!) { tokenCreate(input: $input)
        { secret token { id } problems { message } } }";
    let input = json!({ "name": uuid::Uuid::now_v7(), "scopes": scopes });
    let data = owner.data(query, json!({ "input": input })).await;
    let text = |pointer| data.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    (text("/tokenCreate/secret"), text("/tokenCreate/token/id"))
}
