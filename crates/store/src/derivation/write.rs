//! Rows of derived days: written set-wise, each column as one array. Must not decide which days.

mod detail;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::OrganizationId;
use rollcall_domain::{Minutes, RULE_VERSION};
use uuid::Uuid;

use super::DayKey;
use super::record::DayRecord;
use crate::database::Transaction;
use crate::error::Result;

/// Columns of `attendance.day` that hold minutes, in the order of [`minutes`].
const MINUTE_COLUMNS: &str = "presence_minutes, payable_minutes, unpaid_break_minutes, unpayable_minutes,
 overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes, overtime_holiday_minutes,
 overtime_unapproved_minutes, expected_minutes, late_minutes, early_out_minutes, leave_paid_minutes,
 leave_unpaid_minutes";
const N_MINUTE_COLUMNS: usize = 14;

/// Minutes of a day in the order of their columns.
pub(super) fn minutes(minutes: &Minutes) -> [i32; N_MINUTE_COLUMNS] {
    [
        minutes.presence,
        minutes.payable,
        minutes.unpaid_break,
        minutes.unpayable,
        minutes.overtime_daily,
        minutes.overtime_weekly,
        minutes.overtime_rest_day,
        minutes.overtime_holiday,
        minutes.overtime_unapproved,
        minutes.expected,
        minutes.late,
        minutes.early_out,
        minutes.leave_paid,
        minutes.leave_unpaid,
    ]
}

/// Rows to write in one transaction.
pub(super) struct Writer<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) organization_id: OrganizationId,
}

impl Writer<'_> {
    /// Replaces the rows of these days. `replaced` are those of them that have rows already.
    pub(super) async fn replace(&self, days: &[DayRecord], replaced: &[DayKey]) -> Result<()> {
        if days.is_empty() {
            return Ok(());
        }
        if !replaced.is_empty() {
            self.remove_details(replaced).await?;
        }
        self.take_moved_punches(days).await?;
        self.put_days(days).await?;
        tokio::try_join!(
            self.put_sessions(days),
            self.put_punches(days),
            self.put_intervals(days),
            self.put_exceptions(days),
        )?;
        Ok(())
    }

    /// Removes days with everything that belongs to them.
    pub(super) async fn remove(&self, keys: &[DayKey]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let (employees, dates) = columns(keys);
        self.transaction
            .execute(
                "remove derived days",
                "delete from attendance.day d
                 using unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                 where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date",
                &[&self.organization_id.0, &employees, &dates],
            )
            .await?;
        Ok(())
    }

    /// What belongs to days whose own rows are then overwritten: cheaper than deleting those, which
    /// would look for such rows once more for each day.
    async fn remove_details(&self, keys: &[DayKey]) -> Result<()> {
        let (employees, dates) = columns(keys);
        self.transaction
            .execute(
                "remove what belongs to derived days",
                "with k as materialized (
                   select * from unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                 ), s as (
                   delete from attendance.session d using k
                   where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date
                 ), p as (
                   delete from attendance.day_punch d using k
                   where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date
                 ), i as (
                   delete from attendance.day_interval d using k
                   where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date
                 )
                 delete from attendance.day_exception d using k
                 where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date",
                &[&self.organization_id.0, &employees, &dates],
            )
            .await?;
        Ok(())
    }

    /// A punch is read on one date. Should it still be read on a date that is not derived here, that
    /// date gives it up and is marked; a closed date keeps it.
    async fn take_moved_punches(&self, days: &[DayRecord]) -> Result<()> {
        let punches: Vec<Uuid> = days
            .iter()
            .flat_map(|record| &record.day.punches)
            .map(|punch| punch.punch_id.0)
            .collect();
        if punches.is_empty() {
            return Ok(());
        }
        self.transaction
            .execute(
                "take punches from other days",
                "with moved as (
                   delete from attendance.day_punch p
                   where p.organization_id = $1 and p.punch_id = any ($2)
                     and not exists (select from attendance.period c
                                     where c.organization_id = $1 and c.state = 'closed' and c.valid @> p.work_date)
                   returning p.employee_id, p.work_date
                 )
                 insert into attendance.dirty_day (organization_id, employee_id, work_date)
                 select distinct $1, moved.employee_id, moved.work_date from moved",
                &[&self.organization_id.0, &punches],
            )
            .await?;
        Ok(())
    }

    async fn put_days(&self, days: &[DayRecord]) -> Result<()> {
        let n = days.len();
        let (mut employees, mut dates): (Vec<Uuid>, Vec<Date>) =
            (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut first_in: Vec<Option<Timestamp>> = Vec::with_capacity(n);
        let mut last_out: Vec<Option<Timestamp>> = Vec::with_capacity(n);
        let mut by_class: [Vec<i32>; N_MINUTE_COLUMNS] = Default::default();
        for record in days {
            employees.push(record.key.employee_id.0);
            dates.push(record.key.work_date);
            first_in.push(record.day.first_in_at);
            last_out.push(record.day.last_out_at);
            for (column, minutes) in by_class.iter_mut().zip(minutes(&record.day.minutes)) {
                column.push(minutes);
            }
        }
        let sites: Vec<Uuid> = days.iter().map(|r| r.day.site_id.0).collect();
        let zones: Vec<&str> = days.iter().map(|r| r.day.time_zone.as_str()).collect();
        let statuses: Vec<&str> = days.iter().map(|r| r.day.status.as_str()).collect();
        let worked: Vec<i32> = days.iter().map(|r| r.day.worked_minutes()).collect();
        let n_punches: Vec<i32> = days.iter().map(|r| count(r.day.n_counted())).collect();
        let n_repeats: Vec<i32> = days.iter().map(|r| count(r.day.n_repeats())).collect();
        // PostgreSQL has no arrays of arrays of different lengths; no kind has a comma in it.
        let exceptions: Vec<String> = days
            .iter()
            .map(|record| {
                let kinds: Vec<&str> = record.day.exceptions.iter().map(|e| e.as_str()).collect();
                kinds.join(",")
            })
            .collect();
        let why: Vec<&str> = days.iter().map(|r| r.why.as_str()).collect();
        let kinds: Vec<&str> = days.iter().map(|r| r.day.kind.as_str()).collect();
        let shifts: Vec<Option<Uuid>> =
            days.iter().map(|r| r.day.shift_id.map(|id| id.0)).collect();
        let rule_sets: Vec<Option<Uuid>> = days
            .iter()
            .map(|r| r.day.rule_set.rule_set_id.map(|id| id.0))
            .collect();
        let rule_names: Vec<&str> = days.iter().map(|r| r.day.rule_set.name.as_str()).collect();
        let rule_versions: Vec<i32> = days.iter().map(|r| r.day.rule_set.version).collect();
        let open: Vec<bool> = days.iter().map(|r| r.day.is_open).collect();
        let digests: Vec<&[u8]> = days.iter().map(|r| r.digest.as_slice()).collect();
        let mut parameters: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![
            &self.organization_id.0,
            &RULE_VERSION,
            &employees,
            &dates,
            &sites,
            &zones,
            &statuses,
            &first_in,
            &last_out,
            &worked,
            &n_punches,
            &n_repeats,
            &exceptions,
            &why,
            &kinds,
            &shifts,
            &rule_sets,
            &rule_names,
            &rule_versions,
            &open,
            &digests,
        ];
        for column in &by_class {
            parameters.push(column);
        }
        self.transaction
            .execute("write derived days", &PUT_DAYS, &parameters)
            .await?;
        Ok(())
    }
}

/// Built once: the text is the key of the prepared statement.
static PUT_DAYS: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    const PLAIN: &str = "employee_id, work_date, site_id, time_zone, status, first_in_at, last_out_at, worked_minutes,
 n_punches, n_repeats, exceptions, why, kind, shift_id, rule_set_id, rule_set_name, rule_set_version, is_open, digest";
    let set = |columns: &str| -> String {
        let pairs: Vec<String> = columns
            .split(',')
            .map(str::trim)
            .filter(|column| !["employee_id", "work_date"].contains(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        pairs.join(", ")
    };
    let minutes: Vec<String> = (0..N_MINUTE_COLUMNS)
        .map(|column| format!("${}::integer[]", column + 22))
        .collect();
    format!(
        "insert into attendance.day (organization_id, rule_version, {PLAIN}, {MINUTE_COLUMNS})
         select $1, $2, r.employee_id, r.work_date, r.site_id, r.time_zone, r.status, r.first_in_at, r.last_out_at,
           r.worked_minutes, r.n_punches, r.n_repeats, string_to_array(r.exceptions, ','), r.why::jsonb, r.kind,
           r.shift_id, r.rule_set_id, r.rule_set_name, r.rule_set_version, r.is_open, r.digest, {MINUTE_COLUMNS}
         from unnest($3::uuid[], $4::date[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
           $10::integer[], $11::integer[], $12::integer[], $13::text[], $14::text[], $15::text[], $16::uuid[],
           $17::uuid[], $18::text[], $19::integer[], $20::boolean[], $21::bytea[], {})
           as r ({PLAIN}, {MINUTE_COLUMNS})
         on conflict (organization_id, employee_id, work_date) do update set
           rule_version = excluded.rule_version, {}, {}",
        minutes.join(", "),
        set(PLAIN),
        set(MINUTE_COLUMNS),
    )
});

/// The columns of keys.
pub(super) fn columns(keys: &[DayKey]) -> (Vec<Uuid>, Vec<Date>) {
    keys.iter()
        .map(|key| (key.employee_id.0, key.work_date))
        .unzip()
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
