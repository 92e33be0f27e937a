"""One attempt at tasks with one model: lease, calls, time limit, and every way in which it can end."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, HgptError, HostDied, HostStalled
from hgpt_desktop.core.events import TaskProgressed, TaskStarted
from hgpt_desktop.core.interfaces import (
    Batches,
    Emit,
    ExpertBackend,
    ExpertCall,
    ExpertOutcome,
    Memory,
    OnText,
    Telling,
)
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.tasks import TaskType
from hgpt_desktop.runtime.inputs import Inputs, input_bytes, split_calls

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What a successful attempt made.

    Args:
        peak_bytes: the highest of all calls, where the expert said.
        input_bytes: the size of all that went in together with this task.
    """

    outputs: tuple[Resource, ...]
    run_s: float
    peak_bytes: int | None
    input_bytes: int = 0


Outcome = Made | HgptError | Cancelled


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """How an attempt ended for one of its tasks, and the seconds that loading the model took for it."""

    task_id: int
    outcome: Outcome
    load_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """One task of an attempt.

    Args:
        stem: how the names of its files begin.
        first: whether no other attempt at it was made before; then `TaskStarted` is emitted.
    """

    task: Task
    task_type: TaskType
    inputs: Inputs
    stem: str
    first: bool


@dataclass(slots=True, eq=False)
class Attempt:
    """A runnable for a lane: `run` raises nothing and calls `on_end` once for each part, unless abandoned.

    Args:
        parts: several only where `together` is above 1.
        together: how many calls of the model `batches` may be given at once.
        timeout_s: how long the expert may work at one task; waiting for memory and loading do not count.
        stop: set when the run is cancelled.
        new_answer: takes what `telling` tells, where that is the answer and the model is called once.
    """

    parts: tuple[Part, ...]
    card: ModelCard
    backend: ExpertBackend
    memory: Memory
    out_dir: Path
    seed: int | None
    timeout_s: float
    emit: Emit
    stop: CancelToken
    on_end: Callable[[AttemptEnded], None]
    batches: Batches | None = None
    together: int = 1
    telling: Telling | None = None
    new_answer: Callable[[], OnText] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: bool = False
    _load_s: float = 0.0

    def abandon(self) -> bool:
        """Whether it had not begun; then it never will."""
        return self._begin()

    def _begin(self) -> bool:
        with self._lock:
            begun, self._begun = self._begun, True
            return not begun

    def run(self) -> None:
        """Do it, in the lane's thread."""
        if not self._begin():
            return
        outcomes: Sequence[Outcome]
        try:
            outcomes = self._run()
        except (HgptError, Cancelled) as error:
            outcomes = [error] * len(self.parts)
        except Exception as error:  # the border of the runnable
            log.exception("%s met a bug.", self._named)
            bug = ExecutionFailed(
                f"{self._named} stopped at an error in the program.",
                "Try again; the log says more, and a report of it helps to mend the program.",
                f"{type(error).__name__}: {error}",
            )
            outcomes = [bug] * len(self.parts)
        load_s = itertools.chain([self._load_s], itertools.repeat(0.0))
        for part, outcome, seconds in zip(self.parts, outcomes, load_s, strict=False):
            if self.stop.cancelled and not isinstance(outcome, Made):
                outcome = Cancelled()  # a host that was ended because of the cancel may report its death
            self.on_end(AttemptEnded(part.task.id, outcome, seconds))

    @property
    def _named(self) -> str:
        ids = [str(part.task.id) for part in self.parts]
        which = f"Task {ids[0]}" if len(ids) == 1 else f"Tasks {', '.join(ids[:-1])} and {ids[-1]}"
        return f"{which} ({self.parts[0].task.task})"

    def _run(self) -> Sequence[Outcome]:
        self.stop.raise_if_cancelled()
        for part in self.parts:
            if part.first:
                self.emit(TaskStarted(part.task.id))
        whole_bytes = sum(input_bytes(part.inputs) for part in self.parts)
        calls = [self._calls_of(part) for part in self.parts]
        wanted = [call for some in calls if not isinstance(some, HgptError) for call in some]
        if not wanted:
            return [some for some in calls if isinstance(some, HgptError)]
        with self.memory.lease(self.card, self.emit, self._report, self.stop, whole_bytes) as lease:
            self._load_s = lease.load_s
            outcomes = iter(self._call_in_time(wanted))
        return [
            some
            if isinstance(some, HgptError)
            else self._made(part, list(itertools.islice(outcomes, len(some))), whole_bytes)
            for part, some in zip(self.parts, calls, strict=True)
        ]

    def _calls_of(self, part: Part) -> list[ExpertCall] | HgptError:
        """What the expert is asked for a task, or why that cannot be."""
        try:
            several = split_calls(part.task, part.task_type, part.inputs)
        except HgptError as error:
            return error
        stems = [f"{part.stem}-{number}" for number in range(1, len(several) + 1)]
        return [
            ExpertCall(part.task.task, inputs, self.out_dir, stem, self.seed)
            for inputs, stem in zip(several, stems if len(several) > 1 else [part.stem], strict=True)
        ]

    def _report(self, progress: float | None, message: str) -> None:
        for part in self.parts:
            self.emit(TaskProgressed(part.task.id, progress, message))

    # ------------------------------------------------------------ calls

    def _call_in_time(self, calls: Sequence[ExpertCall]) -> list[ExpertOutcome | HgptError]:
        limited = CancelToken()
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            limited.cancel()

        limit_s = self.timeout_s * len(self.parts)
        timer = threading.Timer(limit_s, end)
        timer.daemon = True
        with self.stop.on_cancel(limited.cancel):
            timer.start()
            try:
                return list(self._call_all(calls, limited))
            except (Cancelled, HostDied, HostStalled) as error:
                if not overdue.is_set() or self.stop.cancelled:
                    raise
                raise HostStalled(
                    f"{self._named} took longer than {_duration(limit_s)} and had to be stopped.",
                    "Give it less to do, or raise the limit (`task_timeout_s` in the settings).",
                ) from error
            finally:
                timer.cancel()

    def _call_all(
        self, calls: Sequence[ExpertCall], cancel: CancelToken
    ) -> Iterator[ExpertOutcome | HgptError]:
        """An outcome for each call. Where calls are made one by one, an error is raised."""
        for begin in range(0, len(calls), self.together):
            some = calls[begin : begin + self.together]

            def report(
                progress: float | None, message: str, begin: int = begin, many: int = len(some)
            ) -> None:
                whole = progress if len(calls) == many else (begin + many * (progress or 0.0)) / len(calls)
                self._report(whole, message)

            cancel.raise_if_cancelled()
            if self.batches is not None and len(some) > 1:
                yield from self.batches.run_together(self.card, some, report, cancel)
            elif self.new_answer and self.telling and len(calls) == 1 and self._told(calls[0]):
                yield self.telling.run_telling(self.card, calls[0], report, self.new_answer(), cancel)
            else:
                yield self.backend.run(self.card, some[0], report, cancel)

    def _told(self, call: ExpertCall) -> bool:
        return self.telling is not None and self.telling.tells(self.card, call.task)

    def _made(self, part: Part, outcomes: Sequence[ExpertOutcome | HgptError], whole_bytes: int) -> Outcome:
        made = Made((), 0.0, None, whole_bytes)
        for outcome in outcomes:
            if isinstance(outcome, HgptError):
                return outcome
            missing = [output.name for output in outcome.outputs if not output.path.is_file()]
            if not outcome.outputs or missing:
                return ExecutionFailed(
                    f"{self.card.name} gave back nothing for task {part.task.id} ({part.task.task}).",
                    "Try another model, or another file.",
                    f"missing files: {', '.join(missing)}" if missing else "no outputs",
                )
            peaks = [one for one in (made.peak_bytes, outcome.peak_bytes) if one is not None]
            made = replace(
                made,
                outputs=(*made.outputs, *outcome.outputs),
                run_s=made.run_s + outcome.run_s,
                peak_bytes=max(peaks, default=None),
            )
        return made


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
