"""Simulated runs with faults: memory runs out, hosts die, memory comes back late or in pieces."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hgpt_desktop.bench.memory import DEVICE, VOCABULARY, execution, model_card
from hgpt_desktop.bench.traces import Trace, random_trace
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import Event, TaskStarted
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.runtime.simulated_device import Faults, SimulatedDevice

_TASK_LIMIT_S = 3600.0
_BUG = "stopped at an error in the program"


@dataclass(slots=True)
class FaultFigures:
    """What became of runs with faults.

    Args:
        injected_oom, ended_in_result: how often a device said that it was full though it was not, and how
            many of these belong to tasks that were done in the end.
        unhandled: runs that raised, tasks that met a bug, and ledgers that were not empty at the end.
    """

    runs: int = 0
    tasks: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    injected_oom: int = 0
    ended_in_result: int = 0
    deaths: int = 0
    unhandled: int = 0
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As `hgpt bench memory --faults` shows it."""
        share = self.ended_in_result / self.injected_oom if self.injected_oom else 1.0
        return {
            "runs": self.runs,
            "tasks": self.tasks,
            "done": self.done,
            "failed": self.failed,
            "skipped": self.skipped,
            "injected_oom": self.injected_oom,
            "ended_in_result": self.ended_in_result,
            "ended_in_result_share": round(share, 4),
            "deaths": self.deaths,
            "unhandled": self.unhandled,
            "problems": self.problems[:10],
        }


def run_fault_bench(seed: int, runs: int, report: Callable[[int, int], None]) -> dict[str, Any]:
    """So many runs of small random plans, each with faults of its own kind."""
    chance = random.Random(seed)
    figures = FaultFigures()
    with tempfile.TemporaryDirectory(prefix="hgpt-bench-") as name:
        output = Path(name) / "output.txt"
        output.write_text("done", encoding="utf-8")
        for number in range(runs):
            run_with_faults(random.Random(chance.random()), output, figures)
            report(number + 1, runs)
    return {"seed": seed, **figures.to_json()}


def random_faults(chance: random.Random) -> Faults:
    """Some faults, each of them in about half of all runs."""

    def perhaps(most: float) -> float:
        return chance.uniform(0.0, most) if chance.random() < 0.5 else 0.0

    return Faults(
        load_out_of_memory=perhaps(0.3),
        run_out_of_memory=perhaps(0.3),
        death=perhaps(0.1),
        lag_s=perhaps(4.0),
        fragmented=perhaps(0.2),
        latency_s=perhaps(0.5),
    )


def run_with_faults(chance: random.Random, output: Path, figures: FaultFigures) -> None:
    """One run; what became of it is added to the figures."""
    trace = random_trace(
        chance, plans=1, tasks=chance.randint(1, 8), models=4, least_share=0.4, most_share=0.8
    )
    device = SimulatedDevice(trace.capacity_bytes, trace.models, output, random_faults(chance), chance)
    processor = SimulatedDevice(2**40, trace.models, output)

    def on_processor(card: ModelCard) -> bool:
        return card.options.get("device") == "cpu"

    memory = MemoryManager(
        lambda card: processor if on_processor(card) else device,
        lambda name: processor.capacity_bytes if name == "cpu" else device.usable_bytes(),
        lambda card: "cpu" if on_processor(card) else DEVICE,
        device,
        lambda name, needed_bytes: None if name == "cpu" else device.wait_for(needed_bytes),
    )
    executor = Executor(
        VOCABULARY,
        memory,
        lambda card: processor if on_processor(card) else device,
        InlineRunner(),
        _TASK_LIMIT_S,
    )
    met = 0  # by the task that runs

    def on_event(event: Event) -> None:
        nonlocal met
        if isinstance(event, TaskStarted):
            met = device.counts.injected_oom

    def on_result(result: TaskResult) -> None:
        figures.tasks += 1
        injected = device.counts.injected_oom - met
        match result.status:
            case TaskStatus.DONE:
                figures.done += 1
                figures.ended_in_result += injected
            case TaskStatus.FAILED:
                figures.failed += 1
                if _BUG in result.message:
                    _note(figures, result.message)
            case _:
                figures.skipped += 1

    figures.runs += 1
    work = execution(trace.plans[0], output.parent)
    selections = {number: _with_second(one, trace, chance) for number, one in work.selections.items()}
    try:
        executor.run(replace(work, selections=selections), on_event, on_result, CancelToken())
    except Exception as error:  # noqa: BLE001 - the border of the measurement: this is what it counts
        _note(figures, f"{type(error).__name__}: {error}")
    memory.release_all()
    if left := memory.resident():
        _note(figures, f"{len(left)} models stay in the ledger")
    figures.injected_oom += device.counts.injected_oom
    figures.deaths += device.counts.deaths


def _with_second(selection: Selection, trace: Trace, chance: random.Random) -> Selection:
    """Half of all tasks have another model that can do them."""
    others = sorted(set(trace.models) - {selection.model.id})
    if chance.random() < 0.5 or not others:
        return selection
    return replace(selection, candidates=(selection.model, model_card(chance.choice(others))))


def _note(figures: FaultFigures, problem: str) -> None:
    figures.unhandled += 1
    figures.problems.append(problem)
