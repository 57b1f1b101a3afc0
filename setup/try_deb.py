#!/usr/bin/env python3
"""Tries the Debian package of the edge agent on a Debian of its own, booted with systemd beside this one:

    sudo python3 setup/try_deb.py target/debian/rollcall-edge_….deb [--root FOLDER]

Needs root, `debootstrap` and `systemd-container`. The folder keeps the bare Debian with the package's dependencies for
the next time. Not part of `make test`: it downloads half a gigabyte. This file must not know how the package is made.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUITE = "bookworm"
CONFIG = "/etc/rollcall-edge/rollcall-edge.toml"
STATE = "/var/lib/rollcall-edge"
# What dpkg, the user database and the machine's start change by themselves.
VOLATILE = ("var/lib/dpkg/", "var/lib/systemd/", "var/log/", "var/cache/", "var/tmp/", "tmp/", "run/", "dev/", "proc/", "sys/",
            "etc/passwd", "etc/shadow", "etc/group", "etc/gshadow", "etc/machine-id", "etc/resolv.conf", "etc/.updated", "var/.updated",
            "root/")


class Failed(Exception):
    """A step that did not do what it should."""


def say(text):
    print(f"  {text}", flush=True)


def chroot(root, command, succeeds=True):
    done = subprocess.run(["chroot", root, "sh", "-c", command], capture_output=True, text=True, check=False)
    output = (done.stdout + done.stderr).strip()
    if (done.returncode == 0) != succeeds:
        raise Failed(f"`{command}` ended with {done.returncode}:\n{output[-2000:]}")
    return output


def expect(condition, text):
    if not condition:
        raise Failed(text)


def listing(root):
    """Paths of everything that a package could leave behind."""
    paths = subprocess.run(["find", ".", "-xdev", "-printf", "%P\n"], cwd=root, capture_output=True, text=True, check=True)
    return {path for path in paths.stdout.splitlines() if path and not path.startswith(VOLATILE)}


def bare(root, package):
    """A Debian with what the package depends on."""
    if not (root / "etc/debian_version").exists():
        say(f"debootstrap {SUITE} into {root}")
        include = "systemd,systemd-sysv,dbus,adduser"
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={include}", SUITE, root], check=True, stdout=subprocess.DEVNULL)
    fields = subprocess.run(["dpkg-deb", "-f", package, "Depends"], capture_output=True, text=True, check=True).stdout.strip()
    say(f"depends: {fields}")
    chroot(root, f"apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get satisfy -q -y --no-install-recommends '{fields}'")


class Booted:
    """The Debian in `root`, running; its processes see this machine's network."""

    def __init__(self, root):
        self.log = tempfile.TemporaryFile()
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "-D", root, "--boot"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        self.until("systemctl is-system-running --wait", lambda text: text in ("running", "degraded"))
        return self

    def __exit__(self, *_):
        self.run("systemctl poweroff")
        try:
            self.nspawn.wait(60)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()

    def run(self, command):
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        if not children:
            return ""
        inside = ["nsenter", "-t", children[0], "-m", "-u", "-i", "-p", "-C", "sh", "-c", command]
        done = subprocess.run(inside, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip()

    def until(self, command, is_there, seconds=90):
        deadline = time.monotonic() + seconds
        while True:
            text = self.run(command)
            if is_there(text):
                return text
            expect(time.monotonic() < deadline, f"`{command}` still says: {text}")
            time.sleep(0.5)

    def property(self, name):
        return self.run(f"systemctl show -p {name} --value rollcall-edge")


def installed(root):
    say("the program runs, and the example is a configuration once the password is there")
    expect("Watches cameras" in chroot(root, "rollcall-edge --help"), "no help")
    check = "rollcall-edge config check --config /etc/rollcall-edge/example.toml"
    expect("`database.password_file`" in chroot(root, check, succeeds=False), "a missing password is not named")
    chroot(root, f"echo secret > {STATE}/device.password && chown rollcall-edge: {STATE}/device.password")
    expect("configuration ok: 1 cameras" in chroot(root, check), "the example is refused")
    # As anybody else it would leave files that the service cannot read.
    doctor = chroot(root, "runuser -u rollcall-edge -- " + check.replace("config check", "doctor"), succeeds=False)
    expect("models ok: embedding space" in doctor, f"the models do not open:\n{doctor}")
    say(f"user: {chroot(root, 'id rollcall-edge')}")


def runs(root):
    with Booted(root) as machine:
        say("the service waits for a configuration")
        expect(machine.run("systemctl is-enabled rollcall-edge") == "enabled", "the unit is not enabled")
        expect(machine.property("ConditionResult") == "no", "the unit was started without a configuration")
        say("with one, it runs as its user and waits for a hub")
        # Nobody answers at this port.
        machine.run(f"sed 's/^host = .*/host = \"127.0.0.1\"\\nport = 9/' /etc/rollcall-edge/example.toml > {CONFIG}")
        machine.run("systemctl start --no-block rollcall-edge")
        machine.until("systemctl show -p StatusText --value rollcall-edge", lambda text: text == "waits for the hub")
        pid = machine.property("MainPID")
        expect(machine.run(f"ps -o user= -p {pid} || stat -c %U /proc/{pid}").startswith("rollcall"), "it runs as somebody else")
        log = machine.until("journalctl -o cat -u rollcall-edge -p warning", lambda text: "does not answer" in text)
        expect("\x1b" not in log, "the journal has colours")
        say(machine.run("systemd-analyze security rollcall-edge --no-pager | tail -n 1"))
        began = time.monotonic()
        machine.run("systemctl stop rollcall-edge")
        say(f"it stops in {time.monotonic() - began:.1f} s")
        expect(machine.property("Result") == "success", "it did not stop by itself")


def main():
    parser = argparse.ArgumentParser(description="Try the Debian package of the edge agent.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/rollcall-debian"))
    arguments = parser.parse_args()
    root, package = arguments.root.absolute(), arguments.package.absolute()
    try:
        bare(root, package)
        before = listing(root)
        say("dpkg -i")
        subprocess.run(["cp", package, root / "tmp/rollcall-edge.deb"], check=True)
        chroot(root, "dpkg -i /tmp/rollcall-edge.deb")
        installed(root)
        runs(root)
        say("dpkg -i once more keeps what was written")
        chroot(root, "echo '# mine' >> /etc/rollcall-edge/example.toml && dpkg --force-confdef -i /tmp/rollcall-edge.deb")
        expect("# mine" in chroot(root, "cat /etc/rollcall-edge/example.toml"), "the conffile was overwritten")
        say("dpkg -r keeps configuration and state, dpkg -P nothing")
        chroot(root, "dpkg -r rollcall-edge")
        expect((root / CONFIG[1:]).exists() and (root / STATE[1:] / "device.password").exists(), "removal lost them")
        expect(not (root / "usr/bin/rollcall-edge").exists(), "the program is still there")
        chroot(root, "dpkg -P rollcall-edge")
        left = sorted(listing(root) - before)
        expect(not left, f"left behind: {left}")
        expect("rollcall" not in (root / "etc/passwd").read_text() + (root / "etc/group").read_text(), "the user is left")
    except (Failed, subprocess.CalledProcessError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
