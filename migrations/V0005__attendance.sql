-- Sightings, punches and what is derived from them.
--
-- Sightings and punches are partitioned by month over their uuidv7 key, whose first 48 bits are
-- milliseconds since 1970. So the key is unique over all months (a sighting counts once, whatever
-- time a device claims on a second try), and old months are still dropped as whole partitions.
set lock_timeout = '5s';

create table attendance.sighting (
  organization_id uuid not null,
  sighting_id uuid not null,
  site_id uuid not null,
  device_id uuid not null,
  camera_id uuid not null,
  captured_at timestamptz not null,
  sent_at timestamptz not null,
  received_at timestamptz not null default now(),
  space_id uuid not null,
  quality real not null,
  pad text not null,
  n_frames smallint not null,
  decision text not null,
  reason text,
  employee_id uuid,
  template_id uuid,
  similarity real,
  margin real,
  outcome text not null,
  constraint sighting_pkey primary key (organization_id, sighting_id),
  constraint sighting_pad_check check (pad in ('live', 'attack', 'not_checked')),
  constraint sighting_decision_check check (decision in ('accept', 'review', 'unknown', 'rejected')),
  constraint sighting_outcome_check check (outcome in ('punched', 'repeat', 'review', 'unknown', 'rejected')),
  constraint sighting_employee_check check (decision <> 'accept' or employee_id is not null)
) partition by range (sighting_id);
create index sighting_site_idx on attendance.sighting (organization_id, site_id, captured_at);
-- The courtesy read "was this person punched within the cool-down?" of every accepted sighting. Without
-- the repeats, of which somebody who stays in front of a camera makes any number.
create index sighting_punched_idx on attendance.sighting (organization_id, employee_id, captured_at) where outcome = 'punched';
comment on column attendance.sighting.outcome is 'What the device was told: a courtesy. Counting is decided by the derivation.';
comment on column attendance.sighting.employee_id is 'The best person, also for a review; null when unknown.';
comment on column attendance.sighting.margin is 'Best person minus second-best person in similarity; null without a second one.';

create table attendance.sighting_embedding (
  organization_id uuid not null,
  sighting_id uuid not null,
  embedding halfvec(512) not null,
  constraint sighting_embedding_pkey primary key (organization_id, sighting_id)
) partition by range (sighting_id);
comment on table attendance.sighting_embedding is 'Probe of a sighting that may be attributed later (review, unknown).';

create table attendance.sighting_thumbnail (
  organization_id uuid not null,
  sighting_id uuid not null,
  jpeg bytea not null,
  constraint sighting_thumbnail_pkey primary key (organization_id, sighting_id),
  constraint sighting_thumbnail_jpeg_check check (length(jpeg) between 1 and 65536)
) partition by range (sighting_id);

create table attendance.punch (
  organization_id uuid not null,
  punch_id uuid not null default uuidv7(),
  employee_id uuid not null,
  site_id uuid not null,
  occurred_at timestamptz not null,
  source text not null,
  direction text,
  camera_id uuid,
  similarity real,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint punch_pkey primary key (organization_id, punch_id),
  constraint punch_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint punch_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint punch_source_check check (source in ('face', 'manual', 'import', 'correction')),
  constraint punch_direction_check check (direction in ('in', 'out'))
) partition by range (punch_id);
create index punch_employee_idx on attendance.punch (organization_id, employee_id, occurred_at);
create index punch_site_idx on attendance.punch (organization_id, site_id, occurred_at);
comment on table attendance.punch is 'Immutable clock event of one employee. A face punch has the id of its sighting.';
comment on column attendance.punch.direction is 'Direction known at the source (camera, key); null when it must be inferred.';

create table attendance.punch_void (
  organization_id uuid not null,
  punch_id uuid not null,
  reason text not null,
  voided_at timestamptz not null default now(),
  voided_by uuid,
  constraint punch_void_pkey primary key (organization_id, punch_id),
  constraint punch_void_punch_fkey foreign key (organization_id, punch_id) references attendance.punch (organization_id, punch_id)
);

-- A queue without conflicts: marking never waits for a worker. Several marks of one day are one derivation.
create table attendance.dirty_day (
  organization_id uuid not null,
  dirty_id uuid not null default uuidv7(),
  employee_id uuid not null,
  work_date date not null,
  punch_id uuid,
  marked_at timestamptz not null default now(),
  constraint dirty_day_pkey primary key (organization_id, dirty_id)
);
create index dirty_day_marked_idx on attendance.dirty_day (dirty_id);
comment on column attendance.dirty_day.punch_id is 'The punch that caused the mark, announced after derivation; null for other causes.';

create table attendance.day (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  site_id uuid not null,
  time_zone text not null,
  status text not null,
  first_in_at timestamptz,
  last_out_at timestamptz,
  worked_minutes integer not null,
  n_punches integer not null,
  n_repeats integer not null,
  exceptions text[] not null,
  why jsonb not null,
  rule_version text not null,
  constraint day_pkey primary key (organization_id, employee_id, work_date),
  constraint day_status_check check (status in ('present', 'incomplete')),
  constraint day_worked_minutes_check check (worked_minutes >= 0)
) with (fillfactor = 80);
-- The employee is in it so that a lookup by the key stays exact even when the planner, without
-- statistics yet, takes this index instead of the primary key (the foreign keys below do such lookups).
create index day_site_idx on attendance.day (organization_id, site_id, work_date, employee_id);
comment on table attendance.day is 'Derived from punches; can be deleted and derived again identically.';
comment on column attendance.day.site_id is 'Site of the first counted punch of the day.';

create table attendance.session (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  ordinal integer not null,
  site_id uuid not null,
  in_punch_id uuid,
  in_at timestamptz,
  out_punch_id uuid,
  out_at timestamptz,
  worked_minutes integer not null,
  constraint session_pkey primary key (organization_id, employee_id, work_date, ordinal),
  constraint session_day_fkey foreign key (organization_id, employee_id, work_date) references attendance.day (organization_id, employee_id, work_date) on delete cascade,
  constraint session_ends_check check (in_at is not null or out_at is not null)
);

create table attendance.day_punch (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  punch_id uuid not null,
  is_counted boolean not null,
  direction text,
  direction_reason text not null,
  constraint day_punch_pkey primary key (organization_id, punch_id),
  constraint day_punch_day_fkey foreign key (organization_id, employee_id, work_date) references attendance.day (organization_id, employee_id, work_date) on delete cascade,
  constraint day_punch_direction_check check (direction in ('in', 'out'))
);
create index day_punch_day_idx on attendance.day_punch (organization_id, employee_id, work_date);
comment on table attendance.day_punch is 'How the derivation read each punch: counted or repeat, and its direction with the reason.';

-- Anything outside the monthly partitions lands here instead of failing.
create table attendance.sighting_default partition of attendance.sighting default;
create table attendance.sighting_embedding_default partition of attendance.sighting_embedding default;
create table attendance.sighting_thumbnail_default partition of attendance.sighting_thumbnail default;
create table attendance.punch_default partition of attendance.punch default;
