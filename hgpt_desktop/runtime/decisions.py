"""What a scheduler is told of a plan and a device, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task as the scheduler sees it. `deps` are ids of the same plan."""

    id: int
    model: str
    deps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device at the moment of a decision.

    Args:
        capacity_bytes: what models and running tasks may take together.
        resident: ids of the loaded models.
        pinned: those of them that are in use and stay.
        reserved_bytes: what running tasks take on top of their models.
    """

    capacity_bytes: int
    resident: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    reserved_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Eviction:
    """A model that leaves, and what that costs.

    Args:
        next_use: how many tasks of the plan run before it is needed again; None: never in this plan.
    """

    model: str
    next_use: int | None
    reload_s: float

    @property
    def reason(self) -> str:
        """Why this one."""
        if self.next_use is None:
            return f"not needed any more by this plan, reload {self.reload_s:.1f} s"
        return f"next use in {self.next_use} tasks, reload {self.reload_s:.1f} s"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do next.

    Args:
        task: the id of the task to start.
        evictions: who leaves before.
        order: the tasks still to be done in the order that is planned now.
        remaining_load_s: the seconds of loading that this order takes, as far as it was worked out.
        optimal: whether no order loads for a shorter time.
    """

    task: int
    evictions: tuple[Eviction, ...]
    order: tuple[int, ...]
    remaining_load_s: float
    optimal: bool


@dataclass(frozen=True, slots=True)
class Pledge:
    """What a plan's schedule keeps to, so that no blind server would have been better off.

    Args:
        allowed_s: seconds of loading that the plan may take, together with those of the server's models that
            are missing afterwards.
        held: the models that the server holds in the end, and the seconds to load each.
        course: the server's tasks in its order, and the models that it holds while each of them runs. Who
            follows it, putting out first what the server does not hold, keeps the pledge.
        binding: False for the very first plan, which is loaded in the shortest time whatever it leaves.
    """

    allowed_s: float
    held: Mapping[str, float]
    course: tuple[tuple[int, frozenset[str]], ...]
    binding: bool
