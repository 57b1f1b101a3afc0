-- What an agent says of itself with its sign of life, and what is wrong with it.
set lock_timeout = '5s';

alter table app.device_activity
  add column status jsonb,
  add column status_at timestamptz,
  add column problems text[] not null default '{}',
  add constraint device_activity_status_check check (length(status::text) <= 16384);
comment on column app.device_activity.status is 'What the agent last said of itself: uptime, clock, spool, cameras (rollcall_store::device::Status); null when it does not say.';
comment on column app.device_activity.status_at is 'When it said so.';
comment on column app.device_activity.problems is 'What is wrong by that, in words of app.device_problems.';

alter table app.device_health drop constraint device_health_health_check,
  add constraint device_health_health_check check (health in ('silent', 'online', 'degraded', 'offline', 'revoked'));
