"""The events of one run, one at a time, whatever thread they come from."""

from __future__ import annotations

import threading

from hgpt_desktop.core.events import Event
from hgpt_desktop.core.interfaces import Emit


class EventStream:
    """Passes events on in turn; after the last one, stragglers of an ended host are dropped.

    Threads: any.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._lock = threading.RLock()
        self._closed = False

    def __call__(self, event: Event) -> None:
        """Pass an event on."""
        with self._lock:
            if not self._closed:
                self._emit(event)

    def close_with(self, event: Event) -> None:
        """Pass the last event on."""
        with self._lock:
            self._closed = True
            self._emit(event)
