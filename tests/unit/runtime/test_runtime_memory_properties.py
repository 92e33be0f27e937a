"""What holds for every plan: within capacity, no deadlock, every task ends, nothing is left in the ledger.

`HGPT_EXAMPLES=10000` tries as many examples of each property; the usual number keeps the suite fast.
"""

from __future__ import annotations

import os
import random
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_fakes import PATIENCE_S

from hgpt_desktop.bench.memory import DEVICE, VOCABULARY, execution
from hgpt_desktop.bench.traces import Trace, TraceTask
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import Event
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.runtime.decisions import DeviceState, PlannedTask
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import InlineRunner, ThreadRunner
from hgpt_desktop.runtime.scheduling import Scheduler
from hgpt_desktop.runtime.simulated_device import Faults, SimulatedDevice

EXAMPLES = int(os.environ.get("HGPT_EXAMPLES", "200"))


@st.composite
def traces(draw: st.DrawFn, plans: int = 1) -> Trace:
    """Any models, some of which may never fit, and any plans."""
    sizes = st.integers(0, 12)
    costs = {
        name: Footprint(draw(sizes), draw(st.integers(0, 6)), draw(st.sampled_from((0.0, 0.5, 1.0, 3.0))))
        for name in "abcdef"[: draw(st.integers(1, 6))]
    }
    capacity_bytes = draw(st.integers(1, 30))
    made = []
    for _ in range(plans):
        tasks: list[TraceTask] = []
        for number in range(draw(st.integers(1, 10))):
            before = st.integers(0, number - 1) if number else st.nothing()
            deps = draw(st.sets(before, max_size=2)) if number else set()
            tasks.append(TraceTask(draw(st.sampled_from(sorted(costs))), tuple(sorted(deps)), 1.0))
        made.append(tuple(tasks))
    return Trace(capacity_bytes, costs, tuple(made))


class WatchedDevice(SimulatedDevice):
    """Notes a model that is put out while it runs."""

    in_use: dict[str, int]
    faults_seen: list[str]

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        self.in_use[card.id] = self.in_use.get(card.id, 0) + 1
        try:
            return super().run(card, call, on_progress, cancel)
        finally:
            self.in_use[card.id] -= 1

    def unload(self, model_id: str) -> None:
        if self.in_use.get(model_id):
            self.faults_seen.append(f"{model_id} is put out while it runs")
        super().unload(model_id)


@pytest.fixture(scope="module")
def output() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "output.txt"
        path.write_text("done")
        yield path


def watched(
    trace: Trace, output: Path, faults: Faults | None = None, seed: int = 0
) -> tuple[WatchedDevice, MemoryManager]:
    """A device and the manager of its memory."""
    device = WatchedDevice(
        trace.capacity_bytes, trace.models, output, faults or Faults(), random.Random(seed)
    )
    device.in_use, device.faults_seen = {}, []
    memory = MemoryManager(
        lambda card: device,
        lambda name: trace.capacity_bytes,
        lambda card: DEVICE,
        device,
        lambda name, needed_bytes: device.wait_for(needed_bytes),
    )
    return device, memory


def check_end(trace: Trace, device: WatchedDevice, memory: MemoryManager) -> None:
    """What must hold after all runs."""
    assert device.faults_seen == []
    assert device.counts.max_taken_bytes <= trace.capacity_bytes
    assert not any(one.leased for one in memory.resident())
    memory.release_all()
    assert memory.resident() == ()
    assert device.loaded() == frozenset()


@settings(max_examples=EXAMPLES)
@given(traces())
def test_a_schedule_keeps_to_the_rules(trace: Trace) -> None:
    """The scheduler by itself, against a device that is counted here."""
    plan, costs = trace.plans[0], trace.models
    scheduler = Scheduler([PlannedTask(number, task.model, task.deps) for number, task in enumerate(plan)])
    done: set[int] = set()
    resident: frozenset[str] = frozenset()
    for _ in plan:
        ready = [n for n, task in enumerate(plan) if n not in done and done.issuperset(task.deps)]
        state = DeviceState(trace.capacity_bytes, resident)
        decision = scheduler.decide(done, (), ready, state, costs, {})
        assert decision is not None, "there is always something to do"
        assert decision.task in ready
        task = plan[decision.task]
        if trace.fits(task.model):
            leaving = {one.model for one in decision.evictions}
            assert leaving <= resident - {task.model}
            resident = resident - leaving | {task.model}
            weights_bytes = sum(costs[one].weights_bytes for one in resident)
            assert weights_bytes + costs[task.model].peak_bytes <= trace.capacity_bytes
        done.add(decision.task)
        scheduler.think()
    assert len(done) == len(plan)


@settings(max_examples=EXAMPLES)
@given(traces(), st.integers(0, 2**32), st.booleans())
def test_every_task_ends_within_the_capacity(output: Path, trace: Trace, seed: int, faulty: bool) -> None:
    """The whole executor on one lane, with and without faults."""
    faults = Faults(0.2, 0.2, 0.1, 1.0, 0.0, 0.1) if faulty else Faults()
    device, memory = watched(trace, output, faults, seed)
    executor = Executor(VOCABULARY, memory, lambda card: device, InlineRunner(), 60.0)
    over: list[str] = []

    def look(event: Event) -> None:
        taken_bytes = sum(one.bytes for one in memory.resident())
        if taken_bytes > trace.capacity_bytes:
            over.append(f"{taken_bytes} at {event}")

    results = executor.run(execution(trace.plans[0], output.parent), look, lambda result: None, CancelToken())
    assert over == []
    assert len(results) == len(trace.plans[0])
    assert all(result.status is not TaskStatus.CANCELLED for result in results)
    assert not any("error in the program" in result.message for result in results)
    if not faulty:
        check_fits(trace, results)
        assert device.counts.oom == 0
    check_end(trace, device, memory)


def check_fits(trace: Trace, results: tuple[TaskResult, ...]) -> None:
    """Without faults a task fails only where its model can never fit."""
    for task, result in zip(trace.plans[0], results, strict=True):
        if result.status is TaskStatus.FAILED:
            assert not trace.fits(task.model)
        elif result.status is TaskStatus.DONE:
            assert trace.fits(task.model)


@settings(max_examples=max(20, EXAMPLES // 10))
@given(traces(plans=3))
def test_requests_at_once_share_the_budget_without_deadlock(output: Path, trace: Trace) -> None:
    """Three requests, each in a thread of its own, with the lanes of the program."""
    device, memory = watched(trace, output)
    runner = ThreadRunner({"accelerator": 2})
    executor = Executor(VOCABULARY, memory, lambda card: device, runner, 60.0, {"accelerator": 2})
    ended: list[tuple[TaskResult, ...]] = []

    def request(plan: tuple[TraceTask, ...]) -> None:
        work = execution(plan, output.parent)
        ended.append(executor.run(work, lambda event: None, lambda result: None, CancelToken()))

    threads = [threading.Thread(target=request, args=(plan,), daemon=True) for plan in trace.plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert runner.close(PATIENCE_S)
    assert sorted(map(len, ended)) == sorted(map(len, trace.plans))
    assert device.counts.oom == 0
    check_end(trace, device, memory)


def test_two_devices_are_planned_apart(output: Path) -> None:
    """A task on the processor does not wait for the lane of the accelerator, and their ledgers are apart."""
    costs: Mapping[str, Footprint] = {"a": Footprint(6, 1, 1.0), "b": Footprint(6, 1, 1.0)}
    tasks = (TraceTask("a", (), 1.0), TraceTask("b", (), 1.0), TraceTask("a", (1,), 1.0))
    trace = Trace(7, costs, (tasks,))
    device, processor = (SimulatedDevice(7, costs, output) for _ in range(2))
    memory = MemoryManager(
        lambda card: processor if card.id == "b" else device,
        lambda name: 7,
        lambda card: "cpu" if card.id == "b" else DEVICE,
        device,
    )
    executor = Executor(VOCABULARY, memory, lambda card: processor if card.id == "b" else device,
                        InlineRunner(), 60.0)  # fmt: skip
    work = replace(execution(trace.plans[0], output.parent), then=None)
    results = executor.run(work, lambda event: None, lambda result: None, CancelToken())
    assert [result.status for result in results] == [TaskStatus.DONE] * 3
    assert (device.counts.loads, processor.counts.loads) == (1, 1)
    assert {one.model_id for one in memory.resident()} == {"a", "b"}
