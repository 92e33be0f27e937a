"""One attempt at one task with one model: lease, calls, time limit, and every way in which it can end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, ExecutionFailed, HgptError, HostDied, HostStalled
from hgpt_desktop.core.events import TaskProgressed, TaskStarted
from hgpt_desktop.core.interfaces import Emit, ExpertBackend, ExpertCall, Memory
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.resources import Resource
from hgpt_desktop.core.tasks import TaskType
from hgpt_desktop.runtime.inputs import Inputs, split_calls

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What a successful attempt made. `peak_bytes` is the highest of all calls, where the expert said."""

    outputs: tuple[Resource, ...]
    run_s: float
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """How an attempt ended, and the seconds that loading its model took."""

    task_id: int
    outcome: Made | HgptError | Cancelled
    load_s: float = 0.0


@dataclass(slots=True)
class Attempt:
    """A runnable for a lane: `run` raises nothing and calls `on_end` exactly once, unless it was abandoned.

    Args:
        first: whether no other attempt at the task was made before; then `TaskStarted` is emitted.
        timeout_s: how long the expert may work; waiting for memory and loading do not count.
        stop: set when the run is cancelled.
    """

    task: Task
    task_type: TaskType
    card: ModelCard
    backend: ExpertBackend
    memory: Memory
    inputs: Inputs
    out_dir: Path
    stem: str
    seed: int | None
    first: bool
    timeout_s: float
    emit: Emit
    stop: CancelToken
    on_end: Callable[[AttemptEnded], None]
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
        outcome: Made | HgptError | Cancelled
        try:
            outcome = self._run()
        except (HgptError, Cancelled) as error:
            outcome = error
        except Exception as error:  # the border of the runnable
            log.exception("Task %d (%s) met a bug.", self.task.id, self.task.task)
            outcome = ExecutionFailed(
                f"Task {self.task.id} ({self.task.task}) stopped at an error in the program.",
                "Try again; the log says more, and a report of it helps to mend the program.",
                f"{type(error).__name__}: {error}",
            )
        if self.stop.cancelled and not isinstance(outcome, Made):
            outcome = Cancelled()  # a host that was ended because of the cancel may report its death
        self.on_end(AttemptEnded(self.task.id, outcome, self._load_s))

    def _run(self) -> Made:
        self.stop.raise_if_cancelled()
        if self.first:
            self.emit(TaskStarted(self.task.id))
        calls = split_calls(self.task, self.task_type, self.inputs)
        with self.memory.lease(self.card, self.emit, self._report, self.stop) as lease:
            self._load_s = lease.load_s
            return self._call_in_time(calls)

    def _report(self, progress: float | None, message: str) -> None:
        self.emit(TaskProgressed(self.task.id, progress, message))

    def _call_in_time(self, calls: Sequence[Inputs]) -> Made:
        limited = CancelToken()
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            limited.cancel()

        timer = threading.Timer(self.timeout_s, end)
        timer.daemon = True
        with self.stop.on_cancel(limited.cancel):
            timer.start()
            try:
                return self._call_all(calls, limited)
            except (Cancelled, HostDied, HostStalled) as error:
                if not overdue.is_set() or self.stop.cancelled:
                    raise
                raise HostStalled(
                    f"Task {self.task.id} ({self.task.task}) was stopped, because it took longer than "
                    f"{_duration(self.timeout_s)}.",
                    "Give it less to do, or raise the limit (`task_timeout_s` in the settings).",
                ) from error
            finally:
                timer.cancel()

    def _call_all(self, calls: Sequence[Inputs], cancel: CancelToken) -> Made:
        outputs: list[Resource] = []
        run_s, peak_bytes = 0.0, None
        for number, inputs in enumerate(calls):

            def report(progress: float | None, message: str, number: int = number) -> None:
                whole = progress if len(calls) == 1 else (number + (progress or 0.0)) / len(calls)
                self._report(whole, message)

            cancel.raise_if_cancelled()
            stem = self.stem if len(calls) == 1 else f"{self.stem}-{number + 1}"
            call = ExpertCall(self.task.task, inputs, self.out_dir, stem, self.seed)
            outcome = self.backend.run(self.card, call, report, cancel)
            self._refuse_bad(outcome.outputs)
            outputs += outcome.outputs
            run_s += outcome.run_s
            if outcome.peak_bytes is not None:
                peak_bytes = max(peak_bytes or 0, outcome.peak_bytes)
        return Made(tuple(outputs), run_s, peak_bytes)

    def _refuse_bad(self, outputs: Sequence[Resource]) -> None:
        missing = [output.name for output in outputs if not output.path.is_file()]
        if not outputs or missing:
            raise ExecutionFailed(
                f"{self.card.name} gave back nothing for task {self.task.id} ({self.task.task}).",
                "Try another model, or another file.",
                f"missing files: {', '.join(missing)}" if missing else "no outputs",
            )


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
