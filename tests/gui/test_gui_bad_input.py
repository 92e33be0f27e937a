"""What goes wrong around the window: a sentence in place, no storm of boxes, no lost message."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine
from stories import Story

from hgpt_desktop.bridge.engine import OpenApplication
from hgpt_desktop.bridge.views import DraftView, ProblemView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import DiskFull, HgptError, HostDied, ModelMissing
from hgpt_desktop.core.events import Event, RequestFinished, ResponseChunk, TaskFinished
from hgpt_desktop.history.store import HistoryStore
from hgpt_desktop.settings import Folders, Settings
from hgpt_desktop.ui.cards import ProblemCard
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.messages import AssistantMessage
from hgpt_desktop.ui.progress import RowState
from hgpt_desktop.ui.reading import wait_for_readings

BenchOf = Callable[[MainWindow], Workbench]
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


@pytest.fixture(autouse=True)
def _no_modal_box() -> Iterator[None]:
    """Nothing that goes wrong stops everything else."""
    yield
    boxes = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
    assert boxes == []


def drop(files: Sequence[Path], window: MainWindow) -> None:
    """Drop files onto the sidebar, as the desktop does it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    handle, place = window.windowHandle(), QPoint(30, 300)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    assert handle is not None
    QApplication.sendEvent(handle, QDragEnterEvent(place, copy, data, left, none))
    QApplication.sendEvent(handle, QDropEvent(QPointF(place), copy, data, left, none))


def says_only(window: MainWindow, words: str) -> bool:
    """Whether one card can be seen, with these words in it."""
    return len(found := cards(window)) == 1 and words in found[0]


def cards(window: MainWindow) -> list[str]:
    """What the cards of problems say that can be seen."""
    QApplication.processEvents()
    return [one.problem.message for one in window.findChildren(ProblemCard) if one.isVisible()]


def last(window: MainWindow) -> AssistantMessage:
    answer = window.page.messages[-1]
    assert isinstance(answer, AssistantMessage)
    return answer


# ---------------------------------------------------------------- while a request runs


@pytest.mark.parametrize(
    "fault",
    [
        HostDied("The language model's process has ended.", "Send the request again."),
        DiskFull("The disk is full: the history cannot be written.", "Free some room."),
        ModelMissing("The files of whisper-base are not there.", "Install it again."),
    ],
    ids=["the host crashes", "the disk fills", "the model is deleted"],
)
def test_what_breaks_in_mid_answer_leaves_what_had_come(
    fault: HgptError, open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    script: list[Event | HgptError] = [
        *story.planned(),
        TaskFinished(story.results[0]),
        ResponseChunk("The library is "),
        ResponseChunk("closed"),
        fault,
    ]
    engine = ScriptedEngine(list(script))
    window = open_window(engine)
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.keyClicks(window.composer.text, "Read it")
        QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    assert last(window).answer.text == "The library is closed"
    assert last(window).panel.rows[0].result == story.results[0]
    assert cards(window) == [fault.message]
    assert window.page.requests[-1].text == "Read it"
    engine.script = [RequestFinished("Hi", (), 0.1, 0)]
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        window.chat.send("Again", [])
    assert last(window).answer.text == "Hi", "the next request works"


def test_a_request_that_could_not_begin_is_a_draft_again(
    real_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = real_window()
    archive = tmp_path / "things.zip"
    with zipfile.ZipFile(archive, "w") as one:
        one.writestr("a.txt", "words")
    window.composer.attach([archive])
    QTest.keyClicks(window.composer.text, "Look into it")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "things.zip is an archive." in cards(window), timeout=10_000)
    qtbot.waitUntil(lambda: not window.chat.is_busy, timeout=10_000)
    assert window.composer.draft == DraftView("Look into it", (archive,))
    window.close()
    store = HistoryStore(Folders.of_user().history_db)
    qtbot.waitUntil(lambda: store.drafts().get(None) is not None, timeout=10_000)
    assert store.drafts()[None].text == "Look into it"
    store.close()


def test_whatever_is_dropped_ends_in_one_sentence(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ScriptedEngine([RequestFinished("Hi", (), 0.1, 0)]))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for name, words in (
        ("folder", "folder is a folder."),
        ("pipe.csv", "is a device, not a file"),
        ("nowhere", "nowhere is not there."),
        ("round", "round is not there."),
    ):
        window.notices.dismiss()
        drop([tmp_path / name], window)
        qtbot.waitUntil(partial(says_only, window, words), timeout=5000)
    window.notices.dismiss()
    many = [tmp_path / f"{number}.txt" for number in range(500)]
    for file in many:
        file.write_text("words", encoding="utf-8")
    window.composer.clear()
    drop(many, window)
    qtbot.waitUntil(
        lambda: cards(window) == ["A request takes up to 20 files; 480 were left out."], timeout=5000
    )
    assert window.composer.paths == tuple(many[:20])
    window.composer.clear()
    window.composer.attach([tmp_path / "pipe.csv"])
    QTest.keyClicks(window.composer.text, "Read it")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.chat.is_busy and bool(window.page.answers), timeout=5000)
    assert wait_for_readings(5.0), "nobody waits at the pipe for ever"


def test_a_hundred_faults_are_one_card(open_window: OpenWindow, bench_of: BenchOf) -> None:
    window = open_window(ScriptedEngine())
    for number in range(100):
        bench_of(window).problem_arrived.emit(ProblemView(f"Fault {number}.", "Do this."))
    assert cards(window) == ["Fault 99."]


# ---------------------------------------------------------------- on the real engine, without models


def killed_program(until: str, line: str) -> None:
    """Let another program run a request on the user's history, and kill it when it prints the line."""
    folders, script = Folders.of_user(), TESTS / "unit" / "runtime" / "dying_program.py"
    folders.history_db.parent.mkdir(parents=True)
    command = [sys.executable, str(script), str(folders.history_db), str(folders.runs), until]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert any(one.strip() == line for one in iter(program.stdout.readline, ""))
        program.kill()


@pytest.fixture
def real_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    opened: list[tuple[MainWindow, Workbench]] = []

    def open_one() -> MainWindow:
        folders = Folders.of_user()
        workbench = Workbench(OpenApplication(folders, Settings()))
        window = MainWindow(workbench, "light", tmp_path / "w.ini", tmp_path / "pasted")
        opened.append((window, workbench))
        window.show()
        with qtbot.waitSignal(workbench.status_changed, timeout=20_000):
            workbench.open()
        window.welcome.skip_button.click()
        return window

    yield open_one
    for window, workbench in opened:
        window.close()
        assert workbench.close()
        window.deleteLater()
        workbench.deleteLater()


@pytest.mark.parametrize(
    ("until", "line", "text", "states"),
    [
        ("answer", "answer The library is closed", "The library is closed", [RowState.DONE] * 3),
        ("plan", "result 1", "", [RowState.DONE, RowState.DONE, RowState.STOPPED]),
    ],
    ids=["in mid-answer", "in mid-plan"],
)
def test_after_the_program_was_killed_the_next_start_shows_what_had_arrived(
    until: str,
    line: str,
    text: str,
    states: list[RowState],
    real_window: Callable[[], MainWindow],
    qtbot: QtBot,
) -> None:
    killed_program(until, line)
    window = real_window()
    qtbot.waitUntil(lambda: window.sidebar.list.count() == 2, timeout=10_000)
    place = window.sidebar.list.visualItemRect(window.sidebar.list.item(1)).center()
    QTest.mouseClick(window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bool(window.page.answers) and not window.page.filling, timeout=10_000)
    assert window.page.requests[0].text == "Read the sign"
    assert last(window).answer.text.strip() == text
    assert [row.state for row in last(window).panel.rows] == states
    (card,) = last(window).findChildren(ProblemCard)
    assert card.problem.message.startswith("Interrupted: ")
    again = next(one for one in card.findChildren(QPushButton) if one.text() == "Run again")
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert [one.text for one in window.page.requests] == ["Read the sign"], "in a branch of its own"
    qtbot.waitUntil(lambda: not window.chat.is_busy, timeout=20_000)
    assert len(window.page.requests[0].siblings) == 2, "what was interrupted is the other branch"


def test_a_history_of_a_newer_version_is_one_sentence_and_stays_as_it_is(
    real_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    place = Folders.of_user().history_db
    store = HistoryStore(place)
    store.conversations()
    store.close()
    with sqlite3.connect(place) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('history', '9999_later', '')"
        )
    db.close()
    before = place.read_bytes()
    window = real_window()
    qtbot.waitUntil(lambda: len(cards(window)) == 1, timeout=10_000)
    assert "was written by a newer version of this program" in cards(window)[0]
    QTest.keyClicks(window.composer.text, "Read it")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.chat.is_busy and bool(window.page.answers), timeout=20_000)
    assert window.page.requests[-1].text == "Read it"
    assert last(window).finished
    assert place.read_bytes() == before


def test_models_deleted_behind_the_programs_back_are_noticed(
    real_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    """The page shows them as not installed at the next look; a request names what is missing."""
    window = real_window()
    window.show_page("models")
    qtbot.waitUntil(lambda: window.models.list.count() > 50, timeout=20_000)
    folder = Folders.of_user().models
    shutil.rmtree(folder, ignore_errors=True)
    window.show_page("models")
    window.models.installed_box.click()
    assert [one.id for one in window.models.list.shown if one.removable] == []
    window.chat.send("Say hello", [])
    window._show_chat()
    qtbot.waitUntil(lambda: not window.chat.is_busy and bool(cards(window)), timeout=20_000)
    assert cards(window) == ["No language model is installed, so nothing can be planned."]


@pytest.mark.parametrize(
    ("name", "content"),
    [("what.xyz", b"\x00\x01\x02\x03"), ("empty.png", b"")],
    ids=["unsupported", "empty"],
)
def test_a_file_that_cannot_be_used_is_named_and_the_request_kept(
    name: str, content: bytes, real_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    window = real_window()
    window.composer.attach([file])
    QTest.keyClicks(window.composer.text, "Read it")
    QTest.keyClick(window.composer.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.chat.is_busy and bool(cards(window)), timeout=20_000)
    (problem,) = cards(window)
    assert name in problem
    (card,) = last(window).findChildren(ProblemCard)
    card.action_wanted.emit()
    assert window.composer.text.toPlainText() == "Read it"
    assert window.composer.paths == (file,)


def test_a_locked_file_is_named(
    real_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "locked.txt"
    file.write_text("secret", encoding="utf-8")
    real_open = Path.open

    def refuse(path: Path, *arguments: object, **named: object) -> object:
        if path == file:
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read everything
    window = real_window()
    window.chat.send("Read it", [file])
    qtbot.waitUntil(lambda: not window.chat.is_busy and bool(cards(window)), timeout=20_000)
    assert "locked.txt" in cards(window)[0]
