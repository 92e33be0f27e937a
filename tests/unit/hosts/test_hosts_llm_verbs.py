"""The verbs of the controller host on an engine without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scripted_llama import ScriptedEngine

from hgpt_desktop.core.errors import Cancelled, HostDied, ModelDamaged, ModelMissing
from hgpt_desktop.core.interfaces import Choice, Generation, Message, Prompt
from hgpt_desktop.core.models import ModelCard, ModelFile
from hgpt_desktop.hosts.engine import Engine
from hgpt_desktop.hosts.llm_verbs import LlmVerbs, model_file
from hgpt_desktop.hosts.prompt_states import PromptStates
from hgpt_desktop.hosts.protocol import ChooseText, HostMemory, LoadModel, Pipe, WriteText
from hgpt_desktop.hosts.serving import Calling

PROMPT = Prompt((Message("user", "hi"),))


class Opened:
    """Opens scripted engines and remembers how."""

    def __init__(self) -> None:
        self.engines: list[ScriptedEngine] = []
        self.identities: list[str] = []
        self.gpu_layers: list[int] = []

    def __call__(
        self,
        path: Path,
        file_identity: str,
        device: str,
        on_progress: Callable[[float], bool],
        gpu_layers: int = -1,
    ) -> Engine:
        if not on_progress(0.5):
            raise Cancelled
        self.gpu_layers.append(gpu_layers)
        self.identities.append(file_identity)
        self.engines.append(ScriptedEngine([b"a", b"b"]))
        return self.engines[-1]


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[Calling]:
    with (
        (tmp_path / "in").open("w+b", buffering=0) as reading,
        (tmp_path / "out").open("wb", buffering=0) as out,
    ):
        yield Calling(1, Pipe(reading, out))


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "model.gguf").write_bytes(b"GGUF1234")
    files = (ModelFile("notes.txt", 1, None, ()), ModelFile("model.gguf", 8, "abc", ()))
    return ModelCard("one", "One", (), "", "llama.cpp", files, "MIT", folder=tmp_path / "one")


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def verbs(opened: Opened, tmp_path: Path) -> LlmVerbs:
    return LlmVerbs(opened, PromptStates(tmp_path / "states"))


def test_one_model_at_a_time(verbs: LlmVerbs, opened: Opened, calling: Calling, card: ModelCard) -> None:
    first = verbs.load(LoadModel(card, "cpu"), calling)
    assert (first.loaded.model_id, first.context_tokens) == ("one", 1000)
    assert verbs.load(LoadModel(card, "cpu"), calling) is first
    second = verbs.load(LoadModel(replace(card, id="two"), "cpu"), calling)
    assert second.loaded.model_id == "two"
    assert [engine.closed for engine in opened.engines] == [True, False]
    verbs.unload("one", calling)
    assert not opened.engines[1].closed
    verbs.unload("two", calling)
    assert opened.engines[1].closed


def test_verbs_on_a_loaded_model(verbs: LlmVerbs, calling: Calling, card: ModelCard) -> None:
    verbs.load(LoadModel(card, "cpu"), calling)
    assert verbs.count("ab cd", calling) == 2
    chosen = verbs.choose(ChooseText(PROMPT, ("x", "y")), calling)
    assert isinstance(chosen.value, Choice)
    assert chosen.value.index in {0, 1}
    assert chosen.prefix_s is None  # nothing of the prompt is worth keeping
    written = verbs.generate(WriteText(PROMPT, None, 9, 0.0, 0, (), True), calling)
    assert isinstance(written.value, Generation)
    assert written.value.text == "ab"


def test_verbs_without_a_model(verbs: LlmVerbs, calling: Calling) -> None:
    with pytest.raises(HostDied, match="No language model"):
        verbs.count("x", calling)
    with pytest.raises(HostDied):
        verbs.choose(ChooseText(PROMPT, ("x", "y")), calling)
    with pytest.raises(HostDied):
        verbs.generate(WriteText(PROMPT, None, 9, 0.0, 0, (), False), calling)


def test_stopped_calls_are_cancelled(
    verbs: LlmVerbs, opened: Opened, calling: Calling, card: ModelCard
) -> None:
    verbs.load(LoadModel(card, "cpu"), calling)
    calling.stopped.set()
    with pytest.raises(Cancelled):
        verbs.choose(ChooseText(PROMPT, ("x", "y")), calling)
    with pytest.raises(Cancelled):
        verbs.generate(WriteText(PROMPT, None, 9, 0.0, 0, (), False), calling)
    with pytest.raises(Cancelled):
        verbs.load(LoadModel(replace(card, id="two"), "cpu"), calling)
    with pytest.raises(HostDied):  # the other one made room for it
        verbs.count("x", calling)


def test_state_belongs_to_the_file(
    verbs: LlmVerbs, opened: Opened, calling: Calling, card: ModelCard
) -> None:
    verbs.load(LoadModel(card, "cpu"), calling)
    unknown = replace(card, id="two", files=(ModelFile("model.gguf", None, None, ()),))
    verbs.load(LoadModel(unknown, "cpu"), calling)
    assert opened.identities[0] == "abc"
    assert str(card.folder) in opened.identities[1]


@pytest.mark.parametrize("content", [None, b"", b"GGUF", b"GGUF12345", b"<html>78"])
def test_damaged_file(card: ModelCard, content: bytes | None) -> None:
    assert card.folder is not None
    path = card.folder / "model.gguf"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelDamaged) as caught:
        model_file(card)
    assert "`hgpt models repair one`" in caught.value.hint


def test_model_without_a_file(card: ModelCard) -> None:
    with pytest.raises(ModelDamaged, match="no GGUF"):
        model_file(replace(card, files=()))
    with pytest.raises(ModelMissing) as caught:
        model_file(replace(card, folder=None))
    assert "`hgpt models install one`" in caught.value.hint


def test_part_of_a_model_goes_to_the_gpu(
    verbs: LlmVerbs, opened: Opened, card: ModelCard, calling: Calling
) -> None:
    verbs.load(LoadModel(card, "cuda:0"), calling)
    verbs.unload(None, calling)
    verbs.load(LoadModel(replace(card, options={"gpu_layers": 12}), "cuda:0"), calling)
    assert opened.gpu_layers == [-1, 12]


def test_it_tells_what_it_holds(verbs: LlmVerbs, card: ModelCard, calling: Calling) -> None:
    assert verbs.memory("cpu", calling) == HostMemory(0, 0)
    loaded = verbs.load(LoadModel(card, "cpu"), calling).loaded
    assert verbs.memory("cpu", calling) == HostMemory(loaded.resident_bytes, loaded.resident_bytes)
    assert verbs.memory("cuda:0", calling) == HostMemory(0, 0)
