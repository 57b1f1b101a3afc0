//! A second way to reckon one stay at one fixed shift, in minutes of UTC since the beginning of 2026.
//! Must not use a time-zone database or anything of the crate that is tested.

/// 2026-01-01T00:00:00Z in seconds since 1970.
pub const EPOCH_SECOND: i64 = 1_767_225_600;

/// Offsets of a zone in 2026, in minutes.
pub struct Zone {
    pub name: &'static str,
    winter: i64,
    summer: i64,
    /// UTC minute at which summer time begins.
    spring: i64,
    /// UTC minute at which it ends.
    autumn: i64,
    /// Days since the beginning of the year that have a clock change in them or beside them.
    pub days: [i64; 4],
}

/// 29 March is day 87 of the year, 25 October day 297; both changes are at 01:00 UTC.
pub const BERLIN: Zone = Zone {
    name: "Europe/Berlin",
    winter: 60,
    summer: 120,
    spring: 87 * 1440 + 60,
    autumn: 297 * 1440 + 60,
    days: [86, 87, 296, 297],
};

/// 8 March is day 66, changing at 07:00 UTC; 1 November is day 304, changing at 06:00 UTC.
pub const NEW_YORK: Zone = Zone {
    name: "America/New_York",
    winter: -300,
    summer: -240,
    spring: 66 * 1440 + 7 * 60,
    autumn: 304 * 1440 + 6 * 60,
    days: [65, 66, 303, 304],
};

impl Zone {
    /// UTC minute of a wall-clock minute: skipped ones move on by the jump, of repeated ones the first.
    pub fn utc(&self, local: i64) -> i64 {
        if local - self.winter < self.spring {
            local - self.winter
        } else if local - self.summer < self.spring {
            // Skipped: reckoned with the offset before.
            local - self.winter
        } else if local - self.summer < self.autumn {
            local - self.summer
        } else {
            local - self.winter
        }
    }
}

/// What the stay comes to by R14, R16 and R19 with the built-in rules.
#[derive(Debug, PartialEq, Eq)]
pub struct Figures {
    pub presence: i64,
    pub payable: i64,
    pub unpayable: i64,
    pub overtime: i64,
    pub late: i64,
    pub early: i64,
    pub expected: i64,
}

/// `shift` and `stay` from UTC minute to UTC minute.
pub fn figures(shift: (i64, i64), stay: (i64, i64)) -> Figures {
    let within = (stay.1.min(shift.1) - stay.0.max(shift.0)).max(0);
    let overtime = (stay.1 - stay.0.max(shift.1)).max(0);
    let expected = shift.1 - shift.0;
    Figures {
        presence: stay.1 - stay.0,
        payable: within + overtime,
        unpayable: (stay.1.min(shift.0) - stay.0).max(0),
        overtime,
        late: (stay.0 - shift.0).clamp(0, expected),
        early: (shift.1 - stay.1).clamp(0, expected),
        expected,
    }
}
