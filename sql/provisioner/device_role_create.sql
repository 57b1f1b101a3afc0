-- Makes the log-in role of a device of the current organisation, and no other role.
-- Callers: store::device_put, as rollcall_api or as the owner of the schema. Works with the rights of
-- rollcall_provisioner, who may make roles and is nobody's to become.
-- p_verifier: the SCRAM-SHA-256 verifier of the password, computed by the caller, so that the password itself
-- reaches neither the server nor its log.
create or replace function provisioner.device_role_create(p_device_id uuid, p_verifier text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not provisioner.is_verifier(p_verifier) then
    raise exception 'the verifier is not one of SCRAM-SHA-256' using errcode = 'invalid_parameter_value';
  end if;
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is null
  ) then
    raise exception 'there is no device to make a role for' using errcode = 'insufficient_privilege';
  end if;
  execute format('create role %I login nosuperuser nocreatedb nocreaterole noinherit connection limit 16 password %L', v_role, p_verifier);
  execute format('grant rollcall_device to %I with inherit true', v_role);
  -- A courtesy to the server: a device can change its own settings, but not its connection limit.
  execute format('alter role %I set statement_timeout = ''30s''', v_role);
  execute format('alter role %I set idle_in_transaction_session_timeout = ''30s''', v_role);
end
$$;
comment on function provisioner.device_role_create(uuid, text) is 'Makes the log-in role of a device of the current organisation.';
revoke execute on function provisioner.device_role_create(uuid, text) from public;
grant execute on function provisioner.device_role_create(uuid, text) to rollcall_api, rollcall_owner;
