"""How far an installation is: bytes, speed, time left."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_SPEED_OVER_S = 5.0
_EMIT_EVERY_S = 0.1
_SLOWEST = 1000.0  # bytes/s; below that the time left is a guess


@dataclass(frozen=True, slots=True)
class InstallProgress:
    """The state of one call, over all models that it installs.

    Args:
        model_id, file: what is being worked on now.
        done_bytes: what is here, with what was here before.
        total_bytes: what the call brings altogether, as far as the sizes are known.
        bytes_per_s: over the last seconds; 0 where nothing arrives.
        remaining_s: None where it cannot be told.
    """

    model_id: str
    file: str
    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    remaining_s: float | None


OnInstallProgress = Callable[[InstallProgress], None]


class Counter(Protocol):
    """Is told by a download what arrives."""

    def add(self, count: int) -> None:
        """Bytes have arrived."""

    def rewind(self) -> None:
        """What was counted of this file is not there any more."""


class Meter:
    """Adds up what arrives, and reports it not more often than ten times a second.

    Threads: any thread may add; reports come one at a time from whichever thread adds.
    """

    def __init__(
        self, on_progress: OnInstallProgress, total_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_progress = on_progress
        self._clock = clock
        self._lock = threading.RLock()
        self._total = total_bytes
        self._done = self._before = 0
        self._arrived: deque[tuple[float, int]] = deque([(clock(), 0)])
        self._arrived_bytes = 0
        self._reported_at = -_EMIT_EVERY_S
        self._model_id = self._file = ""

    def begin(self, model_id: str, file: str) -> None:
        """The next file; what has been counted so far stays."""
        with self._lock:
            self._model_id, self._file = model_id, file
            self._before = self._done
            self._report()

    def add(self, count: int) -> None:
        """Bytes have arrived."""
        with self._lock:
            self._done += count
            self._arrived_bytes += count
            if self._clock() - self._reported_at >= _EMIT_EVERY_S:
                self._report()

    def skip(self, count: int) -> None:
        """Bytes were here already; the speed does not count them."""
        with self._lock:
            self._done += count
            self._report()

    def rewind(self) -> None:
        """What was counted of this file is not there any more."""
        with self._lock:
            self._done = self._before
            self._report()

    def finish(self, size_bytes: int, known: bool) -> None:
        """This file is here.

        Args:
            known: whether its size was part of the total.
        """
        with self._lock:
            self._total += 0 if known else size_bytes
            self._done = self._before + size_bytes
            self._report()

    def _report(self) -> None:
        now = self._clock()
        self._reported_at = now
        self._arrived.append((now, self._arrived_bytes))
        while len(self._arrived) > 2 and now - self._arrived[1][0] >= _SPEED_OVER_S:
            self._arrived.popleft()
        began, before = self._arrived[0]
        speed = (self._arrived_bytes - before) / (now - began) if now > began else 0.0
        left = max(0, self._total - self._done)
        self._on_progress(
            InstallProgress(
                self._model_id,
                self._file,
                min(self._done, self._total),
                self._total,
                max(0.0, speed),
                (left / speed if speed >= _SLOWEST else None) if left else 0.0,
            )
        )


class Share:
    """What one of several downloads adds to a meter: never more than its part of the whole, and never less
    than before, where it begins anew.

    Args:
        limit_bytes: its part.

    Threads: one at a time.
    """

    def __init__(self, meter: Meter, limit_bytes: int) -> None:
        self._meter = meter
        self._limit_bytes = limit_bytes
        self._here = self._counted = 0

    def add(self, count: int) -> None:
        """Bytes have arrived."""
        self.reach(self._here + count)

    def reach(self, here: int) -> None:
        """So many bytes are here by now."""
        if more := self._more(here):
            self._meter.add(more)

    def skip(self, count: int) -> None:
        """Bytes were here already; the speed does not count them."""
        if more := self._more(self._here + count):
            self._meter.skip(more)

    def rewind(self) -> None:
        """What has arrived is not there any more."""
        self._here = 0

    def fill(self) -> None:
        """All of it is here, whatever its size was."""
        self.reach(self._limit_bytes)

    def skip_all(self) -> None:
        """All of it was here already."""
        self.skip(self._limit_bytes)

    def _more(self, here: int) -> int:
        """Takes note of what is here; what of it has not been counted yet."""
        self._here = here
        more = max(0, min(self._limit_bytes, here) - self._counted)
        self._counted += more
        return more
