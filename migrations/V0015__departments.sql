-- Departments as a tree, where sites are on the earth, what the API needs to look after devices and settings.
set lock_timeout = '5s';

create table app.department (
  organization_id uuid not null,
  department_id uuid not null default uuidv7(),
  parent_id uuid,
  name text not null,
  created_at timestamptz not null default now(),
  constraint department_pkey primary key (organization_id, department_id),
  constraint department_name_key unique nulls not distinct (organization_id, parent_id, name),
  constraint department_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint department_parent_fkey foreign key (organization_id, parent_id) references app.department (organization_id, department_id),
  constraint department_parent_check check (parent_id <> department_id),
  constraint department_name_check check (name = btrim(name) and name <> '' and length(name) <= 200)
);
comment on table app.department is 'A part of an organisation that employees belong to. Departments are a tree; store::department keeps it free of cycles.';
comment on column app.department.parent_id is 'The department above; null at the top.';
-- Of the whole organisation, so there is no policy by site: everybody sees where people belong.
alter table app.department enable row level security, force row level security;
create policy department_organization_policy on app.department
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
grant select, insert, update, delete on app.department to rollcall_api;

alter table app.employee
  add column department_id uuid,
  add constraint employee_department_fkey foreign key (organization_id, department_id) references app.department (organization_id, department_id);
comment on column app.employee.department_id is 'Where in the organisation the person works; null when nobody said.';
create index employee_department_idx on app.employee (organization_id, department_id) where department_id is not null;
create index employee_display_name_idx on app.employee (organization_id, display_name, code);

alter table app.site
  add column latitude double precision,
  add column longitude double precision,
  add column radius_meters integer,
  add constraint site_location_check check (
    num_nulls(latitude, longitude, radius_meters) in (0, 3)
    and latitude between -90 and 90 and longitude between -180 and 180 and radius_meters between 10 and 100000);
comment on column app.site.latitude is 'Degrees north (WGS 84); null when nobody said where the site is.';
comment on column app.site.longitude is 'Degrees east (WGS 84).';
comment on column app.site.radius_meters is 'How far the site reaches from there.';

-- What the agent says of itself when it starts: edge.hello takes it as an argument, so the old form goes.
alter table app.device_activity add column agent_version text,
  add constraint device_activity_agent_version_check check (length(agent_version) <= 64);
comment on column app.device_activity.agent_version is 'Version of the agent at its last start; null when it did not say.';
drop function if exists edge.hello();

grant insert on app.device, app.device_activity to rollcall_api;
grant update (name, revoked_at) on app.device to rollcall_api;
grant update (name, corrections_need_four_eyes) on app.organization to rollcall_api;

-- What the functions of schema provisioner look at; they are made with each migration.
grant usage on schema app to rollcall_provisioner;
grant select (organization_id, device_id, database_role, revoked_at) on app.device to rollcall_provisioner;
grant execute on function app.current_organization_id() to rollcall_provisioner;
