#!/usr/bin/env python3
"""Sets up everything that building, testing and running Rollcall needs; run again, it finds nothing to do.

    python3 setup/setup.py                    everything
    python3 setup/setup.py --only assets      downloads, models, photographs, clips (no root, no Node)
    python3 setup/setup.py --only debian      the Debian packages of the build
    python3 setup/setup.py --only fuzz        the fuzzer's Python environment
    python3 setup/setup.py --only portal      `npm ci` of the portal

What is fetched or made lands in one folder (`.rollcall`, or `ROLLCALL_ASSETS`) that can be deleted at any time.
Only the standard library is used here. This file must not know how a model is converted or a clip is drawn:
it runs those programs in the pinned environment that it makes first.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import steps  # noqa: E402
from ground import SetupError, lock, report_failure  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="setup.py", description="Set up everything that Rollcall needs.")
    parser.add_argument("--only", choices=["assets", "debian", "fuzz", "portal"], help="run this part alone")
    parser.add_argument("--no-browser", action="store_true", help="leave out Chromium (only browser tests use it)")
    parser.add_argument("--verify", action="store_true", help="read every download again and compare its sha256")
    arguments = parser.parse_args()
    try:
        with lock():
            if arguments.only in (None, "debian"):
                steps.debian(with_browser=not arguments.no_browser)
            if arguments.only in (None, "assets"):
                steps.assets(verify=arguments.verify)
            if arguments.only in (None, "fuzz"):
                steps.fuzz()
            if arguments.only in (None, "portal"):
                steps.portal()
    except SetupError as error:
        report_failure(error)
        return 1
    except OSError as error:
        what = f"{error.strerror}: `{error.filename}`" if error.filename else str(error)
        report_failure(SetupError(what, "free some disk space or set ROLLCALL_ASSETS to another folder, then run set-up again"))
        return 1
    except KeyboardInterrupt:
        print("\nsetup: interrupted; run it again to go on from the last finished step", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
