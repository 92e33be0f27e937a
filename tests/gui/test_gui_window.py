"""Requests and files in the window, driven as a user drives it, on a scripted engine."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from driving import NOW, BenchOf, answer_of, labels_in, picture, send, send_and_wait, write
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine, Step
from stories import ANSWER, LLM_ID, READ, Story

from hgpt_desktop.bridge.views import (
    ConversationView,
    ExchangeView,
    ProblemView,
)
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.events import (
    ModelLoading,
    PlanReady,
    RequestFinished,
    TaskFailed,
    TaskProgressed,
    TaskSkipped,
    TaskStarted,
)
from hgpt_desktop.core.plan import Plan, Unavailable
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.chips import AttachmentChip
from hgpt_desktop.ui.dialogs import FilesToAttach
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.user_message import UserMessage


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


# ---------------------------------------------------------------- requests


def test_a_request_from_typing_to_the_answer(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = ScriptedEngine(list(story.whole()))
    window = open_window(engine)
    answer = send_and_wait(window, qtbot, bench_of(window), "Read it and say it aloud")
    assert ("run", ("Read it and say it aloud", (), None)) in engine.calls
    request = window.page.messages[0]
    assert isinstance(request, UserMessage)
    assert request.accessibleName() == "You: Read it and say it aloud"
    assert window.composer.text.toPlainText() == ""
    assert [row.state for row in answer.panel.rows] == [RowState.DONE] * 3
    assert [row.model_id for row in answer.panel.rows][1] == LLM_ID
    assert {"from 1", "from 2", "3 of 3 done", "1.5 s"} <= set(labels_in(answer.panel))
    assert answer.answer.text == ANSWER
    assert len(answer.findChildren(AudioPlayer)) == 1
    assert not answer.findChildren(ProblemCard)
    assert window.status.activity == "Done in 6.2 s"


def test_shift_enter_begins_a_line_and_empty_is_not_sent(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine()
    window = open_window(engine)
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    write(window, qtbot, "one")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    write(window, qtbot, "two")
    assert window.composer.text.toPlainText() == "one\ntwo"
    assert not [call for call in engine.calls if call[0] == "run"]


def test_the_composer_grows_to_eight_lines_and_no_further(open_window: OpenWindow) -> None:
    composer = open_window(ScriptedEngine()).composer
    heights = []
    for lines in (1, 4, 8, 9, 60):
        composer.text.setPlainText("\n".join(["line"] * lines))
        heights.append(composer.text.height())
    assert heights[0] < heights[1] < heights[2]
    assert heights[3] == heights[4]
    assert heights[3] - heights[2] < composer.text.fontMetrics().lineSpacing()


def test_the_plan_as_it_runs(open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story) -> None:
    hold = threading.Event()
    script: list[Step] = [
        *story.planned(),
        TaskStarted(1),
        TaskProgressed(1, 0.25, "3 of 12 lines"),
        TaskProgressed(1, 0.5, "6 of 12 lines"),
        ModelLoading("piper-en-us-joe-medium", 63_000_000),
        hold,
    ]
    window = open_window(ScriptedEngine(script))
    send(window, qtbot, "Read it")
    qtbot.waitUntil(lambda: window.status.activity.startswith("Loading piper"), timeout=5000)
    panel = answer_of(window).panel
    first, second, third = panel.rows
    qtbot.waitUntil(lambda: first.progress == 0.5, timeout=5000)
    assert first.state is RowState.RUNNING
    assert first.message == "6 of 12 lines"
    assert second.state is RowState.WAITING
    assert third.state is RowState.LOADING
    assert third.progress is None
    assert third.message == "Loading the model, 63 MB"
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        hold.set()
    assert [row.state for row in panel.rows] == [RowState.STOPPED] * 3, "it ended without their results"


def test_failed_and_skipped_tasks_say_why(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    script: list[Step] = [
        *story.planned(),
        TaskStarted(1),
        TaskFailed(1, "The picture has no text.", "Try a sharper picture."),
        TaskSkipped(2, "Task 1, which it needs, failed."),
        RequestFinished("Nothing could be read.", (), 2.0, 1),
    ]
    window = open_window(ScriptedEngine(script))
    answer = send_and_wait(window, qtbot, bench_of(window))
    assert [row.state for row in answer.panel.rows][:2] == [RowState.FAILED, RowState.SKIPPED]
    shown = labels_in(answer.panel)
    assert {"The picture has no text.", "Try a sharper picture.", "Task 1, which it needs, failed."} <= set(
        shown
    )
    assert answer.answer.text == "Nothing could be read."


def test_the_plan_shown_is_the_plan_that_runs(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    """A task that was planned and then dropped leaves no row; what has no model is said."""
    kept = Plan((READ,), (Unavailable("object-detection"), Unavailable("image-to-text", READ.task)))
    script: list[Step] = [*story.planned()[:5], PlanReady(kept)]
    window = open_window(ScriptedEngine(script))
    panel = send_and_wait(window, qtbot, bench_of(window)).panel
    assert [row.task for row in panel.rows] == [READ]
    said = " ".join(labels_in(panel))
    assert "No model for “Find objects in the picture” is installed, so it is left out." in said
    assert "“Read the text in the picture” does part of it." in said


def test_stop_by_escape_and_by_button(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = ScriptedEngine([*story.planned(), TaskStarted(1), threading.Event()])
    window = open_window(engine)
    bench = bench_of(window)
    for by in ("escape", "button"):
        engine.script[-1] = threading.Event()
        send(window, qtbot, "Go")
        qtbot.waitUntil(lambda: len(answer_of(window).panel.rows) == 3, timeout=5000)
        assert window.composer.send_button.accessibleName() == "Stop (Esc)"
        with qtbot.waitSignal(bench.run_ended, timeout=5000):
            if by == "escape":
                QTest.keyClick(window.composer.text, Qt.Key.Key_Escape)
            else:
                QTest.mouseClick(window.composer.send_button, Qt.MouseButton.LeftButton)
        assert [row.state for row in answer_of(window).panel.rows] == [RowState.STOPPED] * 3
        assert "Stopped" in labels_in(answer_of(window))
        assert window.status.activity == "Stopped"
        assert window.composer.send_button.accessibleName() == "Send (Enter)"


def test_requests_wait_their_turn(open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot) -> None:
    hold = threading.Event()
    engine = ScriptedEngine([hold])
    window = open_window(engine)
    send(window, qtbot, "First")
    for text in ("Second", "Third", "Fourth"):
        write(window, qtbot, text)
        assert any("as soon as the running request has ended" in one for one in labels_in(window.composer))
        QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    assert window.composer.text.toPlainText() == ""
    assert [one.text for one in window.chat.queue.waiting] == ["Second", "Third", "Fourth"]
    row = window.chat.queue.findChildren(QToolButton)
    next(one for one in row if one.accessibleName() == "Take it back into the composer").click()
    assert window.composer.text.toPlainText() == "Second"
    window.composer.clear()
    QApplication.processEvents()
    visible = [one for one in window.chat.queue.findChildren(QToolButton) if one.isVisible()]
    [one for one in visible if one.accessibleName() == "Do not send it"][-1].click()
    hold.set()
    qtbot.waitUntil(lambda: not window.chat.is_busy and len(window.page.answers) == 2, timeout=5000)
    said = [what for name, what in engine.calls if name == "run"]
    assert [one[0] for one in said if isinstance(one, tuple)] == ["First", "Third"]
    assert said[-1] == ("Third", (), "c1")


def test_an_error_stands_in_place_and_the_request_can_be_mended(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, tmp_path: Path
) -> None:
    file = picture(tmp_path / "empty.png")
    window = open_window(ScriptedEngine([InvalidInput("The file is empty.", "Attach another one.")]))
    window.composer.attach([file])
    answer = send_and_wait(window, qtbot, bench_of(window), "Read it")
    (card,) = answer.findChildren(ProblemCard)
    assert card.problem == ProblemView("The file is empty.", "Attach another one.")
    assert {"The file is empty.", "Attach another one."} <= set(labels_in(card))
    assert not answer.panel.isVisible()
    card.action_wanted.emit()
    assert window.composer.text.toPlainText() == "Read it"
    assert window.composer.paths == (file,)


def test_a_request_that_fails_as_a_whole_names_the_remedy(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    end = RequestFinished(
        "", (), 0.1, 3, "No language model is installed.", "Run `hgpt models install starter`."
    )
    window = open_window(ScriptedEngine([end]))
    (card,) = send_and_wait(window, qtbot, bench_of(window)).findChildren(ProblemCard)
    assert card.accessibleName() == "No language model is installed. Run `hgpt models install starter`."
    assert any("<code>hgpt models install starter</code>" in text for text in labels_in(card))
    next(one for one in card.findChildren(QAbstractButton) if one.text() == "Open the models").click()
    assert window.stack.currentWidget() is window.models


def test_an_answer_goes_on_in_its_own_conversation(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    """Reading another conversation meanwhile disturbs neither; coming back shows the live one."""
    hold = threading.Event()
    engine = ScriptedEngine([*story.planned(), hold, *story.whole()[-8:]])
    engine.kept["old"] = (ConversationView("old", "An old one", NOW), (ExchangeView("Hi", answer="Hello"),))
    window = open_window(engine)
    send(window, qtbot, "Read it")
    live = window.page
    qtbot.waitUntil(lambda: live.conversation_id is not None, timeout=5000)
    window.open_conversation("old")
    qtbot.waitUntil(lambda: window.page.conversation_id == "old" and not window.page.filling, timeout=5000)
    assert answer_of(window).answer.text == "Hello"
    assert live.conversation_id is not None
    window.open_conversation(live.conversation_id)
    assert window.page is live
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        hold.set()
    assert answer_of(window).answer.text.endswith("Monday.\n")


# ---------------------------------------------------------------- files


def drop(window: MainWindow, paths: list[Path], on: QWidget) -> None:
    """Drop files onto a widget, as the desktop does: it tells the window, which looks for the widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = on.mapTo(window, on.rect().center())
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys),
        QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys),
    ):
        QApplication.sendEvent(window.windowHandle(), event)
        assert event.isAccepted()


def test_files_dropped_anywhere_are_attached(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = ScriptedEngine([RequestFinished("Hi", (), 0.1, 0)])
    window = open_window(engine)
    file, other = picture(tmp_path / "cat.png"), picture(tmp_path / "dog.png")
    drop(window, [file], window.composer.text.viewport())
    drop(window, [other, file], window.sidebar.list.viewport())
    assert list(window.composer.paths) == [file, other]
    chips = window.composer.findChildren(AttachmentChip)
    assert [chip.accessibleName() for chip in chips] == ["Attached file cat.png", "Attached file dog.png"]
    chips[0].removed.emit()
    assert list(window.composer.paths) == [other]
    send_and_wait(window, qtbot, bench_of(window), "What is it?")
    assert ("run", ("What is it?", (other,), None)) in engine.calls
    assert list(window.composer.paths) == []
    drop(window, [file], answer_of(window).answer)
    assert window.composer.paths == (file,)


@pytest.mark.parametrize(
    ("name", "message"),
    [("folder", "folder is a folder."), ("gone.png", "gone.png is not there.")],
)
def test_what_cannot_be_attached_is_said(
    name: str, message: str, open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    window = open_window(ScriptedEngine())
    window.composer.attach([tmp_path / name])
    assert window.composer.paths == ()
    (card,) = window.findChildren(ProblemCard)
    assert card.problem.message == message
    assert card.problem.hint


def test_five_hundred_files_at_once_do_no_harm(open_window: OpenWindow, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(500)]
    for file in files:
        file.write_text("x", encoding="utf-8")
    window = open_window(ScriptedEngine())
    drop(window, files, window.page)
    assert window.composer.paths == tuple(files[:20])
    assert (
        window.findChildren(ProblemCard)[0].problem.message
        == "A request takes up to 20 files; 480 were left out."
    )


def test_pictures_and_files_are_pasted(open_window: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(ScriptedEngine())
    data = QMimeData()
    data.setImageData(QImage(30, 20, QImage.Format.Format_RGB32))
    window.composer.text.insertFromMimeData(data)
    window.composer.text.setPlainText("not before the picture is kept")
    allowed = [window.composer.can_send]
    qtbot.waitUntil(lambda: bool(window.composer.paths), timeout=5000)
    allowed.append(window.composer.can_send)
    assert allowed == [False, True]
    window.composer.text.clear()
    (kept,) = window.composer.paths
    assert kept.parent == tmp_path / "pasted"
    assert QImage(str(kept)).width() == 30
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(picture(tmp_path / "a.png")))])
    window.composer.text.insertFromMimeData(files)
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    window.composer.text.insertFromMimeData(rich)
    assert len(window.composer.paths) == 2
    assert window.composer.text.toPlainText() == "bold"


def test_what_is_pasted_where_somebody_reads_goes_into_the_request(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine())
    window.page.show_exchanges([ExchangeView("Read this", (), None, (), "An **answer**", 0, 1.0, "r")])
    qtbot.waitUntil(lambda: len(window.page.answers) == 1 and not window.page.filling, timeout=5000)
    QApplication.clipboard().setText("from elsewhere")
    reading = window.page.answers[0].foot.good_button
    reading.setFocus()
    QTest.keyClick(reading, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.composer.text.toPlainText() == "from elsewhere"
    assert window.composer.text.hasFocus()
    window.chat.open_find()
    QTest.keyClick(window.chat.find_bar.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.chat.find_bar.field.text() == "from elsewhere"
    assert window.composer.text.toPlainText() == "from elsewhere"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture(tmp_path / "a.png")))])
    QApplication.clipboard().setMimeData(data)
    reading.setFocus()
    QTest.keyClick(reading, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.composer.paths == (tmp_path / "a.png",)


def test_files_are_picked(open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = picture(tmp_path / "a.png")
    monkeypatch.setattr(FilesToAttach, "ask", classmethod(lambda cls, parent, folder: [file]))
    window = open_window(ScriptedEngine())
    window.composer.attach_button.click()
    assert window.composer.paths == (file,)


def test_files_of_the_command_line_are_attached(open_window: OpenWindow, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    assert open_window(ScriptedEngine(), [file]).composer.paths == (file,)
