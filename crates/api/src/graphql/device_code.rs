//! One-time codes of devices. Must not know what a box does with one.

use async_graphql::{Context, ID, Object, SimpleObject};
use rollcall_domain::id::DeviceId;
use rollcall_store::audit::Event;
use rollcall_store::{StoreError, device_enrolment as store};

use super::device_change::unknown;
use super::id::{self, Kind};
use super::problem::{payload, refusal};
use super::scalar::DateTime;
use super::viewer;
use crate::failure::Failure;

/// With it the box of a device gets its log-in, once: `rollcall-edge enrol --hub … --code …`.
#[derive(SimpleObject)]
pub struct DeviceCode {
    /// The code, in groups of four. It is stored nowhere and cannot be shown again.
    code: String,
    /// From when on it is worth nothing.
    expires_at: DateTime,
}

impl From<store::DeviceCode> for DeviceCode {
    fn from(made: store::DeviceCode) -> Self {
        Self {
            code: made.code,
            expires_at: DateTime(made.expires_at),
        }
    }
}

payload! {
    /// What became of a code.
    DeviceCodePayload {
        /// The code, shown this once; null when refused.
        code: DeviceCode
    }
}

#[derive(Default)]
pub struct DeviceCodeMutation;

#[Object]
impl DeviceCodeMutation {
    /// Makes a one-time code with which the box of a device gets its log-in; it lives for an hour, and an earlier one is
    /// worth nothing from now on. A log-in that the device has already works until the code is used.
    async fn device_code_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which device.")] device_id: ID,
    ) -> Result<DeviceCodePayload, Failure> {
        let Some(device_id) = id::decode(Kind::Device, &device_id).map(DeviceId) else {
            return Ok(DeviceCodePayload::refused(vec![unknown(
                "deviceId", "device",
            )]));
        };
        let change = viewer(context)?.change().await?;
        match store::device_code_put(&change, device_id, None, store::CODE_LIFE).await {
            Ok(code) => {
                let event = Event::new("device.create_code", "device").of(device_id);
                change.commit(&event).await?;
                Ok(DeviceCodePayload::done(code.into()))
            }
            Err(error) => {
                change.undo().await?;
                let problem = match error {
                    StoreError::Missing { .. } => unknown("deviceId", "device in use"),
                    error => refusal(error, Some("deviceId"))?,
                };
                Ok(DeviceCodePayload::refused(vec![problem]))
            }
        }
    }
}
