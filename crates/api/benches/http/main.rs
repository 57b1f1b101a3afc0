//! The API under load, as ratios against baselines of the same run: PostGraphile 5 on the same database for a nested
//! list, the bare prepared SELECT through the same pool for a single object. `make bench`; needs `wrk` and npm.
//! Prints a table and writes `target/bench-api.json`. No figure here is a test: machines differ.

mod load;
mod rival;
mod seed;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_api::ApiOptions;
use rollcall_testkit::TestDatabase;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use load::{Load, Measured};

/// As in the hub.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests that are under way at the same time.
const CONNECTIONS: usize = 16;
/// Connections to the database, of the hub (its default) and of the rival alike.
const POOL: usize = 8;
/// Of each measurement; wrk warms up for a fifth of it first.
const DURATION: Duration = Duration::from_secs(10);
const N_EMPLOYEES: i32 = 20_000;
const N_PUNCHES: i32 = 1_000_000;

/// The list that is compared: 50 employees, each with the day of today and the last punch.
const LIST: &str = "{ employees(first: 50) { nodes { code displayName
    today { status firstInAt lastOutAt minutes { payable late } }
    lastPunch { occurredAt direction } } } }";
const RIVAL_LIST: &str = "query($today: Date!) { allEmployees(first: 50, orderBy: [DISPLAY_NAME_ASC, CODE_ASC]) { nodes { code displayName
    attendanceDaysByOrganizationIdAndEmployeeId(condition: { workDate: $today }, first: 1) { nodes { status firstInAt lastOutAt payableMinutes lateMinutes } }
    attendancePunchesByOrganizationIdAndEmployeeId(orderBy: [OCCURRED_AT_DESC], first: 1) { nodes { occurredAt direction } } } } }";
const ONE: &str = "query($id: ID!) { employee(id: $id) { code displayName isActive } }";
const BARE: &str = "select code, display_name, deactivated_at is null from app.employee where organization_id = $1 and employee_id = $2";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let database = TestDatabase::create().await;
    eprintln!("seeding {N_EMPLOYEES} employees and {N_PUNCHES} punches …");
    let seeded = seed::fill(&database, N_EMPLOYEES, N_PUNCHES).await?;
    let pool = rollcall_store::Database::new(&database.url_for("rollcall_api"), POOL)?;
    let stop = CancellationToken::new();
    let api = rollcall_api::serve(options(&database, &pool), stop.clone()).await?;
    let url = format!("http://{}/graphql", api.address);
    let cookie = log_in(&api.address.to_string(), &seeded).await?;
    let ask = |query: &str, variables: Value| Load {
        url: url.clone(),
        body: json!({ "query": query, "variables": variables }).to_string(),
        headers: vec![("cookie".to_owned(), cookie.clone())],
    };

    let list = ask(LIST, json!({}));
    let answer = list.once().await?;
    check(&answer, "/data/employees/nodes/49/today/status")?;
    check(&answer, "/data/employees/nodes/49/lastPunch/occurredAt")?;
    let list = list.run(CONNECTIONS, DURATION)?;

    let rival = rival::Rival::start(&database, &seeded, POOL).await?;
    let rival_list = Load {
        url: rival.url.clone(),
        body: json!({ "query": RIVAL_LIST, "variables": { "today": seeded.today.to_string() } })
            .to_string(),
        headers: Vec::new(),
    };
    let answer = rival_list.once().await?;
    let node = "/data/allEmployees/nodes/49";
    check(
        &answer,
        &format!("{node}/attendanceDaysByOrganizationIdAndEmployeeId/nodes/0/status"),
    )?;
    check(
        &answer,
        &format!("{node}/attendancePunchesByOrganizationIdAndEmployeeId/nodes/0/occurredAt"),
    )?;
    let rival_list = rival_list.run(CONNECTIONS, DURATION)?;
    rival.stop().await?;

    let id = URL_SAFE_NO_PAD.encode(format!("employee:{}", seeded.employee_id));
    let one = ask(ONE, json!({ "id": id }));
    check(&one.once().await?, "/data/employee/code")?;
    let one = one.run(CONNECTIONS, DURATION)?;
    let bare = bare(&pool, &seeded).await?;
    let scoped = bare_scoped(&pool, &seeded).await?;

    stop.cancel();
    api.wait().await?;
    report(&list, &rival_list, &one, bare, scoped)
}

fn options(database: &TestDatabase, pool: &rollcall_store::Database) -> ApiOptions {
    ApiOptions {
        listen: "127.0.0.1:0".parse().expect("an address"),
        database: pool.clone(),
        listener_url: database.url_for("rollcall_api"),
        secure_cookie: false,
        login: rollcall_api::LoginOptions::default(),
        http: rollcall_api::HttpOptions {
            limits: rollcall_api::Limits {
                requests_per_second: u32::MAX,
                request_burst: u32::MAX,
                ..rollcall_api::Limits::DEFAULT
            },
            ..Default::default()
        },
        allow_private_webhooks: false,
        device_access: None,
    }
}

fn check(answer: &Value, pointer: &str) -> anyhow::Result<()> {
    let is_there = answer
        .pointer(pointer)
        .is_some_and(|value| !value.is_null());
    anyhow::ensure!(
        is_there,
        "`{pointer}` is missing in {:.2000}",
        answer.to_string()
    );
    Ok(())
}

async fn log_in(address: &str, seeded: &seed::Seeded) -> anyhow::Result<String> {
    let response = reqwest::Client::new()
        .post(format!("http://{address}/session"))
        .json(&json!({ "email": seeded.email, "password": seeded.password }))
        .send()
        .await?;
    let line = response
        .headers()
        .get("set-cookie")
        .context("no cookie: the log-in failed")?;
    Ok(line
        .to_str()?
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned())
}

/// Bare prepared SELECTs per second through the pool, without a scope. Under forced row-level security these find no
/// row: a bound that nobody who reads something can reach.
async fn bare(pool: &rollcall_store::Database, seeded: &seed::Seeded) -> anyhow::Result<f64> {
    let seeded = Arc::new(seeded.clone());
    count(|| {
        let (pool, seeded) = (pool.clone(), seeded.clone());
        async move {
            let client = pool.client().await?;
            let statement = client.prepare_cached(BARE).await?;
            client
                .query(&statement, &[&seeded.organization_id, &seeded.employee_id])
                .await?;
            Ok(())
        }
    })
    .await
}

/// The same SELECT in a transaction with the viewer's scope: what every reader under row-level security needs, and the
/// baseline of the goal.
async fn bare_scoped(
    pool: &rollcall_store::Database,
    seeded: &seed::Seeded,
) -> anyhow::Result<f64> {
    let seeded = Arc::new(seeded.clone());
    count(|| {
        let (pool, seeded) = (pool.clone(), seeded.clone());
        async move {
            let transaction = pool.begin(&seeded.scope).await?;
            transaction
                .query(
                    "bench",
                    BARE,
                    &[&seeded.organization_id, &seeded.employee_id],
                )
                .await?;
            Ok(transaction.commit().await?)
        }
    })
    .await
}

/// Calls per second with [`CONNECTIONS`] at a time.
async fn count<F, R>(call: F) -> anyhow::Result<f64>
where
    F: Fn() -> R,
    R: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let began = Instant::now();
    let mut n_calls = 0_u64;
    let mut running = tokio::task::JoinSet::new();
    while began.elapsed() < DURATION {
        while running.len() < CONNECTIONS {
            running.spawn(call());
        }
        running.join_next().await.context("calls are running")???;
        n_calls += 1;
    }
    while let Some(ended) = running.join_next().await {
        ended??;
        n_calls += 1;
    }
    Ok(n_calls as f64 / began.elapsed().as_secs_f64())
}

fn report(
    list: &Measured,
    rival_list: &Measured,
    one: &Measured,
    bare: f64,
    scoped: f64,
) -> anyhow::Result<()> {
    let rows = [
        (
            "50 employees with today's day and last punch: requests/s against PostGraphile 5",
            list.requests_per_second,
            rival_list.requests_per_second,
            ">= 3",
        ),
        (
            "the same: p99 in ms",
            list.p99_ms,
            rival_list.p99_ms,
            "<= 1",
        ),
        (
            "one employee: requests/s against the prepared SELECT in a scoped transaction",
            one.requests_per_second,
            scoped,
            ">= 0.5",
        ),
        (
            "one employee: requests/s against the bare SELECT, which finds no row",
            one.requests_per_second,
            bare,
            "",
        ),
    ];
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::UTF8_FULL_CONDENSED);
    table.set_header(["what", "measured", "baseline of this run", "ratio", "goal"]);
    let mut values = Vec::new();
    for (what, value, baseline, goal) in rows {
        let ratio = value / baseline;
        table.add_row([
            what.to_owned(),
            format!("{value:.1}"),
            format!("{baseline:.1}"),
            format!("{ratio:.2}"),
            goal.to_owned(),
        ]);
        values.push(json!({ "part": what, "value": value, "baseline": baseline, "ratio": ratio, "goal": goal }));
    }
    println!("{table}");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        PathBuf::from,
    );
    std::fs::write(
        target.join("bench-api.json"),
        json!({ "rows": values }).to_string(),
    )?;
    Ok(())
}
