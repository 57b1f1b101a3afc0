//! Slows down guessing of passwords and codes: after some failures an address and an account must wait, twice as
//! long each time. An account counts failures from one address, and those from all addresses together, which is
//! what stops guesses that are spread over many; as that also makes the owner of the account wait, its waits are
//! short. Kept in memory: a restart forgets, a second process counts on its own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};

/// Failures of one account from one address before it must wait.
const FREE_FAILURES_OF_ACCOUNT: u32 = 5;
/// Failures of one address over all accounts before it must wait; an office shares one address.
const FREE_FAILURES_OF_ADDRESS: u32 = 50;
/// Failures of one account from all addresses before it must wait.
const FREE_FAILURES_OF_ACCOUNT_ANYWHERE: u32 = 20;
/// First wait; doubles with each further failure.
const FIRST_WAIT_S: i64 = 2;
/// Longest wait, and how long a failure is remembered.
const MAX_WAIT_S: i64 = 15 * 60;
/// Longest wait of an account for what others do to it: 1,440 guesses a day are left.
const MAX_WAIT_ANYWHERE_S: i64 = 60;
/// Entries kept; more are made room for by forgetting the oldest.
const MAX_ENTRIES: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(IpAddr, String),
    AccountAnywhere(String),
}

impl Key {
    fn free_failures(&self) -> u32 {
        match self {
            Self::Address(_) => FREE_FAILURES_OF_ADDRESS,
            Self::Account(..) => FREE_FAILURES_OF_ACCOUNT,
            Self::AccountAnywhere(_) => FREE_FAILURES_OF_ACCOUNT_ANYWHERE,
        }
    }

    fn max_wait_s(&self) -> i64 {
        match self {
            Self::Address(_) | Self::Account(..) => MAX_WAIT_S,
            Self::AccountAnywhere(_) => MAX_WAIT_ANYWHERE_S,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    n_failures: u32,
    failed_at: Timestamp,
    free_at: Timestamp,
}

/// The failures that all handlers count together. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoginLimit(Arc<Mutex<Failures>>);

impl LoginLimit {
    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.0
            .lock()
            .expect("no code panics while it counts log-ins")
    }

    /// As [`Failures::attempt`], from an address.
    pub fn attempt(&self, address: IpAddr, account: &str, now: Timestamp) -> Result<(), u64> {
        self.failures().attempt(&keys(address, account), now)
    }

    /// Forgets the failures of the account from this address: it was the right person.
    pub fn succeeded(&self, address: IpAddr, account: &str) {
        self.failures().succeeded(address, account);
    }

    /// Takes one attempt back that was no guess, and nothing else.
    pub fn taken_back(&self, address: IpAddr, account: &str) {
        self.failures().taken_back(&keys(address, account));
    }

    /// As [`Failures::attempt`], from an address and for no account in particular.
    pub fn address_attempt(&self, address: IpAddr, now: Timestamp) -> Result<(), u64> {
        self.failures()
            .attempt(&[Key::Address(network(address))], now)
    }

    /// Takes an attempt of [`address_attempt`](Self::address_attempt) back.
    pub fn address_succeeded(&self, address: IpAddr) {
        self.failures()
            .taken_back(&[Key::Address(network(address))]);
    }

    /// As [`Failures::attempt`], by somebody who is logged in.
    pub fn inside(&self, account: &str, now: Timestamp) -> Result<(), u64> {
        let keys = [Key::AccountAnywhere(account.to_owned())];
        self.failures().attempt(&keys, now)
    }

    /// Takes the attempt of somebody who is logged in back: the password was right.
    pub fn inside_succeeded(&self, account: &str) {
        let keys = [Key::AccountAnywhere(account.to_owned())];
        self.failures().taken_back(&keys);
    }
}

/// Failures of log-in by address and account.
#[derive(Debug, Default)]
struct Failures {
    entries: HashMap<Key, Entry>,
}

impl Failures {
    /// Asks to try a password, and counts it as failed until [`succeeded`](LoginLimit::succeeded), so that
    /// attempts side by side count too.
    ///
    /// Errors: seconds to wait.
    fn attempt(&mut self, keys: &[Key], now: Timestamp) -> Result<(), u64> {
        let wait = keys
            .iter()
            .filter_map(|key| self.entries.get(key))
            .map(|entry| entry.free_at.duration_since(now))
            .max();
        if let Some(wait) = wait.filter(|wait| wait.is_positive()) {
            let seconds = (wait.as_millis() + 999) / 1000;
            return Err(u64::try_from(seconds).expect("a wait is at most a quarter of an hour"));
        }
        self.make_room(now);
        for key in keys {
            let (free_failures, max_wait_s) = (key.free_failures(), key.max_wait_s());
            let entry = self.entries.entry(key.clone()).or_insert(Entry {
                n_failures: 0,
                failed_at: now,
                free_at: now,
            });
            if is_forgotten(entry, now) {
                entry.n_failures = 0;
            }
            entry.n_failures = entry.n_failures.saturating_add(1);
            entry.failed_at = now;
            if let Some(n_over) = entry.n_failures.checked_sub(free_failures) {
                let wait_s = (FIRST_WAIT_S << n_over.min(20)).min(max_wait_s);
                entry.free_at = now + SignedDuration::from_secs(wait_s);
            }
        }
        Ok(())
    }

    fn succeeded(&mut self, address: IpAddr, account: &str) {
        let keys = keys(address, account);
        self.taken_back(&keys);
        let [_, of_account, _] = keys;
        self.entries.remove(&of_account);
    }

    fn taken_back(&mut self, keys: &[Key]) {
        for key in keys {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.n_failures = entry.n_failures.saturating_sub(1);
                entry.free_at = entry.failed_at;
            }
        }
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.entries.len() + 3 <= MAX_ENTRIES {
            return;
        }
        self.entries.retain(|_, entry| !is_forgotten(entry, now));
        if self.entries.len() + 3 <= MAX_ENTRIES {
            return;
        }
        let mut failed_at: Vec<Timestamp> =
            self.entries.values().map(|entry| entry.failed_at).collect();
        let middle = failed_at.len() / 2;
        let (_, median, _) = failed_at.select_nth_unstable(middle);
        let median = *median;
        self.entries.retain(|_, entry| entry.failed_at > median);
    }
}

fn is_forgotten(entry: &Entry, now: Timestamp) -> bool {
    let age = now.duration_since(entry.failed_at.max(entry.free_at));
    age > SignedDuration::from_secs(MAX_WAIT_S)
}

fn keys(address: IpAddr, account: &str) -> [Key; 3] {
    let address = network(address);
    [
        Key::Address(address),
        Key::Account(address, account.to_owned()),
        Key::AccountAnywhere(account.to_owned()),
    ]
}

/// A caller of IPv6 owns at least a /64, so that is what counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(bits.into())
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn waits_double_and_end() {
        let limit = LoginLimit::default();
        for second in 0..5 {
            limit.attempt(HERE, "a@b", at(second)).unwrap();
        }
        assert_eq!(limit.attempt(HERE, "a@b", at(4)), Err(2));
        assert_eq!(limit.attempt(HERE, "a@b", at(6)), Ok(()));
        assert_eq!(limit.attempt(HERE, "a@b", at(6)), Err(4));
        let next_day = at(86_400);
        for _ in 0..4 {
            limit.attempt(HERE, "a@b", next_day).unwrap();
        }
        assert_eq!(limit.attempt(HERE, "a@b", next_day), Ok(()));
        assert_eq!(limit.attempt(HERE, "a@b", next_day), Err(2));
    }

    #[test]
    fn one_account_does_not_lock_another_or_another_address() {
        let limit = LoginLimit::default();
        for _ in 0..5 {
            limit.attempt(HERE, "a@b", at(0)).unwrap();
        }
        assert!(limit.attempt(HERE, "a@b", at(0)).is_err());
        assert_eq!(limit.attempt(HERE, "c@d", at(0)), Ok(()));
        let other: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(limit.attempt(other, "a@b", at(0)), Ok(()));
    }

    #[test]
    fn many_accounts_from_one_network_are_slowed_down() {
        let limit = LoginLimit::default();
        let address = |n: u32| format!("2001:db8::{n:x}").parse::<IpAddr>().unwrap();
        for n in 0..FREE_FAILURES_OF_ADDRESS {
            limit.attempt(address(n), &format!("{n}@x"), at(0)).unwrap();
        }
        assert_eq!(limit.attempt(address(999), "new@x", at(0)), Err(2));
    }

    #[test]
    fn a_right_password_clears_the_account() {
        let limit = LoginLimit::default();
        for _ in 0..20 {
            limit.attempt(HERE, "a@b", at(0)).unwrap();
            limit.succeeded(HERE, "a@b");
        }
    }

    #[test]
    fn guesses_spread_over_many_addresses_are_slowed_down_too() {
        let limit = LoginLimit::default();
        let address = |n: u32| IpAddr::V4((0x0a00_0000 + n).into());
        for n in 0..FREE_FAILURES_OF_ACCOUNT_ANYWHERE {
            limit.attempt(address(n), "a@b", at(0)).unwrap();
        }
        assert_eq!(limit.attempt(address(999), "a@b", at(0)), Err(2));
        assert_eq!(limit.attempt(address(999), "c@d", at(0)), Ok(()));
        let mut second = 0;
        for n in 0..20 {
            second += MAX_WAIT_ANYWHERE_S;
            limit.attempt(address(n), "a@b", at(second)).unwrap();
        }
        let wait_s = u64::try_from(MAX_WAIT_ANYWHERE_S).unwrap();
        assert_eq!(limit.attempt(address(999), "a@b", at(second)), Err(wait_s));
    }

    #[test]
    fn asking_for_the_second_factor_clears_no_guesses() {
        let limit = LoginLimit::default();
        for _ in 0..5 {
            limit.attempt(HERE, "a@b", at(0)).unwrap();
            if limit.attempt(HERE, "a@b", at(0)).is_ok() {
                limit.taken_back(HERE, "a@b");
            }
        }
        assert_eq!(limit.attempt(HERE, "a@b", at(0)), Err(2));
    }

    #[test]
    fn memory_is_bounded() {
        let limit = LoginLimit::default();
        for n in 0..u32::try_from(MAX_ENTRIES).unwrap() * 2 {
            let address = IpAddr::V4(n.into());
            limit
                .attempt(address, &format!("{n}@b"), at(n.into()))
                .unwrap();
            assert!(limit.failures().entries.len() <= MAX_ENTRIES);
        }
    }
}
