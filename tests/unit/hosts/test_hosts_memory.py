"""What hosts tell of their memory: torch's figures on a GPU, the models' own on the processor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from hgpt_desktop.core.interfaces import Loaded
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.hosts import expert_host
from hgpt_desktop.hosts.clients import ExpertClient, LlamaClient
from hgpt_desktop.hosts.expert_host import ExpertVerbs, lane_of
from hgpt_desktop.hosts.peak import PeakMeter
from hgpt_desktop.hosts.protocol import Call, HostMemory, LoadModel, Pipe
from hgpt_desktop.hosts.serving import Calling


class FakeTorch(ModuleType):
    """torch with a GPU on which an allocator holds more than it needs."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__("torch")
        self.cuda = SimpleNamespace(
            is_available=lambda: True,
            is_initialized=lambda: begun,
            memory_reserved=lambda device: 900,
            memory_allocated=lambda device: 700,
        )


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[Calling]:
    with (
        (tmp_path / "in").open("w+b", buffering=0) as reading,
        (tmp_path / "out").open("wb", buffering=0) as out,
    ):
        yield Calling(1, Pipe(reading, out))


def test_torch_tells_what_it_keeps(monkeypatch: pytest.MonkeyPatch, calling: Calling) -> None:
    monkeypatch.setitem(sys.modules, "torch", FakeTorch(begun=True))
    assert ExpertVerbs().memory("cuda:0", calling) == HostMemory(900, 700)


def test_asking_begins_no_cuda_context(monkeypatch: pytest.MonkeyPatch, calling: Calling) -> None:
    monkeypatch.setitem(sys.modules, "torch", FakeTorch(begun=False))
    assert ExpertVerbs().memory("cuda:0", calling) == HostMemory(0, 0)
    monkeypatch.delitem(sys.modules, "torch")
    assert ExpertVerbs().memory("cuda:0", calling) == HostMemory(0, 0)


def test_on_the_processor_the_models_are_summed(monkeypatch: pytest.MonkeyPatch, calling: Calling) -> None:
    class Held:
        resident_bytes = 1000

    monkeypatch.setattr(expert_host, "load_expert", lambda card, device: Held())
    verbs = ExpertVerbs()
    for name in ("one", "two"):
        loaded = verbs.load(LoadModel(ModelCard(name, name, (), "", "x", (), ""), "cpu"), calling)
        assert isinstance(loaded, Loaded)
    assert verbs.memory("cpu", calling) == HostMemory(2000, 2000)


def test_the_question_has_a_lane_of_its_own() -> None:
    assert lane_of(Call(1, "memory", "cpu")) == "figures"


def test_a_host_that_does_not_run_holds_nothing(tmp_path: Path) -> None:
    assert ExpertClient(tmp_path / "log").memory("cuda:0") == HostMemory(0, 0)
    assert LlamaClient(tmp_path, tmp_path / "log", 512).memory("cpu") == HostMemory(0, 0)


class CountingTorch(ModuleType):
    """torch with a GPU that counts what is asked of it."""

    def __init__(self) -> None:
        super().__init__("torch")
        self.calls: list[str] = []
        self.allocated = [700, 1900]  # before the run, and its peak
        self.cuda = SimpleNamespace(
            is_available=lambda: True,
            is_initialized=lambda: True,
            reset_peak_memory_stats=lambda device: self.calls.append(f"reset {device}"),
            memory_allocated=lambda device: self.allocated[0],
            max_memory_allocated=lambda device: self.allocated[1],
            empty_cache=lambda: self.calls.append("empty"),
        )


def test_the_peak_of_a_run_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = CountingTorch()
    monkeypatch.setitem(sys.modules, "torch", torch)
    with PeakMeter().measuring("cuda:0") as peak:
        assert torch.calls == ["reset cuda:0"]
    assert peak() == 1200


def test_memory_goes_back_to_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = CountingTorch()
    monkeypatch.setitem(sys.modules, "torch", torch)
    expert_host.give_memory_back()
    assert torch.calls == ["empty"]
