"""Draws what a door camera would see: an entrance hall, people cut out of photographs who walk through it, and the
faults of a cheap camera (changing light, noise, blur of movement).

Everything is seeded and drawn, nothing is downloaded. This file must not know which clips exist or what is expected.
"""

import dataclasses

import cv2
import numpy as np

WIDTH, HEIGHT, FPS = 640, 480, 15


@dataclasses.dataclass
class Cutout:
    """A head with shoulders: `pixels` BGR f32, `cover` 0 to 1, and the face inside them in pixels."""

    pixels: np.ndarray
    cover: np.ndarray
    face_x: float
    face_y: float
    face_height: float


def hall(seed):
    """The empty entrance hall, BGR f32 `[480, 640, 3]`; the seed changes colours and furniture."""
    random = np.random.default_rng(seed)
    tint = random.uniform(0.85, 1.1, 3)
    rows = np.linspace(0, 1, HEIGHT)[:, None, None]
    columns = np.linspace(-1, 1, WIDTH)[None, :, None]
    wall = (np.array([168.0, 176.0, 178.0]) * tint)[None, None] * (1.08 - 0.25 * rows - 0.12 * columns ** 2)
    image = np.ascontiguousarray(np.clip(wall, 0, 255).astype(np.uint8))
    floor = HEIGHT * 4 // 5
    cv2.fillPoly(image, [np.array([[0, HEIGHT], [0, floor + 30], [90, floor], [550, floor], [640, floor + 30], [640, HEIGHT]])],
                 tuple(int(value) for value in np.array([92, 104, 112]) * tint))
    for x in range(-400, 1100, 120):
        cv2.line(image, (x, HEIGHT), (320 + (x - 320) // 3, floor), (84, 94, 100), 1, cv2.LINE_AA)
    door = int(random.integers(250, 330))
    cv2.rectangle(image, (door, 96), (door + 130, floor), (70, 84, 98), -1)
    cv2.rectangle(image, (door + 8, 104), (door + 61, floor), (150, 142, 126), -1)
    cv2.rectangle(image, (door + 69, 104), (door + 122, floor), (158, 150, 134), -1)
    cv2.line(image, (door + 58, 250), (door + 58, 290), (40, 44, 48), 3, cv2.LINE_AA)
    cv2.rectangle(image, (60, 60), (170, 130), (118, 96, 70), -1)
    cv2.rectangle(image, (66, 66), (164, 124), (196, 190, 180), -1)
    for line in range(4):
        cv2.line(image, (74, 76 + 12 * line), (74 + int(random.integers(50, 82)), 76 + 12 * line), (120, 118, 116), 2)
    for _ in range(14):
        tip = (560 + int(random.integers(-50, 50)), 230 + int(random.integers(-40, 60)))
        cv2.line(image, (560, 372), tip, (62, 112 + int(random.integers(0, 40)), 74), 5, cv2.LINE_AA)
    cv2.rectangle(image, (538, 368), (584, floor + 18), (64, 78, 120), -1)
    cv2.ellipse(image, (320, 18), (120, 10), 0, 0, 360, (236, 240, 242), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(image, (0, 0), 1.2).astype(np.float32)


# Where the person may be and where they certainly are: ellipses as centre below the face's centre (face heights),
# half width (face widths), half height (face heights). Head, neck, body; then full hair.
POSSIBLE = [(-0.1, 0.78, 0.78), (0.75, 0.5, 0.6), (2.6, 1.75, 2.05)]
CERTAIN = [(-0.02, 0.46, 0.5), (0.7, 0.3, 0.4), (2.7, 1.0, 1.7)]
FULL_HAIR = ((-0.34, 0.95, 0.66), (-0.36, 0.78, 0.52))


def cut_out(photo, face, alter=None, hair=None):
    """Head and shoulders from a photograph (BGR u8); `face` is its box, `alter` changes pixels and cover."""
    x1, y1, x2, y2 = face
    width, height = x2 - x1, y2 - y1
    centre_x, centre_y = (x1 + x2) / 2, (y1 + y2) / 2
    left, top = max(0, int(centre_x - 1.9 * width)), max(0, int(centre_y - 1.2 * height))
    right, bottom = int(centre_x + 1.9 * width), int(centre_y + 3.3 * height)
    pixels = photo[top:bottom, left:right]
    # Faces of at most 260 px are drawn: smaller pixels first make everything after this fast.
    factor = min(1.0, 260 / height)
    size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    x, y, width, height = (centre_x - left) * factor, (centre_y - top) * factor, width * factor, height * factor
    cover = silhouette(pixels, x, y, width, height, hair)
    if alter:
        pixels, cover = alter(pixels, cover, height)
    return Cutout(pixels.astype(np.float32), cover.astype(np.float32), x, y, height)


def silhouette(pixels, x, y, width, height, hair):
    """Which pixels are the person, 0 to 1 with soft edges: GrabCut between a certain inside and a possible outside."""
    factor = min(1.0, 110 / height)
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    possible, certain = ([hair[0]], [hair[1]]) if hair else ([], [])
    for value, ellipses in ((cv2.GC_PR_FGD, POSSIBLE + possible), (cv2.GC_FGD, CERTAIN + certain)):
        for middle_y, radius_x, radius_y in ellipses:
            centre = (int(x * factor), int((y + middle_y * height) * factor))
            axes = (int(radius_x * width * factor), int(radius_y * height * factor))
            cv2.ellipse(mask, centre, axes, 0, 0, 360, int(value), -1)
    cv2.setRNGSeed(1)
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    inside = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    inside = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    inside = cv2.morphologyEx(inside, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(np.float32)
    inside = cv2.GaussianBlur(inside, (0, 0), 1.6)
    return cv2.resize(inside, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)


def alter_strongly(pixels, cover, face_height):
    """Where only one photograph of a person exists: another crop, turn, view, light, sharpness and compression."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 3), 11.0, 1.0)
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[0.09 * width, 0.03 * height], [0.93 * width, -0.05 * height],
                       [1.01 * width, 1.03 * height], [-0.01 * width, 0.95 * height]])
    matrix = cv2.getPerspectiveTransform(corners, seen) @ np.vstack([turn, [0, 0, 1]])
    pixels = cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(cover, matrix, (width, height), flags=cv2.INTER_LINEAR)
    light = np.linspace(1.3, 0.5, width, dtype=np.float32)[None, :, None]
    darker = 255 * (pixels.astype(np.float32) / 255) ** 1.3 * light * np.float32([0.86, 1.0, 1.1])
    blurred = cv2.GaussianBlur(np.clip(darker, 0, 255), (0, 0), 0.01 * face_height)
    _, coded = cv2.imencode(".jpg", blurred.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 20])
    return cv2.imdecode(coded, cv2.IMREAD_COLOR), cover


ALTERATION = ("cropped, turned by 11 degrees, seen in perspective, darker with light from the left, warmer, blurred, "
              "compressed to JPEG quality 20")


def paste(image, cutout, x, y, face_height, speed_px):
    """Draws a person with the face's centre at `(x, y)`; `speed_px` per frame blurs along the movement."""
    scale = face_height / cutout.face_height
    matrix = np.float32([[scale, 0, x - cutout.face_x * scale], [0, scale, y - cutout.face_y * scale]])
    source, cover = cutout.pixels, cutout.cover
    if scale < 0.7:
        sharp = max(0.1, 0.45 / scale - 0.3)
        source, cover = cv2.GaussianBlur(source, (0, 0), sharp), cv2.GaussianBlur(cover, (0, 0), sharp)
    pixels = cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(cover, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    length = int(min(9, abs(speed_px) * 0.5)) | 1
    if length > 1:
        pixels, cover = cv2.blur(pixels, (length, 1)), cv2.blur(cover, (length, 1))
    image += (pixels - image) * cover[..., None]


def grain(seed):
    """Sensor noise for `develop`, somewhat larger than a frame: coarse to all channels, fine to each."""
    random = np.random.default_rng(seed)
    shape = (HEIGHT + 64, WIDTH + 64)
    return [(random.standard_normal((*shape, 1)) * 1.8 + random.standard_normal((*shape, 3)) * 1.0).astype(np.float32)
            for _ in range(4)]


def develop(image, light, noise, shake):
    """What the sensor makes of it: camera shake, light, noise (a frame of it), 8 bits."""
    moved = cv2.warpAffine(image, np.float32([[1.02, 0, shake[0] - 6], [0, 1.02, shake[1] - 5]]), (WIDTH, HEIGHT),
                           flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved *= light
    moved += noise
    return cv2.convertScaleAbs(np.maximum(moved, 0, out=moved))
