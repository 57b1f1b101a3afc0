//! Waiting for a state with a deadline. Must not know what is waited for.

use std::time::Duration;

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Asks again and again until `state` gives a value, and returns it.
///
/// Panics: after `deadline`, naming `what`.
pub async fn wait_until<T, F: Future<Output = Option<T>>>(
    what: &str,
    deadline: Duration,
    mut state: impl FnMut() -> F,
) -> T {
    let end = tokio::time::Instant::now() + deadline;
    loop {
        if let Some(value) = state().await {
            return value;
        }
        assert!(
            tokio::time::Instant::now() < end,
            "waited {deadline:?} in vain until {what}"
        );
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
