"""Requests that wait until the one under way has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.bridge.views import RunOptions
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label

_SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A request in the queue.

    Args:
        place: the page in which it was written; it may be gone when its turn comes.
        conversation_id: None for a conversation of its own.
    """

    text: str
    paths: tuple[Path, ...]
    place: object | None
    conversation_id: str | None
    options: RunOptions = field(default_factory=RunOptions)


class RequestQueue(QFrame):
    """The waiting requests, first come, first served; each can be taken back into the composer or dropped."""

    taken_back = Signal(object)  # Waiting

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("requestQueue")
        self._waiting: list[Waiting] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 8, 8, 8)
        self._column.setSpacing(2)
        self.hide()

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """All of them, the next first."""
        return tuple(self._waiting)

    def add(self, request: Waiting) -> None:
        """Put one at the end."""
        self._waiting.append(request)
        self._show()

    def next(self) -> Waiting | None:
        """Take the first one out."""
        request = self._waiting.pop(0) if self._waiting else None
        self._show()
        return request

    def clear(self) -> None:
        """Forget all of them."""
        self._waiting.clear()
        self._show()

    def _drop(self, request: Waiting) -> None:
        if request in self._waiting:
            self._waiting.remove(request)
            self._show()

    def _take_back(self, request: Waiting) -> None:
        self._drop(request)
        self.taken_back.emit(request)

    def _show(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for request in self._waiting[:_SHOWN]:
            self._column.addWidget(self._row(request))
        if (more := len(self._waiting) - _SHOWN) > 0:
            self._column.addWidget(label(self.tr("and {count} more").format(count=more), "muted", 0.9))
        self.setVisible(bool(self._waiting))

    def _row(self, request: Waiting) -> QFrame:
        row = QFrame()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(IconLabel("chat", side=15))
        line.addWidget(ElidedLabel(self.tr("Next: {text}").format(text=request.text), "muted", 0.95), 1)
        edit = IconButton("edit", self.tr("Take it back into the composer"), side=14)
        edit.clicked.connect(lambda: self._take_back(request))
        drop = IconButton("close", self.tr("Do not send it"), side=14)
        drop.clicked.connect(lambda: self._drop(request))
        line.addWidget(edit)
        line.addWidget(drop)
        return row
