-- Hubs keep what they found of sessions, tokens and users for some seconds; a change is told to all of them at once.
-- And row-level security has one source of a user's sites, app.enter.
set lock_timeout = '5s';

create function app.access_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('rollcall_access', json_build_object('organization_id', old.organization_id)::text);
  return null;
end
$$;
revoke execute on function app.access_changed() from public;
comment on function app.access_changed() is 'Tells hubs that a session, an API token or a user is not what it was.';

-- Not of last_used_at, which every minute of use changes.
create trigger user_session_access_trigger after update of revoked_at, expires_at or delete on app.user_session
  for each row execute function app.access_changed();
create trigger api_token_access_trigger after update of revoked_at, expires_at, scopes or delete on app.api_token
  for each row execute function app.access_changed();
create trigger user_account_access_trigger
  after update of role, all_sites, deactivated_at, employee_id, email, display_name, password_is_one_time or delete on app.user_account
  for each row execute function app.access_changed();

-- rollcall.sites holds 'all' or the ids of the user's sites; without app.enter there is none, and no site is seen.
create or replace function app.enter(p_organization_id uuid, p_user text, p_token text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_sites text := 'all';
begin
  perform set_config('rollcall.organization_id', p_organization_id::text, true),
    set_config('rollcall.user_id', p_user, true),
    set_config('rollcall.token_id', p_token, true);
  if p_user <> 'system' then
    select case when u.all_sites then 'all' else (
        select coalesce(array_agg(us.site_id), '{}')::text from app.user_site us
        where us.organization_id = u.organization_id and us.user_id = u.user_id) end
    into v_sites
    from app.user_account u
    where u.organization_id = p_organization_id and u.user_id = p_user::uuid and u.deactivated_at is null;
  end if;
  perform set_config('rollcall.sites', coalesce(v_sites, '{}'), true);
end
$$;

create or replace function app.sees_all_sites() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('rollcall.sites', true) = 'all', false);

create or replace function app.visible_site_ids() returns uuid[]
  language sql stable parallel safe
  return case
    when coalesce(current_setting('rollcall.sites', true), '') in ('', 'all') then '{}'::uuid[]
    else current_setting('rollcall.sites', true)::uuid[]
  end;

drop function app.find_sees_all_sites();
drop function app.find_visible_site_ids();
drop function app.acting();

-- As before, with the sites read once a call instead of once a row.
create or replace function app.is_visible_guest(p_organization_id uuid, p_employee_id uuid) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_site_ids uuid[] := app.visible_site_ids();
begin
  return exists (
    select from attendance.punch p
    where p.organization_id = p_organization_id and p.employee_id = p_employee_id
      and p.occurred_at > now() - interval '7 days'
      -- An id is never much older than its instant, so this leaves the earlier months out.
      and p.punch_id >= app.uuid_at(now() - interval '8 days')
      and p.site_id = any (v_site_ids));
end
$$;

create or replace function app.sees_employee(p_organization_id uuid, p_employee_id uuid) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_site_ids uuid[] := app.visible_site_ids();
begin
  return exists (
      select from app.employee_site es
      where es.organization_id = p_organization_id and es.employee_id = p_employee_id
        and es.site_id = any (v_site_ids))
    or app.is_visible_guest(p_organization_id, p_employee_id);
end
$$;

-- Only policies of rollcall_api call these.
revoke execute on function app.is_visible_guest(uuid, uuid), app.sees_employee(uuid, uuid), app.own_site_ids(),
  attendance.sees_punch(uuid, uuid) from rollcall_worker;
