"""Cancel tokens, resources, errors, vocabulary and the JSON of events and results."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ERRORS_BY_NAME, Cancelled, ExitCode, HgptError, InvalidInput, OutOfMemory
from hgpt_desktop.core.events import (
    Event,
    PlanReady,
    RequestFinished,
    RequestStarted,
    StageStarted,
    TaskFinished,
    TaskPlanned,
)
from hgpt_desktop.core.interfaces import ExpertCall
from hgpt_desktop.core.models import ModelCard, ModelFile
from hgpt_desktop.core.plan import FileRef, Plan, Task, Unavailable
from hgpt_desktop.core.request import Request
from hgpt_desktop.core.resources import Kind, Resource, unique_name
from hgpt_desktop.core.results import ExecutionReport, MissingModel, TaskResult, TaskStatus
from hgpt_desktop.core.tasks import InputSpec, TaskType, Vocabulary

PATIENCE_S = 20.0
PICTURE = Resource("a.png", Kind.IMAGE, Path("/files/a.png"), "image/png", 9)
NOTE = Resource("n.txt", Kind.TEXT, Path("/files/n.txt"), "text/plain", 2, text="no")
READ = Task(0, "read", {"image": (FileRef("a.png"),)})

# ---------------------------------------------------------------- cancel


def test_a_token_cancels_once() -> None:
    token, calls = CancelToken(), list[str]()
    token.raise_if_cancelled()
    with token.on_cancel(lambda: calls.append("called")):
        before = token.cancelled
        token.cancel()
        token.cancel()
    assert (before, token.cancelled) == (False, True)
    assert calls == ["called"]
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()


def test_a_callback_is_forgotten_after_its_block() -> None:
    token, calls = CancelToken(), list[str]()
    with token.on_cancel(lambda: calls.append("called")):
        pass
    token.cancel()
    assert calls == []


def test_a_callback_of_a_cancelled_token_is_called_at_once() -> None:
    token, calls = CancelToken(), list[str]()
    token.cancel()
    with token.on_cancel(lambda: calls.append("called")):
        assert calls == ["called"]


def test_tokens_can_be_chained() -> None:
    parent, child = CancelToken(), CancelToken()
    with parent.on_cancel(child.cancel):
        child_only = CancelToken()
        with child.on_cancel(child_only.cancel):
            parent.cancel()
    assert child_only.cancelled


def test_a_callback_may_use_the_token() -> None:
    token, seen = CancelToken(), list[bool]()
    with token.on_cancel(lambda: seen.append(token.cancelled)), token.on_cancel(token.cancel):
        token.cancel()
    assert seen == [True]


def test_cancel_from_another_thread_wakes_who_waits() -> None:
    token, woken = CancelToken(), threading.Event()
    with token.on_cancel(woken.set):
        thread = threading.Thread(target=token.cancel)
        thread.start()
        assert woken.wait(PATIENCE_S)
        thread.join()


# ---------------------------------------------------------------- resources


@pytest.mark.parametrize(
    ("name", "taken", "unique"),
    [
        ("a.png", set(), "a.png"),
        ("a.png", {"a.png"}, "a-2.png"),
        ("a.png", {"a.png", "a-2.png", "a-3.png"}, "a-4.png"),
        ("README", {"README"}, "README-2"),
        ("a.tar.gz", {"a.tar.gz"}, "a.tar-2.gz"),
        (".bashrc", {".bashrc"}, ".bashrc-2"),
    ],
)
def test_unique_names(name: str, taken: set[str], unique: str) -> None:
    assert unique_name(name, taken) == unique


@given(st.lists(st.sampled_from(["a.png", "a-2.png", "b", ".c", "b-2"]), max_size=8))
def test_names_never_meet(wanted: list[str]) -> None:
    taken: set[str] = set()
    for name in wanted:
        taken.add(unique_name(name, taken))
    assert len(taken) == len(wanted)


def test_a_resource_in_json_has_text_and_data_only_where_there_are_any() -> None:
    assert PICTURE.to_json() == {"kind": "image", "path": "/files/a.png", "media_type": "image/png"}
    full = Resource("a", Kind.TEXT, Path("/a"), "text/plain", 0, text="", data=[{"label": "x", "score": 0.5}])
    assert full.to_json()["text"] == ""
    assert full.to_json()["data"] == [{"label": "x", "score": 0.5}]


def test_an_experts_inputs_by_kind() -> None:
    call = ExpertCall("join", {"texts": ("one", NOTE, PICTURE)}, Path("/out"), "0-join")
    assert call.text("texts") == "one\n\nno\n\n"
    assert call.texts("texts") == ["one", "no", ""]
    assert call.paths("texts") == [NOTE.path, PICTURE.path]
    assert call.text("absent", "default") == "default"
    assert call.paths("absent") == []


def test_a_request_names_its_own_files_first() -> None:
    assert Request("x", (PICTURE,), (NOTE,)).resources == (PICTURE, NOTE)


# ---------------------------------------------------------------- errors, vocabulary, cards


def test_every_error_crosses_by_name_with_its_exit_code() -> None:
    for name, cls in ERRORS_BY_NAME.items():
        error = cls("What happened.", "What to do.", "detail")
        assert (name, error.message, error.hint, error.detail) == (cls.__name__, *error.args)
        assert str(error) == "What happened. What to do."
    assert ERRORS_BY_NAME["InvalidInput"].exit_code is ExitCode.BAD_INPUT
    assert ERRORS_BY_NAME["OutOfMemory"].exit_code is ExitCode.ENVIRONMENT
    assert ERRORS_BY_NAME["PlanningFailed"].exit_code is ExitCode.TASK_FAILED


def _below(cls: type[HgptError]) -> set[type[HgptError]]:
    return {cls}.union(*(_below(one) for one in cls.__subclasses__()))


def test_no_error_of_the_core_is_left_out() -> None:
    of_core = {cls for cls in _below(HgptError) if cls.__module__ == HgptError.__module__}
    assert of_core == set(ERRORS_BY_NAME.values())
    assert not issubclass(Cancelled, HgptError)
    assert issubclass(OutOfMemory, HgptError)
    assert not issubclass(OutOfMemory, InvalidInput)


def test_a_vocabulary_knows_its_types() -> None:
    read, say = TaskType("read", "", (InputSpec("image", (Kind.IMAGE,)),), ()), TaskType("say", "", (), ())
    vocabulary = Vocabulary((read, say))
    assert vocabulary.names == ("read", "say")
    assert list(vocabulary) == [read, say]
    assert "read" in vocabulary
    assert "fly" not in vocabulary
    assert vocabulary["say"] is say
    assert read.input("image") is read.inputs[0]
    assert read.input("text") is None
    with pytest.raises(ValueError, match="twice"):
        Vocabulary((read, read))


def test_a_card_adds_up_its_files() -> None:
    files = (ModelFile("a", 10, "x", ()), ModelFile("b", None, None, ()))
    card = ModelCard("m", "M", (), "", "loader", files, "MIT")
    assert card.size_bytes == 10
    assert not card.hashes_known
    assert hash(card) == hash(ModelCard("m", "M", (), "", "loader", files, "MIT"))


# ---------------------------------------------------------------- events and results


def test_the_end_of_a_request_in_json() -> None:
    inputs: dict[str, tuple[Resource | str, ...]] = {"image": (PICTURE,), "hint": ("x",)}
    result = TaskResult(READ, TaskStatus.DONE, "ocr", inputs, (NOTE,), load_s=0.12345, run_s=1.0, attempts=1)
    failed = TaskResult(Task(1, "say", {}), TaskStatus.FAILED, message="No voice.", hint="Install one.")
    shown = RequestFinished("It says no", (result, failed), 1.23456, 1).to_json()
    assert json.loads(json.dumps(shown)) == {
        "event": "request_finished",
        "answer": "It says no",
        "tasks": [
            {
                "id": 0, "task": "read", "model_id": "ocr", "status": "done",
                "inputs": {"image": ["/files/a.png"], "hint": ["x"]},
                "outputs": [NOTE.to_json()],
                "load_s": 0.123, "run_s": 1.0, "peak_bytes": None, "cached": False, "attempts": 1,
            },
            {
                "id": 1, "task": "say", "model_id": None, "status": "failed", "inputs": {}, "outputs": [],
                "load_s": 0.0, "run_s": 0.0, "peak_bytes": None, "cached": False, "attempts": 0,
                "message": "No voice.", "hint": "Install one.",
            },
        ],
        "seconds": 1.235,
        "exit_code": 1,
    }  # fmt: skip
    assert RequestFinished("", (), 0.0, 3, "No model.", "Install.").payload()["message"] == "No model."
    assert TaskFinished(result).payload()["outputs"] == shown["tasks"][0]["outputs"]


def test_a_plan_in_json_shows_paths_and_what_is_missing() -> None:
    event = PlanReady(Plan((READ,), (Unavailable("film", "draw"),)), {"a.png": PICTURE})
    assert event.to_json() == {
        "event": "plan_ready",
        "plan": [{"task": "read", "id": 0, "dep": [-1], "args": {"image": "/files/a.png"}}],
        "unavailable": [{"task": "film", "replaced_by": "draw"}],
    }


def _events(cls: type[Event]) -> set[type[Event]]:
    return {cls}.union(*(_events(one) for one in cls.__subclasses__()))


def test_wire_names_are_those_that_scripts_rely_on() -> None:
    assert {cls.wire_name for cls in _events(Event) if cls.wire_name} == {
        "request_started", "plan_ready", "task_selected", "model_loading", "model_evicted", "task_started",
        "task_progressed", "task_finished", "task_failed", "task_skipped", "response_chunk",
        "request_finished",
    }  # fmt: skip
    assert not StageStarted.wire_name
    assert not TaskPlanned.wire_name
    assert RequestStarted("x", (PICTURE,)).to_json()["files"] == ["/files/a.png"]


def test_missing_models_say_what_to_install() -> None:
    assert MissingModel("film", "svd").hint == "Install one with `hgpt models install svd`."
    assert "no model" in MissingModel("film", None).hint


def test_a_report_lists_outputs_in_order() -> None:
    results = (
        TaskResult(READ, TaskStatus.DONE, outputs=(NOTE,)),
        TaskResult(READ, TaskStatus.DONE, outputs=(PICTURE,)),
    )
    assert ExecutionReport(Plan((READ,)), results).outputs == (NOTE, PICTURE)
