"""What the widgets are shown: small values, free of the types of history and catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What went wrong, in a sentence, and what to do about it. `detail` is for the log and the curious."""

    message: str
    hint: str = ""
    detail: str = ""

    @staticmethod
    def of(error: HgptError) -> ProblemView:
        """The same words, for the window."""
        return ProblemView(error.message, error.hint, error.detail)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One line of the sidebar. `changed_at` is local time."""

    id: str
    title: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One request of a kept conversation and what became of it. `exit_code` is None where it never ended."""

    request: str
    files: tuple[Resource, ...] = ()
    plan: Plan | None = None
    results: tuple[TaskResult, ...] = ()
    answer: str = ""
    exit_code: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StarterView:
    """What the first start would fetch, and the room there is for it."""

    models: tuple[str, ...]
    total_bytes: int
    free_bytes: int
    folder: str

    @property
    def fits(self) -> bool:
        """Whether the disk has room for it."""
        return self.free_bytes >= self.total_bytes


@dataclass(frozen=True, slots=True)
class InstallView:
    """How far the installation of the starter pack is. `remaining_s` is None until a speed is known."""

    model: str
    file: str
    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    remaining_s: float | None


@dataclass(frozen=True, slots=True)
class ResidentView:
    """A model that is in memory now."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class StatusView:
    """The status line: which LLM, where, and how much memory the models hold."""

    llm: str | None
    device: str
    capacity_bytes: int
    resident: tuple[ResidentView, ...] = ()

    @property
    def used_bytes(self) -> int:
        """What all models in memory take together."""
        return sum(one.bytes for one in self.resident)
