"""A hub of its own for one run: an embedded PostgreSQL in a temporary folder and a small organisation.

Must not know what is sent to the hub.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 30
COMMAND_TIMEOUT_S = 120
REPOSITORY = Path(__file__).resolve().parent.parent

MAPPING = """\
encoding = "utf-8"
delimiter = ";"
header = true
[employee]
column = "code"
[site]
column = "site"
[time]
column = "at"
formats = ["%Y-%m-%d %H:%M:%S"]
ambiguous = "earlier"
skipped = "later"
[direction]
column = "kind"
in = ["IN"]
out = ["OUT"]
[external_id]
column = "id"
"""


class HubError(Exception):
    """The hub could not be started, filled or stopped."""


class Hub:
    """A running `rollcall up`; to be used with `with`, which stops it and removes its files."""

    def __init__(self, program):
        self.program = Path(program).resolve()
        if not self.program.exists():
            raise HubError(f"there is no program `{program}`\nhint: run `make build`")
        self.folder = Path(tempfile.mkdtemp(prefix="rollcall-fuzz-"))
        # PostgreSQL runs as an unprivileged user when we are root, and must get to its files.
        self.folder.chmod(0o711)
        self.log = self.folder / "hub.log"
        self.process = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self):
        """That of the caller without settings for another installation; a fuzzer asks faster than any client."""
        kept = {
            name: value for name, value in os.environ.items()
            if not name.startswith("ROLLCALL_") and name != "DATABASE_URL"
        }
        assets = os.environ.get("ROLLCALL_ASSETS") or REPOSITORY / ".rollcall"
        return kept | {
            "ROLLCALL_ASSETS": str(Path(assets).resolve()),
            "ROLLCALL_MODELS": str(REPOSITORY / "models"),
            "ROLLCALL_INSTANCE": str(self.folder / "instance"),
            "ROLLCALL_REQUESTS_PER_SECOND": "0",
            "ROLLCALL_LOG": "warn",
            "RUST_BACKTRACE": "1",
        }

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "up", "--listen", f"127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(),
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while "portal and GraphQL: http" not in self.log_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise HubError(f"the hub did not start:\n{self.log_text()}")
            time.sleep(0.1)

    def stop(self):
        """Asks the hub to stop; an answer that does not come is an error too."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise HubError(f"the hub did not stop within {STOP_TIMEOUT_S} s") from None
        if status != 0:
            raise HubError(f"the hub ended with status {status}:\n{self.log_text()[-2000:]}")

    def is_running(self):
        return self.process.poll() is None

    def log_text(self):
        return self.log_after(0).decode(errors="replace")

    def log_after(self, begin):
        """The bytes of the log from an offset on."""
        with open(self.log, "rb") as log:
            log.seek(begin)
            return log.read()

    def peak_memory_mib(self):
        """The most memory that the hub's process held at a time (`VmHWM`)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024

    def command(self, *arguments):
        """Output of a command of the program, in this installation."""
        done = subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, env=self.environment(),
            timeout=COMMAND_TIMEOUT_S, cwd=self.folder,
        )
        if done.returncode != 0:
            raise HubError(f"`rollcall {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def fill(self):
        """A small organisation: two sites, three people with a month of punches, a plan. Gives the owner's log-in."""
        email = "owner@fuzz.example"
        created = self.command("organization", "create", "Fuzz", "--owner-email", email)
        password = re.search(r"with password (\S+)", created)[1]
        today = date.today()
        begin = today - timedelta(days=30)
        self.command("site", "create", "Berlin", "--time-zone", "Europe/Berlin")
        self.command("site", "create", "New York", "--time-zone", "America/New_York")
        for code, site in (("F1", "Berlin"), ("F2", "Berlin"), ("F3", "New York")):
            self.command("employee", "create", code, f"Person {code}", "--site", site)
            self.command("employee", "consent", code, "--text-version", "v1", "--evidence", "form 1")
        self.command("device", "create", "Front door", "--site", "Berlin", "--camera", "door:both:v4l2=0")
        self.command("shift", "add", "Early", "--segment", "09:00-17:00", "--break", "12:00-12:30")
        self.command("shift", "add", "Night", "--segment", "22:00-06:00")
        self.command("roster", "assign", "F1", "F2", "--site", "Berlin", "--from", str(begin),
                     "--week", "Early Early Early Night Early - -")
        self.command("holiday", "add", str(today - timedelta(days=3)), "Town day")
        self.command("leave", "add", "F2", "--from", str(begin), "--to", str(begin + timedelta(days=2)))
        self.command("user", "create", "viewer@fuzz.example", "--role", "viewer")
        self.import_punches(begin, today - timedelta(days=1))
        return email, password

    def import_punches(self, begin, end):
        lines = ["code;site;at;kind;id"]
        for code, site in (("F1", "Berlin"), ("F3", "New York")):
            for n in range((end - begin).days):
                day = begin + timedelta(days=n)
                # Every fifth evening is missing.
                for kind, hour in [("IN", 9)] + [("OUT", 17)] * (n % 5 != 0):
                    lines.append(f"{code};{site};{day} {hour:02}:0{n % 10}:00;{kind};{code}-{n}-{kind}")
        (self.folder / "punches.csv").write_text("\n".join(lines) + "\n")
        (self.folder / "map.toml").write_text(MAPPING)
        self.command("punch", "import", "punches.csv", "--mapping", "map.toml")
