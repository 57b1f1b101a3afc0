//! Hand-over of frames between capture and inference: one place, newest frame wins.
//! Must not know what a frame is.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Holds at most one value between one producer and one consumer.
pub struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    value: Option<T>,
    closed: bool,
    n_dropped: u64,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                value: None,
                closed: false,
                n_dropped: 0,
            }),
            changed: Condvar::new(),
        }
    }
}

impl<T> Slot<T> {
    /// Puts a value; one that was not taken yet is dropped and counted. Never waits.
    pub fn put(&self, value: T) {
        let mut state = self.lock();
        if state.value.replace(value).is_some() {
            state.n_dropped += 1;
        }
        self.changed.notify_all();
    }

    /// Puts a value after the earlier one was taken. Returns false when the slot is closed.
    pub fn put_when_free(&self, value: T) -> bool {
        let mut state = self.lock();
        while state.value.is_some() && !state.closed {
            state = self
                .changed
                .wait(state)
                .expect("no holder of this lock can panic");
        }
        if state.closed {
            return false;
        }
        state.value = Some(value);
        self.changed.notify_all();
        true
    }

    /// Takes the value, waiting for one at most `timeout`.
    pub fn take(&self, timeout: Duration) -> Taken<T> {
        let state = self.lock();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, timeout, |state| {
                state.value.is_none() && !state.closed
            })
            .expect("no holder of this lock can panic");
        match state.value.take() {
            Some(value) => {
                self.changed.notify_all();
                Taken::Value(value)
            }
            None if state.closed => Taken::Closed,
            None => Taken::Nothing,
        }
    }

    /// No more values will come; what is still there can be taken.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Values that were replaced before they were taken.
    pub fn n_dropped(&self) -> u64 {
        self.lock().n_dropped
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State<T>> {
        self.state.lock().expect("no holder of this lock can panic")
    }
}

/// What [`Slot::take`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// A value.
    Value(T),
    /// Nothing came in time.
    Nothing,
    /// Nothing will come any more.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn the_newest_value_wins_and_drops_are_counted() {
        let slot = Slot::default();
        for value in 1..=5 {
            slot.put(value);
        }
        assert_eq!(slot.take(SHORT), Taken::Value(5));
        assert_eq!(slot.take(SHORT), Taken::Nothing);
        assert_eq!(slot.n_dropped(), 4);
    }

    #[test]
    fn a_closed_slot_gives_its_last_value_first() {
        let slot = Slot::default();
        slot.put(1);
        slot.close();
        assert_eq!(slot.take(SHORT), Taken::Value(1));
        assert_eq!(slot.take(LONG), Taken::Closed);
        assert!(!slot.put_when_free(2));
    }

    #[test]
    fn waiting_puts_lose_nothing() {
        let slot = Slot::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for value in 0..1000 {
                    assert!(slot.put_when_free(value));
                }
                slot.close();
            });
            let mut taken = Vec::new();
            while let Taken::Value(value) = slot.take(LONG) {
                taken.push(value);
            }
            assert_eq!(taken, (0..1000).collect::<Vec<_>>());
        });
        assert_eq!(slot.n_dropped(), 0);
    }
}
