"""Which task of a plan goes next on a device, and which idle models leave for it: for the shortest loading.

Peers evict by the past, because they do not know what comes next; here the plan says so. Pure: no threads,
clock, files or chance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hgpt_desktop.runtime.activation_search import ActivationSearch
from hgpt_desktop.runtime.activations import NO_LIMIT, Activation, Limit, Problem
from hgpt_desktop.runtime.decisions import Decision, DeviceState, Eviction, PlannedTask, Pledge
from hgpt_desktop.runtime.footprints import Footprint

DECISION_BUDGET = 800
"""States that a decision may look at where the plan needs up to `_FEW_MODELS`, and fewer where it needs more,
as each then takes longer: 1 to 4 ms."""
_FEW_MODELS = 7
THINKING_BUDGET = 3000
"""States that are looked at while the lane is busy, so that nobody waits."""


class Scheduler:
    """The order of one plan's tasks on one device. It keeps its best schedule from decision to decision.

    Tasks that run side by side are decided on as if they ran in turn; one is started beside another only
    where that puts out no model that the plan still needs.

    Threads: for one thread.

    Args:
        tasks: in any order; ids differ, `deps` are among them, and there is no circle.
        pledge: what the schedule keeps to where it is known to the end; None: nothing.
        decision_budget, thinking_budget: how many states `decide` and `think` look at, about.
    """

    def __init__(
        self,
        tasks: Sequence[PlannedTask],
        pledge: Pledge | None = None,
        decision_budget: int = DECISION_BUDGET,
        thinking_budget: int = THINKING_BUDGET,
    ) -> None:
        self._tasks = tuple(tasks)
        self._pledge = pledge
        self._spent_s = 0.0  # on loading, by the decisions taken
        self._decision_budget = decision_budget
        self._thinking_budget = thinking_budget
        self._bits = {task.id: 1 << number for number, task in enumerate(self._tasks)}
        self._deps = tuple(self._mask(task.deps) for task in self._tasks)
        self._footprints: dict[str, Footprint] = {}
        self._worth_s: dict[str, float] = {}
        self._models: tuple[str, ...] = ()
        self._problem: Problem | None = None
        self._search: ActivationSearch | None = None
        self._schedule: _Schedule | None = None
        self._start = (0, 0)  # tasks done and models there when the decided task has run

    def decide(
        self,
        done: Collection[int],
        running: Collection[int],
        ready: Collection[int],
        state: DeviceState,
        footprints: Mapping[str, Footprint],
        worth_s: Mapping[str, float],
    ) -> Decision | None:
        """The task to start now, or None where it is better to wait for one that runs.

        Args:
            done: tasks that are out of the way: they have run, or never will.
            running: tasks under way.
            ready: tasks that may start now, for all that is known besides memory.
            footprints: of the models of the plan and of the resident ones. A task whose model cannot fit even
                alone is started at once, so that whoever admits it can refuse it.
            worth_s: seconds that a model's being there after the plan is worth, for as many as are known. Of
                schedules that load equally long the one is taken that leaves more behind.

        Where nothing of this plan runs and something is ready there is always a decision.
        """
        oversized = self._oversized(done, state, footprints)
        for task_id in oversized:
            if task_id in ready:
                return Decision(task_id, (), (task_id,), 0.0, optimal=False)
        search = self._prepared(state, footprints, worth_s)
        gone = self._mask(done) | self._mask(running) | self._with_dependants(oversized)
        moment = _Moment(
            search, gone, self._model_mask(state.resident), self._model_mask(state.pinned), state
        )
        self._start = search.settle(gone, moment.resident)
        schedule = self._schedule_from(search, *self._start)
        order = self._course(gone) if schedule is None else self._order(schedule.path, gone)
        startable = [number for number in order if self._tasks[number].id in ready]
        choice = self._beside_residents(moment, startable, evicting=schedule is not None)
        if choice is None and schedule is not None:
            choice = self._next_activation(moment, startable, schedule)
            if choice is not None:
                self._schedule = replace(schedule, path=schedule.path[1:])
        if choice is None:
            choice = (
                self._follow(moment, startable)
                if schedule is None
                else self._into_free_room(moment, startable)
            )
        if choice is None and startable and not running:
            # What stands in the way is not of this plan: another request, or a task on another device.
            choice = startable[0], moment.least_harm(self._model_of(startable[0]))
        if choice is None:
            return None
        number, leaving = choice
        if schedule is None:
            there = moment.resident & ~leaving | 1 << self._model_of(number)
            self._start = search.settle(gone | 1 << number, there)
        return self._decided(moment, number, leaving, order, schedule)

    def _decided(
        self, moment: _Moment, number: int, leaving: int, order: Sequence[int], schedule: _Schedule | None
    ) -> Decision:
        model = self._model_of(number)
        others = [one for one in order if one != number]
        remaining_s = 0.0 if schedule is None else schedule.load_s
        if not moment.resident >> model & 1:
            self._spent_s += self._footprints[self._models[model]].load_s
        return Decision(
            self._tasks[number].id,
            self._evictions(leaving, others, self._footprints),
            (self._tasks[number].id, *(self._tasks[one].id for one in others)),
            remaining_s,
            schedule is not None and schedule.exact and schedule.complete,
        )

    def think(self) -> None:
        """Improve the schedule after a decision, while the lane is busy with it."""
        search, schedule = self._search, self._schedule
        if search is None or (schedule is not None and schedule.exact and schedule.complete):
            return
        done, resident = self._start
        if schedule is not None:
            done, resident = schedule.path[0].done, schedule.path[0].resident
        self._schedule = self._improved(search, done, resident, self._thinking_budget, schedule)

    # ------------------------------------------------------------ three ways to start a task

    def _beside_residents(
        self, moment: _Moment, startable: Sequence[int], *, evicting: bool
    ) -> _Choice | None:
        """A task whose model is there: it costs nothing, whatever the schedule says.

        As the search supposes, first those that need no more room, then by their models' numbers.
        """
        there = [number for number in startable if moment.resident >> self._model_of(number) & 1]
        for number in there:
            if moment.lacking_bytes(self._model_of(number)) <= 0:
                return number, 0
        for number in sorted(there, key=self._model_of) if evicting else ():
            if (leaving := moment.idle_to_leave(self._model_of(number))) is not None:
                return number, leaving
        return None

    def _follow(self, moment: _Moment, startable: Sequence[int]) -> _Choice | None:
        """The blind server's next task. First those leave that the server does not hold at that point."""
        if self._pledge is None or not startable:
            return None
        number = startable[0]
        held = dict(self._pledge.course).get(self._tasks[number].id, frozenset())  # it fitted nowhere then
        model = self._model_of(number)
        spare = moment.resident & ~moment.pinned & ~self._model_mask(held & set(self._models)) & ~(1 << model)
        leaving = moment.search.least_worth(spare, moment.lacking_bytes(model))
        return None if leaving is None else (number, leaving)

    def _next_activation(
        self, moment: _Moment, startable: Sequence[int], schedule: _Schedule
    ) -> _Choice | None:
        """What the schedule says, if that can be done now."""
        if len(schedule.path) < 2:
            return None
        following = schedule.path[1]
        leaving = moment.resident & ~following.room
        if leaving & moment.pinned or not moment.fits(following.model, leaving):
            return None
        for number in startable:
            if self._model_of(number) == following.model:
                return number, leaving
        return None

    def _into_free_room(self, moment: _Moment, startable: Sequence[int]) -> _Choice | None:
        """A task beside others that run: only in room that the plan does not need."""
        for number in startable:
            leaving = moment.idle_to_leave(self._model_of(number))
            if leaving is not None:
                return number, leaving
        return None

    # ------------------------------------------------------------ the schedule

    def _schedule_from(self, search: ActivationSearch, done: int, resident: int) -> _Schedule | None:
        """The schedule from here on; None where none was found that keeps the pledge."""
        kept = self._schedule
        if kept is None or (kept.path[0].done, kept.path[0].resident) != (done, resident):
            budget = self._decision_budget * _FEW_MODELS // max(_FEW_MODELS, len(self._models))
            kept = self._improved(search, done, resident, budget, None)
            self._schedule = kept
        return kept

    def _improved(
        self, search: ActivationSearch, done: int, resident: int, budget: int, known: _Schedule | None
    ) -> _Schedule | None:
        bound_s = known.load_s if known is not None and known.complete else float("inf")
        found = search.search(done, resident, budget, bound_s, self._limit())
        return known if found is None else _Schedule(found.end.path(), found.complete, found.exact)

    def _limit(self) -> Limit:
        """The pledge in the numbers of the search. A model that the search does not know stays missing."""
        if self._pledge is None:
            return NO_LIMIT
        wanted = {model: load_s for model, load_s in self._pledge.held.items() if model in self._models}
        missing_s = sum(self._pledge.held.values()) - sum(wanted.values())
        allowed_s = self._pledge.allowed_s - self._spent_s - missing_s
        return Limit(allowed_s, self._model_mask(wanted), self._pledge.binding)

    def _course(self, gone: int) -> list[int]:
        """The tasks that are not gone, in the order of the blind server, by number."""
        assert self._pledge is not None, "without a pledge there is always a schedule"
        places = {task.id: number for number, task in enumerate(self._tasks)}
        order = [places[task_id] for task_id, _ in self._pledge.course]
        order = [number for number in order if not gone >> number & 1]
        for number in order:
            gone |= 1 << number
        return order + self._order((), gone)

    def _order(self, path: Sequence[Activation], gone: int) -> list[int]:
        """The tasks that are not gone, in the order of the schedule, by number."""
        order: list[int] = []
        for node in path:
            gone = self._append(order, node.done & ~gone, node.model, gone)
        self._append(order, self._everything & ~gone, -1, gone)
        return order

    def _append(self, order: list[int], pending: int, model: int, gone: int) -> int:
        """Append tasks after what they depend on, those of the model first where there is a choice."""
        while pending:
            free = [
                number
                for number, deps in enumerate(self._deps)
                if pending >> number & 1 and deps & gone == deps
            ]
            if not free:  # they depend on a task that can never run
                break
            number = next((one for one in free if self._model_of(one) == model), free[0])
            order.append(number)
            pending &= ~(1 << number)
            gone |= 1 << number
        return gone

    def _evictions(
        self, leaving: int, after: Sequence[int], footprints: Mapping[str, Footprint]
    ) -> tuple[Eviction, ...]:
        uses = [self._tasks[number].model for number in after]
        return tuple(
            Eviction(model, uses.index(model) + 1 if model in uses else None, footprints[model].load_s)
            for index, model in enumerate(self._models)
            if leaving >> index & 1
        )

    # ------------------------------------------------------------ in numbers

    @property
    def _everything(self) -> int:
        return (1 << len(self._tasks)) - 1

    def _prepared(
        self, state: DeviceState, footprints: Mapping[str, Footprint], worth_s: Mapping[str, float]
    ) -> ActivationSearch:
        """The search for what is known now; what it has worked out is kept as long as nothing changed."""
        models = tuple(dict.fromkeys((*(task.model for task in self._tasks), *sorted(state.resident))))
        if set(models) <= set(self._models):  # one that was resident before does no harm
            models = self._models
        self._footprints.update(footprints)
        self._worth_s.update(worth_s)
        known = [self._footprints[model] for model in models]
        problem = Problem(
            state.capacity_bytes,
            tuple(models.index(task.model) for task in self._tasks),
            self._deps,
            tuple(one.weights_bytes for one in known),
            tuple(one.peak_bytes for one in known),
            tuple(one.load_s for one in known),
            tuple(self._worth_s.get(model, 0.0) for model in models),
        )
        if self._search is None or problem != self._problem or models != self._models:
            self._models, self._problem, self._schedule = models, problem, None
            self._search = ActivationSearch(problem)
        return self._search

    def _oversized(
        self, done: Collection[int], state: DeviceState, footprints: Mapping[str, Footprint]
    ) -> list[int]:
        return [
            task.id
            for task in self._tasks
            if task.id not in done and footprints[task.model].running_bytes > state.capacity_bytes
        ]

    def _with_dependants(self, task_ids: Iterable[int]) -> int:
        mask, before = self._mask(task_ids), 0
        while mask != before:
            before = mask
            for number, deps in enumerate(self._deps):
                if deps & mask:
                    mask |= 1 << number
        return mask

    def _mask(self, task_ids: Iterable[int]) -> int:
        mask = 0
        for task_id in task_ids:
            mask |= self._bits[task_id]
        return mask

    def _model_mask(self, models: Iterable[str]) -> int:
        mask = 0
        for model in models:
            mask |= 1 << self._models.index(model)
        return mask

    def _model_of(self, number: int) -> int:
        assert self._problem is not None
        return self._problem.task_models[number]


_Choice = tuple[int, int]
"""The number of a task, and the models that leave for it."""


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Activations still to come; the path begins with the state in which the next decision is taken."""

    path: tuple[Activation, ...]
    complete: bool
    exact: bool

    @property
    def load_s(self) -> float:
        return self.path[-1].load_s - self.path[0].load_s


@dataclass(frozen=True, slots=True)
class _Moment:
    """The device at a decision, in the numbers of the search."""

    search: ActivationSearch
    gone: int
    resident: int
    pinned: int
    state: DeviceState

    def fits(self, model: int, leaving: int) -> bool:
        """Whether a task of the model can run once these have left."""
        there = self.resident & ~leaving | 1 << model
        return (
            self.search.running_bytes(there, model) + self.state.reserved_bytes <= self.state.capacity_bytes
        )

    def lacking_bytes(self, model: int) -> int:
        """How much has to leave before a task of the model can run; not above 0 where nothing has to."""
        there = self.resident | 1 << model
        taken_bytes = self.search.running_bytes(there, model) + self.state.reserved_bytes
        return taken_bytes - self.state.capacity_bytes

    def idle_to_leave(self, model: int) -> int | None:
        """Which models leave so that a task of this one can run: only such as the plan no longer needs."""
        idle = self.resident & ~self.search.needed(self.gone) & ~self.pinned & ~(1 << model)
        return self.search.least_worth(idle, self.lacking_bytes(model))

    def least_harm(self, model: int) -> int:
        """Which models leave so that a task of this one can run, with the least to load again; or none."""
        others = self.resident & ~self.pinned & ~(1 << model)
        return self.search.least_reload(others, self.lacking_bytes(model)) or 0
