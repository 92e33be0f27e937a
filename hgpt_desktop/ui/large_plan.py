"""The plan in a window of its own, following the one in the conversation."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import label
from hgpt_desktop.ui.plan_graph import PlanGraph
from hgpt_desktop.ui.plan_panel import PlanPanel


class LargePlan(QDialog):
    """Zoom with Ctrl and the wheel, move by dragging, choose a task by a click or the arrow keys."""

    task_chosen = Signal(int)

    def __init__(self, parent: QWidget, panel: PlanPanel) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Plan"))
        self.graph = PlanGraph()
        self.graph.set_free_height()
        self.graph.task_chosen.connect(self.task_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.addWidget(self.graph, 1)
        hint = label(
            self.tr("Ctrl and the wheel zoom, dragging moves, the arrow keys go from task to task."),
            "muted",
            0.9,
        )
        column.addWidget(hint)
        self._panel = panel
        panel.changed.connect(self._follow)
        self.resize(min(parent.width() - 60, 1280), min(parent.height() - 80, 760))
        self._follow()

    def _follow(self) -> None:
        self.graph.show_tasks([row.task for row in self._panel.rows])
        for row in self._panel.rows:
            self.graph.show_view(row.task.id, row.node_view)
