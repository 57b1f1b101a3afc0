-- Places, people, devices and users. Every key begins with organization_id.
set lock_timeout = '5s';

-- The organisation that the transaction works for; null when it was never set, and then no row is seen.
create function app.current_organization_id() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('rollcall.organization_id', true), '')::uuid;
grant execute on function app.current_organization_id() to rollcall_api, rollcall_worker;

create table app.organization (
  organization_id uuid not null default uuidv7(),
  name text not null,
  created_at timestamptz not null default now(),
  constraint organization_pkey primary key (organization_id),
  constraint organization_name_check check (name = btrim(name) and name <> '' and length(name) <= 200)
);
comment on table app.organization is 'A tenant. Every other row belongs to exactly one.';

create table app.site (
  organization_id uuid not null,
  site_id uuid not null default uuidv7(),
  name text not null,
  time_zone text not null,
  day_boundary time not null default '04:00',
  cool_down_seconds integer not null default 150,
  direction_policy text not null default 'camera',
  created_at timestamptz not null default now(),
  constraint site_pkey primary key (organization_id, site_id),
  constraint site_name_key unique (organization_id, name),
  constraint site_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint site_name_check check (name = btrim(name) and name <> '' and length(name) <= 200),
  constraint site_cool_down_check check (cool_down_seconds between 0 and 86400),
  constraint site_direction_policy_check check (direction_policy in ('camera', 'alternate'))
);
comment on table app.site is 'A place where people work; owns the IANA time zone of everything that happens there.';
comment on column app.site.day_boundary is 'Local time at which the work date changes for people without a shift.';
comment on column app.site.cool_down_seconds is 'Of punches closer together than this the first counts, the rest are repeats.';
comment on column app.site.direction_policy is 'camera: direction of the camera, else alternation; alternate: always alternation.';

create table app.employee (
  organization_id uuid not null,
  employee_id uuid not null default uuidv7(),
  code text not null,
  display_name text not null,
  created_at timestamptz not null default now(),
  deactivated_at timestamptz,
  constraint employee_pkey primary key (organization_id, employee_id),
  constraint employee_code_key unique (organization_id, code),
  constraint employee_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint employee_code_check check (code = btrim(code) and code <> '' and length(code) <= 64),
  constraint employee_display_name_check check (display_name = btrim(display_name) and display_name <> '' and length(display_name) <= 200)
);
comment on table app.employee is 'A person who has faces and punches.';

create table app.employee_site (
  organization_id uuid not null,
  employee_id uuid not null,
  site_id uuid not null,
  constraint employee_site_pkey primary key (organization_id, employee_id, site_id),
  constraint employee_site_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint employee_site_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id)
);
create index employee_site_site_idx on app.employee_site (organization_id, site_id);
comment on table app.employee_site is 'Sites at which an employee may be recognised.';

create table app.user_account (
  organization_id uuid not null,
  user_id uuid not null default uuidv7(),
  email text not null,
  display_name text not null,
  role text not null,
  password_hash text not null,
  password_is_one_time boolean not null default false,
  created_at timestamptz not null default now(),
  deactivated_at timestamptz,
  constraint user_account_pkey primary key (organization_id, user_id),
  constraint user_account_email_key unique (organization_id, email),
  constraint user_account_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint user_account_email_check check (email = lower(btrim(email)) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  constraint user_account_role_check check (role in ('owner', 'hr_admin', 'site_manager', 'auditor', 'viewer'))
);
create index user_account_email_idx on app.user_account (email);
comment on column app.user_account.password_hash is 'argon2id in PHC format.';

create table app.user_session (
  organization_id uuid not null,
  session_sha256 bytea not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint user_session_pkey primary key (organization_id, session_sha256),
  constraint user_session_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id),
  constraint user_session_sha256_check check (length(session_sha256) = 32)
);
create index user_session_sha256_idx on app.user_session (session_sha256);
comment on column app.user_session.session_sha256 is 'SHA-256 of the cookie; the cookie itself is never stored.';

create table app.device (
  organization_id uuid not null,
  device_id uuid not null default uuidv7(),
  site_id uuid not null,
  name text not null,
  database_role text not null,
  rate_limit_per_minute integer not null default 1200,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint device_pkey primary key (organization_id, device_id),
  constraint device_name_key unique (organization_id, name),
  constraint device_database_role_key unique (organization_id, database_role),
  constraint device_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint device_rate_limit_check check (rate_limit_per_minute > 0)
);
create index device_database_role_idx on app.device (database_role);
comment on table app.device is 'One edge agent. Its database role is its identity.';

-- Apart from app.device because it changes with every call of the device.
create table app.device_activity (
  organization_id uuid not null,
  device_id uuid not null,
  seen_at timestamptz not null default now(),
  rate_window_at timestamptz not null default now(),
  rate_window_sightings integer not null default 0,
  constraint device_activity_pkey primary key (organization_id, device_id),
  constraint device_activity_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id)
) with (fillfactor = 50);

create table app.camera (
  organization_id uuid not null,
  camera_id uuid not null default uuidv7(),
  device_id uuid not null,
  name text not null,
  direction text not null,
  constraint camera_pkey primary key (organization_id, camera_id),
  constraint camera_name_key unique (organization_id, device_id, name),
  constraint camera_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id),
  constraint camera_direction_check check (direction in ('entry', 'exit', 'both'))
);
