"""A request through the four stages with everything around them faked: events, exit codes, records."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from runtime_fakes import (
    MIB,
    PATIENCE_S,
    RESPONSE_FAILED,
    Events,
    FakeBackend,
    FakeCatalogue,
    FakePlanner,
    FakeRecorder,
    FakeResponder,
    FakeSelector,
    card,
    resource,
    task,
    vocabulary,
    wait_for_cancel,
    write_file,
)

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import (
    Cancelled,
    DiskFull,
    EnvironmentFault,
    HostDied,
    InvalidInput,
    ModelMissing,
    PlanningFailed,
    SelectionFailed,
)
from hgpt_desktop.core.events import (
    PlanReady,
    RequestFinished,
    RequestStarted,
    ResponseChunk,
    Stage,
    StageStarted,
    TaskSelected,
)
from hgpt_desktop.core.interfaces import ExpertCall, TaskRunner
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import FileRef, Plan, TaskRef, Unavailable
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import MissingModel
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import InlineRunner, ThreadRunner
from hgpt_desktop.runtime.session import Session

LLM = card("llm", "chat", "shorten", loader="llama.cpp")
READER, READER_2, SPEAKER = card("reader", "read"), card("reader-2", "read"), card("speaker", "say")
PLAN = Plan((task(0, "read", image=FileRef("sign.png")), task(1, "shorten", 0), task(2, "say", 1)))


class Bench:
    """A session on fakes; what is not faked is the memory manager and the executor."""

    def __init__(
        self, folder: Path, plan: Plan | BaseException = PLAN, runner: TaskRunner | None = None
    ) -> None:
        self.folder = folder
        self.picture = resource(folder / "sign.png", Kind.IMAGE)
        self.backend = FakeBackend()
        self.backend.scripts["say"] = write_file(".wav", Kind.AUDIO)
        self.budget_bytes = 1000 * MIB
        self.memory = MemoryManager(
            lambda card: self.backend, lambda device: self.budget_bytes, lambda card: "cpu"
        )
        self.catalogue = FakeCatalogue([LLM, READER, SPEAKER], {"film": card("film-maker", "film")})
        self.planner, self.selector, self.responder = FakePlanner(plan), FakeSelector(), FakeResponder()
        self.recorder = FakeRecorder()
        self.llm: ModelCard | None = LLM
        self.events = Events()
        self.cancel = CancelToken()
        self.session = Session(
            planner=self.planner,
            selector=self.selector,
            responder=self.responder,
            vocabulary=vocabulary(),
            catalogue=self.catalogue,
            memory=self.memory,
            backend_for=lambda card: self.backend,
            llm_card=self._llm_card,
            runner=runner or InlineRunner(),
            recorder=self.recorder,
            runs_folder=folder / "runs",
            timeout_s=PATIENCE_S,
        )

    def _llm_card(self) -> ModelCard:
        if self.llm is None:
            raise ModelMissing("No language model is installed.", "Install the starter pack.")
        return self.llm

    def run(self, text: str = "Read it, shorten it, say it", **more: Any) -> RequestFinished:
        more.setdefault("files", (self.picture,))
        finished = self.session.run(Request(text, **more), self.events, self.cancel)
        assert self.events.all[-1] is finished
        return finished

    @property
    def run_folder(self) -> Path:
        (folder,) = (self.folder / "runs").iterdir()
        return folder

    @property
    def record(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.run_folder / "run.json").read_text(encoding="utf-8"))
        return loaded


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def statuses(finished: RequestFinished) -> list[str]:
    return [one.status.value for one in finished.results]


# ---------------------------------------------------------------- the good case


def test_the_four_stages_in_events(bench: Bench) -> None:
    finished = bench.run()
    assert bench.events.wire == [
        "request_started",
        "model_loading",
        "plan_ready",
        "task_selected",
        "task_selected",
        "task_selected",
        "task_started",
        "model_loading",
        "task_finished",
        "task_started",
        "task_finished",
        "task_started",
        "model_loading",
        "task_finished",
        "response_chunk",
        "response_chunk",
        "request_finished",
    ]
    assert [one.stage for one in bench.events.of(StageStarted)] == list(Stage)
    assert (finished.exit_code, finished.answer, finished.message) == (0, "All done.", "")
    assert statuses(finished) == ["done"] * 3
    assert [one.model_id for one in finished.results] == ["reader", "llm", "speaker"]
    assert finished.seconds > 0
    assert json.dumps([one.to_json() for one in bench.events.all])


def test_what_the_stages_are_given(bench: Bench) -> None:
    bench.run()
    assert bench.planner.runnable == [frozenset({"read", "say", "shorten", "chat"})]
    assert bench.selector.asked == [0, 1, 2]
    (report,) = bench.responder.reports
    assert report.plan == PLAN
    assert [one.path for one in report.outputs] == [
        bench.run_folder / "0-read.txt",
        bench.run_folder / "1-shorten.txt",
        bench.run_folder / "2-say.wav",
    ]


def test_everything_is_recorded_as_it_happens(bench: Bench) -> None:
    bench.run()
    assert bench.recorder.log == [
        "request Read it, shorten it, say it",
        "plan 3",
        "result 0 done",
        "result 1 done",
        "result 2 done",
        "answer 0",
    ]
    assert bench.recorder.answers == [("All done.", 0)]


def test_the_log_of_each_task_is_kept_with_its_result(bench: Bench) -> None:
    finished = bench.run()
    read, shortened, _ = finished.results
    assert [(line.what, line.words) for line in read.log] == [
        ("task_selected", "reader: it fits"),
        ("task_started", ""),
        ("model_loading", ""),
        ("task_progressed", "Loading Reader"),
        ("task_progressed", "half"),
        ("done", ""),
    ]
    assert [line.at for line in read.log] == sorted(line.at for line in read.log)
    assert (shortened.reason, shortened.candidates) == ("it fits", ("llm",))
    kept = bench.record["results"][0]
    assert [line["what"] for line in kept["log"]] == [line.what for line in read.log]
    assert kept["candidates"] == ["reader"]


def test_the_log_of_a_failed_task_ends_with_why(bench: Bench) -> None:
    bench.backend.scripts["read"] = InvalidInput("It is no picture.", "Choose another file.")
    failed, skipped, _ = bench.run().results
    assert (failed.log[-1].what, failed.log[-1].words) == ("failed", "It is no picture. Choose another file.")
    assert skipped.log[-1].what == "skipped"
    assert "which it needs" in skipped.log[-1].words


def test_a_run_can_be_repeated_from_its_record(bench: Bench) -> None:
    bench.run(seed=5)
    record = bench.record
    assert record["request"]["seed"] == 5
    assert [one["path"] for one in record["request"]["files"]] == [str(bench.picture.path)]
    assert [one["id"] for one in record["models"]] == ["reader", "llm", "speaker"]
    assert record["results"][2]["outputs"][0]["provenance"] == {
        "task_id": 2, "task": "say", "model_id": "speaker", "seed": 5,
    }  # fmt: skip
    assert (record["answer"], record["exit_code"]) == ("All done.", 0)
    assert Plan.from_wire(record, (bench.picture,)) == PLAN


def test_the_llm_may_leave_while_experts_run(bench: Bench) -> None:
    """An expert that needs all the room gets it: the session does not sit on the LLM."""
    bench.budget_bytes = 120 * MIB
    assert bench.run().exit_code == 0
    assert [one for one in bench.backend.log if one.startswith(("load", "unload"))] == [
        "load llm", "unload llm", "load reader", "unload reader", "load llm", "unload llm", "load speaker",
        "unload speaker", "load llm",
    ]  # fmt: skip


def test_two_runs_at_the_same_time(tmp_path: Path) -> None:
    runner = ThreadRunner()
    benches = Bench(tmp_path, runner=runner)
    benches.budget_bytes = 120 * MIB
    ends: list[RequestFinished] = []

    def work() -> None:
        request = Request("Read it", (benches.picture,))
        ends.append(benches.session.run(request, Events(), CancelToken()))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert runner.close(PATIENCE_S)
    assert [one.exit_code for one in ends] == [0, 0, 0]
    paths = {output.path for one in ends for result in one.results for output in result.outputs}
    assert len(paths) == 9
    assert all(path.exists() for path in paths)


def test_results_go_where_the_user_wants_and_overwrite_nothing(bench: Bench, tmp_path: Path) -> None:
    out_dir = tmp_path / "deep" / "out"
    first, second = bench.run(out_dir=out_dir), bench.run(out_dir=out_dir)
    assert sorted(path.name for path in out_dir.iterdir()) == [
        "0-read-2.txt", "0-read.txt", "1-shorten-2.txt", "1-shorten.txt", "2-say-2.wav", "2-say.wav",
        "run-2.json", "run.json",
    ]  # fmt: skip
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert not (tmp_path / "runs").exists()


def test_an_earlier_file_of_the_same_name_does_not_hide_the_new_one(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = resource(tmp_path / "old" / "sign.png", Kind.IMAGE)
    bench.run(earlier=(old,))
    assert [one.name for one in bench.planner.requests[0].resources] == ["sign.png", "sign-2.png"]
    assert bench.backend.calls[0][1].paths("image") == [bench.picture.path]


# ---------------------------------------------------------------- the request


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "empty"), (" \n\t", "empty"), ("word " * 3001, "3,001 words"), ("word " * 20_000, "20,000 words")],
)
def test_requests_that_are_refused(bench: Bench, text: str, message: str) -> None:
    finished = bench.run(text)
    assert finished.exit_code == 2
    assert message in finished.message
    assert finished.hint
    assert bench.events.wire == ["request_finished"]
    assert bench.recorder.log == []
    assert not (bench.folder / "runs").exists()


def test_three_thousand_words_are_fine(bench: Bench) -> None:
    assert bench.run("word " * 3000).exit_code == 0


# ---------------------------------------------------------------- the plan


def test_a_plan_of_the_users_is_checked_and_run_without_the_llm(bench: Bench) -> None:
    plan = Plan((task(1, "say", 0), task(0, "read", image=FileRef("sign.png"))))
    finished = bench.run(plan=plan)
    assert finished.exit_code == 0
    assert bench.planner.requests == []
    assert [one.id for one in bench.events.of(PlanReady)[0].plan.tasks] == [0, 1]
    assert bench.events.wire.index("plan_ready") < bench.events.wire.index("model_loading")


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(()), "no tasks"),
        (Plan((task(0, "say", 0),)), "depends on itself"),
        (Plan((task(0, "shorten", 1), task(1, "shorten", 0))), "in a circle"),
        (Plan((task(0, "fly", text="x"),)), "no task type fly"),
        (Plan((task(0, "say", text="a"), task(0, "say", text="b"))), "same id"),
        (Plan((task(0, "read", image=FileRef("other.png")),)), "not attached"),
        (Plan((task(0, "say", text="a"), task(1, "read", image=TaskRef(0)))), "cannot take the output"),
    ],
)
def test_a_plan_that_cannot_run_is_bad_input(bench: Bench, plan: Plan, message: str) -> None:
    finished = bench.run(plan=plan)
    assert finished.exit_code == 2
    assert message in finished.message
    assert bench.backend.log == []


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (PlanningFailed("The LLM made no sense.", "Say it in other words."), "made no sense"),
        (Plan(()), "No plan came out"),
        (Plan((task(0, "say", 0),)), "cannot be executed"),
    ],
)
def test_nonsense_of_the_planner_is_told_honestly(
    tmp_path: Path, plan: Plan | BaseException, message: str
) -> None:
    bench = Bench(tmp_path, plan)
    finished = bench.run()
    assert finished.exit_code == 1
    assert message in finished.message
    assert finished.hint
    assert bench.recorder.answers == [(f"{finished.message} {finished.hint}", 1)]
    assert bench.run_folder.joinpath("run.json").exists()


def test_without_a_language_model(bench: Bench) -> None:
    bench.llm = None
    finished = bench.run()
    assert (finished.exit_code, finished.message) == (3, "No language model is installed.")
    assert bench.events.wire == ["request_started", "request_finished"]


def test_without_a_language_model_a_given_plan_still_runs(bench: Bench) -> None:
    bench.llm = None
    bench.catalogue.models = [READER, READER_2, SPEAKER]
    bench.selector.error = HostDied("no LLM is loaded")
    finished = bench.run(plan=Plan((task(0, "read", image=FileRef("sign.png")), task(1, "say", 0))))
    assert finished.exit_code == 0
    assert "**read**: done by reader" in finished.answer


def test_a_host_that_dies_while_planning(tmp_path: Path) -> None:
    bench = Bench(tmp_path, HostDied("The controller ended.", "Try again."))
    finished = bench.run()
    assert (finished.exit_code, finished.message, finished.hint) == (3, "The controller ended.", "Try again.")
    bench.planner.result = PLAN
    assert bench.run().exit_code == 0


def test_an_llm_that_does_not_fit(bench: Bench) -> None:
    bench.budget_bytes = 50 * MIB
    finished = bench.run()
    assert finished.exit_code == 3
    assert "LLM" in finished.message.upper()
    assert "memory budget" in finished.hint


def test_nothing_installed_can_do_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Plan((), (Unavailable("film"), Unavailable("translation"))))
    finished = bench.run()
    assert finished.exit_code == 3
    assert finished.message == "No installed model can do what this needs: film, translation."
    assert finished.hint == "Install it with `hgpt models install film-maker`."
    assert bench.events.wire == ["request_started", "model_loading", "plan_ready", "request_finished"]


@pytest.mark.parametrize(("replaced_by", "exit_code"), [(None, 1), ("shorten", 0)])
def test_part_of_the_request_has_no_model(tmp_path: Path, replaced_by: str | None, exit_code: int) -> None:
    bench = Bench(tmp_path, Plan(PLAN.tasks, (Unavailable("film", replaced_by),)))
    assert bench.run().exit_code == exit_code
    assert bench.responder.reports[0].missing == (MissingModel("film", "film-maker", replaced_by),)


def test_planning_alone(bench: Bench) -> None:
    plan, cost = bench.session.plan(Request("Read it", (bench.picture,)), bench.events, bench.cancel)
    assert (plan, cost.sampled_tokens) == (PLAN, 3)
    assert bench.events.wire == ["model_loading", "plan_ready"]
    assert bench.recorder.log == []
    with pytest.raises(InvalidInput, match="empty"):
        bench.session.plan(Request(" "), bench.events, bench.cancel)


def test_planning_alone_gives_back_what_is_unavailable(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Plan((), (Unavailable("film"),)))
    plan, _ = bench.session.plan(Request("Make a film"), bench.events, bench.cancel)
    assert plan.unavailable == (Unavailable("film"),)


# ---------------------------------------------------------------- selection


def test_selection_tells_model_reason_and_candidates(bench: Bench) -> None:
    bench.catalogue.models = [LLM, READER, READER_2, SPEAKER]
    bench.run()
    assert bench.events.of(TaskSelected)[0] == TaskSelected(0, "reader-2", "it fits", ("reader", "reader-2"))


@pytest.mark.parametrize("error", [SelectionFailed("no"), HostDied("gone")])
def test_without_the_llms_choice_the_best_ranked_model_is_taken(bench: Bench, error: BaseException) -> None:
    bench.catalogue.models = [LLM, READER, READER_2, SPEAKER]
    bench.selector.error = error
    assert bench.run().exit_code == 0
    selected = bench.events.of(TaskSelected)[0]
    assert selected.model_id == "reader"
    assert "best ranked" in selected.reason


def test_a_choice_outside_the_candidates_is_not_taken(bench: Bench) -> None:
    bench.selector.stray = card("stray", "read")
    bench.run()
    assert bench.events.of(TaskSelected)[0].model_id == "reader"


def test_the_users_choice_of_a_model_counts(bench: Bench) -> None:
    bench.catalogue.models = [LLM, READER, READER_2, SPEAKER]
    bench.run(plan=PLAN, models={0: "reader", 1: "no-such-model"})
    first, second, *_ = bench.events.of(TaskSelected)
    assert (first.model_id, first.reason) == ("reader", "the one you chose")
    assert second.reason != "the one you chose"


def test_a_task_without_a_model_fails_and_names_the_one_to_install(bench: Bench) -> None:
    plan = Plan((*PLAN.tasks, task(3, "film", 1)))
    finished = bench.run(plan=plan)
    assert finished.exit_code == 1
    assert statuses(finished) == ["done", "done", "done", "failed"]
    assert finished.results[3].hint == "Install one with `hgpt models install film-maker`."


def test_when_no_task_has_a_model_it_is_the_environment(bench: Bench) -> None:
    finished = bench.run(plan=Plan((task(0, "film", text="x"), task(1, "film", text="y"))))
    assert (finished.exit_code, statuses(finished)) == (3, ["failed", "failed"])


# ---------------------------------------------------------------- response


def test_a_failed_task_is_answered_for(bench: Bench) -> None:
    bench.backend.scripts["reader"] = InvalidInput("The picture is broken.", "Send another.")
    finished = bench.run()
    assert finished.exit_code == 1
    assert statuses(finished) == ["failed", "skipped", "skipped"]
    assert finished.answer == "All done."
    assert bench.responder.reports[0].results[0].message == "The picture is broken."


def test_when_the_answer_fails_the_results_are_listed(bench: Bench) -> None:
    bench.responder.words, bench.responder.error = (), RESPONSE_FAILED
    finished = bench.run()
    assert finished.exit_code == 0
    assert "**read**: done by reader" in finished.answer
    assert "read(image=sign.png)" in finished.answer
    assert str(bench.run_folder / "2-say.wav") in finished.answer
    assert "".join(one.text for one in bench.events.of(ResponseChunk)) == finished.answer


def test_what_was_streamed_before_the_failure_stays(bench: Bench) -> None:
    bench.responder.error = RESPONSE_FAILED
    bench.backend.scripts["say"] = InvalidInput("No voice.", "Install one.")
    finished = bench.run()
    assert finished.answer.startswith("All done.\n\n")
    assert "**say**: failed. No voice. Install one." in finished.answer


# ---------------------------------------------------------------- stopping


def test_stopped_before_it_begins(bench: Bench) -> None:
    bench.cancel.cancel()
    finished = bench.run()
    assert (finished.exit_code, finished.results, finished.message) == (130, (), "")


def test_stopped_while_planning(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Cancelled())
    finished = bench.run()
    assert (finished.exit_code, finished.message) == (130, "")
    assert bench.recorder.answers == [("", 130)]


def test_stopped_after_planning_marks_all_tasks(bench: Bench) -> None:
    bench.selector.error = Cancelled()
    finished = bench.run()
    assert (finished.exit_code, statuses(finished)) == (130, ["cancelled"] * 3)
    assert bench.recorder.log[2:] == [f"result {n} cancelled" for n in range(3)] + ["answer 130"]


def test_stopped_while_a_task_runs(bench: Bench) -> None:
    def stop(call: ExpertCall, cancel: CancelToken) -> tuple[Resource, ...]:
        bench.cancel.cancel()
        return wait_for_cancel(call, cancel)

    bench.backend.scripts["shorten"] = stop
    finished = bench.run()
    assert (finished.exit_code, statuses(finished)) == (130, ["done", "cancelled", "cancelled"])
    assert finished.results[0].outputs[0].path.exists()
    assert "response_chunk" not in bench.events.wire
    assert bench.record["exit_code"] == 130


def test_stopped_while_answering_keeps_everything(bench: Bench) -> None:
    bench.responder.on_first_word = bench.cancel.cancel
    finished = bench.run()
    assert (finished.exit_code, finished.answer, statuses(finished)) == (130, "All ", ["done"] * 3)


# ---------------------------------------------------------------- disk and history


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_without_room_is_found_before_anything_runs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 99 * 10**6))
    finished = bench.run()
    assert finished.exit_code == 3
    assert "Only 99 MB are free" in finished.message
    assert "100 MB there" in finished.hint
    assert bench.backend.log == []
    assert bench.recorder.log == ["request Read it, shorten it, say it", "answer 3"], "no message is lost"


def test_a_results_folder_that_is_a_file(bench: Bench) -> None:
    finished = bench.run(out_dir=bench.picture.path)
    assert (finished.exit_code, bench.events.wire) == (2, ["request_started", "request_finished"])
    assert "is a file, not a folder" in finished.message


def test_a_results_folder_below_a_file(bench: Bench) -> None:
    finished = bench.run(out_dir=bench.picture.path / "deep")
    assert finished.exit_code == 2
    assert finished.hint


@pytest.mark.parametrize("what", ["request", "plan", "result", "answer"])
@pytest.mark.parametrize(
    "error", [DiskFull("The disk is full.", "Free room."), EnvironmentFault("Damaged.", "Move it.")]
)
def test_a_history_that_fails_does_not_stop_the_run(bench: Bench, what: str, error: EnvironmentFault) -> None:
    bench.recorder.errors[what] = error
    finished = bench.run()
    assert statuses(finished) == ["done"] * 3
    assert finished.answer == "All done."
    assert (finished.exit_code, finished.message, finished.hint) == (3, error.message, error.hint)


def test_a_failed_task_weighs_more_than_a_failed_history(bench: Bench) -> None:
    bench.recorder.errors["plan"] = DiskFull("The disk is full.")
    bench.backend.scripts["say"] = InvalidInput("No voice.")
    finished = bench.run()
    assert (finished.exit_code, finished.message) == (1, "The disk is full.")


def test_a_record_that_cannot_be_written_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *args: object, **more: object) -> int:
        raise OSError(28, "No space left on device")

    bench.responder.on_first_word = lambda: monkeypatch.setattr(Path, "write_text", full)
    finished = bench.run()
    assert finished.exit_code == 3
    assert "disk is full" in finished.message
    assert finished.answer == "All done."


def test_nothing_comes_after_the_end(bench: Bench) -> None:
    late: list[Callable[[], None]] = []
    run = bench.backend.run

    def keeping(card: ModelCard, call: ExpertCall, on_progress: Any, cancel: CancelToken) -> Any:
        late.append(lambda: on_progress(0.9, "late"))
        return run(card, call, on_progress, cancel)

    bench.backend.run = keeping  # type: ignore[method-assign]
    bench.run()
    count = len(bench.events.all)
    for call in late:
        call()
    assert len(bench.events.all) == count


def test_the_run_is_named_in_its_first_event(bench: Bench) -> None:
    bench.run(conversation_id="c1")
    assert bench.events.of(RequestStarted) == [
        RequestStarted("Read it, shorten it, say it", (bench.picture,), "c1", bench.run_folder.name)
    ]
