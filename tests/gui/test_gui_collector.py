"""Objects of the window end in the GUI thread, wherever Python collects its garbage."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot


class Ticking(QTimer):
    """A timer that only the collector can free."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        self.start(3_600_000)


def litter(count: int = 200_000) -> None:
    """Make more garbage than the young generation of the collector waits for."""
    for _ in range(count):
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


def test_old_garbage_goes_once_it_is_quiet(qtbot: QtBot) -> None:
    old = Ticking()
    gone = weakref.ref(old)
    quiet = QEventLoop()
    weakref.finalize(old, quiet.quit)
    for _ in range(3):
        gc.collect()  # it is of the oldest generation now
    del old

    def old_ones_are_due() -> bool:
        litter(1000)
        return gc.get_count()[2] > gc.get_threshold()[2]

    qtbot.waitUntil(old_ones_are_due, timeout=30_000)
    assert gone() is not None, "not while something happens"
    latest = QTimer(quiet, singleShot=True)
    latest.timeout.connect(quiet.quit)
    latest.start(30_000)
    quiet.exec()
    latest.stop()
    assert gone() is None
