-- Gives the log-in role of a device of the current organisation another password. Open connections stay.
-- Callers: app.device_enrol and edge.password_set, as the owner of the schema.
-- p_verifier: as of device_role_create.
create or replace function provisioner.device_role_password(p_device_id uuid, p_verifier text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not provisioner.is_verifier(p_verifier) then
    raise exception 'the verifier is not one of SCRAM-SHA-256' using errcode = 'RC005';
  end if;
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is null
  ) then
    raise exception 'there is no device to set the password of' using errcode = 'insufficient_privilege';
  end if;
  execute format('alter role %I password %L', v_role, p_verifier);
end
$$;
comment on function provisioner.device_role_password(uuid, text) is 'Gives the log-in role of a device another password.';
revoke execute on function provisioner.device_role_password(uuid, text) from public;
grant execute on function provisioner.device_role_password(uuid, text) to rollcall_owner;
