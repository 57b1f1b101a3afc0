//! Non-maximum suppression: of boxes that mean the same face, the surest survives.
//! Must not know networks or images.

/// How the overlap of two boxes is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlap {
    /// Intersection over union of real-valued boxes (torchvision's `nms`).
    Union,
    /// Intersection over the smaller box, pixels counted inclusively (`nms_numpy`, "Min"):
    /// a small box inside a large one is the same face.
    Smaller,
}

/// Indices of the survivors, surest first, into `keep` (cleared before).
///
/// `scored` gives box `[x1, y1, x2, y2]` and score of each of `n` candidates; one survives if it
/// overlaps no surer survivor by more than `threshold`. Equal scores keep their order.
/// Source: facenet-pytorch 2.6.0, `batched_nms` and `batched_nms_numpy`.
pub(crate) fn suppress(
    n: usize,
    scored: impl Fn(usize) -> ([f32; 4], f32),
    threshold: f32,
    overlap: Overlap,
    keep: &mut Vec<usize>,
) {
    keep.clear();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| scored(b).1.total_cmp(&scored(a).1));
    for candidate in order {
        let bbox = scored(candidate).0;
        let is_new = keep
            .iter()
            .all(|&kept| measure(&scored(kept).0, &bbox, overlap) <= threshold);
        if is_new {
            keep.push(candidate);
        }
    }
}

fn measure(a: &[f32; 4], b: &[f32; 4], overlap: Overlap) -> f32 {
    let extra = if overlap == Overlap::Smaller {
        1.0
    } else {
        0.0
    };
    let width = (a[2].min(b[2]) - a[0].max(b[0]) + extra).max(0.0);
    let height = (a[3].min(b[3]) - a[1].max(b[1]) + extra).max(0.0);
    let shared = width * height;
    if shared == 0.0 {
        return 0.0;
    }
    let area = |r: &[f32; 4]| (r[2] - r[0] + extra) * (r[3] - r[1] + extra);
    match overlap {
        Overlap::Union => shared / (area(a) + area(b) - shared),
        Overlap::Smaller => shared / area(a).min(area(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(boxes: &[([f32; 4], f32)], threshold: f32, overlap: Overlap, expected: &[usize]) {
        let mut keep = vec![99];
        suppress(boxes.len(), |i| boxes[i], threshold, overlap, &mut keep);
        assert_eq!(keep, expected, "{boxes:?} at {threshold} by {overlap:?}");
    }

    #[test]
    fn the_surest_of_overlapping_boxes_survives() {
        let a = [0.0, 0.0, 10.0, 10.0];
        let shifted = [1.0, 0.0, 11.0, 10.0]; // IoU 90 / 110
        let far = [50.0, 50.0, 60.0, 60.0];
        let inner = [3.0, 3.0, 7.0, 7.0]; // IoU 0.16, all of it inside `a`
        check(&[], 0.5, Overlap::Union, &[]);
        check(&[(a, 0.9)], 0.5, Overlap::Union, &[0]);
        check(&[(a, 0.7), (shifted, 0.9)], 0.5, Overlap::Union, &[1]);
        check(&[(a, 0.7), (shifted, 0.9)], 0.85, Overlap::Union, &[1, 0]);
        check(&[(a, 0.7), (far, 0.9)], 0.5, Overlap::Union, &[1, 0]);
        check(&[(a, 0.9), (inner, 0.8)], 0.7, Overlap::Union, &[0, 1]);
        check(&[(a, 0.9), (inner, 0.8)], 0.7, Overlap::Smaller, &[0]);
        check(&[(a, 0.9), (far, 0.8)], 0.7, Overlap::Smaller, &[0, 1]);
    }

    #[test]
    fn a_suppressed_box_suppresses_nobody() {
        let chain = [
            ([0.0, 0.0, 10.0, 10.0], 0.9),
            ([4.0, 0.0, 14.0, 10.0], 0.8),
            ([8.0, 0.0, 18.0, 10.0], 0.7),
        ];
        check(&chain, 0.4, Overlap::Union, &[0, 2]);
    }

    #[test]
    fn equal_scores_keep_their_order_and_an_equal_overlap_survives() {
        let a = [0.0, 0.0, 10.0, 10.0];
        check(&[(a, 0.5), (a, 0.5)], 0.5, Overlap::Union, &[0]);
        let half = [0.0, 0.0, 10.0, 5.0];
        check(&[(a, 0.9), (half, 0.8)], 0.5, Overlap::Union, &[0, 1]);
    }
}
