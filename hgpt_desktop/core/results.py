"""What became of the tasks of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.resources import A_FILE, Kind, Resource


class TaskStatus(Enum):
    """How a task ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened to a task.

    Args:
        at: with its time zone.
        what: the wire name of an event, or the value of a `TaskStatus` for the end.
        words: a message, a model and why it was chosen, or why the task failed.
    """

    at: datetime
    what: str
    words: str = ""

    def to_json(self) -> dict[str, str]:
        """As it is kept."""
        return {"at": self.at.isoformat(), "what": self.what, "words": self.words}


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task after its run.

    Args:
        reason: why its model was chosen, among `candidates`.
        log: what happened to it, oldest first; with `reason` and `candidates` filled in when it is kept.
    """

    task: Task
    status: TaskStatus
    model_id: str | None = None
    inputs: Mapping[str, tuple[Resource | str, ...]] = field(default_factory=dict)
    outputs: tuple[Resource, ...] = ()
    message: str = ""
    hint: str = ""
    load_s: float = 0.0
    run_s: float = 0.0
    peak_bytes: int | None = None
    cached: bool = False
    attempts: int = 0
    reason: str = ""
    candidates: tuple[str, ...] = ()
    log: tuple[LogLine, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form of an entry of `tasks` in `request_finished`."""
        shown: dict[str, Any] = {
            "id": self.task.id,
            "task": self.task.task,
            "model_id": self.model_id,
            "status": self.status.value,
            "inputs": {
                name: [value if isinstance(value, str) else str(value.path) for value in values]
                for name, values in self.inputs.items()
            },
            "outputs": [output.to_json() for output in self.outputs],
            "load_s": round(self.load_s, 3),
            "run_s": round(self.run_s, 3),
            "peak_bytes": self.peak_bytes,
            "cached": self.cached,
            "attempts": self.attempts,
        }
        if self.message:
            shown["message"] = self.message
            shown["hint"] = self.hint
        return shown


NO_MODEL_FITS = "The catalogue has no model for it that fits this machine."


@dataclass(frozen=True, slots=True)
class MissingModel:
    """A task type that the request needs and that cannot be done: no model for it, or nothing to work on.

    Args:
        suggestion: id of a model of the catalogue that could do it.
        lacks: the kind of file that it needs and that is not there.
    """

    task: str
    suggestion: str | None
    replaced_by: str | None = None
    lacks: Kind | None = None

    @property
    def wanted(self) -> str:
        """The file that is not there ("a picture"); empty where none is wanting."""
        return A_FILE[self.lacks] if self.lacks else ""

    @property
    def hint(self) -> str:
        """What the user can do about it."""
        if self.lacks is not None:
            return f"Attach {self.wanted} and ask again."
        if self.suggestion is None:
            return NO_MODEL_FITS
        return f"Install one with `hgpt models install {self.suggestion}`."


@dataclass(frozen=True, slots=True)
class ExecutionReport:
    """Everything the response is written from."""

    plan: Plan
    results: tuple[TaskResult, ...]
    missing: tuple[MissingModel, ...] = ()

    @property
    def outputs(self) -> tuple[Resource, ...]:
        """All that the tasks made, in the plan's order."""
        return tuple(output for result in self.results for output in result.outputs)
