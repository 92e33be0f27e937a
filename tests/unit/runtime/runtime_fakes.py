"""Stand-ins for everything that the runtime calls: scripted, thread-safe, without models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError, ResponseFailed
from hgpt_desktop.core.events import Event, TaskPlanned
from hgpt_desktop.core.interfaces import (
    Emit,
    ExpertCall,
    ExpertOutcome,
    Lease,
    Loaded,
    OnProgress,
    OnText,
    PlanningCost,
)
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import Plan, Task, TaskRef
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import ExecutionReport, TaskResult
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary
from hgpt_desktop.runtime.decisions import DeviceState
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.foresight import Foresight
from hgpt_desktop.runtime.memory import MemoryView
from hgpt_desktop.runtime.rival import Rival

E = TypeVar("E", bound=Event)
MIB = 2**20
PATIENCE_S = 20.0  # only a broken test waits that long


def vocabulary() -> Vocabulary:
    """A few task types with every trait that the runtime looks at."""
    text, image, audio = (Kind.TEXT,), (Kind.IMAGE,), (Kind.AUDIO,)
    return Vocabulary(
        (
            TaskType("read", "read a picture", (InputSpec("image", image),), text),
            TaskType("say", "say a text", (InputSpec("text", text),), audio),
            TaskType(
                "shorten", "shorten a text", (InputSpec("text", text), InputSpec("length", text, False)), text
            ),
            TaskType("join", "join texts", (InputSpec("texts", text, many=True),), text),
            TaskType(
                "edit", "edit a picture", (InputSpec("image", image), InputSpec("text", text, False)), image
            ),
            TaskType("draw", "draw a picture", (InputSpec("text", text),), (Kind.TEXT, Kind.IMAGE)),
            TaskType("chat", "answer", (InputSpec("text", text),), text, needs_tool=False),
            TaskType("film", "make a film", (InputSpec("text", text),), (Kind.VIDEO,)),
        )
    )


def card(model_id: str, *tasks: str, mib: int = 100, loader: str = "fake") -> ModelCard:
    """A model of the catalogue."""
    return ModelCard(
        model_id, model_id.title(), tasks, "", loader, (), "MIT", memory_bytes=mib * MIB, installed=True
    )


def task(task_id: int, name: str, *needs: int, **args: object) -> Task:
    """A task whose argument `text` refers to the tasks it needs."""
    values = {
        key: value if isinstance(value, tuple) else (value,)
        for key, value in args.items()
        if value is not None
    }
    if needs:
        values["text"] = tuple(TaskRef(one) for one in needs)
    return Task(task_id, name, values)


def resource(path: Path, kind: Kind, text: str | None = None) -> Resource:
    """A resource on a file that is made if it is not there."""
    if not path.exists():
        path.write_text(text or path.name, encoding="utf-8")
    return Resource(path.name, kind, path, "x/x", path.stat().st_size, text)


Script = Callable[[ExpertCall, CancelToken], tuple[Resource, ...]]


def write_text(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
    """Writes what the expert was given, as `task(inputs)`."""
    shown = ",".join(
        f"{name}={'+'.join(v if isinstance(v, str) else (v.text or v.name) for v in values)}"
        for name, values in call.inputs.items()
    )
    path = call.out_dir / f"{call.stem}.txt"
    return (resource(path, Kind.TEXT, f"{call.task}({shown})"),)


def write_file(suffix: str, kind: Kind) -> Script:
    """Writes a file of another kind."""

    def script(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        return (resource(call.out_dir / f"{call.stem}{suffix}", kind),)

    return script


def wait_for_cancel(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
    """Works until it is stopped."""
    stopped = threading.Event()
    with cancel.on_cancel(stopped.set):
        assert stopped.wait(PATIENCE_S), "nobody stopped the expert"
    cancel.raise_if_cancelled()
    raise AssertionError("the token woke the expert without being cancelled")


class FakeBackend:
    """Loads models by noting them, and runs experts by calling scripts.

    Attributes:
        scripts: what a model does, by model id, else by task; errors are raised. A list is used up.
        resident_bytes: what a model takes once loaded, where it is not what its card says.
        capacity_bytes: asserted at each load.
    """

    def __init__(self, capacity_bytes: int | None = None) -> None:
        self.scripts: dict[str, Script | HgptError | list[Script | HgptError]] = {}
        self.load_errors: dict[str, list[BaseException]] = {}
        self.resident_bytes: dict[str, int] = {}
        self.capacity_bytes = capacity_bytes
        self.log: list[str] = []
        self.calls: list[tuple[str, ExpertCall]] = []
        self.in_use: dict[str, int] = {}
        self.loading = 0
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        with self._lock:
            self.loading += 1
            assert self.loading == 1, "two loads at the same time"
            if card.id in self._sizes:
                self.loading -= 1
                return Loaded(card.id, device, self._sizes[card.id], 0.0)
        on_progress(0.5, f"Loading {card.name}")
        with self._lock:
            self.loading -= 1
            self.log.append(f"load {card.id}")
            if errors := self.load_errors.get(card.id):
                raise errors.pop(0)
            size = self.resident_bytes.get(card.id, card.memory_bytes)
            self._sizes[card.id] = size
            if self.capacity_bytes is not None:
                assert sum(self._sizes.values()) <= self.capacity_bytes, f"over budget: {self._sizes}"
            return Loaded(card.id, device, size, 0.25)

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        with self._lock:
            assert card.id in self._sizes, f"{card.id} runs without being loaded"
            self.in_use[card.id] = self.in_use.get(card.id, 0) + 1
            self.log.append(f"run {card.id} {call.task}")
            self.calls.append((card.id, call))
            script = self.scripts.get(card.id, self.scripts.get(call.task, write_text))
            if isinstance(script, list):
                script = script.pop(0)
        try:
            if isinstance(script, HgptError):
                raise script
            on_progress(0.5, "half")
            return ExpertOutcome(script(call, cancel), 0.5, 7 * MIB)
        finally:
            with self._lock:
                self.in_use[card.id] -= 1

    def unload(self, model_id: str) -> None:
        with self._lock:
            assert not self.in_use.get(model_id), f"{model_id} is put out while it is in use"
            self.log.append(f"unload {model_id}")
            self._sizes.pop(model_id, None)

    def loaded(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._sizes)

    def die(self) -> None:
        """As when the host process ends."""
        with self._lock:
            self._sizes.clear()

    def close(self) -> None:
        self.die()


class FreeMemory:
    """Leases at once, whatever it is."""

    def __init__(self, backend: FakeBackend, device: str = "cpu") -> None:
        self._backend = backend
        self._device = device
        self._one_at_a_time = threading.Lock()
        self.foresight = Foresight()
        self.rival = Rival()

    def view(self, device: str, cards: Collection[ModelCard]) -> MemoryView:
        costs = {card.id: Footprint(card.memory_bytes, 0, 0.25) for card in cards}
        return MemoryView(DeviceState(2**62, self._backend.loaded() & costs.keys()), costs, {})

    def free_idle(self, device: str, emit: Emit) -> bool:
        return False

    def ran(self, card: ModelCard, device: str, peak_bytes: int, input_bytes: int) -> None:
        pass

    def device_for(self, card: ModelCard) -> str:
        return self._device

    def lease(
        self,
        card: ModelCard,
        emit: Emit,
        on_progress: OnProgress,
        cancel: CancelToken,
        input_bytes: int | None = None,
    ) -> AbstractContextManager[Lease]:
        with self._one_at_a_time:
            loaded = self._backend.load(card, self._device, on_progress, cancel)
        return nullcontext(Lease(card, self._device, loaded.load_s))


class Events:
    """Collects events; threads may emit side by side."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._emitting = threading.Lock()

    def __call__(self, event: Event) -> None:
        assert self._emitting.acquire(blocking=False), "two events at the same time"
        self.all.append(event)
        self._emitting.release()

    @property
    def wire(self) -> list[str]:
        """Names of the events that scripts see, without progress."""
        return [one.wire_name for one in self.all if one.wire_name not in ("", "task_progressed")]

    def of(self, kind: type[E]) -> list[E]:
        return [one for one in self.all if isinstance(one, kind)]


@dataclass
class FakeCatalogue:
    """Models by task, best first."""

    models: Sequence[ModelCard]
    suggestions: Mapping[str, ModelCard] = field(default_factory=dict)

    def card(self, model_id: str) -> ModelCard:
        return next(one for one in self.models if one.id == model_id)

    def candidates(self, task: str) -> tuple[ModelCard, ...]:
        return tuple(one for one in self.models if task in one.tasks)

    def suggestion(self, task: str) -> ModelCard | None:
        return self.suggestions.get(task)


@dataclass
class FakePlanner:
    """Gives the plan that it was given, or raises."""

    result: Plan | BaseException
    runnable: list[frozenset[str]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def plan(
        self, request: Request, runnable: frozenset[str], emit: Emit, cancel: CancelToken
    ) -> tuple[Plan, PlanningCost]:
        self.runnable.append(runnable)
        self.requests.append(request)
        if isinstance(self.result, BaseException):
            raise self.result
        for one in self.result.tasks:
            emit(TaskPlanned(one))
        return self.result, PlanningCost(0.1, 10, 3)


@dataclass
class FakeSelector:
    """Takes the last candidate, so that a test sees that it was asked; or raises."""

    error: BaseException | None = None
    asked: list[int] = field(default_factory=list)
    stray: ModelCard | None = None

    def select(
        self,
        task_id: int,
        task_type: TaskType,
        request_text: str,
        candidates: Sequence[ModelCard],
        cancel: CancelToken,
    ) -> Selection:
        self.asked.append(task_id)
        if self.error:
            raise self.error
        return Selection(task_id, self.stray or candidates[-1], "it fits", tuple(candidates))


@dataclass
class FakeResponder:
    """Streams its words, then fails if it is told to."""

    words: tuple[str, ...] = ("All ", "done.")
    error: BaseException | None = None
    reports: list[ExecutionReport] = field(default_factory=list)
    on_first_word: Callable[[], None] | None = None

    def answering_task(self, plan: Plan) -> int | None:
        return next((one.id for one in plan.tasks if one.task == "chat"), None)

    def respond(self, request: Request, report: ExecutionReport, on_text: OnText, cancel: CancelToken) -> str:
        self.reports.append(report)
        for word in self.words:
            on_text(word)
            if self.on_first_word:
                self.on_first_word()
            cancel.raise_if_cancelled()
        if self.error:
            raise self.error
        return "".join(self.words)


@dataclass
class FakeRecorder:
    """Notes what it is told, or fails at it."""

    errors: dict[str, HgptError] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    beginnings: list[str] = field(default_factory=list)
    kept_beginning: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[str, int]] = field(default_factory=list)
    results: list[TaskResult] = field(default_factory=list)

    def _note(self, what: str, shown: str) -> None:
        if what in self.errors:
            raise self.errors[what]
        self.log.append(f"{what} {shown}")

    def record_request(self, run_id: str, request: Request) -> None:
        self._note("request", request.text)

    def record_plan(self, run_id: str, plan: Plan) -> None:
        self._note("plan", str(len(plan.tasks)))

    def record_result(self, run_id: str, result: TaskResult) -> None:
        self._note("result", f"{result.task.id} {result.status.value}")
        self.results.append(result)

    def record_beginning(self, run_id: str, beginning: str) -> None:
        if "beginning" in self.errors:
            raise self.errors["beginning"]
        self.beginnings.append(beginning)
        self.kept_beginning.set()

    def record_answer(self, run_id: str, answer: str, exit_code: int, seconds: float) -> None:
        self._note("answer", str(exit_code))
        self.answers.append((answer, exit_code))


RESPONSE_FAILED = ResponseFailed("The LLM wrote nothing.", "Ask again.")
