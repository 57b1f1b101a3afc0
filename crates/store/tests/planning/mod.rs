//! What the tests of shifts, rosters, rules and calendars share: people known since 2026-01-01, days
//! opened far ahead (so that no test depends on today), and reading the marks of a change.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "each test file uses a part"
)]

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, ShiftId};
use rollcall_domain::{Segment, Shift, ShiftKind};
use rollcall_store::{StoreError, Transaction, shift};
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use uuid::Uuid;

pub struct Planning {
    pub db: TestDatabase,
    pub fixture: Fixture,
    pub ada: EmployeeId,
    pub bob: EmployeeId,
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

impl Planning {
    pub async fn new() -> Self {
        let db = TestDatabase::create().await;
        let fixture = fixture::organization(&db).await;
        let ada = fixture::employee(&db.admin, &fixture, "A1").await;
        let bob = fixture::employee(&db.admin, &fixture, "B2").await;
        let planning = Self {
            db,
            fixture,
            ada,
            bob,
        };
        planning
            .admin("update app.employee set hired_on = '2026-01-01'")
            .await;
        planning
            .admin(
                "insert into attendance.day_opening (organization_id, opened_through)
                 select organization_id, '2099-12-31' from app.organization
                 on conflict (organization_id) do update set opened_through = excluded.opened_through",
            )
            .await;
        planning.marks().await;
        planning
    }

    /// A transaction of the API's role.
    pub async fn begin(&self) -> Transaction {
        self.db.api.begin(&self.fixture.scope()).await.unwrap()
    }

    /// Runs statements as the superuser.
    pub async fn admin(&self, sql: &str) {
        let client = self.db.admin.client().await.unwrap();
        client.batch_execute(sql).await.unwrap();
    }

    /// Reads one text a row, as the superuser.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let client = self.db.admin.client().await.unwrap();
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Takes all marks: `A1 2026-11-02 2026-11-08`.
    pub async fn marks(&self) -> Vec<String> {
        let marks = self
            .texts(
                "select concat_ws(' ', e.code, d.work_date, d.last_date)
                 from attendance.dirty_day d join app.employee e using (employee_id) order by 1",
            )
            .await;
        self.admin("delete from attendance.dirty_day").await;
        marks
    }

    /// Makes the shifts Early (06:00 to 14:00), Late (14:00 to 22:00) and Night (22:00 to 06:00).
    pub async fn shifts(&self) -> [ShiftId; 3] {
        let transaction = self.begin().await;
        let mut ids = Vec::new();
        for (name, begin, end) in [
            ("Early", 360, 840),
            ("Late", 840, 1320),
            ("Night", 1320, 1800),
        ] {
            let shift = fixed(name, begin, end);
            shift::shift_create(&transaction, &shift).await.unwrap();
            ids.push(shift.shift_id);
        }
        transaction.commit().await.unwrap();
        ids.try_into().unwrap()
    }
}

pub fn fixed(name: &str, begin_minute: i32, end_minute: i32) -> Shift {
    Shift {
        shift_id: ShiftId(Uuid::now_v7()),
        name: name.to_owned(),
        kind: ShiftKind::Fixed,
        segments: vec![Segment {
            begin_minute,
            end_minute,
        }],
        core: None,
        expected_minutes: None,
        window_before_minutes: 120,
        window_after_minutes: 240,
        breaks: Vec::new(),
    }
}

/// The text of a refusal.
pub fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    result.expect_err("the call must be refused").to_string()
}
