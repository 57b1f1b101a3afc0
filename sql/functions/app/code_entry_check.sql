-- Raises when what was typed at a kiosk cannot be taken; the codes are in docs/errors.md. Nothing is stored.
-- Called by edge.punch_by_code. Reads only.
create or replace function app.code_entry_check(
  p_organization_id uuid,
  p_device_id uuid,
  p_entry_id uuid,
  p_method text,
  p_employee_code text,
  p_secret text,
  p_captured_at timestamptz,
  p_direction text,
  p_camera_id uuid
) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_entry_id is null or p_captured_at is null or p_method is null or p_method not in ('pin', 'badge')
    or length(p_secret) not between 1 and 128 or p_secret is null or p_direction not in ('in', 'out')
    or (p_method = 'pin' and (p_employee_code is null or length(btrim(p_employee_code)) not between 1 and 64)) then
    raise exception 'a code entry has a value that is missing or out of range' using errcode = 'RC005';
  end if;
  if uuid_extract_version(p_entry_id) is distinct from 7
    or uuid_extract_timestamp(p_entry_id) not between p_captured_at - interval '10 minutes' and p_captured_at + interval '10 minutes' then
    raise exception 'entry_id is not a uuidv7 of the time of captured_at' using errcode = 'RC008';
  end if;
  if p_camera_id is not null and not exists (
    select
    from app.camera
    where camera.organization_id = p_organization_id and camera.camera_id = p_camera_id and camera.device_id = p_device_id
  ) then
    raise exception 'camera `%` does not belong to this device', p_camera_id using errcode = 'RC006';
  end if;
end
$$;
comment on function app.code_entry_check(uuid, uuid, uuid, text, text, text, timestamptz, text, uuid)
  is 'Raises when what was typed at a kiosk cannot be taken.';
revoke execute on function app.code_entry_check(uuid, uuid, uuid, text, text, text, timestamptz, text, uuid) from public;
