-- Exports: files that somebody asks for, made in the background, kept for a few days.
set lock_timeout = '5s';

create table app.export (
  organization_id uuid not null,
  export_id uuid not null default uuidv7(),
  kind text not null,
  format text not null,
  first_date date,
  last_date date,
  site_id uuid,
  state text not null default 'queued',
  requested_by uuid not null,
  requested_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  claimed_until timestamptz,
  n_attempts integer not null default 0,
  n_rows bigint not null default 0,
  n_bytes bigint not null default 0,
  sha256 bytea,
  problem text,
  expires_at timestamptz,
  all_sites boolean,
  site_ids uuid[],
  constraint export_pkey primary key (organization_id, export_id),
  constraint export_requested_by_fkey foreign key (organization_id, requested_by) references app.user_account (organization_id, user_id),
  constraint export_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint export_kind_check check (kind in ('daily_register', 'punches', 'attendance_days', 'period_totals', 'employees')),
  constraint export_format_check check (format in ('csv', 'parquet')),
  constraint export_dates_check check (first_date <= last_date and (first_date is null) = (last_date is null)),
  constraint export_state_check check (state in ('queued', 'running', 'done', 'failed', 'expired')),
  constraint export_claimed_check check ((state = 'running') = (claimed_until is not null)),
  constraint export_done_check check (state <> 'done' or (sha256 is not null and expires_at is not null and all_sites is not null)),
  constraint export_problem_check check (length(problem) <= 1000)
);
create index export_queue_idx on app.export (requested_at) where state in ('queued', 'running');
create index export_expiry_idx on app.export (expires_at) where state = 'done';
create index export_requested_by_idx on app.export (organization_id, requested_by, export_id);
comment on table app.export is 'A file that a user asked for. Only that user sees it.';
comment on column app.export.n_rows is 'Rows written so far.';
comment on column app.export.all_sites is 'Whether the user saw all sites when the file was made; who sees less since cannot fetch it any more.';
comment on column app.export.site_ids is 'Sites of the user when the file was made, unless all.';

create table app.export_chunk (
  organization_id uuid not null,
  export_id uuid not null,
  ordinal integer not null,
  content bytea not null,
  constraint export_chunk_pkey primary key (organization_id, export_id, ordinal),
  constraint export_chunk_export_fkey foreign key (organization_id, export_id) references app.export (organization_id, export_id) on delete cascade,
  constraint export_chunk_content_check check (length(content) between 1 and 4194304)
);
-- Already dense or soon gone: not worth the processor.
alter table app.export_chunk alter column content set storage external;
comment on table app.export_chunk is 'The file of an export in pieces.';

alter table app.export enable row level security, force row level security;
alter table app.export_chunk enable row level security, force row level security;
create policy export_organization_policy on app.export
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
create policy export_chunk_organization_policy on app.export_chunk
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
-- The maker of files finds work of all organisations, then sets the organisation for each piece.
create policy export_queue_policy on app.export for select to rollcall_api
  using ((select app.current_organization_id()) is null and (state in ('queued', 'running') or expires_at is not null));
create policy export_user_policy on app.export as restrictive for all to rollcall_api
  using (requested_by = (select app.current_user_id())
    or (select coalesce(current_setting('rollcall.user_id', true), '') in ('', 'system')));
-- Rights that shrank since the file was made hold for the file too.
create policy export_chunk_user_policy on app.export_chunk as restrictive for select to rollcall_api
  using (exists (
    select from app.export e
    where e.organization_id = export_chunk.organization_id and e.export_id = export_chunk.export_id
      and ((select app.sees_all_sites()) or (not e.all_sites and e.site_ids <@ (select app.visible_site_ids())::uuid[]))));

grant select, insert, update, delete on app.export to rollcall_api;
grant select, insert, delete on app.export_chunk to rollcall_api;
