-- What a device needs to know when it starts: who and where it is, its cameras (three arrays of one
-- length, by name), and the embedding space that sightings must be in (null before there is one).
-- p_agent_version: the version of the agent, for people who look after devices; null when it does not say.
create or replace function edge.hello(p_agent_version text default null) returns table (
  device_id uuid,
  device_name text,
  site_id uuid,
  site_name text,
  time_zone text,
  camera_ids uuid[],
  camera_names text[],
  camera_directions text[],
  space_digest text,
  space_pack text,
  threshold real,
  server_at timestamptz
)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, 0);
  update app.device_activity
  set agent_version = left(p_agent_version, 64)
  where device_activity.organization_id = v_device.organization_id and device_activity.device_id = v_device.device_id
    and device_activity.agent_version is distinct from left(p_agent_version, 64);
  return query
  select
    v_device.device_id, v_device.name, site.site_id, site.name, site.time_zone,
    coalesce(camera.ids, '{}'), coalesce(camera.names, '{}'), coalesce(camera.directions, '{}'),
    space.digest, space.pack, space.threshold, clock_timestamp()
  from app.site
  cross join lateral (
    select
      array_agg(camera.camera_id order by camera.name) as ids,
      array_agg(camera.name order by camera.name) as names,
      array_agg(camera.direction order by camera.name) as directions
    from app.camera
    where camera.organization_id = v_device.organization_id and camera.device_id = v_device.device_id
  ) as camera
  left join biometric.space on space.organization_id = site.organization_id and space.is_active
  where site.organization_id = v_device.organization_id and site.site_id = v_device.site_id;
end
$$;
comment on function edge.hello(text) is 'Device, site, cameras and embedding space of the device that is logged in.';
grant execute on function edge.hello(text) to rollcall_device;
