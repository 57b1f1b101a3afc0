//! Network cameras: a real RTSP server on loopback (GStreamer's), with and without a password, that goes and returns.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod rtsp_server;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rollcall_edge::capture::{Capture, CaptureStats, Patience};
use rollcall_edge::clock::Clock;
use rollcall_edge::slot::Slot;
use rollcall_edge::source::Source;
use rollcall_edge::stop::Stop;
use rtsp_server::RtspServer;

/// A server that shows a test picture, for these credentials if any.
fn serve(port: u16, protocol: &str, credentials: &[&str]) -> RtspServer {
    let port = port.to_string();
    RtspServer::start(&[[&*port, protocol].as_slice(), credentials].concat())
}

fn source(text: &str) -> Source {
    toml::from_str(text).unwrap()
}

/// Reads a source while `watch` says so; the counters are its argument.
fn read(source: &Source, mut watch: impl FnMut(&CaptureStats) -> bool) -> CaptureStats {
    let (stats, slot, stop) = (CaptureStats::default(), Slot::default(), Stop::default());
    std::thread::scope(|scope| {
        let capture = scope.spawn(|| {
            let capture = Capture {
                camera: "door",
                source,
                slot: &slot,
                stats: &stats,
                stop: &stop,
                clock: &Clock::default(),
                patience: Patience {
                    stalled: Duration::from_secs(2),
                    ..Patience::default()
                },
            };
            capture.run()
        });
        let end = Instant::now() + Duration::from_secs(90);
        while watch(&stats) && Instant::now() < end {
            // Waits for a frame, not for time.
            slot.take(Duration::from_millis(100));
        }
        stop.set();
        capture.join().unwrap().unwrap();
    });
    stats
}

fn n_frames(stats: &CaptureStats) -> u64 {
    stats.n_frames.load(Ordering::Relaxed)
}

#[test]
fn a_stream_is_read_over_tcp_and_over_udp_with_user_and_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "p@ss \"w/ord\n").unwrap();
    for (protocol, credentials) in [
        ("tcp", [].as_slice()),
        ("udp", &[]),
        ("tcp", &["anna", "p@ss \"w/ord"]),
        ("udp", &["anna", "p@ss \"w/ord"]),
    ] {
        let server = serve(0, protocol, credentials);
        let login = match credentials.is_empty() {
            true => String::new(),
            false => format!(", user = 'anna', password_file = '{}'", file.display()),
        };
        let source = source(&format!(
            "rtsp = {{ url = 'rtsp://127.0.0.1:{}/door', transport = '{protocol}'{login} }}",
            server.port
        ));
        let stats = read(&source, |stats| n_frames(stats) < 10);
        assert!(n_frames(&stats) >= 10, "{protocol} {credentials:?}");
    }
}

#[test]
fn a_camera_that_is_unplugged_is_read_again_when_it_returns() {
    let mut server = Some(serve(0, "tcp", &[]));
    let port = server.as_ref().unwrap().port;
    let source = source(&format!("rtsp = 'rtsp://127.0.0.1:{port}/door'"));
    let mut gone_at = 0;
    let stats = read(&source, |stats| {
        let n = n_frames(stats);
        if n >= 10 && gone_at == 0 {
            server = None;
            server = Some(serve(port, "tcp", &[]));
            gone_at = n;
        }
        gone_at == 0 || stats.n_reopened.load(Ordering::Relaxed) == 0 || n < gone_at + 10
    });
    assert!(stats.n_reopened.load(Ordering::Relaxed) >= 1);
    assert!(n_frames(&stats) >= gone_at + 10);
}

/// What an installer sees who mistyped the password, and what must not be in it.
#[test]
fn a_wrong_password_is_refused_and_shown_nowhere() {
    let server = serve(0, "tcp", &["anna", "right"]);
    for login in ["rtsp://anna:sesame@", "rtsp://"] {
        let source = source(&format!("rtsp = '{login}127.0.0.1:{}/door'", server.port));
        let error = source.open().err().expect("it is refused");
        let text = rollcall_edge::uplink::chain(&error);
        assert!(
            text.contains("check address, path, user and password"),
            "{text}"
        );
        assert!(
            text.contains(&format!("rtsp://127.0.0.1:{}/door", server.port)),
            "{text}"
        );
        assert!(!text.contains("sesame") && !text.contains("anna"), "{text}");
    }
}

#[test]
fn mistakes_in_a_stream_are_named() {
    for (text, expected) in [
        ("url = 'camera/live'", "is no URL"),
        ("url = 'http://camera/live'", "must begin with rtsp://"),
        (
            "url = 'rtsp://u:p@camera/live', user = 'v'",
            "has a user already",
        ),
        (
            "url = 'rtsp://camera/live', password_file = 'x'",
            "no `user`",
        ),
        ("url = 'rtsp://camera/live'", ""),
    ] {
        let Source::Rtsp(rtsp) = source(&format!("rtsp = {{ {text} }}")) else {
            panic!("{text} is a stream");
        };
        assert_eq!(rtsp.problem().is_none(), expected.is_empty(), "{text}");
        assert!(
            rtsp.problem().unwrap_or_default().contains(expected),
            "{text}"
        );
    }
    for (text, expected) in [
        ("rtsp = { transport = 'udp' }", "url"),
        ("rtsp = { url = 'rtsp://c/', transport = 'quic' }", "quic"),
        ("rtsp = { url = 'rtsp://c/', pasword = 'x' }", "pasword"),
        ("rtsp = 5", "a URL, or a table"),
    ] {
        let error = toml::from_str::<Source>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
