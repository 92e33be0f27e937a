"""Options that a demand names: numbers ("512 by 512", "20 words") and choices ("as subtitles").

They are read by rules from the words that the vocabulary gives for each option (`InputSpec.said`): a small
LLM fills in numbers that nobody asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hgpt_desktop.controller.demands import load_request_words
from hgpt_desktop.controller.quoting import FILE_NAME, QUOTED
from hgpt_desktop.core.tasks import InputSpec

_DIGITS = r"\d+(?:[.,]\d+)?"
_BLANKS = re.compile(r"\s+")


def option_said(spec: InputSpec, demand: str) -> str | None:
    """The value that a demand gives to an option, within its range; None where it says nothing of it.

    What is quoted and names of files are not read.
    """
    text = _BLANKS.sub(" ", FILE_NAME.sub(" ", QUOTED.sub(" ", demand))).lower()
    if spec.number is not None:
        for pattern in _number_patterns(spec):
            if match := pattern.search(text):
                return spec.number.nearest(_number(match["n"]))
        return None
    said = dict(spec.said)
    found = [
        (match.start(), value)
        for value in spec.choices
        for word in said.get(value, (value,))
        if (match := _word_pattern(word).search(text))
    ]
    return min(found)[1] if found else None


@lru_cache(maxsize=256)
def _number_patterns(spec: InputSpec) -> tuple[re.Pattern[str], ...]:
    number = "|".join([_DIGITS, *map(re.escape, sorted(load_request_words().numbers, key=len, reverse=True))])
    patterns = []
    for _, texts in spec.said:
        for text in texts:
            pattern = _loose(text)
            pattern = pattern.replace(r"\{n\}", f"(?P<n>{number})").replace(r"\#", f"(?:{number})")
            ends = "" if text[-1:] > "\x7f" else r"(?![A-Za-z0-9])"
            begins = "" if text[:1] > "\x7f" else r"(?<![A-Za-z0-9.,])"
            patterns.append(re.compile(f"{begins}{pattern}{ends}"))
    return tuple(patterns)


def _loose(piece: str) -> str:
    """The piece as a pattern in which blanks may be missing, or be hyphens."""
    return r"[\s-]*".join(re.escape(part) for part in piece.lower().split(" "))


@lru_cache(maxsize=256)
def _word_pattern(word: str) -> re.Pattern[str]:
    plain = _loose(word)
    return re.compile(rf"(?<!\w){plain}(?!\w)" if word.isascii() else plain)


def _number(said: str) -> float:
    numbers = load_request_words().numbers
    return float(numbers[said]) if said in numbers else float(said.replace(",", "."))
