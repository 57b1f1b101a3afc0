//! Moving pictures composed in memory: one sighting per person, whoever else is in view.

use crate::common::{self, blurred, canvas, detector, embedder, photo, scaled};
use rollcall_domain::punch::Direction;
use rollcall_vision::{
    Cadence, DecidedTrack, Embedding, Frame, Line, LostReason, Region, TrackSighting, Watcher,
    WatcherOptions, enrol_photo, quality::Flaw, similarity,
};

const FRAME_MS: u64 = 100;

fn watcher(options: WatcherOptions) -> Watcher {
    Watcher::new(detector(40.0), *embedder().align(), options)
}

/// The embedding of a photograph, as a template.
fn template(name: &str) -> Embedding {
    enrol_photo(&mut detector(40.0), &mut embedder(), &photo(name))
        .expect(name)
        .embedding
}

/// Feeds frames and finishes; returns all sightings with the frame index that gave each.
fn watch(
    watcher: &mut Watcher,
    frames: impl IntoIterator<Item = Frame>,
) -> Vec<(usize, TrackSighting)> {
    let mut sightings = Vec::new();
    let mut embedder = embedder();
    let mut sight = |track: DecidedTrack| track.sight(&mut embedder).expect("an embedding");
    let mut n = 0;
    for (i, frame) in frames.into_iter().enumerate() {
        let found = watcher
            .feed(&frame, i as u64 * FRAME_MS)
            .expect("a frame is looked at");
        sightings.extend(found.into_iter().map(|track| (i, sight(track))));
        n = i;
    }
    let rest = watcher.finish();
    sightings.extend(rest.into_iter().map(|track| (n, sight(track))));
    sightings
}

/// Head of a photograph, cut out and scaled so that the face is about 110 pixels wide.
fn head(name: &str) -> Frame {
    let (x, y, side, scale) = match name {
        "obama.jpg" => (300, 0, 400, 0.45),
        "obama2.jpg" => (120, 130, 480, 0.4),
        "biden.jpg" => (350, 80, 480, 0.4),
        other => panic!("no head of {other}"),
    };
    scaled(&common::part(&photo(name), x, y, side, side), scale)
}

#[test]
fn a_person_walking_by_is_sighted_once() {
    let face = head("obama2.jpg");
    let mut watcher = watcher(WatcherOptions::default());
    // Walks to the right and comes nearer.
    let frames = (0..20).map(|i| {
        let near = scaled(&face, 0.8 + 0.02 * f64::from(i));
        canvas(640, 480, &[(&near, 30 + 18 * i, 100 + i)])
    });
    let sightings = watch(&mut watcher, frames);
    assert_eq!(sightings.len(), 1, "{:?} {:?}", sightings, watcher.stats());
    let (frame, sighting) = &sightings[0];
    assert_eq!(sighting.n_frames, 6);
    assert!(
        *frame < 10,
        "decided as soon as six shots were there, not at the end: frame {frame}"
    );
    assert_eq!(sighting.first_seen_ms, 0);
    assert!(sighting.captured_ms <= *frame as u64 * FRAME_MS);
    assert!(
        sighting.agreement > 0.85 && sighting.agreement <= 1.0,
        "{}",
        sighting.agreement
    );
    let thumbnail = Frame::decode(&sighting.thumbnail_jpeg).expect("a thumbnail");
    assert_eq!((thumbnail.width(), thumbnail.height()), (112, 112));
    // Enrolled on another occasion.
    let threshold = embedder().space().threshold;
    let found = similarity(&sighting.embedding, &template("obama.jpg"));
    assert!(found >= threshold, "{found}");
    assert!(similarity(&sighting.embedding, &template("biden.jpg")) < threshold - 0.2);
    let stats = watcher.stats();
    assert_eq!(
        (
            stats.n_frames,
            stats.n_detections,
            stats.n_tracks,
            stats.n_sightings
        ),
        // Seldom once it is decided.
        (20, 13, 1, 1)
    );
    assert!(stats.lost.is_empty(), "{stats:?}");
}

#[test]
fn two_people_at_once_are_two_sightings() {
    let (one, two) = (head("obama.jpg"), head("biden.jpg"));
    let mut watcher = watcher(WatcherOptions::default());
    let frames = (0..14).map(|i| {
        canvas(
            640,
            480,
            &[(&one, 20 + 6 * i, 60), (&two, 420 - 5 * i, 250)],
        )
    });
    let sightings = watch(&mut watcher, frames);
    assert_eq!(sightings.len(), 2, "{:?}", watcher.stats());
    let threshold = embedder().space().threshold;
    for name in ["obama2.jpg", "biden.jpg"] {
        let template = template(name);
        let n = sightings
            .iter()
            .filter(|(_, s)| similarity(&s.embedding, &template) >= threshold)
            .count();
        assert_eq!(n, 1, "{name}");
    }
}

#[test]
fn only_the_largest_face_is_followed_where_the_camera_says_so() {
    let (one, two) = (
        scaled(&head("obama.jpg"), 1.3),
        scaled(&head("biden.jpg"), 0.7),
    );
    let mut watcher = watcher(WatcherOptions {
        largest_face_only: true,
        ..WatcherOptions::default()
    });
    let frames = (0..10).map(|i| canvas(640, 480, &[(&one, 20 + 6 * i, 60), (&two, 440, 250)]));
    let sightings = watch(&mut watcher, frames);
    assert_eq!(sightings.len(), 1, "{:?}", watcher.stats());
    assert!(similarity(&sightings[0].1.embedding, &template("obama2.jpg")) > 0.5);
}

#[test]
fn a_short_visit_with_enough_shots_is_sighted_when_it_ends() {
    let face = head("obama.jpg");
    let empty = canvas(640, 480, &[]);
    let mut watcher = watcher(WatcherOptions::default());
    let frames = (0..14).map(|i| {
        if i < 4 {
            canvas(640, 480, &[(&face, 100 + 8 * i, 90)])
        } else {
            empty.clone()
        }
    });
    let sightings = watch(&mut watcher, frames);
    assert_eq!(sightings.len(), 1, "{:?}", watcher.stats());
    let (frame, sighting) = &sightings[0];
    assert_eq!(sighting.n_frames, 4);
    assert_eq!(
        *frame, 11,
        "the first frame more than 700 ms after the last sight"
    );
}

#[test]
fn a_slow_camera_decides_by_age() {
    let face = head("obama.jpg");
    let options = WatcherOptions {
        decide_after_ms: 600,
        ..WatcherOptions::default()
    };
    let mut watcher = watcher(options);
    let mut sightings = Vec::new();
    for i in 0..5 {
        let frame = canvas(640, 480, &[(&face, 100 + 9 * i, 90)]);
        let found = watcher.feed(&frame, 300 * i as u64).unwrap();
        sightings.extend(found.into_iter().map(|track| (i, track.n_shots())));
    }
    assert_eq!(sightings, [(2, 3)], "{:?}", watcher.stats());
}

#[test]
fn faces_outside_the_region_are_not_followed() {
    let (left, right) = (head("obama.jpg"), head("biden.jpg"));
    let frames =
        || (0..12).map(|i| canvas(640, 480, &[(&left, 30 + i, 90), (&right, 380 - i, 90)]));
    let everywhere = watch(&mut watcher(WatcherOptions::default()), frames());
    assert_eq!(everywhere.len(), 2);
    let left_half = vec![(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)];
    let options = WatcherOptions {
        region: Some(Region::new(left_half).unwrap()),
        ..WatcherOptions::default()
    };
    let mut watcher = watcher(options);
    let sightings = watch(&mut watcher, frames());
    assert_eq!(sightings.len(), 1, "{:?}", watcher.stats());
    assert!(similarity(&sightings[0].1.embedding, &template("obama2.jpg")) > 0.5);
}

/// Somebody who walks to the right, 20 pixels in a frame, past `x = 320` in frame 10.
fn walk_right() -> impl Iterator<Item = Frame> {
    let face = head("obama.jpg");
    (0..28).map(move |i| match i < 18 {
        true => canvas(640, 480, &[(&face, 30 + 20 * i, 90)]),
        false => canvas(640, 480, &[]),
    })
}

#[test]
fn a_sighting_waits_for_the_line_and_says_which_way_it_was_crossed() {
    let across = |x: f32, inside: f32| Line::new([(x, 0.0), (x, 1.0)], (inside, 0.5)).unwrap();
    let seen = |line: Option<Line>, line_wait_ms: u64| {
        let options = WatcherOptions {
            line,
            line_wait_ms,
            ..WatcherOptions::default()
        };
        let mut watcher = watcher(options);
        let sightings = watch(&mut watcher, walk_right());
        let [(frame, sighting)] = sightings.as_slice() else {
            panic!("{sightings:?} {:?}", watcher.stats());
        };
        (*frame, sighting.direction)
    };
    let (decided, direction) = seen(None, 8000);
    assert!(
        decided < 8 && direction.is_none(),
        "{decided} {direction:?}"
    );
    // The head's face is some 110 pixels wide, and its centre half of the head's 180 from its left edge.
    let (decided, direction) = seen(Some(across(0.5, 0.9)), 8000);
    assert_eq!(direction, Some(Direction::In));
    assert!((10..14).contains(&decided), "{decided}");
    assert_eq!(seen(Some(across(0.5, 0.1)), 8000).1, Some(Direction::Out));
    // Crossed before there are enough shots: decided when there are.
    let (decided, direction) = seen(Some(across(0.25, 0.9)), 8000);
    assert!(
        decided < 8 && direction == Some(Direction::In),
        "{decided} {direction:?}"
    );
    // Never crossed: decided when the track ends, or when it has waited long enough.
    let (decided, direction) = seen(Some(across(0.95, 1.0)), 8000);
    assert!(
        decided > 18 && direction.is_none(),
        "{decided} {direction:?}"
    );
    let (decided, direction) = seen(Some(across(0.95, 1.0)), 1000);
    assert!(
        (10..12).contains(&decided) && direction.is_none(),
        "{decided} {direction:?}"
    );
}

#[test]
fn faces_are_looked_for_as_often_as_the_scene_asks_for() {
    let face = head("obama.jpg");
    let empty = canvas(640, 480, &[]);
    let mut watcher = watcher(WatcherOptions::default());
    // Five seconds of nothing at 25 frames a second.
    let mut at_ms = 0;
    let mut feed = |watcher: &mut Watcher, frame: &Frame, n: u64| {
        let before = watcher.stats().n_detections;
        let mut n_sightings = 0;
        for _ in 0..n {
            n_sightings += watcher.feed(frame, at_ms).unwrap().len();
            at_ms += 40;
        }
        (watcher.stats().n_detections - before, n_sightings)
    };
    assert_eq!(feed(&mut watcher, &empty, 125), (5, 0));
    // Somebody comes: in every frame until decided, then five times a second.
    let here = canvas(640, 480, &[(&face, 200, 90)]);
    let (n_detections, n_sightings) = feed(&mut watcher, &here, 125);
    assert_eq!(n_sightings, 1);
    assert!((25..60).contains(&n_detections), "{n_detections}");
    // Whoever stays is not decided again.
    assert_eq!(feed(&mut watcher, &here, 250), (50, 0));
    let always = WatcherOptions {
        cadence: Cadence::ALWAYS,
        ..WatcherOptions::default()
    };
    let mut watcher = self::watcher(always);
    assert_eq!(feed(&mut watcher, &empty, 50).0, 50);
}

#[test]
fn tracks_without_enough_good_shots_are_counted_by_reason() {
    let face = head("obama.jpg");
    let place = |picture: &Frame| canvas(640, 480, &[(picture, 200, 100)]);
    let (sharp, soft) = (place(&face), place(&blurred(&face, 5.0)));
    let empty = canvas(640, 480, &[]);
    for (what, n, frame, reason) in [
        ("one frame", 1, &sharp, LostReason::Unconfirmed),
        ("two frames", 2, &sharp, LostReason::TooShort),
        ("blurred", 12, &soft, LostReason::Flaw(Flaw::Blurred)),
    ] {
        let mut watcher = watcher(WatcherOptions::default());
        let frames = (0..n + 9).map(|i| if i < n { frame.clone() } else { empty.clone() });
        let sightings = watch(&mut watcher, frames);
        assert!(sightings.is_empty(), "{what}: {sightings:?}");
        let stats = watcher.stats();
        assert_eq!(stats.lost.get(&reason), Some(&1), "{what}: {stats:?}");
        assert_eq!(stats.lost.len(), 1, "{what}: {stats:?}");
    }
}

#[test]
fn a_person_who_returns_is_a_new_sighting() {
    let face = head("obama.jpg");
    let empty = canvas(640, 480, &[]);
    let mut watcher = watcher(WatcherOptions::default());
    let frames = (0..30).map(|i| match i % 16 {
        0..8 => canvas(640, 480, &[(&face, 100 + 8 * (i % 16), 90)]),
        _ => empty.clone(),
    });
    let ids: Vec<u64> = watch(&mut watcher, frames)
        .iter()
        .map(|(_, sighting)| sighting.track_id)
        .collect();
    assert_eq!(ids, [1, 2], "{:?}", watcher.stats());
}
