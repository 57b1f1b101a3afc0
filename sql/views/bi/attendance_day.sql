-- One row per employee, work date and site: days that were derived, and absences.
-- Callers: store::report (daily register), analysts. Locks: none. Row-level security of the reader
-- applies (security_invoker), so the reader needs `rollcall.organization_id` like everybody else.
--
-- An absence is generated for every work date from the one on which an employee was created to the
-- present one, unless the employee has a day row (at any site) or was deactivated before.
create or replace view bi.attendance_day with (security_invoker = true) as
select
  d.organization_id,
  d.site_id,
  s.name as site_name,
  d.time_zone as site_time_zone,
  d.employee_id,
  e.code as employee_code,
  e.display_name as employee_name,
  d.work_date,
  d.first_in_at,
  d.first_in_at at time zone d.time_zone as first_in_local,
  d.last_out_at,
  d.last_out_at at time zone d.time_zone as last_out_local,
  d.worked_minutes,
  d.n_punches,
  d.n_repeats,
  d.status,
  array_to_string(d.exceptions, ' ') as exceptions
from attendance.day d
join app.site s on s.organization_id = d.organization_id and s.site_id = d.site_id
join app.employee e on e.organization_id = d.organization_id and e.employee_id = d.employee_id
union all
select
  s.organization_id,
  s.site_id,
  s.name,
  s.time_zone,
  e.employee_id,
  e.code,
  e.display_name,
  a.work_date,
  null::timestamptz,
  null::timestamp,
  null::timestamptz,
  null::timestamp,
  0,
  0,
  0,
  'absent',
  ''
from app.site s
join app.employee_site es on es.organization_id = s.organization_id and es.site_id = s.site_id
join app.employee e on e.organization_id = es.organization_id and e.employee_id = es.employee_id
cross join lateral (
  select b.first_date + n as work_date
  from (
    select
      ((e.created_at at time zone s.time_zone) - s.day_boundary)::date as first_date,
      ((least(e.deactivated_at, now()) at time zone s.time_zone) - s.day_boundary)::date as last_date
  ) as b
  cross join lateral generate_series(0, b.last_date - b.first_date) as n
) as a
where not exists (
  select from attendance.day d
  where d.organization_id = e.organization_id and d.employee_id = e.employee_id and d.work_date = a.work_date
);

comment on view bi.attendance_day is 'Attendance days and absences: one row per employee, work date and site.';
comment on column bi.attendance_day.organization_id is 'The tenant.';
comment on column bi.attendance_day.site_id is 'Site of the first counted punch; of an absence, each site of the employee.';
comment on column bi.attendance_day.site_name is 'Name of the site.';
comment on column bi.attendance_day.site_time_zone is 'IANA zone in which the day was derived and the local columns are written.';
comment on column bi.attendance_day.employee_id is 'The employee.';
comment on column bi.attendance_day.employee_code is 'Code of the employee, unique in the organisation.';
comment on column bi.attendance_day.employee_name is 'Display name of the employee.';
comment on column bi.attendance_day.work_date is 'The local day that the work belongs to; it begins at the day boundary of the site.';
comment on column bi.attendance_day.first_in_at is 'Instant of the first counted IN; null without one.';
comment on column bi.attendance_day.first_in_local is 'The same on the wall clock of the site.';
comment on column bi.attendance_day.last_out_at is 'Instant of the last counted OUT; null without one.';
comment on column bi.attendance_day.last_out_local is 'The same on the wall clock of the site.';
comment on column bi.attendance_day.worked_minutes is 'Whole minutes of elapsed time, summed over the sessions that have both ends.';
comment on column bi.attendance_day.n_punches is 'Counted punches.';
comment on column bi.attendance_day.n_repeats is 'Punches within the cool-down: kept, not counted.';
comment on column bi.attendance_day.status is 'present: every session has both ends; incomplete: see exceptions; absent: active, and not seen anywhere on a past or present work date.';
comment on column bi.attendance_day.exceptions is 'What a person must look at, codes separated by spaces: missing_in, missing_out, open_session, unknown_time_zone.';

grant select on bi.attendance_day to rollcall_api;
