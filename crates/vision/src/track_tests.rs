//! Tables for the tracker: frames as rows, expected track ids beside them.

use super::*;

/// A face of side `side` around `(x, y)`.
fn face(x: f32, y: f32, side: f32) -> Face {
    let bbox = BBox {
        x1: x - side / 2.0,
        y1: y - side / 2.0,
        x2: x + side / 2.0,
        y2: y + side / 2.0,
    };
    Face {
        bbox,
        landmarks: [(x, y); 5],
        score: 1.0,
    }
}

/// Instant, faces as `(x, y)` of side 100, expected track ids in the same order.
type Row<'a> = (u64, &'a [(f32, f32)], &'a [u64]);

fn check(rows: &[Row]) {
    let mut tracker = Tracker::new(TrackerOptions::default());
    for (at_ms, places, expected) in rows {
        let faces: Vec<Face> = places.iter().map(|&(x, y)| face(x, y, 100.0)).collect();
        let ids: Vec<u64> = tracker
            .update(*at_ms, &faces)
            .hits
            .iter()
            .map(|hit| hit.track_id)
            .collect();
        assert_eq!(ids, *expected, "at {at_ms} ms");
    }
}

#[test]
fn a_moving_face_keeps_its_track() {
    check(&[
        (0, &[(100.0, 100.0)], &[1]),
        (100, &[(140.0, 100.0)], &[1]),
        (200, &[(180.0, 110.0)], &[1]),
        (300, &[(250.0, 120.0)], &[1]),
    ]);
}

#[test]
fn a_jump_is_a_new_track() {
    check(&[
        (0, &[(100.0, 100.0)], &[1]),
        (100, &[(100.0, 100.0)], &[1]),
        (200, &[(300.0, 100.0)], &[2]),
    ]);
}

#[test]
fn a_missed_detection_is_bridged_at_the_expected_place() {
    check(&[
        (0, &[(100.0, 100.0)], &[1]),
        (100, &[(150.0, 100.0)], &[1]),
        (200, &[(200.0, 100.0)], &[1]),
        (300, &[], &[]),
        (400, &[], &[]),
        (600, &[(400.0, 100.0)], &[1]),
    ]);
}

#[test]
fn somebody_who_stops_between_two_frames_keeps_the_track() {
    check(&[
        (0, &[(100.0, 100.0)], &[1]),
        (100, &[(180.0, 100.0)], &[1]),
        (200, &[(260.0, 100.0)], &[1]),
        (600, &[(270.0, 100.0)], &[1]),
    ]);
}

#[test]
fn a_face_that_returns_late_is_a_new_track() {
    check(&[
        (0, &[(100.0, 100.0)], &[1]),
        (700, &[(100.0, 100.0)], &[1]),
        (1401, &[(100.0, 100.0)], &[2]),
    ]);
}

#[test]
fn two_people_crossing_keep_their_tracks() {
    check(&[
        (0, &[(100.0, 100.0), (500.0, 130.0)], &[1, 2]),
        (100, &[(160.0, 100.0), (440.0, 130.0)], &[1, 2]),
        (200, &[(220.0, 100.0), (380.0, 130.0)], &[1, 2]),
        (300, &[(280.0, 100.0), (320.0, 130.0)], &[1, 2]),
        // Past each other; and the detector now reports them in the other order.
        (400, &[(260.0, 130.0), (340.0, 100.0)], &[2, 1]),
        (500, &[(200.0, 130.0), (400.0, 100.0)], &[2, 1]),
    ]);
}

#[test]
fn one_hidden_behind_the_other_comes_back_as_itself() {
    check(&[
        (0, &[(100.0, 100.0), (500.0, 100.0)], &[1, 2]),
        (100, &[(180.0, 100.0), (420.0, 100.0)], &[1, 2]),
        (200, &[(260.0, 100.0), (340.0, 100.0)], &[1, 2]),
        // The second stands behind the first for one frame.
        (300, &[(340.0, 100.0)], &[1]),
        (400, &[(420.0, 100.0), (180.0, 100.0)], &[1, 2]),
    ]);
}

#[test]
fn people_side_by_side_do_not_swap() {
    check(&[
        (0, &[(100.0, 100.0), (230.0, 100.0)], &[1, 2]),
        (100, &[(230.0, 102.0), (101.0, 101.0)], &[2, 1]),
        (200, &[(102.0, 100.0), (229.0, 100.0)], &[1, 2]),
    ]);
}

#[test]
fn a_clock_that_steps_back_does_no_harm() {
    check(&[
        (1000, &[(100.0, 100.0)], &[1]),
        (400, &[(105.0, 100.0)], &[1]),
        (1100, &[(110.0, 100.0)], &[1]),
    ]);
}

#[test]
fn tracks_are_confirmed_after_enough_hits_and_end_once() {
    let mut tracker = Tracker::new(TrackerOptions {
        confirm_hits: 3,
        ..TrackerOptions::default()
    });
    let places = [face(100.0, 100.0, 80.0)];
    let confirmed: Vec<bool> = [0, 100, 200, 300]
        .iter()
        .map(|&at| tracker.update(at, &places).hits[0].is_confirmed)
        .collect();
    assert_eq!(confirmed, [false, false, true, true]);
    let stray = tracker.update(400, &[face(100.0, 100.0, 80.0), face(600.0, 300.0, 80.0)]);
    assert!(stray.hits[1].is_new && stray.ended.is_empty());
    assert_eq!(tracker.update(1000, &[]).ended, []);
    let mut ended = tracker.update(1200, &[]).ended;
    ended.sort_by_key(|track| track.track_id);
    let expected = [
        EndedTrack {
            track_id: 1,
            was_confirmed: true,
        },
        EndedTrack {
            track_id: 2,
            was_confirmed: false,
        },
    ];
    assert_eq!(ended, expected);
    assert_eq!((tracker.n_tracks(), tracker.finish()), (0, vec![]));
}

#[test]
fn finishing_ends_what_is_alive() {
    let mut tracker = Tracker::new(TrackerOptions::default());
    tracker.update(0, &[face(100.0, 100.0, 80.0)]);
    assert_eq!(
        tracker.finish(),
        [EndedTrack {
            track_id: 1,
            was_confirmed: false
        }]
    );
    assert_eq!(tracker.n_tracks(), 0);
}

#[test]
fn the_overlaps_are_largest_in_sum() {
    // Whoever takes the best pair first leaves the second face to nobody.
    check(&[
        (0, &[(100.0, 100.0), (165.0, 100.0)], &[1, 2]),
        (100, &[(55.0, 100.0), (130.0, 100.0)], &[1, 2]),
    ]);
}

#[test]
fn a_shaking_detector_does_not_throw_a_still_face_off() {
    let mut tracker = Tracker::new(TrackerOptions::default());
    for step in 0..50_u64 {
        let shake = if step % 2 == 0 { 6.0 } else { -6.0 };
        let hits = tracker
            .update(40 * step, &[face(200.0 + shake, 150.0 - shake, 80.0)])
            .hits;
        assert_eq!(hits[0].track_id, 1);
    }
    // Half a second unseen: it is expected where it stood, not where a shake would have carried it.
    let expected = tracker.tracks[0].expected(40 * 49 + 500).centre();
    assert!(
        (expected.0 - 200.0).abs() < 40.0 && (expected.1 - 150.0).abs() < 40.0,
        "{expected:?}"
    );
}
