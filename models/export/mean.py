"""Writes `facenet-casia/mean.json`: the mean raw embedding of a collection of photographs, an aggregate.

    .rollcall/venv/bin/python models/export/mean.py          (needs ROLLCALL_SHARED, default ../shared)

One face per photograph: the one nearest to the centre. Refuses fewer than 500 photographs.
"""

import argparse
import datetime
import json
import sys

import numpy as np

from faces import collection_name, load
from pipeline import MODELS

SMALLEST_COLLECTION = 500


def main():
    parser = argparse.ArgumentParser(description="Measure the mean embedding of the recogniser pack.")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="written into the provenance")
    arguments = parser.parse_args()
    faces = load()
    if faces is None:
        return 0
    if len(faces.raw) < SMALLEST_COLLECTION:
        print(f"error: {len(faces.raw)} photographs are too few for an aggregate", file=sys.stderr)
        return 1
    mean = faces.raw.astype(np.float64).mean(axis=0)
    content = {
        "what": "mean of the raw (unit norm) embeddings of photographs; embedding = normalise(raw - mean)",
        "collection": collection_name(),
        "n_photographs": len(faces.raw),
        "n_people": len(set(faces.person)),
        "measured_on": arguments.date,
        "recogniser_sha256": faces.recogniser_sha256,
        "pipeline": "models/export/pipeline.py, MTCNN min_face_px 40, margin 32 of 160",
        "length": round(float(np.linalg.norm(mean)), 4),
        "mean": [round(float(value), 7) for value in mean],
    }
    path = MODELS / "facenet-casia" / "mean.json"
    lines = json.dumps(content, indent=1)
    head, numbers = lines.split('"mean": [')
    path.write_text(head + '"mean": [' + numbers.replace("\n  ", " ").replace("\n ]", "]"))
    print(f"{path.relative_to(MODELS.parent)}: length {content['length']}, {len(faces.raw)} photographs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
