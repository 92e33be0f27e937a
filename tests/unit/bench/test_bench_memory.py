"""`hgpt bench memory`: the shape that scripts read, the optimum on small plans, and faults that end well."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hgpt_desktop.bench.memory import run_memory_bench, run_ours
from hgpt_desktop.bench.memory_baselines import (
    longest_unused,
    optimal_load_seconds,
    order_of,
    run_policy,
    smallest,
)
from hgpt_desktop.bench.memory_faults import run_fault_bench
from hgpt_desktop.bench.memory_random import Amounts, run_random_bench, small_trace
from hgpt_desktop.bench.traces import Trace, TraceTask, random_trace, read_trace, trace_of
from hgpt_desktop.cli import main
from hgpt_desktop.core.errors import ExitCode, InvalidInput
from hgpt_desktop.runtime.footprints import Footprint

FORM = {
    "capacity_bytes": 10,
    "models": {
        "a": {"weights_bytes": 5, "peak_bytes": 1, "load_s": 2.5},
        "b": {"weights_bytes": 5, "peak_bytes": 1, "load_s": 2},
    },
    "plans": [
        [
            {"id": "one", "model": "a", "deps": [], "run_s": 1},
            {"id": "two", "model": "b", "deps": [], "run_s": 1},
            {"id": "three", "model": "a", "deps": [], "run_s": 1},
        ]
    ],
}


def test_the_figures_that_scripts_read() -> None:
    figures = run_memory_bench(trace_of(FORM))
    assert figures["ours"] == {
        "loads": 2, "load_seconds": 4.5, "makespan_s": 7.5, "oom": 0, "max_resident_bytes": 6,
    }  # fmt: skip
    assert figures["fifo_lru"]["load_seconds"] == figures["smallest_first"]["load_seconds"] == 7.0
    assert figures["optimal_load_seconds"] == 4.5


def test_the_command_takes_a_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(FORM))
    assert main(["bench", "memory", "--trace", str(path), "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["ours"]["load_seconds"] == 4.5


def test_the_second_plan_with_the_same_models_loads_nothing() -> None:
    form = FORM | {"capacity_bytes": 11, "plans": FORM["plans"] * 2}  # type: ignore[operator]
    assert run_ours(trace_of(form)).figures.loads == 2


def test_a_model_that_never_fits_fails_alone() -> None:
    costs = {"a": Footprint(5, 1, 1.0), "huge": Footprint(50, 1, 1.0)}
    tasks = (TraceTask("huge", (), 1.0), TraceTask("a", (0,), 1.0), TraceTask("a", (), 1.0))
    figures = run_memory_bench(Trace(10, costs, (tasks,)))
    assert figures["ours"] == figures["fifo_lru"]
    assert (figures["ours"]["loads"], figures["ours"]["oom"]) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"capacity_bytes": "much"},
        {"models": {}},
        {"plans": [[{"id": 1, "model": "a", "deps": [1], "run_s": 1}]]},
        {"plans": [[{"id": 1, "model": "a", "deps": [7], "run_s": 1}]]},
        {"plans": [[{"id": 1, "model": "a", "deps": []}, {"id": 1, "model": "a", "deps": []}]]},
        {"plans": [[{"id": 1, "model": "a", "deps": [], "run_s": -1}]]},
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(FORM | change))
    with pytest.raises(InvalidInput, match=r"trace\.json is not a memory trace"):
        read_trace(path)


def test_a_trace_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    assert main(["bench", "memory", "--trace", str(tmp_path / "none.json"), "--json"]) == ExitCode.BAD_INPUT


def test_small_plans_load_for_the_shortest_time() -> None:
    chance = random.Random(7)
    for _ in range(150):
        trace = small_trace(chance)
        ours = run_ours(trace).figures
        assert ours.load_seconds == pytest.approx(optimal_load_seconds(trace)), trace
        assert ours.max_resident_bytes <= trace.capacity_bytes


def test_every_order_and_choice_of_three_models_is_optimal() -> None:
    """All chains of five tasks over three models, of which two fit."""
    costs = {"a": Footprint(4, 1, 3.0), "b": Footprint(3, 2, 2.0), "c": Footprint(4, 0, 1.0)}
    for number in range(3**5):
        models = ["abc"[number // 3**place % 3] for place in range(5)]
        tasks = tuple(TraceTask(one, (place - 1,) if place else (), 1.0) for place, one in enumerate(models))
        trace = Trace(9, costs, (tasks,))
        assert run_ours(trace).figures.load_seconds == optimal_load_seconds(trace), models


def test_loading_takes_less_than_half_of_what_blind_policies_take() -> None:
    amounts = Amounts(traces=4, small_plans=5, long_plans=10, varied_traces=40)
    reported: list[tuple[int, int]] = []
    figures = run_random_bench(3, amounts, lambda done, total: reported.append((done, total)))
    assert reported[-1] == (59, 59)
    assert figures["small_plans"] == {"n": 5, "optimal": 5}
    assert figures["long_plans"]["worst_of_best_known"] <= 1.1
    assert figures["long_plans"]["best_known_is_optimal"] >= 9
    assert figures["varied_traces"]["worse_than_fifo_lru"] == 0
    assert figures["share_of_fifo_lru"] <= 0.45
    assert figures["worst_share_of_fifo_lru"] < 1.0
    assert figures["ours"]["oom"] == figures["fifo_lru"]["oom"] == 0
    assert figures["ours"]["load_seconds"] < figures["smallest_first"]["load_seconds"]


def test_the_blind_policies_choose_as_they_are_named() -> None:
    costs = {"a": Footprint(4, 0, 1.0), "b": Footprint(3, 0, 1.0), "c": Footprint(3, 0, 1.0)}
    tasks = tuple(TraceTask(one, (), 1.0) for one in ("a", "b", "a", "c", "b"))
    trace = Trace(7, costs, (tasks,))
    assert run_policy(trace, longest_unused).loads == 4  # c puts out b, b comes back
    assert run_policy(trace, smallest).loads == 4
    assert longest_unused(["a", "b"], trace) == "a"
    assert smallest(["a", "b"], trace) == "b"


def test_first_in_first_out_is_by_readiness() -> None:
    costs = {"a": Footprint(1, 0, 1.0)}
    tasks = (TraceTask("a", (2,), 1.0), TraceTask("a", (), 1.0), TraceTask("a", (), 1.0))
    assert order_of(Trace(9, costs, (tasks,)), tasks) == [1, 2, 0]


def test_the_optimum_is_for_small_single_plans_only() -> None:
    assert optimal_load_seconds(random_trace(random.Random(0), plans=2, tasks=3, models=3)) is None
    assert optimal_load_seconds(random_trace(random.Random(0), plans=1, tasks=9, models=3)) is None


def test_random_traces_are_what_they_promise() -> None:
    for seed in range(20):
        trace = random_trace(random.Random(seed))
        weights = sum(cost.weights_bytes for cost in trace.models.values())
        assert all(trace.fits(model) for model in trace.models)
        assert (len(trace.plans), {len(plan) for plan in trace.plans}, len(trace.models)) == (6, {20}, 8)
        assert trace.capacity_bytes >= weights // 3


def test_runs_with_faults_end_well() -> None:
    figures = run_fault_bench(seed=1, runs=60, report=lambda done, total: None)
    assert (figures["unhandled"], figures["problems"]) == (0, [])
    assert figures["injected_oom"] > 20
    assert figures["deaths"] > 3
    assert figures["ended_in_result_share"] >= 0.95
    assert figures["done"] + figures["failed"] + figures["skipped"] == figures["tasks"]
