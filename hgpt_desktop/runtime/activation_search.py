"""The search behind the scheduler: which models to bring in, one after another, so that loading takes least.

Between two loads nothing is lost by running at once whatever can run, so that a schedule is a sequence of
*activations*: a model is brought in (or given room for its peak), and then every task runs that needs nothing
more. Models that no task needs any longer count as free room. Sets of tasks and models are bit masks here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hgpt_desktop.runtime.activations import EPSILON, NO_LIMIT, Activation, Found, Limit, Problem
from hgpt_desktop.runtime.bit_sets import bits, minimal_sets

_TASK_AHEAD, _SWITCH_AHEAD = 0.2, 0.6
"""What a task that remains counts in the ranking of states, in mean load seconds: so much, and so much more
for each change of model on the longest way through its dependants. Those will cost reloads."""
_NARROWEST = 2
_STEPS_EACH = 3  # that are not known yet, from a state, about
_SEEN_TO_THE_END = 24
"""So few tasks are scheduled to the end even where the budget is used up, by what looks best at each step."""


class _Step(NamedTuple):
    """An activation as it looks from the state before it.

    `rest_s` is the least to be loaded after it, `ahead_s` the guess of `_seconds_ahead` for what is left.
    """

    model: int
    room: int
    load_s: float
    done: int
    resident: int
    rest_s: float
    ahead_s: float


_Ranked = tuple[float, float, Activation, _Step]
"""Rank (less is better), the least load seconds in all, the state before, the step."""


def _rank(ranked: _Ranked) -> float:
    return ranked[0]


def _after(ranked: _Ranked) -> Activation:
    """The state that a step leads to."""
    _, _, before, step = ranked
    return Activation(before.load_s + step.load_s, step.done, step.resident, step.model, step.room, before)


class ActivationSearch:
    """Finds schedules for one problem. What it works out is kept for the next search. Threads: for one."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.all_tasks = (1 << len(problem.task_models)) - 1
        self._tasks_of = [0] * len(problem.weights_bytes)
        for task, model in enumerate(problem.task_models):
            self._tasks_of[model] |= 1 << task
        self._tasks = tuple(
            (1 << task, problem.task_deps[task], 1 << model) for task, model in enumerate(problem.task_models)
        )
        self._ahead_s = _seconds_ahead(problem)
        self._task_lists: dict[int, list[tuple[int, int]]] = {}
        self._weights: dict[int, int] = {}
        self._seconds: dict[int, float] = {}
        self._runnable: dict[int, int] = {}
        self._outlooks: dict[int, tuple[int, int, float]] = {}
        self._settled: dict[tuple[int, int], tuple[int, int]] = {}
        self._rooms: dict[tuple[int, int, int], tuple[int, ...]] = {}
        self._steps: dict[tuple[int, int], tuple[_Step, ...]] = {}

    # ------------------------------------------------------------ the search

    def search(
        self,
        done: int,
        resident: int,
        budget: int,
        bound_s: float = float("inf"),
        limit: Limit = NO_LIMIT,
    ) -> Found | None:
        """The best schedule from a settled state on; None where none keeps to `bound_s` and the limit.

        A beam, one activation deeper at a time: as wide as the budget allows, so that for small plans it
        leaves out nothing. Among schedules that load equally long the one wins that leaves most worth behind.

        Args:
            budget: about how many states may be looked at.
        """
        layer = [Activation(0.0, done, resident, -1, resident, None)]
        if done == self.all_tasks:
            kept = not limit.binding or self._behind_s(limit, 0.0, resident) == 0
            return Found(layer[0], complete=True, exact=True) if kept else None
        if limit.binding:
            bound_s = min(bound_s, limit.allowed_s)
        best: Activation | None = None
        best_rest, exact, left = (0.0, 0.0), True, budget
        while layer:
            found: dict[tuple[int, int], _Ranked] = {}
            for node in layer:
                key = (node.done, node.resident)
                steps = self._steps.get(key)
                if steps is None:
                    steps = self._steps[key] = tuple(self._steps_from(node.done, node.resident))
                    left -= len(steps)
                left -= 1
                for step in steps:
                    _, _, step_s, then_done, then_resident, rest_s, ahead_s = step
                    load_s = node.load_s + step_s
                    least_s = load_s + rest_s
                    if least_s > bound_s + EPSILON:
                        continue
                    if then_done == self.all_tasks:
                        behind_s = self._behind_s(limit, load_s, then_resident)
                        if limit.binding and behind_s > 0:
                            continue
                        rest = (behind_s, -self.worth_of(then_resident))
                        if best is None or load_s < best.load_s - EPSILON or rest < best_rest:
                            best = _after((0.0, least_s, node, step))
                            best_rest, bound_s = rest, min(bound_s, load_s)
                        continue
                    key = (then_done, then_resident)
                    other = found.get(key)
                    if other is None or least_s < other[1]:
                        found[key] = (least_s + ahead_s, least_s, node, step)
            ranked = [one for one in found.values() if one[1] <= bound_s + EPSILON]
            width = self._width(left, ranked[0][3].done) if ranked else 0
            if len(ranked) > width:
                exact = False
                ranked.sort(key=_rank)
                if width == 0 and best is None:
                    return Found(_after(ranked[0]), complete=False, exact=False)
                ranked = self._undominated(ranked, width)
            layer = [_after(one) for one in ranked]
        return None if best is None else Found(best, complete=True, exact=exact)

    def _undominated(self, ranked: Sequence[_Ranked], width: int) -> list[_Ranked]:
        """The best so many, without those that are nowhere better than one before them."""
        kept: list[tuple[int, int, float]] = []
        chosen: list[_Ranked] = []
        for one in ranked:
            if len(chosen) == width:
                break
            _, _, before, step = one
            load_s = before.load_s + step.load_s
            of_use = step.resident & self._outlook(step.done)[0]
            if not any(
                step.done & ~done == 0 and of_use & ~resident == 0 and least_s <= load_s
                for done, resident, least_s in kept
            ):
                kept.append((step.done, step.resident, load_s))
                chosen.append(one)
        return chosen

    def _width(self, left: int, done: int) -> int:
        """How many states the next layer may have, so that the budget lasts to the end of the plan."""
        if left <= 0:
            return 1 if (self.all_tasks & ~done).bit_count() <= _SEEN_TO_THE_END else 0
        layers = self._outlook(done)[0].bit_count() * 3 // 2 + 1
        return max(_NARROWEST, left // (layers * _STEPS_EACH))

    def _behind_s(self, limit: Limit, load_s: float, resident: int) -> float:
        """By how many seconds a plan that ends so misses the limit; 0 where it keeps it."""
        behind_s = load_s + self._load_s(limit.wanted & ~resident) - limit.allowed_s
        return behind_s if behind_s > EPSILON else 0.0

    def _steps_from(self, done: int, resident: int) -> Iterator[_Step]:
        """Every activation that may come next."""
        needed, ready, _ = self._outlook(done)
        for model in bits(ready):
            load_s = 0.0 if resident >> model & 1 else self._problem.load_s[model]
            for room in self.rooms(resident, model, needed):
                then_done, then_resident = self.settle(done, room)
                then_needed, _, ahead_s = self._outlook(then_done)
                rest_s = self._load_s(then_needed & ~then_resident)
                yield _Step(model, room, load_s, then_done, then_resident, rest_s, ahead_s)

    # ------------------------------------------------------------ states

    def settle(self, done: int, resident: int) -> tuple[int, int]:
        """Tasks done and models resident after all has run that needs no load, and evicts nothing needed."""
        key = (done, resident)
        kept = self._settled.get(key)
        if kept is not None:
            return kept
        while True:
            done = self._closure(done, self._runnable_tasks(resident))
            room = self._room_among_idle(done, resident)
            if room == resident:
                break
            resident = room
        self._settled[key] = (done, resident)
        return done, resident

    def _room_among_idle(self, done: int, resident: int) -> int:
        """Without models that nothing needs any longer, where that lets a ready task of a resident run."""
        needed, ready, _ = self._outlook(done)
        idle = resident & ~needed
        if not idle:
            return resident
        room_bytes = self._problem.capacity_bytes - self._weight(resident)
        for model in bits(resident & ready & needed):
            excess = self._problem.peak_bytes[model] - room_bytes
            if excess > 0 and (leaving := self.least_worth(idle, excess)) is not None:
                return resident & ~leaving
        return resident

    def rooms(self, resident: int, model: int, needed: int) -> tuple[int, ...]:
        """The sets of residents, each as large as possible, with which a task of the model can run.

        Where it suffices that models leave that nothing needs any longer, no other one does. No set where the
        model never fits.
        """
        key = (resident, model, needed & resident)
        kept = self._rooms.get(key)
        if kept is None:
            kept = self._rooms[key] = tuple(self._rooms_for(resident, model, needed))
        return kept

    def _rooms_for(self, resident: int, model: int, needed: int) -> Iterator[int]:
        problem, bit = self._problem, 1 << model
        everyone = resident | bit
        excess = self._weight(everyone) + problem.peak_bytes[model] - problem.capacity_bytes
        if excess <= 0:
            yield everyone
            return
        others = resident & ~bit
        idle = others & ~needed
        weights = problem.weights_bytes
        if self._weight(idle) >= excess:
            sets = minimal_sets(bits(idle), excess, weights, problem.worth_s)
        else:
            sets = minimal_sets(bits(others), excess, weights, problem.load_s)
        for leaving in sets:
            yield everyone & ~leaving

    def least_worth(self, models: int, excess: int) -> int | None:
        """Which of the models to give up for so many bytes, with the least worth; None: not enough."""
        return self._least(models, excess, self._problem.worth_s)

    def least_reload(self, models: int, excess: int) -> int | None:
        """Which of the models to give up for so many bytes, with the least to load again; or None."""
        return self._least(models, excess, self._problem.load_s)

    def _least(self, models: int, excess: int, cost: Sequence[float]) -> int | None:
        sets = minimal_sets(bits(models), excess, self._problem.weights_bytes, cost)
        return min(
            sets, key=lambda one: (sum(cost[model] for model in bits(one)), self._weight(one)), default=None
        )

    def running_bytes(self, resident: int, model: int) -> int:
        """What these models take while a task of one of them runs."""
        return self._weight(resident) + self._problem.peak_bytes[model]

    # ------------------------------------------------------------ sums, worked out once

    def _closure(self, done: int, runnable: int) -> int:
        """All tasks done once those among `runnable` have run whose turn comes."""
        tasks = self._task_lists.get(runnable)
        if tasks is None:
            tasks = [(task, deps) for task, deps, _ in self._tasks if task & runnable]
            self._task_lists[runnable] = tasks
        before = -1
        while before != done and runnable & ~done:
            before = done
            for task, deps in tasks:
                if deps & done == deps:
                    done |= task
        return done

    def _outlook(self, done: int) -> tuple[int, int, float]:
        """The models still needed, those with a task that is ready, and the guess of `_seconds_ahead`."""
        kept = self._outlooks.get(done)
        if kept is not None:
            return kept
        needed = ready = 0
        ahead_s = 0.0
        for (task, deps, model), seconds in zip(self._tasks, self._ahead_s, strict=True):
            if not done & task:
                needed |= model
                ahead_s += seconds
                if deps & done == deps:
                    ready |= model
        self._outlooks[done] = found = (needed, ready, ahead_s)
        return found

    def _runnable_tasks(self, resident: int) -> int:
        """The tasks, of whatever turn, that could run beside these models."""
        kept = self._runnable.get(resident)
        if kept is None:
            room = self._problem.capacity_bytes - self._weight(resident)
            kept = 0
            for model in bits(resident):
                if self._problem.peak_bytes[model] <= room:
                    kept |= self._tasks_of[model]
            self._runnable[resident] = kept
        return kept

    def _weight(self, models: int) -> int:
        kept = self._weights.get(models)
        if kept is None:
            kept = sum(self._problem.weights_bytes[model] for model in bits(models))
            self._weights[models] = kept
        return kept

    def _load_s(self, models: int) -> float:
        kept = self._seconds.get(models)
        if kept is None:
            kept = sum(self._problem.load_s[model] for model in bits(models))
            self._seconds[models] = kept
        return kept

    def worth_of(self, models: int) -> float:
        """What the models' being there is worth, in seconds."""
        return sum(self._problem.worth_s[model] for model in bits(models))

    def needed(self, done: int) -> int:
        """The models that tasks still need."""
        return self._outlook(done)[0]


def _seconds_ahead(problem: Problem) -> list[float]:
    """For each task a guess of the reloads that it and what depends on it will cost."""
    models, count = problem.task_models, len(problem.task_models)
    used = {problem.load_s[model] for model in models}
    mean_s = sum(used) / max(1, len(used))
    switches = [0] * count
    pending, done = list(range(count)), 0
    order = []
    while pending:
        free = [task for task in pending if not problem.task_deps[task] & ~done]
        order += free
        pending = [task for task in pending if task not in free]
        for task in free:
            done |= 1 << task
    for task in reversed(order):
        for needed in bits(problem.task_deps[task]):
            further = switches[task] + (models[task] != models[needed])
            switches[needed] = max(switches[needed], further)
    return [mean_s * (_TASK_AHEAD + _SWITCH_AHEAD * one) for one in switches]
