"""Finished sentences of the engine in another language.

The engine speaks English, and what it said is kept as it was said. A phrasebook has a translation for every
sentence that the engine can say, with `%1`, `%2` … where a name or a number stands
(`The model %1 is not installed.`). A text is recognised by the sentences in it, whenever it was said.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_HOLE = re.compile(r"%(\d+)")
_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) (?=\S)")
_LIST_MARKS = re.compile(r", | and ")
_MOST_TOGETHER = 8  # so many sentences, or words of a list, at most stand in one entry
_CLOSED = tuple("。！？；：，、）」")
_KEPT = 4096

Known = tuple[int, str]
"""How many characters of a text are known words, and its translation."""


class Phrasebook:
    """Translates by comparing.

    Args:
        entries: English text with holes, and its translation with the same holes.

    Threads: any.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._plain = {source: text for source, text in entries.items() if not _HOLE.search(source)}
        self._patterns = [_Pattern(source, text) for source, text in entries.items() if _HOLE.search(source)]
        self.said = lru_cache(_KEPT)(self._said)
        """The text in the other language; as it is where nothing of it is known."""

    @staticmethod
    def read(path: Path) -> Phrasebook:
        """The finished translations of a Qt translation file (.ts)."""
        entries = {}
        for message in ET.parse(path).getroot().iter("message"):  # noqa: S314 - it comes with the program
            source, translation = message.findtext("source"), message.find("translation")
            if source and translation is not None and translation.text and translation.get("type") is None:
                entries[source] = translation.text
        return Phrasebook(entries)

    def _said(self, text: str) -> str:
        known = self._sentences(text)
        return text if known is None else known[1]

    def _sentences(self, text: str) -> Known | None:
        """The text as sentences, so that most of it is known; None where nothing is."""
        weight, parts = self._parts(text, _SENTENCE_ENDS)
        joined = ""
        for part, translation in parts:
            translated = part if translation is None else translation
            joined += translated if not joined or joined.endswith(_CLOSED) else f" {translated}"
        return (weight, joined) if weight else None

    def _list(self, text: str) -> Known | None:
        """The text as a list whose every word is known."""
        weight, parts = self._parts(text, _LIST_MARKS)
        words = [translation for _, translation in parts if translation is not None]
        return (weight, "、".join(words)) if len(words) == len(parts) else None

    def _parts(self, text: str, mark: re.Pattern[str]) -> tuple[int, list[tuple[str, str | None]]]:
        """The text cut at some of the marks, so that most of it is known, with the parts' translations."""
        ends = [(found.start(), found.end()) for found in mark.finditer(text)]
        starts, stops = [0, *(after for _, after in ends)], [*(before for before, _ in ends), len(text)]
        best: list[tuple[int, list[tuple[str, str | None]]]] = [(0, [])]  # for so many pieces
        for last, end in enumerate(stops):
            ways = []
            for first in range(max(0, last + 1 - _MOST_TOGETHER), last + 1):
                weight, before = best[first]
                part = text[starts[first] : end]
                known = self._entry(part)
                if known is not None:
                    ways.append((weight + known[0], [*before, (part, known[1])]))
                elif first == last:
                    ways.append((weight, [*before, (part, None)]))
            best.append(max(ways, key=lambda way: way[0]))
        return best[-1]

    def _entry(self, text: str) -> Known | None:
        """The entry that knows most of the text, or whose failure it was and an entry (`FLUX: …`)."""
        if (plain := self._plain.get(text)) is not None:
            return len(text), plain
        best: Known | None = None
        for pattern in self._patterns:
            if (values := pattern.values_in(text)) is not None:
                told = [self._value(one) for one in values]
                weight = pattern.weight + sum(known for known, _ in told)
                if best is None or weight > best[0]:
                    best = weight, pattern.filled([one for _, one in told])
        if best is None:
            name, colon, rest = text.partition(": ")
            if colon and (known := self._entry(rest)) is not None:
                best = known[0], f"{name}：{known[1]}"
        return best

    def _value(self, text: str) -> Known:
        """What fills a hole: a sentence, a list of words, or a name that stays."""
        return self._list(text) or self._sentences(text) or (0, text)


class _Pattern:
    """An entry with holes, as something to compare with."""

    def __init__(self, source: str, translation: str) -> None:
        pieces = _HOLE.split(source)
        self._literals, self._numbers = pieces[0::2], pieces[1::2]
        self._longest = max(self._literals, key=len)
        self._translation = translation
        self._expression: re.Pattern[str] | None = None  # made when it is first needed
        self.weight = sum(map(len, self._literals))

    def values_in(self, text: str) -> list[str] | None:
        """What stands in the holes, in their order; None where the text is another one."""
        if self._longest not in text or not (
            text.startswith(self._literals[0]) and text.endswith(self._literals[-1])
        ):
            return None
        if self._expression is None:
            self._expression = re.compile("(.+?)".join(map(re.escape, self._literals)), re.DOTALL)
        found = self._expression.fullmatch(text)
        return None if found is None else list(found.groups())

    def filled(self, values: list[str]) -> str:
        """The translation with these values."""
        by_number = dict(zip(self._numbers, values, strict=True))
        return _HOLE.sub(lambda hole: by_number[hole[1]], self._translation)
