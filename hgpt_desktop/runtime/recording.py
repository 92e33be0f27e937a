"""Keeps a run in the history without ever stopping it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hgpt_desktop.core.errors import DiskFull, HgptError
from hgpt_desktop.core.interfaces import OnText, RunRecorder
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import TaskResult

log = logging.getLogger(__name__)

KEPT_EVERY_S = 0.5
"""How much of an answer can be lost when the whole program is killed while it is being written."""


class GuardedRecorder:
    """Records one run. The first fault is kept in `fault`, to be told at the end.

    Threads: for the thread of the run.
    """

    def __init__(self, recorder: RunRecorder, run_id: str) -> None:
        self._recorder = recorder
        self._run_id = run_id
        self._accepted = False
        self.fault: HgptError | None = None

    def request(self, request: Request) -> None:
        """Keep the request; without it the rest is not recorded either.

        Where the disk is full, the recorder holds it back until there is room, and the rest after it.
        """
        with self._guarded():
            try:
                self._recorder.record_request(self._run_id, request)
            except DiskFull:
                self._accepted = True
                raise
            self._accepted = True

    def plan(self, plan: Plan) -> None:
        """Keep the plan."""
        if self._accepted:
            with self._guarded():
                self._recorder.record_plan(self._run_id, plan)

    def result(self, result: TaskResult) -> None:
        """Keep a task's result."""
        if self._accepted:
            with self._guarded():
                self._recorder.record_result(self._run_id, result)

    @contextmanager
    def while_written(self) -> Iterator[OnText]:
        """Takes the whole text so far each time it has grown, and keeps it on disk as it grows."""
        if not self._accepted:
            yield lambda text: None
            return
        keeper = _Keeper(self._recorder, self._run_id)
        try:
            yield keeper.take
        finally:
            keeper.close()

    def answer(self, answer: str, exit_code: int, seconds: float) -> None:
        """Keep the end."""
        if self._accepted:
            with self._guarded():
                self._recorder.record_answer(self._run_id, answer, exit_code, seconds)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except HgptError as error:
            log.warning("The history could not be kept: %s %s", error, error.detail)
            self.fault = self.fault or error


class _Keeper:
    """Writes an answer that grows to the history, at most every `KEPT_EVERY_S`.

    In a thread of its own: neither a slow disk nor a busy database holds up the words on the screen, and
    the last words before a pause are kept as well as those before other words.
    """

    def __init__(self, recorder: RunRecorder, run_id: str) -> None:
        self._recorder, self._run_id = recorder, run_id
        self._changed = threading.Condition()
        self._text: str | None = None  # what is not kept yet
        self._closed = False
        self._thread: threading.Thread | None = None  # only an answer that is written needs one

    def take(self, text: str) -> None:
        """The answer so far."""
        with self._changed:
            self._text = text
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_all, name="keeper of the answer")
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """The answer is complete and is kept as a whole by whoever wrote it."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _keep_all(self) -> None:
        failed = False
        while (text := self._next()) is not None:
            try:
                self._recorder.record_beginning(self._run_id, text)
            except HgptError as error:  # told at the end, if the whole answer cannot be kept either
                if not failed:
                    log.warning("The answer under way could not be kept: %s %s", error, error.detail)
                failed = True
            with self._changed:
                self._changed.wait_for(lambda: self._closed, KEPT_EVERY_S)

    def _next(self) -> str | None:
        """What has come since; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._text is not None)
            if self._closed:
                return None
            text, self._text = self._text, None
            return text
