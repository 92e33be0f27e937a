"""Runs slow calls in a worker and brings their answers back into the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from hgpt_desktop.bridge.pool_runner import PoolRunner
from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.errors import Cancelled, HgptError

log = logging.getLogger(__name__)

T = TypeVar("T")


class Calls(QObject):
    """Make it in the GUI thread: `then` and `otherwise` run there, in the order in which calls end.

    A call that is cancelled ends without either of them, but for `anyway`.
    """

    _ended = Signal(object, object)

    def __init__(self, parent: QObject, lanes: dict[str, int]) -> None:
        super().__init__(parent)
        self._closed = False
        self._runner = PoolRunner(lanes)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        lane: str,
        function: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[ProblemView], None] | None = None,
        anyway: Callable[[], None] | None = None,
    ) -> None:
        """Run the function in a lane and hand its result, or its error in words, to one of the callbacks."""

        def work() -> None:
            result: object = None
            receiver: Callable[[Any], None] | None = None
            try:
                result, receiver = function(), then
            except Cancelled:
                pass
            except HgptError as error:
                log.info("%s (%s)", error, error.detail)
                result, receiver = ProblemView.of(error), otherwise
            except Exception as error:  # the border to Qt's threads; it is a bug and is shown as one
                log.exception("A call of the window raised.")
                bug = HgptError(
                    "Something went wrong inside the program.",
                    "The log has the details; the program can go on.",
                    f"{type(error).__name__}: {error}",
                )
                result, receiver = ProblemView.of(bug), otherwise
            self._ended.emit((receiver, result), anyway)

        self._runner.submit(lane, work)

    def _deliver(self, answer: tuple[Callable[[Any], None] | None, object], anyway: object) -> None:
        if self._closed:
            return
        receiver, result = answer
        if receiver is not None:
            receiver(result)
        if callable(anyway):
            anyway()

    def wait(self, timeout_s: float, but: str = "") -> bool:
        """Whether all calls ended in time, those of the lane `but` aside."""
        return self._runner.wait(timeout_s, but)

    def close(self, timeout_s: float) -> bool:
        """Take no more calls, deliver no more answers, and wait for what is under way; whether it ended."""
        self._closed = True
        return self._runner.close(timeout_s)
