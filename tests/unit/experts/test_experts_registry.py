"""The registry: every loader has a module, every task type somebody who does it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts import registry
from hgpt_desktop.experts.registry import FAMILIES, Family, load_expert, missing_packages


def a_card(loader: str) -> ModelCard:
    return ModelCard("m", "The Model", (), "", loader, (), "MIT")


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: str(family.loader))
def test_a_family_has_a_module_with_load(family: Family) -> None:
    spec = importlib.util.find_spec(family.module)
    assert spec is not None
    assert spec.origin is not None
    assert "\ndef load(card: ModelCard, device: str)" in Path(spec.origin).read_text(encoding="utf-8")
    assert family.tasks
    assert family.packages


def test_every_task_type_has_a_family_or_is_done_by_the_llm() -> None:
    covered = TEXT_TASKS.union(*(family.tasks for family in FAMILIES.values()))
    vocabulary = load_vocabulary()
    assert [name for name in vocabulary.names if name not in covered] == []
    everything = load_vocabulary(control=True)
    assert [task for family in FAMILIES.values() for task in family.tasks if task not in everything] == []


def test_importing_the_registry_imports_no_library() -> None:
    heavy = {"torch", "transformers", "timm", "onnxruntime", "numpy", "PIL", "av", "rapidocr", "piper"}
    code = (
        "import sys, hgpt_desktop.experts.registry as registry\n"
        f"registry.missing_packages('timm')\nprint({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_missing_packages_are_named_as_pip_knows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Family(
        "odd", "hgpt_desktop.experts.ocr", frozenset(), ("json", "PIL.nothing", "no_such_thing", "piper")
    )
    monkeypatch.setattr(registry, "FAMILIES", {"odd": family})
    monkeypatch.setattr(registry, "_is_there", lambda name: name == "json")
    assert missing_packages("odd") == ("PIL.nothing", "no_such_thing", "piper-tts")
    assert missing_packages("llama.cpp") == ()
    with pytest.raises(EnvironmentFault, match="piper-tts") as caught:
        load_expert(a_card("odd"), "cpu")
    assert "pip install" in caught.value.hint


def test_packages_of_the_model_itself_are_missed_too() -> None:
    card = replace(a_card("opencv"), packages=("json", "no_such_thing"))
    with pytest.raises(EnvironmentFault, match="not installed: no_such_thing") as caught:
        load_expert(card, "cpu")
    assert "pip install no_such_thing" in caught.value.hint


def test_a_submodule_of_a_missing_package_is_missing() -> None:
    assert not registry._is_there("no_such_package.part")
    assert not registry._is_there("json.no_such_part")
    assert registry._is_there("json.decoder")


def test_an_unknown_loader() -> None:
    with pytest.raises(EnvironmentFault, match="needs the loader warp-drive"):
        load_expert(a_card("warp-drive"), "cpu")
