-- Punches without a face: PINs and badges of employees, and what was typed at kiosks and what became of it.
set lock_timeout = '5s';

alter table attendance.punch drop constraint punch_source_check,
  add constraint punch_source_check check (source in ('face', 'pin', 'badge', 'manual', 'import', 'correction'));

create table app.employee_pin (
  organization_id uuid not null,
  employee_id uuid not null,
  salt bytea not null,
  pin_sha256 bytea not null,
  set_at timestamptz not null default now(),
  n_failures integer not null default 0,
  failed_at timestamptz,
  free_at timestamptz not null default '-infinity',
  constraint employee_pin_pkey primary key (organization_id, employee_id),
  constraint employee_pin_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint employee_pin_salt_check check (length(salt) = 16),
  constraint employee_pin_sha256_check check (length(pin_sha256) = 32)
);
comment on table app.employee_pin is 'PINs with which employees punch at a kiosk, one each.';
comment on column app.employee_pin.pin_sha256 is
  'app.pin_sha256. A PIN has a million values, so whoever reads this column finds it in no time, whatever the hash: no role reads it, only edge.punch_by_code compares. What protects a PIN is that wrong ones are counted.';
comment on column app.employee_pin.n_failures is 'Wrong PINs in a row, forgotten after a day without one and at the right one.';
comment on column app.employee_pin.free_at is 'Until then no PIN of the employee is tried.';

create table app.employee_badge (
  organization_id uuid not null,
  employee_id uuid not null,
  badge_sha256 bytea not null,
  set_at timestamptz not null default now(),
  constraint employee_badge_pkey primary key (organization_id, employee_id),
  constraint employee_badge_key unique (organization_id, badge_sha256),
  constraint employee_badge_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint employee_badge_sha256_check check (length(badge_sha256) = 32)
);
comment on table app.employee_badge is 'Badges with which employees punch at a kiosk, one each.';
comment on column app.employee_badge.badge_sha256 is 'app.badge_sha256: kept from readers as employee_pin.pin_sha256 is, and for the same reason.';

create table app.device_code_guard (
  organization_id uuid not null,
  device_id uuid not null,
  n_failures integer not null default 0,
  failed_at timestamptz,
  free_at timestamptz not null default '-infinity',
  constraint device_code_guard_pkey primary key (organization_id, device_id),
  constraint device_code_guard_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id)
);
comment on table app.device_code_guard is 'Codes that did not work, by device: a device with many must wait. Also makes the codes of one device be tried one after another.';

create table attendance.code_entry (
  organization_id uuid not null,
  entry_id uuid not null,
  site_id uuid not null,
  device_id uuid not null,
  method text not null,
  employee_code text,
  employee_id uuid,
  direction text,
  captured_at timestamptz not null,
  received_at timestamptz not null default now(),
  outcome text not null,
  reason text,
  constraint code_entry_pkey primary key (organization_id, entry_id),
  constraint code_entry_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint code_entry_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id),
  constraint code_entry_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint code_entry_method_check check (method in ('pin', 'badge')),
  constraint code_entry_employee_code_check check (length(employee_code) between 1 and 64),
  constraint code_entry_direction_check check (direction in ('in', 'out')),
  constraint code_entry_outcome_check check (outcome in ('punched', 'repeat', 'refused')),
  constraint code_entry_reason_check check ((reason is null) = (outcome <> 'refused'))
);
create index code_entry_captured_idx on attendance.code_entry (organization_id, captured_at);
comment on table attendance.code_entry is 'What was typed at a kiosk instead of a face, and what became of it. A punch has the id of its entry.';
comment on column attendance.code_entry.employee_code is 'As it was typed; null for a badge. PINs and badge codes are never kept.';
comment on column attendance.code_entry.employee_id is 'Whom it named, also when it was refused; null for nobody.';
comment on column attendance.code_entry.reason is
  'Why it was refused, which the kiosk is not told: unknown_code, unknown_badge, no_pin, wrong_pin, locked, inactive, other_site, clock_unknown or clock_ahead.';

alter table app.employee_pin enable row level security, force row level security;
alter table app.employee_badge enable row level security, force row level security;
alter table app.device_code_guard enable row level security, force row level security;
alter table attendance.code_entry enable row level security, force row level security;
do $do$
declare
  v_table text;
begin
  foreach v_table in array array['app.employee_pin', 'app.employee_badge', 'app.device_code_guard', 'attendance.code_entry'] loop
    execute format('create policy %I on %s using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      split_part(v_table, '.', 2) || '_organization_policy', v_table);
  end loop;
  -- About an employee, and set by those who look after them, not by themselves: that is asked in the program.
  foreach v_table in array array['app.employee_pin', 'app.employee_badge'] loop
    execute format($policy$create policy %I on %s as restrictive for all to rollcall_api using (
        (select app.sees_all_sites()) or employee_id = (select app.own_employee_id())
        or app.sees_employee(organization_id, employee_id))$policy$,
      split_part(v_table, '.', 2) || '_employee_policy', v_table);
  end loop;
end
$do$;
create policy code_entry_site_policy on attendance.code_entry as restrictive for all to rollcall_api using (
  (select app.sees_all_sites()) or site_id = any ((select app.visible_site_ids())::uuid[]));

-- Written, and read except for the hashes.
grant insert, delete on app.employee_pin, app.employee_badge to rollcall_api;
grant update (salt, pin_sha256, set_at, n_failures, failed_at, free_at) on app.employee_pin to rollcall_api;
grant update (badge_sha256, set_at) on app.employee_badge to rollcall_api;
grant select (organization_id, employee_id, set_at, n_failures, failed_at, free_at) on app.employee_pin to rollcall_api;
grant select (organization_id, employee_id, set_at) on app.employee_badge to rollcall_api;
grant select on attendance.code_entry to rollcall_api;
