"""Python's garbage collector, in the GUI thread only.

What the collector finds it destroys at once, in the thread that happens to run Python then: a timer or a
player of the window that nobody refers to any more would end in a worker, which crashes Qt.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer

_QUIET_MS = 2000
"""A look through everything may take a quarter of a second: nothing has happened for so long before it."""
_LONGEST_S = 300.0  # so long it waits for that


class Collector(QObject):
    """From now on garbage is collected when the GUI thread has nothing else to do.

    Threads: made in the GUI thread, whose event loop it goes along with. Nothing ticks: garbage that workers
    make is collected when they next tell the window something.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._due_since_s: float | None = None
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._collect_all)
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self._collect)

    def close(self) -> None:
        """Let Python collect wherever it runs, as it does without a window."""
        QAbstractEventDispatcher.instance().aboutToBlock.disconnect(self._collect)
        self._quiet.stop()
        gc.enable()

    def _collect(self) -> None:
        """Collect the generations that are due by Python's own thresholds; the old one when it is quiet."""
        young, middle, old = (
            0 < threshold < count for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if young or middle:
            gc.collect(1 if middle else 0)
        if not old:
            return
        now_s = time.monotonic()
        if self._due_since_s is None:
            self._due_since_s = now_s
        if now_s - self._due_since_s > _LONGEST_S:
            self._collect_all()
        else:
            self._quiet.start()

    def _collect_all(self) -> None:
        self._due_since_s = None
        self._quiet.stop()
        gc.collect()
