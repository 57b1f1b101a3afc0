//! Which way people go: over a line in the picture, into the site or out of it. Must not know faces or tracks.

use rollcall_domain::punch::Direction;

/// Nearer to the line than this nobody has crossed it, in widths of the face's box: a face wobbles by a twentieth of its
/// height, and whoever waits on the line must not go in and out.
const NEAR: f32 = 0.25;
/// Least distance of the inside point from the line, in shares of the picture's width and height: a hundredth can be seen.
const LEAST_DISTANCE: f32 = 0.01;

type Point = (f32, f32);

/// A line with an inside, in shares of the picture's width and height, 0 to 1 from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    ends: [Point; 2],
    inside: Point,
}

impl Line {
    /// The line between two points; `inside` is any point on the side of it where people are in.
    ///
    /// Errors: what is wrong with a point outside the picture, ends in one place, and an inside point on the line.
    pub fn new(ends: [Point; 2], inside: Point) -> Result<Line, String> {
        let share = 0.0..=1.0;
        for (x, y) in ends.into_iter().chain([inside]) {
            if !share.contains(&x) || !share.contains(&y) {
                return Err(format!(
                    "has a point [{x}, {y}] outside the picture, whose corners are [0, 0] and [1, 1]"
                ));
            }
        }
        let (across, down) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        if across.hypot(down) < LEAST_DISTANCE {
            return Err("has both ends in one place".to_owned());
        }
        let line = Line { ends, inside };
        if line.distance(inside, (1.0, 1.0)) < LEAST_DISTANCE {
            return Err(format!(
                "does not say which side is inside: [{}, {}] lies on the line\nhint: `inside` is a point beside it, where \
                 people are who have come in",
                inside.0, inside.1
            ));
        }
        Ok(line)
    }

    /// Distance of a point from the line (drawn on without end), positive inside. `size`: of the picture; the result has
    /// its unit.
    fn distance(&self, point: Point, size: Point) -> f32 {
        let [from, to] = self.ends.map(|end| scaled(end, size));
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let side = |point: Point| turn(from, to, scaled(point, size)) / length;
        side(point) * side(self.inside).signum()
    }

    /// Whether the way from one point to another on the other side passes between the ends.
    fn is_between(&self, from: Point, to: Point) -> bool {
        turn(from, to, self.ends[0]) * turn(from, to, self.ends[1]) <= 0.0
    }
}

/// Where one person was seen, and whether that was over the line.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// The last place that was clear of the line, in shares.
    clear: Option<Point>,
    crossed: Option<Direction>,
}

impl Walk {
    /// The person was seen here. Only places clear of the line count, by a quarter of the face's width.
    ///
    /// Units: `place`, the face's centre, and `face_width` in pixels of a picture of `size` pixels.
    pub fn see(&mut self, line: &Line, place: Point, face_width: f32, size: Point) {
        let place = (place.0 / size.0, place.1 / size.1);
        let distance = line.distance(place, size);
        if distance.abs() < NEAR * face_width {
            return;
        }
        if let Some(before) = self.clear
            && (line.distance(before, size) > 0.0) != (distance > 0.0)
            && line.is_between(before, place)
        {
            self.crossed = Some(match distance > 0.0 {
                true => Direction::In,
                false => Direction::Out,
            });
        }
        self.clear = Some(place);
    }

    /// How the line was crossed, the last time if several times.
    pub fn crossed(&self) -> Option<Direction> {
        self.crossed
    }
}

fn scaled(point: Point, size: Point) -> Point {
    (point.0 * size.0, point.1 * size.1)
}

/// Twice the area of the triangle, by its sign the side of `from`-`to` on which `point` lies.
fn turn(from: Point, to: Point, point: Point) -> f32 {
    (to.0 - from.0) * (point.1 - from.1) - (to.1 - from.1) * (point.0 - from.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = (640.0, 480.0);

    /// Walks in steps of a few pixels through these points, with a face of 40 pixels.
    fn walk(line: &Line, points: &[Point]) -> Option<Direction> {
        let mut walk = Walk::default();
        for pair in points.windows(2) {
            for step in 0..=20 {
                let share = step as f32 / 20.0;
                let x = pair[0].0 + share * (pair[1].0 - pair[0].0);
                let y = pair[0].1 + share * (pair[1].1 - pair[0].1);
                walk.see(line, (x, y), 40.0, SIZE);
            }
        }
        walk.crossed()
    }

    #[test]
    fn a_way_over_the_line_has_a_direction_and_others_have_none() {
        use Direction::{In, Out};
        // Upright in the middle, from a fifth to four fifths of the height; inside is on the right.
        let upright = Line::new([(0.5, 0.2), (0.5, 0.8)], (0.9, 0.5)).unwrap();
        let (left, right) = ((200.0, 240.0), (440.0, 240.0));
        for (what, points, expected) in [
            ("to the inside", vec![left, right], Some(In)),
            ("to the outside", vec![right, left], Some(Out)),
            ("askew", vec![(250.0, 120.0), (400.0, 350.0)], Some(In)),
            (
                "beside the line",
                vec![(250.0, 100.0), (250.0, 400.0)],
                None,
            ),
            ("above its end", vec![(200.0, 50.0), (440.0, 50.0)], None),
            ("round its end", vec![left, (320.0, 20.0), right], None),
            ("in and out again", vec![left, right, left], Some(Out)),
            (
                "up to the line and back",
                vec![left, (318.0, 240.0), left],
                None,
            ),
            (
                "a little over it and back",
                vec![left, (328.0, 240.0), left],
                None,
            ),
            (
                "and stops on it",
                vec![left, (325.0, 240.0), (316.0, 240.0)],
                None,
            ),
            (
                "stops on it, then goes on",
                vec![left, (325.0, 240.0), (316.0, 240.0), right],
                Some(In),
            ),
            ("nowhere", vec![left, left], None),
        ] {
            assert_eq!(walk(&upright, &points), expected, "{what}");
            // The order of the ends says nothing.
            let other = Line::new([(0.5, 0.8), (0.5, 0.2)], (0.6, 0.1)).unwrap();
            assert_eq!(walk(&other, &points), expected, "{what}");
            let turned = Line::new([(0.5, 0.2), (0.5, 0.8)], (0.1, 0.5)).unwrap();
            let reverse = expected.map(|direction| match direction {
                In => Out,
                Out => In,
            });
            assert_eq!(walk(&turned, &points), reverse, "{what}");
        }
    }

    #[test]
    fn what_is_no_line_is_named() {
        for (ends, inside, expected) in [
            ([(0.0, 0.5), (640.0, 0.5)], (0.5, 0.9), "[640, 0.5] outside"),
            ([(0.0, 0.5), (1.0, 0.5)], (0.5, 1.9), "[0.5, 1.9] outside"),
            ([(0.0, f32::NAN), (1.0, 0.5)], (0.5, 0.9), "outside"),
            (
                [(0.5, 0.5), (0.5, 0.5)],
                (0.5, 0.9),
                "both ends in one place",
            ),
            (
                [(0.0, 0.5), (1.0, 0.5)],
                (0.3, 0.5),
                "which side is inside: [0.3, 0.5]",
            ),
            ([(0.0, 0.5), (0.4, 0.5)], (0.9, 0.5), "which side is inside"),
        ] {
            let problem = Line::new(ends, inside).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }
}
