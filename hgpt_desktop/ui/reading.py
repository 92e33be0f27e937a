"""Reads files off the GUI thread for the widgets that show them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QRunnable, Qt, QThreadPool, Signal

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.errors import HgptError

log = logging.getLogger(__name__)

T = TypeVar("T")
OnProblem = Callable[[ProblemView], None]
_quitting = threading.Event()


class _Reading(QRunnable):
    def __init__(self, work: Callable[[], object], ended: Callable[[bool, object], None]) -> None:
        super().__init__()
        self._work, self._ended = work, ended

    def run(self) -> None:
        try:
            well, result = True, self._work()
        except HgptError as error:
            log.info("%s (%s)", error, error.detail)
            well, result = False, ProblemView.of(error)
        except Exception as error:  # the border to Qt's threads; it is a bug and is shown as one
            log.exception("Reading a file for the window raised.")
            well = False
            result = ProblemView(
                QCoreApplication.translate("reading", "Something went wrong inside the program."),
                QCoreApplication.translate("reading", "The log has the details; the program can go on."),
                f"{type(error).__name__}: {error}",
            )
        self._ended(well, result)


class _Desk(QObject):
    """One for the application: lives as long as it does, so that workers never signal into nothing."""

    _read = Signal(int, bool, object)

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self.setObjectName("reading desk")
        application.aboutToQuit.connect(self._stop)
        # Long work has a thread of its own, so that a thumbnail never waits for an hour of sound.
        self.pools = {"short": QThreadPool(self), "long": QThreadPool(self)}
        self.pools["short"].setMaxThreadCount(2)
        self.pools["long"].setMaxThreadCount(1)
        self._waiting: dict[int, tuple[QObject, Callable[[Any], None], OnProblem | None, _Reading]] = {}
        self._last = 0
        self._read.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _stop(self) -> None:
        """Let nothing run on.

        Qt waits for its threads when it is taken down, and meanwhile keeps Python's lock, which they need.
        """
        _quitting.set()
        for pool in self.pools.values():
            pool.clear()
            pool.waitForDone()

    def read(
        self,
        owner: QObject,
        work: Callable[[], object],
        then: Callable[[Any], None],
        otherwise: OnProblem | None,
        pool: str,
    ) -> None:
        self._last += 1
        number = self._last
        reading = _Reading(work, lambda well, result: self._read.emit(number, well, result))
        self._waiting[number] = owner, then, otherwise, reading
        self.pools[pool].start(reading)

    def _deliver(self, number: int, well: bool, result: object) -> None:
        owner, then, otherwise, _ = self._waiting.pop(number)
        if not shiboken6.isValid(owner):  # it may have gone meanwhile
            return
        if well:
            then(result)
        elif otherwise is not None and isinstance(result, ProblemView):
            otherwise(result)


def read_for(
    owner: QObject,
    work: Callable[[], T],
    then: Callable[[T], None],
    otherwise: OnProblem | None = None,
    *,
    long: bool = False,
) -> None:
    """Do the work in a worker, and hand what it gives to `then`, or its error in words to `otherwise`.

    Args:
        owner: where it is gone by then, neither is called.
        long: it may take more than a second; it looks at `is_quitting` then.

    Threads: called in the GUI thread; `then` and `otherwise` run there.
    """
    _desk().read(owner, work, then, otherwise, "long" if long else "short")


def is_quitting() -> bool:
    """Whether the program ends, so that long work should stop. Threads: any."""
    return _quitting.is_set()


def wait_for_readings(timeout_s: float) -> bool:
    """Whether all reading ended in time."""
    return all(pool.waitForDone(int(timeout_s * 1000)) for pool in _desk().pools.values())


def _desk() -> _Desk:
    application = QCoreApplication.instance()
    assert application is not None
    desk = application.findChild(_Desk, "reading desk")
    return desk if desk is not None else _Desk(application)
