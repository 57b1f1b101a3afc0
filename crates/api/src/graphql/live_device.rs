//! The live event of a device's health.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;
use rollcall_store::live::LiveKind;

use super::device::Device;
use super::live::{Wanted, encode, events, live_event};
use crate::failure::Failure;
use crate::feed::{Delivery, Item};

live_event! {
    /// A device went online, offline, was revoked, or is new.
    DeviceHealthChangedEvent {
        /// The device as it is now.
        device: Device,
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
            device: Some(Device(device.clone())),
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
