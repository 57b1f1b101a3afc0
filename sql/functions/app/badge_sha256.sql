-- The hash of a badge's code, the same for the same badge of an organisation, by which it is found.
create or replace function app.badge_sha256(p_organization_id uuid, p_badge text) returns bytea
  language sql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select sha256(uuid_send(p_organization_id) || convert_to(p_badge, 'UTF8'))
$$;
comment on function app.badge_sha256(uuid, text) is 'The hash of a badge''s code.';
revoke execute on function app.badge_sha256(uuid, text) from public;
grant execute on function app.badge_sha256(uuid, text) to rollcall_api;
