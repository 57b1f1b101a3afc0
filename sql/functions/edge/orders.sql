-- What the hub wants of the device that is logged in, asked for with each sign of life. Reads only.
-- renew_password: its password is older than 90 days, or an operator wants a new one (rollcall device renew).
-- offline_greeting: null, or the rule by which the device may greet while the hub does not answer, and which copy of the
-- gallery it must hold for that (edge.gallery_copy): version, n_templates, max_age_s without the hub; space_digest,
-- threshold, margin, review_floor, min_quality, min_agreement as in biometric.space; pad_policies by camera.
-- Agents pass over orders that they do not know.
create or replace function edge.orders() returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
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
comment on function edge.orders() is 'What the hub wants of the device that is logged in.';
grant execute on function edge.orders() to rollcall_device;
