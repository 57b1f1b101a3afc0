-- What somebody typed at the kiosk of the device that is logged in: `pin` (employee code and PIN) or `badge` (its code).
-- p_entry_id: a uuidv7 of the time of p_captured_at. The same id again changes nothing and gives the same answer.
-- p_direction: `in` or `out` where the person said so. p_camera_id: the camera of the kiosk, whose direction holds otherwise
-- at sites that go by cameras; null when there are several.
-- p_clock_offset_ms: see edge.submit_sightings; null when the device does not know what time it is.
-- Answers `punched`, `repeat` (a courtesy, as for sightings), `refused`, without saying why or whether the code exists, or
-- `wait`: too many of this device did not work, nothing was looked at or stored, the same again after wait_s seconds.
-- Errors (docs/errors.md) store nothing. What is refused is in attendance.code_entry, with the reason.
-- Locks: the device's row in app.device_code_guard, then the employee's in app.employee_pin, until the end of the
-- transaction: codes of one device and PINs of one employee are tried one after another, so that none goes uncounted.
create or replace function edge.punch_by_code(
  p_entry_id uuid,
  p_method text,
  p_employee_code text,
  p_secret text,
  p_captured_at timestamptz,
  p_direction text,
  p_camera_id uuid,
  p_clock_offset_ms integer
) returns table (outcome text, employee_name text, direction text, wait_s integer)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_device app.device%rowtype := app.device_of_session();
  v_org constant uuid := v_device.organization_id;
  v_entry attendance.code_entry%rowtype;
  v_free_at timestamptz;
  v_site app.site%rowtype;
  v_found record;
begin
  perform app.code_entry_check(v_org, v_device.device_id, p_entry_id, p_method, p_employee_code, p_secret, p_captured_at,
    p_direction, p_camera_id);
  perform app.device_rate_check(v_org, v_device.device_id, v_device.rate_limit_per_minute, 1);

  insert into app.device_code_guard as guard (organization_id, device_id) values (v_org, v_device.device_id)
  on conflict (organization_id, device_id) do nothing;
  select guard.free_at into v_free_at
  from app.device_code_guard guard
  where guard.organization_id = v_org and guard.device_id = v_device.device_id
  for update;

  select entry.* into v_entry
  from attendance.code_entry entry
  where entry.organization_id = v_org and entry.entry_id = p_entry_id;
  if not found then
    if v_free_at > now() then
      return query select 'wait', null::text, null::text, ceil(extract(epoch from v_free_at - now()))::integer;
      return;
    end if;
    select site.* into v_site
    from app.site
    where site.organization_id = v_org and site.site_id = v_device.site_id;
    select * into v_found
    from app.code_employee(v_org, v_device.site_id, p_method, p_employee_code, p_secret) as found;

    v_entry.entry_id := p_entry_id;
    v_entry.device_id := v_device.device_id;
    v_entry.employee_id := v_found.employee_id;
    v_entry.reason := case
      when v_found.reason is not null then v_found.reason
      when p_clock_offset_ms is null then 'clock_unknown'
      when p_captured_at > now() + interval '2 minutes' then 'clock_ahead'
    end;
    v_entry.direction := coalesce(p_direction, (
      select case camera.direction when 'entry' then 'in' when 'exit' then 'out' end
      from app.camera
      where camera.organization_id = v_org and camera.camera_id = p_camera_id and v_site.direction_policy = 'camera'));
    v_entry.outcome := case
      when v_entry.reason is not null then 'refused'
      when exists (
        select
        from attendance.punch
        where punch.organization_id = v_org and punch.employee_id = v_entry.employee_id
          and punch.site_id = v_device.site_id
          and coalesce(punch.direction = v_entry.direction, true)
          and punch.occurred_at > p_captured_at - make_interval(secs => v_site.cool_down_seconds)
          and punch.occurred_at <= p_captured_at
      ) then 'repeat'
      else 'punched'
    end;
    insert into attendance.code_entry (
      organization_id, entry_id, site_id, device_id, method, employee_code, employee_id, direction, captured_at, outcome,
      reason)
    values (v_org, p_entry_id, v_device.site_id, v_device.device_id, p_method,
      case p_method when 'pin' then btrim(p_employee_code) end, v_entry.employee_id, v_entry.direction, p_captured_at,
      v_entry.outcome, v_entry.reason);
    if v_entry.outcome = 'refused' then
      -- The right code at a wrong clock is no guess.
      if v_found.reason is not null then
        update app.device_code_guard guard
        set n_failures = counted.n, failed_at = now(),
          free_at = case when counted.n < 20 then '-infinity' else now() + counted.wait end
        from (
          select counted.n, least(interval '30 seconds' * 2 ^ least(counted.n - 20, 10), interval '15 minutes') as wait
          from (
            select case when guard.failed_at > now() - interval '15 minutes' then guard.n_failures else 0 end + 1 as n
            from app.device_code_guard guard
            where guard.organization_id = v_org and guard.device_id = v_device.device_id
          ) as counted
        ) as counted
        where guard.organization_id = v_org and guard.device_id = v_device.device_id;
      end if;
    else
      insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction)
      values (v_org, p_entry_id, v_entry.employee_id, v_device.site_id, p_captured_at, p_method, v_entry.direction);
      insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
      values (v_org, v_entry.employee_id, attendance.work_date(v_org, v_device.site_id, p_captured_at), p_entry_id);
    end if;
  end if;
  perform app.device_activity_record(v_org, v_device.device_id, 1);
  -- An id that another device used tells nothing about that entry.
  return query
  select answer.outcome,
    case when answer.outcome <> 'refused' then employee.display_name end,
    case when answer.outcome <> 'refused' then v_entry.direction end,
    null::integer
  from (select case when v_entry.device_id = v_device.device_id then v_entry.outcome else 'refused' end as outcome) as answer
  left join app.employee on employee.organization_id = v_org and employee.employee_id = v_entry.employee_id;
end
$$;
comment on function edge.punch_by_code(uuid, text, text, text, timestamptz, text, uuid, integer)
  is 'Takes what somebody typed at the kiosk of the device that is logged in, once only.';
grant execute on function edge.punch_by_code(uuid, text, text, text, timestamptz, text, uuid, integer) to rollcall_device;
