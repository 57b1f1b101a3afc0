-- Takes a batch of sightings of one device: matches, decides, stores, punches, marks days dirty.
-- Returns one row a sighting in the order of the arrays. A sighting that is stored already (sent again,
-- or at this moment by another connection) changes nothing and gets the stored answer.
--
-- Called by edge.submit_sightings, which knows the device. Set-based; the same final state for any
-- order, partition and concurrency of the same sightings, because a decision depends only on the
-- sighting and the gallery. Whom the device greeted meanwhile (p_greeted_employee_id) can only turn a
-- decision into a review. Locks: rows are inserted in the order of their ids, so that two calls with
-- common sightings wait for each other and never in a circle. Notifications: none, see design 4.7;
-- the worker announces what is recorded in app.live_change.
create or replace function attendance.submit_sightings(
  p_organization_id uuid,
  p_site_id uuid,
  p_device_id uuid,
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
  p_clock_offset_ms integer[],
  p_agreement real[],
  p_direction text[],
  p_pad_evidence jsonb[],
  p_greeted_employee_id uuid[]
) returns table (sighting_id uuid, outcome text, employee_name text, direction text, similarity real, margin real)
  language plpgsql volatile rows 64
  set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan
as $$
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
comment on function attendance.submit_sightings(uuid, uuid, uuid, uuid[], uuid[], timestamptz[], halfvec[], text, real[], text[], smallint[], bytea[], timestamptz, integer[], real[], text[], jsonb[], uuid[])
  is 'Matches, decides and stores a batch of sightings of one device, once only.';
