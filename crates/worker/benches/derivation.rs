//! The whole worker loop with PostgreSQL: days per second beside one bare multi-row INSERT of the same
//! rows, and how long after a punch its day can be read. `cargo bench -p rollcall-worker`.
//! Prints a table and writes `target/bench-worker.json`. No figure here is a test: machines differ.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use rollcall_domain::id::{EmployeeId, ShiftId};
use rollcall_domain::rules::{AutomaticBreak, Rules};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{Segment, Shift, ShiftKind};
use rollcall_store::derivation::{PUNCH_CHANNEL, RederiveFilter, day_delete_all, rederive_mark};
use rollcall_store::listen::{ListenEvent, Listener};
use rollcall_store::roster::{RosterAssign, roster_assign};
use rollcall_store::rule_set::{RuleSetApply, rule_set_apply};
use rollcall_store::shift::shift_create;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use rollcall_worker::{Worker, WorkerOptions, derive_pending};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const N_PEOPLE: usize = 100;
const FIRST: Date = date(2026, 1, 5);
const LAST: Date = date(2026, 3, 29);
/// Measurements of each way, alternating; the best of each counts.
const N_RUNS: usize = 5;
const N_PUNCHES: u32 = 300;
const TABLES: [&str; 6] = [
    "day",
    "session",
    "day_punch",
    "day_interval",
    "day_exception",
    "due_day",
];

struct Stage {
    database: TestDatabase,
    fixture: Fixture,
    people: Vec<EmployeeId>,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut rows = Vec::new();
    runtime.block_on(async {
        let stage = Stage::new().await?;
        throughput(&stage, &mut rows).await?;
        latency(&stage, &mut rows).await
    })?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-worker.json");
    std::fs::write(
        &path,
        serde_json::to_string_pretty(&json!({ "rows": rows }))?,
    )?;
    println!("also written to target/bench-worker.json");
    Ok(())
}

impl Stage {
    /// A company with early shifts, breaks, overtime, and four punches a working day.
    async fn new() -> Result<Self> {
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        let mut people = Vec::new();
        for person in 0..N_PEOPLE {
            let code = format!("E{person:04}");
            people.push(fixture::employee(&database.admin, &fixture, &code).await);
        }
        let stage = Self {
            database,
            fixture,
            people,
        };
        stage.plan().await?;
        stage.punches().await?;
        stage
            .admin("vacuum analyze attendance.punch, app.employee, attendance.roster, attendance.dirty_day")
            .await?;
        Ok(stage)
    }

    async fn plan(&self) -> Result<()> {
        self.admin(&format!(
            "update app.employee set hired_on = '{FIRST}', left_on = '{LAST}'"
        ))
        .await?;
        let transaction = self.database.api.begin(&self.fixture.scope()).await?;
        let shift = Shift {
            shift_id: ShiftId(Uuid::now_v7()),
            name: "Early".to_owned(),
            kind: ShiftKind::Fixed,
            segments: vec![segment(480, 990)],
            core: None,
            expected_minutes: None,
            window_before_minutes: 120,
            window_after_minutes: 240,
            breaks: vec![ScheduledBreak {
                segment: segment(570, 585),
                is_paid: true,
            }],
        };
        shift_create(&transaction, &shift).await?;
        let early = Some(shift.shift_id);
        let roster = RosterAssign {
            employees: &self.people,
            site_id: self.fixture.site_id,
            from: FIRST,
            to: None,
            anchor: FIRST,
            cycle: &[early, early, early, early, early, None, None],
            works_on_holidays: false,
            replace: false,
        };
        roster_assign(&transaction, &roster).await?;
        let mut rules = Rules {
            grace_in_minutes: 5,
            rest_weekdays: vec![Weekday::Saturday, Weekday::Sunday],
            ..Rules::default()
        };
        rules.overtime.weekly_after_minutes = Some(38 * 60);
        rules.breaks.automatic = vec![AutomaticBreak {
            after_minutes: 360,
            break_minutes: 30,
        }];
        let apply = RuleSetApply {
            name: Some("Standard"),
            site_id: None,
            valid_from: FIRST,
            rules: &rules,
        };
        rule_set_apply(&transaction, &apply).await?;
        transaction.commit().await?;
        self.admin("delete from attendance.dirty_day").await
    }

    async fn punches(&self) -> Result<()> {
        self.admin(&format!(
            "insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction)
             select e.organization_id, e.employee_id, '{}',
               (d.day + t.at + make_interval(mins => (hashtextextended(e.code || d.day || t.at, 1) & 15)::integer))
                 at time zone 'Europe/Berlin', 'face', t.direction
             from app.employee e
             cross join generate_series('{FIRST}'::timestamp, '{LAST}', '1 day') as d (day)
             cross join (values (interval '7:55', 'in'), ('12:00', 'out'), ('12:35', 'in'), ('16:40', 'out')) as t (at, direction)
             where extract(isodow from d.day) < 6",
            self.fixture.site_id,
        ))
        .await
    }

    async fn admin(&self, sql: &str) -> Result<()> {
        let client = self.database.admin.client().await?;
        client.batch_execute(sql).await?;
        Ok(())
    }

    async fn empty(&self) -> Result<()> {
        let transaction = self.database.worker.begin(&self.fixture.scope()).await?;
        day_delete_all(&transaction).await?;
        transaction.commit().await?;
        self.admin("vacuum analyze attendance.day, attendance.session, attendance.day_punch, attendance.day_interval, attendance.day_exception, attendance.due_day, attendance.dirty_day")
            .await?;
        self.admin("checkpoint").await
    }

    async fn mark(&self) -> Result<i64> {
        let transaction = self.database.api.begin(&self.fixture.scope()).await?;
        let filter = RederiveFilter {
            from: FIRST,
            to: LAST,
            site_id: None,
            employees: Vec::new(),
        };
        let marked = rederive_mark(&transaction, &filter).await?;
        transaction.commit().await?;
        Ok(marked.n_days)
    }

    /// One `insert … values (…), (…), …` of every row of a table.
    async fn insert_of(&self, table: &str) -> Result<Option<String>> {
        let client = self.database.admin.client().await?;
        let columns: String = client
            .query_one(
                "select string_agg(format('quote_nullable(%I::text)', attname), ', ' order by attnum)
                 from pg_attribute where attrelid = ('attendance.' || $1)::regclass and attnum > 0 and not attisdropped",
                &[&table],
            )
            .await?
            .get(0);
        let values: Option<String> = client
            .query_one(
                &format!("select string_agg('(' || concat_ws(',', {columns}) || ')', ',') from attendance.{table}"),
                &[],
            )
            .await?
            .get(0);
        Ok(values.map(|values| format!("insert into attendance.{table} values {values}")))
    }
}

fn segment(begin_minute: i32, end_minute: i32) -> Segment {
    Segment {
        begin_minute,
        end_minute,
    }
}

async fn throughput(stage: &Stage, rows: &mut Vec<serde_json::Value>) -> Result<()> {
    let n_days = stage.mark().await?;
    derive_pending(&stage.database.worker).await?;
    let mut inserts = Vec::new();
    for table in TABLES {
        inserts.extend(stage.insert_of(table).await?);
    }
    let n_bytes: usize = inserts.iter().map(String::len).sum();
    println!(
        "{n_days} days of {N_PEOPLE} people; their rows are {} MB of VALUES",
        n_bytes / 1_000_000
    );
    let (mut bare, mut ours, mut again) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..N_RUNS {
        stage.empty().await?;
        bare = bare.min(insert_bare(stage, &inserts).await?);
        stage.empty().await?;
        stage.mark().await?;
        let begin = Instant::now();
        let derived = derive_pending(&stage.database.worker).await?;
        ours = ours.min(begin.elapsed().as_secs_f64());
        ensure!(derived.n_changed as i64 >= n_days * 9 / 10, "{derived:?}");
        stage.mark().await?;
        let begin = Instant::now();
        let derived = derive_pending(&stage.database.worker).await?;
        again = again.min(begin.elapsed().as_secs_f64());
        ensure!(derived.n_changed == 0, "{derived:?}");
    }
    let per_second = |seconds: f64| format!("{:.0} days/s", n_days as f64 / seconds);
    let ratio = bare / ours;
    println!(
        "  worker loop: {} against {} of one bare INSERT: {ratio:.2}  goal >= 0.5",
        per_second(ours),
        per_second(bare)
    );
    println!("  worker loop, nothing changed: {}", per_second(again));
    rows.push(json!({ "part": "worker loop, days derived and stored", "value": per_second(ours), "baseline": per_second(bare), "ratio": ratio, "goal": ">= 0.5" }));
    rows.push(json!({ "part": "worker loop, days derived and unchanged", "value": per_second(again), "baseline": "", "ratio": null, "goal": "" }));
    Ok(())
}

async fn insert_bare(stage: &Stage, inserts: &[String]) -> Result<f64> {
    let client = stage.database.worker.client().await?;
    let begin = Instant::now();
    client
        .batch_execute(&format!(
            "begin; select set_config('rollcall.organization_id', '{}', true)",
            stage.fixture.organization_id
        ))
        .await?;
    for insert in inserts {
        client.batch_execute(insert).await?;
    }
    client.batch_execute("commit").await?;
    Ok(begin.elapsed().as_secs_f64())
}

/// A punch with its mark, until the announcement that its day is stored.
async fn latency(stage: &Stage, rows: &mut Vec<serde_json::Value>) -> Result<()> {
    let url = stage.database.url_for("rollcall_api");
    let mut listener = Listener::start(&url, &[PUNCH_CHANNEL])?;
    let stop = CancellationToken::new();
    let worker = Worker::new(stage.database.worker.clone(), WorkerOptions::default());
    let worker = tokio::spawn(worker.run(stop.clone()));
    // The first opening of days is no part of this.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut busy, mut idle) = (Vec::new(), Vec::new());
    for index in 0..N_PUNCHES {
        let employee_id = stage.people[index as usize % stage.people.len()];
        // Every tenth comes when nothing has happened for a while.
        let is_idle = index % 10 == 0;
        let pause = if is_idle {
            1_100
        } else {
            11 + u64::from(index % 7) * 3
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let at = LAST
            .at(17, 0, 0, 0)
            .checked_add(Span::new().seconds(index))?;
        let begin = Instant::now();
        let transaction = stage.database.api.begin(&stage.fixture.scope()).await?;
        let row = transaction
            .query_one(
                "insert punch",
                "with p as (
                   insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source)
                   values ($1, $2, $3, $4::text::timestamptz, 'manual') returning punch_id
                 )
                 insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
                 select $1, $2, $5, p.punch_id from p returning punch_id",
                &[
                    &stage.fixture.organization_id.0,
                    &employee_id.0,
                    &stage.fixture.site_id.0,
                    &at.to_string(),
                    &LAST,
                ],
            )
            .await?;
        transaction.commit().await?;
        let punch_id: Uuid = row.get(0);
        let punch_id = punch_id.to_string();
        let waiting = heard(&mut listener, &punch_id);
        tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .context("the punch was not derived")??;
        let elapsed = begin.elapsed().as_secs_f64() * 1000.0;
        if is_idle { &mut idle } else { &mut busy }.push(elapsed);
    }
    stop.cancel();
    worker.await?;
    for (name, sample) in [
        ("while others punch", &mut busy),
        ("after a pause", &mut idle),
    ] {
        sample.sort_by(f64::total_cmp);
        let at = |part: f64| sample[((sample.len() - 1) as f64 * part) as usize];
        let value = format!("p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99));
        println!("  punch to day visible, {name}: {value}");
        rows.push(json!({ "part": format!("punch to day visible, {name}"), "value": value, "baseline": "", "ratio": null, "goal": "< 1000 ms" }));
    }
    Ok(())
}

async fn heard(listener: &mut Listener, punch_id: &str) -> Result<()> {
    loop {
        if let ListenEvent::Notification { payload, .. } = listener.next().await
            && payload.contains(punch_id)
        {
            return Ok(());
        }
    }
}
