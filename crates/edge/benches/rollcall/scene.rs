//! Moving pictures of people at a door, composed from the photographs of set-up. Must not know what is measured on them.

use std::path::Path;

use anyhow::{Context, Result};
use opencv::core::{Mat, Rect, Size};
use opencv::imgproc::{INTER_AREA, INTER_LINEAR, resize};
use opencv::prelude::*;
use opencv::videoio::{CAP_OPENCV_MJPEG, VideoWriter};
use rollcall_vision::Frame;

use crate::stage::{frames, photo};

/// Frames per second of a composed clip.
pub const FRAMES_PER_SECOND: u64 = 25;
/// How long each person is seen.
const VISIT_S: u64 = 5;
/// Photograph, upper left corner and side of the part with the head, and its side in the clip: faces of 100 to 130
/// pixels.
const HEADS: [(&str, i32, i32, i32, i32); 4] = [
    ("obama.jpg", 300, 0, 400, 200),
    ("biden.jpg", 350, 80, 480, 210),
    ("astronaut.png", 130, 20, 200, 220),
    ("obama2.jpg", 120, 130, 480, 210),
];

/// 1280x720, `n_people` (1 to 4) in view at all times, for `seconds`.
pub fn hall_720p(n_people: usize, seconds: u64) -> Result<Vec<Frame>> {
    let (width, height) = (1280, 720);
    let hall = frames("berlin-entrance.avi", 1)?.remove(0);
    let mut empty = Mat::default();
    resize(
        hall.mat(),
        &mut empty,
        Size::new(width, height),
        0.0,
        0.0,
        INTER_LINEAR,
    )?;
    let heads = HEADS.map(|(name, x, y, side, shown)| -> Result<Mat> {
        let photo = photo(name)?;
        let part = Mat::roi(photo.mat(), Rect::new(x, y, side, side))?;
        let mut head = Mat::default();
        resize(
            &part,
            &mut head,
            Size::new(shown, shown),
            0.0,
            0.0,
            INTER_AREA,
        )?;
        Ok(head)
    });
    let heads = heads.into_iter().collect::<Result<Vec<_>>>()?;
    let lane = width / i32::try_from(n_people)?;
    let mut clip = Vec::new();
    for n in 0..seconds * FRAMES_PER_SECOND {
        let (visit, step) = (
            n / (VISIT_S * FRAMES_PER_SECOND),
            n % (VISIT_S * FRAMES_PER_SECOND),
        );
        let mut image = empty.clone();
        for person in 0..n_people {
            // Somebody else in each lane at every visit: a new track.
            let head = &heads[(person + visit as usize) % heads.len()];
            let room = (lane - head.cols()).min(400);
            let across = room * step as i32 / (VISIT_S * FRAMES_PER_SECOND) as i32;
            let down = 180
                + (step as f64 * 0.3)
                    .sin()
                    .mul_add(6.0, 40.0 * (visit % 3) as f64) as i32;
            let place = Rect::new(
                person as i32 * lane + across,
                down,
                head.cols(),
                head.rows(),
            );
            head.copy_to(&mut Mat::roi_mut(&mut image, place)?)?;
        }
        clip.push(Frame::from_mat(image)?);
    }
    Ok(clip)
}

/// Writes a clip as Motion JPEG, which is what a cheap camera gives.
pub fn write(path: &Path, clip: &[Frame]) -> Result<()> {
    let first = clip.first().context("the clip has no frames")?;
    let mut writer = VideoWriter::new_with_backend(
        path.display().to_string(),
        CAP_OPENCV_MJPEG,
        VideoWriter::fourcc('M', 'J', 'P', 'G')?,
        FRAMES_PER_SECOND as f64,
        Size::new(first.width() as i32, first.height() as i32),
        true,
    )?;
    anyhow::ensure!(writer.is_opened()?, "cannot write `{}`", path.display());
    for frame in clip {
        writer.write(frame.mat())?;
    }
    Ok(writer.release()?)
}
