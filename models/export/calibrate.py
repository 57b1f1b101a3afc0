"""Makes `calibration.json` of the recogniser: the range of every value between its layers, for the int8 variant.

    .rollcall/venv/bin/python models/export/calibrate.py [--check]

The faces are those of the photographs that set-up fetches (setup/pins.toml: published in packages, public domain), each
altered 64 times by chance (seeded): turned, moved, scaled, mirrored, lit, tinted, blurred, with noise. Of a value only its
least and its largest number are kept. How well that serves people who are not in it: `measure.py`.
This file must not know how a network is quantised.
"""

import argparse
import json
import sys

import cv2
import numpy as np
import onnx
import onnxruntime

import variants
from pipeline import ASSETS, MODELS, Detector, Recogniser, read_rgb

PHOTOS = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png")
N_ALTERED = 64
BATCH = 16
SEED = 20261127
# A hundredth of a range: another processor sums in another order.
MOST_DIFFERENCE = 0.01


def altered(image, box, random, size):
    """One crop u8 `[size, size, 3]` of the face in `box`, about as wide as the pack's alignment makes it, changed by chance."""
    x1, y1, x2, y2 = (float(value) for value in box)
    side = max(x2 - x1, y2 - y1)
    centre = ((x1 + x2) / 2 + side * random.uniform(-0.06, 0.06), (y1 + y2) / 2 + side * random.uniform(-0.06, 0.06))
    wanted = 1.25 * side * random.uniform(0.85, 1.2)
    move = cv2.getRotationMatrix2D(centre, random.uniform(-15, 15), size / wanted)
    move[:, 2] += size / 2 - np.array(centre)
    crop = cv2.warpAffine(image, move, (size, size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    crop = crop.astype(np.float32) * random.uniform(0.5, 1.5) * random.uniform(0.85, 1.15, 3) + random.uniform(-40, 40)
    if random.random() < 0.5:
        crop = cv2.GaussianBlur(crop, (0, 0), random.uniform(0.3, 2.0))
    crop = crop + random.normal(0, random.uniform(0, 8), crop.shape)
    if random.random() < 0.1:
        crop = np.repeat(crop.mean(axis=2, keepdims=True), 3, axis=2)
    return np.clip(crop, 0, 255).astype(np.uint8)


def faces(size):
    detector, random = Detector(), np.random.default_rng(SEED)
    crops = []
    for name in PHOTOS:
        image = read_rgb(ASSETS / "photos" / name)
        boxes, _, _ = detector.detect(image)
        crops += [altered(image, boxes[0], random, size) for _ in range(N_ALTERED)]
    return np.stack(crops)


def ranges(model, crops):
    """`{value: [least, largest]}`; a range includes 0, as whole numbers need it."""
    names = variants.measured(model)
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    copy.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    network = onnxruntime.InferenceSession(copy.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found = {name: [0.0, 0.0] for name in names}
    for start in range(0, len(crops), BATCH):
        values = network.run(names, {"image": crops[start:start + BATCH]})
        for name, value in zip(names, values):
            found[name][0] = min(found[name][0], float(value.min()))
            found[name][1] = max(found[name][1], float(value.max()))
    # Six digits are far more than eight bits need.
    return {name: [float(f"{end:.6g}") for end in ends] for name, ends in found.items()}


def main():
    parser = argparse.ArgumentParser(description="Measure the ranges for the int8 variant of the recogniser.")
    parser.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    arguments = parser.parse_args()
    recogniser = Recogniser()
    model = onnx.load(ASSETS / "models" / "facenet-casia" / recogniser.manifest["files"]["recogniser"]["path"])
    crops = faces(recogniser.manifest["align"]["size_px"])
    found = ranges(model, crops)
    path = MODELS / "facenet-casia" / "calibration.json"
    if arguments.check:
        committed = variants.read_table(path)["ranges"]
        worst = max(
            abs(end - other) / (committed[name][1] - committed[name][0])
            for name in found for end, other in zip(found[name], committed[name]))
        print(f"{len(found)} ranges, largest difference {worst:.1e} of a range, at most {MOST_DIFFERENCE}")
        return 0 if found.keys() == committed.keys() and worst <= MOST_DIFFERENCE else 1
    content = {
        "made_by": "models/export/calibrate.py: least and largest number of each value, onnxruntime, CPU provider",
        "photographs": f"{', '.join(PHOTOS)} of setup/pins.toml, each altered {N_ALTERED} times (seed {SEED})",
        "ranges": found,
    }
    path.write_text(json.dumps(content, indent=0) + "\n")
    print(f"{path.relative_to(MODELS.parent)}: {len(found)} ranges from {len(crops)} faces, {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
