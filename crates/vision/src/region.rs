//! The part of a picture in which people are looked for: not the street behind the glass door. Must not know faces.

/// A polygon in shares of the picture's width and height, 0 to 1 from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Region(Vec<(f32, f32)>);

impl Region {
    /// A polygon of these corners.
    ///
    /// Errors: what is wrong with fewer than three corners, and with one outside the picture.
    pub fn new(corners: Vec<(f32, f32)>) -> Result<Region, String> {
        if corners.len() < 3 {
            return Err(format!(
                "needs at least three corners, found {}",
                corners.len()
            ));
        }
        let share = 0.0..=1.0;
        match corners
            .iter()
            .find(|(x, y)| !share.contains(x) || !share.contains(y))
        {
            Some((x, y)) => Err(format!(
                "has a corner [{x}, {y}] outside the picture, whose corners are [0, 0] and [1, 1]"
            )),
            None => Ok(Region(corners)),
        }
    }

    /// Whether a point lies inside, in shares of the picture. By the parity of edges that a ray to the right crosses;
    /// edges that cross one another leave out what they enclose twice.
    pub fn contains(&self, (x, y): (f32, f32)) -> bool {
        let corners = &self.0;
        let mut is_inside = false;
        let mut before = corners[corners.len() - 1];
        for &corner in corners {
            let ((x1, y1), (x2, y2)) = (before, corner);
            if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
                is_inside = !is_inside;
            }
            before = corner;
        }
        is_inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_inside_a_polygon_are_told_from_those_outside() {
        // An L: the upper right quarter is missing.
        let region = Region::new(vec![
            (0.0, 0.0),
            (0.5, 0.0),
            (0.5, 0.5),
            (1.0, 0.5),
            (1.0, 1.0),
            (0.0, 1.0),
        ])
        .unwrap();
        for (point, expected) in [
            ((0.2, 0.2), true),
            ((0.8, 0.2), false),
            ((0.8, 0.8), true),
            ((0.49, 0.51), true),
            ((-0.1, 0.5), false),
            ((0.2, 1.1), false),
        ] {
            assert_eq!(region.contains(point), expected, "{point:?}");
        }
    }

    #[test]
    fn what_is_no_region_is_named() {
        for (corners, expected) in [
            (vec![], "three corners, found 0"),
            (vec![(0.0, 0.0), (1.0, 1.0)], "three corners, found 2"),
            (
                vec![(0.0, 0.0), (640.0, 0.0), (0.0, 1.0)],
                "[640, 0] outside",
            ),
            (vec![(0.0, 0.0), (f32::NAN, 0.0), (0.0, 1.0)], "outside"),
        ] {
            let problem = Region::new(corners).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }
}
