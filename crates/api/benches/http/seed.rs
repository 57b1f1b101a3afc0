//! One organisation with many employees and punches, a derived day of today for each employee.

use jiff::civil::Date;
use rollcall_domain::id::UserId;
use rollcall_store::Scope;
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_testkit::{TestDatabase, fixture};
use uuid::Uuid;

/// What the measurements need to know.
#[derive(Clone)]
pub struct Seeded {
    pub organization_id: Uuid,
    pub user_id: UserId,
    pub employee_id: Uuid,
    pub scope: Scope,
    pub today: Date,
    pub email: &'static str,
    pub password: &'static str,
}

pub async fn fill(
    database: &TestDatabase,
    n_employees: i32,
    n_punches: i32,
) -> anyhow::Result<Seeded> {
    let fixture = fixture::organization(database).await;
    let (email, password) = ("owner@example.org", "correct horse battery staple");
    let user_id = provision::user_create(
        &database.admin,
        fixture.organization_id,
        &UserSpec {
            email,
            display_name: "Olga Owner",
            role: UserRole::Owner,
            password_hash: &rollcall_api::hash_password(password),
            password_is_one_time: false,
        },
    )
    .await?;
    let organization_id = fixture.organization_id.0;
    let transaction = database.admin.begin(&fixture.scope()).await?;
    let today: Date = transaction
        .query_one(
            "seed",
            "select (now() at time zone 'Europe/Berlin' - interval '4 hours')::date",
            &[],
        )
        .await?
        .get(0);
    transaction
        .execute(
            "seed",
            "with made as (
               insert into app.employee (organization_id, code, display_name)
               select $1, 'E' || n, 'Person ' || lpad(n::text, 6, '0') from generate_series(1, $2::int) as n
               returning organization_id, employee_id)
             insert into app.employee_site (organization_id, employee_id, site_id)
             select organization_id, employee_id, $3 from made",
            &[&organization_id, &n_employees, &fixture.site_id.0],
        )
        .await?;
    // Punches of the last weeks, by id and time ascending as they would have come.
    transaction
        .execute(
            "seed",
            "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction, camera_id, similarity)
             select $1, uuidv7(), e.employee_id, $3, now() - interval '1 minute' - make_interval(mins => ($4::int / $2::int - k) * 360), 'face',
               case k % 2 when 0 then 'in' else 'out' end, $5, 0.75
             from generate_series(1, $4::int / $2::int) as k, app.employee e
             where e.organization_id = $1",
            &[&organization_id, &n_employees, &fixture.site_id.0, &n_punches, &fixture.entry_camera_id.0],
        )
        .await?;
    transaction
        .execute(
            "seed",
            "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status,
               first_in_at, last_out_at, worked_minutes, n_punches, n_repeats, exceptions, why, rule_version,
               kind, rule_set_name, rule_set_version, is_open, presence_minutes, payable_minutes, unpaid_break_minutes,
               unpayable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
               overtime_holiday_minutes, overtime_unapproved_minutes, expected_minutes, late_minutes, early_out_minutes,
               leave_paid_minutes, leave_unpaid_minutes, digest)
             select $1, e.employee_id, d::date, $2, 'Europe/Berlin', 'present',
               now() - interval '8 hours', now(), 480, 2, 0, '{}', '[{\"text\": \"one\"}, {\"text\": \"two\"}]', '2',
               'work', 'Standard', 1, false, 510, 470, 30, 10, 0, 0, 0, 0, 0, 460, 6, 0, 0, 0, '\\x00'
             from app.employee e, generate_series($3::date - 9, $3::date, interval '1 day') as d
             where e.organization_id = $1",
            &[&organization_id, &fixture.site_id.0, &today],
        )
        .await?;
    let employee_id = transaction
        .query_one(
            "seed",
            "select employee_id from app.employee where code = 'E7' and organization_id = $1",
            &[&organization_id],
        )
        .await?
        .get(0);
    transaction.commit().await?;
    let client = database.admin.client().await?;
    client.batch_execute("vacuum analyze").await?;
    Ok(Seeded {
        organization_id,
        user_id,
        employee_id,
        scope: Scope {
            organization_id: fixture.organization_id,
            user_id: Some(user_id),
            token_id: None,
        },
        today,
        email,
        password,
    })
}
