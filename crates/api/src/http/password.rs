//! Passwords: argon2id, checked away from the async threads. Must not know who logs in.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 iterations, 1 lane.
const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;

/// Shortest password that people may choose (NIST SP 800-63B, 3.1.1.2, asks for 8 beside a second factor, 15 without).
pub(crate) const MIN_PASSWORD_CHARACTERS: usize = 12;
/// Longest password that is looked at, in bytes.
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, None)
        .expect("the constants are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password with argon2id and a fresh salt, in PHC format. Takes some 20 ms and 19 MiB.
pub fn hash_password(password: &str) -> String {
    argon2()
        .hash_password(password.as_bytes(), &SaltString::generate(&mut OsRng))
        .expect("a password of any length below 4 GiB can be hashed")
        .to_string()
}

/// A hash that no password has, so that an unknown account takes as long as a known one.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_password(SaltString::generate(&mut OsRng).as_str()));

/// Makes the hash of nobody now instead of during the first log-in.
pub(crate) fn prepare() {
    LazyLock::force(&NOBODY);
}

/// The position of the first hash that the password has. All hashes are computed, at least one.
pub(crate) fn verify_any(password: &str, hashes: &[String]) -> Option<usize> {
    if hashes.is_empty() {
        verify(password, &NOBODY);
        return None;
    }
    let mut found = None;
    for (position, hash) in hashes.iter().enumerate() {
        if verify(password, hash) && found.is_none() {
            found = Some(position);
        }
    }
    found
}

/// Password work away from the async threads, a few at a time: each takes 19 MiB and a processor.
#[derive(Clone)]
pub(crate) struct Passwords(Arc<Semaphore>);

impl Passwords {
    /// At most so many at a time.
    pub fn new(n_slots: usize) -> Self {
        Self(Arc::new(Semaphore::new(n_slots)))
    }

    /// As [`verify_any`].
    pub async fn verify_any(
        &self,
        password: String,
        hashes: Vec<String>,
    ) -> Result<Option<usize>, Failure> {
        self.run(move || verify_any(&password, &hashes)).await
    }

    /// As [`hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        self.run(move || hash_password(&password)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _slot = self
            .0
            .acquire()
            .await
            .expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::unexpected(&error))
    }
}

fn verify(password: &str, hash: &str) -> bool {
    match PasswordHash::new(hash) {
        Ok(hash) => argon2().verify_password(password.as_bytes(), &hash).is_ok(),
        Err(error) => {
            tracing::error!(
                error.chain = error.to_string(),
                "a stored password hash cannot be read"
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_passwords_are_found_and_wrong_ones_not() {
        let hashes = [hash_password("one"), hash_password("two"), "bad".to_owned()];
        assert_eq!(verify_any("one", &hashes), Some(0));
        assert_eq!(verify_any("two", &hashes), Some(1));
        assert_eq!(verify_any("three", &hashes), None);
        assert_eq!(verify_any("", &[]), None);
    }

    #[test]
    fn hashes_have_the_parameters_of_owasp() {
        let hash = hash_password("x");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_ne!(hash, hash_password("x"), "salts differ");
    }
}
