"""What the windows have in common in which one file is looked at closely."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, label, say_in
from hgpt_desktop.ui.files import FileActions


class Viewer(QDialog):
    """A bar with the file's name and what can be done with it; `tools` and `body` take what it shows."""

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.path = path
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(path.name)
        self.setMinimumSize(480, 360)
        self.resize(960, 720)
        bar = QFrame()
        bar.setObjectName("topBar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(ElidedLabel(path.name, bold=True, mode=Qt.TextElideMode.ElideMiddle), 1)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(4)
        row.addLayout(self.tools)
        row.addSpacing(8)
        row.addWidget(FileActions(path))
        self._note = QFrame()
        self._note.setObjectName("warningCard")
        self._sentence = label("", "warning", wrap=True)
        close = IconButton("close", self.tr("Dismiss"), side=14)
        close.clicked.connect(self._hide_note)
        noted = QHBoxLayout(self._note)
        noted.setContentsMargins(12, 6, 6, 6)
        noted.addWidget(self._sentence, 1)
        noted.addWidget(close)
        self._note.hide()
        around = QVBoxLayout()
        around.setContentsMargins(12, 12, 12, 0)
        around.addWidget(self._note)
        self._around = around
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(around)
        column.addLayout(self.body, 1)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        self._fit_note()

    def _hide_note(self) -> None:
        self._note.hide()
        self._fit_note()

    def _fit_note(self) -> None:
        shown = not self._note.isHidden()
        self._around.setContentsMargins(*((12, 12, 12, 0) if shown else (0, 0, 0, 0)))

    @property
    def noted(self) -> str:
        """What is said above the file, or nothing."""
        return "" if self._note.isHidden() else self._sentence.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # a dialog would take it for its default button
        else:
            super().keyPressEvent(event)

    def show_problem(self, problem: ProblemView) -> None:
        """Say what went wrong, above the file."""
        say_in(self._sentence, f"{problem.message} {problem.hint}".strip())
        self._note.show()
        self._fit_note()

    def say(self, sentence: str) -> None:
        """Say something in passing; the window behind does it."""
        if callable(say := getattr(self._window(), "say", None)):
            say(sentence)

    def take_files(self, files: Sequence[Path]) -> None:
        """Attach the files to the next request."""
        if callable(take := getattr(self._window(), "take_files", None)):
            take(files)

    def _window(self) -> QWidget | None:
        parent = self.parentWidget()
        return parent.window() if parent is not None else None
