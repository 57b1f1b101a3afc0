-- Enrols one embedding: the template and its code, together. Returns the template's id; for a photo
-- that already has a template in this space, the id of that one.
-- Called by the worker (enrolment) under its own rights. Locks: none beyond its rows.
create or replace function biometric.template_add(
  p_organization_id uuid,
  p_employee_id uuid,
  p_space_id uuid,
  p_photo_id uuid,
  p_embedding halfvec,
  p_quality real
) returns uuid
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
as $$
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
comment on function biometric.template_add(uuid, uuid, uuid, uuid, halfvec, real) is 'Enrols one embedding with its code.';
grant execute on function biometric.template_add(uuid, uuid, uuid, uuid, halfvec, real) to rollcall_worker;
