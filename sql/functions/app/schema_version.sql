-- Number of the newest applied migration; 0 before the first. The history itself is the migrator's.
-- Called by the hub's readiness check. Locks and notifications: none.
create or replace function app.schema_version() returns integer
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(max(h.version), 0)::integer from rollcall_migration.history h
$$;
revoke execute on function app.schema_version() from public;
grant execute on function app.schema_version() to rollcall_api, rollcall_worker;
