"""What an executor is given, and how far each task of it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hgpt_desktop.core.errors import DiskFull, EnvironmentFault, ExecutionFailed, HgptError
from hgpt_desktop.core.interfaces import OnText
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.runtime.inputs import Inputs
from hgpt_desktop.runtime.ladder import Ladder


@dataclass(frozen=True, slots=True)
class Execution:
    """What there is to run.

    Args:
        selections: the chosen model and its fellow candidates, by task id.
        refused: why a task has no model, by task id; such a task fails when its turn comes.
        resources: files of the request and of earlier turns, by name.
        out_dir: an existing folder for all outputs.
        then: the model that is needed after the last task: the LLM that writes the answer.
        answering_task: the task whose text is the answer.
        new_answer: takes that text as it is written; called for each attempt.
        keep_answer: called where that text is whole and only its file could not be written.
    """

    plan: Plan
    selections: Mapping[int, Selection]
    refused: Mapping[int, HgptError]
    resources: Mapping[str, Resource]
    out_dir: Path
    seed: int | None = None
    then: ModelCard | None = None
    answering_task: int | None = None
    new_answer: Callable[[], OnText] | None = None
    keep_answer: Callable[[], None] | None = None


def may_retry(error: HgptError) -> bool:
    """Whether another model may succeed where this error came up."""
    return isinstance(error, ExecutionFailed | EnvironmentFault) and not isinstance(error, DiskFull)


@dataclass(slots=True)
class Progress:
    """How far the attempts at one task are."""

    task: Task
    inputs: Inputs
    stem: str
    candidates: list[ModelCard]  # those not given up yet; the first one is tried
    ladder: Ladder  # of the first one
    key: str | None = None  # under which its outputs are kept
    attempts: int = 0
    load_s: float = 0.0
    host_died: bool = False  # under the present candidate
    together: bool = False  # the last attempt worked on several inputs at once
