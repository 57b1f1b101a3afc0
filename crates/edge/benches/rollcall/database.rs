//! `edge.submit_sightings` against the bare match and the plain exact scan: CPU of the backend per
//! sighting (`/proc/PID/schedstat`), decisions compared, and sightings per second from several doors.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rollcall_store::device::{DeviceClient, Outcome, Sighting};
use rollcall_store::provision;
use rollcall_store::site::CameraDirection;

use crate::gallery::Gallery;
use crate::table::{Table, median};

/// The radius join with exact re-check and best per person: what the function does besides storing.
const BARE_MATCH: &str = "
with probe as materialized (
  select u.ordinal, u.embedding::halfvec as embedding, binary_quantize(u.embedding)::bit(1024) as code
  from unnest($1::halfvec[]) with ordinality as u (embedding, ordinal)),
candidate as materialized (
  select probe.ordinal, c.template_id
  from probe join biometric.template_code c on (c.code <~> probe.code) < $2
  where c.organization_id = $3),
scored as materialized (
  select candidate.ordinal, near.employee_id, near.similarity
  from candidate join probe using (ordinal)
  cross join lateral (
    select t.employee_id, -(t.embedding <#> probe.embedding) as similarity from biometric.template t
    where t.organization_id = $3 and t.template_id = candidate.template_id limit 1) as near)
select distinct on (ordinal) ordinal, employee_id, similarity from scored order by ordinal, similarity desc";

/// The plain exact scan: nearest template of every probe.
const EXACT: &str = "
select u.ordinal, near.employee_id, near.similarity
from unnest($1::halfvec[]) with ordinality as u (embedding, ordinal)
cross join lateral (
  select t.employee_id, -(t.embedding <#> u.embedding) as similarity from biometric.template t
  where t.organization_id = $2 order by t.embedding <#> u.embedding limit 1) as near";

/// Runs all sizes.
pub async fn measure(table: &mut Table) -> Result<()> {
    for n_templates in [1_000, 10_000, 100_000] {
        eprintln!("gallery of {n_templates} templates …");
        let mut gallery = Gallery::new(n_templates).await?;
        for batch in [1, 64] {
            one_size(table, &mut gallery, batch).await?;
        }
        if n_templates == 10_000 {
            for n_doors in [1, 8] {
                doors(table, &mut gallery, n_doors).await?;
            }
        }
    }
    Ok(())
}

async fn one_size(table: &mut Table, gallery: &mut Gallery, batch: usize) -> Result<()> {
    let n_templates = gallery.n_templates;
    let n_sightings = match (n_templates, batch) {
        (100_000, 1) => 60,
        (100_000, _) => 256,
        (_, 1) => 300,
        _ => 1_024,
    };
    let sightings = gallery.sightings(n_sightings);
    let device =
        DeviceClient::connect(&gallery.database.device_url(&gallery.fixture.device)).await?;
    let admin = gallery.database.admin.client().await?;
    let bare = admin.prepare(BARE_MATCH).await?;
    let exact = admin.prepare(EXACT).await?;
    let organization_id = gallery.fixture.organization_id.0;
    let radius = f64::from(
        rollcall_testkit::fixture::space()
            .radius
            .context("the fixture has a radius")?,
    );
    let admin_pid: i32 = admin
        .query_one("select pg_backend_pid()", &[])
        .await?
        .get(0);
    let role = &gallery.fixture.device.role;
    let device_pid: i32 = admin
        .query_one(
            "select pid from pg_stat_activity where usename = $1",
            &[role],
        )
        .await?
        .get(0);

    let (mut bare_s, mut exact_s, mut ours_s) = (0.0, 0.0, 0.0);
    let (mut outcomes, mut nearest) = (Vec::new(), Vec::new());
    // Plans are made for good after five calls.
    for warm in gallery.sightings(6 * batch).chunks(batch) {
        device
            .submit_sightings(
                rollcall_testkit::fixture::SPACE_DIGEST,
                warm,
                jiff::Timestamp::now(),
            )
            .await?;
        admin
            .query(&bare, &[&half_vectors(warm), &radius, &organization_id])
            .await?;
    }
    let n_exact = if n_templates == 100_000 {
        n_sightings.min(64)
    } else {
        n_sightings
    };
    for (index, chunk) in sightings.chunks(batch).enumerate() {
        let probes = half_vectors(chunk);
        let before = cpu_s(admin_pid)?;
        admin
            .query(&bare, &[&probes, &radius, &organization_id])
            .await?;
        bare_s += cpu_s(admin_pid)? - before;
        if index * batch < n_exact {
            let before = cpu_s(admin_pid)?;
            let rows = admin.query(&exact, &[&probes, &organization_id]).await?;
            exact_s += cpu_s(admin_pid)? - before;
            nearest.extend(rows.iter().map(|row| row.get::<_, f64>(2)));
        }
        let before = cpu_s(device_pid)?;
        outcomes.extend(
            device
                .submit_sightings(
                    rollcall_testkit::fixture::SPACE_DIGEST,
                    chunk,
                    jiff::Timestamp::now(),
                )
                .await?,
        );
        ours_s += cpu_s(device_pid)? - before;
    }
    compare(&outcomes[..nearest.len()], &nearest)?;
    let per = |seconds: f64, n: usize| seconds / n as f64 * 1000.0;
    let (ours, bare, exact) = (
        per(ours_s, n_sightings),
        per(bare_s, n_sightings),
        per(exact_s, nearest.len()),
    );
    let name =
        format!("submit_sightings, {n_templates} templates, batch {batch}: CPU per sighting");
    table
        .ratio(
            format!("{name} vs bare match"),
            format!("{ours:.3} ms"),
            format!("{bare:.3} ms bare match SELECT"),
            ours / bare,
        )
        .goal("<= 1.3");
    let row = table.ratio(
        format!("{name} vs exact scan (decisions identical)"),
        format!("{ours:.3} ms"),
        format!("{exact:.3} ms plain exact halfvec scan"),
        ours / exact,
    );
    if n_templates == 10_000 {
        row.goal("<= 0.25");
    }
    Ok(())
}

/// Everybody whom the exact scan finds at or above the threshold was found, with the same similarity,
/// and nobody else was accepted.
fn compare(outcomes: &[rollcall_store::device::SightingOutcome], nearest: &[f64]) -> Result<()> {
    let space = rollcall_testkit::fixture::space();
    for (outcome, nearest) in outcomes.iter().zip(nearest) {
        let found = *nearest >= f64::from(space.review_floor);
        ensure!(
            found == (outcome.outcome != Outcome::Unknown),
            "exact scan: {nearest}, function: {:?}",
            outcome.outcome
        );
        if let Some(similarity) = outcome.similarity {
            ensure!(
                (f64::from(similarity) - nearest).abs() < 1e-5,
                "similarity {similarity}, exact {nearest}"
            );
        }
    }
    Ok(())
}

async fn doors(table: &mut Table, gallery: &mut Gallery, n_doors: usize) -> Result<()> {
    const BATCH: usize = 8;
    const PER_DOOR: usize = 400;
    let mut clients = Vec::new();
    for door in 0..n_doors {
        let name = format!("door {n_doors}-{door}");
        let admin = &gallery.database.admin;
        let organization_id = gallery.fixture.organization_id;
        let login =
            provision::device_create(admin, organization_id, gallery.fixture.site_id, &name)
                .await?;
        let camera_id = provision::camera_create(
            admin,
            organization_id,
            login.device_id,
            ("c", CameraDirection::Both),
        )
        .await?;
        clients.push((
            DeviceClient::connect(&gallery.database.device_url(&login)).await?,
            camera_id,
        ));
    }
    let admin = gallery.database.admin.client().await?;
    admin
        .batch_execute("update app.device set rate_limit_per_minute = 100000000")
        .await?;
    let mut work = Vec::new();
    for (client, camera_id) in clients {
        let mut sightings = gallery.sightings(PER_DOOR);
        sightings
            .iter_mut()
            .for_each(|sighting| sighting.camera_id = camera_id);
        work.push((client, sightings));
    }
    let started = Instant::now();
    let tasks: Vec<_> = work
        .into_iter()
        .map(|(client, sightings)| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                for chunk in sightings.chunks(BATCH) {
                    let began = Instant::now();
                    client
                        .submit_sightings(
                            rollcall_testkit::fixture::SPACE_DIGEST,
                            chunk,
                            jiff::Timestamp::now(),
                        )
                        .await?;
                    times.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let rate = (n_doors * PER_DOOR) as f64 / started.elapsed().as_secs_f64();
    table.figure(
        format!("sightings per second, 10000 templates, {n_doors} doors, batch {BATCH}, committed (fsync as the test server has it)"),
        format!("{rate:.0}/s, {:.1} ms per batch (median)", median(&mut times)),
    );
    Ok(())
}

fn half_vectors(sightings: &[Sighting]) -> Vec<pgvector::HalfVector> {
    sightings
        .iter()
        .map(|sighting| pgvector::HalfVector::from_f32_slice(&sighting.embedding))
        .collect()
}

/// CPU seconds that a process has used.
fn cpu_s(pid: i32) -> Result<f64> {
    let path = format!("/proc/{pid}/schedstat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{path}`"))?;
    let nanoseconds: f64 = text
        .split_whitespace()
        .next()
        .context("schedstat is empty")?
        .parse()?;
    Ok(nanoseconds / 1e9)
}
