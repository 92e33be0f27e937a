"""The LLM's context as a cache: what a prompt shares with it is not evaluated again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.hosts.engine import Engine, ShouldStop
from hgpt_desktop.hosts.prompt_states import PromptStates

_WORTH_KEEPING_TOKENS = 128


class KeptContext:
    """Brings the engine's context to given tokens at the least cost.

    Threads: one at a time.

    Args:
        states: where evaluated beginnings are kept from start to start; None keeps none.
    """

    def __init__(self, engine: Engine, states: PromptStates | None) -> None:
        self._engine = engine
        self._states = states
        self._tokens: list[int] = []
        self._logits_at_hand = False  # whether they belong to the last of the tokens
        self.evaluated = 0
        """How many tokens were evaluated since this was last set to 0."""
        self.prefix_s: float | None = None
        """How long it takes to have the prompt's stable beginning again once the model was put out: as long
        as it took from disk, or would take; None before there was one."""

    def require_room(self, tokens: int) -> None:
        """Raise `InvalidInput` where so many tokens do not fit."""
        room = self._engine.context_tokens
        if tokens > room:
            raise InvalidInput(
                f"The text is too long for the model: {tokens:,} tokens, and it reads at most {room:,}.",
                "Shorten it, or attach less text.",
            )

    def prepare(self, tokens: Sequence[int], stable: int, should_stop: ShouldStop) -> None:
        """Make the context hold just these tokens, with the logits of the last one at hand.

        Args:
            stable: how many of the first tokens are worth keeping on disk.

        Raises:
            InvalidInput: they are more than the context holds.
            Stopped: asked to; the context stays consistent.
        """
        self.require_room(len(tokens))
        if (
            self._states is not None
            and stable >= _WORTH_KEEPING_TOKENS
            and stable - self._shared(tokens) >= _WORTH_KEEPING_TOKENS
        ):
            self._prepare_stable(tokens[:stable], self._states, should_stop)
        shared = self._shared(tokens)
        if shared == len(tokens) and not (self._logits_at_hand and len(self._tokens) == shared):
            shared -= 1
        self._continue_from(shared, tokens, should_stop)

    def extend(self, tokens: Sequence[int], should_stop: ShouldStop) -> None:
        """Evaluate tokens after those in the context. Raises as `prepare` does."""
        if not tokens:
            return
        before = len(self._tokens)
        self._logits_at_hand = False
        try:
            self._engine.append(tokens, should_stop)
            self._logits_at_hand = True
        finally:
            self._tokens = [*self._tokens, *tokens][: self._engine.length]
            self.evaluated += max(0, len(self._tokens) - before)

    def _prepare_stable(self, tokens: Sequence[int], states: PromptStates, should_stop: ShouldStop) -> None:
        key = states.key(self._engine.identity, tokens)
        began = time.monotonic()
        if states.read(key, lambda path: self._engine.restore(path, tokens)):
            self.prefix_s = time.monotonic() - began
            self._tokens = list(tokens)
            self._logits_at_hand = False
            return
        self._tokens = self._tokens[: self._engine.length]  # a failed restore leaves an empty context
        self._continue_from(self._shared(tokens), tokens, should_stop)
        self.prefix_s = time.monotonic() - began
        if states.write(key, lambda path: self._engine.save(path, tokens)):
            self.prefix_s = states.seconds_to_read(key)

    def _continue_from(self, shared: int, tokens: Sequence[int], should_stop: ShouldStop) -> None:
        if shared < len(self._tokens):
            self._logits_at_hand = False
            self._tokens = self._tokens[:shared] if self._engine.truncate(shared) else []
        self.extend(tokens[len(self._tokens) :], should_stop)

    def _shared(self, tokens: Sequence[int]) -> int:
        shared = 0
        for mine, wanted in zip(self._tokens, tokens, strict=False):
            if mine != wanted:
                break
            shared += 1
        return shared
