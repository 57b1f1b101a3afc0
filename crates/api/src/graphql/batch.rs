//! Gathers what the resolvers of one request ask for into batches. A loader is started when the resolvers have all
//! gone as far as they can, not after a pause: then it has every key, however busy the machine is.
//! Must not know what is loaded.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered};
use futures_util::task::AtomicWaker;
use futures_util::{Stream, StreamExt as _};

/// How often resolvers that yield are called again at once: far more than there are objects in a page. A bound,
/// because what yields for another reason may go on for ever.
const MAX_ROUNDS: usize = 1_000;

/// Loads of one request that wait for their start. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    /// Takes a load, to be started by [`run`](Self::run) or [`run_stream`](Self::run_stream).
    pub fn add(&self, load: BoxFuture<'static, ()>) {
        self.0.lock().expect("no panic while it is held").push(load);
    }

    /// Does `work` together with the loads that it asks for.
    pub async fn run<W: Future>(self, work: W) -> W::Output {
        let mut work = pin!(work);
        let mut running = Running::new(self);
        std::future::poll_fn(|context| running.poll(context, |inner| work.as_mut().poll(inner)))
            .await
    }

    /// As [`run`](Self::run), for each item of a stream.
    pub fn run_stream<S: Stream + Send>(
        self,
        mut items: Pin<Box<S>>,
    ) -> impl Stream<Item = S::Item> + Send {
        let mut running = Running::new(self);
        stream::poll_fn(move |context| {
            running.poll(context, |inner| items.as_mut().poll_next(inner))
        })
    }
}

struct Running {
    waiting: Batches,
    loads: FuturesUnordered<BoxFuture<'static, ()>>,
    woken: Arc<Woken>,
    waker: Waker,
}

/// Wakes the task, and knows that it did.
#[derive(Default)]
struct Woken {
    is_woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::Relaxed);
        self.task.wake();
    }
}

impl Running {
    fn new(waiting: Batches) -> Self {
        let woken = Arc::<Woken>::default();
        Self {
            waiting,
            loads: FuturesUnordered::new(),
            waker: Waker::from(woken.clone()),
            woken,
        }
    }

    /// Calls the resolvers until they wait for loads and nothing else, then goes on with the loads. The resolvers of
    /// a list yield after a few objects by waking their own task (`FuturesUnordered` does); they have not asked for
    /// everything then.
    fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        mut work: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.woken.task.register(context.waker());
        for _ in 0..MAX_ROUNDS {
            self.woken.is_woken.store(false, Ordering::Relaxed);
            let done = work(&mut Context::from_waker(&self.waker));
            if done.is_ready() {
                return done;
            }
            if self.woken.is_woken.load(Ordering::Relaxed) {
                continue;
            }
            let new =
                std::mem::take(&mut *self.waiting.0.lock().expect("no panic while it is held"));
            self.loads.extend(new);
            // A load that ends wakes the resolvers that wait for it.
            while let Poll::Ready(Some(())) = self.loads.poll_next_unpin(context) {}
            if !self.woken.is_woken.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
        }
        // Called again at once: the last round woke the task.
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::{Duration, Instant};

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::join_all;

    use super::*;

    /// Doubles numbers, and notes how many it is given at a time.
    #[derive(Clone, Default)]
    struct Doubles(Arc<Mutex<Vec<usize>>>);

    impl Loader<u32> for Doubles {
        type Value = u32;
        type Error = ();

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, u32>, ()> {
            self.0.lock().unwrap().push(keys.len());
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * 2)).collect())
        }
    }

    fn loader(doubles: &Doubles) -> (Arc<DataLoader<Doubles>>, Batches) {
        let batches = Batches::default();
        let waiting = batches.clone();
        let loader = DataLoader::new(doubles.clone(), move |load| waiting.add(load));
        (Arc::new(loader.delay(Duration::ZERO)), batches)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_asked_for_side_by_side_is_one_batch_a_step() {
        let doubles = Doubles::default();
        let (loader, batches) = loader(&doubles);
        let work = join_all((0..100).map(|n| {
            let loader = loader.clone();
            async move {
                // Longer than any pause: a busy machine must not split the batch.
                if n == 50 {
                    let end = Instant::now() + Duration::from_millis(5);
                    while Instant::now() < end {
                        std::hint::spin_loop();
                    }
                }
                // As the fields of an object are resolved; it wakes its own task once.
                let mut fields: FuturesUnordered<_> = [loader.load_one(n)].into_iter().collect();
                let twice = fields.next().await.unwrap().unwrap().unwrap();
                loader.load_one(twice + 1000).await.unwrap().unwrap()
            }
        }));
        let found = batches.run(work).await;
        assert_eq!(found[..3], [2000, 2004, 2008]);
        assert_eq!(*doubles.0.lock().unwrap(), [100, 100]);
    }

    #[tokio::test]
    async fn items_of_a_stream_load_too() {
        let doubles = Doubles::default();
        let (loader, batches) = loader(&doubles);
        let items = stream::iter([1, 2]).then(move |n| {
            let loader = loader.clone();
            async move { loader.load_one(n).await.unwrap().unwrap() }
        });
        let found: Vec<u32> = batches.run_stream(Box::pin(items)).collect().await;
        assert_eq!(found, [2, 4]);
        assert_eq!(*doubles.0.lock().unwrap(), [1, 1]);
    }
}
