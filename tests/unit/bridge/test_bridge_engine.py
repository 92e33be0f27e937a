"""The real engine as the window asks it, without models: plans, workflows, titles, settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from hgpt_desktop.bridge.engine import ApplicationEngine, OpenApplication
from hgpt_desktop.bridge.titles import is_borne_out, title_of
from hgpt_desktop.bridge.views import CandidateView, DraftView, Fit, RunOptions
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import InvalidInput
from hgpt_desktop.core.events import Event, RequestFinished
from hgpt_desktop.core.interfaces import Choice, Emit, Generation, OnText, Prompt
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.settings import Folders, Settings
from hgpt_desktop.wiring import Application

READ = Task(1, "optical-character-recognition", {"image": (FileRef("a.png"),)})
SUM = Task(2, "summarization", {"text": (TaskRef(1),)})
PLAN = Plan((READ, SUM))


def draw(path: Path) -> None:
    Image.new("RGB", (4, 4)).save(path)


@pytest.fixture
def application() -> Iterator[Application]:
    with Application.open(Folders.of_user(), Settings(), InlineRunner()) as opened:
        yield opened


@pytest.fixture
def engine(application: Application) -> ApplicationEngine:
    return ApplicationEngine(application)


@pytest.fixture
def kept(application: Application, tmp_path: Path) -> tuple[str, Path]:
    """A conversation with one run of two tasks; its id and its picture."""
    picture = tmp_path / "a.png"
    draw(picture)
    read = tmp_path / "1-read.txt"
    read.write_text("NOTICE", encoding="utf-8")
    image = Resource("a.png", Kind.IMAGE, picture, "image/png", picture.stat().st_size)
    text = Resource("1-read.txt", Kind.TEXT, read, "text/plain", 6, "NOTICE")
    history = application.history
    id_ = history.new_conversation("Read the notice and")
    history.record_request("r1", Request("Read the notice and sum it up", (image,), conversation_id=id_))
    history.record_plan("r1", PLAN)
    history.record_result(
        "r1", TaskResult(READ, TaskStatus.DONE, "ocr", {"image": (image,)}, (text,), run_s=2.0)
    )
    history.record_result("r1", TaskResult(SUM, TaskStatus.FAILED, "llm", {"text": (text,)}, message="No."))
    history.record_answer("r1", "It says notice.", 1, 3.0)
    return id_, picture


class Capture:
    """Stands in the place of `Application.run`, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, request: Request, emit: Emit, cancel: CancelToken) -> RequestFinished:
        self.requests.append(request)
        return RequestFinished("", (), 0.0, 0)


@pytest.fixture
def capture(application: Application, monkeypatch: pytest.MonkeyPatch) -> Capture:
    made = Capture()
    monkeypatch.setattr(application, "run", made)
    return made


def ignore(event: Event) -> None:
    """For calls whose events do not matter."""


def test_a_request_beside_another_does_not_see_it(
    engine: ApplicationEngine, kept: tuple[str, Path], capture: Capture
) -> None:
    id_, _ = kept
    engine.run("Again", [], id_, ignore, CancelToken(), RunOptions(beside="r1"))
    engine.run("More", [], id_, ignore, CancelToken())
    beside, after = capture.requests
    assert (beside.turns, beside.earlier) == ((), ())
    assert [turn.answer for turn in after.turns] == ["It says notice."]


def test_a_task_is_run_again_on_what_was_made_before_it(
    engine: ApplicationEngine, kept: tuple[str, Path], capture: Capture
) -> None:
    engine.run_again(kept[0], "r1", 2, {2: "llm-2"}, ignore, CancelToken())
    (request,) = capture.requests
    assert request.text == "Read the notice and sum it up"
    assert [file.name for file in request.files] == ["1-read.txt"]
    assert request.plan == Plan((Task(2, "summarization", {"text": (FileRef("1-read.txt"),)}),))
    assert request.models == {2: "llm-2"}
    with pytest.raises(InvalidInput):
        engine.run_again(kept[0], "r9", 1, {}, ignore, CancelToken())


def test_a_plan_becomes_a_workflow_for_other_files(
    engine: ApplicationEngine, kept: tuple[str, Path], capture: Capture, tmp_path: Path
) -> None:
    view = engine.save_workflow("Read: notices!", kept[0], "r1")
    assert (view.id, view.kinds) == ("read-notices", (Kind.IMAGE,))
    assert engine.workflows() == (view,)
    other = tmp_path / "other.png"
    draw(other)
    text, plan, models = engine.workflow_plan(view.id, [other])
    assert text == "Read the notice and sum it up"
    assert models == {1: "ocr", 2: "llm"}
    engine.run(text, [other], None, ignore, CancelToken(), RunOptions(plan=plan, models=models))
    (request,) = capture.requests
    assert request.plan is not None
    assert request.plan.tasks[0].args == {"image": (FileRef("other.png"),)}
    with pytest.raises(InvalidInput, match="wants a picture, and there is no file"):
        engine.workflow_plan(view.id, [])
    (tmp_path / "broken.png").write_text("no picture")
    with pytest.raises(InvalidInput, match=r"wants a picture, but broken\.png is a text"):
        engine.workflow_plan(view.id, [tmp_path / "broken.png"])
    engine.remove_workflow(view.id)
    assert engine.workflows() == ()
    with pytest.raises(InvalidInput):
        engine.workflow_plan(view.id, [other])
    engine.bring_workflow_back(view.id)
    assert engine.workflows() == (view,)


def test_workflows_of_one_name_are_numbered_and_renamed(
    engine: ApplicationEngine, kept: tuple[str, Path]
) -> None:
    first, second = (engine.save_workflow("Notices", kept[0], "r1") for _ in range(2))
    assert (first.name, second.name) == ("Notices", "Notices (2)")
    assert engine.rename_workflow(second.id, "NOTICES").name == "NOTICES (2)"
    renamed = engine.rename_workflow(first.id, "notices")  # its own name is free for it
    assert (renamed.id, renamed.name) == (first.id, "notices")
    assert [one.name for one in engine.workflows()] == ["notices", "NOTICES (2)"]
    assert engine.rename_workflow(first.id, "Letters").plan == first.plan
    assert [one.id for one in engine.workflows()] == ["letters", "notices-2"]
    with pytest.raises(InvalidInput):
        engine.rename_workflow("letters", " ! ")


def test_foreign_files_among_the_workflows_are_left_alone(engine: ApplicationEngine) -> None:
    folder = Folders.of_user().data / "workflows"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("[]", encoding="utf-8")
    (folder / "new.json").write_text('{"format": 99}', encoding="utf-8")
    assert engine.workflows() == ()


def test_times_of_earlier_runs_are_known(application: Application, kept: tuple[str, Path]) -> None:
    assert application.history.timings() == {("optical-character-recognition", "ocr"): 2.0}


def test_a_plan_is_judged_by_what_its_models_were_measured_to_take(
    application: Application, engine: ApplicationEngine, tmp_path: Path
) -> None:
    picture = tmp_path / "a.png"
    draw(picture)
    plan = Plan((replace(READ, args={"image": (FileRef(str(picture)),)}),))

    def candidate() -> CandidateView:
        proposal = engine.propose(
            "Read it", [picture], None, lambda event: None, CancelToken(), RunOptions(plan=plan)
        )
        return proposal.kit.candidates[READ.task][0]

    before = candidate()
    card = application.catalogue.card(before.id)
    for _ in range(3):
        application.footprints.learn_run(card, "cpu", 3 * 10**9, 1000)
    after = candidate()
    assert before.memory_bytes < 3 * 10**9 <= after.peak_bytes
    assert after.memory_bytes - after.peak_bytes == before.memory_bytes - before.peak_bytes


def test_drafts_pins_and_deleting_with_undo(engine: ApplicationEngine, kept: tuple[str, Path]) -> None:
    id_, picture = kept
    engine.keep_draft(id_, DraftView("and then", (picture,)))
    assert engine.drafts() == {id_: DraftView("and then", (picture,))}
    engine.pin(id_, True)
    assert engine.conversations()[0].pinned
    engine.delete(id_)
    assert engine.conversations() == ()
    engine.bring_back(id_)
    engine.rate("r1", 1, "good")
    assert engine.conversation(id_)[0].rating == 1


def test_what_was_deleted_is_gone_after_the_next_start(
    application: Application, engine: ApplicationEngine, kept: tuple[str, Path]
) -> None:
    engine.delete(kept[0])
    again = ApplicationEngine(application)
    with pytest.raises(InvalidInput):
        again.bring_back(kept[0])


def test_the_catalogue_says_what_fits(application: Application, engine: ApplicationEngine) -> None:
    application.settings = replace(application.settings, memory_budget_bytes=2 * 10**9)
    fits = {model.id: model.fit for model in engine.models()}
    assert fits["qwen2.5-coder-1.5b-instruct-q4"] is Fit.FITS
    assert Fit.TOO_LARGE in fits.values()
    assert engine.candidates("text-to-video") == ()


@pytest.mark.parametrize(("share", "refused"), [(1.0, False), (0.5, True)])
def test_the_fit_of_a_whole_plan_is_told(share: float, refused: bool) -> None:
    ids = ["efficientnet-lite0", "qwen2.5-coder-1.5b-instruct-q4"]
    with Application.open(Folders.of_user(), Settings(device="cpu"), InlineRunner()) as roomy:
        needed = roomy.fit(roomy.catalogue.card(ids[1])).needed_bytes
    settings = Settings(device="cpu", memory_budget_bytes=round(needed * share))
    with Application.open(Folders.of_user(), settings, InlineRunner()) as opened:
        fit = ApplicationEngine(opened).plan_fit(ids)
        assert fit.available_bytes == settings.memory_budget_bytes
        assert fit.needed_bytes == needed
        assert fit.refused == (opened.catalogue.card(ids[1]).name if refused else "")
        assert (fit.together_bytes > needed) is not refused  # in turn, as one of them leaves no room


def test_settings_are_kept_and_places_are_told(engine: ApplicationEngine) -> None:
    wanted = replace(engine.preferences(), language="zh_TW", approve_plans="always")
    engine.keep_preferences(wanted)
    assert Settings.load(Folders.of_user().config / "settings.json") == wanted
    assert engine.places()["history"].endswith("history.db")


# ---------------------------------------------------------------- opened anew


def test_the_engine_is_opened_anew_on_what_is_kept_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HGPT_MODELS", raising=False)
    open_engine = OpenApplication(Folders.of_user(), Settings(top_k=2))
    first = open_engine(InlineRunner())
    assert first.preferences().top_k == 2
    first.keep_preferences(replace(first.preferences(), top_k=9, models_folder=str(tmp_path)))
    first.close()
    second = open_engine(InlineRunner())
    assert second.preferences().top_k == 9
    assert second.places()["models"] == str(tmp_path.resolve())
    starter = second.starter()
    assert starter is not None
    assert starter.folder == str(tmp_path.resolve())
    assert 0 < starter.largest_bytes < starter.memory_bytes
    second.close()


@pytest.mark.parametrize(
    ("free_gb", "memory_gb", "larger"), [(500, 64, "speech"), (2, 64, None), (500, 1, None)]
)
def test_the_largest_set_that_suits_the_machine_is_offered(
    free_gb: int, memory_gb: int, larger: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a CPU the sets for a GPU are not, however large the memory is."""
    usage = shutil.disk_usage("/")._replace(free=free_gb * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    settings = Settings(device="cpu", memory_budget_bytes=memory_gb * 10**9)
    with Application.open(Folders.of_user(), settings, InlineRunner()) as opened:
        starter = ApplicationEngine(opened).starter()
    assert starter is not None
    assert starter.set_name == "starter"
    offered = starter.larger
    assert (offered.set_name if offered else None) == larger
    if offered is not None:
        assert offered.models[: len(starter.models)] == starter.models
        assert offered.total_bytes > starter.total_bytes
        assert offered.largest_bytes == starter.largest_bytes


# ---------------------------------------------------------------- titles


class Writer:
    """A chat model that always writes the same."""

    model_id = "writer"
    context_tokens = 2048

    def __init__(self, text: str, finish: str = "stop") -> None:
        self.text, self.finish = text, finish

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def choose(self, prompt: Prompt, options: Sequence[str], cancel: CancelToken) -> Choice:
        raise AssertionError("a title is written, not chosen")

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
        return Generation(self.text, self.finish, 10, 5)


TABLE = (
    "Which city has the most inhabitants? Recognise the writing and summarise it. 12 towns. Water is near."
)


@pytest.mark.parametrize(
    ("title", "honest"),
    [
        ("Cities and their Inhabitants", True),
        ("Inhabitants, Towns, City", True),
        ("Writing Recognised and Summarized", True),
        ("Recognition of Writings", True),
        ("Summarizing 12 Towns", True),
        ("City Inhabitants: Main Points", True),
        ("Waterloo and other Towns", False),
        ("Towns of Denmark", False),
        ("Most Inhabitants in 2023", False),
        ("Towering Inhabitants", False),
    ],
)
def test_titles_may_use_other_forms_and_orders_of_words_but_nothing_new(title: str, honest: bool) -> None:
    assert is_borne_out(title, TABLE) is honest


def test_a_chinese_title_may_name_what_was_done_but_nothing_new() -> None:
    said = "請把圖書館的公告念給我聽"
    assert is_borne_out("圖書館公告朗讀", said)
    assert is_borne_out("公告的翻譯與摘要", said)
    assert not is_borne_out("文明", said), "signs of free words are not free by themselves"


class Titles(Writer):
    """Keeps what it was asked."""

    asked = ""

    def generate(self, prompt: Prompt, cancel: CancelToken, **options: object) -> Generation:
        self.asked = prompt.continuation
        return Generation(self.text, self.finish, 10, 5)


def test_a_title_is_not_begun_with_a_space() -> None:
    """After a space of its own the LLM writes a number first: words bring their space with them."""
    writer = Titles(" Library Closed")
    assert title_of(writer, "Read it", "The library is closed.", "", CancelToken()) == "Library Closed"
    assert writer.asked == writer.asked.rstrip()


NOTICE = "NOTICE. The library is closed on Friday. 圖書館星期五的公告"


@pytest.mark.parametrize(
    ("written", "finish", "title"),
    [
        ('"Notice of the library."', "stop", "Notice of the library"),
        ("**圖書館的公告。**", "stop", "圖書館的公告"),
        ("Summary of the Notices", "stop", "Summary of the Notices"),
        ("Library Closed, Friday", "stop", "Library Closed, Friday"),
        ("2023 Library Notice", "stop", ""),
        ("Water Supply Notice", "stop", ""),
        ("水務公告", "stop", ""),
        ("word " * 30, "stop", ""),
        ("Notice of the", "length", ""),
        (' "" ', "stop", ""),
    ],
)
def test_only_what_could_be_a_title_and_was_said_is_one(written: str, finish: str, title: str) -> None:
    """A title once named a year that was in no picture."""
    assert title_of(Writer(written, finish), "Read it", "Closed.", NOTICE, CancelToken()) == title
