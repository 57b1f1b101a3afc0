//! What the tests of this crate share: a world with a device, sightings, raw reads.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "each test file uses a part"
)]

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, EmployeeId, SightingId};
use rollcall_store::device::{DeviceClient, Outcome, Pad, Sighting, SightingOutcome};
use rollcall_store::{Result, StoreError};
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// A database with one organisation and its connected device.
pub struct World {
    pub db: TestDatabase,
    pub fixture: Fixture,
    pub device: DeviceClient,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDatabase::create().await;
        let fixture = fixture::organization(&db).await;
        let device = DeviceClient::connect(&db.device_url(&fixture.device))
            .await
            .unwrap();
        Self {
            db,
            fixture,
            device,
        }
    }

    /// An employee of the device's site with one template.
    pub async fn person(&self, code: &str, embedding: &[f32]) -> EmployeeId {
        let employee_id = fixture::employee(&self.db.admin, &self.fixture, code).await;
        fixture::template(&self.db.admin, &self.fixture, employee_id, embedding).await;
        employee_id
    }

    /// A good sighting by the entry camera.
    pub fn sighting(&self, embedding: Vec<f32>, captured_at: Timestamp) -> Sighting {
        sighting(self.fixture.entry_camera_id, embedding, captured_at)
    }

    pub async fn submit(&self, sightings: &[Sighting]) -> Result<Vec<SightingOutcome>> {
        self.device
            .submit_sightings(SPACE_DIGEST, sightings, Timestamp::now())
            .await
    }

    /// Runs a statement as the superuser.
    pub async fn execute(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> u64 {
        self.db
            .admin
            .client()
            .await
            .unwrap()
            .execute(sql, parameters)
            .await
            .unwrap()
    }

    /// Reads one text a row, as the superuser.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        texts(&self.db, sql).await
    }

    pub async fn count(&self, table: &str) -> i64 {
        let client = self.db.admin.client().await.unwrap();
        client
            .query_one(&format!("select count(*) from {table}"), &[])
            .await
            .unwrap()
            .get(0)
    }

    /// Rows of all tables that sightings write to.
    pub async fn n_stored(&self) -> i64 {
        let mut n = 0;
        for table in [
            "sighting",
            "sighting_embedding",
            "sighting_thumbnail",
            "punch",
            "dirty_day",
        ] {
            n += self.count(&format!("attendance.{table}")).await;
        }
        n
    }

    /// Decision and reason as stored, with what the device was told.
    pub async fn decide(&self, sighting: Sighting) -> (Outcome, String, String) {
        let outcomes = self.submit(std::slice::from_ref(&sighting)).await.unwrap();
        assert_eq!(outcomes.len(), 1);
        assert_eq!(outcomes[0].sighting_id, sighting.sighting_id);
        let id = sighting.sighting_id;
        let stored = self
            .texts(&format!(
                "select decision from attendance.sighting where sighting_id = '{id}'"
            ))
            .await;
        let reason = self
            .texts(&format!(
                "select coalesce(reason, '') from attendance.sighting where sighting_id = '{id}'"
            ))
            .await;
        (outcomes[0].outcome, stored[0].clone(), reason[0].clone())
    }
}

pub async fn texts(db: &TestDatabase, sql: &str) -> Vec<String> {
    let client = db.admin.client().await.unwrap();
    client
        .query(sql, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// A good sighting whose id has the time of capture.
pub fn sighting(camera_id: CameraId, embedding: Vec<f32>, captured_at: Timestamp) -> Sighting {
    Sighting {
        sighting_id: sighting_id(captured_at),
        camera_id,
        captured_at,
        embedding,
        quality: 0.9,
        pad: Pad::Live,
        pad_evidence: None,
        n_frames: 5,
        thumbnail: None,
        clock_offset_ms: Some(0),
        agreement: None,
        direction: None,
        greeted: None,
    }
}

pub fn sighting_id(at: Timestamp) -> SightingId {
    let milliseconds = u128::try_from(at.as_millisecond()).unwrap();
    let random = Uuid::now_v7().as_u128() & 0xffff_ffff_ffff_ffff_ffff;
    SightingId(Uuid::from_u128(milliseconds << 80 | random))
}

/// The SQLSTATE of a failed call.
pub fn code<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    let error = result.expect_err("the call must fail");
    error
        .code()
        .unwrap_or_else(|| panic!("no code: {error:?}"))
        .to_owned()
}
