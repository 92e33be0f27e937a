"""Reads and keeps pictures off the GUI thread; read ones are never larger than they are shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QPainter, QPainterPath, QPixmap

from hgpt_desktop.bridge.media import picture_pixels
from hgpt_desktop.core.errors import DiskFull
from hgpt_desktop.ui.reading import OnProblem, read_for

_ALLOCATION_LIMIT_MB = 1024  # a 40-megapixel picture decodes to 160 MB; a forged header is refused
_MOST_PIXELS = 64_000_000
_LONGEST_PX = 32_000  # what Qt can draw
_LARGEST = QSize(8000, 8000)  # of what Pillow reads
_LEAST_LEVEL_PX = 600
_BAND_PIXELS = 500_000
_PNG_QUALITY = 90  # lossless all the same; it is written four times as fast as at the default


def read_picture(path: Path, bounds: QSize | None = None) -> QImage:
    """The picture upright and scaled down to fit `bounds` (px); a null image where it cannot be read.

    Without bounds it is as large as it is, but for huge ones, which get 64 megapixels.

    Threads: any.
    """
    QImageReader.setAllocationLimit(_ALLOCATION_LIMIT_MB)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    if not reader.canRead():
        return _read_by_pillow(path, bounds or _LARGEST)
    size = reader.size()
    if size.isValid() and not size.isEmpty():
        quarter_turn = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
        wanted = _drawable(size)
        if bounds is not None:
            wanted = bounds.transposed() if quarter_turn else bounds
        if size.width() > wanted.width() or size.height() > wanted.height():
            reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _drawable(size: QSize) -> QSize:
    """The size in which a picture is looked at: its own, where that is no burden, however long it is."""
    pixels = max(size.width() * size.height(), 1)
    share = min((_MOST_PIXELS / pixels) ** 0.5, _LONGEST_PX / max(size.width(), size.height(), 1), 1.0)
    return QSize(max(int(size.width() * share), 1), max(int(size.height() * share), 1))


def _read_by_pillow(path: Path, bounds: QSize) -> QImage:
    """A picture in a form that Qt does not know, AVIF for one."""
    read = picture_pixels(path, bounds.width(), bounds.height())
    if read is None:
        return QImage()
    row_bytes = 4 * read.width_px
    form = QImage.Format.Format_RGBA8888
    return QImage(read.pixels, read.width_px, read.height_px, row_bytes, form).copy()  # of its own


def read_levels(path: Path) -> tuple[QImage, ...]:
    """The picture, then the same in half the size, and so on: to be drawn quickly at any zoom.

    Nothing where it cannot be read. Threads: any.
    """
    return levels_of(read_picture(path))


def levels_of(image: QImage) -> tuple[QImage, ...]:
    """The image and its halves, in the form that is drawn fastest."""
    if image.isNull():
        return ()
    quick = (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied)
    levels = [image if image.format() in quick else _painted(image, image.size())]
    while max(levels[-1].width(), levels[-1].height()) > 2 * _LEAST_LEVEL_PX:
        half = QSize(max(levels[-1].width() // 2, 1), max(levels[-1].height() // 2, 1))
        levels.append(_painted(levels[-1], half))
    return tuple(levels)


def _painted(image: QImage, size: QSize) -> QImage:
    """The image in another size and a quick form.

    Band by band, with Python's lock given away in between: a thread that takes it again at once starves the
    GUI thread, which is woken each time and finds it taken.
    """
    quick = QImage.Format.Format_ARGB32_Premultiplied
    made = QImage(size, quick if image.hasAlphaChannel() else QImage.Format.Format_RGB32)
    rows = max(_BAND_PIXELS // max(image.width(), 1), 1) * size.height() // max(image.height(), 1) or 1
    down = image.height() / size.height()
    painter = QPainter(made)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for top in range(0, size.height(), rows):
        band = min(rows, size.height() - top)
        painter.drawImage(
            QRectF(0, top, size.width(), band), image, QRectF(0, top * down, image.width(), band * down)
        )
        time.sleep(0)
    painter.end()
    return made


def keep_picture(
    owner: QObject,
    picture: QImage,
    folder: Path,
    stem: str,
    then: Callable[[Path], None],
    otherwise: OnProblem,
) -> None:
    """Write the picture as a PNG with the time in its name, and hand its path to `then`."""
    name = datetime.now().astimezone().strftime(f"{stem}-%Y%m%d-%H%M%S-%f.png")

    def write() -> Path:
        place = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            saved = picture.save(str(place), "PNG", _PNG_QUALITY)  # type: ignore[call-overload]  # wants bytes
        except OSError:
            saved = False
        if not saved:
            place.unlink(missing_ok=True)
            raise DiskFull(
                QCoreApplication.translate("pictures", "The picture could not be kept."),
                QCoreApplication.translate(
                    "pictures", "Is there room on the disk? Its folder is {folder}."
                ).format(folder=folder),
            )
        return place

    read_for(owner, write, then, otherwise)


def rounded(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """The middle of the picture, filling `size`, with round corners."""
    pixels = size * ratio
    filled = image.scaled(
        pixels,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    made = QPixmap(pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(0, 0, pixels.width(), pixels.height(), 6 * ratio, 6 * ratio)
    painter.setClipPath(shape)
    painter.drawImage(
        (pixels.width() - filled.width()) // 2, (pixels.height() - filled.height()) // 2, filled
    )
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
