-- Row-level security that costs little: what the policies ask of every table is found once, when a transaction begins
-- to work for somebody, and the widest policy no longer puts the plan of every month of punches into each query.
set lock_timeout = '5s';

-- What app.sees_all_sites and app.visible_site_ids find, past the policies that ask this very question. Security
-- definer for that.
create function app.find_sees_all_sites() returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from app.user_account u
    where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
      and u.all_sites and u.deactivated_at is null);
end
$$;

create function app.find_visible_site_ids() returns uuid[]
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(array_agg(us.site_id), '{}')
    from app.user_site us
    join app.user_account u using (organization_id, user_id)
    where us.organization_id = app.current_organization_id() and us.user_id = app.current_user_id()
      and u.deactivated_at is null);
end
$$;

-- For whom the settings below were found; no user acts for two organisations.
create function app.acting() returns text
  language sql stable parallel safe
  return current_setting('rollcall.organization_id', true) || '/' || nullif(current_setting('rollcall.user_id', true), '');

-- What the transaction works for, until it ends: the settings that the policies read. rollcall.sites holds 'all' or
-- the ids of the user's sites, and rollcall.sites_of for whom they were found: whoever sets the user alone is looked up
-- as before.
create function app.enter(p_organization_id uuid, p_user text, p_token text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_sites text;
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
    perform set_config('rollcall.sites', coalesce(v_sites, '{}'), true),
      set_config('rollcall.sites_of', p_organization_id::text || '/' || p_user, true);
  end if;
end
$$;
comment on function app.enter(uuid, text, text) is
  'Lets the transaction work for an organisation and a user (or system), perhaps by a token.';

create or replace function app.sees_all_sites() returns boolean
  language sql stable parallel safe
  return case
    when current_setting('rollcall.user_id', true) = 'system' then true
    when app.acting() is null then false
    when current_setting('rollcall.sites_of', true) = app.acting() then current_setting('rollcall.sites', true) = 'all'
    else app.find_sees_all_sites()
  end;

create or replace function app.visible_site_ids() returns uuid[]
  language sql stable parallel safe
  return case
    when app.acting() is null then '{}'::uuid[]
    when current_setting('rollcall.sites_of', true) is distinct from app.acting() then app.find_visible_site_ids()
    when current_setting('rollcall.sites', true) = 'all' then '{}'::uuid[]
    else current_setting('rollcall.sites', true)::uuid[]
  end;

-- Whether an employee is a guest: punched at a site that the user sees within a week. Security definer, as the two
-- after it, so that a policy holds a call instead of the plans of other tables with the policies of those: what is in a
-- policy is planned and set up with every query, also for users who see everything.
create function app.is_visible_guest(p_organization_id uuid, p_employee_id uuid) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from attendance.punch p
    where p.organization_id = p_organization_id and p.employee_id = p_employee_id
      and p.occurred_at > now() - interval '7 days'
      -- An id is never much older than its instant, so this leaves the earlier months out.
      and p.punch_id >= app.uuid_at(now() - interval '8 days')
      and p.site_id = any (app.visible_site_ids()));
end
$$;

drop policy employee_site_policy on app.employee;
create policy employee_site_policy on app.employee as restrictive for select to rollcall_api using (
  (select app.sees_all_sites())
  or employee_id = (select app.own_employee_id())
  or exists (
    select from app.employee_site es
    where es.organization_id = employee.organization_id and es.employee_id = employee.employee_id
      and es.site_id = any ((select app.visible_site_ids())::uuid[]))
  or app.is_visible_guest(organization_id, employee_id));

-- Whether an employee is one of a visible site, or a guest there: what the policy of employees says, of somebody else
-- than oneself.
create function app.sees_employee(p_organization_id uuid, p_employee_id uuid) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
      select from app.employee_site es
      where es.organization_id = p_organization_id and es.employee_id = p_employee_id
        and es.site_id = any (app.visible_site_ids()))
    or app.is_visible_guest(p_organization_id, p_employee_id);
end
$$;

do $do$
declare
  v_table text;
begin
  foreach v_table in array array[
    'biometric.consent', 'biometric.photo', 'biometric.template',
    'attendance.day', 'attendance.session', 'attendance.day_punch', 'attendance.day_interval', 'attendance.day_exception',
    'attendance.exception_waiver', 'attendance.due_day', 'attendance.dirty_day', 'attendance.leave', 'attendance.roster',
    'attendance.overtime_approval', 'attendance.correction', 'attendance.adjustment'
  ] loop
    execute format('drop policy %I on %s', split_part(v_table, '.', 2) || '_employee_policy', v_table);
    execute format($policy$create policy %I on %s as restrictive for all to rollcall_api using (
        (select app.sees_all_sites()) or employee_id = (select app.own_employee_id())
        or app.sees_employee(organization_id, employee_id))$policy$,
      split_part(v_table, '.', 2) || '_employee_policy', v_table);
  end loop;
end
$do$;

-- Sites of the employee whom the user is.
create function app.own_site_ids() returns uuid[]
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(array_agg(es.site_id), '{}') from app.employee_site es
    where es.organization_id = app.current_organization_id() and es.employee_id = app.own_employee_id());
end
$$;

drop policy site_site_policy on app.site;
create policy site_site_policy on app.site as restrictive for select to rollcall_api using (
  (select app.sees_all_sites())
  or site_id = any ((select app.visible_site_ids())::uuid[])
  or site_id = any ((select app.own_site_ids())::uuid[]));

-- Whether a punch may be seen, as punch_site_policy has it.
create function attendance.sees_punch(p_organization_id uuid, p_punch_id uuid) returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from attendance.punch p
    where p.organization_id = p_organization_id and p.punch_id = p_punch_id
      and (app.sees_all_sites() or p.site_id = any (app.visible_site_ids()) or p.employee_id = app.own_employee_id()));
end
$$;

drop policy punch_void_punch_policy on attendance.punch_void;
create policy punch_void_punch_policy on attendance.punch_void as restrictive for all to rollcall_api using (
  (select app.sees_all_sites()) or attendance.sees_punch(organization_id, punch_id));

revoke execute on function app.find_sees_all_sites(), app.find_visible_site_ids(), app.acting(),
  app.enter(uuid, text, text), app.is_visible_guest(uuid, uuid),
  app.sees_employee(uuid, uuid), app.own_site_ids(), attendance.sees_punch(uuid, uuid) from public;
grant execute on function app.find_sees_all_sites(), app.find_visible_site_ids(), app.acting(),
  app.enter(uuid, text, text), app.is_visible_guest(uuid, uuid),
  app.sees_employee(uuid, uuid), app.own_site_ids(), attendance.sees_punch(uuid, uuid) to rollcall_api, rollcall_worker;
