"""Plays a recording in the conversation: play, pause, seek on its waveform, volume, speed."""

from __future__ import annotations

import logging
import os
import wave
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import shiboken6
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider

from hgpt_desktop.core.resources import Resource
from hgpt_desktop.ui import sound
from hgpt_desktop.ui.basics import Choice, IconButton, label
from hgpt_desktop.ui.file_card import FileCard
from hgpt_desktop.ui.formats import clock_text, factor_text
from hgpt_desktop.ui.habits import LOUDEST, habits
from hgpt_desktop.ui.sound import Peaks
from hgpt_desktop.ui.waveform import Waveform

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

log = logging.getLogger(__name__)

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
_VOLUME_PX = 64


def duration_of(path: Path) -> int:
    """Milliseconds of a WAV file; 0 where it is another format, which the player finds out."""
    try:
        with wave.open(str(path), "rb") as recording:
            return round(1000 * recording.getnframes() / max(recording.getframerate(), 1))
    except (OSError, EOFError, wave.Error):
        return 0


class VolumeSlider(QSlider):
    """0 to `LOUDEST`."""

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setRange(0, LOUDEST)
        self.setPageStep(20)
        self.setFixedWidth(_VOLUME_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the conversation scrolls


class AudioPlayer(FileCard):
    """A recording. Where nothing can be played, the file with its buttons. One plays at a time."""

    _heard: ClassVar[weakref.ref[AudioPlayer] | None] = None

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource, "")
        self.setAccessibleName(self._describe())
        self._duration_ms = duration_of(resource.path)
        self._player: QMediaPlayer | None = None
        self._output: QAudioOutput | None = None
        self._muted = False
        self._playing = False
        self._sounds = True
        self._wanted_ms: int | None = None  # where to go as soon as the file is open
        if sound.multimedia() is not None:
            self.column.addLayout(self._make_controls())
            sound.show_peaks(self, resource.path, self._on_peaks)

    def _describe(self) -> str:
        return self.tr("Recording {name}").format(name=self.path.name)

    def _make_controls(self) -> QHBoxLayout:
        self._play = IconButton("play", self.tr("Play"), "on_accent", "play", side=16, extent=34)
        self._play.clicked.connect(self.toggle)
        self.waveform = Waveform(self.tr("Place in the recording"))
        self.waveform.set_duration(self._duration_ms)
        self.waveform.sliderMoved.connect(self._show_time)
        self.waveform.seek_wanted.connect(self._seek)
        self._time = label("", "muted", 0.9)
        self._show_time(0)
        self.speed_box = Choice()
        self.speed_box.setAccessibleName(self.tr("Speed"))
        self.speed_box.setToolTip(self.tr("Speed"))
        for speed in SPEEDS:
            self.speed_box.addItem(factor_text(speed), speed)
        self.speed_box.setCurrentIndex(SPEEDS.index(habits.speed if habits.speed in SPEEDS else 1.0))
        self.speed_box.currentIndexChanged.connect(self._set_speed)
        self.mute_button = IconButton("volume", self.tr("Mute"), side=16)
        self.mute_button.clicked.connect(self.toggle_mute)
        self.volume = VolumeSlider(self.tr("Volume"))
        self.volume.setValue(habits.volume or LOUDEST)  # what was silenced once is not silent for ever
        self.volume.valueChanged.connect(self._on_volume)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(self._play)
        row.addWidget(self.waveform, 1)
        row.addWidget(self._time)
        row.addWidget(self.mute_button)
        row.addWidget(self.volume)
        row.addWidget(self.speed_box)
        return row

    # ------------------------------------------------------------ what it knows

    @property
    def duration_ms(self) -> int:
        """How long the recording is, as far as known."""
        return self._duration_ms

    @property
    def playing(self) -> bool:
        """Whether it is heard now."""
        return self._playing

    @property
    def player(self) -> QMediaPlayer | None:
        """Qt's player, once it was wanted."""
        return self._player

    @property
    def output(self) -> QAudioOutput | None:
        """Where it is heard, once it was wanted."""
        return self._output

    @property
    def muted(self) -> bool:
        """Whether it is to be silent."""
        return self._muted

    def _on_peaks(self, peaks: Peaks) -> None:
        self.waveform.show_peaks(peaks)
        if not self._duration_ms:
            self._on_duration(peaks.duration_ms)

    # ------------------------------------------------------------ playing

    def _ready(self) -> QMediaPlayer | None:
        """The player, made at the first use: opening the sound system takes a while."""
        media = sound.multimedia()
        if media is None or self._player is not None:
            return self._player
        player: QMediaPlayer = media.QMediaPlayer(self)
        self._output = media.QAudioOutput(media.QMediaDevices.defaultAudioOutput(), self)
        self._set_volume()
        player.positionChanged.connect(self._on_position)
        player.durationChanged.connect(self._on_duration)
        player.mediaStatusChanged.connect(self._on_loaded)
        player.playbackStateChanged.connect(self._on_state)
        player.errorOccurred.connect(self._on_error)
        self._prepare(player)
        player.setSource(QUrl.fromLocalFile(str(self.path)))
        player.setPlaybackRate(self.speed_box.currentData())
        self._player = player
        return self._player

    def _find_output(self, player: QMediaPlayer, output: QAudioOutput) -> None:
        """Be heard where the machine is heard now: headphones come and go while the window is open."""
        media = sound.multimedia()
        assert media is not None
        device = media.QMediaDevices.defaultAudioOutput()
        if device.isNull():
            player.setAudioOutput(None)  # type: ignore[arg-type]  # Qt takes none, its stubs do not
            if self._sounds:
                self.say(
                    self.tr("This machine has no sound output; the file can be saved or opened instead.")
                )
        elif player.audioOutput() is None or output.device() != device:
            output.setDevice(device)
            player.setAudioOutput(output)
            self.say("")

    def _prepare(self, player: QMediaPlayer) -> None:
        """For films: where the pictures go."""

    def toggle(self) -> None:
        """Play, or pause."""
        media = sound.multimedia()
        if media is None:
            return
        if not os.path.exists(self.path):
            self.say(self.tr("The file is no longer there."))
            return
        player = self._ready()
        assert player is not None
        assert self._output is not None
        if player.playbackState() == media.QMediaPlayer.PlaybackState.PlayingState:
            player.pause()
        else:
            self._find_output(player, self._output)
            self._hush_other()
            player.play()

    def pause(self) -> None:
        """Be silent, where it plays; what has ended stays at its end."""
        if self._player is not None and self._playing:
            self._player.pause()

    def _hush_other(self) -> None:
        """Pause the one that is heard: two at once are a noise."""
        other = AudioPlayer._heard() if AudioPlayer._heard is not None else None
        if other is not None and other is not self and shiboken6.isValid(other):
            other.pause()
        AudioPlayer._heard = weakref.ref(self)

    def _seek(self, place_ms: int) -> None:
        self._show_time(place_ms)
        if not os.path.exists(self.path) or (player := self._ready()) is None:
            return
        media = sound.multimedia()
        assert media is not None
        if player.playbackState() == media.QMediaPlayer.PlaybackState.StoppedState:
            player.pause()  # what is stopped begins anew, wherever it was put
        if player.mediaStatus() == media.QMediaPlayer.MediaStatus.LoadingMedia:
            self._wanted_ms = place_ms
        else:
            player.setPosition(place_ms)

    def _on_loaded(self) -> None:
        """What was asked for while the file was being opened."""
        media = sound.multimedia()
        assert media is not None
        if (
            self._player is not None
            and self._wanted_ms is not None
            and self._player.mediaStatus() != media.QMediaPlayer.MediaStatus.LoadingMedia
        ):
            wanted, self._wanted_ms = self._wanted_ms, None
            self._player.setPosition(wanted)

    def _set_speed(self) -> None:
        habits.speed = self.speed_box.currentData()
        if self._player is not None:
            self._player.setPlaybackRate(self.speed_box.currentData())

    def toggle_mute(self) -> None:
        """Be silent, or be heard again."""
        self._muted = not self._muted
        self._set_volume()

    def _on_volume(self, value: int) -> None:
        self._muted = value == 0
        habits.volume = value
        self._set_volume()

    def _set_volume(self) -> None:
        if self._muted:
            self.mute_button.set_action("mute", self.tr("Unmute"))
        else:
            self.mute_button.set_action("volume", self.tr("Mute"))
        if self._output is not None:
            self._output.setMuted(self._muted)
            self._output.setVolume((self.volume.value() / LOUDEST) ** 2)  # ears hear half of it at a quarter

    def _on_position(self, place_ms: int) -> None:
        if not self.waveform.isSliderDown() and self._wanted_ms is None:
            self.waveform.setValue(place_ms)
            self._show_time(place_ms)
        if self._player is not None and self._playing and 0 < self._duration_ms <= place_ms:
            self._at_end(self._player)

    def _at_end(self, player: QMediaPlayer) -> None:
        """Qt says by itself that it ends only where something takes what it plays."""
        if player.audioOutput() is None and player.videoSink() is None:
            player.stop()

    def _on_duration(self, duration_ms: int) -> None:
        if duration_ms > 0:
            self._duration_ms = duration_ms
            self.waveform.set_duration(duration_ms)
            self._show_time(self.waveform.value())

    def _on_state(self, state: object) -> None:
        media = sound.multimedia()
        assert media is not None
        self._playing = state == media.QMediaPlayer.PlaybackState.PlayingState
        if self._playing:
            self._play.set_action("pause", self.tr("Pause"))
        else:
            self._play.set_action("play", self.tr("Play"))

    def _on_error(self, error: object, text: str) -> None:
        log.warning("%s cannot be played: %s", self.path, text)
        self.say(self.tr("This recording cannot be played here; open it in another program."))

    def _show_time(self, place_ms: int) -> None:
        self._time.setText(f"{clock_text(place_ms)} / {clock_text(self._duration_ms)}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and sound.multimedia() is not None:
            self.toggle()  # also from the waveform, which leaves the key alone
        elif event.key() == Qt.Key.Key_M and sound.multimedia() is not None:
            self.toggle_mute()
        else:
            super().keyPressEvent(event)
