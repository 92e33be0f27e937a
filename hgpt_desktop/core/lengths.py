"""How long a text that is asked for may be, in the words of a prompt and as a limit that is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hgpt_desktop.core.interfaces import ExpertCall

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’)]*(?=\s|\Z)|[。！？]+|\Z)", re.DOTALL)
_POINT = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+", re.MULTILINE)
_TOLERANCE = 1.3  # "20 words" is not missed by 26


@dataclass(frozen=True, slots=True)
class Length:
    """A length in words, sentences or bullet points; what is None was not asked for."""

    words: int | None = None
    sentences: int | None = None
    points: int | None = None

    @staticmethod
    def of(call: ExpertCall) -> Length:
        """The length that a call's options name."""
        given = (call.number(name) for name in ("words", "sentences", "points"))
        return Length(*(None if number is None else int(number) for number in given))

    def __str__(self) -> str:
        """Behind "in", for a prompt."""
        parts = [
            f"{count} {unit if count > 1 else unit[:-1]}"
            for count, unit in (
                (self.points, "bullet points"),
                (self.sentences, "short sentences"),
                (self.words, "words"),
            )
            if count is not None
        ]
        if not parts:
            return "one or two short sentences"
        return " of ".join(parts) if len(parts) > 1 else f"exactly {parts[0]}"

    def exceeded_by(self, text: str) -> bool:
        """Whether the text is longer than was asked for."""
        return (
            (self.words is not None and len(words_in(text)) > _TOLERANCE * self.words)
            or (self.sentences is not None and len(_SENTENCE.findall(text)) > self.sentences)
            or (self.points is not None and len(_POINT.findall(text)) > self.points)
        )

    def as_points(self, text: str) -> str:
        """The sentences of a text as bullet points, where points are asked for and there are none yet."""
        if self.points is None or _POINT.search(text):
            return text
        return "\n".join(
            f"- {sentence}" for match in _SENTENCE.finditer(text) if (sentence := match[0].strip())
        )

    def cut(self, text: str) -> str:
        """The text without the points and sentences that are too many; words are never cut off."""
        if self.points is not None and len(starts := list(_POINT.finditer(text))) > self.points:
            text = text[: starts[self.points].start()].rstrip()
        sentences = [match[0] for match in _SENTENCE.finditer(text)]
        if self.sentences is not None:
            return "".join(sentences[: self.sentences]).strip()
        if self.words is not None:
            kept = 1
            while kept < len(sentences) and not self.exceeded_by("".join(sentences[: kept + 1])):
                kept += 1
            return "".join(sentences[:kept]).strip()
        return text


def words_in(text: str) -> list[str]:
    """Words, roughly; a Chinese, Japanese or Korean character counts as one."""
    return re.findall(
        r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", text
    )
