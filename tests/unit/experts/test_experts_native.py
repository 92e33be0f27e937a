"""Native calls in a thread beside: a stop does not wait for them, the next call does."""

from __future__ import annotations

import threading

import pytest

from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.experts.native import Beside


def test_a_call_gives_what_it_gives() -> None:
    beside = Beside()
    assert beside.call(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        beside.call(lambda: 1 / 0)
    beside.close()


def test_a_stop_leaves_the_call_and_tells_the_library() -> None:
    beside, begun, given_up = Beside(), threading.Event(), threading.Event()
    order: list[str] = []

    def work() -> None:
        begun.set()
        given_up.wait(10)
        order.append("the rest")

    beside.should_stop = begun.is_set
    with pytest.raises(Cancelled):
        beside.call(work, given_up.set)
    beside.should_stop = lambda: False
    beside.call(lambda: order.append("the next"))
    assert order == ["the rest", "the next"]
    beside.close()


def test_a_stop_before_the_call_or_while_it_waits_for_an_earlier_one_does_not_begin_it() -> None:
    beside, let_go, never = Beside(), threading.Event(), threading.Event()
    beside.should_stop = lambda: True
    with pytest.raises(Cancelled):
        beside.call(never.set)
    answers = iter([False, True])
    beside.should_stop = lambda: next(answers)
    with pytest.raises(Cancelled):
        beside.call(lambda: let_go.wait(10))  # stays behind
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        beside.call(never.set)
    let_go.set()
    beside.close()
    assert not never.is_set()
