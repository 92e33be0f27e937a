"""Several inputs at once: which tasks go together, and what becomes of each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from runtime_fakes import FakeBackend, FreeMemory, card, resource, task

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ExecutionFailed, HgptError, HostDied, InvalidInput, OutOfMemory
from hgpt_desktop.core.events import Event, TaskProgressed, TaskStarted
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, OnProgress
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.ladder import Rung, RungsOfRun
from hgpt_desktop.runtime.runners import InlineRunner

LOOK, SAY = "look", "say"
VOCABULARY = Vocabulary(
    tuple(TaskType(name, "", (InputSpec("text", (Kind.TEXT,)),), (Kind.TEXT,)) for name in (LOOK, SAY))
)
EYE, MOUTH = card("eye", LOOK), card("mouth", SAY)


class Together:
    """Runs calls of one model together on a fake backend; notes what came together."""

    def __init__(self, backend: FakeBackend, most: int) -> None:
        self._backend, self._most = backend, most
        self.groups: list[list[str]] = []
        self.error: Callable[[Sequence[ExpertCall]], HgptError | None] = lambda calls: None

    def most_together(self, card: ModelCard) -> int:
        return self._most if card.id == EYE.id else 1

    def run_together(
        self, card: ModelCard, calls: Sequence[ExpertCall], on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[ExpertOutcome | HgptError, ...]:
        self.groups.append([call.stem for call in calls])
        if (error := self.error(calls)) is not None:
            raise error
        outcomes: list[ExpertOutcome | HgptError] = []
        for call in calls:
            try:
                outcomes.append(self._backend.run(card, call, on_progress, cancel))
            except HgptError as refused:
                outcomes.append(refused)
        return tuple(outcomes)


class Bench:
    """An executor whose eye takes several inputs at once."""

    def __init__(self, folder: Path, most: int = 4) -> None:
        self.folder = folder
        self.backend = FakeBackend()
        self.together = Together(self.backend, most)
        self.rungs = RungsOfRun()
        self.events: list[Event] = []

    def run(self, *tasks: Task) -> list[TaskResult]:
        executor = Executor(
            VOCABULARY,
            FreeMemory(self.backend),
            lambda card: self.backend,
            InlineRunner(),
            60.0,
            rungs=self.rungs,
            batches=self.together,
        )
        cards = {LOOK: EYE, SAY: MOUTH}
        selections = {one.id: Selection(one.id, cards[one.task], "", (cards[one.task],)) for one in tasks}
        files = {f"{name}.txt": resource(self.folder / f"{name}.txt", Kind.TEXT) for name in "abc"}
        work = Execution(Plan(tasks), selections, {}, files, self.folder)
        return list(executor.run(work, self.events.append, lambda result: None, CancelToken()))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_ready_tasks_of_one_model_run_together(bench: Bench) -> None:
    results = bench.run(
        task(0, LOOK, text="a"), task(1, SAY, text="b"), task(2, LOOK, text="c"), task(3, LOOK, 1)
    )
    assert bench.together.groups == [["0-look", "2-look"]]
    assert [result.status for result in results] == [TaskStatus.DONE] * 4
    texts = [result.outputs[0].text for result in results]
    assert texts[:3] == ["look(text=a)", "say(text=b)", "look(text=c)"]
    assert [result.load_s for result in results] == [0.25, 0.25, 0.0, 0.0]
    started = [event.task_id for event in bench.events if isinstance(event, TaskStarted)]
    assert sorted(started) == [0, 1, 2, 3]
    assert {event.task_id for event in bench.events if isinstance(event, TaskProgressed)} == {0, 1, 2, 3}


def test_no_more_than_the_family_takes(tmp_path: Path) -> None:
    bench = Bench(tmp_path, most=2)
    bench.run(*(task(number, LOOK, text=str(number)) for number in range(5)))
    assert bench.together.groups == [["0-look", "1-look"], ["2-look", "3-look"]]


def test_several_files_of_one_task_run_together(bench: Bench) -> None:
    files = tuple(FileRef(f"{name}.txt") for name in "abc")
    (result,) = bench.run(Task(0, LOOK, {"text": files}))
    assert bench.together.groups == [["0-look-1", "0-look-2", "0-look-3"]]
    assert len(result.outputs) == 3
    assert result.run_s == 1.5


def test_one_bad_input_fails_alone(bench: Bench) -> None:
    bad = InvalidInput("That is no picture.", "Take another one.")

    def look(call: ExpertCall, cancel: CancelToken) -> tuple[object, ...]:
        if call.text("text") == "bad":
            raise bad
        return (resource(call.out_dir / f"{call.stem}.txt", Kind.TEXT, "seen"),)

    bench.backend.scripts["eye"] = look  # type: ignore[assignment]
    results = bench.run(task(0, LOOK, text="good"), task(1, LOOK, text="bad"), task(2, SAY, 1))
    assert [result.status for result in results] == [TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.SKIPPED]
    assert results[1].message == bad.message


def test_what_makes_no_calls_fails_alone(bench: Bench) -> None:
    """A task whose arguments do not fit together, beside one that is fine."""
    vocabulary = TaskType(
        LOOK, "", tuple(InputSpec(name, (Kind.TEXT,)) for name in ("text", "other")), (Kind.TEXT,)
    )
    uneven = Task(1, LOOK, {"text": ("a", "b", "c"), "other": ("d", "e")})
    executor = Executor(
        Vocabulary((vocabulary,)),
        FreeMemory(bench.backend),
        lambda card: bench.backend,
        InlineRunner(),
        60.0,
        batches=bench.together,
    )
    tasks = (task(0, LOOK, text="a"), uneven)
    selections = {one.id: Selection(one.id, EYE, "", (EYE,)) for one in tasks}
    results = executor.run(
        Execution(Plan(tasks), selections, {}, {}, bench.folder),
        lambda event: None,
        lambda result: None,
        CancelToken(),
    )
    assert [result.status for result in results] == [TaskStatus.DONE, TaskStatus.FAILED]


def test_where_memory_runs_out_inputs_are_taken_one_by_one_from_then_on(bench: Bench) -> None:
    bench.together.error = lambda calls: OutOfMemory("The device is full.", "Free some.")
    results = bench.run(*(task(number, LOOK, text=str(number)) for number in range(3)))
    assert [result.status for result in results] == [TaskStatus.DONE] * 3
    assert len(bench.together.groups) == 1
    assert bench.rungs.rung("eye", "cpu") is Rung.ONE_BY_ONE
    bench.run(*(task(number, LOOK, text=str(number)) for number in range(3)))
    assert len(bench.together.groups) == 1


def test_a_host_that_dies_is_tried_again_with_each(bench: Bench) -> None:
    def die(calls: Sequence[ExpertCall]) -> HgptError:
        bench.backend.die()
        return HostDied("The host ended.", "Try again.")

    bench.together.error = die
    results = bench.run(task(0, LOOK, text="a"), task(1, LOOK, text="b"))
    assert [(result.status, result.attempts) for result in results] == [(TaskStatus.DONE, 2)] * 2


def test_a_task_that_needs_another_one_waits_for_it(bench: Bench) -> None:
    bench.run(task(0, LOOK, text="a"), Task(1, LOOK, {"text": (TaskRef(0),)}))
    assert bench.together.groups == []


def test_an_expert_that_makes_nothing_has_failed(bench: Bench) -> None:
    bench.backend.scripts["eye"] = lambda call, cancel: ()
    results = bench.run(task(0, LOOK, text="a"), task(1, LOOK, text="b"))
    assert {result.status for result in results} == {TaskStatus.FAILED}
    assert isinstance(results[1], TaskResult)
    assert "gave back nothing for task 1" in results[1].message
    assert ExecutionFailed.exit_code == 1
