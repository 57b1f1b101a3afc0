//! Executes operations of something that stays open (a websocket, an event stream), each for the viewer that its
//! session has at that moment. Must not know how answers travel.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_graphql::{Data, Executor, Request, Response};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use rollcall_store::user::SessionDigest;

use super::graphql::{admit, describe, record, refusal, with_codes};
use super::request_log::Operation;
use super::{Hub, session};
use crate::failure::Failure;
use crate::graphql::with_viewer;
use crate::viewer::Viewer;

/// Operations at a time.
const MAX_OPERATIONS: usize = 32;

/// Executes operations of one session.
#[derive(Clone)]
pub(super) struct SessionExecutor {
    hub: Arc<Hub>,
    digest: SessionDigest,
    n_operations: Arc<AtomicUsize>,
}

impl SessionExecutor {
    pub fn new(hub: Arc<Hub>, digest: SessionDigest) -> Self {
        Self {
            hub,
            digest,
            n_operations: Arc::default(),
        }
    }

    async fn viewer(&self) -> Result<Viewer, Failure> {
        session::viewer(&self.hub, &self.digest)
            .await?
            .ok_or(Failure::Unauthenticated)
    }
}

impl Executor for SessionExecutor {
    async fn execute(&self, mut request: Request) -> Response {
        let request = self.viewer().await.and_then(|viewer| {
            admit(&self.hub, &viewer, &mut request, None)?;
            with_viewer(request, viewer)
        });
        match request {
            Ok(request) => with_codes(self.hub.schema.execute(request).await),
            Err(failure) => refusal(&failure),
        }
    }

    fn execute_stream(
        &self,
        mut request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let this = self.clone();
        let began = Instant::now();
        let answers = async move {
            let viewer = this
                .viewer()
                .await
                .and_then(|viewer| admit(&this.hub, &viewer, &mut request, None).map(|()| viewer));
            let mut operation = match &viewer {
                Ok(_) => describe(&mut request, &this.hub.schema_names),
                Err(_) => Operation::refused(),
            };
            let slot = Slot::take(this.n_operations.clone());
            let request = viewer.and_then(|viewer| with_viewer(request, viewer));
            let answers: BoxStream<'static, Response> = match (slot, request) {
                (Some(slot), Ok(request)) => {
                    let schema = this.hub.schema.clone();
                    schema
                        .execute_stream_with_session_data(request, session_data.unwrap_or_default())
                        .map(move |answer| {
                            let _held = &slot;
                            with_codes(answer)
                        })
                        .boxed()
                }
                (None, _) => {
                    operation.n_errors = 1;
                    let text = format!("more than {MAX_OPERATIONS} operations on one socket");
                    stream::iter([refusal(&Failure::Argument(text))]).boxed()
                }
                (_, Err(failure)) => {
                    operation.n_errors = 1;
                    stream::iter([refusal(&failure)]).boxed()
                }
            };
            record(&operation, began);
            answers
        };
        stream::once(answers).flatten().boxed()
    }
}

/// One of the operations of a socket, until dropped.
struct Slot(Arc<AtomicUsize>);

impl Slot {
    fn take(n_operations: Arc<AtomicUsize>) -> Option<Self> {
        let before = n_operations.fetch_add(1, Ordering::Relaxed);
        let slot = Self(n_operations);
        (before < MAX_OPERATIONS).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
