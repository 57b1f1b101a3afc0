//! Who is on site, and what makes it uncertain. Derived rows are put in by hand: the derivation has tests
//! of its own.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::PunchSource;
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::muster::{Muster, MusterFilter, MusterSite, muster_list};
use rollcall_testkit::fixture::{self, unit_vector};
use support::World;
use uuid::Uuid;

/// A Tuesday, 12:00 in Berlin and 06:00 in New York: both local days have begun.
const NOW: &str = "2026-11-17T11:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

/// A world in which nothing waits for the derivation and the device has just been heard of.
async fn world() -> World {
    let world = World::new().await;
    heard_of(&world, now()).await;
    world
}

async fn heard_of(world: &World, at: Timestamp) {
    world
        .execute(
            "insert into app.device_activity (organization_id, device_id, seen_at) values ($1, $2, $3)
             on conflict (organization_id, device_id) do update set seen_at = excluded.seen_at",
            &[
                &world.fixture.organization_id.0,
                &world.fixture.device.device_id.0,
                &at,
            ],
        )
        .await;
}

async fn person(world: &World, code: &str) -> EmployeeId {
    let employee_id = fixture::employee(&world.db.admin, &world.fixture, code).await;
    // New employees have marks that the derivation has not seen here.
    world.execute("delete from attendance.dirty_day", &[]).await;
    employee_id
}

async fn punch(world: &World, employee_id: EmployeeId, site_id: SiteId, at: Timestamp) -> Uuid {
    let punch_id = Uuid::now_v7();
    world
        .execute(
            "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, camera_id)
             values ($1, $2, $3, $4, $5, 'face', $6)",
            &[
                &world.fixture.organization_id.0,
                &punch_id,
                &employee_id.0,
                &site_id.0,
                &at,
                &world.fixture.entry_camera_id.0,
            ],
        )
        .await;
    punch_id
}

/// A session as the derivation writes it, with its day; `out_at` none and `is_open` false: forgotten.
async fn session(
    world: &World,
    employee_id: EmployeeId,
    site_id: SiteId,
    (in_at, out_at, is_open): (Timestamp, Option<Timestamp>, bool),
) {
    let keys: [&(dyn tokio_postgres::types::ToSql + Sync); 5] = [
        &world.fixture.organization_id.0,
        &employee_id.0,
        &site_id.0,
        &in_at,
        &is_open,
    ];
    world
        .execute(
            "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status, worked_minutes,
               n_punches, n_repeats, exceptions, why, rule_version, kind, rule_set_name, rule_set_version, is_open,
               presence_minutes, payable_minutes, unpaid_break_minutes, unpayable_minutes, overtime_daily_minutes,
               overtime_weekly_minutes, overtime_rest_day_minutes, overtime_holiday_minutes, overtime_unapproved_minutes,
               expected_minutes, late_minutes, early_out_minutes, leave_paid_minutes, leave_unpaid_minutes, digest)
             values ($1, $2, ($4 at time zone 'UTC')::date, $3, 'UTC', 'present', 0, 1, 0, '{}', '[]', '2', 'work', 'built-in', 0,
               $5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '')
             on conflict (organization_id, employee_id, work_date) do update set is_open = excluded.is_open",
            &keys,
        )
        .await;
    let keys = [&keys[..], &[&out_at]].concat();
    world
        .execute(
            "insert into attendance.session (organization_id, employee_id, work_date, ordinal, site_id, in_at, is_open, out_at, worked_minutes)
             select $1, $2, ($4 at time zone 'UTC')::date, count(*), $3, $4, $5, $6, 0
             from attendance.session s where s.employee_id = $2",
            &keys,
        )
        .await;
}

/// A punch that is counted as an IN and nothing after it.
async fn comes(world: &World, employee_id: EmployeeId, site_id: SiteId, at: Timestamp) -> Uuid {
    let punch_id = punch(world, employee_id, site_id, at).await;
    session(world, employee_id, site_id, (at, None, true)).await;
    counted(world, employee_id, punch_id, at).await;
    punch_id
}

async fn counted(world: &World, employee_id: EmployeeId, punch_id: Uuid, day_of: Timestamp) {
    world
        .execute(
            "insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id, is_counted, direction_reason)
             values ($1, $2, ($4 at time zone 'UTC')::date, $3, true, 'alternate')",
            &[
                &world.fixture.organization_id.0,
                &employee_id.0,
                &punch_id,
                &day_of,
            ],
        )
        .await;
}

async fn list(world: &World, filter: MusterFilter) -> Muster {
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    let filter = MusterFilter {
        now: Some(now()),
        ..filter
    };
    muster_list(&transaction, &filter).await.unwrap()
}

/// Berlin and New York.
async fn sites(world: &World) -> (MusterSite, MusterSite) {
    let mut sites = list(world, MusterFilter::default()).await.sites.into_iter();
    let (berlin, new_york) = (sites.next().unwrap(), sites.next().unwrap());
    assert_eq!(
        (berlin.name.as_str(), new_york.name.as_str()),
        ("Berlin", "New York")
    );
    (berlin, new_york)
}

fn codes(site: &MusterSite) -> Vec<&str> {
    site.people.iter().map(|p| p.code.as_str()).collect()
}

#[tokio::test]
async fn people_are_listed_where_they_were_seen_last() {
    let world = world().await;
    let (berlin, new_york) = (world.fixture.site_id, world.fixture.second_site_id);
    let ada = person(&world, "A1").await;
    let bob = person(&world, "B1").await;
    let cyd = person(&world, "C1").await;
    comes(&world, ada, berlin, ago(240)).await;
    comes(&world, bob, new_york, ago(60)).await;
    // Came and went.
    session(&world, cyd, berlin, (ago(300), Some(ago(30)), false)).await;
    punch(&world, cyd, berlin, ago(300)).await;
    punch(&world, cyd, berlin, ago(30)).await;

    let (in_berlin, in_new_york) = sites(&world).await;
    assert_eq!(codes(&in_berlin), ["A1"]);
    assert_eq!(codes(&in_new_york), ["B1"]);
    assert!(in_berlin.doubt.is_none(), "{:?}", in_berlin.doubt);
    let found = &in_berlin.people[0];
    assert_eq!((found.in_at, found.last_at), (ago(240), ago(240)));
    assert_eq!(found.last_source, PunchSource::Face);
    let place = found.last_place.as_ref().unwrap();
    assert_eq!(
        (place.device.as_str(), place.camera.as_str()),
        ("door", "entry")
    );

    // A repeat at the other site moves the person there, and says so at the first one.
    let repeat = punch(&world, ada, new_york, ago(5)).await;
    counted(&world, ada, repeat, ago(240)).await;
    let (in_berlin, in_new_york) = sites(&world).await;
    assert_eq!(codes(&in_berlin), [""; 0]);
    assert_eq!(codes(&in_new_york), ["A1", "B1"]);
    assert_eq!(in_new_york.people[0].last_at, ago(5));
    assert_eq!(
        (
            in_berlin.doubt.n_last_elsewhere,
            in_new_york.doubt.n_last_elsewhere
        ),
        (1, 0)
    );

    let only = MusterFilter {
        site_id: Some(new_york),
        ..MusterFilter::default()
    };
    let only = list(&world, only).await;
    assert_eq!(only.sites.len(), 1);
    assert_eq!(codes(&only.sites[0]), ["A1", "B1"]);
}

#[tokio::test]
async fn a_forgotten_out_does_not_stay_on_site() {
    let world = world().await;
    let berlin = world.fixture.site_id;
    let ada = person(&world, "A1").await;
    let bob = person(&world, "B1").await;
    let cyd = person(&world, "C1").await;
    // The derivation has said that this one is over.
    punch(&world, ada, berlin, ago(20 * 60)).await;
    session(&world, ada, berlin, (ago(20 * 60), None, false)).await;
    // It is late with these two: longer open than 16 hours, and due; or not due before a window ends.
    comes(&world, bob, berlin, ago(17 * 60)).await;
    comes(&world, cyd, berlin, ago(17 * 60)).await;
    let due = async |employee_id: EmployeeId, at: Timestamp| {
        world
            .execute(
                "insert into attendance.due_day (organization_id, employee_id, work_date, due_at)
                 select organization_id, employee_id, work_date, $2 from attendance.day where employee_id = $1",
                &[&employee_id.0, &at],
            )
            .await
    };
    due(bob, ago(60)).await;
    due(cyd, ago(-60)).await;
    assert_eq!(codes(&sites(&world).await.0), ["C1"]);

    // The rules of the day say how long: 18 hours.
    world
        .execute(
            "with made as (insert into attendance.rule_set (organization_id, name) values ($1, 'long') returning rule_set_id),
             version as (insert into attendance.rule_set_version (organization_id, rule_set_id, version, valid_from, rules)
               select $1, rule_set_id, 1, '2020-01-01', '{\"maximum_open_minutes\": 1080}' from made)
             update attendance.day set rule_set_version = 1, rule_set_id = (select rule_set_id from made)",
            &[&world.fixture.organization_id.0],
        )
        .await;
    assert_eq!(codes(&sites(&world).await.0), ["B1", "C1"]);
}

#[tokio::test]
async fn a_voided_punch_is_nobodys_last() {
    let world = world().await;
    let (berlin, new_york) = (world.fixture.site_id, world.fixture.second_site_id);
    let ada = person(&world, "A1").await;
    let bob = person(&world, "B1").await;
    comes(&world, ada, berlin, ago(240)).await;
    let only = comes(&world, bob, berlin, ago(240)).await;
    let later = punch(&world, ada, new_york, ago(10)).await;
    for punch_id in [later, only] {
        world
            .execute(
                "insert into attendance.punch_void (organization_id, punch_id, reason) values ($1, $2, 'not me')",
                &[&world.fixture.organization_id.0, &punch_id],
            )
            .await;
    }
    let (in_berlin, in_new_york) = sites(&world).await;
    assert_eq!(
        codes(&in_berlin),
        ["A1"],
        "nobody is here by a voided punch"
    );
    assert_eq!(in_berlin.people[0].last_at, ago(240));
    assert_eq!(codes(&in_new_york), [""; 0]);
}

#[tokio::test]
async fn what_happens_later_is_not_seen() {
    let world = world().await;
    let ada = person(&world, "A1").await;
    let bob = person(&world, "B1").await;
    comes(&world, ada, world.fixture.site_id, ago(-1)).await;
    comes(&world, bob, world.fixture.site_id, ago(1)).await;
    punch(&world, bob, world.fixture.second_site_id, ago(-1)).await;
    assert_eq!(codes(&sites(&world).await.0), ["B1"]);
}

#[tokio::test]
async fn silent_devices_make_it_uncertain() {
    let world = world().await;
    let silent = |site: &MusterSite| site.doubt.silent_devices.clone();
    assert_eq!(silent(&sites(&world).await.0), []);
    heard_of(&world, ago(3)).await;
    let (berlin, new_york) = sites(&world).await;
    assert_eq!(silent(&berlin), [("door".to_owned(), Some(ago(3)))]);
    assert_eq!(berlin.doubt.n_devices, 1);
    assert_eq!((silent(&new_york), new_york.doubt.n_devices), (vec![], 0));
    let patient = MusterFilter {
        silent_after: SignedDuration::from_mins(4),
        ..MusterFilter::default()
    };
    assert!(list(&world, patient).await.sites[0].doubt.is_none());

    world.execute("delete from app.device_activity", &[]).await;
    assert_eq!(
        silent(&sites(&world).await.0),
        [("door".to_owned(), None)],
        "never heard of"
    );
    world
        .execute("update app.device set revoked_at = now()", &[])
        .await;
    assert!(sites(&world).await.0.doubt.is_none(), "out of use");
}

#[tokio::test]
async fn unknown_faces_of_the_local_day_make_it_uncertain() {
    let world = World::new().await;
    // Through the real function: a stranger, and somebody almost recognised.
    let vector = unit_vector(1);
    let ada = world.person("A1", &vector).await;
    let at = Timestamp::now();
    world
        .submit(&[
            world.sighting(unit_vector(2), at - SignedDuration::from_secs(3)),
            world.sighting(
                fixture::near(&vector, 0.57, 3),
                at - SignedDuration::from_secs(2),
            ),
        ])
        .await
        .unwrap();
    world
        .execute(
            "update attendance.sighting set captured_at = $1 where outcome = 'unknown'",
            &[&ago(60)],
        )
        .await;
    world
        .execute(
            "update attendance.sighting set captured_at = $1 where outcome = 'review'",
            &[&ago(30)],
        )
        .await;
    let doubt = sites(&world).await.0.doubt;
    assert_eq!((doubt.n_unknown, doubt.n_review), (1, 1), "{ada}");
    assert_eq!(doubt.last_unknown_at, Some(ago(30)));
    // 04:00 in Berlin.
    assert_eq!(doubt.day_begin_at, "2026-11-17T03:00:00Z".parse().unwrap());
    // Before the day began, and after the present.
    world
        .execute("update attendance.sighting set captured_at = '2026-11-17T02:59:59Z' where outcome = 'unknown'", &[])
        .await;
    world
        .execute(
            "update attendance.sighting set captured_at = $1 where outcome = 'review'",
            &[&ago(-1)],
        )
        .await;
    let doubt = sites(&world).await.0.doubt;
    assert_eq!((doubt.n_unknown, doubt.n_review), (0, 0));
}

#[tokio::test]
async fn punches_that_wait_for_the_derivation_are_said() {
    let world = world().await;
    let berlin = world.fixture.site_id;
    let ada = person(&world, "A1").await;
    let bob = person(&world, "B1").await;
    let carl = person(&world, "C1").await;
    comes(&world, ada, berlin, ago(240)).await;
    let waiting = punch(&world, ada, berlin, ago(1)).await;
    world
        .execute(
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id) values ($1, $2, '2026-11-17', $3)",
            &[&world.fixture.organization_id.0, &ada.0, &waiting],
        )
        .await;
    let (in_berlin, in_new_york) = sites(&world).await;
    assert_eq!(
        (in_berlin.doubt.n_underived, in_new_york.doubt.n_underived),
        (1, 0)
    );
    assert!(!in_berlin.people[0].is_derived);
    assert_eq!(in_berlin.people[0].last_at, ago(1));
    // Of a mark over many days only people with punches here lately count: others can be nowhere. One
    // of the past does not count.
    punch(&world, bob, berlin, ago(30)).await;
    world
        .execute(
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
             values ($1, $2, '2026-01-01', '2026-11-18'), ($1, $2, '2025-01-01', '2026-01-01'),
                    ($1, $3, '2026-01-01', '2026-11-18')",
            &[&world.fixture.organization_id.0, &bob.0, &carl.0],
        )
        .await;
    assert_eq!(sites(&world).await.0.doubt.n_underived, 2);
    world
        .execute(
            "delete from attendance.dirty_day where last_date = '2026-11-18'",
            &[],
        )
        .await;
    assert_eq!(sites(&world).await.0.doubt.n_underived, 1);
}

#[tokio::test]
async fn sites_out_of_use_are_listed_while_somebody_is_there() {
    let world = world().await;
    world
        .execute("update app.site set deactivated_at = $1", &[&ago(10)])
        .await;
    assert_eq!(list(&world, MusterFilter::default()).await.sites.len(), 0);
    let ada = person(&world, "A1").await;
    comes(&world, ada, world.fixture.site_id, ago(20)).await;
    let sites = list(&world, MusterFilter::default()).await.sites;
    assert_eq!(sites.len(), 1);
    assert_eq!(codes(&sites[0]), ["A1"]);
}

#[tokio::test]
async fn another_organisation_sees_nobody() {
    let world = world().await;
    let ada = person(&world, "A1").await;
    comes(&world, ada, world.fixture.site_id, ago(20)).await;
    let other = fixture::organization(&world.db).await;
    let transaction = world.db.api.begin(&other.scope()).await.unwrap();
    let filter = MusterFilter {
        now: Some(now()),
        ..MusterFilter::default()
    };
    let list = muster_list(&transaction, &filter).await.unwrap();
    assert_eq!(list.sites.len(), 2);
    assert!(list.sites.iter().all(|site| site.people.is_empty()));
    assert_eq!(list.sites[0].doubt.n_devices, 1, "its own");
}
