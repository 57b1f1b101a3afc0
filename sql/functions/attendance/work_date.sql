-- The work date of an instant at a site for people without a shift (R4): the local date, or the day
-- before while it is earlier than the day boundary; in the zone that the site had then.
-- Good enough for marks, which reach two days around; which date a punch counts for is derived.
-- Null for an unknown site.
create or replace function attendance.work_date(
  p_organization_id uuid,
  p_site_id uuid,
  p_instant timestamptz
) returns date
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select ((p_instant at time zone attendance.time_zone_at(p_organization_id, p_site_id, p_instant)) - site.day_boundary::interval)::date
  from app.site
  where site.organization_id = p_organization_id and site.site_id = p_site_id
$$;
comment on function attendance.work_date(uuid, uuid, timestamptz) is 'The work date of an instant at a site for people without a shift.';
grant execute on function attendance.work_date(uuid, uuid, timestamptz) to rollcall_api, rollcall_worker;
