-- Best person of the site's gallery for each probe. Row i of the result belongs to the probe at
-- p_embedding[ordinal]; a probe without anybody at or above the space's review floor has no row.
-- Similarity is the cosine; margin is the lead over the second-best person at or above the floor
-- (people below it cannot change a decision: constraint space_margin_check), null without one.
-- Called by attendance.submit_sightings. Reads only.
--
-- Fast path (the space has a radius): candidates by Hamming distance of the codes, exact re-check of
-- these. Else every template is compared. Both then ask the gallery view about each template that is
-- near enough, so that the answer is the same. The plan matters eightfold and is guarded by a test
-- (crates/store/tests/plan.rs): materialised steps, and "limit 1", which pins the primary-key look-up.
create or replace function biometric.match(
  p_organization_id uuid,
  p_site_id uuid,
  p_space_id uuid,
  p_embedding halfvec[]
) returns table (ordinal bigint, employee_id uuid, template_id uuid, similarity double precision, margin double precision)
  language plpgsql stable rows 64
  set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan
as $$
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
comment on function biometric.match(uuid, uuid, uuid, halfvec[]) is 'Best person of a site''s gallery for each probe.';
