"""The plan as it runs: a graph, and a row for each task."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.core.plan import Plan, Task, Unavailable
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label, separator
from hgpt_desktop.ui.plan_graph import PlanGraph
from hgpt_desktop.ui.progress import RowState, ThinBar
from hgpt_desktop.ui.task_names import plain_name
from hgpt_desktop.ui.task_row import TaskRow

REPAINT_MS = 50
_TICK_MS = 1000
_LONG_MS = 8000
_ROWS_AT_ONCE = 8  # a plan of thirty tasks must not keep the window from its events


class PlanPanel(QFrame):
    """All tasks of a request, as a graph and as rows.

    Progress is shown at most every 50 ms; there is no timer once nothing runs.
    """

    task_wanted = Signal(int)  # the user wants to know more about this task
    large_wanted = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("planPanel")
        self.setAccessibleName(self.tr("Plan"))
        self._rows: dict[int, TaskRow] = {}
        self._missing: tuple[Unavailable, ...] = ()
        self._pending: dict[int, tuple[float | None, str]] = {}
        self._heading = ElidedLabel("", bold=True)
        self._counted = label("", "muted", 0.92)
        self.plan_is_ready = False
        self._large = IconButton("zoom-in", self.tr("Show the plan large"), side=16)
        self._large.clicked.connect(self.large_wanted)
        self._large.hide()
        self._fold = IconButton("chevron-down", self.tr("Fold the plan"), side=14)
        self._fold.clicked.connect(self.toggle)
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 8)
        head.setSpacing(8)
        head.addWidget(IconLabel("plan", "accent"))
        head.addWidget(self._heading, 1)
        head.addWidget(self._counted)
        head.addWidget(self._large)
        head.addWidget(self._fold)
        self._thinking = ThinBar()
        self._thinking.setAccessibleName(self.tr("The plan is being made"))
        self._thinking_line = QWidget()
        thinking = QVBoxLayout(self._thinking_line)
        thinking.setContentsMargins(14, 0, 14, 12)
        thinking.setSpacing(8)
        thinking.addWidget(self._thinking)
        self._patience = label(
            self.tr("The first plan takes longest: the language model reads what it can plan with."),
            "muted",
            0.92,
            wrap=True,
        )
        self._patience.hide()
        thinking.addWidget(self._patience)
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(_LONG_MS)
        self._long.timeout.connect(self._patience.show)
        self._body = QWidget()
        self._graph: PlanGraph | None = None
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._thinking_line)
        self._whole = column
        column.addWidget(self._body)
        self._body.hide()
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(REPAINT_MS)
        self._repaint.timeout.connect(self._show_progress)
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(0)
        self._drawing.timeout.connect(self._draw_now)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._count()
        self.announce(self.tr("Working out a plan"))

    @property
    def rows(self) -> tuple[TaskRow, ...]:
        """The tasks' rows, in order."""
        return tuple(self._rows.values())

    @property
    def plan(self) -> Plan:
        """The plan that is shown."""
        return Plan(tuple(row.task for row in self.rows), self._missing)

    @property
    def graph(self) -> PlanGraph:
        """The same as a graph; it is made when there is a task."""
        if self._graph is None:
            self._graph = PlanGraph()
            self._graph.task_chosen.connect(self.task_wanted)
            self._graph.hide()
            self._whole.insertWidget(self._whole.indexOf(self._body), self._graph)
        return self._graph

    def row(self, task_id: int) -> TaskRow | None:
        """The row of that task."""
        return self._rows.get(task_id)

    def announce(self, sentence: str, *, thinking: bool = True) -> None:
        """Say in the heading what is happening; `thinking` moves a bar below it."""
        self._heading.setText(sentence)
        self._thinking_line.setVisible(thinking)
        self._patience.hide()
        self._long.stop()

    def expect_long(self) -> None:
        """The plan is being made: where that takes long, say why."""
        self._long.start()

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
        row.changed.connect(self._on_row_changed)
        self._draw()
        self._body.show()
        self._fold.show()
        self._count()
        return row

    def show_plan(self, plan: Plan) -> None:
        """The plan is complete: exactly its tasks, in its order."""
        self._missing = plan.unavailable
        self.plan_is_ready = True
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
        if message and (row := self.row(task_id)):
            row.note(message)
        self._pending[task_id] = (progress, message)
        if not self._repaint.isActive():
            self._repaint.start()

    def started(self, task_id: int) -> None:
        """A task began."""
        if row := self.row(task_id):
            row.started()
            self._tick.start()

    def show_kept_logs(self) -> None:
        """What is shown did not happen now."""
        for row in self.rows:
            row.show_kept_log()

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
        if self._rows:
            self.graph.setVisible(shown)
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

    def _on_row_changed(self, task_id: int) -> None:
        if row := self.row(task_id):
            self.graph.show_view(task_id, row.node_view)
            self.changed.emit()

    def _draw(self) -> None:
        """Lay the graph out once for all tasks that arrive together."""
        if not self._drawing.isActive():
            self._drawing.start()

    def _draw_now(self) -> None:
        self.graph.show_tasks([row.task for row in self.rows])
        for row in self.rows:
            self.graph.show_view(row.task.id, row.node_view)
        self.graph.setVisible(bool(self._rows) and not self._body.isHidden())
        self._large.setVisible(len(self._rows) > 1)
        self.changed.emit()

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows.clear()

    def _show_progress(self) -> None:
        for task_id in list(self._pending)[:_ROWS_AT_ONCE]:
            progress, message = self._pending.pop(task_id)
            if row := self.row(task_id):
                row.progressed(progress, message)
        if self._pending:
            self._repaint.start()

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
        if missing.lacks:
            sentence = self.tr("“{task}” needs a file that is not attached, so it is left out.").format(
                task=name
            )
        elif missing.replaced_by:
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
