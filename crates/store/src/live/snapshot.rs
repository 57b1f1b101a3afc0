//! PostgreSQL's snapshots: which transactions are done. Must not know what transactions do.

use std::fmt;
use std::str::FromStr;

/// Which transactions were committed at a moment, as `pg_current_snapshot()` says it: `xmin:xmax:xip,xip`.
/// All below `xmin` have ended, none from `xmax` on has begun, those of `xip` run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    xmin: u64,
    xmax: u64,
    xip: Vec<u64>,
}

impl Snapshot {
    /// All transactions below it have ended.
    pub fn xmin(&self) -> u64 {
        self.xmin
    }

    /// Whether what a committed transaction did is seen.
    pub fn sees(&self, xact_id: u64) -> bool {
        xact_id < self.xmin || (xact_id < self.xmax && self.xip.binary_search(&xact_id).is_err())
    }

    /// Whether the other snapshot can show transactions that this one does not know to have begun. A snapshot of
    /// another server, or from before its data was restored, may be ahead of the present one.
    pub fn is_behind(&self, other: &Self) -> bool {
        self.xmax < other.xmax
    }
}

impl FromStr for Snapshot {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(':');
        let mut number = || parts.next()?.parse::<u64>().ok();
        let (xmin, xmax) = (number().ok_or(())?, number().ok_or(())?);
        let running = parts.next().ok_or(())?;
        let xip = match running {
            "" => Vec::new(),
            list => list
                .split(',')
                .map(|xact_id| xact_id.parse().map_err(drop))
                .collect::<Result<Vec<u64>, ()>>()?,
        };
        let is_ordered = xip.is_sorted_by(|a, b| a < b)
            && xip.iter().all(|xact_id| (xmin..xmax).contains(xact_id));
        // PostgreSQL refuses the others, and a transaction id of 0.
        if parts.next().is_some() || xmin == 0 || xmin > xmax || !is_ordered {
            return Err(());
        }
        Ok(Self { xmin, xmax, xip })
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.xmin, self.xmax)?;
        for (n, xact_id) in self.xip.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(f, "{comma}{xact_id}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_sees_what_was_committed() {
        let snapshot: Snapshot = "10:20:12,15".parse().unwrap();
        let seen: Vec<u64> = (8..22).filter(|xact_id| snapshot.sees(*xact_id)).collect();
        assert_eq!(seen, [8, 9, 10, 11, 13, 14, 16, 17, 18, 19]);
        assert_eq!(snapshot.to_string(), "10:20:12,15");
        assert_eq!("7:7:".parse::<Snapshot>().unwrap().to_string(), "7:7:");
    }

    #[test]
    fn only_snapshots_are_read() {
        for bad in [
            "",
            "1",
            "1:2",
            "0:2:",
            "3:2:",
            "1:5:0",
            "1:5:5",
            "1:5:3,2",
            "1:5:2,2",
            "1:5:x",
            "1:5::",
            "-1:5:",
            "1:99999999999999999999:",
        ] {
            assert!(bad.parse::<Snapshot>().is_err(), "`{bad}`");
        }
    }
}
