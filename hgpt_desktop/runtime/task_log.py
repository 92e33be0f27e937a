"""What happened to each task of a run, kept with its result."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hgpt_desktop.core.events import Event, ModelLoading, TaskProgressed, TaskSelected, TaskStarted
from hgpt_desktop.core.interfaces import Emit
from hgpt_desktop.core.results import LogLine, TaskResult

_LINES = 200  # of one task; the oldest are left out


class TaskLogs:
    """Reads the events of one run as they pass.

    Threads: any.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._lines: dict[int, deque[LogLine]] = {}
        self._selected: dict[int, TaskSelected] = {}
        self._ended: set[int] = set()

    def before(self, emit: Emit) -> Emit:
        """Note each event, then pass it on."""

        def passed(event: Event) -> None:
            with self._lock:
                self._note(event)
            emit(event)

        return passed

    def with_log(self, result: TaskResult) -> TaskResult:
        """The result with its log, and with why its model was chosen among which; nothing comes after it."""
        task_id = result.task.id
        with self._lock:
            self._ended.add(task_id)
            self._write(task_id, result.status.value, f"{result.message} {result.hint}".strip())
            selected = self._selected.get(task_id)
            return replace(
                result,
                reason=selected.reason if selected is not None else "",
                candidates=selected.candidates if selected is not None else (),
                log=tuple(self._lines[task_id]),
            )

    def _note(self, event: Event) -> None:
        match event:
            case TaskSelected(task_id=task_id, model_id=model_id, reason=reason):
                self._selected[task_id] = event
                self._write(task_id, event.wire_name, f"{model_id}: {reason}" if reason else model_id)
            case ModelLoading(model_id=model_id):
                for task_id, selected in self._selected.items():
                    if selected.model_id == model_id and task_id not in self._ended:
                        self._write(task_id, event.wire_name)
            case TaskStarted(task_id=task_id):
                self._write(task_id, event.wire_name)
            case TaskProgressed(task_id=task_id, message=message):
                if message and task_id not in self._ended:
                    self._write(task_id, event.wire_name, message)
            case _:
                pass  # about the run as a whole; how a task ends is told by its result

    def _write(self, task_id: int, what: str, words: str = "") -> None:
        lines = self._lines.setdefault(task_id, deque(maxlen=_LINES))
        if not lines or (lines[-1].what, lines[-1].words) != (what, words):
            lines.append(LogLine(self._now(), what, words))
