//! One embedded server per test process, its template database, and cleaning up.
//! Must not know what tests do.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, mpsc};

use rollcall_store::embedded::{Options, Server};
use rollcall_store::migrate::{self, RolePasswords};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// The migrated database that each test's database is a copy of.
pub(crate) const TEMPLATE: &str = "rollcall_template";
/// Prefix of the folders in the system's temporary folder; the process id follows.
const FOLDER_PREFIX: &str = "rollcall-test-";
/// Tests lose nothing that matters when the machine stops.
const SETTINGS: [(&str, &str); 6] = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "300"),
    ("shared_buffers", "128MB"),
    ("max_wal_size", "1GB"),
    ("min_wal_size", "80MB"),
];

static SERVER: OnceCell<Server> = OnceCell::const_new();

/// The folder that set-up fills: `ROLLCALL_ASSETS`, else `.rollcall` in the repository.
pub fn assets_dir() -> PathBuf {
    std::env::var_os("ROLLCALL_ASSETS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.rollcall"),
        PathBuf::from,
    )
}

pub(crate) fn role_passwords() -> RolePasswords {
    RolePasswords {
        api: "api-password-of-tests".to_owned(),
        worker: "worker-password-of-tests".to_owned(),
    }
}

/// Panics before the server was started by [`create_database`].
pub(crate) fn url_for(role: &str, database: &str) -> String {
    let server = SERVER.get().expect("a database was made before");
    let url = migrate_url(server, database);
    let passwords = role_passwords();
    match role {
        "rollcall_api" => server.url_for(role, &passwords.api, database),
        "rollcall_worker" => server.url_for(role, &passwords.worker, database),
        _ => url,
    }
}

fn migrate_url(server: &Server, database: &str) -> String {
    let admin_url = server.admin_url();
    let (start, _) = admin_url
        .rsplit_once('/')
        .expect("a connection string ends with the database");
    format!("{start}/{database}")
}

/// A copy of `template`, or a new database without a schema.
pub(crate) async fn create_database(template: Option<&str>) -> String {
    static N_DATABASES: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start).await;
    let name = format!("test_{}", N_DATABASES.fetch_add(1, Ordering::Relaxed));
    let client = connect(&server.admin_url()).await;
    let template = template.unwrap_or("template0");
    client
        .batch_execute(&format!(
            "create database {name} template {template} strategy file_copy"
        ))
        .await
        .expect("a test database can be made");
    if template == TEMPLATE {
        let client = connect(&migrate_url(server, &name)).await;
        migrate::grant_database(&client)
            .await
            .expect("rights on the test database can be given");
    }
    name
}

/// Drops a database in the background: a test does not wait for it.
pub(crate) fn drop_database(name: String) {
    static DROPPER: OnceLock<mpsc::Sender<String>> = OnceLock::new();
    let dropper = DROPPER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<String>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made");
            for name in receiver {
                let Some(server) = SERVER.get() else { continue };
                runtime.block_on(async {
                    let client = connect(&server.admin_url()).await;
                    // What remains disappears with the server's folder.
                    let _ = client
                        .batch_execute(&format!("drop database if exists {name} with (force)"))
                        .await;
                });
            }
        });
        sender
    });
    // The thread only ends with the process.
    let _ = dropper.send(name);
}

async fn start() -> Server {
    remove_folders_of_ended_processes();
    let folder = std::env::temp_dir().join(format!("{FOLDER_PREFIX}{}", std::process::id()));
    // Left by an earlier process with our id.
    let _ = std::fs::remove_dir_all(&folder);
    let options = Options::new(assets_dir().join("postgres"), folder.join("pgdata"));
    let server = Server::start_with(options, &SETTINGS)
        .await
        .unwrap_or_else(|error| panic!("the test server does not start: {error}"));
    let client = connect(&server.admin_url()).await;
    client
        .batch_execute(&format!("create database {TEMPLATE} template template0"))
        .await
        .expect("the template database can be made");
    let url = migrate_url(&server, TEMPLATE);
    if let Err(error) = migrate::migrate(&url, &role_passwords()).await {
        panic!(
            "the template database cannot be migrated: {:?}",
            anyhow::Error::from(error)
        );
    }
    // Nobody may be connected to a template, and the planner should know its catalogues.
    client
        .batch_execute(&format!(
            "alter database {TEMPLATE} with allow_connections false is_template true"
        ))
        .await
        .expect("the template can be closed");
    server
}

/// A server dies with its test process (see `embedded`), but its folder stays. The next one removes it.
fn remove_folders_of_ended_processes() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(pid) = name
            .to_string_lossy()
            .strip_prefix(FOLDER_PREFIX)
            .map(str::to_owned)
        else {
            continue;
        };
        let is_running = |pid: &str| Path::new("/proc").join(pid).exists();
        let server_pid = std::fs::read_to_string(entry.path().join("pgdata/postmaster.pid"))
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned));
        if !is_running(&pid) && !server_pid.is_some_and(|pid| is_running(&pid)) {
            // Somebody else may be doing the same.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("the test server answers");
    tokio::spawn(connection);
    client
}
