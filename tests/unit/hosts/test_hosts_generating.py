"""Writing: whole characters, stop texts, the end of the context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_llama import ScriptedEngine

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Generation, Message, Prompt
from hgpt_desktop.hosts import generating
from hgpt_desktop.hosts.engine import Sampling, Stopped
from hgpt_desktop.hosts.generating import GenerateOptions, StreamedText
from hgpt_desktop.hosts.kept_context import KeptContext

PROMPT = Prompt((Message("user", "hello"),))
PROMPT_TOKENS = 12


def generate(
    engine: ScriptedEngine,
    max_tokens: int = 100,
    stop: tuple[str, ...] = (),
    grammar: str | None = None,
    seen: list[str] | None = None,
) -> Generation:
    options = GenerateOptions(Sampling(0.0, 0, grammar), max_tokens, stop)
    context = KeptContext(engine, None)
    on_text = (lambda _: None) if seen is None else seen.append
    return generating.generate(engine, context, PROMPT, options, on_text, lambda: False)


def test_ends_by_itself() -> None:
    seen: list[str] = []
    engine = ScriptedEngine([b"Hel", b"lo"])
    assert generate(engine, seen=seen) == Generation("Hello", "stop", PROMPT_TOKENS, 2)
    assert seen == ["Hel", "lo"]


def test_length() -> None:
    engine = ScriptedEngine([b"a", b"b", b"c"])
    assert generate(engine, max_tokens=2) == Generation("ab", "length", PROMPT_TOKENS, 2)
    assert engine.tokens[-1] == -1  # the last token is not evaluated: nothing follows


def test_finished_grammar_saves_an_evaluation() -> None:
    engine = ScriptedEngine([b"a", b"b"])
    assert generate(engine, grammar="root ::= x").finish == "stop"
    assert engine.tokens[-1] == -1


def test_full_context_is_length() -> None:
    engine = ScriptedEngine([b"a"] * 50, context_tokens=PROMPT_TOKENS + 3)
    assert generate(engine) == Generation("aaaa", "length", PROMPT_TOKENS, 4)


def test_prompt_without_room_for_an_answer() -> None:
    with pytest.raises(InvalidInput, match="13 tokens, and it reads at most 12"):
        generate(ScriptedEngine([b"a"], context_tokens=12))


def test_stop_between_tokens_closes_the_sampler() -> None:
    engine = ScriptedEngine([b"a"] * 50)
    context = KeptContext(engine, None)
    answers = iter([False] * 5)
    with pytest.raises(Stopped):
        generating.generate(
            engine, context, PROMPT, GenerateOptions(Sampling(0.0, 0, None), 50, ()), lambda _: None,
            lambda: next(answers, True),
        )  # fmt: skip
    assert engine.tokens[-2:] == [-1, -2]


def test_characters_come_whole() -> None:
    seen: list[str] = []
    text = "a€😀"
    pieces = [bytes([byte]) for byte in text.encode()]
    assert generate(ScriptedEngine(pieces), seen=seen).text == text
    assert seen == ["a", "€", "😀"]


def test_half_a_character_at_the_end_is_dropped() -> None:
    assert generate(ScriptedEngine([b"a", "€".encode()[:2]])).text == "a"


def test_stop_text_over_several_tokens_is_never_shown() -> None:
    seen: list[str] = []
    engine = ScriptedEngine([b"one", b"\n", b"\nEN", b"D and more"])
    assert generate(engine, stop=("\n\nEND",), seen=seen) == Generation("one", "stop", PROMPT_TOKENS, 4)
    assert seen == ["one"]


def test_what_only_looked_like_a_stop_text_is_shown() -> None:
    seen: list[str] = []
    assert generate(ScriptedEngine([b"a<", b"/", b"b"]), stop=("</end>",), seen=seen).text == "a</b"
    assert seen == ["a", "</b"]


@given(
    st.text("ab€", max_size=30), st.lists(st.text("ab€", min_size=1, max_size=4), max_size=3), st.randoms()
)
def test_streaming_gives_the_text_up_to_the_first_stop(text: str, stop: list[str], random: object) -> None:
    shown: list[str] = []
    streamed = StreamedText(stop, shown.append)
    content = text.encode()
    while content:
        size = random.randint(1, 3)  # type: ignore[attr-defined]
        if streamed.add(content[:size]):
            break
        content = content[size:]
    whole = streamed.end()
    assert "".join(shown) == whole
    assert not any(one in whole for one in stop)
    assert text.startswith(whole)
    if content:  # it stopped early: a stop text follows
        assert any(text[len(whole) :].startswith(one) for one in stop)
    else:
        assert whole == text
