"""Lanes, the relay and the workbench."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot
from scripted_engine import ScriptedEngine

from hgpt_desktop.bridge.pool_runner import PoolRunner
from hgpt_desktop.bridge.relay import EventRelay
from hgpt_desktop.bridge.views import InstallView, ProblemView, StarterView
from hgpt_desktop.bridge.workbench import Workbench
from hgpt_desktop.core.errors import DownloadFailed, InvalidInput
from hgpt_desktop.core.events import Event, RequestFinished, ResponseChunk

WAIT_S = 5.0
STARTER = StarterView(("A model",), 1000, 10**12, "/models")


@pytest.fixture
def runner() -> Iterator[PoolRunner]:
    made = PoolRunner({"controller": 1, "cpu": 2})
    yield made
    assert made.close(WAIT_S)


def test_a_lane_of_one_runs_one_after_another(runner: PoolRunner) -> None:
    seen: list[int] = []
    for number in range(200):
        runner.submit("controller", lambda number=number: seen.append(number))  # type: ignore[misc]
    assert runner.wait(WAIT_S)
    assert seen == list(range(200))
    assert runner.under_way == 0


def test_a_lane_of_two_runs_two_at_once(runner: PoolRunner) -> None:
    both = threading.Barrier(2, timeout=WAIT_S)
    passed: list[int] = []
    for _ in range(2):
        runner.submit("cpu", lambda: passed.append(both.wait()))
    assert runner.wait(WAIT_S)
    assert sorted(passed) == [0, 1]


def test_what_a_function_raises_stays_in_its_lane(
    runner: PoolRunner, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def breaks() -> None:
        raise ValueError("a bug")

    runner.submit("controller", breaks)
    runner.submit("controller", lambda: seen.append("next"))
    assert runner.wait(WAIT_S)
    assert seen == ["next"]
    assert "a bug" in caplog.text


def test_a_closed_runner_takes_nothing_more() -> None:
    runner = PoolRunner()
    assert runner.close(WAIT_S)
    seen: list[int] = []
    runner.submit("cpu", lambda: seen.append(1))
    assert runner.wait(WAIT_S)
    assert seen == []


def test_unknown_lane_is_a_bug(runner: PoolRunner) -> None:
    with pytest.raises(KeyError):
        runner.submit("gpu", lambda: None)


def test_two_thousand_events_arrive_in_order_in_the_gui_thread(qtbot: QtBot, runner: PoolRunner) -> None:
    relay = EventRelay()
    here = QThread.currentThread()
    seen: list[str] = []
    threads: set[bool] = set()

    def receive(event: Event) -> None:
        assert isinstance(event, ResponseChunk)
        seen.append(event.text)
        threads.add(QThread.currentThread() is here)

    receiver = _Receiver(receive)
    relay.event_arrived.connect(receiver.take)

    def emit_all() -> None:
        for number in range(2000):
            relay.emit_event(ResponseChunk(str(number)))

    runner.submit("controller", emit_all)
    qtbot.waitUntil(lambda: len(seen) == 2000, timeout=5000)
    assert seen == [str(n) for n in range(2000)]
    assert threads == {True}


class _Receiver(EventRelay):
    def __init__(self, function: object) -> None:
        super().__init__()
        self._function = function

    def take(self, event: Event) -> None:
        assert callable(self._function)
        self._function(event)


# ---------------------------------------------------------------- the workbench


@pytest.fixture
def benches() -> Iterator[list[Workbench]]:
    made: list[Workbench] = []
    yield made
    for bench in made:
        assert bench.close(WAIT_S)
        bench.deleteLater()


def opened(engine: ScriptedEngine, qtbot: QtBot, benches: list[Workbench]) -> Workbench:
    bench = Workbench(engine.open)
    benches.append(bench)
    with qtbot.waitSignal(bench.opened, timeout=5000):
        bench.open()
    return bench


def test_events_come_before_the_end_of_the_run(qtbot: QtBot, benches: list[Workbench]) -> None:
    finished = RequestFinished("Hello", (), 0.1, 0)
    bench = opened(ScriptedEngine([ResponseChunk("Hello"), finished]), qtbot, benches)
    seen: list[object] = []
    bench.event_arrived.connect(seen.append)
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        assert bench.submit("Say hello", [], None)
    assert [type(event).__name__ for event in seen] == ["RequestStarted", "ResponseChunk", "RequestFinished"]
    assert not bench.running


def test_one_request_at_a_time(qtbot: QtBot, benches: list[Workbench]) -> None:
    engine = ScriptedEngine([threading.Event()])
    bench = opened(engine, qtbot, benches)
    assert bench.submit("One", [], None)
    assert not bench.submit("Two", [], None)
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        bench.stop()
    assert [what for name, what in engine.calls if name == "run"] == [("One", (), None)]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (InvalidInput("The file is empty.", "Attach another one."), "The file is empty."),
        (ValueError("a bug"), "Something went wrong inside the program."),
    ],
)
def test_what_a_run_raises_arrives_as_a_problem(
    step: Exception,
    message: str,
    qtbot: QtBot,
    benches: list[Workbench],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = opened(ScriptedEngine([step]), qtbot, benches)
    problems: list[ProblemView] = []
    bench.request_failed.connect(problems.append)
    with qtbot.waitSignal(bench.run_ended, timeout=5000):
        bench.submit("Go", [Path("a.png")], None)
    assert [problem.message for problem in problems] == [message]
    assert problems[0].hint
    assert bench.submit("Next", [], None), "the next request works"


def test_closing_stops_a_run_and_ends_the_engine(qtbot: QtBot) -> None:
    engine = ScriptedEngine([threading.Event()])
    bench = Workbench(engine.open)
    with qtbot.waitSignal(bench.opened, timeout=5000):
        bench.open()
    bench.submit("Wait", [], None)
    assert bench.close(WAIT_S)
    assert engine.closed
    assert not bench.submit("Late", [], None)
    bench.deleteLater()


def test_an_engine_that_cannot_open_is_a_problem(qtbot: QtBot, benches: list[Workbench]) -> None:
    def broken(runner: object) -> ScriptedEngine:
        raise InvalidInput("The database is newer than the program.", "Update the program.")

    bench = Workbench(broken)
    benches.append(bench)
    with qtbot.waitSignal(bench.open_failed, timeout=5000) as caught:
        bench.open()
    assert caught.args is not None
    assert caught.args[0] == ProblemView("The database is newer than the program.", "Update the program.")
    assert not bench.submit("Go", [], None)


def test_the_model_is_warmed_up_once_all_models_are_there(qtbot: QtBot, benches: list[Workbench]) -> None:
    engine = ScriptedEngine(missing=STARTER, install_script=[InstallView("m", "f", 500, 1000, 10.0, 50.0)])
    bench = opened(engine, qtbot, benches)
    assert ("warm_up", None) not in engine.calls
    seen: list[InstallView] = []
    bench.install_progressed.connect(seen.append)
    with qtbot.waitSignal(bench.install_finished, timeout=5000) as caught:
        bench.install_set("starter")
    assert caught.args == [None]
    assert [view.done_bytes for view in seen] == [500]
    qtbot.waitUntil(lambda: ("warm_up", None) in engine.calls, timeout=5000)


def test_a_paused_install_is_no_problem_and_can_go_on(qtbot: QtBot, benches: list[Workbench]) -> None:
    engine = ScriptedEngine(missing=STARTER, install_script=[threading.Event()], after_install=None)
    bench = opened(engine, qtbot, benches)
    problems: list[ProblemView] = []
    bench.install_failed.connect(problems.append)
    bench.install_set("starter")
    assert bench.installing
    with qtbot.waitSignal(bench.install_finished, timeout=5000) as caught:
        bench.cancel_install()
    assert caught.args == [STARTER]
    assert problems == []
    assert not bench.installing


def test_a_failed_install_says_why(qtbot: QtBot, benches: list[Workbench]) -> None:
    fault = DownloadFailed("The file could not be fetched.", "Is there a network? Try again.")
    bench = opened(ScriptedEngine(missing=STARTER, install_script=[fault]), qtbot, benches)
    with qtbot.waitSignals([bench.install_failed, bench.install_finished], timeout=5000, order="strict"):
        bench.install_set("starter")
