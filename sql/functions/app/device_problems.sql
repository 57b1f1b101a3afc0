-- What is wrong with an agent by what it says of itself, in words, sorted. Raises for a status that is none.
-- Called by edge.heartbeat.
create or replace function app.device_problems(p_status jsonb) returns text[]
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
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
comment on function app.device_problems(jsonb) is 'What is wrong with an agent by what it says of itself.';
