//! Importing punches: once only, all or nothing, side by side.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::Direction;
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::punch_import::{Added, Content, ImportCounts, NewPunch, PunchImport};
use rollcall_testkit::fixture;
use support::World;

const SOURCE: &str = "kronos";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn punch(line: u64, employee_id: EmployeeId, site_id: SiteId, at: &str) -> NewPunch {
    NewPunch {
        line,
        content: Content {
            employee_id,
            site_id,
            occurred_at: instant(at),
            direction: Some(Direction::In),
        },
        external_id: format!("id-{line}"),
    }
}

async fn begin(world: &World) -> PunchImport {
    PunchImport::begin(&world.db.api, &world.fixture.scope(), SOURCE, || {})
        .await
        .unwrap()
}

/// Adds and commits.
async fn import(world: &World, punches: &[NewPunch]) -> (Vec<Added>, ImportCounts) {
    let mut import = begin(world).await;
    let added = import.add(punches).await.unwrap();
    (added, import.commit().await.unwrap())
}

/// Everything that an import writes, without ids.
async fn written(world: &World) -> Vec<String> {
    world
        .texts(
            "select concat_ws(' ', i.source, i.external_id, e.code, s.name, p.occurred_at at time zone 'UTC', p.source, p.direction)
             from attendance.punch p
             join attendance.punch_import i using (organization_id, punch_id)
             join app.employee e using (organization_id, employee_id)
             join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
             order by 1",
        )
        .await
}

async fn marks(world: &World) -> Vec<String> {
    world
        .texts(
            "select concat_ws(' ', e.code, d.work_date, d.last_date)
             from attendance.dirty_day d join app.employee e using (organization_id, employee_id)
             where d.punch_id is null and d.marked_at = (select max(marked_at) from attendance.dirty_day)
             order by 1",
        )
        .await
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let world = World::new().await;
    let site = world.fixture.site_id;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let mut punches = vec![
        punch(2, ada, site, "2019-03-01T08:00:00Z"),
        punch(3, ada, site, "2019-03-04T08:00:00.123456Z"),
        // 01:30 local, before the day boundary: the work date is the day before.
        punch(4, ada, world.fixture.second_site_id, "2026-02-10T06:30:00Z"),
    ];
    punches[1].content.direction = None;
    let (added, counts) = import(&world, &punches).await;
    assert_eq!(added, [Added::Written; 3]);
    assert_eq!(counts.n_written, 3);
    let first = written(&world).await;
    assert_eq!(
        first,
        [
            "kronos id-2 A1 Berlin 2019-03-01 08:00:00 import in",
            "kronos id-3 A1 Berlin 2019-03-04 08:00:00.123456 import",
            "kronos id-4 A1 New York 2026-02-10 06:30:00 import in",
        ]
    );
    assert_eq!(
        marks(&world).await,
        ["A1 2019-03-01 2019-03-04", "A1 2026-02-09"]
    );
    let n_marks = world.count("attendance.dirty_day").await;

    let (added, counts) = import(&world, &punches).await;
    assert_eq!(added, [Added::Imported; 3]);
    assert_eq!((counts.n_written, counts.n_imported), (0, 3));
    assert_eq!(written(&world).await, first);
    assert_eq!(world.count("attendance.dirty_day").await, n_marks);

    // Another system may use the same ids.
    let mut other = PunchImport::begin(&world.db.api, &world.fixture.scope(), "bizerba", || {})
        .await
        .unwrap();
    assert_eq!(other.add(&punches[..1]).await.unwrap(), [Added::Written]);
}

#[tokio::test]
async fn an_id_with_other_content_is_told_from_a_repeat() {
    let world = World::new().await;
    let site = world.fixture.site_id;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let bob = fixture::employee(&world.db.admin, &world.fixture, "B1").await;
    let first = punch(2, ada, site, "2026-03-02T08:00:00Z");
    import(&world, std::slice::from_ref(&first)).await;

    let again = |line, change: &dyn Fn(&mut Content)| {
        let mut again = first.clone();
        again.line = line;
        change(&mut again.content);
        again
    };
    let other = |line, employee_id| NewPunch {
        external_id: "new".to_owned(),
        ..punch(line, employee_id, site, "2026-03-02T08:00:00Z")
    };
    let mut running = begin(&world).await;
    let added = running
        .add(&[
            again(2, &|_| {}),
            again(3, &|content| content.employee_id = bob),
            again(4, &|content| content.direction = None),
            again(5, &|content| content.site_id = world.fixture.second_site_id),
            again(6, &|content| {
                content.occurred_at += SignedDuration::from_micros(1)
            }),
            other(7, ada),
            other(8, ada),
            other(9, bob),
        ])
        .await
        .unwrap();
    let changed = Added::ImportedConflict {
        other: first.content,
    };
    let conflict = Added::Conflict {
        first_line: Some(7),
        other: first.content,
    };
    let repeated = Added::Repeated {
        first_line: Some(7),
    };
    assert_eq!(
        added,
        [
            Added::Imported,
            changed,
            changed,
            changed,
            changed,
            Added::Written,
            repeated,
            conflict
        ]
    );
    // Also across batches.
    assert_eq!(
        running
            .add(&[other(10, ada), other(11, bob)])
            .await
            .unwrap(),
        [repeated, conflict]
    );
    assert_eq!(
        running.counts(),
        ImportCounts {
            n_written: 1,
            n_repeated: 2,
            n_imported: 1,
            n_conflicts: 6
        }
    );
}

#[tokio::test]
async fn an_import_that_is_given_up_leaves_nothing() {
    let world = World::new().await;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let n_marks = world.count("attendance.dirty_day").await;
    let punches: Vec<NewPunch> = (0..500)
        .map(|n| {
            let mut new = punch(n, ada, world.fixture.site_id, "2026-03-02T08:00:00Z");
            new.content.occurred_at += SignedDuration::from_mins(n as i64);
            new
        })
        .collect();
    let mut running = begin(&world).await;
    running.add(&punches).await.unwrap();
    drop(running);
    assert_eq!(world.count("attendance.punch").await, 0);
    assert_eq!(world.count("attendance.punch_import").await, 0);
    assert_eq!(world.count("attendance.dirty_day").await, n_marks);
    // Nor does its lock stay: the next one goes on at once.
    let (_, counts) = import(&world, &punches).await;
    assert_eq!(counts.n_written, 500);
}

#[tokio::test]
async fn ten_thousand_punches_of_one_day_are_imported() {
    let world = World::new().await;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let punches: Vec<NewPunch> = (0..10_000)
        .map(|n| {
            let mut new = punch(n, ada, world.fixture.site_id, "2026-03-02T05:00:00Z");
            new.content.occurred_at += SignedDuration::from_secs(n as i64 * 6);
            new
        })
        .collect();
    let (_, counts) = import(&world, &punches).await;
    assert_eq!(counts.n_written, 10_000);
    assert_eq!(world.count("attendance.punch").await, 10_000);
    assert_eq!(marks(&world).await, ["A1 2026-03-02"]);
}

#[tokio::test]
async fn two_imports_of_one_file_write_it_once() {
    let world = World::new().await;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let punches: Vec<NewPunch> = (0..2_000)
        .map(|n| {
            let mut new = punch(n, ada, world.fixture.site_id, "2026-03-02T05:00:00Z");
            new.content.occurred_at += SignedDuration::from_secs(n as i64 * 60);
            new
        })
        .collect();
    let run = async || {
        let mut running = begin(&world).await;
        for batch in punches.chunks(300) {
            running.add(batch).await.unwrap();
        }
        running.commit().await.unwrap()
    };
    let (a, b, c) = tokio::join!(run(), run(), run());
    let mut written = [a.n_written, b.n_written, c.n_written];
    let mut imported = [a.n_imported, b.n_imported, c.n_imported];
    written.sort_unstable();
    imported.sort_unstable();
    assert_eq!(written, [0, 0, 2_000]);
    assert_eq!(imported, [0, 2_000, 2_000]);
    assert_eq!(world.count("attendance.punch").await, 2_000);
}

#[tokio::test]
async fn a_second_import_of_a_source_says_that_it_waits() {
    let world = World::new().await;
    let first = begin(&world).await;
    let (waits, waited) = tokio::sync::oneshot::channel();
    let scope = world.fixture.scope();
    let second = PunchImport::begin(&world.db.api, &scope, SOURCE, || {
        waits.send(()).unwrap();
    });
    let release = async {
        waited.await.unwrap();
        first.commit().await.unwrap();
    };
    let (second, ()) = tokio::join!(second, release);
    second.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn punches_in_closed_periods_are_counted() {
    let world = World::new().await;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    world
        .execute(
            "insert into attendance.period (organization_id, valid, state, closed_at) values ($1, '[2026-01-01,2026-02-01)', 'closed', now()), ($1, '[2026-02-01,2026-03-01)', 'open', null)",
            &[&world.fixture.organization_id.0],
        )
        .await;
    let site = world.fixture.site_id;
    let mut running = begin(&world).await;
    running
        .add(&[
            punch(1, ada, site, "2026-01-31T08:00:00Z"),
            punch(2, ada, site, "2026-01-31T16:00:00Z"),
            punch(3, ada, site, "2026-02-01T08:00:00Z"),
        ])
        .await
        .unwrap();
    assert_eq!(running.n_in_closed_periods().await.unwrap(), 2);
}

#[tokio::test]
async fn people_and_sites_of_other_organisations_are_unknown() {
    let world = World::new().await;
    let other = fixture::organization(&world.db).await;
    let ada = fixture::employee(&world.db.admin, &world.fixture, "A1").await;
    let eve = fixture::employee(&world.db.admin, &other, "E1").await;
    world
        .execute(
            "update app.employee set hired_on = '2020-02-01', left_on = '2021-03-01' where employee_id = $1",
            &[&ada.0],
        )
        .await;
    world
        .execute(
            "insert into app.site_zone_change (organization_id, site_id, changed_at, earlier_time_zone) values ($1, $2, '2020-01-01T00:00:00Z', 'Europe/London')",
            &[&world.fixture.organization_id.0, &world.fixture.site_id.0],
        )
        .await;
    let running = begin(&world).await;
    let references = running.references();
    assert_eq!(
        references.employees.keys().collect::<Vec<_>>(),
        ["A1"],
        "only our own"
    );
    assert_eq!(references.code(ada), "A1");
    assert_eq!(references.code(eve), "");
    assert_eq!(
        references.employees["A1"].hired_on.unwrap().to_string(),
        "2020-02-01"
    );
    let berlin = references.site(world.fixture.site_id).unwrap();
    assert_eq!(berlin.time_zone, "Europe/Berlin");
    assert_eq!(berlin.earlier_zones[0].time_zone, "Europe/London");
    assert!(references.site(other.site_id).is_none());

    // And what names them all the same is refused by the database.
    let mut running = running;
    let stolen = punch(1, eve, world.fixture.site_id, "2026-03-02T08:00:00Z");
    let error = running.add(&[stolen]).await.unwrap_err();
    assert_eq!(error.constraint(), Some("punch_employee_fkey"));
}

#[tokio::test]
async fn a_source_needs_a_name() {
    let world = World::new().await;
    for source in ["", "  ", &"x".repeat(101)] {
        let refused = PunchImport::begin(&world.db.api, &world.fixture.scope(), source, || {})
            .await
            .map(drop)
            .unwrap_err();
        assert!(
            refused.to_string().contains("1 to 100 characters"),
            "{refused}"
        );
    }
}
