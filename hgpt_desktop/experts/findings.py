"""What models find in recordings, texts and tables: a frozen value for each kind, as `data` has it.

Times are seconds from the beginning of the user's file, offsets are characters (code points) of the given
text, the end not included; rows count from 1. `structures` has the same for pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Label:
    """A name for the whole, or for a part; `score` is how sure the model is, 0..1."""

    label: str
    score: float

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "score": round(self.score, 4)}


def best_first(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The surest first."""
    return tuple(sorted(labels, key=lambda one: -one.score))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a recording with what is said or heard in it; the data leaves out what is not known."""

    start_s: float
    end_s: float
    text: str = ""
    language: str = ""
    label: Label | None = None

    @property
    def length_s(self) -> float:
        """In seconds."""
        return self.end_s - self.start_s

    def to_json(self) -> dict[str, Any]:
        told = {"text": self.text.strip(), "language": self.language}
        return {
            "start_s": round(self.start_s, 2),
            "end_s": round(self.end_s, 2),
            **{name: value for name, value in told.items() if value},
            **(self.label.to_json() if self.label else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Segment:
        label = Label(str(data["label"]), float(data["score"])) if "label" in data else None
        return cls(
            float(data["start_s"]),
            float(data["end_s"]),
            str(data.get("text", "")),
            str(data.get("language", "")),
            label,
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """What a whole recording holds: labels over all of it, the surest first, and stretch by stretch."""

    seconds: float
    labels: tuple[Label, ...]
    segments: tuple[Segment, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 2),
            "labels": [one.to_json() for one in self.labels],
            "segments": [one.to_json() for one in self.segments],
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text, found word for word: a name with its kind, or an answer (no label)."""

    text: str
    start: int
    end: int
    score: float
    label: str = ""

    def to_json(self) -> dict[str, Any]:
        named = {"label": self.label} if self.label else {}
        return {
            "text": self.text, **named, "score": round(self.score, 4), "start": self.start, "end": self.end,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    row: int
    column: str
    text: str
    score: float

    def to_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "text": self.text, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What the cells of a table say to a question; `operator` is "sum", "average", "count" or None."""

    question: str
    operator: str | None
    cells: Sequence[Cell]

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "answered": bool(self.cells),
            "operator": self.operator,
            "cells": [one.to_json() for one in self.cells],
        }
