"""What is in memory now: a bar with a piece for each model."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import StatusView
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import button, label
from hgpt_desktop.ui.formats import size_text

_GAP_PX = 2.0


class _Pieces(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._status: StatusView | None = None

    def show_status(self, status: StatusView) -> None:
        self._status = status
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shades = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), 7, 7)
        painter.setClipPath(whole)
        painter.fillRect(self.rect(), QColor(shades.hover))
        if self._status is None or self._status.capacity_bytes <= 0:
            return
        x = 0.0
        for number, one in enumerate(self._status.resident):
            width = self.width() * one.bytes / self._status.capacity_bytes
            colour = QColor(shades.accent if one.leased or number % 2 == 0 else shades.accent_hover)
            painter.fillRect(QRectF(x, 0, max(width - _GAP_PX, 1.0), self.height()), colour)
            x += width


class MemoryBar(QWidget):
    """One device: how much the models take, which they are, and a button that gives it back."""

    free_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", bold=True)
        self._names = label("", "muted", 0.95, wrap=True)
        self._pieces = _Pieces()
        self._pieces.setAccessibleName(self.tr("Memory taken by models"))
        self.free_button = button(self.tr("Free the memory"), "", "memory")
        self.free_button.clicked.connect(self.free_wanted)
        top = QHBoxLayout()
        top.addWidget(self._title, 1, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self.free_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._pieces)
        column.addWidget(self._names)

    @property
    def summary(self) -> str:
        """What it says in words."""
        return f"{self._title.text()} {self._names.text()}"

    def show_status(self, status: StatusView) -> None:
        """What is in memory now."""
        device = self.tr("CPU") if status.device == "cpu" else status.device
        self._title.setText(
            self.tr("{device}: {used} of {all} taken by models").format(
                device=device, used=size_text(status.used_bytes), all=size_text(status.capacity_bytes)
            )
        )
        names = [
            self.tr("{name} ({size}, at work)").format(name=one.name, size=size_text(one.bytes))
            if one.leased
            else f"{one.name} ({size_text(one.bytes)})"
            for one in status.resident
        ]
        self._names.setText(" · ".join(names) or self.tr("No model is in memory."))
        self._pieces.setAccessibleDescription(self.summary)
        self.free_button.setEnabled(any(not one.leased for one in status.resident))
        self._pieces.show_status(status)
