"""Small LLMs get caught in loops: the same words again and again until the limit. Here they are stopped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled
from hgpt_desktop.core.interfaces import ChatModel, Generation, OnText, Prompt

LONGEST_ROUND = 240  # characters of a repeated part
_CUT_WITH_LOOP = " ,;，、；"
_TIMES = 4
_SHORTEST_RUN = 60  # characters that all repetitions take together; "ha ha ha ha" is no loop
# The same part four times in a row at the end of the text, the last time perhaps cut off.
_LOOP = re.compile(rf"(.{{1,{LONGEST_ROUND}}}?)\1{{{_TIMES - 1},}}\Z", re.DOTALL)


def loop_start(text: str) -> int | None:
    """Where the second round of a loop at the end of the text begins, or None."""
    tail = text[-LONGEST_ROUND * (_TIMES + 1) :]
    match = _LOOP.search(tail)
    if match is None or match.end() - match.start() < _SHORTEST_RUN or not match[1].strip():
        return None
    period = len(match[1])
    first = len(text) - len(tail) + match.start()
    while first > 0 and text[first - 1] == text[first - 1 + period]:
        first -= 1
    return first + period


def uncertain_from(text: str) -> int:
    """Where the end of a text that still grows begins that may be cut off: it may turn out to be a loop."""
    certain = len(text)
    for period in range(1, min(LONGEST_ROUND, len(text) - 1) + 1):
        at = len(text)
        while at > period and text[at - 1] == text[at - 1 - period]:
            at -= 1
        certain = min(certain, at)
    return len(text[:certain].rstrip().rstrip(_CUT_WITH_LOOP).rstrip())


def generate_without_loops(
    llm: ChatModel,
    prompt: Prompt,
    cancel: CancelToken,
    *,
    max_tokens: int,
    temperature: float = 0.0,
    seed: int = 0,
    stop: Sequence[str] = (),
    on_text: OnText | None = None,
) -> Generation:
    """As `ChatModel.generate`, but a loop ends the text (`finish` is `length`) and is cut out of it.

    What `on_text` was given before the loop was seen stands.
    """
    written: list[str] = []
    inner = CancelToken()
    checked = 0

    def watch(piece: str) -> None:
        nonlocal checked
        written.append(piece)
        if on_text:
            on_text(piece)
        checked += len(piece)
        if checked >= _SHORTEST_RUN:
            checked = 0
            if loop_start("".join(written[-LONGEST_ROUND * (_TIMES + 1) :])) is not None:
                inner.cancel()

    with cancel.on_cancel(inner.cancel):
        try:
            made = llm.generate(
                prompt,
                inner,
                max_tokens=max_tokens,
                temperature=temperature,
                seed=seed,
                stop=stop,
                on_text=watch,
            )
        except Cancelled:
            cancel.raise_if_cancelled()
            text = "".join(written)
            return Generation(_cut(text, loop_start(text)), "length", 0, len(written))
    start = loop_start(made.text)
    if start is None:
        return made
    return Generation(_cut(made.text, start), "length", made.prompt_tokens, made.sampled_tokens)


def _cut(text: str, at: int | None) -> str:
    """The text up to there, with the mark that ends its sentence."""
    kept = text[:at].rstrip(_CUT_WITH_LOOP)
    ending = text[len(kept) : len(kept) + 1]
    return kept + ending if ending and ending in ".!?。！？" else kept
