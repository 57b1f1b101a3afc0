//! Boxes and faces in frame pixels. Must not know images or networks.

/// A box in frame pixels, not clipped to the frame: corners may lie outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BBox {
    /// Left edge.
    pub x1: f32,
    /// Top edge.
    pub y1: f32,
    /// Right edge.
    pub x2: f32,
    /// Bottom edge.
    pub y2: f32,
}

impl BBox {
    /// Width in pixels, never negative.
    pub fn width(&self) -> f32 {
        (self.x2 - self.x1).max(0.0)
    }

    /// Height in pixels, never negative.
    pub fn height(&self) -> f32 {
        (self.y2 - self.y1).max(0.0)
    }

    /// Area in square pixels.
    pub fn area(&self) -> f32 {
        self.width() * self.height()
    }

    /// Centre `(x, y)`.
    pub fn centre(&self) -> (f32, f32) {
        ((self.x1 + self.x2) / 2.0, (self.y1 + self.y2) / 2.0)
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &BBox) -> f32 {
        let shared = self.clipped_to(other).area();
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }

    /// The same centre with both sides multiplied by `factor`.
    pub fn grown(&self, factor: f32) -> BBox {
        let (x, y) = self.centre();
        let (w, h) = (self.width() * factor / 2.0, self.height() * factor / 2.0);
        BBox {
            x1: x - w,
            y1: y - h,
            x2: x + w,
            y2: y + h,
        }
    }

    /// The part of this box inside `other`; zero area where they do not meet.
    pub fn clipped_to(&self, other: &BBox) -> BBox {
        BBox {
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
            x2: self.x2.min(other.x2),
            y2: self.y2.min(other.y2),
        }
    }
}

/// One detected face.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Box in frame pixels.
    pub bbox: BBox,
    /// Eyes, nose, mouth corners as `(x, y)` in frame pixels, viewer's left first.
    pub landmarks: [(f32, f32); 5],
    /// Probability that this is a face, 0 to 1.
    pub score: f32,
}

impl Face {
    /// Distance between the eye centres in pixels.
    pub fn eye_distance_px(&self) -> f32 {
        let ((lx, ly), (rx, ry)) = (self.landmarks[0], self.landmarks[1]);
        (rx - lx).hypot(ry - ly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(x1: f32, y1: f32, x2: f32, y2: f32) -> BBox {
        BBox { x1, y1, x2, y2 }
    }

    #[test]
    fn overlap_is_intersection_over_union() {
        let a = bbox(0.0, 0.0, 10.0, 10.0);
        for (other, expected) in [
            (a, 1.0),
            (bbox(5.0, 0.0, 15.0, 10.0), 50.0 / 150.0),
            (bbox(20.0, 20.0, 30.0, 30.0), 0.0),
            (bbox(10.0, 0.0, 20.0, 10.0), 0.0),
            (bbox(5.0, 5.0, 5.0, 5.0), 0.0),
        ] {
            assert!((a.iou(&other) - expected).abs() < 1e-6, "{other:?}");
        }
    }

    #[test]
    fn an_inverted_box_has_no_area() {
        assert_eq!(bbox(10.0, 10.0, 0.0, 0.0).area(), 0.0);
    }

    #[test]
    fn growing_keeps_the_centre() {
        let grown = bbox(2.0, 2.0, 6.0, 10.0).grown(2.0);
        assert_eq!(grown, bbox(0.0, -2.0, 8.0, 14.0));
    }
}
