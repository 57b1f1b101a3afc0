//! Reads a live camera on a thread of its own, because a driver's read may never return: such a thread is left behind,
//! and the camera opened anew. Must not know what frames are for.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use opencv::core::Mat;

use crate::error::EdgeError;
use crate::source::Source;

/// Threads that may hang in a driver at a time. With more, something is wrong that opening again will not mend.
const MAX_THREADS: usize = 4;

/// Counts the threads of one camera, those that were left behind too.
#[derive(Clone, Default)]
pub struct Threads(Arc<()>);

/// What a reader says.
pub enum News {
    /// The source is open.
    Opened,
    /// A picture.
    Frame(Mat),
    /// The source cannot be opened.
    Failed(EdgeError),
    /// The source gives no more pictures.
    Ended,
    /// Nothing came in time.
    Nothing,
}

/// A reader. Dropped, it leaves its thread to itself, which ends with the driver's call.
pub struct LiveReader(Receiver<News>);

impl LiveReader {
    /// Opens a source and reads it, a picture ahead at most. None when too many threads hang already.
    ///
    /// Errors: [`EdgeError::Thread`].
    pub fn start(
        camera: &str,
        source: &Source,
        threads: &Threads,
    ) -> Result<Option<Self>, EdgeError> {
        let alive = threads.0.clone();
        if Arc::strong_count(&alive) > MAX_THREADS + 1 {
            return Ok(None);
        }
        // Nothing is buffered: what waits for its reader must be the newest picture, not an old one.
        let (sender, receiver) = sync_channel(0);
        let source = source.clone();
        let name = format!("read-{camera}");
        std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || {
                let _alive = alive;
                read(&source, &sender);
            })
            .map_err(|source| EdgeError::Thread { name, source })?;
        Ok(Some(Self(receiver)))
    }

    /// Waits for what comes next.
    pub fn next(&self, timeout: Duration) -> News {
        match self.0.recv_timeout(timeout) {
            Ok(news) => news,
            Err(RecvTimeoutError::Timeout) => News::Nothing,
            Err(RecvTimeoutError::Disconnected) => News::Ended,
        }
    }
}

fn read(source: &Source, sender: &SyncSender<News>) {
    let mut reader = match source.open() {
        Ok(reader) => reader,
        Err(error) => {
            // Whoever asked may have gone.
            let _ = sender.send(News::Failed(error));
            return;
        }
    };
    if sender.send(News::Opened).is_err() {
        return;
    }
    while let Some(image) = reader.read() {
        if sender.send(News::Frame(image)).is_err() {
            return;
        }
    }
}
