"""What happens during a request, in the past tense. `wire_name` is the name in `hgpt run --json`.

Events without a wire name are for the window only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import TaskResult


class Stage(Enum):
    """The paper's four stages."""

    PLANNING = "task planning"
    SELECTION = "model selection"
    EXECUTION = "task execution"
    RESPONSE = "response generation"


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    wire_name: ClassVar[str] = ""

    def payload(self) -> dict[str, Any]:
        """What stands beside `event` in the JSON line."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """The JSON line."""
        return {"event": self.wire_name, **self.payload()}


@dataclass(frozen=True, slots=True)
class RequestStarted(Event):
    """The request was accepted."""

    wire_name: ClassVar[str] = "request_started"
    text: str
    files: tuple[Resource, ...] = ()
    conversation_id: str | None = None
    run_id: str | None = None

    def payload(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "files": [str(file.path) for file in self.files],
            "conversation_id": self.conversation_id,
            "run_id": self.run_id,
        }


@dataclass(frozen=True, slots=True)
class StageStarted(Event):
    """One of the four stages began."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class TaskPlanned(Event):
    """The planner has decided on one more task."""

    task: Task


@dataclass(frozen=True, slots=True)
class PlanReady(Event):
    """The plan is complete and valid."""

    wire_name: ClassVar[str] = "plan_ready"
    plan: Plan
    resources: Mapping[str, Resource] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"plan": self.plan.to_wire(self.resources)}
        if self.plan.unavailable:
            shown["unavailable"] = [
                {"task": one.task, "replaced_by": one.replaced_by} for one in self.plan.unavailable
            ]
        return shown


@dataclass(frozen=True, slots=True)
class TaskSelected(Event):
    """A model was chosen for a task."""

    wire_name: ClassVar[str] = "task_selected"
    task_id: int
    model_id: str
    reason: str
    candidates: tuple[str, ...]

    def payload(self) -> dict[str, Any]:
        return {
            "task_id": self.task_id,
            "model_id": self.model_id,
            "reason": self.reason,
            "candidates": list(self.candidates),
        }


@dataclass(frozen=True, slots=True)
class ModelLoading(Event):
    """A model is being brought into memory."""

    wire_name: ClassVar[str] = "model_loading"
    model_id: str
    bytes: int

    def payload(self) -> dict[str, Any]:
        return {"model_id": self.model_id, "bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class ModelEvicted(Event):
    """A model was put out of memory to make room. `reason` says why this one: next use, reload time."""

    wire_name: ClassVar[str] = "model_evicted"
    model_id: str
    reason: str = ""

    def payload(self) -> dict[str, Any]:
        return {"model_id": self.model_id, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class TaskStarted(Event):
    """A task's expert began."""

    wire_name: ClassVar[str] = "task_started"
    task_id: int

    def payload(self) -> dict[str, Any]:
        return {"task_id": self.task_id}


@dataclass(frozen=True, slots=True)
class TaskProgressed(Event):
    """A task is under way. `progress` is 0..1, or None where the end is not known."""

    wire_name: ClassVar[str] = "task_progressed"
    task_id: int
    progress: float | None
    message: str = ""

    def payload(self) -> dict[str, Any]:
        return {"task_id": self.task_id, "progress": self.progress, "message": self.message}


@dataclass(frozen=True, slots=True)
class TaskFinished(Event):
    """A task has its outputs."""

    wire_name: ClassVar[str] = "task_finished"
    result: TaskResult

    def payload(self) -> dict[str, Any]:
        return {"task_id": self.result.task.id, "outputs": [o.to_json() for o in self.result.outputs]}


@dataclass(frozen=True, slots=True)
class TaskFailed(Event):
    """A task could not be done by any candidate."""

    wire_name: ClassVar[str] = "task_failed"
    task_id: int
    message: str
    hint: str

    def payload(self) -> dict[str, Any]:
        return {"task_id": self.task_id, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class TaskSkipped(Event):
    """A task was not run, because a task it depends on did not deliver."""

    wire_name: ClassVar[str] = "task_skipped"
    task_id: int
    because: str

    def payload(self) -> dict[str, Any]:
        return {"task_id": self.task_id, "because": self.because}


@dataclass(frozen=True, slots=True)
class ResponseChunk(Event):
    """The next piece of the answer."""

    wire_name: ClassVar[str] = "response_chunk"
    text: str

    def payload(self) -> dict[str, Any]:
        return {"text": self.text}


@dataclass(frozen=True, slots=True)
class ResponseWithdrawn(Event):
    """All pieces of the answer so far do not count: its author broke off, and another text follows.

    Scripts never see it: `hgpt run --json` gives only pieces that stand.
    """


@dataclass(frozen=True, slots=True)
class RequestFinished(Event):
    """The end of every request, whatever became of it.

    `message` and `hint` are filled where the request as a whole failed (no plan, no model).
    """

    wire_name: ClassVar[str] = "request_finished"
    answer: str
    results: tuple[TaskResult, ...]
    seconds: float
    exit_code: int
    message: str = ""
    hint: str = ""

    def payload(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "answer": self.answer,
            "tasks": [result.to_json() for result in self.results],
            "seconds": round(self.seconds, 3),
            "exit_code": self.exit_code,
        }
        if self.message:
            shown["message"] = self.message
            shown["hint"] = self.hint
        return shown
