"""A sentence at the foot of the conversation that goes by itself, with one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from hgpt_desktop.ui.basics import ElidedLabel, IconButton, button

_SHOWN_MS = 10_000


class Toast(QFrame):
    """Shows one sentence at a time; the next one takes its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toast")
        self._act: Callable[[], None] | None = None
        self._text = ElidedLabel("")
        self.action_button = button("", "link")
        self.action_button.setAccessibleName(self.tr("Do something about it"))
        self.action_button.clicked.connect(self._on_action)
        close = IconButton("close", self.tr("Dismiss"), side=14)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self.action_button)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or said last."""
        return self._text.text()

    def say(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show the sentence for ten seconds; `act` is called where the action is clicked."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self._act = act
        self.action_button.setText(action)
        self.action_button.setAccessibleName(action)
        self.action_button.setVisible(bool(action))
        self.show()
        self._timer.start()

    def _on_action(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()
