//! Sessions and API tokens found lately, so that not every request asks the database again. What ends or changes one
//! is told by the database (channel [`ACCESS_CHANNEL`]), and by this process at once; whatever goes wrong with that,
//! nothing is believed for longer than [`MAX_AGE`]. Must not know requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use rollcall_store::session::{Credential, Session};

/// Channel on which the database tells that a session, a token or a user has changed.
pub(super) const ACCESS_CHANNEL: &str = "rollcall_access";
/// How long a session is believed without asking: as long as an end may stay unknown to sockets.
const MAX_AGE: Duration = super::session::CHECK_EVERY;
/// Sessions kept, each of a few hundred bytes.
const CAPACITY: u64 = 20_000;

/// The sessions and tokens. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KnownSessions {
    found: Cache<Credential, (Arc<Session>, Timestamp)>,
    /// Counts forgettings: what was read before one is not kept after it.
    n_forgotten: Arc<AtomicU64>,
}

/// Where a look-up began.
pub(crate) struct Begun(u64);

impl KnownSessions {
    pub(super) fn new() -> Self {
        Self {
            found: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(MAX_AGE)
                .build(),
            n_forgotten: Arc::default(),
        }
    }

    /// The session of this secret, as it was found a moment ago.
    pub fn get(&self, credential: &Credential, now: Timestamp) -> Option<Arc<Session>> {
        let (session, found_at) = self.found.get(credential)?;
        // By the clock too, which tests move.
        let age = now.duration_since(found_at);
        let is_fresh = !age.is_negative() && age <= SignedDuration::try_from(MAX_AGE).ok()?;
        (is_fresh && session.expires_at > now).then_some(session)
    }

    /// To be called before the database is asked.
    pub fn begin(&self) -> Begun {
        Begun(self.n_forgotten.load(Ordering::SeqCst))
    }

    /// Keeps what was found, unless something was forgotten meanwhile.
    pub fn put(&self, begun: &Begun, credential: Credential, session: Arc<Session>, at: Timestamp) {
        self.found.insert(credential, (session, at));
        if self.n_forgotten.load(Ordering::SeqCst) != begun.0 {
            self.found.invalidate(&credential);
        }
    }

    /// Forgets all: changes are rare, and reading again costs one statement each.
    pub fn forget(&self) {
        self.n_forgotten.fetch_add(1, Ordering::SeqCst);
        self.found.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use rollcall_domain::id::{OrganizationId, SessionId, UserId};
    use rollcall_store::session::CredentialId;
    use rollcall_store::user::UserRole;

    use super::*;

    fn session(expires_at: Timestamp) -> Arc<Session> {
        Arc::new(Session {
            organization_id: OrganizationId(uuid::Uuid::nil()),
            organization_name: String::new(),
            user_id: UserId(uuid::Uuid::nil()),
            email: String::new(),
            display_name: String::new(),
            role: UserRole::Viewer,
            all_sites: false,
            employee_id: None,
            must_change_password: false,
            credential_id: CredentialId::Session(SessionId(uuid::Uuid::nil())),
            token_scopes: None,
            expires_at,
        })
    }

    #[test]
    fn a_session_is_known_for_a_moment_and_never_beyond_its_end() {
        let known = KnownSessions::new();
        let credential = Credential::Session([1; 32]);
        let now = Timestamp::UNIX_EPOCH;
        let at = |seconds| now + SignedDuration::from_secs(seconds);
        known.put(&known.begin(), credential, session(at(2)), now);
        assert!(known.get(&credential, at(1)).is_some());
        assert!(known.get(&credential, at(2)).is_none(), "it has ended");
        assert!(known.get(&Credential::Token([1; 32]), now).is_none());
        known.put(&known.begin(), credential, session(at(9999)), now);
        for (seconds, is_known) in [(-1, false), (0, true), (3, true), (4, false)] {
            let found = known.get(&credential, at(seconds));
            assert_eq!(found.is_some(), is_known, "after {seconds} s");
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let known = KnownSessions::new();
        let credential = Credential::Session([1; 32]);
        let now = Timestamp::UNIX_EPOCH;
        let end = now + SignedDuration::from_secs(9999);
        let begun = known.begin();
        known.forget();
        known.put(&begun, credential, session(end), now);
        assert!(known.get(&credential, now).is_none());
        known.put(&known.begin(), credential, session(end), now);
        assert!(known.get(&credential, now).is_some());
        known.forget();
        assert!(known.get(&credential, now).is_none());
    }
}
