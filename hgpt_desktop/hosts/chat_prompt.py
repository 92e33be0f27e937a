"""From chat messages to tokens, so that what a user wrote is never read as a control token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hgpt_desktop.core.interfaces import Prompt
from hgpt_desktop.hosts.engine import Engine

_PLACEHOLDER = "HGPTMESSAGE{}CONTENT"
_LONGEST_FRAME_WORDS = 6


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """A prompt in tokens, all but what follows the last frame.

    Args:
        head: everything before the continuation.
        stable: how many of the head's first tokens belong to the prompt's stable messages.
    """

    head: tuple[int, ...]
    stable: int


def head_tokens(engine: Engine, prompt: Prompt) -> PromptTokens:
    """The prompt's tokens before its continuation, framed by the model's chat template."""
    contents = [message.content for message in prompt.messages]
    roles = [message.role for message in prompt.messages]
    frames = chat_frames(engine, roles)
    tokens = engine.tokenize(frames[0], control=True)
    first = engine.first_token()
    if first is not None and tokens[:1] != [first]:
        tokens.insert(0, first)
    stable = 0
    for number, (content, frame) in enumerate(zip(contents, frames[1:], strict=True), start=1):
        tokens += engine.tokenize(content, control=False)
        if number == prompt.stable:
            stable = len(tokens)
        tokens += engine.tokenize(frame, control=True)
    return PromptTokens(tuple(tokens), stable)


def chat_frames(engine: Engine, roles: Sequence[str]) -> list[str]:
    """What stands before, between and after messages of these roles, by the model's template or ChatML."""
    return _template_frames(engine, roles) or _chatml_frames(roles)


def continuation_tokens(engine: Engine, continuation: str) -> list[int]:
    """Tokens of what the assistant has begun to say."""
    return engine.tokenize(continuation, control=False) if continuation else []


def _template_frames(engine: Engine, roles: Sequence[str]) -> list[str] | None:
    """The texts before, between and after the messages by the model's template; None where it is no good.

    A template that leaves a message out, changes their order or says something of its own (some bring a
    system message) is no good.
    """
    marks = [_PLACEHOLDER.format(number) for number in range(len(roles))]
    rest = engine.render(roles, marks)
    if rest is None:
        return None
    frames: list[str] = []
    for mark in marks:
        before, found, rest = rest.partition(mark)
        if not found:
            return None
        frames.append(before)
    frames.append(rest)
    if any("HGPTMESSAGE" in frame or len(frame.split()) > _LONGEST_FRAME_WORDS for frame in frames):
        return None
    return frames


def _chatml_frames(roles: Sequence[str]) -> list[str]:
    frames: list[str] = []
    before = ""
    for role in roles:
        frames.append(f"{before}<|im_start|>{role}\n")
        before = "<|im_end|>\n"
    frames.append(f"{before}<|im_start|>assistant\n")
    return frames
