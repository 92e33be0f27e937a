"""Icons: the project's own SVG line drawings, in the colour of the place where they stand."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from hgpt_desktop.bridge.places import icons_folder


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return (icons_folder() / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: str, side: int = 20, ratio: float = 1.0) -> QPixmap:
    """The icon, `side` px square, drawn in one colour. `ratio` is the screen's pixel ratio."""
    key = f"hgpt-icon {name} {colour} {side} {ratio}"
    image = QPixmap()
    if QPixmapCache.find(key, image):
        return image
    drawing = _drawing(name).replace("currentColor", QColor(colour).name())
    image = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, image)
    return image


def icon(name: str, colour: str, disabled: str | None = None, gap: int = 0) -> QIcon:
    """The icon in two resolutions, dimmed where it is disabled; half of the gap stands on each side."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(_with_gap(pixmap(name, colour, 16 if gap else 20, ratio), gap, ratio))
        if disabled is not None:
            dimmed = pixmap(name, disabled, 16 if gap else 20, ratio)
            made.addPixmap(_with_gap(dimmed, gap, ratio), QIcon.Mode.Disabled)
    return made


def _with_gap(drawn: QPixmap, gap: int, ratio: float) -> QPixmap:
    if not gap:
        return drawn
    wider = QPixmap(drawn.width() + round(gap * ratio), drawn.height())
    wider.setDevicePixelRatio(ratio)
    wider.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wider)
    painter.drawPixmap(QPointF(gap / 2, 0), drawn)
    painter.end()
    return wider


def window_icon() -> QIcon:
    """The program's own icon, for the task bar."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128):
        made.addPixmap(pixmap("logo", "#0B7069", side))
    return made
