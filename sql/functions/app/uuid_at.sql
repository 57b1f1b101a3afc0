-- The least uuid of an instant: its milliseconds since 1970 in the first 48 bits, then zeros.
-- Bounds of a time range over uuidv7 keys, so that a query reads only the months it needs.
create or replace function app.uuid_at(p_at timestamptz) returns uuid
  language sql stable parallel safe
  return (lpad(to_hex(greatest(extract(epoch from p_at) * 1000, 0)::bigint), 12, '0') || '00000000000000000000')::uuid;
comment on function app.uuid_at(timestamptz) is 'Least uuid of an instant, a bound over uuidv7 keys.';
grant execute on function app.uuid_at(timestamptz) to rollcall_api;
