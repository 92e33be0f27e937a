"""Brings the next model's files into the system's page cache while the present task runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.runtime.budget import read_device

log = logging.getLogger(__name__)

_SHARE_OF_FREE = 0.5
_WEIGHTS = frozenset({".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt"})


class ReadAhead:
    """Asks the system to read files soon; it reads in the background and may decline.

    Where the system cannot be asked (Windows, macOS), nothing happens: there a read in a thread would compete
    with the task that runs.

    Args:
        free_bytes: free main memory now; a model that takes more than half of it is not read ahead.

    Threads: any.
    """

    def __init__(self, free_bytes: Callable[[], int] = lambda: read_device("cpu").free_bytes) -> None:
        self._free_bytes = free_bytes
        self._lock = threading.Lock()
        self._asked: str | None = None

    def __call__(self, card: ModelCard) -> bool:
        """Ask for a model's files, unless they were the last ones asked for; whether it was done."""
        advise = getattr(os, "posix_fadvise", None)
        with self._lock:
            if advise is None or self._asked == card.id or card.folder is None:
                return False
            self._asked = card.id
        files = [card.folder / file.path for file in card.files if Path(file.path).suffix in _WEIGHTS]
        try:
            size_bytes = sum(path.stat().st_size for path in files)
            if not files or size_bytes > self._free_bytes() * _SHARE_OF_FREE:
                return False
            for path in files:
                file = os.open(path, os.O_RDONLY)
                try:
                    advise(file, 0, 0, os.POSIX_FADV_WILLNEED)
                finally:
                    os.close(file)
        except OSError as error:  # the load itself will tell it to the user
            log.debug("%s cannot be read ahead: %s", card.id, error)
            return False
        return True
