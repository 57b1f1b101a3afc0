-- Log-in: sessions that people can look through and end, API tokens, second factors. Whoever has only a secret
-- finds its row through a function; no table with a secret can be searched by rollcall_api.
set lock_timeout = '5s';

alter table app.user_session
  add column session_id uuid not null default uuidv7(),
  add column method text not null default 'password',
  add column last_used_at timestamptz,
  add column address_kind text not null default 'unknown',
  add column user_agent text not null default '',
  add constraint user_session_session_id_key unique (organization_id, session_id),
  add constraint user_session_method_check check (method in ('password', 'totp', 'recovery_code', 'sso')),
  add constraint user_session_address_kind_check check (address_kind in ('local', 'private', 'public', 'unknown')),
  add constraint user_session_user_agent_check check (length(user_agent) <= 200);
create index user_session_user_idx on app.user_session (organization_id, user_id);
comment on column app.user_session.session_id is 'Names the session; gives no access.';
comment on column app.user_session.method is 'How the user proved who they are: password alone, password and a second factor, single sign-on.';
comment on column app.user_session.last_used_at is 'Written at most once a minute; null: not since it began.';
comment on column app.user_session.address_kind is 'Where the log-in came from: local (the same machine), private (RFC 1918 and the like), public. The address itself is not kept.';
comment on column app.user_session.user_agent is 'What the browser called itself, shortened.';

create table app.api_token (
  organization_id uuid not null,
  token_id uuid not null default uuidv7(),
  user_id uuid not null,
  name text not null,
  token_sha256 bytea not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_token_pkey primary key (organization_id, token_id),
  constraint api_token_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id),
  constraint api_token_name_check check (name = btrim(name) and length(name) between 1 and 100),
  constraint api_token_sha256_check check (length(token_sha256) = 32),
  constraint api_token_scopes_check check (cardinality(scopes) between 1 and 100),
  constraint api_token_expires_check check (expires_at > created_at)
);
create index api_token_sha256_idx on app.api_token (token_sha256);
create unique index api_token_name_key on app.api_token (organization_id, user_id, name) where revoked_at is null;
comment on table app.api_token is 'Named secrets with which programs act for a user.';
comment on column app.api_token.token_sha256 is 'SHA-256 of the token, which is 256 random bits; the token itself is never stored.';
comment on column app.api_token.scopes is 'What the token is allowed to, as far as its user is.';
comment on column app.api_token.last_used_at is 'Written at most once a minute.';

create table app.user_totp (
  organization_id uuid not null,
  user_id uuid not null,
  secret bytea not null,
  begun_at timestamptz not null default now(),
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  constraint user_totp_pkey primary key (organization_id, user_id),
  constraint user_totp_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id),
  constraint user_totp_secret_check check (length(secret) between 16 and 64)
);
comment on table app.user_totp is 'Second factors by time (RFC 6238), one a user.';
comment on column app.user_totp.secret is 'Shared with the user''s authenticator. rollcall_api writes it and cannot read it, except through app.totp_secret before anybody is logged in.';
comment on column app.user_totp.confirmed_at is 'Since when it is asked for at log-in; null: begun only.';
comment on column app.user_totp.last_step is 'Time step of the last code that was taken: no code is taken twice.';

create table app.user_recovery_code (
  organization_id uuid not null,
  user_id uuid not null,
  code_sha256 bytea not null,
  used_at timestamptz,
  constraint user_recovery_code_pkey primary key (organization_id, user_id, code_sha256),
  constraint user_recovery_code_user_fkey foreign key (organization_id, user_id) references app.user_account (organization_id, user_id),
  constraint user_recovery_code_sha256_check check (length(code_sha256) = 32)
);
comment on table app.user_recovery_code is 'Codes for those who lost their authenticator, each good once.';
comment on column app.user_recovery_code.code_sha256 is 'SHA-256 of the code, which is 80 random bits; the code itself is never stored.';

-- Whether the transaction may look after users: that of an owner who sees all sites, or no user's. Security definer: reads the account
-- past the policies that ask this very question.
create function app.manages_users() returns boolean
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(current_setting('rollcall.user_id', true) = 'system', false)
    or exists (
      select from app.user_account u
      where u.organization_id = app.current_organization_id() and u.user_id = app.current_user_id()
        and u.role = 'owner' and u.all_sites and u.deactivated_at is null)
$$;
revoke execute on function app.manages_users() from public;
grant execute on function app.manages_users() to rollcall_api, rollcall_worker;

alter table app.api_token enable row level security, force row level security;
alter table app.user_totp enable row level security, force row level security;
alter table app.user_recovery_code enable row level security, force row level security;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['api_token', 'user_totp', 'user_recovery_code'] loop
    execute format('create policy %I on app.%I using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      v_table || '_organization_policy', v_table);
  end loop;
  -- What lets somebody in belongs to that user; owners look after it.
  foreach v_table in array array['user_session', 'api_token', 'user_totp', 'user_recovery_code'] loop
    execute format('create policy %I on app.%I as restrictive for all to rollcall_api using (user_id = (select app.current_user_id()) or (select app.manages_users()))',
      v_table || '_user_policy', v_table);
  end loop;
end
$$;
create policy user_account_manage_policy on app.user_account as restrictive for insert to rollcall_api
  with check ((select app.manages_users()));
create policy user_account_change_policy on app.user_account as restrictive for update to rollcall_api
  using (user_id = (select app.current_user_id()) or (select app.manages_users()));
create policy user_site_manage_policy on app.user_site as restrictive for insert to rollcall_api
  with check ((select app.manages_users()));
create policy user_site_remove_policy on app.user_site as restrictive for delete to rollcall_api
  using ((select app.manages_users()));

-- Before an organisation is known, app.session_find, app.token_find and app.login_candidates see the row whose
-- secret or address they were given.
drop policy user_account_login_policy on app.user_account;
drop policy user_session_secret_policy on app.user_session;
create policy user_account_login_policy on app.user_account for select to rollcall_owner
  using (email = nullif(current_setting('rollcall.login_email', true), ''));
create policy user_session_secret_policy on app.user_session for select to rollcall_owner
  using (session_sha256 = decode(nullif(current_setting('rollcall.secret_sha256', true), ''), 'hex'));
create policy api_token_secret_policy on app.api_token for select to rollcall_owner
  using (token_sha256 = decode(nullif(current_setting('rollcall.secret_sha256', true), ''), 'hex'));

revoke select on app.user_account, app.user_session from rollcall_api;
grant select (organization_id, user_id, email, display_name, role, password_is_one_time, created_at, deactivated_at, all_sites, employee_id)
  on app.user_account to rollcall_api;
grant select (organization_id, user_id, session_id, created_at, expires_at, revoked_at, method, last_used_at, address_kind, user_agent)
  on app.user_session to rollcall_api;
grant select (organization_id, user_id, token_id, name, scopes, created_at, expires_at, last_used_at, revoked_at), insert, update (revoked_at)
  on app.api_token to rollcall_api;
grant select (organization_id, user_id, begun_at, confirmed_at, last_step), insert, update, delete on app.user_totp to rollcall_api;
grant select, insert, update (used_at), delete on app.user_recovery_code to rollcall_api;
