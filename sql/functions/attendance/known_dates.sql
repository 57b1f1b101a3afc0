-- The dates of an employee of which anything can be said: from the first on which they were known (hired,
-- recorded, first punch or first day) to the last that is open, tomorrow at least, or has a day.
-- Callers: store::mark, store::derivation (what a change or a re-derivation marks). Locks: none.
-- Notifications: none. Row-level security of the caller applies. Without settings of its own, so that it
-- becomes a part of the calling statement.
create or replace function attendance.known_dates(p_organization_id uuid, p_employee_id uuid)
  returns table (first_date date, last_date date)
  language sql stable rows 1
as $$
  select
    least(e.hired_on, (e.created_at at time zone 'UTC')::date - 1, (p.first_at at time zone 'UTC')::date - 2, d.first_date),
    greatest((now() at time zone 'UTC')::date + 1, o.opened_through, d.last_date)
  from app.employee e
  left join attendance.day_opening o on o.organization_id = e.organization_id
  cross join lateral (
    select min(occurred_at) as first_at from attendance.punch
    where organization_id = e.organization_id and employee_id = e.employee_id
  ) as p
  cross join lateral (
    select min(work_date) as first_date, max(work_date) as last_date from attendance.day
    where organization_id = e.organization_id and employee_id = e.employee_id
  ) as d
  where e.organization_id = p_organization_id and e.employee_id = p_employee_id
$$;
comment on function attendance.known_dates(uuid, uuid) is 'First and last date of an employee of which anything can be said.';
grant execute on function attendance.known_dates(uuid, uuid) to rollcall_api, rollcall_worker;
