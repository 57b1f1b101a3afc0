-- How a device gets its log-in and another password: one-time codes, and when a new password is due.
set lock_timeout = '5s';

alter table app.device
  add column password_changed_at timestamptz not null default now(),
  add column password_is_due boolean not null default false;
comment on column app.device.password_changed_at is 'When the device''s log-in got its password.';
comment on column app.device.password_is_due is 'The agent shall take a new password at its next sign of life.';

create table app.device_enrolment (
  organization_id uuid not null,
  device_id uuid not null,
  code_sha256 bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  sources jsonb not null default '{}',
  used_at timestamptz,
  verifier_sha256 bytea,
  constraint device_enrolment_pkey primary key (organization_id, device_id),
  constraint device_enrolment_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id),
  constraint device_enrolment_code_check check (length(code_sha256) = 32),
  constraint device_enrolment_expires_check check (expires_at > created_at),
  constraint device_enrolment_used_check check ((used_at is null) = (verifier_sha256 is null))
);
create index device_enrolment_code_idx on app.device_enrolment (code_sha256);
comment on table app.device_enrolment is 'The newest code of a device, with which a box gets the device''s log-in once.';
comment on column app.device_enrolment.code_sha256 is 'SHA-256 of the code, which is 80 random bits; the code itself is never stored.';
comment on column app.device_enrolment.sources is 'Where each camera''s picture comes from, by its name, as the agent''s configuration says it; never a password.';
comment on column app.device_enrolment.verifier_sha256 is 'SHA-256 of the verifier that was set: who lost the answer may ask again with the same one.';

alter table app.device_enrolment enable row level security, force row level security;
create policy device_enrolment_organization_policy on app.device_enrolment
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
create policy device_enrolment_code_policy on app.device_enrolment for select to rollcall_owner
  using (code_sha256 = decode(nullif(current_setting('rollcall.secret_sha256', true), ''), 'hex'));
grant update (password_is_due) on app.device to rollcall_api;
grant insert, update on app.device_enrolment to rollcall_api;
grant select (organization_id, device_id, created_at, expires_at, sources, used_at) on app.device_enrolment to rollcall_api;
