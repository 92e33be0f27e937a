"""What the history gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of the list of conversations. `updated_at` is local time and knows its zone.

    `preview` is the beginning of the last answer, or in a search the place that was found.
    """

    id: str
    title: str
    updated_at: datetime
    preview: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What one side said. `role` is `user` or `assistant`; files are attached to it or made for it."""

    role: str
    text: str
    created_at: datetime
    files: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A request and what became of it. `exit_code`, `seconds` and `ended_at` are None if it never ended:
    then `answer` is what had been written by then.

    Args:
        parent_id: the run that it follows; None for the first of a branch.
        siblings: ids of all runs that follow the same one, itself included, oldest first.
        rating: 1 for a good answer, -1 for a bad one, None for neither; `note` says why.
    """

    id: str
    request: str
    files: tuple[Resource, ...]
    plan: Plan | None
    results: tuple[TaskResult, ...]
    answer: str
    exit_code: int | None
    seconds: float | None
    seed: int | None
    started_at: datetime
    ended_at: datetime | None
    parent_id: str | None = None
    siblings: tuple[str, ...] = ()
    rating: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written and not sent yet."""

    text: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The branch of a conversation that is shown, oldest run first; or all its runs, where so asked.

    Files that are gone from the disk are left out.
    """

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    runs: tuple[StoredRun, ...]

    @property
    def messages(self) -> tuple[StoredMessage, ...]:
        """The conversation as messages, oldest first."""
        found = []
        for run in self.runs:
            found.append(StoredMessage("user", run.request, run.started_at, run.files))
            if run.ended_at is not None or run.answer:
                made = tuple(output for result in run.results for output in result.outputs)
                found.append(StoredMessage("assistant", run.answer, run.ended_at or run.started_at, made))
        return tuple(found)
