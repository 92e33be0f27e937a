"""Conversations, the first start and the window itself, on a scripted engine."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from driving import NOW, BenchOf, answer_of, labels_in, send, send_and_wait
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine, Step
from stories import ANSWER, PLAN, Story

from hgpt_desktop.bridge.views import (
    ConversationView,
    ExchangeView,
    InstallView,
    ProblemView,
    ResidentView,
    StarterView,
    StatusView,
)
from hgpt_desktop.core.errors import DownloadFailed
from hgpt_desktop.core.events import (
    RequestFinished,
    ResponseChunk,
    ResponseWithdrawn,
    TaskFinished,
)
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


@pytest.fixture
def story(tmp_path: Path) -> Story:
    folder = tmp_path / "run"
    folder.mkdir()
    return Story.told_in(folder)


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
    assert broken.problem.message == "Interrupted: the program ended while this request was under way."


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


def test_the_largest_set_that_suits_the_machine_can_be_had_at_once(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    names = tuple(f"Model {number}" for number in range(1, 13))
    larger = replace(STARTER, models=names, total_bytes=3_030_000_000, set_name="speech")
    fault = DownloadFailed("Model 9 could not be fetched.", "Is there a network? Try again.")
    engine = ScriptedEngine(missing=replace(STARTER, larger=larger), install_script=[fault])
    window = open_window(engine)
    page = window.welcome
    assert page.set_box.currentText() == "Starter: 2 models, 1.45 GB, about 4 min"
    assert "2 starter models, 1.45 GB" in page.facts
    page.set_box.setFocus()
    QTest.keyClick(page.set_box, Qt.Key.Key_Down)
    assert page.set_box.currentText() == "Starter and speech: 12 models, 3.03 GB, about 8 min"
    assert page.facts[0] == "12 models, the starter models first, 3.03 GB"
    assert page.facts[1].endswith("Model 8 and 4 more")
    assert page.install_button.text() == "Fetch these models"
    page.install_button.click()
    qtbot.waitUntil(lambda: page.install_button.isVisible(), timeout=5000)
    assert page.set_box.currentData() == "speech"
    assert page.findChildren(ProblemCard)[0].problem.message == fault.message
    engine.install_script[:] = [threading.Event(), fault]
    page.install_button.click()
    assert not page.set_box.isEnabled()
    engine.missing = None  # the starter models are here, what comes after them fails
    event = engine.install_script[0]
    assert isinstance(event, threading.Event)
    event.set()
    qtbot.waitUntil(lambda: window.stack.currentIndex() == 0, timeout=5000)
    assert [what for name, what in engine.calls if name == "install"] == ["speech", "speech"]
    assert fault.message in " ".join(labels_in(window.chat))


def test_a_download_can_be_paused_and_taken_up_again(open_window: OpenWindow, qtbot: QtBot) -> None:
    half = InstallView("Whisper base", "model.bin", 726_000_000, 1_452_000_000, 5_200_000.0, 140.0)
    engine = ScriptedEngine(missing=STARTER, install_script=[half, threading.Event()])
    window = open_window(engine)
    window.welcome.install_button.click()
    qtbot.waitUntil(lambda: "726 MB of 1.45 GB" in labels_in(window.welcome), timeout=5000)
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


def test_large_letters_make_a_window_narrow_sooner(open_window: OpenWindow) -> None:
    try:
        theme.set_font_scale(1.6)
        window = open_window(ScriptedEngine())
        window.resize(1000, 600)
        assert not window.sidebar.isVisible()
        window.resize(1200, 600)
        assert window.sidebar.isVisible()
    finally:
        theme.set_font_scale(1.0)


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


def test_the_words_of_a_task_are_seen_before_it_is_over(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, story: Story
) -> None:
    first, second, third = threading.Event(), threading.Event(), threading.Event()
    said = "The sea is wide.\n\nIt is deep."
    script: list[Step] = [
        *story.planned(), ResponseChunk("The sea is wide.\n\n"), first, ResponseChunk("It is "), second,
        ResponseWithdrawn(), ResponseChunk("The sea is wide.\n\n"), third, ResponseChunk("It is deep."),
        TaskFinished(story.results[0]), RequestFinished(said, (), 1.0, 0),
    ]  # fmt: skip
    window = open_window(ScriptedEngine(script))
    send(window, qtbot, "Tell me")
    qtbot.waitUntil(lambda: len(answer_of(window).answer.blocks) == 1, timeout=5000)
    answer = answer_of(window)
    (block,) = answer.answer.blocks
    assert answer.answer.isVisible()
    assert not answer.finished
    first.set()
    qtbot.waitUntil(lambda: len(answer.answer.blocks) == 2, timeout=5000)
    assert answer.answer.blocks[0] is block, "what is complete is rendered once"
    assert not answer.finished
    second.set()
    qtbot.waitUntil(lambda: len(answer.answer.blocks) == 1, timeout=5000)
    assert answer.answer.text == "The sea is wide.\n\n", "nothing of the text that broke off is left"
    (block,) = answer.answer.blocks
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        third.set()
    assert answer.answer.text == said
    assert answer.answer.blocks[0] is block
    assert len(answer.answer.blocks) == 2


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
