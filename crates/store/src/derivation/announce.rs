//! Announcements of what was derived, ids only: "look again". Sent with the commit. Must not be the only
//! way to learn something: see [`crate::listen`].

use std::collections::BTreeSet;

use jiff::civil::Date;
use rollcall_domain::id::{OrganizationId, PunchId};
use serde_json::json;
use uuid::Uuid;

use super::DayKey;
use crate::database::Transaction;
use crate::error::Result;

/// Channel on which derived punches are announced: `{"organization_id", "punch_ids": […]}`.
pub const PUNCH_CHANNEL: &str = "rollcall_punch";

/// Channel on which changed days are announced: `{"organization_id", "days": [[employee, date], …]}`.
pub const DAY_CHANNEL: &str = "rollcall_day";

/// Ids in one announcement; 150 of them are about 5,900 bytes of the 8,000 that PostgreSQL takes.
const PUNCHES_PER_NOTIFICATION: usize = 150;
/// Days in one announcement; 120 of them are about 6,500 bytes.
const DAYS_PER_NOTIFICATION: usize = 120;

pub(super) async fn announce(
    transaction: &Transaction,
    organization_id: OrganizationId,
    punch_ids: &BTreeSet<PunchId>,
    days: &[DayKey],
) -> Result<()> {
    let punch_ids: Vec<Uuid> = punch_ids.iter().map(|id| id.0).collect();
    let days: Vec<(Uuid, Date)> = days
        .iter()
        .map(|key| (key.employee_id.0, key.work_date))
        .collect();
    let of_punches = punch_ids.chunks(PUNCHES_PER_NOTIFICATION).map(|chunk| {
        let payload = json!({ "organization_id": organization_id.0, "punch_ids": chunk });
        (PUNCH_CHANNEL, payload.to_string())
    });
    let of_days = days.chunks(DAYS_PER_NOTIFICATION).map(|chunk| {
        let payload = json!({ "organization_id": organization_id.0, "days": chunk });
        (DAY_CHANNEL, payload.to_string())
    });
    let (channels, payloads): (Vec<&str>, Vec<String>) = of_punches.chain(of_days).unzip();
    if payloads.is_empty() {
        return Ok(());
    }
    transaction
        .execute(
            "announce what was derived",
            "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as n (channel, payload)",
            &[&channels, &payloads],
        )
        .await?;
    Ok(())
}
