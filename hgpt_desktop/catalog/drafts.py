"""A file on its way here: `<name>.part` beside its place, with its length and SHA-256 so far."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, ModelDamaged

CHUNK_BYTES = 1 << 20


class Draft:
    """What has arrived of a file. Survives the end of the process; the next one goes on where it ended.

    Args:
        target: where the file will stand.
        limit_bytes: more than this cannot be right; None where the size is not known.

    Raises (every method): `DiskFull`, `EnvironmentFault` where the disk refuses.

    Threads: one.
    """

    def __init__(self, target: Path, limit_bytes: int | None = None) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self.tag_path = target.with_name(target.name + ".tag.part")
        self.length = 0
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, cancel: CancelToken) -> None:
        """Take up what an earlier process left. Raises `Cancelled`."""
        self.close()
        with disk_faults(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+b")
            self._file.seek(0)
            self._hash = hashlib.sha256()
            self.length = 0
            while chunk := self._file.read(CHUNK_BYTES):
                cancel.raise_if_cancelled()
                self._hash.update(chunk)
                self.length += len(chunk)

    def restart(self) -> None:
        """Throw away what has arrived."""
        self.close()
        with disk_faults(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.tag_path.unlink(missing_ok=True)
            self._file = self.path.open("wb")
        self._hash = hashlib.sha256()
        self.length = 0

    def write(self, chunk: bytes) -> None:
        """The next bytes. Raises `ModelDamaged` where they are too many."""
        assert self._file is not None
        if self._limit_bytes is not None and self.length + len(chunk) > self._limit_bytes:
            raise ModelDamaged(
                f"{self.target.name} is longer than the catalogue says.",
                "Its source does not have the right file; it was not installed.",
                f"more than {self._limit_bytes} bytes",
            )
        with disk_faults(self.path):
            self._file.write(chunk)
        self._hash.update(chunk)
        self.length += len(chunk)

    def sha256(self) -> str:
        """The SHA-256 of what has arrived."""
        return self._hash.hexdigest()

    def tag(self) -> str | None:
        """The version that the source gave the bytes that have arrived, if it gave one."""
        try:
            return self.tag_path.read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def set_tag(self, tag: str | None) -> None:
        """Remember the source's version of the file."""
        with disk_faults(self.tag_path):
            if tag is None:
                self.tag_path.unlink(missing_ok=True)
            else:
                self.tag_path.write_text(tag, encoding="utf-8")

    def install(self) -> None:
        """Put the complete file in its place."""
        assert self._file is not None
        with disk_faults(self.path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self.close()
            self.path.replace(self.target)
            self.tag_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete what has arrived."""
        self.close()
        with disk_faults(self.path):
            self.path.unlink(missing_ok=True)
            self.tag_path.unlink(missing_ok=True)

    def quarantine(self, place: Path) -> None:
        """Move what has arrived out of the way; an earlier one in that place is replaced."""
        self.close()
        with disk_faults(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            self.path.replace(place)
            self.tag_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; what has arrived stays."""
        if self._file is not None:
            file, self._file = self._file, None
            with disk_faults(self.path):
                file.close()


class disk_faults:  # noqa: N801 - used as a with statement
    """Turns the disk's refusals within the block into `DiskFull` and `EnvironmentFault`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, OSError):
            return
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk of {self._path.parent} is full.",
                "Free some space and try again; what has arrived is kept.",
                str(error),
            ) from error
        raise EnvironmentFault(
            f"{self._path} cannot be written or read.", "Check the folder's rights and the disk.", str(error)
        ) from error


def hash_file(path: Path, cancel: CancelToken, on_bytes: Callable[[int], None] = lambda count: None) -> str:
    """The SHA-256 of a file. Raises `Cancelled`, `EnvironmentFault`."""
    digest = hashlib.sha256()
    with disk_faults(path), path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            cancel.raise_if_cancelled()
            digest.update(chunk)
            on_bytes(len(chunk))
    return digest.hexdigest()
