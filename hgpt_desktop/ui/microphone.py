"""Records from the microphone into a WAV file that is whole at any moment."""

from __future__ import annotations

import logging
import wave
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QIODevice,
    QMicrophonePermission,
    QObject,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from hgpt_desktop.bridge.views import ProblemView
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.basics import IconButton, IconLabel, button, label
from hgpt_desktop.ui.formats import clock_text
from hgpt_desktop.ui.sound import multimedia

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioSource

log = logging.getLogger(__name__)

RATE_HZ = 16_000  # what speech recognition works with
_UNFINISHED = ".unfinished.wav"
_LOUDEST = 32768
_BARS = 28
_LEVEL_MS = 100
_PATIENCE_MS = 5000  # the first samples take up to two seconds


@dataclass(frozen=True, slots=True)
class Stream:
    """Samples from a microphone: 16 bits, signed, little-endian.

    Args:
        device: says `readyRead` as they come.
        close: ends it.
    """

    device: QIODevice
    rate_hz: int
    channels: int
    close: Callable[[], None]


def open_microphone(parent: QObject) -> Stream | ProblemView:
    """The machine's default microphone, or why there is none."""
    media = multimedia()
    device = media.QMediaDevices.defaultAudioInput() if media is not None else None
    if media is None or device is None or device.isNull():
        return ProblemView(
            QCoreApplication.translate("microphone", "This machine has no microphone that can be used."),
            QCoreApplication.translate(
                "microphone", "Connect one and try again, or attach a recording made elsewhere."
            ),
        )
    form = media.QAudioFormat()
    form.setSampleRate(RATE_HZ)
    form.setChannelCount(1)
    form.setSampleFormat(media.QAudioFormat.SampleFormat.Int16)
    if not device.isFormatSupported(form):
        form = device.preferredFormat()
        form.setSampleFormat(media.QAudioFormat.SampleFormat.Int16)
    source: QAudioSource = media.QAudioSource(device, form, parent)
    stream = source.start()
    if stream is None or source.error() != media.QtAudio.Error.NoError:
        return ProblemView(
            QCoreApplication.translate("microphone", "The microphone could not be opened."),
            QCoreApplication.translate(
                "microphone",
                "Another program may hold it, or this one may not use it; see the sound settings.",
            ),
            str(source.error()),
        )

    def close() -> None:
        source.stop()
        source.deleteLater()

    return Stream(stream, form.sampleRate(), form.channelCount(), close)


class Recording(QObject):
    """One recording under way. Its file is whole after every piece, so that nothing is lost if we die."""

    level_changed = Signal(float, int)  # 0..1, and how long it is, ms
    broke_off = Signal(object)  # ProblemView; what was recorded until then is kept

    def __init__(self, parent: QObject, stream: Stream, folder: Path) -> None:
        """Raises: OSError where nothing can be written to the folder."""
        super().__init__(parent)
        self._stream = stream
        self._frames = 0
        folder.mkdir(parents=True, exist_ok=True)
        name = datetime.now().astimezone().strftime("recording-%Y%m%d-%H%M%S-%f")
        self._path = folder / f"{name}{_UNFINISHED}"
        self._raw = self._path.open("wb")
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115 - both are closed in `_end`
        self._file.setnchannels(stream.channels)
        self._file.setsampwidth(2)
        self._file.setframerate(stream.rate_hz)
        self._rest = b""
        # Qt does not tell where a microphone is pulled out or the sound system ends; silence has samples too.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_nothing_came)
        self._patience.start()
        stream.device.readyRead.connect(self._take)

    @property
    def duration_ms(self) -> int:
        """How long it is by now."""
        return 1000 * self._frames // self._stream.rate_hz

    def _take(self) -> None:
        piece = self._rest + bytes(self._stream.device.readAll().data())
        whole = len(piece) // (2 * self._stream.channels) * 2 * self._stream.channels
        piece, self._rest = piece[:whole], piece[whole:]
        if not piece:
            return
        self._patience.start()
        try:
            self._file.writeframes(piece)  # corrects the header too
            self._raw.flush()
        except OSError as error:
            self._stream.device.readyRead.disconnect(self._take)
            self.broke_off.emit(
                ProblemView(
                    self.tr("The recording broke off because it could not be written."),
                    self.tr("Free some room on the disk; what was recorded until then is attached."),
                    str(error),
                )
            )
            return
        samples = array("h", piece)
        self._frames += len(samples) // self._stream.channels
        self.level_changed.emit(max(max(samples), -min(samples)) / _LOUDEST, self.duration_ms)

    def _on_nothing_came(self) -> None:
        self.broke_off.emit(
            ProblemView(
                self.tr("Nothing comes from the microphone any more; the recording was ended."),
                self.tr("Is it still connected? See the sound settings."),
            )
        )

    def finish(self) -> Path | None:
        """End it; the file under its lasting name, or None where nothing was recorded."""
        self._end()
        if not self._frames:
            self._path.unlink(missing_ok=True)
            return None
        return lasting(self._path)

    def discard(self) -> None:
        """End it, and keep nothing."""
        self._end()
        self._path.unlink(missing_ok=True)

    def _end(self) -> None:
        self._patience.stop()
        self._stream.close()
        try:
            self._file.close()
        except OSError as error:  # the disk is full; what could be written is whole
            log.warning("The end of %s could not be written: %s", self._path, error)
        finally:
            self._raw.close()


def lasting(path: Path) -> Path:
    """Take the mark of an unfinished recording from the file's name."""
    return path.rename(path.with_name(path.name.removesuffix(_UNFINISHED) + ".wav"))


def broken_off(folder: Path) -> Sequence[Path]:
    """Recordings that were under way when the program died, under lasting names now."""
    found = sorted(folder.glob(f"*{_UNFINISHED}")) if folder.is_dir() else []
    kept = []
    for path in found:
        if path.stat().st_size > 44:  # more than a header
            kept.append(lasting(path))
        else:
            path.unlink()
    return kept


# ---------------------------------------------------------------- widgets


class LevelMeter(QWidget):
    """The loudness of the last seconds, as bars."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Loudness"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._levels = [0.0] * _BARS

    @property
    def level(self) -> float:
        """The loudness now, 0..1."""
        return self._levels[-1]

    def show_level(self, level: float) -> None:
        """Add a bar on the right."""
        self._levels = [*self._levels[1:], min(max(level, 0.0), 1.0)]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_BARS * 5, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        shades = theme.colours()
        quiet = QColor(shades.muted)
        quiet.setAlpha(110)
        for number, level in enumerate(self._levels):
            # Loudness is felt in proportion; the root shows quiet speech too.
            height = max(level**0.5 * (self.height() - 2), 3.0)
            painter.setBrush(QColor(shades.accent) if level > 0.01 else quiet)
            painter.drawRoundedRect(QRectF(number * 5, (self.height() - height) / 2, 3, height), 1.5, 1.5)


class RecordingStrip(QWidget):
    """Stands in the composer while something is recorded: loudness, length, stop and discard."""

    begun = Signal()
    finished = Signal(object)  # Path
    ended = Signal()
    problem_arrived = Signal(object)  # ProblemView

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._recording: Recording | None = None
        self._since_ms = 0
        self._loudest = 0.0
        self.meter = LevelMeter()
        self._time = label("0:00", "", 0.95)
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance("00:00"))
        self.setAccessibleName(self.tr("Recording"))
        self.stop_button = button(self.tr("Stop and attach"), "", "stop")
        self.stop_button.setToolTip(self.tr("Ends the recording and attaches it"))
        self.stop_button.clicked.connect(self.stop)
        self.discard_button = IconButton("delete", self.tr("Discard the recording"), side=16)
        self.discard_button.clicked.connect(self.discard)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel("record", "danger", 16))
        row.addWidget(self._time)
        row.addWidget(self.meter)
        row.addStretch(1)
        row.addWidget(self.discard_button)
        row.addWidget(self.stop_button)
        self.hide()

    @property
    def recording(self) -> bool:
        """Whether something is recorded now."""
        return self._recording is not None

    def start(self) -> None:
        """Begin, once the system allows it; where there is no microphone, `problem_arrived` says so."""
        application = QCoreApplication.instance()
        assert application is not None
        allowed = application.checkPermission(QMicrophonePermission())
        if allowed == Qt.PermissionStatus.Undetermined:  # macOS asks the user, once
            application.requestPermission(QMicrophonePermission(), self, self._on_permission)
        elif allowed == Qt.PermissionStatus.Denied:
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("The system does not let this program use the microphone."),
                    self.tr("Allow it in the system's privacy settings, and try again."),
                )
            )
        else:
            self._begin()

    def _on_permission(self, permission: object) -> None:
        self.start()

    def _begin(self) -> None:
        stream = open_microphone(self)
        if isinstance(stream, ProblemView):
            self.problem_arrived.emit(stream)
            return
        try:
            recording = Recording(self, stream, self._folder)
        except OSError as error:
            stream.close()
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("The recording could not be begun."),
                    self.tr("Is there room on the disk? Its folder is {folder}.").format(folder=self._folder),
                    str(error),
                )
            )
            return
        recording.level_changed.connect(self._on_level)
        recording.broke_off.connect(self._on_broke_off)
        self._recording = recording
        self._since_ms, self._loudest = 0, 0.0
        self._time.setText(clock_text(0))
        self.show()
        self.stop_button.setFocus()
        self.begun.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):  # of a button here: only the space bar is its own
            self.stop()
        else:
            super().keyPressEvent(event)

    def stop(self) -> None:
        """End the recording and hand it on."""
        recording, self._recording = self._recording, None
        if recording is None:
            return
        path = recording.finish()
        self._put_away(recording)
        if path is not None:
            self.finished.emit(path)
        else:
            self.problem_arrived.emit(
                ProblemView(
                    self.tr("Nothing came from the microphone."),
                    self.tr("Is it muted or switched off? See the sound settings."),
                )
            )

    def discard(self) -> None:
        """End the recording and forget it."""
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.discard()
            self._put_away(recording)

    def _put_away(self, recording: Recording) -> None:
        recording.deleteLater()
        self.hide()
        self.ended.emit()

    def _on_level(self, level: float, duration_ms: int) -> None:
        self._time.setText(clock_text(duration_ms))
        self._loudest = max(self._loudest, level)
        if duration_ms - self._since_ms >= _LEVEL_MS:
            self.meter.show_level(self._loudest)
            self._since_ms, self._loudest = duration_ms, 0.0

    def _on_broke_off(self, problem: ProblemView) -> None:
        self.stop()
        self.problem_arrived.emit(problem)
