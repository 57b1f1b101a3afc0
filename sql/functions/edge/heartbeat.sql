-- A sign of life of an idle device. Returns the server's time, for the device's clock check.
-- A lost heartbeat does not matter, so the commit does not wait for the disk.
create or replace function edge.heartbeat() returns timestamptz
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform set_config('synchronous_commit', 'off', true);
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, 0);
  return clock_timestamp();
end
$$;
comment on function edge.heartbeat() is 'A sign of life; returns the server''s time.';
grant execute on function edge.heartbeat() to rollcall_device;
