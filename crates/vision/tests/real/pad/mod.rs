//! What presentation attack detection makes of simulated people, and of pictures of them.
//!
//! `the_rates_are_measured` prints the figures of `docs/devices.md`; it is not run with the other tests.

mod presentation;
mod surface;

use std::time::{Duration, Instant};

use opencv::core::Mat;
use presentation::{FRAME_MS, Kind, Subject, frames};
use rollcall_vision::{
    Detector, Frame, TrackSighting, Watcher, WatcherOptions,
    pad::{Evidence, Verdict, Witness},
};

use crate::common::{detector, embedder, photo};

const PHOTOS: [&str; 5] = [
    "obama.jpg",
    "obama2.jpg",
    "obama3.jpg",
    "biden.jpg",
    "astronaut.png",
];
/// A watcher that does not wait decides after so many frames.
const N_EARLY: usize = 12;

/// The evidence when a watcher decides, and at the end of the clip.
fn evidence(detector: &mut Detector, clip: &[Frame], spent: &mut Vec<Duration>) -> [Evidence; 2] {
    let mut witness = Witness::default();
    let mut early = Evidence::default();
    for (k, frame) in clip.iter().enumerate() {
        if k == N_EARLY {
            early = witness.evidence();
        }
        let faces = detector.detect(frame).expect("a frame is looked at");
        let Some(face) = faces.first() else { continue };
        let started = Instant::now();
        witness
            .see(frame, face, k as u64 * FRAME_MS)
            .expect("a face is looked at");
        spent.push(started.elapsed());
    }
    [early, witness.evidence()]
}

#[test]
fn still_pictures_are_never_live_and_people_are_never_attacks() {
    let mut detector = detector(40.0);
    let subjects =
        ["obama3.jpg", "astronaut.png"].map(|name| Subject::new(&photo(name), &mut detector));
    let mut n_right = 0;
    for kind in Kind::PEOPLE.into_iter().chain(Kind::ATTACKS) {
        let right = match kind {
            Kind::Turning | Kind::Nodding | Kind::WalkingBy => Some(Verdict::Live),
            Kind::PrintPanned | Kind::PrintCutOutTilted => Some(Verdict::Attack),
            _ => None,
        };
        // Of the others only the wrong verdict is looked for: one is enough.
        let n = if right.is_some() { 2 } else { 1 };
        for (subject, seed) in subjects.iter().zip([51, 52]).take(n) {
            let clip = frames(kind, subject, seed);
            let [early, late] = evidence(&mut detector, &clip, &mut Vec::new());
            for evidence in [early, late] {
                let verdict = evidence.verdict();
                let wrong = match kind {
                    // A video of a person shows what a person shows.
                    Kind::ScreenVideo | Kind::FineScreenVideo => continue,
                    _ if Kind::PEOPLE.contains(&kind) => Verdict::Attack,
                    _ => Verdict::Live,
                };
                assert_ne!(verdict, wrong, "{kind:?}, seed {seed}: {evidence:?}");
            }
            n_right += usize::from(Some(late.verdict()) == right);
        }
    }
    assert!(
        n_right >= 8,
        "{n_right} of 10 clips with enough motion were seen through"
    );
}

#[test]
fn a_watcher_says_what_was_before_its_camera_and_waits_for_it_where_it_shall() {
    let subject = Subject::new(&photo("obama3.jpg"), &mut detector(40.0));
    let sighting = |kind: Kind, pad_wait_ms: u64| -> (TrackSighting, usize) {
        let options = WatcherOptions {
            pad_wait_ms,
            ..WatcherOptions::default()
        };
        let mut embedder = embedder();
        let mut watcher = Watcher::new(detector(40.0), *embedder.align(), options);
        for (k, frame) in frames(kind, &subject, 61).iter().enumerate() {
            let found = watcher.feed(frame, k as u64 * FRAME_MS).expect("a frame");
            if let Some(track) = found.into_iter().next() {
                return (track.sight(&mut embedder).expect("an embedding"), k);
            }
        }
        let track = watcher.finish().into_iter().next().expect("a track");
        let sighting = track.sight(&mut embedder).expect("an embedding");
        (sighting, usize::MAX)
    };
    let (person, _) = sighting(Kind::Turning, 1500);
    assert_eq!(person.pad, Verdict::Live, "{:?}", person.pad_evidence);
    let (page, _) = sighting(Kind::PrintPanned, 1500);
    assert_eq!(page.pad, Verdict::Attack, "{:?}", page.pad_evidence);
    let (still, at_once) = sighting(Kind::Still, 0);
    assert_eq!(still.pad, Verdict::NotChecked, "{:?}", still.pad_evidence);
    assert!(at_once <= N_EARLY, "{at_once}");
    let (still, later) = sighting(Kind::Still, 1200);
    assert_eq!(still.pad, Verdict::NotChecked, "{:?}", still.pad_evidence);
    assert_eq!(later as u64, 1200_u64.div_ceil(FRAME_MS));
}

/// Counts of live, attack and not checked.
type Counts = [u32; 3];

fn line(kind: Kind, counts: [Counts; 2]) -> String {
    let n: u32 = counts[0].iter().sum();
    let share = |k: u32| format!("{:>5.1} %", 100.0 * k as f32 / n as f32);
    let is_person = Kind::PEOPLE.contains(&kind);
    let cells = counts.map(|[live, attack, _]| match is_person {
        true => format!("{} | {}", share(attack), share(live)),
        false => format!("{} | {}", share(n - attack), share(live)),
    });
    format!("{kind:<18?} | {n:>4} | {} | {}", cells[0], cells[1])
}

#[test]
#[ignore = "a measurement of some minutes"]
fn the_rates_are_measured() {
    let setting = |name: &str, default: u64| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    };
    let (n_seeds, first_seed) = (setting("PAD_SEEDS", 4), setting("PAD_FIRST_SEED", 101));
    let mut detector = detector(40.0);
    let photos: Vec<Frame> = match std::env::var("PAD_PHOTOS") {
        Ok(folder) => std::fs::read_dir(folder)
            .expect("a folder of photographs")
            .map(|entry| Frame::open(&entry.expect("a file").path()).expect("a photograph"))
            .collect(),
        Err(_) => PHOTOS.map(photo).into(),
    };
    let subjects: Vec<Subject> = photos
        .iter()
        .map(|photo| Subject::new(photo, &mut detector))
        .collect();
    let (mut spent, mut detecting) = (Vec::new(), Vec::new());
    println!(
        "people: BPCER (called attack) | called live; attacks: APCER (not called attack) | called live"
    );
    println!("presentation       |    n | at once, 0.8 s    | after 1.6 s");
    for kind in Kind::PEOPLE.into_iter().chain(Kind::ATTACKS) {
        let mut counts = [[0; 3]; 2];
        for (i, subject) in subjects.iter().enumerate() {
            for seed in first_seed..first_seed + n_seeds {
                let clip = frames(kind, subject, seed * 1000 + i as u64);
                let started = Instant::now();
                detector.detect(&clip[0]).expect("a frame is looked at");
                detecting.push(started.elapsed());
                let found = evidence(&mut detector, &clip, &mut spent);
                for (count, evidence) in counts.iter_mut().zip(&found) {
                    count[match evidence.verdict() {
                        Verdict::Live => 0,
                        Verdict::Attack => 1,
                        Verdict::NotChecked => 2,
                    }] += 1;
                }
                if std::env::var_os("PAD_TRACE").is_some() {
                    println!("  {i} {seed} {:.3?} {:?}", found[1], found[1].verdict());
                }
                if let Some(folder) = std::env::var_os("PAD_PICTURES")
                    && seed == first_seed
                    && i == 0
                {
                    let path = std::path::Path::new(&folder).join(format!("{kind:?}.png"));
                    let mat: &Mat = clip[8].mat();
                    opencv::imgcodecs::imwrite_def(&path, mat).expect("a picture");
                }
            }
        }
        println!("{}", line(kind, counts));
    }
    for (what, mut times) in [
        ("a look of PAD", spent),
        ("detection in a frame", detecting),
    ] {
        times.sort();
        println!(
            "{what}: median {:.2} ms",
            times[times.len() / 2].as_secs_f64() * 1000.0
        );
    }
}
