-- The live session whose cookie has this SHA-256, with its user and organisation; no row when it is unknown,
-- revoked, expired, idle for p_idle_s seconds, or its user is deactivated. Notes the use, at most once a minute,
-- when p_is_use. Called by the hub for each request, in one round trip and outside of any organisation.
create or replace function app.session_find(p_sha256 bytea, p_now timestamptz, p_idle_s integer, p_is_use boolean)
  returns table (organization_id uuid, organization_name text, user_id uuid, email text, display_name text, role text,
    all_sites boolean, employee_id uuid, must_change_password boolean, credential_id uuid, expires_at timestamptz)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_session record;
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  perform set_config('rollcall.secret_sha256', encode(p_sha256, 'hex'), true);
  select s.organization_id, s.user_id, s.session_id, s.method, s.expires_at, coalesce(s.last_used_at, s.created_at) as used_at
  into v_session
  from app.user_session s
  where s.session_sha256 = p_sha256 and s.revoked_at is null and s.expires_at > p_now
    and coalesce(s.last_used_at, s.created_at) > p_now - make_interval(secs => p_idle_s);
  if not found then
    perform set_config('rollcall.secret_sha256', '', true);
    return;
  end if;
  perform set_config('rollcall.organization_id', v_session.organization_id::text, true);
  if p_is_use and v_session.used_at < p_now - interval '1 minute' then
    update app.user_session s set last_used_at = p_now
    where s.organization_id = v_session.organization_id and s.session_sha256 = p_sha256
      and coalesce(s.last_used_at, s.created_at) < p_now - interval '1 minute';
  end if;
  return query
  select u.organization_id, o.name, u.user_id, u.email, u.display_name, u.role, u.all_sites, u.employee_id,
    u.password_is_one_time and v_session.method <> 'sso', v_session.session_id, v_session.expires_at
  from app.user_account u
  join app.organization o using (organization_id)
  where u.organization_id = v_session.organization_id and u.user_id = v_session.user_id and u.deactivated_at is null;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true), set_config('rollcall.secret_sha256', '', true);
end
$$;
revoke execute on function app.session_find(bytea, timestamptz, integer, boolean) from public;
grant execute on function app.session_find(bytea, timestamptz, integer, boolean) to rollcall_api;
