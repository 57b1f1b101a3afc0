//! Starting PostgreSQL's programs: as an unprivileged user when we are root, and so that they die with us.
//! Must not know where files are or what the server is used for.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, User, getppid, getuid};

/// Users that a root process drops to, in order of preference.
const UNPRIVILEGED_USERS: [&str; 3] = ["rollcall", "postgres", "nobody"];

/// The user that PostgreSQL's programs run as when this process is root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Identity {
    /// None when this process is not root: then the programs run as we do.
    pub fn needed() -> Option<Self> {
        if !getuid().is_root() {
            return None;
        }
        UNPRIVILEGED_USERS.iter().find_map(|name| {
            let user = User::from_name(name).ok()??;
            Some(Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            })
        })
    }
}

/// A command that runs as `identity`, from `/`, without our environment's PostgreSQL variables.
pub(super) fn command(program: &std::path::Path, identity: Option<&Identity>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    if let Some(identity) = identity {
        command
            .uid(identity.uid)
            .gid(identity.gid)
            .env("HOME", "/")
            .env("USER", &identity.name);
    }
    command
}

/// Runs a short command to its end.
pub(super) async fn output(mut command: Command) -> io::Result<Output> {
    tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("running a command does not panic")
}

/// Starts the server in its own process group, with a death signal: when this process ends in any
/// way, even by SIGKILL, the kernel asks the server for a fast shutdown.
pub(super) fn spawn_with_death_signal(mut command: Command) -> io::Result<Child> {
    let parent = Pid::this();
    command.process_group(0);
    // SAFETY: the closure runs between fork and exec and makes two system calls, no allocation.
    #[expect(
        unsafe_code,
        reason = "the death signal can only be set between fork and exec"
    )]
    unsafe {
        command.pre_exec(move || {
            // After std has changed the user: a change of user would clear the signal.
            prctl::set_pdeathsig(Signal::SIGINT)?;
            if getppid() != parent {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe));
            }
            Ok(())
        });
    }
    let (reply, answer) = mpsc::channel();
    spawner()
        .send((command, reply))
        .expect("the spawner thread lives as long as the process");
    answer
        .recv()
        .expect("the spawner thread answers every request")
}

type SpawnRequest = (Command, mpsc::Sender<io::Result<Child>>);

/// The kernel sends the death signal when the *thread* that forked ends, so one thread that never
/// ends does all forking.
fn spawner() -> mpsc::Sender<SpawnRequest> {
    static SPAWNER: OnceLock<mpsc::Sender<SpawnRequest>> = OnceLock::new();
    SPAWNER
        .get_or_init(|| {
            let (sender, receiver) = mpsc::channel::<SpawnRequest>();
            std::thread::Builder::new()
                .name("postgres-spawner".to_owned())
                .spawn(move || {
                    for (mut command, reply) in receiver {
                        let child = command.spawn();
                        // The asker waits for the answer, so it is there.
                        let _ = reply.send(child);
                    }
                })
                .expect("the system can start one more thread");
            sender
        })
        .clone()
}

/// Asks for a fast shutdown: open transactions roll back, then a checkpoint.
pub(super) fn request_fast_shutdown(pid: i32) {
    // A process that is already gone is what we want.
    let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
}

/// Makes the server exit at once; it recovers from its log at the next start.
pub(super) fn request_immediate_shutdown(pid: i32) {
    let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
}

/// True while a process with this id exists and is not a zombie.
pub(super) fn is_alive(pid: i32) -> bool {
    state(pid).is_some_and(|state| state != 'Z')
}

/// Name of the program that a process runs, for example `postgres`.
pub(super) fn program_name(pid: i32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/comm"))
        .ok()
        .map(|name| name.trim().to_owned())
}

/// True while a process has ended and its parent has not taken note.
pub(super) fn is_zombie(pid: i32) -> bool {
    state(pid) == Some('Z')
}

/// Takes note of the end of a child of ours; of another process's child, nothing.
pub(super) fn reap(pid: i32) {
    // Not our child: its parent does it.
    let _ = waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG));
}

fn state(pid: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The state follows the name, which is in parentheses and may hold anything.
    stat.rsplit_once(") ")?.1.chars().next()
}
