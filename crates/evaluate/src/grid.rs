//! Thresholds that are looked at: 0 to 1 in steps of a thousandth. Must not know what is counted.

/// How many there are.
pub(crate) const LEN: usize = 1001;

/// The highest threshold that a similarity reaches.
pub(crate) fn step(similarity: f32) -> usize {
    let step = (f64::from(similarity) * 1000.0 + 1e-6).floor();
    step.clamp(0.0, (LEN - 1) as f64) as usize
}

/// The step of a threshold that was asked for, which may have come through 32 bits.
pub(crate) fn nearest(threshold: f64) -> usize {
    (threshold * 1000.0).round().clamp(0.0, (LEN - 1) as f64) as usize
}

/// Threshold number `step`.
pub(crate) fn threshold(step: usize) -> f64 {
    step as f64 / 1000.0
}

/// How many similarities reach each threshold, from how many are highest at each.
pub(crate) fn reaching(counts: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    let mut reaching: Vec<u64> = counts
        .iter()
        .rev()
        .map(|n| {
            sum += n;
            sum
        })
        .collect();
    reaching.reverse();
    reaching
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similarity_reaches_the_thresholds_up_to_its_own() {
        for (similarity, expected) in [(-0.3, 0), (0.0, 0), (0.6, 600), (0.5999, 599), (1.0, 1000)]
        {
            assert_eq!(step(similarity), expected, "{similarity}");
        }
        for asked in 0..LEN {
            assert_eq!(nearest(threshold(asked)), asked);
            assert_eq!(nearest(f64::from(threshold(asked) as f32)), asked);
        }
        assert_eq!(reaching(&[1, 0, 2, 1]), [4, 3, 3, 1]);
    }
}
