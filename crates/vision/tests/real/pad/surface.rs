//! A camera's picture of a surface in space that carries a photograph: a page, a bent page, or a head.
//!
//! Units: eye distances of the person; the camera looks along z and is at the origin. A surface is a height above its
//! plane, towards the camera.

use std::f32::consts::PI;

/// A picture of floats, B G R.
#[derive(Clone)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub values: Vec<[f32; 3]>,
}

impl Picture {
    pub fn sample(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let (left, top) = (x as usize, y as usize);
        if left + 1 >= self.width || top + 1 >= self.height {
            return None;
        }
        let (fx, fy) = (x - left as f32, y - top as f32);
        let at = |dx: usize, dy: usize| self.values[(top + dy) * self.width + left + dx];
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
        Some(std::array::from_fn(|k| {
            let upper = a[k] + fx * (b[k] - a[k]);
            let lower = c[k] + fx * (d[k] - c[k]);
            upper + fy * (lower - upper)
        }))
    }
}

/// Where a surface is: turned about its own origin by yaw, pitch and roll (degrees), then moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pose {
    pub yaw: f32,
    pub pitch: f32,
    pub roll: f32,
    pub at: [f32; 3],
}

impl Pose {
    /// Columns: the surface's axes to the right, down and away from the camera.
    fn axes(&self) -> [[f32; 3]; 3] {
        let [yaw, pitch, roll] = [self.yaw, self.pitch, self.roll].map(f32::to_radians);
        let turn = |[x, y, z]: [f32; 3]| {
            let (x, y) = (
                x * roll.cos() - y * roll.sin(),
                x * roll.sin() + y * roll.cos(),
            );
            let (y, z) = (
                y * pitch.cos() - z * pitch.sin(),
                y * pitch.sin() + z * pitch.cos(),
            );
            [
                x * yaw.cos() + z * yaw.sin(),
                y,
                -x * yaw.sin() + z * yaw.cos(),
            ]
        };
        [
            turn([1.0, 0.0, 0.0]),
            turn([0.0, 1.0, 0.0]),
            turn([0.0, 0.0, 1.0]),
        ]
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// For each pixel of a camera the place on a surface that it sees, if any: `(x, y)` of the surface.
///
/// `height`: of the surface above its plane, at most 1.5; `pivot`: how far behind the plane it is turned about.
pub fn seen(
    (width, height_px): (usize, usize),
    focal_px: f32,
    pose: &Pose,
    pivot: f32,
    height: impl Fn(f32, f32) -> f32,
) -> Vec<Option<(f32, f32)>> {
    let [right, down, away] = pose.axes();
    let ray_of = |i: usize| {
        let (x, y) = ((i % width) as f32, (i / width) as f32);
        [
            (x - width as f32 / 2.0) / focal_px,
            (y - height_px as f32 / 2.0) / focal_px,
            1.0,
        ]
    };
    let see = |i: usize| {
        let ray = ray_of(i);
        let along = dot(away, ray);
        if along < 0.1 {
            return None;
        }
        let place_at = |up: f32| {
            let far = (dot(away, pose.at) - pivot - up) / along;
            let point: [f32; 3] = std::array::from_fn(|k| far * ray[k] - pose.at[k]);
            (dot(right, point), dot(down, point))
        };
        let mut place = place_at(0.0);
        if !(place.0.abs() < 4.5 && place.1.abs() < 4.5) {
            return None;
        }
        // Goes along the ray until it is as high as the surface there.
        let mut up = 0.0;
        for _ in 0..8 {
            let error = height(place.0, place.1) - up;
            if error.abs() < 1e-3 {
                break;
            }
            up += 0.7 * error;
            place = place_at(up);
        }
        Some(place)
    };
    (0..width * height_px).map(see).collect()
}

/// Proportions of a head, in eye distances. Not those that the cue under test supposes, and different for everybody.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub half: [f32; 3],
    pub nose: f32,
    pub nose_half_width: f32,
    pub sockets: f32,
    pub chin: f32,
}

impl Head {
    /// Height of the head above the plane through its ears.
    pub fn height(&self, x: f32, y: f32) -> f32 {
        let [a, b, c] = self.half;
        let round = 1.0 - (x / a).powi(2) - ((y - 0.35) / b).powi(2);
        // Its rim goes over into the plane.
        let skull = if round > 0.0 {
            c * round.powf(0.6)
        } else {
            0.0
        };
        let spot = |(px, py): (f32, f32), (wx, wy): (f32, f32)| {
            (-((x - px) / wx).powi(2) - ((y - py) / wy).powi(2)).exp()
        };
        let bridge = ((y + 0.1) / 0.7).clamp(0.0, 1.0);
        let lip = if y > 0.6 {
            (0.5 + 0.5 * (PI * ((y - 0.6) / 0.3).min(1.0)).cos()).max(0.0)
        } else {
            1.0
        };
        let side =
            (1.0 - (x.abs() / (self.nose_half_width * (0.7 + 0.6 * bridge))).powi(2)).max(0.0);
        let nose = self.nose * bridge * lip * side;
        let sockets =
            self.sockets * (spot((-0.5, -0.02), (0.28, 0.2)) + spot((0.5, -0.02), (0.28, 0.2)));
        skull + nose - sockets
            + 0.06 * spot((0.0, 1.15), (0.35, 0.15))
            + self.chin * spot((0.0, 1.65), (0.3, 0.2))
    }

    /// How much of what the photograph shows here belongs to the person: head and shoulders, soft at the edge.
    pub fn mask(x: f32, y: f32) -> f32 {
        let head = 1.0 - ((x / 1.5).powi(2) + ((y - 0.3) / 2.15).powi(2)).sqrt();
        let shoulders = if y > 1.6 {
            1.0 - (x.abs() / (1.0 + 1.4 * (y - 1.6)))
        } else {
            -1.0
        };
        (head.max(shoulders) * 12.0).clamp(0.0, 1.0)
    }
}
