"""Requests that wait until the one under way has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hgpt_desktop.bridge.views import ProblemView, RunOptions
from hgpt_desktop.core.events import RequestFinished
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, button, label

_SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A request in the queue.

    Args:
        place: the page in which it was written; it may be gone when its turn comes.
        conversation_id: None for a conversation of its own.
        batch: by which requests that belong together know one another; empty for one that stands alone.
    """

    text: str
    paths: tuple[Path, ...]
    place: object | None
    conversation_id: str | None
    options: RunOptions = field(default_factory=RunOptions)
    batch: str = ""


@dataclass(frozen=True, slots=True)
class RunEnding:
    """What became of a request. `ended` is None where it never began; `problem` may say why."""

    request: Waiting | None
    conversation_id: str | None = None
    ended: RequestFinished | None = None
    problem: ProblemView | None = None


class RequestQueue(QFrame):
    """The waiting requests, first come, first served; each can be taken back into the composer or dropped."""

    taken_back = Signal(object)  # Waiting
    changed = Signal()
    dropped = Signal(object)  # list of Waiting, which `put_back` takes in again

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

    def drop(self, requests: Sequence[Waiting]) -> None:
        """Do not send these."""
        gone = [one for one in self._waiting if one in requests]
        if gone:
            self._waiting = [one for one in self._waiting if one not in gone]
            self._show()
            self.dropped.emit(gone)

    def put_back(self, requests: Sequence[Waiting]) -> None:
        """Take `drop` back: they stand first again."""
        self._waiting = [*requests, *self._waiting]
        self._show()

    def _take_back(self, request: Waiting) -> None:
        self._waiting.remove(request)
        self._show()
        self.taken_back.emit(request)

    def _show(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for request in self._waiting[:_SHOWN]:
            self._column.addWidget(self._row(request))
        if (more := len(self._waiting) - _SHOWN) > 0:
            line = QHBoxLayout()
            line.addWidget(label(self.tr("and {count} more").format(count=more), "muted", 0.9), 1)
            every = button(self.tr("Send none of them"), "quiet", "close")
            every.clicked.connect(lambda: self.drop(self._waiting))
            line.addWidget(every)
            rest = QFrame()
            rest.setLayout(line)
            line.setContentsMargins(23, 0, 0, 0)
            self._column.addWidget(rest)
        self.setVisible(bool(self._waiting))
        self.changed.emit()

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
        drop.clicked.connect(lambda: self.drop([request]))
        line.addWidget(edit)
        line.addWidget(drop)
        return row
