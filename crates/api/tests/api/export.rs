//! Exports: asked for, made in the scope of who asked, fetched in pieces, and gone when rights or time are.

use std::time::Duration;

use reqwest::header::COOKIE;
use rollcall_store::Scope;
use rollcall_store::export::job::{export_claim, exports_expire};
use rollcall_store::user::UserRole;
use rollcall_testkit::{fixture, wait_until};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::seed::{self, Punch, execute};
use crate::support::{Api, Viewer};

const CREATE: &str = "mutation($input: ExportCreateInput!) { exportCreate(input: $input) {
    status export { id state kind format } problems { field code message } } }";
const FIND: &str = "query($id: ID!) { export(id: $id) { state nRows nBytes sha256 problem downloadUrl expiresAt } }";

async fn create(viewer: &Viewer<'_>, input: Value) -> Value {
    viewer.data(CREATE, json!({ "input": input })).await["exportCreate"].take()
}

/// Asks for an export and waits until it is done or failed.
async fn made(viewer: &Viewer<'_>, input: Value) -> Value {
    let asked = create(viewer, input).await;
    assert_eq!(asked["status"], "DONE", "{asked}");
    let id = asked["export"]["id"].clone();
    wait_until("the export is made", Duration::from_secs(60), || async {
        let export = viewer.data(FIND, json!({ "id": id })).await["export"].take();
        ["DONE", "FAILED"]
            .contains(&export["state"].as_str().unwrap())
            .then_some(export)
    })
    .await
}

async fn fetch(viewer: &Viewer<'_>, path: &str) -> reqwest::Response {
    let request = viewer.api.client.get(viewer.api.url(path));
    request.header(COOKIE, &viewer.cookie).send().await.unwrap()
}

/// Two people at two sites with a punch each; the name of the first is a formula.
async fn people(api: &Api) {
    let sites = [api.fixture.site_id, api.fixture.second_site_id];
    for (n, (site_id, name)) in sites
        .into_iter()
        .zip(["=cmd|' /C calc'!A0", "Nell York"])
        .enumerate()
    {
        let employee_id = seed::employee(api, &n.to_string(), name, &[site_id]).await;
        let mut punch = Punch::new(&api.fixture, employee_id, api.now());
        punch.site_id = site_id;
        punch.store_derived(api).await;
    }
}

#[tokio::test]
async fn a_file_holds_local_times_and_no_formulas_and_is_what_its_digest_says() {
    let api = Api::start().await;
    people(&api).await;
    let viewer = api.owner().await;
    let input = json!({ "kind": "PUNCHES", "format": "CSV", "from": "2026-11-22" });
    let export = made(&viewer, input).await;
    assert_eq!(
        (&export["state"], &export["nRows"]),
        (&json!("DONE"), &json!(2)),
        "{export}"
    );
    let response = fetch(&viewer, export["downloadUrl"].as_str().unwrap()).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"punches-2026-11-22-2026-11-22.csv\""
    );
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    let bytes = response.bytes().await.unwrap();
    assert_eq!(export["nBytes"], bytes.len() as f64);
    assert_eq!(export["sha256"], hex::encode(Sha256::digest(&bytes)));
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with(
            "occurred_local,utc_offset,time_zone,site_name,employee_code,employee_name,"
        ),
        "{text}"
    );
    let berlin = lines
        .iter()
        .find(|line| line.contains("Europe/Berlin"))
        .unwrap();
    assert!(berlin.starts_with("2026-11-22T11:00:00,+01:00,Europe/Berlin,Berlin,0,'=cmd|' /C calc'!A0,in,face,no,2026-11-22T10:00:00Z,"), "{berlin}");
    assert!(
        text.contains("2026-11-22T05:00:00,-05:00,America/New_York,New York,1,Nell York,"),
        "{text}"
    );
}

#[tokio::test]
async fn every_kind_is_made_in_every_format() {
    let api = Api::start().await;
    people(&api).await;
    let viewer = api.owner().await;
    execute!(
        &api,
        api.fixture.organization_id,
        "insert into attendance.period (organization_id, valid) values ($1, '[2026-11-01,2026-12-01)')",
        &[&api.fixture.organization_id.0],
    )
    .await;
    for kind in [
        "DAILY_REGISTER",
        "PUNCHES",
        "ATTENDANCE_DAYS",
        "PERIOD_TOTALS",
        "EMPLOYEES",
    ] {
        for format in ["CSV", "PARQUET"] {
            let input =
                json!({ "kind": kind, "format": format, "from": "2026-11-01", "to": "2026-11-30" });
            let export = made(&viewer, input).await;
            assert_eq!(
                (&export["state"], &export["nRows"]),
                (&json!("DONE"), &json!(2)),
                "{kind} {format}: {export}"
            );
            let response = fetch(&viewer, export["downloadUrl"].as_str().unwrap()).await;
            let bytes = response.bytes().await.unwrap();
            match format {
                "PARQUET" => assert_eq!(
                    (&bytes[..4], &bytes[bytes.len() - 4..]),
                    (&b"PAR1"[..], &b"PAR1"[..])
                ),
                _ => assert_eq!(
                    bytes.iter().filter(|byte| **byte == b'\n').count(),
                    3,
                    "{kind}"
                ),
            }
        }
    }
    let input = json!({ "kind": "PERIOD_TOTALS", "format": "CSV", "from": "2026-03-01" });
    let export = made(&viewer, input).await;
    assert_eq!(export["state"], "FAILED");
    assert!(
        export["problem"].as_str().unwrap().contains("2026-03-01"),
        "{export}"
    );
    assert_eq!(export["downloadUrl"], Value::Null);
}

/// Binds a user to Berlin.
async fn bind(api: &Api, role: &str) {
    let organization_id = api.fixture.organization_id.0;
    execute!(
        api,
        api.fixture.organization_id,
        "with u as (update app.user_account set all_sites = false where organization_id = $1 and role = $2 returning user_id)
         insert into app.user_site (organization_id, user_id, site_id) select $1, user_id, $3 from u",
        &[&organization_id, &role, &api.fixture.site_id.0],
    )
    .await;
}

#[tokio::test]
async fn a_file_holds_only_the_sites_of_who_asked_and_is_for_nobody_else() {
    let api = Api::start().await;
    people(&api).await;
    let manager = api.viewer(UserRole::SiteManager).await;
    bind(&api, "site_manager").await;
    let mut path = String::new();
    for kind in ["DAILY_REGISTER", "PUNCHES", "ATTENDANCE_DAYS", "EMPLOYEES"] {
        let input = json!({ "kind": kind, "format": "CSV", "from": "2026-11-22" });
        let export = made(&manager, input).await;
        assert_eq!(export["nRows"], 1, "{kind}: {export}");
        path = export["downloadUrl"].as_str().unwrap().to_owned();
        let text = fetch(&manager, &path).await.text().await.unwrap();
        assert!(
            text.contains("=cmd") && !text.contains("Nell"),
            "{kind}: {text}"
        );
    }
    let sites = manager.data("{ sites { nodes { id } } }", json!({})).await;
    let berlin = &sites["sites"]["nodes"][0]["id"];
    let input =
        json!({ "kind": "PUNCHES", "format": "CSV", "from": "2026-11-22", "siteId": berlin });
    assert_eq!(made(&manager, input).await["nRows"], 1);
    let owner = api.owner().await;
    let (_, new_york) = owner.site_ids().await;
    let input =
        json!({ "kind": "PUNCHES", "format": "CSV", "from": "2026-11-22", "siteId": new_york });
    assert_eq!(
        create(&manager, input).await["problems"][0]["code"],
        "UNKNOWN_SITE"
    );
    // Not even the owner, nobody without a session, nobody of another organisation.
    assert_eq!(fetch(&owner, &path).await.status(), 404);
    assert_eq!(api.get(&path).await.status(), 401);
    let other = fixture::organization(&api.database).await;
    assert_eq!(
        fetch(&api.other_owner(&other).await, &path).await.status(),
        404
    );
    assert_eq!(fetch(&manager, "/exports/nonsense").await.status(), 404);
    assert_eq!(
        owner.data("{ exports { totalCount } }", json!({})).await["exports"]["totalCount"],
        0
    );
    // Rights that go take the file with them.
    assert_eq!(fetch(&manager, &path).await.status(), 200);
    let organization_id = api.fixture.organization_id;
    execute!(
        &api,
        organization_id,
        "delete from app.user_site where organization_id = $1",
        &[&organization_id.0]
    )
    .await;
    assert_eq!(fetch(&manager, &path).await.status(), 404);
    execute!(
        &api,
        organization_id,
        "update app.user_account set role = 'viewer', all_sites = true where role = 'site_manager'",
        &[]
    )
    .await;
    // A hub hears of what others change, in a moment.
    wait_until("the role is known", Duration::from_secs(20), async || {
        (fetch(&manager, &path).await.status() == 403).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_export_whose_maker_died_is_taken_up_again() {
    let api = Api::start().await;
    people(&api).await;
    let viewer = api.owner().await;
    let client = api.database.admin.client().await.unwrap();
    let row = client
        .query_one("select user_id from app.user_account", &[])
        .await
        .unwrap();
    let user_id = rollcall_domain::id::UserId(row.get(0));
    drop(viewer);
    // The running API must not take it: no maker but the dying one.
    api.stop.cancel();
    let scope = Scope {
        user_id: Some(user_id),
        ..Scope::organization(api.fixture.organization_id)
    };
    let spec = rollcall_store::export::ExportSpec {
        kind: rollcall_store::export::ExportKind::Employees,
        format: rollcall_store::export::ExportFormat::Csv,
        dates: None,
        site_id: None,
    };
    let database = &api.database.api;
    let transaction = database.begin(&scope).await.unwrap();
    let export = rollcall_store::export::export_create(&transaction, &scope, &spec)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let dead = export_claim(database).await.unwrap().unwrap();
    rollcall_store::export::job::export_write(database, &dead, (0, b"half"), (1, 4))
        .await
        .unwrap();
    assert!(
        export_claim(database).await.unwrap().is_none(),
        "it is being made"
    );
    execute!(
        &api,
        api.fixture.organization_id,
        "update app.export set claimed_until = now() - interval '1 second'",
        &[]
    )
    .await;
    let job = export_claim(database).await.unwrap().unwrap();
    assert_eq!(job.export_id, export.export_id);
    // The dead one comes back too late.
    let late =
        rollcall_store::export::job::export_write(database, &dead, (1, b"late"), (2, 8)).await;
    assert!(late.is_err());
    rollcall_store::export::job::export_write(database, &job, (0, b"whole"), (2, 5))
        .await
        .unwrap();
    rollcall_store::export::job::export_finish(database, &job, &[0; 32])
        .await
        .unwrap();
    let transaction = database.begin(&scope).await.unwrap();
    let piece = rollcall_store::export::export_chunk(&transaction, export.export_id, 0)
        .await
        .unwrap();
    assert_eq!(piece.as_deref(), Some(&b"whole"[..]));
    transaction.commit().await.unwrap();
    // After three days it is gone.
    let now = jiff::Timestamp::now();
    assert_eq!(exports_expire(database, now).await.unwrap(), 0);
    let later = now + jiff::SignedDuration::from_hours(73);
    assert_eq!(exports_expire(database, later).await.unwrap(), 1);
    let transaction = database.begin(&scope).await.unwrap();
    let piece = rollcall_store::export::export_chunk(&transaction, export.export_id, 0)
        .await
        .unwrap();
    assert_eq!(piece, None);
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_with_a_reason() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    for (input, code) in [
        (json!({ "kind": "PUNCHES", "format": "CSV" }), "REFUSED"),
        (
            json!({ "kind": "PUNCHES", "format": "CSV", "to": "2026-11-22" }),
            "BLANK",
        ),
        (
            json!({ "kind": "PUNCHES", "format": "CSV", "from": "2026-11-22", "to": "2026-11-21" }),
            "REFUSED",
        ),
        (
            json!({ "kind": "PUNCHES", "format": "CSV", "from": "2000-01-01", "to": "2026-11-21" }),
            "REFUSED",
        ),
        (
            json!({ "kind": "EMPLOYEES", "format": "CSV", "siteId": "nonsense" }),
            "UNKNOWN_SITE",
        ),
    ] {
        let answer = create(&viewer, input.clone()).await;
        assert_eq!(answer["problems"][0]["code"], code, "{input}: {answer}");
    }
    let delete = "mutation($id: ID!) { exportDelete(input: { exportId: $id }) { status problems { code } } }";
    let data = viewer.data(delete, json!({ "id": "nonsense" })).await;
    assert_eq!(data["exportDelete"]["problems"][0]["code"], "NOT_FOUND");
    let export = create(&viewer, json!({ "kind": "EMPLOYEES", "format": "CSV" })).await;
    let id = &export["export"]["id"];
    assert_eq!(
        viewer.data(delete, json!({ "id": id })).await["exportDelete"]["status"],
        "DONE"
    );
    assert_eq!(
        viewer.data(FIND, json!({ "id": id })).await["export"],
        Value::Null
    );
}
