"""The scheduler: the fewest seconds of loading, in steps that can be done, with reasons."""

from __future__ import annotations

import pytest

from hgpt_desktop.runtime.decisions import Decision, DeviceState, Eviction, PlannedTask
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.scheduling import Scheduler

COSTS = {
    "a": Footprint(4, 1, 4.0),
    "b": Footprint(4, 1, 2.0),
    "c": Footprint(4, 1, 1.0),
    "huge": Footprint(40, 1, 9.0),
}


class Bench:
    """A plan on a device, one task at a time."""

    def __init__(self, capacity_bytes: int, *tasks: tuple[str, tuple[int, ...]]) -> None:
        self.tasks = [PlannedTask(number, model, deps) for number, (model, deps) in enumerate(tasks)]
        self.scheduler = Scheduler(self.tasks)
        self.capacity_bytes = capacity_bytes
        self.resident: set[str] = set()
        self.pinned: set[str] = set()
        self.reserved_bytes = 0
        self.done: set[int] = set()
        self.running: set[int] = set()
        self.worth_s: dict[str, float] = {}
        self.load_s = 0.0

    @property
    def ready(self) -> set[int]:
        left = [task for task in self.tasks if task.id not in self.done | self.running]
        return {task.id for task in left if self.done.issuperset(task.deps)}

    def decide(self) -> Decision | None:
        state = DeviceState(
            self.capacity_bytes, frozenset(self.resident), frozenset(self.pinned), self.reserved_bytes
        )
        return self.scheduler.decide(self.done, self.running, self.ready, state, COSTS, self.worth_s)

    def step(self) -> Decision:
        """Decide, and do it."""
        decision = self.decide()
        assert decision is not None
        model = self.tasks[decision.task].model
        self.resident -= {one.model for one in decision.evictions}
        if model not in self.resident:
            self.load_s += COSTS[model].load_s
            self.resident.add(model)
        taken = sum(COSTS[one].weights_bytes for one in self.resident) + COSTS[model].peak_bytes
        assert taken <= self.capacity_bytes
        self.scheduler.think()
        self.done.add(decision.task)
        return decision

    def run(self) -> list[int]:
        return [self.step().task for _ in self.tasks]


def test_tasks_of_one_model_are_grouped() -> None:
    bench = Bench(5, ("a", ()), ("b", ()), ("a", ()), ("b", ()), ("a", ()))
    order = bench.run()
    assert [bench.tasks[one].model for one in order] in (list("aaabb"), list("bbaaa"))
    assert bench.load_s == 6.0


def test_what_is_there_is_used_first() -> None:
    bench = Bench(5, ("a", ()), ("b", ()))
    bench.resident = {"b"}
    assert bench.run() == [1, 0]
    assert bench.load_s == 4.0


def test_the_model_that_is_cheap_to_bring_back_leaves() -> None:
    """b and c are both needed after a; c is reloaded in half the time."""
    bench = Bench(9, ("a", ()), ("b", (0,)), ("c", (0,)))
    bench.resident = {"b", "c"}
    decision = bench.step()
    assert decision.evictions == (Eviction("c", 2, 1.0),)
    assert decision.evictions[0].reason == "next use in 2 tasks, reload 1.0 s"
    assert decision.remaining_load_s == 5.0
    assert decision.optimal
    bench.step()
    bench.step()
    assert bench.load_s == 5.0


def test_what_no_task_needs_leaves_before_what_is_needed() -> None:
    bench = Bench(9, ("a", ()), ("c", (0,)))
    bench.resident = {"b", "c"}
    decision = bench.step()
    assert decision.evictions == (Eviction("b", None, 2.0),)
    assert "not needed any more" in decision.evictions[0].reason


def test_among_equal_schedules_the_more_useful_models_stay() -> None:
    for kept, left in (("b", "c"), ("c", "b")):
        bench = Bench(9, ("a", ()))
        bench.resident, bench.worth_s = {"b", "c"}, {kept: 5.0, left: 1.0}
        assert [one.model for one in bench.step().evictions] == [left]


def test_the_peak_of_a_run_counts() -> None:
    """Both models fit, but not while one of them runs."""
    bench = Bench(8, ("a", ()), ("b", (0,)), ("a", (1,)))
    bench.run()
    assert bench.load_s == 4.0 + 2.0 + 4.0


def test_the_whole_order_is_told() -> None:
    bench = Bench(5, ("a", ()), ("b", (0,)), ("a", ()))
    decision = bench.decide()
    assert decision is not None
    assert decision.order == (0, 2, 1)


def test_a_leased_model_stays_and_the_task_waits() -> None:
    bench = Bench(9, ("a", ()), ("b", ()), ("c", ()))
    bench.resident, bench.pinned, bench.running, bench.reserved_bytes = {"a"}, {"a"}, {0}, 1
    decision = bench.decide()  # 4 + 1 taken, 4 + 1 more do not fit
    assert decision is None


def test_beside_a_running_task_only_free_room_is_used() -> None:
    bench = Bench(14, ("a", ()), ("b", ()), ("c", ()), ("c", (1,)))
    bench.resident, bench.pinned, bench.running, bench.reserved_bytes = {"a", "c"}, {"a"}, {0}, 1
    decision = bench.decide()
    assert decision is not None
    assert (decision.task, decision.evictions) == (2, ())


def test_what_others_hold_does_not_stop_a_plan_that_runs_nothing() -> None:
    """Whoever admits it lets it wait until they give it back."""
    bench = Bench(5, ("a", ()))
    bench.resident = bench.pinned = {"b"}
    decision = bench.decide()
    assert decision is not None
    assert (decision.task, decision.evictions) == (0, ())


def test_what_never_fits_is_started_at_once_to_be_refused() -> None:
    bench = Bench(9, ("a", ()), ("huge", ()), ("b", (1,)), ("c", (0,)))
    decision = bench.decide()
    assert decision is not None
    assert decision.task == 1
    bench.done |= {1, 2}  # it fails, and its dependant is skipped
    assert bench.step().task == 0
    assert bench.step().task == 3


def test_a_device_that_changes_is_planned_anew() -> None:
    bench = Bench(13, ("a", ()), ("b", (0,)), ("a", (1,)), ("c", (2,)))
    bench.step()
    bench.capacity_bytes = 5  # another program took the rest
    bench.step()
    bench.step()
    assert bench.load_s == 4.0 + 2.0 + 4.0
    bench.resident = set()  # the host died
    bench.step()
    assert bench.load_s == 11.0


def test_a_resident_of_others_may_be_followed_by_one_that_costs_the_same() -> None:
    """Found by 10,000 examples of three requests at once."""
    costs = {"a": COSTS["a"], "x": COSTS["b"], "y": COSTS["b"]}
    scheduler = Scheduler([PlannedTask(0, "a"), PlannedTask(1, "a")])
    for number, others in enumerate("xy"):
        state = DeviceState(9, frozenset({"a", others}))
        decision = scheduler.decide(range(number), (), {number}, state, costs, {})
        assert decision is not None
        assert decision.task == number


def test_a_long_plan_is_decided_in_pieces() -> None:
    tasks = [("abc"[number * 7 % 3], (number - 1,) if number % 2 else ()) for number in range(120)]
    bench = Bench(5, *tasks)
    bench.run()
    assert bench.load_s <= 60 * 4.0


@pytest.mark.parametrize("capacity_bytes", [5, 9, 13])
def test_thinking_ahead_never_makes_it_worse(capacity_bytes: int) -> None:
    tasks = [("abc"[number * number % 7 % 3], tuple({number // 2} - {number})) for number in range(16)]
    with_thoughts, without = Bench(capacity_bytes, *tasks), Bench(capacity_bytes, *tasks)
    without.scheduler = Scheduler(without.tasks, thinking_budget=0)
    with_thoughts.run()
    without.run()
    assert with_thoughts.load_s <= without.load_s
