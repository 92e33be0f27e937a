"""The plan as it runs: a row for each task."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.core.plan import Plan, Task, Unavailable
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label, separator
from hgpt_desktop.ui.formats import duration_text, size_text
from hgpt_desktop.ui.outputs import is_media, text_view
from hgpt_desktop.ui.progress import RowState, StateMark, ThinBar
from hgpt_desktop.ui.task_names import plain_name

REPAINT_MS = 50
_TICK_MS = 1000
_ENDED = {
    TaskStatus.DONE: RowState.DONE,
    TaskStatus.FAILED: RowState.FAILED,
    TaskStatus.SKIPPED: RowState.SKIPPED,
    TaskStatus.CANCELLED: RowState.STOPPED,
}


def _state_name(state: RowState) -> str:
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


class TaskRow(QFrame):
    """One task: its state, what it does, on whose results, with which model, how far, how long."""

    def __init__(self, task: Task, place: int, places: dict[int, int]) -> None:
        super().__init__()
        self.setObjectName("planRow")
        self.task = task
        self.model_id: str | None = None
        self._place = place
        self._started_at: float | None = None
        self._mark = StateMark()
        self._name = ElidedLabel(f"{place}.  {plain_name(task.task)}", bold=True)
        self._name.setToolTip(task.task)
        self._model = ElidedLabel("", "muted", 0.92)
        self._model.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._time = label("", "muted", 0.92)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance("00 min 00 s"))
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
        self._mark.set_state(state)
        self._bar.setVisible(state in (RowState.LOADING, RowState.RUNNING))
        if state not in (RowState.LOADING, RowState.RUNNING):
            self._message.hide()
        self.setAccessibleName(f"{self._place}. {plain_name(self.task.task)}: {_state_name(state)}")

    def show_model(self, model_id: str, reason: str) -> None:
        """The model chosen for it."""
        self.model_id = model_id
        self._model.setText(model_id)
        self._model.setAccessibleDescription(reason)
        if reason:
            self._model.setToolTip(f"{model_id}: {reason}")

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
            if message:
                self._say(message)

    def tick(self) -> None:
        """Show the seconds so far, while it runs."""
        if self.state is RowState.RUNNING and self._started_at is not None:
            self._time.setText(duration_text(time.monotonic() - self._started_at))

    def show_result(self, result: TaskResult) -> None:
        """Its end, whatever it was."""
        if self.state in _ENDED.values():
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

    def failed(self, message: str, hint: str) -> None:
        """It could not be done."""
        self.set_state(RowState.FAILED)
        self._time.setText("")
        self._below.addWidget(label(message, "danger", wrap=True))
        if hint:
            self._below.addWidget(label(hint, "muted", wrap=True))

    def skipped(self, because: str) -> None:
        """It was not run."""
        self.set_state(RowState.SKIPPED)
        self._time.setText("")
        if because:
            self._below.addWidget(label(because, "muted", 0.95, wrap=True))

    def stop(self) -> None:
        """The request ended before it did."""
        if self.state not in _ENDED.values():
            self.set_state(RowState.STOPPED)
            self._time.setText("")

    def _say(self, message: str) -> None:
        self._message.setText(message)
        self._message.setVisible(bool(message))


class PlanPanel(QFrame):
    """All tasks of a request. Progress is shown at most every 50 ms; it has no timer once nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("planPanel")
        self.setAccessibleName(self.tr("Plan"))
        self._rows: dict[int, TaskRow] = {}
        self._pending: dict[int, tuple[float | None, str]] = {}
        self._heading = ElidedLabel("", bold=True)
        self._counted = label("", "muted", 0.92)
        self._fold = IconButton("chevron-down", self.tr("Fold the plan"), side=14)
        self._fold.clicked.connect(self.toggle)
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 8)
        head.setSpacing(8)
        head.addWidget(IconLabel("plan", "accent"))
        head.addWidget(self._heading, 1)
        head.addWidget(self._counted)
        head.addWidget(self._fold)
        self._thinking = ThinBar()
        self._thinking.setAccessibleName(self.tr("The plan is being made"))
        self._thinking_line = QWidget()
        thinking = QHBoxLayout(self._thinking_line)
        thinking.setContentsMargins(14, 0, 14, 12)
        thinking.addWidget(self._thinking)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._thinking_line)
        column.addWidget(self._body)
        self._body.hide()
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(REPAINT_MS)
        self._repaint.timeout.connect(self._show_progress)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._count()
        self.announce(self.tr("Working out a plan"))

    @property
    def rows(self) -> tuple[TaskRow, ...]:
        """The tasks' rows, in order."""
        return tuple(self._rows.values())

    def row(self, task_id: int) -> TaskRow | None:
        """The row of that task."""
        return self._rows.get(task_id)

    def announce(self, sentence: str, *, thinking: bool = True) -> None:
        """Say in the heading what is happening; `thinking` moves a bar below it."""
        self._heading.setText(sentence)
        self._thinking_line.setVisible(thinking)

    def add_task(self, task: Task) -> TaskRow:
        """One more row."""
        if task.id in self._rows:
            return self._rows[task.id]
        places = {task_id: place for place, task_id in enumerate((*self._rows, task.id), start=1)}
        row = TaskRow(task, places[task.id], places)
        if self._rows:
            self._column.addWidget(separator())
        self._column.addWidget(row)
        self._rows[task.id] = row
        self._body.show()
        self._fold.show()
        self._count()
        return row

    def show_plan(self, plan: Plan) -> None:
        """The plan is complete: exactly its tasks, in its order."""
        if tuple(row.task for row in self.rows) != plan.tasks:
            self._clear()
            for task in plan.tasks:
                self.add_task(task)
        for missing in plan.unavailable:
            self._column.addWidget(_UnavailableNote(missing))
            self._body.show()
        self._count()

    def show_results(self, results: Sequence[TaskResult]) -> None:
        """How the tasks ended; those without a result were stopped."""
        for result in results:
            self.add_task(result.task).show_result(result)

    def progressed(self, task_id: int, progress: float | None, message: str) -> None:
        """A task is under way; shown within 50 ms."""
        self._pending[task_id] = (progress, message)
        if not self._repaint.isActive():
            self._repaint.start()

    def started(self, task_id: int) -> None:
        """A task began."""
        if row := self.row(task_id):
            row.started()
            self._tick.start()

    def count_again(self) -> None:
        """Some task ended."""
        self._count()

    def finish(self) -> None:
        """Nothing runs any more."""
        self._repaint.stop()
        self._pending.clear()
        self._tick.stop()
        for row in self.rows:
            row.stop()
        self.announce(self.tr("Plan"), thinking=False)
        self._count()

    def toggle(self) -> None:
        """Fold the rows away, or show them."""
        shown = self._body.isHidden()
        self._body.setVisible(shown)
        if shown:
            self._fold.set_action("chevron-down", self.tr("Fold the plan"))
        else:
            self._fold.set_action("chevron-right", self.tr("Show the plan"))

    def _count(self) -> None:
        done = sum(row.state is RowState.DONE for row in self.rows)
        self._counted.setText(
            self.tr("{done} of {all} done").format(done=done, all=len(self.rows)) if self.rows else ""
        )
        self._fold.setVisible(bool(self.rows))

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows.clear()

    def _show_progress(self) -> None:
        pending, self._pending = self._pending, {}
        for task_id, (progress, message) in pending.items():
            if row := self.row(task_id):
                row.progressed(progress, message)

    def _on_tick(self) -> None:
        running = [row for row in self.rows if row.state is RowState.RUNNING]
        for row in running:
            row.tick()
        if not running:
            self._tick.stop()


class _UnavailableNote(QFrame):
    """Says that a part of the request has no model."""

    def __init__(self, missing: Unavailable) -> None:
        super().__init__()
        name = plain_name(missing.task)
        if missing.replaced_by:
            sentence = self.tr("No model for “{task}” is installed; “{other}” does part of it.").format(
                task=name, other=plain_name(missing.replaced_by)
            )
        else:
            sentence = self.tr("No model for “{task}” is installed, so it is left out.").format(task=name)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("alert", "warning"))
        row.addWidget(label(sentence, "warning", 0.95, wrap=True), 1)
