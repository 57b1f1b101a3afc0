-- What a camera shows at this moment, for those who look through it: the newest replaces the one before, none is kept.
-- Returns whether somebody still looks; when nobody does, nothing is stored and what was there goes.
-- p_state: what comes from the camera, or switched_off when the box lets nobody look. p_jpeg: at most 128 KiB; null when
-- there is no picture, and then p_taken_at is.
-- More than ten a second of one camera are passed over. A lost picture does not matter, so the commit does not wait for
-- the disk; that is also why it may notify: {"organization_id", "camera_id"} on rollcall_picture.
-- Raises RC005, RC006, RC009 (docs/errors.md).
create or replace function edge.picture_put(p_camera_id uuid, p_state text, p_taken_at timestamptz, p_jpeg bytea) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform set_config('synchronous_commit', 'off', true);
  if not exists (
    select from app.camera
    where camera.organization_id = v_device.organization_id and camera.camera_id = p_camera_id
      and camera.device_id = v_device.device_id
  ) then
    raise exception 'camera `%` does not belong to this device', p_camera_id using errcode = 'RC006';
  end if;
  if not coalesce(p_state in ('opening', 'well', 'unreachable', 'stalled', 'black', 'frozen', 'ended', 'switched_off'), false) then
    raise exception 'state `%` of a camera is not known', p_state using errcode = 'RC005';
  end if;
  if (p_jpeg is null) <> (p_taken_at is null) or length(p_jpeg) not between 4 and 131072
    or substring(p_jpeg from 1 for 3) <> '\xffd8ff'::bytea then
    raise exception 'the picture is no JPEG of at most 128 KiB with its time' using errcode = 'RC005';
  end if;
  -- Held, so that the viewing does not end before the picture is there to be cleared away.
  perform from app.camera_view
  where camera_view.organization_id = v_device.organization_id and camera_view.camera_id = p_camera_id
    and camera_view.until_at > now()
  limit 1
  for share;
  if not found then
    delete from app.camera_picture
    where camera_picture.organization_id = v_device.organization_id and camera_picture.camera_id = p_camera_id;
    return false;
  end if;
  insert into app.camera_picture as known (organization_id, camera_id, site_id, state, taken_at, jpeg)
  values (v_device.organization_id, p_camera_id, v_device.site_id, p_state, p_taken_at, p_jpeg)
  on conflict (organization_id, camera_id) do update
    set site_id = excluded.site_id, state = excluded.state, taken_at = excluded.taken_at,
      put_at = excluded.put_at, jpeg = excluded.jpeg
    where known.put_at < excluded.put_at - interval '100 ms';
  if found then
    perform pg_notify('rollcall_picture',
      json_build_object('organization_id', v_device.organization_id, 'camera_id', p_camera_id)::text);
  end if;
  return true;
end
$$;
comment on function edge.picture_put(uuid, text, timestamptz, bytea) is 'What a camera shows to those who look through it; returns whether somebody still does.';
grant execute on function edge.picture_put(uuid, text, timestamptz, bytea) to rollcall_device;
