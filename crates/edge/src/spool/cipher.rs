//! Encryption of what waits on disk: AES-256-GCM, each piece bound to its sighting, so that pieces cannot be swapped.
//! Must not know what is in a piece.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::SpoolError;

/// Bytes of a key.
const KEY_LEN: usize = 32;

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
    pub fn new(bytes: &[u8; KEY_LEN]) -> Self {
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
        let wrong = |problem: String| SpoolError::KeyFile {
            path: path.to_owned(),
            problem,
        };
        if !path.exists() {
            let mut bytes = [0; KEY_LEN];
            SystemRandom::new()
                .fill(&mut bytes)
                .map_err(|_| wrong("the system gives no random bytes".to_owned()))?;
            let mut options = std::fs::OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|error| wrong(format!("cannot be made: {error}")))?;
            let text = format!("{}\n", hex::encode(bytes));
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| wrong(format!("cannot be written: {error}")))?;
            return Ok(Self::new(&bytes));
        }
        let read = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
        let mode = std::fs::metadata(path).map_err(read)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(wrong(format!(
                "may be read by others (mode {:04o})\nhint: chmod 600 {}",
                mode & 0o7777,
                path.display()
            )));
        }
        let text = std::fs::read_to_string(path).map_err(read)?;
        let bytes = hex::decode(text.trim()).ok();
        let bytes: Option<[u8; KEY_LEN]> = bytes.and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or_else(|| wrong("does not hold 64 hexadecimal digits".to_owned()))?;
        Ok(Self::new(&bytes))
    }

    /// Nonce, ciphertext and tag. `of` says what it is, and must be the same at opening.
    pub(super) fn seal(&self, of: &[u8], plain: &[u8]) -> Result<Vec<u8>, SpoolError> {
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
    pub(super) fn unseal(&self, of: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
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
