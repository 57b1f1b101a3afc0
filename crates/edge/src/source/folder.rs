//! A folder of images, read in the order of their names as if they were the frames of one camera. Must not know what
//! happens to them.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use opencv::core::Mat;
use rollcall_vision::Frame;
use serde::Deserialize;

use super::playback::{Pace, instant};

/// A folder of images and how it is played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderSource {
    /// The folder, relative to the configuration file.
    pub path: PathBuf,
    /// Play at `frames_per_second`, or as fast as images can be processed.
    #[serde(default)]
    pub pace: Pace,
    /// Start again at the end.
    #[serde(default)]
    pub repeat: bool,
    /// How far the images are apart.
    #[serde(default = "default_frames_per_second")]
    pub frames_per_second: f64,
    /// As that of a video file.
    #[serde(default, deserialize_with = "instant")]
    pub recorded_at: Option<Timestamp>,
}

fn default_frames_per_second() -> f64 {
    10.0
}

/// Endings of the files that are images, in small letters.
const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// The images of a folder that are still to be read.
pub(super) struct Images {
    files: VecDeque<PathBuf>,
    unreadable: Vec<String>,
}

impl Images {
    /// Lists the images of a folder, not of those in it.
    ///
    /// Errors: what to tell whoever wrote the path.
    pub(super) fn list(folder: &Path) -> Result<Images, &'static str> {
        if folder.is_file() {
            return Err("it is a file, not a folder; play a video as `file`");
        }
        let entries = std::fs::read_dir(folder)
            .map_err(|_| "the folder does not exist or may not be read")?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| is_image(path))
            .collect();
        files.sort();
        match files.is_empty() {
            true => Err("there is no image in it: no file that ends in .jpg, .jpeg, .png or .webp"),
            false => Ok(Images {
                files: files.into(),
                unreadable: Vec::new(),
            }),
        }
    }

    /// The next image that can be read, in BGR.
    pub(super) fn read(&mut self) -> Option<Mat> {
        while let Some(file) = self.files.pop_front() {
            match Frame::open(&file) {
                Ok(frame) => return Some(frame.mat().clone()),
                Err(error) => self
                    .unreadable
                    .push(format!("`{}`: {error}", file.display())),
            }
        }
        None
    }

    /// Images that could not be read since the last call, with the reason.
    pub(super) fn take_unreadable(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unreadable)
    }
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    ENDINGS.iter().any(|known| ending == *known) && !is_hidden && path.is_file()
}

#[cfg(test)]
mod tests {
    use opencv::core::{CV_8UC3, MatTraitConst as _, Scalar, Vector};
    use opencv::imgcodecs;

    use super::*;

    fn picture(path: &Path, width: i32) {
        let mat = Mat::new_rows_cols_with_default(20, width, CV_8UC3, Scalar::all(90.0)).unwrap();
        let path = path.to_str().unwrap();
        assert!(imgcodecs::imwrite(path, &mat, &Vector::new()).unwrap());
    }

    #[test]
    fn images_of_any_size_come_by_name_and_those_that_cannot_be_read_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert!(
            Images::list(&path("none"))
                .err()
                .unwrap()
                .contains("does not exist")
        );
        let hint = Images::list(folder.path()).err().unwrap();
        assert!(hint.contains("no image in it"), "{hint}");
        // Ones that do not count.
        std::fs::write(path("notes.txt"), "notes").unwrap();
        std::fs::write(path(".c.jpg"), "hidden").unwrap();
        std::fs::create_dir(path("d.jpg")).unwrap();
        assert!(
            Images::list(&path("notes.txt"))
                .err()
                .unwrap()
                .contains("not a folder")
        );
        assert!(Images::list(folder.path()).is_err());
        picture(&path("b.png"), 40);
        picture(&path("a2.JPG"), 30);
        picture(&path("c.webp"), 50);
        std::fs::write(path("a1.jpeg"), "no image").unwrap();
        let whole = std::fs::read(path("b.png")).unwrap();
        std::fs::write(path("b2.png"), &whole[..whole.len() / 2]).unwrap();
        let mut images = Images::list(folder.path()).unwrap();
        let mut widths = Vec::new();
        while let Some(image) = images.read() {
            widths.push(image.cols());
        }
        assert_eq!(widths, [30, 40, 50]);
        let unreadable = images.take_unreadable();
        assert_eq!(unreadable.len(), 2, "{unreadable:?}");
        assert!(unreadable[0].contains("a1.jpeg") && unreadable[1].contains("b2.png"));
        assert!(images.take_unreadable().is_empty());
    }
}
