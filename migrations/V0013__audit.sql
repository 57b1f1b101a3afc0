-- Who did what. Append-only: nobody but the owner of the schema may change or remove a row.
set lock_timeout = '5s';

create table audit.event (
  organization_id uuid not null,
  event_id uuid not null default uuidv7(),
  occurred_at timestamptz not null default now(),
  actor text not null,
  user_id uuid,
  token_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id uuid,
  before jsonb,
  after jsonb,
  constraint event_pkey primary key (organization_id, event_id),
  constraint event_actor_check check (actor in ('user', 'token', 'system')),
  constraint event_actor_user_check check ((actor = 'system') = (user_id is null) and (actor = 'token') = (token_id is not null)),
  constraint event_action_check check (action ~ '^[a-z_]+\.[a-z_]+$')
) partition by range (event_id);
create index event_subject_idx on audit.event (organization_id, subject_kind, subject_id, event_id);
create index event_user_idx on audit.event (organization_id, user_id, event_id);
create table audit.event_default partition of audit.event default;
comment on table audit.event is 'One change, or one read of biometric data. Never holds a secret, a picture or an embedding.';
comment on column audit.event.actor is 'user: logged in; token: by an API token of the user; system: no user asked for it.';
comment on column audit.event.action is 'What was done, resource first: employee.create, photo.read.';
comment on column audit.event.before is 'What changed, as it was; null for what was made or read.';
comment on column audit.event.after is 'What changed, as it is since; null for what was removed or read.';

alter table audit.event enable row level security, force row level security;
alter table audit.event_default enable row level security, force row level security;
create policy event_organization_policy on audit.event
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
create policy event_site_policy on audit.event as restrictive for select to rollcall_api
  using ((select app.sees_all_sites()) or user_id = (select app.current_user_id()));
grant usage on schema audit to rollcall_api, rollcall_worker;
grant select, insert on audit.event to rollcall_api;
grant insert on audit.event to rollcall_worker;
