"""Lanes: bounded, in order, and at an end when they are closed."""

from __future__ import annotations

import logging
import threading
from functools import partial

import pytest
from runtime_fakes import PATIENCE_S

from hgpt_desktop.runtime.runners import InlineRunner, ThreadRunner


def test_inline_runs_at_once_in_this_thread() -> None:
    seen: list[threading.Thread] = []
    InlineRunner().submit("cpu", lambda: seen.append(threading.current_thread()))
    assert seen == [threading.current_thread()]


def test_a_lane_runs_as_many_as_it_may_and_not_more() -> None:
    runner = ThreadRunner({"cpu": 2})
    both, go = threading.Barrier(3), threading.Event()
    running, most, lock = 0, 0, threading.Lock()

    def work(meets: bool) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if meets:
            both.wait(PATIENCE_S)
            go.wait(PATIENCE_S)
        with lock:
            running -= 1

    for index in range(6):
        runner.submit("cpu", partial(work, index < 2))
    both.wait(PATIENCE_S)  # two run side by side
    go.set()
    assert runner.close(PATIENCE_S)
    assert (most, running) == (2, 0)


def test_lanes_do_not_wait_for_one_another() -> None:
    runner = ThreadRunner({"controller": 1, "cpu": 1})
    other = threading.Event()
    waited: list[bool] = []
    runner.submit("controller", lambda: waited.append(other.wait(PATIENCE_S)))
    runner.submit("cpu", other.set)
    assert runner.close(PATIENCE_S)
    assert waited == [True]


def test_a_lane_of_one_keeps_the_order_and_its_thread() -> None:
    runner = ThreadRunner({"controller": 1})
    seen: list[tuple[int, str]] = []

    def note(index: int) -> None:
        seen.append((index, threading.current_thread().name))

    for index in range(20):
        runner.submit("controller", partial(note, index))
    assert runner.close(PATIENCE_S)
    assert seen == [(index, "lane controller 1") for index in range(20)]


def test_close_takes_nothing_more_and_ends_the_threads() -> None:
    runner = ThreadRunner()
    done = threading.Event()
    runner.submit("accelerator", done.set)
    assert runner.close(PATIENCE_S)
    assert done.is_set()
    assert not any(thread.name.startswith("lane") for thread in threading.enumerate())
    with pytest.raises(RuntimeError, match="closed"):
        runner.submit("cpu", done.set)


def test_close_does_not_wait_for_ever() -> None:
    runner = ThreadRunner({"cpu": 1})
    release = threading.Event()

    def wait() -> None:
        release.wait(PATIENCE_S)

    runner.submit("cpu", wait)
    assert not runner.close(0.01)
    release.set()
    assert runner.close(PATIENCE_S)


def test_a_lane_outlives_what_it_runs(caplog: pytest.LogCaptureFixture) -> None:
    runner = ThreadRunner({"cpu": 1})
    done = threading.Event()

    def broken() -> None:
        raise ZeroDivisionError("by a bug")

    with caplog.at_level(logging.ERROR):
        runner.submit("cpu", broken)
        runner.submit("cpu", done.set)
        assert done.wait(PATIENCE_S)
    assert runner.close(PATIENCE_S)
    assert "by a bug" in caplog.text


def test_an_unknown_lane_is_a_bug() -> None:
    with pytest.raises(KeyError):
        ThreadRunner().submit("tpu", lambda: None)
