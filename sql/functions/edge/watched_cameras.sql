-- The cameras of the device that is logged in through which somebody looks at this moment. Asked every few seconds by
-- every device, so it costs two index lookups and writes nothing.
create or replace function edge.watched_cameras() returns uuid[]
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  return array(
    select distinct camera_view.camera_id
    from app.camera_view
    where camera_view.organization_id = v_device.organization_id and camera_view.device_id = v_device.device_id
      and camera_view.until_at > now()
    order by camera_view.camera_id);
end
$$;
comment on function edge.watched_cameras() is 'The cameras of the device that is logged in through which somebody looks.';
grant execute on function edge.watched_cameras() to rollcall_device;
