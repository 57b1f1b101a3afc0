//! What is held in front of the camera in the simulations: people (a head with depth in front of a wall), and pictures of
//! them (a page, a screen). Everything is made from one photograph; people are simulated too, because the packages have
//! photographs only.

use std::f32::consts::TAU;

use opencv::{core::Mat, core::Vec3b, core::Vector, imgcodecs};
use rollcall_vision::{Detector, Frame};

use super::surface::{Head, Picture, Pose, seen};

pub const SIZE: (usize, usize) = (640, 480);
pub const FRAME_MS: u64 = 67;
const N_FRAMES: usize = 24;
const FOCAL_PX: f32 = 620.0;

/// What is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Turning,
    Nodding,
    WalkingBy,
    Approaching,
    StillBlinking,
    Still,
    PrintPanned,
    PrintTilted,
    PrintBent,
    PrintCutOutTilted,
    PrintStill,
    ScreenPhoto,
    ScreenVideo,
    FineScreenVideo,
}

impl Kind {
    pub const PEOPLE: [Kind; 6] = [
        Kind::Turning,
        Kind::Nodding,
        Kind::WalkingBy,
        Kind::Approaching,
        Kind::StillBlinking,
        Kind::Still,
    ];
    pub const ATTACKS: [Kind; 8] = [
        Kind::PrintPanned,
        Kind::PrintTilted,
        Kind::PrintBent,
        Kind::PrintCutOutTilted,
        Kind::PrintStill,
        Kind::ScreenPhoto,
        Kind::ScreenVideo,
        Kind::FineScreenVideo,
    ];
}

/// A photograph and where its face is.
pub struct Subject {
    picture: Picture,
    eyes: (f32, f32),
    /// One eye distance to the right, photograph pixels.
    along: (f32, f32),
}

impl Subject {
    /// The largest face of a photograph, with its eye distance made 110 pixels.
    pub fn new(photo: &Frame, detector: &mut Detector) -> Subject {
        let first = detector.detect(photo).expect("a photograph is looked at");
        let scale = 110.0 / first[0].eye_distance_px();
        let photo = crate::common::scaled(photo, f64::from(scale));
        let face = &detector.detect(&photo).expect("a photograph is looked at")[0];
        let [left, right, ..] = face.landmarks;
        let values = photo.bytes().chunks_exact(3);
        Subject {
            picture: Picture {
                width: photo.width() as usize,
                height: photo.height() as usize,
                values: values.map(|p| [p[0], p[1], p[2]].map(f32::from)).collect(),
            },
            eyes: ((left.0 + right.0) / 2.0, (left.1 + right.1) / 2.0),
            along: (right.0 - left.0, right.1 - left.1),
        }
    }

    /// Photograph pixels of a place in eye distances.
    fn pixel(&self, x: f32, y: f32) -> (f32, f32) {
        let (ax, ay) = self.along;
        (self.eyes.0 + ax * x - ay * y, self.eyes.1 + ay * x + ax * y)
    }

    fn colour(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        let (px, py) = self.pixel(x, y);
        self.picture.sample(px, py)
    }

    /// With the eyes closed by `shut`, 0 to 1: the skin below is mirrored over them, with the lashes' line.
    fn blinking(&self, shut: f32, x: f32, y: f32) -> Option<[f32; 3]> {
        let open = self.colour(x, y)?;
        let lid = |eye: f32| {
            let (dx, dy) = ((x - eye) / 0.27, (y - 0.01) / 0.15);
            let inside = (1.5 - 1.5 * (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0);
            (inside, -0.14 + 0.16 * shut * (1.0 - dx * dx).max(0.0))
        };
        let (inside, edge) = if x < 0.0 { lid(-0.5) } else { lid(0.5) };
        if inside == 0.0 || shut == 0.0 || y > edge + 0.03 {
            return Some(open);
        }
        let skin = self.colour(x, 0.26 + 0.5 * (0.12 - y))?;
        let lash = 1.0 - 0.55 * (-((y - edge) / 0.025).powi(2)).exp();
        Some(std::array::from_fn(|k| {
            open[k] + inside * (lash * skin[k] - open[k])
        }))
    }
}

/// Numbers that depend on the seed only.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn unit(&mut self) -> f32 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1u64 << 24) as f32
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.unit()
    }

    fn sign(&mut self) -> f32 {
        if self.unit() < 0.5 { -1.0 } else { 1.0 }
    }
}

/// A wall with doors, boards and plaster: what does not move.
fn wall(random: &mut Random) -> Picture {
    let (width, height) = SIZE;
    let base = random.between(90.0, 170.0);
    let mut values = vec![[0.0; 3]; width * height];
    let waves: Vec<(f32, f32, f32)> = (0..8)
        .map(|_| {
            (
                random.between(-0.08, 0.08),
                random.between(-0.08, 0.08),
                random.between(0.0, TAU),
            )
        })
        .collect();
    for (i, value) in values.iter_mut().enumerate() {
        let (x, y) = ((i % width) as f32, (i / width) as f32);
        let plaster: f32 = waves
            .iter()
            .map(|(u, v, phase)| 4.0 * (u * x + v * y + phase).sin())
            .sum();
        *value = [base + plaster; 3];
    }
    for _ in 0..28 {
        let (x, y) = (
            random.between(-40.0, 620.0) as i32,
            random.between(-40.0, 460.0) as i32,
        );
        let (w, h) = (
            random.between(12.0, 110.0) as i32,
            random.between(12.0, 110.0) as i32,
        );
        let colour = [
            random.between(40.0, 215.0),
            random.between(40.0, 215.0),
            random.between(40.0, 215.0),
        ];
        for row in y.max(0)..(y + h).min(height as i32) {
            for column in x.max(0)..(x + w).min(width as i32) {
                values[row as usize * width + column as usize] = colour;
            }
        }
    }
    Picture {
        width,
        height,
        values,
    }
}

/// A camera of medium quality: a soft lens, noise, JPEG.
fn developed(picture: &Picture, light: f32, blur: f64, random: &mut Random) -> Frame {
    let pixels: Vec<Vec3b> = picture
        .values
        .iter()
        .map(|value| {
            let noise = 2.2 * (random.unit() + random.unit() + random.unit() - 1.5) / 0.5;
            Vec3b::from(value.map(|v| (light * v + noise).round().clamp(0.0, 255.0) as u8))
        })
        .collect();
    let mat = Mat::new_rows_cols_with_data(picture.height as i32, picture.width as i32, &pixels)
        .expect("a picture");
    let mut soft = Mat::default();
    opencv::imgproc::gaussian_blur_def(&mat, &mut soft, opencv::core::Size::new(0, 0), blur)
        .expect("a blur");
    let quality = Vector::from_slice(&[imgcodecs::IMWRITE_JPEG_QUALITY, 85]);
    let mut bytes = Vector::<u8>::new();
    imgcodecs::imencode(".jpg", &soft, &mut bytes, &quality).expect("a JPEG");
    Frame::decode(bytes.as_slice()).expect("a frame")
}

/// A hand that cannot hold still: slow waves of some amplitude.
struct Tremor([(f32, f32); 2]);

impl Tremor {
    fn new(random: &mut Random) -> Tremor {
        Tremor([
            (random.between(0.7, 1.4), random.between(0.0, TAU)),
            (random.between(2.0, 4.0), random.between(0.0, TAU)),
        ])
    }

    /// From -1 to 1.
    fn at(&self, seconds: f32) -> f32 {
        let [slow, fast] = self
            .0
            .map(|(hertz, phase)| (TAU * hertz * seconds + phase).sin());
        0.75 * slow + 0.25 * fast
    }
}

/// A clip of one presentation.
pub fn frames(kind: Kind, subject: &Subject, seed: u64) -> Vec<Frame> {
    let mut random = Random::new(seed * 64 + kind as u64);
    let scene = Scene::new(kind, &mut random);
    (0..N_FRAMES)
        .map(|i| {
            let seconds = i as f32 * FRAME_MS as f32 / 1000.0;
            let picture = scene.at(subject, seconds);
            let light = 0.95 + 0.04 * (TAU * 0.4 * seconds).sin();
            // A lens that looks for its focus.
            let blur = 0.6 + 0.7 * f64::from((TAU * 0.7 * seconds + scene.phase).sin().max(0.0));
            developed(&picture, light, blur, &mut random)
        })
        .collect()
}

struct Scene {
    kind: Kind,
    wall: Picture,
    /// Behind the person of a video.
    other_wall: Picture,
    head: Head,
    /// Eye distances from the camera.
    far: f32,
    sign: f32,
    swing: f32,
    phase: f32,
    blink_s: f32,
    /// Screen pixels an eye distance.
    screen_px: f32,
    screen_turn: f32,
    tremors: [Tremor; 6],
}

impl Scene {
    fn new(kind: Kind, random: &mut Random) -> Scene {
        let far = random.between(10.5, 15.0);
        // Pixels of a screen that are 0.9 to 2.2 pixels of the camera wide.
        let pitch = random.between(0.9, 2.2);
        Scene {
            kind,
            wall: wall(random),
            other_wall: wall(random),
            head: Head {
                half: [
                    random.between(1.15, 1.35),
                    random.between(1.65, 1.9),
                    random.between(0.85, 1.2),
                ],
                nose: random.between(0.26, 0.42),
                nose_half_width: random.between(0.24, 0.36),
                sockets: random.between(0.02, 0.1),
                chin: random.between(0.02, 0.14),
            },
            far,
            sign: random.sign(),
            swing: random.between(0.8, 1.2),
            phase: random.between(-0.6, 0.6),
            blink_s: random.between(0.25, 0.45),
            screen_px: FOCAL_PX / far / pitch,
            screen_turn: random.between(-0.05, 0.05),
            tremors: std::array::from_fn(|_| Tremor::new(random)),
        }
    }

    fn shut(&self, seconds: f32) -> f32 {
        // Closes in 100 ms, opens in 150 ms.
        match seconds - self.blink_s {
            t if t < 0.0 => 0.0,
            t if t < 0.1 => t / 0.1,
            t if t < 0.15 => 1.0,
            t if t < 0.3 => 1.0 - (t - 0.15) / 0.15,
            _ => 0.0,
        }
    }

    /// How a person holds themselves, or the person in a video.
    fn person(&self, kind: Kind, seconds: f32) -> Pose {
        let sway = |k: usize| self.tremors[k].at(seconds);
        let swing = self.sign * self.swing * (TAU * 0.45 * seconds + self.phase).sin();
        let mut pose = Pose {
            yaw: 1.0 * sway(0),
            pitch: 1.0 * sway(1),
            roll: 1.0 * sway(2),
            at: [0.1 * sway(3), 0.1 * sway(4), self.far],
        };
        match kind {
            Kind::Turning => pose.yaw += 14.0 * swing,
            Kind::Nodding => pose.pitch += 11.0 * swing,
            Kind::WalkingBy => {
                pose.at[0] += self.sign * self.swing * 4.5 * (seconds / 1.6 - 0.45);
                pose.at[1] += 0.1 * (TAU * 1.8 * seconds).sin();
            }
            Kind::Approaching => {
                pose.at[2] -= 2.2 * seconds;
                pose.at[0] += 0.25 * (TAU * 0.9 * seconds).sin();
                pose.yaw += 3.0 * (TAU * 0.9 * seconds + self.phase).sin();
                pose.at[1] += 0.1 * (TAU * 1.8 * seconds).sin();
            }
            _ => {}
        }
        pose
    }

    /// How a hand holds a page or a screen.
    fn held(&self, seconds: f32) -> Pose {
        let sway = |k: usize| self.tremors[k].at(seconds);
        let swing = self.sign * self.swing * (TAU * 0.45 * seconds + self.phase).sin();
        let mut pose = Pose {
            yaw: 1.5 * sway(0),
            pitch: 1.5 * sway(1),
            roll: 1.5 * sway(2),
            at: [0.15 * sway(3), 0.15 * sway(4), self.far],
        };
        match self.kind {
            Kind::PrintPanned => {
                pose.at[0] += self.sign * self.swing * 3.0 * (seconds / 1.6 - 0.45)
            }
            Kind::PrintTilted | Kind::PrintCutOutTilted | Kind::PrintBent => {
                pose.yaw += 24.0 * swing;
                pose.pitch += 6.0 * sway(5);
            }
            _ => {}
        }
        pose
    }

    fn at(&self, subject: &Subject, seconds: f32) -> Picture {
        if Kind::PEOPLE.contains(&self.kind) {
            return self.with_person(&self.wall, subject, self.kind, seconds);
        }
        let mut picture = self.wall.clone();
        let pose = self.held(seconds);
        let bend = if self.kind == Kind::PrintBent {
            0.13
        } else {
            0.0
        };
        let places = seen(SIZE, FOCAL_PX, &pose, 0.0, |x, _| -bend * x * x);
        // A video plays a person in front of a wall, as its camera saw them from the same distance.
        let is_video = matches!(self.kind, Kind::ScreenVideo | Kind::FineScreenVideo);
        let video =
            is_video.then(|| self.with_person(&self.other_wall, subject, Kind::Turning, seconds));
        for (value, place) in picture.values.iter_mut().zip(places) {
            let Some((x, y)) = place else { continue };
            let colour = match &video {
                Some(video) => {
                    let scale = FOCAL_PX / self.far;
                    video.sample(
                        SIZE.0 as f32 / 2.0 + scale * x,
                        SIZE.1 as f32 / 2.0 + scale * y,
                    )
                }
                None => subject.colour(x, y),
            };
            let Some(mut colour) = colour.filter(|_| self.is_on_page(x, y)) else {
                continue;
            };
            if matches!(self.kind, Kind::ScreenPhoto | Kind::ScreenVideo) {
                colour = self.on_screen(colour, x, y);
            } else if !is_video {
                // Ink has less contrast than light.
                colour = colour.map(|v| 22.0 + 0.8 * v);
            }
            *value = colour;
        }
        picture
    }

    fn is_on_page(&self, x: f32, y: f32) -> bool {
        match self.kind {
            // Cut out along the head, at some distance.
            Kind::PrintCutOutTilted => Head::mask(x, y) > 0.0,
            // An A4 page with a face of natural size.
            Kind::PrintTilted | Kind::PrintStill => x.abs() < 1.65 && (-2.0..2.7).contains(&y),
            _ => x.abs() < 3.6 && (-2.6..3.2).contains(&y),
        }
    }

    /// The pixels of a screen with gaps between them, through the aperture of a camera's pixel, and a lamp's reflection.
    fn on_screen(&self, colour: [f32; 3], x: f32, y: f32) -> [f32; 3] {
        let (sin, cos) = self.screen_turn.sin_cos();
        let (u, v) = (
            self.screen_px * (x * cos - y * sin),
            self.screen_px * (x * sin + y * cos),
        );
        let cycles = self.screen_px * self.far / FOCAL_PX;
        let aperture = (TAU / 2.0 * cycles).sin() / (TAU / 2.0 * cycles);
        let gaps = 0.5 * aperture.abs() * (-0.5 * cycles * cycles).exp();
        let pattern = (1.0 + gaps * (TAU * u).cos()) * (1.0 + gaps * (TAU * v).cos());
        let lamp = 90.0 * (-((x - 1.1) / 0.7).powi(2) - ((y + 0.9) / 0.5).powi(2)).exp();
        colour.map(|value| value * pattern + lamp)
    }

    fn with_person(&self, wall: &Picture, subject: &Subject, kind: Kind, seconds: f32) -> Picture {
        let mut picture = wall.clone();
        let pose = self.person(kind, seconds);
        let shut = match kind {
            Kind::Still => 0.0,
            _ => self.shut(seconds),
        };
        // A head is turned about its neck; the photograph is how it looks from the front.
        let places = seen(SIZE, FOCAL_PX, &pose, 0.2, |x, y| self.head.height(x, y));
        for (value, place) in picture.values.iter_mut().zip(places) {
            let Some((x, y)) = place else { continue };
            let mask = Head::mask(x, y);
            if mask > 0.0
                && let Some(colour) = subject.blinking(shut, x, y)
            {
                *value = std::array::from_fn(|k| value[k] + mask * (colour[k] - value[k]));
            }
        }
        picture
    }
}
