//! Keeps an embedded server running: starts it again whenever it ends. Must not know who uses it.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Server;
use crate::error::Result;

/// How soon an end is noticed.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// A server that ran for so long begins again with the first pause.
const STEADY: Duration = Duration::from_secs(60);

/// A server that is started again, on the same port and with growing pauses, whenever it ends by itself.
/// Dropping it asks for a shutdown without waiting; [`stop`](Self::stop) waits.
#[derive(Debug)]
pub struct Keeper {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl Keeper {
    /// Takes charge of a running server.
    pub fn new(server: Server) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep(server, stop.clone()));
        Self { stop, task }
    }

    /// Stops the server as [`Server::stop`] does. A start that is under way is waited for.
    pub async fn stop(mut self) -> Result<()> {
        self.stop.cancel();
        (&mut self.task)
            .await
            .expect("keeping a server running does not panic")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // The server goes with the task, which asks it to shut down; nothing after `stop`.
        self.task.abort();
    }
}

async fn keep(mut server: Server, stop: CancellationToken) -> Result<()> {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        while !server.has_ended() {
            tokio::select! {
                () = stop.cancelled() => return server.stop().await,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
        if started.elapsed() >= STEADY {
            pause = FIRST_PAUSE;
        }
        tracing::error!(
            postgres.pid = server.pid(),
            "PostgreSQL ended by itself and is started again; its log is `{}`",
            server.log_path().display()
        );
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(MAX_PAUSE);
            match server.restart().await {
                Ok(()) => break,
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot start PostgreSQL again, next attempt in {} ms",
                    pause.as_millis()
                ),
            }
        }
        tracing::warn!(
            postgres.pid = server.pid(),
            "PostgreSQL is ready again on 127.0.0.1:{}",
            server.port()
        );
    }
}
