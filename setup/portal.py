"""Builds the portal when its sources are newer than its last build."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

PORTAL = Path(__file__).resolve().parent.parent / "portal"
STAMP = PORTAL / "dist" / ".inputs"


def inputs_digest() -> str:
    """A digest over every file that the build reads."""
    digest = hashlib.sha256()
    files = [PORTAL.parent / "graphql" / "schema.graphql"]
    files += [path for path in PORTAL.glob("*") if path.is_file()]
    for folder in ("src", "public"):
        files += [path for path in (PORTAL / folder).rglob("*") if path.is_file()]
    for path in sorted(files):
        if path.exists():
            digest.update(str(path.relative_to(PORTAL.parent)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def main() -> int:
    digest = inputs_digest()
    if STAMP.exists() and STAMP.read_text() == digest and (PORTAL / "dist" / "index.html").exists():
        print("  portal build … ok (cached)")
        return 0
    started = time.monotonic()
    print("  portal build …", flush=True)
    done = subprocess.run(["npm", "run", "--silent", "build"], cwd=PORTAL, check=False)
    if done.returncode != 0:
        print("error: the portal does not build\nhint: run `npm run build` in portal/ to see why", file=sys.stderr)
        return 1
    STAMP.write_text(digest)
    print(f"  portal build … ok ({time.monotonic() - started:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
