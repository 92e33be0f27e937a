"""Traces of memory use: models, plans of tasks, and a device that does not hold all models at once."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.runtime.footprints import Footprint

MIB = 2**20


@dataclass(frozen=True, slots=True)
class TraceTask:
    """A task of a trace. `deps` are positions in its plan."""

    model: str
    deps: tuple[int, ...]
    run_s: float


@dataclass(frozen=True, slots=True)
class Trace:
    """Plans that arrive one after another at a device that is empty at first."""

    capacity_bytes: int
    models: Mapping[str, Footprint]
    plans: tuple[tuple[TraceTask, ...], ...]

    def fits(self, model: str) -> bool:
        """Whether a task of the model can run on the device at all."""
        return self.models[model].running_bytes <= self.capacity_bytes


def read_trace(path: Path) -> Trace:
    """The trace in a JSON file, see docs/benchmarks/memory.md.

    Raises:
        InvalidInput: it cannot be read, or is not a trace; the message says where.
    """
    try:
        return trace_of(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read.", "Check the path.", str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"{path.name} is not a memory trace: {type(error).__name__} {error}.",
            "docs/benchmarks/memory.md shows the form.",
        ) from error


def trace_of(form: Mapping[str, Any]) -> Trace:
    """The trace in its JSON form.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    models = {
        str(name): Footprint(
            _size(model["weights_bytes"]), _size(model["peak_bytes"]), _time(model["load_s"])
        )
        for name, model in form["models"].items()
    }
    plans = tuple(_plan(tasks, models) for tasks in form["plans"])
    return Trace(_size(form["capacity_bytes"]), models, plans)


def _plan(tasks: list[Mapping[str, Any]], models: Mapping[str, Footprint]) -> tuple[TraceTask, ...]:
    places = {task["id"]: place for place, task in enumerate(tasks)}
    if len(places) != len(tasks):
        raise ValueError("two tasks of a plan have the same id")
    plan = []
    for task in tasks:
        if str(task["model"]) not in models:
            raise ValueError(f"the model {task['model']} is not described")
        deps = tuple(sorted({places[one] for one in task.get("deps") or () if one != -1}))
        plan.append(TraceTask(str(task["model"]), deps, _time(task.get("run_s", 0.0))))
    reached: set[int] = set()
    while free := [n for n, one in enumerate(plan) if n not in reached and reached.issuperset(one.deps)]:
        reached.update(free)
    if len(reached) < len(plan):
        raise ValueError("tasks of a plan wait for one another in a circle")
    return tuple(plan)


def _size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{value!r} is not a number of bytes")
    return int(value)


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{value!r} is not a number of seconds")
    return float(value)


def random_trace(
    chance: random.Random,
    plans: int = 6,
    tasks: int = 20,
    models: int = 8,
    least_share: float = 1 / 3,
    most_share: float = 1 / 2,
    linked: float = 0.6,
) -> Trace:
    """A trace in which a part of the weights fits.

    Args:
        least_share, most_share: between which shares of all weights the capacity is drawn.
        linked: the chance that a task needs one of the tasks before it; some need a second one.
    """
    costs = {}
    for number in range(models):
        weights_bytes = chance.randint(100, 8000) * MIB
        peak_bytes = int(weights_bytes * chance.uniform(0.05, 0.3))
        costs[f"model-{number}"] = Footprint(
            weights_bytes, peak_bytes, 0.3 + weights_bytes / (chance.uniform(0.4, 2.0) * 1e9)
        )
    share = chance.uniform(least_share, most_share)
    capacity_bytes = max(
        int(share * sum(cost.weights_bytes for cost in costs.values())),
        *(cost.running_bytes for cost in costs.values()),
    )
    return Trace(
        capacity_bytes,
        costs,
        tuple(_random_plan(chance, tasks, list(costs), linked) for _ in range(plans)),
    )


def varied_trace(chance: random.Random) -> Trace:
    """A trace of another kind each time: few or many plans and models, short or long plans, any room.

    In some all models cost the same, in some a few are wanted most, in some plans come again.
    """
    least_share = chance.choice((0.15, 0.25, 1 / 3, 0.5, 0.7))
    models = chance.choice((2, 3, 4, 5, 6, 8, 10, 12))
    device = random_trace(
        chance, plans=0, models=models, least_share=least_share, most_share=least_share + 0.2
    )
    costs, capacity_bytes = device.models, device.capacity_bytes
    kind = chance.choice(("as it comes", "equal costs", "favourites", "plans come again"))
    if kind == "equal costs":
        costs = dict.fromkeys(costs, Footprint(4000 * MIB, 200 * MIB, 2.0))
        capacity_bytes = max(2, int(least_share * models + 1)) * 4200 * MIB
    names = list(costs)
    linked = chance.choice((0.0, 0.3, 0.6, 0.9, 1.0))
    most_tasks = chance.choice((1, 2, 3, 4, 5, 6, 8, 10, 20))
    plans: list[tuple[TraceTask, ...]] = []
    for _ in range(chance.choice((2, 3, 4, 6, 10, 20))):
        if plans and kind == "plans come again" and chance.random() < 0.6:
            plans.append(chance.choice(plans))
            continue
        tasks = most_tasks if chance.random() < 0.5 else chance.randint(1, most_tasks)
        wanted = names
        if kind == "favourites":
            weights = [1 / place for place in range(1, models + 1)]
            wanted = chance.choices(names, weights, k=max(2, tasks))
        plans.append(_random_plan(chance, tasks, wanted, linked))
    return Trace(capacity_bytes, costs, tuple(plans))


def _random_plan(
    chance: random.Random, tasks: int, models: list[str], linked: float
) -> tuple[TraceTask, ...]:
    plan = []
    for number in range(tasks):
        deps: set[int] = set()
        while number and len(deps) < min(2, number) and chance.random() < linked * (0.3 if deps else 1.0):
            deps.add(chance.randrange(number))
        plan.append(TraceTask(chance.choice(models), tuple(sorted(deps)), round(chance.uniform(0.2, 8.0), 2)))
    return tuple(plan)
