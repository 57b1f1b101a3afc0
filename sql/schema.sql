-- Generated: the schema after all migrations, functions and views, without month partitions.
-- `ROLLCALL_UPDATE=1 cargo test -p rollcall-store --test migrate` writes it anew.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

-- Name: app; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA app;

-- Name: SCHEMA app; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA app IS 'Organisations, sites, employees, devices, users.';

-- Name: attendance; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA attendance;

-- Name: SCHEMA attendance; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA attendance IS 'Sightings, punches, rules, attendance days.';

-- Name: audit; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA audit;

-- Name: SCHEMA audit; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA audit IS 'Append-only record of who did what.';

-- Name: bi; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA bi;

-- Name: SCHEMA bi; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA bi IS 'The whole interface of an analyst: views only.';

-- Name: biometric; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA biometric;

-- Name: SCHEMA biometric; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA biometric IS 'Embedding spaces, consents, photos, templates, enrolment jobs.';

-- Name: edge; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA edge;

-- Name: SCHEMA edge; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA edge IS 'The whole interface of a device: functions only.';

-- Name: provisioner; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA provisioner;

-- Name: SCHEMA provisioner; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA provisioner IS 'Makes and drops the log-in roles of devices, and no others.';

-- Name: rollcall_migration; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA rollcall_migration;

-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: -

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

-- Name: vector; Type: EXTENSION; Schema: -; Owner: -

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

-- Name: EXTENSION vector; Type: COMMENT; Schema: -; Owner: -

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

-- Name: access_changed(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.access_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pg_notify('rollcall_access', json_build_object('organization_id', old.organization_id)::text);
  return null;
end
$$;

-- Name: FUNCTION access_changed(); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.access_changed() IS 'Tells hubs that a session, an API token or a user is not what it was.';

-- Name: badge_sha256(uuid, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.badge_sha256(p_organization_id uuid, p_badge text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(uuid_send(p_organization_id) || convert_to(p_badge, 'UTF8'))
$$;

-- Name: FUNCTION badge_sha256(p_organization_id uuid, p_badge text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.badge_sha256(p_organization_id uuid, p_badge text) IS 'The hash of a badge''s code.';

-- Name: camera_view_end(uuid, uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.camera_view_end(p_organization_id uuid, p_view_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_camera_id uuid;
begin
  select camera_view.camera_id into v_camera_id from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.view_id = p_view_id
    and p_organization_id = app.current_organization_id() and camera_view.user_id = app.current_user_id();
  perform from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.camera_id = v_camera_id
  order by camera_view.view_id
  for update;
  delete from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.view_id = p_view_id
    and camera_view.camera_id = v_camera_id;
  if not found then
    return false;
  end if;
  delete from app.camera_picture
  where camera_picture.organization_id = p_organization_id and camera_picture.camera_id = v_camera_id
    and not exists (
      select from app.camera_view
      where camera_view.organization_id = p_organization_id and camera_view.camera_id = v_camera_id
        and camera_view.until_at > now());
  return true;
end
$$;

-- Name: FUNCTION camera_view_end(p_organization_id uuid, p_view_id uuid); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.camera_view_end(p_organization_id uuid, p_view_id uuid) IS 'Ends a viewing of the acting user; the last one takes the picture along.';

-- Name: code_employee(uuid, uuid, text, text, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.code_employee(p_organization_id uuid, p_site_id uuid, p_method text, p_employee_code text, p_secret text) RETURNS TABLE(employee_id uuid, reason text)
    LANGUAGE plpgsql ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: FUNCTION code_employee(p_organization_id uuid, p_site_id uuid, p_method text, p_employee_code text, p_secret text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.code_employee(p_organization_id uuid, p_site_id uuid, p_method text, p_employee_code text, p_secret text) IS 'Whom a code names at a site.';

-- Name: code_entry_check(uuid, uuid, uuid, text, text, text, timestamp with time zone, text, uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.code_entry_check(p_organization_id uuid, p_device_id uuid, p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: FUNCTION code_entry_check(p_organization_id uuid, p_device_id uuid, p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.code_entry_check(p_organization_id uuid, p_device_id uuid, p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid) IS 'Raises when what was typed at a kiosk cannot be taken.';

-- Name: current_organization_id(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.current_organization_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('rollcall.organization_id'::text, true), ''::text))::uuid;

-- Name: current_user_id(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(NULLIF(current_setting('rollcall.user_id'::text, true), ''::text), 'system'::text))::uuid;

-- Name: device_activity_record(uuid, uuid, integer); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into app.device_activity as activity (organization_id, device_id, rate_window_sightings)
  values (p_organization_id, p_device_id, p_n)
  on conflict (organization_id, device_id) do update
  set seen_at = now(),
    rate_window_at = case when activity.rate_window_at > now() - interval '1 minute' then activity.rate_window_at else now() end,
    rate_window_sightings = case
      when activity.rate_window_at > now() - interval '1 minute' then activity.rate_window_sightings else 0
    end + p_n
$$;

-- Name: FUNCTION device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer) IS 'Notes that a device was seen.';

-- Name: device_enrol(bytea, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.device_enrol(p_code_sha256 bytea, p_verifier text) RETURNS TABLE(organization_id uuid, device_id uuid, device_name text, database_role text, site_name text, time_zone text, cameras jsonb)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: FUNCTION device_enrol(p_code_sha256 bytea, p_verifier text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.device_enrol(p_code_sha256 bytea, p_verifier text) IS 'Exchanges a one-time code for the log-in of its device.';

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: device; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device (
    organization_id uuid NOT NULL,
    device_id uuid DEFAULT uuidv7() NOT NULL,
    site_id uuid NOT NULL,
    name text NOT NULL,
    database_role text NOT NULL,
    rate_limit_per_minute integer DEFAULT 1200 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    password_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    password_is_due boolean DEFAULT false NOT NULL,
    CONSTRAINT device_rate_limit_check CHECK ((rate_limit_per_minute > 0))
);

ALTER TABLE ONLY app.device FORCE ROW LEVEL SECURITY;

-- Name: TABLE device; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.device IS 'One edge agent. Its database role is its identity.';

-- Name: COLUMN device.password_changed_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device.password_changed_at IS 'When the device''s log-in got its password.';

-- Name: COLUMN device.password_is_due; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device.password_is_due IS 'The agent shall take a new password at its next sign of life.';

-- Name: device_of_session(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.device_of_session() RETURNS app.device
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype;
begin
  select device.* into v_device
  from app.device
  where device.database_role = session_user::text and device.revoked_at is null;
  if not found then
    raise exception 'role `%` is not a device, or was revoked', session_user using errcode = 'RC009';
  end if;
  perform set_config('rollcall.organization_id', v_device.organization_id::text, true);
  return v_device;
end
$$;

-- Name: FUNCTION device_of_session(); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.device_of_session() IS 'The device that is logged in.';

-- Name: device_problems(jsonb); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.device_problems(p_status jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(array_agg(distinct found.problem order by found.problem), '{}')
  from (
    -- Its sightings are dated by the hub's clock; whatever else runs on the box is not.
    select 'clock_wrong' where abs((p_status ->> 'clock_offset_ms')::bigint) > 60000
    union all
    select 'spool_full' where (p_status -> 'spool' ->> 'bytes')::bigint > 0.8 * (p_status -> 'spool' ->> 'max_bytes')::bigint
    union all
    select 'spool_lost' where (p_status -> 'spool' ->> 'n_lost')::bigint > 0
    union all
    select 'disk_failing' where (p_status -> 'spool' ->> 'n_in_memory')::bigint > 0
    union all
    select 'too_hot' where (p_status ->> 'temperature_celsius')::real > 90
    union all
    select 'camera_' || (camera.status ->> 'state')
    from jsonb_array_elements(p_status -> 'cameras') as camera (status)
    where camera.status ->> 'state' in ('unreachable', 'stalled', 'black', 'frozen')
    union all
    -- Less than two looks a second of a camera that gives far more: people pass unseen.
    select 'too_slow'
    from jsonb_array_elements(p_status -> 'cameras') as camera (status)
    where (camera.status ->> 'processed_per_second')::real < 2
      and (camera.status ->> 'captured_per_second')::real > 3 * (camera.status ->> 'processed_per_second')::real
  ) as found (problem)
$$;

-- Name: FUNCTION device_problems(p_status jsonb); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.device_problems(p_status jsonb) IS 'What is wrong with an agent by what it says of itself.';

-- Name: device_rate_check(uuid, uuid, integer, integer); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.device_rate_check(p_organization_id uuid, p_device_id uuid, p_limit_per_minute integer, p_n integer) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_used integer;
begin
  select device_activity.rate_window_sightings into v_used
  from app.device_activity
  where device_activity.organization_id = p_organization_id and device_activity.device_id = p_device_id
    and device_activity.rate_window_at > now() - interval '1 minute';
  if v_used > 0 and v_used + p_n > p_limit_per_minute then
    raise exception 'more than % sightings in a minute', p_limit_per_minute using errcode = 'RC010',
      hint = 'keep the sightings and send them later; nothing was stored';
  end if;
end
$$;

-- Name: FUNCTION device_rate_check(p_organization_id uuid, p_device_id uuid, p_limit_per_minute integer, p_n integer); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.device_rate_check(p_organization_id uuid, p_device_id uuid, p_limit_per_minute integer, p_n integer) IS 'Raises when a device sends too much.';

-- Name: employee_codes_taken(text[]); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.employee_codes_taken(p_codes text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select e.code from app.employee e
  where e.organization_id = app.current_organization_id() and e.code = any (p_codes)
$$;

-- Name: FUNCTION employee_codes_taken(p_codes text[]); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.employee_codes_taken(p_codes text[]) IS 'Those of some codes that an employee of the organisation has.';

-- Name: employee_tell(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.employee_tell() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if app.current_organization_id() is null then
    return null;
  end if;
  perform app.webhook_enqueue('employee.changed', array_agg(e.id), array_agg(jsonb_build_object('employeeId', e.id)))
  from (
    select distinct app.public_id('employee', c.employee_id::text) as id
    from changed c
    where c.organization_id = app.current_organization_id()
  ) as e
  having count(*) > 0;
  return null;
end
$$;

-- Name: FUNCTION employee_tell(); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.employee_tell() IS 'Tells webhooks that an employee changed.';

-- Name: enter(uuid, text, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.enter(p_organization_id uuid, p_user text, p_token text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_sites text := 'all';
begin
  perform set_config('rollcall.organization_id', p_organization_id::text, true),
    set_config('rollcall.user_id', p_user, true),
    set_config('rollcall.token_id', p_token, true);
  if p_user <> 'system' then
    select case when u.all_sites then 'all' else (
        select coalesce(array_agg(us.site_id), '{}')::text from app.user_site us
        where us.organization_id = u.organization_id and us.user_id = u.user_id) end
    into v_sites
    from app.user_account u
    where u.organization_id = p_organization_id and u.user_id = p_user::uuid and u.deactivated_at is null;
  end if;
  perform set_config('rollcall.sites', coalesce(v_sites, '{}'), true);
end
$$;

-- Name: FUNCTION enter(p_organization_id uuid, p_user text, p_token text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.enter(p_organization_id uuid, p_user text, p_token text) IS 'Lets the transaction work for an organisation and a user (or system), perhaps by a token.';

-- Name: is_visible_guest(uuid, uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.is_visible_guest(p_organization_id uuid, p_employee_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_site_ids uuid[] := app.visible_site_ids();
begin
  return exists (
    select from attendance.punch p
    where p.organization_id = p_organization_id and p.employee_id = p_employee_id
      and p.occurred_at > now() - interval '7 days'
      -- An id is never much older than its instant, so this leaves the earlier months out.
      and p.punch_id >= app.uuid_at(now() - interval '8 days')
      and p.site_id = any (v_site_ids));
end
$$;

-- Name: login_candidates(text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.login_candidates(p_email text) RETURNS TABLE(organization_id uuid, user_id uuid, password_hash text)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
  if app.current_user_id() is not null then
    raise exception 'password hashes are read before anybody is logged in' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('rollcall.login_email', p_email, true);
  return query
  select u.organization_id, u.user_id, u.password_hash
  from app.user_account u
  where u.email = p_email and u.deactivated_at is null
  order by u.user_id
  limit 4;
  perform set_config('rollcall.login_email', '', true);
end
$$;

-- Name: manages_users(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.manages_users() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(current_setting('rollcall.user_id', true) = 'system', false)
    or exists (
      select from app.user_account u
      where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
        and u.role = 'owner' and u.all_sites and u.deactivated_at is null)
$$;

-- Name: may_view_cameras(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.may_view_cameras() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return exists (
    select from app.user_account u
    where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
      and u.role in ('owner', 'hr_admin', 'site_manager') and u.deactivated_at is null);
end
$$;

-- Name: organization_create(text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.organization_create(p_name text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_organization_id uuid := uuidv7();
  v_table text;
  v_partition text;
begin
  perform set_config('rollcall.organization_id', v_organization_id::text, true);
  insert into app.organization (organization_id, name) values (v_organization_id, p_name);
  insert into attendance.day_opening (organization_id, opened_through) values (v_organization_id, '-infinity');
  foreach v_table in array array['template', 'template_code'] loop
    v_partition := v_table || '_' || replace(v_organization_id::text, '-', '');
    execute format('create table biometric.%I partition of biometric.%I for values in (%L)',
      v_partition, v_table, v_organization_id);
    execute format('alter table biometric.%I enable row level security, force row level security', v_partition);
  end loop;
  return v_organization_id;
end
$$;

-- Name: own_employee_id(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.own_employee_id() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select u.employee_id from app.user_account u
  where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
    and u.deactivated_at is null
$$;

-- Name: own_site_ids(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.own_site_ids() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return (
    select coalesce(array_agg(es.site_id), '{}') from app.employee_site es
    where es.organization_id = app.current_organization_id() and es.employee_id = app.own_employee_id());
end
$$;

-- Name: pin_sha256(bytea, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.pin_sha256(p_salt bytea, p_pin text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select sha256(p_salt || convert_to(p_pin, 'UTF8'))
$$;

-- Name: FUNCTION pin_sha256(p_salt bytea, p_pin text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.pin_sha256(p_salt bytea, p_pin text) IS 'The hash of a PIN.';

-- Name: public_id(text, text); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.public_id(p_kind text, p_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- encode() folds lines.
  select rtrim(translate(encode(convert_to(p_kind || ':' || p_key, 'UTF8'), 'base64'), e'+/\n', '-_'), '=')
$$;

-- Name: FUNCTION public_id(p_kind text, p_key text); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.public_id(p_kind text, p_key text) IS 'The opaque id of a thing as GraphQL gives it.';

-- Name: public_time(timestamp with time zone); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.public_time(p_at timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- Name: FUNCTION public_time(p_at timestamp with time zone); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.public_time(p_at timestamp with time zone) IS 'An instant as RFC 3339 in UTC.';

-- Name: schema_version(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.schema_version() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(max(h.version), 0)::integer from rollcall_migration.history h
$$;

-- Name: sees_all_sites(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.sees_all_sites() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((current_setting('rollcall.sites'::text, true) = 'all'::text), false);

-- Name: sees_employee(uuid, uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.sees_employee(p_organization_id uuid, p_employee_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_site_ids uuid[] := app.visible_site_ids();
begin
  return exists (
      select from app.employee_site es
      where es.organization_id = p_organization_id and es.employee_id = p_employee_id
        and es.site_id = any (v_site_ids))
    or app.is_visible_guest(p_organization_id, p_employee_id);
end
$$;

-- Name: session_find(bytea, timestamp with time zone, integer, boolean); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.session_find(p_sha256 bytea, p_now timestamp with time zone, p_idle_s integer, p_is_use boolean) RETURNS TABLE(organization_id uuid, organization_name text, user_id uuid, email text, display_name text, role text, all_sites boolean, employee_id uuid, must_change_password boolean, credential_id uuid, expires_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_session record;
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  perform set_config('rollcall.secret_sha256', encode(p_sha256, 'hex'), true);
  select s.organization_id, s.user_id, s.session_id, s.method, s.expires_at, coalesce(s.last_used_at, s.created_at) as used_at
  into v_session
  from app.user_session s
  where s.session_sha256 = p_sha256 and s.revoked_at is null and s.expires_at > p_now
    and coalesce(s.last_used_at, s.created_at) > p_now - make_interval(secs => p_idle_s);
  if not found then
    perform set_config('rollcall.secret_sha256', '', true);
    return;
  end if;
  perform set_config('rollcall.organization_id', v_session.organization_id::text, true);
  if p_is_use and v_session.used_at < p_now - interval '1 minute' then
    update app.user_session s set last_used_at = p_now
    where s.organization_id = v_session.organization_id and s.session_sha256 = p_sha256
      and coalesce(s.last_used_at, s.created_at) < p_now - interval '1 minute';
  end if;
  return query
  select u.organization_id, o.name, u.user_id, u.email, u.display_name, u.role, u.all_sites, u.employee_id,
    u.password_is_one_time and v_session.method <> 'sso', v_session.session_id, v_session.expires_at
  from app.user_account u
  join app.organization o using (organization_id)
  where u.organization_id = v_session.organization_id and u.user_id = v_session.user_id and u.deactivated_at is null;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true), set_config('rollcall.secret_sha256', '', true);
end
$$;

-- Name: token_find(bytea, timestamp with time zone, boolean); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.token_find(p_sha256 bytea, p_now timestamp with time zone, p_is_use boolean) RETURNS TABLE(organization_id uuid, organization_name text, user_id uuid, email text, display_name text, role text, all_sites boolean, employee_id uuid, credential_id uuid, expires_at timestamp with time zone, scopes text[])
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_token record;
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  perform set_config('rollcall.secret_sha256', encode(p_sha256, 'hex'), true);
  select t.organization_id, t.user_id, t.token_id, t.expires_at, t.last_used_at, t.scopes
  into v_token
  from app.api_token t
  where t.token_sha256 = p_sha256 and t.revoked_at is null and t.expires_at > p_now;
  if not found then
    perform set_config('rollcall.secret_sha256', '', true);
    return;
  end if;
  perform set_config('rollcall.organization_id', v_token.organization_id::text, true);
  if p_is_use and coalesce(v_token.last_used_at < p_now - interval '1 minute', true) then
    update app.api_token t set last_used_at = p_now
    where t.organization_id = v_token.organization_id and t.token_id = v_token.token_id
      and coalesce(t.last_used_at < p_now - interval '1 minute', true);
  end if;
  return query
  select u.organization_id, o.name, u.user_id, u.email, u.display_name, u.role, u.all_sites, u.employee_id,
    v_token.token_id, v_token.expires_at, v_token.scopes
  from app.user_account u
  join app.organization o using (organization_id)
  where u.organization_id = v_token.organization_id and u.user_id = v_token.user_id and u.deactivated_at is null;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true), set_config('rollcall.secret_sha256', '', true);
end
$$;

-- Name: totp_secret(uuid, uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.totp_secret(p_organization_id uuid, p_user_id uuid) RETURNS TABLE(secret bytea, is_confirmed boolean)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_organization constant text := coalesce(current_setting('rollcall.organization_id', true), '');
begin
  if app.current_user_id() is not null then
    raise exception 'second factors are read before anybody is logged in' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('rollcall.organization_id', p_organization_id::text, true);
  return query
  select t.secret, t.confirmed_at is not null
  from app.user_totp t
  where t.organization_id = p_organization_id and t.user_id = p_user_id;
  -- A transaction around this goes on for the organisation that it had.
  perform set_config('rollcall.organization_id', v_organization, true);
end
$$;

-- Name: uuid_at(timestamp with time zone); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.uuid_at(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((lpad(to_hex((GREATEST((EXTRACT(epoch FROM p_at) * (1000)::numeric), (0)::numeric))::bigint), 12, '0'::text) || '00000000000000000000'::text))::uuid;

-- Name: FUNCTION uuid_at(p_at timestamp with time zone); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.uuid_at(p_at timestamp with time zone) IS 'Least uuid of an instant, a bound over uuidv7 keys.';

-- Name: visible_site_ids(); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.visible_site_ids() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (COALESCE(current_setting('rollcall.sites'::text, true), ''::text) = ANY (ARRAY[''::text, 'all'::text])) THEN '{}'::uuid[] ELSE (current_setting('rollcall.sites'::text, true))::uuid[] END;

-- Name: webhook_enqueue(text, text[], jsonb[]); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with event as materialized (
    select uuidv7() as event_id, e.subject, e.data
    from unnest(p_subjects, p_data) as e (subject, data)
  ), queued as (
    insert into app.webhook_delivery (organization_id, webhook_id, event_id, kind, subject, payload)
    select w.organization_id, w.webhook_id, e.event_id, p_kind, e.subject,
      jsonb_build_object('id', e.event_id, 'kind', p_kind, 'at', app.public_time(now()),
        'organizationId', app.public_id('organization', w.organization_id::text), 'data', e.data)
    from app.webhook w
    cross join event e
    where w.organization_id = app.current_organization_id() and w.is_active and p_kind = any (w.events)
    on conflict on constraint webhook_delivery_cause_key do nothing
    returning delivery_id
  )
  select count(*) from queued
$$;

-- Name: FUNCTION webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) IS 'Puts events into the outbox of the webhooks that want them.';

-- Name: webhook_rotate(uuid, text, timestamp with time zone); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with rotated as (
    update app.webhook
    set secret = p_secret, previous_secret = secret, previous_secret_expires_at = p_keep_until
    where organization_id = app.current_organization_id() and webhook_id = p_webhook_id
      -- The owner's rights are not the caller's: who is bound to sites has no webhooks.
      and app.sees_all_sites()
    returning webhook_id
  )
  select exists (select from rotated)
$$;

-- Name: FUNCTION webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone) IS 'Gives a webhook a new secret.';

-- Name: webhook_test(uuid); Type: FUNCTION; Schema: app; Owner: -

CREATE FUNCTION app.webhook_test(p_webhook_id uuid) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into app.webhook_delivery (organization_id, webhook_id, event_id, kind, subject, payload)
  select w.organization_id, w.webhook_id, e.event_id, 'webhook.test', e.event_id::text,
    jsonb_build_object('id', e.event_id, 'kind', 'webhook.test', 'at', app.public_time(now()),
      'organizationId', app.public_id('organization', w.organization_id::text),
      'data', jsonb_build_object('webhookId', app.public_id('webhook', w.webhook_id::text)))
  from (select uuidv7() as event_id) as e
  cross join app.webhook w
  where w.organization_id = app.current_organization_id() and w.webhook_id = p_webhook_id and app.sees_all_sites()
  returning delivery_id
$$;

-- Name: FUNCTION webhook_test(p_webhook_id uuid); Type: COMMENT; Schema: app; Owner: -

COMMENT ON FUNCTION app.webhook_test(p_webhook_id uuid) IS 'Puts a test event into the outbox of one webhook.';

-- Name: check_sightings(uuid, uuid, uuid[], uuid[], timestamp with time zone[], public.halfvec[], real[], text[], smallint[], bytea[], integer[], real[], text[], jsonb[], uuid[]); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.check_sightings(p_organization_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_bad record;
begin
  if cardinality(p_sighting_id) not between 1 and 512 or p_sighting_id is null then
    raise exception '% sightings in one call, expected 1 to 512', coalesce(cardinality(p_sighting_id), 0)
      using errcode = 'RC002';
  end if;
  if exists (
    select
    from (values (cardinality(p_camera_id)), (cardinality(p_captured_at)), (cardinality(p_embedding)),
      (cardinality(p_quality)), (cardinality(p_pad)), (cardinality(p_n_frames)), (cardinality(p_thumbnail)),
      (cardinality(p_clock_offset_ms)), (cardinality(p_agreement)), (cardinality(p_direction)), (cardinality(p_pad_evidence)),
      (cardinality(p_greeted_employee_id))) as length (n)
    where length.n is distinct from cardinality(p_sighting_id)
  ) then
    raise exception 'arrays of different length, expected % elements in each', cardinality(p_sighting_id)
      using errcode = 'RC001';
  end if;

  select checked.position, checked.code, checked.problem into v_bad
  from (
    select
      u.position,
      case
        when u.sighting_id is null or u.captured_at is null or u.embedding is null then 'RC005'
        when not coalesce(u.quality between 0 and 1, false) or not coalesce(u.pad in ('live', 'attack', 'not_checked'), false)
          or not coalesce(u.n_frames >= 1, false) or length(u.thumbnail) not between 1 and 65536
          or u.agreement not between -1 and 1 or u.agreement = 'nan' or u.direction not in ('in', 'out')
            or length(u.pad_evidence::text) > 1024 then 'RC005'
        when vector_dims(u.embedding) <> 512 then 'RC003'
        when abs(l2_norm(u.embedding) - 1) > 0.01 then 'RC004'
        when camera.camera_id is null then 'RC006'
        when uuid_extract_version(u.sighting_id) is distinct from 7 then 'RC008'
        when uuid_extract_timestamp(u.sighting_id) not between u.captured_at - interval '10 minutes' and u.captured_at + interval '10 minutes'
          then 'RC008'
      end as code,
      case
        when u.sighting_id is null or u.captured_at is null or u.embedding is null then 'a required value is missing'
        when vector_dims(u.embedding) <> 512 then format('embedding has %s dimensions, expected 512', vector_dims(u.embedding))
        when not coalesce(u.quality between 0 and 1, false) then 'quality is not between 0 and 1'
        when not coalesce(u.pad in ('live', 'attack', 'not_checked'), false) then 'PAD verdict is not live, attack or not_checked'
        when not coalesce(u.n_frames >= 1, false) then 'number of frames is not positive'
        when length(u.thumbnail) not between 1 and 65536 then 'thumbnail is empty or larger than 64 KiB'
        when u.agreement not between -1 and 1 or u.agreement = 'nan' then 'agreement is not between -1 and 1'
        when u.direction not in ('in', 'out') then 'direction is not in or out'
        when length(u.pad_evidence::text) > 1024 then 'PAD evidence is longer than 1024 characters'
        when abs(l2_norm(u.embedding) - 1) > 0.01 then format('embedding has length %s, expected 1', round(l2_norm(u.embedding)::numeric, 3))
        when camera.camera_id is null then format('camera `%s` does not belong to this device', u.camera_id)
        else 'sighting_id is not a uuidv7 of the time of captured_at'
      end as problem
    from unnest(p_sighting_id, p_camera_id, p_captured_at, p_embedding, p_quality, p_pad, p_n_frames, p_thumbnail, p_agreement,
        p_direction, p_pad_evidence)
      with ordinality as u (sighting_id, camera_id, captured_at, embedding, quality, pad, n_frames, thumbnail, agreement,
        direction, pad_evidence, position)
    left join app.camera on camera.organization_id = p_organization_id
      and camera.camera_id = u.camera_id
      and camera.device_id = p_device_id
  ) as checked
  where checked.code is not null
  order by checked.position
  limit 1;
  if found then
    raise exception 'sighting %: %', v_bad.position, v_bad.problem using errcode = v_bad.code;
  end if;
end
$$;

-- Name: FUNCTION check_sightings(p_organization_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.check_sightings(p_organization_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) IS 'Raises for the first sighting that cannot be taken.';

-- Name: correction_tell(); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.correction_tell() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if app.current_organization_id() is null then
    return null;
  end if;
  perform app.webhook_enqueue(c.kind, array_agg(c.id), array_agg(jsonb_build_object(
    'correctionId', c.id, 'employeeId', app.public_id('employee', c.employee_id::text), 'state', c.state)))
  from (
    select case c.state when 'requested' then 'correction.requested' else 'correction.decided' end as kind,
      app.public_id('correction', c.correction_id::text) as id, c.employee_id, c.state
    from changed c
    where c.organization_id = app.current_organization_id()
  ) as c
  group by c.kind;
  return null;
end
$$;

-- Name: FUNCTION correction_tell(); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.correction_tell() IS 'Tells webhooks of requests and decisions.';

-- Name: employees_concerned(uuid); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.employees_concerned(p_site_id uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select e.employee_id
  from app.employee e
  where e.organization_id = app.current_organization_id()
    and (p_site_id is null
      or e.home_site_id = p_site_id
      or exists (select from app.employee_site es where es.organization_id = e.organization_id
                   and es.employee_id = e.employee_id and es.site_id = p_site_id)
      or exists (select from attendance.roster r where r.organization_id = e.organization_id
                   and r.employee_id = e.employee_id and r.site_id = p_site_id)
      or exists (select from attendance.punch p where p.organization_id = e.organization_id
                   and p.employee_id = e.employee_id and p.site_id = p_site_id)
      or exists (select from attendance.day d where d.organization_id = e.organization_id
                   and d.employee_id = e.employee_id and d.site_id = p_site_id))
  order by e.employee_id
$$;

-- Name: FUNCTION employees_concerned(p_site_id uuid); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.employees_concerned(p_site_id uuid) IS 'Employees whose days something about a site concerns.';

-- Name: known_dates(uuid, uuid); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.known_dates(p_organization_id uuid, p_employee_id uuid) RETURNS TABLE(first_date date, last_date date)
    LANGUAGE sql STABLE ROWS 1
    AS $$
  select
    least(e.hired_on, (e.created_at at time zone 'UTC')::date - 1, (p.first_at at time zone 'UTC')::date - 2, d.first_date),
    greatest((now() at time zone 'UTC')::date + 1, o.opened_through, d.last_date)
  from app.employee e
  left join attendance.day_opening o on o.organization_id = e.organization_id
  cross join lateral (
    select min(occurred_at) as first_at from attendance.punch
    where organization_id = e.organization_id and employee_id = e.employee_id
  ) as p
  cross join lateral (
    select min(work_date) as first_date, max(work_date) as last_date from attendance.day
    where organization_id = e.organization_id and employee_id = e.employee_id
  ) as d
  where e.organization_id = p_organization_id and e.employee_id = p_employee_id
$$;

-- Name: FUNCTION known_dates(p_organization_id uuid, p_employee_id uuid); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.known_dates(p_organization_id uuid, p_employee_id uuid) IS 'First and last date of an employee of which anything can be said.';

-- Name: mark_days(uuid[], date, date); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with marked as (
    insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
    select e.organization_id, e.employee_id, span.first_date, span.last_date
    from app.employee e
    cross join lateral attendance.known_dates(e.organization_id, e.employee_id) as known
    cross join lateral (
      select greatest(p_from, known.first_date) as first_date, least(p_to, known.last_date) as last_date
    ) as span
    where e.organization_id = app.current_organization_id() and e.employee_id = any (p_employee_ids)
      and span.first_date <= span.last_date
    order by e.employee_id
    returning 1
  )
  select count(*) from marked
$$;

-- Name: FUNCTION mark_days(p_employee_ids uuid[], p_from date, p_to date); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date) IS 'Marks dates of employees to be derived again.';

-- Name: muster(uuid, timestamp with time zone); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.muster(p_site_id uuid, p_now timestamp with time zone) RETURNS TABLE(site_id uuid, employee_id uuid, employee_code text, employee_name text, in_at timestamp with time zone, session_site_id uuid, last_punch_id uuid, last_at timestamp with time zone, last_source text, camera_name text, device_name text, is_derived boolean)
    LANGUAGE sql STABLE ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with newest as materialized (
    select distinct on (s.employee_id) s.organization_id, s.employee_id, s.site_id, s.in_at, s.work_date
    from app.site
    join attendance.day d on d.organization_id = site.organization_id and d.site_id = site.site_id
      -- By the index of sites and dates: no session stays open for longer (36 hours at most, or a window).
      and d.work_date between (p_now at time zone 'UTC')::date - 4 and (p_now at time zone 'UTC')::date + 1
      and d.is_open
    join attendance.session s on s.organization_id = d.organization_id and s.employee_id = d.employee_id
      and s.work_date = d.work_date
    where s.is_open and s.in_at <= p_now
    order by s.employee_id, s.in_at desc, s.ordinal desc
  )
  select
    punch.site_id, newest.employee_id, employee.code, employee.display_name, newest.in_at, newest.site_id,
    punch.punch_id, punch.occurred_at, punch.source, camera.name, device.name,
    exists (
      select from attendance.day_punch dp
      where dp.organization_id = newest.organization_id and dp.punch_id = punch.punch_id
    )
  from newest
  join app.employee on employee.organization_id = newest.organization_id and employee.employee_id = newest.employee_id
  join attendance.day d on d.organization_id = newest.organization_id and d.employee_id = newest.employee_id
    and d.work_date = newest.work_date
  left join attendance.rule_set_version v on v.organization_id = d.organization_id and v.rule_set_id = d.rule_set_id
    and v.version = d.rule_set_version
  left join attendance.due_day due on due.organization_id = d.organization_id and due.employee_id = d.employee_id
    and due.work_date = d.work_date
  cross join lateral (
    select p.punch_id, p.site_id, p.occurred_at, p.source, p.camera_id
    from attendance.punch p
    where p.organization_id = newest.organization_id and p.employee_id = newest.employee_id
      and p.occurred_at between newest.in_at and p_now
      and not exists (
        select from attendance.punch_void pv where pv.organization_id = p.organization_id and pv.punch_id = p.punch_id
      )
    order by p.occurred_at desc, p.punch_id desc
    limit 1
  ) as punch
  left join app.camera on camera.organization_id = newest.organization_id and camera.camera_id = punch.camera_id
  left join app.device on device.organization_id = camera.organization_id and device.device_id = camera.device_id
  where not (
      newest.in_at + make_interval(mins => coalesce((v.rules ->> 'maximum_open_minutes')::integer, 960)) <= p_now
      and coalesce(due.due_at <= p_now, false)
    )
    and (p_site_id is null or punch.site_id = p_site_id)
$$;

-- Name: FUNCTION muster(p_site_id uuid, p_now timestamp with time zone); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.muster(p_site_id uuid, p_now timestamp with time zone) IS 'People on site at an instant, by the site of their last punch.';

-- Name: muster_site(uuid, timestamp with time zone, interval); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval) RETURNS TABLE(site_id uuid, site_name text, time_zone text, day_begin_at timestamp with time zone, n_on_site bigint, n_last_elsewhere bigint, n_devices bigint, silent_devices text[], silent_since timestamp with time zone[], n_unknown bigint, n_review bigint, last_unknown_at timestamp with time zone, n_underived bigint)
    LANGUAGE sql STABLE ROWS 10
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with on_site as materialized (
    select m.site_id, m.session_site_id from attendance.muster(null, p_now) as m
  ),
  place as (
    select
      s.organization_id, s.site_id, s.name, s.time_zone, s.deactivated_at,
      (((p_now at time zone s.time_zone) - s.day_boundary)::date + s.day_boundary) at time zone s.time_zone as day_begin_at
    from app.site s
    where p_site_id is null or s.site_id = p_site_id
  )
  select
    place.site_id, place.name, place.time_zone, place.day_begin_at,
    (select count(*) from on_site where on_site.site_id = place.site_id),
    (select count(*) from on_site where on_site.session_site_id = place.site_id and on_site.site_id <> place.site_id),
    device.n_devices, device.silent_devices, device.silent_since,
    seen.n_unknown, seen.n_review, seen.last_unknown_at,
    waiting.n_underived
  from place
  cross join lateral (
    select
      count(*) as n_devices,
      coalesce(array_agg(d.name order by d.name) filter (where silent.is_so), '{}') as silent_devices,
      coalesce(array_agg(a.seen_at order by d.name) filter (where silent.is_so), '{}') as silent_since
    from app.device d
    left join app.device_activity a on a.organization_id = d.organization_id and a.device_id = d.device_id
    cross join lateral (select coalesce(a.seen_at < p_now - p_silent_after, true) as is_so) as silent
    where d.organization_id = place.organization_id and d.site_id = place.site_id and d.revoked_at is null
  ) as device
  cross join lateral (
    select
      count(*) filter (where s.outcome = 'unknown') as n_unknown,
      count(*) filter (where s.outcome = 'review') as n_review,
      max(s.captured_at) as last_unknown_at
    from attendance.sighting s
    where s.organization_id = place.organization_id and s.site_id = place.site_id
      and s.captured_at between place.day_begin_at and p_now
      and s.outcome in ('unknown', 'review')
  ) as seen
  cross join lateral (
    -- People with punches here, late enough to matter, whose days wait for the derivation.
    select count(distinct k.employee_id) as n_underived
    from attendance.dirty_day k
    where k.organization_id = place.organization_id
      and coalesce(k.last_date, k.work_date) >= (place.day_begin_at at time zone 'UTC')::date - 2
      and k.work_date <= (p_now at time zone 'UTC')::date + 1
      and exists (
        select from attendance.punch p
        where p.organization_id = k.organization_id and p.employee_id = k.employee_id and p.site_id = place.site_id
          and p.occurred_at > place.day_begin_at - interval '2 days' and p.occurred_at <= p_now)
  ) as waiting
  where place.deactivated_at is null or place.deactivated_at > p_now
    or exists (select from on_site where on_site.site_id = place.site_id)
$$;

-- Name: FUNCTION muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval) IS 'Sites of a muster, with the silent devices, unknown faces and waiting punches that make it uncertain.';

-- Name: sees_punch(uuid, uuid); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.sees_punch(p_organization_id uuid, p_punch_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return exists (
    select from attendance.punch p
    where p.organization_id = p_organization_id and p.punch_id = p_punch_id
      and (app.sees_all_sites() or p.site_id = any (app.visible_site_ids()) or p.employee_id = app.own_employee_id()));
end
$$;

-- Name: submit_sightings(uuid, uuid, uuid, uuid[], uuid[], timestamp with time zone[], public.halfvec[], text, real[], text[], smallint[], bytea[], timestamp with time zone, integer[], real[], text[], jsonb[], uuid[]); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.submit_sightings(p_organization_id uuid, p_site_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) RETURNS TABLE(sighting_id uuid, outcome text, employee_name text, direction text, similarity real, margin real)
    LANGUAGE plpgsql ROWS 64
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
  v_space biometric.space%rowtype;
  v_time_zone text;
  v_day_boundary interval;
  v_cool_down interval;
  -- Bounds of the keys that are read. As plain parameters they let the executor leave out the months of
  -- no interest before it even prepares them, which is most of the cost of a small batch.
  v_first_id uuid;
  v_last_id uuid;
  v_first_near_id uuid;
  v_last_near_id uuid;
begin
  perform attendance.check_sightings(p_organization_id, p_device_id, p_sighting_id, p_camera_id, p_captured_at,
    p_embedding, p_quality, p_pad, p_n_frames, p_thumbnail, p_clock_offset_ms, p_agreement, p_direction,
    p_pad_evidence, p_greeted_employee_id);
  if p_sent_at is null then
    raise exception 'sent_at is missing' using errcode = 'RC005';
  end if;
  select space.* into v_space
  from biometric.space
  where space.organization_id = p_organization_id and space.digest = p_space_digest and space.is_active;
  if not found then
    raise exception 'embedding space `%` is not the active one', left(p_space_digest, 12) using errcode = 'RC007',
      hint = 'use the model pack that the hub enrols with, or switch the hub to this one';
  end if;
  select site.time_zone, site.day_boundary::interval, make_interval(secs => site.cool_down_seconds)
  into v_time_zone, v_day_boundary, v_cool_down
  from app.site
  where site.organization_id = p_organization_id and site.site_id = p_site_id;

  select (array_agg(u.id order by u.id))[1], (array_agg(u.id order by u.id desc))[1]
  into v_first_id, v_last_id
  from unnest(p_sighting_id) as u (id);
  -- The id of a sighting is at most ten minutes from the time of capture.
  select app.uuid_at(min(u.at) - v_cool_down - interval '10 minutes'), app.uuid_at(max(u.at) + interval '11 minutes')
  into v_first_near_id, v_last_near_id
  from unnest(p_captured_at) as u (at);

  with fresh as materialized (
    select distinct on (u.sighting_id)
      u.*, camera.pad_policy,
      u.pad = 'attack' and camera.pad_policy <> 'ignore' as is_attack,
      u.pad <> 'live' and camera.pad_policy = 'require_live' as is_unproven
    from unnest(p_sighting_id, p_camera_id, p_captured_at, p_embedding, p_quality, p_pad, p_n_frames, p_thumbnail,
        p_clock_offset_ms, p_agreement, p_direction, p_pad_evidence, p_greeted_employee_id)
      with ordinality as u (sighting_id, camera_id, captured_at, embedding, quality, pad, n_frames, thumbnail,
        clock_offset_ms, agreement, direction, pad_evidence, greeted_employee_id, ordinal)
    join app.camera on camera.organization_id = p_organization_id and camera.camera_id = u.camera_id
    where not exists (
      select
      from attendance.sighting
      where sighting.organization_id = p_organization_id and sighting.sighting_id = u.sighting_id
        and sighting.sighting_id between v_first_id and v_last_id
    )
    order by u.sighting_id, u.ordinal
  ),
  probe as materialized (
    select fresh.sighting_id, fresh.embedding, row_number() over (order by fresh.sighting_id) as ordinal
    from fresh
    where fresh.quality >= v_space.min_quality and (not fresh.is_attack or fresh.pad_policy = 'review')
  ),
  matched as materialized (
    select probe.sighting_id, best.employee_id, best.template_id, best.similarity, best.margin
    from biometric.match(p_organization_id, p_site_id, v_space.space_id,
      (select array_agg(probe.embedding order by probe.ordinal) from probe)) as best
    join probe on probe.ordinal = best.ordinal
  ),
  decided as materialized (
    select
      fresh.*, matched.employee_id, matched.template_id, matched.similarity, matched.margin,
      case
        when fresh.is_attack then 'pad_attack'
        when fresh.quality < v_space.min_quality then 'low_quality'
        when fresh.captured_at > now() + interval '2 minutes' then 'clock_ahead'
        -- The clock at the moment of sending, corrected by devices that know how; a backlog is old, but its sending is not.
        when fresh.clock_offset_ms is null or abs(extract(epoch from p_sent_at - now())) > 120 then 'clock_skew'
        when fresh.agreement < v_space.min_agreement then 'low_agreement'
        when matched.employee_id is null then null
        when matched.similarity < v_space.threshold then 'below_threshold'
        when matched.margin < v_space.margin then 'ambiguous'
        when fresh.is_unproven then 'pad_not_checked'
      end as reason
    from fresh
    left join matched on matched.sighting_id = fresh.sighting_id
  ),
  concluded as materialized (
    select
      decided.*,
      case
        when decided.reason = 'low_quality' or (decided.is_attack and decided.pad_policy <> 'review') then 'rejected'
        when decided.reason is not null then 'review'
        when decided.employee_id is null then 'unknown'
        else 'accept'
      end as decision
    from decided
  ),
  -- What a device greeted is a claim. It changes nothing where the hub comes to the same by itself; elsewhere a person looks.
  judged as materialized (
    select
      concluded.sighting_id, concluded.camera_id, concluded.captured_at, concluded.embedding, concluded.quality,
      concluded.pad, concluded.n_frames, concluded.thumbnail, concluded.clock_offset_ms, concluded.agreement,
      concluded.direction, concluded.pad_evidence, concluded.employee_id, concluded.template_id, concluded.similarity,
      concluded.margin, greeted.employee_id as greeted_employee_id,
      case when claim.is_wrong then 'review' else concluded.decision end as decision,
      case when claim.is_wrong then 'greeted_otherwise' else concluded.reason end as reason,
      case when claim.is_wrong then coalesce(concluded.reason, concluded.decision) end as own_verdict
    from concluded
    cross join lateral (
      select concluded.greeted_employee_id is not null
        and (concluded.decision <> 'accept' or concluded.employee_id <> concluded.greeted_employee_id) as is_wrong
    ) as claim
    left join app.employee as greeted on greeted.organization_id = p_organization_id
      and greeted.employee_id = concluded.greeted_employee_id
  ),
  -- A courtesy for the person at the door, close to the derivation's rule (same site, not the other
  -- direction): counting is up to the derivation.
  repeated as materialized (
    select judged.sighting_id
    from (
      select
        accepted.sighting_id, accepted.employee_id, accepted.captured_at, accepted.direction,
        lag(accepted.captured_at) over in_order as previous_at, lag(accepted.direction) over in_order as previous_direction
      from (
        select
          judged.sighting_id, judged.employee_id, judged.captured_at,
          case camera.direction when 'entry' then 'in' when 'exit' then 'out' else judged.direction end as direction
        from judged
        join app.camera on camera.organization_id = p_organization_id and camera.camera_id = judged.camera_id
        where judged.decision = 'accept'
      ) as accepted
      window in_order as (partition by accepted.employee_id order by accepted.captured_at, accepted.sighting_id)
    ) as judged
    where (judged.captured_at - judged.previous_at < v_cool_down
        and coalesce(judged.previous_direction = judged.direction, true))
      or exists (
        select
        from attendance.punch
        left join attendance.sighting on sighting.organization_id = punch.organization_id
          and sighting.sighting_id = punch.punch_id
          and sighting.sighting_id between v_first_near_id and v_last_near_id
        where punch.organization_id = p_organization_id
          and punch.employee_id = judged.employee_id
          and punch.site_id = p_site_id
          and coalesce(punch.direction = judged.direction, true)
          and punch.occurred_at > judged.captured_at - v_cool_down
          and punch.occurred_at <= judged.captured_at
          and sighting.outcome is distinct from 'repeat'
      )
  ),
  stored as (
    insert into attendance.sighting (
      organization_id, sighting_id, site_id, device_id, camera_id, captured_at, sent_at, space_id, quality, pad,
      n_frames, decision, reason, employee_id, template_id, similarity, margin, outcome, clock_offset_ms, agreement,
      direction, pad_evidence, greeted_employee_id, own_verdict
    )
    select
      p_organization_id, judged.sighting_id, p_site_id, p_device_id, judged.camera_id, judged.captured_at, p_sent_at,
      v_space.space_id, judged.quality, judged.pad, judged.n_frames, judged.decision, judged.reason,
      judged.employee_id, judged.template_id, judged.similarity, judged.margin,
      case
        when judged.decision <> 'accept' then judged.decision
        when repeated.sighting_id is not null then 'repeat'
        else 'punched'
      end,
      judged.clock_offset_ms, judged.agreement, judged.direction, judged.pad_evidence, judged.greeted_employee_id,
      judged.own_verdict
    from judged
    left join repeated on repeated.sighting_id = judged.sighting_id
    order by judged.sighting_id
    on conflict (organization_id, sighting_id) do nothing
    returning sighting_id, camera_id, captured_at, decision, employee_id, similarity, direction
  ),
  -- What a person has to look at. The worker announces it: see below.
  shown as (
    insert into app.live_change (organization_id, kind, ids, site_ids, words)
    select p_organization_id, 'review', array_agg(stored.sighting_id order by stored.sighting_id),
      array_agg(p_site_id), array_agg('added'::text)
    from stored
    where stored.decision in ('review', 'unknown')
    having count(*) > 0
  ),
  punched as (
    insert into attendance.punch (
      organization_id, punch_id, employee_id, site_id, occurred_at, source, direction, camera_id, similarity,
      clock_skew_seconds
    )
    select
      p_organization_id, stored.sighting_id, stored.employee_id, p_site_id, stored.captured_at, 'face',
      case camera.direction when 'entry' then 'in' when 'exit' then 'out' else stored.direction end, stored.camera_id, stored.similarity,
      -- An accepted sighting was sent with a clock that is off by two minutes at most.
      round(extract(epoch from now() - p_sent_at))::integer
    from stored
    join app.camera on camera.organization_id = p_organization_id and camera.camera_id = stored.camera_id
    where stored.decision = 'accept'
    order by stored.sighting_id
    on conflict (organization_id, punch_id) do nothing
    returning punch_id, employee_id, occurred_at
  ),
  marked as (
    insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
    select p_organization_id, punched.employee_id,
      ((punched.occurred_at at time zone v_time_zone) - v_day_boundary)::date, punched.punch_id
    from punched
  ),
  kept as (
    insert into attendance.sighting_embedding (organization_id, sighting_id, embedding)
    select p_organization_id, stored.sighting_id, judged.embedding
    from stored
    join judged on judged.sighting_id = stored.sighting_id
    where stored.decision in ('review', 'unknown')
  )
  insert into attendance.sighting_thumbnail (organization_id, sighting_id, jpeg)
  select p_organization_id, stored.sighting_id, judged.thumbnail
  from stored
  join judged on judged.sighting_id = stored.sighting_id
  where judged.thumbnail is not null;

  -- A new statement, so that rows of a concurrent call are seen too.
  return query
  select
    u.sighting_id,
    case when answer.is_first then sighting.outcome else 'duplicate' end,
    case when answer.is_first and sighting.decision = 'accept' then employee.display_name end,
    case when answer.is_first and sighting.decision = 'accept' then
      case camera.direction when 'entry' then 'in' when 'exit' then 'out' else sighting.direction end
    end,
    case when answer.is_first then sighting.similarity end,
    case when answer.is_first then sighting.margin end
  from unnest(p_sighting_id) with ordinality as u (sighting_id, ordinal)
  join attendance.sighting on sighting.organization_id = p_organization_id and sighting.sighting_id = u.sighting_id
    and sighting.sighting_id between v_first_id and v_last_id
  join app.camera on camera.organization_id = p_organization_id and camera.camera_id = sighting.camera_id
  left join app.employee on employee.organization_id = p_organization_id and employee.employee_id = sighting.employee_id
  -- An id that another device used tells nothing about that sighting.
  cross join lateral (
    select u.ordinal = array_position(p_sighting_id, u.sighting_id) and sighting.device_id = p_device_id as is_first
  ) as answer
  order by u.ordinal;
end
$$;

-- Name: FUNCTION submit_sightings(p_organization_id uuid, p_site_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.submit_sightings(p_organization_id uuid, p_site_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) IS 'Matches, decides and stores a batch of sightings of one device, once only.';

-- Name: thumbnail_read(uuid, uuid); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.thumbnail_read(p_organization_id uuid, p_sighting_id uuid) RETURNS TABLE(jpeg bytea)
    LANGUAGE sql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with seen as materialized (
    select sighting.sighting_id, sighting.employee_id, sighting_thumbnail.jpeg
    from attendance.sighting
    join attendance.sighting_thumbnail on sighting_thumbnail.organization_id = sighting.organization_id
      and sighting_thumbnail.sighting_id = sighting.sighting_id
    where sighting.organization_id = p_organization_id and sighting.sighting_id = p_sighting_id
      and p_organization_id = app.current_organization_id()
      and (app.sees_all_sites() or sighting.site_id = any (app.visible_site_ids()))
  ),
  noted as (
    insert into audit.event (organization_id, actor, user_id, token_id, action, subject_kind, subject_id, after)
    select
      p_organization_id,
      case
        when token.token_id is not null then 'token'
        when app.current_user_id() is not null then 'user'
        else 'system'
      end,
      app.current_user_id(), token.token_id, 'thumbnail.read', 'sighting', seen.sighting_id,
      jsonb_build_object('employee_id', seen.employee_id)
    from seen
    cross join (values (nullif(current_setting('rollcall.token_id', true), '')::uuid)) as token (token_id)
  )
  select seen.jpeg from seen
$$;

-- Name: FUNCTION thumbnail_read(p_organization_id uuid, p_sighting_id uuid); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.thumbnail_read(p_organization_id uuid, p_sighting_id uuid) IS 'The thumbnail of a sighting; writes an audit event.';

-- Name: time_zone_at(uuid, uuid, timestamp with time zone); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (select change.earlier_time_zone
     from app.site_zone_change as change
     where change.organization_id = p_organization_id and change.site_id = p_site_id and change.changed_at > p_instant
     order by change.changed_at
     limit 1),
    site.time_zone)
  from app.site
  where site.organization_id = p_organization_id and site.site_id = p_site_id
$$;

-- Name: FUNCTION time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) IS 'The time zone that a site had at an instant.';

-- Name: work_date(uuid, uuid, timestamp with time zone); Type: FUNCTION; Schema: attendance; Owner: -

CREATE FUNCTION attendance.work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select ((p_instant at time zone attendance.time_zone_at(p_organization_id, p_site_id, p_instant)) - site.day_boundary::interval)::date
  from app.site
  where site.organization_id = p_organization_id and site.site_id = p_site_id
$$;

-- Name: FUNCTION work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone); Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON FUNCTION attendance.work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) IS 'The work date of an instant at a site for people without a shift.';

-- Name: gallery_version(uuid, uuid); Type: FUNCTION; Schema: biometric; Owner: -

CREATE FUNCTION biometric.gallery_version(p_organization_id uuid, p_site_id uuid) RETURNS TABLE(version text, n_templates integer, n_employees integer)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return query
  select
    encode(sha256(convert_to(coalesce(string_agg(
      concat_ws(' ', gallery.template_id, gallery.space_id, gallery.employee_id, employee.display_name), e'\n'
      order by gallery.template_id), ''), 'UTF8')), 'hex'),
    count(*)::integer,
    count(distinct gallery.employee_id)::integer
  from biometric.gallery
  join app.employee on employee.organization_id = gallery.organization_id and employee.employee_id = gallery.employee_id
  where gallery.organization_id = p_organization_id and gallery.site_id = p_site_id;
end
$$;

-- Name: FUNCTION gallery_version(p_organization_id uuid, p_site_id uuid); Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON FUNCTION biometric.gallery_version(p_organization_id uuid, p_site_id uuid) IS 'Names what a copy of a site''s gallery holds.';

-- Name: match(uuid, uuid, uuid, public.halfvec[]); Type: FUNCTION; Schema: biometric; Owner: -

CREATE FUNCTION biometric.match(p_organization_id uuid, p_site_id uuid, p_space_id uuid, p_embedding public.halfvec[]) RETURNS TABLE(ordinal bigint, employee_id uuid, template_id uuid, similarity double precision, margin double precision)
    LANGUAGE plpgsql STABLE ROWS 64
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
  v_radius smallint;
  v_review_floor real;
  v_code bit(1024) := binary_quantize(p_embedding[1])::bit(1024);
begin
  select space.radius, space.review_floor into v_radius, v_review_floor
  from biometric.space
  where space.organization_id = p_organization_id and space.space_id = p_space_id;

  return query
  with probe as materialized (
    select u.ordinal, u.embedding, binary_quantize(u.embedding)::bit(1024) as code
    from unnest(p_embedding) with ordinality as u (embedding, ordinal)
  ),
  -- The first branch is the second for a single probe, without a join: looking up the one probe again
  -- for every template would cost more than the comparison.
  candidate as materialized (
    select 1::bigint as ordinal, template_code.template_id
    from biometric.template_code
    where v_radius is not null and cardinality(p_embedding) = 1
      and (template_code.code <~> v_code) < v_radius
      and template_code.organization_id = p_organization_id
      and template_code.space_id = p_space_id
    union all
    select probe.ordinal, template_code.template_id
    from probe
    join biometric.template_code on (template_code.code <~> probe.code) < v_radius
    where v_radius is not null and cardinality(p_embedding) > 1
      and template_code.organization_id = p_organization_id
      and template_code.space_id = p_space_id
  ),
  scored as materialized (
    select candidate.ordinal, candidate.template_id, near.employee_id, near.similarity
    from candidate
    join probe on probe.ordinal = candidate.ordinal
    cross join lateral (
      select template.employee_id, -(template.embedding <#> probe.embedding) as similarity
      from biometric.template
      where template.organization_id = p_organization_id and template.template_id = candidate.template_id
      limit 1
    ) as near
    where near.similarity >= v_review_floor
    union all
    select probe.ordinal, template.template_id, template.employee_id, -(template.embedding <#> probe.embedding)
    from biometric.template
    join probe on -(template.embedding <#> probe.embedding) >= v_review_floor
    where v_radius is null
      and template.organization_id = p_organization_id
      and template.space_id = p_space_id
  ),
  person as (
    select distinct on (scored.ordinal, scored.employee_id)
      scored.ordinal, scored.employee_id, scored.template_id, scored.similarity
    from scored
    cross join lateral (
      select
      from biometric.gallery
      where gallery.organization_id = p_organization_id
        and gallery.template_id = scored.template_id
        and gallery.site_id = p_site_id
      limit 1
    ) as allowed
    order by scored.ordinal, scored.employee_id, scored.similarity desc, scored.template_id
  ),
  ranked as (
    select
      person.*,
      row_number() over best_first as place,
      person.similarity - lead(person.similarity) over best_first as margin
    from person
    window best_first as (partition by person.ordinal order by person.similarity desc, person.employee_id)
  )
  select ranked.ordinal, ranked.employee_id, ranked.template_id, ranked.similarity, ranked.margin
  from ranked
  where ranked.place = 1;
end
$$;

-- Name: FUNCTION match(p_organization_id uuid, p_site_id uuid, p_space_id uuid, p_embedding public.halfvec[]); Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON FUNCTION biometric.match(p_organization_id uuid, p_site_id uuid, p_space_id uuid, p_embedding public.halfvec[]) IS 'Best person of a site''s gallery for each probe.';

-- Name: photo_read(uuid, uuid); Type: FUNCTION; Schema: biometric; Owner: -

CREATE FUNCTION biometric.photo_read(p_organization_id uuid, p_photo_id uuid) RETURNS TABLE(content bytea)
    LANGUAGE sql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with seen as materialized (
    select photo.photo_id, photo.employee_id, photo.content
    from biometric.photo
    where photo.organization_id = p_organization_id and photo.photo_id = p_photo_id
      and p_organization_id = app.current_organization_id()
      and (
        app.sees_all_sites()
        or photo.employee_id = app.own_employee_id()
        or exists (
          select
          from app.employee_site
          where employee_site.organization_id = photo.organization_id
            and employee_site.employee_id = photo.employee_id
            and employee_site.site_id = any (app.visible_site_ids())
        )
      )
  ),
  noted as (
    insert into audit.event (organization_id, actor, user_id, token_id, action, subject_kind, subject_id, after)
    select
      p_organization_id,
      case
        when token.token_id is not null then 'token'
        when app.current_user_id() is not null then 'user'
        else 'system'
      end,
      app.current_user_id(), token.token_id, 'photo.read', 'photo', seen.photo_id,
      jsonb_build_object('employee_id', seen.employee_id)
    from seen
    cross join (values (nullif(current_setting('rollcall.token_id', true), '')::uuid)) as token (token_id)
  )
  select seen.content from seen
$$;

-- Name: FUNCTION photo_read(p_organization_id uuid, p_photo_id uuid); Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON FUNCTION biometric.photo_read(p_organization_id uuid, p_photo_id uuid) IS 'The content of a photograph; writes an audit event.';

-- Name: template_add(uuid, uuid, uuid, uuid, public.halfvec, real); Type: FUNCTION; Schema: biometric; Owner: -

CREATE FUNCTION biometric.template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_template_id uuid;
begin
  if p_embedding is null or vector_dims(p_embedding) <> 512 then
    raise exception 'embedding has % dimensions, expected 512', coalesce(vector_dims(p_embedding), 0)
      using errcode = 'RC003';
  end if;
  if abs(l2_norm(p_embedding) - 1) > 0.01 then
    raise exception 'embedding is not of unit length' using errcode = 'RC004';
  end if;
  insert into biometric.template (organization_id, employee_id, space_id, photo_id, embedding, quality)
  values (p_organization_id, p_employee_id, p_space_id, p_photo_id, p_embedding, p_quality)
  on conflict (organization_id, space_id, photo_id) do nothing
  returning template_id into v_template_id;
  if v_template_id is null then
    select template.template_id into strict v_template_id
    from biometric.template
    where template.organization_id = p_organization_id and template.space_id = p_space_id
      and template.photo_id = p_photo_id;
    return v_template_id;
  end if;
  insert into biometric.template_code (organization_id, template_id, space_id, code)
  values (p_organization_id, v_template_id, p_space_id, binary_quantize(p_embedding)::bit(1024));
  return v_template_id;
end
$$;

-- Name: FUNCTION template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real); Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON FUNCTION biometric.template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real) IS 'Enrols one embedding with its code.';

-- Name: gallery_copy(); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.gallery_copy() RETURNS TABLE(employee_id uuid, employee_name text, embedding public.halfvec, version text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform
  from app.site
  where site.organization_id = v_device.organization_id and site.site_id = v_device.site_id
    and site.offline_greeting_hours > 0 and site.deactivated_at is null;
  if not found then
    raise exception 'devices of this site hold no copy of its gallery' using errcode = 'RC011',
      hint = 'offline greeting is off; it is a setting of the site';
  end if;
  return query
  with held as materialized (
    select * from biometric.gallery_version(v_device.organization_id, v_device.site_id)
  ), noted as (
    insert into audit.event (organization_id, actor, action, subject_kind, subject_id, after)
    select v_device.organization_id, 'system', 'device.gallery_copy', 'device', v_device.device_id,
      jsonb_build_object('site_id', v_device.site_id, 'version', held.version, 'n_templates', held.n_templates,
        'n_employees', held.n_employees)
    from held
  )
  select gallery.employee_id, employee.display_name, gallery.embedding, held.version
  from held
  cross join biometric.gallery
  join app.employee on employee.organization_id = gallery.organization_id and employee.employee_id = gallery.employee_id
  where gallery.organization_id = v_device.organization_id and gallery.site_id = v_device.site_id;
end
$$;

-- Name: FUNCTION gallery_copy(); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.gallery_copy() IS 'The gallery of the site of the device that is logged in, where the site allows it; writes an audit event.';

-- Name: heartbeat(jsonb); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.heartbeat(p_status jsonb DEFAULT NULL::jsonb) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
  v_problems text[];
begin
  perform set_config('synchronous_commit', 'off', true);
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, 0);
  if p_status is not null then
    if jsonb_typeof(p_status) <> 'object' or length(p_status::text) > 16384 then
      raise exception 'the status is no object of at most 16 KiB' using errcode = 'RC005';
    end if;
    begin
      v_problems := app.device_problems(p_status);
    exception when data_exception or invalid_parameter_value then
      raise exception 'the status cannot be read: %', sqlerrm using errcode = 'RC005';
    end;
    update app.device_activity
    set status = p_status, status_at = now(), problems = v_problems
    where device_activity.organization_id = v_device.organization_id and device_activity.device_id = v_device.device_id;
  end if;
  return clock_timestamp();
end
$$;

-- Name: FUNCTION heartbeat(p_status jsonb); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.heartbeat(p_status jsonb) IS 'A sign of life, with what the agent says of itself; returns the server''s time.';

-- Name: hello(text); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.hello(p_agent_version text DEFAULT NULL::text) RETURNS TABLE(device_id uuid, device_name text, site_id uuid, site_name text, time_zone text, camera_ids uuid[], camera_names text[], camera_directions text[], space_digest text, space_pack text, threshold real, server_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, 0);
  update app.device_activity
  set agent_version = left(p_agent_version, 64)
  where device_activity.organization_id = v_device.organization_id and device_activity.device_id = v_device.device_id
    and device_activity.agent_version is distinct from left(p_agent_version, 64);
  return query
  select
    v_device.device_id, v_device.name, site.site_id, site.name, site.time_zone,
    coalesce(camera.ids, '{}'), coalesce(camera.names, '{}'), coalesce(camera.directions, '{}'),
    space.digest, space.pack, space.threshold, clock_timestamp()
  from app.site
  cross join lateral (
    select
      array_agg(camera.camera_id order by camera.name) as ids,
      array_agg(camera.name order by camera.name) as names,
      array_agg(camera.direction order by camera.name) as directions
    from app.camera
    where camera.organization_id = v_device.organization_id and camera.device_id = v_device.device_id
  ) as camera
  left join biometric.space on space.organization_id = site.organization_id and space.is_active
  where site.organization_id = v_device.organization_id and site.site_id = v_device.site_id;
end
$$;

-- Name: FUNCTION hello(p_agent_version text); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.hello(p_agent_version text) IS 'Device, site, cameras and embedding space of the device that is logged in.';

-- Name: orders(); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.orders() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  return jsonb_build_object(
    'renew_password', v_device.password_is_due or v_device.password_changed_at < now() - interval '90 days',
    'offline_greeting', (
      select jsonb_build_object(
        'version', held.version, 'n_templates', held.n_templates, 'max_age_s', site.offline_greeting_hours * 3600,
        'space_digest', space.digest, 'threshold', space.threshold, 'margin', space.margin,
        'review_floor', space.review_floor, 'min_quality', space.min_quality, 'min_agreement', space.min_agreement,
        'pad_policies', (
          select coalesce(jsonb_object_agg(camera.camera_id, camera.pad_policy), '{}')
          from app.camera
          where camera.organization_id = v_device.organization_id and camera.device_id = v_device.device_id
        )
      )
      from app.site
      join biometric.space on space.organization_id = site.organization_id and space.is_active
      cross join lateral biometric.gallery_version(site.organization_id, site.site_id) as held
      where site.organization_id = v_device.organization_id and site.site_id = v_device.site_id
        and site.offline_greeting_hours > 0 and site.deactivated_at is null
    )
  );
end
$$;

-- Name: FUNCTION orders(); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.orders() IS 'What the hub wants of the device that is logged in.';

-- Name: password_set(text); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.password_set(p_verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform provisioner.device_role_password(p_device_id => v_device.device_id, p_verifier => p_verifier);
  update app.device
  set password_changed_at = now(), password_is_due = false
  where device.organization_id = v_device.organization_id and device.device_id = v_device.device_id;
  insert into audit.event (organization_id, actor, action, subject_kind, subject_id)
  values (v_device.organization_id, 'system', 'device.renew_password', 'device', v_device.device_id);
end
$$;

-- Name: FUNCTION password_set(p_verifier text); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.password_set(p_verifier text) IS 'Gives the log-in of the device that is logged in another password.';

-- Name: picture_put(uuid, text, timestamp with time zone, bytea); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform set_config('synchronous_commit', 'off', true);
  if not exists (
    select from app.camera
    where camera.organization_id = v_device.organization_id and camera.camera_id = p_camera_id
      and camera.device_id = v_device.device_id
  ) then
    raise exception 'camera `%` does not belong to this device', p_camera_id using errcode = 'RC006';
  end if;
  if not coalesce(p_state in ('opening', 'well', 'unreachable', 'stalled', 'black', 'frozen', 'ended', 'switched_off'), false) then
    raise exception 'state `%` of a camera is not known', p_state using errcode = 'RC005';
  end if;
  if (p_jpeg is null) <> (p_taken_at is null) or length(p_jpeg) not between 4 and 131072
    or substring(p_jpeg from 1 for 3) <> '\xffd8ff'::bytea then
    raise exception 'the picture is no JPEG of at most 128 KiB with its time' using errcode = 'RC005';
  end if;
  -- Held, so that the viewing does not end before the picture is there to be cleared away.
  perform from app.camera_view
  where camera_view.organization_id = v_device.organization_id and camera_view.camera_id = p_camera_id
    and camera_view.until_at > now()
  limit 1
  for share;
  if not found then
    delete from app.camera_picture
    where camera_picture.organization_id = v_device.organization_id and camera_picture.camera_id = p_camera_id;
    return false;
  end if;
  insert into app.camera_picture as known (organization_id, camera_id, site_id, state, taken_at, jpeg)
  values (v_device.organization_id, p_camera_id, v_device.site_id, p_state, p_taken_at, p_jpeg)
  on conflict (organization_id, camera_id) do update
    set site_id = excluded.site_id, state = excluded.state, taken_at = excluded.taken_at,
      put_at = excluded.put_at, jpeg = excluded.jpeg
    where known.put_at < excluded.put_at - interval '100 ms';
  if found then
    perform pg_notify('rollcall_picture',
      json_build_object('organization_id', v_device.organization_id, 'camera_id', p_camera_id)::text);
  end if;
  return true;
end
$$;

-- Name: FUNCTION picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea) IS 'What a camera shows to those who look through it; returns whether somebody still does.';

-- Name: punch_by_code(uuid, text, text, text, timestamp with time zone, text, uuid, integer); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer) RETURNS TABLE(outcome text, employee_name text, direction text, wait_s integer)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: FUNCTION punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer) IS 'Takes what somebody typed at the kiosk of the device that is logged in, once only.';

-- Name: submit_sightings(uuid[], uuid[], timestamp with time zone[], public.halfvec[], text, real[], text[], smallint[], bytea[], timestamp with time zone, integer[], real[], text[], jsonb[], uuid[]); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[] DEFAULT NULL::integer[], p_agreement real[] DEFAULT NULL::real[], p_direction text[] DEFAULT NULL::text[], p_pad_evidence jsonb[] DEFAULT NULL::jsonb[], p_greeted_employee_id uuid[] DEFAULT NULL::uuid[]) RETURNS TABLE(sighting_id uuid, outcome text, employee_name text, direction text, similarity real, margin real)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 64
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
  v_n integer := coalesce(cardinality(p_sighting_id), 0);
  v_offset_ms integer;
begin
  -- A clock that is far off counts as unknown.
  if p_clock_offset_ms is null and abs(extract(epoch from p_sent_at - now())) <= 120 then
    v_offset_ms := round(extract(epoch from p_sent_at - now()) * 1000);
  end if;
  perform app.device_rate_check(v_device.organization_id, v_device.device_id, v_device.rate_limit_per_minute,
    cardinality(p_sighting_id));
  return query
  select answer.sighting_id, answer.outcome, answer.employee_name, answer.direction, answer.similarity, answer.margin
  from attendance.submit_sightings(
    p_organization_id => v_device.organization_id, p_site_id => v_device.site_id, p_device_id => v_device.device_id,
    p_sighting_id => p_sighting_id, p_camera_id => p_camera_id, p_captured_at => p_captured_at,
    p_embedding => p_embedding, p_space_digest => p_space_digest, p_quality => p_quality, p_pad => p_pad,
    p_n_frames => p_n_frames, p_thumbnail => p_thumbnail, p_sent_at => p_sent_at,
    p_clock_offset_ms => coalesce(p_clock_offset_ms, array_fill(v_offset_ms, array[v_n])),
    p_agreement => coalesce(p_agreement, array_fill(null::real, array[v_n])),
    p_direction => coalesce(p_direction, array_fill(null::text, array[v_n])),
    p_pad_evidence => coalesce(p_pad_evidence, array_fill(null::jsonb, array[v_n])),
    p_greeted_employee_id => coalesce(p_greeted_employee_id, array_fill(null::uuid, array[v_n]))
  ) as answer;
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, cardinality(p_sighting_id));
end
$$;

-- Name: FUNCTION submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) IS 'Takes a batch of sightings of the device that is logged in, once only; answers one row a sighting.';

-- Name: watched_cameras(); Type: FUNCTION; Schema: edge; Owner: -

CREATE FUNCTION edge.watched_cameras() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_device app.device%rowtype := app.device_of_session();
  v_is_first boolean := current_setting('rollcall.has_asked', true) is distinct from 'yes';
begin
  if v_is_first then
    perform set_config('rollcall.has_asked', 'yes', false);
  end if;
  return jsonb_build_object(
    'camera_ids', array(
      select distinct camera_view.camera_id
      from app.camera_view
      where camera_view.organization_id = v_device.organization_id and camera_view.device_id = v_device.device_id
        and camera_view.until_at > now()
      order by camera_view.camera_id),
    'is_first', v_is_first);
end
$$;

-- Name: FUNCTION watched_cameras(); Type: COMMENT; Schema: edge; Owner: -

COMMENT ON FUNCTION edge.watched_cameras() IS 'The cameras of the device that is logged in through which somebody looks.';

-- Name: device_role_close(uuid); Type: FUNCTION; Schema: provisioner; Owner: -

CREATE FUNCTION provisioner.device_role_close(p_device_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is not null
  ) then
    raise exception 'there is no revoked device to close the role of' using errcode = 'insufficient_privilege';
  end if;
  if exists (select from pg_roles where rolname = v_role) then
    execute format('alter role %I nologin', v_role);
    -- Ending its connections takes the rights of the role.
    execute format('grant %I to rollcall_provisioner with inherit true, set false', v_role);
  end if;
end
$$;

-- Name: FUNCTION device_role_close(p_device_id uuid); Type: COMMENT; Schema: provisioner; Owner: -

COMMENT ON FUNCTION provisioner.device_role_close(p_device_id uuid) IS 'Takes the log-in from the role of a revoked device.';

-- Name: device_role_create(uuid, text); Type: FUNCTION; Schema: provisioner; Owner: -

CREATE FUNCTION provisioner.device_role_create(p_device_id uuid, p_verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not provisioner.is_verifier(p_verifier) then
    raise exception 'the verifier is not one of SCRAM-SHA-256' using errcode = 'invalid_parameter_value';
  end if;
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is null
  ) then
    raise exception 'there is no device to make a role for' using errcode = 'insufficient_privilege';
  end if;
  execute format('create role %I login nosuperuser nocreatedb nocreaterole noinherit connection limit 16 password %L', v_role, p_verifier);
  execute format('grant rollcall_device to %I with inherit true', v_role);
  -- A courtesy to the server: a device can change its own settings, but not its connection limit.
  execute format('alter role %I set statement_timeout = ''30s''', v_role);
  execute format('alter role %I set idle_in_transaction_session_timeout = ''30s''', v_role);
end
$$;

-- Name: FUNCTION device_role_create(p_device_id uuid, p_verifier text); Type: COMMENT; Schema: provisioner; Owner: -

COMMENT ON FUNCTION provisioner.device_role_create(p_device_id uuid, p_verifier text) IS 'Makes the log-in role of a device of the current organisation.';

-- Name: device_role_drop(uuid); Type: FUNCTION; Schema: provisioner; Owner: -

CREATE FUNCTION provisioner.device_role_drop(p_device_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is not null
  ) then
    raise exception 'there is no revoked device to drop the role of' using errcode = 'insufficient_privilege';
  end if;
  perform pg_terminate_backend(pid) from pg_stat_activity where usename = v_role;
  if exists (select from pg_roles where rolname = v_role) then
    execute format('drop role %I', v_role);
  end if;
end
$$;

-- Name: FUNCTION device_role_drop(p_device_id uuid); Type: COMMENT; Schema: provisioner; Owner: -

COMMENT ON FUNCTION provisioner.device_role_drop(p_device_id uuid) IS 'Ends the connections of a revoked device and drops its role.';

-- Name: device_role_password(uuid, text); Type: FUNCTION; Schema: provisioner; Owner: -

CREATE FUNCTION provisioner.device_role_password(p_device_id uuid, p_verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role constant text := 'rollcall_device_' || replace(p_device_id::text, '-', '');
begin
  if not provisioner.is_verifier(p_verifier) then
    raise exception 'the verifier is not one of SCRAM-SHA-256' using errcode = 'RC005';
  end if;
  if not exists (
    select from app.device
    where device.organization_id = app.current_organization_id() and device.device_id = p_device_id
      and device.database_role = v_role and device.revoked_at is null
  ) then
    raise exception 'there is no device to set the password of' using errcode = 'insufficient_privilege';
  end if;
  execute format('alter role %I password %L', v_role, p_verifier);
end
$$;

-- Name: FUNCTION device_role_password(p_device_id uuid, p_verifier text); Type: COMMENT; Schema: provisioner; Owner: -

COMMENT ON FUNCTION provisioner.device_role_password(p_device_id uuid, p_verifier text) IS 'Gives the log-in role of a device another password.';

-- Name: is_verifier(text); Type: FUNCTION; Schema: provisioner; Owner: -

CREATE FUNCTION provisioner.is_verifier(p_verifier text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE((p_verifier ~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{16,64}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'::text), false);

-- Name: FUNCTION is_verifier(p_verifier text); Type: COMMENT; Schema: provisioner; Owner: -

COMMENT ON FUNCTION provisioner.is_verifier(p_verifier text) IS 'Whether a text is a verifier of SCRAM-SHA-256.';

-- Name: api_token; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.api_token (
    organization_id uuid NOT NULL,
    token_id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_sha256 bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_token_expires_check CHECK ((expires_at > created_at)),
    CONSTRAINT api_token_name_check CHECK (((name = btrim(name)) AND ((length(name) >= 1) AND (length(name) <= 100)))),
    CONSTRAINT api_token_scopes_check CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 100))),
    CONSTRAINT api_token_sha256_check CHECK ((length(token_sha256) = 32))
);

ALTER TABLE ONLY app.api_token FORCE ROW LEVEL SECURITY;

-- Name: TABLE api_token; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.api_token IS 'Named secrets with which programs act for a user.';

-- Name: COLUMN api_token.token_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.api_token.token_sha256 IS 'SHA-256 of the token, which is 256 random bits; the token itself is never stored.';

-- Name: COLUMN api_token.scopes; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.api_token.scopes IS 'What the token is allowed to, as far as its user is.';

-- Name: COLUMN api_token.last_used_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.api_token.last_used_at IS 'Written at most once a minute.';

-- Name: camera; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.camera (
    organization_id uuid NOT NULL,
    camera_id uuid DEFAULT uuidv7() NOT NULL,
    device_id uuid NOT NULL,
    name text NOT NULL,
    direction text NOT NULL,
    pad_policy text DEFAULT 'ignore'::text NOT NULL,
    CONSTRAINT camera_direction_check CHECK ((direction = ANY (ARRAY['entry'::text, 'exit'::text, 'both'::text]))),
    CONSTRAINT camera_pad_policy_check CHECK ((pad_policy = ANY (ARRAY['ignore'::text, 'review'::text, 'reject'::text, 'require_live'::text])))
);

ALTER TABLE ONLY app.camera FORCE ROW LEVEL SECURITY;

-- Name: COLUMN camera.pad_policy; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.camera.pad_policy IS 'What follows from the verdict of presentation attack detection. ignore: nothing, it is noted. review: an attack is looked at by a person. reject: an attack is rejected. require_live: so is an attack, and whatever is not live is looked at by a person.';

-- Name: camera_picture; Type: TABLE; Schema: app; Owner: -

CREATE UNLOGGED TABLE app.camera_picture (
    organization_id uuid NOT NULL,
    camera_id uuid NOT NULL,
    site_id uuid NOT NULL,
    state text NOT NULL,
    taken_at timestamp with time zone,
    put_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    jpeg bytea,
    CONSTRAINT camera_picture_jpeg_check CHECK (((length(jpeg) >= 1) AND (length(jpeg) <= 131072))),
    CONSTRAINT camera_picture_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'well'::text, 'unreachable'::text, 'stalled'::text, 'black'::text, 'frozen'::text, 'ended'::text, 'switched_off'::text]))),
    CONSTRAINT camera_picture_taken_check CHECK (((jpeg IS NULL) = (taken_at IS NULL)))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='100', toast.autovacuum_vacuum_scale_factor='0', toast.autovacuum_vacuum_threshold='1000');
ALTER TABLE ONLY app.camera_picture ALTER COLUMN jpeg SET STORAGE EXTERNAL;

ALTER TABLE ONLY app.camera_picture FORCE ROW LEVEL SECURITY;

-- Name: TABLE camera_picture; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.camera_picture IS 'The newest picture of each camera that somebody looks through; gone when nobody does.';

-- Name: COLUMN camera_picture.state; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.camera_picture.state IS 'What comes from the camera (rollcall_store::device::CameraState), or switched_off: the box does not let anybody look.';

-- Name: COLUMN camera_picture.taken_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.camera_picture.taken_at IS 'When the picture was taken, by the device.';

-- Name: COLUMN camera_picture.put_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.camera_picture.put_at IS 'When the device said so; also tells a reader whether there is something new.';

-- Name: camera_view; Type: TABLE; Schema: app; Owner: -

CREATE UNLOGGED TABLE app.camera_view (
    organization_id uuid NOT NULL,
    view_id uuid DEFAULT uuidv7() NOT NULL,
    camera_id uuid NOT NULL,
    device_id uuid NOT NULL,
    site_id uuid NOT NULL,
    user_id uuid NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    until_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.camera_view FORCE ROW LEVEL SECURITY;

-- Name: TABLE camera_view; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.camera_view IS 'Who looks through a camera at present. What happened is in audit.event: camera.view_begin and camera.view_end.';

-- Name: COLUMN camera_view.until_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.camera_view.until_at IS 'The hub moves it on while the user looks; a hub that dies does not, and then it is over.';

-- Name: department; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.department (
    organization_id uuid NOT NULL,
    department_id uuid DEFAULT uuidv7() NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT department_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT department_parent_check CHECK ((parent_id <> department_id))
);

ALTER TABLE ONLY app.department FORCE ROW LEVEL SECURITY;

-- Name: TABLE department; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.department IS 'A part of an organisation that employees belong to. Departments are a tree; store::department keeps it free of cycles.';

-- Name: COLUMN department.parent_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.department.parent_id IS 'The department above; null at the top.';

-- Name: device_activity; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device_activity (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    rate_window_at timestamp with time zone DEFAULT now() NOT NULL,
    rate_window_sightings integer DEFAULT 0 NOT NULL,
    agent_version text,
    status jsonb,
    status_at timestamp with time zone,
    problems text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT device_activity_agent_version_check CHECK ((length(agent_version) <= 64)),
    CONSTRAINT device_activity_status_check CHECK ((length((status)::text) <= 16384))
)
WITH (fillfactor='50');

ALTER TABLE ONLY app.device_activity FORCE ROW LEVEL SECURITY;

-- Name: COLUMN device_activity.agent_version; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_activity.agent_version IS 'Version of the agent at its last start; null when it did not say.';

-- Name: COLUMN device_activity.status; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_activity.status IS 'What the agent last said of itself: uptime, clock, spool, cameras (rollcall_store::device::Status); null when it does not say.';

-- Name: COLUMN device_activity.status_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_activity.status_at IS 'When it said so.';

-- Name: COLUMN device_activity.problems; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_activity.problems IS 'What is wrong by that, in words of app.device_problems.';

-- Name: device_code_guard; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device_code_guard (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    n_failures integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone,
    free_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.device_code_guard FORCE ROW LEVEL SECURITY;

-- Name: TABLE device_code_guard; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.device_code_guard IS 'Codes that did not work, by device: a device with many must wait. Also makes the codes of one device be tried one after another.';

-- Name: device_enrolment; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device_enrolment (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    code_sha256 bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sources jsonb DEFAULT '{}'::jsonb NOT NULL,
    used_at timestamp with time zone,
    verifier_sha256 bytea,
    CONSTRAINT device_enrolment_code_check CHECK ((length(code_sha256) = 32)),
    CONSTRAINT device_enrolment_expires_check CHECK ((expires_at > created_at)),
    CONSTRAINT device_enrolment_used_check CHECK (((used_at IS NULL) = (verifier_sha256 IS NULL)))
);

ALTER TABLE ONLY app.device_enrolment FORCE ROW LEVEL SECURITY;

-- Name: TABLE device_enrolment; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.device_enrolment IS 'The newest code of a device, with which a box gets the device''s log-in once.';

-- Name: COLUMN device_enrolment.code_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_enrolment.code_sha256 IS 'SHA-256 of the code, which is 80 random bits; the code itself is never stored.';

-- Name: COLUMN device_enrolment.sources; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_enrolment.sources IS 'Where each camera''s picture comes from, by its name, as the agent''s configuration says it; never a password.';

-- Name: COLUMN device_enrolment.verifier_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.device_enrolment.verifier_sha256 IS 'SHA-256 of the verifier that was set: who lost the answer may ask again with the same one.';

-- Name: device_health; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device_health (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    health text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT device_health_health_check CHECK ((health = ANY (ARRAY['silent'::text, 'online'::text, 'degraded'::text, 'offline'::text, 'revoked'::text])))
);

ALTER TABLE ONLY app.device_health FORCE ROW LEVEL SECURITY;

-- Name: TABLE device_health; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.device_health IS 'Health of each device as the worker last announced it.';

-- Name: device_silence; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.device_silence (
    organization_id uuid NOT NULL,
    device_id uuid NOT NULL,
    heard_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY app.device_silence FORCE ROW LEVEL SECURITY;

-- Name: TABLE device_silence; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.device_silence IS 'Of which silence of a device webhooks were told.';

-- Name: employee; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.employee (
    organization_id uuid NOT NULL,
    employee_id uuid DEFAULT uuidv7() NOT NULL,
    code text NOT NULL,
    display_name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deactivated_at timestamp with time zone,
    hired_on date,
    left_on date,
    home_site_id uuid,
    department_id uuid,
    CONSTRAINT employee_code_check CHECK (((code = btrim(code)) AND (code <> ''::text) AND (length(code) <= 64))),
    CONSTRAINT employee_display_name_check CHECK (((display_name = btrim(display_name)) AND (display_name <> ''::text) AND (length(display_name) <= 200))),
    CONSTRAINT employee_left_check CHECK ((left_on >= hired_on))
);

ALTER TABLE ONLY app.employee FORCE ROW LEVEL SECURITY;

-- Name: TABLE employee; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.employee IS 'A person who has faces and punches.';

-- Name: COLUMN employee.hired_on; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee.hired_on IS 'First day of employment; null when unknown. Punches before it are kept and not paid.';

-- Name: COLUMN employee.left_on; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee.left_on IS 'Last day of employment; null while employed.';

-- Name: COLUMN employee.home_site_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee.home_site_id IS 'Where days without punches and roster belong; null: the first of the employee''s sites.';

-- Name: COLUMN employee.department_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee.department_id IS 'Where in the organisation the person works; null when nobody said.';

-- Name: employee_badge; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.employee_badge (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    badge_sha256 bytea NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT employee_badge_sha256_check CHECK ((length(badge_sha256) = 32))
);

ALTER TABLE ONLY app.employee_badge FORCE ROW LEVEL SECURITY;

-- Name: TABLE employee_badge; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.employee_badge IS 'Badges with which employees punch at a kiosk, one each.';

-- Name: COLUMN employee_badge.badge_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee_badge.badge_sha256 IS 'app.badge_sha256: kept from readers as employee_pin.pin_sha256 is, and for the same reason.';

-- Name: employee_pin; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.employee_pin (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    salt bytea NOT NULL,
    pin_sha256 bytea NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    n_failures integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone,
    free_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT employee_pin_salt_check CHECK ((length(salt) = 16)),
    CONSTRAINT employee_pin_sha256_check CHECK ((length(pin_sha256) = 32))
);

ALTER TABLE ONLY app.employee_pin FORCE ROW LEVEL SECURITY;

-- Name: TABLE employee_pin; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.employee_pin IS 'PINs with which employees punch at a kiosk, one each.';

-- Name: COLUMN employee_pin.pin_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee_pin.pin_sha256 IS 'app.pin_sha256. A PIN has a million values, so whoever reads this column finds it in no time, whatever the hash: no role reads it, only edge.punch_by_code compares. What protects a PIN is that wrong ones are counted.';

-- Name: COLUMN employee_pin.n_failures; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee_pin.n_failures IS 'Wrong PINs in a row, forgotten after a day without one and at the right one.';

-- Name: COLUMN employee_pin.free_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.employee_pin.free_at IS 'Until then no PIN of the employee is tried.';

-- Name: employee_site; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.employee_site (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    site_id uuid NOT NULL
);

ALTER TABLE ONLY app.employee_site FORCE ROW LEVEL SECURITY;

-- Name: TABLE employee_site; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.employee_site IS 'Sites at which an employee may be recognised.';

-- Name: export; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.export (
    organization_id uuid NOT NULL,
    export_id uuid DEFAULT uuidv7() NOT NULL,
    kind text NOT NULL,
    format text NOT NULL,
    first_date date,
    last_date date,
    site_id uuid,
    state text DEFAULT 'queued'::text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    claimed_until timestamp with time zone,
    n_attempts integer DEFAULT 0 NOT NULL,
    n_rows bigint DEFAULT 0 NOT NULL,
    n_bytes bigint DEFAULT 0 NOT NULL,
    sha256 bytea,
    problem text,
    expires_at timestamp with time zone,
    all_sites boolean,
    site_ids uuid[],
    CONSTRAINT export_claimed_check CHECK (((state = 'running'::text) = (claimed_until IS NOT NULL))),
    CONSTRAINT export_dates_check CHECK (((first_date <= last_date) AND ((first_date IS NULL) = (last_date IS NULL)))),
    CONSTRAINT export_done_check CHECK (((state <> 'done'::text) OR ((sha256 IS NOT NULL) AND (expires_at IS NOT NULL) AND (all_sites IS NOT NULL)))),
    CONSTRAINT export_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'parquet'::text]))),
    CONSTRAINT export_kind_check CHECK ((kind = ANY (ARRAY['daily_register'::text, 'punches'::text, 'attendance_days'::text, 'period_totals'::text, 'employees'::text]))),
    CONSTRAINT export_problem_check CHECK ((length(problem) <= 1000)),
    CONSTRAINT export_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'expired'::text])))
);

ALTER TABLE ONLY app.export FORCE ROW LEVEL SECURITY;

-- Name: TABLE export; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.export IS 'A file that a user asked for. Only that user sees it.';

-- Name: COLUMN export.n_rows; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.export.n_rows IS 'Rows written so far.';

-- Name: COLUMN export.all_sites; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.export.all_sites IS 'Whether the user saw all sites when the file was made; who sees less since cannot fetch it any more.';

-- Name: COLUMN export.site_ids; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.export.site_ids IS 'Sites of the user when the file was made, unless all.';

-- Name: export_chunk; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.export_chunk (
    organization_id uuid NOT NULL,
    export_id uuid NOT NULL,
    ordinal integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT export_chunk_content_check CHECK (((length(content) >= 1) AND (length(content) <= 4194304)))
);
ALTER TABLE ONLY app.export_chunk ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE ONLY app.export_chunk FORCE ROW LEVEL SECURITY;

-- Name: TABLE export_chunk; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.export_chunk IS 'The file of an export in pieces.';

-- Name: live_change; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.live_change (
    organization_id uuid NOT NULL,
    change_id uuid DEFAULT uuidv7() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    ids uuid[] NOT NULL,
    employee_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    site_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    work_dates date[] DEFAULT '{}'::date[] NOT NULL,
    words text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT live_change_kind_check CHECK ((kind = ANY (ARRAY['punch'::text, 'day'::text, 'exception'::text, 'device'::text, 'enrolment'::text, 'review'::text])))
);

ALTER TABLE ONLY app.live_change FORCE ROW LEVEL SECURITY;

-- Name: TABLE live_change; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.live_change IS 'What one transaction changed, ids only; kept for about an hour. Readers look at the rows themselves under their own rights.';

-- Name: COLUMN live_change.xact_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.live_change.xact_id IS 'The transaction. With a snapshot taken earlier it tells exactly what was committed since, which no clock or sequence does.';

-- Name: COLUMN live_change.ids; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.live_change.ids IS 'Ids of what changed; the other arrays say more of each, in the same order, and may be shorter.';

-- Name: COLUMN live_change.words; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.live_change.words IS 'Kind of exception, health of a device, state of an enrolment, what became of a sighting.';

-- Name: organization; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.organization (
    organization_id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    corrections_need_four_eyes boolean DEFAULT false NOT NULL,
    CONSTRAINT organization_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 200)))
);

ALTER TABLE ONLY app.organization FORCE ROW LEVEL SECURITY;

-- Name: TABLE organization; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.organization IS 'A tenant. Every other row belongs to exactly one.';

-- Name: COLUMN organization.corrections_need_four_eyes; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.organization.corrections_need_four_eyes IS 'Nobody may approve a correction that they requested themselves.';

-- Name: site; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.site (
    organization_id uuid NOT NULL,
    site_id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    day_boundary time without time zone DEFAULT '04:00:00'::time without time zone NOT NULL,
    cool_down_seconds integer DEFAULT 150 NOT NULL,
    direction_policy text DEFAULT 'camera'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deactivated_at timestamp with time zone,
    latitude double precision,
    longitude double precision,
    radius_meters integer,
    offline_greeting_hours integer DEFAULT 0 NOT NULL,
    CONSTRAINT site_cool_down_check CHECK (((cool_down_seconds >= 0) AND (cool_down_seconds <= 86400))),
    CONSTRAINT site_direction_policy_check CHECK ((direction_policy = ANY (ARRAY['camera'::text, 'key'::text, 'alternate'::text, 'first_last'::text]))),
    CONSTRAINT site_location_check CHECK (((num_nulls(latitude, longitude, radius_meters) = ANY (ARRAY[0, 3])) AND ((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)) AND ((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)) AND ((radius_meters >= 10) AND (radius_meters <= 100000)))),
    CONSTRAINT site_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT site_offline_greeting_hours_check CHECK (((offline_greeting_hours >= 0) AND (offline_greeting_hours <= 168)))
);

ALTER TABLE ONLY app.site FORCE ROW LEVEL SECURITY;

-- Name: TABLE site; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.site IS 'A place where people work; owns the IANA time zone of everything that happens there.';

-- Name: COLUMN site.day_boundary; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.day_boundary IS 'Local time at which the work date changes for people without a shift.';

-- Name: COLUMN site.cool_down_seconds; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.cool_down_seconds IS 'Of punches closer together than this the first counts, the rest are repeats.';

-- Name: COLUMN site.direction_policy; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.direction_policy IS 'camera: direction of camera or key, else alternation; key: only what a person pressed, else alternation; alternate: face punches always alternate; first_last: first punch of the date is IN, last is OUT.';

-- Name: COLUMN site.deactivated_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.deactivated_at IS 'Not in use from then on: later punches are kept and raise an exception.';

-- Name: COLUMN site.latitude; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.latitude IS 'Degrees north (WGS 84); null when nobody said where the site is.';

-- Name: COLUMN site.longitude; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.longitude IS 'Degrees east (WGS 84).';

-- Name: COLUMN site.radius_meters; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.radius_meters IS 'How far the site reaches from there.';

-- Name: COLUMN site.offline_greeting_hours; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.site.offline_greeting_hours IS 'For how long without the hub devices of the site may greet from an encrypted copy of its gallery, which they delete after that. 0: they hold no copy.';

-- Name: site_zone_change; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.site_zone_change (
    organization_id uuid NOT NULL,
    site_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    earlier_time_zone text NOT NULL
);

ALTER TABLE ONLY app.site_zone_change FORCE ROW LEVEL SECURITY;

-- Name: TABLE site_zone_change; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.site_zone_change IS 'Zones that a site had before app.site.time_zone, each until an instant.';

-- Name: user_account; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.user_account (
    organization_id uuid NOT NULL,
    user_id uuid DEFAULT uuidv7() NOT NULL,
    email text NOT NULL,
    display_name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    password_is_one_time boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deactivated_at timestamp with time zone,
    all_sites boolean DEFAULT true NOT NULL,
    employee_id uuid,
    CONSTRAINT user_account_email_check CHECK (((email = lower(btrim(email))) AND (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
    CONSTRAINT user_account_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'hr_admin'::text, 'site_manager'::text, 'auditor'::text, 'viewer'::text, 'employee'::text]))),
    CONSTRAINT user_account_self_service_check CHECK (((role <> 'employee'::text) OR ((employee_id IS NOT NULL) AND (NOT all_sites))))
);

ALTER TABLE ONLY app.user_account FORCE ROW LEVEL SECURITY;

-- Name: COLUMN user_account.password_hash; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_account.password_hash IS 'argon2id in PHC format.';

-- Name: COLUMN user_account.all_sites; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_account.all_sites IS 'Sees every site, also those made later; false: those in app.user_site.';

-- Name: COLUMN user_account.employee_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_account.employee_id IS 'The same person as an employee: may see what is about themselves. Role employee has no other right.';

-- Name: user_recovery_code; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.user_recovery_code (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_sha256 bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT user_recovery_code_sha256_check CHECK ((length(code_sha256) = 32))
);

ALTER TABLE ONLY app.user_recovery_code FORCE ROW LEVEL SECURITY;

-- Name: TABLE user_recovery_code; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.user_recovery_code IS 'Codes for those who lost their authenticator, each good once.';

-- Name: COLUMN user_recovery_code.code_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_recovery_code.code_sha256 IS 'SHA-256 of the code, which is 80 random bits; the code itself is never stored.';

-- Name: user_session; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.user_session (
    organization_id uuid NOT NULL,
    session_sha256 bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    session_id uuid DEFAULT uuidv7() NOT NULL,
    method text DEFAULT 'password'::text NOT NULL,
    last_used_at timestamp with time zone,
    address_kind text DEFAULT 'unknown'::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    CONSTRAINT user_session_address_kind_check CHECK ((address_kind = ANY (ARRAY['local'::text, 'private'::text, 'public'::text, 'unknown'::text]))),
    CONSTRAINT user_session_method_check CHECK ((method = ANY (ARRAY['password'::text, 'totp'::text, 'recovery_code'::text, 'sso'::text]))),
    CONSTRAINT user_session_sha256_check CHECK ((length(session_sha256) = 32)),
    CONSTRAINT user_session_user_agent_check CHECK ((length(user_agent) <= 200))
);

ALTER TABLE ONLY app.user_session FORCE ROW LEVEL SECURITY;

-- Name: COLUMN user_session.session_sha256; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.session_sha256 IS 'SHA-256 of the cookie; the cookie itself is never stored.';

-- Name: COLUMN user_session.session_id; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.session_id IS 'Names the session; gives no access.';

-- Name: COLUMN user_session.method; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.method IS 'How the user proved who they are: password alone, password and a second factor, single sign-on.';

-- Name: COLUMN user_session.last_used_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.last_used_at IS 'Written at most once a minute; null: not since it began.';

-- Name: COLUMN user_session.address_kind; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.address_kind IS 'Where the log-in came from: local (the same machine), private (RFC 1918 and the like), public. The address itself is not kept.';

-- Name: COLUMN user_session.user_agent; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_session.user_agent IS 'What the browser called itself, shortened.';

-- Name: user_site; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.user_site (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    site_id uuid NOT NULL
);

ALTER TABLE ONLY app.user_site FORCE ROW LEVEL SECURITY;

-- Name: TABLE user_site; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.user_site IS 'Sites of users who do not see all of them.';

-- Name: user_totp; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.user_totp (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret bytea NOT NULL,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    CONSTRAINT user_totp_secret_check CHECK (((length(secret) >= 16) AND (length(secret) <= 64)))
);

ALTER TABLE ONLY app.user_totp FORCE ROW LEVEL SECURITY;

-- Name: TABLE user_totp; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.user_totp IS 'Second factors by time (RFC 6238), one a user.';

-- Name: COLUMN user_totp.secret; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_totp.secret IS 'Shared with the user''s authenticator. rollcall_api writes it and cannot read it, except through app.totp_secret before anybody is logged in.';

-- Name: COLUMN user_totp.confirmed_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_totp.confirmed_at IS 'Since when it is asked for at log-in; null: begun only.';

-- Name: COLUMN user_totp.last_step; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.user_totp.last_step IS 'Time step of the last code that was taken: no code is taken twice.';

-- Name: webhook; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.webhook (
    organization_id uuid NOT NULL,
    webhook_id uuid DEFAULT uuidv7() NOT NULL,
    description text NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    previous_secret_expires_at timestamp with time zone,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT webhook_description_check CHECK (((description = btrim(description)) AND (description <> ''::text) AND (length(description) <= 200))),
    CONSTRAINT webhook_events_check CHECK (((cardinality(events) > 0) AND (events <@ ARRAY['punch.recorded'::text, 'attendance_day.changed'::text, 'exception.raised'::text, 'correction.requested'::text, 'correction.decided'::text, 'employee.changed'::text, 'device.silent'::text]))),
    CONSTRAINT webhook_previous_secret_check CHECK (((previous_secret IS NULL) = (previous_secret_expires_at IS NULL))),
    CONSTRAINT webhook_secret_check CHECK (((length(secret) >= 32) AND (length(secret) <= 200))),
    CONSTRAINT webhook_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2000)))
);

ALTER TABLE ONLY app.webhook FORCE ROW LEVEL SECURITY;

-- Name: TABLE webhook; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.webhook IS 'A URL that is told of events, ids and times only.';

-- Name: COLUMN webhook.secret; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.webhook.secret IS 'Key of the signature. As it is, since both sides need it; no role that people speak through can read it.';

-- Name: COLUMN webhook.previous_secret; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.webhook.previous_secret IS 'Signs as well until it expires, so that the receiver can be changed in between.';

-- Name: webhook_delivery; Type: TABLE; Schema: app; Owner: -

CREATE TABLE app.webhook_delivery (
    organization_id uuid NOT NULL,
    delivery_id uuid DEFAULT uuidv7() NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    cause xid8 DEFAULT pg_current_xact_id() NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    n_attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now(),
    give_up_at timestamp with time zone DEFAULT (now() + '1 day'::interval) NOT NULL,
    last_attempt_at timestamp with time zone,
    last_status integer,
    last_error text,
    delivered_at timestamp with time zone,
    CONSTRAINT webhook_delivery_delivered_check CHECK (((state = 'delivered'::text) = (delivered_at IS NOT NULL))),
    CONSTRAINT webhook_delivery_error_check CHECK ((length(last_error) <= 500)),
    CONSTRAINT webhook_delivery_next_attempt_check CHECK (((state = 'pending'::text) = (next_attempt_at IS NOT NULL))),
    CONSTRAINT webhook_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
);

ALTER TABLE ONLY app.webhook_delivery FORCE ROW LEVEL SECURITY;

-- Name: TABLE webhook_delivery; Type: COMMENT; Schema: app; Owner: -

COMMENT ON TABLE app.webhook_delivery IS 'The outbox: one event for one webhook. Written in the transaction of its cause.';

-- Name: COLUMN webhook_delivery.cause; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.webhook_delivery.cause IS 'The transaction that caused it.';

-- Name: COLUMN webhook_delivery.give_up_at; Type: COMMENT; Schema: app; Owner: -

COMMENT ON COLUMN app.webhook_delivery.give_up_at IS 'No attempt after this: then the delivery is dead.';

-- Name: adjustment; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.adjustment (
    organization_id uuid NOT NULL,
    adjustment_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    period_id uuid NOT NULL,
    into_period_id uuid,
    payable_minutes integer NOT NULL,
    overtime_daily_minutes integer NOT NULL,
    overtime_weekly_minutes integer NOT NULL,
    overtime_rest_day_minutes integer NOT NULL,
    overtime_holiday_minutes integer NOT NULL,
    leave_paid_minutes integer NOT NULL,
    leave_unpaid_minutes integer NOT NULL,
    why jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY attendance.adjustment FORCE ROW LEVEL SECURITY;

-- Name: TABLE adjustment; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.adjustment IS 'What a late event or a correction changes about a day of a closed period: differences in minutes, paid in a later period.';

-- Name: COLUMN adjustment.into_period_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.adjustment.into_period_id IS 'The open period that pays it; null until one exists.';

-- Name: code_entry; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.code_entry (
    organization_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    site_id uuid NOT NULL,
    device_id uuid NOT NULL,
    method text NOT NULL,
    employee_code text,
    employee_id uuid,
    direction text,
    captured_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    outcome text NOT NULL,
    reason text,
    CONSTRAINT code_entry_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT code_entry_employee_code_check CHECK (((length(employee_code) >= 1) AND (length(employee_code) <= 64))),
    CONSTRAINT code_entry_method_check CHECK ((method = ANY (ARRAY['pin'::text, 'badge'::text]))),
    CONSTRAINT code_entry_outcome_check CHECK ((outcome = ANY (ARRAY['punched'::text, 'repeat'::text, 'refused'::text]))),
    CONSTRAINT code_entry_reason_check CHECK (((reason IS NULL) = (outcome <> 'refused'::text)))
);

ALTER TABLE ONLY attendance.code_entry FORCE ROW LEVEL SECURITY;

-- Name: TABLE code_entry; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.code_entry IS 'What was typed at a kiosk instead of a face, and what became of it. A punch has the id of its entry.';

-- Name: COLUMN code_entry.employee_code; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.code_entry.employee_code IS 'As it was typed; null for a badge. PINs and badge codes are never kept.';

-- Name: COLUMN code_entry.employee_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.code_entry.employee_id IS 'Whom it named, also when it was refused; null for nobody.';

-- Name: COLUMN code_entry.reason; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.code_entry.reason IS 'Why it was refused, which the kiosk is not told: unknown_code, unknown_badge, no_pin, wrong_pin, locked, inactive, other_site, clock_unknown or clock_ahead.';

-- Name: correction; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.correction (
    organization_id uuid NOT NULL,
    correction_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    punch_id uuid,
    site_id uuid,
    occurred_at timestamp with time zone,
    direction text,
    reason text NOT NULL,
    attachment text,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    requested_by uuid,
    state text DEFAULT 'requested'::text NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    decision_comment text,
    new_punch_id uuid,
    CONSTRAINT correction_attachment_check CHECK ((length(attachment) <= 20000)),
    CONSTRAINT correction_comment_check CHECK ((length(decision_comment) <= 1000)),
    CONSTRAINT correction_decided_check CHECK (((state = 'requested'::text) = (decided_at IS NULL))),
    CONSTRAINT correction_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT correction_kind_check CHECK ((kind = ANY (ARRAY['add_punch'::text, 'void_punch'::text, 'change_direction'::text]))),
    CONSTRAINT correction_reason_check CHECK (((reason = btrim(reason)) AND (reason <> ''::text) AND (length(reason) <= 1000))),
    CONSTRAINT correction_shape_check CHECK (
CASE kind
    WHEN 'add_punch'::text THEN ((punch_id IS NULL) AND (site_id IS NOT NULL) AND (occurred_at IS NOT NULL))
    WHEN 'void_punch'::text THEN ((punch_id IS NOT NULL) AND (site_id IS NULL) AND (occurred_at IS NULL) AND (direction IS NULL))
    ELSE ((punch_id IS NOT NULL) AND (site_id IS NULL) AND (occurred_at IS NULL) AND (direction IS NOT NULL))
END),
    CONSTRAINT correction_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY attendance.correction FORCE ROW LEVEL SECURITY;

-- Name: TABLE correction; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.correction IS 'A request that adds a punch, voids one, or replaces one by the same with another direction. Punches are never edited.';

-- Name: COLUMN correction.new_punch_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.correction.new_punch_id IS 'The punch that the approval added.';

-- Name: day; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.day (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    site_id uuid NOT NULL,
    time_zone text NOT NULL,
    status text NOT NULL,
    first_in_at timestamp with time zone,
    last_out_at timestamp with time zone,
    worked_minutes integer NOT NULL,
    n_punches integer NOT NULL,
    n_repeats integer NOT NULL,
    exceptions text[] NOT NULL,
    why jsonb NOT NULL,
    rule_version text NOT NULL,
    kind text NOT NULL,
    shift_id uuid,
    rule_set_id uuid,
    rule_set_name text NOT NULL,
    rule_set_version integer NOT NULL,
    is_open boolean NOT NULL,
    presence_minutes integer NOT NULL,
    payable_minutes integer NOT NULL,
    unpaid_break_minutes integer NOT NULL,
    unpayable_minutes integer NOT NULL,
    overtime_daily_minutes integer NOT NULL,
    overtime_weekly_minutes integer NOT NULL,
    overtime_rest_day_minutes integer NOT NULL,
    overtime_holiday_minutes integer NOT NULL,
    overtime_unapproved_minutes integer NOT NULL,
    expected_minutes integer NOT NULL,
    late_minutes integer NOT NULL,
    early_out_minutes integer NOT NULL,
    leave_paid_minutes integer NOT NULL,
    leave_unpaid_minutes integer NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT day_kind_check CHECK ((kind = ANY (ARRAY['work'::text, 'holiday'::text, 'rest_day'::text, 'free'::text]))),
    CONSTRAINT day_presence_check CHECK ((presence_minutes = ((payable_minutes + unpaid_break_minutes) + unpayable_minutes))),
    CONSTRAINT day_status_check CHECK ((status = ANY (ARRAY['incomplete'::text, 'late'::text, 'present'::text, 'on_leave'::text, 'holiday'::text, 'rest_day'::text, 'absent'::text]))),
    CONSTRAINT day_worked_minutes_check CHECK ((worked_minutes >= 0))
)
WITH (fillfactor='80');

ALTER TABLE ONLY attendance.day FORCE ROW LEVEL SECURITY;

-- Name: TABLE day; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.day IS 'Derived from punches, rosters and rules; can be deleted and derived again identically.';

-- Name: COLUMN day.site_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.day.site_id IS 'Site of the first counted punch, else of the roster, else the employee''s home.';

-- Name: COLUMN day.worked_minutes; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.day.worked_minutes IS 'Presence without unpaid breaks.';

-- Name: COLUMN day.why; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.day.why IS 'Why-trace: array of {rule, punches, from, to, minutes, text}.';

-- Name: COLUMN day.is_open; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.day.is_open IS 'Somebody may still be in; the open session counts nothing yet.';

-- Name: COLUMN day.digest; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.day.digest IS 'SHA-256 of everything that was derived, so that an unchanged day is not written again.';

-- Name: day_exception; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.day_exception (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    kind text NOT NULL,
    punch_ids uuid[] NOT NULL,
    sentence text NOT NULL
);

ALTER TABLE ONLY attendance.day_exception FORCE ROW LEVEL SECURITY;

-- Name: TABLE day_exception; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.day_exception IS 'What a person must look at, derived with its day.';

-- Name: day_interval; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.day_interval (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    ordinal integer NOT NULL,
    begin_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    class text NOT NULL,
    overtime text,
    CONSTRAINT day_interval_class_check CHECK ((class = ANY (ARRAY['payable'::text, 'unpaid_break'::text, 'unpayable'::text]))),
    CONSTRAINT day_interval_order_check CHECK ((begin_at < end_at)),
    CONSTRAINT day_interval_overtime_check CHECK ((overtime = ANY (ARRAY['holiday'::text, 'rest_day'::text, 'daily'::text, 'weekly'::text])))
);

ALTER TABLE ONLY attendance.day_interval FORCE ROW LEVEL SECURITY;

-- Name: TABLE day_interval; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.day_interval IS 'Presence of a day in pieces of one class each, in order of time and without overlap.';

-- Name: day_opening; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.day_opening (
    organization_id uuid NOT NULL,
    opened_through date NOT NULL
);

ALTER TABLE ONLY attendance.day_opening FORCE ROW LEVEL SECURITY;

-- Name: TABLE day_opening; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.day_opening IS 'Through which date every employee''s days have been marked, so that days without punches exist too.';

-- Name: day_punch; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.day_punch (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    punch_id uuid NOT NULL,
    is_counted boolean NOT NULL,
    direction text,
    direction_reason text NOT NULL,
    CONSTRAINT day_punch_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])))
);

ALTER TABLE ONLY attendance.day_punch FORCE ROW LEVEL SECURITY;

-- Name: TABLE day_punch; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.day_punch IS 'How the derivation read each punch: counted or repeat, and its direction with the reason.';

-- Name: dirty_day; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.dirty_day (
    organization_id uuid NOT NULL,
    dirty_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    punch_id uuid,
    marked_at timestamp with time zone DEFAULT now() NOT NULL,
    last_date date,
    CONSTRAINT dirty_day_dates_check CHECK ((last_date >= work_date))
);

ALTER TABLE ONLY attendance.dirty_day FORCE ROW LEVEL SECURITY;

-- Name: COLUMN dirty_day.punch_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.dirty_day.punch_id IS 'The punch that caused the mark, announced after derivation; null for other causes.';

-- Name: COLUMN dirty_day.last_date; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.dirty_day.last_date IS 'Last date of a mark that covers several; null for one.';

-- Name: due_day; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.due_day (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    due_at timestamp with time zone NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE ONLY attendance.due_day FORCE ROW LEVEL SECURITY;

-- Name: TABLE due_day; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.due_day IS 'Days that read differently from an instant on, without any new punch: a window ends, an open session expires.';

-- Name: exception_waiver; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.exception_waiver (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    kind text NOT NULL,
    note text NOT NULL,
    waived_at timestamp with time zone DEFAULT now() NOT NULL,
    waived_by uuid,
    CONSTRAINT exception_waiver_note_check CHECK (((note = btrim(note)) AND (note <> ''::text) AND (length(note) <= 1000)))
);

ALTER TABLE ONLY attendance.exception_waiver FORCE ROW LEVEL SECURITY;

-- Name: TABLE exception_waiver; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.exception_waiver IS 'Somebody looked at an exception and lets it be. Survives a new derivation.';

-- Name: holiday; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.holiday (
    organization_id uuid NOT NULL,
    holiday_id uuid DEFAULT uuidv7() NOT NULL,
    site_id uuid,
    holiday_date date NOT NULL,
    name text NOT NULL,
    part text DEFAULT 'whole'::text NOT NULL,
    begin_minute integer,
    end_minute integer,
    CONSTRAINT holiday_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT holiday_part_check CHECK (((part = ANY (ARRAY['whole'::text, 'first_half'::text, 'second_half'::text, 'hours'::text])) AND (
CASE part
    WHEN 'hours'::text THEN ((begin_minute >= 0) AND (end_minute > begin_minute) AND (end_minute <= 2880))
    ELSE ((begin_minute IS NULL) AND (end_minute IS NULL))
END IS TRUE)))
);

ALTER TABLE ONLY attendance.holiday FORCE ROW LEVEL SECURITY;

-- Name: TABLE holiday; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.holiday IS 'Public holidays of a site, or of all sites (site null).';

-- Name: leave; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.leave (
    organization_id uuid NOT NULL,
    leave_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    first_date date NOT NULL,
    last_date date NOT NULL,
    part text DEFAULT 'whole'::text NOT NULL,
    begin_minute integer,
    end_minute integer,
    is_paid boolean NOT NULL,
    kind text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT leave_dates_check CHECK (((first_date <= last_date) AND ((last_date - first_date) <= 3660))),
    CONSTRAINT leave_kind_check CHECK (((kind = btrim(kind)) AND (kind <> ''::text) AND (length(kind) <= 50))),
    CONSTRAINT leave_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT leave_part_check CHECK (((part = ANY (ARRAY['whole'::text, 'first_half'::text, 'second_half'::text, 'hours'::text])) AND (
CASE part
    WHEN 'hours'::text THEN ((begin_minute >= 0) AND (end_minute > begin_minute) AND (end_minute <= 2880))
    ELSE ((begin_minute IS NULL) AND (end_minute IS NULL))
END IS TRUE)))
);

ALTER TABLE ONLY attendance.leave FORCE ROW LEVEL SECURITY;

-- Name: TABLE leave; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.leave IS 'Leave of an employee, the same part of each date.';

-- Name: overtime_approval; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.overtime_approval (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    minutes integer NOT NULL,
    note text,
    approved_at timestamp with time zone DEFAULT now() NOT NULL,
    approved_by uuid,
    CONSTRAINT overtime_approval_minutes_check CHECK (((minutes >= 0) AND (minutes <= 1440)))
);

ALTER TABLE ONLY attendance.overtime_approval FORCE ROW LEVEL SECURITY;

-- Name: TABLE overtime_approval; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.overtime_approval IS 'Minutes of overtime of a date that may be paid, where the rules ask for approval.';

-- Name: period; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.period (
    organization_id uuid NOT NULL,
    period_id uuid DEFAULT uuidv7() NOT NULL,
    valid daterange NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    reviewed_at timestamp with time zone,
    reviewed_by uuid,
    closed_at timestamp with time zone,
    closed_by uuid,
    CONSTRAINT period_closed_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT period_state_check CHECK ((state = ANY (ARRAY['open'::text, 'review'::text, 'closed'::text]))),
    CONSTRAINT period_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid)) AND (NOT upper_inf(valid))))
);

ALTER TABLE ONLY attendance.period FORCE ROW LEVEL SECURITY;

-- Name: TABLE period; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.period IS 'Work dates that are paid together. Closed: its days never change again, differences become adjustments.';

-- Name: punch; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.punch (
    organization_id uuid NOT NULL,
    punch_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    site_id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    direction text,
    camera_id uuid,
    similarity real,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    clock_skew_seconds integer,
    reason text,
    CONSTRAINT punch_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT punch_reason_check CHECK (((reason = btrim(reason)) AND (reason <> ''::text) AND (length(reason) <= 1000))),
    CONSTRAINT punch_source_check CHECK ((source = ANY (ARRAY['face'::text, 'pin'::text, 'badge'::text, 'manual'::text, 'import'::text, 'correction'::text])))
)
PARTITION BY RANGE (punch_id);

ALTER TABLE ONLY attendance.punch FORCE ROW LEVEL SECURITY;

-- Name: TABLE punch; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.punch IS 'Immutable clock event of one employee. A face punch has the id of its sighting.';

-- Name: COLUMN punch.direction; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.punch.direction IS 'Direction known at the source (camera, line, key); null when it must be inferred.';

-- Name: COLUMN punch.clock_skew_seconds; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.punch.clock_skew_seconds IS 'Server time minus device time when the sighting was sent; null when there was no device.';

-- Name: COLUMN punch.reason; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.punch.reason IS 'Why a person entered it; null for other sources.';

-- Name: punch_default; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.punch_default (
    organization_id uuid CONSTRAINT punch_organization_id_not_null NOT NULL,
    punch_id uuid DEFAULT uuidv7() CONSTRAINT punch_punch_id_not_null NOT NULL,
    employee_id uuid CONSTRAINT punch_employee_id_not_null NOT NULL,
    site_id uuid CONSTRAINT punch_site_id_not_null NOT NULL,
    occurred_at timestamp with time zone CONSTRAINT punch_occurred_at_not_null NOT NULL,
    source text CONSTRAINT punch_source_not_null NOT NULL,
    direction text,
    camera_id uuid,
    similarity real,
    created_at timestamp with time zone DEFAULT now() CONSTRAINT punch_created_at_not_null NOT NULL,
    created_by uuid,
    clock_skew_seconds integer,
    reason text,
    CONSTRAINT punch_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT punch_reason_check CHECK (((reason = btrim(reason)) AND (reason <> ''::text) AND (length(reason) <= 1000))),
    CONSTRAINT punch_source_check CHECK ((source = ANY (ARRAY['face'::text, 'pin'::text, 'badge'::text, 'manual'::text, 'import'::text, 'correction'::text])))
);

ALTER TABLE ONLY attendance.punch_default FORCE ROW LEVEL SECURITY;

-- Name: punch_import; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.punch_import (
    organization_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    punch_id uuid NOT NULL,
    imported_at timestamp with time zone DEFAULT now() NOT NULL,
    imported_by uuid,
    CONSTRAINT punch_import_external_id_check CHECK (((external_id = btrim(external_id)) AND (external_id <> ''::text) AND (length(external_id) <= 200))),
    CONSTRAINT punch_import_source_check CHECK (((source = btrim(source)) AND (source <> ''::text) AND (length(source) <= 100)))
);

ALTER TABLE ONLY attendance.punch_import FORCE ROW LEVEL SECURITY;

-- Name: TABLE punch_import; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.punch_import IS 'Which punch came from which line of which other system, so that importing twice changes nothing.';

-- Name: punch_void; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.punch_void (
    organization_id uuid NOT NULL,
    punch_id uuid NOT NULL,
    reason text NOT NULL,
    voided_at timestamp with time zone DEFAULT now() NOT NULL,
    voided_by uuid
);

ALTER TABLE ONLY attendance.punch_void FORCE ROW LEVEL SECURITY;

-- Name: roster; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.roster (
    organization_id uuid NOT NULL,
    roster_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    site_id uuid NOT NULL,
    valid daterange NOT NULL,
    anchored_on date NOT NULL,
    cycle_days integer NOT NULL,
    works_on_holidays boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT roster_cycle_check CHECK (((cycle_days >= 1) AND (cycle_days <= 366))),
    CONSTRAINT roster_valid_check CHECK (((NOT isempty(valid)) AND (NOT lower_inf(valid))))
);

ALTER TABLE ONLY attendance.roster FORCE ROW LEVEL SECURITY;

-- Name: TABLE roster; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.roster IS 'Which shifts an employee has on which dates: a cycle of days that repeats. No two for one date.';

-- Name: COLUMN roster.anchored_on; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.roster.anchored_on IS 'Date of the first day of a cycle.';

-- Name: roster_day; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.roster_day (
    organization_id uuid NOT NULL,
    roster_id uuid NOT NULL,
    ordinal integer NOT NULL,
    shift_id uuid NOT NULL,
    CONSTRAINT roster_day_ordinal_check CHECK ((ordinal >= 0))
);

ALTER TABLE ONLY attendance.roster_day FORCE ROW LEVEL SECURITY;

-- Name: TABLE roster_day; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.roster_day IS 'The shift of a day of the cycle, counted from 0. A day without a row is a rest day.';

-- Name: rule_set; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.rule_set (
    organization_id uuid NOT NULL,
    rule_set_id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    site_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rule_set_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 100)))
);

ALTER TABLE ONLY attendance.rule_set FORCE ROW LEVEL SECURITY;

-- Name: TABLE rule_set; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.rule_set IS 'How time is counted at a site, or in the whole organisation (site null).';

-- Name: rule_set_version; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.rule_set_version (
    organization_id uuid NOT NULL,
    rule_set_id uuid NOT NULL,
    version integer NOT NULL,
    valid_from date NOT NULL,
    rules jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT rule_set_version_version_check CHECK ((version >= 1))
);

ALTER TABLE ONLY attendance.rule_set_version FORCE ROW LEVEL SECURITY;

-- Name: TABLE rule_set_version; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.rule_set_version IS 'Immutable. On a date the highest version with valid_from on or before it holds.';

-- Name: COLUMN rule_set_version.rules; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.rule_set_version.rules IS 'All rules by the names of docs/attendance-rules.md.';

-- Name: session; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.session (
    organization_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL,
    ordinal integer NOT NULL,
    site_id uuid NOT NULL,
    in_punch_id uuid,
    in_at timestamp with time zone,
    out_punch_id uuid,
    out_at timestamp with time zone,
    worked_minutes integer NOT NULL,
    is_open boolean DEFAULT false NOT NULL,
    CONSTRAINT session_ends_check CHECK (((in_at IS NOT NULL) OR (out_at IS NOT NULL)))
);

ALTER TABLE ONLY attendance.session FORCE ROW LEVEL SECURITY;

-- Name: COLUMN session.worked_minutes; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.session.worked_minutes IS 'Minutes between the reckoned ends; 0 when one is missing.';

-- Name: shift; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.shift (
    organization_id uuid NOT NULL,
    shift_id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    begin_minutes integer[] NOT NULL,
    end_minutes integer[] NOT NULL,
    core_begin_minute integer,
    core_end_minute integer,
    expected_minutes integer,
    window_before_minutes integer NOT NULL,
    window_after_minutes integer NOT NULL,
    break_begin_minutes integer[] DEFAULT '{}'::integer[] NOT NULL,
    break_end_minutes integer[] DEFAULT '{}'::integer[] NOT NULL,
    break_is_paid boolean[] DEFAULT '{}'::boolean[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT shift_breaks_check CHECK (((cardinality(break_begin_minutes) = cardinality(break_end_minutes)) AND (cardinality(break_begin_minutes) = cardinality(break_is_paid)))),
    CONSTRAINT shift_core_check CHECK ((((core_begin_minute IS NULL) = (core_end_minute IS NULL)) AND ((core_begin_minute IS NULL) OR ((kind = 'flexible'::text) AND (core_begin_minute < core_end_minute) AND (core_begin_minute >= begin_minutes[1]) AND (core_end_minute <= end_minutes[1]))))),
    CONSTRAINT shift_expected_check CHECK ((
CASE kind
    WHEN 'flexible'::text THEN (expected_minutes IS NOT NULL)
    WHEN 'open'::text THEN true
    ELSE (expected_minutes IS NULL)
END AND ((expected_minutes IS NULL) OR ((expected_minutes >= 0) AND (expected_minutes <= 1440))))),
    CONSTRAINT shift_kind_check CHECK ((kind = ANY (ARRAY['fixed'::text, 'split'::text, 'flexible'::text, 'open'::text]))),
    CONSTRAINT shift_length_check CHECK (((kind = 'open'::text) OR (((begin_minutes[1] >= 0) AND (begin_minutes[1] <= 1439)) AND (end_minutes[cardinality(end_minutes)] <= 2880) AND (((end_minutes[cardinality(end_minutes)] - begin_minutes[1]) >= 1) AND ((end_minutes[cardinality(end_minutes)] - begin_minutes[1]) <= 1440))))),
    CONSTRAINT shift_name_check CHECK (((name = btrim(name)) AND (name <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT shift_segments_check CHECK (((cardinality(begin_minutes) = cardinality(end_minutes)) AND
CASE kind
    WHEN 'open'::text THEN (cardinality(begin_minutes) = 0)
    WHEN 'split'::text THEN (cardinality(begin_minutes) >= 2)
    ELSE (cardinality(begin_minutes) = 1)
END)),
    CONSTRAINT shift_window_check CHECK (((window_before_minutes >= 0) AND (window_after_minutes >= 0) AND ((kind = 'open'::text) OR ((((window_before_minutes + window_after_minutes) + end_minutes[cardinality(end_minutes)]) - begin_minutes[1]) <= 2160))))
);

ALTER TABLE ONLY attendance.shift FORCE ROW LEVEL SECURITY;

-- Name: TABLE shift; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.shift IS 'When work is expected on a work date. Times never change: a change is a new shift in the roster.';

-- Name: COLUMN shift.begin_minutes; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.shift.begin_minutes IS 'Begin of each segment, minutes after the local midnight of the work date; 22:00 to 06:00 is 1320 to 1800.';

-- Name: COLUMN shift.window_before_minutes; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.shift.window_before_minutes IS 'Earliest IN, before the first segment.';

-- Name: COLUMN shift.window_after_minutes; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.shift.window_after_minutes IS 'Latest OUT, after the last segment.';

-- Name: sighting; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting (
    organization_id uuid NOT NULL,
    sighting_id uuid NOT NULL,
    site_id uuid NOT NULL,
    device_id uuid NOT NULL,
    camera_id uuid NOT NULL,
    captured_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    space_id uuid NOT NULL,
    quality real NOT NULL,
    pad text NOT NULL,
    n_frames smallint NOT NULL,
    decision text NOT NULL,
    reason text,
    employee_id uuid,
    template_id uuid,
    similarity real,
    margin real,
    outcome text NOT NULL,
    clock_offset_ms integer,
    agreement real,
    pad_evidence jsonb,
    direction text,
    greeted_employee_id uuid,
    own_verdict text,
    CONSTRAINT sighting_decision_check CHECK ((decision = ANY (ARRAY['accept'::text, 'review'::text, 'unknown'::text, 'rejected'::text]))),
    CONSTRAINT sighting_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT sighting_employee_check CHECK (((decision <> 'accept'::text) OR (employee_id IS NOT NULL))),
    CONSTRAINT sighting_outcome_check CHECK ((outcome = ANY (ARRAY['punched'::text, 'repeat'::text, 'review'::text, 'unknown'::text, 'rejected'::text]))),
    CONSTRAINT sighting_pad_check CHECK ((pad = ANY (ARRAY['live'::text, 'attack'::text, 'not_checked'::text]))),
    CONSTRAINT sighting_pad_evidence_check CHECK ((length((pad_evidence)::text) <= 1024))
)
PARTITION BY RANGE (sighting_id);

ALTER TABLE ONLY attendance.sighting FORCE ROW LEVEL SECURITY;

-- Name: COLUMN sighting.employee_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.employee_id IS 'The best person, also for a review; null when unknown.';

-- Name: COLUMN sighting.margin; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.margin IS 'Best person minus second-best person in similarity; null without a second one.';

-- Name: COLUMN sighting.outcome; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.outcome IS 'What the device was told: a courtesy. Counting is decided by the derivation.';

-- Name: COLUMN sighting.clock_offset_ms; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.clock_offset_ms IS 'By how much the device''s clock was ahead of the server''s; captured_at is corrected by it where the device knew it. Null: not known, or stored before this was noted.';

-- Name: COLUMN sighting.agreement; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.agreement IS 'Mean cosine of the shots to their aggregate: low when the shots are of several people, or poor. Null: the device did not say.';

-- Name: COLUMN sighting.pad_evidence; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.pad_evidence IS 'What the PAD verdict rests on (rollcall_store::pad::PadEvidence): measures that were taken, each with a number. Null: the device did not say.';

-- Name: COLUMN sighting.direction; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.direction IS 'Which way the person went over the camera''s line, as the device saw it. Null: it did not, or there is no line. Counts where the camera sees both ways.';

-- Name: COLUMN sighting.greeted_employee_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.greeted_employee_id IS 'Whom the device greeted while the hub did not answer; null: nobody, or nobody whom the organisation knows.';

-- Name: COLUMN sighting.own_verdict; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting.own_verdict IS 'What the hub made of a sighting whose device had greeted somebody else: its decision, or the reason of its decision. Null: they agreed, or the device greeted nobody.';

-- Name: sighting_default; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_default (
    organization_id uuid CONSTRAINT sighting_organization_id_not_null NOT NULL,
    sighting_id uuid CONSTRAINT sighting_sighting_id_not_null NOT NULL,
    site_id uuid CONSTRAINT sighting_site_id_not_null NOT NULL,
    device_id uuid CONSTRAINT sighting_device_id_not_null NOT NULL,
    camera_id uuid CONSTRAINT sighting_camera_id_not_null NOT NULL,
    captured_at timestamp with time zone CONSTRAINT sighting_captured_at_not_null NOT NULL,
    sent_at timestamp with time zone CONSTRAINT sighting_sent_at_not_null NOT NULL,
    received_at timestamp with time zone DEFAULT now() CONSTRAINT sighting_received_at_not_null NOT NULL,
    space_id uuid CONSTRAINT sighting_space_id_not_null NOT NULL,
    quality real CONSTRAINT sighting_quality_not_null NOT NULL,
    pad text CONSTRAINT sighting_pad_not_null NOT NULL,
    n_frames smallint CONSTRAINT sighting_n_frames_not_null NOT NULL,
    decision text CONSTRAINT sighting_decision_not_null NOT NULL,
    reason text,
    employee_id uuid,
    template_id uuid,
    similarity real,
    margin real,
    outcome text CONSTRAINT sighting_outcome_not_null NOT NULL,
    clock_offset_ms integer,
    agreement real,
    pad_evidence jsonb,
    direction text,
    greeted_employee_id uuid,
    own_verdict text,
    CONSTRAINT sighting_decision_check CHECK ((decision = ANY (ARRAY['accept'::text, 'review'::text, 'unknown'::text, 'rejected'::text]))),
    CONSTRAINT sighting_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT sighting_employee_check CHECK (((decision <> 'accept'::text) OR (employee_id IS NOT NULL))),
    CONSTRAINT sighting_outcome_check CHECK ((outcome = ANY (ARRAY['punched'::text, 'repeat'::text, 'review'::text, 'unknown'::text, 'rejected'::text]))),
    CONSTRAINT sighting_pad_check CHECK ((pad = ANY (ARRAY['live'::text, 'attack'::text, 'not_checked'::text]))),
    CONSTRAINT sighting_pad_evidence_check CHECK ((length((pad_evidence)::text) <= 1024))
);

ALTER TABLE ONLY attendance.sighting_default FORCE ROW LEVEL SECURITY;

-- Name: sighting_embedding; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_embedding (
    organization_id uuid NOT NULL,
    sighting_id uuid NOT NULL,
    embedding public.halfvec(512) NOT NULL
)
PARTITION BY RANGE (sighting_id);

ALTER TABLE ONLY attendance.sighting_embedding FORCE ROW LEVEL SECURITY;

-- Name: TABLE sighting_embedding; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.sighting_embedding IS 'Probe of a sighting that may be attributed later (review, unknown).';

-- Name: sighting_embedding_default; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_embedding_default (
    organization_id uuid CONSTRAINT sighting_embedding_organization_id_not_null NOT NULL,
    sighting_id uuid CONSTRAINT sighting_embedding_sighting_id_not_null NOT NULL,
    embedding public.halfvec(512) CONSTRAINT sighting_embedding_embedding_not_null NOT NULL
);

ALTER TABLE ONLY attendance.sighting_embedding_default FORCE ROW LEVEL SECURITY;

-- Name: sighting_review; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_review (
    organization_id uuid NOT NULL,
    sighting_id uuid NOT NULL,
    site_id uuid NOT NULL,
    verdict text DEFAULT 'open'::text NOT NULL,
    employee_id uuid,
    punch_id uuid,
    voided_punch_id uuid,
    reviewed_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sighting_review_employee_check CHECK (((verdict = 'confirmed'::text) = (employee_id IS NOT NULL))),
    CONSTRAINT sighting_review_verdict_check CHECK ((verdict = ANY (ARRAY['open'::text, 'confirmed'::text, 'rejected'::text]))),
    CONSTRAINT sighting_review_voided_check CHECK (((verdict <> 'open'::text) OR (voided_punch_id IS NULL)))
);

ALTER TABLE ONLY attendance.sighting_review FORCE ROW LEVEL SECURITY;

-- Name: TABLE sighting_review; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON TABLE attendance.sighting_review IS 'What a person said of a sighting. Confirmed: it is this employee. Rejected: not the one it was taken for, or a stranger.';

-- Name: COLUMN sighting_review.punch_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting_review.punch_id IS 'The punch that the confirmation added, or that taking a review back added again.';

-- Name: COLUMN sighting_review.voided_punch_id; Type: COMMENT; Schema: attendance; Owner: -

COMMENT ON COLUMN attendance.sighting_review.voided_punch_id IS 'The punch of the accepted sighting that the review voided.';

-- Name: sighting_thumbnail; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_thumbnail (
    organization_id uuid NOT NULL,
    sighting_id uuid NOT NULL,
    jpeg bytea NOT NULL,
    CONSTRAINT sighting_thumbnail_jpeg_check CHECK (((length(jpeg) >= 1) AND (length(jpeg) <= 65536)))
)
PARTITION BY RANGE (sighting_id);

ALTER TABLE ONLY attendance.sighting_thumbnail FORCE ROW LEVEL SECURITY;

-- Name: sighting_thumbnail_default; Type: TABLE; Schema: attendance; Owner: -

CREATE TABLE attendance.sighting_thumbnail_default (
    organization_id uuid CONSTRAINT sighting_thumbnail_organization_id_not_null NOT NULL,
    sighting_id uuid CONSTRAINT sighting_thumbnail_sighting_id_not_null NOT NULL,
    jpeg bytea CONSTRAINT sighting_thumbnail_jpeg_not_null NOT NULL,
    CONSTRAINT sighting_thumbnail_jpeg_check CHECK (((length(jpeg) >= 1) AND (length(jpeg) <= 65536)))
);

ALTER TABLE ONLY attendance.sighting_thumbnail_default FORCE ROW LEVEL SECURITY;

-- Name: event; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event (
    organization_id uuid NOT NULL,
    event_id uuid DEFAULT uuidv7() NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    user_id uuid,
    token_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
)
PARTITION BY RANGE (event_id);

ALTER TABLE ONLY audit.event FORCE ROW LEVEL SECURITY;

-- Name: TABLE event; Type: COMMENT; Schema: audit; Owner: -

COMMENT ON TABLE audit.event IS 'One change, or one read of biometric data. Never holds a secret, a picture or an embedding.';

-- Name: COLUMN event.actor; Type: COMMENT; Schema: audit; Owner: -

COMMENT ON COLUMN audit.event.actor IS 'user: logged in; token: by an API token of the user; system: no user asked for it.';

-- Name: COLUMN event.action; Type: COMMENT; Schema: audit; Owner: -

COMMENT ON COLUMN audit.event.action IS 'What was done, resource first: employee.create, photo.read.';

-- Name: COLUMN event.before; Type: COMMENT; Schema: audit; Owner: -

COMMENT ON COLUMN audit.event.before IS 'What changed, as it was; null for what was made or read.';

-- Name: COLUMN event.after; Type: COMMENT; Schema: audit; Owner: -

COMMENT ON COLUMN audit.event.after IS 'What changed, as it is since; null for what was removed or read.';

-- Name: event_default; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_default (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_default FORCE ROW LEVEL SECURITY;

-- Name: event_y2026m10; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2026m10 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2026m10 FORCE ROW LEVEL SECURITY;

-- Name: event_y2026m11; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2026m11 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2026m11 FORCE ROW LEVEL SECURITY;

-- Name: event_y2026m12; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2026m12 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2026m12 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m01; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m01 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m01 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m02; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m02 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m02 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m03; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m03 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m03 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m04; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m04 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m04 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m05; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m05 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m05 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m06; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m06 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m06 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m07; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m07 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m07 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m08; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m08 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m08 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m09; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m09 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m09 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m10; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m10 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m10 FORCE ROW LEVEL SECURITY;

-- Name: event_y2027m11; Type: TABLE; Schema: audit; Owner: -

CREATE TABLE audit.event_y2027m11 (
    organization_id uuid CONSTRAINT event_organization_id_not_null NOT NULL,
    event_id uuid DEFAULT uuidv7() CONSTRAINT event_event_id_not_null NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() CONSTRAINT event_occurred_at_not_null NOT NULL,
    actor text CONSTRAINT event_actor_not_null NOT NULL,
    user_id uuid,
    token_id uuid,
    action text CONSTRAINT event_action_not_null NOT NULL,
    subject_kind text CONSTRAINT event_subject_kind_not_null NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    CONSTRAINT event_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT event_actor_check CHECK ((actor = ANY (ARRAY['user'::text, 'token'::text, 'system'::text]))),
    CONSTRAINT event_actor_user_check CHECK ((((actor = 'system'::text) = (user_id IS NULL)) AND ((actor = 'token'::text) = (token_id IS NOT NULL))))
);

ALTER TABLE ONLY audit.event_y2027m11 FORCE ROW LEVEL SECURITY;

-- Name: attendance_day; Type: VIEW; Schema: bi; Owner: -

CREATE VIEW bi.attendance_day WITH (security_invoker='true') AS
 SELECT d.organization_id,
    d.site_id,
    s.name AS site_name,
    d.time_zone AS site_time_zone,
    d.employee_id,
    e.code AS employee_code,
    e.display_name AS employee_name,
    d.work_date,
    d.first_in_at,
    (d.first_in_at AT TIME ZONE d.time_zone) AS first_in_local,
    d.last_out_at,
    (d.last_out_at AT TIME ZONE d.time_zone) AS last_out_local,
    d.worked_minutes,
    d.n_punches,
    d.n_repeats,
    d.status,
    array_to_string(d.exceptions, ' '::text) AS exceptions,
    d.kind,
    h.name AS shift_name,
    d.is_open,
    d.expected_minutes,
    d.presence_minutes,
    d.payable_minutes,
    d.unpaid_break_minutes,
    d.unpayable_minutes,
    d.overtime_daily_minutes,
    d.overtime_weekly_minutes,
    d.overtime_rest_day_minutes,
    d.overtime_holiday_minutes,
    d.overtime_unapproved_minutes,
    d.late_minutes,
    d.early_out_minutes,
    d.leave_paid_minutes,
    d.leave_unpaid_minutes,
    d.rule_set_name,
    d.rule_set_version
   FROM (((attendance.day d
     JOIN app.site s ON (((s.organization_id = d.organization_id) AND (s.site_id = d.site_id))))
     JOIN app.employee e ON (((e.organization_id = d.organization_id) AND (e.employee_id = d.employee_id))))
     LEFT JOIN attendance.shift h ON (((h.organization_id = d.organization_id) AND (h.shift_id = d.shift_id))))
UNION ALL
 SELECT w.organization_id,
    s.site_id,
    s.name AS site_name,
    s.time_zone AS site_time_zone,
    e.employee_id,
    e.code AS employee_code,
    e.display_name AS employee_name,
    w.work_date,
    NULL::timestamp with time zone AS first_in_at,
    NULL::timestamp without time zone AS first_in_local,
    NULL::timestamp with time zone AS last_out_at,
    NULL::timestamp without time zone AS last_out_local,
    0 AS worked_minutes,
    0 AS n_punches,
    0 AS n_repeats,
    'pending'::text AS status,
    ''::text AS exceptions,
    'work'::text AS kind,
    NULL::text AS shift_name,
    false AS is_open,
    0 AS expected_minutes,
    0 AS presence_minutes,
    0 AS payable_minutes,
    0 AS unpaid_break_minutes,
    0 AS unpayable_minutes,
    0 AS overtime_daily_minutes,
    0 AS overtime_weekly_minutes,
    0 AS overtime_rest_day_minutes,
    0 AS overtime_holiday_minutes,
    0 AS overtime_unapproved_minutes,
    0 AS late_minutes,
    0 AS early_out_minutes,
    0 AS leave_paid_minutes,
    0 AS leave_unpaid_minutes,
    NULL::text AS rule_set_name,
    NULL::integer AS rule_set_version
   FROM ((attendance.due_day w
     JOIN app.employee e ON (((e.organization_id = w.organization_id) AND (e.employee_id = w.employee_id) AND (e.deactivated_at IS NULL))))
     JOIN app.site s ON (((s.organization_id = w.organization_id) AND (s.site_id = COALESCE(( SELECT r.site_id
           FROM attendance.roster r
          WHERE ((r.organization_id = w.organization_id) AND (r.employee_id = w.employee_id) AND (r.valid @> w.work_date))), e.home_site_id, ( SELECT es.site_id
           FROM app.employee_site es
          WHERE ((es.organization_id = w.organization_id) AND (es.employee_id = w.employee_id))
          ORDER BY es.site_id
         LIMIT 1))))))
  WHERE ((w.work_date <= (((now() AT TIME ZONE s.time_zone) - (s.day_boundary)::interval))::date) AND (NOT (EXISTS ( SELECT
           FROM attendance.day d
          WHERE ((d.organization_id = w.organization_id) AND (d.employee_id = w.employee_id) AND (d.work_date = w.work_date))))));

-- Name: VIEW attendance_day; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON VIEW bi.attendance_day IS 'Attendance days, absences and people who are awaited: one row per employee and work date.';

-- Name: COLUMN attendance_day.organization_id; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.organization_id IS 'The tenant.';

-- Name: COLUMN attendance_day.site_id; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.site_id IS 'Site of the first counted punch, else of the roster, else the employee''s home.';

-- Name: COLUMN attendance_day.site_name; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.site_name IS 'Name of the site.';

-- Name: COLUMN attendance_day.site_time_zone; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.site_time_zone IS 'IANA zone in which the day was derived and the local columns are written.';

-- Name: COLUMN attendance_day.employee_id; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.employee_id IS 'The employee.';

-- Name: COLUMN attendance_day.employee_code; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.employee_code IS 'Code of the employee, unique in the organisation.';

-- Name: COLUMN attendance_day.employee_name; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.employee_name IS 'Display name of the employee.';

-- Name: COLUMN attendance_day.work_date; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.work_date IS 'The local day that the work belongs to: of the shift, else by the day boundary of the site.';

-- Name: COLUMN attendance_day.first_in_at; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.first_in_at IS 'Instant of the first counted IN; null without one.';

-- Name: COLUMN attendance_day.first_in_local; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.first_in_local IS 'The same on the wall clock of the site.';

-- Name: COLUMN attendance_day.last_out_at; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.last_out_at IS 'Instant of the last counted OUT; null without one.';

-- Name: COLUMN attendance_day.last_out_local; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.last_out_local IS 'The same on the wall clock of the site.';

-- Name: COLUMN attendance_day.worked_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.worked_minutes IS 'Presence without unpaid breaks.';

-- Name: COLUMN attendance_day.n_punches; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.n_punches IS 'Counted punches.';

-- Name: COLUMN attendance_day.n_repeats; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.n_repeats IS 'Punches that are kept and not counted: within the cool-down, or between first and last.';

-- Name: COLUMN attendance_day.status; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.status IS 'incomplete, late, present, on_leave, holiday, rest_day, absent (docs/attendance-rules.md R22); pending: expected, not over, not seen yet.';

-- Name: COLUMN attendance_day.exceptions; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.exceptions IS 'What a person must look at: codes of docs/attendance-rules.md section 6 separated by spaces.';

-- Name: COLUMN attendance_day.kind; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.kind IS 'What was expected: work, holiday, rest_day, free.';

-- Name: COLUMN attendance_day.shift_name; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.shift_name IS 'Rostered shift; null without one.';

-- Name: COLUMN attendance_day.is_open; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.is_open IS 'Somebody may still be in: minutes of the open session are not counted yet.';

-- Name: COLUMN attendance_day.expected_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.expected_minutes IS 'Expected minutes after leave and holidays.';

-- Name: COLUMN attendance_day.presence_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.presence_minutes IS 'From IN to OUT, breaks taken included: payable + unpaid break + unpayable.';

-- Name: COLUMN attendance_day.payable_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.payable_minutes IS 'Paid minutes, payable overtime included.';

-- Name: COLUMN attendance_day.unpaid_break_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.unpaid_break_minutes IS 'Breaks that are not paid.';

-- Name: COLUMN attendance_day.unpayable_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.unpayable_minutes IS 'Present and not paid: early arrival, unapproved overtime.';

-- Name: COLUMN attendance_day.overtime_daily_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.overtime_daily_minutes IS 'Payable overtime outside the shift or beyond the daily threshold.';

-- Name: COLUMN attendance_day.overtime_weekly_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.overtime_weekly_minutes IS 'Payable overtime beyond the weekly threshold.';

-- Name: COLUMN attendance_day.overtime_rest_day_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.overtime_rest_day_minutes IS 'Payable overtime on a rest day.';

-- Name: COLUMN attendance_day.overtime_holiday_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.overtime_holiday_minutes IS 'Payable overtime on a public holiday.';

-- Name: COLUMN attendance_day.overtime_unapproved_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.overtime_unapproved_minutes IS 'Overtime that is not paid because nobody approved it.';

-- Name: COLUMN attendance_day.late_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.late_minutes IS 'First IN after the start of the shift and its grace.';

-- Name: COLUMN attendance_day.early_out_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.early_out_minutes IS 'Last OUT before the end of the shift and its grace.';

-- Name: COLUMN attendance_day.leave_paid_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.leave_paid_minutes IS 'Expected minutes under paid leave.';

-- Name: COLUMN attendance_day.leave_unpaid_minutes; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.leave_unpaid_minutes IS 'Expected minutes under unpaid leave.';

-- Name: COLUMN attendance_day.rule_set_name; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.rule_set_name IS 'Rule set that the day was derived with.';

-- Name: COLUMN attendance_day.rule_set_version; Type: COMMENT; Schema: bi; Owner: -

COMMENT ON COLUMN bi.attendance_day.rule_set_version IS 'Its version; 0 for the built-in rules.';

-- Name: consent; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.consent (
    organization_id uuid NOT NULL,
    consent_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    purpose text DEFAULT 'attendance'::text NOT NULL,
    text_version text NOT NULL,
    evidence text NOT NULL,
    given_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_by uuid,
    withdrawn_by uuid
);

ALTER TABLE ONLY biometric.consent FORCE ROW LEVEL SECURITY;

-- Name: TABLE consent; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON TABLE biometric.consent IS 'Without a row that is neither withdrawn nor expired a person is not in the gallery.';

-- Name: COLUMN consent.evidence; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.consent.evidence IS 'How it is known that the person agreed, for example the number of a signed form.';

-- Name: COLUMN consent.recorded_by; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.consent.recorded_by IS 'The user; null when an administrator recorded it on the command line.';

-- Name: enrolment_job; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.enrolment_job (
    organization_id uuid NOT NULL,
    job_id uuid DEFAULT uuidv7() NOT NULL,
    photo_id uuid NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    reason text,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT enrolment_job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'done'::text, 'refused'::text, 'failed'::text])))
);

ALTER TABLE ONLY biometric.enrolment_job FORCE ROW LEVEL SECURITY;

-- Name: COLUMN enrolment_job.state; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.enrolment_job.state IS 'queued; done: a template exists; refused: the photograph cannot be used (see reason); failed: our fault, after retries.';

-- Name: space; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.space (
    organization_id uuid NOT NULL,
    space_id uuid DEFAULT uuidv7() NOT NULL,
    digest text NOT NULL,
    pack text NOT NULL,
    dimensions smallint NOT NULL,
    threshold real NOT NULL,
    review_floor real NOT NULL,
    margin real NOT NULL,
    radius smallint,
    min_quality real DEFAULT 0.2 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    min_agreement real DEFAULT 0.78 NOT NULL,
    CONSTRAINT space_dimensions_check CHECK (((dimensions >= 1) AND (dimensions <= 512))),
    CONSTRAINT space_margin_check CHECK (((margin >= (0)::double precision) AND (review_floor <= ((threshold - margin) + (0.000001)::double precision)))),
    CONSTRAINT space_min_agreement_check CHECK (((min_agreement >= (0)::double precision) AND (min_agreement <= (1)::double precision))),
    CONSTRAINT space_radius_check CHECK (((radius >= 1) AND (radius <= 512))),
    CONSTRAINT space_threshold_check CHECK ((((review_floor >= ('-1'::integer)::double precision) AND (review_floor <= threshold)) AND ((threshold >= ('-1'::integer)::double precision) AND (threshold <= (1)::double precision))))
);

ALTER TABLE ONLY biometric.space FORCE ROW LEVEL SECURITY;

-- Name: TABLE space; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON TABLE biometric.space IS 'Embedding space: model digest and transform version. Only equal spaces are comparable.';

-- Name: COLUMN space.threshold; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.space.threshold IS 'Similarity (cosine) at and above which a probe is accepted.';

-- Name: COLUMN space.review_floor; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.space.review_floor IS 'Similarity at and above which a person must look at the sighting.';

-- Name: COLUMN space.margin; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.space.margin IS 'Least distance in similarity from the best person to the second-best for an accept.';

-- Name: COLUMN space.radius; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.space.radius IS 'Hamming radius of the fast path, calibrated on real pairs; null means plain exact scan.';

-- Name: COLUMN space.min_agreement; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.space.min_agreement IS 'A sighting whose shots agree less is never accepted.';

-- Name: template; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.template (
    organization_id uuid NOT NULL,
    template_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    space_id uuid NOT NULL,
    photo_id uuid,
    embedding public.halfvec(512) NOT NULL,
    quality real NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY LIST (organization_id);
ALTER TABLE ONLY biometric.template ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY biometric.template FORCE ROW LEVEL SECURITY;

-- Name: COLUMN template.embedding; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.template.embedding IS 'Unit vector, padded with zeros to 512 dimensions.';

-- Name: gallery; Type: VIEW; Schema: biometric; Owner: -

CREATE VIEW biometric.gallery WITH (security_invoker='true') AS
 SELECT template.organization_id,
    employee_site.site_id,
    template.space_id,
    template.template_id,
    template.employee_id,
    template.embedding
   FROM (((biometric.template
     JOIN biometric.space ON (((space.organization_id = template.organization_id) AND (space.space_id = template.space_id))))
     JOIN app.employee ON (((employee.organization_id = template.organization_id) AND (employee.employee_id = template.employee_id))))
     JOIN app.employee_site ON (((employee_site.organization_id = template.organization_id) AND (employee_site.employee_id = template.employee_id))))
  WHERE (space.is_active AND (employee.deactivated_at IS NULL) AND (EXISTS ( SELECT
           FROM biometric.consent
          WHERE ((consent.organization_id = template.organization_id) AND (consent.employee_id = template.employee_id) AND (consent.purpose = 'attendance'::text) AND (consent.withdrawn_at IS NULL) AND (consent.given_at <= now()) AND ((consent.expires_at IS NULL) OR (consent.expires_at > now()))))));

-- Name: VIEW gallery; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON VIEW biometric.gallery IS 'Templates that may be searched, by site: valid consent, active employee, site in scope, active space.';

-- Name: operating_point; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.operating_point (
    organization_id uuid NOT NULL,
    operating_point_id uuid DEFAULT uuidv7() NOT NULL,
    space_id uuid NOT NULL,
    threshold real NOT NULL,
    margin real NOT NULL,
    fpir_target double precision NOT NULL,
    fpir double precision NOT NULL,
    fnir double precision NOT NULL,
    n_people integer NOT NULL,
    n_measured integer NOT NULL,
    n_photos smallint NOT NULL,
    n_strangers integer NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT operating_point_counts_check CHECK ((((n_people >= n_measured) AND (n_people <= 100000000)) AND (n_measured > 0) AND (n_photos > 0) AND (n_strangers > 0))),
    CONSTRAINT operating_point_rates_check CHECK (((fpir_target > (0)::double precision) AND (fpir_target < (1)::double precision) AND ((fpir >= (0)::double precision) AND (fpir <= (1)::double precision)) AND ((fnir >= (0)::double precision) AND (fnir <= (1)::double precision))))
);

ALTER TABLE ONLY biometric.operating_point FORCE ROW LEVEL SECURITY;

-- Name: TABLE operating_point; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON TABLE biometric.operating_point IS 'Operating points that were set, newest last: threshold and margin with the measured errors that speak for them.';

-- Name: COLUMN operating_point.fpir_target; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.fpir_target IS 'Share of strangers who may be given a name.';

-- Name: COLUMN operating_point.fpir; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.fpir IS 'The same as measured, or computed for n_people from n_measured.';

-- Name: COLUMN operating_point.fnir; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.fnir IS 'Share of enrolled people who are not given theirs by one photograph, as measured.';

-- Name: COLUMN operating_point.n_people; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.n_people IS 'People in the largest gallery for which it holds.';

-- Name: COLUMN operating_point.n_measured; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.n_measured IS 'People in the galleries that were measured; with fewer than n_people the rate was computed, comparisons taken for independent.';

-- Name: COLUMN operating_point.n_photos; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.n_photos IS 'Photographs of each person in them.';

-- Name: COLUMN operating_point.n_strangers; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON COLUMN biometric.operating_point.n_strangers IS 'How many people were the strangers: what the rate rests on.';

-- Name: photo; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.photo (
    organization_id uuid NOT NULL,
    photo_id uuid DEFAULT uuidv7() NOT NULL,
    employee_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    content bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT photo_content_check CHECK (((length(content) >= 1) AND (length(content) <= 33554432)))
);

ALTER TABLE ONLY biometric.photo FORCE ROW LEVEL SECURITY;

-- Name: template_code; Type: TABLE; Schema: biometric; Owner: -

CREATE TABLE biometric.template_code (
    organization_id uuid NOT NULL,
    template_id uuid NOT NULL,
    space_id uuid NOT NULL,
    code bit(1024) NOT NULL
)
PARTITION BY LIST (organization_id);

ALTER TABLE ONLY biometric.template_code FORCE ROW LEVEL SECURITY;

-- Name: TABLE template_code; Type: COMMENT; Schema: biometric; Owner: -

COMMENT ON TABLE biometric.template_code IS 'Sign bits of each template: the fast path finds candidates here within a Hamming radius.';

-- Name: history; Type: TABLE; Schema: rollcall_migration; Owner: -

CREATE TABLE rollcall_migration.history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);

-- Name: schema_object; Type: TABLE; Schema: rollcall_migration; Owner: -

CREATE TABLE rollcall_migration.schema_object (
    name text NOT NULL,
    kind text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: punch_default; Type: TABLE ATTACH; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch ATTACH PARTITION attendance.punch_default DEFAULT;

-- Name: sighting_default; Type: TABLE ATTACH; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting ATTACH PARTITION attendance.sighting_default DEFAULT;

-- Name: sighting_embedding_default; Type: TABLE ATTACH; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_embedding ATTACH PARTITION attendance.sighting_embedding_default DEFAULT;

-- Name: sighting_thumbnail_default; Type: TABLE ATTACH; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_thumbnail ATTACH PARTITION attendance.sighting_thumbnail_default DEFAULT;

-- Name: event_default; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_default DEFAULT;

-- Name: event_y2026m10; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2026m10 FOR VALUES FROM ('01a0f4c2-c400-0000-0000-000000000000') TO ('01a19467-e800-0000-0000-000000000000');

-- Name: event_y2026m11; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2026m11 FOR VALUES FROM ('01a19467-e800-0000-0000-000000000000') TO ('01a22ee6-b000-0000-0000-000000000000');

-- Name: event_y2026m12; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2026m12 FOR VALUES FROM ('01a22ee6-b000-0000-0000-000000000000') TO ('01a2ce8b-d400-0000-0000-000000000000');

-- Name: event_y2027m01; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m01 FOR VALUES FROM ('01a2ce8b-d400-0000-0000-000000000000') TO ('01a36e30-f800-0000-0000-000000000000');

-- Name: event_y2027m02; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m02 FOR VALUES FROM ('01a36e30-f800-0000-0000-000000000000') TO ('01a3fe63-0800-0000-0000-000000000000');

-- Name: event_y2027m03; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m03 FOR VALUES FROM ('01a3fe63-0800-0000-0000-000000000000') TO ('01a49e08-2c00-0000-0000-000000000000');

-- Name: event_y2027m04; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m04 FOR VALUES FROM ('01a49e08-2c00-0000-0000-000000000000') TO ('01a53886-f400-0000-0000-000000000000');

-- Name: event_y2027m05; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m05 FOR VALUES FROM ('01a53886-f400-0000-0000-000000000000') TO ('01a5d82c-1800-0000-0000-000000000000');

-- Name: event_y2027m06; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m06 FOR VALUES FROM ('01a5d82c-1800-0000-0000-000000000000') TO ('01a672aa-e000-0000-0000-000000000000');

-- Name: event_y2027m07; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m07 FOR VALUES FROM ('01a672aa-e000-0000-0000-000000000000') TO ('01a71250-0400-0000-0000-000000000000');

-- Name: event_y2027m08; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m08 FOR VALUES FROM ('01a71250-0400-0000-0000-000000000000') TO ('01a7b1f5-2800-0000-0000-000000000000');

-- Name: event_y2027m09; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m09 FOR VALUES FROM ('01a7b1f5-2800-0000-0000-000000000000') TO ('01a84c73-f000-0000-0000-000000000000');

-- Name: event_y2027m10; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m10 FOR VALUES FROM ('01a84c73-f000-0000-0000-000000000000') TO ('01a8ec19-1400-0000-0000-000000000000');

-- Name: event_y2027m11; Type: TABLE ATTACH; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event ATTACH PARTITION audit.event_y2027m11 FOR VALUES FROM ('01a8ec19-1400-0000-0000-000000000000') TO ('01a98697-dc00-0000-0000-000000000000');

-- Name: api_token api_token_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (organization_id, token_id);

-- Name: camera camera_name_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera
    ADD CONSTRAINT camera_name_key UNIQUE (organization_id, device_id, name);

-- Name: camera_picture camera_picture_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera_picture
    ADD CONSTRAINT camera_picture_pkey PRIMARY KEY (organization_id, camera_id);

-- Name: camera camera_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera
    ADD CONSTRAINT camera_pkey PRIMARY KEY (organization_id, camera_id);

-- Name: camera_view camera_view_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera_view
    ADD CONSTRAINT camera_view_pkey PRIMARY KEY (organization_id, view_id);

-- Name: department department_name_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.department
    ADD CONSTRAINT department_name_key UNIQUE NULLS NOT DISTINCT (organization_id, parent_id, name);

-- Name: department department_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (organization_id, department_id);

-- Name: device_activity device_activity_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_activity
    ADD CONSTRAINT device_activity_pkey PRIMARY KEY (organization_id, device_id);

-- Name: device_code_guard device_code_guard_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_code_guard
    ADD CONSTRAINT device_code_guard_pkey PRIMARY KEY (organization_id, device_id);

-- Name: device device_database_role_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device
    ADD CONSTRAINT device_database_role_key UNIQUE (organization_id, database_role);

-- Name: device_enrolment device_enrolment_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_enrolment
    ADD CONSTRAINT device_enrolment_pkey PRIMARY KEY (organization_id, device_id);

-- Name: device_health device_health_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_health
    ADD CONSTRAINT device_health_pkey PRIMARY KEY (organization_id, device_id);

-- Name: device device_name_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device
    ADD CONSTRAINT device_name_key UNIQUE (organization_id, name);

-- Name: device device_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (organization_id, device_id);

-- Name: device_silence device_silence_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_silence
    ADD CONSTRAINT device_silence_pkey PRIMARY KEY (organization_id, device_id);

-- Name: employee_badge employee_badge_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_badge
    ADD CONSTRAINT employee_badge_key UNIQUE (organization_id, badge_sha256);

-- Name: employee_badge employee_badge_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_badge
    ADD CONSTRAINT employee_badge_pkey PRIMARY KEY (organization_id, employee_id);

-- Name: employee employee_code_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee
    ADD CONSTRAINT employee_code_key UNIQUE (organization_id, code);

-- Name: employee_pin employee_pin_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_pin
    ADD CONSTRAINT employee_pin_pkey PRIMARY KEY (organization_id, employee_id);

-- Name: employee employee_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee
    ADD CONSTRAINT employee_pkey PRIMARY KEY (organization_id, employee_id);

-- Name: employee_site employee_site_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_site
    ADD CONSTRAINT employee_site_pkey PRIMARY KEY (organization_id, employee_id, site_id);

-- Name: export_chunk export_chunk_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.export_chunk
    ADD CONSTRAINT export_chunk_pkey PRIMARY KEY (organization_id, export_id, ordinal);

-- Name: export export_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.export
    ADD CONSTRAINT export_pkey PRIMARY KEY (organization_id, export_id);

-- Name: live_change live_change_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.live_change
    ADD CONSTRAINT live_change_pkey PRIMARY KEY (organization_id, change_id);

-- Name: organization organization_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.organization
    ADD CONSTRAINT organization_pkey PRIMARY KEY (organization_id);

-- Name: site site_name_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.site
    ADD CONSTRAINT site_name_key UNIQUE (organization_id, name);

-- Name: site site_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (organization_id, site_id);

-- Name: site_zone_change site_zone_change_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.site_zone_change
    ADD CONSTRAINT site_zone_change_pkey PRIMARY KEY (organization_id, site_id, changed_at);

-- Name: user_account user_account_email_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_account
    ADD CONSTRAINT user_account_email_key UNIQUE (organization_id, email);

-- Name: user_account user_account_employee_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_account
    ADD CONSTRAINT user_account_employee_key UNIQUE (organization_id, employee_id);

-- Name: user_account user_account_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (organization_id, user_id);

-- Name: user_recovery_code user_recovery_code_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_recovery_code
    ADD CONSTRAINT user_recovery_code_pkey PRIMARY KEY (organization_id, user_id, code_sha256);

-- Name: user_session user_session_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_session
    ADD CONSTRAINT user_session_pkey PRIMARY KEY (organization_id, session_sha256);

-- Name: user_session user_session_session_id_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_session
    ADD CONSTRAINT user_session_session_id_key UNIQUE (organization_id, session_id);

-- Name: user_site user_site_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_site
    ADD CONSTRAINT user_site_pkey PRIMARY KEY (organization_id, user_id, site_id);

-- Name: user_totp user_totp_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_totp
    ADD CONSTRAINT user_totp_pkey PRIMARY KEY (organization_id, user_id);

-- Name: webhook_delivery webhook_delivery_cause_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook_delivery
    ADD CONSTRAINT webhook_delivery_cause_key UNIQUE (organization_id, webhook_id, kind, subject, cause);

-- Name: webhook_delivery webhook_delivery_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (organization_id, delivery_id);

-- Name: webhook webhook_pkey; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook
    ADD CONSTRAINT webhook_pkey PRIMARY KEY (organization_id, webhook_id);

-- Name: webhook webhook_url_key; Type: CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook
    ADD CONSTRAINT webhook_url_key UNIQUE (organization_id, url);

-- Name: adjustment adjustment_day_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.adjustment
    ADD CONSTRAINT adjustment_day_key UNIQUE NULLS NOT DISTINCT (organization_id, employee_id, work_date, into_period_id);

-- Name: adjustment adjustment_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.adjustment
    ADD CONSTRAINT adjustment_pkey PRIMARY KEY (organization_id, adjustment_id);

-- Name: code_entry code_entry_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.code_entry
    ADD CONSTRAINT code_entry_pkey PRIMARY KEY (organization_id, entry_id);

-- Name: correction correction_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.correction
    ADD CONSTRAINT correction_pkey PRIMARY KEY (organization_id, correction_id);

-- Name: day_exception day_exception_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_exception
    ADD CONSTRAINT day_exception_pkey PRIMARY KEY (organization_id, employee_id, work_date, kind);

-- Name: day_interval day_interval_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_interval
    ADD CONSTRAINT day_interval_pkey PRIMARY KEY (organization_id, employee_id, work_date, ordinal);

-- Name: day_opening day_opening_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_opening
    ADD CONSTRAINT day_opening_pkey PRIMARY KEY (organization_id);

-- Name: day day_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day
    ADD CONSTRAINT day_pkey PRIMARY KEY (organization_id, employee_id, work_date);

-- Name: day_punch day_punch_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_punch
    ADD CONSTRAINT day_punch_pkey PRIMARY KEY (organization_id, punch_id);

-- Name: dirty_day dirty_day_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.dirty_day
    ADD CONSTRAINT dirty_day_pkey PRIMARY KEY (organization_id, dirty_id);

-- Name: due_day due_day_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.due_day
    ADD CONSTRAINT due_day_pkey PRIMARY KEY (organization_id, employee_id, work_date);

-- Name: exception_waiver exception_waiver_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.exception_waiver
    ADD CONSTRAINT exception_waiver_pkey PRIMARY KEY (organization_id, employee_id, work_date, kind);

-- Name: holiday holiday_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.holiday
    ADD CONSTRAINT holiday_pkey PRIMARY KEY (organization_id, holiday_id);

-- Name: holiday holiday_site_date_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.holiday
    ADD CONSTRAINT holiday_site_date_key UNIQUE NULLS NOT DISTINCT (organization_id, site_id, holiday_date);

-- Name: leave leave_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.leave
    ADD CONSTRAINT leave_pkey PRIMARY KEY (organization_id, leave_id);

-- Name: overtime_approval overtime_approval_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.overtime_approval
    ADD CONSTRAINT overtime_approval_pkey PRIMARY KEY (organization_id, employee_id, work_date);

-- Name: period period_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.period
    ADD CONSTRAINT period_pkey PRIMARY KEY (organization_id, period_id);

-- Name: period period_valid_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.period
    ADD CONSTRAINT period_valid_key UNIQUE (organization_id, valid WITHOUT OVERLAPS);

-- Name: punch punch_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch
    ADD CONSTRAINT punch_pkey PRIMARY KEY (organization_id, punch_id);

-- Name: punch_default punch_default_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch_default
    ADD CONSTRAINT punch_default_pkey PRIMARY KEY (organization_id, punch_id);

-- Name: punch_import punch_import_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch_import
    ADD CONSTRAINT punch_import_pkey PRIMARY KEY (organization_id, source, external_id);

-- Name: punch_void punch_void_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch_void
    ADD CONSTRAINT punch_void_pkey PRIMARY KEY (organization_id, punch_id);

-- Name: roster_day roster_day_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster_day
    ADD CONSTRAINT roster_day_pkey PRIMARY KEY (organization_id, roster_id, ordinal);

-- Name: roster roster_employee_valid_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster
    ADD CONSTRAINT roster_employee_valid_key UNIQUE (organization_id, employee_id, valid WITHOUT OVERLAPS);

-- Name: roster roster_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster
    ADD CONSTRAINT roster_pkey PRIMARY KEY (organization_id, roster_id);

-- Name: rule_set rule_set_name_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set
    ADD CONSTRAINT rule_set_name_key UNIQUE (organization_id, name);

-- Name: rule_set rule_set_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set
    ADD CONSTRAINT rule_set_pkey PRIMARY KEY (organization_id, rule_set_id);

-- Name: rule_set rule_set_site_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set
    ADD CONSTRAINT rule_set_site_key UNIQUE NULLS NOT DISTINCT (organization_id, site_id);

-- Name: rule_set_version rule_set_version_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set_version
    ADD CONSTRAINT rule_set_version_pkey PRIMARY KEY (organization_id, rule_set_id, version);

-- Name: session session_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (organization_id, employee_id, work_date, ordinal);

-- Name: shift shift_name_key; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.shift
    ADD CONSTRAINT shift_name_key UNIQUE (organization_id, name);

-- Name: shift shift_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.shift
    ADD CONSTRAINT shift_pkey PRIMARY KEY (organization_id, shift_id);

-- Name: sighting sighting_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting
    ADD CONSTRAINT sighting_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_default sighting_default_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_default
    ADD CONSTRAINT sighting_default_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_embedding sighting_embedding_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_embedding
    ADD CONSTRAINT sighting_embedding_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_embedding_default sighting_embedding_default_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_embedding_default
    ADD CONSTRAINT sighting_embedding_default_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_review sighting_review_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_review
    ADD CONSTRAINT sighting_review_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_thumbnail sighting_thumbnail_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_thumbnail
    ADD CONSTRAINT sighting_thumbnail_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: sighting_thumbnail_default sighting_thumbnail_default_pkey; Type: CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_thumbnail_default
    ADD CONSTRAINT sighting_thumbnail_default_pkey PRIMARY KEY (organization_id, sighting_id);

-- Name: event event_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_default event_default_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_default
    ADD CONSTRAINT event_default_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2026m10 event_y2026m10_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2026m10
    ADD CONSTRAINT event_y2026m10_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2026m11 event_y2026m11_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2026m11
    ADD CONSTRAINT event_y2026m11_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2026m12 event_y2026m12_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2026m12
    ADD CONSTRAINT event_y2026m12_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m01 event_y2027m01_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m01
    ADD CONSTRAINT event_y2027m01_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m02 event_y2027m02_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m02
    ADD CONSTRAINT event_y2027m02_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m03 event_y2027m03_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m03
    ADD CONSTRAINT event_y2027m03_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m04 event_y2027m04_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m04
    ADD CONSTRAINT event_y2027m04_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m05 event_y2027m05_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m05
    ADD CONSTRAINT event_y2027m05_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m06 event_y2027m06_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m06
    ADD CONSTRAINT event_y2027m06_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m07 event_y2027m07_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m07
    ADD CONSTRAINT event_y2027m07_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m08 event_y2027m08_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m08
    ADD CONSTRAINT event_y2027m08_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m09 event_y2027m09_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m09
    ADD CONSTRAINT event_y2027m09_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m10 event_y2027m10_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m10
    ADD CONSTRAINT event_y2027m10_pkey PRIMARY KEY (organization_id, event_id);

-- Name: event_y2027m11 event_y2027m11_pkey; Type: CONSTRAINT; Schema: audit; Owner: -

ALTER TABLE ONLY audit.event_y2027m11
    ADD CONSTRAINT event_y2027m11_pkey PRIMARY KEY (organization_id, event_id);

-- Name: consent consent_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (organization_id, consent_id);

-- Name: enrolment_job enrolment_job_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.enrolment_job
    ADD CONSTRAINT enrolment_job_pkey PRIMARY KEY (organization_id, job_id);

-- Name: operating_point operating_point_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.operating_point
    ADD CONSTRAINT operating_point_pkey PRIMARY KEY (organization_id, operating_point_id);

-- Name: photo photo_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.photo
    ADD CONSTRAINT photo_pkey PRIMARY KEY (organization_id, photo_id);

-- Name: photo photo_sha256_key; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.photo
    ADD CONSTRAINT photo_sha256_key UNIQUE (organization_id, employee_id, sha256);

-- Name: space space_digest_key; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.space
    ADD CONSTRAINT space_digest_key UNIQUE (organization_id, digest);

-- Name: space space_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.space
    ADD CONSTRAINT space_pkey PRIMARY KEY (organization_id, space_id);

-- Name: template_code template_code_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.template_code
    ADD CONSTRAINT template_code_pkey PRIMARY KEY (organization_id, template_id);

-- Name: template template_photo_key; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.template
    ADD CONSTRAINT template_photo_key UNIQUE (organization_id, space_id, photo_id);

-- Name: template template_pkey; Type: CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.template
    ADD CONSTRAINT template_pkey PRIMARY KEY (organization_id, template_id);

-- Name: history history_pkey; Type: CONSTRAINT; Schema: rollcall_migration; Owner: -

ALTER TABLE ONLY rollcall_migration.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (version);

-- Name: schema_object schema_object_pkey; Type: CONSTRAINT; Schema: rollcall_migration; Owner: -

ALTER TABLE ONLY rollcall_migration.schema_object
    ADD CONSTRAINT schema_object_pkey PRIMARY KEY (name);

-- Name: api_token_name_key; Type: INDEX; Schema: app; Owner: -

CREATE UNIQUE INDEX api_token_name_key ON app.api_token USING btree (organization_id, user_id, name) WHERE (revoked_at IS NULL);

-- Name: api_token_sha256_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX api_token_sha256_idx ON app.api_token USING btree (token_sha256);

-- Name: camera_view_camera_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX camera_view_camera_idx ON app.camera_view USING btree (organization_id, camera_id);

-- Name: camera_view_device_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX camera_view_device_idx ON app.camera_view USING btree (organization_id, device_id);

-- Name: device_database_role_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX device_database_role_idx ON app.device USING btree (database_role);

-- Name: device_enrolment_code_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX device_enrolment_code_idx ON app.device_enrolment USING btree (code_sha256);

-- Name: employee_department_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX employee_department_idx ON app.employee USING btree (organization_id, department_id) WHERE (department_id IS NOT NULL);

-- Name: employee_display_name_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX employee_display_name_idx ON app.employee USING btree (organization_id, display_name, code);

-- Name: employee_site_site_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX employee_site_site_idx ON app.employee_site USING btree (organization_id, site_id);

-- Name: export_expiry_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX export_expiry_idx ON app.export USING btree (expires_at) WHERE (state = 'done'::text);

-- Name: export_queue_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX export_queue_idx ON app.export USING btree (requested_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

-- Name: export_requested_by_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX export_requested_by_idx ON app.export USING btree (organization_id, requested_by, export_id);

-- Name: live_change_new_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX live_change_new_idx ON app.live_change USING btree (xact_id);

-- Name: live_change_recorded_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX live_change_recorded_idx ON app.live_change USING btree (recorded_at);

-- Name: live_change_xact_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX live_change_xact_idx ON app.live_change USING btree (organization_id, xact_id);

-- Name: user_account_email_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX user_account_email_idx ON app.user_account USING btree (email);

-- Name: user_session_sha256_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX user_session_sha256_idx ON app.user_session USING btree (session_sha256);

-- Name: user_session_user_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX user_session_user_idx ON app.user_session USING btree (organization_id, user_id);

-- Name: user_site_site_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX user_site_site_idx ON app.user_site USING btree (organization_id, site_id);

-- Name: webhook_delivery_due_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX webhook_delivery_due_idx ON app.webhook_delivery USING btree (organization_id, webhook_id, next_attempt_at) WHERE (state = 'pending'::text);

-- Name: webhook_delivery_state_idx; Type: INDEX; Schema: app; Owner: -

CREATE INDEX webhook_delivery_state_idx ON app.webhook_delivery USING btree (organization_id, state, delivery_id);

-- Name: adjustment_into_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX adjustment_into_idx ON attendance.adjustment USING btree (organization_id, into_period_id);

-- Name: code_entry_captured_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX code_entry_captured_idx ON attendance.code_entry USING btree (organization_id, captured_at);

-- Name: correction_employee_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX correction_employee_idx ON attendance.correction USING btree (organization_id, employee_id, requested_at);

-- Name: correction_punch_requested_key; Type: INDEX; Schema: attendance; Owner: -

CREATE UNIQUE INDEX correction_punch_requested_key ON attendance.correction USING btree (organization_id, punch_id) WHERE (state = 'requested'::text);

-- Name: correction_state_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX correction_state_idx ON attendance.correction USING btree (organization_id, requested_at) WHERE (state = 'requested'::text);

-- Name: day_exception_date_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX day_exception_date_idx ON attendance.day_exception USING btree (organization_id, work_date);

-- Name: day_punch_day_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX day_punch_day_idx ON attendance.day_punch USING btree (organization_id, employee_id, work_date);

-- Name: day_site_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX day_site_idx ON attendance.day USING btree (organization_id, site_id, work_date, employee_id);

-- Name: dirty_day_marked_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX dirty_day_marked_idx ON attendance.dirty_day USING btree (dirty_id);

-- Name: due_day_due_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX due_day_due_idx ON attendance.due_day USING btree (due_at);

-- Name: holiday_date_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX holiday_date_idx ON attendance.holiday USING btree (organization_id, holiday_date);

-- Name: leave_employee_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX leave_employee_idx ON attendance.leave USING btree (organization_id, employee_id, last_date);

-- Name: punch_employee_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX punch_employee_idx ON ONLY attendance.punch USING btree (organization_id, employee_id, occurred_at);

-- Name: punch_default_organization_id_employee_id_occurred_at_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX punch_default_organization_id_employee_id_occurred_at_idx ON attendance.punch_default USING btree (organization_id, employee_id, occurred_at);

-- Name: punch_site_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX punch_site_idx ON ONLY attendance.punch USING btree (organization_id, site_id, occurred_at);

-- Name: punch_default_organization_id_site_id_occurred_at_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX punch_default_organization_id_site_id_occurred_at_idx ON attendance.punch_default USING btree (organization_id, site_id, occurred_at);

-- Name: sighting_punched_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_punched_idx ON ONLY attendance.sighting USING btree (organization_id, employee_id, captured_at) WHERE (outcome = 'punched'::text);

-- Name: sighting_default_organization_id_employee_id_captured_at_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_default_organization_id_employee_id_captured_at_idx ON attendance.sighting_default USING btree (organization_id, employee_id, captured_at) WHERE (outcome = 'punched'::text);

-- Name: sighting_review_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_review_idx ON ONLY attendance.sighting USING btree (organization_id, sighting_id) WHERE (decision = ANY (ARRAY['review'::text, 'unknown'::text]));

-- Name: sighting_default_organization_id_sighting_id_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_default_organization_id_sighting_id_idx ON attendance.sighting_default USING btree (organization_id, sighting_id) WHERE (decision = ANY (ARRAY['review'::text, 'unknown'::text]));

-- Name: sighting_site_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_site_idx ON ONLY attendance.sighting USING btree (organization_id, site_id, captured_at);

-- Name: sighting_default_organization_id_site_id_captured_at_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_default_organization_id_site_id_captured_at_idx ON attendance.sighting_default USING btree (organization_id, site_id, captured_at);

-- Name: sighting_review_updated_idx; Type: INDEX; Schema: attendance; Owner: -

CREATE INDEX sighting_review_updated_idx ON attendance.sighting_review USING btree (organization_id, updated_at);

-- Name: event_subject_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_subject_idx ON ONLY audit.event USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_default_organization_id_subject_kind_subject_id_event_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_default_organization_id_subject_kind_subject_id_event_idx ON audit.event_default USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_user_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_user_idx ON ONLY audit.event USING btree (organization_id, user_id, event_id);

-- Name: event_default_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_default_organization_id_user_id_event_id_idx ON audit.event_default USING btree (organization_id, user_id, event_id);

-- Name: event_y2026m10_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m10_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2026m10 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2026m10_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m10_organization_id_user_id_event_id_idx ON audit.event_y2026m10 USING btree (organization_id, user_id, event_id);

-- Name: event_y2026m11_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m11_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2026m11 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2026m11_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m11_organization_id_user_id_event_id_idx ON audit.event_y2026m11 USING btree (organization_id, user_id, event_id);

-- Name: event_y2026m12_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m12_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2026m12 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2026m12_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2026m12_organization_id_user_id_event_id_idx ON audit.event_y2026m12 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m01_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m01_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m01 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m01_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m01_organization_id_user_id_event_id_idx ON audit.event_y2027m01 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m02_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m02_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m02 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m02_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m02_organization_id_user_id_event_id_idx ON audit.event_y2027m02 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m03_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m03_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m03 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m03_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m03_organization_id_user_id_event_id_idx ON audit.event_y2027m03 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m04_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m04_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m04 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m04_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m04_organization_id_user_id_event_id_idx ON audit.event_y2027m04 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m05_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m05_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m05 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m05_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m05_organization_id_user_id_event_id_idx ON audit.event_y2027m05 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m06_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m06_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m06 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m06_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m06_organization_id_user_id_event_id_idx ON audit.event_y2027m06 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m07_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m07_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m07 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m07_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m07_organization_id_user_id_event_id_idx ON audit.event_y2027m07 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m08_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m08_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m08 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m08_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m08_organization_id_user_id_event_id_idx ON audit.event_y2027m08 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m09_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m09_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m09 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m09_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m09_organization_id_user_id_event_id_idx ON audit.event_y2027m09 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m10_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m10_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m10 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m10_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m10_organization_id_user_id_event_id_idx ON audit.event_y2027m10 USING btree (organization_id, user_id, event_id);

-- Name: event_y2027m11_organization_id_subject_kind_subject_id_even_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m11_organization_id_subject_kind_subject_id_even_idx ON audit.event_y2027m11 USING btree (organization_id, subject_kind, subject_id, event_id);

-- Name: event_y2027m11_organization_id_user_id_event_id_idx; Type: INDEX; Schema: audit; Owner: -

CREATE INDEX event_y2027m11_organization_id_user_id_event_id_idx ON audit.event_y2027m11 USING btree (organization_id, user_id, event_id);

-- Name: consent_employee_idx; Type: INDEX; Schema: biometric; Owner: -

CREATE INDEX consent_employee_idx ON biometric.consent USING btree (organization_id, employee_id);

-- Name: enrolment_job_photo_idx; Type: INDEX; Schema: biometric; Owner: -

CREATE INDEX enrolment_job_photo_idx ON biometric.enrolment_job USING btree (organization_id, photo_id, created_at);

-- Name: enrolment_job_queued_idx; Type: INDEX; Schema: biometric; Owner: -

CREATE INDEX enrolment_job_queued_idx ON biometric.enrolment_job USING btree (created_at) WHERE (state = 'queued'::text);

-- Name: operating_point_space_idx; Type: INDEX; Schema: biometric; Owner: -

CREATE INDEX operating_point_space_idx ON biometric.operating_point USING btree (organization_id, space_id, set_at DESC);

-- Name: space_active_idx; Type: INDEX; Schema: biometric; Owner: -

CREATE UNIQUE INDEX space_active_idx ON biometric.space USING btree (organization_id) WHERE is_active;

-- Name: punch_default_organization_id_employee_id_occurred_at_idx; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.punch_employee_idx ATTACH PARTITION attendance.punch_default_organization_id_employee_id_occurred_at_idx;

-- Name: punch_default_organization_id_site_id_occurred_at_idx; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.punch_site_idx ATTACH PARTITION attendance.punch_default_organization_id_site_id_occurred_at_idx;

-- Name: punch_default_pkey; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.punch_pkey ATTACH PARTITION attendance.punch_default_pkey;

-- Name: sighting_default_organization_id_employee_id_captured_at_idx; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_punched_idx ATTACH PARTITION attendance.sighting_default_organization_id_employee_id_captured_at_idx;

-- Name: sighting_default_organization_id_sighting_id_idx; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_review_idx ATTACH PARTITION attendance.sighting_default_organization_id_sighting_id_idx;

-- Name: sighting_default_organization_id_site_id_captured_at_idx; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_site_idx ATTACH PARTITION attendance.sighting_default_organization_id_site_id_captured_at_idx;

-- Name: sighting_default_pkey; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_pkey ATTACH PARTITION attendance.sighting_default_pkey;

-- Name: sighting_embedding_default_pkey; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_embedding_pkey ATTACH PARTITION attendance.sighting_embedding_default_pkey;

-- Name: sighting_thumbnail_default_pkey; Type: INDEX ATTACH; Schema: attendance; Owner: -

ALTER INDEX attendance.sighting_thumbnail_pkey ATTACH PARTITION attendance.sighting_thumbnail_default_pkey;

-- Name: event_default_organization_id_subject_kind_subject_id_event_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_default_organization_id_subject_kind_subject_id_event_idx;

-- Name: event_default_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_default_organization_id_user_id_event_id_idx;

-- Name: event_default_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_default_pkey;

-- Name: event_y2026m10_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2026m10_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2026m10_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2026m10_organization_id_user_id_event_id_idx;

-- Name: event_y2026m10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2026m10_pkey;

-- Name: event_y2026m11_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2026m11_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2026m11_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2026m11_organization_id_user_id_event_id_idx;

-- Name: event_y2026m11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2026m11_pkey;

-- Name: event_y2026m12_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2026m12_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2026m12_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2026m12_organization_id_user_id_event_id_idx;

-- Name: event_y2026m12_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2026m12_pkey;

-- Name: event_y2027m01_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m01_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m01_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m01_organization_id_user_id_event_id_idx;

-- Name: event_y2027m01_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m01_pkey;

-- Name: event_y2027m02_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m02_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m02_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m02_organization_id_user_id_event_id_idx;

-- Name: event_y2027m02_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m02_pkey;

-- Name: event_y2027m03_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m03_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m03_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m03_organization_id_user_id_event_id_idx;

-- Name: event_y2027m03_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m03_pkey;

-- Name: event_y2027m04_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m04_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m04_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m04_organization_id_user_id_event_id_idx;

-- Name: event_y2027m04_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m04_pkey;

-- Name: event_y2027m05_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m05_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m05_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m05_organization_id_user_id_event_id_idx;

-- Name: event_y2027m05_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m05_pkey;

-- Name: event_y2027m06_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m06_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m06_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m06_organization_id_user_id_event_id_idx;

-- Name: event_y2027m06_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m06_pkey;

-- Name: event_y2027m07_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m07_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m07_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m07_organization_id_user_id_event_id_idx;

-- Name: event_y2027m07_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m07_pkey;

-- Name: event_y2027m08_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m08_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m08_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m08_organization_id_user_id_event_id_idx;

-- Name: event_y2027m08_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m08_pkey;

-- Name: event_y2027m09_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m09_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m09_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m09_organization_id_user_id_event_id_idx;

-- Name: event_y2027m09_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m09_pkey;

-- Name: event_y2027m10_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m10_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m10_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m10_organization_id_user_id_event_id_idx;

-- Name: event_y2027m10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m10_pkey;

-- Name: event_y2027m11_organization_id_subject_kind_subject_id_even_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_subject_idx ATTACH PARTITION audit.event_y2027m11_organization_id_subject_kind_subject_id_even_idx;

-- Name: event_y2027m11_organization_id_user_id_event_id_idx; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_user_idx ATTACH PARTITION audit.event_y2027m11_organization_id_user_id_event_id_idx;

-- Name: event_y2027m11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: -

ALTER INDEX audit.event_pkey ATTACH PARTITION audit.event_y2027m11_pkey;

-- Name: api_token api_token_access_trigger; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER api_token_access_trigger AFTER DELETE OR UPDATE OF revoked_at, expires_at, scopes ON app.api_token FOR EACH ROW EXECUTE FUNCTION app.access_changed();

-- Name: employee employee_insert_tell; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER employee_insert_tell AFTER INSERT ON app.employee REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.employee_tell();

-- Name: employee_site employee_site_delete_tell; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER employee_site_delete_tell AFTER DELETE ON app.employee_site REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.employee_tell();

-- Name: employee_site employee_site_insert_tell; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER employee_site_insert_tell AFTER INSERT ON app.employee_site REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.employee_tell();

-- Name: employee employee_update_tell; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER employee_update_tell AFTER UPDATE ON app.employee REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION app.employee_tell();

-- Name: user_account user_account_access_trigger; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER user_account_access_trigger AFTER DELETE OR UPDATE OF role, all_sites, deactivated_at, employee_id, email, display_name, password_is_one_time ON app.user_account FOR EACH ROW EXECUTE FUNCTION app.access_changed();

-- Name: user_session user_session_access_trigger; Type: TRIGGER; Schema: app; Owner: -

CREATE TRIGGER user_session_access_trigger AFTER DELETE OR UPDATE OF revoked_at, expires_at ON app.user_session FOR EACH ROW EXECUTE FUNCTION app.access_changed();

-- Name: correction correction_insert_tell; Type: TRIGGER; Schema: attendance; Owner: -

CREATE TRIGGER correction_insert_tell AFTER INSERT ON attendance.correction REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attendance.correction_tell();

-- Name: correction correction_update_tell; Type: TRIGGER; Schema: attendance; Owner: -

CREATE TRIGGER correction_update_tell AFTER UPDATE ON attendance.correction REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION attendance.correction_tell();

-- Name: api_token api_token_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.api_token
    ADD CONSTRAINT api_token_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: camera camera_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera
    ADD CONSTRAINT camera_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: camera_picture camera_picture_camera_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera_picture
    ADD CONSTRAINT camera_picture_camera_fkey FOREIGN KEY (organization_id, camera_id) REFERENCES app.camera(organization_id, camera_id);

-- Name: camera_view camera_view_camera_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera_view
    ADD CONSTRAINT camera_view_camera_fkey FOREIGN KEY (organization_id, camera_id) REFERENCES app.camera(organization_id, camera_id);

-- Name: camera_view camera_view_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.camera_view
    ADD CONSTRAINT camera_view_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: department department_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.department
    ADD CONSTRAINT department_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: department department_parent_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.department
    ADD CONSTRAINT department_parent_fkey FOREIGN KEY (organization_id, parent_id) REFERENCES app.department(organization_id, department_id);

-- Name: device_activity device_activity_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_activity
    ADD CONSTRAINT device_activity_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: device_code_guard device_code_guard_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_code_guard
    ADD CONSTRAINT device_code_guard_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: device_enrolment device_enrolment_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_enrolment
    ADD CONSTRAINT device_enrolment_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: device_health device_health_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_health
    ADD CONSTRAINT device_health_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: device_silence device_silence_device_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device_silence
    ADD CONSTRAINT device_silence_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id) ON DELETE CASCADE;

-- Name: device device_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.device
    ADD CONSTRAINT device_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: employee_badge employee_badge_employee_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_badge
    ADD CONSTRAINT employee_badge_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: employee employee_department_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee
    ADD CONSTRAINT employee_department_fkey FOREIGN KEY (organization_id, department_id) REFERENCES app.department(organization_id, department_id);

-- Name: employee employee_home_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee
    ADD CONSTRAINT employee_home_site_fkey FOREIGN KEY (organization_id, home_site_id) REFERENCES app.site(organization_id, site_id);

-- Name: employee employee_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee
    ADD CONSTRAINT employee_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: employee_pin employee_pin_employee_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_pin
    ADD CONSTRAINT employee_pin_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: employee_site employee_site_employee_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_site
    ADD CONSTRAINT employee_site_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: employee_site employee_site_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.employee_site
    ADD CONSTRAINT employee_site_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: export_chunk export_chunk_export_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.export_chunk
    ADD CONSTRAINT export_chunk_export_fkey FOREIGN KEY (organization_id, export_id) REFERENCES app.export(organization_id, export_id) ON DELETE CASCADE;

-- Name: export export_requested_by_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.export
    ADD CONSTRAINT export_requested_by_fkey FOREIGN KEY (organization_id, requested_by) REFERENCES app.user_account(organization_id, user_id);

-- Name: export export_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.export
    ADD CONSTRAINT export_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: live_change live_change_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.live_change
    ADD CONSTRAINT live_change_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: site site_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.site
    ADD CONSTRAINT site_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: site_zone_change site_zone_change_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.site_zone_change
    ADD CONSTRAINT site_zone_change_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: user_account user_account_employee_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_account
    ADD CONSTRAINT user_account_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: user_account user_account_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_account
    ADD CONSTRAINT user_account_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: user_recovery_code user_recovery_code_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_recovery_code
    ADD CONSTRAINT user_recovery_code_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: user_session user_session_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_session
    ADD CONSTRAINT user_session_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: user_site user_site_site_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_site
    ADD CONSTRAINT user_site_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: user_site user_site_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_site
    ADD CONSTRAINT user_site_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: user_totp user_totp_user_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.user_totp
    ADD CONSTRAINT user_totp_user_fkey FOREIGN KEY (organization_id, user_id) REFERENCES app.user_account(organization_id, user_id);

-- Name: webhook webhook_created_by_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook
    ADD CONSTRAINT webhook_created_by_fkey FOREIGN KEY (organization_id, created_by) REFERENCES app.user_account(organization_id, user_id);

-- Name: webhook_delivery webhook_delivery_webhook_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook_delivery
    ADD CONSTRAINT webhook_delivery_webhook_fkey FOREIGN KEY (organization_id, webhook_id) REFERENCES app.webhook(organization_id, webhook_id) ON DELETE CASCADE;

-- Name: webhook webhook_organization_fkey; Type: FK CONSTRAINT; Schema: app; Owner: -

ALTER TABLE ONLY app.webhook
    ADD CONSTRAINT webhook_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: adjustment adjustment_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.adjustment
    ADD CONSTRAINT adjustment_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: adjustment adjustment_into_period_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.adjustment
    ADD CONSTRAINT adjustment_into_period_fkey FOREIGN KEY (organization_id, into_period_id) REFERENCES attendance.period(organization_id, period_id);

-- Name: adjustment adjustment_period_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.adjustment
    ADD CONSTRAINT adjustment_period_fkey FOREIGN KEY (organization_id, period_id) REFERENCES attendance.period(organization_id, period_id);

-- Name: code_entry code_entry_device_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.code_entry
    ADD CONSTRAINT code_entry_device_fkey FOREIGN KEY (organization_id, device_id) REFERENCES app.device(organization_id, device_id);

-- Name: code_entry code_entry_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.code_entry
    ADD CONSTRAINT code_entry_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: code_entry code_entry_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.code_entry
    ADD CONSTRAINT code_entry_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: correction correction_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.correction
    ADD CONSTRAINT correction_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: correction correction_punch_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.correction
    ADD CONSTRAINT correction_punch_fkey FOREIGN KEY (organization_id, punch_id) REFERENCES attendance.punch(organization_id, punch_id);

-- Name: correction correction_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.correction
    ADD CONSTRAINT correction_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: day_exception day_exception_day_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_exception
    ADD CONSTRAINT day_exception_day_fkey FOREIGN KEY (organization_id, employee_id, work_date) REFERENCES attendance.day(organization_id, employee_id, work_date) ON DELETE CASCADE;

-- Name: day_interval day_interval_day_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_interval
    ADD CONSTRAINT day_interval_day_fkey FOREIGN KEY (organization_id, employee_id, work_date) REFERENCES attendance.day(organization_id, employee_id, work_date) ON DELETE CASCADE;

-- Name: day_opening day_opening_organization_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_opening
    ADD CONSTRAINT day_opening_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: day_punch day_punch_day_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.day_punch
    ADD CONSTRAINT day_punch_day_fkey FOREIGN KEY (organization_id, employee_id, work_date) REFERENCES attendance.day(organization_id, employee_id, work_date) ON DELETE CASCADE;

-- Name: exception_waiver exception_waiver_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.exception_waiver
    ADD CONSTRAINT exception_waiver_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: holiday holiday_organization_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.holiday
    ADD CONSTRAINT holiday_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: holiday holiday_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.holiday
    ADD CONSTRAINT holiday_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: leave leave_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.leave
    ADD CONSTRAINT leave_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: overtime_approval overtime_approval_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.overtime_approval
    ADD CONSTRAINT overtime_approval_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: period period_organization_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.period
    ADD CONSTRAINT period_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: punch punch_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE attendance.punch
    ADD CONSTRAINT punch_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: punch_import punch_import_punch_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch_import
    ADD CONSTRAINT punch_import_punch_fkey FOREIGN KEY (organization_id, punch_id) REFERENCES attendance.punch(organization_id, punch_id);

-- Name: punch punch_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE attendance.punch
    ADD CONSTRAINT punch_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: punch_void punch_void_punch_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.punch_void
    ADD CONSTRAINT punch_void_punch_fkey FOREIGN KEY (organization_id, punch_id) REFERENCES attendance.punch(organization_id, punch_id);

-- Name: roster_day roster_day_roster_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster_day
    ADD CONSTRAINT roster_day_roster_fkey FOREIGN KEY (organization_id, roster_id) REFERENCES attendance.roster(organization_id, roster_id) ON DELETE CASCADE;

-- Name: roster_day roster_day_shift_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster_day
    ADD CONSTRAINT roster_day_shift_fkey FOREIGN KEY (organization_id, shift_id) REFERENCES attendance.shift(organization_id, shift_id);

-- Name: roster roster_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster
    ADD CONSTRAINT roster_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: roster roster_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.roster
    ADD CONSTRAINT roster_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: rule_set rule_set_organization_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set
    ADD CONSTRAINT rule_set_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: rule_set rule_set_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set
    ADD CONSTRAINT rule_set_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: rule_set_version rule_set_version_rule_set_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.rule_set_version
    ADD CONSTRAINT rule_set_version_rule_set_fkey FOREIGN KEY (organization_id, rule_set_id) REFERENCES attendance.rule_set(organization_id, rule_set_id);

-- Name: session session_day_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_day_fkey FOREIGN KEY (organization_id, employee_id, work_date) REFERENCES attendance.day(organization_id, employee_id, work_date) ON DELETE CASCADE;

-- Name: shift shift_organization_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.shift
    ADD CONSTRAINT shift_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: sighting_review sighting_review_employee_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_review
    ADD CONSTRAINT sighting_review_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: sighting_review sighting_review_site_fkey; Type: FK CONSTRAINT; Schema: attendance; Owner: -

ALTER TABLE ONLY attendance.sighting_review
    ADD CONSTRAINT sighting_review_site_fkey FOREIGN KEY (organization_id, site_id) REFERENCES app.site(organization_id, site_id);

-- Name: consent consent_employee_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.consent
    ADD CONSTRAINT consent_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: enrolment_job enrolment_job_photo_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.enrolment_job
    ADD CONSTRAINT enrolment_job_photo_fkey FOREIGN KEY (organization_id, photo_id) REFERENCES biometric.photo(organization_id, photo_id);

-- Name: operating_point operating_point_space_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.operating_point
    ADD CONSTRAINT operating_point_space_fkey FOREIGN KEY (organization_id, space_id) REFERENCES biometric.space(organization_id, space_id);

-- Name: photo photo_employee_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.photo
    ADD CONSTRAINT photo_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: space space_organization_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE ONLY biometric.space
    ADD CONSTRAINT space_organization_fkey FOREIGN KEY (organization_id) REFERENCES app.organization(organization_id);

-- Name: template template_employee_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE biometric.template
    ADD CONSTRAINT template_employee_fkey FOREIGN KEY (organization_id, employee_id) REFERENCES app.employee(organization_id, employee_id);

-- Name: template template_photo_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE biometric.template
    ADD CONSTRAINT template_photo_fkey FOREIGN KEY (organization_id, photo_id) REFERENCES biometric.photo(organization_id, photo_id);

-- Name: template template_space_fkey; Type: FK CONSTRAINT; Schema: biometric; Owner: -

ALTER TABLE biometric.template
    ADD CONSTRAINT template_space_fkey FOREIGN KEY (organization_id, space_id) REFERENCES biometric.space(organization_id, space_id);

-- Name: api_token; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.api_token ENABLE ROW LEVEL SECURITY;

-- Name: api_token api_token_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY api_token_organization_policy ON app.api_token USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: api_token api_token_secret_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY api_token_secret_policy ON app.api_token FOR SELECT TO rollcall_owner USING ((token_sha256 = decode(NULLIF(current_setting('rollcall.secret_sha256'::text, true), ''::text), 'hex'::text)));

-- Name: api_token api_token_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY api_token_user_policy ON app.api_token AS RESTRICTIVE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT app.manages_users() AS manages_users)));

-- Name: camera; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.camera ENABLE ROW LEVEL SECURITY;

-- Name: camera camera_device_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_device_policy ON app.camera AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.device d
  WHERE ((d.organization_id = camera.organization_id) AND (d.device_id = camera.device_id))))));

-- Name: camera camera_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_organization_policy ON app.camera USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: camera_picture; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.camera_picture ENABLE ROW LEVEL SECURITY;

-- Name: camera_picture camera_picture_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_picture_organization_policy ON app.camera_picture USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: camera_picture camera_picture_view_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_picture_view_policy ON app.camera_picture AS RESTRICTIVE TO rollcall_api USING ((EXISTS ( SELECT
   FROM app.camera_view v
  WHERE ((v.organization_id = camera_picture.organization_id) AND (v.camera_id = camera_picture.camera_id) AND (v.until_at > now())))));

-- Name: camera_picture camera_picture_worker_delete_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_picture_worker_delete_policy ON app.camera_picture FOR DELETE TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: camera_picture camera_picture_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_picture_worker_policy ON app.camera_picture FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: camera_view; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.camera_view ENABLE ROW LEVEL SECURITY;

-- Name: camera_view camera_view_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_view_organization_policy ON app.camera_view USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: camera_view camera_view_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_view_user_policy ON app.camera_view AS RESTRICTIVE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) AND ( SELECT app.may_view_cameras() AS may_view_cameras) AND (( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))));

-- Name: camera_view camera_view_worker_delete_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_view_worker_delete_policy ON app.camera_view FOR DELETE TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: camera_view camera_view_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY camera_view_worker_policy ON app.camera_view FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: department; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.department ENABLE ROW LEVEL SECURITY;

-- Name: department department_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY department_organization_policy ON app.department USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device ENABLE ROW LEVEL SECURITY;

-- Name: device_activity; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device_activity ENABLE ROW LEVEL SECURITY;

-- Name: device_activity device_activity_device_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_activity_device_policy ON app.device_activity AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.device d
  WHERE ((d.organization_id = device_activity.organization_id) AND (d.device_id = device_activity.device_id))))));

-- Name: device_activity device_activity_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_activity_organization_policy ON app.device_activity USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device_activity device_activity_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_activity_worker_policy ON app.device_activity FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: device_code_guard; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device_code_guard ENABLE ROW LEVEL SECURITY;

-- Name: device_code_guard device_code_guard_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_code_guard_organization_policy ON app.device_code_guard USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device_enrolment; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device_enrolment ENABLE ROW LEVEL SECURITY;

-- Name: device_enrolment device_enrolment_code_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_enrolment_code_policy ON app.device_enrolment FOR SELECT TO rollcall_owner USING ((code_sha256 = decode(NULLIF(current_setting('rollcall.secret_sha256'::text, true), ''::text), 'hex'::text)));

-- Name: device_enrolment device_enrolment_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_enrolment_organization_policy ON app.device_enrolment USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device_health; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device_health ENABLE ROW LEVEL SECURITY;

-- Name: device_health device_health_device_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_health_device_policy ON app.device_health AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.device d
  WHERE ((d.organization_id = device_health.organization_id) AND (d.device_id = device_health.device_id))))));

-- Name: device_health device_health_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_health_organization_policy ON app.device_health USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device_health device_health_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_health_worker_policy ON app.device_health FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: device device_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_organization_policy ON app.device USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device device_self_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_self_policy ON app.device FOR SELECT USING ((database_role = SESSION_USER));

-- Name: device_silence; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.device_silence ENABLE ROW LEVEL SECURITY;

-- Name: device_silence device_silence_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_silence_organization_policy ON app.device_silence USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: device device_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_site_policy ON app.device AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: device device_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY device_worker_policy ON app.device FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: employee; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.employee ENABLE ROW LEVEL SECURITY;

-- Name: employee_badge; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.employee_badge ENABLE ROW LEVEL SECURITY;

-- Name: employee_badge employee_badge_employee_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_badge_employee_policy ON app.employee_badge AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: employee_badge employee_badge_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_badge_organization_policy ON app.employee_badge USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: employee employee_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_organization_policy ON app.employee USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: employee_pin; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.employee_pin ENABLE ROW LEVEL SECURITY;

-- Name: employee_pin employee_pin_employee_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_pin_employee_policy ON app.employee_pin AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: employee_pin employee_pin_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_pin_organization_policy ON app.employee_pin USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: employee_site; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.employee_site ENABLE ROW LEVEL SECURITY;

-- Name: employee_site employee_site_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_site_organization_policy ON app.employee_site USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: employee employee_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_site_policy ON app.employee AS RESTRICTIVE FOR SELECT TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = employee.organization_id) AND (es.employee_id = employee.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))))) OR app.is_visible_guest(organization_id, employee_id)));

-- Name: employee_site employee_site_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_site_site_policy ON app.employee_site AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)))) WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: employee employee_site_update_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY employee_site_update_policy ON app.employee AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = employee.organization_id) AND (es.employee_id = employee.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: export; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.export ENABLE ROW LEVEL SECURITY;

-- Name: export_chunk; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.export_chunk ENABLE ROW LEVEL SECURITY;

-- Name: export_chunk export_chunk_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY export_chunk_organization_policy ON app.export_chunk USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: export_chunk export_chunk_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY export_chunk_user_policy ON app.export_chunk AS RESTRICTIVE FOR SELECT TO rollcall_api USING ((EXISTS ( SELECT
   FROM app.export e
  WHERE ((e.organization_id = export_chunk.organization_id) AND (e.export_id = export_chunk.export_id) AND (( SELECT app.sees_all_sites() AS sees_all_sites) OR ((NOT e.all_sites) AND (e.site_ids <@ ( SELECT app.visible_site_ids() AS visible_site_ids))))))));

-- Name: export export_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY export_organization_policy ON app.export USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: export export_queue_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY export_queue_policy ON app.export FOR SELECT TO rollcall_api USING (((( SELECT app.current_organization_id() AS current_organization_id) IS NULL) AND ((state = ANY (ARRAY['queued'::text, 'running'::text])) OR (expires_at IS NOT NULL))));

-- Name: export export_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY export_user_policy ON app.export AS RESTRICTIVE TO rollcall_api USING (((requested_by = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT (COALESCE(current_setting('rollcall.user_id'::text, true), ''::text) = ANY (ARRAY[''::text, 'system'::text])))));

-- Name: live_change; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.live_change ENABLE ROW LEVEL SECURITY;

-- Name: live_change live_change_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY live_change_organization_policy ON app.live_change USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: live_change live_change_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY live_change_site_policy ON app.live_change AS RESTRICTIVE FOR SELECT TO rollcall_api USING (( SELECT app.sees_all_sites() AS sees_all_sites));

-- Name: live_change live_change_worker_delete_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY live_change_worker_delete_policy ON app.live_change FOR DELETE TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: live_change live_change_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY live_change_worker_policy ON app.live_change FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: organization; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.organization ENABLE ROW LEVEL SECURITY;

-- Name: organization organization_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY organization_organization_policy ON app.organization USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: organization organization_owner_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY organization_owner_policy ON app.organization FOR SELECT TO rollcall_owner USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: site; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.site ENABLE ROW LEVEL SECURITY;

-- Name: site site_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_organization_policy ON app.site USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: site site_site_insert_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_site_insert_policy ON app.site AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK (( SELECT app.sees_all_sites() AS sees_all_sites));

-- Name: site site_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_site_policy ON app.site AS RESTRICTIVE FOR SELECT TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])) OR (site_id = ANY (( SELECT app.own_site_ids() AS own_site_ids)::uuid[]))));

-- Name: site site_site_update_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_site_update_policy ON app.site AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: site_zone_change; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.site_zone_change ENABLE ROW LEVEL SECURITY;

-- Name: site_zone_change site_zone_change_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_zone_change_organization_policy ON app.site_zone_change USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: site_zone_change site_zone_change_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY site_zone_change_site_policy ON app.site_zone_change AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: user_account; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.user_account ENABLE ROW LEVEL SECURITY;

-- Name: user_account user_account_change_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_account_change_policy ON app.user_account AS RESTRICTIVE FOR UPDATE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT app.manages_users() AS manages_users)));

-- Name: user_account user_account_login_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_account_login_policy ON app.user_account FOR SELECT TO rollcall_owner USING ((email = NULLIF(current_setting('rollcall.login_email'::text, true), ''::text)));

-- Name: user_account user_account_manage_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_account_manage_policy ON app.user_account AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK (( SELECT app.manages_users() AS manages_users));

-- Name: user_account user_account_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_account_organization_policy ON app.user_account USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: user_recovery_code; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.user_recovery_code ENABLE ROW LEVEL SECURITY;

-- Name: user_recovery_code user_recovery_code_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_recovery_code_organization_policy ON app.user_recovery_code USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: user_recovery_code user_recovery_code_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_recovery_code_user_policy ON app.user_recovery_code AS RESTRICTIVE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT app.manages_users() AS manages_users)));

-- Name: user_session; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.user_session ENABLE ROW LEVEL SECURITY;

-- Name: user_session user_session_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_session_organization_policy ON app.user_session USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: user_session user_session_secret_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_session_secret_policy ON app.user_session FOR SELECT TO rollcall_owner USING ((session_sha256 = decode(NULLIF(current_setting('rollcall.secret_sha256'::text, true), ''::text), 'hex'::text)));

-- Name: user_session user_session_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_session_user_policy ON app.user_session AS RESTRICTIVE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT app.manages_users() AS manages_users)));

-- Name: user_site; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.user_site ENABLE ROW LEVEL SECURITY;

-- Name: user_site user_site_manage_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_site_manage_policy ON app.user_site AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK (( SELECT app.manages_users() AS manages_users));

-- Name: user_site user_site_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_site_organization_policy ON app.user_site USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: user_site user_site_remove_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_site_remove_policy ON app.user_site AS RESTRICTIVE FOR DELETE TO rollcall_api USING (( SELECT app.manages_users() AS manages_users));

-- Name: user_totp; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.user_totp ENABLE ROW LEVEL SECURITY;

-- Name: user_totp user_totp_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_totp_organization_policy ON app.user_totp USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: user_totp user_totp_user_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY user_totp_user_policy ON app.user_totp AS RESTRICTIVE TO rollcall_api USING (((user_id = ( SELECT app.current_user_id() AS current_user_id)) OR ( SELECT app.manages_users() AS manages_users)));

-- Name: webhook; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.webhook ENABLE ROW LEVEL SECURITY;

-- Name: webhook_delivery; Type: ROW SECURITY; Schema: app; Owner: -

ALTER TABLE app.webhook_delivery ENABLE ROW LEVEL SECURITY;

-- Name: webhook_delivery webhook_delivery_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_delivery_organization_policy ON app.webhook_delivery USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: webhook_delivery webhook_delivery_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_delivery_site_policy ON app.webhook_delivery AS RESTRICTIVE TO rollcall_api USING (( SELECT app.sees_all_sites() AS sees_all_sites));

-- Name: webhook_delivery webhook_delivery_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_delivery_worker_policy ON app.webhook_delivery FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: webhook webhook_organization_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_organization_policy ON app.webhook USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: webhook webhook_site_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_site_policy ON app.webhook AS RESTRICTIVE TO rollcall_api USING (( SELECT app.sees_all_sites() AS sees_all_sites));

-- Name: webhook webhook_worker_policy; Type: POLICY; Schema: app; Owner: -

CREATE POLICY webhook_worker_policy ON app.webhook FOR SELECT TO rollcall_worker USING ((( SELECT app.current_organization_id() AS current_organization_id) IS NULL));

-- Name: adjustment; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.adjustment ENABLE ROW LEVEL SECURITY;

-- Name: adjustment adjustment_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY adjustment_employee_policy ON attendance.adjustment AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: adjustment adjustment_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY adjustment_organization_policy ON attendance.adjustment USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: code_entry; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.code_entry ENABLE ROW LEVEL SECURITY;

-- Name: code_entry code_entry_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY code_entry_organization_policy ON attendance.code_entry USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: code_entry code_entry_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY code_entry_site_policy ON attendance.code_entry AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: correction; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.correction ENABLE ROW LEVEL SECURITY;

-- Name: correction correction_decision_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY correction_decision_policy ON attendance.correction AS RESTRICTIVE FOR UPDATE TO rollcall_api USING (true) WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee e
  WHERE ((e.organization_id = correction.organization_id) AND (e.employee_id = correction.employee_id) AND (e.employee_id IS DISTINCT FROM ( SELECT app.own_employee_id() AS own_employee_id))))) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = correction.organization_id) AND (es.employee_id = correction.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))))) OR ((state = 'withdrawn'::text) AND (requested_by = ( SELECT app.current_user_id() AS current_user_id)))));

-- Name: correction correction_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY correction_employee_policy ON attendance.correction AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: correction correction_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY correction_organization_policy ON attendance.correction USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: day; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.day ENABLE ROW LEVEL SECURITY;

-- Name: day day_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_employee_policy ON attendance.day AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: day_exception; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.day_exception ENABLE ROW LEVEL SECURITY;

-- Name: day_exception day_exception_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_exception_employee_policy ON attendance.day_exception AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: day_exception day_exception_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_exception_organization_policy ON attendance.day_exception USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: day_interval; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.day_interval ENABLE ROW LEVEL SECURITY;

-- Name: day_interval day_interval_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_interval_employee_policy ON attendance.day_interval AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: day_interval day_interval_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_interval_organization_policy ON attendance.day_interval USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: day_opening; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.day_opening ENABLE ROW LEVEL SECURITY;

-- Name: day_opening day_opening_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_opening_organization_policy ON attendance.day_opening USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: day_opening day_opening_worker_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_opening_worker_policy ON attendance.day_opening FOR SELECT TO rollcall_worker USING (true);

-- Name: day day_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_organization_policy ON attendance.day USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: day_punch; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.day_punch ENABLE ROW LEVEL SECURITY;

-- Name: day_punch day_punch_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_punch_employee_policy ON attendance.day_punch AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: day_punch day_punch_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY day_punch_organization_policy ON attendance.day_punch USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: dirty_day; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.dirty_day ENABLE ROW LEVEL SECURITY;

-- Name: dirty_day dirty_day_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY dirty_day_employee_policy ON attendance.dirty_day AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: dirty_day dirty_day_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY dirty_day_organization_policy ON attendance.dirty_day USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: dirty_day dirty_day_worker_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY dirty_day_worker_policy ON attendance.dirty_day FOR SELECT TO rollcall_worker USING (true);

-- Name: due_day; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.due_day ENABLE ROW LEVEL SECURITY;

-- Name: due_day due_day_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY due_day_employee_policy ON attendance.due_day AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: due_day due_day_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY due_day_organization_policy ON attendance.due_day USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: due_day due_day_worker_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY due_day_worker_policy ON attendance.due_day FOR SELECT TO rollcall_worker USING (true);

-- Name: exception_waiver; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.exception_waiver ENABLE ROW LEVEL SECURITY;

-- Name: exception_waiver exception_waiver_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY exception_waiver_employee_policy ON attendance.exception_waiver AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: exception_waiver exception_waiver_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY exception_waiver_organization_policy ON attendance.exception_waiver USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: holiday; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.holiday ENABLE ROW LEVEL SECURITY;

-- Name: holiday holiday_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY holiday_organization_policy ON attendance.holiday USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: holiday holiday_site_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY holiday_site_delete_policy ON attendance.holiday AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: holiday holiday_site_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY holiday_site_insert_policy ON attendance.holiday AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: holiday holiday_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY holiday_site_policy ON attendance.holiday AS RESTRICTIVE FOR SELECT TO rollcall_api USING (((site_id IS NULL) OR ( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: holiday holiday_site_update_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY holiday_site_update_policy ON attendance.holiday AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: leave; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.leave ENABLE ROW LEVEL SECURITY;

-- Name: leave leave_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY leave_employee_policy ON attendance.leave AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: leave leave_managed_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY leave_managed_delete_policy ON attendance.leave AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = leave.organization_id) AND (es.employee_id = leave.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: leave leave_managed_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY leave_managed_insert_policy ON attendance.leave AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = leave.organization_id) AND (es.employee_id = leave.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: leave leave_managed_update_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY leave_managed_update_policy ON attendance.leave AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = leave.organization_id) AND (es.employee_id = leave.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: leave leave_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY leave_organization_policy ON attendance.leave USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: overtime_approval; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.overtime_approval ENABLE ROW LEVEL SECURITY;

-- Name: overtime_approval overtime_approval_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY overtime_approval_employee_policy ON attendance.overtime_approval AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: overtime_approval overtime_approval_managed_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY overtime_approval_managed_delete_policy ON attendance.overtime_approval AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = overtime_approval.organization_id) AND (es.employee_id = overtime_approval.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: overtime_approval overtime_approval_managed_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY overtime_approval_managed_insert_policy ON attendance.overtime_approval AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = overtime_approval.organization_id) AND (es.employee_id = overtime_approval.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: overtime_approval overtime_approval_managed_update_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY overtime_approval_managed_update_policy ON attendance.overtime_approval AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = overtime_approval.organization_id) AND (es.employee_id = overtime_approval.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: overtime_approval overtime_approval_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY overtime_approval_organization_policy ON attendance.overtime_approval USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: period; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.period ENABLE ROW LEVEL SECURITY;

-- Name: period period_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY period_organization_policy ON attendance.period USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: punch; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.punch ENABLE ROW LEVEL SECURITY;

-- Name: punch_default; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.punch_default ENABLE ROW LEVEL SECURITY;

-- Name: punch_import; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.punch_import ENABLE ROW LEVEL SECURITY;

-- Name: punch_import punch_import_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_import_organization_policy ON attendance.punch_import USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: punch punch_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_organization_policy ON attendance.punch USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: punch punch_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_site_policy ON attendance.punch AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)))) WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: punch_void; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.punch_void ENABLE ROW LEVEL SECURITY;

-- Name: punch_void punch_void_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_void_organization_policy ON attendance.punch_void USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: punch_void punch_void_punch_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_void_punch_policy ON attendance.punch_void AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR attendance.sees_punch(organization_id, punch_id)));

-- Name: punch_void punch_void_site_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY punch_void_site_insert_policy ON attendance.punch_void AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM attendance.punch p
  WHERE ((p.organization_id = punch_void.organization_id) AND (p.punch_id = punch_void.punch_id) AND (p.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: roster; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.roster ENABLE ROW LEVEL SECURITY;

-- Name: roster_day; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.roster_day ENABLE ROW LEVEL SECURITY;

-- Name: roster_day roster_day_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_day_organization_policy ON attendance.roster_day USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: roster_day roster_day_roster_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_day_roster_policy ON attendance.roster_day AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM attendance.roster r
  WHERE ((r.organization_id = roster_day.organization_id) AND (r.roster_id = roster_day.roster_id))))));

-- Name: roster_day roster_day_site_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_day_site_insert_policy ON attendance.roster_day AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM attendance.roster r
  WHERE ((r.organization_id = roster_day.organization_id) AND (r.roster_id = roster_day.roster_id) AND (r.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: roster roster_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_employee_policy ON attendance.roster AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: roster roster_managed_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_managed_delete_policy ON attendance.roster AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = roster.organization_id) AND (es.employee_id = roster.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: roster roster_managed_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_managed_insert_policy ON attendance.roster AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = roster.organization_id) AND (es.employee_id = roster.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: roster roster_managed_update_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_managed_update_policy ON attendance.roster AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM app.employee_site es
  WHERE ((es.organization_id = roster.organization_id) AND (es.employee_id = roster.employee_id) AND (es.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: roster roster_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_organization_policy ON attendance.roster USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: roster roster_site_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_site_delete_policy ON attendance.roster AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: roster roster_site_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY roster_site_insert_policy ON attendance.roster AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: rule_set; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.rule_set ENABLE ROW LEVEL SECURITY;

-- Name: rule_set rule_set_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_organization_policy ON attendance.rule_set USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: rule_set rule_set_site_delete_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_site_delete_policy ON attendance.rule_set AS RESTRICTIVE FOR DELETE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: rule_set rule_set_site_insert_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_site_insert_policy ON attendance.rule_set AS RESTRICTIVE FOR INSERT TO rollcall_api WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: rule_set rule_set_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_site_policy ON attendance.rule_set AS RESTRICTIVE FOR SELECT TO rollcall_api USING (((site_id IS NULL) OR ( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: rule_set rule_set_site_update_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_site_update_policy ON attendance.rule_set AS RESTRICTIVE FOR UPDATE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: rule_set_version; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.rule_set_version ENABLE ROW LEVEL SECURITY;

-- Name: rule_set_version rule_set_version_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_version_organization_policy ON attendance.rule_set_version USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: rule_set_version rule_set_version_rule_set_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY rule_set_version_rule_set_policy ON attendance.rule_set_version AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM attendance.rule_set r
  WHERE ((r.organization_id = rule_set_version.organization_id) AND (r.rule_set_id = rule_set_version.rule_set_id)))))) WITH CHECK ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM attendance.rule_set r
  WHERE ((r.organization_id = rule_set_version.organization_id) AND (r.rule_set_id = rule_set_version.rule_set_id) AND (r.site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[])))))));

-- Name: session; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.session ENABLE ROW LEVEL SECURITY;

-- Name: session session_employee_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY session_employee_policy ON attendance.session AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: session session_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY session_organization_policy ON attendance.session USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: shift; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.shift ENABLE ROW LEVEL SECURITY;

-- Name: shift shift_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY shift_organization_policy ON attendance.shift USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: sighting; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting ENABLE ROW LEVEL SECURITY;

-- Name: sighting_default; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_default ENABLE ROW LEVEL SECURITY;

-- Name: sighting_embedding; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_embedding ENABLE ROW LEVEL SECURITY;

-- Name: sighting_embedding_default; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_embedding_default ENABLE ROW LEVEL SECURITY;

-- Name: sighting_embedding sighting_embedding_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_embedding_organization_policy ON attendance.sighting_embedding USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: sighting sighting_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_organization_policy ON attendance.sighting USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: sighting_review; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_review ENABLE ROW LEVEL SECURITY;

-- Name: sighting_review sighting_review_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_review_organization_policy ON attendance.sighting_review USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: sighting_review sighting_review_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_review_site_policy ON attendance.sighting_review AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: sighting sighting_site_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_site_policy ON attendance.sighting AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (site_id = ANY (( SELECT app.visible_site_ids() AS visible_site_ids)::uuid[]))));

-- Name: sighting_thumbnail; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_thumbnail ENABLE ROW LEVEL SECURITY;

-- Name: sighting_thumbnail_default; Type: ROW SECURITY; Schema: attendance; Owner: -

ALTER TABLE attendance.sighting_thumbnail_default ENABLE ROW LEVEL SECURITY;

-- Name: sighting_thumbnail sighting_thumbnail_organization_policy; Type: POLICY; Schema: attendance; Owner: -

CREATE POLICY sighting_thumbnail_organization_policy ON attendance.sighting_thumbnail USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: event; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY;

-- Name: event_default; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_default ENABLE ROW LEVEL SECURITY;

-- Name: event event_organization_policy; Type: POLICY; Schema: audit; Owner: -

CREATE POLICY event_organization_policy ON audit.event USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: event event_site_policy; Type: POLICY; Schema: audit; Owner: -

CREATE POLICY event_site_policy ON audit.event AS RESTRICTIVE FOR SELECT TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (user_id = ( SELECT app.current_user_id() AS current_user_id))));

-- Name: event_y2026m10; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2026m10 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2026m11; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2026m11 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2026m12; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2026m12 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m01; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m01 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m02; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m02 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m03; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m03 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m04; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m04 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m05; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m05 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m06; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m06 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m07; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m07 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m08; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m08 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m09; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m09 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m10; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m10 ENABLE ROW LEVEL SECURITY;

-- Name: event_y2027m11; Type: ROW SECURITY; Schema: audit; Owner: -

ALTER TABLE audit.event_y2027m11 ENABLE ROW LEVEL SECURITY;

-- Name: consent; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.consent ENABLE ROW LEVEL SECURITY;

-- Name: consent consent_employee_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY consent_employee_policy ON biometric.consent AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: consent consent_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY consent_organization_policy ON biometric.consent USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: enrolment_job; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.enrolment_job ENABLE ROW LEVEL SECURITY;

-- Name: enrolment_job enrolment_job_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY enrolment_job_organization_policy ON biometric.enrolment_job USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: enrolment_job enrolment_job_photo_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY enrolment_job_photo_policy ON biometric.enrolment_job AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (EXISTS ( SELECT
   FROM biometric.photo p
  WHERE ((p.organization_id = enrolment_job.organization_id) AND (p.photo_id = enrolment_job.photo_id))))));

-- Name: enrolment_job enrolment_job_worker_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY enrolment_job_worker_policy ON biometric.enrolment_job FOR SELECT TO rollcall_worker USING (true);

-- Name: operating_point; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.operating_point ENABLE ROW LEVEL SECURITY;

-- Name: operating_point operating_point_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY operating_point_organization_policy ON biometric.operating_point USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: photo; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.photo ENABLE ROW LEVEL SECURITY;

-- Name: photo photo_employee_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY photo_employee_policy ON biometric.photo AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: photo photo_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY photo_organization_policy ON biometric.photo USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: space; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.space ENABLE ROW LEVEL SECURITY;

-- Name: space space_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY space_organization_policy ON biometric.space USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: template; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.template ENABLE ROW LEVEL SECURITY;

-- Name: template_code; Type: ROW SECURITY; Schema: biometric; Owner: -

ALTER TABLE biometric.template_code ENABLE ROW LEVEL SECURITY;

-- Name: template_code template_code_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY template_code_organization_policy ON biometric.template_code USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: template template_employee_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY template_employee_policy ON biometric.template AS RESTRICTIVE TO rollcall_api USING ((( SELECT app.sees_all_sites() AS sees_all_sites) OR (employee_id = ( SELECT app.own_employee_id() AS own_employee_id)) OR app.sees_employee(organization_id, employee_id)));

-- Name: template template_organization_policy; Type: POLICY; Schema: biometric; Owner: -

CREATE POLICY template_organization_policy ON biometric.template USING ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id))) WITH CHECK ((organization_id = ( SELECT app.current_organization_id() AS current_organization_id)));

-- Name: SCHEMA app; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA app TO rollcall_api;
GRANT USAGE ON SCHEMA app TO rollcall_worker;
GRANT USAGE ON SCHEMA app TO rollcall_provisioner;

-- Name: SCHEMA attendance; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA attendance TO rollcall_api;
GRANT USAGE ON SCHEMA attendance TO rollcall_worker;

-- Name: SCHEMA audit; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA audit TO rollcall_api;
GRANT USAGE ON SCHEMA audit TO rollcall_worker;

-- Name: SCHEMA bi; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA bi TO rollcall_bi;
GRANT USAGE ON SCHEMA bi TO rollcall_api;

-- Name: SCHEMA biometric; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA biometric TO rollcall_api;
GRANT USAGE ON SCHEMA biometric TO rollcall_worker;

-- Name: SCHEMA edge; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA edge TO rollcall_device;

-- Name: SCHEMA provisioner; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA provisioner TO rollcall_api;
GRANT USAGE ON SCHEMA provisioner TO rollcall_owner;

-- Name: FUNCTION access_changed(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.access_changed() FROM PUBLIC;

-- Name: FUNCTION badge_sha256(p_organization_id uuid, p_badge text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.badge_sha256(p_organization_id uuid, p_badge text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.badge_sha256(p_organization_id uuid, p_badge text) TO rollcall_api;

-- Name: FUNCTION camera_view_end(p_organization_id uuid, p_view_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.camera_view_end(p_organization_id uuid, p_view_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.camera_view_end(p_organization_id uuid, p_view_id uuid) TO rollcall_api;

-- Name: FUNCTION code_employee(p_organization_id uuid, p_site_id uuid, p_method text, p_employee_code text, p_secret text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.code_employee(p_organization_id uuid, p_site_id uuid, p_method text, p_employee_code text, p_secret text) FROM PUBLIC;

-- Name: FUNCTION code_entry_check(p_organization_id uuid, p_device_id uuid, p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.code_entry_check(p_organization_id uuid, p_device_id uuid, p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid) FROM PUBLIC;

-- Name: FUNCTION current_organization_id(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.current_organization_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app.current_organization_id() TO rollcall_api;
GRANT ALL ON FUNCTION app.current_organization_id() TO rollcall_worker;
GRANT ALL ON FUNCTION app.current_organization_id() TO rollcall_provisioner;

-- Name: FUNCTION current_user_id(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.current_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app.current_user_id() TO rollcall_api;
GRANT ALL ON FUNCTION app.current_user_id() TO rollcall_worker;

-- Name: FUNCTION device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.device_activity_record(p_organization_id uuid, p_device_id uuid, p_n integer) FROM PUBLIC;

-- Name: FUNCTION device_enrol(p_code_sha256 bytea, p_verifier text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.device_enrol(p_code_sha256 bytea, p_verifier text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.device_enrol(p_code_sha256 bytea, p_verifier text) TO rollcall_api;

-- Name: TABLE device; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT ON TABLE app.device TO rollcall_api;
GRANT SELECT ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.device TO rollcall_provisioner;
GRANT SELECT(organization_id) ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.device_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(device_id) ON TABLE app.device TO rollcall_provisioner;
GRANT SELECT(device_id) ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.site_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(site_id) ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.name; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(name) ON TABLE app.device TO rollcall_api;

-- Name: COLUMN device.database_role; Type: ACL; Schema: app; Owner: -

GRANT SELECT(database_role) ON TABLE app.device TO rollcall_provisioner;

-- Name: COLUMN device.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.revoked_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(revoked_at) ON TABLE app.device TO rollcall_api;
GRANT SELECT(revoked_at) ON TABLE app.device TO rollcall_provisioner;
GRANT SELECT(revoked_at) ON TABLE app.device TO rollcall_worker;

-- Name: COLUMN device.password_is_due; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(password_is_due) ON TABLE app.device TO rollcall_api;

-- Name: FUNCTION device_of_session(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.device_of_session() FROM PUBLIC;

-- Name: FUNCTION device_problems(p_status jsonb); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.device_problems(p_status jsonb) FROM PUBLIC;

-- Name: FUNCTION device_rate_check(p_organization_id uuid, p_device_id uuid, p_limit_per_minute integer, p_n integer); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.device_rate_check(p_organization_id uuid, p_device_id uuid, p_limit_per_minute integer, p_n integer) FROM PUBLIC;

-- Name: FUNCTION employee_codes_taken(p_codes text[]); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.employee_codes_taken(p_codes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.employee_codes_taken(p_codes text[]) TO rollcall_api;

-- Name: FUNCTION employee_tell(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.employee_tell() FROM PUBLIC;

-- Name: FUNCTION enter(p_organization_id uuid, p_user text, p_token text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.enter(p_organization_id uuid, p_user text, p_token text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.enter(p_organization_id uuid, p_user text, p_token text) TO rollcall_api;
GRANT ALL ON FUNCTION app.enter(p_organization_id uuid, p_user text, p_token text) TO rollcall_worker;

-- Name: FUNCTION is_visible_guest(p_organization_id uuid, p_employee_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.is_visible_guest(p_organization_id uuid, p_employee_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_visible_guest(p_organization_id uuid, p_employee_id uuid) TO rollcall_api;

-- Name: FUNCTION login_candidates(p_email text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.login_candidates(p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.login_candidates(p_email text) TO rollcall_api;

-- Name: FUNCTION manages_users(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.manages_users() FROM PUBLIC;
GRANT ALL ON FUNCTION app.manages_users() TO rollcall_api;
GRANT ALL ON FUNCTION app.manages_users() TO rollcall_worker;

-- Name: FUNCTION may_view_cameras(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.may_view_cameras() FROM PUBLIC;
GRANT ALL ON FUNCTION app.may_view_cameras() TO rollcall_api;

-- Name: FUNCTION organization_create(p_name text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.organization_create(p_name text) FROM PUBLIC;

-- Name: FUNCTION own_employee_id(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.own_employee_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app.own_employee_id() TO rollcall_api;
GRANT ALL ON FUNCTION app.own_employee_id() TO rollcall_worker;

-- Name: FUNCTION own_site_ids(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.own_site_ids() FROM PUBLIC;
GRANT ALL ON FUNCTION app.own_site_ids() TO rollcall_api;

-- Name: FUNCTION pin_sha256(p_salt bytea, p_pin text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.pin_sha256(p_salt bytea, p_pin text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.pin_sha256(p_salt bytea, p_pin text) TO rollcall_api;

-- Name: FUNCTION public_id(p_kind text, p_key text); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.public_id(p_kind text, p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.public_id(p_kind text, p_key text) TO rollcall_api;
GRANT ALL ON FUNCTION app.public_id(p_kind text, p_key text) TO rollcall_worker;

-- Name: FUNCTION public_time(p_at timestamp with time zone); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.public_time(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.public_time(p_at timestamp with time zone) TO rollcall_api;
GRANT ALL ON FUNCTION app.public_time(p_at timestamp with time zone) TO rollcall_worker;

-- Name: FUNCTION schema_version(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.schema_version() FROM PUBLIC;
GRANT ALL ON FUNCTION app.schema_version() TO rollcall_api;
GRANT ALL ON FUNCTION app.schema_version() TO rollcall_worker;

-- Name: FUNCTION sees_all_sites(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.sees_all_sites() FROM PUBLIC;
GRANT ALL ON FUNCTION app.sees_all_sites() TO rollcall_api;
GRANT ALL ON FUNCTION app.sees_all_sites() TO rollcall_worker;

-- Name: FUNCTION sees_employee(p_organization_id uuid, p_employee_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.sees_employee(p_organization_id uuid, p_employee_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.sees_employee(p_organization_id uuid, p_employee_id uuid) TO rollcall_api;

-- Name: FUNCTION session_find(p_sha256 bytea, p_now timestamp with time zone, p_idle_s integer, p_is_use boolean); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.session_find(p_sha256 bytea, p_now timestamp with time zone, p_idle_s integer, p_is_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.session_find(p_sha256 bytea, p_now timestamp with time zone, p_idle_s integer, p_is_use boolean) TO rollcall_api;

-- Name: FUNCTION token_find(p_sha256 bytea, p_now timestamp with time zone, p_is_use boolean); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.token_find(p_sha256 bytea, p_now timestamp with time zone, p_is_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.token_find(p_sha256 bytea, p_now timestamp with time zone, p_is_use boolean) TO rollcall_api;

-- Name: FUNCTION totp_secret(p_organization_id uuid, p_user_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.totp_secret(p_organization_id uuid, p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.totp_secret(p_organization_id uuid, p_user_id uuid) TO rollcall_api;

-- Name: FUNCTION uuid_at(p_at timestamp with time zone); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.uuid_at(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.uuid_at(p_at timestamp with time zone) TO rollcall_api;

-- Name: FUNCTION visible_site_ids(); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.visible_site_ids() FROM PUBLIC;
GRANT ALL ON FUNCTION app.visible_site_ids() TO rollcall_api;
GRANT ALL ON FUNCTION app.visible_site_ids() TO rollcall_worker;

-- Name: FUNCTION webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) TO rollcall_api;
GRANT ALL ON FUNCTION app.webhook_enqueue(p_kind text, p_subjects text[], p_data jsonb[]) TO rollcall_worker;

-- Name: FUNCTION webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.webhook_rotate(p_webhook_id uuid, p_secret text, p_keep_until timestamp with time zone) TO rollcall_api;

-- Name: FUNCTION webhook_test(p_webhook_id uuid); Type: ACL; Schema: app; Owner: -

REVOKE ALL ON FUNCTION app.webhook_test(p_webhook_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.webhook_test(p_webhook_id uuid) TO rollcall_api;

-- Name: FUNCTION check_sightings(p_organization_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.check_sightings(p_organization_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) FROM PUBLIC;

-- Name: FUNCTION correction_tell(); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.correction_tell() FROM PUBLIC;

-- Name: FUNCTION employees_concerned(p_site_id uuid); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.employees_concerned(p_site_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.employees_concerned(p_site_id uuid) TO rollcall_api;
GRANT ALL ON FUNCTION attendance.employees_concerned(p_site_id uuid) TO rollcall_worker;

-- Name: FUNCTION known_dates(p_organization_id uuid, p_employee_id uuid); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.known_dates(p_organization_id uuid, p_employee_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.known_dates(p_organization_id uuid, p_employee_id uuid) TO rollcall_api;
GRANT ALL ON FUNCTION attendance.known_dates(p_organization_id uuid, p_employee_id uuid) TO rollcall_worker;

-- Name: FUNCTION mark_days(p_employee_ids uuid[], p_from date, p_to date); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date) TO rollcall_api;
GRANT ALL ON FUNCTION attendance.mark_days(p_employee_ids uuid[], p_from date, p_to date) TO rollcall_worker;

-- Name: FUNCTION muster(p_site_id uuid, p_now timestamp with time zone); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.muster(p_site_id uuid, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.muster(p_site_id uuid, p_now timestamp with time zone) TO rollcall_api;

-- Name: FUNCTION muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.muster_site(p_site_id uuid, p_now timestamp with time zone, p_silent_after interval) TO rollcall_api;

-- Name: FUNCTION sees_punch(p_organization_id uuid, p_punch_id uuid); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.sees_punch(p_organization_id uuid, p_punch_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.sees_punch(p_organization_id uuid, p_punch_id uuid) TO rollcall_api;

-- Name: FUNCTION submit_sightings(p_organization_id uuid, p_site_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.submit_sightings(p_organization_id uuid, p_site_id uuid, p_device_id uuid, p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) FROM PUBLIC;

-- Name: FUNCTION thumbnail_read(p_organization_id uuid, p_sighting_id uuid); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.thumbnail_read(p_organization_id uuid, p_sighting_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.thumbnail_read(p_organization_id uuid, p_sighting_id uuid) TO rollcall_api;

-- Name: FUNCTION time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) TO rollcall_api;
GRANT ALL ON FUNCTION attendance.time_zone_at(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) TO rollcall_worker;

-- Name: FUNCTION work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone); Type: ACL; Schema: attendance; Owner: -

REVOKE ALL ON FUNCTION attendance.work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION attendance.work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) TO rollcall_api;
GRANT ALL ON FUNCTION attendance.work_date(p_organization_id uuid, p_site_id uuid, p_instant timestamp with time zone) TO rollcall_worker;

-- Name: FUNCTION gallery_version(p_organization_id uuid, p_site_id uuid); Type: ACL; Schema: biometric; Owner: -

REVOKE ALL ON FUNCTION biometric.gallery_version(p_organization_id uuid, p_site_id uuid) FROM PUBLIC;

-- Name: FUNCTION match(p_organization_id uuid, p_site_id uuid, p_space_id uuid, p_embedding public.halfvec[]); Type: ACL; Schema: biometric; Owner: -

REVOKE ALL ON FUNCTION biometric.match(p_organization_id uuid, p_site_id uuid, p_space_id uuid, p_embedding public.halfvec[]) FROM PUBLIC;

-- Name: FUNCTION photo_read(p_organization_id uuid, p_photo_id uuid); Type: ACL; Schema: biometric; Owner: -

REVOKE ALL ON FUNCTION biometric.photo_read(p_organization_id uuid, p_photo_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION biometric.photo_read(p_organization_id uuid, p_photo_id uuid) TO rollcall_api;

-- Name: FUNCTION template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real); Type: ACL; Schema: biometric; Owner: -

REVOKE ALL ON FUNCTION biometric.template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real) FROM PUBLIC;
GRANT ALL ON FUNCTION biometric.template_add(p_organization_id uuid, p_employee_id uuid, p_space_id uuid, p_photo_id uuid, p_embedding public.halfvec, p_quality real) TO rollcall_worker;

-- Name: FUNCTION gallery_copy(); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.gallery_copy() FROM PUBLIC;
GRANT ALL ON FUNCTION edge.gallery_copy() TO rollcall_device;

-- Name: FUNCTION heartbeat(p_status jsonb); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.heartbeat(p_status jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.heartbeat(p_status jsonb) TO rollcall_device;

-- Name: FUNCTION hello(p_agent_version text); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.hello(p_agent_version text) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.hello(p_agent_version text) TO rollcall_device;

-- Name: FUNCTION orders(); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.orders() FROM PUBLIC;
GRANT ALL ON FUNCTION edge.orders() TO rollcall_device;

-- Name: FUNCTION password_set(p_verifier text); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.password_set(p_verifier text) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.password_set(p_verifier text) TO rollcall_device;

-- Name: FUNCTION picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.picture_put(p_camera_id uuid, p_state text, p_taken_at timestamp with time zone, p_jpeg bytea) TO rollcall_device;

-- Name: FUNCTION punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.punch_by_code(p_entry_id uuid, p_method text, p_employee_code text, p_secret text, p_captured_at timestamp with time zone, p_direction text, p_camera_id uuid, p_clock_offset_ms integer) TO rollcall_device;

-- Name: FUNCTION submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION edge.submit_sightings(p_sighting_id uuid[], p_camera_id uuid[], p_captured_at timestamp with time zone[], p_embedding public.halfvec[], p_space_digest text, p_quality real[], p_pad text[], p_n_frames smallint[], p_thumbnail bytea[], p_sent_at timestamp with time zone, p_clock_offset_ms integer[], p_agreement real[], p_direction text[], p_pad_evidence jsonb[], p_greeted_employee_id uuid[]) TO rollcall_device;

-- Name: FUNCTION watched_cameras(); Type: ACL; Schema: edge; Owner: -

REVOKE ALL ON FUNCTION edge.watched_cameras() FROM PUBLIC;
GRANT ALL ON FUNCTION edge.watched_cameras() TO rollcall_device;

-- Name: FUNCTION device_role_close(p_device_id uuid); Type: ACL; Schema: provisioner; Owner: -

REVOKE ALL ON FUNCTION provisioner.device_role_close(p_device_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION provisioner.device_role_close(p_device_id uuid) TO rollcall_api;
GRANT ALL ON FUNCTION provisioner.device_role_close(p_device_id uuid) TO rollcall_owner;

-- Name: FUNCTION device_role_create(p_device_id uuid, p_verifier text); Type: ACL; Schema: provisioner; Owner: -

REVOKE ALL ON FUNCTION provisioner.device_role_create(p_device_id uuid, p_verifier text) FROM PUBLIC;
GRANT ALL ON FUNCTION provisioner.device_role_create(p_device_id uuid, p_verifier text) TO rollcall_api;
GRANT ALL ON FUNCTION provisioner.device_role_create(p_device_id uuid, p_verifier text) TO rollcall_owner;

-- Name: FUNCTION device_role_drop(p_device_id uuid); Type: ACL; Schema: provisioner; Owner: -

REVOKE ALL ON FUNCTION provisioner.device_role_drop(p_device_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION provisioner.device_role_drop(p_device_id uuid) TO rollcall_api;
GRANT ALL ON FUNCTION provisioner.device_role_drop(p_device_id uuid) TO rollcall_owner;

-- Name: FUNCTION device_role_password(p_device_id uuid, p_verifier text); Type: ACL; Schema: provisioner; Owner: -

REVOKE ALL ON FUNCTION provisioner.device_role_password(p_device_id uuid, p_verifier text) FROM PUBLIC;
GRANT ALL ON FUNCTION provisioner.device_role_password(p_device_id uuid, p_verifier text) TO rollcall_owner;

-- Name: FUNCTION is_verifier(p_verifier text); Type: ACL; Schema: provisioner; Owner: -

REVOKE ALL ON FUNCTION provisioner.is_verifier(p_verifier text) FROM PUBLIC;

-- Name: TABLE api_token; Type: ACL; Schema: app; Owner: -

GRANT INSERT ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.token_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(token_id) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.user_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(user_id) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.name; Type: ACL; Schema: app; Owner: -

GRANT SELECT(name) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.scopes; Type: ACL; Schema: app; Owner: -

GRANT SELECT(scopes) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.expires_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(expires_at) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.last_used_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(last_used_at) ON TABLE app.api_token TO rollcall_api;

-- Name: COLUMN api_token.revoked_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE app.api_token TO rollcall_api;

-- Name: TABLE camera; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,UPDATE ON TABLE app.camera TO rollcall_api;
GRANT SELECT ON TABLE app.camera TO rollcall_worker;

-- Name: TABLE camera_picture; Type: ACL; Schema: app; Owner: -

GRANT SELECT ON TABLE app.camera_picture TO rollcall_api;
GRANT DELETE ON TABLE app.camera_picture TO rollcall_worker;

-- Name: COLUMN camera_picture.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.camera_picture TO rollcall_worker;

-- Name: COLUMN camera_picture.camera_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(camera_id) ON TABLE app.camera_picture TO rollcall_worker;

-- Name: COLUMN camera_picture.put_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(put_at) ON TABLE app.camera_picture TO rollcall_worker;

-- Name: TABLE camera_view; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT ON TABLE app.camera_view TO rollcall_api;
GRANT DELETE ON TABLE app.camera_view TO rollcall_worker;

-- Name: COLUMN camera_view.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.camera_view TO rollcall_worker;

-- Name: COLUMN camera_view.camera_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(camera_id) ON TABLE app.camera_view TO rollcall_worker;

-- Name: COLUMN camera_view.until_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(until_at) ON TABLE app.camera_view TO rollcall_api;
GRANT SELECT(until_at) ON TABLE app.camera_view TO rollcall_worker;

-- Name: TABLE department; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.department TO rollcall_api;

-- Name: TABLE device_activity; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT ON TABLE app.device_activity TO rollcall_api;
GRANT SELECT ON TABLE app.device_activity TO rollcall_worker;

-- Name: COLUMN device_activity.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.device_activity TO rollcall_worker;

-- Name: COLUMN device_activity.device_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(device_id) ON TABLE app.device_activity TO rollcall_worker;

-- Name: COLUMN device_activity.seen_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(seen_at) ON TABLE app.device_activity TO rollcall_worker;

-- Name: TABLE device_enrolment; Type: ACL; Schema: app; Owner: -

GRANT INSERT,UPDATE ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.device_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(device_id) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.expires_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(expires_at) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.sources; Type: ACL; Schema: app; Owner: -

GRANT SELECT(sources) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: COLUMN device_enrolment.used_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(used_at) ON TABLE app.device_enrolment TO rollcall_api;

-- Name: TABLE device_health; Type: ACL; Schema: app; Owner: -

GRANT SELECT ON TABLE app.device_health TO rollcall_api;
GRANT SELECT,INSERT,UPDATE ON TABLE app.device_health TO rollcall_worker;

-- Name: TABLE device_silence; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,UPDATE ON TABLE app.device_silence TO rollcall_worker;

-- Name: TABLE employee; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,UPDATE ON TABLE app.employee TO rollcall_api;
GRANT SELECT ON TABLE app.employee TO rollcall_worker;

-- Name: COLUMN employee.deactivated_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(deactivated_at) ON TABLE app.employee TO rollcall_worker;

-- Name: TABLE employee_badge; Type: ACL; Schema: app; Owner: -

GRANT INSERT,DELETE ON TABLE app.employee_badge TO rollcall_api;

-- Name: COLUMN employee_badge.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.employee_badge TO rollcall_api;

-- Name: COLUMN employee_badge.employee_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(employee_id) ON TABLE app.employee_badge TO rollcall_api;

-- Name: COLUMN employee_badge.badge_sha256; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(badge_sha256) ON TABLE app.employee_badge TO rollcall_api;

-- Name: COLUMN employee_badge.set_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(set_at),UPDATE(set_at) ON TABLE app.employee_badge TO rollcall_api;

-- Name: TABLE employee_pin; Type: ACL; Schema: app; Owner: -

GRANT INSERT,DELETE ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.employee_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(employee_id) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.salt; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(salt) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.pin_sha256; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(pin_sha256) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.set_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(set_at),UPDATE(set_at) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.n_failures; Type: ACL; Schema: app; Owner: -

GRANT SELECT(n_failures),UPDATE(n_failures) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.failed_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(failed_at),UPDATE(failed_at) ON TABLE app.employee_pin TO rollcall_api;

-- Name: COLUMN employee_pin.free_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(free_at),UPDATE(free_at) ON TABLE app.employee_pin TO rollcall_api;

-- Name: TABLE employee_site; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.employee_site TO rollcall_api;
GRANT SELECT ON TABLE app.employee_site TO rollcall_worker;

-- Name: TABLE export; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.export TO rollcall_api;

-- Name: TABLE export_chunk; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE app.export_chunk TO rollcall_api;

-- Name: TABLE live_change; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT ON TABLE app.live_change TO rollcall_api;
GRANT SELECT,INSERT,DELETE ON TABLE app.live_change TO rollcall_worker;

-- Name: TABLE organization; Type: ACL; Schema: app; Owner: -

GRANT SELECT ON TABLE app.organization TO rollcall_api;
GRANT SELECT ON TABLE app.organization TO rollcall_worker;

-- Name: COLUMN organization.name; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(name) ON TABLE app.organization TO rollcall_api;

-- Name: COLUMN organization.corrections_need_four_eyes; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(corrections_need_four_eyes) ON TABLE app.organization TO rollcall_api;

-- Name: TABLE site; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,UPDATE ON TABLE app.site TO rollcall_api;
GRANT SELECT ON TABLE app.site TO rollcall_worker;

-- Name: TABLE site_zone_change; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT ON TABLE app.site_zone_change TO rollcall_api;
GRANT SELECT ON TABLE app.site_zone_change TO rollcall_worker;

-- Name: TABLE user_account; Type: ACL; Schema: app; Owner: -

GRANT INSERT,UPDATE ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.user_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(user_id) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.email; Type: ACL; Schema: app; Owner: -

GRANT SELECT(email) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.display_name; Type: ACL; Schema: app; Owner: -

GRANT SELECT(display_name) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.role; Type: ACL; Schema: app; Owner: -

GRANT SELECT(role) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.password_is_one_time; Type: ACL; Schema: app; Owner: -

GRANT SELECT(password_is_one_time) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.deactivated_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(deactivated_at) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.all_sites; Type: ACL; Schema: app; Owner: -

GRANT SELECT(all_sites) ON TABLE app.user_account TO rollcall_api;

-- Name: COLUMN user_account.employee_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(employee_id) ON TABLE app.user_account TO rollcall_api;

-- Name: TABLE user_recovery_code; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE app.user_recovery_code TO rollcall_api;

-- Name: COLUMN user_recovery_code.used_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(used_at) ON TABLE app.user_recovery_code TO rollcall_api;

-- Name: TABLE user_session; Type: ACL; Schema: app; Owner: -

GRANT INSERT,DELETE,UPDATE ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.user_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(user_id) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.expires_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(expires_at) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.revoked_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(revoked_at) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.session_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(session_id) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.method; Type: ACL; Schema: app; Owner: -

GRANT SELECT(method) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.last_used_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(last_used_at) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.address_kind; Type: ACL; Schema: app; Owner: -

GRANT SELECT(address_kind) ON TABLE app.user_session TO rollcall_api;

-- Name: COLUMN user_session.user_agent; Type: ACL; Schema: app; Owner: -

GRANT SELECT(user_agent) ON TABLE app.user_session TO rollcall_api;

-- Name: TABLE user_site; Type: ACL; Schema: app; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE app.user_site TO rollcall_api;

-- Name: TABLE user_totp; Type: ACL; Schema: app; Owner: -

GRANT INSERT,DELETE,UPDATE ON TABLE app.user_totp TO rollcall_api;

-- Name: COLUMN user_totp.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.user_totp TO rollcall_api;

-- Name: COLUMN user_totp.user_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(user_id) ON TABLE app.user_totp TO rollcall_api;

-- Name: COLUMN user_totp.begun_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(begun_at) ON TABLE app.user_totp TO rollcall_api;

-- Name: COLUMN user_totp.confirmed_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(confirmed_at) ON TABLE app.user_totp TO rollcall_api;

-- Name: COLUMN user_totp.last_step; Type: ACL; Schema: app; Owner: -

GRANT SELECT(last_step) ON TABLE app.user_totp TO rollcall_api;

-- Name: TABLE webhook; Type: ACL; Schema: app; Owner: -

GRANT INSERT,DELETE ON TABLE app.webhook TO rollcall_api;
GRANT SELECT ON TABLE app.webhook TO rollcall_worker;

-- Name: COLUMN webhook.organization_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(organization_id) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.webhook_id; Type: ACL; Schema: app; Owner: -

GRANT SELECT(webhook_id) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.description; Type: ACL; Schema: app; Owner: -

GRANT SELECT(description),UPDATE(description) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.url; Type: ACL; Schema: app; Owner: -

GRANT SELECT(url),UPDATE(url) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.events; Type: ACL; Schema: app; Owner: -

GRANT SELECT(events),UPDATE(events) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.previous_secret_expires_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(previous_secret_expires_at) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.is_active; Type: ACL; Schema: app; Owner: -

GRANT SELECT(is_active),UPDATE(is_active) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.created_at; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_at) ON TABLE app.webhook TO rollcall_api;

-- Name: COLUMN webhook.created_by; Type: ACL; Schema: app; Owner: -

GRANT SELECT(created_by) ON TABLE app.webhook TO rollcall_api;

-- Name: TABLE webhook_delivery; Type: ACL; Schema: app; Owner: -

GRANT SELECT ON TABLE app.webhook_delivery TO rollcall_api;
GRANT SELECT,DELETE,UPDATE ON TABLE app.webhook_delivery TO rollcall_worker;

-- Name: COLUMN webhook_delivery.state; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(state) ON TABLE app.webhook_delivery TO rollcall_api;

-- Name: COLUMN webhook_delivery.n_attempts; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(n_attempts) ON TABLE app.webhook_delivery TO rollcall_api;

-- Name: COLUMN webhook_delivery.next_attempt_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(next_attempt_at) ON TABLE app.webhook_delivery TO rollcall_api;

-- Name: COLUMN webhook_delivery.give_up_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(give_up_at) ON TABLE app.webhook_delivery TO rollcall_api;

-- Name: COLUMN webhook_delivery.delivered_at; Type: ACL; Schema: app; Owner: -

GRANT UPDATE(delivered_at) ON TABLE app.webhook_delivery TO rollcall_api;

-- Name: TABLE adjustment; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.adjustment TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.adjustment TO rollcall_worker;

-- Name: COLUMN adjustment.into_period_id; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(into_period_id) ON TABLE attendance.adjustment TO rollcall_api;

-- Name: TABLE code_entry; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.code_entry TO rollcall_api;

-- Name: TABLE correction; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.correction TO rollcall_api;

-- Name: COLUMN correction.state; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(state) ON TABLE attendance.correction TO rollcall_api;

-- Name: COLUMN correction.decided_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(decided_at) ON TABLE attendance.correction TO rollcall_api;

-- Name: COLUMN correction.decided_by; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(decided_by) ON TABLE attendance.correction TO rollcall_api;

-- Name: COLUMN correction.decision_comment; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(decision_comment) ON TABLE attendance.correction TO rollcall_api;

-- Name: COLUMN correction.new_punch_id; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(new_punch_id) ON TABLE attendance.correction TO rollcall_api;

-- Name: TABLE day; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.day TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.day TO rollcall_worker;

-- Name: TABLE day_exception; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.day_exception TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.day_exception TO rollcall_worker;

-- Name: TABLE day_interval; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.day_interval TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.day_interval TO rollcall_worker;

-- Name: TABLE day_opening; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.day_opening TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.day_opening TO rollcall_worker;

-- Name: TABLE day_punch; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.day_punch TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.day_punch TO rollcall_worker;

-- Name: TABLE dirty_day; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.dirty_day TO rollcall_api;
GRANT SELECT,INSERT,DELETE ON TABLE attendance.dirty_day TO rollcall_worker;

-- Name: TABLE due_day; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.due_day TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.due_day TO rollcall_worker;

-- Name: TABLE exception_waiver; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.exception_waiver TO rollcall_api;

-- Name: TABLE holiday; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.holiday TO rollcall_api;
GRANT SELECT ON TABLE attendance.holiday TO rollcall_worker;

-- Name: TABLE leave; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.leave TO rollcall_api;
GRANT SELECT ON TABLE attendance.leave TO rollcall_worker;

-- Name: TABLE overtime_approval; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.overtime_approval TO rollcall_api;
GRANT SELECT ON TABLE attendance.overtime_approval TO rollcall_worker;

-- Name: COLUMN overtime_approval.minutes; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(minutes) ON TABLE attendance.overtime_approval TO rollcall_api;

-- Name: COLUMN overtime_approval.note; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(note) ON TABLE attendance.overtime_approval TO rollcall_api;

-- Name: COLUMN overtime_approval.approved_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(approved_at) ON TABLE attendance.overtime_approval TO rollcall_api;

-- Name: COLUMN overtime_approval.approved_by; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(approved_by) ON TABLE attendance.overtime_approval TO rollcall_api;

-- Name: TABLE period; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.period TO rollcall_api;
GRANT SELECT ON TABLE attendance.period TO rollcall_worker;

-- Name: COLUMN period.state; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(state) ON TABLE attendance.period TO rollcall_api;

-- Name: COLUMN period.reviewed_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(reviewed_at) ON TABLE attendance.period TO rollcall_api;

-- Name: COLUMN period.reviewed_by; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(reviewed_by) ON TABLE attendance.period TO rollcall_api;

-- Name: COLUMN period.closed_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(closed_at) ON TABLE attendance.period TO rollcall_api;

-- Name: COLUMN period.closed_by; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(closed_by) ON TABLE attendance.period TO rollcall_api;

-- Name: TABLE punch; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.punch TO rollcall_api;
GRANT SELECT ON TABLE attendance.punch TO rollcall_worker;

-- Name: TABLE punch_import; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.punch_import TO rollcall_api;

-- Name: TABLE punch_void; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.punch_void TO rollcall_api;
GRANT SELECT ON TABLE attendance.punch_void TO rollcall_worker;

-- Name: TABLE roster; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.roster TO rollcall_api;
GRANT SELECT ON TABLE attendance.roster TO rollcall_worker;

-- Name: TABLE roster_day; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE attendance.roster_day TO rollcall_api;
GRANT SELECT ON TABLE attendance.roster_day TO rollcall_worker;

-- Name: TABLE rule_set; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.rule_set TO rollcall_api;
GRANT SELECT ON TABLE attendance.rule_set TO rollcall_worker;

-- Name: TABLE rule_set_version; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.rule_set_version TO rollcall_api;
GRANT SELECT ON TABLE attendance.rule_set_version TO rollcall_worker;

-- Name: TABLE session; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.session TO rollcall_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE attendance.session TO rollcall_worker;

-- Name: TABLE shift; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.shift TO rollcall_api;
GRANT SELECT ON TABLE attendance.shift TO rollcall_worker;

-- Name: COLUMN shift.name; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(name) ON TABLE attendance.shift TO rollcall_api;

-- Name: COLUMN shift.retired_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(retired_at) ON TABLE attendance.shift TO rollcall_api;

-- Name: TABLE sighting; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT ON TABLE attendance.sighting TO rollcall_api;

-- Name: TABLE sighting_review; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT,INSERT ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.verdict; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(verdict) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.employee_id; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(employee_id) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.punch_id; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(punch_id) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.voided_punch_id; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(voided_punch_id) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.reviewed_by; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(reviewed_by) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_review.updated_at; Type: ACL; Schema: attendance; Owner: -

GRANT UPDATE(updated_at) ON TABLE attendance.sighting_review TO rollcall_api;

-- Name: COLUMN sighting_thumbnail.organization_id; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT(organization_id) ON TABLE attendance.sighting_thumbnail TO rollcall_api;

-- Name: COLUMN sighting_thumbnail.sighting_id; Type: ACL; Schema: attendance; Owner: -

GRANT SELECT(sighting_id) ON TABLE attendance.sighting_thumbnail TO rollcall_api;

-- Name: TABLE event; Type: ACL; Schema: audit; Owner: -

GRANT SELECT,INSERT ON TABLE audit.event TO rollcall_api;
GRANT INSERT ON TABLE audit.event TO rollcall_worker;

-- Name: TABLE attendance_day; Type: ACL; Schema: bi; Owner: -

GRANT SELECT ON TABLE bi.attendance_day TO rollcall_api;

-- Name: TABLE consent; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT,INSERT,UPDATE ON TABLE biometric.consent TO rollcall_api;
GRANT SELECT ON TABLE biometric.consent TO rollcall_worker;

-- Name: TABLE enrolment_job; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE biometric.enrolment_job TO rollcall_api;
GRANT SELECT,UPDATE ON TABLE biometric.enrolment_job TO rollcall_worker;

-- Name: TABLE space; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT ON TABLE biometric.space TO rollcall_worker;

-- Name: COLUMN space.organization_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(organization_id) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.space_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(space_id) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.digest; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(digest) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.pack; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(pack) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.threshold; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(threshold) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.review_floor; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(review_floor) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.margin; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(margin) ON TABLE biometric.space TO rollcall_api;

-- Name: COLUMN space.is_active; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(is_active) ON TABLE biometric.space TO rollcall_api;

-- Name: TABLE template; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT,INSERT ON TABLE biometric.template TO rollcall_worker;
GRANT DELETE ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.organization_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(organization_id) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.template_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(template_id) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.employee_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(employee_id) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.space_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(space_id) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.photo_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(photo_id) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.quality; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(quality) ON TABLE biometric.template TO rollcall_api;

-- Name: COLUMN template.created_at; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(created_at) ON TABLE biometric.template TO rollcall_api;

-- Name: TABLE photo; Type: ACL; Schema: biometric; Owner: -

GRANT INSERT,DELETE ON TABLE biometric.photo TO rollcall_api;
GRANT SELECT ON TABLE biometric.photo TO rollcall_worker;

-- Name: COLUMN photo.organization_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(organization_id) ON TABLE biometric.photo TO rollcall_api;

-- Name: COLUMN photo.photo_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(photo_id) ON TABLE biometric.photo TO rollcall_api;

-- Name: COLUMN photo.employee_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(employee_id) ON TABLE biometric.photo TO rollcall_api;

-- Name: COLUMN photo.sha256; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(sha256) ON TABLE biometric.photo TO rollcall_api;

-- Name: COLUMN photo.created_at; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(created_at) ON TABLE biometric.photo TO rollcall_api;

-- Name: TABLE template_code; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT,INSERT ON TABLE biometric.template_code TO rollcall_worker;
GRANT DELETE ON TABLE biometric.template_code TO rollcall_api;

-- Name: COLUMN template_code.organization_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(organization_id) ON TABLE biometric.template_code TO rollcall_api;

-- Name: COLUMN template_code.template_id; Type: ACL; Schema: biometric; Owner: -

GRANT SELECT(template_id) ON TABLE biometric.template_code TO rollcall_api;

-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: -

ALTER DEFAULT PRIVILEGES FOR ROLE rollcall_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

