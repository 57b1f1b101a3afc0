-- Takes the log-in from the role of a revoked device of the current organisation. To be committed before
-- device_role_drop ends its connections: an agent connects again at once, and must not come in.
-- Callers: store::device_put. Without a role of the device nothing happens.
create or replace function provisioner.device_role_close(p_device_id uuid) returns void
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
    raise exception 'there is no revoked device to close the role of' using errcode = 'insufficient_privilege';
  end if;
  if exists (select from pg_roles where rolname = v_role) then
    execute format('alter role %I nologin', v_role);
    -- Ending its connections takes the rights of the role.
    execute format('grant %I to rollcall_provisioner with inherit true, set false', v_role);
  end if;
end
$$;
comment on function provisioner.device_role_close(uuid) is 'Takes the log-in from the role of a revoked device.';
revoke execute on function provisioner.device_role_close(uuid) from public;
grant execute on function provisioner.device_role_close(uuid) to rollcall_api, rollcall_owner;
