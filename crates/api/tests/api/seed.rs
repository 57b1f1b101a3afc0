//! Rows that a device or the worker would write.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use rollcall_store::provision::{self, EmployeeSpec};
use rollcall_testkit::fixture::Fixture;
use serde_json::json;
use uuid::Uuid;

use crate::support::Api;

/// Runs a statement as the superuser, for one organisation; the number of its rows.
macro_rules! execute {
    ($api:expr, $organization_id:expr, $sql:expr, $parameters:expr $(,)?) => {
        async {
            let scope = rollcall_store::Scope::organization($organization_id);
            let transaction = $api.database.admin.begin(&scope).await.unwrap();
            let n_rows = transaction
                .execute("seed", $sql, $parameters)
                .await
                .unwrap();
            transaction.commit().await.unwrap();
            n_rows
        }
    };
}
pub(crate) use execute;

pub async fn employee(api: &Api, code: &str, display_name: &str, sites: &[SiteId]) -> EmployeeId {
    let spec = EmployeeSpec {
        code,
        display_name,
        site_ids: sites,
    };
    provision::employee_create(&api.database.admin, api.fixture.organization_id, &spec)
        .await
        .unwrap()
}

/// A punch as a device leaves it: not derived.
pub struct Punch {
    pub organization_id: OrganizationId,
    pub employee_id: EmployeeId,
    pub site_id: SiteId,
    pub camera_id: Option<Uuid>,
    pub occurred_at: Timestamp,
    pub direction: Option<&'static str>,
}

impl Punch {
    pub fn new(fixture: &Fixture, employee_id: EmployeeId, occurred_at: Timestamp) -> Self {
        Self {
            organization_id: fixture.organization_id,
            employee_id,
            site_id: fixture.site_id,
            camera_id: Some(fixture.entry_camera_id.0),
            occurred_at,
            direction: Some("in"),
        }
    }

    pub async fn store(&self, api: &Api) -> Uuid {
        let punch_id = Uuid::now_v7();
        execute!(
            api,
            self.organization_id,
            "insert into attendance.punch
               (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction, camera_id, similarity)
             values ($1, $2, $3, $4, $5, 'face', $6, $7, 0.75)",
            &[
                &self.organization_id.0,
                &punch_id,
                &self.employee_id.0,
                &self.site_id.0,
                &self.occurred_at,
                &self.direction,
                &self.camera_id,
            ],
        )
        .await;
        punch_id
    }

    /// Stores the punch and its derivation as the worker does, with a notification that is lost.
    pub async fn store_derived(&self, api: &Api) -> Uuid {
        let punch_id = self.store(api).await;
        derive(api, self, punch_id, "counted").await;
        execute!(
            api,
            self.organization_id,
            "insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids)
             values ($1, 'punch', array[$2::uuid], array[$3::uuid], array[$4::uuid])",
            &[
                &self.organization_id.0,
                &punch_id,
                &self.employee_id.0,
                &self.site_id.0,
            ],
        )
        .await;
        punch_id
    }

    /// As [`store_derived`](Self::store_derived), and announces it as the worker does.
    pub async fn announce(&self, api: &Api) -> Uuid {
        let punch_id = self.store_derived(api).await;
        notify(api, self.organization_id, &[punch_id]).await;
        punch_id
    }
}

impl Punch {
    /// Many punches at once, derived and announced as one batch of the worker.
    pub async fn burst(&self, api: &Api, n_punches: i32) {
        let work_date = self.occurred_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        day(api, self.employee_id, self.site_id, work_date, &[]).await;
        execute!(
            api,
            self.organization_id,
            "with p as (
               insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, camera_id)
               select $1, $2, $3, $4, 'face', $7 from generate_series(1, $5::int4)
               returning organization_id, employee_id, site_id, punch_id
             ), d as (
               insert into attendance.day_punch
                 (organization_id, employee_id, work_date, punch_id, is_counted, direction_reason)
               select organization_id, employee_id, $6, punch_id, true, 'camera' from p
             ), c as (
               insert into app.live_change (organization_id, kind, ids, employee_ids, site_ids)
               select $1, 'punch', array_agg(punch_id), array_agg(employee_id), array_agg(site_id) from p
             )
             select pg_notify('rollcall_punch', json_build_object('organization_id', $1::uuid)::text)",
            &[
                &self.organization_id.0,
                &self.employee_id.0,
                &self.site_id.0,
                &self.occurred_at,
                &n_punches,
                &work_date,
                &self.camera_id,
            ],
        )
        .await;
    }
}

/// Writes the reading of a punch: `counted` or `repeat`.
pub async fn derive(api: &Api, punch: &Punch, punch_id: Uuid, reading: &str) {
    let work_date = punch.occurred_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    day(api, punch.employee_id, punch.site_id, work_date, &[]).await;
    let is_counted = reading == "counted";
    execute!(
        api,
        punch.organization_id,
        "insert into attendance.day_punch
           (organization_id, employee_id, work_date, punch_id, is_counted, direction, direction_reason)
         values ($1, $2, $3, $4, $5, case when $5 then $6 end, case when $5 then 'camera' else 'repeat' end)",
        &[
            &punch.organization_id.0,
            &punch.employee_id.0,
            &work_date,
            &punch_id,
            &is_counted,
            &punch.direction,
        ],
    )
    .await;
}

pub async fn notify(api: &Api, organization_id: OrganizationId, punch_ids: &[Uuid]) {
    let payload = json!({ "organization_id": organization_id.0, "punch_ids": punch_ids });
    execute!(
        api,
        organization_id,
        "select pg_notify('rollcall_punch', $1)",
        &[&payload.to_string()],
    )
    .await;
}

/// A session of a day: site, way in, way out.
pub type Stay<'a> = (SiteId, Option<&'a str>, Option<&'a str>);

/// A derived day with its sessions; an existing day stays as it is.
pub async fn day(
    api: &Api,
    employee_id: EmployeeId,
    site_id: SiteId,
    work_date: Date,
    sessions: &[Stay<'_>],
) {
    let organization_id = api.fixture.organization_id;
    let instant = |text: Option<&str>| text.map(|text| text.parse::<Timestamp>().unwrap());
    let first_in_at = sessions.first().and_then(|(_, in_at, _)| instant(*in_at));
    let last_out_at = sessions.last().and_then(|(_, _, out_at)| instant(*out_at));
    execute!(
        api,
        organization_id,
        "insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status,
           first_in_at, last_out_at, worked_minutes, n_punches, n_repeats, exceptions, why, rule_version,
           kind, rule_set_name, rule_set_version, is_open, presence_minutes, payable_minutes, unpaid_break_minutes,
           unpayable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
           overtime_holiday_minutes, overtime_unapproved_minutes, expected_minutes, late_minutes, early_out_minutes,
           leave_paid_minutes, leave_unpaid_minutes, digest)
         select $1, $2, $3, $4, s.time_zone, 'present', $5, $6, 480, 2, 1, '{missing_out}',
           '[{\"text\": \"one\"}, {\"text\": \"two\"}]', '2',
           'work', 'Standard', 3, false, 510, 470, 30, 10, 1, 2, 3, 4, 5, 460, 6, 7, 8, 9, '\\x00'
         from app.site s where s.organization_id = $1 and s.site_id = $4
         on conflict do nothing",
        &[
            &organization_id.0,
            &employee_id.0,
            &work_date,
            &site_id.0,
            &first_in_at,
            &last_out_at,
        ],
    )
    .await;
    for (ordinal, (site_id, in_at, out_at)) in (1_i32..).zip(sessions) {
        execute!(
            api,
            organization_id,
            "insert into attendance.session
               (organization_id, employee_id, work_date, ordinal, site_id, in_at, out_at, worked_minutes, is_open)
             values ($1, $2, $3, $4, $5, $6, $7, 60, $6::timestamptz is not null and $7::timestamptz is null)",
            &[
                &organization_id.0,
                &employee_id.0,
                &work_date,
                &ordinal,
                &site_id.0,
                &instant(*in_at),
                &instant(*out_at),
            ],
        )
        .await;
    }
}

/// An exception of a derived day, with a sentence.
pub async fn exception(api: &Api, employee_id: EmployeeId, work_date: Date, kind: &str) {
    execute!(
        api,
        api.fixture.organization_id,
        "insert into attendance.day_exception (organization_id, employee_id, work_date, kind, punch_ids, sentence)
         values ($1, $2, $3, $4, '{}', 'Something happened.')",
        &[
            &api.fixture.organization_id.0,
            &employee_id.0,
            &work_date,
            &kind,
        ],
    )
    .await;
}

/// Binds a user to these sites.
pub async fn bind(api: &Api, email: &str, site_ids: &[SiteId]) {
    let organization_id = api.fixture.organization_id;
    let ids: Vec<Uuid> = site_ids.iter().map(|id| id.0).collect();
    execute!(
        api,
        organization_id,
        "with bound as (
           update app.user_account set all_sites = false where organization_id = $1 and email = $2
           returning user_id)
         insert into app.user_site (organization_id, user_id, site_id) select $1, user_id, unnest($3::uuid[]) from bound",
        &[&organization_id.0, &email, &ids],
    )
    .await;
}
