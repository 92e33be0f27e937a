"""Texts longer than a model reads: cut where a word ends, taken in pieces, and what is left out said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hgpt_desktop.core.models import ModelCard

Fits = Callable[[str], bool]
"""Whether a model reads all of a text; it must be so of every beginning of one of which it is so."""

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNIT = re.compile(rf"\s*(?:[{_EAST_ASIAN}]|[^\s{_EAST_ASIAN}]{{1,30}})")  # a word, or a part of a long one
_PAUSE = re.compile(r"[.,;:!?。，；：！？、]$")
_MOST_UNITS_OF_A_TOKEN = 4  # words for which a tokenizer gives only one token are rare
_SHOWN_WORDS, _SHOWN_CHARACTERS = 6, 60


def beginning(text: str, fits: Fits, most_units: int | None = None) -> str:
    """As much of the text as fits, in whole words; all of it where it fits.

    Where not even the first word fits it is as many of its letters as do; the word, where not one does.

    Args:
        most_units: how many words may fit at most, so that a whole book need not be tried.
    """
    ends = [unit.end() for unit in _UNIT.finditer(text)]
    if most_units is not None:
        ends = ends[:most_units]
    if not ends:
        return text
    if ends[-1] == len(text.rstrip()) and fits(text):
        return text
    first_letter = len(text) - len(text.lstrip()) + 1
    if fits(text[:first_letter]) and not fits(text[: ends[0]]):
        ends = list(range(first_letter, ends[0]))
    least, beyond = 1, len(ends) + 1
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if fits(text[: ends[middle - 1]]) else (least, middle)
    return text[: ends[least - 1]]


def in_pieces(text: str, fits: Fits, most: int, most_units: int | None = None) -> tuple[list[str], str]:
    """Pieces that fit, in the text's order, at most `most`; and what is left of it, "" where nothing is.

    A piece ends at a pause in its last quarter, where there is one. Together they are the text.
    """
    pieces: list[str] = []
    while text.strip() and len(pieces) < most:
        piece = beginning(text, fits, most_units)
        if len(piece) < len(text):
            units = list(_UNIT.finditer(piece))
            pauses = [unit.end() for unit in units[len(units) * 3 // 4 :] if _PAUSE.search(unit[0])]
            piece = piece[: pauses[-1]] if pauses else piece
        pieces.append(piece)
        text = text[len(piece) :]
    return pieces, text


def tokens_in(tokenizer: Any, text: str) -> int:
    """How many tokens a text has for a tokenizer of transformers, without those that frame it."""
    return len(tokenizer.encode(text, add_special_tokens=False, verbose=False)) if text else 0


def shortened(card: ModelCard, what: str, text: str, tokenizer: Any, room: int) -> tuple[str, str]:
    """The text as far as it has at most `room` tokens, and `left_out` of the rest."""

    def fits(part: str) -> bool:
        return tokens_in(tokenizer, part) <= room

    kept = beginning(text, fits, _MOST_UNITS_OF_A_TOKEN * max(1, room))
    return kept, left_out(card, what, text[len(kept) :])


def left_out(card: ModelCard, what: str, rest: str) -> str:
    """What is said of the end of a text that the model does not read; "" where there is none.

    Args:
        what: what the text is, such as `description`.
    """
    rest = rest.strip()
    if not rest:
        return ""
    words = rest.split()
    spaced = len(rest) < 20 * len(words)  # there are scripts without gaps between words
    count = len(words) if spaced else len(rest)
    shown = " ".join(words[:_SHOWN_WORDS])[:_SHOWN_CHARACTERS]
    shown += "…" if len(shown) < len(" ".join(words)) else ""
    begins = f"{card.name} reads only the beginning of so long a {what}: "
    if count == 1:
        return begins + f"1 {'word' if spaced else 'character'}, from “{shown}” on, was left out."
    return begins + f"{count:,} {'words' if spaced else 'characters'}, from “{shown}” on, were left out."
