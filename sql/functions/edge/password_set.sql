-- Gives the log-in of the device that is logged in another password. Its open connections stay.
-- p_verifier: SCRAM-SHA-256 verifier of the password, which never leaves the box. Raises RC005 for anything else.
create or replace function edge.password_set(p_verifier text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform provisioner.device_role_password(p_device_id => v_device.device_id, p_verifier => p_verifier);
  update app.device
  set password_changed_at = now(), password_is_due = false
  where device.organization_id = v_device.organization_id and device.device_id = v_device.device_id;
  insert into audit.event (organization_id, actor, action, subject_kind, subject_id)
  values (v_device.organization_id, 'system', 'device.renew_password', 'device', v_device.device_id);
end
$$;
comment on function edge.password_set(text) is 'Gives the log-in of the device that is logged in another password.';
grant execute on function edge.password_set(text) to rollcall_device;
