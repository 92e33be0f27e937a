"""Draws a picture at any zoom, with what was found in it; the mouse, the wheel and the keys move it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from hgpt_desktop.ui import theme
from hgpt_desktop.ui.marks import Mark, colours_of, mark_at

_STEP = 1.25
_SMALLEST_SCALE, _LARGEST_SCALE = 0.02, 16.0
_PAN_PX = 60
_MARGIN_PX = 12
_LARGEST_FIT = 2.0  # a small picture is not blown up more than that to fill the window
_CRISP_FROM = 3.0  # from this scale on, pixels are shown as squares


class PictureCanvas(QWidget):
    """One picture. `zoom` is screen pixels (device independent) per pixel of the picture."""

    view_changed = Signal()
    hovered = Signal(object)  # Mark or None
    pointed = Signal(QPointF)  # the mouse is over this place, in shares of the picture
    edge_passed = Signal(int)  # the wheel went on below its end (1) or above its beginning (-1)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 90)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._levels: tuple[QImage, ...] = ()
        self._said = ""
        self._marks: tuple[Mark, ...] = ()
        self._colours: tuple[QColor, ...] = ()
        self._mask = QImage()
        self.shows_boxes = self.shows_masks = True
        self.wheel_zooms = True  # else it moves the picture up and down, and zooms with Ctrl
        self._pushed = 0  # how far the wheel was turned at an edge
        self.caption = ""  # in its corner, where two pictures stand side by side
        self._zoom: float | None = None  # None: as large as fits
        self._centre = QPointF(0.5, 0.5)  # what is in the middle of the widget, in shares of the picture
        self._grabbed: QPointF | None = None
        self._hovered: Mark | None = None

    # ------------------------------------------------------------ what it shows

    def say(self, sentence: str) -> None:
        """Show a sentence in place of a picture."""
        self._levels, self._said = (), sentence
        self.update()

    def show_levels(self, levels: Sequence[QImage]) -> None:
        """Show this picture, given in falling sizes; what is zoomed to stays."""
        self._levels, self._said = tuple(levels), ""
        self.update()
        self.view_changed.emit()

    def show_marks(self, marks: Sequence[Mark], mask: QImage) -> None:
        """Draw these over the picture."""
        self._marks, self._mask = tuple(marks), mask
        self._colours = colours_of(self._marks)
        self.setAccessibleDescription(", ".join(mark.told for mark in self._marks))
        self.update()

    @property
    def picture_size(self) -> QSize:
        """Of the picture itself, px; nothing before it is read."""
        return self._levels[0].size() if self._levels else QSize()

    @property
    def hovered_mark(self) -> Mark | None:
        """What is under the mouse, or was chosen with the keys."""
        return self._hovered

    # ------------------------------------------------------------ zoom and place

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the picture, now."""
        if self._zoom is not None or not self._levels:
            return self._zoom or 1.0
        room = QSizeF(self.width() - 2 * _MARGIN_PX, self.height() - 2 * _MARGIN_PX)
        size = self.picture_size
        fitting = min(room.width() / size.width(), room.height() / size.height(), _LARGEST_FIT)
        return max(fitting, _SMALLEST_SCALE / 10)

    @property
    def fitted(self) -> bool:
        """Whether it is as large as fits."""
        return self._zoom is None

    @property
    def shown(self) -> QRectF:
        """Where the picture lies in the widget; parts may be outside."""
        size = QSizeF(self.picture_size) * self.zoom
        corner = QPointF(
            self.width() / 2 - self._centre.x() * size.width(),
            self.height() / 2 - self._centre.y() * size.height(),
        )
        return QRectF(corner, size)

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom; the place in the widget stays where it is (its middle, where none is given)."""
        if not self._levels:
            return
        place = around if around is not None else QPointF(self.rect().center())
        under = self.share_at(place)
        self._zoom = min(max(self.zoom * factor, _SMALLEST_SCALE), _LARGEST_SCALE)
        shown = self.shown
        now = QPointF(shown.x() + under.x() * shown.width(), shown.y() + under.y() * shown.height())
        self._move_by(place - now)

    def zoom_in(self) -> None:
        """Show it larger."""
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        """Show it smaller."""
        self.zoom_by(1 / _STEP)

    def fit(self) -> None:
        """Show all of it."""
        self._zoom, self._centre = None, QPointF(0.5, 0.5)
        self._changed()

    def full_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self.zoom_by(1 / self.zoom)

    def _move_by(self, way: QPointF) -> None:
        shown = self.shown
        if shown.isEmpty():
            return
        x = self._centre.x() - way.x() / shown.width()
        y = self._centre.y() - way.y() / shown.height()
        # What fits stays in the middle; else the picture is never pushed out of sight.
        self._centre = QPointF(
            _kept_within(x, self.width() / shown.width()), _kept_within(y, self.height() / shown.height())
        )
        self._changed()

    def follow(self, other: PictureCanvas) -> None:
        """Look at the same part of a picture that may have another size."""
        if not self._levels or other.picture_size.isEmpty():
            return
        width = self.picture_size.width()
        zoom = None if other._zoom is None else other._zoom * other.picture_size.width() / width
        if (zoom, other._centre) != (self._zoom, self._centre):
            self._zoom, self._centre = zoom, QPointF(other._centre)
            self.update()

    def _changed(self) -> None:
        self.update()
        self.view_changed.emit()

    def share_at(self, place: QPointF) -> QPointF:
        """A place in the widget in shares of the picture."""
        shown = self.shown
        if shown.isEmpty():
            return QPointF(-1, -1)
        return QPointF((place.x() - shown.x()) / shown.width(), (place.y() - shown.y()) / shown.height())

    def place_of(self, share: QPointF) -> QPointF:
        """A place in the picture, in shares of it, in the widget."""
        shown = self.shown
        return QPointF(shown.x() + share.x() * shown.width(), shown.y() + share.y() * shown.height())

    # ------------------------------------------------------------ events

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if self.wheel_zooms or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if turned != 0:
                self.zoom_by(_STEP ** (turned / 120), event.position())
        else:
            self._scroll(turned)
        event.accept()

    def _scroll(self, turned: int) -> None:
        before = self._centre.y()
        self._move_by(QPointF(0, turned / 120 * _PAN_PX))
        if self._centre.y() != before:
            self._pushed = 0
            return
        self._pushed += turned
        if abs(self._pushed) >= 120:  # of a touchpad come many small ones
            self._pushed, way = 0, -1 if self._pushed > 0 else 1
            self.edge_passed.emit(way)

    def show_edge(self, way: int) -> None:
        """Show the beginning of the picture (1), or its end (-1), in the size that it has now."""
        self._centre = QPointF(self._centre.x(), 0.0 if way > 0 else 1.0)
        self._move_by(QPointF(0, 0))

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._move_by(event.position() - self._grabbed)
            self._grabbed = event.position()
            return
        share = self.share_at(event.position())
        self.pointed.emit(share)
        self._hover(mark_at(self._marks, share))
        if self._hovered is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self._hovered.told, self)
        elif self._marks:
            QToolTip.hideText()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom is None:
            self.zoom_by(1 / self.zoom, event.position())
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, mark: Mark | None) -> None:
        if mark is not self._hovered:
            self._hovered = mark
            self.hovered.emit(mark)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: QPointF(_PAN_PX, 0),
            Qt.Key.Key_Right: QPointF(-_PAN_PX, 0),
            Qt.Key.Key_Up: QPointF(0, _PAN_PX),
            Qt.Key.Key_Down: QPointF(0, -_PAN_PX),
        }
        if (way := ways.get(Qt.Key(event.key()))) is not None:
            self._move_by(way)
        elif event.key() in (Qt.Key.Key_N, Qt.Key.Key_P) and self._marks:
            self._choose_next(1 if event.key() == Qt.Key.Key_N else -1)
        else:
            super().keyPressEvent(event)

    def _choose_next(self, step: int) -> None:
        at = self._marks.index(self._hovered) + step if self._hovered in self._marks else (step - 1) // 2
        self._hover(self._marks[at % len(self._marks)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view_changed.emit()

    # ------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shades = theme.colours()
        painter.fillRect(self.rect(), QColor(shades.window))
        if not self._levels:
            painter.setPen(QColor(shades.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), int(flags), self._said)
        else:
            self._paint_picture(painter)
            self._paint_marks(painter)
            self._paint_caption(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(shades.accent), 2))
            painter.setBrush(
                Qt.BrushStyle.NoBrush
            )  # else it covers the picture with the colour of the last tag
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_picture(self, painter: QPainter) -> None:
        shown = self.shown
        visible = shown.intersected(QRectF(self.rect()))
        if visible.isEmpty():
            return
        sharp = self.zoom * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, sharp < _CRISP_FROM)
        wanted = shown.width() * self.devicePixelRatioF()
        level = next((one for one in reversed(self._levels) if one.width() >= wanted), self._levels[0])
        self._draw_part(painter, level, shown, visible)
        if self.shows_masks and not self._mask.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._draw_part(painter, self._mask, shown, visible)

    @staticmethod
    def _draw_part(painter: QPainter, image: QImage, shown: QRectF, visible: QRectF) -> None:
        across, down = image.width() / shown.width(), image.height() / shown.height()
        part = QRectF(
            (visible.x() - shown.x()) * across,
            (visible.y() - shown.y()) * down,
            visible.width() * across,
            visible.height() * down,
        )
        painter.drawImage(visible, image, part)

    def _paint_marks(self, painter: QPainter) -> None:
        if not self._marks or not (self.shows_boxes or self._hovered):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.scaled_font(0.9, bold=True))
        metrics = QFontMetricsF(painter.font())
        for mark, colour in reversed(tuple(zip(self._marks, self._colours, strict=True))):
            chosen = mark is self._hovered
            if not (self.shows_boxes or chosen):
                continue
            box = QRectF(self.place_of(mark.box.topLeft()), self.place_of(mark.box.bottomRight()))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 4 if chosen else 2))
            painter.drawRoundedRect(box, 3, 3)
            self._paint_tag(painter, metrics, mark, colour, box)

    def _paint_caption(self, painter: QPainter) -> None:
        if not self.caption:
            return
        shades = theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.scaled_font(0.95, bold=True))
        width = painter.fontMetrics().horizontalAdvance(self.caption) + 24
        tag = QRectF(_MARGIN_PX, _MARGIN_PX, width, painter.fontMetrics().height() + 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades.surface))
        painter.drawRoundedRect(tag, 8, 8)
        painter.setPen(QColor(shades.text))
        painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), self.caption)

    def _paint_tag(
        self, painter: QPainter, metrics: QFontMetricsF, mark: Mark, colour: QColor, box: QRectF
    ) -> None:
        text = mark.told
        width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
        # Above the box, or within where there is no room; never wider than what is seen of the box.
        top = box.top() - height if box.top() - height >= 0 else max(box.top(), 0.0)
        left = min(max(box.left() - 1, 0.0), max(self.width() - width, 0.0))
        tag = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(QColor(theme.on_colour(colour)))
        painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), text)


def _kept_within(centre: float, room: float) -> float:
    """The centre such that a view as broad as `room` shares does not leave the picture."""
    if room >= 1:
        return 0.5
    return min(max(centre, room / 2), 1 - room / 2)
