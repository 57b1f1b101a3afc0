//! A real RTSP server on loopback (GStreamer's, through Debian's Python), for tests. Must not know what reads from it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The server; it ends when dropped.
pub struct RtspServer {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl RtspServer {
    /// Starts it with these arguments of `rtsp_server.py`.
    pub fn start(arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rtsp_server.py");
        // Debian's own Python: its bindings of GStreamer are for that.
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let port = line
            .trim()
            .parse()
            .expect("the server prints its port: run make setup");
        Self { child, port }
    }
}

impl Drop for RtspServer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
