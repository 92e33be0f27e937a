"""Recordings from the microphone: begun, metered, stopped, and what goes wrong with them."""

from __future__ import annotations

import math
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from driving import focused, problems
from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from sounds import Source

from hgpt_desktop.bridge.views import DraftView, ProblemView
from hgpt_desktop.ui import microphone, sound
from hgpt_desktop.ui.microphone import RATE_HZ, LevelMeter, RecordingStrip, Stream, open_microphone

ROOT = Path(__file__).parents[2]


@pytest.fixture
def microphones(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """In place of the machine's; those that were opened."""
    opened: list[Source] = []

    def open_one(parent: QObject) -> Stream:
        opened.append(Source(parent))
        return Stream(opened[-1], RATE_HZ, 1, opened[-1].close)

    monkeypatch.setattr(microphone, "open_microphone", open_one)
    return opened


def tone(seconds: float, loud: float = 0.5) -> list[int]:
    return [
        round(32000 * loud * math.sin(at * 440 * math.tau / RATE_HZ))
        for at in range(round(seconds * RATE_HZ))
    ]


def test_a_recording_is_metered_stopped_and_attached(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, microphones: list[Source]
) -> None:
    window = open_window(ScriptedEngine())
    window.composer.text.setPlainText("Write this down")
    QTest.mouseClick(window.composer.record_button, Qt.MouseButton.LeftButton)
    recorder = window.composer.recorder
    assert recorder.isVisible()
    assert not window.composer.attach_button.isVisible()
    allowed = [window.composer.can_send]  # not before the recording has ended
    for _ in range(12):
        microphones[0].give(tone(0.1, 0.25))
    assert recorder.meter.level == pytest.approx(0.244, abs=0.02)
    recorder.grab()
    QTest.mouseClick(recorder.stop_button, Qt.MouseButton.LeftButton)
    (kept,) = window.composer.paths
    with wave.open(str(kept), "rb") as recording:
        assert (recording.getframerate(), recording.getnchannels()) == (RATE_HZ, 1)
        assert recording.getnframes() == round(1.2 * RATE_HZ)
    assert kept.parent == tmp_path / "pasted"
    assert not recorder.isVisible()
    assert window.composer.record_button.isVisible()
    assert [*allowed, window.composer.can_send] == [False, True]
    assert {one.name for one in kept.parent.iterdir()} == {kept.name}


def test_the_keys_begin_and_end_a_recording(open_window: OpenWindow, microphones: list[Source]) -> None:
    window = open_window(ScriptedEngine())
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_R, keys)
    microphones[0].give(tone(0.2))
    QTest.keyClick(window, Qt.Key.Key_R, keys)
    assert len(window.composer.paths) == 1


def test_enter_ends_a_recording_and_what_was_said_of_the_microphone_goes(
    open_window: OpenWindow, microphones: list[Source]
) -> None:
    window = open_window(ScriptedEngine())
    window.show_problem(ProblemView("This machine has no microphone that can be used.", "Connect one."))
    QTest.mouseClick(window.composer.record_button, Qt.MouseButton.LeftButton)
    assert problems(window) == []
    microphones[0].give(tone(0.2))
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert not window.composer.recorder.recording
    assert len(window.composer.paths) == 1
    assert window.composer.text.hasFocus()


def test_a_microphone_that_is_gone_ends_the_recording_and_what_it_gave_is_attached(
    open_window: OpenWindow, qtbot: QtBot, microphones: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "_PATIENCE_MS", 300)
    window = open_window(ScriptedEngine())
    window.composer.record()
    for _ in range(5):
        microphones[0].give(tone(0.2))
        assert window.composer.recorder.recording
    qtbot.waitUntil(lambda: not window.composer.recorder.recording, timeout=5000)
    words = "Nothing comes from the microphone any more; the recording was ended."
    qtbot.waitUntil(lambda: problems(window) == [words], timeout=5000)
    (kept,) = window.composer.paths
    with wave.open(str(kept), "rb") as recording:
        assert recording.getnframes() == RATE_HZ
    assert window.composer.record_button.isVisible()


def test_a_recording_is_discarded(open_window: OpenWindow, tmp_path: Path, microphones: list[Source]) -> None:
    window = open_window(ScriptedEngine())
    window.composer.record()
    microphones[0].give(tone(0.2))
    QTest.mouseClick(window.composer.recorder.discard_button, Qt.MouseButton.LeftButton)
    assert window.composer.paths == ()
    assert list((tmp_path / "pasted").iterdir()) == []


def test_silence_from_a_muted_microphone_is_said(open_window: OpenWindow, microphones: list[Source]) -> None:
    window = open_window(ScriptedEngine())
    window.composer.record()
    window.composer.record()
    assert problems(window) == ["Nothing came from the microphone."]
    assert window.composer.paths == ()


def test_closing_the_window_keeps_what_is_being_recorded(
    open_window: OpenWindow, microphones: list[Source]
) -> None:
    engine = ScriptedEngine()
    window = open_window(engine)
    window.composer.record()
    microphones[0].give(tone(0.3))
    window.close()
    (kept,) = window.composer.paths
    assert engine.kept_drafts.get(None, DraftView()).paths in ((kept,), ())
    assert kept.exists()


def test_a_recording_outlives_the_death_of_the_program(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """A child process is killed while it records; the next window attaches what it had."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QObject\n"
        "from hgpt_desktop.ui.microphone import RATE_HZ, Recording, Stream\n"
        "application = QCoreApplication([])\n"
        "source = QBuffer()\n"
        "source.setData(QByteArray(bytes(2 * RATE_HZ)))\n"
        "source.open(QBuffer.OpenModeFlag.ReadOnly)\n"
        "keeper = QObject()\n"
        "recording = Recording(keeper, Stream(source, RATE_HZ, 1, source.close), Path(sys.argv[1]))\n"
        "source.readyRead.emit()\n"
        "assert recording.duration_ms == 1000\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path / "pasted")], cwd=ROOT, check=False)
    assert ended.returncode == -9
    (left,) = (tmp_path / "pasted").iterdir()
    engine = ScriptedEngine(kept_drafts={None: DraftView("half a sentence")})
    window = open_window(engine)
    qtbot.waitUntil(lambda: len(window.composer.paths) == 1, timeout=5000)
    assert window.composer.text.toPlainText() == "half a sentence"
    (kept,) = window.composer.paths
    assert not left.exists()
    with wave.open(str(kept), "rb") as recording:
        assert recording.getnframes() == RATE_HZ


def test_a_disk_that_fills_up_keeps_what_was_recorded(
    open_window: OpenWindow, microphones: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(ScriptedEngine())
    window.composer.record()
    microphones[0].give(tone(0.5))

    def full(self: wave.Wave_write, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wave.Wave_write, "writeframes", full)
    microphones[0].give(tone(0.5))
    assert problems(window) == ["The recording broke off because it could not be written."]
    (kept,) = window.composer.paths
    with wave.open(str(kept), "rb") as recording:
        assert recording.getnframes() == RATE_HZ // 2


@pytest.mark.qt_log_ignore("PulseAudio", "pa_context", "ALSA")
def test_a_machine_without_a_microphone_is_said_kindly(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (media := sound.multimedia()) is not None:
        none = media.QAudioDevice()
        monkeypatch.setattr(media.QMediaDevices, "defaultAudioInput", lambda: none)
    window = open_window(ScriptedEngine())
    QTest.mouseClick(window.composer.record_button, Qt.MouseButton.LeftButton)
    assert problems(window) == ["This machine has no microphone that can be used."]
    assert window.composer.attach_button.isVisible()
    monkeypatch.setattr(microphone, "multimedia", lambda: None)
    assert isinstance(open_microphone(window), ProblemView)


def test_a_system_that_asks_first_or_refuses(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, microphones: list[Source]
) -> None:
    answers = [Qt.PermissionStatus.Undetermined, Qt.PermissionStatus.Denied]
    monkeypatch.setattr(QCoreApplication, "checkPermission", lambda self, wanted: answers.pop(0))
    monkeypatch.setattr(
        QCoreApplication, "requestPermission", lambda self, wanted, context, answered: answered(wanted)
    )
    window = open_window(ScriptedEngine())
    window.composer.record()
    assert problems(window) == ["The system does not let this program use the microphone."]
    answers += [Qt.PermissionStatus.Undetermined, Qt.PermissionStatus.Granted]
    window.composer.record()
    assert window.composer.recorder.recording
    assert len(microphones) == 1
    window.composer.recorder.discard()


def test_a_folder_that_cannot_be_written_is_said(
    qtbot: QtBot, tmp_path: Path, microphones: list[Source]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    strip = RecordingStrip(tmp_path / "file" / "below")
    qtbot.addWidget(strip)
    with qtbot.waitSignal(strip.problem_arrived) as caught:
        strip.start()
    assert not strip.recording
    assert caught.args is not None
    assert caught.args[0].message == "The recording could not be begun."


def test_the_meter_shows_the_last_levels(qtbot: QtBot) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.show_level(2.0)
    assert meter.level == 1.0
    meter.grab()
