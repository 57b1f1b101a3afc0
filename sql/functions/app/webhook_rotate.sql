-- Gives a webhook a new secret; the old one signs as well until `p_keep_until`.
-- Called by the API, which cannot read secrets: therefore security definer. False when there is no such webhook.
-- Locks: the webhook's row.
create or replace function app.webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamptz) returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with rotated as (
    update app.webhook
    set secret = p_secret, previous_secret = secret, previous_secret_expires_at = p_keep_until
    where organization_id = app.current_organization_id() and webhook_id = p_webhook_id
      -- The owner's rights are not the caller's: who is bound to sites has no webhooks.
      and app.sees_all_sites()
    returning webhook_id
  )
  select exists (select from rotated)
$$;
comment on function app.webhook_rotate(uuid, text, timestamptz) is 'Gives a webhook a new secret.';
revoke execute on function app.webhook_rotate(uuid, text, timestamptz) from public;
grant execute on function app.webhook_rotate(uuid, text, timestamptz) to rollcall_api;
