"""Results are found again by their content, and only where they would come out the same."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from runtime_fakes import FakeBackend, FreeMemory, card, resource, task, vocabulary, write_file

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.events import Event
from hgpt_desktop.core.models import ModelCard, ModelFile, Selection
from hgpt_desktop.core.plan import Plan, Task
from hgpt_desktop.core.resources import Kind, Provenance
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.experts import registry
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.result_cache import ResultCache
from hgpt_desktop.runtime.runners import InlineRunner

MODEL = card("reader")
TASK = task(3, "read")


def keep(cache: ResultCache, key: str, folder: Path, text: str = "made") -> None:
    """A result of one text file under that key."""
    made = resource(folder / "3-read.txt", Kind.TEXT, text)
    cache.keep(
        key, "3-read", [replace(made, data={"n": 1}, note="Half of it.")], Provenance(3, "read", "reader")
    )


@pytest.fixture
def cache(tmp_path: Path) -> ResultCache:
    return ResultCache(tmp_path / "cache")


def key_of(cache: ResultCache, **change: object) -> str | None:
    """The key of a task, with something about it changed."""
    values: dict[str, object] = {"task": TASK, "inputs": {"text": ("hello",)}, "card": MODEL, "seed": None}
    return cache.key(**(values | change))  # type: ignore[arg-type]


def test_everything_that_matters_is_in_the_key(cache: ResultCache, tmp_path: Path) -> None:
    file, same, other = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    for path, content in ((file, "x"), (same, "x"), (other, "y")):
        path.write_text(content)

    def picture(path: Path) -> dict[str, object]:
        return {"inputs": {"image": (resource(path, Kind.IMAGE),)}}

    hashed = replace(MODEL, files=(ModelFile("m", 1, "abc", ()),))
    keys = [
        key_of(cache),
        key_of(cache, task=task(3, "edit")),
        key_of(cache, inputs={"text": ("hello", "you")}),
        key_of(cache, inputs={"other": ("hello",)}),
        key_of(cache, card=card("other")),
        key_of(cache, card=replace(MODEL, options={"dtype": "bfloat16"})),
        key_of(cache, card=hashed),
        key_of(cache, card=replace(MODEL, files=(ModelFile("m", 1, "abd", ()),))),
        key_of(cache, seed=1),
        key_of(cache, **picture(file)),
        key_of(cache, **picture(other)),
    ]
    assert len(set(keys)) == len(keys)
    assert None not in keys
    assert key_of(cache, **picture(file)) == key_of(cache, **picture(same))
    assert key_of(cache, task=task(7, "read")) == key_of(cache)  # its place in the plan does not matter


def test_results_of_an_older_adapter_are_not_used(
    cache: ResultCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = card("classifier", loader="timm")
    before = key_of(cache, card=classifier)
    raised = replace(registry.FAMILIES["timm"], version=registry.FAMILIES["timm"].version + 1)
    monkeypatch.setattr(registry, "FAMILIES", {**registry.FAMILIES, "timm": raised})
    assert key_of(cache, card=classifier) != before


def test_a_changed_file_is_read_again(cache: ResultCache, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    found = []
    for content in ("one", "three"):
        path.write_text(content)
        found.append(key_of(cache, inputs={"text": (resource(path, Kind.TEXT),)}))
    assert found[0] != found[1]


def test_chance_without_a_seed_is_not_kept(cache: ResultCache) -> None:
    painter = card("painter", loader="diffusers-text-to-image")
    for change in ({"card": painter}, {"task": task(3, "text-generation", text="x")}):
        assert key_of(cache, **change) is None
        assert key_of(cache, seed=7, **change) is not None


def test_a_result_survives_a_restart(cache: ResultCache, tmp_path: Path) -> None:
    keep(cache, "k", tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (found,) = ResultCache(tmp_path / "cache").find("k", out, "9-read") or ()
    assert found.path == out / "9-read.txt"
    assert found.path.read_text() == "made"
    assert (found.kind, found.text, found.data) == (Kind.TEXT, "made", {"n": 1})
    assert found.note == "Half of it."
    assert cache.find("other", out, "9-read") is None


def test_the_longest_unused_goes_beyond_the_limit(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "cache", limit_bytes=2500)
    out = tmp_path / "out"
    out.mkdir()
    for name in ("a", "b", "c", "d", "e"):
        folder = tmp_path / name
        folder.mkdir()
        keep(cache, name, folder, name * 300)
        assert cache.find("a", out, "x") is not None  # in use all the time
    there = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert "a" in there
    assert "e" in there
    assert len(there) < 5


def test_a_damaged_result_is_made_anew(
    cache: ResultCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(cache, "k", tmp_path)
    (tmp_path / "cache" / "k" / "manifest.json").write_text("{")
    with caplog.at_level(logging.WARNING):
        assert cache.find("k", tmp_path, "9-read") is None
    assert "cannot be used" in caplog.text


def test_a_disk_that_refuses_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    cache = ResultCache(tmp_path / "file" / "cache")
    with caplog.at_level(logging.WARNING):
        keep(cache, "k", tmp_path)
    assert "could not be kept" in caplog.text


class Bench:
    """Plans on a fake backend with a cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backend = FakeBackend()
        self.backend.scripts["say"] = write_file(".wav", Kind.AUDIO)
        self.cache = ResultCache(folder / "cache")
        self.events: list[Event] = []

    def run(self, *tasks: Task, model: ModelCard = MODEL, seed: int | None = None) -> tuple[TaskResult, ...]:
        out = self.folder / f"run{len(list(self.folder.iterdir()))}"
        out.mkdir()
        executor = Executor(
            vocabulary(), FreeMemory(self.backend), lambda card: self.backend, InlineRunner(), 60.0,
            cache=self.cache,
        )  # fmt: skip
        selections = {one.id: Selection(one.id, model, "", (model,)) for one in tasks}
        work = Execution(Plan(tasks), selections, {}, {}, out, seed)
        return executor.run(work, self.events.append, lambda result: None, CancelToken())


def test_a_second_run_does_nothing_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    plan = (task(0, "shorten", text="long"), task(1, "say", 0))
    first = bench.run(*plan)
    calls = len(bench.backend.calls)
    second = bench.run(*plan)
    assert len(bench.backend.calls) == calls
    assert [result.cached for result in first] == [False, False]
    assert [result.cached for result in second] == [True, True]
    assert [result.status for result in second] == [TaskStatus.DONE] * 2
    for before, after in zip(first, second, strict=True):
        assert before.outputs[0].path != after.outputs[0].path
        assert before.outputs[0].path.read_bytes() == after.outputs[0].path.read_bytes()
        assert after.outputs[0].provenance == before.outputs[0].provenance
        assert (after.load_s, after.run_s, after.attempts) == (0.0, 0.0, 0)
    wire = [event.wire_name for event in bench.events]
    assert wire[-4:] == ["task_started", "task_finished"] * 2


def test_only_what_follows_a_change_runs_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(task(0, "shorten", text="long"), task(1, "shorten", 0), task(2, "say", 1))
    again = bench.run(
        task(0, "shorten", text="long"), task(1, "shorten", 0, length="short"), task(2, "say", 1)
    )
    assert [result.cached for result in again] == [True, False, False]


def test_a_failed_task_is_not_kept(tmp_path: Path) -> None:
    from hgpt_desktop.core.errors import ExecutionFailed

    bench = Bench(tmp_path)
    bench.backend.scripts["shorten"] = ExecutionFailed("no")
    (failed,) = bench.run(task(0, "shorten", text="long"))
    assert failed.status is TaskStatus.FAILED
    del bench.backend.scripts["shorten"]
    (done,) = bench.run(task(0, "shorten", text="long"))
    assert (done.status, done.cached) == (TaskStatus.DONE, False)
