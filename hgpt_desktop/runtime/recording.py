"""Keeps a run in the history without ever stopping it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.interfaces import RunRecorder
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import TaskResult

log = logging.getLogger(__name__)


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
        """Keep the request; without it the rest is not recorded either."""
        with self._guarded():
            self._recorder.record_request(self._run_id, request)
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
