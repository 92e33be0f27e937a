"""The blind server on paper: it does what such servers do, and the program never falls behind it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgpt_desktop.bench.memory_baselines import longest_unused, run_policy
from hgpt_desktop.bench.traces import Trace, TraceTask, varied_trace
from hgpt_desktop.runtime.decisions import DeviceState, PlannedTask, Pledge
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.rival import Rival, first_in_first_out, run_blind
from hgpt_desktop.runtime.scheduling import Scheduler

COSTS = {"a": Footprint(4, 1, 4.0), "b": Footprint(4, 1, 2.0), "c": Footprint(4, 1, 1.0)}
DEVICE = "simulated:0"


def planned(*models: str) -> list[PlannedTask]:
    """Tasks that need nothing of one another."""
    return [PlannedTask(number, model) for number, model in enumerate(models)]


def test_tasks_come_in_the_order_of_their_readiness() -> None:
    deps: dict[int, tuple[int, ...]] = {0: (2,), 1: (), 2: (), 3: (4,), 4: ()}
    assert first_in_first_out(deps, {0, 1, 2, 3}) == [1, 2, 4, 0]  # 4 can never run, so 3 never becomes ready


def test_the_longest_unused_leaves() -> None:
    held = ["a", "b"]
    assert list(run_blind(held, ["a", "c", "a", "b"], 9, COSTS)) == [False, True, False, True]
    assert held == ["a", "b"]


def test_a_pledge_is_what_the_server_takes_and_leaves() -> None:
    rival = Rival()
    first = rival.begin(DEVICE, planned("a", "b", "c"), DeviceState(9), COSTS)
    assert (first.allowed_s, dict(first.held), first.binding) == (7.0, {"b": 2.0, "c": 1.0}, False)
    assert [task_id for task_id, _ in first.course] == [0, 1, 2]
    rival.decided(DEVICE, frozenset("bc"), 7.0)
    second = rival.begin(DEVICE, planned("b"), DeviceState(9, frozenset("bc")), COSTS)
    assert (second.allowed_s, second.binding) == (0.0, True)


def test_what_the_world_does_befalls_both() -> None:
    rival = Rival()
    rival.begin(DEVICE, planned("a", "b"), DeviceState(9), COSTS)
    rival.decided(DEVICE, frozenset("ab"), 6.0)
    pledge = rival.begin(DEVICE, planned("a"), DeviceState(9), COSTS)  # a host died
    assert (pledge.allowed_s, set(pledge.held)) == (4.0, {"a"})
    rival.decided(DEVICE, frozenset("a"), 4.0)
    pledge = rival.begin(DEVICE, planned("c"), DeviceState(14, frozenset("ab")), COSTS)  # somebody loaded b
    assert set(pledge.held) == {"a", "b", "c"}


def test_a_debt_is_written_off() -> None:
    rival = Rival()
    rival.begin(DEVICE, planned("a"), DeviceState(9), COSTS)
    rival.decided(DEVICE, frozenset("a"), 400.0)  # loads went wrong, again and again
    pledge = rival.begin(DEVICE, planned("a"), DeviceState(9, frozenset("a")), COSTS)
    assert pledge.allowed_s == 0.0


def test_a_schedule_that_would_leave_less_is_not_taken() -> None:
    """By itself the cheaper one to bring back leaves; the server keeps it, and then so does the program."""
    tasks, resident = planned("c"), frozenset("ab")
    state = DeviceState(9, resident)
    unbound = Scheduler(tasks).decide((), (), {0}, state, COSTS, {"a": 4.0, "b": 2.0})
    pledge = Pledge(1.0, {"b": 2.0, "c": 1.0}, ((0, frozenset("bc")),), binding=True)
    bound = Scheduler(tasks, pledge).decide((), (), {0}, state, COSTS, {"a": 4.0, "b": 2.0})
    assert unbound is not None
    assert bound is not None
    assert [one.model for one in unbound.evictions] == ["b"]
    assert [one.model for one in bound.evictions] == ["a"]


def test_a_task_that_fits_only_now_is_not_in_the_course() -> None:
    """Another program gave memory back after the plan had begun."""
    rival, costs = Rival(), COSTS | {"huge": Footprint(20, 1, 5.0)}
    rival.begin(DEVICE, planned("a"), DeviceState(9), costs)
    rival.decided(DEVICE, frozenset("a"), 4.0)
    tasks = planned("huge", "b")
    pledge = rival.begin(DEVICE, tasks, DeviceState(9, frozenset("a")), costs)
    assert [task_id for task_id, _ in pledge.course] == [1]
    scheduler = Scheduler(tasks, pledge)
    state = DeviceState(30, frozenset("a"))
    seen: set[int] = set()
    while len(seen) < 2:
        decision = scheduler.decide(seen, (), {0, 1} - seen, state, costs, {})
        assert decision is not None
        seen.add(decision.task)
        state = DeviceState(30, state.resident | {tasks[decision.task].model})


def load_seconds(trace: Trace, rival: Rival) -> list[float]:
    """The seconds of loading of each plan; what the server holds and the program does not is paid for."""
    seconds: list[float] = []
    resident: frozenset[str] = frozenset()
    worth_s = {model: cost.load_s for model, cost in trace.models.items()}
    for number, plan in enumerate(trace.plans):
        tasks = [PlannedTask(place, task.model, task.deps) for place, task in enumerate(plan)]
        pledge = rival.begin(DEVICE, tasks, DeviceState(trace.capacity_bytes, resident), trace.models)
        scheduler = Scheduler(tasks, pledge)
        done: set[int] = set()
        spent_s = 0.0
        for _ in plan:
            ready = [task.id for task in tasks if task.id not in done and done.issuperset(task.deps)]
            state = DeviceState(trace.capacity_bytes, resident)
            decision = scheduler.decide(done, (), ready, state, trace.models, worth_s)
            assert decision is not None
            model = plan[decision.task].model
            load_s = 0.0 if model in resident else trace.models[model].load_s
            resident = resident - {one.model for one in decision.evictions} | {model}
            rival.decided(DEVICE, resident, load_s)
            spent_s += load_s
            done.add(decision.task)
            scheduler.think()
        seconds.append(spent_s)
        if number:
            missing_s = sum(load for model, load in pledge.held.items() if model not in resident)
            assert spent_s + missing_s <= pledge.allowed_s + 1e-6
    return seconds


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_every_plan_but_the_first_keeps_its_pledge(seed: int) -> None:
    load_seconds(varied_trace(random.Random(seed)), Rival())


@pytest.mark.parametrize("seed", range(3))
def test_short_plans_never_load_for_longer_than_a_blind_server(seed: int) -> None:
    """Plans of one to three tasks: a scheduler that sees one plan only loses some of these traces."""
    chance = random.Random(seed)
    names = ["a", "b", "c", "d"]
    costs = {name: Footprint(4, 1, chance.choice((1.0, 2.0, 4.0))) for name in names}
    for _ in range(60):
        plans = tuple(
            tuple(TraceTask(chance.choice(names), (), 1.0) for _ in range(chance.randint(1, 3)))
            for _ in range(8)
        )
        trace = Trace(chance.choice((9, 13)), costs, plans)
        assert sum(load_seconds(trace, Rival())) <= run_policy(trace, longest_unused).load_seconds + 1e-9
