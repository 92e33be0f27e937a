"""What holds for every family of the registry."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.experts.registry import FAMILIES, Family

_HEAVY = ("torch", "transformers", "diffusers", "onnxruntime", "cv2", "av", "timm")


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
def test_a_family_has_a_loader(family: Family) -> None:
    load = importlib.import_module(family.module).load
    assert list(inspect.signature(load).parameters) == ["card", "device"]
    assert family.packages


def test_every_task_type_has_an_expert() -> None:
    served = TEXT_TASKS.union(*(family.tasks for family in FAMILIES.values()))
    assert set(load_vocabulary(control=True).names) <= served


def test_no_family_serves_a_task_type_that_no_plan_has() -> None:
    known = set(load_vocabulary(control=True).names)
    assert {task for family in FAMILIES.values() for task in family.tasks} <= known


def test_importing_the_families_imports_no_library() -> None:
    modules = sorted(family.module for family in FAMILIES.values())
    code = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]", done.stdout
