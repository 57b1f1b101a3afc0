//! Who is let in to the agent's pages: whoever has the token, by `Authorization: Bearer` or by a cookie that was given
//! for it. Must not know pages.
//!
//! The token has 256 random bits, so guessing is hopeless; wrong ones are slowed down all the same. A cookie is signed
//! with a key made from the token: it survives a restart, and another token ends it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::secret_file::SECRET_LEN;

/// Wrong tokens in a row from one address before it must wait.
const FREE_FAILURES: u32 = 10;
/// How long it must wait after each further one, and how long failures are remembered.
const WAIT: Duration = Duration::from_secs(60);
/// Addresses whose failures are remembered.
const MAX_ADDRESSES: usize = 1024;

/// How far somebody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// The kiosk's page: for a tablet at the door, which anybody may touch.
    Kiosk,
}

impl Scope {
    /// Name of its cookie.
    fn cookie(self) -> &'static str {
        match self {
            Self::All => "rollcall_local",
            Self::Kiosk => "rollcall_kiosk",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::All => "/",
            Self::Kiosk => "/kiosk",
        }
    }

    /// Seconds that a cookie is good for: a tablet on a wall is not logged in twice a day.
    fn lasts_s(self) -> i64 {
        match self {
            Self::All => 12 * 3600,
            Self::Kiosk => 400 * 24 * 3600,
        }
    }
}

/// Why a token was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// It is another one.
    Wrong,
    /// Too many were wrong; seconds to wait.
    Wait(u64),
}

/// Knows the token.
pub struct Gate {
    key: hmac::Key,
    /// The token, as nobody can read it back.
    token: hmac::Tag,
    random: SystemRandom,
    failures: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

impl Gate {
    /// A gate for a token.
    pub fn new(token: &[u8; SECRET_LEN]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, token);
        let token = hmac::sign(&key, hex::encode(token).as_bytes());
        Self {
            key,
            token,
            random: SystemRandom::new(),
            failures: Mutex::default(),
        }
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<IpAddr, (u32, Instant)>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a token is the one, in a time that does not depend on where it differs.
    ///
    /// Errors: [`Denied`].
    pub fn check(&self, token: &str, from: IpAddr) -> Result<(), Denied> {
        let mut failures = self.failures();
        failures.retain(|_, (_, at)| at.elapsed() < WAIT);
        if let Some((n, at)) = failures.get(&from)
            && *n >= FREE_FAILURES
        {
            let left = WAIT.saturating_sub(at.elapsed());
            return Err(Denied::Wait(left.as_secs().max(1)));
        }
        // The tag of what came is compared with that of the token: comparing tags takes the same time always.
        let mine = hmac::verify(&self.key, token.trim().as_bytes(), self.token.as_ref());
        if mine.is_ok() {
            failures.remove(&from);
            return Ok(());
        }
        if failures.len() < MAX_ADDRESSES || failures.contains_key(&from) {
            let failure = failures.entry(from).or_insert((0, Instant::now()));
            *failure = (failure.0 + 1, Instant::now());
        }
        Err(Denied::Wrong)
    }

    /// The header that gives a browser a cookie.
    pub fn cookie(&self, scope: Scope, now: Timestamp) -> String {
        let mut nonce = [0; 16];
        // Without random bytes two cookies look alike; they are signed all the same.
        let _ = self.random.fill(&mut nonce);
        let ends_s = now.as_second() + scope.lasts_s();
        let text = format!("{}.{ends_s}", hex::encode(nonce));
        let tag = hex::encode(self.sign(scope, &text).as_ref());
        set_cookie(scope, &format!("{text}.{tag}"), scope.lasts_s())
    }

    /// The header that takes it away again.
    pub fn no_cookie(scope: Scope) -> String {
        set_cookie(scope, "", 0)
    }

    fn sign(&self, scope: Scope, text: &str) -> hmac::Tag {
        hmac::sign(&self.key, signed(scope, text).as_bytes())
    }

    /// How far the sender of a request is let in; none when not at all.
    ///
    /// Errors: [`Denied`] for a token in the header that is not the one.
    pub fn scope(
        &self,
        headers: &HeaderMap,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Option<Scope>, Denied> {
        if let Some(token) = bearer(headers) {
            return self.check(token, from).map(|()| Some(Scope::All));
        }
        let scopes = [Scope::All, Scope::Kiosk];
        Ok(scopes
            .into_iter()
            .find(|scope| self.has_cookie(headers, *scope, now)))
    }

    fn has_cookie(&self, headers: &HeaderMap, scope: Scope, now: Timestamp) -> bool {
        cookies(headers, scope.cookie()).any(|value| {
            let Some((text, tag)) = value.rsplit_once('.') else {
                return false;
            };
            let Ok(tag) = hex::decode(tag) else {
                return false;
            };
            let is_signed = hmac::verify(&self.key, signed(scope, text).as_bytes(), &tag).is_ok();
            let ends_s = text
                .rsplit_once('.')
                .and_then(|(_, ends)| ends.parse().ok());
            is_signed && ends_s.is_some_and(|ends_s: i64| now.as_second() < ends_s)
        })
    }
}

/// What is signed: a cookie of one scope is none of the other, and no token.
fn signed(scope: Scope, text: &str) -> String {
    format!("cookie {} {text}", scope.cookie())
}

fn set_cookie(scope: Scope, value: &str, lasts_s: i64) -> String {
    let (name, path) = (scope.cookie(), scope.path());
    format!("{name}={value}; Path={path}; Max-Age={lasts_s}; HttpOnly; SameSite=Strict")
}

/// The token of `Authorization: Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(header::COOKIE).into_iter();
    let pairs = values.filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7));

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            header::HeaderName::from_static(name),
            value.parse().unwrap(),
        )])
    }

    fn now() -> Timestamp {
        "2026-11-27T08:00:00Z".parse().unwrap()
    }

    fn pair(set_cookie: &str) -> String {
        set_cookie.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn only_the_token_lets_in() {
        let gate = Gate::new(&[7; SECRET_LEN]);
        let token = hex::encode([7; SECRET_LEN]);
        let check = |value: &str| gate.scope(&headers("authorization", value), FROM, now());
        assert_eq!(check(&format!("Bearer {token}")), Ok(Some(Scope::All)));
        assert_eq!(check(&format!("bearer {token}\t")), Ok(Some(Scope::All)));
        assert_eq!(check("Bearer x"), Err(Denied::Wrong));
        assert_eq!(check("Bearer "), Err(Denied::Wrong));
        assert_eq!(check(&format!("Basic {token}")), Ok(None));
        let raw = String::from_utf8_lossy(&[7; SECRET_LEN]).into_owned();
        assert_eq!(gate.check(&raw, FROM), Err(Denied::Wrong));
        assert_eq!(gate.scope(&HeaderMap::new(), FROM, now()), Ok(None));
    }

    #[test]
    fn wrong_tokens_make_an_address_wait_and_no_other() {
        let gate = Gate::new(&[7; SECRET_LEN]);
        let token = hex::encode([7; SECRET_LEN]);
        for _ in 0..FREE_FAILURES {
            assert_eq!(gate.check("guess", FROM), Err(Denied::Wrong));
        }
        assert!(matches!(
            gate.check("guess", FROM),
            Err(Denied::Wait(1..=60))
        ));
        // Also the right one: otherwise waiting would tell nothing to whoever guesses on.
        assert!(matches!(gate.check(&token, FROM), Err(Denied::Wait(_))));
        let other = "10.0.0.8".parse().unwrap();
        assert_eq!(gate.check(&token, other), Ok(()));
        for n in 0..2 * MAX_ADDRESSES {
            let address = IpAddr::V4(u32::try_from(n).unwrap().into());
            assert_eq!(gate.check("guess", address), Err(Denied::Wrong));
        }
        assert_eq!(gate.failures().len(), MAX_ADDRESSES, "bounded");
    }

    #[test]
    fn a_cookie_is_good_for_its_scope_and_time_and_token() {
        let gate = Gate::new(&[7; SECRET_LEN]);
        let all = gate.cookie(Scope::All, now());
        assert!(all.contains("; Path=/; "), "{all}");
        assert!(all.ends_with("; HttpOnly; SameSite=Strict"), "{all}");
        assert_ne!(all, gate.cookie(Scope::All, now()), "random");
        let with = |gate: &Gate, cookie: &str, at| gate.scope(&headers("cookie", cookie), FROM, at);
        let all = pair(&all);
        assert_eq!(with(&gate, &all, now()), Ok(Some(Scope::All)));
        let among = format!("a=b; {all}; c=d");
        assert_eq!(with(&gate, &among, now()), Ok(Some(Scope::All)));
        let later = now() + jiff::SignedDuration::from_hours(12);
        assert_eq!(with(&gate, &all, later), Ok(None));
        assert_eq!(with(&Gate::new(&[8; SECRET_LEN]), &all, now()), Ok(None));
        let kiosk = pair(&gate.cookie(Scope::Kiosk, now()));
        assert_eq!(with(&gate, &kiosk, later), Ok(Some(Scope::Kiosk)));
        // A cookie of the kiosk under the other name, a longer life, a cut signature, nothing.
        let forged = kiosk.replace("rollcall_kiosk", "rollcall_local");
        let (nonce, rest) = all.split_once('.').unwrap();
        let longer = format!("{nonce}.9{rest}");
        for cookie in [
            &*forged,
            &longer,
            &all[..all.len() - 2],
            "rollcall_local=",
            "x",
        ] {
            assert_eq!(with(&gate, cookie, now()), Ok(None), "{cookie}");
        }
        let gone = Gate::no_cookie(Scope::All);
        assert!(gone.starts_with("rollcall_local=; ") && gone.contains("Max-Age=0"));
    }
}
