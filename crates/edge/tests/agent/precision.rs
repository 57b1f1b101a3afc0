//! The recogniser in fewer bits, from the configuration to the hub.

use std::path::Path;

use rollcall_edge::agent;
use rollcall_edge::config::AgentConfig;
use rollcall_edge::uplink::chain;
use rollcall_store::device::RecogniserStatus;
use rollcall_store::device_record::device_by_ids;
use tokio_util::sync::CancellationToken;

use crate::clip;
use crate::command::{edge, text};
use crate::scene::Scene;

/// The scene's configuration with lines of its own for `[models]`.
fn with_models(scene: &Scene, lines: &str) -> std::path::PathBuf {
    scene.config("entry", &clip("clips/berlin-entrance.avi"));
    let path = scene.folder.path().join("agent.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config = config.replacen("[models]\n", &format!("[models]\n{lines}\n"), 1);
    std::fs::write(&path, config).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_in_int8_recognises_whom_the_hub_enrolled_in_fp32_and_says_what_it_runs() {
    let scene = Scene::new().await;
    let path = with_models(&scene, "precision = 'int8'");
    let said = text(&edge(&["doctor"], &path));
    assert!(
        said.contains("recogniser in int8 on provider `cpu`, self-test off by"),
        "{said}"
    );
    let config = AgentConfig::open(&path).unwrap();
    agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .unwrap();
    let punches = scene.punches().await;
    assert_eq!(punches.len(), 1);
    assert_eq!(punches[0].1, "E1");
    assert_eq!(scene.decisions().await.len(), 3);

    let transaction = scene
        .database
        .api
        .begin(&scene.fixture.scope())
        .await
        .unwrap();
    let ids = [scene.fixture.device.device_id];
    let device = device_by_ids(&transaction, &ids).await.unwrap().remove(0);
    transaction.commit().await.unwrap();
    let expected = RecogniserStatus {
        pack: "facenet-casia".to_owned(),
        precision: "int8".to_owned(),
        provider: "cpu".to_owned(),
    };
    assert_eq!(device.status.unwrap().0.recogniser, Some(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precision_that_the_pack_does_not_offer_is_refused_with_those_that_it_does() {
    let scene = Scene::new().await;
    let manifests = scene.folder.path().join("manifests");
    for pack in ["mtcnn", "facenet-casia"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../models")
            .join(pack);
        std::fs::create_dir_all(manifests.join(pack)).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), manifests.join(pack).join(entry.file_name())).unwrap();
        }
    }
    let manifest = manifests.join("facenet-casia/manifest.toml");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    let (before, rest) = whole.split_once("[variants.int8]").unwrap();
    let (_, after) = rest.split_once("[input]").unwrap();
    std::fs::write(&manifest, format!("{before}[input]{after}")).unwrap();

    let path = with_models(&scene, "precision = 'int8'");
    let mut config = AgentConfig::open(&path).unwrap();
    config.models.manifests = manifests;
    let error = agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .map(|_| ())
        .unwrap_err();
    let said = chain(&error);
    assert!(
        said.contains("model pack `facenet-casia` has no variant `int8`")
            && said.contains("hint: it offers `fp32`, `fp16`"),
        "{said}"
    );
    assert!(scene.decisions().await.is_empty());
}
