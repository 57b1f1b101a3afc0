-- The cameras of the device that is logged in through which somebody looks at this moment (camera_ids), and whether this is
-- the first time that it asks over this connection to the server (is_first). Asked every few seconds by every device, so it
-- costs two index lookups and writes nothing.
-- is_first: a pooler with fewer connections than devices makes a new one for each question, which costs far more than the
-- answer; a device that finds itself there asks less often. A setting of the session remembers it.
create or replace function edge.watched_cameras() returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
  v_is_first boolean := current_setting('rollcall.has_asked', true) is distinct from 'yes';
begin
  if v_is_first then
    perform set_config('rollcall.has_asked', 'yes', false);
  end if;
  return jsonb_build_object(
    'camera_ids', array(
      select distinct camera_view.camera_id
      from app.camera_view
      where camera_view.organization_id = v_device.organization_id and camera_view.device_id = v_device.device_id
        and camera_view.until_at > now()
      order by camera_view.camera_id),
    'is_first', v_is_first);
end
$$;
comment on function edge.watched_cameras() is 'The cameras of the device that is logged in through which somebody looks.';
grant execute on function edge.watched_cameras() to rollcall_device;
