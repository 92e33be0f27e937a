"""Real hosts in a tight budget: the ledger's promises, measured from outside, on the processor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import HgptError
from hgpt_desktop.core.events import Event, ModelEvicted, ModelLoading
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, Message, OnProgress, Prompt
from hgpt_desktop.core.models import ModelCard, Selection
from hgpt_desktop.core.plan import FileRef, Plan, Task, TaskRef
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.hosts.clients import ExpertClient
from hgpt_desktop.runtime.attachments import read_attachments
from hgpt_desktop.runtime.budget import RESERVE_BYTES
from hgpt_desktop.runtime.execution import Execution
from hgpt_desktop.settings import Folders, Settings, shipped
from hgpt_desktop.wiring import Application

pytestmark = pytest.mark.real

SAMPLES = shipped("resources") / "samples"
BUDGET_BYTES = 680 * 2**20
MODELS = {
    "text-to-speech": "piper-en-us-joe-medium",
    "automatic-speech-recognition": "whisper-base",
    "sentence-similarity": "all-minilm-l6-v2",
    "image-classification": "efficientnet-lite0",
}
CYCLES, WARM_UP = 200, 20


@pytest.fixture
def application(starter_models: Path) -> Iterator[Application]:
    settings = Settings(device="cpu", memory_budget_bytes=BUDGET_BYTES, result_cache_bytes=0)
    with Application.open(Folders.of_user(), settings) as opened:
        yield opened


def twelve_tasks() -> Plan:
    """Three rounds of saying, hearing, comparing and looking."""
    tasks: list[Task] = []
    for number in range(3):
        base = 4 * number
        said = f"The meeting number {number + 1} begins at nine in the morning."
        tasks += [
            Task(base, "text-to-speech", {"text": (said,)}),
            Task(base + 1, "automatic-speech-recognition", {"audio": (TaskRef(base),)}),
            Task(base + 2, "sentence-similarity", {"text": (TaskRef(base + 1),), "other_text": (said,)}),
            Task(base + 3, "image-classification", {"image": (FileRef("cat.jpg"),)}),
        ]
    return Plan(tuple(tasks))


def run(application: Application, folder: Path) -> tuple[tuple[TaskResult, ...], list[Event]]:
    """The twelve tasks; results and events."""
    plan = twelve_tasks()
    (photo,) = read_attachments([SAMPLES / "cat.jpg"])
    cards = {task: application.catalogue.card(model) for task, model in MODELS.items()}
    selections = {
        task.id: Selection(task.id, cards[task.task], "", (cards[task.task],)) for task in plan.tasks
    }
    events: list[Event] = []
    folder.mkdir()
    work = Execution(plan, selections, {}, {photo.name: photo}, folder)
    results = application.session.executor.run(work, events.append, lambda result: None, CancelToken())
    return results, events


def hosts() -> list[psutil.Process]:
    """The host processes of this one."""
    return [one for one in psutil.Process().children() if "hgpt_desktop.hosts" in " ".join(one.cmdline())]


def peak_bytes(process: psutil.Process) -> int:
    """The most that a process has had in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def test_twelve_tasks_over_four_models_in_room_for_two(application: Application, tmp_path: Path) -> None:
    results, events = run(application, tmp_path / "out")
    assert [result.status for result in results] == [TaskStatus.DONE] * 12, [one.message for one in results]
    loads = [event.model_id for event in events if isinstance(event, ModelLoading)]
    evictions = [event for event in events if isinstance(event, ModelEvicted)]
    assert set(loads) == set(MODELS.values())
    assert evictions
    assert all("reload" in event.reason for event in evictions)
    assert len(loads) <= 8, loads  # in the order of the plan it would be twelve
    (host,) = hosts()
    print(
        f"peak {peak_bytes(host) / 2**20:.0f} MiB, budget {BUDGET_BYTES / 2**20:.0f} MiB, {len(loads)} loads"
    )
    assert peak_bytes(host) <= BUDGET_BYTES + RESERVE_BYTES
    assert not any(one.leased for one in application.memory.resident())


def test_a_second_turn_with_the_same_models_loads_nothing(starter_models: Path, tmp_path: Path) -> None:
    settings = Settings(device="cpu", memory_budget_bytes=4 * 2**30, result_cache_bytes=0)
    with Application.open(Folders.of_user(), settings) as application:
        run(application, tmp_path / "first")
        results, events = run(application, tmp_path / "second")
    assert [result.status for result in results] == [TaskStatus.DONE] * 12
    assert not [event for event in events if isinstance(event, ModelLoading | ModelEvicted)]


def test_pictures_of_several_tasks_are_looked_at_together(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = application.catalogue.card(MODELS["image-classification"])
    (photo,) = read_attachments([SAMPLES / "cat.jpg"])
    tasks = tuple(
        Task(number, "image-classification", {"image": (FileRef("cat.jpg"),)}) for number in range(6)
    )
    selections = {task.id: Selection(task.id, card, "", (card,)) for task in tasks}
    together: list[int] = []
    batches = application.session.executor.batches
    assert isinstance(batches, ExpertClient)
    plain = batches.run_together

    def counted(
        card: ModelCard, calls: Sequence[ExpertCall], on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[ExpertOutcome | HgptError, ...]:
        together.append(len(calls))
        return plain(card, calls, on_progress, cancel)

    monkeypatch.setattr(batches, "run_together", counted)
    work = Execution(Plan(tasks), selections, {}, {photo.name: photo}, tmp_path)
    results = application.session.executor.run(work, lambda event: None, lambda result: None, CancelToken())
    assert [result.status for result in results] == [TaskStatus.DONE] * 6
    assert together == [6]
    texts = {result.outputs[0].text for result in results}
    assert len(texts) == 1
    assert "cat" in str(texts)
    print(f"{sum(result.run_s for result in results):.2f} s for six pictures at once")


def test_an_llm_costs_its_prompt_when_it_comes_back(application: Application) -> None:
    card = application.catalogue.card("smollm2-135m-instruct-q4")
    loaded = application.chat.load(card, "cpu", lambda progress, message: None, CancelToken())
    application.footprints.learn_load(card, loaded)
    load_s = application.footprints.footprint(card, "cpu").load_s
    prompt = Prompt((Message("system", "Be brief. " * 200), Message("user", "Is it day?")), stable=1)
    application.chat.choose(prompt, ("yes", "no"), CancelToken())
    evaluated_s = application.footprints.footprint(card, "cpu").load_s - load_s
    assert evaluated_s > 0
    application.chat.unload(card.id)
    application.chat.load(card, "cpu", lambda progress, message: None, CancelToken())
    application.chat.choose(prompt, ("yes", "no"), CancelToken())
    restored_s = application.footprints.footprint(card, "cpu").load_s - load_s
    assert restored_s > 0
    print(f"{evaluated_s:.3f} s by the size of the state, {restored_s:.3f} s as it was restored")


def test_loading_and_unloading_gives_the_memory_back(application: Application, tmp_path: Path) -> None:
    """Two hundred times one expert; the host must not grow."""
    card = application.catalogue.card(MODELS["image-classification"])
    client = ExpertClient(tmp_path / "host.log")
    try:
        sizes = []
        for cycle in range(CYCLES):
            client.load(card, "cpu", lambda progress, message: None, CancelToken())
            client.unload(card.id)
            if cycle >= WARM_UP - 1:
                (host,) = hosts()
                sizes.append(host.memory_info().rss)
    finally:
        client.close()
    print(f"{sizes[0] / 2**20:.1f} MiB after {WARM_UP}, {sizes[-1] / 2**20:.1f} MiB after {CYCLES} cycles")
    assert sizes[-1] <= sizes[0] * 1.02
