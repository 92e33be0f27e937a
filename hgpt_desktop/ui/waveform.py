"""The loudness of a recording as bars, on which one seeks."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.sound import SILENCE, Peaks

_BAR_PX, _GAP_PX = 3, 2
_HEIGHT_PX = 40
_LEAST_BAR_PX = 3.0


class Waveform(QSlider):
    """A slider in milliseconds. Before the sound is decoded, and where there is none, it is a plain line."""

    seek_wanted = Signal(int)  # ms

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._peaks = SILENCE
        self._columns: list[float] = []
        self.set_duration(0)

    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, _HEIGHT_PX)

    def set_duration(self, duration_ms: int) -> None:
        """How long the recording is."""
        self.setRange(0, max(duration_ms, 1))
        self.setSingleStep(min(max(duration_ms // 50, 100), 5000))
        self.setPageStep(max(duration_ms // 10, 500))

    def show_peaks(self, peaks: Peaks) -> None:
        """Draw this loudness."""
        self._peaks, self._columns = peaks, []
        self.update()

    @property
    def drawn(self) -> bool:
        """Whether the loudness is known."""
        return bool(self._peaks.values)

    # ------------------------------------------------------------ events

    def _value_at(self, x: float) -> int:
        share = min(max(x / max(self.width() - 1, 1), 0.0), 1.0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return round(share * self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._value_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._value_at(event.position().x()))
            self.sliderMoved.emit(self.value())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self.seek_wanted.emit(self.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self.seek_wanted.emit(self.value())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the conversation scrolls; nobody seeks in passing

    # ------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shades = theme.colours()
        reached = self.value() / max(self.maximum(), 1) * self.width()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        played, ahead = QColor(shades.accent), QColor(shades.muted)
        ahead.setAlpha(110)
        middle = self.height() / 2
        if not self._peaks.values:
            for left, right, colour in ((0.0, reached, played), (reached, float(self.width()), ahead)):
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        else:
            count = max(self.width() // (_BAR_PX + _GAP_PX), 1)
            if len(self._columns) != count:
                self._columns = self._peaks.columns(count)
            for number, loudness in enumerate(self._columns):
                x = number * (_BAR_PX + _GAP_PX)
                height = max(loudness * (self.height() - 8), _LEAST_BAR_PX)
                painter.setBrush(played if x + _BAR_PX / 2 <= reached else ahead)
                painter.drawRoundedRect(QRectF(x, middle - height / 2, _BAR_PX, height), 1.5, 1.5)
        if not self._peaks.values or self.isSliderDown():
            painter.setBrush(played)
            painter.drawEllipse(QRectF(min(max(reached - 6, 0), self.width() - 12), middle - 6, 12, 12))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(shades.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
