"""The lanes of the window: functions on Qt's thread pools."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QDeadlineTimer, QRunnable, QThreadPool

log = logging.getLogger(__name__)

LANES: Mapping[str, int] = {"controller": 1, "accelerator": 1, "cpu": 2}


class _Work(QRunnable):
    """One function on its way through a pool."""

    def __init__(self, function: Callable[[], None], ended: Callable[[_Work], None]) -> None:
        super().__init__()
        self._function = function
        self._ended = ended

    def run(self) -> None:
        """Run it. Nothing leaves this method: Qt would take the process down."""
        try:
            self._function()
        except BaseException:
            log.exception("A function handed to a lane raised; lanes take only functions that do not.")
        finally:
            self._ended(self)


class PoolRunner:
    """A `TaskRunner` with one QThreadPool for each lane.

    Threads: `submit` from any thread, lanes included; `close` from the thread that made it.
    """

    def __init__(self, lanes: Mapping[str, int] = LANES) -> None:
        self._pools: dict[str, QThreadPool] = {}
        for name, threads in lanes.items():
            pool = QThreadPool()
            pool.setMaxThreadCount(threads)
            pool.setObjectName(f"lane {name}")
            self._pools[name] = pool
        self._lock = threading.Lock()
        self._under_way: set[_Work] = set()  # Python must not lose what C++ still runs
        self._closed = False

    def submit(self, lane: str, function: Callable[[], None]) -> None:
        """Run the function in the lane; after `close` it is dropped.

        Raises:
            KeyError: there is no such lane.
        """
        pool = self._pools[lane]
        work = _Work(function, self._ended)
        with self._lock:
            if self._closed:
                return
            self._under_way.add(work)
        pool.start(work)

    def _ended(self, work: _Work) -> None:
        with self._lock:
            self._under_way.discard(work)

    @property
    def under_way(self) -> int:
        """How many functions wait or run."""
        with self._lock:
            return len(self._under_way)

    def wait(self, timeout_s: float, but: str = "") -> bool:
        """Whether all lanes came to rest in time, those aside from which it is called (`but`)."""
        deadline = QDeadlineTimer(int(timeout_s * 1000))
        return all(pool.waitForDone(deadline) for name, pool in self._pools.items() if name != but)

    def close(self, timeout_s: float = 10.0) -> bool:
        """Take nothing more, and wait for what runs; whether it ended in time."""
        with self._lock:
            self._closed = True
        for pool in self._pools.values():
            pool.clear()
        ended = self.wait(timeout_s)
        if not ended:
            log.warning("A lane did not come to rest within %.0f s.", timeout_s)
        return ended
