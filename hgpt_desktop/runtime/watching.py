"""Watches that something goes on: stops work that has been silent for too long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hgpt_desktop.core.cancel import CancelToken


@dataclass(slots=True)
class Watch:
    """Work under watch. `token` is set when it should stop: because its caller wants that, or for silence.

    Threads: any.
    """

    limit_s: float
    token: CancelToken = field(default_factory=CancelToken)
    stalled: bool = False
    _timer: threading.Timer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: bool = False

    def alive(self) -> None:
        """It has just shown that it goes on."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            if not self._over:
                self._timer = threading.Timer(self.limit_s, self._stop)
                self._timer.daemon = True
                self._timer.start()

    def end(self) -> None:
        """It is over."""
        with self._lock:
            self._over = True
            if self._timer is not None:
                self._timer.cancel()

    def _stop(self) -> None:
        with self._lock:
            if self._over:
                return
            self.stalled = True
        self.token.cancel()


@contextmanager
def watched(limit_s: float, cancel: CancelToken) -> Iterator[Watch]:
    """Stop the block's work, by the watch's token, after so long without a word, or when the caller wants."""
    watch = Watch(limit_s)
    with cancel.on_cancel(watch.token.cancel):
        watch.alive()
        try:
            yield watch
        finally:
            watch.end()
