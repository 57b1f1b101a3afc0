//! The plan of the match under a generic plan: it falls apart silently when the planner changes its mind.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use pgvector::HalfVector;
use rollcall_testkit::fixture;
use support::World;
use tokio_postgres::{AsyncMessage, NoTls};

/// Fills the gallery with `n` random templates of `n / 4` people, as the superuser.
async fn fill(world: &World, n: i32) {
    let client = world.db.admin.client().await.unwrap();
    let fixture = &world.fixture;
    client
        .batch_execute(&format!(
            "create function pg_temp.random_embedding() returns halfvec language sql volatile as
               $$ select l2_normalize((select array_agg(random_normal()) from generate_series(1, 512))::real[]::vector::halfvec) $$;
             select set_config('rollcall.organization_id', '{organization_id}', false);
             insert into app.employee (organization_id, code, display_name)
               select '{organization_id}', 'p' || i, 'p' || i from generate_series(1, {n} / 4) i;
             insert into app.employee_site select organization_id, employee_id, '{site_id}' from app.employee;
             insert into biometric.consent (organization_id, employee_id, text_version, evidence)
               select organization_id, employee_id, '1', 'test' from app.employee;
             select count(biometric.template_add(organization_id, employee_id, '{space_id}', null, pg_temp.random_embedding(), 1))
               from app.employee, generate_series(1, 4)",
            organization_id = fixture.organization_id,
            site_id = fixture.site_id,
            space_id = fixture.space_id,
        ))
        .await
        .unwrap();
}

/// The plans of `biometric.match`'s statements, by auto_explain, after enough calls for a generic plan.
async fn plans(world: &World, analyze: bool) -> String {
    let (client, mut connection) = tokio_postgres::connect(&world.db.url_for("postgres"), NoTls)
        .await
        .unwrap();
    let notices = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&notices);
    tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notice(notice) = message {
                written.lock().unwrap().push_str(notice.message());
            }
        }
    });
    if analyze {
        client.batch_execute("analyze").await.unwrap();
    }
    client
        .batch_execute(
            "load 'auto_explain'; set role rollcall_owner; set jit = off; set random_page_cost = 1.1",
        )
        .await
        .unwrap();
    let fixture = &world.fixture;
    client
        .execute(
            "select set_config('rollcall.organization_id', $1, false)",
            &[&fixture.organization_id.to_string()],
        )
        .await
        .unwrap();
    let probes: Vec<HalfVector> = (0..64)
        .map(|seed| HalfVector::from_f32_slice(&fixture::unit_vector(seed)))
        .collect();
    for round in 0..7 {
        if round == 6 {
            client
                .batch_execute("reset role; set auto_explain.log_nested_statements = on; set auto_explain.log_min_duration = 0; set auto_explain.log_level = notice; set role rollcall_owner")
                .await
                .unwrap();
        }
        client
            .query(
                "select ordinal from biometric.match($1, $2, $3, $4::halfvec[])",
                &[
                    &fixture.organization_id.0,
                    &fixture.site_id.0,
                    &fixture.space_id.0,
                    &probes,
                ],
            )
            .await
            .unwrap();
    }
    client.batch_execute("select 'end'").await.unwrap();
    let plans = notices.lock().unwrap().clone();
    plans
        .split("Query Text:")
        .find(|plan| plan.contains("CTE candidate"))
        .unwrap_or_else(|| panic!("no plan of the match: {plans}"))
        .to_owned()
}

/// What must hold for the statement to be fast.
fn check(plan: &str, name: &str) {
    let (_, plan) = plan.split_once("CTE probe").unwrap();
    let part = |from: &str, to: &str| {
        let start = plan
            .find(from)
            .unwrap_or_else(|| panic!("{name}: no `{from}` in {plan}"));
        let end = plan[start..]
            .find(to)
            .unwrap_or_else(|| panic!("{name}: no `{to}` in {plan}"));
        plan[start..start + end].to_owned()
    };
    let candidate = part("CTE candidate", "CTE scored");
    assert!(candidate.contains("Nested Loop"), "{name}: {candidate}");
    // Without statistics the codes may be read through a bitmap, which is as good.
    assert!(
        candidate.contains("Seq Scan on template_code_")
            || name.ends_with("no statistics") && candidate.contains("Scan on template_code_"),
        "{name}: {candidate}"
    );
    assert!(candidate.contains("<~>"), "{name}: {candidate}");
    // The re-check looks each candidate up by its key. The other branch is the exact scan, which its
    // one-time filter leaves out when the space has a radius.
    let recheck = part("CTE scored", "IS NULL)");
    let recheck = recheck
        .rsplit_once("->  Result")
        .map_or(recheck.as_str(), |(start, _)| start);
    assert!(
        recheck.contains("CTE Scan on candidate"),
        "{name}: {recheck}"
    );
    assert!(
        recheck.contains("Index Scan using template_"),
        "{name}: {recheck}"
    );
    assert!(
        recheck.contains("template_id = candidate.template_id"),
        "{name}: {recheck}"
    );
    assert!(!recheck.contains("Seq Scan"), "{name}: {recheck}");
    // Who may be recognised is asked by key too, once the planner knows that the tables are not tiny.
    let eligible = part("CTE Scan on scored", "(expires_at > now())");
    if name.ends_with(", statistics") {
        // An organisation has a handful of spaces.
        let eligible = eligible.replace("Seq Scan on space", "");
        assert!(!eligible.contains("Seq Scan"), "{name}: {eligible}");
        assert!(!eligible.contains("Hash"), "{name}: {eligible}");
        assert!(
            eligible.contains("(template_id = scored.template_id)"),
            "{name}: {eligible}"
        );
    }
}

#[tokio::test]
async fn the_fast_path_keeps_its_plan() {
    let world = World::new().await;
    check(&plans(&world, false).await, "empty gallery, no statistics");
    fill(&world, 4000).await;
    check(&plans(&world, false).await, "4000 templates, no statistics");
    check(&plans(&world, true).await, "4000 templates, statistics");
    // Several organisations: more partitions in the generic plan.
    for _ in 0..3 {
        fixture::organization(&world.db).await;
    }
    check(&plans(&world, true).await, "several organisations");
}
