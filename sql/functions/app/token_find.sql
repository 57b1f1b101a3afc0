-- The live API token with this SHA-256, with its user and organisation; no row when it is unknown, revoked, expired,
-- or its user is deactivated. Notes the use, at most once a minute, when p_is_use. Called by the hub for each
-- request, in one round trip and outside of any organisation.
create or replace function app.token_find(p_sha256 bytea, p_now timestamptz, p_is_use boolean)
  returns table (organization_id uuid, organization_name text, user_id uuid, email text, display_name text, role text,
    all_sites boolean, employee_id uuid, credential_id uuid, expires_at timestamptz, scopes text[])
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_token record;
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  perform set_config('rollcall.secret_sha256', encode(p_sha256, 'hex'), true);
  select t.organization_id, t.user_id, t.token_id, t.expires_at, t.last_used_at, t.scopes
  into v_token
  from app.api_token t
  where t.token_sha256 = p_sha256 and t.revoked_at is null and t.expires_at > p_now;
  if not found then
    perform set_config('rollcall.secret_sha256', '', true);
    return;
  end if;
  perform set_config('rollcall.organization_id', v_token.organization_id::text, true);
  if p_is_use and coalesce(v_token.last_used_at < p_now - interval '1 minute', true) then
    update app.api_token t set last_used_at = p_now
    where t.organization_id = v_token.organization_id and t.token_id = v_token.token_id
      and coalesce(t.last_used_at < p_now - interval '1 minute', true);
  end if;
  return query
  select u.organization_id, o.name, u.user_id, u.email, u.display_name, u.role, u.all_sites, u.employee_id,
    v_token.token_id, v_token.expires_at, v_token.scopes
  from app.user_account u
  join app.organization o using (organization_id)
  where u.organization_id = v_token.organization_id and u.user_id = v_token.user_id and u.deactivated_at is null;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true), set_config('rollcall.secret_sha256', '', true);
end
$$;
revoke execute on function app.token_find(bytea, timestamptz, boolean) from public;
grant execute on function app.token_find(bytea, timestamptz, boolean) to rollcall_api;
