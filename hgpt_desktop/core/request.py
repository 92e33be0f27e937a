"""What the user asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Resource


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier request of the conversation and the answer it got."""

    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request with its files, and what came before it in the conversation.

    Args:
        files: what the user attached to this request.
        earlier: resources of the conversation's earlier turns, oldest first, attached or made by a task.
        turns: the conversation so far, oldest first.
        plan: a plan to run instead of making one.
        models: by task id of that plan, the model to use; other tasks are chosen for.
        out_dir: where the results go; the run's own folder otherwise.
    """

    text: str
    files: tuple[Resource, ...] = ()
    earlier: tuple[Resource, ...] = ()
    turns: tuple[Turn, ...] = ()
    plan: Plan | None = None
    seed: int | None = None
    out_dir: Path | None = None
    conversation_id: str | None = None
    models: Mapping[int, str] = field(default_factory=dict)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything a plan may refer to by name."""
        return self.files + self.earlier
