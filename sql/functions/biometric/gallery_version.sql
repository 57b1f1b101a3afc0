-- Names what a copy of a site's gallery holds: it changes with every template, person and name that comes or goes, also
-- by time alone (a consent that ends). Computed from the rows, so that no change can be forgotten.
-- Called by the edge functions that tell of the gallery and hand it out. Reads only.
create or replace function biometric.gallery_version(p_organization_id uuid, p_site_id uuid)
  returns table (version text, n_templates integer, n_employees integer)
  language plpgsql stable rows 1
  set search_path = pg_catalog, pg_temp
as $$
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
comment on function biometric.gallery_version(uuid, uuid) is 'Names what a copy of a site''s gallery holds.';
