"""Long texts in pieces that the LLM can read."""

from __future__ import annotations

import re
from collections.abc import Callable

_PARAGRAPH = re.compile(r"\n\s*\n")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_WORD = re.compile(r"\s+")


def pieces(text: str, max_tokens: int, count_tokens: Callable[[str], int]) -> list[str]:
    """The text in pieces of at most `max_tokens`, cut between paragraphs where possible, else lines,
    sentences, words, and only then characters. No piece is empty; in their order they are the whole text.
    """
    if max_tokens < 1:
        raise ValueError("a piece has at least one token")
    text = text.strip()
    if not text:
        return []
    return [piece for piece in _cut(text, max_tokens, count_tokens, 0) if piece.strip()]


_LEVELS = ((_PARAGRAPH, "\n\n"), (_LINE, "\n"), (_SENTENCE, " "), (_WORD, " "))


def _cut(text: str, max_tokens: int, count_tokens: Callable[[str], int], level: int) -> list[str]:
    if count_tokens(text) <= max_tokens:
        return [text]
    if level == len(_LEVELS):
        half = len(text) // 2
        if half == 0:
            return [text]
        return [
            *_cut(text[:half], max_tokens, count_tokens, level),
            *_cut(text[half:], max_tokens, count_tokens, level),
        ]
    pattern, joint = _LEVELS[level]
    parts = [part for part in pattern.split(text) if part and part.strip()]
    if len(parts) == 1:
        return _cut(text, max_tokens, count_tokens, level + 1)
    # Counted part by part and summed: counting every joined piece anew would be quadratic.
    between = count_tokens(joint)
    sized = [(part, count_tokens(part) + between) for part in parts]
    made: list[str] = []
    open_parts: list[str] = []
    open_tokens = 0
    for part, tokens in sized:
        if open_parts and open_tokens + tokens - between > max_tokens:
            made.append(joint.join(open_parts))
            open_parts, open_tokens = [], 0
        if tokens - between > max_tokens:
            made.extend(_cut(part, max_tokens, count_tokens, level + 1))
            continue
        open_parts.append(part)
        open_tokens += tokens
    if open_parts:
        made.append(joint.join(open_parts))
    return made
