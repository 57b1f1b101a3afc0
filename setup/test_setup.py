"""Tests of set-up: what is wrong is named and not kept, what is done is not done again. No network.

    python3 -m unittest discover -s setup
"""

import contextlib
import hashlib
import io
import os
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

SCRATCH = tempfile.TemporaryDirectory(prefix="rollcall-setup-")
os.environ["ROLLCALL_ASSETS"] = SCRATCH.name

import downloads  # noqa: E402
import ground  # noqa: E402
import steps  # noqa: E402

WHEEL = "example_of_setup-1.0-py3-none-any.whl"


def wheel(folder, content):
    """A small wheel in `folder`, served to pip as the only registry."""
    path = Path(folder, WHEEL)
    metadata = "Metadata-Version: 2.1\nName: example-of-setup\nVersion: 1.0\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (
            ("example/data.txt", content),
            ("example_of_setup-1.0.dist-info/METADATA", metadata),
            ("example_of_setup-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"),
            ("example_of_setup-1.0.dist-info/RECORD", ""),
        ):
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def pin_of(path):
    data = path.read_bytes()
    return {"version": "1.0", "kind": "wheel", "any": {
        "file": path.name, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}}


class Downloads(unittest.TestCase):
    def setUp(self):
        self.registry = tempfile.TemporaryDirectory()
        self.addCleanup(self.registry.cleanup)
        self.pin = pin_of(wheel(self.registry.name, "right"))
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.registry.name, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        patch = mock.patch.dict(os.environ, offline)
        patch.start()
        self.addCleanup(patch.stop)
        self.path = ground.DOWNLOADS / WHEEL
        self.path.unlink(missing_ok=True)
        (ground.STAMPS / "download-example-of-setup.json").unlink(missing_ok=True)

    def fetch(self, verify=False):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            downloads.fetch("example-of-setup", self.pin, sys.executable, verify)
        return output.getvalue()

    def refusal(self, **arguments):
        with self.assertRaises(ground.SetupError) as caught, contextlib.redirect_stdout(io.StringIO()):
            self.fetch(**arguments)
        self.assertFalse(self.path.exists(), "a refused file was kept")
        self.assertIn(self.pin["any"]["sha256"], str(caught.exception))
        self.assertIn(WHEEL, str(caught.exception))
        self.assertTrue(caught.exception.hint)
        return str(caught.exception)

    def test_the_second_fetch_does_nothing(self):
        self.assertIn("ok (", self.fetch())
        self.assertIn("cached", self.fetch())
        self.assertEqual(list(ground.ASSETS.glob("unfinished-*")), [])

    def test_another_file_under_the_same_name_is_refused(self):
        wrong = hashlib.sha256(wheel(self.registry.name, "evil").read_bytes()).hexdigest()
        self.assertIn(wrong, self.refusal())

    def test_a_truncated_file_is_named_and_removed(self):
        self.fetch()
        with open(self.path, "r+b") as handle:
            handle.truncate(100)
        self.assertIn("truncated", self.refusal())
        self.assertIn("ok (", self.fetch())

    def test_verify_finds_a_change_that_keeps_size_and_time(self):
        self.fetch()
        status = self.path.stat()
        data = bytearray(self.path.read_bytes())
        data[60] ^= 1
        self.path.write_bytes(data)
        os.utime(self.path, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertIn("cached", self.fetch())
        self.refusal(verify=True)

    def test_an_absent_package_says_what_to_do(self):
        Path(self.registry.name, WHEEL).unlink()
        with self.assertRaises(ground.SetupError) as caught, contextlib.redirect_stdout(io.StringIO()):
            self.fetch()
        self.assertIn("pip config list", caught.exception.hint)


class Steps(unittest.TestCase):
    def make(self, fail=False, digest="1"):
        output = ground.ASSETS / "thing"

        def write(folder):
            (folder / "file").write_text(digest)
            if fail:
                raise ground.SetupError("stopped half-way")

        with contextlib.redirect_stdout(io.StringIO()):
            return ground.make_folder("thing", "thing", digest, output, write), output

    def test_a_failed_step_leaves_what_was_there(self):
        self.make(digest="old")
        with self.assertRaises(ground.SetupError):
            self.make(fail=True, digest="new")
        self.assertEqual((ground.ASSETS / "thing" / "file").read_text(), "old")
        self.assertEqual(list(ground.ASSETS.glob("unfinished-*")), [])
        self.assertFalse(self.make(digest="old")[0], "the old result was not up to date any more")

    def test_a_step_runs_again_when_inputs_or_files_change(self):
        _, output = self.make(digest="a")
        self.assertFalse(self.make(digest="a")[0])
        self.assertTrue(self.make(digest="b")[0])
        (output / "file").unlink()
        self.assertTrue(self.make(digest="b")[0])

    def test_an_archive_cannot_write_outside_of_its_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "bad.whl")
            with zipfile.ZipFile(archive, "w") as handle:
                handle.writestr("../escaped", "x")
            with self.assertRaises(ground.SetupError):
                downloads.unpack(archive, Path(folder, "inside"), lambda name: name)
            self.assertFalse(Path(folder, "escaped").exists())

    def test_missing_debian_packages_without_root_give_the_command(self):
        pinned = {"debian": {"build": ["no-such-package-of-rollcall"], "browser": ["no-such-browser-of-rollcall"]}}
        with mock.patch.object(steps, "pins", lambda: pinned), mock.patch.object(os, "geteuid", lambda: 1000):
            with self.assertRaises(ground.SetupError) as caught:
                steps.debian(with_browser=False)
        self.assertIn("sudo apt-get update && sudo apt-get install", caught.exception.hint)
        self.assertIn("no-such-package-of-rollcall", caught.exception.hint)
        self.assertNotIn("no-such-browser-of-rollcall", caught.exception.hint)

    def environment(self, requirement, registry):
        """Makes an environment from one line; its folder, and what set-up said."""
        with tempfile.TemporaryDirectory() as folder:
            requirements = Path(folder, "requirements.txt")
            requirements.write_text(requirement + "\n")
            offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": registry, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
            with (
                mock.patch.object(steps, "REPOSITORY", Path(folder)), mock.patch.dict(os.environ, offline),
                contextlib.redirect_stdout(io.StringIO()) as output,
            ):
                steps.environment("venv-of-test", requirements)
        return ground.ASSETS / "venv-of-test", output.getvalue()

    def test_an_environment_is_made_once_and_only_from_listed_wheels(self):
        with tempfile.TemporaryDirectory() as registry:
            digest = pin_of(wheel(registry, "right"))["any"]["sha256"]
            listed = f"example-of-setup==1.0 --hash=sha256:{digest}"
            folder, said = self.environment(listed, registry)
            self.assertIn("ok (", said)
            self.assertEqual(len(list(folder.glob("lib/python*/site-packages/example/data.txt"))), 1)
            self.assertIn("cached", self.environment(listed, registry)[1])
            with self.assertRaises(ground.SetupError):
                self.environment(f"example-of-setup==1.0 --hash=sha256:{'0' * 64}", registry)
            self.assertFalse((folder / "rollcall-ready").exists(), "a refused environment looks complete")

    def test_every_requirement_has_a_version_and_hashes(self):
        for file in ("setup/requirements.txt", "fuzz/requirements.txt"):
            text = (ground.REPOSITORY / file).read_text().replace("\\\n", " ")
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            self.assertTrue(lines, file)
            for line in lines:
                self.assertRegex(line, r"^[a-z0-9.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+$", file)

    def test_every_pin_is_complete(self):
        for package, pin in steps.pins()["download"].items():
            for file in [pin["any"]] if "any" in pin else [pin["x86_64"], pin["aarch64"]]:
                self.assertRegex(file["sha256"], "^[0-9a-f]{64}$", package)
                self.assertIn(pin["version"], file["file"])


if __name__ == "__main__":
    unittest.main()
