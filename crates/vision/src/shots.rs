//! The best pictures of one track: good ones, and spread in time, because two frames in a row
//! show the same mistake twice. Must not know recognisers.

use crate::{align::Crop, cover::Cover, geometry::BBox, quality::Quality};

/// One picture of a tracked face.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Instant of its frame.
    pub at_ms: u64,
    /// The aligned face.
    pub crop: Crop,
    /// Its quality.
    pub quality: Quality,
    /// Its box in frame pixels.
    pub bbox: BBox,
    /// What seems to cover it.
    pub cover: Option<Cover>,
}

/// The best shots so far, at most a fixed number, in order of time.
#[derive(Debug)]
pub struct Shots {
    target: usize,
    spacing_ms: u64,
    kept: Vec<Shot>,
}

impl Shots {
    /// Keeps `target` shots at least `spacing_ms` apart.
    pub fn new(target: usize, spacing_ms: u64) -> Shots {
        Shots {
            target,
            spacing_ms,
            kept: Vec::with_capacity(target),
        }
    }

    /// Whether a shot of this quality at this instant would be kept: asked before cutting it out.
    pub fn wants(&self, at_ms: u64, score: f32) -> bool {
        match self.place(at_ms) {
            Place::Replace(i) => self.kept[i].quality.score < score,
            Place::Add => true,
        }
    }

    /// Offers a shot; keeps it if it is wanted. Returns whether it was kept.
    pub fn offer(&mut self, shot: Shot) -> bool {
        if !self.wants(shot.at_ms, shot.quality.score) {
            return false;
        }
        if let Place::Replace(i) = self.place(shot.at_ms) {
            self.kept.remove(i);
        }
        let at = self.kept.partition_point(|kept| kept.at_ms <= shot.at_ms);
        self.kept.insert(at, shot);
        true
    }

    /// The shots in order of time.
    pub fn kept(&self) -> &[Shot] {
        &self.kept
    }

    /// The shots in order of time, and no more of them.
    pub fn into_kept(self) -> Vec<Shot> {
        self.kept
    }

    /// Whether there are as many as wanted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= self.target
    }

    /// A near shot is competed with; when full, the worst.
    fn place(&self, at_ms: u64) -> Place {
        let near = self
            .kept
            .iter()
            .position(|kept| kept.at_ms.abs_diff(at_ms) < self.spacing_ms);
        if let Some(i) = near {
            return Place::Replace(i);
        }
        if !self.is_full() {
            return Place::Add;
        }
        let scores = self.kept.iter().map(|kept| kept.quality.score).enumerate();
        scores
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(Place::Add, |(i, _)| Place::Replace(i))
    }
}

enum Place {
    Add,
    Replace(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(at_ms: u64, score: f32) -> Shot {
        let quality = Quality {
            eye_distance_px: 0.0,
            sharpness: 0.0,
            brightness: 0.0,
            contrast: 0.0,
            turn: 0.0,
            inside: 0.0,
            score,
        };
        let crop = Crop::from_rgb(vec![0; 3], 1).unwrap();
        Shot {
            at_ms,
            crop,
            quality,
            bbox: BBox {
                x1: 0.0,
                y1: 0.0,
                x2: 1.0,
                y2: 1.0,
            },
            cover: None,
        }
    }

    fn check(offers: &[(u64, f32)], expected: &[(u64, f32)]) {
        let mut shots = Shots::new(3, 100);
        for &(at_ms, score) in offers {
            shots.offer(shot(at_ms, score));
        }
        let kept: Vec<(u64, f32)> = shots
            .kept()
            .iter()
            .map(|kept| (kept.at_ms, kept.quality.score))
            .collect();
        assert_eq!(kept, expected, "{offers:?}");
    }

    #[test]
    fn good_shots_spread_in_time_are_kept() {
        check(
            &[(0, 0.5), (100, 0.6), (200, 0.7)],
            &[(0, 0.5), (100, 0.6), (200, 0.7)],
        );
        check(&[(0, 0.5), (40, 0.9), (80, 0.7)], &[(40, 0.9)]);
        check(
            &[(0, 0.5), (100, 0.6), (200, 0.7), (300, 0.9)],
            &[(100, 0.6), (200, 0.7), (300, 0.9)],
        );
        check(
            &[(0, 0.5), (100, 0.6), (200, 0.7), (300, 0.1)],
            &[(0, 0.5), (100, 0.6), (200, 0.7)],
        );
        check(&[(300, 0.5), (0, 0.6)], &[(0, 0.6), (300, 0.5)]);
    }
}
