//! Photographs in, templates or reasons out, with the real models.

use std::path::Path;

use rollcall_domain::id::{EmployeeId, SpaceId};
use rollcall_store::enrolment::{JobClaim, MAX_ATTEMPTS, PhotoAdded, enrolment_pending, photo_add};
use rollcall_store::provision::{self, SpaceSpec};
use rollcall_testkit::{assets_dir, wait_until};
use rollcall_vision::{Detector, DetectorOptions, Embedder, Pack, Runtime, SessionOptions};
use rollcall_worker::{EnrolmentEngine, Worker, WorkerOptions};
use tokio_util::sync::CancellationToken;

use crate::common::{DEADLINE, Stage, count};
use crate::picture;

/// The engine, with the space that its embedder makes.
fn engine() -> (EnrolmentEngine, SpaceSpec) {
    let assets = assets_dir();
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let pack = |name| {
        Pack::open(&manifests, &assets.join("models"), name)
            .unwrap_or_else(|error| panic!("{error}; run make setup"))
    };
    let runtime = Runtime::load(&assets.join("onnxruntime/libonnxruntime.so"))
        .unwrap_or_else(|error| panic!("{error}; run make setup"));
    let detector = Detector::open(&runtime, &pack("mtcnn"), DetectorOptions::default()).unwrap();
    let embedder =
        Embedder::open(&runtime, &pack("facenet-casia"), SessionOptions::default()).unwrap();
    let space = embedder.space().clone();
    let space = SpaceSpec {
        digest: space.digest,
        pack: space.pack,
        dimensions: space.dimensions,
        threshold: space.threshold,
        review_floor: space.review_floor,
        margin: space.margin,
        radius: space.radius,
    };
    (EnrolmentEngine::new(detector, embedder), space)
}

fn photo(name: &str) -> Vec<u8> {
    let path = assets_dir().join("photos").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run make setup", path.display()))
}

impl Stage {
    async fn add_photo(&self, employee_id: EmployeeId, content: &[u8]) -> PhotoAdded {
        let transaction = self.database.api.begin(&self.scope()).await.unwrap();
        let added = photo_add(
            &transaction,
            self.fixture.organization_id,
            employee_id,
            content,
        )
        .await
        .unwrap();
        transaction.commit().await.unwrap();
        added
    }

    async fn n_pending(&self) -> i64 {
        let transaction = self.database.api.begin(&self.scope()).await.unwrap();
        enrolment_pending(&transaction).await.unwrap()
    }

    /// State and reason of a photograph's newest job.
    async fn outcome(&self, added: PhotoAdded) -> (String, String) {
        let transaction = self.database.admin.begin(&self.scope()).await.unwrap();
        let row = transaction
            .query_one(
                "read job",
                "select state, coalesce(reason, '') from biometric.enrolment_job
                 where organization_id = $1 and photo_id = $2 order by created_at desc, job_id desc limit 1",
                &[&self.fixture.organization_id.0, &added.photo_id.0],
            )
            .await
            .unwrap();
        (row.get(0), row.get(1))
    }

    async fn n_templates(&self, employee_id: EmployeeId, space_id: SpaceId) -> i64 {
        count(
            &self.database.admin,
            &format!(
                "select count(*) from biometric.template t
                 join biometric.template_code c using (organization_id, template_id)
                 where t.employee_id = '{employee_id}' and t.space_id = '{space_id}'
                   and abs(l2_norm(t.embedding) - 1) < 0.001"
            ),
        )
        .await
    }

    /// Runs a worker with the models until no photograph waits.
    async fn enrol_all(&self, engine: EnrolmentEngine) {
        let options = WorkerOptions {
            engine: Some(engine),
            ..WorkerOptions::default()
        };
        let stop = CancellationToken::new();
        let worker = Worker::new(self.database.worker.clone(), options);
        let worker = tokio::spawn(worker.run(stop.clone()));
        wait_until("every photograph is examined", DEADLINE, || async {
            (self.n_pending().await == 0).then_some(())
        })
        .await;
        stop.cancel();
        worker.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photographs_become_templates_or_are_refused_with_a_reason() {
    let stage = Stage::new().await;
    let (engine, space) = engine();
    let space_id =
        provision::space_create(&stage.database.admin, stage.fixture.organization_id, &space)
            .await
            .unwrap();
    let person = stage.employee("A1").await;
    let nobody = stage.employee("A2").await;

    let good = stage.add_photo(person, &photo("obama.jpg")).await;
    let drawn = stage.add_photo(nobody, &picture::gradient(320, 240)).await;
    let broken = stage.add_photo(nobody, &photo("biden.jpg")[..5000]).await;
    let text = stage.add_photo(nobody, b"not a picture").await;
    assert_eq!(stage.n_pending().await, 4);
    stage.enrol_all(engine).await;

    assert_eq!(
        stage.outcome(good).await,
        ("done".to_owned(), String::new())
    );
    assert_eq!(stage.n_templates(person, space_id).await, 1);
    for (added, expected) in [
        (drawn, "no face was found"),
        (broken, "truncated"),
        (text, "JPEG"),
    ] {
        let (state, reason) = stage.outcome(added).await;
        assert_eq!(state, "refused", "{reason}");
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!(stage.n_templates(nobody, space_id).await, 0);

    // The same bytes again: nothing to do for the good one, another try for the refused one.
    let again = stage.add_photo(person, &photo("obama.jpg")).await;
    assert_eq!(
        again,
        PhotoAdded {
            photo_id: good.photo_id,
            job_id: None,
            is_new: false
        }
    );
    let again = stage.add_photo(nobody, b"not a picture").await;
    assert_eq!((again.photo_id, again.is_new), (text.photo_id, false));
    assert!(
        again
            .job_id
            .is_some_and(|job_id| Some(job_id) != text.job_id)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn model_of_another_space_is_refused() {
    // The fixture's space is none that a model makes.
    let stage = Stage::new().await;
    let person = stage.employee("A1").await;
    let added = stage.add_photo(person, &photo("obama.jpg")).await;
    stage.enrol_all(engine().0).await;
    let (state, reason) = stage.outcome(added).await;
    assert_eq!(state, "refused");
    assert!(
        reason.contains("`0123456789ab`") && reason.contains("hint:"),
        "{reason}"
    );
    assert_eq!(stage.n_templates(person, stage.fixture.space_id).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn job_is_held_by_one_worker_and_given_up_after_its_attempts() {
    let stage = Stage::new().await;
    let person = stage.employee("A1").await;
    let added = stage.add_photo(person, b"any bytes").await;
    let (worker, organization_id) = (&stage.database.worker, stage.fixture.organization_id);
    let take = || JobClaim::take(worker, organization_id, added.job_id.unwrap());

    let claim = take().await.unwrap().unwrap();
    assert_eq!(
        (claim.attempt, claim.content.as_slice()),
        (1, b"any bytes".as_slice())
    );
    assert!(take().await.unwrap().is_none(), "another worker holds it");
    // The worker dies: its connection closes, the attempt stays counted.
    drop(claim);
    for attempt in 2..=MAX_ATTEMPTS {
        let claim = wait_until("the job is free again", DEADLINE, || async {
            take().await.unwrap()
        })
        .await;
        assert_eq!(claim.attempt, attempt);
        if attempt == MAX_ATTEMPTS {
            assert!(claim.fail("the model broke").await.unwrap());
        } else {
            assert!(!claim.fail("the model broke").await.unwrap());
        }
    }
    assert_eq!(
        stage.outcome(added).await,
        ("failed".to_owned(), "the model broke".to_owned())
    );
    assert!(take().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn job_whose_attempts_never_end_is_given_up() {
    let stage = Stage::new().await;
    let person = stage.employee("A1").await;
    let added = stage.add_photo(person, b"any bytes").await;
    let transaction = stage.database.admin.begin(&stage.scope()).await.unwrap();
    transaction
        .execute(
            "pretend attempts",
            "update biometric.enrolment_job set attempts = $1",
            &[&MAX_ATTEMPTS],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let claim = JobClaim::take(
        &stage.database.worker,
        stage.fixture.organization_id,
        added.job_id.unwrap(),
    )
    .await
    .unwrap();
    assert!(claim.is_none());
    let (state, reason) = stage.outcome(added).await;
    assert_eq!(state, "failed");
    assert!(reason.contains("given up"), "{reason}");
}
