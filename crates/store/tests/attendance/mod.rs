//! What the tests of corrections and periods share: people, punches, and derived rows as the derivation
//! would leave them. Must not derive.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "each test file uses a part"
)]

use rollcall_domain::id::{EmployeeId, PunchId, UserId};
use rollcall_store::Scope;
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use uuid::Uuid;

/// An organisation with two employees and two users, and no marks.
pub struct Office {
    pub db: TestDatabase,
    pub fixture: Fixture,
    pub ada: EmployeeId,
    pub bob: EmployeeId,
    pub manager: Scope,
    pub boss: Scope,
}

impl Office {
    pub async fn new() -> Self {
        let db = TestDatabase::create().await;
        let fixture = fixture::organization(&db).await;
        let ada = fixture::employee(&db.admin, &fixture, "ada").await;
        let bob = fixture::employee(&db.admin, &fixture, "bob").await;
        let manager = user(&db, &fixture, "Manager").await;
        let boss = user(&db, &fixture, "Boss").await;
        let office = Self {
            db,
            fixture,
            ada,
            bob,
            manager,
            boss,
        };
        office.execute("delete from attendance.dirty_day").await;
        office
    }

    /// Runs statements as the superuser.
    pub async fn execute(&self, sql: &str) {
        let client = self.db.admin.client().await.unwrap();
        client.batch_execute(sql).await.unwrap();
    }

    /// Reads one text a row, as the superuser.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let client = self.db.admin.client().await.unwrap();
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let client = self.db.admin.client().await.unwrap();
        let sql = format!("select count(*) from {table}");
        client.query_one(&sql, &[]).await.unwrap().get(0)
    }

    /// Dates of the marks with the punches that caused them.
    pub async fn marks(&self) -> Vec<String> {
        self.texts("select concat_ws(' ', work_date, punch_id) from attendance.dirty_day order by work_date, dirty_id")
            .await
    }

    /// A punch at the first site that somebody typed in.
    pub async fn punch(
        &self,
        employee_id: EmployeeId,
        at: &str,
        direction: Option<&str>,
    ) -> PunchId {
        let punch_id = PunchId(Uuid::now_v7());
        let direction = direction.map_or("null".to_owned(), |word| format!("'{word}'"));
        self.execute(&format!(
            "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction)
             values ('{}', '{punch_id}', '{employee_id}', '{}', '{at}', 'manual', {direction})",
            self.fixture.organization_id, self.fixture.site_id
        ))
        .await;
        punch_id
    }

    pub async fn void(&self, punch_id: PunchId) {
        self.execute(&format!(
            "insert into attendance.punch_void (organization_id, punch_id, reason) values ('{}', '{punch_id}', 'test')",
            self.fixture.organization_id
        ))
        .await;
    }

    /// A derived day of eight hours, one of them overtime of class daily.
    pub async fn day(&self, employee_id: EmployeeId, work_date: &str, status: &str) {
        let minutes = if status == "absent" { 0 } else { 480 };
        let overtime = minutes / 8;
        self.execute(&format!(
            "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status, worked_minutes,
               n_punches, n_repeats, exceptions, why, rule_version, kind, rule_set_name, rule_set_version, is_open,
               presence_minutes, payable_minutes, unpaid_break_minutes, unpayable_minutes, overtime_daily_minutes,
               overtime_weekly_minutes, overtime_rest_day_minutes, overtime_holiday_minutes, overtime_unapproved_minutes,
               expected_minutes, late_minutes, early_out_minutes, leave_paid_minutes, leave_unpaid_minutes, digest)
             values ('{}', '{employee_id}', '{work_date}', '{}', 'Europe/Berlin', '{status}', {minutes},
               2, 0, '{{}}', '[]', '2', 'work', 'built-in', 0, false,
               {minutes}, {minutes}, 0, 0, {overtime}, 0, 0, 0, 0, 480, 0, 0, 0, 0, '\\x00')",
            self.fixture.organization_id, self.fixture.site_id
        ))
        .await;
    }

    /// Says that a punch counts as IN on a day.
    pub async fn day_punch(&self, employee_id: EmployeeId, work_date: &str, punch_id: PunchId) {
        self.execute(&format!(
            "insert into attendance.day_punch (organization_id, employee_id, work_date, punch_id, is_counted, direction, direction_reason)
             values ('{}', '{employee_id}', '{work_date}', '{punch_id}', true, 'in', 'key')",
            self.fixture.organization_id
        ))
        .await;
    }

    pub async fn exception(&self, employee_id: EmployeeId, work_date: &str, kind: &str) {
        self.execute(&format!(
            "insert into attendance.day_exception (organization_id, employee_id, work_date, kind, punch_ids, sentence)
             values ('{}', '{employee_id}', '{work_date}', '{kind}', '{{}}', 'something happened')",
            self.fixture.organization_id
        ))
        .await;
    }
}

async fn user(db: &TestDatabase, fixture: &Fixture, name: &str) -> Scope {
    let email = format!("{}@example.com", name.to_lowercase());
    let spec = UserSpec {
        email: &email,
        display_name: name,
        role: UserRole::HrAdmin,
        password_hash: "not a hash",
        password_is_one_time: false,
    };
    let user_id: UserId = provision::user_create(&db.admin, fixture.organization_id, &spec)
        .await
        .unwrap();
    Scope {
        user_id: Some(user_id),
        token_id: None,
        ..fixture.scope()
    }
}
