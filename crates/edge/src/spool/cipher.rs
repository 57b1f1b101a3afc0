//! Encryption of what waits on disk: AES-256-GCM, each piece bound to its sighting, so that pieces cannot be swapped.
//! Must not know what is in a piece.

use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::SpoolError;
use crate::secret_file::{self, SECRET_LEN};

/// The key of a spool. Its `Debug` text shows nothing of it.
#[derive(Clone)]
pub struct SpoolKey {
    key: std::sync::Arc<LessSafeKey>,
    random: SystemRandom,
}

impl std::fmt::Debug for SpoolKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpoolKey").finish_non_exhaustive()
    }
}

impl SpoolKey {
    /// A key of 32 bytes.
    pub fn new(bytes: &[u8; SECRET_LEN]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("the length is that of a key");
        Self {
            key: std::sync::Arc::new(LessSafeKey::new(key)),
            random: SystemRandom::new(),
        }
    }

    /// Reads a key file, or makes one of mode 0600 where there is none.
    ///
    /// Errors: [`SpoolError::KeyFile`] when it cannot be read or made, holds no key, or others may read it.
    pub fn open(path: &Path) -> Result<Self, SpoolError> {
        let bytes = secret_file::open(path).map_err(|problem| SpoolError::KeyFile {
            path: path.to_owned(),
            problem,
        })?;
        Ok(Self::new(&bytes))
    }

    /// Nonce, ciphertext and tag. `of` says what it is, and must be the same at opening.
    pub(crate) fn seal(&self, of: &[u8], plain: &[u8]) -> Result<Vec<u8>, SpoolError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| SpoolError::Seal)?;
        let mut text = plain.to_vec();
        let nonce_value = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce_value, Aad::from(of), &mut text)
            .map_err(|_| SpoolError::Seal)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// What was sealed; none when it was changed, is of something else, or was sealed with another key.
    pub(crate) fn unseal(&self, of: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(of), &mut text)
            .ok()?;
        let length = plain.len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_was_sealed_opens_only_as_what_it_is() {
        let key = SpoolKey::new(&[7; 32]);
        let sealed = key.seal(b"a", b"plain").unwrap();
        assert_ne!(
            sealed,
            key.seal(b"a", b"plain").unwrap(),
            "never the same twice"
        );
        assert_eq!(key.unseal(b"a", &sealed).unwrap(), b"plain");
        assert_eq!(key.unseal(b"b", &sealed), None);
        assert_eq!(SpoolKey::new(&[8; 32]).unseal(b"a", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.unseal(b"a", &changed), None, "byte {at}");
        }
        assert_eq!(key.unseal(b"a", b"short"), None);
    }

    #[test]
    fn a_key_file_is_made_once_and_must_be_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool.key");
        let sealed = SpoolKey::open(&path).unwrap().seal(b"", b"x").unwrap();
        assert_eq!(
            SpoolKey::open(&path).unwrap().unseal(b"", &sealed).unwrap(),
            b"x"
        );
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        mode(0o644).unwrap();
        let error = SpoolKey::open(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
        mode(0o600).unwrap();
        std::fs::write(&path, "short").unwrap();
        let error = SpoolKey::open(&path).unwrap_err().to_string();
        assert!(error.contains("64 hexadecimal digits"), "{error}");
    }
}
