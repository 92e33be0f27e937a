"""What a task is told besides its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.experts.options import choice, number, seconds


def told(**options: str) -> ExpertCall:
    return ExpertCall("t", {name: (value,) for name, value in options.items()}, Path(), "1-t")


@pytest.mark.parametrize(
    ("given", "meant"), [("3", 3), ("2.5", 2.5), ("2,5", 2.5), ("40 %", 40), ("-7", -7), (" 12px ", 12)]
)
def test_numbers(given: str, meant: float) -> None:
    assert number(told(width=given), "width", -100, 100) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("90", 90), ("1:30", 90), ("0:01:30", 90), ("1:02:03.5", 3723.5), ("2 min", 120), ("1 h", 3600),
        ("3 分鐘", 180), ("15 秒", 15), ("500 ms", 0.5),
    ],
)  # fmt: skip
def test_moments(given: str, meant: float) -> None:
    assert seconds(told(at=given), "at", 10_000) == meant


def test_what_is_left_out_has_a_default_or_is_missed() -> None:
    assert number(told(), "width", 0, 9, 4) == 4
    assert seconds(told(), "at", 9, 4) == 4
    assert choice(told(), "form", ("a", "b"), "b") == "b"
    for missed in (lambda: number(told(), "width", 0, 9), lambda: choice(told(), "form", ("a", "b"))):
        with pytest.raises(InvalidInput) as caught:
            missed()
        assert caught.value.hint


@pytest.mark.parametrize("given", ["x", "11", "-1", "nan", "1e999"])
def test_numbers_out_of_their_range_are_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="width"):
        number(told(width=given), "width", 0, 9)


def test_choices_do_not_mind_capitals() -> None:
    assert choice(told(form="SRT"), "form", ("text", "srt")) == "srt"
    with pytest.raises(InvalidInput, match="does not take 'pdf'"):
        choice(told(form="pdf"), "form", ("text", "srt"))
