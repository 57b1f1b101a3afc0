//! The role that may make log-in roles of devices, and the functions through which alone it acts.
//!
//! The hub's API must make devices and must not be able to make roles. So a role without log-in has the
//! right to (`CREATEROLE`, and the admin option on `rollcall_device`), nobody may become it but the
//! administrator, and its functions make and drop roles of one pattern only, for devices that exist.

use tokio_postgres::Client;

use crate::error::{Op, Result, StoreError};

/// Owner of schema `provisioner`.
pub(crate) const PROVISIONER_ROLE: &str = "rollcall_provisioner";

/// In this order: the first is called by others.
const FUNCTIONS: [(&str, &str); 5] = [
    (
        "provisioner/is_verifier.sql",
        include_str!("../../../sql/provisioner/is_verifier.sql"),
    ),
    (
        "provisioner/device_role_create.sql",
        include_str!("../../../sql/provisioner/device_role_create.sql"),
    ),
    (
        "provisioner/device_role_password.sql",
        include_str!("../../../sql/provisioner/device_role_password.sql"),
    ),
    (
        "provisioner/device_role_close.sql",
        include_str!("../../../sql/provisioner/device_role_close.sql"),
    ),
    (
        "provisioner/device_role_drop.sql",
        include_str!("../../../sql/provisioner/device_role_drop.sql"),
    ),
];

/// Lets the role pass rights on, as the administrator. Roles belong to the cluster: another database may
/// be doing the same at this moment, and then it is done.
pub(crate) async fn prepare_role(client: &Client) -> Result<()> {
    client
        .batch_execute(&format!(
            "do $$
            declare
              v_role text;
            begin
              if not pg_has_role(current_user, '{PROVISIONER_ROLE}', 'set') then
                execute format('grant {PROVISIONER_ROLE} to %I with inherit true, set true', current_user);
              end if;
              if not pg_has_role('{PROVISIONER_ROLE}', 'rollcall_device', 'member with admin option') then
                grant rollcall_device to {PROVISIONER_ROLE} with admin true, inherit false, set false;
              end if;
              -- Devices of earlier versions, whose roles the administrator made.
              for v_role in
                select rolname from pg_roles
                where rolname ~ '^rollcall_device_[0-9a-f]{{32}}$'
                  and not pg_has_role('{PROVISIONER_ROLE}', oid, 'member with admin option')
                  and pg_has_role(current_user, oid, 'member with admin option')
              loop
                execute format('grant %I to {PROVISIONER_ROLE} with admin true, inherit false, set false', v_role);
              end loop;
            exception when unique_violation or internal_error or undefined_object then null;
            end
            $$"
        ))
        .await
        .op("prepare the role that makes devices")
}

/// Makes the schema and its functions anew, as the administrator.
pub(crate) async fn install(client: &Client) -> Result<()> {
    client
        .batch_execute(&format!(
            "create schema if not exists provisioner authorization {PROVISIONER_ROLE};
             set role {PROVISIONER_ROLE};
             comment on schema provisioner is 'Makes and drops the log-in roles of devices, and no others.';
             grant usage on schema provisioner to rollcall_api, rollcall_owner"
        ))
        .await
        .op("make the schema of the provisioner")?;
    for (path, text) in FUNCTIONS {
        client
            .batch_execute(text)
            .await
            .map_err(|source| StoreError::SchemaObject {
                path: path.to_owned(),
                source,
            })?;
    }
    client
        .batch_execute("reset role")
        .await
        .op("leave the provisioner's role")
}
