"""Measures how long the GUI thread is away from its events, in the heaviest cases of normal use.

    python tests/gui/smoothness.py [CASE…]        prints a table in Markdown

A heartbeat asks for its turn every 2 ms. The longest absence is the time between two turns by the clock; the
longest work is the processor time of the GUI thread between two turns, which other programs do not change.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from scripted_engine import ScriptedEngine
from shiboken6 import isValid
from stories import big_plan, resource

from hgpt_desktop.bridge.views import ConversationView, ExchangeView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.events import (
    Event,
    PlanReady,
    RequestFinished,
    ResponseChunk,
    TaskPlanned,
    TaskProgressed,
    TaskStarted,
)
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.history.store import HistoryStore
from hgpt_desktop.ui import theme
from hgpt_desktop.ui.main_window import MainWindow
from hgpt_desktop.ui.outputs import PictureView

LIMIT_MS = 50.0
_BEAT_MS = 2
NOW = datetime.now(UTC).astimezone()


@dataclass(frozen=True, slots=True)
class Figure:
    """The longest absences of one case, ms, and how long the whole case took, s."""

    case: str
    work_ms: float
    away_ms: float
    seconds: float


class Heartbeat(QObject):
    """Notes the longest gap between two turns of the GUI thread's event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.work_ms = self.away_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._clock = self._processor = 0.0

    def start(self) -> None:
        """From now on."""
        self.work_ms = self.away_ms = 0.0
        self._clock, self._processor = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Until now."""
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        clock, processor = time.perf_counter(), time.thread_time()
        self.away_ms = max(self.away_ms, 1000 * (clock - self._clock) - _BEAT_MS)
        self.work_ms = max(self.work_ms, 1000 * (processor - self._processor))
        self._clock, self._processor = clock, processor


class Track:
    """A window on an engine, and the heartbeat that is measured while something goes on."""

    def __init__(self, engine: ScriptedEngine, folder: Path) -> None:
        self.workbench = Workbench(engine.open)
        self.window = MainWindow(self.workbench, "light", folder / "w.ini", folder / "pasted")
        self.window.resize(1280, 800)
        self.window.show()
        self.workbench.open()
        self.heart = Heartbeat()
        self.until(lambda: self.workbench.is_open)
        self.rest(300)

    def rest(self, for_ms: int) -> None:
        """Let events be handled for so long."""
        loop = QEventLoop()
        QTimer.singleShot(for_ms, loop.quit)
        loop.exec()

    def until(self, reached: Callable[[], bool], limit_s: float = 60.0) -> None:
        """Handle events until it is so."""
        loop, ends = QEventLoop(), time.monotonic() + limit_s
        look = QTimer()
        look.setInterval(5)
        look.timeout.connect(lambda: loop.quit() if reached() or time.monotonic() > ends else None)
        look.start()
        loop.exec()
        assert reached(), "it did not come to that"

    @contextmanager
    def measured(self, case: str, into: list[Figure]) -> Iterator[None]:
        """Measure the block."""
        began = time.perf_counter()
        self.heart.start()
        yield
        self.heart.stop()
        took = time.perf_counter() - began
        into.append(Figure(case, round(self.heart.work_ms, 1), round(self.heart.away_ms, 1), round(took, 1)))

    def close(self) -> None:
        self.window.stop()
        self.window.close()
        assert self.workbench.close()
        self.window.deleteLater()
        self.workbench.deleteLater()
        self.heart.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@contextmanager
def track(engine: ScriptedEngine) -> Iterator[tuple[Track, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        made = Track(engine, Path(folder))
        try:
            yield made, Path(folder)
        finally:
            made.close()


class Feeder(QObject):
    """Hands events to the window at a steady pace, as the relay does."""

    def __init__(self, workbench: Workbench, events: Sequence[Event], per_second: float) -> None:
        super().__init__()
        self._workbench, self._events, self._given = workbench, events, 0
        self._per_second = per_second
        self._began = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(4)
        self._timer.timeout.connect(self._give)
        self._timer.start()

    @property
    def done(self) -> bool:
        """Whether all have been given."""
        return self._given >= len(self._events)

    def _give(self) -> None:
        due = min(int((time.perf_counter() - self._began) * self._per_second), len(self._events))
        for event in self._events[self._given : due]:
            self._workbench.event_arrived.emit(event)
        self._given = due
        if self.done:
            self._timer.stop()


def streamed_answer(figures: list[Figure]) -> None:
    """10,000 words with headings, lists and code, five times as fast as 120 tokens a second."""
    pieces = []
    for part in range(100):
        pieces += [f"## Part {part}\n\n"]
        pieces += ["word " for _ in range(60)] + ["\n\n"]
        pieces += [f"- point {n} with some words\n" for n in range(4)] + ["\n"]
        pieces += ["```python\n", "for one in many:\n", "    print(one)  # a line\n", "```\n\n"]
        pieces += ["end " for _ in range(12)] + ["\n\n"]
    engine = ScriptedEngine([])
    with track(engine) as (made, _):
        made.window.chat._live = made.window.page
        made.window.page.begin("Write a book", [])
        with made.measured("10,000 words streamed at 600 tokens a second", figures):
            feeder = Feeder(made.workbench, [ResponseChunk(piece) for piece in pieces], 600)
            made.until(lambda: feeder.done)
            made.workbench.event_arrived.emit(RequestFinished("".join(pieces), (), 1.0, 0))
            made.rest(200)
        made.window.chat._live = None


def long_conversation(figures: list[Figure]) -> None:
    """2,000 messages: opened, then scrolled up until 400 are shown, then down."""
    engine = ScriptedEngine()
    answer = "A paragraph of an answer. " * 12 + "\n\n- one\n- two\n\n```python\nprint(1)\n```\n"
    exchanges = tuple(
        ExchangeView(f"Request {n} " + "and more " * 10, (), None, (), answer, 0, 1.0, f"r{n}", (f"r{n}",))
        for n in range(1000)
    )
    engine.kept["long"] = (ConversationView("long", "Long", NOW), exchanges)
    with track(engine) as (made, _):
        with made.measured("a conversation of 2,000 messages opened", figures):
            made.window.open_conversation("long")
            made.until(lambda: made.window.page.conversation_id == "long")
            made.until(lambda: len(made.window.page.answers) == 20)
        page = made.window.page
        bar = page.verticalScrollBar()
        with made.measured("scrolled up to message 400 and down again", figures):
            while len(page.answers) < 200:
                bar.setValue(max(bar.value() - 400, 0))
                if bar.value() == 0:
                    page.show_more()
                made.rest(4)
            for place in range(0, bar.maximum(), 1200):
                bar.setValue(place)
                made.rest(4)
        with made.measured("that conversation left for a new one", figures):
            made.window.new_conversation()
            made.until(lambda: not isValid(page))


def large_library(figures: list[Figure]) -> None:
    """100,000 messages in 2,000 conversations, searched as one types."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        store = HistoryStore(path)
        store.conversations()
        store.close()
        at = "2026-01-01T00:00:00+00:00"
        with sqlite3.connect(path) as db:
            for number in range(2000):
                id_ = f"c{number:05}"
                db.execute(
                    "INSERT INTO conversations (id, title, created_at, updated_at, head) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (id_, f"Conversation {number}", at, at, f"{id_}-24"),
                )
                texts = [f"Request {number} {n} on whales and ships" for n in range(25)]
                db.executemany(
                    "INSERT INTO runs (id, conversation_id, request, answer, exit_code, started_at, "
                    "ended_at) VALUES (?, ?, ?, ?, 0, ?, ?)",
                    [(f"{id_}-{n}", id_, text, f"Answer on {text}", at, at) for n, text in enumerate(texts)],
                )
                db.executemany(
                    "INSERT INTO search_index (conversation_id, source, text) VALUES (?, ?, ?)",
                    [(id_, "request", text) for text in texts] + [(id_, "answer", text) for text in texts],
                )
        db.close()
        store = HistoryStore(path)

        class Real(ScriptedEngine):
            def conversations(self) -> tuple[ConversationView, ...]:
                return tuple(
                    ConversationView(one.id, one.title, one.updated_at) for one in store.conversations()
                )

            def search(self, text: str) -> tuple[ConversationView, ...]:
                return tuple(
                    ConversationView(one.id, one.title, one.updated_at, one.pinned, one.preview)
                    for one in store.search(text)
                )

        with track(Real()) as (made, _):
            made.until(lambda: made.window.sidebar.list.count() > 100)
            with made.measured("100,000 messages searched", figures):
                for text in ("wha", "whales", "ships 1999"):
                    made.window.sidebar.search_field.setText(text)
                    made.rest(250)
                made.until(lambda: made.window.sidebar.list.count() == 2)
        store.close()


def busy_plan(figures: list[Figure]) -> None:
    """30 tasks planned one after another, then each updated 20 times a second for five seconds."""
    plan = big_plan(30)
    events: list[Event] = [TaskPlanned(task) for task in plan.tasks]
    with track(ScriptedEngine()) as (made, _):
        made.window.chat._live = made.window.page
        made.window.page.begin("Do it all", [])
        with made.measured("a plan growing to 30 tasks, 20 a second", figures):
            feeder = Feeder(made.workbench, [*events, PlanReady(plan)], 20)
            made.until(lambda: feeder.done)
            made.rest(200)
        updates: list[Event] = [TaskStarted(task.id) for task in plan.tasks]
        updates += [
            TaskProgressed(task.id, step / 100, f"step {step}") for step in range(100) for task in plan.tasks
        ]
        with made.measured("30 tasks updated 20 times a second", figures):
            feeder = Feeder(made.workbench, updates, 600)
            made.until(lambda: feeder.done)
        made.window.chat._live = None


def large_picture(figures: list[Figure]) -> None:
    """A JPEG of 40 megapixels in the conversation, then large."""
    with track(ScriptedEngine()) as (made, folder):
        image = QImage(7744, 5184, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.darkCyan)
        path = folder / "large.jpg"
        assert image.save(str(path))
        del image
        with made.measured("a picture of 40 megapixels shown", figures):
            view = PictureView(resource(path, Kind.IMAGE, "image/jpeg"))
            view.setParent(made.window.chat)
            view.show()
            made.rest(1500)
            view.enlarge()
            made.rest(2500)
        view.deleteLater()


CASES: dict[str, Callable[[list[Figure]], None]] = {
    case.__name__: case
    for case in (streamed_answer, long_conversation, large_library, busy_plan, large_picture)
}


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 1 where the GUI thread worked longer than 50 ms at a time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    theme.apply_theme("light")
    return print_figures(CASES, arguments)


def print_figures(cases: Mapping[str, Callable[[list[Figure]], None]], wanted: Sequence[str]) -> int:
    """Measure the cases, all of them where none is named; 1 where one is above the limit."""
    figures: list[Figure] = []
    gc.freeze()  # as the program does when it is open
    for name in wanted or cases:
        cases[name](figures)
    print("| case | longest work, ms | longest absence, ms | took, s |\n|---|---|---|---|")
    for one in figures:
        print(f"| {one.case} | {one.work_ms} | {one.away_ms} | {one.seconds} |")
    return int(any(one.work_ms > LIMIT_MS for one in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
