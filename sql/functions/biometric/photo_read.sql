-- The content of a photograph, for a user who may see the employee at a site of theirs, or is the employee.
-- No row when there is none for them. Who reads leaves an event in the audit log: both happen in one
-- statement, and rollcall_api has no other way to the content.
-- Callers: the API, as rollcall_api, in a transaction of the user. Locks: none. Notifications: none.
create or replace function biometric.photo_read(
  p_organization_id uuid,
  p_photo_id uuid
) returns table (content bytea)
  language sql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
  with seen as materialized (
    select photo.photo_id, photo.employee_id, photo.content
    from biometric.photo
    where photo.organization_id = p_organization_id and photo.photo_id = p_photo_id
      and p_organization_id = app.current_organization_id()
      and (
        app.sees_all_sites()
        or photo.employee_id = app.own_employee_id()
        or exists (
          select
          from app.employee_site
          where employee_site.organization_id = photo.organization_id
            and employee_site.employee_id = photo.employee_id
            and employee_site.site_id = any (app.visible_site_ids())
        )
      )
  ),
  noted as (
    insert into audit.event (organization_id, actor, user_id, token_id, action, subject_kind, subject_id, after)
    select
      p_organization_id,
      case
        when token.token_id is not null then 'token'
        when app.current_user_id() is not null then 'user'
        else 'system'
      end,
      app.current_user_id(), token.token_id, 'photo.read', 'photo', seen.photo_id,
      jsonb_build_object('employee_id', seen.employee_id)
    from seen
    cross join (values (nullif(current_setting('rollcall.token_id', true), '')::uuid)) as token (token_id)
  )
  select seen.content from seen
$$;
comment on function biometric.photo_read(uuid, uuid) is 'The content of a photograph; writes an audit event.';
grant execute on function biometric.photo_read(uuid, uuid) to rollcall_api;
