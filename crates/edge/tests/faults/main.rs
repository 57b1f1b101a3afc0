//! Never lose, never repeat: an agent and its network, disk and database are mistreated at random, and after each
//! round every sighting is in PostgreSQL once, with the punches of an undisturbed run.
//!
//! `ROLLCALL_FAULT_ROUNDS` and `ROLLCALL_FAULT_SEED` choose (`make faults`: 100 rounds); the seed of each round is
//! printed. What cannot be tried here: that a disk keeps what it said it kept when power fails.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod absence;
mod emitter;
mod proxy;
mod slow_view;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use emitter::{N_PEOPLE, PLAN, Plan, emitted_ms};
use jiff::{SignedDuration, Timestamp};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proxy::{Network, Proxy};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rollcall_domain::id::SightingId;
use rollcall_edge::clock::Clock;
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::device::DeviceClient;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST, unit_vector};
use rollcall_testkit::{TestDatabase, wait_until};
use tokio_util::sync::CancellationToken;

/// How long a round may take to come to rest after its last fault.
const REST: Duration = Duration::from_secs(120);
const N_SIGHTINGS: u64 = 60;

/// One process of the suite; without a plan there is nothing to do.
#[test]
#[ignore = "a process of the fault suite, not a test"]
fn emit() {
    let Some(path) = std::env::var_os(PLAN) else {
        return;
    };
    let plan: Plan = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(emitter::run(plan));
}

/// Held by each test: they share a server, and one of them kills it.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What happens to the agent and what it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    AgentKilled,
    DatabaseKilled,
    NetworkCut,
    NetworkFrozen,
    NetworkSlow,
    AnswersLost,
    DiskFull,
}

const FAULTS: [Fault; 7] = [
    Fault::AgentKilled,
    Fault::DatabaseKilled,
    Fault::NetworkCut,
    Fault::NetworkFrozen,
    Fault::NetworkSlow,
    Fault::AnswersLost,
    Fault::DiskFull,
];

/// The running process, and the plan to start it again with.
struct Agent {
    plan: PathBuf,
    child: Child,
}

impl Agent {
    fn start(plan: PathBuf) -> Self {
        let child = Self::spawn(&plan);
        Self { plan, child }
    }

    fn spawn(plan: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "emit",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(PLAN, plan)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(plan.with_extension("log")).unwrap())
            .spawn()
            .unwrap()
    }

    fn kill_and_start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Self::spawn(&self.plan);
    }

    /// Waits for its end by itself.
    async fn end(mut self, what: &str) {
        let child = &mut self.child;
        let status = wait_until(what, REST, || {
            let status = child.try_wait().unwrap();
            async move { status }
        })
        .await;
        let log = std::fs::read_to_string(self.plan.with_extension("log")).unwrap();
        assert!(status.success(), "{what}: the agent failed: {log}");
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A small disk of its own, so that it can be full; none where nothing may be mounted.
struct Disk(PathBuf);

impl Disk {
    fn mount(folder: &Path) -> Option<Self> {
        let path = folder.join("disk");
        std::fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "rollcall-faults"])
            .arg(&path)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }

    fn fill(&self) {
        let mut chunk = 1 << 20;
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        while chunk > 0 {
            match std::io::Write::write(&mut filler, &vec![1; chunk]) {
                Ok(n) if n > 0 => {}
                _ => chunk /= 2,
            }
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// An organisation with a gallery of [`N_PEOPLE`].
async fn organization(database: &TestDatabase) -> Fixture {
    // The pool may hold connections that a killed server has left.
    wait_until("the pool is well", Duration::from_secs(60), async || {
        let mut clients = Vec::new();
        for _ in 0..database.admin.pool_status().max_connections {
            let client = database.admin.client().await.ok()?;
            client.batch_execute("select 1").await.ok()?;
            clients.push(client);
        }
        Some(())
    })
    .await;
    let fixture = fixture::organization(database).await;
    for person in 0..N_PEOPLE {
        let code = format!("E{person}");
        let employee_id = fixture::employee(&database.admin, &fixture, &code).await;
        fixture::template(&database.admin, &fixture, employee_id, &unit_vector(person)).await;
    }
    fixture
}

/// The texts that a statement of the superuser finds, on a connection of its own: the server may just have been killed.
async fn admin_texts(database: &TestDatabase, sql: &str) -> Vec<String> {
    wait_until("the server answers", Duration::from_secs(60), async || {
        let admin = rollcall_store::Database::new(&database.url_for("postgres"), 1).ok()?;
        let client = admin.client().await.ok()?;
        let rows = client.query(sql, &[]).await.ok()?;
        Some(rows.iter().map(|row| row.get(0)).collect())
    })
    .await
}

/// What counts: who punched when and in which direction; and the sightings that are there.
async fn state(database: &TestDatabase, fixture: &Fixture) -> (Vec<String>, Vec<String>) {
    let organization_id = fixture.organization_id;
    let punches = format!(
        "select e.code || ' ' || p.occurred_at || ' ' || coalesce(p.direction, '-')
         from attendance.punch p join app.employee e using (organization_id, employee_id)
         where p.organization_id = '{organization_id}' order by p.occurred_at, p.punch_id"
    );
    let sightings = format!(
        "select sighting_id::text from attendance.sighting where organization_id = '{organization_id}'
         order by captured_at, sighting_id"
    );
    (
        admin_texts(database, &punches).await,
        admin_texts(database, &sightings).await,
    )
}

fn cameras(fixture: &Fixture) -> Vec<uuid::Uuid> {
    [
        fixture.entry_camera_id,
        fixture.exit_camera_id,
        fixture.both_camera_id,
    ]
    .map(|id| id.0)
    .to_vec()
}

/// The same sightings in another organisation, sent once and in order.
async fn undisturbed(database: &TestDatabase, plan: &Plan) -> Vec<String> {
    let fixture = organization(database).await;
    let plan = Plan {
        cameras: cameras(&fixture),
        ..plan.clone()
    };
    let client = DeviceClient::connect(&database.device_url(&fixture.device))
        .await
        .unwrap();
    let sightings: Vec<_> = (0..plan.n_sightings).map(|n| plan.sighting(n)).collect();
    for batch in sightings.chunks(64) {
        client
            .submit_sightings(SPACE_DIGEST, batch, Timestamp::now())
            .await
            .unwrap();
    }
    state(database, &fixture).await.0
}

/// The device's connection string, with another place to connect to.
fn through(url: &str, address: std::net::SocketAddr) -> String {
    let (before, rest) = url.rsplit_once('@').unwrap();
    let (_, database) = rest.split_once('/').unwrap();
    format!("{before}@{address}/{database}")
}

async fn server_address(database: &TestDatabase) -> std::net::SocketAddr {
    let (host, port, _) = rollcall_store::migrate::address(&database.url_for("postgres")).unwrap();
    let mut found = tokio::net::lookup_host((host, port)).await.unwrap();
    found.next().unwrap()
}

async fn round(database: &TestDatabase, seed: u64, can_mount: &mut bool) {
    let mut random = StdRng::seed_from_u64(seed);
    let fixture = organization(database).await;
    let proxy = Proxy::start(server_address(database).await).await;
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::mount(folder.path());
    *can_mount = disk.is_some();
    let plan = Plan {
        seed,
        database_url: through(&database.device_url(&fixture.device), proxy.address),
        cameras: cameras(&fixture),
        begin: Timestamp::now() - SignedDuration::from_hours(3),
        n_sightings: N_SIGHTINGS,
        pause_ms: random.random_range(5..60),
        folder: folder.path().to_owned(),
        spool: disk
            .as_ref()
            .map_or(folder.path(), |disk| &disk.0)
            .join("a.spool"),
        answer_ms: 1500,
        wall: None,
    };
    let plan_file = folder.path().join("plan");
    std::fs::write(&plan_file, serde_json::to_vec(&plan).unwrap()).unwrap();
    let mut agent = Agent::start(plan_file);
    let mut log = String::new();
    for _ in 0..random.random_range(2..6) {
        let fault = FAULTS[random.random_range(0..FAULTS.len())];
        let mut pause = async |from, to| {
            let ms = random.random_range(from..to);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            ms
        };
        let before = pause(0, 700).await;
        let lasts = match fault {
            Fault::AgentKilled => {
                agent.kill_and_start_again();
                0
            }
            Fault::DatabaseKilled => {
                // A backend that dies takes all others with it: the server starts again from its log.
                let sql = "select pid::text from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1";
                let admin =
                    rollcall_store::Database::new(&database.url_for("postgres"), 1).unwrap();
                let (witness, pid) = wait_until("the server answers", REST, async || {
                    let witness = admin.client().await.ok()?;
                    let found = witness.query(sql, &[]).await.ok()?;
                    // Nobody may be connected.
                    let pid = found.first().map(|row| row.get::<_, String>(0));
                    Some((witness, pid.map(|pid| pid.parse().unwrap())))
                })
                .await;
                // It may have ended meanwhile.
                if pid.is_some_and(|pid| kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok()) {
                    // Until then the others live on, and are taken for connections to the server that comes back.
                    wait_until("the server falls", REST, async || {
                        witness.batch_execute("select 1").await.err()
                    })
                    .await;
                }
                0
            }
            Fault::DiskFull => match &disk {
                Some(disk) => {
                    disk.fill();
                    let ms = pause(100, 1000).await;
                    disk.make_room();
                    // What waited in memory is written down with the next sighting; to kill it before would lose what
                    // nobody was told to be safe.
                    pause(200, 300).await;
                    ms
                }
                None => 0,
            },
            Fault::NetworkCut | Fault::NetworkFrozen | Fault::NetworkSlow | Fault::AnswersLost => {
                proxy.set(match fault {
                    Fault::NetworkCut => Network::Cut,
                    Fault::NetworkFrozen => Network::Frozen,
                    Fault::NetworkSlow => Network::Slow(20_000),
                    _ => Network::Deaf,
                });
                let ms = pause(50, 2500).await;
                // What was swallowed leaves the connection broken.
                proxy.set(Network::Cut);
                proxy.set(Network::Well);
                ms
            }
        };
        write!(log, " {fault:?}@{before}+{lasts}").unwrap();
    }
    proxy.set(Network::Well);
    agent
        .end(&format!("seed {seed} comes to rest after{log}"))
        .await;
    let expected = undisturbed(database, &plan).await;
    let (punches, sightings) = state(database, &fixture).await;
    let emitted: Vec<String> = (0..N_SIGHTINGS)
        .map(|n| plan.sighting(n).sighting_id.to_string())
        .collect();
    assert_eq!(sightings, emitted, "seed {seed}:{log}");
    assert_eq!(punches, expected, "seed {seed}:{log}");
    assert!(!expected.is_empty());
    eprintln!("seed {seed}:{log}: {} punches", punches.len());
}

fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, found `{text}`")),
        Err(_) => default,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sighting_arrives_once_whatever_happens() {
    let _alone = ALONE.lock().await;
    let n_rounds = number("ROLLCALL_FAULT_ROUNDS", 6);
    let seed = number(
        "ROLLCALL_FAULT_SEED",
        Timestamp::now().as_second().unsigned_abs(),
    );
    let database = TestDatabase::create().await;
    let mut can_mount = true;
    for n in 0..n_rounds {
        let began = Instant::now();
        round(&database, seed + n, &mut can_mount).await;
        eprintln!(
            "round {} of {n_rounds}: {:.1} s",
            n + 1,
            began.elapsed().as_secs_f64()
        );
    }
    if !can_mount {
        eprintln!("the full disk was skipped: it needs the right to mount");
    }
}

/// The wall clock of the box is a day behind, then a day ahead, before the hub is heard of and after, over a restart
/// without a network; and every sighting still has its time.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_day_off_moves_no_sighting() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::create().await;
    let fixture = organization(&database).await;
    let proxy = Proxy::start(server_address(&database).await).await;
    let folder = tempfile::tempdir().unwrap();
    let wall = folder.path().join("wall");
    let plan = Plan {
        seed: 1,
        database_url: through(&database.device_url(&fixture.device), proxy.address),
        cameras: cameras(&fixture),
        begin: Timestamp::now(),
        n_sightings: 60,
        pause_ms: 30,
        folder: folder.path().to_owned(),
        spool: folder.path().join("a.spool"),
        answer_ms: 1500,
        wall: Some(wall.clone()),
    };
    let plan_file = folder.path().join("plan");
    std::fs::write(&plan_file, serde_json::to_vec(&plan).unwrap()).unwrap();
    let emitted = async |n: usize| {
        wait_until(&format!("{n} are emitted"), REST, async || {
            (emitted_ms(&plan.emitted()).len() >= n).then_some(())
        })
        .await;
    };
    const DAY_S: i32 = 24 * 3600;
    let turn = |seconds: i32| std::fs::write(&wall, seconds.to_string()).unwrap();

    turn(-DAY_S);
    proxy.set(Network::Cut);
    let mut agent = Agent::start(plan_file);
    emitted(10).await;
    turn(DAY_S);
    emitted(15).await;
    proxy.set(Network::Well);
    emitted(25).await;
    turn(-DAY_S);
    emitted(35).await;
    proxy.set(Network::Cut);
    emitted(40).await;
    agent.kill_and_start_again();
    emitted(50).await;
    proxy.set(Network::Well);
    agent.end("the agent comes to rest").await;

    let now = Timestamp::now();
    let boot_ms = Clock::default().stamp(now).since_boot_ms;
    let rows = admin_texts(
        &database,
        &format!(
            "select concat_ws('|', captured_at, uuid_extract_timestamp(sighting_id), coalesce(reason, '-')) from attendance.sighting
             where organization_id = '{}' order by captured_at",
            fixture.organization_id
        ),
    )
    .await;
    let emitted = emitted_ms(&plan.emitted());
    assert_eq!(rows.len(), emitted.len());
    let mut happened: Vec<Timestamp> = emitted
        .iter()
        .map(|at| now - SignedDuration::from_millis((boot_ms - at) as i64))
        .collect();
    happened.sort();
    for (row, happened_at) in rows.iter().zip(happened) {
        let [captured_at, id_at, reason] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
        for at in [captured_at, id_at] {
            let at: Timestamp = at.replace("+00", "Z").parse().unwrap();
            let off = at.duration_since(happened_at).abs();
            assert!(
                off < SignedDuration::from_secs(2),
                "{row} was at {happened_at}"
            );
        }
        assert_ne!(reason, "clock_skew", "{row}");
    }
}

/// A day's backlog goes out in batches, and who stands at the door meanwhile does not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn live_sightings_overtake_a_day_of_backlog() {
    let _alone = ALONE.lock().await;
    const N_BACKLOG: usize = 3000;
    const N_LIVE: usize = 8;
    let database = TestDatabase::create().await;
    let fixture = organization(&database).await;
    let raise = format!(
        "update app.device set rate_limit_per_minute = 1000000 where device_id = '{}' returning device_id::text",
        fixture.device.device_id
    );
    assert_eq!(admin_texts(&database, &raise).await.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        path: folder.path().join("a.spool"),
        max_bytes: 256 << 20,
    };
    let (spool, _) = Spool::open(options, SpoolKey::new(&[9; 32])).unwrap();
    let clock = Clock::default();
    let plan = Plan {
        seed: 2,
        database_url: database.device_url(&fixture.device),
        cameras: cameras(&fixture),
        begin: Timestamp::now() - SignedDuration::from_hours(24),
        n_sightings: 0,
        pause_ms: 0,
        folder: folder.path().to_owned(),
        spool: folder.path().to_owned(),
        answer_ms: 0,
        wall: None,
    };
    let put = |n: usize| {
        let sighting = plan.sighting(n as u64);
        let stamp = clock.stamp(sighting.captured_at);
        spool.put(sighting.clone(), stamp);
        sighting.sighting_id
    };
    for n in 0..N_BACKLOG {
        put(n);
    }
    let hub = HubLink::by_url(&plan.database_url).unwrap();
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let (ended, stop) = (CancellationToken::new(), CancellationToken::new());
    // Of each live sighting: how many were answered when it came, and how many before it.
    let mut live: Vec<(SightingId, Option<usize>, usize)> = Vec::new();
    let mut n_answered = 0;
    let stats = uplink::run(
        &options,
        (&spool, &clock),
        ended.clone(),
        stop,
        (
            || None,
            |sighting: &rollcall_store::device::Sighting, _: &_| {
                if let Some((_, answered_at, _)) =
                    live.iter_mut().find(|(id, ..)| *id == sighting.sighting_id)
                {
                    *answered_at = Some(n_answered);
                }
                n_answered += 1;
                if n_answered % 300 == 0 && live.len() < N_LIVE {
                    live.push((put(N_BACKLOG + live.len()), None, n_answered));
                    if live.len() == N_LIVE {
                        ended.cancel();
                    }
                }
            },
        ),
    )
    .await;
    assert_eq!(
        (stats.n_answered, stats.n_left),
        ((N_BACKLOG + N_LIVE) as u64, 0)
    );
    for (_, answered_at, put_at) in live {
        // The rest of the batch that was under way, and no other backlog.
        let n_between = answered_at.unwrap() - put_at;
        assert!(n_between < 256, "{n_between} of the backlog came first");
    }
    assert_eq!(state(&database, &fixture).await.1.len(), N_BACKLOG + N_LIVE);
}
