"""Plays the demo's clips through the reference pipeline and prints who is found how well, against `clips.toml`.

    .rollcall/venv/bin/python setup/check_clips.py

Exit status 1 when a person of a clip stays below the threshold in half of the frames in full view, when a stranger
comes near the review floor in any frame, or when a face is found where nobody is. A check of the clips, not of
Rollcall: it shares no code with it.
"""

import argparse
import sys
import tomllib
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "models" / "export"))

from pipeline import ASSETS, Detector, Recogniser, read_rgb  # noqa: E402

# A face is in full view this long after a person enters and before they leave.
ENTER_S = 0.9
# Similarity that a stranger must stay below, in every frame.
STRANGER_LIMIT = 0.45


def main():
    parser = argparse.ArgumentParser(description="Check the demo's clips with the reference pipeline.")
    parser.add_argument("--clips", type=Path, default=ASSETS / "clips")
    parser.add_argument("--every", type=int, default=5, help="look at one frame of so many")
    arguments = parser.parse_args()
    plan = tomllib.loads((arguments.clips / "clips.toml").read_text())
    detector, recogniser = Detector(), Recogniser()
    gallery = enrol(plan, detector, recogniser)
    threshold = recogniser.manifest["operating_point"]["threshold"]
    print(f"{'clip':24} {'person':8} {'frames':>6} {'faces':>6} {'min':>6} {'median':>7} {'max':>6} {'track':>6} {'best other':>11}")
    n_bad = 0
    for clip in plan["clip"]:
        here = {person["key"]: gallery[person["key"]] for person in plan["person"] if clip["site"] in person["sites"]}
        for appearance, found in look(clip, arguments, detector, recogniser):
            n_bad += report(clip, appearance, found, here, threshold)
    return 1 if n_bad else 0


def enrol(plan, detector, recogniser):
    """Centred templates by person."""
    gallery = {}
    for person in plan["person"]:
        for name in person["enrol"]:
            image = read_rgb(ASSETS / "photos" / name)
            boxes, _, _ = detector.detect(image, 80)
            crop = recogniser.crop(image, recogniser.crop_box(image, boxes[0]))
            gallery.setdefault(person["key"], []).append(recogniser.centred(recogniser.raw([crop]))[0])
    return gallery


def look(clip, arguments, detector, recogniser):
    """Pairs of an appearance (None for the empty scene) and its frames, embeddings and frames with a face too many."""
    video = cv2.VideoCapture(str(arguments.clips / clip["path"]))
    seen = {index: [0, [], 0] for index in range(-1, len(clip["appearance"]))}
    for frame in range(clip["n_frames"]):
        ok, pixels = video.read()
        if not ok:
            print(f"error: `{clip['path']}` ends at frame {frame} of {clip['n_frames']}", file=sys.stderr)
            break
        time_s = frame / clip["fps"]
        near = [index for index, entry in enumerate(clip["appearance"]) if entry["from_s"] - 0.2 <= time_s <= entry["to_s"] + 0.2]
        full = [index for index in near
                if clip["appearance"][index]["from_s"] + ENTER_S <= time_s <= clip["appearance"][index]["to_s"] - ENTER_S]
        if frame % arguments.every or len(full) != len(near):
            continue
        image = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        boxes, _, _ = detector.detect(image)
        raws = [recogniser.raw([recogniser.crop(image, recogniser.crop_box(image, box))])[0] for box in boxes]
        for index in full or [-1]:
            seen[index][0] += 1
        # Two at once are told apart by who is on the left in the plan: entered from there.
        order = np.argsort(boxes[:, 0]) if len(full) > 1 else range(len(boxes))
        people = sorted(full, key=lambda index: clip["appearance"][index]["left_to_right"]) or [-1]
        if len(boxes) > max(1, len(full)) or (len(boxes) and not near):
            print(f"{clip['path']}: {len(boxes)} faces at {time_s:.2f} s, {len(full)} people in view")
            seen[people[0]][2] += 1
        for position, face in enumerate(order):
            seen[people[min(position, len(people) - 1)]][1].append(recogniser.centred(raws[face]))
    for index, found in seen.items():
        yield (clip["appearance"][index] if index >= 0 else None), found


def report(clip, appearance, found, gallery, threshold):
    """One line; returns the number of complaints."""
    n_frames, vectors, n_extra = found
    if appearance is None:
        print(f"{clip['path']:24} {'(empty)':8} {n_frames:6d} {len(vectors):6d}")
        return int(len(vectors) > 0)
    best = {person: np.max(np.stack(vectors) @ np.stack(templates).T, axis=1) for person, templates in gallery.items()}
    track = np.mean(vectors, axis=0)
    track /= np.linalg.norm(track)
    whole = {person: float(np.max(np.stack(templates) @ track)) for person, templates in gallery.items()}
    known = appearance["person"] in gallery
    shown = appearance["person"] if known else max(whole, key=whole.get)
    others = max((np.max(values) for person, values in best.items() if person != appearance["person"]), default=0.0)
    values = best[shown]
    print(f"{clip['path']:24} {appearance['person']:8} {n_frames:6d} {len(vectors):6d} {values.min():6.3f} "
          f"{np.median(values):7.3f} {values.max():6.3f} {whole[shown]:6.3f} {others:11.3f}"
          f"{'' if known else '  (stranger: nearest is ' + shown + ')'}{'  altered' if appearance['altered'] else ''}")
    complaints = (others >= STRANGER_LIMIT) + (n_extra > 0)
    if known:
        complaints += np.median(values) < threshold or len(vectors) < 0.9 * n_frames
    return int(complaints)


if __name__ == "__main__":
    sys.exit(main())
