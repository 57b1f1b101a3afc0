-- The sites of a muster at p_now with what makes it uncertain: one row a site in use, or where somebody is.
-- p_site_id null: all sites. A device is silent when it was not heard of for p_silent_after, or never.
-- Callers: store::muster. Locks: none. Notifications: none. Row-level security of the caller applies.
--
-- Unknown sightings are counted from the beginning of the site's local day (its day boundary): a face that
-- nobody could name may be somebody who is in the building, or who has left it.
create or replace function attendance.muster_site(p_site_id uuid, p_now timestamptz, p_silent_after interval)
  returns table (
    site_id uuid, site_name text, time_zone text, day_begin_at timestamptz, n_on_site bigint, n_last_elsewhere bigint,
    n_devices bigint, silent_devices text[], silent_since timestamptz[], n_unknown bigint, n_review bigint,
    last_unknown_at timestamptz, n_underived bigint
  )
  language sql stable rows 10
  set search_path = pg_catalog, pg_temp
as $$
  with on_site as materialized (
    select m.site_id, m.session_site_id from attendance.muster(null, p_now) as m
  ),
  place as (
    select
      s.organization_id, s.site_id, s.name, s.time_zone, s.deactivated_at,
      (((p_now at time zone s.time_zone) - s.day_boundary)::date + s.day_boundary) at time zone s.time_zone as day_begin_at
    from app.site s
    where p_site_id is null or s.site_id = p_site_id
  )
  select
    place.site_id, place.name, place.time_zone, place.day_begin_at,
    (select count(*) from on_site where on_site.site_id = place.site_id),
    (select count(*) from on_site where on_site.session_site_id = place.site_id and on_site.site_id <> place.site_id),
    device.n_devices, device.silent_devices, device.silent_since,
    seen.n_unknown, seen.n_review, seen.last_unknown_at,
    waiting.n_underived
  from place
  cross join lateral (
    select
      count(*) as n_devices,
      coalesce(array_agg(d.name order by d.name) filter (where silent.is_so), '{}') as silent_devices,
      coalesce(array_agg(a.seen_at order by d.name) filter (where silent.is_so), '{}') as silent_since
    from app.device d
    left join app.device_activity a on a.organization_id = d.organization_id and a.device_id = d.device_id
    cross join lateral (select coalesce(a.seen_at < p_now - p_silent_after, true) as is_so) as silent
    where d.organization_id = place.organization_id and d.site_id = place.site_id and d.revoked_at is null
  ) as device
  cross join lateral (
    select
      count(*) filter (where s.outcome = 'unknown') as n_unknown,
      count(*) filter (where s.outcome = 'review') as n_review,
      max(s.captured_at) as last_unknown_at
    from attendance.sighting s
    where s.organization_id = place.organization_id and s.site_id = place.site_id
      and s.captured_at between place.day_begin_at and p_now
      and s.outcome in ('unknown', 'review')
  ) as seen
  cross join lateral (
    -- People with punches here, late enough to matter, whose days wait for the derivation.
    select count(distinct k.employee_id) as n_underived
    from attendance.dirty_day k
    where k.organization_id = place.organization_id
      and coalesce(k.last_date, k.work_date) >= (place.day_begin_at at time zone 'UTC')::date - 2
      and k.work_date <= (p_now at time zone 'UTC')::date + 1
      and exists (
        select from attendance.punch p
        where p.organization_id = k.organization_id and p.employee_id = k.employee_id and p.site_id = place.site_id
          and p.occurred_at > place.day_begin_at - interval '2 days' and p.occurred_at <= p_now)
  ) as waiting
  where place.deactivated_at is null or place.deactivated_at > p_now
    or exists (select from on_site where on_site.site_id = place.site_id)
$$;
comment on function attendance.muster_site(uuid, timestamptz, interval) is 'Sites of a muster, with the silent devices, unknown faces and waiting punches that make it uncertain.';
grant execute on function attendance.muster_site(uuid, timestamptz, interval) to rollcall_api;
