"""What is put into a request: drops everywhere, screen regions, bad files in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from driving import focused, picture, problems
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPixmap,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import resource, write_film, write_pdf, write_wav

from hgpt_desktop.bridge.views import DraftView, ExchangeView, ProblemView
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.ui import screen_region
from hgpt_desktop.ui.chips import AttachmentChip
from hgpt_desktop.ui.document_viewer import DocumentViewer
from hgpt_desktop.ui.image_viewer import ImageViewer
from hgpt_desktop.ui.opening import PlayerViewer, open_viewer
from hgpt_desktop.ui.screen_region import RegionPicker, Shot, cut_out
from hgpt_desktop.ui.table_viewer import TableViewer
from hgpt_desktop.ui.text_viewer import TextViewer
from hgpt_desktop.ui.video_player import VideoPlayer

ROOT = Path(__file__).parents[2]


V = TypeVar("V", bound=QWidget)


def opened(kind: type[V], qtbot: QtBot) -> V:
    """The window of this kind, as soon as it is there."""
    found: list[V] = []

    def look() -> bool:
        found.extend(one for one in QApplication.topLevelWidgets() if isinstance(one, kind))
        return bool(found)

    qtbot.waitUntil(look, timeout=10_000)
    return found[0]


# ---------------------------------------------------------------- drops


def drop_as_the_desktop_does(window: QWidget, place: QPoint, paths: list[Path]) -> bool:
    """Files with their names as text beside them, as file managers give them; whether they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    taken = []
    for event in (
        QDragEnterEvent(place, *given), QDragMoveEvent(place, *given), QDropEvent(QPointF(place), *given)
    ):  # fmt: skip
        QApplication.sendEvent(window.windowHandle(), event)  # Qt looks for the widget below
        taken.append(event.isAccepted())
    return all(taken)


def test_files_may_be_dropped_on_every_widget_of_the_window(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    text = resource(tmp_path / "t.txt", Kind.TEXT, "text/plain", "Some text")
    engine = ScriptedEngine()
    window = open_window(engine)
    window.chat.page.show_exchanges(
        [ExchangeView("Read this", (text,), None, (), "An **answer**", 0, 1.0, "r")]
    )
    qtbot.waitUntil(lambda: len(window.page.answers) == 1 and not window.page.filling, timeout=5000)
    window.page.answers[0].foot.good_button.click()
    window.chat.open_find()
    file = picture(tmp_path / "cat.png")
    tried = 0
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window and widget.rect().isValid():
            window.composer.clear()
            place = widget.mapTo(window, widget.rect().center())
            assert drop_as_the_desktop_does(window, place, [file]), widget
            assert window.composer.paths == (file,), widget
            tried += 1
    assert tried > 60
    for field in window.findChildren(QLineEdit):
        assert "cat.png" not in field.text()
    texts = [area.toPlainText() for area in window.findChildren(QTextEdit)]
    texts += [area.toPlainText() for area in window.findChildren(QPlainTextEdit)]
    assert not any("cat.png" in text for text in texts)


def test_what_is_typed_after_a_drop_goes_into_the_request(
    open_window: OpenWindow, show: Callable[[QWidget], None], qtbot: QtBot, tmp_path: Path
) -> None:
    window, elsewhere = open_window(ScriptedEngine()), QLineEdit()
    show(elsewhere)
    elsewhere.window().activateWindow()
    elsewhere.setFocus()
    qtbot.waitUntil(elsewhere.hasFocus, timeout=5000)
    drop_as_the_desktop_does(window, QPoint(40, 300), [picture(tmp_path / "cat.png")])
    qtbot.waitUntil(window.composer.text.hasFocus, timeout=5000)
    assert window.isActiveWindow()


def test_words_and_pictures_are_dropped_where_the_request_is_written(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(ScriptedEngine())
    window.composer.text.setPlainText("Translate ")
    place = window.composer.text.mapTo(window, window.composer.text.rect().center())
    for data in (words := QMimeData(), seen := QMimeData()):
        if data is words:
            data.setText("good morning")
        else:
            image = QImage(30, 20, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.darkCyan)
            data.setImageData(image)
        given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        for event in (QDragEnterEvent(place, *given), QDropEvent(QPointF(place), *given)):
            QApplication.sendEvent(window.windowHandle(), event)
            assert event.isAccepted()
    assert window.composer.text.toPlainText() == "Translate good morning"
    qtbot.waitUntil(lambda: len(window.composer.paths) == 1, timeout=5000)
    assert seen.hasImage()


# ---------------------------------------------------------------- bad files


def test_an_unsupported_file_says_so_in_its_chip(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    strange, good = tmp_path / "strange.bin", picture(tmp_path / "good.png")
    strange.write_bytes(os.urandom(4000).replace(b"\x00", b"\x01") + b"\x00" * 50)
    window = open_window(ScriptedEngine())
    window.composer.attach([strange, good])
    chip = window.composer.strip.chips[0]
    qtbot.waitUntil(lambda: chip.problem is not None, timeout=5000)
    assert chip.toolTip().startswith("strange.bin is of a type that is not known here.")
    assert chip.accessibleDescription() == chip.toolTip()
    qtbot.waitUntil(
        lambda: problems(window) == ["strange.bin is of a type that is not known here."], timeout=5000
    )
    assert window.composer.strip.chips[1].problem is None


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nonsense"])
def test_empty_and_damaged_files_say_so_in_their_chips(
    content: bytes, open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(content)
    window = open_window(ScriptedEngine())
    window.composer.attach([broken])
    qtbot.waitUntil(lambda: window.composer.strip.chips[0].problem is not None, timeout=5000)
    assert len(problems(window)) == 1


def test_pictures_that_cannot_be_opened_say_so_in_their_chips(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    noise, cut, whole = tmp_path / "noise.png", tmp_path / "cut.jpg", tmp_path / "whole.jpg"
    noise.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(200)))
    picture(whole, 300, 200)
    cut.write_bytes(whole.read_bytes()[:-900])
    window = open_window(ScriptedEngine())
    window.composer.attach([noise, cut, whole])
    first, second, third = window.composer.strip.chips
    qtbot.waitUntil(lambda: None not in (first.problem, second.problem), timeout=5000)
    assert first.problem is not None
    assert "noise.png is a picture in a form" in first.problem.message
    assert second.problem is not None
    assert second.problem.message.startswith("The picture cut.jpg is damaged")
    qtbot.waitUntil(third._thumbnail.isVisible, timeout=5000)
    assert third.problem is None
    assert not first._thumbnail.isVisible()
    assert not second._thumbnail.isVisible()


def test_a_file_that_may_not_be_read_says_so(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("x", encoding="utf-8")
    real: Callable[..., object] = Path.open

    def refuse(self: Path, *arguments: object, **named: object) -> object:
        if self == locked:  # for root, every file is open
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    window = open_window(ScriptedEngine())
    window.composer.attach([locked])
    qtbot.waitUntil(lambda: problems(window) == ["You may not read locked.txt."], timeout=5000)


def test_a_file_in_a_locked_folder_says_so_and_keeps_the_others(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "theirs"
    real: Callable[..., os.stat_result] = os.stat

    def refuse(path: object, *arguments: object, **named: object) -> os.stat_result:
        if isinstance(path, (str, Path)) and str(path).startswith(f"{folder}{os.sep}"):
            raise PermissionError(13, "Permission denied")  # for root, every folder is open
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "stat", refuse)
    draft = DraftView("kept", (folder / "hidden.txt",))
    window = open_window(ScriptedEngine(kept_drafts={None: draft}))
    qtbot.waitUntil(lambda: window.composer.text.toPlainText() == "kept", timeout=5000)
    window.composer.attach([folder / "hidden.txt", picture(tmp_path / "good.png")])
    assert len(window.composer.paths) == 2
    message = f"You may not look into the folder of {folder / 'hidden.txt'}."
    qtbot.waitUntil(lambda: problems(window) == [message], timeout=5000)
    hidden, good = window.composer.strip.chips
    assert hidden.toolTip().startswith(message)
    assert good.isVisible()


def test_a_file_that_vanished_says_so_in_the_conversation(tmp_path: Path, qtbot: QtBot) -> None:
    chip = AttachmentChip(tmp_path / "gone.png", removable=False)
    qtbot.addWidget(chip)
    assert chip.toolTip() == "gone.png"
    assert chip._under.text() == "no longer there"


# ---------------------------------------------------------------- chips


def test_a_picture_that_only_pillow_reads_is_shown_too(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.avif"
    Image.new("RGB", (90, 60), (200, 30, 30)).save(photo)
    window = open_window(ScriptedEngine())
    window.composer.attach([photo])
    (chip,) = window.composer.strip.chips
    qtbot.waitUntil(chip._thumbnail.isVisible, timeout=5000)
    QTest.mouseDClick(chip, Qt.MouseButton.LeftButton)
    viewer = opened(ImageViewer, qtbot)
    qtbot.waitUntil(lambda: bool(viewer._result), timeout=5000)
    assert (viewer._result[0].width(), viewer._result[0].height()) == (90, 60)
    seen = viewer._result[0].pixelColor(45, 30)
    assert seen.red() > 180
    assert seen.green() < 60
    viewer.close()


def test_many_files_are_scrolled_and_leave_room_for_the_conversation(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number:02}.txt" for number in range(20)]
    for file in files:
        file.write_text("words", encoding="utf-8")
    window = open_window(ScriptedEngine())
    window.resize(700, 480)
    strip = window.composer.strip
    window.composer.attach(files[:1])
    qtbot.waitUntil(lambda: strip.height() == strip.chips[0].height(), timeout=5000)
    window.composer.attach(files[1:])
    bar = strip.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum(), timeout=5000)
    assert strip.height() <= 120
    assert window.page.height() > 100
    last = strip.chips[-1]
    assert strip.viewport().rect().contains(last.mapTo(strip.viewport(), last.rect().center()))
    strip.chips[0].setFocus(Qt.FocusReason.TabFocusReason)
    for chip in strip.chips[1:]:
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        assert focused() is chip
        assert (
            strip.viewport().rect().intersects(chip.rect().translated(chip.mapTo(strip.viewport(), QPoint())))
        )
    window.composer.clear()
    assert strip.isHidden()


@pytest.mark.qt_log_ignore("Using Qt", "PulseAudio", "pa_context", "No RHI backend", "No HW decoder")
def test_chips_show_what_is_in_the_file_and_go_with_the_delete_key(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    paper, photo = write_pdf(tmp_path / "a.pdf", 3), picture(tmp_path / "a.png")
    window = open_window(ScriptedEngine())
    window.composer.attach([paper, photo, write_film(tmp_path / "a.mp4", 1)])
    first, second, film = window.composer.strip.chips
    qtbot.waitUntil(film._thumbnail.isVisible, timeout=10_000)
    film.removed.emit()
    qtbot.waitUntil(lambda: first._thumbnail.isVisible() and second._thumbnail.isVisible(), timeout=10_000)
    assert first._under.text() == "3 pages"
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Delete)
    assert window.composer.paths == (photo,)


@pytest.mark.qt_log_ignore("propagateSizeHints", "Using Qt multimedia", "PulseAudio", "pa_context")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", ImageViewer), ("a.pdf", DocumentViewer), ("a.csv", TableViewer), ("a.txt", TextViewer),
        ("a.wav", PlayerViewer),
    ],
)  # fmt: skip
def test_enter_opens_a_file_in_the_viewer_for_its_content(
    name: str, kind: type[QWidget], qtbot: QtBot, tmp_path: Path
) -> None:
    makers: dict[str, Callable[[Path], object]] = {
        "a.png": picture,
        "a.pdf": lambda path: write_pdf(path, 1),
        "a.csv": lambda path: path.write_text("a,b\n1,2\n", encoding="utf-8"),
        "a.txt": lambda path: path.write_text("words", encoding="utf-8"),
        "a.wav": write_wav,
    }
    makers[name](tmp_path / name)
    chip = AttachmentChip(tmp_path / name, removable=False)
    qtbot.addWidget(chip)
    chip.show()
    QTest.keyClick(chip, Qt.Key.Key_Return)
    viewer = opened(kind, qtbot)
    assert viewer.windowTitle() == name
    viewer.close()


@pytest.mark.qt_log_ignore("propagateSizeHints", "PulseAudio", "pa_context", "No RHI", "No HW decoder")
def test_a_film_fills_its_viewer_and_the_screen(qtbot: QtBot, tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", 1)
    behind = QWidget()
    qtbot.addWidget(behind)
    viewer = PlayerViewer(behind, resource(film, Kind.VIDEO, "video/mp4"))
    viewer.resize(1200, 900)
    viewer.show()
    assert isinstance(viewer.player, VideoPlayer)
    screen = viewer.player.screen_
    qtbot.waitUntil(lambda: screen.height() > 600, timeout=5000)
    whole = next(one for one in viewer.findChildren(QToolButton) if one.toolTip() == "Whole screen (F11)")
    QTest.mouseClick(whole, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(viewer.isFullScreen, timeout=5000)
    QTest.mouseClick(whole, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not viewer.isFullScreen(), timeout=5000)
    viewer.close()


@pytest.mark.qt_log_ignore("Using Qt multimedia", "PulseAudio", "pa_context", "requestActivate")
def test_the_space_bar_plays_in_a_low_window_that_names_the_file_once(
    qtbot: QtBot, tmp_path: Path, show: Callable[[QWidget], None]
) -> None:
    behind = QWidget()
    show(behind)
    viewer = PlayerViewer(behind, resource(write_wav(tmp_path / "a.wav", 20.0), Kind.AUDIO, "audio/wav"))
    viewer.show()
    viewer.activateWindow()
    qtbot.waitUntil(viewer.player.waveform.hasFocus, timeout=5000)
    assert viewer.height() < 240
    opens = [one for one in viewer.findChildren(QToolButton) if one.accessibleName() == "Open: a.wav"]
    assert [one.isVisible() for one in opens].count(True) == 1
    QTest.keyClick(focused(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.player.playing, timeout=10_000)
    viewer.close()


@pytest.mark.qt_log_ignore("raise", "requestActivate")
def test_what_is_done_in_a_viewer_reaches_the_window(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = picture(tmp_path / "a.png")
    window = open_window(ScriptedEngine())
    open_viewer(window.composer, file)
    viewer = opened(ImageViewer, qtbot)
    viewer.take_files([file])
    assert window.composer.paths == (file,)
    viewer.show_problem(ProblemView("It went.", "Look elsewhere."))
    assert viewer.noted == "It went. Look elsewhere."
    viewer.close()


# ---------------------------------------------------------------- the screen


@pytest.fixture
def screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen shows one half red, one half blue, and the window leaves it at once."""

    def grab(self: object, window: int = 0) -> QPixmap:
        shown = QPixmap(QGuiApplication.primaryScreen().size())
        shown.fill(QColor("red"))
        return shown

    monkeypatch.setattr("PySide6.QtGui.QScreen.grabWindow", grab)
    monkeypatch.setattr(screen_region, "_LEAVING_MS", 0)


@pytest.mark.usefixtures("screens")
@pytest.mark.qt_log_ignore("raise", "requestActivate", "keyboard")
def test_a_part_of_the_screen_is_drawn_out_and_attached(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine())
    QTest.mouseClick(window.composer.region_button, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    picker = window.composer.picker
    assert picker is not None
    qtbot.waitUntil(lambda: bool(picker.panes), timeout=5000)
    (pane,) = picker.panes
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(pane, QPoint(120, 100))
    pane.grab()
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
    assert window.isVisible()
    qtbot.waitUntil(lambda: len(window.composer.paths) == 1, timeout=5000)
    kept = QImage(str(window.composer.paths[0]))
    assert (kept.width(), kept.height()) == (100, 100)
    assert kept.pixelColor(50, 50).name() == "#ff0000"
    assert window.composer.paths[0].parent == tmp_path / "pasted"


@pytest.mark.usefixtures("screens")
@pytest.mark.qt_log_ignore("raise", "requestActivate", "keyboard")
def test_the_keys_choose_a_part_of_the_screen_too(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    picker = RegionPicker(window)
    picker.start()
    qtbot.waitUntil(lambda: bool(picker.panes), timeout=5000)
    pane = picker.panes[0]
    pane.grab()
    QTest.keyClick(pane, Qt.Key.Key_Right)
    begun = QRect(picker.region)
    assert begun.center() == pane.geometry().center()
    QTest.keyClick(pane, Qt.Key.Key_Right)
    QTest.keyClick(
        pane, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    )
    assert picker.region.topLeft() == begun.topLeft() + QPoint(20, 0)
    assert picker.region.height() == begun.height() - 2
    with qtbot.waitSignal(picker.picked, timeout=5000) as caught:
        QTest.keyClick(pane, Qt.Key.Key_Return)
    assert caught.args is not None
    assert caught.args[0].size() == QRect(0, 0, begun.width(), begun.height() - 2).size()
    picker.start()
    qtbot.waitUntil(lambda: bool(picker.panes), timeout=5000)
    QTest.mouseClick(picker.panes[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert picker.panes, "a mere click chooses nothing"
    with qtbot.waitSignal(picker.left, timeout=5000):
        QTest.keyClick(picker.panes[0], Qt.Key.Key_Escape)
    assert window.isVisible()


def test_a_region_over_two_screens_is_put_together() -> None:
    left, right = QPixmap(100, 80), QPixmap(200, 160)
    left.fill(QColor("red"))
    right.fill(QColor("blue"))
    right.setDevicePixelRatio(2)
    shots = [Shot(QRect(0, 0, 100, 80), left), Shot(QRect(100, 0, 100, 80), right)]
    both = cut_out(shots, QRect(80, 10, 40, 20))
    assert (both.width(), both.height()) == (80, 40), "as sharp as the sharper screen"
    assert both.pixelColor(10, 10).name() == "#ff0000"
    assert both.pixelColor(70, 10).name() == "#0000ff"
    assert cut_out(shots, QRect(0, 0, 30, 30)).width() == 30
    assert cut_out(shots, QRect(500, 500, 10, 10)).isNull()


@pytest.mark.qt_log_ignore("raise", "requestActivate")
@pytest.mark.parametrize("platform", ["wayland", "empty"])
def test_a_desktop_that_refuses_is_said_kindly(
    platform: str, open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_region, "_LEAVING_MS", 0)
    if platform == "wayland":
        monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland")
    else:
        monkeypatch.setattr("PySide6.QtGui.QScreen.grabWindow", lambda self, window=0: QPixmap())
    window = open_window(ScriptedEngine())
    QTest.keyClick(
        window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    words = "This desktop does not let programs take pictures of the screen."
    qtbot.waitUntil(lambda: problems(window) == [words], timeout=5000)
    assert window.isVisible()
