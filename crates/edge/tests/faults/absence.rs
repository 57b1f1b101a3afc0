//! How soon an agent that has nothing to send notices that its hub is gone, and that it is back: people at the door are
//! told so.

use std::time::{Duration, Instant};

use rollcall_edge::clock::Clock;
use rollcall_edge::contact::{Contact, ContactState};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_testkit::fixture::SPACE_DIGEST;
use rollcall_testkit::{TestDatabase, wait_until};
use tokio_util::sync::CancellationToken;

use crate::proxy::{Network, Proxy};
use crate::{ALONE, organization, server_address, through};

/// What docs/devices.md promises.
const NOTICED: Duration = Duration::from_secs(20);
const DEADLINE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_agent_notices_a_hub_that_falls_silent_and_that_it_is_back() {
    let _alone = ALONE.lock().await;
    let database = TestDatabase::create().await;
    let fixture = organization(&database).await;
    let proxy = Proxy::start(server_address(&database).await).await;
    let url = through(&database.device_url(&fixture.device), proxy.address);
    let hub = HubLink::by_url(&url).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        path: folder.path().join("a.spool"),
        max_bytes: 1 << 20,
    };
    let (spool, _) = Spool::open(options, SpoolKey::new(&[1; 32])).unwrap();
    let contact = Contact::default();
    let options = UplinkOptions {
        contact: contact.clone(),
        ..UplinkOptions::new(&hub, SPACE_DIGEST)
    };
    let (ended, stop, clock) = (
        CancellationToken::new(),
        CancellationToken::new(),
        Clock::default(),
    );
    let run = uplink::run(
        &options,
        (&spool, &clock),
        ended.clone(),
        stop,
        (|| None, |_, _| unreachable!("nothing was sent")),
    );
    let is_connected = || matches!(contact.state(), ContactState::Connected(_));
    let until = async |what: &str, is: &(dyn Fn() -> bool + Sync)| {
        let began = Instant::now();
        wait_until(what, DEADLINE, async || is().then_some(())).await;
        began.elapsed()
    };
    let watch = async {
        until("it is met", &is_connected).await;
        for network in [Network::Frozen, Network::Deaf, Network::Cut] {
            proxy.set(network);
            let gone = until("its absence is noticed", &|| !is_connected()).await;
            assert!(matches!(contact.state(), ContactState::Away(_)));
            assert!(contact.problem().is_some());
            // What was swallowed leaves the connection broken.
            proxy.set(Network::Cut);
            proxy.set(Network::Well);
            let back = until("its return is noticed", &is_connected).await;
            eprintln!("{network:?}: noticed after {gone:.1?}, its end after {back:.1?}");
            assert!(gone <= NOTICED && back <= NOTICED, "{network:?}");
        }
        ended.cancel();
    };
    tokio::join!(run, watch);
}
