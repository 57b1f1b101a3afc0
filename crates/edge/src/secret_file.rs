//! Files with a secret: one of 32 random bytes as 64 hexadecimal digits, its owner's alone, made where there is none, and
//! passwords.
//! Must not know what the bytes are for.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};

/// Bytes of a secret.
pub const SECRET_LEN: usize = 32;

/// Reads the file, or makes one of mode 0600 where there is none.
///
/// Errors: what is wrong with the file, to be put after its name: it cannot be read or made, holds something else, or
/// others may read it.
pub fn open(path: &Path) -> Result<[u8; SECRET_LEN], String> {
    if !path.exists() {
        return make(path);
    }
    let read = |error: std::io::Error| format!("cannot be read: {error}");
    let mode = std::fs::metadata(path).map_err(read)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!(
            "may be read by others (mode {:04o})\nhint: chmod 600 {}",
            mode & 0o7777,
            path.display()
        ));
    }
    let text = self::read(path).map_err(read)?;
    let bytes = hex::decode(text.trim()).ok();
    let bytes: Option<[u8; SECRET_LEN]> = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "does not hold 64 hexadecimal digits".to_owned())
}

/// The text of a file, without the line's end that editors add.
pub fn read(path: &Path) -> std::io::Result<String> {
    Ok(std::fs::read_to_string(path)?.trim_end().to_owned())
}

fn make(path: &Path) -> Result<[u8; SECRET_LEN], String> {
    let bytes =
        random().ok_or_else(|| "cannot be made: the system gives no random bytes".to_owned())?;
    create(path, &hex::encode(bytes)).map_err(|error| format!("cannot be made: {error}"))?;
    Ok(bytes)
}

/// Random bytes; none when the system gives none.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes a file of mode 0600 through to the disk; what was there under this name is gone.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => create(path, text),
    }
}

/// As [`write`], where nothing is under this name.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_must_be_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door.token");
        let secret = open(&path).unwrap();
        assert_eq!(open(&path).unwrap(), secret);
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        mode(0o640).unwrap();
        assert!(open(&path).unwrap_err().contains("chmod 600"));
        mode(0o600).unwrap();
        std::fs::write(&path, "short").unwrap();
        assert!(open(&path).unwrap_err().contains("64 hexadecimal digits"));
        assert!(open(&folder.path().join("no/folder")).is_err());
    }
}
