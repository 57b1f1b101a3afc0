//! A network that misbehaves on command: TCP between the agent and PostgreSQL. Must not know what is sent.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Well.
    Well,
    /// Connections break and new ones are refused.
    Cut,
    /// Connections stand and nothing comes through, in neither direction.
    Frozen,
    /// So many bytes a second in each direction.
    Slow(u32),
    /// Questions arrive, answers do not: whatever was done will be asked again.
    Deaf,
}

/// The proxy. It ends with its runtime.
pub struct Proxy {
    pub address: SocketAddr,
    network: watch::Sender<Network>,
}

impl Proxy {
    pub async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let network = watch::Sender::new(Network::Well);
        let watched = network.clone();
        tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else {
                    continue;
                };
                let network = watched.subscribe();
                if *network.borrow() == Network::Cut {
                    continue;
                }
                tokio::spawn(carry(client, to, network));
            }
        });
        Self { address, network }
    }

    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn carry(client: TcpStream, to: SocketAddr, network: watch::Receiver<Network>) {
    let Ok(server) = TcpStream::connect(to).await else {
        return;
    };
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    // One end breaks both, as a reset does.
    tokio::select! {
        () = one_way(client_read, server_write, network.clone(), true) => {}
        () = one_way(server_read, client_write, network, false) => {}
    }
}

/// Returns when the connection is over.
async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut network: watch::Receiver<Network>,
    is_question: bool,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let is = *network.borrow_and_update();
        let n = tokio::select! {
            read = from.read(&mut bytes), if is != Network::Frozen => match read {
                Ok(0) | Err(_) => return,
                Ok(n) => n,
            },
            changed = network.changed() => {
                if changed.is_err() || *network.borrow() == Network::Cut {
                    return;
                }
                continue;
            }
        };
        match is {
            Network::Cut => return,
            Network::Deaf if !is_question => continue,
            Network::Slow(per_second) => {
                let pause = Duration::from_secs_f64(n as f64 / f64::from(per_second));
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = network.changed() => network.mark_changed(),
                }
            }
            Network::Well | Network::Deaf | Network::Frozen => {}
        }
        if to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}
