//! The agent with real video, real models and a real database.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod command;
mod doors;
mod greeting;
mod live_view;
mod local;
mod offline;
mod precision;
#[path = "../rtsp_server/mod.rs"]
mod rtsp_server;
mod scene;
mod service;

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use opencv::core::{Mat, Size, Vector};
use opencv::prelude::*;
use opencv::videoio::VideoCapture;
use opencv::{imgcodecs, imgproc};
use rollcall_edge::agent;
use rollcall_edge::capture::{Capture, CaptureStats, Patience};
use rollcall_edge::clock::Clock;
use rollcall_edge::error::EdgeError;
use rollcall_edge::slot::Slot;
use rollcall_edge::source::Source;
use rollcall_edge::stop::Stop;
use rollcall_store::device::CameraState;
use rollcall_store::device_record::device_by_ids;
use rollcall_testkit::wait_until;
use rollcall_vision::LostReason;
use rollcall_vision::quality::Flaw;
use scene::{Scene, asset};
use tokio_util::sync::CancellationToken;

fn clip(name: &str) -> String {
    format!(
        "{{ file = {{ path = '{}', pace = 'fast' }} }}",
        asset(name).display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn one_clip_gives_one_sighting_per_track_and_a_punch_for_the_known_person() {
    let scene = Scene::new().await;
    let config = scene.config("entry", &clip("clips/berlin-entrance.avi"));
    let mut lines = Vec::new();
    let summary = agent::run(&config, CancellationToken::new(), |line| {
        lines.push(line.to_string())
    })
    .await
    .unwrap();
    // Three people walk past one after another; only the first is enrolled here.
    let camera = &summary.cameras[0];
    assert!(
        camera.n_unreadable == 0 && camera.covered.is_empty(),
        "{camera:?}"
    );
    assert_eq!(
        (camera.n_captured, camera.n_processed, camera.n_dropped),
        (375, 375, 0)
    );
    assert_eq!(camera.n_sightings, 3, "{lines:#?}");
    assert_eq!(
        (summary.uplink.n_answered, summary.uplink.n_refused),
        (3, 0)
    );
    let decisions = scene.decisions().await;
    assert_eq!(
        decisions
            .iter()
            .filter(|decision| *decision == "accept")
            .count(),
        1,
        "{decisions:?}"
    );
    let punches = scene.punches().await;
    assert_eq!(punches.len(), 1);
    assert_eq!(
        (punches[0].1.as_str(), punches[0].2.as_deref()),
        ("E1", Some("in"))
    );
    assert!(
        lines[0].contains("punched") && lines[0].contains("Person E1 IN"),
        "{lines:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_gives_sightings_and_punches_of_its_own_time() {
    let scene = Scene::new().await;
    // The night in which Berlin's clocks go back: the offset says which 02:10 it was.
    let source = format!(
        "{{ file = {{ path = '{}', pace = 'fast', recorded_at = '2025-10-26T02:10:00+01:00' }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    let mut lines = Vec::new();
    agent::run(
        &scene.config("entry", &source),
        CancellationToken::new(),
        |line| lines.push(line.to_string()),
    )
    .await
    .unwrap();
    let first: jiff::Timestamp = "2025-10-26T01:10:00Z".parse().unwrap();
    let times = scene.sighting_times().await;
    assert_eq!(times.len(), 3, "{lines:#?}");
    // Who comes when is written in setup/clips.py: from 1.5, 9 and 17 s on, for 5.5 s each.
    for ((captured_at, id_at, punched_at), from_s) in times.iter().zip([1.5, 9.0, 17.0]) {
        let since_s = captured_at.duration_since(first).as_secs_f64();
        assert!(
            (from_s..from_s + 5.5).contains(&since_s),
            "{since_s}: {times:?}"
        );
        assert_eq!(id_at.as_millisecond(), captured_at.as_millisecond());
        assert_eq!(punched_at.as_ref().unwrap_or(captured_at), captured_at);
    }
    assert_eq!(scene.punches().await.len(), 1);
    assert!(
        lines[0].starts_with("2025-10-26 02:10:0"),
        "the date is shown: {lines:#?}"
    );
}

/// Pictures of the clip's first person, somebody else who is too small to be decided, one of another size and one that
/// is damaged.
fn pictures(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let path = asset("clips/berlin-entrance.avi").display().to_string();
    let mut video = VideoCapture::from_file(&path, opencv::videoio::CAP_FFMPEG).unwrap();
    let write = |name: String, image: &Mat| {
        let path = folder.join(name).display().to_string();
        assert!(imgcodecs::imwrite(&path, image, &Vector::new()).unwrap());
    };
    let mut image = Mat::default();
    for index in 0..360 {
        assert!(video.read(&mut image).unwrap());
        match index {
            // From 1.5 s to 7 s, of 15 frames a second.
            20..110 => write(format!("a{index:03}.jpg"), &image),
            // From 9 s on, a fifth of the size: a face of 25 pixels.
            150..200 => {
                let mut small = Mat::default();
                let size = Size::new(128, 96);
                imgproc::resize(&image, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA).unwrap();
                write(format!("b{index:03}.png"), &small);
            }
            _ => {}
        }
    }
    std::fs::write(folder.join("a050.jpg"), "damaged").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_images_is_watched_like_a_camera_and_what_gave_no_sighting_is_counted() {
    let scene = Scene::new().await;
    pictures(&scene.folder.path().join("pictures"));
    let source = "{ folder = { path = 'pictures', pace = 'fast', frames_per_second = 15 } }\nmin_face_px = 20";
    let mut lines = Vec::new();
    let summary = agent::run(
        &scene.config("entry", source),
        CancellationToken::new(),
        |line| lines.push(line.to_string()),
    )
    .await
    .unwrap();
    let camera = &summary.cameras[0];
    assert_eq!(
        (camera.n_captured, camera.n_processed, camera.n_unreadable),
        (139, 139, 1)
    );
    assert_eq!(camera.n_sightings, 1, "{lines:#?}");
    assert!(lines[0].contains("punched   Person E1 IN"), "{lines:#?}");
    let small = LostReason::Flaw(Flaw::TooSmall);
    assert!(
        camera.lost.get(&small).is_some_and(|n| *n > 0),
        "{camera:?}"
    );

    let empty = scene.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let config = scene.config("entry", "{ folder = { path = 'empty' } }");
    let error = agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no image in it"), "{error}");
    std::fs::write(empty.join("a.png"), "no image").unwrap();
    let error = agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("none of its images can be read"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_in_view_at_once_are_decided_on_their_own() {
    let scene = Scene::new().await;
    let config = scene.config("exit", &clip("clips/new-york-entrance.avi"));
    let summary = agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .unwrap();
    assert_eq!(summary.cameras[0].n_sightings, 3);
    let punches = scene.punches().await;
    assert_eq!(punches.len(), 1, "{punches:?}");
    assert_eq!(punches[0].2.as_deref(), Some("out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_crosses_the_line_of_a_camera_that_sees_both_ways_comes_in_or_goes_out() {
    // The first person of the clip walks from the left to the right through the middle of the picture.
    for (camera, inside, expected) in [
        ("both", "[0.9, 0.5]", "in"),
        ("both", "[0.1, 0.5]", "out"),
        // The hub knows better.
        ("entry", "[0.1, 0.5]", "in"),
    ] {
        let scene = Scene::new().await;
        let source = clip("clips/berlin-entrance.avi");
        let line = format!("line = [[0.5, 0.0], [0.5, 1.0]]\ninside = {inside}");
        let config = scene.config(camera, &format!("{source}\n{line}"));
        let mut lines = Vec::new();
        let summary = agent::run(&config, CancellationToken::new(), |line| {
            lines.push(line.to_string())
        })
        .await
        .unwrap();
        assert_eq!(summary.cameras[0].n_sightings, 3, "{lines:#?}");
        let punches = scene.punches().await;
        assert_eq!(punches.len(), 1, "{lines:#?}");
        assert_eq!(
            punches[0].2.as_deref(),
            Some(expected),
            "{camera} {inside}: {lines:#?}"
        );
        let told = format!("Person E1 {}", expected.to_uppercase());
        assert!(lines[0].contains(&told), "{lines:#?}");
    }
}

/// Ends every connection of the device and keeps it out, as a restart does; then lets it in again.
#[tokio::test(flavor = "multi_thread")]
async fn sightings_wait_while_the_database_is_away() {
    let scene = Scene::new().await;
    let config = scene.config("entry", &clip("clips/berlin-entrance.avi"));
    let admin = scene.database.admin.client().await.unwrap();
    let role = scene.fixture.device.role.clone();
    let n_answered = AtomicUsize::new(0);
    let run = agent::run(&config, CancellationToken::new(), |_| {
        n_answered.fetch_add(1, Ordering::Relaxed);
    });
    let outage = async {
        wait_until(
            "the first sighting is answered",
            Duration::from_secs(120),
            || async { (n_answered.load(Ordering::Relaxed) > 0).then_some(()) },
        )
        .await;
        admin
            .batch_execute(&format!("alter role {role} nologin"))
            .await
            .unwrap();
        admin
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1",
                &[&role],
            )
            .await
            .unwrap();
        wait_until("the device is cut off", Duration::from_secs(20), || async {
            let row = admin
                .query_one(
                    "select count(*) from pg_stat_activity where usename = $1",
                    &[&role],
                )
                .await
                .unwrap();
            (row.get::<_, i64>(0) == 0).then_some(())
        })
        .await;
        admin
            .batch_execute(&format!("alter role {role} login"))
            .await
            .unwrap();
    };
    let (summary, ()) = tokio::join!(run, outage);
    let summary = summary.unwrap();
    assert_eq!(summary.uplink.n_answered, 3);
    assert_eq!((summary.uplink.n_refused, summary.uplink.n_left), (0, 0));
    assert_eq!(
        scene.decisions().await.len(),
        3,
        "each sighting is stored once"
    );
}

/// Reads a GStreamer pipeline with little patience until a counter has reached two.
fn read_until_twice(pipeline: &str, counter: impl Fn(&CaptureStats) -> &AtomicU64) -> CaptureStats {
    let source = Source::Gstreamer(format!("{pipeline} ! appsink"));
    let stats = CaptureStats::default();
    let slot = Slot::default();
    let stop = Stop::default();
    std::thread::scope(|scope| {
        let capture = scope.spawn(|| {
            let capture = Capture {
                camera: "entry",
                source: &source,
                slot: &slot,
                stats: &stats,
                stop: &stop,
                clock: &Clock::default(),
                patience: Patience {
                    open: Duration::from_secs(20),
                    stalled: Duration::from_millis(500),
                    still: Duration::from_millis(300),
                },
            };
            capture.run()
        });
        let end = Instant::now() + Duration::from_secs(60);
        while counter(&stats).load(Ordering::Relaxed) < 2 && Instant::now() < end {
            // Waits for a frame, not for time.
            slot.take(Duration::from_millis(200));
        }
        stop.set();
        capture.join().unwrap().unwrap();
    });
    assert!(counter(&stats).load(Ordering::Relaxed) >= 2, "{pipeline}");
    stats
}

#[test]
fn a_camera_that_vanishes_is_opened_again() {
    // Its picture ends after 20 frames, again and again.
    let pipeline = "videotestsrc pattern=snow num-buffers=20 ! video/x-raw,width=320,height=240 ! videoconvert ! \
                    video/x-raw,format=BGR";
    let stats = read_until_twice(pipeline, |stats| &stats.n_reopened);
    assert!(stats.n_frames.load(Ordering::Relaxed) >= 40);
    assert_eq!(stats.n_stalled.load(Ordering::Relaxed), 0);
}

#[test]
fn a_black_and_a_frozen_camera_are_noticed_and_opened_again() {
    let live = |pattern: &str| {
        format!(
            "videotestsrc is-live=true pattern={pattern} ! video/x-raw,width=320,height=240,framerate=30/1 ! \
             videoconvert ! video/x-raw,format=BGR"
        )
    };
    let stats = read_until_twice(&live("black"), |stats| &stats.n_black);
    assert_eq!(stats.n_frozen.load(Ordering::Relaxed), 0);
    let stats = read_until_twice(&live("red"), |stats| &stats.n_frozen);
    assert_eq!(stats.n_black.load(Ordering::Relaxed), 0);
}

/// A driver whose read does not come back, as of a camera on a bad cable: it must neither hold up the agent nor its end.
#[test]
fn a_camera_that_stalls_is_left_behind_and_opened_again() {
    const FRAME: usize = 64 * 48 * 3;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Some pictures, and then silence on an open connection.
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        while let Ok((mut client, _)) = listener.accept() {
            for n in 0..5 {
                let picture: Vec<u8> = (0..FRAME).map(|i| (i * 7 + n * 31) as u8).collect();
                if client.write_all(&picture).is_err() {
                    break;
                }
            }
            silent.push(client);
        }
    });
    let pipeline = format!(
        "tcpclientsrc host=127.0.0.1 port={port} ! rawvideoparse format=bgr width=64 height=48 framerate=25/1 ! videoconvert ! \
         video/x-raw,format=BGR"
    );
    let stats = read_until_twice(&pipeline, |stats| &stats.n_stalled);
    assert!(stats.n_frames.load(Ordering::Relaxed) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_stops_when_asked_while_its_camera_plays_on() {
    let scene = Scene::new().await;
    let source = format!(
        "{{ file = {{ path = '{}', repeat = true }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    let config = scene.config("entry", &source);
    let stop = CancellationToken::new();
    let run = agent::run(&config, stop.clone(), |_| stop.cancel());
    let summary = tokio::time::timeout(Duration::from_secs(120), run)
        .await
        .expect("it stops")
        .unwrap();
    assert!(summary.uplink.n_answered >= 1);
    // The hub heard how it is doing when it was met.
    let transaction = scene
        .database
        .api
        .begin(&scene.fixture.scope())
        .await
        .unwrap();
    let ids = [scene.fixture.device.device_id];
    let device = device_by_ids(&transaction, &ids).await.unwrap().remove(0);
    transaction.commit().await.unwrap();
    let (status, _) = device.status.unwrap();
    let camera = &status.cameras[0];
    assert_eq!(
        (camera.name.as_str(), camera.state),
        ("entry", CameraState::Well)
    );
    assert!(camera.captured_per_second > 0.0 && camera.last_frame_at.is_some());
    assert!(camera.inference_ms > 0.0, "{status:?}");
    assert_eq!(status.spool.max_bytes, 512 << 20);
    assert_eq!(summary.uplink.n_left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_the_installer_are_named() {
    let scene = Scene::new().await;
    let run = async |camera: &str, source: &str| {
        let config = scene.config(camera, source);
        agent::run(&config, CancellationToken::new(), |_| {})
            .await
            .map(|_| ())
            .unwrap_err()
    };
    let error = run("window", &clip("clips/berlin-entrance.avi")).await;
    assert!(matches!(error, EdgeError::UnknownCamera { .. }), "{error}");
    assert!(error.to_string().contains("`entry`"), "{error}");

    let error = run("entry", "{ file = { path = 'gone.avi' } }").await;
    assert!(error.to_string().contains("does not exist"), "{error}");

    std::fs::write(scene.folder.path().join("empty.avi"), b"").unwrap();
    let error = run("entry", "{ file = { path = 'empty.avi' } }").await;
    assert!(error.to_string().contains("is empty"), "{error}");

    let whole = std::fs::read(asset("clips/berlin-entrance.avi")).unwrap();
    std::fs::write(scene.folder.path().join("cut.avi"), &whole[..600]).unwrap();
    let error = run("entry", "{ file = { path = 'cut.avi' } }").await;
    assert!(matches!(error, EdgeError::Source { .. }), "{error}");

    for (camera, source, key) in [
        (
            "entry",
            "{ file = { path = 'a.avi', pace = 'slow' } }",
            "pace",
        ),
        ("entry", "{ webcam = 0 }", "webcam"),
        (
            "entry",
            "{ file = { path = 'a.avi', repeat = true, recorded_at = '2025-10-26T02:10:00+01:00' } }",
            "`camera[0].source.file.recorded_at` cannot go with `repeat = true`",
        ),
        (
            "entry",
            "{ file = { path = 'a.avi', recorded_at = 2999-01-01T00:00:00Z } }",
            "`camera[0].source.file.recorded_at` is in the future: `2999-01-01T00:00:00Z`",
        ),
        (
            "entry",
            "{ file = { path = 'a.avi', recorded_at = 2025-10-26T02:10:00 } }",
            "`2025-10-26T02:10:00` is no instant; write date, time and offset",
        ),
        (
            "entry",
            "{ file = { path = 'a.avi', recorded_at = 'yesterday' } }",
            "`yesterday` is no instant",
        ),
        (" ", "{ v4l2 = 0 }", "camera[0].name"),
    ] {
        let error = scene.try_config(camera, source).unwrap_err();
        let text = rollcall_edge::uplink::chain(&error);
        assert!(text.contains(key), "{text}");
    }
    assert!(scene.decisions().await.is_empty());
}
