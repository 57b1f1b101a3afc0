"""Makes the ONNX files of all model packs and compares each with the sha256 in its manifest.

    .rollcall/venv/bin/python models/export/export.py --out FOLDER            as set-up runs it
    .rollcall/venv/bin/python models/export/export.py --out FOLDER --print    compares nothing

The output depends on nothing but the pinned sources and packages and `calibration.json`: no dates, no paths, exact sums.
This file must not know the layers of any network.
"""

import argparse
import hashlib
import os
import sys
import tomllib
from pathlib import Path

import facenet
import graphdef
import mtcnn
import onnx
import variants
from torch_zip import read_state_dict

MODELS = Path(__file__).resolve().parent.parent


def models(assets):
    """All files as `(pack, section of the manifest, key in it, model)`."""
    for name in mtcnn.NETWORKS:
        yield "mtcnn", "files", name, mtcnn.build(name, read_state_dict(assets / "sources-mtcnn" / f"{name}.pt"))
    pack = "facenet-casia"
    recogniser = facenet.build(graphdef.read_graph(assets / "sources-facenet" / "graph_final.pb"))
    yield pack, "files", "recogniser", recogniser
    yield pack, "variants", "fp16", variants.half(recogniser)
    yield pack, "variants", "int8", variants.quantised(recogniser, variants.read_table(MODELS / pack / "calibration.json"))


def main():
    parser = argparse.ArgumentParser(description="Convert the published weights to ONNX.")
    parser.add_argument("--assets", type=Path, default=os.environ.get("ROLLCALL_ASSETS") or MODELS.parent / ".rollcall")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--print", action="store_true", help="write them whatever their digests are")
    arguments = parser.parse_args()
    n_wrong = 0
    for pack, section, key, model in models(arguments.assets):
        onnx.checker.check_model(model)
        data = model.SerializeToString(deterministic=True)
        found = hashlib.sha256(data).hexdigest()
        entry = tomllib.loads((MODELS / pack / "manifest.toml").read_text())[section][key]
        path = arguments.out / pack / entry["path"]
        print(f'{pack} {section}.{key}: sha256 = "{found}" size_bytes = {len(data)}')
        if found != entry["sha256"] and not arguments.print:
            print(
                f"error: model `{pack}/{entry['path']}` does not match its manifest: "
                f"expected sha256 `{entry['sha256']}`, found `{found}`; it was not written", file=sys.stderr)
            n_wrong += 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
