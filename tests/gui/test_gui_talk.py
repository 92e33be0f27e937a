"""What a conversation keeps and repeats while one talks: drafts, titles, notes, a text that is the answer."""

from __future__ import annotations

import threading
from pathlib import Path

from driving import NOW, BenchOf, answer_of, labels_in, send, send_and_wait
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from scripted_engine import OpenWindow, ScriptedEngine, Step
from stories import LLM_ID, SAMPLE_VOCABULARY

from hgpt_desktop.bridge.preferences import Preferences
from hgpt_desktop.bridge.views import (
    CandidateView,
    ConversationView,
    DraftView,
    ExchangeView,
    PlanKit,
    Proposal,
)
from hgpt_desktop.core.errors import DiskFull
from hgpt_desktop.core.events import (
    ModelLoading,
    PlanReady,
    RequestFinished,
    ResponseChunk,
    TaskFinished,
    TaskPlanned,
    TaskProgressed,
    TaskStarted,
)
from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.ui.empty_state import SampleButton
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.outputs import TextView
from hgpt_desktop.ui.plan_editor import PlanEditor
from hgpt_desktop.ui.user_message import UserMessage

DONE = RequestFinished("Hi", (), 0.1, 0)


def talk() -> ScriptedEngine:
    engine = ScriptedEngine([DONE])
    exchange = ExchangeView("Hello", (), None, (), "Hello, you.", 0, 1.0, "r0", ("r0",))
    engine.kept["c"] = (ConversationView("c", "Greetings", NOW), (exchange,))
    return engine


def opened(open_window: OpenWindow, qtbot: QtBot, engine: ScriptedEngine) -> MainWindow:
    window = open_window(engine)
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 1 and not window.page.filling, timeout=5000)
    return window


# ---------------------------------------------------------------- drafts


def test_answering_again_leaves_what_is_being_written(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    window = opened(open_window, qtbot, talk())
    QTest.keyClicks(window.composer.text, "half a sen")
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.mouseClick(window.page.answers[0].foot.again_button, Qt.MouseButton.LeftButton)
    assert window.composer.text.toPlainText() == "half a sen"


def test_a_sample_leaves_what_is_being_written_and_takes_it_along(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([DONE])
    window = open_window(engine)
    QTest.keyClicks(window.composer.text, "half a sen")
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView("half a sen"), timeout=5000)
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.mouseClick(window.page.findChildren(SampleButton)[0], Qt.MouseButton.LeftButton)
    assert window.composer.text.toPlainText() == "half a sen"
    qtbot.waitUntil(lambda: engine.kept_drafts.get("c1") == DraftView("half a sen"), timeout=5000)
    assert engine.kept_drafts[None] == DraftView(), "it stands in one conversation only"
    window.new_conversation()
    assert window.composer.text.toPlainText() == ""


def test_requests_that_wait_are_on_disk_as_they_come(open_window: OpenWindow, qtbot: QtBot) -> None:
    hold = threading.Event()
    engine = ScriptedEngine([hold, DONE])
    window = open_window(engine)
    send(window, qtbot, "First")
    qtbot.waitUntil(lambda: window.page.conversation_id == "c1", timeout=5000)
    send(window, qtbot, "Second")
    qtbot.waitUntil(lambda: engine.kept_drafts.get("c1") == DraftView("Second"), timeout=5000)
    QTest.keyClicks(window.composer.text, "thi")
    # Were the program killed now, both would stand in the composer at the next start.
    qtbot.waitUntil(lambda: engine.kept_drafts.get("c1") == DraftView("Second\n\nthi"), timeout=5000)
    assert window.composer.text.toPlainText() == "thi"
    hold.set()
    qtbot.waitUntil(lambda: engine.runs == 2 and not window.chat.is_busy, timeout=5000)
    qtbot.waitUntil(lambda: engine.kept_drafts["c1"] == DraftView("thi"), timeout=5000)
    assert window.composer.text.toPlainText() == "thi"


def test_what_was_kept_before_the_drafts_were_read_is_kept_on(open_window: OpenWindow, qtbot: QtBot) -> None:
    engine = ScriptedEngine()
    window = open_window(engine)
    QTest.keyClicks(window.composer.text, "half a sen")
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView("half a sen"), timeout=5000)
    window.chat.show_drafts({None: DraftView("before")})  # read before, told late
    assert window.composer.text.toPlainText() == "half a sen"
    window.composer.clear()
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView(), timeout=5000)


def test_a_request_whose_plan_waits_is_on_disk(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([DONE])
    engine.preferences_view = Preferences(approve_plans="always")
    candidates = (CandidateView(LLM_ID, "Qwen", 10**9),)
    kit = PlanKit(SAMPLE_VOCABULARY, dict.fromkeys(SAMPLE_VOCABULARY.names, candidates), 10**10)
    engine.proposal = Proposal(Plan((Task(1, "text-to-speech", {"text": ("Lima",)}),)), (), kit)
    window = open_window(engine)
    qtbot.waitUntil(lambda: window.chat._preferences.approve_plans == "always", timeout=5000)
    send(window, qtbot, "Where is Lima?")
    qtbot.waitUntil(lambda: bool(window.page.findChildren(PlanEditor)), timeout=5000)
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView("Where is Lima?"), timeout=5000)
    assert window.composer.text.toPlainText() == ""
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        QTest.mouseClick(window.page.findChildren(PlanEditor)[0].run_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.kept_drafts.get(None) == DraftView(), timeout=5000)


# ---------------------------------------------------------------- titles


def test_a_title_is_made_when_nothing_waits_any_more(open_window: OpenWindow, qtbot: QtBot) -> None:
    hold = threading.Event()
    engine = ScriptedEngine([hold, DONE])
    window = open_window(engine)
    for text in ("First", "Second", "Third"):
        send(window, qtbot, text)
    hold.set()
    qtbot.waitUntil(lambda: ("title", "c1") in engine.calls, timeout=5000)
    names = [name for name, _ in engine.calls if name in ("run", "title")]
    assert names == ["run", "run", "run", "title"]


def test_a_conversation_that_was_left_meanwhile_gets_a_title_too(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    hold = threading.Event()
    engine = ScriptedEngine([hold, DONE])
    window = open_window(engine)
    send(window, qtbot, "First")
    qtbot.waitUntil(lambda: window.page.conversation_id == "c1", timeout=5000)
    window.new_conversation()
    hold.set()
    qtbot.waitUntil(lambda: ("title", "c1") in engine.calls, timeout=5000)


def test_a_title_that_a_request_put_off_is_made_after_it(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    engine = ScriptedEngine([DONE])
    engine.title_script = [threading.Event()]  # it is being made until something stops it
    window = open_window(engine)
    send_and_wait(window, qtbot, bench_of(window), "First")
    qtbot.waitUntil(lambda: ("title", "c1") in engine.calls, timeout=5000)
    send_and_wait(window, qtbot, bench_of(window), "Second")
    qtbot.waitUntil(lambda: engine.calls.count(("title", "c1")) == 2, timeout=5000)


# ---------------------------------------------------------------- notes


def test_a_note_that_was_written_says_so_and_gives_the_keys_back(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = talk()
    window = opened(open_window, qtbot, engine)
    foot = window.page.answers[0].foot
    QTest.mouseClick(foot.bad_button, Qt.MouseButton.LeftButton)
    assert foot.why.hasFocus()
    QTest.keyClicks(foot.why, "too short")
    QTest.keyClick(foot.why, Qt.Key.Key_Return)
    assert not foot.why.hasFocus()
    qtbot.waitUntil(lambda: window.chat.toast.text == "Your note is kept on this computer.", timeout=5000)
    ratings = [what for name, what in engine.calls if name == "rate"]
    assert ratings == [("r0", -1, ""), ("r0", -1, "too short")]


# ---------------------------------------------------------------- the only task's text is the answer

TALK = Task(1, "conversational", {"text": ("Where is Lima?",)})


def told(folder: Path, text: str, answer: str, chunks: tuple[str, ...]) -> ScriptedEngine:
    path = folder / "1-conversational.txt"
    path.write_text(text, encoding="utf-8")
    made = Resource(path.name, Kind.TEXT, path, "text/plain", len(text), text=text)
    result = TaskResult(TALK, TaskStatus.DONE, LLM_ID, outputs=(made,), run_s=1.0)
    before = (TaskPlanned(TALK), PlanReady(Plan((TALK,))), TaskStarted(1))
    words = tuple(ResponseChunk(chunk) for chunk in chunks)
    end = RequestFinished(answer, (result,), 1.0, 0)
    return ScriptedEngine([*before, *words, TaskFinished(result), threading.Event(), end])


def texts_in_row(window: MainWindow) -> list[str]:
    row = answer_of(window).panel.rows[0]
    return [view.text for view in row.findChildren(TextView) if view.isVisible()]


def test_a_text_that_is_the_answer_stands_there_only_once(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = told(tmp_path, "Lima is in Peru.", "Lima is in Peru.", ("Lima is ",))
    window = open_window(engine)
    send(window, qtbot, "Where is Lima?")
    qtbot.waitUntil(lambda: any(row.result for row in answer_of(window).panel.rows), timeout=5000)
    labels_in(window.page)  # layouts show their new children
    assert texts_in_row(window) == [], "not for a moment either"
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        for step in engine.script:
            if isinstance(step, threading.Event):
                step.set()
    assert answer_of(window).answer.text == "Lima is in Peru."
    assert texts_in_row(window) == []


def test_a_text_beside_another_answer_stays_in_its_row(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = told(tmp_path, "Lima is in Peru.", "The file says that Lima is in Peru.", ())
    window = open_window(engine)
    for step in engine.script:
        if isinstance(step, threading.Event):
            step.set()
    send_and_wait(window, qtbot, bench_of(window), "Where is Lima?")
    labels_in(window.page)
    assert texts_in_row(window) == ["Lima is in Peru."]
    assert [one.text for one in window.page.findChildren(UserMessage)] == ["Where is Lima?"]


# ---------------------------------------------------------------- earlier messages


def test_what_is_read_stays_in_its_place_when_earlier_messages_come_in(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    engine = ScriptedEngine()
    paragraphs = "\n\n".join(f"Paragraph {n}." for n in range(12))
    exchanges = tuple(ExchangeView(f"Request {n}", answer=paragraphs, exit_code=0) for n in range(45))
    engine.kept["c"] = (ConversationView("c", "Long", NOW), exchanges)
    window = open_window(engine)
    window.open_conversation("c")
    qtbot.waitUntil(lambda: len(window.page.answers) == 20, timeout=5000)
    page = window.page
    with qtbot.waitSignal(page.grown, timeout=5000):
        pass
    with qtbot.waitSignal(page.grown, timeout=5000):
        page.verticalScrollBar().setValue(page.verticalScrollBar().minimum())  # brings one in
    read = page.requests[0]

    def place() -> int:
        return read.mapTo(page.viewport(), read.rect().topLeft()).y()

    page.verticalScrollBar().setValue(page.verticalScrollBar().value() + 150)
    before, count = place(), len(page.answers)
    with qtbot.waitSignal(page.grown, timeout=5000):
        QTest.mouseClick(page.more_button, Qt.MouseButton.LeftButton)
    assert len(page.answers) > count
    assert abs(place() - before) < 4


# ---------------------------------------------------------------- streaming


class _Heights(QObject):
    """Notes how high a widget is whenever it is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen: list[int] = []
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.append(self._widget.height())
        return super().eventFilter(watched, event)


def test_the_plan_keeps_its_height_while_the_answer_grows(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    """It was squeezed for a tenth of a second at each new line."""
    hold = threading.Event()
    engine = ScriptedEngine([TaskPlanned(TALK), PlanReady(Plan((TALK,))), TaskStarted(1), hold, DONE])
    window = open_window(engine)
    send(window, qtbot, "Where is Lima?")
    qtbot.waitUntil(lambda: bool(answer_of(window).panel.rows), timeout=5000)
    panel, view = answer_of(window).panel, answer_of(window).answer
    bench_of(window).event_arrived.emit(ResponseChunk("Lima "))
    qtbot.waitUntil(lambda: bool(view.blocks), timeout=5000)
    labels_in(window.page)
    heights = _Heights(panel)
    before = panel.height()
    for number in range(40):
        grown = view.height()
        bench_of(window).event_arrived.emit(ResponseChunk(f"is the capital of Peru, number {number}. " * 2))
        panel.update()
        with qtbot.waitSignal(view._dirty.timeout, timeout=5000):
            pass
        panel.update()
        assert view.height() >= grown
    assert view.height() > 200
    assert set(heights.seen) == {before}
    with qtbot.waitSignal(bench_of(window).run_ended, timeout=5000):
        hold.set()


def test_the_page_ends_where_its_last_message_ends(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    """A problem with a long path left half a window of nothing below it."""
    place = "/data/of/somebody/.local/share/hgpt-desktop/runs/20261126-182502-7e0d1f"
    problem = DiskFull(f"Only 0 MB are free on the disk of {place}.", f"Free some room in {place}.")
    engine = ScriptedEngine([problem])
    window = open_window(engine)
    for text in ("First", "Second", "Third", "Fourth"):
        send_and_wait(window, qtbot, bench_of(window), text)
    labels_in(window.page)
    content = window.page.widget()
    assert content is not None
    assert content.height() > window.page.viewport().height()
    last = window.page.messages[-1]
    end = last.mapTo(content, last.rect().bottomLeft()).y()
    assert content.height() - end < 40


def test_a_task_that_goes_on_after_its_host_died_no_longer_loads(
    open_window: OpenWindow, bench_of: BenchOf, qtbot: QtBot
) -> None:
    hold = threading.Event()
    script: list[Step] = [TaskPlanned(TALK), PlanReady(Plan((TALK,))), TaskStarted(1), hold, DONE]
    window = open_window(ScriptedEngine(script))
    send(window, qtbot, "Where is Lima?")
    qtbot.waitUntil(lambda: bool(answer_of(window).panel.rows), timeout=5000)
    bench, row = bench_of(window), answer_of(window).panel.rows[0]
    bench.event_arrived.emit(ModelLoading(LLM_ID, 1_480_000_000))
    bench.event_arrived.emit(TaskProgressed(1, 0.4, "Loading Qwen2.5"))
    qtbot.waitUntil(lambda: row.message == "Loading Qwen2.5", timeout=5000)
    assert window.status.activity.startswith("Loading")
    bench.event_arrived.emit(TaskProgressed(1, 0.1, ""))
    qtbot.waitUntil(lambda: row.message == "", timeout=5000)
    assert window.status.activity == "Talk it over"
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        hold.set()
