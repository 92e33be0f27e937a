"""Choosing one of several texts by the LLM's own probabilities: a walk through the trie of their tokens."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from hgpt_desktop.core.interfaces import Choice, Prompt
from hgpt_desktop.hosts.chat_prompt import continuation_tokens, head_tokens
from hgpt_desktop.hosts.engine import Engine, ShouldStop
from hgpt_desktop.hosts.kept_context import KeptContext

_WORTH_EXPLORING = 0.02
"""Branches less probable than this part of the best option are not looked into."""


@dataclass(frozen=True, slots=True)
class _Branch:
    """The options that begin with the same tokens."""

    path: tuple[int, ...]  # the shared tokens after the prompt
    options: tuple[int, ...]
    decisions: int  # how many branching places lie before it


def choose(
    engine: Engine, context: KeptContext, prompt: Prompt, options: Sequence[str], should_stop: ShouldStop
) -> Choice:
    """The option that continues the prompt best, with a probability for each.

    An option's probability is the product of the model's probabilities at the places where the options
    part, each taken among the tokens with which an option goes on there. Options are explored from the most
    probable on; those of a branch that is clearly behind share its probability evenly.

    Raises:
        Stopped, InvalidInput: as `KeptContext.prepare` does.
        ValueError: an option is empty or begins another one.
    """
    if len(options) == 1 and options[0]:
        return Choice(0, (1.0,), 0, 0)
    head = head_tokens(engine, prompt)
    # Tokenised together with what stands before: where a token ends does not depend on the question.
    ways = [tuple(continuation_tokens(engine, prompt.continuation + option)) for option in options]
    context.require_room(len(head.head) + max(map(len, ways)))
    context.evaluated = 0
    probabilities = [0.0] * len(options)
    decisions = [0] * len(options)
    order = itertools.count()
    everything = tuple(range(len(options)))
    frontier = [(0.0, next(order), _Branch(_shared_path(ways, everything, 0), everything, 0))]
    best: float | None = None
    while frontier:
        behind, _, branch = heapq.heappop(frontier)
        log_probability = -behind
        if len(branch.options) == 1:
            probabilities[branch.options[0]] = math.exp(log_probability)
            decisions[branch.options[0]] = branch.decisions
            best = log_probability if best is None else best
            continue
        if best is not None and log_probability < best + math.log(_WORTH_EXPLORING):
            for option in branch.options:
                probabilities[option] = math.exp(log_probability) / len(branch.options)
            continue
        context.prepare((*head.head, *branch.path), head.stable, should_stop)
        for child_log_probability, child in _children(engine, ways, branch):
            heapq.heappush(frontier, (behind - child_log_probability, next(order), child))
    total = math.fsum(probabilities)
    index = max(everything, key=probabilities.__getitem__)
    return Choice(index, tuple(p / total for p in probabilities), context.evaluated, decisions[index])


def _children(
    engine: Engine, ways: Sequence[tuple[int, ...]], branch: _Branch
) -> list[tuple[float, _Branch]]:
    """How the branch goes on, each way with its log-probability among them."""
    depth = len(branch.path)
    by_token: dict[int, list[int]] = {}
    for option in branch.options:
        if len(ways[option]) == depth:
            raise ValueError("an option is empty, or begins another one")
        by_token.setdefault(ways[option][depth], []).append(option)
    scores = engine.logits_of(list(by_token))
    top = max(scores)
    log_sum = top + math.log(math.fsum(math.exp(score - top) for score in scores))
    return [
        (
            score - log_sum,
            _Branch(_shared_path(ways, tuple(members), depth), tuple(members), branch.decisions + 1),
        )
        for score, members in zip(scores, by_token.values(), strict=True)
    ]


def _shared_path(ways: Sequence[tuple[int, ...]], members: tuple[int, ...], depth: int) -> tuple[int, ...]:
    """The tokens that these options share, from the first on; the first `depth` are known to be shared."""
    ours = [ways[member] for member in members]
    shortest = min(map(len, ours))
    while depth < shortest and all(way[depth] == ours[0][depth] for way in ours):
        depth += 1
    return ours[0][:depth]
