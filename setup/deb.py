#!/usr/bin/env python3
"""Makes the Debian package of the edge agent, of a tree that is set up:

    python3 setup/deb.py [--target-dir FOLDER]

Program, unit and documents are the tree's; ONNX Runtime and weights are those that set-up fetched. What goes where is
written in `crates/edge/Cargo.toml`. This file must not know how a package is written: `cargo-deb` does that.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from downloads import unpack  # noqa: E402
from ground import ASSETS, REPOSITORY, SetupError, cached, is_done, progress, report_failure, run, write_stamp  # noqa: E402
from steps import archive_of, pins  # noqa: E402

NOTICES = {
    "onnxruntime/LICENSE": "ONNX-Runtime-LICENSE",
    "onnxruntime/ThirdPartyNotices.txt": "ONNX-Runtime-ThirdPartyNotices.txt",
}


def cargo_deb():
    """The pinned `cargo-deb`, built once into the assets folder."""
    version = pins()["cargo"]["cargo-deb"]
    root = ASSETS / "cargo-deb"
    program = root / "bin" / "cargo-deb"
    title = f"cargo-deb {version}"
    if is_done("cargo-deb", version, program):
        cached(title)
        return program
    with progress(title):
        run(
            "cargo-deb", ["cargo", "install", "cargo-deb", "--version", f"={version}", "--locked", "--force", "--root", root],
            "check the network and cargo's own settings, then run it again", {"CARGO_TARGET_DIR": str(ASSETS / "unfinished-cargo-deb")},
        )
        shutil.rmtree(ASSETS / "unfinished-cargo-deb", ignore_errors=True)
        write_stamp("cargo-deb", version, program)
    return program


def stage(folder):
    """What is not the tree's or differs in its place, where `crates/edge/Cargo.toml` looks for it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "lib").mkdir(parents=True)
    shutil.copy(ASSETS / "onnxruntime" / "libonnxruntime.so", folder / "lib")
    # Manifests and weights in one tree: they have no file names in common.
    for manifest in sorted((REPOSITORY / "models").glob("*/manifest.toml")):
        name = manifest.parent.name
        shutil.copytree(manifest.parent, folder / "models" / name)
        shutil.copytree(ASSETS / "models" / name, folder / "models" / name, dirs_exist_ok=True)
    unpack(archive_of("onnxruntime", pins()), folder / "doc", NOTICES.get)


def main():
    parser = argparse.ArgumentParser(description="Make the Debian package of the edge agent.")
    parser.add_argument("--target-dir", type=Path, default=Path(os.environ.get("CARGO_TARGET_DIR") or REPOSITORY / "target"))
    target = parser.parse_args().target_dir.absolute()
    try:
        program = cargo_deb()
        stage(target / "release" / "package")
    except SetupError as error:
        report_failure(error)
        return 1
    except OSError as error:
        report_failure(SetupError(f"{error.strerror}: `{error.filename}`", "run `make setup` first"))
        return 1
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    # By itself `cargo deb` builds the whole workspace. Weights do not become smaller by trying harder.
    for command in (
        ["cargo", "build", "--release", "--locked", "--package", "rollcall-edge"],
        [program, "deb", "--no-build", "--fast", "--locked", "--package", "rollcall-edge"],
    ):
        status = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
