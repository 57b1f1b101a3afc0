//! A real PgBouncer with TLS in front of the test's database, one connection to the server for each device, pooled by
//! transaction. Set up as `docs/pgbouncer.sql` and `docs/operations.md` say.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rollcall_testkit::{TestDatabase, wait_until};
use tokio::sync::OnceCell;

use crate::authority::Shown;

const PASSWORD: &str = "pooler-password-of-tests";

static IS_PASSWORD_SET: OnceCell<()> = OnceCell::const_new();

pub struct Pooler {
    process: Child,
    pub port: u16,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// Starts it; without a certificate it speaks no TLS.
    pub async fn start(database: &TestDatabase, shown: Option<&Shown>) -> Self {
        let admin = database.admin.client().await.unwrap();
        let set_up = include_str!("../../../../docs/pgbouncer.sql");
        admin.batch_execute(set_up).await.unwrap();
        // Roles belong to the server, which all tests of this process share.
        let password = format!("alter role rollcall_pgbouncer password '{PASSWORD}'");
        let set = async || admin.batch_execute(&password).await.unwrap();
        IS_PASSWORD_SET.get_or_init(set).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let at = |name: &str| path.join(name);
        // PgBouncer does not run as root, and what it reads must be open to who it runs as.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let tls = match shown {
            Some(shown) => {
                fs::write(at("certificate.pem"), &shown.certificate).unwrap();
                fs::write(at("key.pem"), &shown.key).unwrap();
                format!(
                    "client_tls_sslmode = require\nclient_tls_cert_file = {}\nclient_tls_key_file = {}\n",
                    at("certificate.pem").display(),
                    at("key.pem").display()
                )
            }
            None => String::new(),
        };
        fs::write(
            at("users.txt"),
            format!("\"rollcall_pgbouncer\" \"{PASSWORD}\"\n"),
        )
        .unwrap();
        let (host, server_port) = server_of(database);
        // PgBouncer cannot be asked to take a free port.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let name = &database.database_name;
        let settings = format!(
            "[databases]\n\
             {name} = host={host} port={server_port} dbname={name} auth_user=rollcall_pgbouncer\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = scram-sha-256\n\
             auth_file = {users}\n\
             auth_query = select role_name, secret from pgbouncer.secret($1)\n\
             pool_mode = transaction\n\
             default_pool_size = 1\n\
             query_wait_timeout = 10\n\
             {tls}",
            users = at("users.txt").display(),
        );
        fs::write(at("pgbouncer.ini"), settings).unwrap();
        let mut command = Command::new("pgbouncer");
        if nix::unistd::geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        let process = command
            .arg(at("pgbouncer.ini"))
            .stdin(Stdio::null())
            .stdout(fs::File::create(at("log")).unwrap())
            .stderr(fs::File::create(at("errors")).unwrap())
            .spawn()
            .unwrap();
        let mut pooler = Self {
            process,
            port,
            _folder: folder,
        };
        let (process, log) = (&mut pooler.process, at("errors"));
        wait_until("the pooler listens", Duration::from_secs(20), || {
            if let Some(status) = process.try_wait().unwrap() {
                let log = fs::read_to_string(&log).unwrap();
                panic!("pgbouncer ended ({status}): {log}");
            }
            let asked = tokio::net::TcpStream::connect(("127.0.0.1", port));
            async move { asked.await.ok() }
        })
        .await;
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether it can be had here: set-up installs it with Debian's packages.
pub fn is_there() -> bool {
    Path::new("/usr/sbin/pgbouncer").exists()
}

fn server_of(database: &TestDatabase) -> (String, u16) {
    let (address, _) = database.admin.target().rsplit_once('/').unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    (host.to_owned(), port.parse().unwrap())
}
