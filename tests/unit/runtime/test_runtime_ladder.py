"""Rungs for when memory runs out: which there are, in which order, and which one is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from runtime_fakes import FakeBackend, card

from hgpt_desktop.bench.memory import DEVICE, VOCABULARY, execution
from hgpt_desktop.bench.traces import TraceTask
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import ModelDamaged, OutOfMemory
from hgpt_desktop.core.events import Event, TaskProgressed
from hgpt_desktop.core.interfaces import ExpertCall, ExpertOutcome, Loaded, OnProgress
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.core.results import TaskResult, TaskStatus
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.frugal_lease import lease_in_less
from hgpt_desktop.runtime.ladder import Ladder, Rung, RungsOfRun, on_rung, rung_of, rungs_for
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.runtime.simulated_device import SimulatedDevice

PAINTER = card("painter", loader="diffusers-text-to-image")
READER = card("reader", loader="transformers-depth")
HEARER = card("hearer", loader="faster-whisper")
SPEAKER = card("speaker", loader="piper")


@pytest.mark.parametrize(
    ("model", "device", "rungs"),
    [
        (PAINTER, "cuda:0", "TILED SLICED OFFLOADED LAYERED ON_CPU"),
        (PAINTER, "cpu", "TILED SLICED HALVED"),
        (READER, "cuda:0", "OFFLOADED LAYERED ON_CPU"),
        (READER, "cpu", "HALVED"),
        (HEARER, "cuda:0", "EIGHT_BIT ON_CPU"),
        (HEARER, "cpu", ""),
        (SPEAKER, "cpu", ""),
    ],
)
def test_each_family_has_its_rungs(model: ModelCard, device: str, rungs: str) -> None:
    names = [rung.name for rung in rungs_for(model, device)]
    assert names == ["AS_IT_IS", "IDLE_FREED", "ONE_BY_ONE", *rungs.split()]


def test_what_the_catalogue_sets_is_kept() -> None:
    fixed = replace(READER, options={"dtype": "float32"})
    assert Rung.HALVED not in rungs_for(fixed, "cpu")


def test_a_rung_is_seen_in_the_options() -> None:
    for rung in rungs_for(PAINTER, "cuda:0"):
        told = Rung.AS_IT_IS if rung in (Rung.IDLE_FREED, Rung.ONE_BY_ONE) else rung
        assert rung_of(on_rung(PAINTER, rung)) is told
    assert on_rung(PAINTER, Rung.AS_IT_IS) is PAINTER


def test_the_rung_that_worked_is_where_the_next_task_begins() -> None:
    store = RungsOfRun()
    ladder = Ladder(PAINTER, "cuda:0", store)
    while ladder.rung is not Rung.OFFLOADED:
        assert ladder.step_down(never_fits=False)
    ladder.worked()
    assert Ladder(PAINTER, "cuda:0", store).rung is Rung.OFFLOADED
    assert Ladder(PAINTER, "cuda:1", store).rung is Rung.AS_IT_IS
    assert Ladder(READER, "cuda:0", store).rung is Rung.AS_IT_IS


def test_freeing_others_says_nothing_about_a_model() -> None:
    store = RungsOfRun()
    ladder = Ladder(PAINTER, "cuda:0", store)
    ladder.step_down(never_fits=False)
    assert ladder.rung is Rung.IDLE_FREED
    ladder.worked()
    assert Ladder(PAINTER, "cuda:0", store).rung is Rung.AS_IT_IS


def test_who_never_fits_does_not_put_others_out() -> None:
    ladder = Ladder(PAINTER, "cuda:0", RungsOfRun())
    ladder.step_down(never_fits=True)
    assert ladder.rung is Rung.TILED


def test_fewer_inputs_at_once_help_only_who_had_several() -> None:
    ladder = Ladder(PAINTER, "cuda:0", RungsOfRun())
    assert ladder.batches
    ladder.step_down(never_fits=True, together=True)
    assert ladder.rung is Rung.ONE_BY_ONE
    assert not ladder.batches


def test_the_last_rung_is_the_end() -> None:
    ladder = Ladder(SPEAKER, "cpu", RungsOfRun())
    assert ladder.step_down(never_fits=False)
    assert not ladder.step_down(never_fits=False)
    assert ladder.tried == [Rung.AS_IT_IS, Rung.IDLE_FREED]


class FullDevice(SimulatedDevice):
    """Runs a model only with certain options."""

    wanted: dict[str, object]

    def run(
        self, card: ModelCard, call: ExpertCall, on_progress: OnProgress, cancel: CancelToken
    ) -> ExpertOutcome:
        if not self.wanted.items() <= card.options.items():
            raise OutOfMemory("CUDA out of memory.", "Close other programs.")
        return super().run(card, call, on_progress, cancel)


def run_full(folder: Path, wanted: dict[str, object]) -> tuple[TaskResult, list[str], FullDevice]:
    """One task on a device that is full; its result and what the user is told."""
    output = folder / "output.txt"
    output.write_text("done")
    costs = {"a": Footprint(4, 1, 1.0), "b": Footprint(4, 1, 1.0)}
    device = FullDevice(20, costs, output)
    device.wanted = wanted
    memory = MemoryManager(
        lambda card: device, lambda name: 20, lambda card: str(card.options.get("device", DEVICE)), device
    )
    executor = Executor(VOCABULARY, memory, lambda card: device, InlineRunner(), 60.0)
    told: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, TaskProgressed):
            told.append(event.message)

    work = execution((TraceTask("a", (), 1.0),), folder)
    (result,) = executor.run(work, hear, lambda result: None, CancelToken())
    return result, told, device


def test_a_task_goes_down_the_rungs_until_one_holds(tmp_path: Path) -> None:
    result, told, device = run_full(tmp_path, {"offload": "model"})
    assert (result.status, result.attempts) == (TaskStatus.DONE, 5)
    assert [one.rpartition("Trying")[2] for one in told if "Trying" in one] == [
        " with all idle models put out.",
        " in tiles.",
        " in tiles, with attention in slices.",
        " with parts of it on the processor.",
    ]
    assert device.counts.loads == 5  # each way of loading is a load of its own


def test_the_processor_is_the_last_rung(tmp_path: Path) -> None:
    result, _, _ = run_full(tmp_path, {"device": "cpu"})
    assert result.status is TaskStatus.DONE


def test_the_end_says_what_was_tried(tmp_path: Path) -> None:
    result, _, _ = run_full(tmp_path, {"magic": True})
    assert result.status is TaskStatus.FAILED
    assert "CUDA out of memory. Tried as it is, with all idle models put out, in tiles" in result.message
    assert result.message.endswith("layer by layer, on the processor.")


def test_an_llm_goes_to_the_gpu_in_part() -> None:
    llm = card("qwen", loader="llama.cpp")
    rungs = rungs_for(llm, "cuda:0")
    assert [rung.name for rung in rungs] == ["AS_IT_IS", "IDLE_FREED", "ONE_BY_ONE", "FEW_LAYERS", "ON_CPU"]
    assert on_rung(llm, Rung.FEW_LAYERS).options == {"gpu_layers": 12}


def test_a_lease_outside_of_tasks_goes_down_as_well() -> None:
    """The LLM that plans: a GPU that takes some of its layers only."""
    llm = card("qwen", mib=100, loader="llama.cpp")
    backend = FakeBackend()
    load = backend.load
    seen: list[dict[str, object]] = []

    def full(card: ModelCard, device: str, on_progress: OnProgress, cancel: CancelToken) -> Loaded:
        seen.append(dict(card.options))
        if "gpu_layers" not in card.options:
            raise OutOfMemory("full")
        return load(card, device, on_progress, cancel)

    backend.load = full  # type: ignore[method-assign]
    memory = MemoryManager(lambda card: backend, lambda device: 2**30, lambda card: "cuda:0")
    store = RungsOfRun()
    for _ in range(2):
        with lease_in_less(memory, llm, store, lambda event: None, CancelToken()):
            assert memory.resident()[0].leased
    assert seen == [{}, {}, {"gpu_layers": 12}]
    backend.load_errors["qwen"] = [ModelDamaged("bad")]
    memory.release_all()
    with pytest.raises(ModelDamaged), lease_in_less(memory, llm, store, lambda event: None, CancelToken()):
        pass
    assert memory.resident() == ()
