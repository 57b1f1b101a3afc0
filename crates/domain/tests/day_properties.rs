//! What holds for every input: order and duplicates mean nothing, nothing panics, no punch is lost.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rollcall_domain::id::{PunchId, SiteId};
use rollcall_domain::{
    DayInput, Direction, DirectionPolicy, Exception, Punch, PunchSource, SiteRules, derive_day,
};
use uuid::Uuid;

/// Zones with gaps, overlaps, half hours, skipped days, and one that nobody knows.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Nowhere/At_All",
];

fn site() -> impl Strategy<Value = SiteRules> {
    (
        prop::sample::select(ZONES),
        0..86_400i32,
        prop_oneof![Just(0u32), Just(150), 0..90_000u32, Just(u32::MAX)],
        any::<bool>(),
    )
        .prop_map(|(zone, boundary, cool_down_seconds, is_camera)| SiteRules {
            site_id: SiteId(Uuid::nil()),
            time_zone: zone.to_owned(),
            zone: TimeZone::get(zone).ok(),
            day_boundary: Time::midnight()
                .saturating_add(jiff::SignedDuration::from_secs(boundary.into())),
            cool_down_seconds,
            direction_policy: if is_camera {
                DirectionPolicy::Camera
            } else {
                DirectionPolicy::Alternate
            },
        })
}

/// Instants that crowd around a clock change, and the ends of time.
fn instant() -> impl Strategy<Value = Timestamp> {
    let dst = "2026-03-29T01:00:00Z".parse::<Timestamp>().unwrap();
    let autumn = "2026-10-25T01:00:00Z".parse::<Timestamp>().unwrap();
    let near = move |anchor: Timestamp| {
        (-90_000i64..90_000)
            .prop_map(move |seconds| Timestamp::from_second(anchor.as_second() + seconds).unwrap())
    };
    prop_oneof![
        8 => near(dst),
        8 => near(autumn),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
        1 => (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
            .prop_map(|second| Timestamp::from_second(second).unwrap()),
    ]
}

fn punch() -> impl Strategy<Value = Punch> {
    (
        0..12u128,
        // Site 3 has no rules.
        0..4u128,
        instant(),
        prop::option::of(prop::sample::select(Direction::ALL)),
        prop::sample::select(PunchSource::ALL),
        prop::bool::weighted(0.1),
    )
        .prop_map(
            |(id, site, occurred_at, direction, source, is_voided)| Punch {
                punch_id: PunchId(Uuid::from_u128(id)),
                site_id: SiteId(Uuid::from_u128(site)),
                occurred_at,
                direction,
                source,
                is_voided,
            },
        )
}

fn sites() -> impl Strategy<Value = Vec<SiteRules>> {
    prop::collection::vec(site(), 3).prop_map(|mut sites| {
        for (index, site) in sites.iter_mut().enumerate() {
            site.site_id = SiteId(Uuid::from_u128(index as u128));
        }
        sites
    })
}

/// Punches, and the same ones shuffled with some of them twice (contradicting copies included).
fn punches_and_shuffled() -> impl Strategy<Value = (Vec<Punch>, Vec<Punch>)> {
    prop::collection::vec(punch(), 1..40).prop_flat_map(|punches| {
        let n_punches = punches.len();
        let extra = prop::collection::vec(0..n_punches, 0..10);
        (Just(punches), extra).prop_flat_map(|(punches, extra)| {
            let mut more = punches.clone();
            more.extend(extra.iter().map(|index| punches[*index]));
            (Just(punches), Just(more).prop_shuffle())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_duplicates_never_matter(
        (punches, shuffled) in punches_and_shuffled(),
        sites in sites(),
    ) {
        for work_date in dates(&punches, &sites) {
            let day = derive_day(&DayInput { work_date, punches: &punches, sites: &sites });
            let again = derive_day(&DayInput { work_date, punches: &shuffled, sites: &sites });
            prop_assert_eq!(day, again);
        }
    }

    #[test]
    fn every_punch_is_counted_or_a_repeat_on_exactly_one_day(
        punches in prop::collection::vec(punch(), 1..40),
        sites in sites(),
    ) {
        // One punch per id: the first copy.
        let mut seen = BTreeSet::new();
        let punches: Vec<Punch> = punches.into_iter().filter(|p| seen.insert(p.punch_id)).collect();
        let mut read = Vec::new();
        for work_date in dates(&punches, &sites) {
            let Some(day) = derive_day(&DayInput { work_date, punches: &punches, sites: &sites }) else {
                continue;
            };
            prop_assert_eq!(day.n_counted() + day.n_repeats(), day.punches.len());
            prop_assert!(day.n_counted() > 0);
            prop_assert!(day.worked_minutes >= 0);
            let ends = day.sessions.iter().flat_map(|s| [s.begin, s.end]).flatten().count();
            prop_assert_eq!(ends, day.n_counted(), "every counted punch ends exactly one session");
            let open = day.sessions.iter().any(|s| s.begin.is_none() || s.end.is_none());
            let told = day.exceptions.iter().any(|e| *e != Exception::UnknownTimeZone);
            prop_assert_eq!(open, told);
            read.extend(day.punches.iter().map(|punch| punch.punch_id));
        }
        read.sort();
        let mut expected: Vec<PunchId> =
            punches.iter().filter(|p| !p.is_voided).map(|p| p.punch_id).collect();
        expected.sort();
        prop_assert_eq!(read, expected);
    }
}

fn dates(punches: &[Punch], sites: &[SiteRules]) -> BTreeSet<jiff::civil::Date> {
    punches
        .iter()
        .map(|punch| {
            sites
                .iter()
                .find(|site| site.site_id == punch.site_id)
                .map_or_else(
                    || SiteRules::unknown(punch.site_id).work_date(punch.occurred_at),
                    |site| site.work_date(punch.occurred_at),
                )
        })
        .collect()
}
