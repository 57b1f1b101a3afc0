//! Development only: a database per test, and things to put into it.
//! Must not be a dependency of anything that ships.

pub mod fixture;
mod server;
mod wait;

use rollcall_store::database::Database;
use rollcall_store::migrate::{self, RolePasswords};
use rollcall_store::provision::DeviceLogin;

pub use server::assets_dir;
pub use wait::wait_until;

/// Connections a pool may open; each test has three pools.
const POOL_CONNECTIONS: usize = 10;

/// A database of one test, copied from a migrated template on this process's embedded server.
/// It is dropped in the background when this value is.
#[derive(Debug)]
pub struct TestDatabase {
    /// Connections of the superuser, who is not subject to row-level security.
    pub admin: Database,
    /// Connections of role `rollcall_api`.
    pub api: Database,
    /// Connections of role `rollcall_worker`.
    pub worker: Database,
    /// Its name.
    pub database_name: String,
}

impl TestDatabase {
    /// Makes a database. The first call in a process starts the server and migrates the template.
    ///
    /// Panics: when PostgreSQL's programs are missing (run `make setup`) or anything else fails.
    pub async fn create() -> Self {
        let database_name = server::create_database(Some(server::TEMPLATE)).await;
        let database = |role: &str, n| {
            Database::new(&server::url_for(role, &database_name), n)
                .expect("the server's own connection string is valid")
        };
        Self {
            admin: database("postgres", POOL_CONNECTIONS),
            api: database("rollcall_api", POOL_CONNECTIONS),
            worker: database("rollcall_worker", POOL_CONNECTIONS),
            database_name,
        }
    }

    /// Makes a database without a schema, to be migrated by the test. Only `admin` can connect.
    pub async fn create_empty() -> Self {
        let database_name = server::create_database(None).await;
        let database = |role: &str| {
            Database::new(&server::url_for(role, &database_name), POOL_CONNECTIONS)
                .expect("the server's own connection string is valid")
        };
        Self {
            admin: database("postgres"),
            api: database("rollcall_api"),
            worker: database("rollcall_worker"),
            database_name,
        }
    }

    /// Connection string of `postgres` (superuser), `rollcall_api` or `rollcall_worker`.
    pub fn url_for(&self, role: &str) -> String {
        server::url_for(role, &self.database_name)
    }

    /// Connection string of a device.
    pub fn device_url(&self, login: &DeviceLogin) -> String {
        migrate::url_for(&self.url_for("postgres"), &login.role, &login.password)
            .expect("the server's own connection string is valid")
    }

    /// Connections of a device's role.
    pub fn device_database(&self, login: &DeviceLogin) -> Database {
        Database::new(&self.device_url(login), POOL_CONNECTIONS)
            .expect("the server's own connection string is valid")
    }

    /// The passwords that the server's roles have.
    pub fn role_passwords() -> RolePasswords {
        server::role_passwords()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        server::drop_database(std::mem::take(&mut self.database_name));
    }
}
