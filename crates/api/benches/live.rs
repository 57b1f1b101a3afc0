//! Live events under load: 1,000 idle subscribers, 200 punches a second, and how long after the commit a watching
//! client has each. `cargo bench -p rollcall-api --bench live`. Real PostgreSQL and real websockets on loopback.
//! The idle clients live in a process of their own, so that the memory of this one is the hub's. Punches are written
//! as the derivation writes them, in one transaction a batch with the record of the change and its notification.
//! Prints a table and writes `target/bench-live.json`. No figure here is a test: machines differ.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt as _, StreamExt as _};
use rollcall_api::{ApiOptions, hash_password};
use rollcall_domain::id::EmployeeId;
use rollcall_store::provision::{UserSpec, user_create};
use rollcall_store::user::UserRole;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// As in the hub.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const N_IDLE: usize = 1_000;
/// Clients that watch everything.
const N_WATCHERS: usize = 5;
/// People who punch; nobody idle waits for them.
const N_PUNCHING: usize = 200;
const PUNCHES_PER_SECOND: usize = 200;
const BATCH: usize = 10;
const DURATION: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse battery staple";
/// Says that this process is the one of the idle clients.
const IDLE: &str = "ROLLCALL_BENCH_IDLE";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match std::env::var_os(IDLE) {
        Some(_) => runtime.block_on(idle()),
        None => runtime.block_on(measure()),
    }
}

/// The process of the idle clients: subscribes, and waits until its input ends.
async fn idle() -> Result<()> {
    let mut given = String::new();
    std::io::stdin().read_line(&mut given)?;
    let given: Value = serde_json::from_str(&given)?;
    let address: SocketAddr = given["address"].as_str().context("address")?.parse()?;
    let cookies: Vec<String> = serde_json::from_value(given["cookies"].clone())?;
    let employees: Vec<String> = serde_json::from_value(given["employees"].clone())?;
    for (n, employee) in employees.iter().enumerate() {
        let cookie = &cookies[n % cookies.len()];
        let mut socket = open(address, cookie).await?;
        subscribe(&mut socket, json!({ "employee": employee })).await?;
        // Reads, and so answers pings.
        tokio::spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

async fn measure() -> Result<()> {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let people = people(&database, &fixture).await?;
    let (waited_for, punching) = people.split_at(N_IDLE);
    let options = ApiOptions {
        listen: "127.0.0.1:0".parse()?,
        database: database.api.clone(),
        listener_url: database.url_for("rollcall_api"),
        secure_cookie: false,
        login: rollcall_api::LoginOptions::default(),
        http: Default::default(),
        allow_private_webhooks: false,
        device_access: None,
    };
    let stop = CancellationToken::new();
    let running = rollcall_api::serve(options, stop.clone()).await?;
    let address = running.address;
    let cookies = vec![
        log_in(&database, &fixture, address, "owner@example.org", true).await?,
        log_in(&database, &fixture, address, "berlin@example.org", false).await?,
    ];
    let committed: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let received: Arc<Mutex<Vec<Duration>>> = Arc::default();
    for n in 0..N_WATCHERS {
        let mut socket = open(address, &cookies[n % cookies.len()]).await?;
        subscribe(&mut socket, json!({})).await?;
        tokio::spawn(watch(socket, committed.clone(), received.clone()));
    }
    let before_kib = resident_kib()?;
    let mut child = start_idle(address, &cookies, waited_for)?;
    wait_for_subscribers(address, N_IDLE + N_WATCHERS).await?;
    let after_kib = resident_kib()?;
    let load_before = load()?;

    let n_punches = punch(&database, &fixture, punching, &committed).await?;
    let expected = n_punches * N_WATCHERS;
    let deadline = Instant::now() + Duration::from_secs(10);
    while received.lock().expect("no panic").len() < expected && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(child.stdin.take());
    child.wait()?;
    let mut delays = received.lock().expect("no panic").clone();
    delays.sort_unstable();
    ensure!(!delays.is_empty(), "nothing was received");
    let at = |share: f64| {
        let position = (delays.len() as f64 * share) as usize;
        delays[position.min(delays.len() - 1)].as_secs_f64() * 1000.0
    };
    let kib = (after_kib.saturating_sub(before_kib)) as f64 / N_IDLE as f64;
    let rows = json!({
        "idle_subscribers": N_IDLE, "watchers": N_WATCHERS, "punches": n_punches, "expected": expected,
        "received": delays.len(), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0),
        "kib_per_subscriber": kib, "load_1_min_before": load_before, "load_1_min_after": load()?,
    });
    println!(
        "live events: {N_IDLE} idle subscribers, {PUNCHES_PER_SECOND} punches/s for {DURATION:?}, {N_WATCHERS} watchers"
    );
    println!("  received   {} of {expected}", delays.len());
    println!(
        "  delivery   p50 {:.1} ms   p99 {:.1} ms   longest {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    println!("  memory     {kib:.1} KiB a subscriber (socket, subscription, queue)");
    println!(
        "  load       {load_before} before, {} after (1 min)",
        load()?
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-live.json");
    std::fs::write(
        &path,
        serde_json::to_string_pretty(&json!({ "rows": [rows] }))?,
    )?;
    println!("also written to target/bench-live.json");
    stop.cancel();
    running.wait().await?;
    Ok(())
}

async fn people(database: &TestDatabase, fixture: &Fixture) -> Result<Vec<EmployeeId>> {
    let transaction = database.admin.begin(&fixture.scope()).await?;
    let rows = transaction
        .query(
            "make people",
            "with e as (
               insert into app.employee (organization_id, code, display_name)
               select $1, 'E' || n, 'Person ' || n from generate_series(1, $3::int4) n
               returning organization_id, employee_id
             ), s as (
               insert into app.employee_site (organization_id, employee_id, site_id)
               select organization_id, employee_id, $2 from e
             ), d as (
               insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status,
                 worked_minutes, n_punches, n_repeats, exceptions, why, rule_version,
                 kind, rule_set_name, rule_set_version, is_open, presence_minutes, payable_minutes,
                 unpaid_break_minutes, unpayable_minutes, overtime_daily_minutes, overtime_weekly_minutes,
                 overtime_rest_day_minutes, overtime_holiday_minutes, overtime_unapproved_minutes, expected_minutes,
                 late_minutes, early_out_minutes, leave_paid_minutes, leave_unpaid_minutes, digest)
               select organization_id, employee_id, current_date, $2, 'Europe/Berlin', 'present', 0, 0, 0, '{}', '[]',
                 '2', 'work', 'Standard', 1, true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\\x00' from e
             )
             select employee_id from e",
            &[
                &fixture.organization_id.0,
                &fixture.site_id.0,
                &i32::try_from(N_IDLE + N_PUNCHING)?,
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows.iter().map(|row| EmployeeId(row.get(0))).collect())
}

/// Makes a user and returns the cookie of a session. Not all sites: those of the fixture's first.
async fn log_in(
    database: &TestDatabase,
    fixture: &Fixture,
    address: SocketAddr,
    email: &str,
    all_sites: bool,
) -> Result<String> {
    let user = UserSpec {
        email,
        display_name: "Uma User",
        role: UserRole::Owner,
        password_hash: &hash_password(PASSWORD),
        password_is_one_time: false,
    };
    user_create(&database.admin, fixture.organization_id, &user).await?;
    if !all_sites {
        let client = database.admin.client().await?;
        let organization_id = fixture.organization_id.0;
        let site_id = fixture.site_id.0;
        client
            .execute(
                "update app.user_account set all_sites = false where email = $1",
                &[&email],
            )
            .await?;
        client
            .execute(
                "insert into app.user_site (organization_id, user_id, site_id)
                 select $1, user_id, $2 from app.user_account where email = $3",
                &[&organization_id, &site_id, &email],
            )
            .await?;
    }
    let response = reqwest::Client::new()
        .post(format!("http://{address}/session"))
        .json(&json!({ "email": email, "password": PASSWORD }))
        .send()
        .await?;
    let cookie = response.headers().get("set-cookie").context("no cookie")?;
    let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
    Ok(cookie.to_owned())
}

async fn open(address: SocketAddr, cookie: &str) -> Result<Socket> {
    let mut request = format!("ws://{address}/graphql/ws").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    headers.insert("cookie", cookie.parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    let init = json!({ "type": "connection_init" });
    socket.send(Message::text(init.to_string())).await?;
    // Pings of the server may come first.
    loop {
        let answer = socket.next().await.context("closed")??;
        if answer.is_text() {
            ensure!(answer.to_text()?.contains("connection_ack"), "{answer}");
            return Ok(socket);
        }
    }
}

async fn subscribe(socket: &mut Socket, variables: Value) -> Result<()> {
    let query = "subscription($employee: ID) { punchRecorded(employeeId: $employee) {
        cursor resync punch { id employee { code displayName } site { name } localTime direction isCounted } } }";
    let payload = json!({ "query": query, "variables": variables });
    let message = json!({ "id": "1", "type": "subscribe", "payload": payload });
    socket.send(Message::text(message.to_string())).await?;
    Ok(())
}

/// Notes how long after its commit each punch comes.
async fn watch(
    mut socket: Socket,
    committed: Arc<Mutex<HashMap<String, Instant>>>,
    received: Arc<Mutex<Vec<Duration>>>,
) {
    while let Some(Ok(message)) = socket.next().await {
        let now = Instant::now();
        let Ok(text) = message.to_text() else {
            continue;
        };
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let event = &message["payload"]["data"]["punchRecorded"];
        let Some(id) = event["punch"]["id"].as_str() else {
            continue;
        };
        // An event may overtake the writer's own knowledge of the commit.
        let at = committed.lock().expect("no panic").get(id).copied();
        let delay = at.map_or(Duration::ZERO, |at| now.duration_since(at));
        received.lock().expect("no panic").push(delay);
    }
}

/// Writes batches at an even pace. Returns the number of punches.
async fn punch(
    database: &TestDatabase,
    fixture: &Fixture,
    people: &[EmployeeId],
    committed: &Mutex<HashMap<String, Instant>>,
) -> Result<usize> {
    let pause = Duration::from_secs_f64(BATCH as f64 / PUNCHES_PER_SECOND as f64);
    let mut ticks = tokio::time::interval(pause);
    let begin = Instant::now();
    let mut n_punches = 0;
    while begin.elapsed() < DURATION {
        ticks.tick().await;
        let ids: Vec<Uuid> = (0..BATCH).map(|_| Uuid::now_v7()).collect();
        let employees: Vec<Uuid> = (0..BATCH)
            .map(|n| people[(n_punches + n) % people.len()].0)
            .collect();
        let transaction = database.admin.begin(&fixture.scope()).await?;
        transaction
            .execute(
                "write a batch",
                "with k as (
                   select * from unnest($2::uuid[], $3::uuid[]) as k (punch_id, employee_id)
                 ), p as (
                   insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source,
                     direction, camera_id, similarity)
                   select $1, punch_id, employee_id, $4, now(), 'face', 'in', $5, 0.8 from k
                 ), d as (
                   insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id, is_counted,
                     direction, direction_reason)
                   select $1, employee_id, current_date, punch_id, true, 'in', 'camera' from k
                 ), c as (
                   insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids)
                   select $1, 'punch', array_agg(punch_id), array_agg(employee_id), array_agg($4::uuid) from k
                 )
                 select pg_notify('rollcall_punch', json_build_object('organization_id', $1::uuid)::text)",
                &[
                    &fixture.organization_id.0,
                    &ids,
                    &employees,
                    &fixture.site_id.0,
                    &fixture.entry_camera_id.0,
                ],
            )
            .await?;
        // Taken before the commit returns, so that nothing is counted too short.
        let now = Instant::now();
        {
            let mut committed = committed.lock().expect("no panic");
            for id in &ids {
                committed.insert(URL_SAFE_NO_PAD.encode(format!("punch:{id}")), now);
            }
        }
        transaction.commit().await?;
        n_punches += BATCH;
    }
    Ok(n_punches)
}

fn start_idle(address: SocketAddr, cookies: &[String], people: &[EmployeeId]) -> Result<Child> {
    let mut child = Command::new(std::env::current_exe()?)
        .env(IDLE, "1")
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start the idle clients")?;
    let employees: Vec<String> = people
        .iter()
        .map(|id| URL_SAFE_NO_PAD.encode(format!("employee:{id}")))
        .collect();
    let given =
        json!({ "address": address.to_string(), "cookies": cookies, "employees": employees });
    let stdin = child.stdin.as_mut().context("no input")?;
    writeln!(stdin, "{given}")?;
    Ok(child)
}

async fn wait_for_subscribers(address: SocketAddr, n: usize) -> Result<()> {
    let line = format!("rollcall_api_subscribers{{kind=\"punch\"}} {n}");
    let deadline = Instant::now() + Duration::from_secs(120);
    while Instant::now() < deadline {
        let metrics = reqwest::get(format!("http://{address}/metrics")).await?;
        if metrics.text().await?.lines().any(|known| known == line) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("not all clients have subscribed")
}

/// Memory of this process.
fn resident_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

fn load() -> Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}
