"""Stage three: runs a plan's tasks in lanes, as soon as what they depend on is there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    HgptError,
    HostDied,
    OutOfMemory,
    SelectionFailed,
)
from hgpt_desktop.core.events import TaskFailed, TaskFinished, TaskProgressed, TaskSkipped, TaskStarted
from hgpt_desktop.core.interfaces import Batches, Emit, ExpertBackend, TaskRunner, Telling
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Task
from hgpt_desktop.core.resources import Provenance, unique_name
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.core.tasks import Vocabulary
from hgpt_desktop.runtime.attempt import Attempt, AttemptEnded, Made, Part
from hgpt_desktop.runtime.dispatching import Dispatcher, OnDecision, Position, lane_of
from hgpt_desktop.runtime.execution import Execution, Progress, may_retry
from hgpt_desktop.runtime.graph import TaskGraph, TaskState
from hgpt_desktop.runtime.inputs import resolve_inputs
from hgpt_desktop.runtime.ladder import Ladder, Rung, RungsOfRun, RungStore
from hgpt_desktop.runtime.memory import DeviceMemory, NeverFits
from hgpt_desktop.runtime.result_cache import ResultCache
from hgpt_desktop.runtime.run_folder import free_stem
from hgpt_desktop.runtime.runners import LANES

log = logging.getLogger(__name__)


class Executor:
    """Runs the graphs of plans.

    Threads: `run` may be called from several threads at the same time, but not from within a lane.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        memory: DeviceMemory,
        backend_for: Callable[[ModelCard], ExpertBackend],
        runner: TaskRunner,
        timeout_s: float,
        places: Mapping[str, int] = LANES,
        rungs: RungStore | None = None,
        cache: ResultCache | None = None,
        on_decision: OnDecision = lambda decision, seconds: None,
        read_ahead: Callable[[ModelCard], object] = lambda card: None,
        batches: Batches | None = None,
        telling: Telling | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.memory = memory
        self.backend_for = backend_for
        self.runner = runner
        self.timeout_s = timeout_s
        self.places = places
        self.rungs = rungs or RungsOfRun()
        self.cache = cache
        self.on_decision = on_decision
        self.read_ahead = read_ahead
        self.batches = batches
        self.telling = telling

    def most_together(self, card: ModelCard) -> int:
        """How many inputs the model takes at once."""
        return 1 if self.batches is None else self.batches.most_together(card)

    def run(
        self, work: Execution, emit: Emit, on_result: Callable[[TaskResult], None], cancel: CancelToken
    ) -> tuple[TaskResult, ...]:
        """Run every task once, as far as its dependencies deliver; results in the plan's order.

        A failed task skips only its descendants. After a cancel the results that are there stay, and all
        other tasks are marked as cancelled.

        Args:
            emit: called from this thread and from the lanes.
            on_result: called in this thread with each result as soon as it is there.

        Raises:
            InvalidInput: the plan is no graph of tasks.
        """
        return _Run(self, work, emit, on_result, cancel).run()


@dataclass(slots=True)
class _Run:
    """One plan on its way. Everything is decided in the thread that called `Executor.run`."""

    executor: Executor
    work: Execution
    emit: Emit
    on_result: Callable[[TaskResult], None]
    cancel: CancelToken
    graph: TaskGraph = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    results: dict[int, TaskResult] = field(default_factory=dict)
    under_way: dict[int, tuple[Progress, Attempt]] = field(default_factory=dict)
    ended: SimpleQueue[AttemptEnded | None] = field(default_factory=SimpleQueue)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.graph = TaskGraph(self.work.plan.tasks)
        self.dispatcher = Dispatcher(
            self.work.plan.tasks,
            self.executor.memory,
            self.executor.places,
            self.work.then,
            self.executor.on_decision,
            self.executor.read_ahead,
        )
        self.names = set(self.work.resources)

    def run(self) -> tuple[TaskResult, ...]:
        stop = CancelToken()
        try:
            # `None` in the queue wakes the loop, so that it lets go of attempts that have not begun.
            with self.cancel.on_cancel(stop.cancel), self.cancel.on_cancel(lambda: self.ended.put(None)):
                self._start_ready(stop)
                while self.under_way:
                    ended = self.ended.get()
                    if ended is None:
                        self._let_go()
                    elif ended.task_id in self.under_way:
                        self._settle(ended, stop)
                        self._start_ready(stop)
        finally:
            stop.cancel()
            self.dispatcher.close()
        for task in self.work.plan.tasks:
            if task.id not in self.results:
                self._keep(TaskResult(task, TaskStatus.CANCELLED))
        return tuple(self.results[task.id] for task in self.work.plan.tasks)

    # ------------------------------------------------------------ starting

    def _start_ready(self, stop: CancelToken) -> None:
        """Start what the dispatcher chooses; a task without a model at once, as it only fails."""
        started = False
        while not self.cancel.cancelled and (task := self._next_task()) is not None:
            self.graph.start(task.id)
            self._start(task, stop)
            started = True
        if started:
            self.dispatcher.think()

    def _next_task(self) -> Task | None:
        ready = self.graph.ready()
        for task in ready:
            if task.id in self.work.refused or task.id not in self.work.selections:
                return task
        if not ready:
            return None
        ended = (TaskState.DONE, TaskState.FAILED, TaskState.SKIPPED)
        position = Position(
            cards=self._cards(),
            done=[task.id for task in self.work.plan.tasks if self.graph.state(task.id) in ended],
            running=list(self.under_way),
            ready=[task.id for task in ready],
        )
        decision = self.dispatcher.next_task(position)
        return None if decision is None else self.work.plan.task(decision.task)

    def _cards(self) -> dict[int, ModelCard]:
        """The model of each task: the chosen one, or the candidate that is tried now."""
        cards = {task_id: selection.model for task_id, selection in self.work.selections.items()}
        return cards | {task_id: progress.ladder.card for task_id, (progress, _) in self.under_way.items()}

    def _ladder(self, card: ModelCard) -> Ladder:
        return Ladder(card, self.executor.memory.device_for(card), self.executor.rungs)

    def _start(self, task: Task, stop: CancelToken) -> None:
        """Try a task, together with others that are ready for the same model where that takes several."""
        first = self._begin(task)
        if first is None:
            return
        group = [first]
        most = self.executor.most_together(first.candidates[0]) if first.ladder.batches else 1
        for other in self.graph.ready() if most > 1 else ():
            if len(group) < most and self._alike(task, other):
                self.graph.start(other.id)
                if (progress := self._begin(other)) is not None:
                    group.append(progress)
        self._try(group, stop)

    def _alike(self, task: Task, other: Task) -> bool:
        """Whether two tasks are of one type and for one model."""
        one, another = (self.work.selections.get(either.id) for either in (task, other))
        return (
            task.task == other.task
            and one is not None
            and another is not None
            and one.model == another.model
            and other.id not in self.work.refused
        )

    def _begin(self, task: Task) -> Progress | None:
        """A task with its inputs; None where it has failed, or was done before."""
        try:
            if task.id in self.work.refused:
                raise self.work.refused[task.id]
            selection = self.work.selections.get(task.id)
            if selection is None:
                raise SelectionFailed(f"No model was chosen for task {task.id} ({task.task}).")
            outputs = {task_id: result.outputs for task_id, result in self.results.items()}
            task_type = self.executor.vocabulary[task.task]
            inputs = resolve_inputs(task, task_type, outputs, self.work.resources)
        except HgptError as error:
            self._fail(task, error)
            return None
        others = [card for card in selection.candidates if card.id != selection.model.id]
        stem = free_stem(self.work.out_dir, f"{task.id}-{task.task}")
        candidates = [selection.model, *others]
        progress = Progress(task, inputs, stem, candidates, self._ladder(selection.model))
        return None if self._finish_from_cache(progress) else progress

    def _finish_from_cache(self, progress: Progress) -> bool:
        """Whether the task was done before, with the same model on the same content."""
        cache, task = self.executor.cache, progress.task
        if cache is None:
            return False
        progress.key = cache.key(task, progress.inputs, progress.candidates[0], self.work.seed)
        outputs = None if progress.key is None else cache.find(progress.key, self.work.out_dir, progress.stem)
        if outputs is None:
            return False
        self.emit(TaskStarted(task.id))
        self._finish(progress, Made(outputs, 0.0, None), cached=True)
        return True

    def _try(self, group: Sequence[Progress], stop: CancelToken) -> None:
        card, ladder = group[0].ladder.card, group[0].ladder
        parts = []
        for progress in group:
            progress.attempts += 1
            task, first = progress.task, progress.attempts == 1
            task_type = self.executor.vocabulary[task.task]
            parts.append(Part(task, task_type, progress.inputs, progress.stem, first))
        together = self.executor.most_together(card) if ladder.batches else 1
        answers = self.work.answering_task in [part.task.id for part in parts]
        attempt = Attempt(
            parts=tuple(parts),
            card=card,
            backend=self.executor.backend_for(card),
            memory=self.executor.memory,
            out_dir=self.work.out_dir,
            seed=self.work.seed,
            timeout_s=self.executor.timeout_s,
            emit=self.emit,
            stop=stop,
            on_end=self.ended.put,
            batches=self.executor.batches,
            together=together,
            telling=self.executor.telling,
            new_answer=self.work.new_answer if answers else None,
        )
        for progress in group:
            several = len(group) > 1 or any(len(values) > 1 for values in progress.inputs.values())
            progress.together = together > 1 and several
            self.under_way[progress.task.id] = (progress, attempt)
        lane = lane_of(card, self.executor.memory.device_for(card))
        self.executor.runner.submit(lane, attempt.run)

    # ------------------------------------------------------------ ending

    def _let_go(self) -> None:
        attempts = {attempt for _, attempt in self.under_way.values()}
        abandoned = {attempt for attempt in attempts if attempt.abandon()}
        for task_id, (_, attempt) in list(self.under_way.items()):
            if attempt in abandoned:
                del self.under_way[task_id]

    def _settle(self, ended: AttemptEnded, stop: CancelToken) -> None:
        progress, _ = self.under_way.pop(ended.task_id)
        progress.load_s += ended.load_s
        match ended.outcome:
            case Made() as made:
                self._finish(progress, made)
            case Cancelled():
                self._keep(
                    TaskResult(
                        progress.task,
                        TaskStatus.CANCELLED,
                        progress.candidates[0].id,
                        progress.inputs,
                        load_s=progress.load_s,
                        attempts=progress.attempts,
                    )
                )
            case HgptError() as error:
                self._retry_or_fail(progress, error, stop)

    def _retry_or_fail(self, progress: Progress, error: HgptError, stop: CancelToken) -> None:
        failed = progress.candidates[0]
        if isinstance(error, OutOfMemory) and self._step_down(progress, error):
            pass  # the same candidate, in less memory
        elif isinstance(error, HostDied) and not progress.host_died:
            progress.host_died = True
        elif may_retry(error) and len(progress.candidates) > 1:
            progress.candidates.pop(0)
            progress.host_died = False
            progress.key = None  # it was for the model that failed
            progress.ladder = self._ladder(progress.candidates[0])
        else:
            self._fail(progress.task, error, progress)
            return
        if self.cancel.cancelled:
            return  # its result is made with those of all tasks that did not run
        log.warning("Task %d (%s) with %s: %s", progress.task.id, progress.task.task, failed.id, error)
        again = progress.candidates[0]
        how = "" if progress.ladder.rung is Rung.AS_IT_IS else progress.ladder.rung.value
        if again is failed:
            then = f"Trying {how}." if how else "Trying again."
        else:
            then = f"Trying {again.name}, {how}." if how else f"Trying {again.name}."
        self.emit(TaskProgressed(progress.task.id, None, f"{failed.name}: {error.message} {then}"))
        self._try([progress], stop)

    def _step_down(self, progress: Progress, error: OutOfMemory) -> bool:
        """Go to the next rung that changes something; False where the candidate has none left."""
        device = self.executor.memory.device_for(progress.ladder.card)
        together = progress.together
        if not progress.ladder.step_down(never_fits=isinstance(error, NeverFits), together=together):
            return False
        if progress.ladder.rung is not Rung.IDLE_FREED or self.executor.memory.free_idle(device, self.emit):
            return True
        return progress.ladder.step_down(never_fits=False, together=together)

    def _finish(self, progress: Progress, made: Made, *, cached: bool = False) -> None:
        task, card = progress.task, progress.candidates[0]
        progress.ladder.worked()
        if made.peak_bytes is not None:
            device = self.executor.memory.device_for(progress.ladder.card)
            self.executor.memory.ran(progress.ladder.card, device, made.peak_bytes, made.input_bytes)
        provenance = Provenance(task.id, task.task, card.id, self.work.seed)
        outputs = []
        for output in made.outputs:
            name = unique_name(output.name, self.names)
            self.names.add(name)
            outputs.append(replace(output, name=name, provenance=provenance))
        if self.executor.cache is not None and progress.key is not None and not cached:
            self.executor.cache.keep(progress.key, progress.stem, outputs, provenance)
        result = TaskResult(
            task,
            TaskStatus.DONE,
            card.id,
            progress.inputs,
            tuple(outputs),
            load_s=progress.load_s,
            run_s=made.run_s,
            peak_bytes=made.peak_bytes,
            cached=cached,
            attempts=progress.attempts,
        )
        self.graph.complete(task.id, ok=True)
        self._keep(result)
        self.emit(TaskFinished(result))

    def _fail(self, task: Task, error: HgptError, progress: Progress | None = None) -> None:
        result = TaskResult(task, TaskStatus.FAILED, message=error.message, hint=error.hint)
        if progress is not None:
            result = replace(
                result,
                model_id=progress.candidates[0].id,
                inputs=progress.inputs,
                load_s=progress.load_s,
                attempts=progress.attempts,
            )
        if isinstance(error, OutOfMemory) and progress is not None and len(progress.ladder.tried) > 1:
            tried = ", ".join(rung.value for rung in progress.ladder.tried)
            error = OutOfMemory(f"{error.message} Tried {tried}.", error.hint, error.detail)
            result = replace(result, message=error.message)
        answers = task.id == self.work.answering_task
        if answers and isinstance(error, DiskFull) and self.work.keep_answer is not None:
            self.work.keep_answer()  # it was written to its end, and only its file was not
        if error.detail:
            log.warning("Task %d (%s) failed: %s", task.id, task.task, error.detail)
        skipped = self.graph.complete(task.id, ok=False)
        self._keep(result)
        self.emit(TaskFailed(task.id, error.message, error.hint))
        because = f"Task {task.id} ({task.task}), which it needs, failed."
        for one in skipped:
            self._keep(TaskResult(one, TaskStatus.SKIPPED, message=because))
            self.emit(TaskSkipped(one.id, because))

    def _keep(self, result: TaskResult) -> None:
        self.results[result.task.id] = result
        self.on_result(result)
