//! The agent under a service manager: what it tells, and when its watchdog would fire.

use std::fs::File;
use std::os::linux::fs::MetadataExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::scene::{Scene, asset};

/// A thread that this one has stopped, as a hung driver of a GPU does; dropped, it goes on.
struct Stopped(Pid);

impl Stopped {
    fn new(thread: Pid) -> Self {
        ptrace::seize(thread, ptrace::Options::empty()).unwrap();
        ptrace::interrupt(thread).unwrap();
        waitpid(thread, Some(WaitPidFlag::__WALL)).unwrap();
        Self(thread)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // A process whose thread is held does not end.
        let _ = ptrace::detach(self.0, None);
    }
}

/// A manager and the agent that it started, with the log in a file that stands for a stream of journald.
struct Manager {
    socket: UnixDatagram,
    agent: Child,
}

impl Drop for Manager {
    fn drop(&mut self) {
        // Fails when it has ended.
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

impl Manager {
    /// Starts an agent that has to give a sign of life every `watchdog`.
    fn start(folder: &Path, watchdog: Duration) -> Self {
        let path = folder.join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(120)))
            .unwrap();
        let log = File::create(folder.join("log")).unwrap();
        let stream = log.metadata().unwrap();
        // Only the process itself knows the number that it must find in `WATCHDOG_PID`.
        let agent = Command::new("sh")
            .args(["-c", "WATCHDOG_PID=$$ exec \"$0\" run --config \"$1\""])
            .arg(env!("CARGO_BIN_EXE_rollcall-edge"))
            .arg(folder.join("agent.toml"))
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", watchdog.as_micros().to_string())
            .env(
                "JOURNAL_STREAM",
                format!("{}:{}", stream.st_dev(), stream.st_ino()),
            )
            .stdout(File::create(folder.join("outcomes")).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { socket, agent }
    }

    /// The next message.
    fn next(&self) -> String {
        let mut bytes = [0; 4096];
        let n = self.socket.recv(&mut bytes).expect("the agent says more");
        String::from_utf8(bytes[..n].to_vec()).unwrap()
    }

    /// Messages up to the first one with `part` in it.
    fn until(&self, part: &str) -> Vec<String> {
        let mut messages: Vec<String> = Vec::new();
        while !messages.last().is_some_and(|last| last.contains(part)) {
            assert!(messages.len() < 500, "no `{part}` in {messages:#?}");
            messages.push(self.next());
        }
        messages
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.agent.id()).unwrap())
    }

    /// The thread of this name.
    fn thread(&self, name: &str) -> Pid {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let found = tasks.map(|task| task.unwrap()).find(|task| {
            std::fs::read_to_string(task.path().join("comm"))
                .unwrap()
                .trim()
                == name
        });
        let id = found.unwrap_or_else(|| panic!("no thread `{name}`"));
        Pid::from_raw(id.file_name().to_str().unwrap().parse().unwrap())
    }

    fn stop(&mut self) -> ExitStatus {
        kill(self.pid(), Signal::SIGTERM).unwrap();
        self.until("STOPPING=1");
        self.agent.wait().unwrap()
    }
}

async fn scene_that_plays_on() -> Scene {
    let scene = Scene::new().await;
    let source = format!(
        "{{ file = {{ path = '{}', repeat = true }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    scene.config("entry", &source);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_hears_when_the_agent_is_ready_alive_and_stopping() {
    let scene = scene_that_plays_on().await;
    let mut manager = Manager::start(scene.folder.path(), Duration::from_secs(6));
    let start = manager.until("READY=1").concat();
    for part in [
        "STATUS=waits for the hub\nEXTEND_TIMEOUT_USEC=",
        "STATUS=opens the models\nEXTEND_TIMEOUT_USEC=",
    ] {
        assert!(start.contains(part), "{start}");
    }
    assert!(!start.contains("WATCHDOG=1"), "{start}");
    manager.until("STATUS=1 of 1 cameras well, 0 sightings wait\nWATCHDOG=1");
    manager.until("WATCHDOG=1");
    assert!(manager.stop().success());

    let log = std::fs::read_to_string(scene.folder.path().join("log")).unwrap();
    assert!(
        log.contains("<6>rollcall_edge::agent: device `door` at site `Berlin`"),
        "{log}"
    );
    // journald dates lines itself and shows no colours.
    assert!(!log.contains('\u{1b}') && !log.contains("INFO"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_inference_thread_makes_the_watchdog_fire() {
    let scene = scene_that_plays_on().await;
    let manager = Manager::start(scene.folder.path(), Duration::from_secs(6));
    manager.until("WATCHDOG=1");
    let thread = manager.thread("pipeline-entry");
    let stopped = Stopped::new(thread);
    manager.until("STATUS=inference of camera `entry` hangs, for ");
    for _ in 0..3 {
        let message = manager.next();
        assert!(!message.contains("WATCHDOG=1"), "{message}");
    }
    drop(stopped);
    manager.until("WATCHDOG=1");
    let log = std::fs::read_to_string(scene.folder.path().join("log")).unwrap();
    assert!(
        log.contains("<3>rollcall_edge::service: inference of camera `entry` hangs"),
        "{log}"
    );
}
