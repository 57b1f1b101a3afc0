//! A small picture for people: a frame with boxes and labels, as JPEG. Must not know who is in it or who looks at it.

use opencv::{
    core::{Mat, Point, Rect, Scalar},
    imgproc,
    prelude::*,
};

use crate::{
    error::{Result, cv},
    frame::{Frame, encode_jpeg},
    geometry::BBox,
};

/// Quality of the JPEG: text stays readable.
const QUALITY: i32 = 75;
const FONT: i32 = imgproc::FONT_HERSHEY_SIMPLEX;
const FONT_SCALE: f64 = 0.6;
/// Pixels around a label's text.
const PADDING: i32 = 4;
/// Characters of a label.
const MAX_LABEL: usize = 32;

/// What a mark says, as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Not decided.
    Open,
    /// Accepted.
    Known,
    /// A person must look at it, or nobody is known.
    Doubtful,
    /// Rejected.
    Refused,
}

impl Tone {
    /// B, G, R.
    fn colour(self) -> Scalar {
        let (red, green, blue) = match self {
            Self::Open => (235.0, 235.0, 235.0),
            Self::Known => (90.0, 210.0, 120.0),
            Self::Doubtful => (255.0, 190.0, 70.0),
            Self::Refused => (255.0, 110.0, 100.0),
        };
        Scalar::new(blue, green, red, 0.0)
    }
}

/// A box to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where, in pixels of the frame.
    pub bbox: BBox,
    /// Text above it; empty for none.
    pub label: String,
    /// Its colour.
    pub tone: Tone,
}

/// The frame, its longer side at most `max_side_px`, with the marks drawn onto it, as JPEG.
///
/// The letters of OpenCV's font are those of ASCII: others are replaced by their nearest.
pub fn preview_jpeg(frame: &Frame, marks: &[Mark], max_side_px: u32) -> Result<Vec<u8>> {
    let small = frame.shrunk_to(max_side_px)?;
    let source = small.as_ref().unwrap_or(frame);
    let scale = source.width() as f32 / frame.width() as f32;
    let mut mat = source.mat().try_clone().map_err(cv("copy a frame"))?;
    for mark in marks {
        draw(&mut mat, mark, scale).map_err(cv("draw a preview"))?;
    }
    encode_jpeg(&mat, QUALITY)
}

fn draw(mat: &mut Mat, mark: &Mark, scale: f32) -> opencv::Result<()> {
    let frame = BBox {
        x1: 0.0,
        y1: 0.0,
        x2: (mat.cols() - 1) as f32,
        y2: (mat.rows() - 1) as f32,
    };
    let bbox = BBox {
        x1: mark.bbox.x1 * scale,
        y1: mark.bbox.y1 * scale,
        x2: mark.bbox.x2 * scale,
        y2: mark.bbox.y2 * scale,
    }
    .clipped_to(&frame);
    if bbox.area() <= 0.0 {
        return Ok(());
    }
    let (left, top) = (bbox.x1 as i32, bbox.y1 as i32);
    let rect = Rect::new(left, top, bbox.width() as i32, bbox.height() as i32);
    let colour = mark.tone.colour();
    imgproc::rectangle(mat, rect, colour, 2, imgproc::LINE_8, 0)?;
    let label: String = ascii(&mark.label).chars().take(MAX_LABEL).collect();
    if label.is_empty() {
        return Ok(());
    }
    let mut below = 0;
    let text = imgproc::get_text_size(&label, FONT, FONT_SCALE, 1, &mut below)?;
    let height = text.height + below + 2 * PADDING;
    // Above the box, or inside it where there is no room; never beyond the right edge.
    let y = if top >= height { top - height } else { top };
    let x = left.min(mat.cols() - text.width - 2 * PADDING).max(0);
    let plate = Rect::new(x, y, text.width + 2 * PADDING, height);
    imgproc::rectangle(mat, plate, colour, imgproc::FILLED, imgproc::LINE_8, 0)?;
    let origin = Point::new(x + PADDING, y + PADDING + text.height);
    let black = Scalar::all(0.0);
    imgproc::put_text(
        mat,
        &label,
        origin,
        FONT,
        FONT_SCALE,
        black,
        1,
        imgproc::LINE_AA,
        false,
    )
}

/// The nearest letters of ASCII. Of writing that has none, a question mark a letter.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let nearest = match letter {
            ' '..='~' => {
                plain.push(letter);
                continue;
            }
            'ä' => "ae",
            'ö' | 'œ' => "oe",
            'ü' => "ue",
            'Ä' => "Ae",
            'Ö' | 'Œ' => "Oe",
            'Ü' => "Ue",
            'ß' => "ss",
            'æ' => "ae",
            'Æ' => "Ae",
            'þ' => "th",
            'Þ' => "Th",
            'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
            'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
            'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
            'ð' | 'ď' | 'đ' => "d",
            'Ð' | 'Ď' | 'Đ' => "D",
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
            'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
            'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
            'ì'..='ï' | 'ĩ' | 'ī' | 'į' | 'ı' => "i",
            'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Į' | 'İ' => "I",
            'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
            'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => "L",
            'ñ' | 'ń' | 'ņ' | 'ň' => "n",
            'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
            'ò'..='õ' | 'ø' | 'ō' | 'ő' => "o",
            'Ò'..='Õ' | 'Ø' | 'Ō' | 'Ő' => "O",
            'ŕ' | 'ŗ' | 'ř' => "r",
            'Ŕ' | 'Ŗ' | 'Ř' => "R",
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
            'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "S",
            'ţ' | 'ť' | 'ț' => "t",
            'Ţ' | 'Ť' | 'Ț' => "T",
            'ù'..='û' | 'ũ' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
            'Ù'..='Û' | 'Ũ' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
            'ý' | 'ÿ' => "y",
            'Ý' | 'Ÿ' => "Y",
            'ź' | 'ż' | 'ž' => "z",
            'Ź' | 'Ż' | 'Ž' => "Z",
            '’' => "'",
            _ => "?",
        };
        plain.push_str(nearest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencv::core::CV_8UC3;

    #[test]
    fn names_are_written_in_letters_that_the_font_has() {
        for (name, expected) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Jürgen Groß", "Juergen Gross"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Işıl Çağlar", "Isil Caglar"),
            ("王", "?"),
        ] {
            assert_eq!(ascii(name), expected);
        }
    }

    #[test]
    fn a_preview_is_small_and_shows_its_marks_where_they_are() {
        let grey = Mat::new_rows_cols_with_default(720, 1280, CV_8UC3, Scalar::all(60.0)).unwrap();
        let frame = Frame::from_mat(grey).unwrap();
        let mark = |x1, y1, x2, y2| Mark {
            bbox: BBox { x1, y1, x2, y2 },
            label: "Ada Lovelace IN".to_owned(),
            tone: Tone::Known,
        };
        // One in the middle, one in the upper right corner, one that is not in the picture at all.
        let marks = [
            mark(400.0, 200.0, 600.0, 440.0),
            mark(1200.0, -40.0, 1400.0, 80.0),
            mark(-300.0, -300.0, -100.0, -100.0),
        ];
        let jpeg = preview_jpeg(&frame, &marks, 640).unwrap();
        let seen = Frame::decode(&jpeg).unwrap();
        assert_eq!((seen.width(), seen.height()), (640, 360));
        let green = |x: usize, y: usize| {
            let pixel = &seen.bytes()[3 * (y * 640 + x)..][..3];
            pixel[1] > 150 && pixel[0] < 160
        };
        assert!(green(200, 160), "left edge");
        assert!(!green(250, 160), "inside the box");
        assert!(!green(100, 300), "elsewhere");
        assert!((600..640).any(|x| green(x, 20)), "the one at the corner");
        let bare = preview_jpeg(&frame, &[], 640).unwrap();
        assert!(bare.len() < jpeg.len());
    }
}
