//! Brings a database to this program's schema: checks, extension, roles, migrations, functions and
//! views, month partitions, passwords and rights. Must not know what the tables are for.
//!
//! Works with a superuser, and with an administrator who owns the database and has CREATEROLE.
//! Everything belongs to `rollcall_owner`, a role without log-in, so that forced row-level security
//! holds for the schema's own functions too.

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::{Client, Config, NoTls};

use crate::database::{target, without_password};
use crate::error::{Op, Result, StoreError};
use crate::provisioner::{self, PROVISIONER_ROLE};
use crate::{partition, schema_object};

mod embedded_migrations {
    refinery::embed_migrations!("../../migrations");
}

/// The role that owns every table and function.
pub const OWNER_ROLE: &str = "rollcall_owner";
/// Least server version: uuidv7(), and what the functions' plans were measured with.
const MIN_SERVER_VERSION: i32 = 180_000;
/// Least pgvector version: halfvec and binary_quantize.
const MIN_VECTOR_VERSION: (u32, u32) = (0, 8);
/// One migrator at a time in a database. The letters `rollcall`.
const ADVISORY_LOCK: i64 = 0x726f_6c6c_6361_6c6c;
const HISTORY_TABLE: &str = "rollcall_migration.history";

/// Passwords of the hub's own roles. They come from the instance's secrets.
#[derive(Clone)]
pub struct RolePasswords {
    /// Of `rollcall_api`.
    pub api: String,
    /// Of `rollcall_worker`.
    pub worker: String,
}

impl std::fmt::Debug for RolePasswords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RolePasswords(hidden)")
    }
}

/// What a migration did; all empty when there was nothing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Migrations, for example `V2__organisations_and_people`.
    pub applied: Vec<String>,
    /// Functions and views that were made or replaced.
    pub reapplied: Vec<String>,
    /// New month partitions.
    pub partitions: Vec<String>,
}

/// Migrates the database that `admin_url` names. Safe to call again, and by several processes at once.
///
/// Errors: [`StoreError::DatabaseUnfit`], [`StoreError::SchemaNewer`], [`StoreError::MigrationChanged`]
/// say what to do; [`StoreError::Migrate`] and [`StoreError::SchemaObject`] are ours.
pub async fn migrate(admin_url: &str, passwords: &RolePasswords) -> Result<Report> {
    let (mut client, target) = connect(admin_url).await?;
    wait_for_lock(&client, &target).await?;
    check_server(&client, &target).await?;
    create_roles(&client, &target).await?;
    provisioner::prepare_role(&client).await?;
    create_extension(&client, &target).await?;
    prepare_owner(&client).await?;
    check_not_newer(&client).await?;
    let applied = run_migrations(&mut client, &target, refinery::Target::Latest).await?;
    let reapplied = schema_object::apply(&mut client).await?;
    let partitions = partition::create_missing(&mut client, Timestamp::now()).await?;
    client
        .batch_execute("reset role; reset lock_timeout")
        .await
        .op("leave the owner's role")?;
    provisioner::install(&client).await?;
    grant_database(&client).await?;
    set_passwords(&client, admin_url, passwords).await?;
    let report = Report {
        applied,
        reapplied,
        partitions,
    };
    tracing::info!(
        database = %target,
        "schema is up to date: {} migrations, {} functions and views, {} partitions applied",
        report.applied.len(), report.reapplied.len(), report.partitions.len(),
    );
    Ok(report)
}

/// Brings an empty database to an earlier schema, without functions and views: what a test of an
/// upgrade begins with.
///
/// Errors: as [`migrate`].
pub async fn migrate_to(admin_url: &str, version: i32) -> Result<()> {
    let (mut client, target) = connect(admin_url).await?;
    wait_for_lock(&client, &target).await?;
    check_server(&client, &target).await?;
    create_roles(&client, &target).await?;
    provisioner::prepare_role(&client).await?;
    create_extension(&client, &target).await?;
    prepare_owner(&client).await?;
    run_migrations(&mut client, &target, refinery::Target::Version(version)).await?;
    Ok(())
}

/// Sets who may connect to the database of `client`. A copy of a database starts without these rights.
pub async fn grant_database(client: &Client) -> Result<()> {
    client
        .batch_execute(
            "do $$
            begin
              execute format('revoke connect, temporary on database %I from public', current_database());
              execute format('grant connect on database %I to rollcall_api, rollcall_worker, rollcall_device, rollcall_bi', current_database());
            end
            $$",
        )
        .await
        .op("grant the right to connect")
}

/// The connection string of another role for the database of `admin_url`.
///
/// Errors: [`StoreError::Url`] when `admin_url` is not of the form `postgresql://user:password@host/database`.
pub fn url_for(admin_url: &str, role: &str, password: &str) -> Result<String> {
    // The driver explains what is wrong with it.
    admin_url
        .parse::<Config>()
        .map_err(|source| StoreError::Url {
            url: without_password(admin_url),
            source,
        })?;
    let (scheme, rest) = admin_url
        .split_once("://")
        .ok_or_else(|| StoreError::DatabaseUnfit {
            target: "(a list of keywords)".to_owned(),
            problem: "the connection string is not a URL".to_owned(),
            hint: "write it as postgresql://user:password@host:port/database".to_owned(),
        })?;
    let end_of_host = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end_of_host);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    Ok(format!(
        "{scheme}://{}:{}@{host}{path}",
        encode(role),
        encode(password)
    ))
}

/// Host, port and database name of a connection string, for a client on the same machine.
///
/// Errors: [`StoreError::Url`].
pub fn address(admin_url: &str) -> Result<(String, u16, String)> {
    let config: Config = admin_url.parse().map_err(|source| StoreError::Url {
        url: without_password(admin_url),
        source,
    })?;
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(name)) => name.clone(),
        Some(tokio_postgres::config::Host::Unix(path)) => path.display().to_string(),
        None => "127.0.0.1".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or("postgres");
    Ok((host, port, database.to_owned()))
}

/// Newest migration that this program knows.
pub fn known_version() -> i32 {
    embedded_migrations::migrations::runner()
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

async fn connect(admin_url: &str) -> Result<(Client, String)> {
    let mut config: Config = admin_url.parse().map_err(|source| StoreError::Url {
        url: without_password(admin_url),
        source,
    })?;
    config.application_name("rollcall migrate");
    let target = target(&config);
    let (client, connection) =
        config
            .connect(NoTls)
            .await
            .map_err(|source| StoreError::Connect {
                target: target.clone(),
                source: Box::new(source),
            })?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "migration connection ended"
            );
        }
    });
    Ok((client, target))
}

async fn wait_for_lock(client: &Client, target: &str) -> Result<()> {
    let lock: bool = client
        .query_one("select pg_try_advisory_lock($1)", &[&ADVISORY_LOCK])
        .await
        .op("take the migration lock")?
        .get(0);
    if lock {
        return Ok(());
    }
    let holder = client
        .query_opt(
            "select a.pid, a.application_name from pg_locks l join pg_stat_activity a using (pid)
             where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
               and (l.classid::bigint << 32 | l.objid::bigint) = $1 limit 1",
            &[&ADVISORY_LOCK],
        )
        .await
        .op("find who holds the migration lock")?;
    match holder {
        Some(row) => tracing::info!(
            database = %target,
            "waiting for another migration: server process {} (`{}`)",
            row.get::<_, i32>(0), row.get::<_, String>(1),
        ),
        None => tracing::info!(database = %target, "waiting for another migration"),
    }
    client
        .execute("select pg_advisory_lock($1)", &[&ADVISORY_LOCK])
        .await
        .op("wait for the migration lock")?;
    Ok(())
}

async fn check_server(client: &Client, target: &str) -> Result<()> {
    let row = client
        .query_one(
            "select current_setting('server_version_num')::integer, current_setting('server_version'),
                    (select extversion from pg_extension where extname = 'vector'),
                    (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'vector'),
                    (select default_version from pg_available_extensions where name = 'vector')",
            &[],
        )
        .await
        .op("ask for the server's version")?;
    let unfit = |problem: String, hint: &str| {
        Err(StoreError::DatabaseUnfit {
            target: target.to_owned(),
            problem,
            hint: hint.to_owned(),
        })
    };
    if row.get::<_, i32>(0) < MIN_SERVER_VERSION {
        return unfit(
            format!(
                "it is PostgreSQL {}, at least 18 is needed",
                row.get::<_, String>(1)
            ),
            "upgrade the server, or unset DATABASE_URL to use the embedded one",
        );
    }
    let installed: Option<String> = row.get(2);
    let Some(version) = installed.clone().or(row.get(4)) else {
        return unfit(
            "the extension `vector` (pgvector) is not installed on the server".to_owned(),
            "install pgvector 0.8 or later there (Debian: postgresql-18-pgvector)",
        );
    };
    if !vector_is_enough(&version) {
        let hint = if installed.is_some() {
            "install pgvector 0.8 or later, then run `alter extension vector update`"
        } else {
            "install pgvector 0.8 or later on the server"
        };
        return unfit(
            format!("it has pgvector {version}, at least 0.8 is needed"),
            hint,
        );
    }
    match row.get::<_, Option<String>>(3) {
        Some(schema) if schema != "public" => unfit(
            format!("the extension `vector` is in schema `{schema}`"),
            "run `alter extension vector set schema public`",
        ),
        _ => Ok(()),
    }
}

fn vector_is_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= MIN_VECTOR_VERSION
}

/// Roles belong to the cluster, so they may be there already, and another database of the cluster may
/// be making them at this moment.
async fn create_roles(client: &Client, target: &str) -> Result<()> {
    for (role, login) in [
        (OWNER_ROLE, "nologin"),
        ("rollcall_api", "login"),
        ("rollcall_worker", "login"),
        ("rollcall_device", "nologin"),
        ("rollcall_bi", "nologin"),
        (PROVISIONER_ROLE, "nologin"),
    ] {
        // Makes roles of devices: see `provisioner`.
        let roles = if role == PROVISIONER_ROLE {
            "createrole"
        } else {
            "nocreaterole"
        };
        client
            .batch_execute(&format!(
                "do $$
                begin
                  if not exists (select from pg_roles where rolname = '{role}') then
                    create role {role} {login} nosuperuser nocreatedb {roles} nobypassrls;
                  end if;
                exception when duplicate_object or unique_violation then null;
                end
                $$"
            ))
            .await
            .op("create the hub's roles")?;
    }
    let granted = client
        .batch_execute(&format!(
            "do $$
            begin
              if not pg_has_role(current_user, '{OWNER_ROLE}', 'set') then
                execute format('grant {OWNER_ROLE} to %I with inherit true, set true', current_user);
              end if;
              execute format('grant create on database %I to {OWNER_ROLE}', current_database());
            end
            $$"
        ))
        .await;
    granted.map_err(|source| match source.code().map(|code| code.code()) {
        Some("42501") => StoreError::DatabaseUnfit {
            target: target.to_owned(),
            problem: "this user may not act as `rollcall_owner` or create schemas".to_owned(),
            hint: "migrate as a superuser, or as the owner of the database with CREATEROLE and the admin option on the roles rollcall_*".to_owned(),
        },
        _ => StoreError::Query { operation: "become the schema's owner", source },
    })
}

/// `vector` for the gallery; `btree_gist` for keys without overlaps over uuids.
async fn create_extension(client: &Client, target: &str) -> Result<()> {
    for extension in ["vector", "btree_gist"] {
        let created = client
            .batch_execute(&format!(
                "create extension if not exists {extension} with schema public"
            ))
            .await;
        created.map_err(|source| match source.code().map(|code| code.code()) {
            Some("42501" | "0A000" | "58P01") => StoreError::DatabaseUnfit {
                target: target.to_owned(),
                problem: format!("the extension `{extension}` could not be created by this user"),
                hint: format!(
                    "run `create extension {extension} with schema public` as a superuser first \
                     (btree_gist is in Debian's postgresql-18)"
                ),
            },
            _ => StoreError::Query {
                operation: "create the extensions",
                source,
            },
        })?;
    }
    Ok(())
}

async fn prepare_owner(client: &Client) -> Result<()> {
    client
        .batch_execute(
            "set client_min_messages = warning;
             set role rollcall_owner;
             create schema if not exists rollcall_migration;
             create table if not exists rollcall_migration.schema_object (
               name text not null,
               kind text not null,
               sha256 text not null,
               applied_at timestamptz not null default now(),
               constraint schema_object_pkey primary key (name)
             )",
        )
        .await
        .op("prepare the migration history")
}

async fn check_not_newer(client: &Client) -> Result<()> {
    let exists: bool = client
        .query_one("select to_regclass($1) is not null", &[&HISTORY_TABLE])
        .await
        .op("read the migration history")?
        .get(0);
    if !exists {
        return Ok(());
    }
    let found: i32 = client
        .query_one(
            "select coalesce(max(version), 0)::integer from rollcall_migration.history",
            &[],
        )
        .await
        .op("read the migration history")?
        .get(0);
    let known = known_version();
    if found > known {
        return Err(StoreError::SchemaNewer { found, known });
    }
    Ok(())
}

async fn run_migrations(
    client: &mut Client,
    target: &str,
    last: refinery::Target,
) -> Result<Vec<String>> {
    let mut runner = embedded_migrations::migrations::runner().set_target(last);
    runner.set_migration_table_name(HISTORY_TABLE);
    let report = runner
        .run_async(client)
        .await
        .map_err(|error| match error.kind() {
            refinery::error::Kind::DivergentVersion(applied, _)
            | refinery::error::Kind::MissingVersion(applied) => StoreError::MigrationChanged {
                migration: applied.to_string(),
            },
            _ => StoreError::Migrate {
                target: target.to_owned(),
                source: Box::new(error),
            },
        })?;
    Ok(report
        .applied_migrations()
        .iter()
        .map(ToString::to_string)
        .collect())
}

/// What a role's comment says once an instance has set its password.
const PASSWORD_MARK: &str = "password set by a Rollcall instance";

/// Sets the passwords of the hub's roles where none of an instance is set yet. A second instance on the
/// same server would lock the first one out; it is refused instead.
async fn set_passwords(client: &Client, admin_url: &str, passwords: &RolePasswords) -> Result<()> {
    for (role, password) in [
        ("rollcall_api", &passwords.api),
        ("rollcall_worker", &passwords.worker),
    ] {
        if connect(&url_for(admin_url, role, password)?).await.is_ok() {
            continue;
        }
        let row = client
            .query_one(
                "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = $1",
                &[&role],
            )
            .await
            .op("ask who set a role's password")?;
        if row.get::<_, Option<&str>>(0) == Some(PASSWORD_MARK) {
            let (host, port, database) = address(admin_url)?;
            return Err(StoreError::RoleForeign {
                target: format!("{host}:{port}/{database}"),
                role,
            });
        }
        set_password(client, role, password).await?;
        client
            .batch_execute(&format!("comment on role {role} is '{PASSWORD_MARK}'"))
            .await
            .op("mark a role's password as set")?;
    }
    Ok(())
}

/// Only the SCRAM verifier is sent, so that no log of the server can hold the password.
/// Roles are shared by the databases of a cluster: a migration of another one may change the same row.
pub(crate) async fn set_password(client: &Client, role: &str, password: &str) -> Result<()> {
    const ATTEMPTS: u32 = 10;
    let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
    let statement: String = client
        .query_one(
            "select format('alter role %I login password %L', $1::text, $2::text)",
            &[&role, &verifier],
        )
        .await
        .op("write the statement that sets a role's password")?
        .get(0);
    for attempt in 1.. {
        match client.batch_execute(&statement).await {
            Err(error)
                if attempt < ATTEMPTS
                    && error
                        .as_db_error()
                        .is_some_and(|error| error.message().contains("concurrently")) =>
            {
                tokio::time::sleep(Duration::from_millis(20 * u64::from(attempt))).await;
            }
            result => return result.op("set a role's password"),
        }
    }
    unreachable!("the loop ends by returning")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_roles_url_keeps_host_and_database() {
        for (admin_url, expected) in [
            (
                "postgresql://postgres:x@127.0.0.1:5433/rollcall",
                "postgresql://r:p%40%2F@127.0.0.1:5433/rollcall",
            ),
            (
                "postgres://db.example/rollcall?connect_timeout=3",
                "postgres://r:p%40%2F@db.example/rollcall?connect_timeout=3",
            ),
        ] {
            assert_eq!(url_for(admin_url, "r", "p@/").unwrap(), expected);
        }
        assert!(url_for("host=db user=postgres", "r", "p").is_err());
        assert!(url_for("postgresql://db:port/x", "r", "p").is_err());
    }

    #[test]
    fn pgvector_below_0_8_is_refused() {
        for (version, expected) in [
            ("0.8.0", true),
            ("0.8.6", true),
            ("0.10.1", true),
            ("1.0", true),
            ("0.7.4", false),
            ("0.5", false),
            ("", false),
        ] {
            assert_eq!(vector_is_enough(version), expected, "{version:?}");
        }
    }
}
