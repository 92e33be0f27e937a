"""`hgpt bench …`: measurements as commands, so that anybody can repeat them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from hgpt_desktop.cli.engine import opened
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ExitCode, InvalidInput
from hgpt_desktop.settings import shipped
from hgpt_desktop.wiring import Application


def planning(arguments: argparse.Namespace) -> int:
    """Plans against gold plans."""
    from hgpt_desktop.bench.planning import run_planning_bench

    with _with_llm(arguments) as (application, cancel), _progress() as report:
        figures = run_planning_bench(
            application.chat,
            arguments.data,
            arguments.tools,
            arguments.demos,
            arguments.limit,
            arguments.mode,
            report,
            cancel,
        )
    return _show(figures, arguments.json)


def selection(arguments: argparse.Namespace) -> int:
    """How often the fitting model is chosen."""
    from hgpt_desktop.bench.selection import read_cases, run_selection_bench

    with _with_llm(arguments) as (application, cancel), _progress() as report:
        cases = read_cases(shipped("resources") / "selection_cases.yaml")
        figures = run_selection_bench(
            application.session.selector, application.vocabulary, cases, report, cancel
        )
        figures["llm"] = application.llm_card().id
    return _show(figures, arguments.json)


def pipeline(arguments: argparse.Namespace) -> int:
    """Seconds and LLM calls per stage for the sample request."""
    from hgpt_desktop.bench.pipeline import CountedLlama, run_pipeline_bench

    with opened(arguments, CountedLlama) as (application, cancel):
        assert isinstance(application.chat, CountedLlama)
        figures = run_pipeline_bench(application, application.chat, cancel)
    return _show(figures, arguments.json)


def startup(arguments: argparse.Namespace) -> int:
    """Cold start of the command line and of the window."""
    from hgpt_desktop.bench.startup import run_startup_bench

    return _show(run_startup_bench(), arguments.json)


def memory(arguments: argparse.Namespace) -> int:
    """Memory management on one trace, or on random ones."""
    from hgpt_desktop.bench.memory import run_memory_bench
    from hgpt_desktop.bench.memory_faults import run_fault_bench
    from hgpt_desktop.bench.memory_random import Amounts, run_random_bench
    from hgpt_desktop.bench.traces import read_trace

    if arguments.trace is not None:
        return _show(run_memory_bench(read_trace(arguments.trace)), arguments.json)
    if arguments.faults is not None:
        with _progress() as report:
            return _show(run_fault_bench(arguments.seed, arguments.faults, report), arguments.json)
    amounts = Amounts(arguments.traces, arguments.plans, arguments.long_plans, arguments.varied)
    if arguments.traces < 1 or min(arguments.plans, arguments.long_plans, arguments.varied) < 0:
        raise InvalidInput("There is nothing to measure.", "Ask for at least one trace: `--traces 1`.")
    with _progress() as report:
        figures = run_random_bench(arguments.seed, amounts, report)
    return _show(figures, arguments.json)


@contextmanager
def _with_llm(arguments: argparse.Namespace) -> Iterator[tuple[Application, CancelToken]]:
    """The engine with its language model held in memory."""
    with (
        opened(arguments) as (application, cancel),
        application.session.llm(lambda event: None, cancel),
    ):
        yield application, cancel


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    with tqdm(file=sys.stderr, dynamic_ncols=True) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - int(bar.n))

        yield report


def _show(figures: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, figure in figures.items():
            print(f"{name:24} {figure if not isinstance(figure, dict | list) else json.dumps(figure)}")
    return ExitCode.DONE
