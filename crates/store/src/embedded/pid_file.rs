//! Reads `postmaster.pid`, in which a server says how far it is. Must not judge whether it is stale.

use std::path::Path;

/// What the server last wrote about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Starting,
    Stopping,
    Ready,
}

/// The lines of the file that we need. Source: PostgreSQL's `src/include/utils/pidfile.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub pid: i32,
    pub port: Option<u16>,
    pub status: Status,
}

impl PidFile {
    /// None when there is no file or no process id in it.
    pub fn read(data_dir: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(data_dir.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        // A negative id is a server in single-user mode.
        let pid: i32 = lines.first()?.parse().ok()?;
        Some(Self {
            pid: pid.checked_abs()?,
            port: lines.get(3).and_then(|line| line.parse().ok()),
            status: match lines.get(7) {
                Some(&"ready") => Status::Ready,
                Some(&"stopping") => Status::Stopping,
                _ => Status::Starting,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_a_server_is_read() {
        let file = |status: &str| {
            format!("4711\n/data\n1700000000\n5433\n/tmp/s\n127.0.0.1\n  5 0\n{status}   \n")
        };
        for (text, expected) in [
            (file("ready"), Some((4711, Some(5433), Status::Ready))),
            (file("stopping"), Some((4711, Some(5433), Status::Stopping))),
            (file("starting"), Some((4711, Some(5433), Status::Starting))),
            (
                "4711\n/data".to_owned(),
                Some((4711, None, Status::Starting)),
            ),
            (String::new(), None),
            ("no number\n".to_owned(), None),
        ] {
            let found = PidFile::parse(&text).map(|file| (file.pid, file.port, file.status));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
