//! Whether both eyes changed for a moment and came back while the rest of the face stayed as it was.
//! Must not know where the pictures come from.

use super::view::{Plane, Window, correlation};

/// Middle and half size of an eye, a nose and a mouth, eye distances.
const EYES: [(f32, f32); 2] = [(-0.5, 0.0), (0.5, 0.0)];
const EYE_SIZE: (f32, f32) = (0.25, 0.14);
const REST: [((f32, f32), (f32, f32)); 2] =
    [((0.0, 0.6), (0.26, 0.16)), ((0.0, 1.15), (0.42, 0.18))];
/// A change that lasts longer is no blink: the longest take some 400 ms (Schiffman 2001), and frames are apart.
const LONGEST_MS: u64 = 700;

/// One comparison with the first picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Eyes {
    /// Instant.
    pub at_ms: u64,
    /// How much less alike both eyes are than nose and mouth: correlations, 0 to 2; negative when they are more alike.
    pub change: f32,
}

/// How much the eyes of `to` differ from those of `from`, beyond the rest of the face. `moved`: where a place of the
/// face went, in pixels.
pub(super) fn eyes(
    (from, to): (&Plane, &Plane),
    window: &Window,
    moved: impl Fn((f32, f32)) -> (f32, f32),
    at_ms: u64,
) -> Eyes {
    let alike = |place: (f32, f32), size: (f32, f32)| {
        let reach = (
            (size.0 * window.scale) as usize,
            (size.1 * window.scale) as usize,
        );
        let (x, y) = window.pixel(place);
        let by = moved(place);
        let before = from.patch((x, y), reach);
        // The fit of the face may be off by a pixel.
        let tries = [-1.0, 0.0, 1.0];
        let places = tries
            .iter()
            .flat_map(|dy| tries.iter().map(move |dx| (*dx, *dy)));
        places
            .map(|(dx, dy)| {
                let after = to.patch((x + by.0 + dx, y + by.1 + dy), reach);
                correlation(before.clone(), after)
            })
            .fold(f32::NEG_INFINITY, f32::max)
    };
    let eyes = EYES.map(|place| alike(place, EYE_SIZE));
    let rest = REST.map(|(place, size)| alike(place, size));
    Eyes {
        at_ms,
        change: rest[0].min(rest[1]) - eyes[0].max(eyes[1]),
    }
}

/// The largest change that came and went, 0 for none. `looks` in order of time; the first picture itself, at `first_ms`,
/// has no change.
pub(super) fn largest(first_ms: u64, looks: &[Eyes]) -> f32 {
    let half_open = |look: &Eyes, peak: &Eyes| look.change <= peak.change / 2.0;
    let blinks = looks.iter().enumerate().filter_map(|(k, peak)| {
        let before = looks[..k].iter().rev().find(|look| half_open(look, peak));
        let after = looks[k..].iter().find(|look| half_open(look, peak))?;
        let from_ms = before.map_or(first_ms, |look| look.at_ms);
        (after.at_ms - from_ms <= LONGEST_MS).then_some(peak.change)
    });
    blinks.fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(changes: &[f32]) -> Vec<Eyes> {
        let at = |(i, &change)| Eyes {
            at_ms: 80 * (i as u64 + 1),
            change,
        };
        changes.iter().enumerate().map(at).collect()
    }

    #[test]
    fn a_blink_comes_and_goes_within_a_moment() {
        for (changes, expected) in [
            (&[0.0, 0.1, 0.7, 0.5, 0.1, 0.0][..], 0.7),
            // Closes at once and opens again.
            (&[0.6, 0.6, 0.1], 0.6),
            // Stays closed, as the first picture may have had the eyes closed.
            (&[0.6, 0.6, 0.6, 0.6], 0.0),
            // Still closed at the end.
            (&[0.0, 0.0, 0.6], 0.0),
            (&[0.0, -0.1, 0.05, 0.0], 0.05),
            // A second long: somebody looks down, or light changes.
            (
                &[0.0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.0],
                0.0,
            ),
            (&[], 0.0),
        ] {
            assert_eq!(largest(0, &looks(changes)), expected, "{changes:?}");
        }
    }

    #[test]
    fn eyes_are_compared_where_the_face_went() {
        let window = Window {
            from: (-1.55, -1.2),
            size: (112, 120),
            scale: 36.0,
        };
        let draw = |(dx, dy): (f32, f32), is_open: bool| Plane {
            width: window.size.0,
            height: window.size.1,
            values: (0..window.size.0 * window.size.1)
                .map(|i| {
                    let (x, y) = (
                        (i % window.size.0) as f32 - dx,
                        (i / window.size.0) as f32 - dy,
                    );
                    let spot = |place: (f32, f32), size: f32| {
                        let (px, py) = window.pixel(place);
                        (-((x - px).powi(2) + (y - py).powi(2)) / (size * size)).exp()
                    };
                    let eyes = spot((-0.5, 0.0), 5.0) + spot((0.5, 0.0), 5.0);
                    let lids = spot((-0.5, 0.12), 4.0) + spot((0.5, 0.12), 4.0);
                    let rest =
                        spot((0.0, 0.65), 5.0) + spot((-0.2, 1.15), 6.0) + spot((0.2, 1.2), 4.0);
                    150.0 - 80.0 * (if is_open { eyes } else { 0.3 * lids } + rest)
                })
                .collect(),
        };
        let (before, by) = (draw((0.0, 0.0), true), (2.0, -1.0));
        let open = eyes((&before, &draw(by, true)), &window, |_| by, 0).change;
        let closed = eyes((&before, &draw(by, false)), &window, |_| by, 0).change;
        assert!(open.abs() < 0.02, "{open}");
        assert!(closed > 0.3, "{closed}");
    }
}
