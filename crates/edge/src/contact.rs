//! Whether the hub answers, as those who call it last noticed. Must not know how it is called.

use std::time::Instant;

use tokio::sync::watch;

/// What is known of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactState {
    /// Nobody has called yet.
    Unknown,
    /// It answered the last call; the instant is that of the first answer in a row.
    Connected(Instant),
    /// It did not answer the last call; the instant is that of the first failure in a row.
    Away(Instant),
}

/// The contact with the hub, shared by all who call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Contact(watch::Sender<ContactState>);

impl Default for Contact {
    fn default() -> Self {
        Self(watch::Sender::new(ContactState::Unknown))
    }
}

impl Contact {
    /// The hub answered.
    pub fn answered(&self) {
        self.0.send_if_modified(|state| {
            let is_new = !matches!(state, ContactState::Connected(_));
            if is_new {
                *state = ContactState::Connected(Instant::now());
            }
            is_new
        });
    }

    /// The hub did not answer.
    pub fn failed(&self) {
        self.0.send_if_modified(|state| {
            let is_new = !matches!(state, ContactState::Away(_));
            if is_new {
                *state = ContactState::Away(Instant::now());
            }
            is_new
        });
    }

    /// What is known at present.
    pub fn state(&self) -> ContactState {
        *self.0.borrow()
    }

    /// Every change from now on.
    pub fn watch(&self) -> watch::Receiver<ContactState> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_in_a_row_counts() {
        let contact = Contact::default();
        assert_eq!(contact.state(), ContactState::Unknown);
        contact.failed();
        let first = contact.state();
        contact.failed();
        assert_eq!(contact.state(), first);
        contact.answered();
        assert!(matches!(contact.state(), ContactState::Connected(_)));
        contact.failed();
        assert!(matches!(contact.state(), ContactState::Away(_)) && contact.state() != first);
    }
}
