"""Everything about one task: what went in, what came out, which model and why; and to run it again.

It follows a task at work: what is new in it is shown a quarter of a second later at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hgpt_desktop.core.plan import TaskRef, Value
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskStatus
from hgpt_desktop.ui.basics import Choice, ElidedLabel, IconButton, IconLabel, button, label
from hgpt_desktop.ui.files import ICONS, FileActions
from hgpt_desktop.ui.formats import duration_text, size_text
from hgpt_desktop.ui.outputs import PictureView, original_of
from hgpt_desktop.ui.task_names import plain_argument, plain_name
from hgpt_desktop.ui.task_row import TaskRow, state_name

WIDTH_PX = 340
_TEXT_CHARACTERS = 600
_LOG_LINES = 40
_NAME_PX = 84
_PICTURE_BOUNDS = QSize(272, 200)
_FOLLOW_MS = 250
_LOADED_ALREADY_S = 0.05  # less is not worth a word


class TaskInspector(QFrame):
    """A panel beside the conversation, for one task at a time."""

    close_wanted = Signal()
    again_wanted = Signal(str, int, object)  # run id, task id, dict of task id to model id

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName(self.tr("About this task"))
        self.setFixedWidth(WIDTH_PX)
        self._row: TaskRow | None = None
        self._run_id = ""
        self._seen: tuple[object, ...] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_FOLLOW_MS)
        self._later.timeout.connect(self._follow)
        self._title = ElidedLabel("", bold=True)
        close = IconButton("close", self.tr("Close"), side=16)
        close.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 8, 6)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.models = Choice()
        self.models.setAccessibleName(self.tr("Model for the next run"))
        self.again_button = button(self.tr("Run again from here"), "primary", "retry")
        self.again_button.clicked.connect(self._on_again)
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(16, 8, 16, 14)
        foot.setSpacing(8)
        foot.addWidget(label(self.tr("With this model"), "muted", 0.92))
        foot.addWidget(self.models)
        foot.addWidget(self.again_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addWidget(self._foot)
        self.hide()

    @property
    def task_id(self) -> int | None:
        """The task that is shown."""
        return self._row.task.id if self._row is not None else None

    @property
    def can_run_again(self) -> bool:
        """Whether it offers to run the task again."""
        return self._foot.isVisibleTo(self)

    def close_panel(self) -> None:
        """Hide it."""
        self.hide()
        self._leave_row()

    def show_task(self, row: TaskRow, run_id: str, *, finished: bool) -> None:
        """Show this task; it can be run again once its request has ended."""
        same = row is self._row
        self._leave_row()
        self._row, self._run_id = row, run_id
        row.changed.connect(self._on_changed)
        row.destroyed.connect(self._on_row_gone)
        self._title.setText(plain_name(row.task.task))
        scrolled_to = self._area.verticalScrollBar().value() if same else 0
        self._show_row(row)
        self._area.verticalScrollBar().setValue(scrolled_to)
        self._foot.setVisible(finished and bool(run_id))
        self.show_candidates(row, row.candidates or ((row.model_id,) if row.model_id else ()))
        self.show()

    def _leave_row(self) -> None:
        self._later.stop()
        if self._row is not None:
            self._row.changed.disconnect(self._on_changed)
            self._row.destroyed.disconnect(self._on_row_gone)
        self._row = None

    def _on_row_gone(self) -> None:
        self._row = None
        self.close_panel()

    def _on_changed(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _follow(self) -> None:
        if self._row is not None and self._state_of(self._row) != self._seen:
            scrolled_to = self._area.verticalScrollBar().value()
            self._show_row(self._row)
            self._area.verticalScrollBar().setValue(scrolled_to)

    @staticmethod
    def _state_of(row: TaskRow) -> tuple[object, ...]:
        """What of a row is shown here and can change."""
        return row.state, row.model_id, row.result, len(row.log)

    def _show_row(self, row: TaskRow) -> None:
        self._seen = self._state_of(row)
        body = QWidget()
        body.setObjectName("inspectorBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 6, 16, 12)
        column.setSpacing(8)
        self._facts(column, row)
        self._part(column, self.tr("What goes in"))
        for name, values in row.task.args.items():
            given = row.result.inputs.get(name, ()) if row.result else ()
            self._values(column, name, given or values)
        self._part(column, self.tr("What came out"))
        outputs = row.result.outputs if row.result else ()
        for output in outputs:
            column.addWidget(self._resource(output, original_of(row.result) if row.result else None))
        if not outputs:
            column.addWidget(label(self.tr("Nothing yet."), "muted", 0.95))
        if row.log:
            self._part(column, self.tr("Log"))
            for at, sentence in row.log[-_LOG_LINES:]:
                line = QHBoxLayout()
                line.setSpacing(10)
                when = label(f"{at:%H:%M:%S}", "muted", 0.85)
                line.addWidget(when)
                line.setAlignment(when, Qt.AlignmentFlag.AlignTop)
                line.addWidget(label(sentence, scale=0.9, wrap=True), 1)
                column.addLayout(line)
        column.addStretch(1)
        old = self._area.takeWidget()
        if old is not None:
            old.deleteLater()
        self._area.setWidget(body)

    def show_candidates(self, row: TaskRow, candidates: Sequence[str]) -> None:
        """The models that could do a task, if it is still the one that is shown."""
        if row is not self._row:
            return
        self.models.clear()
        self.models.addItems(list(candidates))
        if row.model_id:
            self.models.setCurrentText(row.model_id)

    def _facts(self, column: QVBoxLayout, row: TaskRow) -> None:
        result = row.result
        facts = [
            (self.tr("State"), state_name(row.state)),
            (self.tr("Task type"), f"{plain_name(row.task.task)} ({row.task.task})"),
        ]
        if row.model_id:
            facts.append((self.tr("Model"), row.model_id))
        if row.reason:
            facts.append((self.tr("Why this model"), row.reason))
        if row.candidates:
            facts.append((self.tr("Candidates"), ", ".join(row.candidates)))
        if result is not None and result.status is TaskStatus.DONE:
            if result.cached:
                facts.append((self.tr("Time"), self.tr("reused")))
            else:
                times = duration_text(result.run_s)
                if result.load_s >= _LOADED_ALREADY_S:
                    times = self.tr("{run}, after {load} of loading").format(
                        run=times, load=duration_text(result.load_s)
                    )
                facts.append((self.tr("Time"), times))
        if result is not None and result.peak_bytes:
            facts.append((self.tr("Memory"), size_text(result.peak_bytes)))
        if result is not None and result.attempts > 1:
            facts.append((self.tr("Attempts"), str(result.attempts)))
        if result is not None and (origin := self._origin(result.outputs)):
            facts.append((self.tr("Provenance"), origin))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, _NAME_PX)
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(facts):
            words = label(name, "muted", 0.92, wrap=True)
            grid.addWidget(words, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(value, scale=0.95, wrap=True), line, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)
        if result is not None and result.message:
            column.addWidget(label(f"{result.message} {result.hint}".strip(), "danger", 0.95, wrap=True))

    def _origin(self, outputs: Sequence[Resource]) -> str:
        """By which task, model and seed it was made, and in which folder it is."""
        if not outputs:
            return ""
        made, lines = outputs[0].provenance, []
        if made is not None:
            lines.append(
                self.tr("Task {number}, {task}, by {model}").format(
                    number=made.task_id, task=plain_name(made.task), model=made.model_id
                )
            )
            if made.seed is not None:
                lines.append(self.tr("Seed {seed}").format(seed=made.seed))
        lines.append(str(outputs[0].path.parent))
        return "\n".join(lines)

    @staticmethod
    def _part(column: QVBoxLayout, heading: str) -> None:
        column.addSpacing(8)
        column.addWidget(label(heading, bold=True))

    def _values(self, column: QVBoxLayout, name: str, values: Sequence[Resource | Value]) -> None:
        column.addWidget(label(plain_argument(name), "muted", 0.92))
        for value in values:
            if isinstance(value, Resource):
                column.addWidget(self._resource(value))
            else:
                text = (
                    self.tr("Result of task {number}").format(number=value.task_id)
                    if isinstance(value, TaskRef)
                    else str(value)
                )
                column.addWidget(label(text[:_TEXT_CHARACTERS], scale=0.97, wrap=True))

    def _resource(self, resource: Resource, original: Path | None = None) -> QFrame:
        if resource.kind is Kind.IMAGE:
            return PictureView(resource, _PICTURE_BOUNDS, original)
        card = QFrame()
        card.setObjectName("chip")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(10, 6, 6, 6)
        inside.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(IconLabel(ICONS[resource.kind], side=16))
        line.addWidget(ElidedLabel(resource.path.name, scale=0.92, mode=Qt.TextElideMode.ElideMiddle), 1)
        line.addWidget(FileActions(resource.path))
        inside.addLayout(line)
        if text := (resource.text or "").strip():
            cut = text if len(text) <= _TEXT_CHARACTERS else f"{text[:_TEXT_CHARACTERS]}…"
            inside.addWidget(label(cut, "muted", 0.92, wrap=True))
        return card

    def _on_again(self) -> None:
        if self._row is None:
            return
        model = self.models.currentText()
        models = {self._row.task.id: model} if model and model != self._row.model_id else {}
        self.again_wanted.emit(self._run_id, self._row.task.id, models)
