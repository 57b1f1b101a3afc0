//! Whether the hub answers, as those who call it last noticed, and what is wrong when it does not. Must not know how it is
//! called.

use std::sync::Arc;
use std::time::Instant;

use rollcall_store::StoreError;
use tokio::sync::watch;

use crate::uplink::chain;

/// What is known of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactState {
    /// Nobody has called yet.
    Unknown,
    /// It answered the last call; the instant is that of the first answer in a row.
    Connected(Instant),
    /// It did not answer the last call; the instant is that of the first failure in a row.
    Away(Instant),
    /// It does not want this device any more, until people at the hub change that; since the instant.
    Refused(Instant),
}

/// What is wrong, for people at the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The failure with its causes.
    pub text: String,
    /// What can be done about it; none when nobody knows.
    pub hint: Option<String>,
}

#[derive(Clone, Debug)]
struct Known {
    state: ContactState,
    problem: Option<Arc<Problem>>,
}

/// The contact with the hub, shared by all who call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Contact(watch::Sender<Known>);

impl Default for Contact {
    fn default() -> Self {
        Self(watch::Sender::new(Known {
            state: ContactState::Unknown,
            problem: None,
        }))
    }
}

impl Contact {
    /// The hub answered.
    pub fn answered(&self) {
        self.0.send_if_modified(|known| {
            let is_new = !matches!(known.state, ContactState::Connected(_));
            if is_new {
                known.state = ContactState::Connected(Instant::now());
                known.problem = None;
            }
            is_new
        });
    }

    /// The hub did not answer, or refused this device.
    pub fn failed(&self, failure: &StoreError) {
        let problem = Arc::new(problem(failure));
        self.0.send_if_modified(|known| {
            known.problem = Some(problem);
            let is_refusal = failure.is_refusal_of_device();
            let is_new = match known.state {
                ContactState::Refused(_) => false,
                ContactState::Away(_) => is_refusal,
                ContactState::Unknown | ContactState::Connected(_) => true,
            };
            if is_new {
                known.state = match is_refusal {
                    true => ContactState::Refused(Instant::now()),
                    false => ContactState::Away(Instant::now()),
                };
            }
            is_new
        });
    }

    /// What is known at present. Whoever was refused stays so until the hub answers: that it cannot be reached at the
    /// moment takes nothing back.
    pub fn state(&self) -> ContactState {
        self.0.borrow().state
    }

    /// What was wrong with the last call; none when it was answered.
    pub fn problem(&self) -> Option<Arc<Problem>> {
        self.0.borrow().problem.clone()
    }

    /// Calls `told` at every change of the state from now on; never ends.
    pub async fn follow(&self, mut told: impl FnMut()) {
        let mut known = self.0.subscribe();
        while known.changed().await.is_ok() {
            told();
        }
    }
}

fn problem(failure: &StoreError) -> Problem {
    let words = failure.to_string();
    let (what, hint) = match words.split_once("\nhint: ") {
        Some((what, hint)) => (what, Some(hint)),
        None => (&*words, None),
    };
    let text = match std::error::Error::source(failure) {
        Some(cause) => format!("{what}: {}", chain(cause)),
        None => what.to_owned(),
    };
    let hint = match failure {
        failure if failure.is_refusal_of_device() => Some(
            "the device was revoked, or has another password: make a code at the hub (`rollcall device code NAME`), and \
             enrol this box with it (`rollcall-edge enrol`)",
        ),
        StoreError::Connect { .. } => Some(
            "is the hub running, and are host and port in this agent's file right? `rollcall-edge doctor` tries them",
        ),
        StoreError::NoAnswer { .. } => Some(
            "is there a firewall between this box and the hub, and is the hub very busy? `rollcall-edge doctor` tries the way",
        ),
        _ => hint,
    };
    Problem {
        text: text.replace('\n', "; "),
        hint: hint.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_first_failure_in_a_row_counts_and_the_last_is_told() {
        let after = |seconds| StoreError::NoAnswer {
            after: Duration::from_secs(seconds),
        };
        let contact = Contact::default();
        assert_eq!(contact.state(), ContactState::Unknown);
        contact.failed(&after(1));
        let first = contact.state();
        contact.failed(&after(2));
        assert_eq!(contact.state(), first);
        let problem = contact.problem().unwrap();
        assert_eq!(problem.text, "no answer from the database in 2 s");
        assert!(problem.hint.as_ref().unwrap().contains("firewall"));
        contact.answered();
        assert!(matches!(contact.state(), ContactState::Connected(_)));
        assert_eq!(contact.problem(), None);
        contact.failed(&after(3));
        assert!(matches!(contact.state(), ContactState::Away(_)) && contact.state() != first);
    }
}
