//! Punches to put in, rows to look at.

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use rollcall_store::{Database, Scope};
use rollcall_testkit::fixture::{self, Fixture};
use rollcall_testkit::{TestDatabase, wait_until};
use std::time::Duration;
use uuid::Uuid;

/// Long enough for a busy machine; a test that passes needs a fraction of it.
pub const DEADLINE: Duration = Duration::from_secs(30);

pub struct Stage {
    pub database: TestDatabase,
    pub fixture: Fixture,
}

impl Stage {
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        Self { database, fixture }
    }

    pub fn scope(&self) -> Scope {
        self.fixture.scope()
    }

    pub async fn employee(&self, code: &str) -> EmployeeId {
        fixture::employee(&self.database.admin, &self.fixture, code).await
    }

    /// A face punch at the first site with its mark, as `edge.submit_sightings` leaves them.
    pub async fn punch(
        &self,
        employee_id: EmployeeId,
        at: &str,
        direction: Option<&str>,
    ) -> PunchId {
        self.punch_at(self.fixture.site_id, employee_id, at, direction)
            .await
    }

    pub async fn punch_at(
        &self,
        site_id: SiteId,
        employee_id: EmployeeId,
        at: &str,
        direction: Option<&str>,
    ) -> PunchId {
        punch(
            &self.database.admin,
            &self.scope(),
            (site_id, employee_id),
            (at.parse().unwrap(), direction),
        )
        .await
    }

    pub async fn void(&self, punch_id: PunchId) {
        let transaction = self.database.admin.begin(&self.scope()).await.unwrap();
        transaction
            .execute(
                "void punch",
                "with v as (insert into attendance.punch_void (organization_id, punch_id, reason)
                            values ($1, $2, 'test') returning organization_id, punch_id)
                 insert into attendance.dirty_day (organization_id, employee_id, work_date)
                 select p.organization_id, p.employee_id, d.work_date
                 from v join attendance.punch p using (organization_id, punch_id)
                 join attendance.day_punch d using (organization_id, punch_id)",
                &[&self.fixture.organization_id.0, &punch_id.0],
            )
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    /// Voids a punch whose day is closed, so that no reading says which date it is of.
    pub async fn void_late(&self, punch_id: PunchId, work_date: &str) {
        self.execute(&format!(
            "with v as (insert into attendance.punch_void (organization_id, punch_id, reason)
                        values ('{organization_id}', '{punch_id}', 'test'))
             insert into attendance.dirty_day (organization_id, employee_id, work_date)
             select organization_id, employee_id, '{work_date}' from attendance.punch where punch_id = '{punch_id}'",
            organization_id = self.fixture.organization_id,
        ))
        .await;
    }

    /// Every derived row of the organisation as PostgreSQL writes it, with its table's name, in order.
    pub async fn derived_rows(&self) -> Vec<String> {
        self.rows(&[
            "day",
            "session",
            "day_punch",
            "day_interval",
            "day_exception",
        ])
        .await
    }

    /// Every row of these tables of schema `attendance`.
    pub async fn rows(&self, tables: &[&str]) -> Vec<String> {
        let selects: Vec<String> = tables
            .iter()
            .map(|table| {
                format!(
                    "select '{table} ' || t::text as row from attendance.{table} t where organization_id = $1"
                )
            })
            .collect();
        let sql = format!(
            "select row from ({}) as rows order by row collate \"C\"",
            selects.join(" union all ")
        );
        self.query(&sql).await
    }

    /// The first column of a statement that takes the organisation as `$1`.
    pub async fn query(&self, sql: &str) -> Vec<String> {
        let transaction = self.database.admin.begin(&self.scope()).await.unwrap();
        transaction
            .query("look", sql, &[&self.fixture.organization_id.0])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// Changes something as the superuser, within the organisation.
    pub async fn execute(&self, sql: &str) {
        let transaction = self.database.admin.begin(&self.scope()).await.unwrap();
        transaction.execute("change", sql, &[]).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Marks from a date to a date, as rosters and rules do.
    pub async fn mark(&self, employee_id: EmployeeId, from: &str, to: &str) {
        self.execute(&format!(
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
             values ('{}', '{employee_id}', '{from}', '{to}')",
            self.fixture.organization_id
        ))
        .await;
    }

    /// Lets everybody be employed since a date.
    pub async fn hired_on(&self, date: &str) {
        self.execute(&format!("update app.employee set hired_on = '{date}'"))
            .await;
    }

    /// One line per day: code, date, status, local first in and last out, minutes, counted + repeats.
    pub async fn days(&self) -> Vec<String> {
        let transaction = self.database.admin.begin(&self.scope()).await.unwrap();
        transaction
            .query(
                "read days",
                "select format('%s %s %s %s..%s %s min %s+%s %s', e.code, d.work_date, d.status,
                   to_char(d.first_in_at at time zone d.time_zone, 'HH24:MI'),
                   to_char(d.last_out_at at time zone d.time_zone, 'HH24:MI'),
                   d.worked_minutes, d.n_punches, d.n_repeats, d.exceptions)
                 from attendance.day d join app.employee e using (organization_id, employee_id)
                 where d.organization_id = $1 order by e.code, d.work_date",
                &[&self.fixture.organization_id.0],
            )
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    pub async fn n_marks(&self) -> i64 {
        count(
            &self.database.admin,
            "select count(*) from attendance.dirty_day",
        )
        .await
    }

    /// Waits until the days read so.
    pub async fn wait_for_days(&self, expected: &[&str]) {
        wait_until(&format!("days are {expected:?}"), DEADLINE, || async {
            (self.days().await == expected).then_some(())
        })
        .await;
    }
}

pub async fn count(admin: &Database, sql: &str) -> i64 {
    let transaction = admin.begin_unscoped().await.unwrap();
    let row = transaction.query_one("count", sql, &[]).await.unwrap();
    row.get(0)
}

pub async fn punch(
    admin: &Database,
    scope: &Scope,
    (site_id, employee_id): (SiteId, EmployeeId),
    (at, direction): (Timestamp, Option<&str>),
) -> PunchId {
    let transaction = admin.begin(scope).await.unwrap();
    let row = transaction
        .query_one(
            "insert punch",
            "with p as (
               insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction)
               values ($1, $2, $3, $4, 'face', $5) returning organization_id, punch_id
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select $1, $2, (($4 at time zone s.time_zone) - s.day_boundary)::date, p.punch_id
             from p join app.site s on s.organization_id = $1 and s.site_id = $3
             returning punch_id",
            &[&scope.organization_id.0, &employee_id.0, &site_id.0, &at, &direction],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    PunchId(row.get::<_, Uuid>(0))
}
