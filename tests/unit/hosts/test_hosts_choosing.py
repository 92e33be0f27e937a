"""Choosing by probabilities, compared with scoring every option in full."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_llama import ScriptedEngine

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Choice, Message, Prompt
from hgpt_desktop.hosts import choosing
from hgpt_desktop.hosts.chat_prompt import head_tokens
from hgpt_desktop.hosts.engine import Stopped
from hgpt_desktop.hosts.kept_context import KeptContext

PROMPT = Prompt((Message("system", "be good"), Message("user", "what now")), "task: ")
words = st.text("abcde -", min_size=1, max_size=14)


def choose(engine: ScriptedEngine, options: Sequence[str], prompt: Prompt = PROMPT) -> Choice:
    return choosing.choose(engine, KeptContext(engine, None), prompt, options, lambda: False)


def brute_force(options: Sequence[str], prompt: Prompt = PROMPT) -> list[float]:
    """Each option's probability, place by place, with everything evaluated."""
    engine = ScriptedEngine()
    head = list(head_tokens(engine, prompt).head)
    ways = [head + engine.tokenize(prompt.continuation + option, control=False) for option in options]
    probabilities = []
    for way in ways:
        log_probability = 0.0
        for at in range(len(way)):
            rivals = {other[at] for other in ways if other[:at] == way[:at]}
            if len(rivals) > 1:
                scores = {rival: math.exp(engine.score(way[:at], rival)) for rival in rivals}
                log_probability += math.log(scores[way[at]] / sum(scores.values()))
        probabilities.append(math.exp(log_probability))
    return probabilities


def none_begins_another(options: list[str]) -> bool:
    ordered = sorted(options)
    return not any(after.startswith(before) for before, after in itertools.pairwise(ordered))


@settings(max_examples=40)
@given(st.lists(words, min_size=2, max_size=8, unique=True).filter(none_begins_another), words)
def test_agrees_with_brute_force(options: list[str], continuation: str) -> None:
    prompt = Prompt(PROMPT.messages, continuation)
    choice = choose(ScriptedEngine(), options, prompt)
    exact = brute_force(options, prompt)
    assert math.isclose(sum(choice.probabilities), 1.0)
    assert choice.index == max(range(len(options)), key=choice.probabilities.__getitem__)
    assert math.isclose(exact[choice.index], max(exact))
    # what is not explored is behind, and only its distribution within a branch is a guess
    for mine, right in zip(choice.probabilities, exact, strict=True):
        assert abs(mine - right) < 0.02 * max(exact) + 1e-9
    assert all(
        math.isclose(mine, right)
        for mine, right in zip(choice.probabilities, exact, strict=True)
        if right > 0.02 * max(exact)
    )


def test_options_are_tokenised_with_what_stands_before() -> None:
    """` red` is one token: what follows `: ` must not begin in the middle of it."""
    engine = ScriptedEngine()
    choose(engine, ["red", "blue"], Prompt(PROMPT.messages, "colour: "))
    assert engine.text(engine.tokens).endswith("colour:")


def test_first_token_decides_without_more_evaluations() -> None:
    engine = ScriptedEngine()
    options = ["red-one", "blue-two", "cyan-three"]
    choice = choose(engine, options, Prompt(PROMPT.messages, "x:"))
    assert engine.text(engine.tokens).endswith("x:")
    assert choice.prompt_tokens == len(engine.tokens) == len(engine.evaluated)
    assert choice.sampled_tokens == 1


def test_forced_tokens_cost_no_decision() -> None:
    engine = ScriptedEngine()
    choice = choose(engine, ["same beginning a", "same beginning b"])
    assert choice.sampled_tokens == 1
    assert engine.text(engine.tokens).endswith("same beginning")


def test_the_cache_is_used_from_step_to_step() -> None:
    engine = ScriptedEngine()
    context = KeptContext(engine, None)
    options = ["red", "blue"]
    choosing.choose(engine, context, Prompt(PROMPT.messages, "x:"), options, lambda: False)
    again = choosing.choose(engine, context, Prompt(PROMPT.messages, "x:"), options, lambda: False)
    assert again.prompt_tokens == 0
    longer = choosing.choose(engine, context, Prompt(PROMPT.messages, "x:red y:"), options, lambda: False)
    assert longer.prompt_tokens == len(engine.tokenize("red y:", control=False))


def test_without_partial_removal_the_result_is_the_same() -> None:
    options = ["same a one", "same a two", "same b one", "other"]
    forgetful = choose(ScriptedEngine(partial_removal=False), options)
    assert forgetful.probabilities == choose(ScriptedEngine(), options).probabilities


def test_one_option_is_no_question() -> None:
    engine = ScriptedEngine()
    assert choose(engine, ["only"]) == Choice(0, (1.0,), 0, 0)
    assert engine.evaluated == []


def test_option_that_begins_another_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="begins another"):
        choose(ScriptedEngine(), ["a b", "a b c"])


def test_too_long_says_the_numbers() -> None:
    with pytest.raises(InvalidInput, match=r"1,0\d\d tokens, and it reads at most 1,000"):
        choose(ScriptedEngine(), ["x" * 4000, "y"])


def test_stop() -> None:
    engine = ScriptedEngine()
    context = KeptContext(engine, None)
    answers = iter([False, False, True])
    with pytest.raises(Stopped):
        choosing.choose(engine, context, PROMPT, ["a", "b"], lambda: next(answers))
    assert len(engine.tokens) == 8
    after = choosing.choose(engine, context, PROMPT, ["a", "b"], lambda: False)
    assert after.probabilities == choose(ScriptedEngine(), ["a", "b"]).probabilities
