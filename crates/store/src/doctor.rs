//! Facts about a database for `rollcall doctor`. Changes nothing.

use jiff::Timestamp;

use crate::database::Database;
use crate::error::{Op, Result, StoreError};

/// What is known about the server.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// For example `18.6`.
    pub version: String,
    /// Version of the extension `vector` in this database.
    pub vector_version: String,
    /// This machine's clock minus the server's, in milliseconds, with the round trip halved out.
    pub clock_difference_ms: i64,
}

/// Asks the server for its versions and clock.
pub async fn server(database: &Database) -> Result<ServerFacts> {
    let client = database.client().await?;
    let before = Timestamp::now();
    let row = client
        .query_one(
            "select current_setting('server_version'), clock_timestamp(),
                    (select extversion from pg_extension where extname = 'vector')",
            &[],
        )
        .await
        .op("ask the server for its facts")?;
    let after = Timestamp::now();
    let middle_ms = (before.as_millisecond() + after.as_millisecond()) / 2;
    let vector: Option<String> = row.get(2);
    Ok(ServerFacts {
        version: row.get(0),
        vector_version: vector.ok_or(StoreError::Row {
            operation: "ask the server for its facts",
            column: "extversion",
            value: "no extension vector".to_owned(),
        })?,
        clock_difference_ms: middle_ms - row.get::<_, Timestamp>(1).as_millisecond(),
    })
}

/// Logs in as the pool's role and says what it is: neither superuser nor exempt from row security.
pub async fn role(database: &Database) -> Result<String> {
    let client = database.client().await?;
    let row = client
        .query_one(
            "select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
             from pg_roles where rolname = current_user",
            &[],
        )
        .await
        .op("ask for the role's rights")?;
    if row.get(1) {
        return Err(StoreError::Row {
            operation: "ask for the role's rights",
            column: "rolsuper, rolbypassrls, rolcreaterole or rolcreatedb",
            value: "true".to_owned(),
        });
    }
    Ok("logs in, least privilege".to_owned())
}

/// Number of the newest migration of this database, read with the rights of the hub's roles.
pub async fn schema_version(database: &Database) -> Result<i32> {
    let transaction = database.begin_unscoped().await?;
    let row = transaction
        .query_one("read schema version", "select app.schema_version()", &[])
        .await?;
    transaction.commit().await?;
    Ok(row.get(0))
}
