"""Writes `self_test.json` of both packs: what each network answers to patterns that are computed, not photographed.

    .rollcall/venv/bin/python models/export/self_test.py            writes; the sha256 goes into the manifest
    .rollcall/venv/bin/python models/export/self_test.py --check    compares with what is committed, writes nothing

A box at a door has no photographs. Before an execution provider goes live there, its answers to these patterns are
compared with the answers here, which onnxruntime's CPU provider gave. The pattern of image k, row y, column x, channel c:

    (4 * h(s, k, y // 16, x // 16, c) + 2 * h(s + 1, k, y // 4, x // 4, c) + h(s + 2, k, y, x, c)) // 7

coarse, middle and fine squares of chance, a little like a picture. h is a hash of 32 bits of which the last 8 count
(see `chance`); all arithmetic is modulo 2^32. Networks with f32 planes as input get (value - mean) * scale of their
manifest. `crates/vision/src/self_test.rs` computes the same.
"""

import argparse
import hashlib
import json
import sys

import numpy as np

from pipeline import MODELS, Detector, Recogniser, planes

# Pack, network, seed, images, side. Small ones, so that the file stays small.
NETWORKS = [
    ("mtcnn", "pnet", 1, 2, 24),
    ("mtcnn", "rnet", 2, 4, 24),
    ("mtcnn", "onet", 3, 4, 48),
    ("facenet-casia", "recogniser", 4, 3, 160),
]


def chance(seed, image, y, x, channel):
    value = (seed * np.uint32(0x9E3779B1) + image * np.uint32(0x85EBCA77) + y * np.uint32(0xC2B2AE3D)
             + x * np.uint32(0x27D4EB2F) + channel * np.uint32(0x165667B1))
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(factor)
    return (value ^ (value >> np.uint32(15))) & np.uint32(255)


def pattern(seed, n_images, side):
    """u8 `[n, side, side, 3]`."""
    axes = np.meshgrid(*(np.arange(n, dtype=np.uint32) for n in (n_images, side, side, 3)), indexing="ij")
    image, y, x, channel = axes
    seed = np.uint32(seed) + np.zeros_like(image)
    coarse = chance(seed, image, y // 16, x // 16, channel)
    middle = chance(seed + np.uint32(1), image, y // 4, x // 4, channel)
    fine = chance(seed + np.uint32(2), image, y, x, channel)
    return ((4 * coarse + 2 * middle + fine) // 7).astype(np.uint8)


def answers():
    """Content of the file of each pack."""
    detector, recogniser = Detector(), Recogniser()
    made_by = "models/export/self_test.py: onnxruntime in Python, CPU provider"
    packs = {}
    for pack, role, seed, n_images, side in NETWORKS:
        pixels = pattern(seed, n_images, side)
        network = recogniser.network if role == "recogniser" else getattr(detector, role)
        inputs = pixels if role == "recogniser" else planes(pixels)
        names = sorted(output.name for output in network.get_outputs())
        found = network.run(names, {network.get_inputs()[0].name: inputs})
        outputs = {name: [round(float(value), 7) for value in values.ravel()] for name, values in zip(names, found)}
        content = packs.setdefault(pack, {"made_by": made_by, "networks": {}})
        content["networks"][role] = {"seed": seed, "n_images": n_images, "side_px": side, "outputs": outputs}
    return packs


def main():
    parser = argparse.ArgumentParser(description="Make the self-tests of the model packs.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    good = True
    for pack, content in answers().items():
        path = MODELS / pack / "self_test.json"
        if arguments.check:
            committed = json.loads(path.read_text())["networks"]
            for role, network in content["networks"].items():
                for name, values in network["outputs"].items():
                    difference = float(np.abs(np.array(values) - committed[role]["outputs"][name]).max())
                    print(f"{pack} {role} {name}: largest difference {difference:.1e}")
                    good &= difference < 1e-3
        else:
            path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            print(f"{path.relative_to(MODELS.parent)}: {path.stat().st_size} bytes, sha256 {digest}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
