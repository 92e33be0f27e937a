"""Tasks at work: inputs found, outputs named, errors met, time limits kept, and everything can be stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from runtime_fakes import (
    MIB,
    PATIENCE_S,
    Events,
    FakeBackend,
    FreeMemory,
    card,
    resource,
    task,
    vocabulary,
    wait_for_cancel,
    write_file,
    write_text,
)

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    EnvironmentFault,
    ExecutionFailed,
    HgptError,
    HostDied,
    InvalidInput,
    ModelDamaged,
    ModelMissing,
    OutOfMemory,
)
from hgpt_desktop.core.events import TaskFailed, TaskFinished, TaskProgressed, TaskSkipped, TaskStarted
from hgpt_desktop.core.interfaces import ExpertCall, TaskRunner
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.resources import Kind, Provenance, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.runtime.dispatching import lane_of
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.runners import InlineRunner, ThreadRunner

SPEAKER, READER, WRITER = card("speaker", "say"), card("reader", "read"), card("writer", loader="llama.cpp")


@pytest.fixture
def threads() -> Iterator[ThreadRunner]:
    runner = ThreadRunner()
    yield runner
    assert runner.close(PATIENCE_S)


class Bench:
    """An executor on fakes, and what it told."""

    def __init__(self, folder: Path, runner: TaskRunner | None = None, timeout_s: float = PATIENCE_S) -> None:
        self.folder = folder
        self.backend = FakeBackend()
        self.backend.scripts = {"say": write_file(".wav", Kind.AUDIO)}
        self.events = Events()
        self.kept: list[TaskResult] = []
        self.on_result: Callable[[TaskResult], None] = self.kept.append
        self.cancel = CancelToken()
        memory = FreeMemory(self.backend)
        self.executor = Executor(
            vocabulary(), memory, lambda card: self.backend, runner or InlineRunner(), timeout_s
        )

    def run(
        self,
        *tasks: Task,
        files: tuple[Resource, ...] = (),
        models: Mapping[int, tuple[ModelCard, ...]] | None = None,
        refused: Mapping[int, HgptError] | None = None,
        seed: int | None = None,
    ) -> tuple[TaskResult, ...]:
        selections = {}
        for one in tasks:
            candidates = (models or {}).get(one.id, (card(f"{one.task}-model"),))
            selections[one.id] = Selection(one.id, candidates[0], "", candidates)
        work = Execution(
            Plan(tasks), selections, refused or {}, {file.name: file for file in files}, self.folder, seed
        )
        return self.executor.run(work, self.events, self.on_result, self.cancel)

    def call(self, index: int) -> ExpertCall:
        return self.backend.calls[index][1]


def statuses(results: tuple[TaskResult, ...]) -> list[str]:
    return [one.status.value for one in results]


# ---------------------------------------------------------------- inputs and outputs


def test_texts_travel_from_task_to_task(tmp_path: Path) -> None:
    """The reference implementation lost what summarisation and speech recognition made."""
    bench = Bench(tmp_path)
    picture = resource(tmp_path / "sign.png", Kind.IMAGE)
    results = bench.run(
        task(0, "read", image=FileRef("sign.png")), task(1, "shorten", 0), task(2, "say", 1), files=(picture,)
    )
    assert statuses(results) == ["done"] * 3
    assert bench.call(0).inputs == {"image": (picture,)}
    assert bench.call(2).text("text") == "shorten(text=read(image=sign.png))"
    assert results[2].inputs["text"] == results[1].outputs
    assert [one.name for one in results[2].outputs] == ["2-say.wav"]
    assert results[2].outputs[0].path == tmp_path / "2-say.wav"


def test_a_result_tells_all_about_its_task(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (result,) = bench.run(task(0, "chat", text='it\'s "quoted" <resource>'), models={0: (WRITER,)}, seed=11)
    assert result.model_id == "writer"
    assert (result.load_s, result.run_s, result.peak_bytes, result.attempts) == (0.25, 0.5, 7 * MIB, 1)
    assert result.inputs == {"text": ('it\'s "quoted" <resource>',)}
    assert result.outputs[0].provenance == Provenance(0, "chat", "writer", 11)
    assert bench.call(0).seed == 11
    assert bench.kept == [result]


def test_events_of_a_task(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (result,) = bench.run(task(4, "chat", text="x"))
    assert bench.events.all == [
        TaskStarted(4),
        TaskProgressed(4, 0.5, "Loading Chat-Model"),
        TaskProgressed(4, 0.5, "half"),
        TaskFinished(result),
    ]


def test_only_outputs_of_the_right_kind_are_taken(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    def draw(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        return write_text(call, cancel) + write_file(".png", Kind.IMAGE)(call, cancel)

    bench.backend.scripts["draw"] = draw
    bench.run(task(0, "draw", text="a dog"), task(1, "read", image=TaskRef(0)), task(2, "shorten", 0))
    calls = {call.task: call for _, call in bench.backend.calls}
    assert [path.suffix for path in calls["read"].paths("image")] == [".png"]
    assert [path.suffix for path in calls["shorten"].paths("text")] == [".txt"]


def test_a_task_that_made_nothing_fitting_fails_its_child_in_plain_words(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts["draw"] = write_text  # no picture
    results = bench.run(task(0, "draw", text="a dog"), task(1, "read", image=TaskRef(0)))
    assert statuses(results) == ["done", "failed"]
    assert results[1].message == "Task 0 made no image that task 1 (read) can use as image."
    assert results[1].hint


def test_one_task_over_several_files(tmp_path: Path) -> None:
    """Each file gets a run and an output of its own; nothing is overwritten."""
    bench = Bench(tmp_path)
    files = tuple(resource(tmp_path / f"{letter}.png", Kind.IMAGE) for letter in "abc")
    results = bench.run(
        task(0, "read", image=tuple(FileRef(file.name) for file in files)), task(1, "join", texts=TaskRef(0)),
        files=files,
    )  # fmt: skip
    assert [call.inputs["image"] for _, call in bench.backend.calls[:3]] == [(file,) for file in files]
    assert [one.text for one in results[0].outputs] == [f"read(image={letter}.png)" for letter in "abc"]
    assert [one.name for one in results[0].outputs] == ["0-read-1.txt", "0-read-2.txt", "0-read-3.txt"]
    assert results[0].run_s == 1.5
    assert bench.call(3).inputs["texts"] == results[0].outputs  # `many` takes them together
    halves = [one for one in bench.events.of(TaskProgressed) if one.task_id == 0 and one.message == "half"]
    assert [one.progress for one in halves] == [0.5 / 3, 1.5 / 3, 2.5 / 3]


def test_single_arguments_go_to_every_call_and_equal_ones_in_pairs(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    files = tuple(resource(tmp_path / f"{letter}.png", Kind.IMAGE) for letter in "ab")
    images = tuple(FileRef(file.name) for file in files)
    bench.run(
        task(0, "edit", image=images, text="blue"),
        task(1, "edit", image=images, text=("red", "green")),
        files=files,
    )
    shown = [(call.paths("image")[0].name, call.text("text")) for _, call in bench.backend.calls]
    assert shown == [("a.png", "blue"), ("b.png", "blue"), ("a.png", "red"), ("b.png", "green")]


def test_uneven_arguments_fail_the_task(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    files = tuple(resource(tmp_path / f"{letter}.png", Kind.IMAGE) for letter in "ab")
    (result,) = bench.run(
        task(0, "edit", image=tuple(FileRef(file.name) for file in files), text=("r", "g", "b")), files=files
    )
    assert result.status is TaskStatus.FAILED
    assert "2 values as its image, but 3 as its text" in result.message


def test_two_tasks_on_one_file(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    picture = resource(tmp_path / "a.png", Kind.IMAGE)
    results = bench.run(
        task(0, "read", image=FileRef("a.png")), task(1, "read", image=FileRef("a.png")), files=(picture,)
    )
    assert [one.outputs[0].name for one in results] == ["0-read.txt", "1-read.txt"]


def test_names_differ_from_those_of_earlier_turns(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    old = resource(tmp_path / "0-read.txt", Kind.TEXT, "from an earlier run")
    picture = resource(tmp_path / "a.png", Kind.IMAGE)
    (result,) = bench.run(task(0, "read", image=FileRef("a.png")), files=(picture, old))
    assert result.outputs[0].name == "0-read-2.txt"
    assert old.path.read_text() == "from an earlier run"


def test_results_stand_in_the_plans_order(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    results = bench.run(task(5, "say", 2), task(2, "chat", text="x"), task(3, "chat", text="y"))
    assert [one.task.id for one in results] == [5, 2, 3]
    assert [one.task.id for one in bench.kept] == [2, 3, 5]


# ---------------------------------------------------------------- failures


def test_a_failure_skips_its_descendants_only(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts["bad"] = InvalidInput("The text is rude.", "Be polite.")
    results = bench.run(
        task(0, "chat", text="x"),
        task(1, "say", 0),
        task(2, "chat", text="y"),
        task(3, "say", 2),
        task(4, "join", texts=(TaskRef(1), TaskRef(2))),
        models={0: (card("bad"),)},
    )
    assert statuses(results) == ["failed", "skipped", "done", "done", "skipped"]
    assert (results[0].message, results[0].hint) == ("The text is rude.", "Be polite.")
    assert bench.events.of(TaskFailed) == [TaskFailed(0, "The text is rude.", "Be polite.")]
    assert [one.task_id for one in bench.events.of(TaskSkipped)] == [1, 4]
    assert results[1].message == "Task 0 (chat), which it needs, failed."


@pytest.mark.parametrize(
    "error",
    [
        ExecutionFailed("no"),
        OutOfMemory("no"),
        ModelDamaged("no"),
        EnvironmentFault("a library is missing"),
    ],
)
def test_the_next_candidate_takes_over(tmp_path: Path, error: HgptError) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts["first"] = error
    (result,) = bench.run(
        task(0, "chat", text="x"), models={0: (card("first"), card("second"), card("third"))}
    )
    assert (result.status, result.model_id, result.attempts) == (TaskStatus.DONE, "second", 2)
    assert result.load_s == 0.5
    assert result.outputs[0].provenance == Provenance(0, "chat", "second")
    assert [one.message for one in bench.events.of(TaskProgressed) if one.progress is None] == [
        f"First: {error.message} Trying Second."
    ]
    assert len(bench.events.of(TaskStarted)) == 1


def test_a_model_that_cannot_be_loaded_is_followed_by_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.load_errors["first"] = [ModelDamaged("bad file")]
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.model_id, result.attempts) == ("second", 2)


@pytest.mark.parametrize("error", [InvalidInput("bad file"), DiskFull("full")])
def test_what_no_other_model_can_mend_is_not_tried_again(tmp_path: Path, error: HgptError) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts["first"] = error
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.status, result.model_id, result.attempts) == (TaskStatus.FAILED, "first", 1)
    assert result.message == error.message


def test_all_candidates_fail(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts = {"first": ExecutionFailed("one"), "second": ExecutionFailed("two", "hint")}
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.status, result.model_id, result.attempts) == (TaskStatus.FAILED, "second", 2)
    assert (result.message, result.hint) == ("two", "hint")


def test_a_dead_host_gets_one_more_try_with_the_same_model(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts["first"] = [HostDied("gone"), write_text]
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.status, result.model_id, result.attempts) == (TaskStatus.DONE, "first", 2)


def test_a_model_that_kills_its_host_twice_is_given_up(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.scripts = {
        "first": [HostDied("gone"), HostDied("gone")],
        "second": [HostDied("gone"), HostDied("gone again")],
    }
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.status, result.model_id, result.attempts) == (TaskStatus.FAILED, "second", 4)
    assert result.message == "gone again"


def test_a_task_without_a_model_fails_with_the_reason(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    results = bench.run(
        task(0, "film", text="x"),
        task(1, "chat", text="y"),
        refused={0: ModelMissing("No model.", "Install one.")},
    )
    assert statuses(results) == ["failed", "done"]
    assert (results[0].message, results[0].hint, results[0].attempts) == ("No model.", "Install one.", 0)


def test_a_bug_in_a_task_is_logged_and_said_plainly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(tmp_path)

    def broken(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        raise ZeroDivisionError("secret")

    bench.backend.scripts["first"] = broken
    with caplog.at_level(logging.ERROR):
        results = bench.run(
            task(0, "chat", text="x"), task(1, "chat", text="y"), models={0: (card("first"),)}
        )
    assert statuses(results) == ["failed", "done"]
    assert "secret" not in results[0].message + results[0].hint
    assert results[0].message == "Task 0 (chat) stopped at an error in the program."
    assert "ZeroDivisionError: secret" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("make", ["nothing", "a name only"])
def test_an_expert_that_makes_no_file_has_failed(tmp_path: Path, make: str) -> None:
    bench = Bench(tmp_path)

    def lie(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        if make == "nothing":
            return ()
        return (Resource("x.png", Kind.IMAGE, tmp_path / "x.png", "image/png", 1),)

    bench.backend.scripts["first"] = lie
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.model_id, result.attempts) == ("second", 2)


def test_a_word_like_error_in_a_text_is_only_a_text(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (result,) = bench.run(task(0, "chat", text='{"error": "it\'s failed"}'))
    assert result.status is TaskStatus.DONE


# ---------------------------------------------------------------- lanes, time and stopping


def test_lanes() -> None:
    assert lane_of(WRITER, "cuda:0") == "controller"
    assert lane_of(READER, "cuda:0") == "accelerator"
    assert lane_of(READER, "cpu") == "cpu"


def test_independent_tasks_run_side_by_side(tmp_path: Path, threads: ThreadRunner) -> None:
    bench = Bench(tmp_path, threads)
    together = threading.Barrier(3)

    def meet(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        together.wait(PATIENCE_S)
        return write_text(call, cancel)

    bench.backend.scripts.update({"chat": meet, "shorten": meet})
    results = bench.run(
        task(0, "chat", text="x"),
        task(1, "shorten", text="y"),
        task(2, "chat", text="z"),
        task(3, "join", texts=TaskRef(0)),
        models={0: (WRITER,), 1: (card("one"),), 2: (card("two"),)},
    )
    assert statuses(results) == ["done"] * 4


def test_a_task_over_its_time_is_stopped_and_the_limit_named(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_s=0.02)
    bench.backend.scripts["first"] = wait_for_cancel
    results = bench.run(task(0, "chat", text="x"), task(1, "chat", text="y"), models={0: (card("first"),)})
    assert statuses(results) == ["failed", "done"]
    assert results[0].message == "Task 0 (chat) took longer than 0.02 seconds and had to be stopped."
    assert "task_timeout_s" in results[0].hint


def test_after_a_time_limit_the_next_candidate_is_tried(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_s=0.02)
    bench.backend.scripts["first"] = wait_for_cancel
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert (result.status, result.model_id) == (TaskStatus.DONE, "second")


def test_a_host_that_had_to_be_killed_counts_as_stalled(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_s=0.02)

    def stuck(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        try:
            return wait_for_cancel(call, cancel)
        except Cancelled:
            raise HostDied("killed after the grace time") from None

    bench.backend.scripts["first"] = stuck
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"),)})
    assert "took longer than" in result.message


def test_cancel_keeps_what_is_done(tmp_path: Path, threads: ThreadRunner) -> None:
    bench = Bench(tmp_path, threads)

    def cancel_then_wait(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        bench.cancel.cancel()
        return wait_for_cancel(call, cancel)

    bench.backend.scripts["second"] = cancel_then_wait
    results = bench.run(
        task(0, "chat", text="x"), task(1, "chat", 0), task(2, "say", 1), models={1: (card("second"),)}
    )
    assert statuses(results) == ["done", "cancelled", "cancelled"]
    assert [one.task.id for one in bench.kept] == [0, 1, 2]
    assert bench.events.of(TaskFailed) == []


def test_cancel_with_the_inline_runner(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    def cancel_all(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        bench.cancel.cancel()
        cancel.raise_if_cancelled()
        raise AssertionError("the call's token follows the run's")

    bench.backend.scripts["first"] = cancel_all
    results = bench.run(task(0, "chat", text="x"), task(1, "chat", text="y"), models={0: (card("first"),)})
    assert statuses(results) == ["cancelled", "cancelled"]
    assert [one.task_id for one in bench.events.of(TaskStarted)] == [0]


def test_a_host_killed_by_the_cancel_is_no_failure(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    def die(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        bench.cancel.cancel()
        raise HostDied("killed")

    bench.backend.scripts["first"] = die
    (result,) = bench.run(task(0, "chat", text="x"), models={0: (card("first"), card("second"))})
    assert result.status is TaskStatus.CANCELLED
    assert bench.backend.log == ["load first", "run first chat"]


def test_cancelled_before_it_begins(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.cancel.cancel()
    assert statuses(bench.run(task(0, "chat", text="x"), task(1, "say", 0))) == ["cancelled"] * 2
    assert bench.backend.log == []


class DroppingRunner:
    """As a pool that was cleared: takes functions and never runs them."""

    def __init__(self, cancel: CancelToken) -> None:
        self.cancel = cancel

    def submit(self, lane: str, function: object) -> None:
        threading.Thread(target=self.cancel.cancel).start()


def test_cancel_lets_go_of_tasks_that_never_began(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.executor.runner = DroppingRunner(bench.cancel)
    assert statuses(bench.run(task(0, "chat", text="x"), task(1, "say", 0))) == ["cancelled"] * 2


def test_when_the_listener_breaks_running_tasks_are_stopped(tmp_path: Path, threads: ThreadRunner) -> None:
    bench = Bench(tmp_path, threads)
    started, stopped = threading.Event(), threading.Event()

    def wait(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        started.set()
        try:
            return wait_for_cancel(call, cancel)
        finally:
            stopped.set()

    bench.backend.scripts["first"] = wait

    def broken(result: TaskResult) -> None:
        assert started.wait(PATIENCE_S)  # or the task would be stopped before it began
        raise BrokenPipeError

    bench.on_result = broken
    with pytest.raises(BrokenPipeError):
        bench.run(task(0, "chat", text="x"), task(1, "chat", text="y"), models={0: (card("first"),)})
    assert stopped.wait(PATIENCE_S)
