"""A bounded folder of evaluated prompt beginnings, so that a start need not evaluate them again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_SUFFIX = ".state"
_DRAFT_SUFFIX = ".draft"
_DRAFT_ABANDONED_S = 3600.0
_SPARE_DISK_BYTES = 2**30
_READ_BYTES_PER_S = 500 * 10**6  # a common solid-state disk, checksum included


class PromptStates:
    """State files, named by what they hold and by their own checksum; the least recently used go first.

    Several processes may share the folder: files appear whole or not at all, and one that vanishes or does
    not match its checksum counts as absent.

    Args:
        folder: made when first needed.
        limit_bytes: what all files together may take.
    """

    def __init__(self, folder: Path, limit_bytes: int = 2 * 2**30) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    @staticmethod
    def key(identity: str, tokens: Sequence[int]) -> str:
        """What a state of these tokens is called.

        Args:
            identity: of the model, the library and the context's parameters.
        """
        content = identity + "\n" + ",".join(map(str, tokens))
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def read(self, key: str, restore: Callable[[Path], bool]) -> bool:
        """Hand the file to `restore`; whether there was one and it was restored. A bad file is deleted."""
        for path in self._folder.glob(f"{key}-*{_SUFFIX}"):
            try:
                if f"{key}-{_checksum(path)}{_SUFFIX}" == path.name and restore(path):
                    with contextlib.suppress(OSError):  # in a folder that may only be read
                        os.utime(path)
                    return True
            except OSError:  # another process made room, or the disk is ill
                continue
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        return False

    def write(self, key: str, save: Callable[[Path], bool]) -> bool:
        """Let `save` write the file; whether it is there now. Not having it only costs time."""
        draft = self._folder / f"{key}.{os.getpid()}{_DRAFT_SUFFIX}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < _SPARE_DISK_BYTES or not save(draft):
                draft.unlink(missing_ok=True)
                return False
            draft.replace(self._folder / f"{key}-{_checksum(draft)}{_SUFFIX}")
            self._make_room()
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            return False
        return True

    def seconds_to_read(self, key: str) -> float:
        """About how long reading that state will take; 0 where there is none."""
        with contextlib.suppress(OSError):
            sizes = [path.stat().st_size for path in self._folder.glob(f"{key}-*{_SUFFIX}")]
            return sum(sizes) / _READ_BYTES_PER_S
        return 0.0

    def _make_room(self) -> None:
        """Delete abandoned drafts, then the least recently used files beyond the limit, never the newest."""
        for draft in self._folder.glob(f"*{_DRAFT_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > _DRAFT_ABANDONED_S:
                    draft.unlink()
        files = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                files.append((status.st_mtime_ns, status.st_size, path))
        files.sort(reverse=True)
        total = 0
        for number, (_, size, path) in enumerate(files):
            total += size
            if number and total > self._limit_bytes:
                path.unlink(missing_ok=True)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
