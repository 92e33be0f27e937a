"""Recordings and films: waveform, seeking, volume, speed."""

from __future__ import annotations

import math
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices, QMediaPlayer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from stories import resource, write_film

from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui import sound, theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.habits import habits
from hgpt_desktop.ui.outputs import media_view
from hgpt_desktop.ui.reading import wait_for_readings
from hgpt_desktop.ui.sound import PEAK_MS, Peaks
from hgpt_desktop.ui.video_player import VideoPlayer
from hgpt_desktop.ui.waveform import Waveform

ROOT = Path(__file__).parents[2]
Show = Callable[[QWidget], None]
pytestmark = [
    # A machine without a sound system says so.
    pytest.mark.qt_log_ignore("PulseAudio", "pa_context", "ALSA", "No RHI backend", "No HW decoder"),
]


@pytest.fixture(autouse=True)
def _sound_libraries() -> None:
    """QtMultimedia can be imported; where it cannot, the test fails and says what to do."""
    if sound.multimedia() is None:
        pytest.fail("QtMultimedia lacks a library. Install libpulse0.", pytrace=False)


def write_tone(path: Path, seconds: float, loud_from: float = 0.5) -> Path:
    """Silence, then a tone."""
    rate = 8000
    quiet = round(rate * seconds * loud_from)
    samples = [0] * quiet + [
        round(16000 * math.sin(at * 440 * math.tau / rate)) for at in range(round(rate * seconds) - quiet)
    ]
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(rate)
        recording.writeframes(array("h", samples).tobytes())
    return path


def player_of(path: Path, show: Show) -> AudioPlayer:
    player = media_view(resource(path, Kind.AUDIO, "audio/wav"))
    assert isinstance(player, AudioPlayer)
    show(player)
    return player


def times(player: QWidget) -> list[str]:
    return [one.text() for one in player.findChildren(QLabel) if " / " in one.text()]


def named(widget: QWidget, name: str) -> QToolButton:
    return next(one for one in widget.findChildren(QToolButton) if one.accessibleName() == name)


def test_the_waveform_shows_where_it_is_loud(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = player_of(write_tone(tmp_path / "a.wav", 4.0), show)
    qtbot.waitUntil(lambda: player.waveform.drawn, timeout=10_000)
    columns = player.waveform._peaks.columns(10)
    assert columns[:4] == [0.0] * 4
    assert all(column > 0.95 for column in columns[6:])
    assert abs(player.waveform._peaks.duration_ms - 4000) < 200
    picture = player.waveform.grab().toImage()
    middle = QColor(picture.pixelColor(2, 4)).name()
    loud = {picture.pixelColor(x, 8).name() for x in range(picture.width() * 3 // 4, picture.width() - 10)}
    assert len(loud) > 1, "bars reach high up where it is loud"
    assert {picture.pixelColor(x, 8).name() for x in range(10, picture.width() // 3)} == {middle}


def test_a_known_waveform_is_not_decoded_again(
    tmp_path: Path, qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tone(tmp_path / "a.wav", 1.0)
    first = player_of(path, show)
    qtbot.waitUntil(lambda: first.waveform.drawn, timeout=10_000)
    monkeypatch.setattr(sound, "peaks_of", lambda path: pytest.fail("decoded again"))
    assert player_of(path, show).waveform.drawn


def test_a_click_and_the_keys_seek(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = player_of(write_tone(tmp_path / "a.wav", 20.0), show)
    waveform = player.waveform
    middle = QPoint(waveform.width() // 2, waveform.height() // 2)
    QTest.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=middle)
    assert abs(waveform.value() - 10_000) < 100
    made = player.player
    assert made is not None
    qtbot.waitUntil(lambda: abs(made.position() - waveform.value()) < 100, timeout=10_000)
    assert times(player) == ["0:10 / 0:20"]
    before = waveform.value()
    QTest.keyClick(waveform, Qt.Key.Key_Right)
    assert waveform.value() == before + 400
    QTest.keyClick(waveform, Qt.Key.Key_Home)
    assert times(player) == ["0:00 / 0:20"]
    QTest.mousePress(waveform, Qt.MouseButton.LeftButton, pos=QPoint(5, 20))
    QTest.mouseMove(waveform, QPoint(waveform.width() - 1, 20))
    QTest.mouseRelease(waveform, Qt.MouseButton.LeftButton, pos=QPoint(waveform.width() - 1, 20))
    assert waveform.value() == 20_000


def test_the_space_bar_plays_at_the_chosen_speed(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = player_of(write_tone(tmp_path / "a.wav", 20.0), show)
    player.speed_box.setFocus()
    QTest.keyClick(player.speed_box, Qt.Key.Key_Down)
    QTest.keyClick(player.speed_box, Qt.Key.Key_Down)
    assert player.speed_box.currentText() == "1.5×"
    player.waveform.setFocus()
    QTest.keyClick(player.waveform, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    assert player.player is not None
    assert player.player.playbackRate() == pytest.approx(1.5)
    QTest.keyClick(player.speed_box, Qt.Key.Key_Home)
    assert player.player.playbackRate() == pytest.approx(0.5)
    named(player, "Pause").click()
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)


def test_a_recording_that_nothing_makes_audible_says_so_and_ends_all_the_same(
    tmp_path: Path, qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", QAudioDevice)
    player = player_of(write_tone(tmp_path / "a.wav", 0.6), show)
    for _ in range(2):  # and from its beginning again
        named(player, "Play").click()
        qtbot.waitUntil(lambda: player.playing, timeout=10_000)
        said = [one.text() for one in player.findChildren(QLabel) if one.isVisible()]
        assert "This machine has no sound output; the file can be saved or opened instead." in said
        qtbot.waitUntil(lambda: not player.playing, timeout=10_000)


@pytest.mark.parametrize("kind", [Kind.AUDIO, Kind.VIDEO])
def test_recordings_and_films_are_made_softer_and_silent(
    kind: Kind, tmp_path: Path, qtbot: QtBot, show: Show
) -> None:
    if kind is Kind.AUDIO:
        file = resource(write_tone(tmp_path / "a.wav", 20.0), kind, "audio/wav")
    else:
        file = resource(write_film(tmp_path / "a.mp4"), kind, "video/mp4")
    player = media_view(file)
    assert isinstance(player, AudioPlayer)
    show(player)
    QTest.keyClick(player.volume, Qt.Key.Key_PageDown)  # before anything is played
    assert player.volume.value() == 80
    player.toggle()
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    output = player.output
    assert output is not None
    assert output.volume() == pytest.approx(0.64)
    QTest.mouseClick(named(player, "Mute"), Qt.MouseButton.LeftButton)
    assert output.isMuted()
    assert player.playing
    QTest.keyClick(player.waveform, Qt.Key.Key_M)
    assert not output.isMuted()
    QTest.keyClick(player.volume, Qt.Key.Key_Home)
    assert player.muted
    QTest.keyClick(player.volume, Qt.Key.Key_Right)
    assert not output.isMuted()
    assert 0 < output.volume() < 0.01
    player.toggle()
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)


def test_the_next_player_and_the_next_start_begin_as_it_was_left(
    tmp_path: Path, qtbot: QtBot, show: Show
) -> None:
    kept = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    habits.keep_in(kept)
    player = player_of(write_tone(tmp_path / "a.wav", 1.0), show)
    QTest.keyClick(player.volume, Qt.Key.Key_PageDown)
    player.speed_box.setFocus()
    QTest.keyClick(player.speed_box, Qt.Key.Key_Up)
    second = player_of(write_tone(tmp_path / "b.wav", 1.0), show)
    assert (second.volume.value(), second.speed_box.currentText()) == (80, "0.75×")
    kept.sync()
    habits.keep_in(QSettings(str(tmp_path / "other.ini"), QSettings.Format.IniFormat))
    assert (habits.volume, habits.speed) == (100, 1.0)
    habits.keep_in(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    third = player_of(write_tone(tmp_path / "c.wav", 1.0), show)
    assert (third.volume.value(), third.speed_box.currentText()) == (80, "0.75×")
    QTest.keyClick(third.volume, Qt.Key.Key_Home)
    fourth = player_of(write_tone(tmp_path / "d.wav", 1.0), show)
    assert fourth.volume.value() == 100, "what was silenced is heard again in the next one"


def test_a_file_of_habits_that_somebody_wrote_into_is_no_fault(tmp_path: Path) -> None:
    place = tmp_path / "window.ini"
    place.write_text("[players]\nvolume=loud\nspeed=7\n", encoding="utf-8")
    habits.keep_in(QSettings(str(place), QSettings.Format.IniFormat))
    assert (habits.volume, habits.speed) == (100, 7.0)


def test_what_cannot_be_decoded_stays_a_line(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    broken = tmp_path / "a.mp3"
    broken.write_bytes(b"ID3 no sound at all" * 50)
    player = player_of(broken, show)
    assert wait_for_readings(5.0)
    player.grab()
    assert not player.waveform.drawn
    named(player, "Play").click()
    words = "This recording cannot be played here; open it in another program."
    qtbot.waitUntil(lambda: any(one.text() == words for one in player.findChildren(QLabel)), timeout=10_000)


def test_the_program_ends_while_a_long_recording_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        for _ in range(3600):
            recording.writeframesraw(bytes(32_000))
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from hgpt_desktop.core.resources import Kind, Resource\n"
        "from hgpt_desktop.ui.audio_player import AudioPlayer\n"
        "application = QApplication([])\n"
        "path = Path(sys.argv[1])\n"
        "player = AudioPlayer(Resource(path.name, Kind.AUDIO, path, 'audio/wav', path.stat().st_size))\n"
        "player.show()\n"
        "QTimer.singleShot(100, application.quit)\n"
        "application.exec()\n"
        "print('drawn' if player.waveform.drawn else 'ended', flush=True)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, b"ended\n")


def test_columns_of_peaks() -> None:
    peaks = Peaks(bytes([0, 50, 100, 200]))
    assert peaks.columns(2) == [0.25, 1.0]
    assert peaks.columns(8) == [0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 1.0, 1.0]
    assert peaks.duration_ms == 4 * PEAK_MS
    assert Peaks(b"").columns(3) == []
    assert Peaks(bytes(3)).columns(3) == [0.0] * 3


def test_the_waveform_runs_from_the_right_where_writing_does(qtbot: QtBot) -> None:
    waveform = Waveform("place")
    qtbot.addWidget(waveform)
    waveform.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    waveform.set_duration(1000)
    waveform.resize(201, 40)
    waveform.show()
    QTest.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=QPoint(200, 20))
    assert waveform.value() == 0
    waveform.grab()


# ---------------------------------------------------------------- films


def test_a_film_shows_its_first_picture_and_plays(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = media_view(resource(write_film(tmp_path / "a.mp4"), Kind.VIDEO, "video/mp4"))
    assert isinstance(player, VideoPlayer)
    show(player)
    qtbot.waitUntil(lambda: not player.screen_.image.isNull(), timeout=10_000)
    first = player.screen_.image.pixelColor(5, 5)
    wide = pytest.approx(16 / 9, abs=0.6)
    qtbot.waitUntil(lambda: player.screen_.width() / player.screen_.height() == wide, timeout=5000)
    qtbot.waitUntil(lambda: times(player) == ["0:00 / 0:03"], timeout=10_000)
    qtbot.waitUntil(lambda: player.waveform.drawn, timeout=10_000)
    QTest.mouseClick(player.screen_, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: player.playing, timeout=10_000)
    QTest.mouseClick(player.screen_, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not player.playing, timeout=10_000)
    right = QPoint(player.waveform.width() - 12, 20)
    QTest.mouseClick(player.waveform, Qt.MouseButton.LeftButton, pos=right)
    qtbot.waitUntil(
        lambda: abs(player.screen_.image.pixelColor(5, 5).red() - first.red()) > 100, timeout=10_000
    )
    player.screen_.grab()


def test_a_film_that_is_none_says_so(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    broken = tmp_path / "a.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + b"nonsense" * 50)
    player = media_view(resource(broken, Kind.VIDEO, "video/mp4"))
    show(player)
    words = "This film cannot be shown here; open it in another program."
    qtbot.waitUntil(lambda: any(one.text() == words for one in player.findChildren(QLabel)), timeout=10_000)
    assert isinstance(player, VideoPlayer)
    assert player.screen_.isHidden(), "no grey field in place of pictures"


def has_picture(player: VideoPlayer) -> bool:
    return not player.screen_.image.isNull()


def plays(player: VideoPlayer) -> bool:
    return player.playing


def test_a_film_without_sound_has_no_volume_and_misses_no_output(
    tmp_path: Path, qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMediaDevices, "defaultAudioOutput", QAudioDevice)
    silent = resource(write_film(tmp_path / "a.mp4", 1, silent=True), Kind.VIDEO, "video/mp4")
    loud = resource(write_film(tmp_path / "b.mp4", 1), Kind.VIDEO, "video/mp4")
    for file, sounds in ((silent, False), (loud, True)):
        player = media_view(file)
        assert isinstance(player, VideoPlayer)
        show(player)
        qtbot.waitUntil(partial(has_picture, player), timeout=10_000)
        assert (player.volume.isVisible(), player.mute_button.isVisible()) == (sounds, sounds)
        named(player, "Play").click()
        qtbot.waitUntil(partial(plays, player), timeout=10_000)
        said = [one.text() for one in player.findChildren(QLabel) if one.isVisible()]
        assert any(one.startswith("This machine has no sound output") for one in said) is sounds


def test_an_upright_film_is_as_high_as_a_broad_one(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = media_view(resource(write_film(tmp_path / "a.mp4", 1, (360, 640)), Kind.VIDEO, "video/mp4"))
    assert isinstance(player, VideoPlayer)
    show(player)
    qtbot.waitUntil(lambda: not player.screen_.image.isNull(), timeout=10_000)
    assert player.screen_.sizeHint().height() == 405
    assert player.screen_.sizeHint().width() == pytest.approx(228, abs=2)


def test_the_wheel_over_a_player_scrolls_the_page_and_seeks_nothing(
    tmp_path: Path, qtbot: QtBot, show: Show
) -> None:
    player = AudioPlayer(resource(write_tone(tmp_path / "a.wav", 20.0), Kind.AUDIO, "audio/wav"))
    player.column.addSpacing(2000)  # after the controls
    page = QScrollArea()
    page.setWidgetResizable(True)
    page.setWidget(player)
    show(page)
    player.waveform.setValue(7000)
    for one in (player.waveform, player.volume, player.speed_box):
        page.ensureWidgetVisible(one)
        before = page.verticalScrollBar().value()
        volume = player.volume.value()
        place = one.mapTo(page.window(), one.rect().center())
        QTest.wheelEvent(page.window().windowHandle(), QPointF(place), QPoint(0, -120))
        assert page.verticalScrollBar().value() > before, one
        assert (player.waveform.value(), player.volume.value()) == (7000, volume)


def test_one_recording_is_heard_at_a_time(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    first = player_of(write_tone(tmp_path / "a.wav", 20.0), show)
    second = player_of(write_tone(tmp_path / "b.wav", 20.0), show)
    named(first, "Play").click()
    qtbot.waitUntil(lambda: first.playing, timeout=10_000)
    named(second, "Play").click()
    qtbot.waitUntil(lambda: second.playing and not first.playing, timeout=10_000)
    named(first, "Play").click()
    qtbot.waitUntil(lambda: first.playing and not second.playing, timeout=10_000)
    assert first.player is not None
    first.player.stop()
    qtbot.waitUntil(lambda: not first.playing, timeout=10_000)
    named(second, "Play").click()
    qtbot.waitUntil(lambda: second.playing, timeout=10_000)
    assert first.player.playbackState() == QMediaPlayer.PlaybackState.StoppedState, (
        "what ended stays as it is"
    )


def test_bars_take_the_colour_of_the_theme(tmp_path: Path, qtbot: QtBot, show: Show) -> None:
    player = player_of(write_tone(tmp_path / "a.wav", 2.0, 0.0), show)
    qtbot.waitUntil(lambda: player.waveform.drawn, timeout=10_000)
    player.waveform.setValue(2000)
    picture = player.waveform.grab().toImage()
    seen = {picture.pixelColor(x, 20).name().upper() for x in range(picture.width())}
    assert theme.colours().accent in seen


_WHILE_WIDGETS_ARE_MADE = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QSize, QThreadPool
from PySide6.QtWidgets import QApplication, QComboBox
from hgpt_desktop.ui import sound

application, film, done = QApplication([]), Path(sys.argv[1]), threading.Event()
assert sound.multimedia() is not None

def read() -> None:
    for _ in range(250):
        sound.poster_of(film, QSize(40, 40))
    done.set()

QThreadPool.globalInstance().start(read)
while not done.is_set():
    for box in [QComboBox() for _ in range(30)]:
        box.ensurePolished()
    application.processEvents()
"""


def test_films_are_read_while_widgets_are_made(tmp_path: Path) -> None:
    """Each side once waited for the other's lock; in a process of its own, which can then be ended."""
    film = write_film(tmp_path / "a.mp4", 1)
    call = [sys.executable, "-c", _WHILE_WIDGETS_ARE_MADE, str(film)]
    subprocess.run(call, check=True, timeout=60, capture_output=True)
