"""A picture in a window of its own, to look at closely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QToolTip, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import ElidedLabel, IconButton, button
from hgpt_desktop.ui.files import FileActions
from hgpt_desktop.ui.formats import percent_text
from hgpt_desktop.ui.pictures import PictureReader

_LARGEST = QSize(8000, 8000)
_STEP = 1.25
_SMALLEST_SCALE, _LARGEST_SCALE = 0.05, 8.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was found in a picture; the box is in shares of its width and height, 0 to 1."""

    label: str
    score: float | None
    box: QRectF


def marks_in(data: Any) -> tuple[Mark, ...]:
    """What the structured result of a task says that is in its picture; else nothing."""
    if not isinstance(data, dict):
        return ()
    width, height = data.get("width_px"), data.get("height_px")
    things = data.get("objects") or data.get("regions") or ()
    if not isinstance(width, int | float) or not isinstance(height, int | float) or not width or not height:
        return ()
    found = []
    for thing in things if isinstance(things, list) else ():
        box = thing.get("box") if isinstance(thing, dict) else None
        if not isinstance(box, dict) or not all(
            isinstance(box.get(edge), int | float) for edge in ("left", "top", "right", "bottom")
        ):
            continue
        score = thing.get("score")
        corner = QPointF(box["left"] / width, box["top"] / height)
        other = QPointF(box["right"] / width, box["bottom"] / height)
        found.append(
            Mark(
                str(thing.get("label", "")),
                float(score) if isinstance(score, int | float) else None,
                QRectF(corner, other),
            )
        )
    return tuple(found)


class ImageViewer(QDialog):
    """Fits the picture into the window; plus and minus, or the buttons, zoom.

    Args:
        original: the picture from which this one was made; a button switches between the two.
        marks: what was found in it; the mouse over it shows label and score.
    """

    def __init__(
        self, parent: QWidget, path: Path, original: Path | None = None, marks: Sequence[Mark] = ()
    ) -> None:
        super().__init__(parent)
        self._marks = tuple(marks)
        self._other = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(path.name)
        self.setMinimumSize(480, 360)
        self.resize(960, 720)
        self._image = QImage()
        self._scale: float | None = None  # None: as large as fits
        self._picture = QLabel(self.tr("Reading the picture…"))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(self.tr("Picture {name}").format(name=path.name))
        self._area = QScrollArea()
        self._area.setWidget(self._picture)
        self._area.setWidgetResizable(True)
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown_scale = ElidedLabel("", "muted")
        zoom_out = IconButton("zoom-out", self.tr("Zoom out"))
        zoom_out.clicked.connect(self.zoom_out)
        zoom_in = IconButton("zoom-in", self.tr("Zoom in"))
        zoom_in.clicked.connect(self.zoom_in)
        fit = IconButton("image", self.tr("Fit into the window"))
        fit.clicked.connect(self.fit)
        self.original_button = button(self.tr("Show the original"), "", "image")
        self.original_button.setCheckable(True)
        self.original_button.setVisible(False)
        self.original_button.toggled.connect(self._swap)
        self._picture.setMouseTracking(True)
        self._picture.installEventFilter(self)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(ElidedLabel(path.name, bold=True), 1)
        bar.addWidget(self.original_button)
        bar.addWidget(self._shown_scale)
        for act in (zoom_out, zoom_in, fit):
            bar.addWidget(act)
        bar.addWidget(FileActions(path))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._area, 1)
        for keys, slot in (("+", self.zoom_in), ("=", self.zoom_in), ("-", self.zoom_out), ("0", self.fit)):
            QShortcut(QKeySequence(keys), self, slot)
        reader = PictureReader(self)
        reader.picture_read.connect(self._show)
        reader.read(path, _LARGEST)
        if original is not None and original != path:
            before = PictureReader(self)
            before.picture_read.connect(self._take_original)
            before.read(original, _LARGEST)

    def _show(self, image: QImage) -> None:
        self._image = image
        if image.isNull():
            self._picture.setText(self.tr("This picture cannot be read."))
        else:
            self._draw()

    def _take_original(self, image: QImage) -> None:
        self._other = image
        self.original_button.setVisible(not image.isNull())

    def _swap(self) -> None:
        """Show the other one of the two pictures, in the same size."""
        size = self.shown_size()
        self._image, self._other = self._other, self._image
        if self._scale is not None and not self._image.isNull():
            self._scale = size.width() / self._image.width()
        self._draw()

    def mark_at(self, place: QPoint) -> Mark | None:
        """The smallest thing that was found at this place of the picture's label."""
        shown = self.shown_size()
        if shown.isEmpty():
            return None
        x = (place.x() - (self._picture.width() - shown.width()) / 2) / shown.width()
        y = (place.y() - (self._picture.height() - shown.height()) / 2) / shown.height()
        here = [mark for mark in self._marks if mark.box.contains(QPointF(x, y))]
        return min(here, key=lambda mark: mark.box.width() * mark.box.height(), default=None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._picture and isinstance(event, QHelpEvent):
            if (mark := self.mark_at(event.pos())) is not None:
                score = "" if mark.score is None else f", {percent_text(mark.score)}"
                QToolTip.showText(event.globalPos(), f"{mark.label}{score}", self._picture)
            else:
                QToolTip.hideText()
            return True
        return super().eventFilter(watched, event)

    def shown_size(self) -> QSize:
        """How large the picture is drawn, px; nothing before it is read."""
        return self._picture.pixmap().size()

    def zoom_in(self) -> None:
        """Show it larger."""
        self._zoom(_STEP)

    def zoom_out(self) -> None:
        """Show it smaller."""
        self._zoom(1 / _STEP)

    def fit(self) -> None:
        """Show all of it."""
        self._scale = None
        self._draw()

    def _zoom(self, factor: float) -> None:
        self._scale = min(max(self._scale_now() * factor, _SMALLEST_SCALE), _LARGEST_SCALE)
        self._draw()

    def _scale_now(self) -> float:
        if self._scale is not None or self._image.isNull():
            return self._scale or 1.0
        room = self._area.viewport().size()
        return min(room.width() / self._image.width(), room.height() / self._image.height(), 1.0)

    def _draw(self) -> None:
        if self._image.isNull():
            return
        scale = self._scale_now()
        size = QSize(max(int(self._image.width() * scale), 1), max(int(self._image.height() * scale), 1))
        shown = self._image.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._picture.setPixmap(QPixmap.fromImage(shown))
        self._shown_scale.setText(percent_text(scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._scale is None:
            self._draw()
