"""Python's garbage collector, in the GUI thread only.

What the collector finds it destroys at once, in the thread that happens to run Python then: a timer or a
player of the window that nobody refers to any more would end in a worker, which crashes Qt.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject

_SHARE = 0.01  # of the time a look through everything may take


class Collector(QObject):
    """From now on garbage is collected when the GUI thread has nothing else to do.

    Threads: made in the GUI thread, whose event loop it goes along with. Nothing ticks: garbage that workers
    make is collected when they next tell the window something.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._next_full_s = 0.0
        QAbstractEventDispatcher.instance().aboutToBlock.connect(self._collect)

    def close(self) -> None:
        """Let Python collect wherever it runs, as it does without a window."""
        QAbstractEventDispatcher.instance().aboutToBlock.disconnect(self._collect)
        gc.enable()

    def _collect(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if 0 < threshold < count
        ]
        if not due:
            return
        began_s = time.monotonic()
        generation = due[-1]
        if generation == 2 and began_s < self._next_full_s:
            generation = 1
        gc.collect(generation)
        if generation == 2:
            ended_s = time.monotonic()
            self._next_full_s = ended_s + (ended_s - began_s) / _SHARE
