-- Row-level security, on and forced, for every tenant table; then the rights of the hub's roles.
set lock_timeout = '5s';

do $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid::regclass
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('app', 'biometric', 'attendance') and c.relkind in ('r', 'p') and not c.relispartition
  loop
    execute format('alter table %s enable row level security, force row level security', v_table);
    execute format(
      -- The sub-select makes it one evaluation a statement, not one a row.
      'create policy %I on %s using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      split_part(v_table::text, '.', 2) || '_organization_policy', v_table);
  end loop;
  -- Partitions are reached through their parents only: forced security without a policy shows nothing.
  for v_table in
    select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'attendance' and c.relkind = 'r' and c.relispartition
  loop
    execute format('alter table %s enable row level security, force row level security', v_table);
  end loop;
end
$$;

-- Before an organisation is chosen, the administrator sees which there are.
create policy organization_owner_policy on app.organization for select to rollcall_owner
  using ((select app.current_organization_id()) is null);
-- Before an organisation is known, a caller sees only the row whose secret it already holds.
create policy device_self_policy on app.device for select
  using (database_role = session_user);
create policy user_account_login_policy on app.user_account for select to rollcall_api
  using (email = nullif(current_setting('rollcall.login_email', true), ''));
create policy user_session_secret_policy on app.user_session for select to rollcall_api
  using (session_sha256 = decode(nullif(current_setting('rollcall.session_sha256', true), ''), 'hex'));
-- The worker finds work of all organisations in the queues, then sets the organisation for each piece.
create policy dirty_day_worker_policy on attendance.dirty_day for select to rollcall_worker using (true);
create policy enrolment_job_worker_policy on biometric.enrolment_job for select to rollcall_worker using (true);

grant select on all tables in schema app to rollcall_api;
grant insert, update on app.site, app.employee, app.employee_site, app.user_account, app.user_session, app.camera to rollcall_api;
grant delete on app.employee_site, app.user_session to rollcall_api;
grant select (organization_id, space_id, digest, pack, threshold, review_floor, margin, is_active) on biometric.space to rollcall_api;
grant select, insert, update on biometric.consent to rollcall_api;
grant select (organization_id, photo_id, employee_id, sha256, created_at), insert on biometric.photo to rollcall_api;
grant select, insert on biometric.enrolment_job to rollcall_api;
grant select (organization_id, template_id, employee_id, space_id, photo_id, quality, created_at) on biometric.template to rollcall_api;
grant select on attendance.sighting, attendance.punch, attendance.punch_void, attendance.day, attendance.session, attendance.day_punch, attendance.dirty_day to rollcall_api;
grant insert on attendance.punch, attendance.punch_void, attendance.dirty_day to rollcall_api;

grant select on app.organization, app.site, app.employee, app.employee_site, app.camera to rollcall_worker;
-- Locking an employee's row (one derivation per person at a time) needs an update right on some column.
grant update (deactivated_at) on app.employee to rollcall_worker;
grant select on biometric.space, biometric.photo, biometric.consent to rollcall_worker;
grant select, update on biometric.enrolment_job to rollcall_worker;
grant select, insert on biometric.template, biometric.template_code to rollcall_worker;
grant select on attendance.punch, attendance.punch_void to rollcall_worker;
grant select, delete, insert on attendance.dirty_day to rollcall_worker;
grant select, insert, update, delete on attendance.day, attendance.session, attendance.day_punch to rollcall_worker;
