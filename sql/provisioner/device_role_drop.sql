-- Ends the connections of a revoked device of the current organisation and drops its role.
-- Callers: store::device_put, after device_role_close was committed. Without a role nothing happens.
create or replace function provisioner.device_role_drop(p_device_id uuid) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is not null
  ) then
    raise exception 'there is no revoked device to drop the role of' using errcode = 'insufficient_privilege';
  end if;
  perform pg_terminate_backend(pid) from pg_stat_activity where usename = v_role;
  if exists (select from pg_roles where rolname = v_role) then
    execute format('drop role %I', v_role);
  end if;
end
$$;
comment on function provisioner.device_role_drop(uuid) is 'Ends the connections of a revoked device and drops its role.';
revoke execute on function provisioner.device_role_drop(uuid) from public;
grant execute on function provisioner.device_role_drop(uuid) to rollcall_api, rollcall_owner;
