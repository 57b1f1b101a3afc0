"""Makes the demo's video clips from the package photographs, and `clips.toml`, which says who is seen when, what plays
live and what plays as a recording of an earlier day.

    .rollcall/venv/bin/python setup/clips.py --photos .rollcall/photos --out FOLDER

Motion JPEG in AVI, 640x480, 15 frames a second: every OpenCV reads it. The same photographs give the same frames.
A person is played from another photograph than the enrolled ones, or, where the packages have only one, from a
visibly altered one. This file must not know how people are recognised.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import cv2
import numpy as np

from clip_scene import ALTERATION, FPS, FULL_HAIR, HEIGHT, WIDTH, alter_strongly, cut_out, develop, grain, hall, paste

# Who exists: photographs to enrol from, and the sites where the person works; everywhere else they are a stranger.
PEOPLE = {
    "obama": {"name": "Barack Obama", "enrol": ["obama.jpg", "obama2.jpg"], "sites": ["berlin"]},
    "biden": {"name": "Joe Biden", "enrol": ["biden.jpg"], "sites": ["new-york"]},
    "collins": {"name": "Eileen Collins", "enrol": ["astronaut.png"], "sites": ["new-york"]},
}
# What is played: photograph, box of its face, alteration, hair beyond the usual outline. The first word is the person.
PLAYED = {
    "obama": ("obama3.jpg", (632, 247, 911, 609), None, None),
    "biden": ("biden.jpg", (429, 165, 715, 559), alter_strongly, None),
    "collins": ("astronaut.png", (180, 61, 268, 172), None, FULL_HAIR),
    "collins altered": ("astronaut.png", (180, 61, 268, 172), alter_strongly, FULL_HAIR),
}


@dataclasses.dataclass
class Appearance:
    """One walk through the picture: in from `side` (-1 left, 1 right), slowly from `x` to `to_x`, out at `out_side`."""

    person: str
    from_s: float
    to_s: float
    side: int
    out_side: int
    x: float
    to_x: float
    face_px: tuple
    y: float = 272.0


@dataclasses.dataclass
class Clip:
    file: str
    site: str
    camera: str
    direction: str
    seconds: float
    seed: int
    appearances: list
    live: bool = True


@dataclasses.dataclass
class Recording:
    """Footage of an earlier day. `local_time` of the site is that of the first frame, `days` after the work date of `person`."""

    clip: str
    person: str
    camera: str
    direction: str
    days: int
    local_time: str


CLIPS = [
    Clip("berlin-entrance.avi", "berlin", "entrance", "entry", 25.0, 11, [
        Appearance("obama", 1.5, 7.0, -1, 1, 240, 380, (105, 150)),
        Appearance("biden", 9.0, 14.5, 1, -1, 400, 250, (110, 155)),
        Appearance("collins", 17.0, 22.5, -1, 1, 250, 370, (100, 150)),
    ]),
    Clip("new-york-entrance.avi", "new-york", "entrance", "entry", 19.0, 23, [
        Appearance("biden", 1.5, 7.5, 1, 1, 460, 430, (100, 125), 265),
        Appearance("obama", 2.0, 8.0, -1, -1, 170, 205, (105, 130), 275),
        Appearance("collins altered", 10.5, 16.0, 1, -1, 380, 260, (100, 145)),
    ]),
    Clip("berlin-exit.avi", "berlin", "exit", "exit", 36.0, 37, [
        Appearance("obama", 28.0, 33.5, 1, -1, 390, 260, (150, 105)),
    ]),
    Clip("new-york-night.avi", "new-york", "exit", "exit", 8.0, 41, [
        Appearance("collins altered", 1.0, 6.5, -1, 1, 260, 385, (100, 145)),
    ], live=False),
]

# Somebody late, somebody who leaves, and a night shift. Everybody is decided on within the minute that `local_time` names.
RECORDINGS = [
    Recording("berlin-entrance.avi", "obama", "entrance", "entry", 0, "09:17:00"),
    Recording("berlin-exit.avi", "obama", "exit", "exit", 0, "17:03:00"),
    Recording("new-york-night.avi", "collins", "entrance", "entry", 0, "21:56:00"),
    Recording("new-york-night.avi", "collins", "exit", "exit", 1, "06:08:00"),
]

ENTER_S = 0.8


def place(appearance, time_s):
    """Face centre and height in pixels at a time, or None when out of the picture."""
    if not appearance.from_s <= time_s <= appearance.to_s:
        return None
    whole = appearance.to_s - appearance.from_s
    since = time_s - appearance.from_s
    part = since / whole
    middle = np.clip((since - ENTER_S) / (whole - 2 * ENTER_S), 0, 1)
    x = appearance.x + (appearance.to_x - appearance.x) * middle
    outside = 0.5 * WIDTH + 260
    coming, going = np.clip(1 - since / ENTER_S, 0, 1), np.clip(1 - (whole - since) / ENTER_S, 0, 1)
    x += outside * (appearance.side * coming ** 2 + appearance.out_side * going ** 2)
    y = appearance.y + 5 * np.sin(2 * np.pi * 1.3 * since)
    face = appearance.face_px[0] + (appearance.face_px[1] - appearance.face_px[0]) * (0.5 - 0.5 * np.cos(np.pi * part))
    return float(x), float(y), float(face)


def draw(clip, cutouts, path):
    """Writes one clip; returns the number of frames."""
    n_frames = round(clip.seconds * FPS)
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter_fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise SystemExit(f"error: cannot write the clip `{path.name}`")
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 75)
    background, noises, random = hall(clip.seed), grain(clip.seed), np.random.default_rng(clip.seed)
    for frame in range(n_frames):
        time_s = frame / FPS
        image = background.copy()
        for appearance in clip.appearances:
            here, before = place(appearance, time_s), place(appearance, time_s - 1 / FPS)
            if here:
                paste(image, cutouts[appearance.person], *here, here[0] - before[0] if before else 20.0)
        # The sun behind clouds, and a lamp that is not quite steady.
        light = 0.95 + 0.16 * np.sin(2 * np.pi * time_s / 9.0 + clip.seed) + 0.015 * np.sin(2 * np.pi * 2.3 * time_s)
        shake = (1.2 * np.sin(2 * np.pi * 0.31 * time_s), 0.9 * np.sin(2 * np.pi * 0.43 * time_s + 1))
        top, left = random.integers(0, 64, 2)
        noise = noises[frame % len(noises)][top:top + HEIGHT, left:left + WIDTH]
        writer.write(develop(image, np.float32(light), noise, shake))
    writer.release()
    return n_frames


def describe(clips):
    """The text of `clips.toml`."""
    lines = ["# Written by setup/clips.py: who is seen when. Times in seconds from the first frame.", ""]
    for key, person in PEOPLE.items():
        lines += ["[[person]]", f"key = {json.dumps(key)}", f"name = {json.dumps(person['name'])}",
                  f"enrol = {json.dumps(person['enrol'])}", f"sites = {json.dumps(person['sites'])}", ""]
    for clip, n_frames in clips:
        lines += ["[[clip]]", f"path = {json.dumps(clip.file)}", f"site = {json.dumps(clip.site)}",
                  f"camera = {json.dumps(clip.camera)}", f"direction = {json.dumps(clip.direction)}",
                  f"live = {json.dumps(clip.live)}",
                  f"fps = {FPS}", f"n_frames = {n_frames}", f"width = {WIDTH}", f"height = {HEIGHT}", ""]
        for appearance in clip.appearances:
            photo, _, alter, _ = PLAYED[appearance.person]
            lines += ["[[clip.appearance]]", f"person = {json.dumps(appearance.person.split()[0])}", f"photo = {json.dumps(photo)}",
                      f"altered = {json.dumps(alter is not None)}",
                      f"alteration = {json.dumps(ALTERATION if alter else '')}",
                      f"left_to_right = {1 if appearance.x < WIDTH / 2 else 2}",
                      f"from_s = {appearance.from_s}", f"to_s = {appearance.to_s}", ""]
    for recording in RECORDINGS:
        lines += ["[[recording]]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in dataclasses.asdict(recording).items()] + [""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Draw the demo's clips.")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    cutouts = {}
    for person, (photo, face, alter, hair) in PLAYED.items():
        image = cv2.imread(str(arguments.photos / photo), cv2.IMREAD_COLOR)
        if image is None:
            print(f"error: cannot read the photograph `{photo}`", file=sys.stderr)
            return 1
        cutouts[person] = cut_out(image, face, alter, hair)
    arguments.out.mkdir(parents=True, exist_ok=True)
    made = []
    for clip in CLIPS:
        made.append((clip, draw(clip, cutouts, arguments.out / clip.file)))
        print(f"{clip.file}: {made[-1][1]} frames", flush=True)
    (arguments.out / "clips.toml").write_text(describe(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
