-- Who is on site at p_now: one row for each person with an open session, at the site of the person's last
-- punch. p_site_id null: all sites.
-- Callers: attendance.muster_site, store::muster. Locks: none. Notifications: none. Row-level security of
-- the caller applies.
--
-- Somebody is on site while the newest session is open as derived: an IN without an OUT, not older than
-- rule R9 allows. When the derivation is late, a session older than `maximum_open_minutes` whose day is due
-- is left out here already. The last punch is read from the punches themselves, repeats included: it says
-- where the person was seen last, also before it is derived.
create or replace function attendance.muster(p_site_id uuid, p_now timestamptz)
  returns table (
    site_id uuid, employee_id uuid, employee_code text, employee_name text, in_at timestamptz, session_site_id uuid,
    last_punch_id uuid, last_at timestamptz, last_source text, camera_name text, device_name text, is_derived boolean
  )
  language sql stable rows 100
  set search_path = pg_catalog, pg_temp
as $$
  with newest as materialized (
    select distinct on (s.employee_id) s.organization_id, s.employee_id, s.site_id, s.in_at, s.work_date
    from app.site
    join attendance.day d on d.organization_id = site.organization_id and d.site_id = site.site_id
      -- By the index of sites and dates: no session stays open for longer (36 hours at most, or a window).
      and d.work_date between (p_now at time zone 'UTC')::date - 4 and (p_now at time zone 'UTC')::date + 1
      and d.is_open
    join attendance.session s on s.organization_id = d.organization_id and s.employee_id = d.employee_id
      and s.work_date = d.work_date
    where s.is_open and s.in_at <= p_now
    order by s.employee_id, s.in_at desc, s.ordinal desc
  )
  select
    punch.site_id, newest.employee_id, employee.code, employee.display_name, newest.in_at, newest.site_id,
    punch.punch_id, punch.occurred_at, punch.source, camera.name, device.name,
    exists (
      select from attendance.day_punch dp
      where dp.organization_id = newest.organization_id and dp.punch_id = punch.punch_id
    )
  from newest
  join app.employee on employee.organization_id = newest.organization_id and employee.employee_id = newest.employee_id
  join attendance.day d on d.organization_id = newest.organization_id and d.employee_id = newest.employee_id
    and d.work_date = newest.work_date
  left join attendance.rule_set_version v on v.organization_id = d.organization_id and v.rule_set_id = d.rule_set_id
    and v.version = d.rule_set_version
  left join attendance.due_day due on due.organization_id = d.organization_id and due.employee_id = d.employee_id
    and due.work_date = d.work_date
  cross join lateral (
    select p.punch_id, p.site_id, p.occurred_at, p.source, p.camera_id
    from attendance.punch p
    where p.organization_id = newest.organization_id and p.employee_id = newest.employee_id
      and p.occurred_at between newest.in_at and p_now
      and not exists (
        select from attendance.punch_void pv where pv.organization_id = p.organization_id and pv.punch_id = p.punch_id
      )
    order by p.occurred_at desc, p.punch_id desc
    limit 1
  ) as punch
  left join app.camera on camera.organization_id = newest.organization_id and camera.camera_id = punch.camera_id
  left join app.device on device.organization_id = camera.organization_id and device.device_id = camera.device_id
  where not (
      newest.in_at + make_interval(mins => coalesce((v.rules ->> 'maximum_open_minutes')::integer, 960)) <= p_now
      and coalesce(due.due_at <= p_now, false)
    )
    and (p_site_id is null or punch.site_id = p_site_id)
$$;
comment on function attendance.muster(uuid, timestamptz) is 'People on site at an instant, by the site of their last punch.';
grant execute on function attendance.muster(uuid, timestamptz) to rollcall_api;
