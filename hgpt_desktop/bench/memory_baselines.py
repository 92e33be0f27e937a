"""What the memory manager is measured against: blind policies, and the best possible on small plans."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hgpt_desktop.bench.traces import Trace, TraceTask
from hgpt_desktop.runtime.activation_search import ActivationSearch
from hgpt_desktop.runtime.activations import Problem
from hgpt_desktop.runtime.rival import first_in_first_out, run_blind

MOST_TASKS, MOST_MODELS = 8, 4
"""Up to which size of a plan every schedule is tried."""
_BEST_KNOWN_BUDGET = 300_000  # states: all of them, for nearly every plan of 20 tasks


@dataclass(frozen=True, slots=True)
class Figures:
    """What a policy took. `oom`: tasks whose model never fits. `max_resident_bytes`: with running peaks."""

    loads: int
    load_seconds: float
    makespan_s: float
    oom: int
    max_resident_bytes: int


def longest_unused(held: Sequence[str], trace: Trace) -> str:
    """As Ollama and most caches do."""
    return held[0]


def smallest(held: Sequence[str], trace: Trace) -> str:
    """As InvokeAI and, among whole models, ComfyUI do."""
    return min(held, key=lambda model: trace.models[model].weights_bytes)


def run_policy(trace: Trace, choose: Callable[[Sequence[str], Trace], str]) -> Figures:
    """Tasks first in, first out; whoever is chosen leaves until the next one fits.

    Args:
        choose: among the models that are there, the longest unused first, who leaves.
    """
    held: list[str] = []
    loads, load_s, run_s, oom, most_bytes = 0, 0.0, 0.0, 0, 0
    for plan in trace.plans:
        ready = [plan[number] for number in order_of(trace, plan)]
        tasks = [task for task in ready if trace.fits(task.model)]
        oom += len(ready) - len(tasks)
        steps = run_blind(
            held,
            [task.model for task in tasks],
            trace.capacity_bytes,
            trace.models,
            lambda others: choose(others, trace),
        )
        for task, loaded in zip(tasks, steps, strict=True):
            cost = trace.models[task.model]
            loads, load_s = loads + loaded, load_s + cost.load_s * loaded
            run_s += task.run_s
            most_bytes = max(most_bytes, _weights(trace, held) + cost.peak_bytes)
    return Figures(loads, load_s, load_s + run_s, oom, most_bytes)


def order_of(trace: Trace, plan: Sequence[TraceTask]) -> list[int]:
    """The tasks in the order in which they become ready. What depends on one that never fits is left out."""
    fitting = {number for number, task in enumerate(plan) if trace.fits(task.model)}
    return first_in_first_out({number: task.deps for number, task in enumerate(plan)}, fitting)


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
    possible = order_of(trace, plan)
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


def best_known_load_seconds(trace: Trace) -> tuple[float, bool]:
    """The least seconds of loading for the only plan of a trace, and whether that is proved to be the least.

    The scheduler's own search, but with so much time that it hardly ever leaves anything out.
    """
    (plan,) = trace.plans
    models = list(trace.models)
    costs = list(trace.models.values())
    load_s = tuple(cost.load_s for cost in costs)
    problem = Problem(
        trace.capacity_bytes,
        tuple(models.index(task.model) for task in plan),
        tuple(sum(1 << number for number in task.deps) for task in plan),
        tuple(cost.weights_bytes for cost in costs),
        tuple(cost.peak_bytes for cost in costs),
        load_s,
        load_s,
    )
    search = ActivationSearch(problem)
    found = search.search(*search.settle(0, 0), _BEST_KNOWN_BUDGET)
    assert found is not None
    assert found.complete
    return found.end.load_s, found.exact
