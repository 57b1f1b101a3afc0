-- Who sees what inside an organisation: users for all or listed sites, people who see what is about themselves.
-- The policies are restrictive and for rollcall_api only: they narrow what the organisation's policy allows.
set lock_timeout = '5s';

alter table app.user_account
  add column all_sites boolean not null default true,
  add column employee_id uuid,
  drop constraint user_account_role_check,
  add constraint user_account_role_check check (role in ('owner', 'hr_admin', 'site_manager', 'auditor', 'viewer', 'employee')),
  add constraint user_account_employee_key unique (organization_id, employee_id),
  add constraint user_account_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  add constraint user_account_self_service_check check (role <> 'employee' or (employee_id is not null and not all_sites));
comment on column app.user_account.all_sites is 'Sees every site, also those made later; false: those in app.user_site.';
comment on column app.user_account.employee_id is 'The same person as an employee: may see what is about themselves. Role employee has no other right.';

create table app.user_site (
  organization_id uuid not null,
  user_id uuid not null,
  site_id uuid not null,
  constraint user_site_pkey primary key (organization_id, user_id, site_id),
  constraint user_site_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id),
  constraint user_site_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id)
);
create index user_site_site_idx on app.user_site (organization_id, site_id);
comment on table app.user_site is 'Sites of users who do not see all of them.';
alter table app.user_site enable row level security, force row level security;
create policy user_site_organization_policy on app.user_site
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
grant select, insert, delete on app.user_site to rollcall_api;

-- Setting rollcall.user_id: a user's id; 'system' for work that no user asked for; missing: nobody, who sees
-- nothing that belongs to a site.
create function app.current_user_id() returns uuid
  language sql stable parallel safe
  return nullif(nullif(current_setting('rollcall.user_id', true), ''), 'system')::uuid;

-- Whether the transaction works for the whole organisation. Security definer: reads the account past the
-- policies that ask this very question.
create function app.sees_all_sites() returns boolean
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('rollcall.user_id', true) = 'system', false)
    or exists (
      select from app.user_account u
      where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
        and u.all_sites and u.deactivated_at is null)
$$;

-- Sites of a user who does not see all of them; empty for everybody else.
create function app.visible_site_ids() returns uuid[]
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(us.site_id), '{}')
  from app.user_site us
  join app.user_account u using (organization_id, user_id)
  where us.organization_id = app.current_organization_id() and us.user_id = app.current_user_id()
    and u.deactivated_at is null
$$;

-- The employee whom the user is; null when the user is none.
create function app.own_employee_id() returns uuid
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
  select u.employee_id from app.user_account u
  where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
    and u.deactivated_at is null
$$;

revoke execute on function app.current_user_id(), app.sees_all_sites(), app.visible_site_ids(), app.own_employee_id() from public;
grant execute on function app.current_user_id(), app.sees_all_sites(), app.visible_site_ids(), app.own_employee_id()
  to rollcall_api, rollcall_worker;

-- The sub-selects make each question one evaluation a statement, not one a row.
do $$
declare
  v_sees_all constant text := '(select app.sees_all_sites())';
  v_site constant text := 'site_id = any ((select app.visible_site_ids())::uuid[])';
  v_own constant text := 'employee_id = (select app.own_employee_id())';
  v_table text;
begin
  -- What belongs to a site.
  foreach v_table in array array['app.device', 'app.site_zone_change', 'attendance.sighting'] loop
    execute format('create policy %I on %s as restrictive for all to rollcall_api using (%s or %s)',
      split_part(v_table, '.', 2) || '_site_policy', v_table, v_sees_all, v_site);
  end loop;
  -- Sites themselves: also those where one works oneself.
  execute format($policy$create policy site_site_policy on app.site as restrictive for select to rollcall_api using (
      %1$s or %2$s
      or exists (select from app.employee_site es where es.organization_id = site.organization_id and es.site_id = site.site_id and es.%3$s))$policy$, v_sees_all, v_site, v_own);
  execute format('create policy site_site_insert_policy on app.site as restrictive for insert to rollcall_api with check (%s)', v_sees_all);
  execute format('create policy site_site_update_policy on app.site as restrictive for update to rollcall_api using (%s or %s)', v_sees_all, v_site);
  -- What belongs to a site, or to all of them. Nobody bound to sites writes what holds for all.
  foreach v_table in array array['attendance.holiday', 'attendance.rule_set'] loop
    execute format('create policy %I on %s as restrictive for select to rollcall_api using (site_id is null or %s or %s)',
      split_part(v_table, '.', 2) || '_site_policy', v_table, v_sees_all, v_site);
    execute format('create policy %I on %s as restrictive for insert to rollcall_api with check (%s or %s)',
      split_part(v_table, '.', 2) || '_site_insert_policy', v_table, v_sees_all, v_site);
    execute format('create policy %I on %s as restrictive for update to rollcall_api using (%s or %s)',
      split_part(v_table, '.', 2) || '_site_update_policy', v_table, v_sees_all, v_site);
    execute format('create policy %I on %s as restrictive for delete to rollcall_api using (%s or %s)',
      split_part(v_table, '.', 2) || '_site_delete_policy', v_table, v_sees_all, v_site);
  end loop;
  -- Where an employee works: decides who sees the employee.
  execute format('create policy employee_site_site_policy on app.employee_site as restrictive for all to rollcall_api using (%s or %s or %s) with check (%s or %s)',
    v_sees_all, v_site, v_own, v_sees_all, v_site);
  -- Punches: of a site; one's own.
  execute format('create policy punch_site_policy on attendance.punch as restrictive for all to rollcall_api using (%s or %s or %s) with check (%s or %s)',
    v_sees_all, v_site, v_own, v_sees_all, v_site);
  -- Employees: of a visible site, oneself, and guests who punched at a visible site within a week.
  execute format($policy$create policy employee_site_policy on app.employee as restrictive for select to rollcall_api using (
      %1$s or %2$s
      or exists (select from app.employee_site es where es.organization_id = employee.organization_id and es.employee_id = employee.employee_id and es.%3$s)
      or exists (select from attendance.punch p where p.organization_id = employee.organization_id and p.employee_id = employee.employee_id
        and p.occurred_at > now() - interval '7 days' and p.%3$s))$policy$, v_sees_all, v_own, v_site);
  execute format($policy$create policy employee_site_update_policy on app.employee as restrictive for update to rollcall_api using (
      %1$s
      or exists (select from app.employee_site es where es.organization_id = employee.organization_id and es.employee_id = employee.employee_id and es.%2$s))$policy$,
    v_sees_all, v_site);
  -- What is about an employee follows the employee.
  foreach v_table in array array[
    'biometric.consent', 'biometric.photo', 'biometric.template',
    'attendance.day', 'attendance.session', 'attendance.day_punch', 'attendance.day_interval', 'attendance.day_exception',
    'attendance.exception_waiver', 'attendance.due_day', 'attendance.dirty_day', 'attendance.leave', 'attendance.roster',
    'attendance.overtime_approval', 'attendance.correction', 'attendance.adjustment'
  ] loop
    execute format($policy$create policy %1$I on %2$s as restrictive for all to rollcall_api using (
        %3$s or %4$s or exists (select from app.employee e where e.organization_id = %5$I.organization_id and e.employee_id = %5$I.employee_id))$policy$,
      split_part(v_table, '.', 2) || '_employee_policy', v_table, v_sees_all, v_own, split_part(v_table, '.', 2));
  end loop;
  -- What is about something that is about an employee or a site.
  execute format('create policy enrolment_job_photo_policy on biometric.enrolment_job as restrictive for all to rollcall_api using (%s or exists (select from biometric.photo p where p.organization_id = enrolment_job.organization_id and p.photo_id = enrolment_job.photo_id))', v_sees_all);
  execute format('create policy punch_void_punch_policy on attendance.punch_void as restrictive for all to rollcall_api using (%s or exists (select from attendance.punch p where p.organization_id = punch_void.organization_id and p.punch_id = punch_void.punch_id))', v_sees_all);
  execute format('create policy roster_day_roster_policy on attendance.roster_day as restrictive for all to rollcall_api using (%s or exists (select from attendance.roster r where r.organization_id = roster_day.organization_id and r.roster_id = roster_day.roster_id))', v_sees_all);
  execute format('create policy rule_set_version_rule_set_policy on attendance.rule_set_version as restrictive for all to rollcall_api using (%1$s or exists (select from attendance.rule_set r where r.organization_id = rule_set_version.organization_id and r.rule_set_id = rule_set_version.rule_set_id))
    with check (%1$s or exists (select from attendance.rule_set r where r.organization_id = rule_set_version.organization_id and r.rule_set_id = rule_set_version.rule_set_id and r.%2$s))', v_sees_all, v_site);
  execute format('create policy camera_device_policy on app.camera as restrictive for all to rollcall_api using (%s or exists (select from app.device d where d.organization_id = camera.organization_id and d.device_id = camera.device_id))', v_sees_all);
  execute format('create policy device_activity_device_policy on app.device_activity as restrictive for all to rollcall_api using (%s or exists (select from app.device d where d.organization_id = device_activity.organization_id and d.device_id = device_activity.device_id))', v_sees_all);
end
$$;
