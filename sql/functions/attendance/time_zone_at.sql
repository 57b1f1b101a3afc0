-- The time zone that a site had at an instant; null for an unknown site.
create or replace function attendance.time_zone_at(
  p_organization_id uuid,
  p_site_id uuid,
  p_instant timestamptz
) returns text
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (select change.earlier_time_zone
     from app.site_zone_change as change
     where change.organization_id = p_organization_id and change.site_id = p_site_id and change.changed_at > p_instant
     order by change.changed_at
     limit 1),
    site.time_zone)
  from app.site
  where site.organization_id = p_organization_id and site.site_id = p_site_id
$$;
comment on function attendance.time_zone_at(uuid, uuid, timestamptz) is 'The time zone that a site had at an instant.';
grant execute on function attendance.time_zone_at(uuid, uuid, timestamptz) to rollcall_api, rollcall_worker;
