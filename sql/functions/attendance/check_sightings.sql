-- Raises for the first sighting that cannot be taken; the codes are in docs/errors.md. Nothing is stored.
-- p_position counts from 1, as the arrays do. Called by attendance.submit_sightings. Reads only.
create or replace function attendance.check_sightings(
  p_organization_id uuid,
  p_device_id uuid,
  p_sighting_id uuid[],
  p_camera_id uuid[],
  p_captured_at timestamptz[],
  p_embedding halfvec[],
  p_quality real[],
  p_pad text[],
  p_n_frames smallint[],
  p_thumbnail bytea[],
  p_clock_offset_ms integer[],
  p_agreement real[],
  p_direction text[],
  p_pad_evidence jsonb[],
  p_greeted_employee_id uuid[]
) returns void
  language plpgsql stable
  set search_path = pg_catalog, public, pg_temp
as $$
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
comment on function attendance.check_sightings(uuid, uuid, uuid[], uuid[], timestamptz[], halfvec[], real[], text[], smallint[], bytea[], integer[], real[], text[], jsonb[], uuid[])
  is 'Raises for the first sighting that cannot be taken.';
