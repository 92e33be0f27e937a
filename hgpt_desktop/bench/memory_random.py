"""`hgpt bench memory` without a trace: random ones, against blind policies and against the best possible."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hgpt_desktop.bench.memory import decision_ms, run_ours
from hgpt_desktop.bench.memory_baselines import (
    best_known_load_seconds,
    longest_unused,
    optimal_load_seconds,
    run_policy,
    smallest,
)
from hgpt_desktop.bench.traces import Trace, random_trace, varied_trace

_MARGIN = 1e-9


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is measured.

    Args:
        traces: six plans of 20 tasks over 8 models each, against blind policies.
        small_plans: up to 8 tasks and 4 models, against every possible schedule.
        long_plans: 20 tasks, against the best schedule known.
        varied_traces: plans of any size on devices of any size, against first in first out.
    """

    traces: int
    small_plans: int
    long_plans: int
    varied_traces: int


def run_random_bench(seed: int, amounts: Amounts, report: Callable[[int, int], None]) -> dict[str, Any]:
    """All figures; `report` gets how many traces and plans are behind, and how many there are."""
    total = amounts.traces + amounts.small_plans + amounts.long_plans + amounts.varied_traces
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        report(done, total)

    chance = random.Random(seed)
    return {
        "seed": seed,
        **_against_policies(chance, amounts.traces, tick),
        "small_plans": _small_plans(chance, amounts.small_plans, tick),
        "long_plans": _long_plans(chance, amounts.long_plans, tick),
        "varied_traces": _varied_traces(chance, amounts.varied_traces, tick),
    }


def _against_policies(chance: random.Random, count: int, tick: Callable[[], None]) -> dict[str, Any]:
    totals = {"ours": [0.0] * 4, "fifo_lru": [0.0] * 4, "smallest_first": [0.0] * 4}
    shares: list[float] = []
    decisions_s: list[float] = []
    for _ in range(count):
        trace = random_trace(chance)
        ours = run_ours(trace)
        decisions_s += ours.decisions_s
        by_policy = {
            "ours": ours.figures,
            "fifo_lru": run_policy(trace, longest_unused),
            "smallest_first": run_policy(trace, smallest),
        }
        for name, figures in by_policy.items():
            added = (figures.loads, figures.load_seconds, figures.makespan_s, figures.oom)
            totals[name] = [one + more for one, more in zip(totals[name], added, strict=True)]
        shares.append(ours.figures.load_seconds / by_policy["fifo_lru"].load_seconds)
        tick()
    names = ("loads", "load_seconds", "makespan_s", "oom")
    return {
        "traces": count,
        **{
            policy: {name: round(total, 3) for name, total in zip(names, found, strict=True)}
            for policy, found in totals.items()
        },
        "share_of_fifo_lru": round(totals["ours"][1] / totals["fifo_lru"][1], 4),
        "worst_share_of_fifo_lru": round(max(shares), 4),
        "decision_cpu_ms": decision_ms(decisions_s),
    }


def _small_plans(chance: random.Random, count: int, tick: Callable[[], None]) -> dict[str, Any]:
    as_good = 0
    for _ in range(count):
        trace = small_trace(chance)
        optimum = optimal_load_seconds(trace)
        assert optimum is not None
        as_good += run_ours(trace).figures.load_seconds <= optimum + _MARGIN
        tick()
    return {"n": count, "optimal": as_good}


def _long_plans(chance: random.Random, count: int, tick: Callable[[], None]) -> dict[str, Any]:
    ratios, proved = [], 0
    for _ in range(count):
        least = chance.uniform(0.2, 0.6)
        trace = random_trace(
            chance,
            plans=1,
            models=chance.randint(4, 12),
            least_share=least,
            most_share=least + 0.2,
            linked=chance.random(),
        )
        ours_s = run_ours(trace).figures.load_seconds
        best_s, exact = best_known_load_seconds(trace)
        ratios.append(ours_s / min(best_s, ours_s))
        proved += exact
        tick()
    return {
        "n": count,
        "mean_of_best_known": round(sum(ratios) / max(1, count), 5),
        "worst_of_best_known": round(max(ratios, default=1.0), 4),
        "best_known_is_optimal": proved,
    }


def _varied_traces(chance: random.Random, count: int, tick: Callable[[], None]) -> dict[str, Any]:
    worse, worst, ours_s, blind_s = 0, 0.0, 0.0, 0.0
    for _ in range(count):
        trace = varied_trace(chance)
        ours = run_ours(trace).figures.load_seconds
        blind = run_policy(trace, longest_unused).load_seconds
        worse += ours > blind + _MARGIN
        worst = max(worst, ours / blind)
        ours_s, blind_s = ours_s + ours, blind_s + blind
        tick()
    return {
        "n": count,
        "share_of_fifo_lru": round(ours_s / blind_s, 4) if count else 0.0,
        "worst_share_of_fifo_lru": round(worst, 4),
        "worse_than_fifo_lru": worse,
    }


def small_trace(chance: random.Random) -> Trace:
    """One plan that is small enough to try every schedule."""
    return random_trace(
        chance,
        plans=1,
        tasks=chance.randint(1, 8),
        models=chance.randint(2, 4),
        least_share=0.3,
        most_share=0.9,
        linked=chance.choice((0.0, 0.4, 0.8)),
    )
