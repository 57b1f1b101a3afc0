-- The device that is logged in, by its database role; sets rollcall.organization_id for the transaction.
-- Raises RC009 for a role that is no device, or a revoked one. Called by every edge function, whose
-- caller can forge nothing here: session_user is the role that logged in, whatever was set later.
create or replace function app.device_of_session() returns app.device
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype;
begin
  select device.* into v_device
  from app.device
  where device.database_role = session_user::text and device.revoked_at is null;
  if not found then
    raise exception 'role `%` is not a device, or was revoked', session_user using errcode = 'RC009';
  end if;
  perform set_config('rollcall.organization_id', v_device.organization_id::text, true);
  return v_device;
end
$$;
comment on function app.device_of_session() is 'The device that is logged in.';
