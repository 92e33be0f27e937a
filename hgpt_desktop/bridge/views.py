"""What the widgets are shown: small values, free of the types of history and catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from hgpt_desktop.bridge.sentences import said
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult
from hgpt_desktop.core.tasks import Vocabulary


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What went wrong, in a sentence, and what to do about it. `detail` is for the log and the curious."""

    message: str
    hint: str = ""
    detail: str = ""

    @staticmethod
    def of(error: HgptError) -> ProblemView:
        """The same in the language of the window."""
        return ProblemView(said(error.message), said(error.hint), error.detail)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One line of the sidebar. `changed_at` is local time."""

    id: str
    title: str
    changed_at: datetime
    pinned: bool = False
    preview: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One request of a kept conversation and what became of it.

    Args:
        exit_code: None where it never ended.
        siblings: ids of the runs that stand in its place in other branches, itself included, oldest first.
        rating: 1, -1 or None.
    """

    request: str
    files: tuple[Resource, ...] = ()
    plan: Plan | None = None
    results: tuple[TaskResult, ...] = ()
    answer: str = ""
    exit_code: int | None = None
    seconds: float | None = None
    run_id: str = ""
    siblings: tuple[str, ...] = ()
    rating: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StarterView:
    """What the first start would fetch, and the room there is for it.

    Args:
        largest_bytes: what the largest of the models takes while it runs.
        arrived_bytes: what of it an earlier download has left on the disk.
        can_plan: whether a language model is here already.
        set_name: by which `install_set` knows it.
        larger: the largest set that suits this machine, with the starter pack in it.
    """

    models: tuple[str, ...]
    total_bytes: int
    free_bytes: int
    folder: str
    device: str = "cpu"
    memory_bytes: int = 0
    largest_bytes: int = 0
    set_name: str = "starter"
    larger: StarterView | None = None
    arrived_bytes: int = 0
    can_plan: bool = False

    @property
    def missing_bytes(self) -> int:
        """What is still to be fetched."""
        return max(0, self.total_bytes - self.arrived_bytes)

    @property
    def fits(self) -> bool:
        """Whether the disk has room for the rest."""
        return self.free_bytes >= self.missing_bytes


@dataclass(frozen=True, slots=True)
class InstallView:
    """How far an installation is. `remaining_s` is None until a speed is known; `free_bytes`: of the disk."""

    model: str
    file: str
    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    remaining_s: float | None
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ResidentView:
    """A model that is in memory now; one that is `leased` is at work. No device: the one in use."""

    name: str
    bytes: int
    model_id: str = ""
    leased: bool = False
    device: str = ""


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device, what models may take of it, and which are there."""

    name: str
    capacity_bytes: int
    resident: tuple[ResidentView, ...] = ()

    @property
    def used_bytes(self) -> int:
        """What these models take together."""
        return sum(one.bytes for one in self.resident)


@dataclass(frozen=True, slots=True)
class StatusView:
    """Which LLM, where, and how much memory the models hold.

    Args:
        device: the one in use; `capacity_bytes` is of this one.
        capacities: what models may take of other devices on which some are.
    """

    llm: str | None
    device: str
    capacity_bytes: int
    resident: tuple[ResidentView, ...] = ()
    capacities: Mapping[str, int] = field(default_factory=dict)

    @property
    def devices(self) -> tuple[DeviceView, ...]:
        """The device in use first, then the others on which models are."""
        names = dict.fromkeys((self.device, *(one.device or self.device for one in self.resident)))
        return tuple(
            DeviceView(
                name,
                self.capacity_bytes if name == self.device else self.capacities.get(name, 0),
                tuple(one for one in self.resident if (one.device or self.device) == name),
            )
            for name in names
        )

    @property
    def used_bytes(self) -> int:
        """What the models on the device in use take together."""
        return self.devices[0].used_bytes


@dataclass(frozen=True, slots=True)
class DraftView:
    """What is written and not sent."""

    text: str = ""
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a request is run.

    Args:
        beside: the run in whose place it stands, in a branch of its own; None continues the conversation.
        plan: a plan to run instead of making one; files stand in it by the names of `files`, or by path.
        models: by task id of that plan, the model that the user chose.
    """

    beside: str | None = None
    plan: Plan | None = None
    models: Mapping[int, str] = field(default_factory=dict)


class Fit(Enum):
    """Whether a model fits into this machine's memory."""

    FITS = "fits"
    TIGHT = "tight"  # only after others have left
    OFFLOAD = "offload"  # only with parts of it elsewhere, which is slower
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class ModelView:
    """One line of the models page.

    Args:
        memory_bytes: what it takes while it runs at full speed; `frugal_bytes`: in its most frugal way.
    """

    id: str
    name: str
    tasks: tuple[str, ...]
    description: str
    licence: str
    languages: tuple[str, ...]
    tier: str
    size_bytes: int
    memory_bytes: int
    source: str
    fit: Fit
    capacity_bytes: int
    installed: bool
    verified: bool
    loadable: bool
    removable: bool
    controller: bool
    starter: bool
    frugal_bytes: int = 0


@dataclass(frozen=True, slots=True)
class WorkflowView:
    """A kept plan: its name, how many tasks it has, and the kinds of the files it wants."""

    id: str
    name: str
    request: str
    plan: Plan
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A model that could do a task.

    Args:
        memory_bytes: what it takes while it runs, as was measured here, or as its card says.
        seconds: what it took before, None where it never ran.
        peak_bytes: of the memory, what it takes only while it is at work.
    """

    id: str
    name: str
    memory_bytes: int
    seconds: float | None = None
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PlanKit:
    """What a plan can be made of on this machine: task types, and the installed models of each."""

    vocabulary: Vocabulary
    candidates: Mapping[str, tuple[CandidateView, ...]]
    capacity_bytes: int
    resident: tuple[ResidentView, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFit:
    """Whether a whole plan fits into the memory of the device in use.

    Args:
        needed_bytes: at the moment at which most is needed.
        together_bytes: what all its models would take if they stayed in memory together.
        refused: the name of a model that does not fit even alone; empty where the plan can run.
    """

    device: str
    needed_bytes: int
    available_bytes: int
    together_bytes: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that waits for the user's word, with the names and kinds of the files it may use."""

    plan: Plan
    files: tuple[Resource, ...]
    kit: PlanKit
