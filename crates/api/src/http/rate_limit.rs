//! How many requests a user or token may send: a bucket each, filled at a steady rate. Kept in memory: a
//! restart forgets, a second process counts on its own.

use std::collections::HashMap;

use jiff::Timestamp;
use rollcall_domain::id::{TokenId, UserId};
use rollcall_store::Scope;

use crate::options::Limits;

/// Buckets kept before the full ones, which say nothing, are forgotten.
const MAX_BUCKETS: usize = 10_000;

type Key = (Option<UserId>, Option<TokenId>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Requests left, in thousandths.
    left: i64,
    filled_at: Timestamp,
}

/// The buckets of all who asked lately.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    buckets: HashMap<Key, Bucket>,
}

impl RateLimit {
    /// Takes one request out of the bucket of `scope`.
    ///
    /// Errors: seconds until there is one.
    pub fn take(&mut self, scope: &Scope, limits: &Limits, now: Timestamp) -> Result<(), u64> {
        let per_second = i64::from(limits.requests_per_second);
        if per_second == 0 {
            return Ok(());
        }
        let size = i64::from(limits.request_burst.max(1)) * 1000;
        if self.buckets.len() >= MAX_BUCKETS {
            self.buckets
                .retain(|_, bucket| filled(*bucket, per_second, size, now) < size);
        }
        let bucket = self
            .buckets
            .entry((scope.user_id, scope.token_id))
            .or_insert(Bucket {
                left: size,
                filled_at: now,
            });
        bucket.left = filled(*bucket, per_second, size, now);
        bucket.filled_at = now;
        if bucket.left < 1000 {
            let missing_ms = (1000 - bucket.left + per_second - 1) / per_second;
            return Err(u64::try_from((missing_ms + 999) / 1000).unwrap_or(1));
        }
        bucket.left -= 1000;
        Ok(())
    }
}

/// What a bucket holds by now. A clock that goes back fills nothing.
fn filled(bucket: Bucket, per_second: i64, size: i64, now: Timestamp) -> i64 {
    let elapsed_ms = now.duration_since(bucket.filled_at).as_millis();
    let elapsed_ms = i64::try_from(elapsed_ms).unwrap_or(i64::MAX).max(0);
    bucket
        .left
        .saturating_add(elapsed_ms.saturating_mul(per_second))
        .min(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
    }

    fn scope() -> Scope {
        Scope {
            user_id: Some(uuid::Uuid::now_v7().into()),
            ..Scope::organization(uuid::Uuid::now_v7().into())
        }
    }

    const LIMITS: Limits = Limits {
        requests_per_second: 2,
        request_burst: 3,
        ..Limits::DEFAULT
    };

    #[test]
    fn a_burst_is_allowed_and_then_the_rate() {
        let mut limit = RateLimit::default();
        let scope = scope();
        let mut take = |ms| limit.take(&scope, &LIMITS, at(ms));
        for _ in 0..3 {
            take(0).unwrap();
        }
        assert_eq!(take(0), Err(1));
        assert_eq!(take(499), Err(1));
        assert_eq!(take(500), Ok(()));
        assert_eq!(take(500), Err(1));
        assert_eq!(take(0), Err(1), "a clock that goes back fills nothing");
        for _ in 0..3 {
            take(60_000).unwrap();
        }
        assert_eq!(take(60_000), Err(1));
    }

    #[test]
    fn users_and_their_tokens_are_apart() {
        let mut limit = RateLimit::default();
        let scope = scope();
        let by_token = Scope {
            token_id: Some(uuid::Uuid::now_v7().into()),
            ..scope
        };
        for _ in 0..3 {
            limit.take(&scope, &LIMITS, at(0)).unwrap();
        }
        assert!(limit.take(&scope, &LIMITS, at(0)).is_err());
        assert!(limit.take(&by_token, &LIMITS, at(0)).is_ok());
    }

    #[test]
    fn none_means_any_number() {
        let mut limit = RateLimit::default();
        let limits = Limits {
            requests_per_second: 0,
            ..LIMITS
        };
        let scope = scope();
        for _ in 0..1000 {
            limit.take(&scope, &limits, at(0)).unwrap();
        }
        assert!(limit.buckets.is_empty());
    }
}
