-- Marks these dates of these employees to be derived again, one mark each, within what is known of each
-- (attendance.known_dates). A missing date is no bound. Returns the number of marks.
-- Callers: store::mark. Locks: none. Notifications: none.
-- Security definer: what a user changes at a site also concerns people whom the user does not see; a mark tells
-- nothing and changes nothing but when a day is derived. The policy of the organisation applies.
create or replace function attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date)
  returns bigint
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with marked as (
    insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
    select e.organization_id, e.employee_id, span.first_date, span.last_date
    from app.employee e
    cross join lateral attendance.known_dates(e.organization_id, e.employee_id) as known
    cross join lateral (
      select greatest(p_from, known.first_date) as first_date, least(p_to, known.last_date) as last_date
    ) as span
    where e.organization_id = app.current_organization_id() and e.employee_id = any (p_employee_ids)
      and span.first_date <= span.last_date
    order by e.employee_id
    returning 1
  )
  select count(*) from marked
$$;
comment on function attendance.mark_days(uuid[], date, date) is 'Marks dates of employees to be derived again.';
revoke execute on function attendance.mark_days(uuid[], date, date) from public;
grant execute on function attendance.mark_days(uuid[], date, date) to rollcall_api, rollcall_worker;
