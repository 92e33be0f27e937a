"""One task of a plan as a row: its state, its model, how far it is, what it made."""

from __future__ import annotations

import time
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.core.events import ModelLoading, TaskStarted
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.results import LogLine, TaskResult, TaskStatus
from hgpt_desktop.ui.basics import ElidedLabel, label
from hgpt_desktop.ui.formats import duration_text, size_text
from hgpt_desktop.ui.graph_items import NodeView
from hgpt_desktop.ui.outputs import TextView, is_media, text_view
from hgpt_desktop.ui.progress import RowState, StateMark, ThinBar
from hgpt_desktop.ui.task_names import plain_name

_ENDED = {
    TaskStatus.DONE: RowState.DONE,
    TaskStatus.FAILED: RowState.FAILED,
    TaskStatus.SKIPPED: RowState.SKIPPED,
    TaskStatus.CANCELLED: RowState.STOPPED,
}


def state_name(state: RowState) -> str:
    names = {
        RowState.WAITING: QCoreApplication.translate("plan", "waiting"),
        RowState.LOADING: QCoreApplication.translate("plan", "loading the model"),
        RowState.RUNNING: QCoreApplication.translate("plan", "running"),
        RowState.DONE: QCoreApplication.translate("plan", "done"),
        RowState.FAILED: QCoreApplication.translate("plan", "failed"),
        RowState.SKIPPED: QCoreApplication.translate("plan", "skipped"),
        RowState.STOPPED: QCoreApplication.translate("plan", "stopped"),
    }
    return names[state]


_STATES = {
    ModelLoading.wire_name: RowState.LOADING,
    TaskStarted.wire_name: RowState.RUNNING,
    **{status.value: state for status, state in _ENDED.items()},
}


def _log_words(line: LogLine) -> str:
    """A kept line of a log as the row would have written it."""
    state = _STATES.get(line.what)
    return " · ".join(words for words in (state_name(state) if state else "", line.words) if words)


class TaskRow(QFrame):
    """One task: its state, what it does, on whose results, with which model, how far, how long."""

    changed = Signal(int)  # task id

    def __init__(self, task: Task, place: int, places: dict[int, int]) -> None:
        super().__init__()
        self.setObjectName("planRow")
        self.task = task
        self.model_id: str | None = None
        self.reason = ""
        self.candidates: tuple[str, ...] = ()
        self.result: TaskResult | None = None
        self.log: list[tuple[datetime, str]] = []  # what happened while the window saw it
        self._place = place
        self._started_at: float | None = None
        self._mark = StateMark()
        self._name = ElidedLabel(f"{place}.  {plain_name(task.task)}", bold=True)
        self._name.setToolTip(task.task)
        self._model = ElidedLabel("", "muted", 0.92)
        self._model.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._time = label("", "muted", 0.92)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance(duration_text(3599)))
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(8)
        top.addWidget(self._mark)
        top.addWidget(self._name)
        if sources := [str(places[one]) for one in task.dependencies if one in places]:
            top.addWidget(label(self.tr("from {tasks}").format(tasks=", ".join(sources)), "badge", 0.85))
        top.addSpacing(4)
        top.addWidget(self._model, 1)
        top.addWidget(self._time)
        self._bar = ThinBar()
        self._bar.setAccessibleName(self.tr("Progress of task {number}").format(number=place))
        self._bar.hide()
        self._message = ElidedLabel("", "muted", 0.92)
        self._message.hide()
        self._below = QVBoxLayout()
        self._below.setContentsMargins(28, 0, 0, 0)
        self._below.setSpacing(4)
        self._below.addWidget(self._bar)
        self._below.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 14, 9)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(self._below)
        self.set_state(RowState.WAITING)

    @property
    def state(self) -> RowState:
        """How the task is doing."""
        return self._mark.state

    @property
    def progress(self) -> float | None:
        """0..1, or None where the end is not known."""
        return self._bar.value

    @property
    def message(self) -> str:
        """What the row says about what it is doing."""
        return self._message.text()

    def set_state(self, state: RowState) -> None:
        """Show another state."""
        if state is not self._mark.state:
            self.note(state_name(state))
        self._mark.set_state(state)
        self._bar.setVisible(state in (RowState.LOADING, RowState.RUNNING))
        if state not in (RowState.LOADING, RowState.RUNNING):
            self._message.hide()
        self.setAccessibleName(f"{self._place}. {plain_name(self.task.task)}: {state_name(state)}")
        self.changed.emit(self.task.id)

    @property
    def node_view(self) -> NodeView:
        """The same for the graph."""
        parts = [self._time.text()]
        if self.result is not None and self.result.peak_bytes:
            parts.append(size_text(self.result.peak_bytes))
        if self.state in (RowState.LOADING, RowState.RUNNING) and self.message:
            parts.append(self.message)
        note = " · ".join(part for part in parts if part) or state_name(self.state)
        made = self.result.outputs if self.result else ()
        return NodeView(
            self.state,
            self.model_id or "",
            note,
            self.progress,
            made[0].path if made else None,
            f"{self.accessibleName()}\n{self.task.task}",
        )

    def show_model(self, model_id: str, reason: str, candidates: tuple[str, ...] = ()) -> None:
        """The model chosen for it."""
        if model_id != self.model_id:
            self.note(f"{model_id}: {reason}" if reason else model_id)
        self.model_id = model_id
        self.reason = reason or self.reason
        self.candidates = candidates or self.candidates
        self._model.setText(model_id)
        self._model.setAccessibleDescription(reason)
        if reason:
            self._model.setToolTip(f"{model_id}: {reason}")
        self.changed.emit(self.task.id)

    def loading(self, size_bytes: int) -> None:
        """Its model is being brought into memory."""
        if self.state is RowState.WAITING:
            self.set_state(RowState.LOADING)
            self._bar.set_value(None)
            self._say(self.tr("Loading the model, {size}").format(size=size_text(size_bytes)))

    def started(self) -> None:
        """Its expert began."""
        self._started_at = time.monotonic()
        self.set_state(RowState.RUNNING)
        self._bar.set_value(None)
        self._say("")
        self.tick()

    def progressed(self, progress: float | None, message: str) -> None:
        """It is under way."""
        if self.state in (RowState.WAITING, RowState.LOADING):
            self.set_state(RowState.LOADING)
        if self.state in (RowState.LOADING, RowState.RUNNING):
            self._bar.set_value(progress)
            if message or progress is not None:  # going on without a word, it no longer does what it said
                self._say(message)
            self.changed.emit(self.task.id)

    def tick(self) -> None:
        """Show the seconds so far, while it runs."""
        if self.state is RowState.RUNNING and self._started_at is not None:
            self._time.setText(duration_text(time.monotonic() - self._started_at))
            self.changed.emit(self.task.id)

    def show_result(self, result: TaskResult) -> None:
        """Its end, whatever it was."""
        self.result = result
        if self.state in _ENDED.values():
            self.changed.emit(self.task.id)
            return
        self.set_state(_ENDED[result.status])
        if result.model_id:
            self.show_model(result.model_id, "")
        if result.status is TaskStatus.DONE:
            self._time.setText(self.tr("reused") if result.cached else duration_text(result.run_s))
            for output in result.outputs:
                if not is_media(output) and (view := text_view(output)) is not None:
                    self._below.addWidget(view)
        elif result.status is TaskStatus.FAILED:
            self.failed(result.message, result.hint)
        elif result.status is TaskStatus.SKIPPED:
            self.skipped(result.message)
        self.changed.emit(self.task.id)

    def leave_out(self, answer: str, *, ended: bool) -> None:
        """Do not repeat a text that stands below as the answer.

        Args:
            ended: whether the answer is all there; before, its beginning is enough.
        """
        said = " ".join(answer.split())
        for view in self.findChildren(TextView):
            text = " ".join(view.text.split())
            repeated = said.startswith(text) or (not ended and said != "" and text.startswith(said))
            view.setVisible(not repeated)

    def failed(self, message: str, hint: str) -> None:
        """It could not be done."""
        self.set_state(RowState.FAILED)
        self.note(message)
        self._time.setText("")
        self._below.addWidget(label(message, "danger", wrap=True))
        if hint:
            self._below.addWidget(label(hint, "muted", wrap=True))

    def skipped(self, because: str) -> None:
        """It was not run."""
        self.set_state(RowState.SKIPPED)
        if because:
            self.note(because)
        self._time.setText("")
        if because:
            self._below.addWidget(label(because, "muted", 0.95, wrap=True))

    def stop(self) -> None:
        """The request ended before it did."""
        if self.state not in _ENDED.values():
            self.set_state(RowState.STOPPED)
            self._time.setText("")

    def note(self, sentence: str) -> None:
        """Write it into the log."""
        if not self.log or self.log[-1][1] != sentence:
            self.log.append((datetime.now().astimezone(), sentence))

    def show_kept_log(self) -> None:
        """It happened earlier than this is shown: the log is the one that was kept."""
        self.log = []
        if self.result is not None:
            self.reason = self.reason or self.result.reason
            self.candidates = self.candidates or self.result.candidates
            self.log = [(line.at.astimezone(), _log_words(line)) for line in self.result.log]

    def _say(self, message: str) -> None:
        if message:
            self.note(message)
        self._message.setText(message)
        self._message.setVisible(bool(message))
