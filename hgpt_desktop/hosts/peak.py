"""How much memory a run takes on top of what was there before."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


class PeakMeter:
    """Measures a run that is alone: the figures are the process's, it cannot tell two runs apart.

    Threads: any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._starts = 0

    @contextmanager
    def measuring(self, device: str) -> Iterator[Callable[[], int | None]]:
        """Measure the block; the function gives the bytes afterwards.

        They are None where another run was going on meanwhile or the system does not tell.

        Args:
            device: `cpu`, or `cuda:N` for that device's memory.
        """
        with self._lock:
            self._running += 1
            self._starts += 1
            alone, starts = self._running == 1, self._starts
        before = _reset_peak(device) if alone else None
        added: int | None = None
        try:
            yield lambda: added
        finally:
            with self._lock:
                self._running -= 1
                alone = alone and starts == self._starts
            if alone and before is not None:
                after = _peak_bytes(device)
                added = None if after is None else max(0, after - before)


def _reset_peak(device: str) -> int | None:
    """Begin anew; what is in use now, in bytes."""
    if device.startswith("cuda"):
        torch = _cuda()
        if torch is None:
            return None
        torch.cuda.reset_peak_memory_stats(device)
        return int(torch.cuda.memory_allocated(device))
    try:
        _RESET.write_text("5", encoding="ascii")  # sets the high-water mark to what is resident now
    except OSError:
        return None
    return _status_bytes("VmRSS")


def _peak_bytes(device: str) -> int | None:
    if device.startswith("cuda"):
        torch = _cuda()
        return None if torch is None else int(torch.cuda.max_memory_allocated(device))
    return _status_bytes("VmHWM")


def _cuda() -> Any:
    """torch, where it is in use with CUDA."""
    torch: Any = sys.modules.get("torch")
    return torch if torch is not None and torch.cuda.is_available() else None


def _status_bytes(name: str) -> int | None:
    try:
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None
