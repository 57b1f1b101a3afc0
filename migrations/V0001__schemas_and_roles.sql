-- Schemas and the roles that the hub, devices and analysts use.
-- Roles belong to the cluster, not to the database, so they may exist already.
-- Passwords are set by the migrator (they come from the instance's secrets, never from here).
set lock_timeout = '5s';

do $$
declare
  v_role text;
begin
  foreach v_role in array array['rollcall_api', 'rollcall_worker'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I login', v_role);
    end if;
  end loop;
  foreach v_role in array array['rollcall_device', 'rollcall_bi'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I nologin', v_role);
    end if;
  end loop;
exception
  -- Two databases of one cluster may migrate at the same time.
  when duplicate_object or unique_violation then null;
end
$$;

create schema app;
create schema biometric;
create schema attendance;
create schema edge;
create schema bi;
create schema audit;

comment on schema app is 'Organisations, sites, employees, devices, users.';
comment on schema biometric is 'Embedding spaces, consents, photos, templates, enrolment jobs.';
comment on schema attendance is 'Sightings, punches, rules, attendance days.';
comment on schema edge is 'The whole interface of a device: functions only.';
comment on schema bi is 'The whole interface of an analyst: views only.';
comment on schema audit is 'Append-only record of who did what.';

grant usage on schema app, biometric, attendance to rollcall_api, rollcall_worker;
grant usage on schema bi to rollcall_bi, rollcall_api;
grant usage on schema edge to rollcall_device;
