-- When work is expected and how time is counted: shifts, rosters, rule sets, holidays, leave, approved overtime.
set lock_timeout = '5s';

create table attendance.shift (
  organization_id uuid not null,
  shift_id uuid not null default uuidv7(),
  name text not null,
  kind text not null,
  begin_minutes integer[] not null,
  end_minutes integer[] not null,
  core_begin_minute integer,
  core_end_minute integer,
  expected_minutes integer,
  window_before_minutes integer not null,
  window_after_minutes integer not null,
  break_begin_minutes integer[] not null default '{}',
  break_end_minutes integer[] not null default '{}',
  break_is_paid boolean[] not null default '{}',
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint shift_pkey primary key (organization_id, shift_id),
  constraint shift_name_key unique (organization_id, name),
  constraint shift_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint shift_name_check check (name = btrim(name) and name <> '' and length(name) <= 100),
  constraint shift_kind_check check (kind in ('fixed', 'split', 'flexible', 'open')),
  constraint shift_segments_check check (
    cardinality(begin_minutes) = cardinality(end_minutes)
    and case kind when 'open' then cardinality(begin_minutes) = 0 when 'split' then cardinality(begin_minutes) >= 2 else cardinality(begin_minutes) = 1 end),
  constraint shift_length_check check (
    kind = 'open'
    or (begin_minutes[1] between 0 and 1439 and end_minutes[cardinality(end_minutes)] <= 2880
        and end_minutes[cardinality(end_minutes)] - begin_minutes[1] between 1 and 1440)),
  constraint shift_core_check check (
    (core_begin_minute is null) = (core_end_minute is null)
    and (core_begin_minute is null
         or (kind = 'flexible' and core_begin_minute < core_end_minute
             and core_begin_minute >= begin_minutes[1] and core_end_minute <= end_minutes[1]))),
  constraint shift_expected_check check (
    case kind when 'flexible' then expected_minutes is not null when 'open' then true else expected_minutes is null end
    and (expected_minutes is null or expected_minutes between 0 and 1440)),
  constraint shift_window_check check (
    window_before_minutes >= 0 and window_after_minutes >= 0
    and (kind = 'open' or window_before_minutes + window_after_minutes + end_minutes[cardinality(end_minutes)] - begin_minutes[1] <= 2160)),
  constraint shift_breaks_check check (
    cardinality(break_begin_minutes) = cardinality(break_end_minutes)
    and cardinality(break_begin_minutes) = cardinality(break_is_paid))
);
comment on table attendance.shift is 'When work is expected on a work date. Times never change: a change is a new shift in the roster.';
comment on column attendance.shift.begin_minutes is 'Begin of each segment, minutes after the local midnight of the work date; 22:00 to 06:00 is 1320 to 1800.';
comment on column attendance.shift.window_before_minutes is 'Earliest IN, before the first segment.';
comment on column attendance.shift.window_after_minutes is 'Latest OUT, after the last segment.';

create table attendance.roster (
  organization_id uuid not null,
  roster_id uuid not null default uuidv7(),
  employee_id uuid not null,
  site_id uuid not null,
  valid daterange not null,
  anchored_on date not null,
  cycle_days integer not null,
  works_on_holidays boolean not null default false,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint roster_pkey primary key (organization_id, roster_id),
  constraint roster_employee_valid_key unique (organization_id, employee_id, valid without overlaps),
  constraint roster_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint roster_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint roster_valid_check check (not isempty(valid) and not lower_inf(valid)),
  constraint roster_cycle_check check (cycle_days between 1 and 366)
);
comment on table attendance.roster is 'Which shifts an employee has on which dates: a cycle of days that repeats. No two for one date.';
comment on column attendance.roster.anchored_on is 'Date of the first day of a cycle.';

create table attendance.roster_day (
  organization_id uuid not null,
  roster_id uuid not null,
  ordinal integer not null,
  shift_id uuid not null,
  constraint roster_day_pkey primary key (organization_id, roster_id, ordinal),
  constraint roster_day_roster_fkey foreign key (organization_id, roster_id) references attendance.roster (organization_id, roster_id) on delete cascade,
  constraint roster_day_shift_fkey foreign key (organization_id, shift_id) references attendance.shift (organization_id, shift_id),
  constraint roster_day_ordinal_check check (ordinal >= 0)
);
comment on table attendance.roster_day is 'The shift of a day of the cycle, counted from 0. A day without a row is a rest day.';

create table attendance.rule_set (
  organization_id uuid not null,
  rule_set_id uuid not null default uuidv7(),
  name text not null,
  site_id uuid,
  created_at timestamptz not null default now(),
  constraint rule_set_pkey primary key (organization_id, rule_set_id),
  constraint rule_set_name_key unique (organization_id, name),
  constraint rule_set_site_key unique nulls not distinct (organization_id, site_id),
  constraint rule_set_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint rule_set_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint rule_set_name_check check (name = btrim(name) and name <> '' and length(name) <= 100)
);
comment on table attendance.rule_set is 'How time is counted at a site, or in the whole organisation (site null).';

create table attendance.rule_set_version (
  organization_id uuid not null,
  rule_set_id uuid not null,
  version integer not null,
  valid_from date not null,
  rules jsonb not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint rule_set_version_pkey primary key (organization_id, rule_set_id, version),
  constraint rule_set_version_rule_set_fkey foreign key (organization_id, rule_set_id) references attendance.rule_set (organization_id, rule_set_id),
  constraint rule_set_version_version_check check (version >= 1)
);
comment on table attendance.rule_set_version is 'Immutable. On a date the highest version with valid_from on or before it holds.';
comment on column attendance.rule_set_version.rules is 'All rules by the names of docs/attendance-rules.md.';

create table attendance.holiday (
  organization_id uuid not null,
  holiday_id uuid not null default uuidv7(),
  site_id uuid,
  holiday_date date not null,
  name text not null,
  part text not null default 'whole',
  begin_minute integer,
  end_minute integer,
  constraint holiday_pkey primary key (organization_id, holiday_id),
  constraint holiday_site_date_key unique nulls not distinct (organization_id, site_id, holiday_date),
  constraint holiday_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint holiday_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint holiday_part_check check (part in ('whole', 'first_half', 'second_half', 'hours')
    and case part when 'hours' then begin_minute >= 0 and end_minute > begin_minute and end_minute <= 2880
        else begin_minute is null and end_minute is null end is true),
  constraint holiday_name_check check (name = btrim(name) and name <> '' and length(name) <= 100)
);
create index holiday_date_idx on attendance.holiday (organization_id, holiday_date);
comment on table attendance.holiday is 'Public holidays of a site, or of all sites (site null).';

create table attendance.leave (
  organization_id uuid not null,
  leave_id uuid not null default uuidv7(),
  employee_id uuid not null,
  first_date date not null,
  last_date date not null,
  part text not null default 'whole',
  begin_minute integer,
  end_minute integer,
  is_paid boolean not null,
  kind text not null,
  note text,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint leave_pkey primary key (organization_id, leave_id),
  constraint leave_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint leave_dates_check check (first_date <= last_date and last_date - first_date <= 3660),
  constraint leave_part_check check (part in ('whole', 'first_half', 'second_half', 'hours')
    and case part when 'hours' then begin_minute >= 0 and end_minute > begin_minute and end_minute <= 2880
        else begin_minute is null and end_minute is null end is true),
  constraint leave_kind_check check (kind = btrim(kind) and kind <> '' and length(kind) <= 50),
  constraint leave_note_check check (length(note) <= 1000)
);
create index leave_employee_idx on attendance.leave (organization_id, employee_id, last_date);
comment on table attendance.leave is 'Leave of an employee, the same part of each date.';

create table attendance.overtime_approval (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  minutes integer not null,
  note text,
  approved_at timestamptz not null default now(),
  approved_by uuid,
  constraint overtime_approval_pkey primary key (organization_id, employee_id, work_date),
  constraint overtime_approval_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint overtime_approval_minutes_check check (minutes between 0 and 1440)
);
comment on table attendance.overtime_approval is 'Minutes of overtime of a date that may be paid, where the rules ask for approval.';
