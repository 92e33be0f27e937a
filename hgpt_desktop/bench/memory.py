"""`hgpt bench memory`: the program's executor, scheduler and ledger on a simulated device with one lane."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hgpt_desktop.bench.memory_baselines import (
    Figures,
    longest_unused,
    optimal_load_seconds,
    run_policy,
    smallest,
)
from hgpt_desktop.bench.traces import Trace, TraceTask
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import Plan, Task, TaskRef
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import TaskStatus
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary
from hgpt_desktop.runtime.decisions import Decision
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.runtime.simulated_device import RUN_SECONDS, SimulatedDevice

DEVICE = "simulated:0"
TASK = "simulated-task"
VOCABULARY = Vocabulary(
    (
        TaskType(
            TASK,
            "takes time and memory",
            (
                InputSpec(RUN_SECONDS, (Kind.TEXT,)),
                InputSpec("after", (Kind.TEXT,), required=False, many=True),
            ),
            (Kind.TEXT,),
        ),
    )
)
_TASK_LIMIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What the memory manager took, and the processor's seconds of each decision."""

    figures: Figures
    decisions_s: tuple[float, ...]


def run_ours(trace: Trace) -> Measured:
    """The trace through the program's own executor."""
    decisions_s: list[float] = []

    def on_decision(decision: Decision | None, seconds: float) -> None:
        decisions_s.append(seconds)

    with tempfile.TemporaryDirectory(prefix="hgpt-bench-") as name:
        folder = Path(name)
        output = folder / "output.txt"
        output.write_text("done", encoding="utf-8")
        device = SimulatedDevice(trace.capacity_bytes, trace.models, output)
        memory = MemoryManager(
            lambda card: device, lambda name: trace.capacity_bytes, lambda card: DEVICE, device
        )
        executor = Executor(
            VOCABULARY,
            memory,
            lambda card: device,
            InlineRunner(),
            _TASK_LIMIT_S,
            on_decision=on_decision,
        )
        failed = 0
        for plan in trace.plans:
            results = executor.run(
                execution(plan, folder), lambda event: None, lambda result: None, CancelToken()
            )
            failed += sum(result.status is TaskStatus.FAILED for result in results)
    counts = device.counts
    figures = Figures(counts.loads, counts.load_s, device.clock_s, failed, counts.max_taken_bytes)
    return Measured(figures, tuple(decisions_s))


def execution(plan: tuple[TraceTask, ...], folder: Path) -> Execution:
    """A plan of a trace as the executor gets it."""
    cards = {task.model: model_card(task.model) for task in plan}
    tasks = tuple(
        Task(number, TASK, {RUN_SECONDS: (str(task.run_s),), "after": tuple(map(TaskRef, task.deps))})
        for number, task in enumerate(plan)
    )
    selections = {
        number: Selection(number, cards[task.model], "", (cards[task.model],))
        for number, task in enumerate(plan)
    }
    return Execution(Plan(tasks), selections, {}, {}, folder)


def model_card(model_id: str) -> ModelCard:
    """A model that exists in the simulation only."""
    return ModelCard(model_id, model_id, (TASK,), "", "simulated", (), "", installed=True)


def run_memory_bench(trace: Trace) -> dict[str, Any]:
    """One trace under each policy."""
    ours = run_ours(trace)
    shown: dict[str, Any] = {
        "ours": _shown(ours.figures),
        "fifo_lru": _shown(run_policy(trace, longest_unused)),
        "smallest_first": _shown(run_policy(trace, smallest)),
    }
    optimum = optimal_load_seconds(trace)
    if optimum is not None:
        shown["optimal_load_seconds"] = round(optimum, 6)
    return shown | {"decision_cpu_ms": decision_ms(ours.decisions_s)}


def _shown(figures: Figures) -> dict[str, Any]:
    shown = asdict(figures)
    for name in ("load_seconds", "makespan_s"):
        shown[name] = round(shown[name], 6)
    return shown


def decision_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds of the processor for a decision."""
    ordered = sorted(seconds) or [0.0]
    return {
        "mean": round(sum(ordered) / len(ordered) * 1e3, 3),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))] * 1e3, 3),
        "max": round(ordered[-1] * 1e3, 3),
    }
