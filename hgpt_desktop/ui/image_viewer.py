"""A picture in a window of its own, to look at closely."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from hgpt_desktop.ui.basics import ElidedLabel, IconButton
from hgpt_desktop.ui.files import FileActions
from hgpt_desktop.ui.formats import percent_text
from hgpt_desktop.ui.pictures import PictureReader

_LARGEST = QSize(8000, 8000)
_STEP = 1.25
_SMALLEST_SCALE, _LARGEST_SCALE = 0.05, 8.0


class ImageViewer(QDialog):
    """Fits the picture into the window; plus and minus, or the buttons, zoom."""

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
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
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(ElidedLabel(path.name, bold=True), 1)
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

    def _show(self, image: QImage) -> None:
        self._image = image
        if image.isNull():
            self._picture.setText(self.tr("This picture cannot be read."))
        else:
            self._draw()

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
