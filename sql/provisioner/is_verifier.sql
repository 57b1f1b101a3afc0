-- Whether a text is what PostgreSQL keeps of a password for SCRAM-SHA-256, and can be nothing else: it becomes part of a
-- statement that makes or changes a role. False for null.
-- Callers: device_role_create, device_role_password.
create or replace function provisioner.is_verifier(p_verifier text) returns boolean
  language sql immutable parallel safe
  return coalesce(
    p_verifier ~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{16,64}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$', false);
comment on function provisioner.is_verifier(text) is 'Whether a text is a verifier of SCRAM-SHA-256.';
revoke execute on function provisioner.is_verifier(text) from public;
