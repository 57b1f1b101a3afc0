//! Where a subscriber is in the order of changes. Must not know how a cursor is spelled.

use std::sync::Arc;

use jiff::Timestamp;
use rollcall_store::live::{LivePosition, Snapshot};

/// Between two readings of the changes: `before` and `after` are the moments of both.
#[derive(Clone, Debug)]
pub struct Step {
    /// When the later one was made.
    pub taken_at: Timestamp,
    /// What the earlier one saw.
    pub before: Snapshot,
    /// What the later one saw.
    pub after: Snapshot,
}

/// After a change of a step, or after all of it.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// The step.
    pub step: Arc<Step>,
    /// The last change that was sent; none: the whole step.
    pub position: Option<LivePosition>,
}

impl Cursor {
    /// After everything that a snapshot shows.
    pub fn at(snapshot: Snapshot, taken_at: Timestamp) -> Self {
        let step = Step {
            taken_at,
            before: snapshot.clone(),
            after: snapshot,
        };
        Self {
            step: Arc::new(step),
            position: None,
        }
    }

    /// Whether a change is before it.
    pub fn covers(&self, position: &LivePosition) -> bool {
        self.step.after.sees(position.xact_id)
            && (self.step.before.sees(position.xact_id)
                || self.position.is_none_or(|last| *position <= last))
    }

    /// The moment from which changes have to be read to find all that it does not cover.
    pub fn from(&self) -> &Snapshot {
        match self.position {
            Some(_) => &self.step.before,
            None => &self.step.after,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_within_a_step_covers_what_was_sent_of_it() {
        let position = |xact_id, ordinal| LivePosition {
            xact_id,
            change_id: Uuid::nil(),
            ordinal,
        };
        let step = Arc::new(Step {
            taken_at: Timestamp::UNIX_EPOCH,
            before: "10:14:12".parse().unwrap(),
            after: "16:20:17".parse().unwrap(),
        });
        let within = Cursor {
            step: step.clone(),
            position: Some(position(14, 2)),
        };
        let all = Cursor {
            step,
            position: None,
        };
        // Transaction, ordinal, covered within the step, covered after all of it. Transaction 12 ran at the first
        // reading, 17 at the second, 20 began later.
        for (xact_id, ordinal, expected_within, expected_all) in [
            (9, 1, true, true),
            (13, 9, true, true),
            (12, 1, true, true),
            (14, 2, true, true),
            (14, 3, false, true),
            (15, 1, false, true),
            (17, 1, false, false),
            (20, 1, false, false),
        ] {
            let position = position(xact_id, ordinal);
            assert_eq!(within.covers(&position), expected_within, "{position:?}");
            assert_eq!(all.covers(&position), expected_all, "{position:?}");
        }
    }
}
