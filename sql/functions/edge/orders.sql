-- What the hub wants of the device that is logged in, asked for with each sign of life. Reads only.
-- renew_password: its password is older than 90 days, or an operator wants a new one (rollcall device renew).
-- Agents pass over orders that they do not know.
create or replace function edge.orders() returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  return jsonb_build_object(
    'renew_password', v_device.password_is_due or v_device.password_changed_at < now() - interval '90 days'
  );
end
$$;
comment on function edge.orders() is 'What the hub wants of the device that is logged in.';
grant execute on function edge.orders() to rollcall_device;
