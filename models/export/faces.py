"""Raw embeddings of the labelled photographs for measuring, kept in the user's cache folder between runs.

The photographs are of real people and only for measuring: nothing from here may be written into the repository but
aggregates over at least 500 photographs. Without them every program says `skipped`.
"""

import dataclasses
import os
from pathlib import Path

import numpy as np

from pipeline import MODELS, Detector, Recogniser, read_rgb

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "rollcall-measuring"
SHARED = Path(os.environ.get("ROLLCALL_SHARED", MODELS.parent / ".." / "shared"))


@dataclasses.dataclass
class Faces:
    """`raw` f32 `[n, 512]`, `person` `[n]` (a stranger has a number of its own, from `n_people` on)."""

    raw: np.ndarray
    person: np.ndarray
    n_people: int
    recogniser_sha256: str


def collection_name():
    return ("Labeled Faces in the Wild, deep-funneled (University of Massachusetts, 2007/2012), "
            "a subset of 120 people with several photographs and 400 with one")


def load():
    """All photographs with a detected face, or None (and a line) where the collection is absent."""
    folder = SHARED / "faces"
    if not (folder / "people").is_dir():
        print("skipped: no labelled photographs (set ROLLCALL_SHARED to the folder that holds `faces/`)")
        return None
    recogniser = Recogniser()
    digest = recogniser.manifest["files"]["recogniser"]["sha256"]
    cache = CACHE / f"faces-{digest[:12]}.npz"
    if not cache.exists():
        CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw, person, n_people = _embed(folder, recogniser)
        np.savez(cache, raw=raw, person=person, n_people=n_people)
    stored = np.load(cache)
    return Faces(stored["raw"], stored["person"], int(stored["n_people"]), digest)


def _embed(folder, recogniser):
    detector = Detector()
    groups = [sorted(person.glob("*.jpg")) for person in sorted((folder / "people").iterdir())]
    n_people = len(groups)
    groups += [[path] for path in sorted((folder / "strangers").glob("*.jpg"))]
    crops, person, n_without = [], [], 0
    for number, paths in enumerate(groups):
        for path in paths:
            image = read_rgb(path)
            boxes, _, _ = detector.detect(image)
            if len(boxes) == 0:
                n_without += 1
                continue
            height, width = image.shape[:2]
            off_centre = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - [width / 2, height / 2]).sum(axis=1)
            box = boxes[np.argmin(off_centre)]
            crops.append(recogniser.crop(image, recogniser.crop_box(image, box)))
            person.append(number)
    print(f"{len(crops)} photographs with a face, {n_without} without")
    raw = [recogniser.raw(np.stack(crops[start:start + 8])) for start in range(0, len(crops), 8)]
    return np.concatenate(raw), np.array(person), n_people
