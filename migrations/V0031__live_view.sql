-- Looking through a camera from afar: who does, and the newest picture of each camera that somebody looks through.
-- Both tables are unlogged: pictures of people go into no write-ahead log, no base backup and no replica, and after a
-- crash both are empty, which is right, because nobody looks any more.
set lock_timeout = '5s';

create unlogged table app.camera_view (
  organization_id uuid not null,
  view_id uuid not null default uuidv7(),
  camera_id uuid not null,
  device_id uuid not null,
  site_id uuid not null,
  user_id uuid not null,
  began_at timestamptz not null default now(),
  until_at timestamptz not null,
  constraint camera_view_pkey primary key (organization_id, view_id),
  constraint camera_view_camera_fkey foreign key (organization_id, camera_id) references app.camera (organization_id, camera_id),
  constraint camera_view_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id)
);
create index camera_view_device_idx on app.camera_view (organization_id, device_id);
create index camera_view_camera_idx on app.camera_view (organization_id, camera_id);
comment on table app.camera_view is 'Who looks through a camera at present. What happened is in audit.event: camera.view_begin and camera.view_end.';
comment on column app.camera_view.until_at is 'The hub moves it on while the user looks; a hub that dies does not, and then it is over.';

create unlogged table app.camera_picture (
  organization_id uuid not null,
  camera_id uuid not null,
  site_id uuid not null,
  state text not null,
  taken_at timestamptz,
  put_at timestamptz not null default clock_timestamp(),
  jpeg bytea,
  constraint camera_picture_pkey primary key (organization_id, camera_id),
  constraint camera_picture_camera_fkey foreign key (organization_id, camera_id) references app.camera (organization_id, camera_id),
  constraint camera_picture_state_check check (state in ('opening', 'well', 'unreachable', 'stalled', 'black', 'frozen', 'ended', 'switched_off')),
  constraint camera_picture_jpeg_check check (length(jpeg) between 1 and 131072),
  constraint camera_picture_taken_check check ((jpeg is null) = (taken_at is null))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100, toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1000);
-- A JPEG does not get smaller.
alter table app.camera_picture alter column jpeg set storage external;
comment on table app.camera_picture is 'The newest picture of each camera that somebody looks through; gone when nobody does.';
comment on column app.camera_picture.put_at is 'When the device said so; also tells a reader whether there is something new.';
comment on column app.camera_picture.state is 'What comes from the camera (rollcall_store::device::CameraState), or switched_off: the box does not let anybody look.';
comment on column app.camera_picture.taken_at is 'When the picture was taken, by the device.';

-- Whether the acting user has a role that may look through cameras. Security definer: past the policies of accounts.
create function app.may_view_cameras() returns boolean
  language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from app.user_account u
    where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
      and u.role in ('owner', 'hr_admin', 'site_manager') and u.deactivated_at is null);
end
$$;
revoke execute on function app.may_view_cameras() from public;
grant execute on function app.may_view_cameras() to rollcall_api;

alter table app.camera_view enable row level security, force row level security;
alter table app.camera_picture enable row level security, force row level security;
create policy camera_view_organization_policy on app.camera_view
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
create policy camera_picture_organization_policy on app.camera_picture
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
-- Only one's own, only at one's sites, only with such a role: for nobody else and not for the hub itself.
create policy camera_view_user_policy on app.camera_view as restrictive for all to rollcall_api using (
  user_id = (select app.current_user_id()) and (select app.may_view_cameras())
  and ((select app.sees_all_sites()) or site_id = any ((select app.visible_site_ids())::uuid[])));
-- Nobody sees a picture without a viewing of their own, which the audit log tells of.
create policy camera_picture_view_policy on app.camera_picture as restrictive for all to rollcall_api using (
  exists (
    select from app.camera_view v
    where v.organization_id = camera_picture.organization_id and v.camera_id = camera_picture.camera_id and v.until_at > now()));
-- The worker clears away what nobody ended, of all organisations.
create policy camera_view_worker_policy on app.camera_view for select to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy camera_view_worker_delete_policy on app.camera_view for delete to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy camera_picture_worker_policy on app.camera_picture for select to rollcall_worker
  using ((select app.current_organization_id()) is null);
create policy camera_picture_worker_delete_policy on app.camera_picture for delete to rollcall_worker
  using ((select app.current_organization_id()) is null);

grant select, insert on app.camera_view to rollcall_api;
grant update (until_at) on app.camera_view to rollcall_api;
grant select on app.camera_picture to rollcall_api;
grant select (organization_id, camera_id, until_at), delete on app.camera_view to rollcall_worker;
grant select (organization_id, camera_id, put_at), delete on app.camera_picture to rollcall_worker;
