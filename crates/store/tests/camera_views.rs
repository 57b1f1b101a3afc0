//! Looking through a camera: who sees a picture, who may put one, and that nothing of it stays.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, OrganizationId, SiteId, UserId};
use rollcall_store::camera_view::{
    CameraPicture, CameraView, camera_picture, camera_view_begin, camera_view_end,
    camera_view_forget, camera_view_renew,
};
use rollcall_store::device::{CameraState, DeviceClient, MAX_PICTURE_BYTES, Showing};
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_store::{Scope, StoreError};
use rollcall_testkit::{fixture, wait_until};
use support::{World, code};
use uuid::Uuid;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture";

fn at() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

fn picture(jpeg: &[u8], taken_at: Timestamp) -> Showing<'_> {
    Showing::Picture {
        state: CameraState::Well,
        taken_at,
        jpeg,
    }
}

/// A user who sees all sites, or the one given.
async fn user(
    world: &World,
    organization_id: OrganizationId,
    role: UserRole,
    site_id: Option<SiteId>,
) -> Scope {
    let email = format!("{}@example.org", Uuid::now_v7());
    let user = UserSpec {
        email: &email,
        display_name: "Uma User",
        role,
        password_hash: "none",
        password_is_one_time: false,
    };
    let user_id: UserId = provision::user_create(&world.db.admin, organization_id, &user)
        .await
        .unwrap();
    if let Some(site_id) = site_id {
        let narrow = "update app.user_account set all_sites = false where user_id = $1";
        world.execute(narrow, &[&user_id.0]).await;
        let list =
            "insert into app.user_site (organization_id, user_id, site_id) values ($1, $2, $3)";
        world
            .execute(list, &[&organization_id.0, &user_id.0, &site_id.0])
            .await;
    }
    Scope {
        user_id: Some(user_id),
        ..Scope::organization(organization_id)
    }
}

async fn begin(world: &World, scope: &Scope, camera_id: CameraId) -> Option<CameraView> {
    let transaction = world.db.api.begin(scope).await.unwrap();
    let view = camera_view_begin(&transaction, camera_id).await.unwrap();
    transaction.commit().await.unwrap();
    view
}

async fn look(world: &World, scope: &Scope, camera_id: CameraId) -> Option<CameraPicture> {
    let transaction = world.db.api.reading(scope).await.unwrap();
    let picture = camera_picture(&transaction, camera_id, None).await.unwrap();
    transaction.commit().await.unwrap();
    picture
}

async fn renew(world: &World, scope: &Scope, view: CameraView) -> bool {
    let transaction = world.db.api.begin(scope).await.unwrap();
    let is_open = camera_view_renew(&transaction, view.view_id).await.unwrap();
    transaction.commit().await.unwrap();
    is_open
}

async fn end(world: &World, scope: &Scope, view: CameraView) -> bool {
    let transaction = world.db.api.begin(scope).await.unwrap();
    let was_open = camera_view_end(&transaction, view.view_id).await.unwrap();
    transaction.commit().await.unwrap();
    was_open
}

async fn n_rows(world: &World) -> (i64, i64) {
    (
        world.count("app.camera_view").await,
        world.count("app.camera_picture").await,
    )
}

#[tokio::test]
async fn a_picture_is_seen_while_somebody_looks_and_nothing_of_it_stays() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let organization_id = world.fixture.organization_id;
    let owner = user(&world, organization_id, UserRole::Owner, None).await;
    let device = &world.device;

    let asked = [(); 3].map(|()| device.watched_cameras());
    let asked = futures_util::future::join_all(asked).await;
    let asked = asked.into_iter().map(Result::unwrap);
    let asked = asked.map(|asked| (asked.camera_ids, asked.is_first));
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [(vec![], true), (vec![], false), (vec![], false)]
    );
    let nobody = device.picture_put(camera_id, picture(JPEG, at())).await;
    assert!(!nobody.unwrap(), "nobody looks");
    assert_eq!(n_rows(&world).await, (0, 0), "so nothing was stored");

    let view = begin(&world, &owner, camera_id).await.unwrap();
    assert_eq!(view.site_id, world.fixture.site_id);
    assert_eq!(
        device.watched_cameras().await.unwrap().camera_ids,
        [camera_id]
    );
    assert_eq!(look(&world, &owner, camera_id).await, None, "none yet");
    let taken_at = at();
    assert!(
        device
            .picture_put(camera_id, picture(JPEG, taken_at))
            .await
            .unwrap()
    );
    let seen = look(&world, &owner, camera_id).await.unwrap();
    assert_eq!(
        (seen.state, seen.taken_at, seen.jpeg.as_deref()),
        (Some(CameraState::Well), Some(taken_at), Some(JPEG))
    );
    assert!((0..60_000).contains(&seen.age_ms), "{}", seen.age_ms);

    // Faster than anybody needs: passed over.
    let newer = [JPEG, b"2"].concat();
    for _ in 0..3 {
        let shown = device
            .picture_put(camera_id, picture(&newer, taken_at))
            .await;
        assert!(shown.unwrap());
    }
    world
        .execute(
            "update app.camera_picture set put_at = put_at - interval '1 second'",
            &[],
        )
        .await;
    device
        .picture_put(camera_id, picture(&newer, taken_at))
        .await
        .unwrap();
    assert_eq!(n_rows(&world).await, (1, 1), "the newest replaces");
    let seen = look(&world, &owner, camera_id).await.unwrap();
    assert_eq!(seen.jpeg.as_deref(), Some(&*newer));
    // What is known is not sent again.
    let transaction = world.db.api.reading(&owner).await.unwrap();
    let again = camera_picture(&transaction, camera_id, Some(seen.put_at))
        .await
        .unwrap();
    assert_eq!(again.unwrap().jpeg, None);
    drop(transaction);

    let other = begin(&world, &owner, camera_id).await.unwrap();
    assert!(end(&world, &owner, view).await);
    assert!(!end(&world, &owner, view).await, "over already");
    assert!(look(&world, &owner, camera_id).await.is_some());
    assert!(end(&world, &owner, other).await);
    assert_eq!(n_rows(&world).await, (0, 0));
    let shown = device.picture_put(camera_id, picture(JPEG, at())).await;
    assert!(!shown.unwrap());
    assert_eq!(n_rows(&world).await, (0, 0));
    assert_eq!(device.watched_cameras().await.unwrap().camera_ids, []);
}

#[tokio::test]
async fn two_viewings_and_a_picture_at_once_leave_no_picture() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let organization_id = world.fixture.organization_id;
    let owner = user(&world, organization_id, UserRole::Owner, None).await;
    let views = [
        begin(&world, &owner, camera_id).await.unwrap(),
        begin(&world, &owner, camera_id).await.unwrap(),
    ];
    let put = world.device.picture_put(camera_id, picture(JPEG, at()));
    assert!(put.await.unwrap());
    let first = world.db.api.begin(&owner).await.unwrap();
    assert!(camera_view_end(&first, views[0].view_id).await.unwrap());
    // Both wait for the first.
    let waiting = async {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let admin = world.db.admin.client().await.unwrap();
        wait_until("two wait", Duration::from_secs(20), async || {
            let n_waiting: i64 = admin.query_one(sql, &[]).await.unwrap().get(0);
            (n_waiting == 2).then_some(())
        })
        .await;
        first.commit().await.unwrap();
    };
    let later = world.device.picture_put(camera_id, picture(JPEG, at()));
    let (was_open, put, ()) = tokio::join!(end(&world, &owner, views[1]), later, waiting);
    assert!(was_open);
    put.unwrap();
    assert_eq!(n_rows(&world).await, (0, 0));
}

#[tokio::test]
async fn only_who_manages_devices_looks_and_only_at_own_sites() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let (organization_id, site_id) = (world.fixture.organization_id, world.fixture.site_id);
    let other_site = world.fixture.second_site_id;
    let other = fixture::organization(&world.db).await;
    for (role, site, expected) in [
        (UserRole::Owner, None, true),
        (UserRole::HrAdmin, None, true),
        (UserRole::SiteManager, Some(site_id), true),
        (UserRole::SiteManager, Some(other_site), false),
        (UserRole::HrAdmin, Some(other_site), false),
        (UserRole::Auditor, None, false),
        (UserRole::Viewer, None, false),
        (UserRole::Viewer, Some(site_id), false),
    ] {
        let scope = user(&world, organization_id, role, site).await;
        let begun = begin(&world, &scope, camera_id).await;
        assert_eq!(begun.is_some(), expected, "{role:?} {site:?}");
        if let Some(view) = begun {
            end(&world, &scope, view).await;
        }
    }
    let foreign = user(&world, other.organization_id, UserRole::Owner, None).await;
    assert_eq!(begin(&world, &foreign, camera_id).await, None);
    let hub = Scope::organization(organization_id);
    assert_eq!(begin(&world, &hub, camera_id).await, None, "nobody's");

    // While one looks, the others still see nothing: not the picture, and not that somebody looks.
    let manager = user(
        &world,
        organization_id,
        UserRole::SiteManager,
        Some(site_id),
    )
    .await;
    let view = begin(&world, &manager, camera_id).await.unwrap();
    let shown = world
        .device
        .picture_put(camera_id, picture(JPEG, at()))
        .await;
    assert!(shown.unwrap());
    let owner = user(&world, organization_id, UserRole::Owner, None).await;
    for scope in [&owner, &foreign, &hub] {
        assert_eq!(look(&world, scope, camera_id).await, None, "{scope:?}");
        assert!(!renew(&world, scope, view).await);
        assert!(!end(&world, scope, view).await);
        let transaction = world.db.api.begin(scope).await.unwrap();
        let row = transaction
            .query_one("count", "select count(*) from app.camera_view", &[])
            .await;
        assert_eq!(row.unwrap().get::<_, i64>(0), 0);
    }
    assert!(look(&world, &manager, camera_id).await.is_some());
    // Nobody takes a viewing for somebody else.
    let transaction = world.db.api.begin(&manager).await.unwrap();
    let posed = transaction
        .execute(
            "pose",
            "insert into app.camera_view (organization_id, camera_id, device_id, site_id, user_id, until_at)
             values ($1, $2, $3, $4, $5, now() + interval '1 hour')",
            &[
                &organization_id.0,
                &camera_id.0,
                &world.fixture.device.device_id.0,
                &site_id.0,
                &owner.user_id.unwrap().0,
            ],
        )
        .await;
    assert_eq!(code(posed), "42501");
    drop(transaction);

    // Who loses the role or the site sees nothing from that moment on.
    let demote = "update app.user_account set role = 'viewer' where user_id = $1";
    world.execute(demote, &[&manager.user_id.unwrap().0]).await;
    assert_eq!(look(&world, &manager, camera_id).await, None);
    assert!(!renew(&world, &manager, view).await);
    assert!(end(&world, &manager, view).await, "but can stop");
    assert_eq!(n_rows(&world).await, (0, 0));
}

#[tokio::test]
async fn a_device_puts_pictures_of_its_own_cameras_and_small_ones_only() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let other = fixture::organization(&world.db).await;
    let other_device = DeviceClient::connect(&world.db.device_url(&other.device))
        .await
        .unwrap();
    let owner = user(&world, world.fixture.organization_id, UserRole::Owner, None).await;
    begin(&world, &owner, camera_id).await.unwrap();

    assert_eq!(other_device.watched_cameras().await.unwrap().camera_ids, []);
    let foreign = other_device
        .picture_put(camera_id, picture(JPEG, at()))
        .await;
    assert_eq!(code(foreign), "RC006");
    // Another device of the same organisation neither.
    let sibling = "insert into app.device (organization_id, device_id, site_id, name, database_role)
        select organization_id, $2, site_id, 'sibling', 'sibling' from app.device where device_id = $1";
    let sibling_id = Uuid::now_v7();
    world
        .execute(sibling, &[&world.fixture.device.device_id.0, &sibling_id])
        .await;
    let moved = "update app.camera set device_id = $2 where camera_id = $1";
    let exit = world.fixture.exit_camera_id;
    world.execute(moved, &[&exit.0, &sibling_id]).await;
    let of_sibling = world.device.picture_put(exit, picture(JPEG, at())).await;
    assert_eq!(code(of_sibling), "RC006");

    let largest = [JPEG, &vec![0; MAX_PICTURE_BYTES - JPEG.len()]].concat();
    let too_large = [&*largest, b"x"].concat();
    for (jpeg, is_taken) in [
        (&*largest, true),
        (&*too_large, false),
        (b"<svg>".as_slice(), false),
        (b"".as_slice(), false),
    ] {
        let shown = world
            .device
            .picture_put(camera_id, picture(jpeg, at()))
            .await;
        match is_taken {
            true => assert!(shown.unwrap()),
            false => assert_eq!(code(shown), "RC005", "{} bytes", jpeg.len()),
        }
    }
    let revoke = "update app.device set revoked_at = now() where device_id = $1";
    world
        .execute(revoke, &[&world.fixture.device.device_id.0])
        .await;
    assert_eq!(code(world.device.watched_cameras().await), "RC009");
    assert_eq!(begin(&world, &owner, camera_id).await, None, "revoked");
}

#[tokio::test]
async fn a_viewing_that_nobody_moves_on_is_over_and_cleared_away() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let owner = user(&world, world.fixture.organization_id, UserRole::Owner, None).await;
    let view = begin(&world, &owner, camera_id).await.unwrap();
    let put = || world.device.picture_put(camera_id, picture(JPEG, at()));
    assert!(put().await.unwrap());
    assert_eq!(camera_view_forget(&world.db.worker).await.unwrap(), 0);
    assert_eq!(n_rows(&world).await, (1, 1), "somebody looks");

    let lapse = "update app.camera_view set until_at = now() - interval '2 minutes'";
    world.execute(lapse, &[]).await;
    assert_eq!(world.device.watched_cameras().await.unwrap().camera_ids, []);
    assert_eq!(look(&world, &owner, camera_id).await, None);
    assert!(renew(&world, &owner, view).await, "a slow hub goes on");
    assert!(look(&world, &owner, camera_id).await.is_some());
    world.execute(lapse, &[]).await;
    assert!(!put().await.unwrap(), "the device takes its picture along");
    assert_eq!(n_rows(&world).await, (1, 0));

    // The device is gone as well: the worker clears away.
    assert!(renew(&world, &owner, view).await);
    assert!(put().await.unwrap());
    world.execute(lapse, &[]).await;
    assert_eq!(camera_view_forget(&world.db.worker).await.unwrap(), 1);
    assert_eq!(n_rows(&world).await, (0, 0));
    assert!(!renew(&world, &owner, view).await);
}

#[tokio::test]
async fn pictures_go_into_no_log_and_no_backup() {
    let world = World::new().await;
    let unlogged = world
        .texts(
            "select relname::text from pg_class where relpersistence = 'u' and relkind = 'r' order by 1",
        )
        .await;
    assert_eq!(unlogged, ["camera_picture", "camera_view"]);
    let toast = world
        .texts(
            "select t.relpersistence::text from pg_class c join pg_class t on t.oid = c.reltoastrelid
             where c.relname = 'camera_picture'",
        )
        .await;
    assert_eq!(toast, ["u"]);
}

#[tokio::test]
async fn a_camera_without_a_picture_says_why() {
    let world = World::new().await;
    let camera_id = world.fixture.entry_camera_id;
    let owner = user(&world, world.fixture.organization_id, UserRole::Owner, None).await;
    begin(&world, &owner, camera_id).await.unwrap();
    let wait = "update app.camera_picture set put_at = put_at - interval '1 second'";
    let put = async |showing: Showing<'_>| -> Result<CameraPicture, StoreError> {
        world.execute(wait, &[]).await;
        assert!(world.device.picture_put(camera_id, showing).await?);
        Ok(look(&world, &owner, camera_id).await.unwrap())
    };
    put(picture(JPEG, at())).await.unwrap();
    for state in CameraState::ALL {
        let seen = put(Showing::Nothing(state)).await.unwrap();
        let expected = (Some(state), None, None);
        assert_eq!((seen.state, seen.taken_at, seen.jpeg), expected);
    }
    let seen = put(Showing::SwitchedOff).await.unwrap();
    assert_eq!((seen.state, seen.jpeg), (None, None));
}
