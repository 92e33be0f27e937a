"""The window, driven as a user drives it, on a scripted engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollBar,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine, Step
from stories import ANSWER, LLM_ID, PLAN, READ, Story

from hgpt_desktop.bridge.views import (
    ConversationView,
    ExchangeView,
    InstallView,
    ProblemView,
    ResidentView,
    StarterView,
    StatusView,
)
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.events import (
    ModelLoading,
    PlanReady,
    RequestFinished,
    ResponseChunk,
    TaskFailed,
    TaskProgressed,
    TaskSkipped,
    TaskStarted,
)
from hgpt_desktop.core.plan import Plan, Unavailable
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.audio_player import AudioPlayer
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.chips import AttachmentChip
from hgpt_desktop.ui.composer import Composer
from hgpt_desktop.ui.dialogs import FilesToAttach, NewTitle
from hgpt_desktop.ui.empty_state import SampleButton
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.sidebar import Sidebar
from hgpt_desktop.ui.user_message import UserMessage

BenchOf = Callable[[MainWindow], Workbench]
NOW = datetime.now(UTC).astimezone()


def write(window: MainWindow, qtbot: QtBot, text: str) -> None:
    QTest.keyClicks(window.composer.text, text)


def send(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Type it and press Enter."""
    write(window, qtbot, text)
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)


def send_and_wait(
    window: MainWindow, qtbot: QtBot, bench: Workbench, text: str = "Go on"
) -> AssistantMessage:
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        send(window, qtbot, text)
    return answer_of(window)


def answer_of(window: MainWindow) -> AssistantMessage:
    answer = window.page.messages[-1]
    assert isinstance(answer, AssistantMessage)
    return answer


def labels_in(widget: QWidget) -> list[str]:
    """What is written on the labels that can be seen."""
    QApplication.processEvents()  # layouts show their new children
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def picture(path: Path, width: int = 60, height: int = 40) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    return path


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
    """Drop files onto a widget; as in Qt, the first parent that accepts the drag gets them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    target: QWidget | None = on
    while target is not None and not target.acceptDrops():
        target = target.parentWidget()
    assert target is window
    place, buttons, keys = QPoint(10, 10), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys))


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
    assert window.findChildren(ProblemCard)[0].problem.message == "A request takes up to 20 files."


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


def test_files_are_picked(open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = picture(tmp_path / "a.png")
    monkeypatch.setattr(FilesToAttach, "ask", classmethod(lambda cls, parent, folder: [file]))
    window = open_window(ScriptedEngine())
    window.composer.attach_button.click()
    assert window.composer.paths == (file,)


def test_files_of_the_command_line_are_attached(open_window: OpenWindow, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png")
    assert open_window(ScriptedEngine(), [file]).composer.paths == (file,)


# ---------------------------------------------------------------- conversations


def kept_engine(story: Story) -> ScriptedEngine:
    engine = ScriptedEngine()
    file = story.results[0].outputs[0]
    exchanges = (
        ExchangeView("Read this", (file,), PLAN, story.results, ANSWER, 0, 6.2),
        ExchangeView("And then?", (), None, (), "", None, None),
    )
    engine.kept["a"] = (ConversationView("a", "The tax letter", NOW - timedelta(days=400)), ())
    engine.kept["b"] = (ConversationView("b", "The library notice", NOW - timedelta(days=1)), exchanges)
    return engine


def titles(window: MainWindow) -> list[str]:
    return [window.sidebar.list.item(row).text() for row in range(window.sidebar.list.count())]


def row_of(window: MainWindow, title: str) -> int:
    return titles(window).index(title)


def click_on(window: MainWindow, qtbot: QtBot, title: str) -> None:
    item = window.sidebar.list.item(row_of(window, title))
    place = window.sidebar.list.visualItemRect(item).center()
    QTest.mouseClick(window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_history_is_listed_by_date_and_reloaded(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    window = open_window(kept_engine(story))
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 4, timeout=5000)
    assert titles(window)[:2] == ["Yesterday", "The library notice"]
    assert titles(window)[3] == "The tax letter"
    click_on(window, qtbot, "The library notice")
    qtbot.waitUntil(lambda: window.page.conversation_id == "b" and not window.page.filling, timeout=5000)
    requests = [one for one in window.page.messages if isinstance(one, UserMessage)]
    answers = [one for one in window.page.messages if isinstance(one, AssistantMessage)]
    assert [one.accessibleName() for one in requests] == ["You: Read this", "You: And then?"]
    assert [chip.path for chip in requests[0].findChildren(AttachmentChip)] == [
        story.results[0].outputs[0].path
    ]
    assert [row.state for row in answers[0].panel.rows] == [RowState.DONE] * 3
    assert answers[0].answer.text == ANSWER
    assert len(answers[0].findChildren(AudioPlayer)) == 1
    (broken,) = answers[1].findChildren(ProblemCard)
    assert broken.problem.message == "This request was broken off before it was answered."


def test_a_request_continues_the_conversation_that_is_shown(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = kept_engine(story)
    engine.script = [RequestFinished("Hi", (), 0.1, 0)]
    window = open_window(engine)
    window.open_conversation("b")
    qtbot.waitUntil(lambda: window.page.conversation_id == "b", timeout=5000)
    send_and_wait(window, qtbot, bench_of(window), "More")
    assert ("run", ("More", (), "b")) in engine.calls
    window.new_conversation()
    assert window.page.is_empty
    send_and_wait(window, qtbot, bench_of(window), "Afresh")
    assert ("run", ("Afresh", (), None)) in engine.calls


def test_long_conversations_show_their_end_first(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine()
    exchanges = tuple(ExchangeView(f"Request {n}", answer=f"Answer {n}", exit_code=0) for n in range(50))
    engine.kept["long"] = (ConversationView("long", "Long", NOW), exchanges)
    window = open_window(engine)
    window.open_conversation("long")
    qtbot.waitUntil(lambda: window.page.conversation_id == "long", timeout=5000)
    qtbot.waitUntil(lambda: len(window.page.messages) == 40, timeout=5000)
    for count in (80, 100):
        window.page.more_button.click()
        qtbot.waitUntil(lambda count=count: len(window.page.messages) == count, timeout=5000)  # type: ignore[misc]
    names = [one.accessibleName() for one in window.page.messages if isinstance(one, UserMessage)]
    assert names == [f"You: Request {n}" for n in range(50)]
    qtbot.waitUntil(lambda: not window.page.filling, timeout=5000)
    assert not window.page.more_button.isVisible()


def test_search_finds_and_its_end_brings_all_back(
    open_window: OpenWindow, qtbot: QtBot, story: Story
) -> None:
    engine = kept_engine(story)
    window = open_window(engine)
    QTest.keySequence(window.composer.text, QKeySequence("Ctrl+Shift+F"))
    assert window.sidebar.search_field.hasFocus()
    QTest.keyClicks(window.sidebar.search_field, "library")
    qtbot.waitUntil(lambda: titles(window) == ["1 found", "The library notice"], timeout=5000)
    QTest.keyClicks(window.sidebar.search_field, "zzz")
    qtbot.waitUntil(lambda: titles(window) == [], timeout=5000)
    assert "Nothing found." in labels_in(window.sidebar)
    window.sidebar.search_field.clear()
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 4, timeout=5000)


def test_rename_and_delete(
    open_window: OpenWindow, qtbot: QtBot, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(kept_engine(story))
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 4, timeout=5000)
    monkeypatch.setattr(NewTitle, "ask", classmethod(lambda cls, parent, title: "Notice"))
    menu_action(window, "The library notice", "Rename…")
    qtbot.waitUntil(lambda: "Notice" in titles(window), timeout=5000)
    window.open_conversation("b")
    qtbot.waitUntil(lambda: window.page.conversation_id == "b", timeout=5000)
    menu_action(window, "Notice", "Delete")
    qtbot.waitUntil(lambda: "Notice" not in titles(window), timeout=5000)
    assert window.page.is_empty
    assert window.chat.toast.text == "“Notice” is deleted."
    window.chat.toast.action_button.click()
    qtbot.waitUntil(lambda: "Notice" in titles(window), timeout=5000)


def menu_action(window: MainWindow, title: str, name: str) -> None:
    menu = window.sidebar.menu_for(window.sidebar.list.item(row_of(window, title)))
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.deleteLater()


def test_a_conversation_with_a_running_request_is_not_deleted(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine([threading.Event()])
    window = open_window(engine)
    send(window, qtbot, "Go")
    qtbot.waitUntil(lambda: "Go" in titles(window), timeout=5000)
    menu_action(window, "Go", "Delete")
    assert list(engine.kept) == ["c1"]
    assert window.findChildren(ProblemCard)[0].problem.hint


# ---------------------------------------------------------------- first start

STARTER = StarterView(("Qwen2.5", "Whisper base"), 1_452_000_000, 12_400_000_000, "/models")


def test_first_start_fetches_the_starter_pack_and_then_offers_samples(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    hold = threading.Event()
    progress = InstallView("whisper-base", "model.bin", 726_000_000, 1_452_000_000, 5_200_000.0, 140.0)
    engine = ScriptedEngine(missing=STARTER, install_script=[progress, hold])
    window = open_window(engine)
    assert window.stack.currentWidget() is window.welcome
    said = " ".join(labels_in(window.welcome))
    assert "2 starter models, 1.45 GB" in said
    assert "12.4 GB are free" in said
    window.welcome.install_button.click()
    qtbot.waitUntil(lambda: "726 MB of 1.45 GB" in labels_in(window.welcome), timeout=5000)
    assert "5.2 MB/s · 2 min 20 s left" in labels_in(window.welcome)
    hold.set()
    qtbot.waitUntil(lambda: window.stack.currentIndex() == 0, timeout=5000)
    assert len(window.page.findChildren(SampleButton)) == 3


def test_a_download_can_be_paused_and_taken_up_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine(missing=STARTER, install_script=[threading.Event()])
    window = open_window(engine)
    window.welcome.install_button.click()
    window.welcome.cancel_button.click()
    qtbot.waitUntil(window.welcome.install_button.isVisible, timeout=5000)
    assert window.welcome.install_button.text() == "Go on"
    assert not window.welcome.findChildren(ProblemCard)
    engine.install_script.clear()
    window.welcome.install_button.click()
    qtbot.waitUntil(lambda: window.stack.currentIndex() == 0, timeout=5000)


def test_a_disk_without_room_is_said_before_the_download(open_window: OpenWindow) -> None:
    full = StarterView(("Qwen2.5",), 1_452_000_000, 800_000_000, "/models")
    window = open_window(ScriptedEngine(missing=full))
    assert not window.welcome.install_button.isEnabled()
    assert window.welcome.findChildren(ProblemCard)[0].problem.hint


def test_the_welcome_can_be_skipped(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine(missing=STARTER))
    window.welcome.skip_button.click()
    assert window.stack.currentIndex() == 0


def test_a_sample_is_sent_by_a_click(open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot) -> None:
    engine = ScriptedEngine([RequestFinished("Hi", (), 0.1, 0)])
    window = open_window(engine)
    sample = window.page.findChildren(SampleButton)[0]
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.mouseClick(sample, Qt.MouseButton.LeftButton)
    (call,) = [what for name, what in engine.calls if name == "run"]
    assert isinstance(call, tuple)
    assert [path.name for path in call[1]] == ["notice.png"]
    assert all(path.exists() for path in call[1])


# ---------------------------------------------------------------- the window itself


def test_theme_is_switched_and_kept(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    engine = ScriptedEngine(list(story.whole()))
    window = open_window(engine)
    send_and_wait(window, qtbot, bench_of(window))
    grounds = []
    for name in ("dark", "light"):
        window.set_theme(name)
        grounds.append(window.grab().toImage().pixelColor(window.width() - 40, 300).name())
        qtbot.waitUntil(lambda name=name: ("theme", name) in engine.calls, timeout=5000)  # type: ignore[misc]
    assert grounds == [theme.DARK.surface.lower(), theme.LIGHT.surface.lower()]


def test_size_and_sidebar_are_kept(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine())
    window.resize(1000, 640)
    window.toggle_side()
    window.close()
    again = open_window(ScriptedEngine())
    assert not again.sidebar.isVisible()
    again.toggle_side()
    assert again.sidebar.isVisible()


def test_a_narrow_window_gives_its_room_to_the_conversation(open_window: OpenWindow) -> None:
    window = open_window(ScriptedEngine())
    assert window.sidebar.isVisible()
    window.resize(600, 600)
    assert not window.sidebar.isVisible()
    window.resize(1000, 600)
    assert window.sidebar.isVisible()


def test_every_control_has_a_name(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine(list(story.whole()), missing=STARTER))
    window.welcome.skip_button.click()
    window.composer.attach([picture(tmp_path / "a.png")])
    send_and_wait(window, qtbot, bench_of(window))
    window.show_problem(ProblemView("Something.", "Do this."))
    controls = [
        control
        for kind in (QAbstractButton, QLineEdit, QTextEdit, QListWidget, QAbstractSlider)
        for control in window.findChildren(kind)
        if not isinstance(control, QScrollBar) and control.objectName() != "_q_qlineeditclearbutton"
    ]
    nameless = [
        control
        for control in controls
        if not control.accessibleName() and not (isinstance(control, QAbstractButton) and control.text())
    ]
    inside_line_edits = [one for one in nameless if isinstance(one.parent(), QLineEdit)]
    assert [one for one in nameless if one not in inside_line_edits] == []
    assert len(controls) > 15


@pytest.mark.parametrize(
    ("keys", "method"),
    [
        ("Ctrl+N", "new_conversation"),
        ("Ctrl+O", "choose_files"),
        ("Ctrl+Q", "close"),
        ("Ctrl+Shift+F", "focus_search"),
    ],
)
def test_shortcuts(
    keys: str, method: str, open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    owner = {"choose_files": Composer, "focus_search": Sidebar}.get(method, MainWindow)
    real = getattr(owner, method)
    if method != "close":

        def call(self: object) -> None:
            called.append(method)
            real(self)

        monkeypatch.setattr(owner, method, call)
        monkeypatch.setattr(FilesToAttach, "ask", classmethod(lambda cls, parent, folder: []))
    window = open_window(ScriptedEngine())
    called.clear()
    QTest.keySequence(window.composer.text, QKeySequence(keys))
    assert called == [method] or (method == "close" and not window.isVisible())


def test_problems_can_be_dismissed(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(ScriptedEngine())
    window.show_problem(ProblemView("One.", "Do this."))
    window.show_problem(ProblemView("Two.", "Do that."))
    QApplication.processEvents()
    visible = [card for card in window.findChildren(ProblemCard) if card.isVisible()]
    assert [card.problem.message for card in visible] == ["Two."]
    visible[0].dismissed.emit()
    assert not [card for card in window.findChildren(ProblemCard) if card.isVisible()]


def test_an_answer_of_ten_thousand_words_streams_through(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    paragraph = "word " * 50 + "\n\n"
    script: list[Step] = [ResponseChunk(paragraph) for _ in range(200)]
    script.append(RequestFinished(paragraph * 200, (), 1.0, 0))
    window = open_window(ScriptedEngine(script))
    answer = send_and_wait(window, qtbot, bench_of(window))
    assert len(answer.answer.text.split()) == 10_000
    bar = window.page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum(), timeout=5000)


def test_scrolling_up_is_not_undone_by_the_stream(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    hold = threading.Event()
    many = [ResponseChunk("word " * 60 + "\n\n") for _ in range(40)]
    window = open_window(ScriptedEngine([*many, hold, *many]))
    send(window, qtbot, "Go")
    bar = window.page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 800, timeout=5000)
    bar.setValue(100)
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        hold.set()
    QApplication.processEvents()
    assert bar.value() == 100


def test_status_line_names_llm_and_memory(open_window: OpenWindow, qtbot: QtBot) -> None:
    view = StatusView("Qwen2.5", "cpu", 16_000_000_000, (ResidentView("Qwen2.5", 1_700_000_000),))
    window = open_window(ScriptedEngine(status_view=view))
    shown = labels_in(window.status)
    assert {"Qwen2.5", "CPU", "Models in memory: 1.70 GB of 16 GB"} <= set(shown)
