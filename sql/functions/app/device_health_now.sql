-- How a device is doing: silent (never called), online, offline (no sign of life for 90 seconds, which is three
-- heartbeats), revoked. Called by the worker, which announces changes, and by whoever shows a device.
create or replace function app.device_health_now(p_created_at timestamptz, p_seen_at timestamptz, p_revoked_at timestamptz)
  returns text
  language sql stable parallel safe
  return case
    when p_revoked_at is not null then 'revoked'
    when p_seen_at is null or p_seen_at = p_created_at then 'silent'
    when p_seen_at > now() - interval '90 seconds' then 'online'
    else 'offline'
  end;
comment on function app.device_health_now(timestamptz, timestamptz, timestamptz) is 'How a device is doing: silent, online, offline, revoked.';
revoke execute on function app.device_health_now(timestamptz, timestamptz, timestamptz) from public;
grant execute on function app.device_health_now(timestamptz, timestamptz, timestamptz) to rollcall_api, rollcall_worker;
