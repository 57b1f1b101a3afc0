-- Days with the figures of the attendance rules, their pieces and exceptions; when they are to be derived.
set lock_timeout = '5s';

-- Days are derived: the rows of the earlier rules are derived again, not converted.
-- The owner sees the rows of all organisations only while security is not forced on it.
alter table attendance.day no force row level security;
alter table attendance.session no force row level security;
alter table attendance.day_punch no force row level security;
alter table attendance.dirty_day no force row level security;
insert into attendance.dirty_day (organization_id, employee_id, work_date)
select organization_id, employee_id, work_date from attendance.day;
delete from attendance.day;
alter table attendance.day force row level security;
alter table attendance.session force row level security;
alter table attendance.day_punch force row level security;
alter table attendance.dirty_day force row level security;

alter table attendance.day
  drop constraint day_status_check,
  add constraint day_status_check check (status in ('incomplete', 'late', 'present', 'on_leave', 'holiday', 'rest_day', 'absent')),
  add column kind text not null,
  add column shift_id uuid,
  add column rule_set_id uuid,
  add column rule_set_name text not null,
  add column rule_set_version integer not null,
  add column is_open boolean not null,
  add column presence_minutes integer not null,
  add column payable_minutes integer not null,
  add column unpaid_break_minutes integer not null,
  add column unpayable_minutes integer not null,
  add column overtime_daily_minutes integer not null,
  add column overtime_weekly_minutes integer not null,
  add column overtime_rest_day_minutes integer not null,
  add column overtime_holiday_minutes integer not null,
  add column overtime_unapproved_minutes integer not null,
  add column expected_minutes integer not null,
  add column late_minutes integer not null,
  add column early_out_minutes integer not null,
  add column leave_paid_minutes integer not null,
  add column leave_unpaid_minutes integer not null,
  add column digest bytea not null,
  add constraint day_kind_check check (kind in ('work', 'holiday', 'rest_day', 'free')),
  add constraint day_presence_check check (presence_minutes = payable_minutes + unpaid_break_minutes + unpayable_minutes);
comment on table attendance.day is 'Derived from punches, rosters and rules; can be deleted and derived again identically.';
comment on column attendance.day.site_id is 'Site of the first counted punch, else of the roster, else the employee''s home.';
comment on column attendance.day.worked_minutes is 'Presence without unpaid breaks.';
comment on column attendance.day.is_open is 'Somebody may still be in; the open session counts nothing yet.';
comment on column attendance.day.why is 'Why-trace: array of {rule, punches, from, to, minutes, text}.';
comment on column attendance.day.digest is 'SHA-256 of everything that was derived, so that an unchanged day is not written again.';

alter table attendance.session add column is_open boolean not null default false;
comment on column attendance.session.worked_minutes is 'Minutes between the reckoned ends; 0 when one is missing.';

create table attendance.day_interval (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  ordinal integer not null,
  begin_at timestamptz not null,
  end_at timestamptz not null,
  class text not null,
  overtime text,
  constraint day_interval_pkey primary key (organization_id, employee_id, work_date, ordinal),
  constraint day_interval_day_fkey foreign key (organization_id, employee_id, work_date) references attendance.day (organization_id, employee_id, work_date) on delete cascade,
  constraint day_interval_class_check check (class in ('payable', 'unpaid_break', 'unpayable')),
  constraint day_interval_overtime_check check (overtime in ('holiday', 'rest_day', 'daily', 'weekly')),
  constraint day_interval_order_check check (begin_at < end_at)
);
comment on table attendance.day_interval is 'Presence of a day in pieces of one class each, in order of time and without overlap.';

create table attendance.day_exception (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  kind text not null,
  punch_ids uuid[] not null,
  sentence text not null,
  constraint day_exception_pkey primary key (organization_id, employee_id, work_date, kind),
  constraint day_exception_day_fkey foreign key (organization_id, employee_id, work_date) references attendance.day (organization_id, employee_id, work_date) on delete cascade
);
create index day_exception_date_idx on attendance.day_exception (organization_id, work_date);
comment on table attendance.day_exception is 'What a person must look at, derived with its day.';

create table attendance.exception_waiver (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  kind text not null,
  note text not null,
  waived_at timestamptz not null default now(),
  waived_by uuid,
  constraint exception_waiver_pkey primary key (organization_id, employee_id, work_date, kind),
  constraint exception_waiver_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint exception_waiver_note_check check (note = btrim(note) and note <> '' and length(note) <= 1000)
);
comment on table attendance.exception_waiver is 'Somebody looked at an exception and lets it be. Survives a new derivation.';

alter table attendance.dirty_day
  add column last_date date,
  add constraint dirty_day_dates_check check (last_date >= work_date);
comment on column attendance.dirty_day.last_date is 'Last date of a mark that covers several; null for one.';

create table attendance.due_day (
  organization_id uuid not null,
  employee_id uuid not null,
  work_date date not null,
  due_at timestamptz not null,
  constraint due_day_pkey primary key (organization_id, employee_id, work_date)
) with (fillfactor = 80);
create index due_day_due_idx on attendance.due_day (due_at);
comment on table attendance.due_day is 'Days that read differently from an instant on, without any new punch: a window ends, an open session expires.';

create table attendance.day_opening (
  organization_id uuid not null,
  opened_through date not null,
  constraint day_opening_pkey primary key (organization_id),
  constraint day_opening_organization_fkey foreign key (organization_id) references app.organization (organization_id)
);
comment on table attendance.day_opening is 'Through which date every employee''s days have been marked, so that days without punches exist too.';
-- Every organisation has its row: the worker finds organisations here, without reading them.
insert into attendance.day_opening (organization_id, opened_through) select organization_id, '-infinity' from app.organization;
