"""A plan whose only task writes the answer: what is told of it, when, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runtime_fakes import (
    PATIENCE_S,
    Events,
    FakeBackend,
    FakeCatalogue,
    FakePlanner,
    FakeRecorder,
    FakeSelector,
    card,
    resource,
    task,
    vocabulary,
)

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import DiskFull, ExecutionFailed, HgptError, HostDied
from hgpt_desktop.core.events import (
    RequestFinished,
    ResponseChunk,
    ResponseWithdrawn,
    TaskFinished,
)
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, OnProgress, OnText
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.plan import Plan
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind
from hgpt_desktop.core.results import ExecutionReport
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.result_cache import ResultCache
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.runtime.session import Session

LLM, OTHER = card("llm", "chat", "shorten", loader="llama.cpp"), card("other", "chat")
DIED = HostDied("The host has ended.", "Try again.")
Draft = list[str | HgptError | Callable[[], None]]


class Author(FakeBackend):
    """Writes its scripts in turn: pieces of text, or what breaks off."""

    def __init__(self, *drafts: Draft) -> None:
        super().__init__()
        self.drafts = list(drafts)

    def tells(self, card: ModelCard, task: str) -> bool:
        return card.id == "llm"

    def run_telling(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, on_text: OnText, cancel: CancelToken
    ) -> ExpertOutcome:
        written = ""
        for step in self.drafts.pop(0):
            if isinstance(step, HgptError):
                raise step
            if isinstance(step, str):
                written += step
                on_text(step)
            else:
                step()
            cancel.raise_if_cancelled()
        return ExpertOutcome((resource(call.out_dir / f"{call.stem}.txt", Kind.TEXT, written),), 0.1)


class Repeating:
    """Says again what the answering task has written, or else all of it."""

    def answering_task(self, plan: Plan) -> int | None:
        alone = len(plan.tasks) == 1 or plan.tasks[-1].dependencies
        return plan.tasks[-1].id if alone else None

    def respond(self, request: Request, report: ExecutionReport, on_text: OnText, cancel: CancelToken) -> str:
        answering = self.answering_task(report.plan)
        told = [one for one in report.results if answering in (None, one.task.id)]
        texts = [output.text or "" for one in told for output in one.outputs] or ["It failed."]
        on_text("".join(texts))
        return "".join(texts)


class Bench:
    def __init__(self, folder: Path, *drafts: Draft, models: tuple[ModelCard, ...] = (LLM,)) -> None:
        self.backend, self.recorder, self.events = Author(*drafts), FakeRecorder(), Events()
        self.cancel = CancelToken()
        self.folder = folder
        memory = MemoryManager(lambda card: self.backend, lambda device: 10**10, lambda card: "cpu")
        self.session = Session(
            planner=FakePlanner(Plan((task(0, "chat", text="Tell me."),))),
            selector=FakeSelector(),
            responder=Repeating(),
            vocabulary=vocabulary(),
            catalogue=FakeCatalogue(models),
            memory=memory,
            backend_for=lambda card: self.backend,
            llm_card=lambda: LLM,
            runner=InlineRunner(),
            recorder=self.recorder,
            runs_folder=folder / "runs",
            timeout_s=PATIENCE_S,
            cache=ResultCache(folder / "kept", 10**6),
            telling=self.backend,
        )

    def run(self) -> RequestFinished:
        finished = self.session.run(Request("Tell me.", seed=1), self.events, self.cancel)
        assert self.shown == finished.answer, "the screen shows what is kept"
        assert self.recorder.answers[-1][0] == (finished.answer or str(finished.message))
        return finished

    @property
    def shown(self) -> str:
        text = ""
        for event in self.events.all:
            if isinstance(event, ResponseWithdrawn):
                text = ""
            elif isinstance(event, ResponseChunk):
                text += event.text
        return text

    @property
    def pieces(self) -> list[str]:
        return [one.text for one in self.events.of(ResponseChunk)]


def test_the_words_come_before_the_task_is_over_and_only_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", "is wide."])
    finished = bench.run()
    assert finished.answer == "The sea is wide."
    assert bench.pieces == ["The sea ", "is wide."]
    (ended,) = bench.events.of(TaskFinished)
    last = max(n for n, one in enumerate(bench.events.all) if isinstance(one, ResponseChunk))
    assert last < bench.events.all.index(ended)


def test_it_is_kept_as_it_is_written(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    def until_kept() -> None:
        assert bench.recorder.kept_beginning.wait(PATIENCE_S)
        assert bench.recorder.beginnings == ["The sea "]

    bench.backend.drafts.append(["The sea ", until_kept, "is wide."])
    assert bench.run().answer == "The sea is wide."


def test_what_was_written_when_it_is_stopped_stays(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.backend.drafts.append(["The sea ", bench.cancel.cancel, "is never told."])
    finished = bench.run()
    assert (finished.exit_code, finished.answer) == (130, "The sea ")


def test_the_same_text_after_a_host_died_goes_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", "is", DIED], ["The ", "sea is ", "wide."])
    assert bench.run().answer == "The sea is wide."
    assert bench.pieces == ["The sea ", "is", " ", "wide."]
    assert not bench.events.of(ResponseWithdrawn)


def test_another_text_after_a_host_died_takes_its_place(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", DIED], ["Water ", "is wet."])
    assert bench.run().answer == "Water is wet."
    assert len(bench.events.of(ResponseWithdrawn)) == 1


def test_of_a_task_that_fails_no_half_text_is_left(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", ExecutionFailed("It broke.", "Try again.")])
    finished = bench.run()
    assert (finished.exit_code, finished.answer) == (1, "It failed.")


def test_a_text_whose_file_cannot_be_written_stays_and_the_trouble_is_said_below(tmp_path: Path) -> None:
    full = DiskFull("The result 0-chat.txt cannot be written.", "See whether there is room.")
    bench = Bench(tmp_path, ["The sea ", "is wide.", full])
    finished = bench.run()
    assert (finished.exit_code, finished.answer) == (1, "The sea is wide.\n\nIt failed.")
    assert not bench.events.of(ResponseWithdrawn)


def test_a_model_that_tells_nothing_takes_over(tmp_path: Path) -> None:
    broke = ExecutionFailed("It broke.", "Try again.")
    bench = Bench(tmp_path, ["The sea ", broke], ["The sea ", broke], models=(OTHER, LLM))
    assert bench.run().answer == "chat(text=Tell me.)"


def test_a_kept_text_comes_at_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", "is wide."])
    bench.run()
    bench.events = Events()
    finished = bench.run()
    assert finished.results[0].cached
    assert bench.pieces == ["The sea is wide."]


def test_at_the_end_of_a_chain_the_last_words_come_as_they_are_written(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ["The sea ", "is wide."])
    chain = Plan((task(0, "chat", text="One."), task(1, "chat", 0)))
    finished = bench.session.run(Request("Both.", plan=chain), bench.events, bench.cancel)
    assert finished.answer == "The sea is wide."
    assert bench.pieces == ["The sea ", "is wide."]


def test_of_several_tasks_none_is_the_answer(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    two = Plan((task(0, "chat", text="One."), task(1, "chat", text="Two.")))
    finished = bench.session.run(Request("Both.", plan=two), bench.events, bench.cancel)
    assert bench.pieces == [finished.answer]
