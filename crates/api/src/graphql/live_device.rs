//! The live event of a device's health.

use async_graphql::{Context, Enum, ID, Object, Subscription};
use futures_util::Stream;
use rollcall_store::live::{DeviceState, LiveKind};

use super::id::{self, Kind};
use super::live::{Wanted, encode, events, live_event};
use super::punch;
use super::scalar::DateTime;
use super::site::Site;
use crate::failure::Failure;
use crate::feed::{Delivery, Item};

/// How a device is doing.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::live::DeviceHealth")]
pub enum DeviceHealth {
    /// It has never called.
    Silent,
    /// It called within 90 seconds.
    Online,
    /// It has not called for longer.
    Offline,
    /// It may not call any more.
    Revoked,
}

/// A device and how it is doing.
pub struct DeviceStatus(DeviceState);

/// A device and how it is doing.
#[Object]
impl DeviceStatus {
    /// Opaque id of the device.
    async fn id(&self) -> ID {
        id::encode(Kind::Device, self.0.device_id)
    }

    /// Its name, unique in the organisation.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it stands.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// How it is doing now.
    async fn health(&self) -> DeviceHealth {
        self.0.health.into()
    }

    /// When the hub last heard of it; null when it has never called.
    async fn heard_at(&self) -> Option<DateTime> {
        self.0.heard_at.map(DateTime)
    }
}

live_event! {
    /// A device went online, offline, was revoked, or is new.
    DeviceHealthChangedEvent {
        /// The device as it is now.
        device: DeviceStatus,
    }
}

impl DeviceHealthChangedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Device(device) = &event.item else {
            return None;
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            device: Some(DeviceStatus(device.clone())),
        })
    }
}

#[derive(Default)]
pub struct DeviceSubscription;

#[Subscription]
impl DeviceSubscription {
    /// Each device whose health changes. A device that falls silent counts as offline after 90 seconds.
    async fn device_health_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only devices at this site.")] site_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = DeviceHealthChangedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.deviceHealthChanged",
            kind: LiveKind::Device,
            site_id: site_id.as_ref(),
            employee_id: None,
            after: after.as_deref(),
        };
        events(context, wanted, DeviceHealthChangedEvent::new).await
    }
}
