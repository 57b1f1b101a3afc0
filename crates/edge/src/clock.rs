//! What time it is, by the hub's clock. The wall clock of a box may start in 1970, be set by hand or jump; elapsed time
//! does not. So the hub's time is taken once it answers, and carried on by elapsed time.
//! Must not know sightings or the network.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use nix::time::{ClockId, clock_gettime};
use uuid::Uuid;

/// An answer that took longer says too little about the hub's time.
const LONGEST_TRIP: Duration = Duration::from_secs(5);
/// How long the best reading is kept before a worse one replaces it: quartz drifts some seconds a day.
const KEEP: Duration = Duration::from_secs(3600);
/// A wall clock that is off by less is believed for the time before the hub answered.
const BELIEVABLE: SignedDuration = SignedDuration::from_secs(120);

/// The clock of an agent. Cheap to clone.
#[derive(Clone)]
pub struct Clock {
    wall: fn() -> Timestamp,
    boot: Option<Uuid>,
    reading: Arc<Mutex<Option<Reading>>>,
}

/// The hub's time, as it was at an instant of ours.
#[derive(Clone, Copy)]
struct Reading {
    hub_at: Timestamp,
    at: Instant,
    trip: Duration,
}

/// An instant by what this machine knows of it, to be understood later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Names the run of the machine since its last start; none when it cannot be known.
    pub boot: Option<Uuid>,
    /// Milliseconds since that start.
    pub since_boot_ms: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl Clock {
    /// A clock that has not heard of the hub and goes by the wall.
    pub fn new(wall: fn() -> Timestamp) -> Self {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        Self {
            wall,
            boot: text.ok().and_then(|text| text.trim().parse().ok()),
            reading: Arc::default(),
        }
    }

    fn reading(&self) -> MutexGuard<'_, Option<Reading>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present instant: by the hub's clock once that was heard of, else by the wall.
    pub fn now(&self) -> Timestamp {
        let reading = *self.reading();
        match reading {
            Some(reading) => {
                reading.hub_at + SignedDuration::try_from(reading.at.elapsed()).unwrap_or_default()
            }
            None => (self.wall)(),
        }
    }

    /// Takes the hub's time, asked for at `asked` and just received. The answer was under way for half of the trip at
    /// best, so the quickest one counts.
    pub fn hear(&self, hub_at: Timestamp, asked: Instant) {
        let at = Instant::now();
        let trip = at.duration_since(asked);
        if trip > LONGEST_TRIP {
            return;
        }
        let mut reading = self.reading();
        let is_better = reading.is_none_or(|old| trip <= old.trip || old.at.elapsed() > KEEP);
        if is_better {
            let half = SignedDuration::try_from(trip / 2).unwrap_or_default();
            *reading = Some(Reading {
                hub_at: hub_at + half,
                at,
                trip,
            });
        }
    }

    /// Milliseconds by which the wall clock is ahead of the hub's; none before the hub was heard of.
    pub fn offset_ms(&self) -> Option<i32> {
        self.reading().as_ref()?;
        let ahead = (self.wall)().duration_since(self.now()).as_millis();
        // A month does not fit; that far off it does not matter any more.
        Some(i32::try_from(ahead).unwrap_or(if ahead > 0 { i32::MAX } else { i32::MIN }))
    }

    /// The stamp of an instant that this clock gave a moment ago.
    pub fn stamp(&self, instant: Timestamp) -> Stamp {
        let ago = self.now().duration_since(instant).as_millis();
        let ago = u64::try_from(ago).unwrap_or_default();
        Stamp {
            boot: self.boot,
            since_boot_ms: since_boot_ms().saturating_sub(ago),
        }
    }

    /// The instant of a sighting that was seen before the hub was heard of, now that it is: by elapsed time when the
    /// machine has not been started anew since; else the wall's word, if the wall is right at present. None when
    /// nothing is known.
    pub fn correct(&self, stamp: &Stamp, wall_at: Timestamp) -> Option<Timestamp> {
        let offset_ms = self.offset_ms()?;
        if stamp.boot.is_some() && stamp.boot == self.boot {
            let ago = since_boot_ms().checked_sub(stamp.since_boot_ms)?;
            let ago = SignedDuration::from_millis(i64::try_from(ago).ok()?);
            return self.now().checked_sub(ago).ok();
        }
        let is_right = SignedDuration::from_millis(offset_ms.into()).abs() < BELIEVABLE;
        is_right.then_some(wall_at)
    }
}

fn since_boot_ms() -> u64 {
    let since = clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from);
    since.map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wall that shows 1 January 2020, always.
    fn wrong() -> Timestamp {
        "2020-01-01T00:00:00Z".parse().unwrap()
    }

    fn near(a: Timestamp, b: Timestamp) -> bool {
        a.duration_since(b).abs() < SignedDuration::from_secs(2)
    }

    #[test]
    fn the_wall_counts_until_the_hub_is_heard_and_never_again() {
        let clock = Clock::new(wrong);
        assert_eq!(clock.now(), wrong());
        assert_eq!(clock.offset_ms(), None);
        let hub_at: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
        clock.hear(hub_at, Instant::now());
        assert!(near(clock.now(), hub_at));
        assert_eq!(clock.offset_ms(), Some(i32::MIN), "years behind");
        let clock = Clock::default();
        clock.hear(
            Timestamp::now() - SignedDuration::from_hours(24),
            Instant::now(),
        );
        let off = clock.offset_ms().unwrap() - 86_400_000;
        assert!(off.abs() < 2000, "{off}");
    }

    #[test]
    fn the_quickest_answer_counts() {
        let clock = Clock::default();
        let hub_at = Timestamp::now() - SignedDuration::from_hours(1);
        clock.hear(hub_at, Instant::now());
        let earlier = |ms| {
            Instant::now()
                .checked_sub(Duration::from_millis(ms))
                .unwrap()
        };
        clock.hear(hub_at + SignedDuration::from_secs(60), earlier(900));
        assert!(near(clock.now(), hub_at), "slower");
        let fresh = Clock::default();
        fresh.hear(hub_at, earlier(60_000));
        assert_eq!(fresh.offset_ms(), None, "far too slow");
    }

    #[test]
    fn what_was_seen_before_is_dated_by_elapsed_time() {
        let clock = Clock::new(wrong);
        let seen_at = clock.now() - SignedDuration::from_secs(30);
        let stamp = clock.stamp(seen_at);
        assert_eq!(
            clock.correct(&stamp, seen_at),
            None,
            "the hub was not heard of"
        );
        let hub_at: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
        clock.hear(hub_at, Instant::now());
        let corrected = clock.correct(&stamp, seen_at).unwrap();
        assert!(
            near(corrected, hub_at - SignedDuration::from_secs(30)),
            "{corrected}"
        );
        // Started anew since: only a wall that is right now is believed.
        let other = Stamp {
            boot: Some(Uuid::nil()),
            ..stamp
        };
        assert_eq!(clock.correct(&other, seen_at), None);
        let clock = Clock::default();
        clock.hear(Timestamp::now(), Instant::now());
        let seen_at = Timestamp::now() - SignedDuration::from_hours(5);
        assert_eq!(clock.correct(&other, seen_at), Some(seen_at));
    }
}
