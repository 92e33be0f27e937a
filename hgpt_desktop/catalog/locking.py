"""One process at a time changes the models folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hgpt_desktop.catalog.drafts import disk_faults
from hgpt_desktop.core.errors import EnvironmentFault

LOCK_FILE = ".lock"


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder for the length of the block; the system gives it back when the process ends, however.

    Raises:
        EnvironmentFault: somebody else holds it.
    """
    with disk_faults(folder / LOCK_FILE):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _taken(descriptor):
            holder = (
                os.pread(descriptor, 32, 1).decode("ascii", "replace").strip() if os.name == "posix" else ""
            )
            raise EnvironmentFault(
                "Models are being installed or changed by this program already"
                + (f" (process {holder})." if holder else "."),
                "Wait until that is done, then try again.",
                str(folder / LOCK_FILE),
            )
        # The first byte is what Windows locks; the number behind it is for the message.
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"\n{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _taken(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
