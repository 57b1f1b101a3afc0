-- Whom a code names at a site: one row, with the reason where it does not count. Counts wrong PINs of an employee: after five
-- in a row none is tried for a minute, then twice as long each time, up to an hour. That leaves some thirty guesses on the
-- first day and 24 on each other, of a million.
-- Called by edge.punch_by_code. Locks: the employee's row in app.employee_pin.
create or replace function app.code_employee(
  p_organization_id uuid,
  p_site_id uuid,
  p_method text,
  p_employee_code text,
  p_secret text
) returns table (employee_id uuid, reason text)
  language plpgsql volatile rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_employee_id uuid;
  v_pin app.employee_pin%rowtype;
  v_is_right boolean;
  v_n integer;
begin
  if p_method = 'badge' then
    select badge.employee_id into v_employee_id
    from app.employee_badge badge
    where badge.organization_id = p_organization_id
      and badge.badge_sha256 = app.badge_sha256(p_organization_id, btrim(p_secret));
    if not found then
      return query select null::uuid, 'unknown_badge';
      return;
    end if;
  else
    -- Kiosks type capital letters; a code that is written so goes first.
    select employee.employee_id into v_employee_id
    from app.employee
    where employee.organization_id = p_organization_id and upper(employee.code) = upper(btrim(p_employee_code))
    order by employee.code = btrim(p_employee_code) desc, employee.code
    limit 1;
    if not found then
      return query select null::uuid, 'unknown_code';
      return;
    end if;
    select pin.* into v_pin
    from app.employee_pin pin
    where pin.organization_id = p_organization_id and pin.employee_id = v_employee_id
    for update;
    if not found then
      return query select v_employee_id, 'no_pin';
      return;
    end if;
    if v_pin.free_at > now() then
      return query select v_employee_id, 'locked';
      return;
    end if;
    v_is_right := v_pin.pin_sha256 = app.pin_sha256(v_pin.salt, p_secret);
    v_n := case
      when v_is_right then 0
      when v_pin.failed_at > now() - interval '1 day' then v_pin.n_failures + 1
      else 1
    end;
    if not v_is_right or v_pin.n_failures > 0 then
      update app.employee_pin pin
      set n_failures = v_n,
        failed_at = case when v_is_right then pin.failed_at else now() end,
        free_at = case
          when v_n < 5 then '-infinity'
          else now() + least(interval '1 minute' * 2 ^ least(v_n - 5, 10), interval '1 hour')
        end
      where pin.organization_id = p_organization_id and pin.employee_id = v_employee_id;
    end if;
    if not v_is_right then
      return query select v_employee_id, 'wrong_pin';
      return;
    end if;
  end if;
  return query
  select employee.employee_id,
    case
      when employee.deactivated_at is not null then 'inactive'
      when not exists (
        select
        from app.employee_site
        where employee_site.organization_id = p_organization_id and employee_site.employee_id = employee.employee_id
          and employee_site.site_id = p_site_id
      ) then 'other_site'
    end
  from app.employee
  where employee.organization_id = p_organization_id and employee.employee_id = v_employee_id;
end
$$;
comment on function app.code_employee(uuid, uuid, text, text, text) is 'Whom a code names at a site.';
revoke execute on function app.code_employee(uuid, uuid, text, text, text) from public;
