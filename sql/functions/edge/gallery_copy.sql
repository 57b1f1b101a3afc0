-- The gallery of the site of the device that is logged in, so that it can greet while the hub does not answer: one row a
-- template, with the version of all of them, in one statement, so that both are of one moment. Only where the site allows it (RC011 elsewhere), and only what
-- biometric.gallery shows there: valid consent, active employee, site in scope, active space.
-- Every call leaves an audit event with the device; agents call when edge.orders names another version than they hold.
create or replace function edge.gallery_copy()
  returns table (employee_id uuid, employee_name text, embedding halfvec, version text)
  language plpgsql volatile security definer rows 1000
  set search_path = pg_catalog, public, pg_temp
as $$
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
comment on function edge.gallery_copy() is 'The gallery of the site of the device that is logged in, where the site allows it; writes an audit event.';
grant execute on function edge.gallery_copy() to rollcall_device;
