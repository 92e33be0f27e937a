"""What the memory manager is measured against: blind policies, and the best possible on small plans."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hgpt_desktop.bench.traces import Trace, TraceTask

MOST_TASKS, MOST_MODELS = 8, 4
"""Up to which size of a plan every schedule is tried."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a policy took. `oom`: tasks whose model never fits. `max_resident_bytes`: with running peaks."""

    loads: int
    load_seconds: float
    makespan_s: float
    oom: int
    max_resident_bytes: int


ChooseVictim = Callable[[Trace, Sequence[str]], str]
"""Among models, the longest unused first, who leaves."""


def longest_unused(trace: Trace, idle: Sequence[str]) -> str:
    """As Ollama and most caches do."""
    return idle[0]


def smallest(trace: Trace, idle: Sequence[str]) -> str:
    """As InvokeAI and, among whole models, ComfyUI do."""
    return min(idle, key=lambda model: trace.models[model].weights_bytes)


def run_blind(trace: Trace, choose: ChooseVictim) -> Figures:
    """Tasks in the order in which their turn comes; whoever is chosen leaves until the next one fits."""
    resident: list[str] = []  # the longest unused first
    loads, load_s, run_s, oom, most_bytes = 0, 0.0, 0.0, 0, 0
    for plan in trace.plans:
        for number in first_in_first_out(trace, plan):
            task = plan[number]
            if not trace.fits(task.model):
                oom += 1
                continue
            cost = trace.models[task.model]
            added_bytes = cost.peak_bytes + (0 if task.model in resident else cost.weights_bytes)
            while _weights(trace, resident) + added_bytes > trace.capacity_bytes:
                resident.remove(choose(trace, [model for model in resident if model != task.model]))
            if task.model in resident:
                resident.remove(task.model)
            else:
                loads, load_s = loads + 1, load_s + cost.load_s
            resident.append(task.model)
            run_s += task.run_s
            most_bytes = max(most_bytes, _weights(trace, resident) + cost.peak_bytes)
    return Figures(loads, load_s, load_s + run_s, oom, most_bytes)


def first_in_first_out(trace: Trace, plan: Sequence[TraceTask]) -> list[int]:
    """The tasks in the order in which they become ready. What depends on one that never fits is left out."""
    order: list[int] = []
    queued: set[int] = set()
    done: set[int] = set()
    position = 0
    while True:
        for number, task in enumerate(plan):
            if number not in queued and done.issuperset(task.deps):
                queued.add(number)
                order.append(number)
        if position == len(order):
            return order
        if trace.fits(plan[order[position]].model):
            done.add(order[position])
        position += 1


def _weights(trace: Trace, models: Sequence[str]) -> int:
    return sum(trace.models[model].weights_bytes for model in models)


def optimal_load_seconds(trace: Trace) -> float | None:
    """The least seconds of loading, by trying everything; None where that is too much.

    It knows nothing of the scheduler's rules: any ready task may run next, any set of others may leave.
    """
    if len(trace.plans) != 1 or len(trace.plans[0]) > MOST_TASKS:
        return None
    plan = trace.plans[0]
    if len({task.model for task in plan}) > MOST_MODELS:
        return None
    possible = first_in_first_out(trace, plan)
    wanted = frozenset(number for number in possible if trace.fits(plan[number].model))
    best: dict[tuple[frozenset[int], frozenset[str]], float] = {(frozenset(), frozenset()): 0.0}
    for _ in range(len(wanted)):
        following: dict[tuple[frozenset[int], frozenset[str]], float] = {}
        for (done, resident), load_s in best.items():
            for number in wanted - done:
                task = plan[number]
                if not done.issuperset(task.deps):
                    continue
                cost = trace.models[task.model]
                total_s = load_s if task.model in resident else load_s + cost.load_s
                others = resident - {task.model}
                for count in range(len(others) + 1):
                    for staying in itertools.combinations(sorted(others), count):
                        if _weights(trace, staying) + cost.running_bytes <= trace.capacity_bytes:
                            key = (done | {number}, frozenset({task.model, *staying}))
                            if total_s < following.get(key, float("inf")):
                                following[key] = total_s
        best = following
    return min(best.values())
