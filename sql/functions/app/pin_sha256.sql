-- The hash of a PIN: salted, so that equal PINs look different, and no slower than it must be. A PIN of six digits is found
-- by trying them all whatever the hash costs; see app.employee_pin.
create or replace function app.pin_sha256(p_salt bytea, p_pin text) returns bytea
  language sql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select sha256(p_salt || convert_to(p_pin, 'UTF8'))
$$;
comment on function app.pin_sha256(bytea, text) is 'The hash of a PIN.';
revoke execute on function app.pin_sha256(bytea, text) from public;
grant execute on function app.pin_sha256(bytea, text) to rollcall_api;
