"""Models as the catalogue describes them, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: where it stands in the model's folder and how to know that it is the right one."""

    path: str
    size_bytes: int | None
    sha256: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One entry of models.yaml.

    Args:
        id: unique, lower case, `qwen2.5-coder-1.5b-instruct-q4`.
        tasks: the task types it can do.
        loader: the name of the expert family that loads it; `llama.cpp` for the controller LLM.
        memory_bytes: what it takes when loaded and running, an estimate (weights and activations).
        quality: 0..1, the catalogue's own ranking within a task type; higher is better.
        options: what the loader needs to know beyond the files.
        folder: where it is installed, or would be.
    """

    id: str
    name: str
    tasks: tuple[str, ...]
    description: str
    loader: str
    files: tuple[ModelFile, ...]
    licence: str
    languages: tuple[str, ...] = ()
    tier: str = "cpu"
    memory_bytes: int = 0
    quality: float = 0.5
    downloads: int = 0
    sets: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    folder: Path | None = None
    installed: bool = False
    verified: bool = False

    @property
    def size_bytes(self) -> int:
        """What its files take on disk, as far as their sizes are known."""
        return sum(file.size_bytes or 0 for file in self.files)

    @property
    def hashes_known(self) -> bool:
        """Whether every file can be checked against the catalogue."""
        return all(file.sha256 for file in self.files)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Selection:
    """The model chosen for a task, and why."""

    task_id: int
    model: ModelCard
    reason: str
    candidates: tuple[ModelCard, ...]
