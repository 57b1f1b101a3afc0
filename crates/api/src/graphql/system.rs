//! How the hub is doing: what waits, who is silent.

use async_graphql::{Context, Enum, Object};
use rollcall_store::organization::{self as store};

use super::scalar::DateTime;
use super::site::count;
use super::viewer;
use crate::failure::Failure;

/// About how large the database is, all organisations together.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatabaseSizeClass {
    /// Below 1 GB.
    Small,
    /// 1 to 10 GB.
    Medium,
    /// 10 to 100 GB.
    Large,
    /// 100 GB and more.
    VeryLarge,
}

impl DatabaseSizeClass {
    fn of(bytes: i64) -> Self {
        const GIGABYTE: i64 = 1_000_000_000;
        match bytes / GIGABYTE {
            ..1 => Self::Small,
            1..10 => Self::Medium,
            10..100 => Self::Large,
            _ => Self::VeryLarge,
        }
    }
}

/// How the hub is doing for your organisation.
pub struct SystemHealth(store::SystemHealth);

/// How the hub is doing for your organisation.
#[Object]
impl SystemHealth {
    /// Version of the server.
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    /// Number of the newest migration of the database.
    async fn schema_version(&self) -> i32 {
        self.0.schema_version
    }

    /// About how large the database is, all organisations together.
    async fn database_size(&self) -> DatabaseSizeClass {
        DatabaseSizeClass::of(self.0.database_bytes)
    }

    /// Whether a worker is connected to the database. Without one nothing is derived and nobody is enrolled.
    async fn has_worker(&self) -> bool {
        self.0.n_worker_connections > 0
    }

    /// Marks of days that wait to be derived.
    async fn n_days_waiting(&self) -> i32 {
        count(self.0.n_days_waiting)
    }

    /// Since when the oldest of them waits; null when none does.
    async fn days_waiting_since(&self) -> Option<DateTime> {
        self.0.days_waiting_since.map(DateTime)
    }

    /// Photographs that wait to be read.
    async fn n_enrolments_waiting(&self) -> i32 {
        count(self.0.n_enrolments_waiting)
    }

    /// Devices that may call.
    async fn n_devices(&self) -> i32 {
        count(self.0.n_devices)
    }

    /// Those of them that did not call within 90 seconds, or never.
    async fn n_devices_unheard(&self) -> i32 {
        count(self.0.n_devices_unheard)
    }
}

#[derive(Default)]
pub struct SystemQuery;

#[Object]
impl SystemQuery {
    /// How the hub is doing. Users who are bound to sites see the part of it that is about their sites.
    async fn system_health(&self, context: &Context<'_>) -> Result<SystemHealth, Failure> {
        let transaction = viewer(context)?.reading().await?;
        let health = store::system_health(&transaction).await?;
        transaction.commit().await?;
        Ok(SystemHealth(health))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_classes() {
        for (bytes, expected) in [
            (0, DatabaseSizeClass::Small),
            (999_999_999, DatabaseSizeClass::Small),
            (1_000_000_000, DatabaseSizeClass::Medium),
            (10_000_000_000, DatabaseSizeClass::Large),
            (100_000_000_000, DatabaseSizeClass::VeryLarge),
        ] {
            assert_eq!(DatabaseSizeClass::of(bytes), expected, "{bytes}");
        }
    }
}
