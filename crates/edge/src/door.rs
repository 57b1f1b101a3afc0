//! What opens the door of a camera when somebody was accepted: a program that the installer names. Must not know who came
//! in, nor whether the hub or the box itself decided.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tracing::{debug, info, warn};

/// How long ago somebody may have been seen: whoever is answered for later stands there no more.
const FRESH: SignedDuration = SignedDuration::from_secs(20);
/// Longest that the program may run; then it is killed.
pub const LONGEST: Duration = Duration::from_secs(30);

/// Opens one door. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    camera: String,
    command: Arc<[String]>,
    /// While it runs it is not started again: the door is open.
    idle: Arc<Semaphore>,
    runtime: Handle,
}

impl Door {
    /// Of a camera, by its program and arguments; none without a program. Within a runtime of tokio.
    pub fn new(camera: &str, command: &[String]) -> Option<Self> {
        (!command.is_empty()).then(|| Self {
            camera: camera.to_owned(),
            command: command.into(),
            idle: Arc::new(Semaphore::new(1)),
            runtime: Handle::current(),
        })
    }

    /// Starts the program, if whoever was accepted was seen just now. Does not wait for it: a door that hangs must hold up
    /// neither pictures nor sightings. The program hears nothing of who came.
    pub fn open(&self, captured_at: Timestamp, now: Timestamp) {
        let camera = &self.camera;
        if now.duration_since(captured_at).abs() > FRESH {
            return debug!("the door of camera `{camera}` stays shut: it was seen too long ago");
        }
        let Ok(permit) = self.idle.clone().try_acquire_owned() else {
            return debug!("the door of camera `{camera}` is being opened already");
        };
        let (camera, command) = (camera.clone(), self.command.clone());
        self.runtime.spawn(async move {
            match run(&command).await {
                Ok(()) => info!("the door of camera `{camera}` was opened"),
                Err(problem) => warn!(
                    "the door of camera `{camera}` may be shut: `{}` {problem}\nhint: run it by hand as the agent's user; \
                     `door_command` in the agent's configuration names it",
                    command[0]
                ),
            }
            drop(permit);
        });
    }
}

async fn run(command: &[String]) -> Result<(), String> {
    let child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|error| format!("cannot be started: {error}"))?;
    match tokio::time::timeout(LONGEST, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("failed: {status}")),
        Ok(Err(error)) => Err(format!("cannot be waited for: {error}")),
        Err(_) => Err(format!(
            "took longer than {} s and was killed",
            LONGEST.as_secs()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_testkit::wait_until;

    const DEADLINE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_door_opens_for_whoever_stands_there_and_not_again_while_it_is_being_opened() {
        let folder = tempfile::tempdir().unwrap();
        // Each run leaves a file of its own; it ends when it finds another.
        let script = format!(
            "cd '{}' && mktemp run.XXXXXX && until test -e end; do sleep 0.02; done",
            folder.path().display()
        );
        let command = ["/bin/sh", "-c", &script].map(str::to_owned);
        let door = Door::new("entry", &command).unwrap();
        let n_runs = || std::fs::read_dir(folder.path()).unwrap().count();
        let now = Timestamp::now();
        door.open(now - SignedDuration::from_secs(21), now);
        assert_eq!(door.idle.available_permits(), 1, "it was too long ago");
        door.open(now - SignedDuration::from_secs(19), now);
        door.open(now, now);
        assert_eq!(door.idle.available_permits(), 0);
        wait_until("it runs", DEADLINE, async || (n_runs() == 1).then_some(())).await;
        std::fs::write(folder.path().join("end"), "").unwrap();
        let is_idle = async || (door.idle.available_permits() == 1).then_some(());
        wait_until("it has ended", DEADLINE, is_idle).await;
        assert_eq!(n_runs(), 2, "one run, and the file that ended it");
        door.open(now, now);
        wait_until("it ran again", DEADLINE, async || {
            (n_runs() == 3).then_some(())
        })
        .await;
        wait_until("it has ended", DEADLINE, is_idle).await;
    }

    #[tokio::test]
    async fn a_program_that_fails_or_is_not_there_is_told_of() {
        for (command, expected) in [
            (vec!["/bin/false"], "failed: exit status: 1"),
            (
                vec!["/nowhere/relay"],
                "cannot be started: No such file or directory (os error 2)",
            ),
        ] {
            let command: Vec<String> = command.into_iter().map(str::to_owned).collect();
            assert_eq!(run(&command).await, Err(expected.to_owned()));
        }
        assert!(Door::new("entry", &[]).is_none());
    }
}
