-- Those of some codes that an employee of the organisation has.
-- Callers: store::employee_import. Locks: none. Notifications: none.
-- Security definer: codes are unique in the organisation, also among people whom the user does not see. It tells
-- no more than making an employee with the code does. The policy of the organisation applies.
create or replace function app.employee_codes_taken(p_codes text[])
  returns setof text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select e.code from app.employee e
  where e.organization_id = app.current_organization_id() and e.code = any (p_codes)
$$;
comment on function app.employee_codes_taken(text[]) is 'Those of some codes that an employee of the organisation has.';
revoke execute on function app.employee_codes_taken(text[]) from public;
grant execute on function app.employee_codes_taken(text[]) to rollcall_api;
