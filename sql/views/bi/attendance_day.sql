-- One row per employee and work date: days that were derived, and people who are awaited.
-- Callers: store::report (daily register), analysts. Locks: none. Row-level security of the reader
-- applies (security_invoker), so the reader needs `rollcall.organization_id` like everybody else.
--
-- Every figure is the derivation's. A row of status `pending` is not derived: work is expected on this
-- work date, its end has not come, and nobody has been seen (attendance.due_day without attendance.day).
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
  array_to_string(d.exceptions, ' ') as exceptions,
  d.kind,
  h.name as shift_name,
  d.is_open,
  d.expected_minutes,
  d.presence_minutes,
  d.payable_minutes,
  d.unpaid_break_minutes,
  d.unpayable_minutes,
  d.overtime_daily_minutes,
  d.overtime_weekly_minutes,
  d.overtime_rest_day_minutes,
  d.overtime_holiday_minutes,
  d.overtime_unapproved_minutes,
  d.late_minutes,
  d.early_out_minutes,
  d.leave_paid_minutes,
  d.leave_unpaid_minutes,
  d.rule_set_name,
  d.rule_set_version
from attendance.day d
join app.site s on s.organization_id = d.organization_id and s.site_id = d.site_id
join app.employee e on e.organization_id = d.organization_id and e.employee_id = d.employee_id
left join attendance.shift h on h.organization_id = d.organization_id and h.shift_id = d.shift_id
union all
select
  w.organization_id,
  s.site_id,
  s.name,
  s.time_zone,
  e.employee_id,
  e.code,
  e.display_name,
  w.work_date,
  null::timestamptz,
  null::timestamp,
  null::timestamptz,
  null::timestamp,
  0,
  0,
  0,
  'pending',
  '',
  'work',
  null::text,
  false,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  null::text,
  null::integer
from attendance.due_day w
join app.employee e on e.organization_id = w.organization_id and e.employee_id = w.employee_id and e.deactivated_at is null
join app.site s on s.organization_id = w.organization_id and s.site_id = coalesce(
  (select r.site_id from attendance.roster r
   where r.organization_id = w.organization_id and r.employee_id = w.employee_id and r.valid @> w.work_date),
  e.home_site_id,
  (select es.site_id from app.employee_site es
   where es.organization_id = w.organization_id and es.employee_id = w.employee_id
   order by es.site_id limit 1))
where w.work_date <= ((now() at time zone s.time_zone) - s.day_boundary)::date
  and not exists (
    select from attendance.day d
    where d.organization_id = w.organization_id and d.employee_id = w.employee_id and d.work_date = w.work_date);

comment on view bi.attendance_day is 'Attendance days, absences and people who are awaited: one row per employee and work date.';
comment on column bi.attendance_day.organization_id is 'The tenant.';
comment on column bi.attendance_day.site_id is 'Site of the first counted punch, else of the roster, else the employee''s home.';
comment on column bi.attendance_day.site_name is 'Name of the site.';
comment on column bi.attendance_day.site_time_zone is 'IANA zone in which the day was derived and the local columns are written.';
comment on column bi.attendance_day.employee_id is 'The employee.';
comment on column bi.attendance_day.employee_code is 'Code of the employee, unique in the organisation.';
comment on column bi.attendance_day.employee_name is 'Display name of the employee.';
comment on column bi.attendance_day.work_date is 'The local day that the work belongs to: of the shift, else by the day boundary of the site.';
comment on column bi.attendance_day.first_in_at is 'Instant of the first counted IN; null without one.';
comment on column bi.attendance_day.first_in_local is 'The same on the wall clock of the site.';
comment on column bi.attendance_day.last_out_at is 'Instant of the last counted OUT; null without one.';
comment on column bi.attendance_day.last_out_local is 'The same on the wall clock of the site.';
comment on column bi.attendance_day.worked_minutes is 'Presence without unpaid breaks.';
comment on column bi.attendance_day.n_punches is 'Counted punches.';
comment on column bi.attendance_day.n_repeats is 'Punches that are kept and not counted: within the cool-down, or between first and last.';
comment on column bi.attendance_day.status is 'incomplete, late, present, on_leave, holiday, rest_day, absent (docs/attendance-rules.md R22); pending: expected, not over, not seen yet.';
comment on column bi.attendance_day.exceptions is 'What a person must look at: codes of docs/attendance-rules.md section 6 separated by spaces.';
comment on column bi.attendance_day.kind is 'What was expected: work, holiday, rest_day, free.';
comment on column bi.attendance_day.shift_name is 'Rostered shift; null without one.';
comment on column bi.attendance_day.is_open is 'Somebody may still be in: minutes of the open session are not counted yet.';
comment on column bi.attendance_day.expected_minutes is 'Expected minutes after leave and holidays.';
comment on column bi.attendance_day.presence_minutes is 'From IN to OUT, breaks taken included: payable + unpaid break + unpayable.';
comment on column bi.attendance_day.payable_minutes is 'Paid minutes, payable overtime included.';
comment on column bi.attendance_day.unpaid_break_minutes is 'Breaks that are not paid.';
comment on column bi.attendance_day.unpayable_minutes is 'Present and not paid: early arrival, unapproved overtime.';
comment on column bi.attendance_day.overtime_daily_minutes is 'Payable overtime outside the shift or beyond the daily threshold.';
comment on column bi.attendance_day.overtime_weekly_minutes is 'Payable overtime beyond the weekly threshold.';
comment on column bi.attendance_day.overtime_rest_day_minutes is 'Payable overtime on a rest day.';
comment on column bi.attendance_day.overtime_holiday_minutes is 'Payable overtime on a public holiday.';
comment on column bi.attendance_day.overtime_unapproved_minutes is 'Overtime that is not paid because nobody approved it.';
comment on column bi.attendance_day.late_minutes is 'First IN after the start of the shift and its grace.';
comment on column bi.attendance_day.early_out_minutes is 'Last OUT before the end of the shift and its grace.';
comment on column bi.attendance_day.leave_paid_minutes is 'Expected minutes under paid leave.';
comment on column bi.attendance_day.leave_unpaid_minutes is 'Expected minutes under unpaid leave.';
comment on column bi.attendance_day.rule_set_name is 'Rule set that the day was derived with.';
comment on column bi.attendance_day.rule_set_version is 'Its version; 0 for the built-in rules.';

grant select on bi.attendance_day to rollcall_api;
