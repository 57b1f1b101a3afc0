"""Downloads by pin: package, version, file, sha256. Fetched by pip, so that the user's registry settings apply.

pip checks the sha256 before it opens a file, and it is checked here again: a file that differs from its pin is named
with both digests, removed, and never used. This file must not know what the packages are for.
"""

import platform
import re
import shutil
import tarfile
import zipfile

from ground import (
    ASSETS, DOWNLOADS, SetupError, cached, file_digest, inputs_digest, is_done, progress, run, write_stamp,
)

MANYLINUX = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"]


def machine():
    name = platform.machine()
    if platform.system() != "Linux" or name not in ("x86_64", "aarch64"):
        raise SetupError(
            f"no downloads are pinned for `{platform.system()} {name}`",
            "use Linux on x86_64 or aarch64, or add pins to setup/pins.toml",
        )
    return name


def pinned_file(pin):
    """The entry for this machine: `file`, `size_bytes`, `sha256`."""
    return pin.get("any") or pin[machine()]


def check(path, file, package):
    """Raises, and removes `path`, unless it has the pinned sha256."""
    found_bytes = path.stat().st_size
    found = file_digest(path)
    if found != file["sha256"]:
        path.unlink()
        what = "is truncated" if found_bytes < file["size_bytes"] else "does not match its pin"
        raise SetupError(
            f"download `{file['file']}` {what}: expected sha256 `{file['sha256']}` ({file['size_bytes']} bytes), "
            f"found `{found}` ({found_bytes} bytes); the file was removed",
            f"run set-up again; if it happens again, the registry serves another file for `{package}` than the pinned one",
        )


def fetch(package, pin, python, verify):
    """Puts the pinned file of `package` into the downloads folder, unless it is there and unchanged."""
    file = pinned_file(pin)
    path = DOWNLOADS / file["file"]
    title = f"download {package} {pin['version']} ({file['size_bytes'] / 1e6:.1f} MB)"
    step = f"download-{package}"
    digest = inputs_digest(file)
    if not verify and is_done(step, digest, path):
        cached(title)
        return
    with progress(title):
        DOWNLOADS.mkdir(exist_ok=True)
        if path.exists():
            check(path, file, package)
        else:
            download(step, package, pin, file, python)
        write_stamp(step, digest, path)


def download(step, package, pin, file, python):
    unfinished = ASSETS / f"unfinished-{step}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    requirement = unfinished / "requirement.txt"
    requirement.write_text(f"{package}=={pin['version']} --hash=sha256:{file['sha256']}\n")
    command = [python, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--require-hashes", "-d", unfinished]
    if pin["kind"] == "sdist":
        # pip reads the metadata of a source distribution with setuptools, which the environment already has.
        command += ["--no-binary", package, "--no-build-isolation"]
    else:
        # The file name says for which Python and machine the wheel was built: it need not be this one's.
        tags = file["file"].removesuffix(".whl").split("-")
        arch = re.search(r"(x86_64|aarch64)$", tags[-1])
        command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", "3.11"]
        for platform_tag in [f"{name}_{arch[0]}" for name in MANYLINUX] if arch else ["any"]:
            command += ["--platform", platform_tag]
    hint = "check the network and pip's own settings (`pip config list`), then run set-up again"
    try:
        try:
            run(step, [*command, "-r", requirement], hint)
        except SetupError as error:
            raise explained(error, file, package) from None
        arrived = unfinished / file["file"]
        if not arrived.exists():
            names = sorted(p.name for p in unfinished.iterdir() if p != requirement)
            raise SetupError(f"expected the file `{file['file']}` for `{package}`, found {names}", hint)
        check(arrived, file, package)
        arrived.rename(DOWNLOADS / file["file"])
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def explained(error, file, package):
    """pip's refusal of a wrong file in our words; any other failure as it is."""
    found = re.search(r"Got\s+([0-9a-f]{64})", str(error))
    if not found:
        return error
    return SetupError(
        f"download `{file['file']}` does not match its pin: expected sha256 `{file['sha256']}`, found `{found[1]}`; "
        "it was not kept",
        f"run set-up again; if it happens again, the registry serves another file for `{package}` than the pinned one",
    )


def members(path):
    """All files of a wheel or source distribution as `(name, mode, read)`; nothing is written here."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, info.external_attr >> 16, lambda info=info: archive.open(info)
    else:
        with tarfile.open(path) as archive:
            for info in archive:
                if info.isfile():
                    yield info.name, info.mode, lambda info=info: archive.extractfile(info)


def unpack(path, folder, targets):
    """Writes members of an archive below `folder`; `targets(name)` gives the relative place or None to leave it out."""
    n_written = 0
    for name, mode, read in members(path):
        place = targets(name)
        if place is None:
            continue
        target = (folder / place).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise SetupError(f"archive `{path.name}` has a member outside of its folder: `{name}`")
        target.parent.mkdir(parents=True, exist_ok=True)
        with read() as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        target.chmod(0o755 if mode & 0o111 or "/bin/" in name or ".so" in name else 0o644)
        n_written += 1
    return n_written
