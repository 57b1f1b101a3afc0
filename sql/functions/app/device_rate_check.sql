-- Raises RC010 when p_n more sightings would exceed the device's limit in the running minute. The first
-- batch of a minute always passes, so that a limit below the size of a batch cannot block for good.
-- Called by edge.submit_sightings before any work, so that a flood is cheap. Reads only.
create or replace function app.device_rate_check(
  p_organization_id uuid,
  p_device_id uuid,
  p_limit_per_minute integer,
  p_n integer
) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_used integer;
begin
  select device_activity.rate_window_sightings into v_used
  from app.device_activity
  where device_activity.organization_id = p_organization_id and device_activity.device_id = p_device_id
    and device_activity.rate_window_at > now() - interval '1 minute';
  if v_used > 0 and v_used + p_n > p_limit_per_minute then
    raise exception 'more than % sightings in a minute', p_limit_per_minute using errcode = 'RC010',
      hint = 'keep the sightings and send them later; nothing was stored';
  end if;
end
$$;
comment on function app.device_rate_check(uuid, uuid, integer, integer) is 'Raises when a device sends too much.';
