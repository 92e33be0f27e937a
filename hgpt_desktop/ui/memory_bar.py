"""What is in memory now: for each device a bar with a piece for each model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hgpt_desktop.bridge.views import DeviceView, ResidentView, StatusView
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import ElidedLabel, FlowLayout, IconButton, button, label
from hgpt_desktop.ui.formats import size_text

_GAP_PX = 2.0


class _Pieces(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(14)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._device: DeviceView | None = None

    def show_device(self, device: DeviceView) -> None:
        self._device = device
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shades = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), 7, 7)
        painter.setClipPath(whole)
        painter.fillRect(self.rect(), QColor(shades.hover))
        if self._device is None or self._device.capacity_bytes <= 0:
            return
        x = 0.0
        for number, one in enumerate(self._device.resident):
            width = self.width() * one.bytes / self._device.capacity_bytes
            colour = QColor(shades.accent if one.leased or number % 2 == 0 else shades.accent_hover)
            painter.fillRect(QRectF(x, 0, max(width - _GAP_PX, 1.0), self.height()), colour)
            x += width


class DeviceBar(QWidget):
    """One device: how much the models take, which they are, and a button on each that puts it out."""

    free_wanted = Signal(object)  # model id

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", bold=True)
        self._pieces = _Pieces()
        self._pieces.setAccessibleName(self.tr("Memory taken by models"))
        self._nothing = label(self.tr("No model is in memory."), "muted", 0.95)
        self._chips = QWidget()
        self._flow = FlowLayout(8)
        self._chips.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chips.setSizePolicy(policy)
        self._shown: tuple[ResidentView, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._top = QHBoxLayout()
        self._top.addWidget(self._title, 1, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(self._top)
        column.addWidget(self._pieces)
        column.addWidget(self._nothing)
        column.addWidget(self._chips)

    def add_beside_title(self, widget: QWidget) -> None:
        """Put something at the end of its first line."""
        self._top.addWidget(widget)

    @property
    def summary(self) -> str:
        """What it says in words."""
        names = [f"{one.name} ({size_text(one.bytes)})" for one in self._shown]
        return f"{self._title.text()} {' · '.join(names) or self._nothing.text()}"

    def show_device(self, device: DeviceView) -> None:
        """What is on it now."""
        name = self.tr("CPU") if device.name == "cpu" else device.name
        self._title.setText(
            self.tr("{device}: {used} of {all} taken by models").format(
                device=name, used=size_text(device.used_bytes), all=size_text(device.capacity_bytes)
            )
        )
        # Each stays where it was: the last used one comes first, and a bar that jumps cannot be followed.
        places = {one.model_id: place for place, one in enumerate(self._shown)}
        resident = tuple(sorted(device.resident, key=lambda one: places.get(one.model_id, len(places))))
        device = replace(device, resident=resident)
        if device.resident != self._shown:
            self._shown = device.resident
            while (item := self._flow.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
            for one in device.resident:
                self._flow.addWidget(self._chip(one))
            self._flow.invalidate()
        self._nothing.setVisible(not device.resident)
        self._chips.setVisible(bool(device.resident))
        self._pieces.setAccessibleDescription(self.summary)
        self._pieces.show_device(device)

    def _chip(self, one: ResidentView) -> QFrame:
        chip = QFrame()
        chip.setObjectName("chip")
        row = QHBoxLayout(chip)
        row.setContentsMargins(12, 2, 2, 2)
        row.setSpacing(6)
        row.addWidget(ElidedLabel(one.name, scale=0.92))
        size = size_text(one.bytes)
        under = self.tr("{size}, at work").format(size=size) if one.leased else size
        row.addWidget(label(under, "muted", 0.92))
        act = self.tr("Put {name} out of memory").format(name=one.name)
        busy = self.tr("{name} is at work; it can be put out of memory when it has ended.")
        out = IconButton("close", busy.format(name=one.name) if one.leased else act, side=12)
        out.setEnabled(not one.leased)
        out.clicked.connect(lambda: self.free_wanted.emit(one.model_id))
        row.addWidget(out)
        return chip


class MemoryBars(QWidget):
    """A bar for each device that has a part in it, and one button that gives all of it back."""

    free_wanted = Signal(object)  # model id; None: every one

    def __init__(self) -> None:
        super().__init__()
        self._bars: list[DeviceBar] = []
        self.free_button = button(self.tr("Free the memory"), "", "memory")
        self.free_button.clicked.connect(lambda: self.free_wanted.emit(None))
        self.free_button.setEnabled(False)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(14)

    @property
    def bars(self) -> tuple[DeviceBar, ...]:
        """One for each device, the one in use first."""
        return tuple(self._bars)

    @property
    def summary(self) -> str:
        """What they say in words."""
        return "\n".join(bar.summary for bar in self._bars)

    def show_status(self, status: StatusView) -> None:
        """What is in memory now."""
        devices = status.devices
        while len(self._bars) < len(devices):
            bar = DeviceBar()
            bar.free_wanted.connect(self.free_wanted)
            if not self._bars:
                bar.add_beside_title(self.free_button)
            self._bars.append(bar)
            self._column.addWidget(bar)
        while len(self._bars) > len(devices):
            gone = self._bars.pop()
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for bar, device in zip(self._bars, devices, strict=True):
            bar.show_device(device)
        self.free_button.setEnabled(any(not one.leased for one in status.resident))
