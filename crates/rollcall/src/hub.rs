//! The hub's long-running parts in one process: worker, GraphQL and portal. Must not know how an
//! instance or a demo is set up.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rollcall_vision::{
    Detector, DetectorOptions, Embedder, Pack, Provider, Runtime, SessionOptions,
};
use rollcall_worker::{EnrolmentEngine, Sender, SenderOptions, Worker, WorkerOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::certificate;
use crate::config::Config;
use crate::instance::Instance;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A running hub.
pub struct Hub {
    /// Where GraphQL and the portal answer.
    pub address: SocketAddr,
    /// Where boxes come, if they come to the hub.
    pub device_address: Option<SocketAddr>,
    stop: CancellationToken,
    api: rollcall_api::Running,
    worker: JoinHandle<()>,
}

impl Hub {
    /// Starts worker and API. Without model files enrolment waits and everything else works.
    pub async fn start(instance: &Instance, config: &Config) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        renew_certificate(instance.folder());
        tokio::spawn({
            let (folder, stop) = (instance.folder().to_owned(), stop.clone());
            async move {
                let mut days = tokio::time::interval(DAY);
                while !stop.is_cancelled() {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        _ = days.tick() => renew_certificate(&folder),
                    }
                }
            }
        });
        let api = rollcall_api::serve(
            rollcall_api::ApiOptions {
                listen: config.listen,
                database: instance.serving(config)?,
                listener_url: instance.api_url()?,
                secure_cookie: config.secure_cookie,
                login: config.login(instance.folder())?,
                http: config.http(),
                allow_private_webhooks: config.webhooks_allow_private,
                device_access: config.device_access(instance.folder()),
            },
            stop.child_token(),
        )
        .await?;
        let engine = match enrolment_engine(config) {
            Ok(engine) => Some(engine),
            Err(error) => {
                warn!("enrolment waits until the models are there: {error:#}");
                None
            }
        };
        let worker = Worker::new(
            instance.worker()?,
            WorkerOptions {
                engine,
                sender: Some(Sender::new(SenderOptions {
                    allow_private: config.webhooks_allow_private,
                    ..SenderOptions::default()
                })),
                ..WorkerOptions::default()
            },
        );
        let worker = tokio::spawn(worker.run(stop.child_token()));
        Ok(Self {
            address: api.address,
            device_address: api.device_address,
            stop,
            api,
            worker,
        })
    }

    /// Stops both parts and waits for them.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.api
            .wait()
            .await
            .context("the API did not stop cleanly")?;
        self.worker.await.context("the worker did not stop cleanly")
    }
}

/// Makes the certificate of this installation anew when it ends soon; the API reads it by itself.
fn renew_certificate(instance: &Path) {
    match certificate::renew(instance) {
        Ok(true) => info!("the hub has a new certificate"),
        Ok(false) => {}
        Err(error) => warn!("the hub's certificate could not be made anew: {error:#}"),
    }
}

/// The recogniser pack as configured, with checked files.
pub fn recogniser_pack(config: &Config) -> anyhow::Result<Pack> {
    let pack = Pack::open(&config.models, &config.weights(), &config.recogniser)?;
    pack.verify_files()?;
    Ok(pack)
}

fn enrolment_engine(config: &Config) -> anyhow::Result<EnrolmentEngine> {
    let (detector, embedder) = networks(config)?;
    Ok(EnrolmentEngine::new(detector, embedder))
}

/// The networks that enrol photographs, as configured, with checked files.
pub fn networks(config: &Config) -> anyhow::Result<(Detector, Embedder)> {
    let runtime = Runtime::load(&config.onnxruntime())?;
    let session = SessionOptions {
        providers: vec![Provider::Cpu],
        ..SessionOptions::default()
    };
    let detector_pack = Pack::open(&config.models, &config.weights(), &config.detector)?;
    detector_pack.verify_files()?;
    let options = DetectorOptions {
        min_face_px: Some(40.0),
        session: session.clone(),
    };
    let detector = Detector::open(&runtime, &detector_pack, options)?;
    let embedder = Embedder::open(&runtime, &recogniser_pack(config)?, session)?;
    Ok((detector, embedder))
}
