"""Signs of work under way: a thin bar, and a round mark for a task's state."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hgpt_desktop.ui import theme

_FRAME_MS = 50
_SWEEP_FRAMES = 32  # one pass of the indeterminate bar: 1.6 s
_TURN_FRAMES = 20  # one turn of the mark: 1 s


class _Animated(QWidget):
    """Counts frames while it is animated and visible; it has no timer running otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = 0
        self._moving = False
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)

    def set_moving(self, moving: bool) -> None:
        self._moving = moving
        self._follow()

    def _follow(self) -> None:
        if self._moving and self.isVisible():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def _advance(self) -> None:
        self._frame += 1
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


class ThinBar(_Animated):
    """How far something is, 0..1; a moving piece where that is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._value: float | None = None
        self.set_moving(True)

    @property
    def value(self) -> float | None:
        """0..1, or None."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show this progress; None means that the end is not known."""
        self._value = None if value is None else min(max(value, 0.0), 1.0)
        self.set_moving(self._value is None)
        self.setAccessibleDescription("" if self._value is None else f"{round(self._value * 100)} %")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shades = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(QColor(shades.hover))
        painter.drawRoundedRect(whole, 2, 2)
        painter.setBrush(QColor(shades.accent))
        if self._value is not None:
            done = QRectF(0, 0, whole.width() * self._value, whole.height())
        else:
            piece = whole.width() * 0.3
            place = (self._frame % _SWEEP_FRAMES) / _SWEEP_FRAMES
            done = QRectF((whole.width() + piece) * place - piece, 0, piece, whole.height()).intersected(
                whole
            )
        if done.width() > 0:
            painter.drawRoundedRect(done, 2, 2)


class RowState(Enum):
    """A task as its row shows it."""

    WAITING = "waiting"
    LOADING = "loading"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"


class StateMark(_Animated):
    """A round mark: a ring, a turning arc, a tick, a cross, a dash or a square."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(20, 20))
        self._state = RowState.WAITING

    @property
    def state(self) -> RowState:
        """What the mark shows."""
        return self._state

    def set_state(self, state: RowState) -> None:
        """Show another state."""
        self._state = state
        self.set_moving(state in (RowState.LOADING, RowState.RUNNING))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        shades = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(2.5, 2.5, 15, 15)
        draw: dict[RowState, Callable[[QPainter], None]] = {
            RowState.DONE: self._tick,
            RowState.FAILED: self._cross,
            RowState.SKIPPED: self._dash,
            RowState.STOPPED: self._square,
        }
        if self._state in draw:
            ground = {RowState.DONE: shades.success, RowState.FAILED: shades.danger}.get(
                self._state, shades.muted
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawEllipse(ring.adjusted(-0.5, -0.5, 0.5, 0.5))
            pen = QPen(QColor(shades.surface), 1.9)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw[self._state](painter)
            return
        painter.setPen(QPen(QColor(shades.line), 2))
        painter.drawEllipse(ring)
        if self._state is not RowState.WAITING:
            pen = QPen(QColor(shades.accent), 2.2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            turned = (self._frame % _TURN_FRAMES) / _TURN_FRAMES
            painter.drawArc(ring, round((90 - 360 * turned) * 16), -100 * 16)

    @staticmethod
    def _tick(painter: QPainter) -> None:
        painter.drawPolyline([_at(6.6, 10.4), _at(9, 12.8), _at(13.6, 7.8)])

    @staticmethod
    def _cross(painter: QPainter) -> None:
        painter.drawLine(_at(7.4, 7.4), _at(12.6, 12.6))
        painter.drawLine(_at(12.6, 7.4), _at(7.4, 12.6))

    @staticmethod
    def _dash(painter: QPainter) -> None:
        painter.drawLine(_at(7, 10), _at(13, 10))

    @staticmethod
    def _square(painter: QPainter) -> None:
        painter.drawRect(QRectF(7.6, 7.6, 4.8, 4.8))


def _at(x: float, y: float) -> QPointF:
    return QPointF(x, y)
