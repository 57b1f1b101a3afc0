"""Writes `reference.json` of both packs from the package photographs, after checking the conversion itself.

    .rollcall/venv/bin/python models/export/reference.py            writes
    .rollcall/venv/bin/python models/export/reference.py --check    compares with what is committed, writes nothing

First the converted networks are compared with `plain.py`, which evaluates the published files directly; then the
reference pipeline (`pipeline.py`) runs on the photographs. The Rust pipeline must reproduce its answers: boxes within
1 px, cosine at least 0.9999 from the same crop. Only photographs that packages publish are used here.
"""

import argparse
import hashlib
import json
import sys

import numpy as np

import graphdef
import plain
from pipeline import ASSETS, MODELS, Detector, Recogniser, planes, read_rgb
from torch_zip import read_state_dict

PHOTOS = ["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png"]
# Photographs with another smallest face than the pack's own.
OTHER_SIZES = [("astronaut.png", 20), ("obama.jpg", 80)]


def main():
    parser = argparse.ArgumentParser(description="Make the reference vectors of the model packs.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    detector, recogniser = Detector(), Recogniser()
    good = conversion_agrees(detector, recogniser)
    made_by = "models/export/reference.py: onnxruntime in Python; every rounding rule is in models/export/pipeline.py"
    content = {
        "mtcnn": {"made_by": made_by, "photos": detections(detector)},
        "facenet-casia": {"made_by": made_by, "photos": embeddings(detector, recogniser)},
    }
    for pack, reference in content.items():
        path = MODELS / pack / "reference.json"
        if arguments.check:
            difference = largest_difference(json.loads(path.read_text()), reference)
            print(f"{pack}: largest difference to the committed reference {difference:.2e}")
            good &= difference < 1e-3
        else:
            path.write_text(json.dumps(reference, separators=(",", ":")).replace('{"photo"', '\n{"photo"') + "\n")
            print(f"{path.relative_to(MODELS.parent)}: {len(reference['photos'])} entries")
    return 0 if good else 1


def conversion_agrees(detector, recogniser):
    """ONNX against the published files, on a real face."""
    image = read_rgb(ASSETS / "photos" / "obama.jpg")
    box = detector.detect(image)[0][:1]
    crop = recogniser.crop(image, recogniser.crop_box(image, box[0]))
    graph = graphdef.read_graph(ASSETS / "sources-facenet" / "graph_final.pb")
    expected = plain.evaluate_graph(graph, ((crop.astype(np.float64) - 127.5) / 128).astype(np.float32))
    found = recogniser.raw([crop])[0]
    cosine = float(found @ expected / np.linalg.norm(expected))
    print(f"facenet.onnx against the frozen graph: cosine {cosine:.9f}")
    good = cosine > 0.9999999
    for name, size in (("pnet", 61), ("rnet", 24), ("onet", 48)):
        pixels = planes([read_rgb(ASSETS / "photos" / "astronaut.png")[100:100 + size, 200:200 + size]])
        weights = read_state_dict(ASSETS / "sources-mtcnn" / f"{name}.pt")
        expected = plain.evaluate_mtcnn(name, weights, pixels[0].transpose(1, 2, 0))
        network = getattr(detector, name)
        found = dict(zip([output.name for output in network.get_outputs()], network.run(None, {"input": pixels})))
        reg, face = found["reg"], found["prob"][:, 1]
        pairs = [(reg.transpose(0, 2, 3, 1) if name == "pnet" else reg, expected[0]), (face, expected[1])]
        if name == "onet":
            pairs.append((found["landmarks"], expected[2]))
        difference = max(float(np.abs(a - b).max()) for a, b in pairs)
        print(f"{name}.onnx against the published weights: largest difference {difference:.1e}")
        good &= all(a.shape == b.shape for a, b in pairs) and difference < 1e-4
    if not good:
        print("error: a converted network differs from the published one", file=sys.stderr)
    return good


def photo(name):
    path = ASSETS / "photos" / name
    return {"photo": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}, read_rgb(path)


def detections(detector):
    entries = []
    own = detector.manifest["pyramid"]["min_face_px"]
    for name, min_face_px in [(name, own) for name in PHOTOS] + OTHER_SIZES:
        entry, image = photo(name)
        boxes, landmarks, scores = detector.detect(image, min_face_px)
        entry |= {
            "width": image.shape[1], "height": image.shape[0], "min_face_px": min_face_px,
            "faces": [
                {"box": rounded(box, 3), "landmarks": [rounded(point, 3) for point in points], "score": round(float(score), 6)}
                for box, points, score in zip(boxes, landmarks, scores)
            ],
        }
        entries.append(entry)
    return entries


def embeddings(detector, recogniser):
    entries = []
    for name in PHOTOS:
        entry, image = photo(name)
        crop_box = recogniser.crop_box(image, detector.detect(image)[0][0])
        raw = recogniser.raw([recogniser.crop(image, crop_box)])
        entry |= {"crop_box": crop_box, "raw": rounded(raw[0], 7), "centred": rounded(recogniser.centred(raw)[0], 7)}
        entries.append(entry)
    return entries


def rounded(values, digits):
    return [round(float(value), digits) for value in values]


def largest_difference(old, new):
    """Over all numbers of two equally shaped contents; infinite where anything else differs."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return max((largest_difference(old[key], new[key]) for key in old), default=0.0)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return max((largest_difference(a, b) for a, b in zip(old, new)), default=0.0)
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return abs(old - new)
    return 0.0 if old == new else float("inf")


if __name__ == "__main__":
    sys.exit(main())
