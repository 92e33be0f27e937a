"""QtMultimedia, where this machine has it; and what is read of recordings and films ahead of playing them."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEventLoop, QLoggingCategory, QObject, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QImage

from hgpt_desktop.ui.reading import is_quitting, read_for

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

log = logging.getLogger(__name__)

_RATE_HZ = 8000  # enough to see where somebody speaks
_PEAK_SAMPLES = 160
PEAK_MS = 1000 * _PEAK_SAMPLES // _RATE_HZ
_LOUDEST = 32768
_KEPT = 200  # waveforms; one of an hour has 180 KB
_POSTER_WAIT_MS = 5000


@lru_cache(maxsize=1)
def multimedia() -> ModuleType | None:
    """QtMultimedia, or None where this machine lacks what it stands on (libpulse, for one).

    Threads: first called in the GUI thread; the first object loads Qt's back end, which crashes elsewhere.
    """
    # Optional back ends that are not installed are none of the user's business.
    QLoggingCategory.setFilterRules(
        "qt.multimedia.symbolsresolver.warning=false\nqt.multimedia.ffmpeg.mediadataholder.warning=false"
    )
    try:
        from PySide6 import QtMultimedia
    except ImportError as error:
        log.info("Recordings are shown as files: %s", error)
        return None
    QtMultimedia.QAudioDecoder()
    return QtMultimedia


@dataclass(frozen=True, slots=True)
class Peaks:
    """How loud a recording is, 0 to 255 for each `PEAK_MS`."""

    values: bytes

    @property
    def duration_ms(self) -> int:
        """How long the sound is."""
        return len(self.values) * PEAK_MS

    def columns(self, count: int) -> list[float]:
        """The loudest of each of `count` equal parts, 0 to 1, the loudest of all being 1."""
        if not self.values or count < 1:
            return []
        loudest = max(self.values) or 1
        length = len(self.values)
        found = []
        for number in range(count):
            first = number * length // count
            last = max((number + 1) * length // count, first + 1)
            found.append(max(self.values[first:last]) / loudest)
        return found


SILENCE = Peaks(b"")


# What lives in a worker is deleted there, whatever Python's collector does later, and has no connections
# left by then. Qt ends those of an object under a lock, and PySide asks for Python's lock meanwhile; the GUI
# thread, which has that one while it connects something, waits for Qt's: both would wait for good.


class _Listener(QObject):
    """Takes the samples of a decoder; lives in the thread that decodes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        media = multimedia()
        assert media is not None
        form = media.QAudioFormat()
        form.setSampleRate(_RATE_HZ)
        form.setChannelCount(1)
        form.setSampleFormat(media.QAudioFormat.SampleFormat.Int16)
        self.values = bytearray()
        self._rest = b""
        self._ended = False
        self._loop = QEventLoop(self)
        self._decoder = media.QAudioDecoder(self)
        self._decoder.setAudioFormat(form)
        self._decoder.bufferReady.connect(self._take)
        self._decoder.finished.connect(self._end)
        # A plain `error.connect` would take the getter of the same name.
        self._decoder.error.connect(self._fail)
        self._decoder.setSource(QUrl.fromLocalFile(str(path)))

    def listen(self) -> None:
        """Until the end of the recording."""
        self._decoder.start()
        if not self._ended:
            self._loop.exec()
        self._decoder.stop()

    def let_go(self) -> None:
        """Be deleted, in the thread that calls."""
        self._decoder.bufferReady.disconnect(self._take)
        self._decoder.finished.disconnect(self._end)
        self._decoder.error.disconnect(self._fail)
        shiboken6.delete(self)

    def _take(self) -> None:
        if is_quitting():
            self._end()
            return
        buffer = self._decoder.read()
        samples = memoryview(self._rest + bytes(buffer.constData())).cast("h")
        whole = len(samples) // _PEAK_SAMPLES * _PEAK_SAMPLES
        for at in range(0, whole, _PEAK_SAMPLES):
            part = samples[at : at + _PEAK_SAMPLES]
            self.values.append(min(max(max(part), -min(part)) * 255 // _LOUDEST, 255))
        self._rest = bytes(samples[whole:])

    def _fail(self) -> None:
        log.info("A recording could not be decoded: %s", self._decoder.errorString())
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._loop.quit()


def peaks_of(path: Path) -> Peaks:
    """How loud the sound of a recording or film is; silence where it has none that can be decoded.

    Threads: any that has no event loop of its own under way.
    """
    if multimedia() is None or not os.path.exists(path):
        return SILENCE
    listener = _Listener(path)
    try:
        listener.listen()
        return Peaks(bytes(listener.values))
    finally:
        listener.let_go()


_peaks: OrderedDict[tuple[str, int, int], Peaks] = OrderedDict()


def show_peaks(owner: QObject, path: Path, then: Callable[[Peaks], None]) -> None:
    """Hand the loudness of the recording to `then`: at once where it is known, else when it is decoded."""
    try:
        status = path.stat()
    except OSError:
        return
    key = str(path), status.st_mtime_ns, status.st_size
    if key in _peaks:
        _peaks.move_to_end(key)
        then(_peaks[key])
        return

    def keep(found: Peaks) -> None:
        _peaks[key] = found
        while len(_peaks) > _KEPT:
            _peaks.popitem(last=False)
        then(found)

    read_for(owner, lambda: peaks_of(path), keep, long=True)


# ---------------------------------------------------------------- films


@dataclass(frozen=True, slots=True)
class Poster:
    """The first picture of a film, how long it is, and whether it sounds; a null picture where it is none."""

    image: QImage
    duration_ms: int
    sounds: bool


class _Projector(QObject):
    """Waits for the first frame of a film; lives in the thread that wants it."""

    def __init__(self, path: Path, bounds: QSize) -> None:
        super().__init__()
        media = multimedia()
        assert media is not None
        self.image = QImage()
        self._bounds = bounds
        self._ended = False
        self._loop = QEventLoop(self)
        self._limit = QTimer(self)
        self._limit.setInterval(_POSTER_WAIT_MS)
        self._limit.timeout.connect(self._end)
        self._sink = media.QVideoSink(self)
        self._sink.videoFrameChanged.connect(self._take)
        self._player = media.QMediaPlayer(self)
        self._player.setVideoSink(self._sink)
        self._player.errorOccurred.connect(self._end)
        self._player.setSource(QUrl.fromLocalFile(str(path)))

    def project(self) -> Poster:
        """The frame, if it comes in time."""
        self._player.pause()
        if not self._ended:
            self._limit.start()
            self._loop.exec()
        self._limit.stop()
        poster = Poster(self.image, self._player.duration(), self._player.hasAudio())
        self._player.stop()
        return poster

    def let_go(self) -> None:
        """Be deleted, in the thread that calls."""
        self._limit.timeout.disconnect(self._end)
        self._sink.videoFrameChanged.disconnect(self._take)
        self._player.errorOccurred.disconnect(self._end)
        shiboken6.delete(self)

    def _take(self, frame: QVideoFrame) -> None:
        if frame.isValid() and self.image.isNull():
            image = frame.toImage()
            fits = image.width() <= self._bounds.width() and image.height() <= self._bounds.height()
            self.image = (
                image
                if fits
                else image.scaled(
                    self._bounds,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._loop.quit()


def poster_of(path: Path, bounds: QSize) -> Poster:
    """The first picture of a film, no larger than `bounds` px.

    Threads: any that has no event loop of its own under way.
    """
    projector = _Projector(path, bounds)
    try:
        return projector.project()
    finally:
        projector.let_go()


def show_poster(owner: QObject, path: Path, bounds: QSize, then: Callable[[Poster], None]) -> None:
    """Hand the first picture of the film, no larger than `bounds` px, to `then`."""
    read_for(owner, lambda: poster_of(path, bounds), then, long=True)
