-- The thumbnail of a sighting, for a user who may see its site. No row when there is none for them. Who
-- reads leaves an event in the audit log: both happen in one statement, and rollcall_api has no other way
-- to the content.
-- Callers: the API, as rollcall_api, in a transaction of the user. Locks: none. Notifications: none.
create or replace function attendance.thumbnail_read(
  p_organization_id uuid,
  p_sighting_id uuid
) returns table (jpeg bytea)
  language sql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
  with seen as materialized (
    select sighting.sighting_id, sighting.employee_id, sighting_thumbnail.jpeg
    from attendance.sighting
    join attendance.sighting_thumbnail on sighting_thumbnail.organization_id = sighting.organization_id
      and sighting_thumbnail.sighting_id = sighting.sighting_id
    where sighting.organization_id = p_organization_id and sighting.sighting_id = p_sighting_id
      and p_organization_id = app.current_organization_id()
      and (app.sees_all_sites() or sighting.site_id = any (app.visible_site_ids()))
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
      app.current_user_id(), token.token_id, 'thumbnail.read', 'sighting', seen.sighting_id,
      jsonb_build_object('employee_id', seen.employee_id)
    from seen
    cross join (values (nullif(current_setting('rollcall.token_id', true), '')::uuid)) as token (token_id)
  )
  select seen.jpeg from seen
$$;
comment on function attendance.thumbnail_read(uuid, uuid) is 'The thumbnail of a sighting; writes an audit event.';
grant execute on function attendance.thumbnail_read(uuid, uuid) to rollcall_api;
