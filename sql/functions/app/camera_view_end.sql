-- Ends a viewing of the acting user, and clears the camera's picture away when nobody else looks. Security definer: that
-- somebody else looks is not for the user to see. False when it was over already.
-- Callers: the API, as rollcall_api, in a transaction of the user. Locks: all viewings of the camera, or two that end at
-- the same time would each take the other for somebody who still looks. Notifications: none.
create or replace function app.camera_view_end(p_organization_id uuid, p_view_id uuid) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_camera_id uuid;
begin
  select camera_view.camera_id into v_camera_id from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.view_id = p_view_id
    and p_organization_id = app.current_organization_id() and camera_view.user_id = app.current_user_id();
  perform from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.camera_id = v_camera_id
  order by camera_view.view_id
  for update;
  delete from app.camera_view
  where camera_view.organization_id = p_organization_id and camera_view.view_id = p_view_id
    and camera_view.camera_id = v_camera_id;
  if not found then
    return false;
  end if;
  delete from app.camera_picture
  where camera_picture.organization_id = p_organization_id and camera_picture.camera_id = v_camera_id
    and not exists (
      select from app.camera_view
      where camera_view.organization_id = p_organization_id and camera_view.camera_id = v_camera_id
        and camera_view.until_at > now());
  return true;
end
$$;
comment on function app.camera_view_end(uuid, uuid) is 'Ends a viewing of the acting user; the last one takes the picture along.';
grant execute on function app.camera_view_end(uuid, uuid) to rollcall_api;
