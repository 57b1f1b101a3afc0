//! Greeting people while the hub does not answer, by an encrypted copy of the site's gallery. Off unless the site allows
//! it. The hub repeats every decision that is made here, and its word counts.
//! Must not know cameras, or how people are greeted.
//!
//! The copy is what the hub last said it should be, or it is not there:
//! - when the hub names another version, forbids it or knows this device no more, it is overwritten and removed at once,
//!   and only then fetched again, if it may be;
//! - without the hub it goes when it is as old as the site allows, and when its age cannot be known;
//! - a file that was changed, or is of another device or embedding space, is removed;
//! - it is decrypted in memory while the hub is away, and at no other time.

mod copy;
mod rule;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use rollcall_domain::id::EmployeeId;
use rollcall_domain::punch::Direction;
use rollcall_store::StoreError;
use rollcall_store::device::{GalleryStatus, OfflineGreeting, Sighting};
use tokio::sync::Notify;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::contact::{Contact, ContactState};
use crate::hub_link::HubLink;
use crate::known_hub::KnownHub;
use crate::spool::SpoolKey;
use copy::{CopyFile, Label, Template};

/// Templates of the largest copy: 2 KiB each, in memory while the hub is away. A scan of all takes milliseconds.
pub const MAX_TEMPLATES: usize = 10_000;
/// How old the hub's word on the disk may be before it is written anew. Counted as age after a start.
const WRITE_AGAIN: Duration = Duration::from_secs(3600);
/// Between two looks whether the copy is too old.
const LOOK: Duration = Duration::from_secs(10);
/// A clock that is further behind the hub's word says nothing about its age.
const BACKWARDS: SignedDuration = SignedDuration::from_mins(2);

/// Somebody who was recognised by the copy. Its `Debug` text shows no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Greeting {
    /// What the person is greeted with.
    pub name: String,
    /// Which way, where it is known for sure: by the camera, or by its line.
    pub direction: Option<Direction>,
}

impl std::fmt::Debug for Greeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Greeting")
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}

/// Where the copy lies beside a spool.
pub fn path_beside(spool: &Path) -> PathBuf {
    spool.with_extension("gallery")
}

/// Removes a copy without looking at it: the hub knows this device no more.
pub fn wipe(path: &Path) {
    if let Err(error) = copy::wipe(path) {
        error!(
            "cannot remove the copy of the gallery `{}`: {error}\nhint: remove it by hand",
            path.display()
        );
    }
}

/// Greets by the copy, and keeps it. Cheap to clone.
#[derive(Clone)]
pub struct Greeter(Arc<Shared>);

impl std::fmt::Debug for Greeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Greeter").finish_non_exhaustive()
    }
}

struct Shared {
    file: CopyFile,
    hub: KnownHub,
    space_digest: String,
    contact: Contact,
    clock: Clock,
    state: Mutex<State>,
    /// Told when a copy is to be fetched.
    wanted: Notify,
}

#[derive(Default)]
struct State {
    /// What lies on the disk.
    held: Option<Held>,
    /// Decrypted, while the hub is away.
    templates: Option<Vec<Template>>,
    /// What the hub wants to lie there, while it does not.
    wanted: Option<OfflineGreeting>,
    /// A gallery that is too large was noted already.
    is_too_large: bool,
}

struct Held {
    label: Label,
    /// When the hub last said so; none since before the start.
    heard: Option<Instant>,
    written: Instant,
}

impl Greeter {
    /// Takes up the copy of the run before, if there is one that is still good; else removes it. None when the hub has
    /// never said which device this is.
    pub fn open(
        path: &Path,
        key: SpoolKey,
        (hub, space_digest): (&KnownHub, &str),
        (contact, clock): (Contact, Clock),
    ) -> Option<Self> {
        let Some(device_id) = hub.device_id else {
            wipe(path);
            return None;
        };
        let file = CopyFile::new(path, key, device_id, space_digest);
        let found = file.load();
        let greeter = Self(Arc::new(Shared {
            hub: hub.clone(),
            space_digest: space_digest.to_owned(),
            contact,
            clock,
            state: Mutex::default(),
            wanted: Notify::new(),
            file,
        }));
        match found {
            Some((label, _)) => {
                greeter.state().held = Some(Held {
                    label,
                    heard: None,
                    written: Instant::now(),
                });
                greeter.look();
            }
            None if greeter.0.file.exists() => {
                greeter.state().wipe(
                    &greeter.0.file,
                    "it cannot be read, or is of another device",
                );
            }
            None => {}
        }
        Some(greeter)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Recognises somebody while the hub is away, and writes into the sighting who it was.
    pub fn greet(&self, sighting: &mut Sighting) -> Option<Greeting> {
        if !matches!(self.0.contact.state(), ContactState::Away(_)) {
            return None;
        }
        let mut state = self.state();
        state.look(&self.0);
        state.decrypt(&self.0.file);
        let label = &state.held.as_ref()?.label;
        let found = rule::recognise(&label.rule, state.templates.as_ref()?, sighting)?;
        let mut cameras = self.0.hub.cameras.iter();
        let camera = cameras.find(|camera| camera.camera_id == sighting.camera_id.0)?;
        // Claimed only of somebody who is greeted.
        sighting.greeted = Some(EmployeeId(found.employee_id));
        Some(Greeting {
            name: found.name.clone(),
            direction: match &*camera.direction {
                "entry" => Some(Direction::In),
                "exit" => Some(Direction::Out),
                "both" => sighting.direction,
                _ => None,
            },
        })
    }

    /// The hub said what this device may hold.
    pub fn ordered(&self, order: Option<OfflineGreeting>) {
        let now = self.0.clock.now();
        let mut state = self.state();
        let order = order.filter(|rule| {
            let is_too_large = rule.n_templates as usize > MAX_TEMPLATES;
            if is_too_large && !std::mem::replace(&mut state.is_too_large, true) {
                warn!(
                    "no greeting without the hub: the gallery of this site has {} templates, more than {MAX_TEMPLATES}",
                    rule.n_templates
                );
            }
            !is_too_large && rule.space_digest == self.0.space_digest
        });
        let Some(rule) = order else {
            state.wanted = None;
            state.wipe(&self.0.file, "the hub allows none");
            return;
        };
        let is_right = state
            .held
            .as_ref()
            .is_some_and(|held| held.label.rule == rule);
        if !is_right {
            state.wipe(&self.0.file, "the hub has another");
            state.wanted = Some(rule);
            drop(state);
            self.0.wanted.notify_one();
            return;
        }
        state.wanted = None;
        if let Some(held) = &mut state.held {
            held.label = Label::new(rule, now);
            held.heard = Some(Instant::now());
            if held.written.elapsed() >= WRITE_AGAIN {
                self.0.wanted.notify_one();
            }
        }
    }

    /// A call to the hub failed. When it knows this device no more, the copy goes.
    pub fn failed(&self, failure: &StoreError) {
        if failure.is_refusal_of_device() {
            let mut state = self.state();
            state.wanted = None;
            state.wipe(&self.0.file, "the hub refuses this device");
        }
    }

    /// What there is to say of the copy; none when there is none.
    pub fn status(&self) -> Option<GalleryStatus> {
        let now = self.0.clock.now();
        let state = self.state();
        let label = &state.held.as_ref()?.label;
        Some(GalleryStatus {
            n_templates: label.rule.n_templates.into(),
            age_s: now.duration_since(label.said_at()).as_secs().max(0),
            max_age_s: label.rule.max_age_s.into(),
        })
    }

    /// Whether the copy is decrypted in memory.
    pub fn is_decrypted(&self) -> bool {
        self.state().templates.is_some()
    }

    /// Fetches copies when they are wanted, and lets go of them when it is time. Never ends.
    pub async fn keep(&self, link: &HubLink) {
        let turned = Notify::new();
        let follow = self.0.contact.follow(|| turned.notify_one());
        let keep = async {
            loop {
                self.look();
                self.turn(link, &turned).await;
            }
        };
        tokio::join!(follow, keep);
    }

    /// Waits for something to do, and does it.
    async fn turn(&self, link: &HubLink, turned: &Notify) {
        tokio::select! {
            () = self.0.wanted.notified() => {
                let wanted = self.state().wanted.clone();
                match wanted {
                    Some(rule) => self.fetch(link, rule).await,
                    None => self.write_again(),
                }
            }
            () = turned.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }

    async fn fetch(&self, link: &HubLink, rule: OfflineGreeting) {
        let asked = async {
            let client = link.connect().await?;
            client.gallery_copy(&rule.version, MAX_TEMPLATES).await
        };
        let mut copy = match asked.await {
            Ok(copy) => copy,
            Err(failure) => {
                self.failed(&failure);
                warn!(
                    "the copy of the gallery cannot be fetched, next attempt with the next sign of life: {}",
                    crate::uplink::chain(&failure)
                );
                return;
            }
        };
        let templates: Vec<Template> = copy.iter_mut().map(Template::from).collect();
        drop(copy);
        let said_at = self.0.clock.now();
        let mut state = self.state();
        // Meanwhile the hub may have said otherwise.
        if state.wanted.as_ref() != Some(&rule) {
            return;
        }
        let label = Label::new(rule, said_at);
        if let Err(error) = self.0.file.save(&label, &templates) {
            state.wipe(&self.0.file, "it cannot be written");
            warn!("the copy of the gallery cannot be written: {error}");
            return;
        }
        info!(
            "holds a copy of the site's gallery, {} templates, to greet while the hub does not answer",
            templates.len()
        );
        state.wanted = None;
        state.held = Some(Held {
            label,
            heard: Some(Instant::now()),
            written: Instant::now(),
        });
    }

    /// Writes down anew when the hub last spoke, for the next start.
    fn write_again(&self) {
        let mut state = self.state();
        let (Some(held), Some((_, templates))) = (&mut state.held, self.0.file.load()) else {
            return;
        };
        match self.0.file.save(&held.label, &templates) {
            Ok(()) => held.written = Instant::now(),
            Err(error) => warn!("the copy of the gallery cannot be written: {error}"),
        }
    }

    /// Lets go of what is too old, and of what is decrypted while the hub answers.
    fn look(&self) {
        let mut state = self.state();
        state.look(&self.0);
        match self.0.contact.state() {
            ContactState::Away(_) => state.decrypt(&self.0.file),
            ContactState::Connected(_) | ContactState::Unknown | ContactState::Refused(_) => {
                state.templates = None;
            }
        }
    }
}

impl State {
    fn look(&mut self, shared: &Shared) {
        let Some(held) = &self.held else {
            return;
        };
        let max_age = SignedDuration::from_secs(held.label.rule.max_age_s.into());
        let age = shared.clock.now().duration_since(held.label.said_at());
        let heard = held.heard.map(|at| SignedDuration::try_from(at.elapsed()));
        // Elapsed time cannot be set back.
        let is_old = age >= max_age || heard.is_some_and(|age| age.is_ok_and(|age| age >= max_age));
        if is_old {
            self.wipe(&shared.file, "it is too old");
        } else if age < -BACKWARDS {
            self.wipe(&shared.file, "its age is not known");
        }
    }

    fn decrypt(&mut self, file: &CopyFile) {
        if self.held.is_none() || self.templates.is_some() {
            return;
        }
        match file.load() {
            Some((_, templates)) => self.templates = Some(templates),
            None => self.wipe(file, "it cannot be read"),
        }
    }

    fn wipe(&mut self, file: &CopyFile, why: &str) {
        self.templates = None;
        let held = self.held.take();
        if held.is_none() && !file.exists() {
            return;
        }
        match file.wipe() {
            Ok(()) => info!("the copy of the gallery is removed: {why}"),
            Err(error) => error!(
                "the copy of the gallery cannot be removed ({why}): {error}\nhint: remove it by hand"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
