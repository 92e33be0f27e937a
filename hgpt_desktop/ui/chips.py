"""Attached files as chips, with a thumbnail where it is a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label
from hgpt_desktop.ui.files import icon_by_name, open_file
from hgpt_desktop.ui.formats import size_text
from hgpt_desktop.ui.pictures import PictureReader

_THUMBNAIL_PX = 40
_NAME_PX = 168


class AttachmentChip(QFrame):
    """One attached file; it can be taken away again where `removable`, else a double click opens it."""

    removed = Signal()

    def __init__(self, path: Path, *, removable: bool) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.path = path
        self.setAccessibleName(self.tr("Attached file {name}").format(name=path.name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        icon = icon_by_name(path)
        self._icon: QLabel = IconLabel(icon, side=22)
        self._icon.setFixedSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        name = ElidedLabel(path.name, scale=0.95, mode=Qt.TextElideMode.ElideMiddle)
        advance = name.fontMetrics().horizontalAdvance(path.name) + 4
        name.setFixedWidth(min(advance, _NAME_PX))
        name.setToolTip(str(path))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        try:
            words.addWidget(label(size_text(path.stat().st_size), "muted", 0.85))
        except OSError:
            words.addWidget(label(self.tr("no longer there"), "danger", 0.85))
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 5, 10, 5)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addLayout(words)
        if removable:
            row.setContentsMargins(5, 5, 5, 5)
            remove = IconButton("close", self.tr("Remove {name}").format(name=path.name), side=14)
            remove.clicked.connect(self.removed)
            row.addWidget(remove)
        if icon == "image":
            self._reader = PictureReader(self)
            self._reader.picture_read.connect(self._show_thumbnail)
            side = round(_THUMBNAIL_PX * 3 * self.devicePixelRatioF())
            self._reader.read(path, QSize(side, side))

    def _show_thumbnail(self, image: QImage) -> None:
        if image.isNull():
            return
        thumbnail = QLabel()
        thumbnail.setFixedSize(_THUMBNAIL_PX, _THUMBNAIL_PX)
        thumbnail.setPixmap(_rounded(image, _THUMBNAIL_PX, self.devicePixelRatioF()))
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(self._icon, thumbnail)
        self._icon.hide()
        self._icon.deleteLater()
        self._icon = thumbnail

    def mouseDoubleClickEvent(self, event: object) -> None:
        open_file(self.path)


def _rounded(image: QImage, side: int, ratio: float) -> QPixmap:
    """The middle of the picture, square, with round corners."""
    pixels = round(side * ratio)
    filled = image.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(0, 0, pixels, pixels, 6 * ratio, 6 * ratio)
    painter.setClipPath(shape)
    painter.drawImage((pixels - filled.width()) // 2, (pixels - filled.height()) // 2, filled)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
