-- The call of a device: takes 1 to 512 sightings, answers one row for each, in the order given.
-- Arrays have one element a sighting; p_thumbnail's elements may be null. Embeddings have 512 numbers
-- and unit length. Errors (docs/errors.md) store nothing; RC010 (rate limit) means: later again.
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
  p_sent_at timestamptz
) returns table (sighting_id uuid, outcome text, employee_name text, direction text, similarity real, margin real)
  language plpgsql volatile security definer rows 64
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  v_device app.device%rowtype := app.device_of_session();
begin
  perform app.device_rate_check(v_device.organization_id, v_device.device_id, v_device.rate_limit_per_minute,
    cardinality(p_sighting_id));
  return query
  select answer.sighting_id, answer.outcome, answer.employee_name, answer.direction, answer.similarity, answer.margin
  from attendance.submit_sightings(
    p_organization_id => v_device.organization_id, p_site_id => v_device.site_id, p_device_id => v_device.device_id,
    p_sighting_id => p_sighting_id, p_camera_id => p_camera_id, p_captured_at => p_captured_at,
    p_embedding => p_embedding, p_space_digest => p_space_digest, p_quality => p_quality, p_pad => p_pad,
    p_n_frames => p_n_frames, p_thumbnail => p_thumbnail, p_sent_at => p_sent_at
  ) as answer;
  perform app.device_activity_record(v_device.organization_id, v_device.device_id, cardinality(p_sighting_id));
end
$$;
comment on function edge.submit_sightings(uuid[], uuid[], timestamptz[], halfvec[], text, real[], text[], smallint[], bytea[], timestamptz)
  is 'Takes a batch of sightings of the device that is logged in, once only; answers one row a sighting.';
grant execute on function edge.submit_sightings(uuid[], uuid[], timestamptz[], halfvec[], text, real[], text[], smallint[], bytea[], timestamptz)
  to rollcall_device;
