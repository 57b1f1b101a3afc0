//! Tells those who look through a camera that it shows something new. Must not know pictures: they are read, by each
//! under own rights.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rollcall_domain::id::CameraId;
use tokio::sync::watch;

/// The cameras through which somebody looks at this hub.
#[derive(Default)]
pub(super) struct Pictures(Mutex<HashMap<CameraId, watch::Sender<()>>>);

impl Pictures {
    fn cameras(&self) -> MutexGuard<'_, HashMap<CameraId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes each time the camera shows something new, from now on.
    pub fn watch(&self, camera_id: CameraId) -> watch::Receiver<()> {
        let mut cameras = self.cameras();
        cameras.retain(|_, camera| camera.receiver_count() > 0);
        cameras
            .entry(camera_id)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    /// A notification came; one that cannot be read may be about any camera.
    pub fn announced(&self, payload: &str) {
        #[derive(serde::Deserialize)]
        struct Payload {
            camera_id: uuid::Uuid,
        }
        match serde_json::from_str::<Payload>(payload) {
            Ok(Payload { camera_id }) => {
                if let Some(camera) = self.cameras().get(&CameraId(camera_id)) {
                    camera.send_replace(());
                }
            }
            Err(_) => self.look(),
        }
    }

    /// Something may have been missed.
    pub fn look(&self) {
        for camera in self.cameras().values() {
            camera.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_camera_that_is_named_looks_and_all_when_none_can_be_read() {
        let pictures = Pictures::default();
        let [first, second] = [1, 2].map(|n| CameraId(uuid::Uuid::from_u128(n)));
        let (mut one, mut two) = (pictures.watch(first), pictures.watch(second));
        let told = |watching: &mut watch::Receiver<()>| {
            let is_told = watching.has_changed().unwrap();
            watching.mark_unchanged();
            is_told
        };
        for (payload, expected) in [
            (format!(r#"{{"camera_id":"{}"}}"#, first.0), (true, false)),
            (format!(r#"{{"camera_id":"{}"}}"#, second.0), (false, true)),
            ("?".to_owned(), (true, true)),
        ] {
            pictures.announced(&payload);
            assert_eq!((told(&mut one), told(&mut two)), expected, "{payload}");
        }
        drop(one);
        let _three = pictures.watch(CameraId(uuid::Uuid::from_u128(3)));
        assert!(!pictures.cameras().contains_key(&first), "nobody looks");
    }
}
