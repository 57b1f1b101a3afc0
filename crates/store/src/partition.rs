//! Month partitions of the large tables, by the time inside their uuidv7 keys.
//! Must not decide what is deleted: retention drops partitions, elsewhere.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::database::Database;
use crate::error::{Op, Result};

/// The partitioned tables: schema, name, key column.
const TABLES: [(&str, &str, &str); 5] = [
    ("attendance", "sighting", "sighting_id"),
    ("attendance", "sighting_embedding", "sighting_id"),
    ("attendance", "sighting_thumbnail", "sighting_id"),
    ("attendance", "punch", "punch_id"),
    ("audit", "event", "event_id"),
];
/// Sightings of a device that was offline arrive late; older ones go to the default partition.
const MONTHS_BACK: i32 = 1;
const MONTHS_AHEAD: i32 = 12;

/// Makes the partitions that are missing from one month before `now` to twelve after, and returns their
/// names. The client must own the tables (role `rollcall_owner`).
///
/// Rows that wait in the default partition move into the new one. Where that is not possible (a voided
/// punch refers to one) the month stays in the default partition, which only costs retention.
pub async fn create_missing(client: &mut Client, now: Timestamp) -> Result<Vec<String>> {
    let existing: Vec<String> = client
        .query(
            "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in ('attendance', 'audit') and c.relispartition",
            &[],
        )
        .await
        .op("list partitions")?
        .iter()
        .map(|row| row.get(0))
        .collect();
    let this_month = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let mut made = Vec::new();
    for offset in -MONTHS_BACK..=MONTHS_AHEAD {
        let month = this_month.saturating_add(offset.months());
        for (schema, table, key) in TABLES {
            let name = format!("{table}_y{:04}m{:02}", month.year(), month.month());
            let parent = format!("{schema}.{table}");
            if !existing.contains(&name) && create(client, &parent, key, month, &name).await? {
                made.push(name);
            }
        }
    }
    Ok(made)
}

/// As [`create_missing`], through a pool whose role is a member of `rollcall_owner`.
pub async fn upkeep(admin: &Database, now: Timestamp) -> Result<Vec<String>> {
    let mut client = admin.client().await?;
    client
        .batch_execute("set role rollcall_owner")
        .await
        .op("act as the schema's owner")?;
    let made = create_missing(&mut client, now).await;
    client
        .batch_execute("reset role")
        .await
        .op("leave the owner's role")?;
    made
}

async fn create(
    client: &mut Client,
    parent: &str,
    key: &str,
    month: Date,
    name: &str,
) -> Result<bool> {
    let schema = parent.split('.').next().unwrap_or_default();
    let (from, to) = (
        first_uuid(month),
        first_uuid(month.saturating_add(1.month())),
    );
    // Forced security hides the default partition's rows from its owner too, so it is lifted for the move.
    let statements = format!(
        "set local lock_timeout = '5s';
         create table {schema}.{name} (like {parent} including defaults including constraints);
         alter table {parent}_default no force row level security;
         with moved as (delete from {parent}_default where {key} >= '{from}' and {key} < '{to}' returning *)
           insert into {schema}.{name} select * from moved;
         alter table {parent}_default force row level security;
         alter table {schema}.{name} enable row level security, force row level security;
         alter table {parent} attach partition {schema}.{name} for values from ('{from}') to ('{to}')"
    );
    let transaction = client.transaction().await.op("begin a partition")?;
    match transaction.batch_execute(&statements).await {
        Ok(()) => {
            transaction.commit().await.op("create a partition")?;
            Ok(true)
        }
        Err(error) if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
            tracing::warn!(
                "rows of `{schema}.{name}` are referred to and stay in the default partition"
            );
            Ok(false)
        }
        // Somebody else made it since we looked.
        Err(error) if error.code() == Some(&SqlState::DUPLICATE_TABLE) => Ok(false),
        Err(error) => Err(error).op("create a partition"),
    }
}

/// The least uuid of a month: its first millisecond (UTC) in the first 48 bits.
fn first_uuid(month: Date) -> Uuid {
    let instant = month
        .to_zoned(TimeZone::UTC)
        .expect("every date has a midnight in UTC")
        .timestamp();
    let milliseconds = u128::try_from(instant.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_meet_without_gap_or_overlap() {
        let january = jiff::civil::date(2026, 1, 1);
        let last = Timestamp::from_millisecond(
            january
                .saturating_add(1.month())
                .to_zoned(TimeZone::UTC)
                .unwrap()
                .timestamp()
                .as_millisecond()
                - 1,
        )
        .unwrap();
        let last =
            u128::try_from(last.as_millisecond()).unwrap() << 80 | 0x7fff_bfff_ffff_ffff_ffff_u128;
        assert!(first_uuid(january).as_u128() < last);
        assert!(last < first_uuid(jiff::civil::date(2026, 2, 1)).as_u128());
    }
}
