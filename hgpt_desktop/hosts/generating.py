"""Writing text with the LLM: tokens to whole characters, stop texts, the end of the context."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hgpt_desktop.core.interfaces import Generation, Prompt
from hgpt_desktop.hosts.chat_prompt import continuation_tokens, head_tokens
from hgpt_desktop.hosts.engine import Engine, Sampling, ShouldStop
from hgpt_desktop.hosts.kept_context import KeptContext


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What a generation is asked for; see `ChatModel.generate`."""

    sampling: Sampling
    max_tokens: int
    stop: tuple[str, ...]


def generate(
    engine: Engine,
    context: KeptContext,
    prompt: Prompt,
    options: GenerateOptions,
    on_text: Callable[[str], None],
    should_stop: ShouldStop,
) -> Generation:
    """Text after the prompt; `on_text` gets it piece by piece, whole characters only, no stop text.

    Raises:
        Stopped, InvalidInput: as `KeptContext.prepare` does.
        HgptError: the grammar is invalid.
    """
    head = head_tokens(engine, prompt)
    tokens = (*head.head, *continuation_tokens(engine, prompt.continuation))
    context.evaluated = 0
    context.require_room(len(tokens) + 1)
    sampler = engine.sampler(options.sampling)
    text = StreamedText(options.stop, on_text)
    sampled = 0
    finish = "length"
    try:
        context.prepare(tokens, head.stable, should_stop)
        prompt_tokens = context.evaluated
        while sampled < options.max_tokens:
            token = sampler.sample()
            if token is None:
                finish = "stop"
                break
            sampled += 1
            if text.add(engine.piece(token)) or sampler.finished:
                finish = "stop"
                break
            if engine.length >= engine.context_tokens:
                break
            if sampled < options.max_tokens:
                context.extend([token], should_stop)
    finally:
        sampler.close()
    return Generation(text.end(), finish, prompt_tokens, sampled)


class StreamedText:
    """Bytes in, whole characters out; what could still become a stop text is held back.

    Args:
        stop: texts that end it; empty ones are ignored.
        on_text: gets the parts as they become certain.
    """

    def __init__(self, stop: Sequence[str], on_text: Callable[[str], None]) -> None:
        self._stop = [text for text in stop if text]
        self._on_text = on_text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._given = 0
        self._searched = 0
        self._stopped = False

    def add(self, piece: bytes) -> bool:
        """Take more bytes; whether a stop text has come."""
        self._text += self._decoder.decode(piece)
        found = [at for stop in self._stop if (at := self._text.find(stop, self._start_for(stop))) >= 0]
        if found:
            self._text = self._text[: min(found)]
            self._stopped = True
        self._searched = len(self._text)
        self._give(len(self._text) if self._stopped else len(self._text) - self._undecided())
        return self._stopped

    def end(self) -> str:
        """The whole text; what was held back is given out. Half a character at the end is dropped."""
        self._give(len(self._text))
        return self._text

    def _start_for(self, stop: str) -> int:
        return max(0, self._searched - len(stop) + 1)

    def _undecided(self) -> int:
        """How many characters at the end are the beginning of a stop text."""
        longest = 0
        for stop in self._stop:
            for size in range(min(len(stop) - 1, len(self._text)), longest, -1):
                if self._text.endswith(stop[:size]):
                    longest = size
                    break
        return longest

    def _give(self, until: int) -> None:
        if until > self._given:
            self._on_text(self._text[self._given : until])
            self._given = until
