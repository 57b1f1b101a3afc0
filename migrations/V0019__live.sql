-- What changed lately, in the order of commits, so that whoever shows it live can read on where they were.
set lock_timeout = '5s';

create table app.live_change (
  organization_id uuid not null,
  change_id uuid not null default uuidv7(),
  xact_id xid8 not null default pg_current_xact_id(),
  recorded_at timestamptz not null default now(),
  kind text not null,
  ids uuid[] not null,
  employee_ids uuid[] not null default '{}',
  site_ids uuid[] not null default '{}',
  work_dates date[] not null default '{}',
  words text[] not null default '{}',
  constraint live_change_pkey primary key (organization_id, change_id),
  constraint live_change_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint live_change_kind_check check (kind in ('punch', 'day', 'exception', 'device', 'enrolment', 'review'))
);
create index live_change_xact_idx on app.live_change (organization_id, xact_id);
-- The worker looks for new changes of devices, of all organisations.
create index live_change_new_idx on app.live_change (xact_id);
create index live_change_recorded_idx on app.live_change (recorded_at);
comment on table app.live_change is 'What one transaction changed, ids only; kept for about an hour. Readers look at the rows themselves under their own rights.';
comment on column app.live_change.xact_id is 'The transaction. With a snapshot taken earlier it tells exactly what was committed since, which no clock or sequence does.';
comment on column app.live_change.ids is 'Ids of what changed; the other arrays say more of each, in the same order, and may be shorter.';
comment on column app.live_change.words is 'Kind of exception, health of a device, state of an enrolment, what became of a sighting.';

create table app.device_health (
  organization_id uuid not null,
  device_id uuid not null,
  health text not null,
  changed_at timestamptz not null default now(),
  constraint device_health_pkey primary key (organization_id, device_id),
  constraint device_health_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id),
  constraint device_health_health_check check (health in ('silent', 'online', 'offline', 'revoked'))
);
comment on table app.device_health is 'Health of each device as the worker last announced it.';

do $$
declare
  v_table text;
begin
  foreach v_table in array array['app.live_change', 'app.device_health'] loop
    execute format('alter table %s enable row level security, force row level security', v_table);
    execute format(
      'create policy %I on %s using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      split_part(v_table, '.', 2) || '_organization_policy', v_table);
  end loop;
end
$$;
-- Of all sites: only work that no user asked for reads it, and hands on what each user may see.
create policy live_change_site_policy on app.live_change as restrictive for select to rollcall_api
  using ((select app.sees_all_sites()));
create policy device_health_device_policy on app.device_health as restrictive for all to rollcall_api
  using ((select app.sees_all_sites()) or exists (
    select from app.device d where d.organization_id = device_health.organization_id and d.device_id = device_health.device_id));

-- The worker finds work of all organisations here, then sets the organisation for each piece.
create policy live_change_worker_policy on app.live_change for select to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy live_change_worker_delete_policy on app.live_change for delete to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy device_health_worker_policy on app.device_health for select to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy device_worker_policy on app.device for select to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy device_activity_worker_policy on app.device_activity for select to rollcall_worker
  using ((select app.current_organization_id()) is null);

grant select, insert on app.live_change to rollcall_api;
grant select, insert, delete on app.live_change to rollcall_worker;
grant select on app.device_health to rollcall_api;
grant select, insert, update on app.device_health to rollcall_worker;
grant select (organization_id, device_id, site_id, created_at, revoked_at) on app.device to rollcall_worker;
grant select (organization_id, device_id, seen_at) on app.device_activity to rollcall_worker;
