"""Loops of a small LLM are seen, stopped and cut."""

from __future__ import annotations

import pytest
from controller_fakes import FakeLLM
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.controller.repetition import generate_without_loops, loop_start
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.core.interfaces import Message, Prompt

PROMPT = Prompt((Message("user", "x"),))


def test_a_loop_is_stopped_early_and_cut_to_one_round() -> None:
    pieces: list[str] = []
    llm = FakeLLM(writer=lambda _prompt: "I can help. " + "Ask me again, please do. " * 500)
    made = generate_without_loops(llm, PROMPT, CancelToken(), max_tokens=5000, on_text=pieces.append)
    assert made.text == "I can help. Ask me again, please do."
    assert made.finish == "length"
    assert len("".join(pieces)) < 500


def test_text_without_loops_passes() -> None:
    text = "One two three. Ha ha ha ha! " + " ".join(f"line {i}" for i in range(50))
    made = generate_without_loops(FakeLLM(writer=lambda _prompt: text), PROMPT, CancelToken(), max_tokens=500)
    assert made.text == text
    assert made.finish == "stop"


def test_cancel_by_the_user_is_not_taken_for_a_loop() -> None:
    cancel = CancelToken()
    llm = FakeLLM(writer=lambda _prompt: "a b c d e")
    with pytest.raises(Cancelled):
        generate_without_loops(llm, PROMPT, cancel, max_tokens=50, on_text=lambda _piece: cancel.cancel())


@given(
    st.text("ab 中", min_size=1, max_size=40).filter(lambda part: bool(part.strip())), st.text(max_size=30)
)
def test_every_long_loop_is_seen(part: str, before: str) -> None:
    text = before + part * (4 + 70 // len(part))
    start = loop_start(text)
    assert start is not None
    assert 0 < start < len(text)
