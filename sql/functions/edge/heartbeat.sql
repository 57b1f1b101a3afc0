-- A sign of life of an idle device. Returns the server's time, for the device's clock check.
-- p_status: what the agent says of itself (rollcall_store::device::Status); null leaves what it said before.
-- A lost heartbeat does not matter, so the commit does not wait for the disk.
create or replace function edge.heartbeat(p_status jsonb default null) returns timestamptz
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
  v_problems text[];
begin
  perform set_config('synchronous_commit', 'off', true);
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, 0);
  if p_status is not null then
    if jsonb_typeof(p_status) <> 'object' or length(p_status::text) > 16384 then
      raise exception 'the status is no object of at most 16 KiB' using errcode = 'RC005';
    end if;
    begin
      v_problems := app.device_problems(p_status);
    exception when data_exception or invalid_parameter_value then
      raise exception 'the status cannot be read: %', sqlerrm using errcode = 'RC005';
    end;
    update app.device_activity
    set status = p_status, status_at = now(), problems = v_problems
    where device_activity.organization_id = v_device.organization_id and device_activity.device_id = v_device.device_id;
  end if;
  return clock_timestamp();
end
$$;
comment on function edge.heartbeat(jsonb) is 'A sign of life, with what the agent says of itself; returns the server''s time.';
grant execute on function edge.heartbeat(jsonb) to rollcall_device;
