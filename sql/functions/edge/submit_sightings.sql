-- The call of a device: takes 1 to 512 sightings, answers one row for each, in the order given.
-- Arrays have one element a sighting; p_thumbnail's elements may be null. Embeddings have 512 numbers
-- and unit length. Errors (docs/errors.md) store nothing; RC010 (rate limit) means: later again.
-- p_clock_offset_ms: by how much the device's clock was ahead of the server's, by which captured_at is corrected; null
-- when the device does not know, and then a person must look at it. p_agreement: see attendance.sighting; null elements
-- when the device does not say. p_greeted_employee_id: whom the device greeted by its copy of the gallery, because the hub did
-- not answer; null elements for nobody. It never makes the hub accept: see attendance.submit_sightings. p_direction: in or out, as far as the device saw; counts where the camera sees both ways;
-- null elements when it did not see. p_pad_evidence: see attendance.sighting, likewise. p_sent_at: corrected likewise.
-- Agents before these leave them out: without p_clock_offset_ms the clock is measured by p_sent_at, and nothing is
-- corrected.
-- Locks: the device's row in app.device_activity, until the end of the transaction.
create or replace function edge.submit_sightings(
  p_sighting_id uuid[],
  p_camera_id uuid[],
  p_captured_at timestamptz[],
  p_embedding halfvec[],
  p_space_digest text,
  p_quality real[],
  p_pad text[],
  p_n_frames smallint[],
  p_thumbnail bytea[],
  p_sent_at timestamptz,
  p_clock_offset_ms integer[] default null,
  p_agreement real[] default null,
  p_direction text[] default null,
  p_pad_evidence jsonb[] default null,
  p_greeted_employee_id uuid[] default null
) returns table (sighting_id uuid, outcome text, employee_name text, direction text, similarity real, margin real)
  language plpgsql volatile security definer rows 64
  set search_path = pg_catalog, public, pg_temp
as $$
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
comment on function edge.submit_sightings(uuid[], uuid[], timestamptz[], halfvec[], text, real[], text[], smallint[], bytea[], timestamptz, integer[], real[], text[], jsonb[], uuid[])
  is 'Takes a batch of sightings of the device that is logged in, once only; answers one row a sighting.';
grant execute on function edge.submit_sightings(uuid[], uuid[], timestamptz[], halfvec[], text, real[], text[], smallint[], bytea[], timestamptz, integer[], real[], text[], jsonb[], uuid[])
  to rollcall_device;
