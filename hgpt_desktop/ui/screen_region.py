"""Takes a picture of a part of the screen: all screens are frozen, and a rectangle is drawn over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui import theme

_LEAVING_MS = 250  # until the window has gone from the screen; desktops fade windows out
_LEAST_PX = 4
_STEP_PX, _LONG_STEP_PX = 2, 20


@dataclass(frozen=True, slots=True)
class Shot:
    """What a screen showed. `place` is in device-independent pixels of the whole desktop."""

    place: QRect
    picture: QPixmap


def cut_out(shots: Sequence[Shot], region: QRect) -> QImage:
    """The region, also where it reaches over several screens; as sharp as the sharpest of them."""
    parts = [shot for shot in shots if shot.place.intersects(region)]
    if not parts or region.isEmpty():
        return QImage()
    ratio = max(shot.picture.devicePixelRatio() for shot in parts)
    made = QImage(region.size() * ratio, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.black)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for shot in parts:
        seen = shot.place.intersected(region)
        own = shot.picture.devicePixelRatio()
        source = seen.translated(-shot.place.topLeft())
        target = seen.translated(-region.topLeft())
        painter.drawPixmap(
            QRectF(target.x() * ratio, target.y() * ratio, target.width() * ratio, target.height() * ratio),
            shot.picture,
            QRectF(source.x() * own, source.y() * own, source.width() * own, source.height() * own),
        )
    painter.end()
    return made


class _Pane(QWidget):
    """One screen, frozen and dimmed; the region is bright."""

    def __init__(self, picker: RegionPicker, screen: QScreen, shot: Shot) -> None:
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.BypassWindowManagerHint,
        )
        self._picker, self._shot = picker, shot
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)  # the window is hidden meanwhile
        self.setAccessibleName(self.tr("Choose a part of the screen"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setScreen(screen)
        self.setGeometry(shot.place)

    def _on_desktop(self, event: QMouseEvent) -> QPoint:
        return event.position().toPoint() + self._shot.place.topLeft()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._picker.begin(self._on_desktop(event))
        else:
            self._picker.cancel()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._picker.reach(self._on_desktop(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._picker.reach(self._on_desktop(event))
            self._picker.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._picker.take_key(event, self._shot.place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._shot.picture)
        dark = QColor(0, 0, 0, 120)
        region = self._picker.region.translated(-self._shot.place.topLeft())
        if region.isEmpty():
            painter.fillRect(self.rect(), dark)
            self._paint_words(painter)
            return
        for part in (
            QRect(0, 0, self.width(), region.top()),
            QRect(0, region.bottom() + 1, self.width(), self.height()),
            QRect(0, region.top(), region.left(), region.height()),
            QRect(region.right() + 1, region.top(), self.width(), region.height()),
        ):
            painter.fillRect(part.intersected(self.rect()), dark)
        painter.setPen(QPen(QColor(theme.colours().accent), 2))
        painter.drawRect(region)
        self._paint_tag(
            painter,
            QPointF(region.left(), region.top() - 14),
            f"{region.width()} × {region.height()}",
            left=True,
        )

    def _paint_words(self, painter: QPainter) -> None:
        words = self.tr("Drag over what you want · Enter takes the whole screen · Esc leaves")
        self._paint_tag(painter, QPointF(self.width() / 2, 48), words, left=False)

    def _paint_tag(self, painter: QPainter, place: QPointF, words: str, *, left: bool) -> None:
        shades = theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.scaled_font(1.0 if left else 1.1, bold=True))
        size = painter.fontMetrics().size(0, words) + QSize(24, 12)
        tag = QRectF(QPointF(0, 0), size.toSizeF())
        if left:
            tag.moveTopLeft(QPointF(max(place.x(), 4), max(place.y() - size.height() / 2 - 8, 4)))
        else:
            tag.moveCenter(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades.surface))
        painter.drawRoundedRect(tag, 8, 8)
        painter.setPen(QColor(shades.text))
        painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), words)


class RegionPicker(QObject):
    """Hides the window, takes the picture, and brings the window back."""

    picked = Signal(QImage)
    left = Signal()  # nothing was chosen
    refused = Signal(object)  # ProblemView

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shots: list[Shot] = []
        self._panes: list[_Pane] = []
        self._from: QPoint | None = None
        self.region = QRect()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._freeze)

    @property
    def panes(self) -> Sequence[QWidget]:
        """A widget over each screen, while a region is chosen."""
        return tuple(self._panes)

    @property
    def busy(self) -> bool:
        """Whether a picture is being taken."""
        return self._timer.isActive() or bool(self._panes)

    def start(self) -> None:
        """Ends in `picked`, `left` or `refused`."""
        if self.busy:
            return
        if QGuiApplication.platformName().startswith("wayland"):
            self.refused.emit(self._refusal())
            return
        self._window.hide()
        self._timer.start(_LEAVING_MS)

    def _refusal(self) -> ProblemView:
        return ProblemView(
            self.tr("This desktop does not let programs take pictures of the screen."),
            self.tr("Take it with the desktop's own tool, and paste it here with Ctrl+V."),
        )

    def _freeze(self) -> None:
        screens = QGuiApplication.screens()
        grabs = [(screen, screen.grabWindow(0)) for screen in screens]
        if not grabs or any(picture.isNull() for _, picture in grabs):
            self._back()
            self.refused.emit(self._refusal())
            return
        self._shots = [Shot(screen.geometry(), picture) for screen, picture in grabs]
        self.region, self._from = QRect(), None
        for screen, shot in zip(screens, self._shots, strict=True):
            pane = _Pane(self, screen, shot)
            self._panes.append(pane)
            pane.show()
            pane.raise_()
        self._panes[0].activateWindow()
        self._panes[0].setFocus()
        self._panes[0].grabKeyboard()  # the panes stand outside the window manager, which gives the keys

    def _back(self) -> None:
        for pane in self._panes:
            pane.releaseKeyboard()
            pane.close()
        self._panes.clear()
        self._shots = []
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    # ------------------------------------------------------------ choosing

    def begin(self, place: QPoint) -> None:
        """One corner."""
        self._from = place
        self._set_region(QRect(place, QSize(0, 0)))

    def reach(self, place: QPoint) -> None:
        """The other corner, for now."""
        if self._from is not None:
            way = place - self._from
            corner = QPoint(min(place.x(), self._from.x()), min(place.y(), self._from.y()))
            self._set_region(QRect(corner, QSize(abs(way.x()), abs(way.y()))))

    def end(self) -> None:
        """Take what lies within, if it is more than a click."""
        self._from = None
        if self.region.width() >= _LEAST_PX and self.region.height() >= _LEAST_PX:
            self._take(self.region)
        else:
            self._set_region(QRect())

    def cancel(self) -> None:
        """Leave without a picture."""
        if self._panes:
            self._back()
            self.left.emit()

    def _take(self, region: QRect) -> None:
        picture = cut_out(self._shots, region)
        self._back()
        self.picked.emit(picture)

    def take_key(self, event: QKeyEvent, screen: QRect) -> None:
        """Esc leaves, Enter takes, the arrows move the region and with Shift its lower right corner."""
        ways = {
            Qt.Key.Key_Left: QPoint(-1, 0),
            Qt.Key.Key_Right: QPoint(1, 0),
            Qt.Key.Key_Up: QPoint(0, -1),
            Qt.Key.Key_Down: QPoint(0, 1),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.region if not self.region.isEmpty() else screen)
        elif key in ways:
            modifiers = event.modifiers()
            fine = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            way = ways[key] * (_STEP_PX if fine else _LONG_STEP_PX)
            region = self.region
            if region.isEmpty():  # begin with the middle of the screen
                region = QRect(QPoint(0, 0), screen.size() / 2)
                region.moveCenter(screen.center())
            elif modifiers & Qt.KeyboardModifier.ShiftModifier:
                region = QRect(region.topLeft(), region.bottomRight() + way).normalized()
            else:
                region = region.translated(way)
            self._set_region(region.intersected(self._desktop()))

    def _desktop(self) -> QRect:
        whole = QRect()
        for shot in self._shots:
            whole = whole.united(shot.place)
        return whole

    def _set_region(self, region: QRect) -> None:
        self.region = region
        for pane in self._panes:
            pane.update()
