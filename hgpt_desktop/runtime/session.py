"""One request through the four stages: planning, model selection, task execution, response."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    ExitCode,
    HgptError,
    InvalidInput,
    ModelMissing,
    PlanningFailed,
)
from hgpt_desktop.core.events import (
    PlanReady,
    RequestFinished,
    RequestStarted,
    Stage,
    StageStarted,
    TaskSelected,
)
from hgpt_desktop.core.interfaces import (
    Batches,
    Catalogue,
    Emit,
    ExpertBackend,
    Planner,
    PlanningCost,
    Responder,
    RunRecorder,
    Selector,
    TaskRunner,
    Telling,
)
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import Plan, Task, check_plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.results import ExecutionReport, MissingModel, TaskResult, TaskStatus
from hgpt_desktop.core.tasks import Vocabulary
from hgpt_desktop.runtime.event_stream import EventStream
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.frugal_lease import lease_in_less
from hgpt_desktop.runtime.growing_answer import GrowingAnswer
from hgpt_desktop.runtime.ladder import RungStore
from hgpt_desktop.runtime.listing import missing_sentence, plain_listing
from hgpt_desktop.runtime.memory import DeviceMemory
from hgpt_desktop.runtime.read_ahead import ReadAhead
from hgpt_desktop.runtime.recording import GuardedRecorder
from hgpt_desktop.runtime.request_checks import check_request, with_unique_names
from hgpt_desktop.runtime.result_cache import ResultCache
from hgpt_desktop.runtime.run_folder import make_run_folder, write_record
from hgpt_desktop.runtime.task_log import TaskLogs

log = logging.getLogger(__name__)


class Session:
    """Runs requests.

    Threads: `run` and `plan` may be called from several threads at the same time, but not from within a
    lane of the runner; events are emitted from the calling thread and from the lanes, one at a time.

    Args:
        llm_card: the controller LLM; raises `ModelMissing` where there is none.
        runs_folder: gets a folder for each run without `out_dir`.
        timeout_s: how long one task may work.
        rungs: remembers how models ran that did not fit; None forgets it with the program.
        cache: what tasks made before; None runs every task.
        batches: runs several tasks of one model together; None runs each by itself.
        telling: tells a task's text as it is written; None has the text at its end.
    """

    def __init__(
        self,
        planner: Planner,
        selector: Selector,
        responder: Responder,
        vocabulary: Vocabulary,
        catalogue: Catalogue,
        memory: DeviceMemory,
        backend_for: Callable[[ModelCard], ExpertBackend],
        llm_card: Callable[[], ModelCard],
        runner: TaskRunner,
        recorder: RunRecorder,
        runs_folder: Path,
        timeout_s: float,
        rungs: RungStore | None = None,
        cache: ResultCache | None = None,
        batches: Batches | None = None,
        telling: Telling | None = None,
    ) -> None:
        self.planner = planner
        self.selector = selector
        self.responder = responder
        self.vocabulary = vocabulary
        self.catalogue = catalogue
        self.memory = memory
        self.llm_card = llm_card
        self.recorder = recorder
        self.runs_folder = runs_folder
        self.executor = Executor(
            vocabulary,
            memory,
            backend_for,
            runner,
            timeout_s,
            rungs=rungs,
            cache=cache,
            read_ahead=ReadAhead(),
            batches=batches,
            telling=telling,
        )

    def run(self, request: Request, emit: Emit, cancel: CancelToken) -> RequestFinished:
        """The four stages on one request; the last event, which is returned too, says how it ended.

        No error leaves this method: each ends as the message, hint and exit code of `RequestFinished`,
        beside the results that were made before it.
        """
        logs = TaskLogs()
        return _Run(self, request, EventStream(logs.before(emit)), cancel, logs).run()

    def plan(self, request: Request, emit: Emit, cancel: CancelToken) -> tuple[Plan, PlanningCost]:
        """The first stage only; the cost is nothing where the request brings its plan.

        Raises:
            InvalidInput: the request is empty or too long, or its plan cannot be executed.
            PlanningFailed, ModelMissing, OutOfMemory, HostDied, Cancelled: from planning.
        """
        run = _Run(self, request, EventStream(emit), cancel, TaskLogs())
        check_request(run.request)
        return run.plan_tasks()

    @contextmanager
    def llm(self, emit: Emit, cancel: CancelToken) -> Iterator[None]:
        """The controller LLM in memory for the length of the block."""
        with lease_in_less(self.memory, self.llm_card(), self.executor.rungs, emit, cancel):
            yield


def _new_run_id() -> str:
    """Sorts by time, and differs for two runs of the same second."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


@dataclass(slots=True)
class _Run:
    """One request on its way, and all that belongs to it alone."""

    session: Session
    request: Request
    emit: EventStream
    cancel: CancelToken
    logs: TaskLogs
    run_id: str = field(default_factory=_new_run_id)
    began: float = field(default_factory=time.perf_counter)
    folder: Path | None = None
    plan: Plan | None = None
    selections: dict[int, Selection] = field(default_factory=dict)
    refused: dict[int, HgptError] = field(default_factory=dict)
    results: dict[int, TaskResult] = field(default_factory=dict)
    answer: str = ""  # what was told of it stands here once the stages have ended
    recorder: GuardedRecorder = field(init=False)

    def __post_init__(self) -> None:
        self.request = with_unique_names(self.request)
        self.recorder = GuardedRecorder(self.session.recorder, self.run_id)

    def run(self) -> RequestFinished:
        """All of it."""
        problem: HgptError | None = None
        try:
            exit_code = self._stages()
        except Cancelled:
            exit_code = ExitCode.CANCELLED
        except HgptError as error:
            problem, exit_code = error, error.exit_code
            if error.detail:
                log.warning("The request ended with: %s %s", error, error.detail)
        if exit_code is ExitCode.CANCELLED:
            self._mark_cancelled()
        return self._finish(exit_code, problem)

    def _stages(self) -> ExitCode:
        check_request(self.request)
        self.cancel.raise_if_cancelled()
        self.recorder.request(self.request)  # first of all: whatever comes, what was asked is kept
        self.emit(
            RequestStarted(self.request.text, self.request.files, self.request.conversation_id, self.run_id)
        )
        self.folder = make_run_folder(self.request.out_dir or self.session.runs_folder / self.run_id)
        if self.request.plan is None:
            with self.session.llm(self.emit, self.cancel):
                plan, _ = self._plan_with_llm()
                if not plan.tasks:
                    missing = self._missing(plan)
                    message, hint = missing_sentence(missing)
                    if all(one.lacks for one in missing):
                        raise InvalidInput(message, hint)
                    raise ModelMissing(message, hint)
                self._select_all(plan)
        else:
            plan, _ = self.plan_tasks()
            self._select_with_llm_if_needed(plan)
        with self._growing_answer() as growing:
            self._execute(plan, growing)
            if any(result.status is TaskStatus.CANCELLED for result in self.results.values()):
                raise Cancelled
            report = ExecutionReport(plan, self._results(), self._missing(plan))
            self._respond(report, growing)
        return _exit_code(report, self.refused)

    @contextmanager
    def _growing_answer(self) -> Iterator[GrowingAnswer]:
        """The answer, kept on disk as it grows; however the block ends, what was told stands."""
        with self.recorder.while_written() as keep:
            growing = GrowingAnswer(self.emit, keep)
            try:
                yield growing
            finally:
                growing.close()
                self.answer = growing.text

    # ------------------------------------------------------------ stage one

    def plan_tasks(self) -> tuple[Plan, PlanningCost]:
        """The request's own plan if it has one, else one by the LLM, which is leased for that."""
        if self.request.plan is not None:
            self.emit(StageStarted(Stage.PLANNING))
            if not self.request.plan.tasks:
                raise InvalidInput("The plan has no tasks.", "Write at least one task into it.")
            plan = check_plan(self.request.plan, self.session.vocabulary, self.request.resources)
            return self._keep_plan(plan), PlanningCost(0.0, 0, 0)
        with self.session.llm(self.emit, self.cancel):
            return self._plan_with_llm()

    def _plan_with_llm(self) -> tuple[Plan, PlanningCost]:
        session = self.session
        self.emit(StageStarted(Stage.PLANNING))
        runnable = frozenset(name for name in session.vocabulary.names if session.catalogue.candidates(name))
        plan, cost = session.planner.plan(self.request, runnable, self.emit, self.cancel)
        if not plan.tasks and not plan.unavailable:
            raise PlanningFailed(
                "No plan came out for this request.",
                "Say more exactly what is to be done, and with which file.",
            )
        try:
            plan = check_plan(plan, session.vocabulary, self.request.resources)
        except InvalidInput as error:
            raise PlanningFailed(
                "The plan that came out for this request cannot be executed.",
                "Put the request in other words.",
                str(error),
            ) from error
        return self._keep_plan(plan), cost

    def _keep_plan(self, plan: Plan) -> Plan:
        self.plan = plan
        self.recorder.plan(plan)
        self.emit(PlanReady(plan, {resource.name: resource for resource in self.request.resources}))
        return plan

    def _missing(self, plan: Plan) -> tuple[MissingModel, ...]:
        found = []
        for one in plan.unavailable:
            suggestion = self.session.catalogue.suggestion(one.task)
            model = suggestion.id if suggestion else None
            found.append(MissingModel(one.task, model, one.replaced_by, one.lacks))
        return tuple(found)

    # ------------------------------------------------------------ stage two

    def _select_with_llm_if_needed(self, plan: Plan) -> None:
        candidates = [self.session.catalogue.candidates(task.task) for task in plan.tasks]
        with ExitStack() as held:
            if any(len(cards) > 1 for cards in candidates):
                try:
                    held.enter_context(self.session.llm(self.emit, self.cancel))
                except HgptError as error:  # the plan is there, and the best ranked models can do it
                    log.warning("Models are chosen without the LLM: %s %s", error, error.detail)
            self._select_all(plan)

    def _select_all(self, plan: Plan) -> None:
        self.emit(StageStarted(Stage.SELECTION))
        for task in plan.tasks:
            self.cancel.raise_if_cancelled()
            try:
                selection = self._select(task)
            except HgptError as error:
                self.refused[task.id] = error
                continue
            self.selections[task.id] = selection
            names = tuple(card.id for card in selection.candidates)
            self.emit(TaskSelected(task.id, selection.model.id, selection.reason, names))

    def _select(self, task: Task) -> Selection:
        candidates = self.session.catalogue.candidates(task.task)
        if not candidates:
            suggestion = self.session.catalogue.suggestion(task.task)
            missing = MissingModel(task.task, suggestion.id if suggestion else None)
            raise ModelMissing(f"No installed model can do {task.task}.", missing.hint)
        if (wanted := self.request.models.get(task.id)) is not None:
            for card in candidates:
                if card.id == wanted:
                    return Selection(task.id, card, "the one you chose", candidates)
        task_type = self.session.vocabulary[task.task]
        try:
            selection = self.session.selector.select(
                task.id, task_type, self.request.text, candidates, self.cancel
            )
        except HgptError as error:
            log.warning("The LLM could not choose a model for task %d (%s): %s", task.id, task.task, error)
            return Selection(
                task.id, candidates[0], "the best ranked one; the LLM could not choose", candidates
            )
        if selection.model not in candidates:
            return Selection(
                task.id, candidates[0], "the best ranked one; the LLM chose none of these", candidates
            )
        return selection

    # ------------------------------------------------------------ stage three

    def _execute(self, plan: Plan, growing: GrowingAnswer) -> None:
        assert self.folder is not None
        self.emit(StageStarted(Stage.EXECUTION))
        work = Execution(
            plan,
            self.selections,
            self.refused,
            {resource.name: resource for resource in self.request.resources},
            self.folder,
            self.request.seed,
            self._llm_card(),
            self.session.responder.answering_task(plan),
            growing.begin,
            growing.stand,
        )
        self.session.executor.run(work, self.emit, self._keep_result, self.cancel)

    def _llm_card(self) -> ModelCard | None:
        """The LLM that will write the answer; None where there is none, and the answer will be a listing."""
        try:
            return self.session.llm_card()
        except HgptError:
            return None

    def _keep_result(self, result: TaskResult) -> None:
        result = self.logs.with_log(result)
        self.results[result.task.id] = result
        self.recorder.result(result)

    def _results(self) -> tuple[TaskResult, ...]:
        """In the plan's order."""
        tasks = self.plan.tasks if self.plan else ()
        return tuple(self.results[task.id] for task in tasks if task.id in self.results)

    def _mark_cancelled(self) -> None:
        for task in self.plan.tasks if self.plan else ():
            if task.id not in self.results:
                self._keep_result(TaskResult(task, TaskStatus.CANCELLED))

    # ------------------------------------------------------------ stage four

    def _respond(self, report: ExecutionReport, growing: GrowingAnswer) -> None:
        self.emit(StageStarted(Stage.RESPONSE))
        on_text = growing.begin()
        written: list[str] = []

        def add(text: str) -> None:
            written.append(text)
            on_text(text)

        try:
            with self.session.llm(self.emit, self.cancel):
                self.session.responder.respond(self.request, report, add, self.cancel)
        except HgptError as error:
            log.warning("The answer could not be written: %s %s", error, error.detail)
            add(("\n\n" if written else "") + plain_listing(report))
        growing.end()

    # ------------------------------------------------------------ the end

    def _finish(self, exit_code: ExitCode, problem: HgptError | None) -> RequestFinished:
        seconds = time.perf_counter() - self.began
        said = self.answer or (str(problem) if problem else "")
        self.recorder.answer(said, exit_code, seconds)
        fault = self.recorder.fault
        if self.folder is not None:
            try:
                models = {card.id: card for card in self._models()}
                write_record(
                    self.folder, self.run_id, self.request, self.plan, models.values(), self._results(),
                    said, exit_code, seconds,
                )  # fmt: skip
            except HgptError as error:
                fault = fault or error
        if fault is not None and problem is None:
            problem = fault
            if exit_code is ExitCode.DONE:
                exit_code = fault.exit_code
        finished = RequestFinished(
            answer=self.answer,
            results=self._results(),
            seconds=seconds,
            exit_code=int(exit_code),
            message=problem.message if problem else "",
            hint=problem.hint if problem else "",
        )
        self.emit.close_with(finished)
        return finished

    def _models(self) -> Iterator[ModelCard]:
        for selection in self.selections.values():
            result = self.results.get(selection.task_id)
            used = result.model_id if result else None
            yield next((card for card in selection.candidates if card.id == used), selection.model)


def _exit_code(report: ExecutionReport, refused: dict[int, HgptError]) -> ExitCode:
    done = [result for result in report.results if result.status is TaskStatus.DONE]
    if len(done) == len(report.results):
        return ExitCode.TASK_FAILED if any(not one.replaced_by for one in report.missing) else ExitCode.DONE
    failed = [result for result in report.results if result.status is TaskStatus.FAILED]
    if not done and all(isinstance(refused.get(one.task.id), ModelMissing) for one in failed):
        return ExitCode.ENVIRONMENT
    return ExitCode.TASK_FAILED
