"""Plays a recording in the conversation."""

from __future__ import annotations

import logging
import wave
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, Qt, QUrl
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QVBoxLayout

from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui.basics import ElidedLabel, IconButton, IconLabel, label
from hgpt_desktop.ui.files import FileActions
from hgpt_desktop.ui.formats import clock_text, size_text

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def multimedia() -> ModuleType | None:
    """QtMultimedia, or None where this machine lacks what it stands on (libpulse, for one)."""
    # Optional back ends that are not installed are none of the user's business.
    QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver.warning=false")
    try:
        from PySide6 import QtMultimedia
    except ImportError as error:
        log.info("Recordings are shown as files: %s", error)
        return None
    return QtMultimedia


def duration_of(path: Path) -> int:
    """Milliseconds of a WAV file; 0 where it is another format, which the player finds out."""
    try:
        with wave.open(str(path), "rb") as recording:
            return round(1000 * recording.getnframes() / max(recording.getframerate(), 1))
    except (OSError, EOFError, wave.Error):
        return 0


class AudioPlayer(QFrame):
    """Play, pause, seek. Where nothing can be played, the file with its three buttons."""

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Recording {name}").format(name=resource.path.name))
        self._path = resource.path
        self._duration_ms = duration_of(resource.path)
        self._player: QMediaPlayer | None = None
        self._playing = False
        name = ElidedLabel(resource.path.name, bold=True)
        self._note = label("", "warning", 0.9, wrap=True)
        self._note.hide()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(name, 1)
        top.addWidget(FileActions(resource.path))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 10)
        column.setSpacing(2)
        if multimedia() is None:
            top.insertWidget(0, IconLabel("audio"))
            column.addLayout(top)
            column.addWidget(label(size_text(resource.size_bytes), "muted", 0.9))
            return
        self._play = IconButton("play", self.tr("Play"), "on_accent", "play", side=16, extent=34)
        self._play.clicked.connect(self.toggle)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(self.tr("Place in the recording"))
        self._slider.setRange(0, max(self._duration_ms, 1))
        self._slider.sliderMoved.connect(self._seek)
        self._slider.actionTriggered.connect(self._seek_by_key)
        self._time = label("", "muted", 0.9)
        self._show_time(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(10)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        row.addWidget(self._time)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(self._note)

    @property
    def duration_ms(self) -> int:
        """How long the recording is, as far as known."""
        return self._duration_ms

    @property
    def playing(self) -> bool:
        """Whether it is heard now."""
        return self._playing

    def _ready(self) -> QMediaPlayer | None:
        """The player, made at the first use: opening the sound system takes a while."""
        media = multimedia()
        if media is None or self._player is not None:
            return self._player
        device = media.QMediaDevices.defaultAudioOutput()
        player: QMediaPlayer = media.QMediaPlayer(self)
        if device.isNull():
            self._say(self.tr("This machine has no sound output; the file can be saved or opened instead."))
        else:
            player.setAudioOutput(media.QAudioOutput(device, self))
        player.positionChanged.connect(self._on_position)
        player.durationChanged.connect(self._on_duration)
        player.playbackStateChanged.connect(self._on_state)
        player.errorOccurred.connect(self._on_error)
        player.setSource(QUrl.fromLocalFile(str(self._path)))
        self._player = player
        return self._player

    def toggle(self) -> None:
        """Play, or pause."""
        media = multimedia()
        if media is None:
            return
        if not self._path.exists():
            self._say(self.tr("The file is no longer there."))
            return
        player = self._ready()
        assert player is not None
        if player.playbackState() == media.QMediaPlayer.PlaybackState.PlayingState:
            player.pause()
        else:
            player.play()

    def _seek(self, place_ms: int) -> None:
        if (player := self._ready()) is not None:
            player.setPosition(place_ms)
        self._show_time(place_ms)

    def _seek_by_key(self) -> None:
        if not self._slider.isSliderDown():
            self._seek(self._slider.sliderPosition())

    def _on_position(self, place_ms: int) -> None:
        if not self._slider.isSliderDown():
            self._slider.setValue(place_ms)
            self._show_time(place_ms)

    def _on_duration(self, duration_ms: int) -> None:
        if duration_ms > 0:
            self._duration_ms = duration_ms
            self._slider.setRange(0, duration_ms)
            self._show_time(self._slider.value())

    def _on_state(self, state: object) -> None:
        media = multimedia()
        assert media is not None
        self._playing = state == media.QMediaPlayer.PlaybackState.PlayingState
        if self._playing:
            self._play.set_action("pause", self.tr("Pause"))
        else:
            self._play.set_action("play", self.tr("Play"))

    def _on_error(self, error: object, text: str) -> None:
        log.warning("%s cannot be played: %s", self._path, text)
        self._say(self.tr("This recording cannot be played here; open it in another program."))

    def _show_time(self, place_ms: int) -> None:
        self._time.setText(f"{clock_text(place_ms)} / {clock_text(self._duration_ms)}")

    def _say(self, sentence: str) -> None:
        self._note.setText(sentence)
        self._note.show()
