//! A Kalman filter of constant velocity for one coordinate: where something is, how fast it goes, and how sure that is.
//! Must not know boxes.
//!
//! Source: Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), 6.2.2, the
//! model of continuous white-noise acceleration: between measurements a time `t` apart, `F = [1 t; 0 1]` and
//! `Q = q [t^3/3 t^2/2; t^2/2 t]`.

/// One coordinate. Units: pixels and seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kalman {
    place: f32,
    velocity: f32,
    /// Covariance: of the place, of place and velocity, of the velocity.
    covariance: (f32, f32, f32),
}

impl Kalman {
    /// Seen once at `place`, with standard deviations of the measurement and of the unknown velocity.
    pub fn new(place: f32, place_sd: f32, velocity_sd: f32) -> Kalman {
        Kalman {
            place,
            velocity: 0.0,
            covariance: (place_sd * place_sd, 0.0, velocity_sd * velocity_sd),
        }
    }

    /// Where it is.
    pub fn place(&self) -> f32 {
        self.place
    }

    /// What is known `seconds` later without a measurement; `acceleration` is the density q.
    pub fn after(&self, seconds: f32, acceleration: f32) -> Kalman {
        let t = seconds;
        let (pp, pv, vv) = self.covariance;
        Kalman {
            place: self.place + t * self.velocity,
            velocity: self.velocity,
            covariance: (
                pp + 2.0 * t * pv + t * t * vv + acceleration * t * t * t / 3.0,
                pv + t * vv + acceleration * t * t / 2.0,
                vv + acceleration * t,
            ),
        }
    }

    /// What is known once `measured` is seen, with the standard deviation of the measurement.
    pub fn seen(&self, measured: f32, measured_sd: f32) -> Kalman {
        let (pp, pv, vv) = self.covariance;
        let total = pp + measured_sd * measured_sd;
        let (gain_place, gain_velocity) = (pp / total, pv / total);
        let surprise = measured - self.place;
        Kalman {
            place: self.place + gain_place * surprise,
            velocity: self.velocity + gain_velocity * surprise,
            covariance: (
                (1.0 - gain_place) * pp,
                (1.0 - gain_place) * pv,
                vv - gain_velocity * pv,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_walk_is_learned_and_carried_on() {
        let mut known = Kalman::new(0.0, 2.0, 500.0);
        for step in 1..=20 {
            known = known.after(0.1, 100.0).seen(30.0 * step as f32, 2.0);
        }
        assert!((known.place() - 600.0).abs() < 1.0, "{known:?}");
        assert!(
            (known.after(0.5, 100.0).place() - 750.0).abs() < 10.0,
            "{known:?}"
        );
    }

    #[test]
    fn noise_is_smoothed_and_certainty_grows_with_measurements_and_falls_with_time() {
        let mut known = Kalman::new(100.0, 5.0, 100.0);
        let mut worst: f32 = 0.0;
        for step in 0..40 {
            let noise = if step % 2 == 0 { 5.0 } else { -5.0 };
            known = known.after(0.04, 1.0).seen(100.0 + noise, 5.0);
            if step > 20 {
                worst = worst.max((known.place() - 100.0).abs());
            }
        }
        assert!(worst < 2.5, "{worst}");
        assert!(known.covariance.0 < 25.0);
        assert!(known.after(1.0, 1.0).covariance.0 > known.covariance.0);
        // No time, no change.
        assert_eq!(known.after(0.0, 50.0), known);
    }
}
