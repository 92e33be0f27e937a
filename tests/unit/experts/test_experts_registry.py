"""The registry: every loader has a module, every task type somebody who does it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.errors import EnvironmentFault
from hgpt_desktop.core.interfaces import ExpertCall
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


# ---------------------------------------------------------------- experts of other packages

OUTSIDE = """
from hgpt_desktop.experts.registry import Family

SHOUTING = Family("shouting", "shouting_experts.loud", frozenset({"text2text-generation"}), ("json",))
OTHER = Family("whispering", "shouting_experts.loud", frozenset({"text2text-generation"}), ("json",))
"""
LOUD = """
from hgpt_desktop.experts.base import required_text, write_text


class Shouter:
    resident_bytes = 0

    def run(self, call, on_progress, should_stop):
        on_progress(1.0, "shouting")
        return (write_text(call, required_text(call, "text").upper()),)

    def close(self):
        pass


def load(card, device):
    return Shouter()
"""


@pytest.fixture
def outside_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package that offers a family, and two entry points that are wrong."""
    package = tmp_path / "site" / "shouting_experts"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(OUTSIDE, encoding="utf-8")
    (package / "loud.py").write_text(LOUD, encoding="utf-8")
    about = tmp_path / "site" / "shouting_experts-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting-experts\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[hgpt_desktop.experts]\nshouting = shouting_experts:SHOUTING\nmurmuring = shouting_experts:OTHER\n"
        "absent = shouting_experts.nothing:FAMILY\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    registry._from_outside.cache_clear()
    yield
    registry._from_outside.cache_clear()
    for name in ("shouting_experts", "shouting_experts.loud"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("outside_package")
def test_another_packages_family_is_found_and_runs(tmp_path: Path) -> None:
    assert registry.family_of("shouting") in registry.all_families()
    assert missing_packages("shouting") == ()
    expert = load_expert(a_card("shouting"), "cpu")
    call = ExpertCall("text2text-generation", {"text": ("hello",)}, tmp_path, "1-shout")
    (made,) = expert.run(call, lambda part, message: None, lambda: False)
    assert made.text == "HELLO"


@pytest.mark.usefixtures("outside_package")
def test_a_wrong_entry_point_is_no_family_and_brings_nothing_down(caplog: pytest.LogCaptureFixture) -> None:
    assert registry.family_of("murmuring") is None
    assert registry.family_of("absent") is None
    assert "not the family of that loader" in caplog.text
    assert "cannot be used" in caplog.text
    assert [family.loader for family in registry.all_families()][len(FAMILIES) :] == ["shouting"]
