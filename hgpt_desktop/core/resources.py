"""Files and texts that travel between the user and the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any


class Kind(Enum):
    """What a resource is, as far as the plan is concerned."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    TABLE = "table"


A_FILE = {
    Kind.TEXT: "a text",
    Kind.IMAGE: "a picture",
    Kind.AUDIO: "a recording",
    Kind.VIDEO: "a video",
    Kind.DOCUMENT: "a document",
    Kind.TABLE: "a table",
}
"""Files of a kind as sentences call them."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a resource came from."""

    task_id: int
    task: str
    model_id: str
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file on disk with its kind: what the user attached, or what a task made.

    `name` is unique among the resources of one request; it is what the LLM calls it.
    `text` is the whole text of a text resource (the file holds the same); `data` is the structured
    result (labels with scores, segments with seconds, boxes in pixels), ready for JSON.
    `note` is a sentence that people must read beside it, such as what of a long description was left out.
    """

    name: str
    kind: Kind
    path: Path
    media_type: str
    size_bytes: int
    text: str | None = None
    data: Any = None
    provenance: Provenance | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form in which events and `hgpt run --json` show it."""
        shown: dict[str, Any] = {
            "kind": self.kind.value,
            "path": str(self.path),
            "media_type": self.media_type,
        }
        if self.text is not None:
            shown["text"] = self.text
        if self.data is not None:
            shown["data"] = self.data
        if self.note:
            shown["note"] = self.note
        return shown


def unique_name(name: str, taken: set[str]) -> str:
    """`name`, or `stem-2.ext`, `stem-3.ext` … where it is taken. The set is not changed."""
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:  # no extension, or nothing but one (`.bashrc`)
        stem, dot, extension = name, "", ""
    number = 2
    while (candidate := f"{stem}-{number}{dot}{extension}") in taken:
        number += 1
    return candidate
