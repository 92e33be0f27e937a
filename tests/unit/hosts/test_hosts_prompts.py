"""Prompts in tokens, the kept context, and the states on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_llama import CONTROL, ScriptedEngine

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Message, Prompt
from hgpt_desktop.hosts.chat_prompt import head_tokens
from hgpt_desktop.hosts.engine import Stopped
from hgpt_desktop.hosts.kept_context import KeptContext
from hgpt_desktop.hosts.prompt_states import PromptStates

MESSAGES = (Message("system", "be good"), Message("user", "hi there"))
CHATML = (
    "<|im_start|>system\nbe good<|im_end|>\n<|im_start|>user\nhi there<|im_end|>\n<|im_start|>assistant\n"
)


def never() -> bool:
    return False


# ---------------------------------------------------------------- prompts


def test_chatml_where_there_is_no_template() -> None:
    engine = ScriptedEngine()
    assert engine.text(head_tokens(engine, Prompt(MESSAGES)).head) == CHATML


def test_the_models_own_template_and_first_token() -> None:
    def template(roles: Sequence[str], contents: Sequence[str]) -> str:
        return (
            "".join(f"[{role}]{content}" for role, content in zip(roles, contents, strict=True)) + "[answer]"
        )

    engine = ScriptedEngine(bos=True, template=template)
    text = engine.text(head_tokens(engine, Prompt(MESSAGES)).head)
    assert text == "<|bos|>[system]be good[user]hi there[answer]"


def test_first_token_is_not_doubled() -> None:
    engine = ScriptedEngine(bos=True, template=lambda _, contents: "<|bos|>" + contents[0])
    assert engine.text(head_tokens(engine, Prompt((Message("user", "x"),))).head) == "<|bos|>x"


@pytest.mark.parametrize(
    "template",
    [
        lambda _, contents: contents[-1],
        lambda _, contents: contents[1] + contents[0],
        lambda _, contents: contents[0] + contents[1] + contents[0],
        lambda _, contents: "You are a very helpful assistant made by someone. " + "".join(contents),
        lambda _, contents: "".join(contents).lower(),
        lambda _, __: None,
    ],
    ids=["leaves out", "changes order", "repeats", "adds its own words", "changes", "cannot"],
)
def test_template_that_is_no_good_is_not_used(template: object) -> None:
    engine = ScriptedEngine(template=template)  # type: ignore[arg-type]
    assert engine.text(head_tokens(engine, Prompt(MESSAGES)).head) == CHATML


@given(st.lists(st.sampled_from([*CONTROL, "HGPTMESSAGE0CONTENT", "a", "\n", " "]), max_size=6).map("".join))
def test_what_a_user_writes_is_never_a_control_token(text: str) -> None:
    engine = ScriptedEngine()
    control = {engine.tokenize(mark, control=True)[0] for mark in CONTROL}
    usual = [token for token in head_tokens(engine, Prompt((Message("user", "a"),))).head if token in control]
    head = head_tokens(engine, Prompt((Message("user", text),))).head
    assert [token for token in head if token in control] == usual
    assert text in engine.text(head)


def test_stable_counts_the_first_messages() -> None:
    engine = ScriptedEngine()
    tokens = head_tokens(engine, Prompt(MESSAGES, stable=1))
    assert engine.text(tokens.head[: tokens.stable]) == "<|im_start|>system\nbe good"
    other = head_tokens(engine, Prompt((MESSAGES[0], Message("assistant", "no")), stable=1))
    assert other.head[: other.stable] == tokens.head[: tokens.stable]
    assert head_tokens(engine, Prompt(MESSAGES)).stable == 0


# ---------------------------------------------------------------- the kept context


prompts = st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=12), min_size=1, max_size=8)


@settings(max_examples=40)
@given(prompts, st.booleans(), st.integers(1, 5))
def test_context_always_ends_as_asked(series: list[list[int]], partial_removal: bool, batch: int) -> None:
    engine = ScriptedEngine(partial_removal=partial_removal, batch=batch)
    context = KeptContext(engine, None)
    for tokens in series:
        before, evaluated = list(engine.tokens), len(engine.evaluated)
        context.evaluated = 0
        context.prepare(tokens, 0, never)
        assert engine.tokens == tokens
        assert context.evaluated == len(engine.evaluated) - evaluated
        shared = sum(before[: at + 1] == tokens[: at + 1] for at in range(min(len(before), len(tokens))))
        if partial_removal:
            assert context.evaluated == (len(tokens) - shared or (before != tokens))


@settings(max_examples=40)
@given(prompts, st.integers(0, 6))
def test_stop_leaves_a_context_that_can_be_used(series: list[list[int]], steps: int) -> None:
    engine = ScriptedEngine(batch=2)
    context = KeptContext(engine, None)
    for tokens in series:
        answers = iter([False] * steps)
        try:
            context.prepare(tokens, 0, lambda: next(answers, True))  # noqa: B023 - called within the loop
        except Stopped:
            assert engine.tokens == tokens[: len(engine.tokens)]
        context.prepare(tokens, 0, never)
        assert engine.tokens == tokens


def test_too_long_a_prompt_is_refused() -> None:
    engine = ScriptedEngine(context_tokens=5)
    with pytest.raises(InvalidInput, match="6 tokens, and it reads at most 5"):
        KeptContext(engine, None).prepare(range(6), 0, never)
    assert engine.evaluated == []


def test_stable_beginning_is_kept_on_disk(tmp_path: Path) -> None:
    stable, rest = list(range(200)), [900, 901]
    first = ScriptedEngine()
    evaluating = KeptContext(first, PromptStates(tmp_path / "states"))
    before_s = evaluating.prefix_s
    evaluating.prepare(stable + rest, 200, never)
    (state,) = (tmp_path / "states").iterdir()
    assert (before_s, evaluating.prefix_s) == (None, state.stat().st_size / 500e6)  # to be read from there
    assert first.tokens == first.evaluated == stable + rest
    second = ScriptedEngine()
    context = KeptContext(second, PromptStates(tmp_path / "states"))
    context.prepare([*stable, 950], 200, never)
    assert second.tokens == [*stable, 950]
    assert second.evaluated == [950]
    context.prepare(stable, 200, never)  # the state brings no logits: the last token is evaluated
    assert second.evaluated == [950, 199]


def test_state_just_restored_has_no_logits(tmp_path: Path) -> None:
    states = PromptStates(tmp_path)
    KeptContext(ScriptedEngine(), states).prepare(range(200), 200, never)
    engine = ScriptedEngine()
    KeptContext(engine, states).prepare(range(200), 200, never)
    assert engine.evaluated == [199]


def test_bad_state_is_replaced(tmp_path: Path) -> None:
    states = PromptStates(tmp_path)
    KeptContext(ScriptedEngine(), states).prepare(range(200), 200, never)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    engine = ScriptedEngine()
    KeptContext(engine, states).prepare(range(200), 200, never)
    assert engine.evaluated == list(range(200))
    (again,) = tmp_path.iterdir()
    assert again.name == path.name


def test_short_or_known_beginnings_are_not_kept(tmp_path: Path) -> None:
    context = KeptContext(ScriptedEngine(), PromptStates(tmp_path))
    context.prepare(range(100), 100, never)
    context.prepare(range(200), 200, never)  # less than worth it is missing
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- the folder


def write(states: PromptStates, key: str, content: bytes) -> bool:
    def save(path: Path) -> bool:
        path.write_bytes(content)
        return True

    return states.write(key, save)


def test_least_recently_used_states_go_first(tmp_path: Path) -> None:
    states = PromptStates(tmp_path, limit_bytes=250)
    for number, key in enumerate(("one", "two")):
        assert write(states, key, b"x" * 100)
        (path,) = tmp_path.glob(f"{key}-*")
        os.utime(path, (number, number))
    assert states.read("one", lambda _: True)  # now the most recent
    assert write(states, "three", b"x" * 100)
    assert [states.read(key, lambda _: True) for key in ("one", "two", "three")] == [True, False, True]


def test_newest_state_stays_however_large(tmp_path: Path) -> None:
    states = PromptStates(tmp_path, limit_bytes=10)
    assert write(states, "one", b"x" * 100)
    assert states.read("one", lambda path: path.read_bytes() == b"x" * 100)


def test_state_that_cannot_be_restored_is_deleted(tmp_path: Path) -> None:
    states = PromptStates(tmp_path)
    assert write(states, "one", b"x")
    assert not states.read("one", lambda _: False)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = PromptStates(tmp_path)
    assert write(states, "good", b"x")
    assert write(states, "bad", b"x")

    def deny(*args: object, **kwargs: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", deny)
    monkeypatch.setattr(Path, "unlink", deny)
    assert states.read("good", lambda path: path.read_bytes() == b"x")
    assert not states.read("bad", lambda _: False)


def test_failed_writes_leave_nothing(tmp_path: Path) -> None:
    states = PromptStates(tmp_path)

    def half(path: Path) -> bool:
        path.write_bytes(b"half")
        return False

    def full(path: Path) -> bool:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    assert not states.write("one", half)
    assert not states.write("one", full)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    assert not write(PromptStates(tmp_path / "file"), "one", b"x")


def test_abandoned_drafts_go(tmp_path: Path) -> None:
    old, fresh = tmp_path / "a.1.draft", tmp_path / "b.2.draft"
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))
    assert write(PromptStates(tmp_path), "one", b"x")
    assert not old.exists()
    assert fresh.exists()


def test_key_changes_with_model_and_tokens() -> None:
    keys = {PromptStates.key("a", [1, 2]), PromptStates.key("b", [1, 2]), PromptStates.key("a", [12])}
    assert len(keys) == 3
