"""Reads pictures off the GUI thread, never larger than they are shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

log = logging.getLogger(__name__)

_ALLOCATION_LIMIT_MB = 1024  # a 40-megapixel picture decodes to 160 MB; a forged header is refused


def read_picture(path: Path, bounds: QSize) -> QImage:
    """The picture upright and scaled down to fit `bounds` (px); a null image where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and not size.isEmpty():
        quarter_turn = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
        wanted = bounds.transposed() if quarter_turn else bounds
        if size.width() > wanted.width() or size.height() > wanted.height():
            reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class _Reading(QRunnable):
    def __init__(self, path: Path, bounds: QSize, done: Callable[[QImage], None]) -> None:
        super().__init__()
        self._path, self._bounds, self._done = path, bounds, done

    def run(self) -> None:
        try:
            image = read_picture(self._path, self._bounds)
        except Exception:
            log.exception("Reading the picture %s raised.", self._path)
            image = QImage()
        self._done(image)


class _Desk(QObject):
    """One for the application: lives as long as it does, so that workers never signal into nothing."""

    _read = Signal(int, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("pictures")
        self.pool = QThreadPool(self)
        self.pool.setMaxThreadCount(2)
        self._waiting: dict[int, tuple[PictureReader, _Reading]] = {}
        self._last = 0
        self._read.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        QImageReader.setAllocationLimit(_ALLOCATION_LIMIT_MB)

    def read(self, reader: PictureReader, path: Path, bounds: QSize) -> None:
        self._last += 1
        number = self._last
        reading = _Reading(path, bounds, lambda image: self._read.emit(number, image))
        self._waiting[number] = (reader, reading)
        self.pool.start(reading)

    def _deliver(self, number: int, image: QImage) -> None:
        reader, _ = self._waiting.pop(number)
        if shiboken6.isValid(reader):  # its widget may have gone meanwhile
            reader.picture_read.emit(image)


class PictureReader(QObject):
    """Reads pictures for one widget."""

    picture_read = Signal(QImage)

    def read(self, path: Path, bounds: QSize) -> None:
        """Ends in `picture_read`, with a null image where the file cannot be read as a picture."""
        _desk().read(self, path, bounds)


def _desk() -> _Desk:
    application = QCoreApplication.instance()
    assert application is not None
    desk = application.findChild(_Desk, "pictures")
    return desk if desk is not None else _Desk(application)


def wait_for_pictures(timeout_s: float) -> bool:
    """Whether all reading ended in time."""
    return _desk().pool.waitForDone(int(timeout_s * 1000))
