//! The hub's long-running parts in one process: worker, GraphQL and portal. Must not know how an
//! instance or a demo is set up.

use std::net::SocketAddr;

use anyhow::Context;
use rollcall_vision::{
    Detector, DetectorOptions, Embedder, Pack, Provider, Runtime, SessionOptions,
};
use rollcall_worker::{EnrolmentEngine, Sender, SenderOptions, Worker, WorkerOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::Config;
use crate::instance::Instance;

/// A running hub.
pub struct Hub {
    /// Where GraphQL and the portal answer.
    pub address: SocketAddr,
    stop: CancellationToken,
    api: rollcall_api::Running,
    worker: JoinHandle<()>,
}

impl Hub {
    /// Starts worker and API. Without model files enrolment waits and everything else works.
    pub async fn start(instance: &Instance, config: &Config) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let api = rollcall_api::serve(
            rollcall_api::ApiOptions {
                listen: config.listen,
                database: instance.serving(config)?,
                listener_url: instance.api_url()?,
                secure_cookie: config.secure_cookie,
                login: config.login(instance.folder())?,
                http: config.http(),
                allow_private_webhooks: config.webhooks_allow_private,
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

/// The recogniser pack as configured, with checked files.
pub fn recogniser_pack(config: &Config) -> anyhow::Result<Pack> {
    let pack = Pack::open(&config.models, &config.weights(), &config.recogniser)?;
    pack.verify_files()?;
    Ok(pack)
}

fn enrolment_engine(config: &Config) -> anyhow::Result<EnrolmentEngine> {
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
    Ok(EnrolmentEngine::new(detector, embedder))
}
