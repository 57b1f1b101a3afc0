"""The ground every set-up step stands on: places, progress lines, stamps, atomic replacement, one lock.

A step is skipped when the stamp of its last success carries the same inputs digest and every file it made is still
there with the same size and modification time. This file must not know what any step does.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ASSETS = Path(os.environ.get("ROLLCALL_ASSETS") or REPOSITORY / ".rollcall").absolute()
DOWNLOADS = ASSETS / "downloads"
STAMPS = ASSETS / "stamps"
LOGS = ASSETS / "logs"


class SetupError(Exception):
    """A step that could not be done: what happened, and what the reader can do about it."""

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.hint = hint


def report_failure(error):
    sys.stdout.flush()
    print(f"error: {error}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


@contextlib.contextmanager
def lock():
    """Lets one set-up at a time work on the assets folder; a second one waits and says so."""
    try:
        ASSETS.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle = open(ASSETS / "setup.lock", "w")
    except OSError as error:
        raise SetupError(
            f"cannot write to the assets folder `{ASSETS}`: {error.strerror}",
            "set ROLLCALL_ASSETS to a folder that you may write to",
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another set-up in this folder to finish", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        for leftover in ASSETS.glob("unfinished-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


def file_digest(path):
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def inputs_digest(*parts):
    """One digest of files (by content) and plain values; the order of the arguments counts."""
    digest = hashlib.sha256()
    for part in parts:
        value = file_digest(part) if isinstance(part, Path) else json.dumps(part, sort_keys=True)
        digest.update(value.encode() + b"\n")
    return digest.hexdigest()


def listing(root):
    """Names, sizes and times of the files below `root` (or of one file): what a stamp remembers."""
    if root.is_file():
        status = root.stat()
        return {"": [status.st_size, status.st_mtime_ns]}
    found = {}
    for folder, _, names in os.walk(root):
        if "__pycache__" in folder:
            continue
        for name in names:
            status = os.lstat(os.path.join(folder, name))
            found[os.path.relpath(os.path.join(folder, name), root)] = [status.st_size, status.st_mtime_ns]
    return found


def is_done(step, digest, output):
    """Whether `step` was finished with these inputs and its output is as it was left."""
    try:
        stamp = json.loads((STAMPS / f"{step}.json").read_text())
    except (OSError, ValueError):
        return False
    return stamp.get("inputs") == digest and output.exists() and stamp.get("files") == listing(output)


def write_stamp(step, digest, output):
    STAMPS.mkdir(exist_ok=True)
    text = json.dumps({"inputs": digest, "files": listing(output)})
    unfinished = STAMPS / f"{step}.json.unfinished"
    unfinished.write_text(text)
    unfinished.rename(STAMPS / f"{step}.json")


@contextlib.contextmanager
def progress(name):
    """One line per step: its name, then `ok` with the time, or `failed`."""
    print(f"setup: {name:<52}", end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"ok ({time.monotonic() - started:.1f} s)", flush=True)


def cached(name):
    print(f"setup: {name:<52} ok (cached)", flush=True)


def make_folder(step, title, digest, output, make):
    """Runs `make(folder)` on an empty folder and puts the result in the place of `output`, unless it is up to date."""
    if is_done(step, digest, output):
        cached(title)
        return False
    with progress(title):
        unfinished = ASSETS / f"unfinished-{step}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            make(unfinished)
            readable_by_all(unfinished)
            (STAMPS / f"{step}.json").unlink(missing_ok=True)
            shutil.rmtree(output, ignore_errors=True)
            output.parent.mkdir(parents=True, exist_ok=True)
            unfinished.rename(output)
        except OSError as error:
            raise SetupError(
                f"{title}: {error.strerror or error}: `{error.filename or output}`",
                "free some disk space or choose another folder with ROLLCALL_ASSETS, then run set-up again",
            ) from None
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        write_stamp(step, digest, output)
    return True


def readable_by_all(root):
    """Like `chmod -R a+rX`: Postgres refuses to run as root, so an unprivileged user must be able to read this."""
    root.chmod(0o755)
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            path = Path(folder, name)
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o111 else 0))


def run(step, command, hint, environment=None, cwd=REPOSITORY):
    """Runs a program with its output in `logs/<step>.log`; on failure its last lines are in the error."""
    LOGS.mkdir(exist_ok=True)
    log = LOGS / f"{step}.log"
    command = [str(part) for part in command]
    try:
        with open(log, "w") as handle:
            status = subprocess.run(
                command, stdout=handle, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                cwd=cwd, env={**os.environ, **(environment or {})},
            ).returncode
    except FileNotFoundError:
        raise SetupError(f"cannot run `{command[0]}`: not found", hint) from None
    output = log.read_text(errors="replace")
    if status != 0:
        tail = "\n".join("  | " + line for line in output.strip().splitlines()[-12:])
        raise SetupError(f"`{' '.join(command[:6])}` failed with status {status} (all output: {log})\n{tail}", hint)
    return output
