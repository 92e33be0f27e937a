"""How often the language model chooses the model that a careful person would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.interfaces import Selector
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.tasks import Vocabulary


@dataclass(frozen=True, slots=True)
class SelectionCase:
    """A request with candidates, and the id of the fitting one."""

    task: str
    request: str
    candidates: tuple[ModelCard, ...]
    expected: str


def read_cases(path: Path) -> tuple[SelectionCase, ...]:
    """The cases of a YAML file.

    Raises:
        InvalidInput: the file is not a list of cases.
    """
    try:
        return tuple(
            SelectionCase(
                task=entry["task"],
                request=entry["request"],
                candidates=tuple(
                    ModelCard(model_id, model_id, (entry["task"],), description, "none", (), "unknown")
                    for model_id, description in entry["candidates"].items()
                ),
                expected=entry["expected"],
            )
            for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{path} is not a list of selection cases.", "", str(error)) from error


def run_selection_bench(
    selector: Selector,
    vocabulary: Vocabulary,
    cases: tuple[SelectionCase, ...],
    on_progress: Callable[[int, int], None],
    cancel: CancelToken,
) -> dict[str, Any]:
    """`{n, accuracy, seconds_per_choice, missed}` over all cases."""
    missed = []
    started = time.perf_counter()
    for number, case in enumerate(cases):
        chosen = selector.select(0, vocabulary[case.task], case.request, case.candidates, cancel).model.id
        if chosen != case.expected:
            missed.append({"request": case.request, "chosen": chosen, "expected": case.expected})
        on_progress(number + 1, len(cases))
    return {
        "n": len(cases),
        "accuracy": round(1 - len(missed) / len(cases), 4),
        "seconds_per_choice": round((time.perf_counter() - started) / len(cases), 3),
        "missed": missed,
    }
