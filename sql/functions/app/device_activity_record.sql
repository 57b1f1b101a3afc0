-- Notes that a device was seen and how many sightings it sent in the running minute.
-- Called by the edge functions as their last step. Locks: the device's row in app.device_activity.
create or replace function app.device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer) returns void
  language sql volatile
  set search_path = pg_catalog, pg_temp
as $$
  insert into app.device_activity as activity (organization_id, device_id, rate_window_sightings)
  values (p_organization_id, p_device_id, p_n)
  on conflict (organization_id, device_id) do update
  set seen_at = now(),
    rate_window_at = case when activity.rate_window_at > now() - interval '1 minute' then activity.rate_window_at else now() end,
    rate_window_sightings = case
      when activity.rate_window_at > now() - interval '1 minute' then activity.rate_window_sightings else 0
    end + p_n
$$;
comment on function app.device_activity_record(uuid, uuid, integer) is 'Notes that a device was seen.';
