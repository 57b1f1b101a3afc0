-- Schemas. The migrator made the roles (they belong to the cluster) and works as rollcall_owner.
set lock_timeout = '5s';

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

-- A function is for nobody until its file grants it to somebody.
alter default privileges revoke execute on functions from public;

grant usage on schema app, biometric, attendance to rollcall_api, rollcall_worker;
grant usage on schema bi to rollcall_bi, rollcall_api;
grant usage on schema edge to rollcall_device;
