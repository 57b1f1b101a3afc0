-- Exchanges a one-time code for the log-in of its device: sets the password by its verifier and says who the device is;
-- no row when the code is unknown, used, expired, or its device revoked. Leaves the transaction in the device's
-- organisation. Asking again with the same verifier gives the same answer while the code lives: an answer can get lost.
-- p_code_sha256: SHA-256 of the code. p_verifier: SCRAM-SHA-256 verifier of the password that the box made.
-- cameras: array of {name, direction, source}, by name; source is null where the hub was not told.
create or replace function app.device_enrol(p_code_sha256 bytea, p_verifier text)
  returns table (organization_id uuid, device_id uuid, device_name text, database_role text, site_name text,
    time_zone text, cameras jsonb)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_enrolment app.device_enrolment%rowtype;
  v_verifier_sha256 constant bytea := sha256(convert_to(p_verifier, 'UTF8'));
begin
  perform set_config('rollcall.secret_sha256', encode(p_code_sha256, 'hex'), true);
  select e.* into v_enrolment from app.device_enrolment e where e.code_sha256 = p_code_sha256;
  perform set_config('rollcall.secret_sha256', '', true);
  if v_enrolment.device_id is null then
    return;
  end if;
  perform set_config('rollcall.organization_id', v_enrolment.organization_id::text, true);
  -- Again, and alone: two boxes may come with one code.
  select e.* into v_enrolment
  from app.device_enrolment e
  where e.organization_id = v_enrolment.organization_id and e.device_id = v_enrolment.device_id
    and e.code_sha256 = p_code_sha256 and e.expires_at > now()
    and (e.used_at is null or e.verifier_sha256 = v_verifier_sha256)
  for update;
  if not found or not exists (
    select from app.device d
    where d.organization_id = v_enrolment.organization_id and d.device_id = v_enrolment.device_id and d.revoked_at is null
  ) then
    return;
  end if;
  perform provisioner.device_role_password(p_device_id => v_enrolment.device_id, p_verifier => p_verifier);
  update app.device_enrolment e
  set used_at = coalesce(e.used_at, now()), verifier_sha256 = v_verifier_sha256
  where e.organization_id = v_enrolment.organization_id and e.device_id = v_enrolment.device_id;
  update app.device d
  set password_changed_at = now(), password_is_due = false
  where d.organization_id = v_enrolment.organization_id and d.device_id = v_enrolment.device_id;
  return query
  select d.organization_id, d.device_id, d.name, d.database_role, s.name, s.time_zone, coalesce(c.cameras, '[]')
  from app.device d
  join app.site s on s.organization_id = d.organization_id and s.site_id = d.site_id
  cross join lateral (
    select jsonb_agg(jsonb_build_object('name', c.name, 'direction', c.direction, 'source', v_enrolment.sources -> c.name)
      order by c.name) as cameras
    from app.camera c
    where c.organization_id = d.organization_id and c.device_id = d.device_id
  ) c
  where d.organization_id = v_enrolment.organization_id and d.device_id = v_enrolment.device_id;
end
$$;
comment on function app.device_enrol(bytea, text) is 'Exchanges a one-time code for the log-in of its device.';
revoke execute on function app.device_enrol(bytea, text) from public;
grant execute on function app.device_enrol(bytea, text) to rollcall_api;
