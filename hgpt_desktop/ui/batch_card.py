"""The one summary of a batch, while it runs and afterwards."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.ui.basics import IconLabel, button, label
from hgpt_desktop.ui.batch import Batch
from hgpt_desktop.ui.formats import duration_text
from hgpt_desktop.ui.progress import ThinBar

_FAILURES_SHOWN = 5


class BatchCard(QFrame):
    """How far it is, what failed and why; to stop it, to see its answers, to keep the table."""

    stop_wanted = Signal()
    conversation_wanted = Signal()
    table_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Batch"))
        self._title = label("", scale=1.05, bold=True, wrap=True)
        self._summary = label("", wrap=True)
        self._failures = label("", "muted", 0.95, wrap=True)
        self._bar = ThinBar()
        self._bar.setAccessibleName(self.tr("Progress of the batch"))
        self.stop_button = button(self.tr("Stop the batch"), "", "stop")
        self.stop_button.clicked.connect(self.stop_wanted)
        self.show_button = button(self.tr("Show the answers"), "", "chat")
        self.show_button.clicked.connect(self.conversation_wanted)
        self.table_button = button(self.tr("Save as table…"), "", "table")
        self.table_button.clicked.connect(self.table_wanted)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel("workflow", "accent"))
        head.addWidget(self._title, 1)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for one in (self.stop_button, self.show_button, self.table_button):
            actions.addWidget(one)
        actions.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._bar)
        column.addWidget(self._summary)
        column.addWidget(self._failures)
        column.addLayout(actions)
        self.hide()

    @property
    def summary(self) -> str:
        """What became of the batch so far."""
        return self._summary.text()

    @property
    def failures(self) -> str:
        """What failed and why, a line each."""
        return self._failures.text()

    def show_batch(self, batch: Batch) -> None:
        """Show how it is doing."""
        self._title.setText(batch.name)
        self._bar.set_value(len(batch.outcomes) / len(batch.groups))
        self._bar.setVisible(not batch.is_over)
        text = self.tr("{done} of {all} done").format(done=batch.done, all=len(batch.groups))
        if batch.failed:
            text += ", " + self.tr("{failed} failed or stopped").format(failed=len(batch.failed))
        if batch.is_over:
            text += ". " + self.tr("It took {time}.").format(time=duration_text(batch.seconds))
        else:
            text += "…"
        self._summary.setText(text)
        lines = [f"{one.name}: {one.why or self.tr('stopped')}" for one in batch.failed[:_FAILURES_SHOWN]]
        if (more := len(batch.failed) - _FAILURES_SHOWN) > 0:
            lines.append(self.tr("and {count} more; the table has all of them").format(count=more))
        self._failures.setText("\n".join(lines))
        self._failures.setVisible(bool(lines))
        self.stop_button.setVisible(not batch.is_over)
        self.show_button.setEnabled(batch.conversation_id is not None)
        self.table_button.setEnabled(bool(batch.outcomes))
        self.setVisible(len(batch.groups) > 1)
