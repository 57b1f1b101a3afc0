//! Whether the hub answers, as those who call it last noticed. Must not know how it is called.

use std::time::Instant;

use tokio::sync::watch;

/// What is known of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Nobody has called yet.
    Unknown,
    /// It answered the last call; the instant is that of the first answer in a row.
    Connected(Instant),
    /// It did not answer the last call; the instant is that of the first failure in a row.
    Away(Instant),
}

/// The line to the hub, shared by all who call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Line(watch::Sender<LineState>);

impl Default for Line {
    fn default() -> Self {
        Self(watch::Sender::new(LineState::Unknown))
    }
}

impl Line {
    /// The hub answered.
    pub fn answered(&self) {
        self.0.send_if_modified(|state| {
            let is_new = !matches!(state, LineState::Connected(_));
            if is_new {
                *state = LineState::Connected(Instant::now());
            }
            is_new
        });
    }

    /// The hub did not answer.
    pub fn failed(&self) {
        self.0.send_if_modified(|state| {
            let is_new = !matches!(state, LineState::Away(_));
            if is_new {
                *state = LineState::Away(Instant::now());
            }
            is_new
        });
    }

    /// What is known at present.
    pub fn state(&self) -> LineState {
        *self.0.borrow()
    }

    /// Every change from now on.
    pub fn watch(&self) -> watch::Receiver<LineState> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_in_a_row_counts() {
        let line = Line::default();
        assert_eq!(line.state(), LineState::Unknown);
        line.failed();
        let first = line.state();
        line.failed();
        assert_eq!(line.state(), first);
        line.answered();
        assert!(matches!(line.state(), LineState::Connected(_)));
        line.failed();
        assert!(matches!(line.state(), LineState::Away(_)) && line.state() != first);
    }
}
