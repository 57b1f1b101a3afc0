//! Takes codes that are typed at the kiosk to the hub: at once while the person stands there, later when it is away.
//! Must not know screens. What was typed is on the disk before it is sent, and leaves with the hub's answer; the same id
//! makes sending twice harmless.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rollcall_domain::Direction;
use rollcall_domain::id::{CameraId, PunchId};
use rollcall_store::StoreError;
use rollcall_store::device::{Code, CodeAnswer, CodeEntry, CodeOutcome};
use serde::Serialize;
use tokio::sync::{Notify, Semaphore};
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::contact::{Contact, ContactState};
use crate::hub_link::HubLink;
use crate::pipeline;
use crate::spool::{Spool, WaitingCode};
use crate::uplink::chain;

/// How long a person waits for the hub.
const PATIENCE: Duration = Duration::from_secs(6);
/// Likewise, when it did not answer the last time.
const PATIENCE_AWAY: Duration = Duration::from_millis(1500);
/// How long an answer is waited for when nobody stands there.
const ANSWER: Duration = Duration::from_secs(20);
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// What is typed within [`SPAN`] at most while the hub is away, and so cannot slow down who guesses.
const MAX_AWAY: usize = 120;
const SPAN: Duration = Duration::from_secs(600);

/// What was typed.
pub(super) struct Typed {
    pub code: Code,
    /// Where the person said so.
    pub direction: Option<Direction>,
    /// Of this screen, if its cameras look one way.
    pub camera_id: Option<CameraId>,
}

/// What the person is told.
#[derive(Debug, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(super) enum Reply {
    Punched(Person),
    Repeat(Person),
    Refused,
    /// Too many did not work.
    Wait {
        wait_s: u64,
    },
    /// It is kept, and sent later.
    Saved {
        at: Timestamp,
    },
    /// The hub does not want this device any more: nobody can say whether it will ever count.
    Off {
        at: Timestamp,
    },
    /// It could not be kept.
    Failed {
        at: Timestamp,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct Person {
    name: Option<String>,
    direction: Option<&'static str>,
    at: Timestamp,
}

pub(super) struct Desk {
    link: HubLink,
    spool: Arc<Spool>,
    clock: Clock,
    contact: Contact,
    /// Told when something waits.
    put: Notify,
    /// The hub lets a device have few connections, and sightings need one.
    calls: Semaphore,
    typed_away: Mutex<VecDeque<Instant>>,
}

impl Desk {
    pub fn new(link: HubLink, (spool, clock, contact): (Arc<Spool>, Clock, Contact)) -> Self {
        Self {
            link,
            spool,
            clock,
            contact,
            put: Notify::new(),
            calls: Semaphore::new(2),
            typed_away: Mutex::default(),
        }
    }

    /// Keeps what was typed and asks the hub what becomes of it.
    pub async fn take(&self, typed: Typed) -> Reply {
        let is_away = matches!(
            self.contact.state(),
            ContactState::Away(_) | ContactState::Refused(_)
        );
        if is_away && let Some(wait) = self.wait_away() {
            let wait_s = wait.as_secs().max(1);
            return Reply::Wait { wait_s };
        }
        let at = self.clock.now();
        let entry = CodeEntry {
            entry_id: entry_id(at),
            code: typed.code,
            captured_at: at,
            direction: typed.direction,
            camera_id: typed.camera_id,
            clock_offset_ms: self.clock.offset_ms(),
        };
        let waiting = match self.spool.put_code(entry, self.clock.stamp(at)) {
            Ok(waiting) => waiting,
            Err(failure) => {
                error!("a typed code cannot be kept: {}", chain(&failure));
                return Reply::Failed { at };
            }
        };
        if waiting.entry.clock_offset_ms.is_none() {
            // It gets its time when the hub's is known, and must not be sent before.
            self.put.notify_one();
            return self.kept(at);
        }
        let patience = if is_away { PATIENCE_AWAY } else { PATIENCE };
        match self.send(&waiting, patience).await {
            Ok(answer) => {
                self.spool.remove_code(&waiting);
                reply(answer, at)
            }
            Err(failure) if failure.is_refusal_of_content() => {
                self.set_aside(&waiting, &failure);
                Reply::Refused
            }
            Err(failure) => {
                info!("a typed code waits: {}", chain(&failure));
                if failure.is_refusal_of_device() {
                    self.contact.failed(&failure);
                }
                self.put.notify_one();
                self.kept(at)
            }
        }
    }

    /// What is said of something that waits on the disk. It waits for a hub that refuses this device too: who was refused
    /// by mistake loses nothing. But nobody must rely on it.
    fn kept(&self, at: Timestamp) -> Reply {
        match self.contact.state() {
            ContactState::Refused(_) => Reply::Off { at },
            _ => Reply::Saved { at },
        }
    }

    /// How long to wait before the next may be typed, while only this box can count them.
    fn wait_away(&self) -> Option<Duration> {
        let typed = self.typed_away.lock();
        let mut typed = typed.unwrap_or_else(PoisonError::into_inner);
        while typed.front().is_some_and(|at| at.elapsed() >= SPAN) {
            typed.pop_front();
        }
        if typed.len() >= MAX_AWAY {
            return typed.front().map(|at| SPAN.saturating_sub(at.elapsed()));
        }
        typed.push_back(Instant::now());
        None
    }

    /// Sends what waits, again and again; never ends.
    pub async fn send_waiting(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let Some(mut waiting) = self.spool.waiting_codes(1).pop() else {
                self.put.notified().await;
                continue;
            };
            let Some(()) = self.date(&mut waiting) else {
                tokio::time::sleep(FIRST_PAUSE).await;
                continue;
            };
            match self.send(&waiting, ANSWER).await {
                Ok(CodeAnswer {
                    outcome: CodeOutcome::Wait(wait),
                    ..
                }) => {
                    tokio::time::sleep(wait).await;
                    continue;
                }
                Ok(answer) => {
                    if answer.outcome == CodeOutcome::Refused {
                        let at = waiting.entry.captured_at;
                        warn!(
                            "the code that was typed at {at} was refused\nhint: the hub shows why: rollcall employee code-entries"
                        );
                    }
                    self.spool.remove_code(&waiting);
                    pause = FIRST_PAUSE;
                }
                Err(failure) if failure.is_refusal_of_content() => {
                    self.set_aside(&waiting, &failure);
                }
                Err(failure) => {
                    warn!(
                        "typed codes cannot be sent, next attempt in {} s: {}",
                        pause.as_secs(),
                        chain(&failure)
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    /// As the uplink dates sightings: by the hub's clock, before it is sent for the first time. None while the hub's time is
    /// not known, or the new one cannot be written down.
    fn date(&self, waiting: &mut WaitingCode) -> Option<()> {
        let entry = &mut waiting.entry;
        if entry.clock_offset_ms.is_some() {
            return Some(());
        }
        let offset_ms = self.clock.offset_ms()?;
        let Some(captured_at) = self.clock.correct(&waiting.stamp, entry.captured_at) else {
            // Nobody knows when it was: the hub refuses it, and the office sees it.
            return Some(());
        };
        entry.clock_offset_ms = Some(offset_ms);
        if entry.captured_at != captured_at {
            entry.captured_at = captured_at;
            entry.entry_id = entry_id(captured_at);
        }
        self.spool.replace_code(waiting).then_some(())
    }

    /// A connection for each: they are few, and a hub has thousands of boxes.
    async fn send(
        &self,
        waiting: &WaitingCode,
        patience: Duration,
    ) -> Result<CodeAnswer, StoreError> {
        let call = async {
            let _call = self.calls.acquire().await;
            let client = self.link.connect().await?;
            client.punch_by_code(&waiting.entry).await
        };
        let answered = tokio::time::timeout(patience, call).await;
        answered.unwrap_or(Err(StoreError::NoAnswer { after: patience }))
    }

    fn set_aside(&self, waiting: &WaitingCode, failure: &StoreError) {
        let at = waiting.entry.captured_at;
        error!(
            "the hub cannot take what was typed at {at}; it is removed: {}",
            chain(failure)
        );
        self.spool.remove_code(waiting);
    }
}

fn entry_id(at: Timestamp) -> PunchId {
    PunchId(pipeline::sighting_id(at).0)
}

fn reply(answer: CodeAnswer, at: Timestamp) -> Reply {
    let person = Person {
        name: answer.employee_name,
        direction: answer.direction.map(Direction::as_str),
        at,
    };
    match answer.outcome {
        CodeOutcome::Punched => Reply::Punched(person),
        CodeOutcome::Repeat => Reply::Repeat(person),
        CodeOutcome::Refused => Reply::Refused,
        CodeOutcome::Wait(wait) => Reply::Wait {
            wait_s: wait.as_secs(),
        },
    }
}
