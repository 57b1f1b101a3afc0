-- The second factor of a user; no row without one. Called at log-in and when a second factor is set up; refused
-- (42501) once the transaction acts for a user, so that no later query reads a secret.
create or replace function app.totp_secret(p_organization_id uuid, p_user_id uuid)
  returns table (secret bytea, is_confirmed boolean)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  if app.current_user_id() is not null then
    raise exception 'second factors are read before anybody is logged in' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('rollcall.organization_id', p_organization_id::text, true);
  return query
  select t.secret, t.confirmed_at is not null
  from app.user_totp t
  where t.organization_id = p_organization_id and t.user_id = p_user_id;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true);
end
$$;
revoke execute on function app.totp_secret(uuid, uuid) from public;
grant execute on function app.totp_secret(uuid, uuid) to rollcall_api;
