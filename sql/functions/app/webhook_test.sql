-- Puts a test event into the outbox of one webhook, active or not, and returns the delivery.
-- Called by the API. Security definer: only this and app.webhook_enqueue write to the outbox. No row when there
-- is no such webhook. Locks: none beyond the new row.
create or replace function app.webhook_test(p_webhook_id uuid) returns setof uuid
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into app.webhook_delivery (organization_id, webhook_id, event_id, kind, subject, payload)
  select w.organization_id, w.webhook_id, e.event_id, 'webhook.test', e.event_id::text,
    jsonb_build_object('id', e.event_id, 'kind', 'webhook.test', 'at', app.public_time(now()),
      'organizationId', app.public_id('organization', w.organization_id::text),
      'data', jsonb_build_object('webhookId', app.public_id('webhook', w.webhook_id::text)))
  from (select uuidv7() as event_id) as e
  cross join app.webhook w
  where w.organization_id = app.current_organization_id() and w.webhook_id = p_webhook_id and app.sees_all_sites()
  returning delivery_id
$$;
comment on function app.webhook_test(uuid) is 'Puts a test event into the outbox of one webhook.';
revoke execute on function app.webhook_test(uuid) from public;
grant execute on function app.webhook_test(uuid) to rollcall_api;
