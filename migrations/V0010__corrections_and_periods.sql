-- Corrections (requests that add or void punches), periods (closed for payroll), adjustments, imports.
set lock_timeout = '5s';

create table attendance.correction (
  organization_id uuid not null,
  correction_id uuid not null default uuidv7(),
  employee_id uuid not null,
  kind text not null,
  punch_id uuid,
  site_id uuid,
  occurred_at timestamptz,
  direction text,
  reason text not null,
  attachment text,
  requested_at timestamptz not null default now(),
  requested_by uuid,
  state text not null default 'requested',
  decided_at timestamptz,
  decided_by uuid,
  decision_comment text,
  new_punch_id uuid,
  constraint correction_pkey primary key (organization_id, correction_id),
  constraint correction_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint correction_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint correction_punch_fkey foreign key (organization_id, punch_id) references attendance.punch (organization_id, punch_id),
  constraint correction_kind_check check (kind in ('add_punch', 'void_punch', 'change_direction')),
  constraint correction_direction_check check (direction in ('in', 'out')),
  constraint correction_state_check check (state in ('requested', 'approved', 'rejected', 'withdrawn')),
  constraint correction_shape_check check (
    case kind
      when 'add_punch' then punch_id is null and site_id is not null and occurred_at is not null
      when 'void_punch' then punch_id is not null and site_id is null and occurred_at is null and direction is null
      else punch_id is not null and site_id is null and occurred_at is null and direction is not null
    end),
  constraint correction_reason_check check (reason = btrim(reason) and reason <> '' and length(reason) <= 1000),
  constraint correction_attachment_check check (length(attachment) <= 20000),
  constraint correction_comment_check check (length(decision_comment) <= 1000),
  constraint correction_decided_check check ((state = 'requested') = (decided_at is null))
);
create index correction_employee_idx on attendance.correction (organization_id, employee_id, requested_at);
create index correction_state_idx on attendance.correction (organization_id, requested_at) where state = 'requested';
create unique index correction_punch_requested_key on attendance.correction (organization_id, punch_id) where state = 'requested';
comment on table attendance.correction is 'A request that adds a punch, voids one, or replaces one by the same with another direction. Punches are never edited.';
comment on column attendance.correction.new_punch_id is 'The punch that the approval added.';

create table attendance.period (
  organization_id uuid not null,
  period_id uuid not null default uuidv7(),
  valid daterange not null,
  state text not null default 'open',
  created_at timestamptz not null default now(),
  reviewed_at timestamptz,
  reviewed_by uuid,
  closed_at timestamptz,
  closed_by uuid,
  constraint period_pkey primary key (organization_id, period_id),
  constraint period_valid_key unique (organization_id, valid without overlaps),
  constraint period_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint period_valid_check check (not isempty(valid) and not lower_inf(valid) and not upper_inf(valid)),
  constraint period_state_check check (state in ('open', 'review', 'closed')),
  constraint period_closed_check check ((state = 'closed') = (closed_at is not null))
);
comment on table attendance.period is 'Work dates that are paid together. Closed: its days never change again, differences become adjustments.';

create table attendance.adjustment (
  organization_id uuid not null,
  adjustment_id uuid not null default uuidv7(),
  employee_id uuid not null,
  work_date date not null,
  period_id uuid not null,
  into_period_id uuid,
  payable_minutes integer not null,
  overtime_daily_minutes integer not null,
  overtime_weekly_minutes integer not null,
  overtime_rest_day_minutes integer not null,
  overtime_holiday_minutes integer not null,
  leave_paid_minutes integer not null,
  leave_unpaid_minutes integer not null,
  why jsonb not null,
  created_at timestamptz not null default now(),
  constraint adjustment_pkey primary key (organization_id, adjustment_id),
  constraint adjustment_day_key unique nulls not distinct (organization_id, employee_id, work_date, into_period_id),
  constraint adjustment_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint adjustment_period_fkey foreign key (organization_id, period_id) references attendance.period (organization_id, period_id),
  constraint adjustment_into_period_fkey foreign key (organization_id, into_period_id) references attendance.period (organization_id, period_id)
);
create index adjustment_into_idx on attendance.adjustment (organization_id, into_period_id);
comment on table attendance.adjustment is 'What a late event or a correction changes about a day of a closed period: differences in minutes, paid in a later period.';
comment on column attendance.adjustment.into_period_id is 'The open period that pays it; null until one exists.';

create table attendance.punch_import (
  organization_id uuid not null,
  source text not null,
  external_id text not null,
  punch_id uuid not null,
  imported_at timestamptz not null default now(),
  imported_by uuid,
  constraint punch_import_pkey primary key (organization_id, source, external_id),
  constraint punch_import_punch_fkey foreign key (organization_id, punch_id) references attendance.punch (organization_id, punch_id),
  constraint punch_import_source_check check (source = btrim(source) and source <> '' and length(source) <= 100),
  constraint punch_import_external_id_check check (external_id = btrim(external_id) and external_id <> '' and length(external_id) <= 200)
);
comment on table attendance.punch_import is 'Which punch came from which line of which other system, so that importing twice changes nothing.';
