-- Lets a PgBouncer in front of Rollcall's database look up the passwords of devices, and of nobody else.
-- Run it once in Rollcall's database as a superuser; then give the role a password: \password rollcall_pgbouncer
do $$
begin
  create role rollcall_pgbouncer login nosuperuser nocreatedb nocreaterole noinherit;
exception when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
  execute format('grant connect on database %I to rollcall_pgbouncer', current_database());
end
$$;

create schema if not exists pgbouncer;

-- The SCRAM verifier of a device's log-in: with it a password can be checked and not be found out.
create or replace function pgbouncer.secret(p_role text) returns table (role_name text, secret text)
  language sql stable security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
  select rolname::text, rolpassword
  from pg_authid
  where rolname = p_role and rolcanlogin and rolname ~ '^rollcall_device_[0-9a-f]{32}$'
$$;
comment on function pgbouncer.secret(text) is 'The verifier of a device''s log-in, for PgBouncer''s auth_query.';
revoke execute on function pgbouncer.secret(text) from public;
grant usage on schema pgbouncer to rollcall_pgbouncer;
grant execute on function pgbouncer.secret(text) to rollcall_pgbouncer;
