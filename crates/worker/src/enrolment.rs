//! The enrolment loop: queued photograph → face → template, or a reason a person can act on.
//! Must not log names, pixels or embeddings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rollcall_domain::id::{JobId, OrganizationId};
use rollcall_store::enrolment::{JobClaim, job_find};
use rollcall_store::{Database, Result};
use rollcall_vision::{Detector, Embedder, EnrolledFace, Frame, PhotoProblem, enrol_photo};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};
use crate::pace::{Pace, error_chain};

const BUSY: Duration = Duration::from_millis(5);
const IDLE: Duration = Duration::from_millis(500);
/// Jobs looked at in one round. Each is a claim of its own, so others can take the rest.
const JOBS_PER_ROUND: i64 = 16;

/// The models that turn a photograph into a template.
pub struct EnrolmentEngine {
    detector: Detector,
    embedder: Embedder,
}

impl EnrolmentEngine {
    /// An engine of a detector and the recogniser whose space the organisations use.
    pub fn new(detector: Detector, embedder: Embedder) -> Self {
        Self { detector, embedder }
    }
}

/// What the models said about a photograph.
enum Verdict {
    Face(Box<EnrolledFace>),
    Refused(String),
    Failed(String),
}

/// Runs until `stop`.
pub(crate) async fn run(database: &Database, engine: EnrolmentEngine, stop: &CancellationToken) {
    let engine = Arc::new(Mutex::new(engine));
    let digest = lock(&engine).embedder.space().digest.clone();
    let mut pace = Pace::new(Part::Enrolment, BUSY, IDLE);
    while !stop.is_cancelled() {
        match round(database, &engine, &digest, stop).await {
            Ok(n_jobs) => pace.looked(n_jobs > 0),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

async fn round(
    database: &Database,
    engine: &Arc<Mutex<EnrolmentEngine>>,
    digest: &str,
    stop: &CancellationToken,
) -> Result<usize> {
    let mut n_jobs = 0;
    for (organization_id, job_id) in job_find(database, JOBS_PER_ROUND).await? {
        if stop.is_cancelled() {
            break;
        }
        if let Some(claim) = JobClaim::take(database, organization_id, job_id).await? {
            enrol(claim, engine, digest, organization_id).await?;
            n_jobs += 1;
        }
    }
    Ok(n_jobs)
}

async fn enrol(
    mut claim: JobClaim,
    engine: &Arc<Mutex<EnrolmentEngine>>,
    digest: &str,
    organization_id: OrganizationId,
) -> Result<()> {
    let job_id = claim.job_id;
    let space = match &claim.space {
        Some(space) if space.digest == digest => space.clone(),
        other => {
            let reason = space_problem(other.as_ref().map(|space| space.digest.as_str()), digest);
            claim.refuse(&reason).await?;
            ended(organization_id, job_id, "refused", Some(&reason));
            return Ok(());
        }
    };
    let begin = Instant::now();
    let content = std::mem::take(&mut claim.content);
    let engine = Arc::clone(engine);
    let verdict = tokio::task::spawn_blocking(move || examine(&engine, &content))
        .await
        .unwrap_or_else(|error| Verdict::Failed(format!("the models stopped: {error}")));
    WorkerMetric::EnrolmentSeconds.record(begin.elapsed());
    match verdict {
        Verdict::Face(face) => {
            let embedding = face.embedding.as_slice();
            claim
                .done(space.space_id, embedding, face.quality.score)
                .await?;
            ended(organization_id, job_id, "done", None);
        }
        Verdict::Refused(reason) => {
            claim.refuse(&reason).await?;
            ended(organization_id, job_id, "refused", Some(&reason));
        }
        Verdict::Failed(reason) => {
            let attempt = claim.attempt;
            if claim.fail(&reason).await? {
                ended(organization_id, job_id, "failed", Some(&reason));
            } else {
                tracing::warn!(
                    organization.id = %organization_id,
                    job.id = %job_id,
                    attempt,
                    reason,
                    "enrolment {job_id} failed in attempt {attempt} and is tried again"
                );
            }
        }
    }
    Ok(())
}

/// Blocking: decodes and runs both models.
fn examine(engine: &Mutex<EnrolmentEngine>, content: &[u8]) -> Verdict {
    let frame = match Frame::decode(content) {
        Ok(frame) => frame,
        Err(error) => return Verdict::Refused(error.to_string()),
    };
    let mut engine = lock(engine);
    let EnrolmentEngine { detector, embedder } = &mut *engine;
    match enrol_photo(detector, embedder, &frame) {
        Ok(face) => Verdict::Face(Box::new(face)),
        Err(PhotoProblem::Failed(error)) => Verdict::Failed(error_chain(&error)),
        Err(problem) => Verdict::Refused(problem.to_string()),
    }
}

/// The engine; a panic in an earlier photograph leaves no state behind that the next one reads.
fn lock(engine: &Mutex<EnrolmentEngine>) -> std::sync::MutexGuard<'_, EnrolmentEngine> {
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

fn space_problem(active: Option<&str>, ours: &str) -> String {
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    match active {
        Some(active) => format!(
            "the organisation matches in embedding space `{}`, this worker's model makes `{}`\nhint: run the worker with the model pack of the active space, or switch the organisation to the new space",
            short(active),
            short(ours)
        ),
        None => format!(
            "the organisation has no active embedding space, this worker's model makes `{}`\nhint: create the space first",
            short(ours)
        ),
    }
}

fn ended(
    organization_id: OrganizationId,
    job_id: JobId,
    outcome: &'static str,
    reason: Option<&str>,
) {
    WorkerMetric::EnrolmentsTotal.count_outcome(outcome);
    let reason = reason.map(|reason| reason.replace('\n', " "));
    if outcome == "failed" {
        tracing::error!(organization.id = %organization_id, job.id = %job_id, outcome, reason, "enrolment {job_id} failed");
    } else {
        tracing::info!(organization.id = %organization_id, job.id = %job_id, outcome, reason, "enrolment {job_id} ended: {outcome}");
    }
}
