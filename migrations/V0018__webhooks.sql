-- Webhooks: who is told of what, and the outbox of what is still to be told.
set lock_timeout = '5s';

create table app.webhook (
  organization_id uuid not null,
  webhook_id uuid not null default uuidv7(),
  description text not null,
  url text not null,
  events text[] not null,
  secret text not null,
  previous_secret text,
  previous_secret_expires_at timestamptz,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint webhook_pkey primary key (organization_id, webhook_id),
  constraint webhook_url_key unique (organization_id, url),
  constraint webhook_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint webhook_created_by_fkey foreign key (organization_id, created_by) references app.user_account (organization_id, user_id),
  constraint webhook_description_check check (description = btrim(description) and description <> '' and length(description) <= 200),
  constraint webhook_url_check check (length(url) between 1 and 2000),
  constraint webhook_events_check check (cardinality(events) > 0 and events <@ array[
    'punch.recorded', 'attendance_day.changed', 'exception.raised', 'correction.requested', 'correction.decided',
    'employee.changed', 'device.silent']),
  constraint webhook_secret_check check (length(secret) between 32 and 200),
  constraint webhook_previous_secret_check check ((previous_secret is null) = (previous_secret_expires_at is null))
);
comment on table app.webhook is 'A URL that is told of events, ids and times only.';
comment on column app.webhook.secret is 'Key of the signature. As it is, since both sides need it; no role that people speak through can read it.';
comment on column app.webhook.previous_secret is 'Signs as well until it expires, so that the receiver can be changed in between.';

create table app.webhook_delivery (
  organization_id uuid not null,
  delivery_id uuid not null default uuidv7(),
  webhook_id uuid not null,
  event_id uuid not null,
  kind text not null,
  subject text not null,
  cause xid8 not null default pg_current_xact_id(),
  payload jsonb not null,
  created_at timestamptz not null default now(),
  state text not null default 'pending',
  n_attempts integer not null default 0,
  next_attempt_at timestamptz default now(),
  give_up_at timestamptz not null default now() + interval '1 day',
  last_attempt_at timestamptz,
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  constraint webhook_delivery_pkey primary key (organization_id, delivery_id),
  -- One transaction that touches a thing several times tells of it once.
  constraint webhook_delivery_cause_key unique (organization_id, webhook_id, kind, subject, cause),
  constraint webhook_delivery_webhook_fkey foreign key (organization_id, webhook_id) references app.webhook (organization_id, webhook_id) on delete cascade,
  constraint webhook_delivery_state_check check (state in ('pending', 'delivered', 'dead')),
  constraint webhook_delivery_next_attempt_check check ((state = 'pending') = (next_attempt_at is not null)),
  constraint webhook_delivery_delivered_check check ((state = 'delivered') = (delivered_at is not null)),
  constraint webhook_delivery_error_check check (length(last_error) <= 500)
);
create index webhook_delivery_due_idx on app.webhook_delivery (organization_id, webhook_id, next_attempt_at) where state = 'pending';
create index webhook_delivery_state_idx on app.webhook_delivery (organization_id, state, delivery_id);
comment on table app.webhook_delivery is 'The outbox: one event for one webhook. Written in the transaction of its cause.';
comment on column app.webhook_delivery.cause is 'The transaction that caused it.';
comment on column app.webhook_delivery.give_up_at is 'No attempt after this: then the delivery is dead.';

-- A silence is told once: the silence of a device that was last heard of at this instant.
create table app.device_silence (
  organization_id uuid not null,
  device_id uuid not null,
  heard_at timestamptz not null,
  constraint device_silence_pkey primary key (organization_id, device_id),
  constraint device_silence_device_fkey foreign key (organization_id, device_id) references app.device (organization_id, device_id) on delete cascade
);
comment on table app.device_silence is 'Of which silence of a device webhooks were told.';

do $$
declare
  v_table text;
begin
  foreach v_table in array array['webhook', 'webhook_delivery', 'device_silence'] loop
    execute format('alter table app.%I enable row level security, force row level security', v_table);
    execute format(
      'create policy %I on app.%I using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      v_table || '_organization_policy', v_table);
  end loop;
  -- Webhooks tell of the whole organisation, so they are for those who see all of it.
  foreach v_table in array array['webhook', 'webhook_delivery'] loop
    execute format('create policy %I on app.%I as restrictive for all to rollcall_api using ((select app.sees_all_sites()))',
      v_table || '_site_policy', v_table);
    execute format('create policy %I on app.%I for select to rollcall_worker using ((select app.current_organization_id()) is null)',
      v_table || '_worker_policy', v_table);
  end loop;
end
$$;

grant select (organization_id, webhook_id, description, url, events, previous_secret_expires_at, is_active, created_at, created_by),
  insert, delete, update (description, url, events, is_active) on app.webhook to rollcall_api;
grant select, update (state, n_attempts, next_attempt_at, give_up_at, delivered_at) on app.webhook_delivery to rollcall_api;
grant select on app.webhook, app.device, app.device_activity to rollcall_worker;
grant select, update, delete on app.webhook_delivery to rollcall_worker;
grant select, insert, update on app.device_silence to rollcall_worker;

-- What triggers call is here and not below sql/, so that later migrations can change employees.

-- The id under which GraphQL knows a thing: `kind:key` in base64url without padding.
-- Called by what writes events for webhooks. The same as `crates/api/src/graphql/id.rs`; a test compares.
create function app.public_id(p_kind text, p_key text) returns text
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  -- encode() folds lines.
  select rtrim(translate(encode(convert_to(p_kind || ':' || p_key, 'UTF8'), 'base64'), e'+/\n', '-_'), '=')
$$;
comment on function app.public_id(text, text) is 'The opaque id of a thing as GraphQL gives it.';
revoke execute on function app.public_id(text, text) from public;
grant execute on function app.public_id(text, text) to rollcall_api, rollcall_worker;

-- An instant as RFC 3339 in UTC, whatever zone the session has.
-- Called by what writes events for webhooks.
create function app.public_time(p_at timestamptz) returns text
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
comment on function app.public_time(timestamptz) is 'An instant as RFC 3339 in UTC.';
revoke execute on function app.public_time(timestamptz) from public;
grant execute on function app.public_time(timestamptz) to rollcall_api, rollcall_worker;

-- Puts events into the outbox of every active webhook of the organisation that wants their kind: one row an
-- event and webhook, in the transaction of the cause. Without such a webhook it writes nothing.
-- `p_subjects`: what each event is about; a transaction tells of one subject once. `p_data`: ids and times only.
-- Callers: the derivation, triggers on employees and corrections, the watch over devices. Never edge.*.
-- Security definer: who causes an event need not see the webhooks. Locks: none beyond the new rows.
create function app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) returns bigint
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with event as materialized (
    select uuidv7() as event_id, e.subject, e.data
    from unnest(p_subjects, p_data) as e (subject, data)
  ), queued as (
    insert into app.webhook_delivery (organization_id, webhook_id, event_id, kind, subject, payload)
    select w.organization_id, w.webhook_id, e.event_id, p_kind, e.subject,
      jsonb_build_object('id', e.event_id, 'kind', p_kind, 'at', app.public_time(now()),
        'organizationId', app.public_id('organization', w.organization_id::text), 'data', e.data)
    from app.webhook w
    cross join event e
    where w.organization_id = app.current_organization_id() and w.is_active and p_kind = any (w.events)
    on conflict on constraint webhook_delivery_cause_key do nothing
    returning delivery_id
  )
  select count(*) from queued
$$;
comment on function app.webhook_enqueue(text, text[], jsonb[]) is 'Puts events into the outbox of the webhooks that want them.';
revoke execute on function app.webhook_enqueue(text, text[], jsonb[]) from public;
grant execute on function app.webhook_enqueue(text, text[], jsonb[]) to rollcall_api, rollcall_worker;

-- Triggers on employees and their sites: tell webhooks that an employee changed, once a statement.
-- Triggers because employees are written in many places (forms, imports, commands). Locks: none.
create function app.employee_tell() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if app.current_organization_id() is null then
    return null;
  end if;
  perform app.webhook_enqueue('employee.changed', array_agg(e.id), array_agg(jsonb_build_object('employeeId', e.id)))
  from (
    select distinct app.public_id('employee', c.employee_id::text) as id
    from changed c
    where c.organization_id = app.current_organization_id()
  ) as e
  having count(*) > 0;
  return null;
end
$$;
comment on function app.employee_tell() is 'Tells webhooks that an employee changed.';
create trigger employee_insert_tell after insert on app.employee
  referencing new table as changed for each statement execute function app.employee_tell();
create trigger employee_update_tell after update on app.employee
  referencing new table as changed for each statement execute function app.employee_tell();
create trigger employee_site_insert_tell after insert on app.employee_site
  referencing new table as changed for each statement execute function app.employee_tell();
create trigger employee_site_delete_tell after delete on app.employee_site
  referencing old table as changed for each statement execute function app.employee_tell();

-- Triggers on corrections: tell webhooks of requests and decisions, once a statement. Locks: none.
create function attendance.correction_tell() returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if app.current_organization_id() is null then
    return null;
  end if;
  perform app.webhook_enqueue(c.kind, array_agg(c.id), array_agg(jsonb_build_object(
    'correctionId', c.id, 'employeeId', app.public_id('employee', c.employee_id::text), 'state', c.state)))
  from (
    select case c.state when 'requested' then 'correction.requested' else 'correction.decided' end as kind,
      app.public_id('correction', c.correction_id::text) as id, c.employee_id, c.state
    from changed c
    where c.organization_id = app.current_organization_id()
  ) as c
  group by c.kind;
  return null;
end
$$;
comment on function attendance.correction_tell() is 'Tells webhooks of requests and decisions.';
create trigger correction_insert_tell after insert on attendance.correction
  referencing new table as changed for each statement execute function attendance.correction_tell();
create trigger correction_update_tell after update on attendance.correction
  referencing new table as changed for each statement execute function attendance.correction_tell();
