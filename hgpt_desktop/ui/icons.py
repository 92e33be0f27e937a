"""Icons: the project's own SVG line drawings, in the colour of the place where they stand."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
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


def icon(name: str, colour: str, disabled: str | None = None) -> QIcon:
    """The icon in two resolutions, and dimmed where it is disabled."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, ratio=ratio))
        if disabled is not None:
            made.addPixmap(pixmap(name, disabled, ratio=ratio), QIcon.Mode.Disabled)
    return made


def window_icon() -> QIcon:
    """The program's own icon, for the task bar."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128):
        made.addPixmap(pixmap("logo", "#0B7069", side))
    return made
