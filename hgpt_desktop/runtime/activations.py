"""Plans and schedules in numbers, for the search behind the scheduler. Sets are bit masks."""

from __future__ import annotations

from dataclasses import dataclass

EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Problem:
    """A plan on a device, in numbers. Everything of a model stands at its index, likewise for tasks.

    Args:
        task_models: the model of each task.
        task_deps: the tasks that each one needs, as a mask, without a circle.
        weights_bytes, peak_bytes, load_s, worth_s: of each model, see `Footprint` and `Scheduler`.
    """

    capacity_bytes: int
    task_models: tuple[int, ...]
    task_deps: tuple[int, ...]
    weights_bytes: tuple[int, ...]
    peak_bytes: tuple[int, ...]
    load_s: tuple[float, ...]
    worth_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a schedule has to keep to at its end, see `rival.Pledge`.

    Args:
        allowed_s: seconds of loading, those of the wanted models that are missing in the end included.
        wanted: models, as a mask.
        binding: False where it only decides between schedules that load equally long.
    """

    allowed_s: float = float("inf")
    wanted: int = 0
    binding: bool = False


NO_LIMIT = Limit()


@dataclass(slots=True, eq=False)
class Activation:
    """A state right after an activation, and how it was reached.

    Args:
        load_s: spent on loading since the search began.
        done: tasks that have run by then.
        resident: models that are there then.
        model: the one activated last; -1 at the beginning.
        room: models that were there right after that one came, before any task ran.
    """

    load_s: float
    done: int
    resident: int
    model: int
    room: int
    parent: Activation | None

    def path(self) -> tuple[Activation, ...]:
        """All states from the beginning to this one."""
        found: list[Activation] = []
        here: Activation | None = self
        while here is not None:
            found.append(here)
            here = here.parent
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Args:
        end: the last state of the best schedule; its path is the schedule.
        complete: whether it does all tasks, or only as many as were looked at.
        exact: whether no schedule loads for a shorter time.
    """

    end: Activation
    complete: bool
    exact: bool
