"""Where tasks run: plain threads in lanes for the command line, or at once for tests."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

LANES: Mapping[str, int] = {"controller": 1, "accelerator": 1, "cpu": 2}
"""How many tasks each lane runs at the same time."""


class InlineRunner:
    """A `TaskRunner` that runs everything at once, in the caller's thread."""

    def submit(self, lane: str, function: Callable[[], None]) -> None:
        """Run the function; it has ended when this returns."""
        function()


class ThreadRunner:
    """A `TaskRunner` on daemon threads, begun when they are first needed.

    Threads: every method may be called from any thread; `close` not from within a lane.
    """

    def __init__(self, lanes: Mapping[str, int] = LANES) -> None:
        self._sizes = dict(lanes)
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[Callable[[], None]]] = {lane: deque() for lane in lanes}
        self._idle = dict.fromkeys(lanes, 0)
        self._threads: dict[str, list[threading.Thread]] = {lane: [] for lane in lanes}
        self._closed = False

    def submit(self, lane: str, function: Callable[[], None]) -> None:
        """Run the function in the lane as soon as one of its threads is free.

        Raises:
            KeyError: there is no such lane.
            RuntimeError: the runner is closed.
        """
        with self._changed:
            if self._closed:
                raise RuntimeError("the runner is closed")
            self._waiting[lane].append(function)
            threads = self._threads[lane]
            if len(self._waiting[lane]) > self._idle[lane] and len(threads) < self._sizes[lane]:
                thread = threading.Thread(
                    target=self._work, args=(lane,), name=f"lane {lane} {len(threads) + 1}", daemon=True
                )
                threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def _work(self, lane: str) -> None:
        waiting = self._waiting[lane]
        while True:
            with self._changed:
                self._idle[lane] += 1
                while not waiting and not self._closed:
                    self._changed.wait()
                self._idle[lane] -= 1
                if not waiting:
                    return
                function = waiting.popleft()
            try:
                function()
            except Exception:  # the border of the lane: its thread must live on
                log.exception(
                    "A function handed to the lane %s raised; lanes take only functions that do not.", lane
                )

    def close(self, timeout_s: float = 10.0) -> bool:
        """Take nothing more, run what was submitted, and wait; whether all threads ended in time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            threads = [thread for threads in self._threads.values() for thread in threads]
        deadline = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
