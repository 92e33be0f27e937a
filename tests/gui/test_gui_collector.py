"""Objects of the window end in the GUI thread, wherever Python collects its garbage."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot


class Ticking(QTimer):
    """A timer that only the collector can free."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        self.start(3_600_000)


def litter() -> None:
    """Make more garbage than any generation of the collector waits for."""
    for _ in range(200_000):
        circle: list[object] = []
        circle.append(circle)


def test_a_worker_destroys_nothing_of_the_window(qtbot: QtBot) -> None:
    assert not gc.isenabled()
    ended_in: list[int] = []
    timer = Ticking()
    weakref.finalize(timer, lambda: ended_in.append(threading.get_ident()))
    del timer
    worker = threading.Thread(target=litter)
    worker.start()
    worker.join()
    assert ended_in == []
    qtbot.waitUntil(lambda: bool(ended_in))
    assert ended_in == [threading.get_ident()]


def test_all_garbage_goes_in_the_end(qtbot: QtBot) -> None:
    old = Ticking()
    gone = weakref.ref(old)
    for _ in range(3):
        gc.collect()  # it is of the oldest generation now
    del old

    def more_litter() -> bool:
        litter()
        return gone() is None

    qtbot.waitUntil(more_litter, timeout=30_000)
