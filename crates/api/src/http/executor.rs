//! Executes operations of something that stays open (a websocket, an event stream), each for the viewer that its
//! session has at that moment. Must not know how answers travel.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_graphql::{Data, Executor, Request, Response};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;
use rollcall_store::session::{Credential, Session};
use tokio::sync::watch;

use super::graphql::{admit, describe, record, refusal, with_codes};
use super::request_log::Operation;
use super::{Hub, credential};
use crate::failure::Failure;
use crate::graphql::with_viewer;
use crate::viewer::Viewer;

/// Operations at a time.
const MAX_OPERATIONS: usize = 32;

/// Who proved themselves, and with what.
#[derive(Clone)]
pub(super) struct Proven {
    pub credential: Credential,
    pub session: Arc<Session>,
    pub idle: SignedDuration,
}

impl From<Viewer> for Proven {
    fn from(viewer: Viewer) -> Self {
        Self {
            credential: viewer.credential,
            session: viewer.session,
            idle: viewer.idle,
        }
    }
}

/// Executes operations of one session or API token, which may be known only later.
#[derive(Clone)]
pub(super) struct SessionExecutor {
    hub: Arc<Hub>,
    proven: watch::Sender<Option<Proven>>,
    refused: watch::Sender<Option<&'static str>>,
    n_operations: Arc<AtomicUsize>,
}

impl SessionExecutor {
    pub fn new(hub: Arc<Hub>, proven: Option<Proven>) -> Self {
        Self {
            hub,
            proven: watch::Sender::new(proven),
            refused: watch::Sender::new(None),
            n_operations: Arc::default(),
        }
    }

    /// Who it is, once that is known.
    pub fn proven(&self) -> watch::Receiver<Option<Proven>> {
        self.proven.subscribe()
    }

    /// Why nobody is let in, once that is known.
    pub fn refused(&self) -> watch::Receiver<Option<&'static str>> {
        self.refused.subscribe()
    }

    /// Lets nobody in.
    pub fn refuse(&self, reason: &'static str) {
        self.refused.send_replace(Some(reason));
    }

    async fn viewer(&self) -> Result<Viewer, Failure> {
        let credential = self
            .proven
            .borrow()
            .as_ref()
            .map(|proven| proven.credential);
        let credential = credential.ok_or(Failure::Unauthenticated)?;
        credential::viewer(&self.hub, &credential)
            .await?
            .ok_or(Failure::Unauthenticated)
    }

    /// Takes the token from the payload of `connection_init`, `{ "authorization": "Bearer rct_…" }`, when the
    /// socket has nothing yet.
    ///
    /// Errors: [`Failure::Unauthenticated`] without a live token; [`Failure::Argument`] for a token beside a
    /// cookie or header.
    pub async fn init(&self, payload: &serde_json::Value) -> Result<(), Failure> {
        let value = payload
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.as_str().unwrap_or_default());
        let is_proven = self.proven.borrow().is_some();
        match (value, is_proven) {
            (None, true) => return Ok(()),
            (Some(_), true) => {
                let text = "the socket is opened with a cookie or header already; send the token in one place";
                return Err(Failure::Argument(text.to_owned()));
            }
            (_, false) => {}
        }
        let credential = value
            .and_then(credential::bearer)
            .and_then(credential::token_credential)
            .ok_or(Failure::Unauthenticated)?;
        let viewer = credential::viewer(&self.hub, &credential)
            .await?
            .ok_or(Failure::Unauthenticated)?;
        self.proven.send_replace(Some(viewer.into()));
        Ok(())
    }
}

impl Executor for SessionExecutor {
    async fn execute(&self, mut request: Request) -> Response {
        let request = self.viewer().await.and_then(|viewer| {
            admit(&self.hub, &viewer, &mut request, None)?;
            with_viewer(request, viewer)
        });
        match request {
            Ok((request, batches)) => {
                with_codes(batches.run(self.hub.schema.execute(request)).await)
            }
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
                (Some(slot), Ok((request, batches))) => {
                    let schema = this.hub.schema.clone();
                    let answers = schema.execute_stream_with_session_data(
                        request,
                        session_data.unwrap_or_default(),
                    );
                    batches
                        .run_stream(Box::pin(answers))
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
