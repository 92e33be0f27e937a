"""The protocols through which the rooms meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.events import Event
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.results import ExecutionReport, TaskResult
from hgpt_desktop.core.tasks import TaskType

Emit = Callable[[Event], None]
OnText = Callable[[str], None]
OnProgress = Callable[[float | None, str], None]
"""Called with 0..1 (None: the end is not known) and a short message."""


# ---------------------------------------------------------------- the LLM


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat. `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A chat whose last, unfinished assistant message begins with `continuation`.

    Args:
        messages: complete messages. What they contain is never read as a control token.
        continuation: the beginning of the assistant's message; what is chosen or written follows it.
        stable: how many of the first messages stay the same from request to request. Their evaluated
            state is kept on disk and read back after a start.
    """

    messages: tuple[Message, ...]
    continuation: str = ""
    stable: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, decided by the LLM's own probabilities.

    Args:
        index: the chosen option, the most probable one.
        probabilities: one for each option; they sum to 1.
        prompt_tokens: tokens evaluated, those already in the cache not counted.
        sampled_tokens: decisions taken (forced tokens are not decisions).
    """

    index: int
    probabilities: tuple[float, ...]
    prompt_tokens: int
    sampled_tokens: int


@dataclass(frozen=True, slots=True)
class Generation:
    """A text that the LLM wrote.

    `finish` is `stop` (it ended by itself, at a stop text, or the grammar was complete) or `length`.
    """

    text: str
    finish: str
    prompt_tokens: int
    sampled_tokens: int


class ChatModel(Protocol):
    """A loaded LLM.

    Threads: any thread may call; calls are served one after another.
    Raises (every method): `Cancelled`, `HostDied`, and `InvalidInput` where the prompt is longer than the
    context.
    """

    @property
    def model_id(self) -> str:
        """The catalogue's id of the loaded model."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""

    def count_tokens(self, text: str) -> int:
        """The length of a text in the model's tokens."""

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        """The option that continues the prompt best.

        The options must differ and none may be empty. An option that begins another one needs an end
        (a space, a line break), as it stands in the text.
        """

    def generate(
        self,
        prompt: Prompt,
        cancel: CancelToken,
        *,
        grammar: str | None = None,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
        on_text: OnText | None = None,
    ) -> Generation:
        """Text after the prompt; `grammar` is GBNF with the rule `root`. A stop text is left out."""


class ChatHost(ChatModel, Protocol):
    """The controller host: holds at most one LLM.

    The methods of `ChatModel` raise `HostDied` where no model is loaded.
    """

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """Bring the LLM into memory, in place of another one; where it is there already, return at once.

        Raises: `OutOfMemory`, `ModelDamaged`, `EnvironmentFault`, `HostDied`, `Cancelled`.
        """

    def unload(self, model_id: str) -> None:
        """Give the LLM's memory back; nothing happens where it is not loaded."""

    def loaded(self) -> frozenset[str]:
        """The id of the LLM in memory now, or nothing."""

    def close(self) -> None:
        """End the host process, if any."""


# ---------------------------------------------------------------- experts


@dataclass(frozen=True, slots=True)
class ExpertCall:
    """One run of an expert.

    Args:
        inputs: argument name to its values; a literal text stands as `str`.
        out_dir: an existing folder for the output files.
        stem: how the names of the output files begin, without extension.
    """

    task: str
    inputs: Mapping[str, tuple[Resource | str, ...]]
    out_dir: Path
    stem: str
    seed: int | None = None

    def text(self, name: str, default: str = "") -> str:
        """The argument's texts, joined by blank lines."""
        return "\n\n".join(
            value if isinstance(value, str) else (value.text or "") for value in self.inputs.get(name, ())
        ) or default  # fmt: skip

    def number(self, name: str) -> float | None:
        """The number that an option was given, already checked; None where it was not given."""
        text = self.text(name)
        return float(text) if text else None

    def texts(self, name: str) -> list[str]:
        """The argument's texts, one by one."""
        return [
            value if isinstance(value, str) else (value.text or "") for value in self.inputs.get(name, ())
        ]

    def paths(self, name: str) -> list[Path]:
        """The argument's files."""
        return [value.path for value in self.inputs.get(name, ()) if isinstance(value, Resource)]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory."""

    model_id: str
    device: str
    resident_bytes: int
    load_s: float


@dataclass(frozen=True, slots=True)
class ExpertOutcome:
    """What an expert made. Resources' provenance is filled by the executor."""

    outputs: tuple[Resource, ...]
    run_s: float
    peak_bytes: int | None = None


class ExpertBackend(Protocol):
    """Loads models and runs experts: the expert host, or the controller LLM doing text tasks.

    Threads: any thread may call; loads are served one after another.
    """

    def load(self, card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        """Bring the model into memory; where it is there already, return at once.

        Raises: `OutOfMemory`, `ModelDamaged`, `EnvironmentFault` (a library is missing), `HostDied`,
        `Cancelled`.
        """

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        """Run a loaded model.

        Raises: `InvalidInput` (the file cannot be read), `ExecutionFailed`, `OutOfMemory`, `HostDied`,
        `Cancelled`.
        """

    def unload(self, model_id: str) -> None:
        """Put the model out of memory; nothing happens where it is not loaded."""

    def loaded(self) -> frozenset[str]:
        """Ids of the models in memory now; none after the host died."""

    def close(self) -> None:
        """End the host process, if any."""


class Batches(Protocol):
    """Runs several calls of one model together, where its family can. Threads: any."""

    def most_together(self, card: ModelCard) -> int:
        """How many calls the model takes at once; 1: they are made one by one."""

    def run_together(
        self, card: ModelCard, calls: Sequence[ExpertCall], on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[ExpertOutcome | HgptError, ...]:
        """Run a loaded model on several inputs; an outcome for each, one that fails stops no other.

        Raises: `OutOfMemory`, `HostDied`, `Cancelled`: for all of them.
        """


class Telling(Protocol):
    """Tells the text of a task while it is being written, where the model can. Threads: any."""

    def tells(self, card: ModelCard, task: str) -> bool:
        """Whether `run_telling` can be called for this model and task type."""

    def run_telling(
        self,
        card: ModelCard,
        call: ExpertCall,
        on_progress: OnProgress,
        on_text: OnText,
        cancel: CancelToken,
    ) -> ExpertOutcome:
        """As `ExpertBackend.run`; what `on_text` is given makes up the text of the output.

        Only what is certain is told: nothing of it is cut off afterwards.
        """


# ---------------------------------------------------------------- the stages


class Catalogue(Protocol):
    """What the stages ask of the catalogue."""

    def card(self, model_id: str) -> ModelCard:
        """Raises `InvalidInput` where there is no such id."""

    def candidates(self, task: str) -> tuple[ModelCard, ...]:
        """Installed models for a task type whose loader and libraries are present, best first."""

    def suggestion(self, task: str) -> ModelCard | None:
        """The model to install for a task type, or None."""


class Planner(Protocol):
    """Stage one."""

    def plan(
        self, request: Request, runnable: frozenset[str], emit: Emit, cancel: CancelToken
    ) -> tuple[Plan, PlanningCost]:
        """A plan made only of the task types in `runnable`; the rest is in `Plan.unavailable`.

        Emits `TaskPlanned`. Raises `PlanningFailed`, `InvalidInput`, `Cancelled`.
        """


@dataclass(frozen=True, slots=True)
class PlanningCost:
    """What a plan cost."""

    seconds: float
    prompt_tokens: int
    sampled_tokens: int


class Selector(Protocol):
    """Stage two."""

    def select(
        self,
        task_id: int,
        task_type: TaskType,
        request_text: str,
        candidates: Sequence[ModelCard],
        cancel: CancelToken,
    ) -> Selection:
        """One of the candidates. Raises `SelectionFailed` where there is none."""


class Responder(Protocol):
    """Stage four."""

    def answering_task(self, plan: Plan) -> int | None:
        """The task whose text is the answer, word for word, so that it can be told while it is written."""

    def respond(self, request: Request, report: ExecutionReport, on_text: OnText, cancel: CancelToken) -> str:
        """The answer, streamed; a plain summary of the report where the LLM cannot be had."""


class TaskRunner(Protocol):
    """Runs functions in lanes: a pool of the window's threads, plain threads, or at once."""

    def submit(self, lane: str, function: Callable[[], None]) -> None:
        """Run `function`, which raises nothing, in the lane (`controller`, `accelerator`, `cpu`)."""


class Memory(Protocol):
    """Who may be in memory."""

    def lease(
        self,
        card: ModelCard,
        emit: Emit,
        on_progress: OnProgress,
        cancel: CancelToken,
        input_bytes: int | None = None,
    ) -> AbstractContextManager[Lease]:
        """Hold the model in memory for the length of the block; it is loaded first where necessary.

        Args:
            input_bytes: the size of what it will work on; None where that is not known.

        Raises: `OutOfMemory` where it cannot fit, and what `ExpertBackend.load` raises.
        """


@dataclass(frozen=True, slots=True)
class Lease:
    """A model held in memory, and what it took to bring it there (0 s where it was there already)."""

    card: ModelCard
    device: str
    load_s: float


class RunRecorder(Protocol):
    """Where finished runs are kept."""

    def record_request(self, run_id: str, request: Request) -> None:
        """Keep the request before it runs."""

    def record_plan(self, run_id: str, plan: Plan) -> None:
        """Keep the plan as soon as it is known."""

    def record_result(self, run_id: str, result: TaskResult) -> None:
        """Keep a task's result as soon as it is there."""

    def record_beginning(self, run_id: str, beginning: str) -> None:
        """Keep what has been written of the answer so far, in place of what was kept of it before."""

    def record_answer(self, run_id: str, answer: str, exit_code: int, seconds: float) -> None:
        """Keep the end."""
