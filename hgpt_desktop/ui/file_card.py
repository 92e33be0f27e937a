"""A file in the conversation: its name, what can be done with it, and below that what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui.basics import ElidedLabel, IconLabel, label
from hgpt_desktop.ui.files import ICONS, DragOut, FileActions
from hgpt_desktop.ui.formats import size_text


class FileCard(QFrame):
    """`head` says which file it is, `column` takes what is in it. It can be dragged into another program."""

    def __init__(self, resource: Resource, name: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(name)
        self.path = resource.path
        self.size_label = label(size_text(resource.size_bytes), "muted", 0.9)
        self._actions = FileActions(resource.path)
        self._note = label("", "warning", 0.9, wrap=True)
        self._note.hide()
        DragOut(self, resource.path)
        self.head = QWidget()
        top = QHBoxLayout(self.head)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(8)
        top.addWidget(IconLabel(ICONS[resource.kind]))
        top.addWidget(ElidedLabel(resource.path.name, bold=True, mode=Qt.TextElideMode.ElideMiddle), 1)
        top.addWidget(self.size_label)
        top.addWidget(self._actions)
        self.column = QVBoxLayout()
        self.column.setSpacing(6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 8, 10)
        whole.setSpacing(4)
        whole.addWidget(self.head)
        whole.addLayout(self.column)
        whole.addWidget(self._note)

    def say(self, sentence: str) -> None:
        """Say something below what is shown; nothing, where the sentence is empty."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    def say_problem(self, problem: ProblemView) -> None:
        """Say what went wrong and what to do."""
        self.say(f"{problem.message} {problem.hint}".strip())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._actions.menu(self).popup(event.globalPos())
