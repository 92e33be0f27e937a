"""The next model's files are asked for once, and only where there is room."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from runtime_fakes import card

from hgpt_desktop.bench.memory import DEVICE, VOCABULARY, execution
from hgpt_desktop.bench.traces import TraceTask
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.models import ModelCard, ModelFile
from hgpt_desktop.runtime.executor import Executor
from hgpt_desktop.runtime.footprints import Footprint
from hgpt_desktop.runtime.memory import MemoryManager
from hgpt_desktop.runtime.read_ahead import ReadAhead
from hgpt_desktop.runtime.runners import InlineRunner
from hgpt_desktop.runtime.simulated_device import SimulatedDevice


def model(folder: Path) -> ModelCard:
    """A model with weights and a description."""
    (folder / "model.onnx").write_bytes(bytes(1000))
    (folder / "model.json").write_text("{}")
    files = tuple(ModelFile(name, None, None, ()) for name in ("model.onnx", "model.json"))
    return replace(card("a"), files=files, folder=folder)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the system is asked for, in bytes."""
    sizes: list[int] = []

    def advise(file: int, begin: int, length: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_WILLNEED
        sizes.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "posix_fadvise", advise, raising=False)
    monkeypatch.setattr(os, "POSIX_FADV_WILLNEED", 3, raising=False)
    return sizes


def test_the_weights_are_asked_for_once(tmp_path: Path, asked: list[int]) -> None:
    read_ahead = ReadAhead(lambda: 10_000)
    assert read_ahead(model(tmp_path))
    assert not read_ahead(model(tmp_path))
    assert asked == [1000]


def test_a_model_that_would_push_others_out_is_not_read(tmp_path: Path, asked: list[int]) -> None:
    assert not ReadAhead(lambda: 1_500)(model(tmp_path))
    assert asked == []


def test_a_file_that_is_gone_is_left_to_the_load(tmp_path: Path, asked: list[int]) -> None:
    gone = model(tmp_path)
    (tmp_path / "model.onnx").unlink()
    assert not ReadAhead(lambda: 10_000)(gone)


def test_the_scheduler_tells_what_comes_next(tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    output.write_text("done")
    costs = {"a": Footprint(4, 1, 2.0), "b": Footprint(4, 1, 1.0)}
    device = SimulatedDevice(5, costs, output)
    memory = MemoryManager(lambda card: device, lambda name: 5, lambda card: DEVICE, device)
    told: list[str] = []
    executor = Executor(
        VOCABULARY, memory, lambda card: device, InlineRunner(), 60.0,
        read_ahead=lambda card: told.append(card.id),
    )  # fmt: skip
    tasks = (TraceTask("a", (), 1.0), TraceTask("a", (), 1.0), TraceTask("b", (1,), 1.0))
    executor.run(execution(tasks, tmp_path), lambda event: None, lambda result: None, CancelToken())
    assert told[0] == "b"
    assert "a" not in told
