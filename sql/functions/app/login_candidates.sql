-- Active users with this address, oldest first, at most four: an address is unique within an organisation only.
-- Called at log-in; refused (42501) once the transaction acts for a user, so that no later query reads a hash.
create or replace function app.login_candidates(p_email text)
  returns table (organization_id uuid, user_id uuid, password_hash text)
  language plpgsql volatile security definer rows 1
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  if app.current_user_id() is not null then
    raise exception 'password hashes are read before anybody is logged in' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('rollcall.login_email', p_email, true);
  return query
  select u.organization_id, u.user_id, u.password_hash
  from app.user_account u
  where u.email = p_email and u.deactivated_at is null
  order by u.user_id
  limit 4;
  perform set_config('rollcall.login_email', '', true);
end
$$;
revoke execute on function app.login_candidates(text) from public;
grant execute on function app.login_candidates(text) to rollcall_api;
