//! Somebody looks through a camera of a box with a slow network.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opencv::core::{CV_8UC3, Mat, Scalar, randu};
use rollcall_edge::capture::CaptureStats;
use rollcall_edge::clock::Clock;
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::live_view::{LiveCamera, LiveView};
use rollcall_edge::preview::Preview;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST};
use rollcall_vision::Frame;
use tokio_util::sync::CancellationToken;

use crate::proxy::{Network, Proxy};
use crate::{ALONE, server_address, through};

/// Bytes a second: some 40 kB of picture take two thirds of one.
const SLOW: u32 = 64 << 10;
const PICTURES: usize = 5;

/// For an hour, so that nobody has to move it on.
async fn somebody_looks(database: &TestDatabase, fixture: &Fixture) {
    let user = UserSpec {
        email: "uma@example.org",
        display_name: "Uma User",
        role: UserRole::Owner,
        password_hash: "none",
        password_is_one_time: false,
    };
    let user_id = provision::user_create(&database.admin, fixture.organization_id, &user)
        .await
        .unwrap();
    let admin = database.admin.client().await.unwrap();
    let begin = "insert into app.camera_view (organization_id, camera_id, device_id, site_id, user_id, until_at)
        values ($1, $2, $3, $4, $5, now() + interval '1 hour')";
    let n_rows = admin
        .execute(
            begin,
            &[
                &fixture.organization_id.0,
                &fixture.entry_camera_id.0,
                &fixture.device.device_id.0,
                &fixture.site_id.0,
                &user_id.0,
            ],
        )
        .await;
    assert_eq!(n_rows.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_network_gets_fewer_pictures_and_no_old_ones() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let proxy = Proxy::start(server_address(&database).await).await;
    proxy.set(Network::Slow(SLOW));
    let url = through(&database.device_url(&fixture.device), proxy.address);
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        path: folder.path().join("a.spool"),
        max_bytes: 1 << 20,
    };
    let spool = Arc::new(Spool::open(options, SpoolKey::new(&[1; 32])).unwrap().0);
    let hub = HubLink::by_url(&url).unwrap();
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let (clock, preview) = (Clock::default(), Arc::new(Preview::default()));
    let live_view = LiveView {
        link: hub.clone(),
        shared: options.shared.clone(),
        clock: clock.clone(),
        spool: spool.clone(),
        cameras: vec![LiveCamera {
            id: fixture.entry_camera_id,
            name: "entry".to_owned(),
            is_allowed: true,
            preview: preview.clone(),
            capture: Arc::new(CaptureStats::default()),
        }],
    };
    somebody_looks(&database, &fixture).await;
    let admin = database.admin.client().await.unwrap();
    // Another picture five times a second, of noise: as large as they get.
    let filming = async {
        let mut noise =
            Mat::new_rows_cols_with_default(180, 240, CV_8UC3, Scalar::all(0.0)).unwrap();
        randu(&mut noise, &0.0, &255.0).unwrap();
        let frame = Frame::from_mat(noise).unwrap();
        let mut frames = tokio::time::interval(Duration::from_millis(50));
        loop {
            frames.tick().await;
            preview.show(&frame, std::iter::empty());
        }
    };
    let looking = async {
        let mut seen: Vec<(Timestamp, Timestamp, i32)> = Vec::new();
        let began = Instant::now();
        while seen.len() < PICTURES {
            assert!(began.elapsed() < Duration::from_secs(120), "{seen:?}");
            let sql = "select put_at, taken_at, length(jpeg) from app.camera_picture where jpeg is not null";
            let rows = admin.query(sql, &[]).await.unwrap();
            if let Some(row) = rows.first()
                && seen.last().is_none_or(|last| last.0 != row.get(0))
            {
                seen.push((row.get(0), row.get(1), row.get(2)));
            }
        }
        seen
    };
    let sending = uplink::run(
        &options,
        (&spool, &clock),
        CancellationToken::new(),
        CancellationToken::new(),
        (|| None, |_, _| {}),
    );
    let seen = tokio::select! {
        seen = looking => seen,
        () = live_view.run() => unreachable!("it does not end"),
        () = filming => unreachable!("it does not end"),
        stats = sending => panic!("{stats:?}"),
    };
    let ages: Vec<f64> = seen
        .iter()
        .map(|(put_at, taken_at, _)| put_at.duration_since(*taken_at).as_secs_f64())
        .collect();
    let took = seen[PICTURES - 1].0.duration_since(seen[0].0).as_secs_f64();
    println!(
        "{} bytes each, {:.1} s between two, old by {ages:.1?} s when they arrive",
        seen[0].2,
        took / (PICTURES - 1) as f64
    );
    let sends = f64::from(seen[0].2) / f64::from(SLOW);
    // The line rests for as long as each took.
    assert!(took >= (PICTURES - 1) as f64 * 1.8 * sends, "{took} s");
    // The way, and at most one that was made before the rest was over; not a queue that grows.
    let limit = sends + 1.5;
    assert!(ages.iter().all(|age| *age < limit), "{ages:?}, {limit}");
}
