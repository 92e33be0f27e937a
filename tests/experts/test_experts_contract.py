"""One contract for all families: every loader, every task type, every declared option, every entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from contract import CANCEL_S, CASES, PAGE, Case, Samples, case_of, made, tried
from tiny_checkpoints import library

from hgpt_desktop.catalog.cards import read_catalogue
from hgpt_desktop.controller.text_tasks import TEXT_TASKS
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.tasks import InputSpec, TaskType
from hgpt_desktop.experts.registry import FAMILIES
from hgpt_desktop.hosts.clients import ExpertClient
from hgpt_desktop.settings import shipped

VOCABULARY = load_vocabulary(control=True)
TINY = [case for case in CASES if not case.starter]
OF_THE_CATALOGUE = {"download_bytes", "device", "convert", "controller"}
"""Options of a card that the catalogue, the memory or the LLM's host read, and no family."""


@pytest.fixture(scope="module", autouse=True)
def _imported_ahead() -> None:
    """What diffusers imports binds a socket when it is imported, to see whether there is IPv6."""
    library("requests")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExpertClient]:
    client = ExpertClient(tmp_path_factory.mktemp("contract-host") / "host.log")
    yield client
    client.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contract-models")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples(tmp_path_factory.mktemp("contract-samples"))


def test_every_family_has_a_case_for_all_that_it_does() -> None:
    tried_ = {(case.loader, task) for case in CASES for task in case.all_tasks}
    assert tried_ == {(family.loader, task) for family in FAMILIES.values() for task in family.tasks}
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_task_type_is_somebodys() -> None:
    served = TEXT_TASKS.union(*(family.tasks for family in FAMILIES.values()))
    assert set(VOCABULARY.names) == served | {"conversational"}


@pytest.mark.parametrize("case", TINY, ids=lambda case: case.name)
def test_a_family_keeps_its_promises(
    case: Case, host: ExpertClient, models: Path, samples: Samples, tmp_path: Path
) -> None:
    measured = list(tried(host, case, models, samples, tmp_path))
    assert [one.task for one in measured] == case.all_tasks
    for one in measured:
        assert one.cancel_s < CANCEL_S, one
        assert one.peak_bytes is None or one.peak_bytes < 2**31, one


# ---------------------------------------------------------------- options


def _values(spec: InputSpec) -> list[str]:
    if spec.number is None:
        return list(spec.choices)
    return [spec.number.nearest(spec.number.lowest)]


def _options() -> list[tuple[TaskType, InputSpec]]:
    return [(task_type, spec) for task_type in VOCABULARY for spec in task_type.options]


@pytest.mark.parametrize(("task_type", "spec"), _options(), ids=lambda one: getattr(one, "name", None))
def test_a_declared_option_is_read_by_each_family_that_does_the_task(
    task_type: TaskType, spec: InputSpec
) -> None:
    """An option that nobody reads would be a promise to the user that nothing keeps."""
    modules = [family.module for family in FAMILIES.values() if task_type.name in family.tasks]
    modules += ["hgpt_desktop.controller.text_tasks"] if task_type.name in TEXT_TASKS else []
    assert modules
    deaf = [module for module in modules if not _names_option(module, spec.name)]
    assert not deaf, f"{spec.name} of {task_type.name} is not read by {deaf}"


def _names_option(module: str, option: str) -> bool:
    """Whether the family's file, or one of our own that it imports, names the option in quotes."""
    root = Path(__file__).parents[2]
    seen, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        source = (root / (name.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        if f'"{option}"' in source:
            return True
        waiting += re.findall(
            r"^\s*from (hgpt_desktop\.(?:core|experts|controller)\.\w+) import", source, re.M
        )
        waiting += [
            f"hgpt_desktop.experts.{part.strip()}"
            for group in re.findall(r"^from hgpt_desktop\.experts import (.+)$", source, re.M)
            for part in group.split(",")
        ]
    return False


TOOL_OPTIONS = [
    (task_type, spec) for task_type, spec in _options() if task_type.name in FAMILIES["tools"].tasks
]


@pytest.mark.parametrize(("task_type", "spec"), TOOL_OPTIONS, ids=lambda one: getattr(one, "name", None))
def test_every_value_of_a_tools_option_is_taken(
    task_type: TaskType, spec: InputSpec, host: ExpertClient, models: Path, samples: Samples, tmp_path: Path
) -> None:
    card = made(case_of("tools"), models)
    host.load(card, "cpu", lambda part, message: None, CancelToken())
    needed = {"height": "8"} if spec.name != "height" and task_type.input("height") else {}
    for number, value in enumerate(_values(spec)):
        if (spec.name, value) == ("end", "0"):
            value = "1"  # an end at 0 leaves nothing
        call = samples.call(task_type.name, tmp_path / str(number), **{**needed, spec.name: value})
        assert host.run(card, call, lambda part, message: None, CancelToken()).outputs


# ---------------------------------------------------------------- the catalogue and the page


def test_every_option_of_the_catalogue_is_read_by_somebody() -> None:
    """A misspelt option would be passed over in silence."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("experts", "runtime", "hosts")
        for path in sorted((Path(__file__).parents[2] / "hgpt_desktop" / folder).glob("*.py"))
    )
    for card in read_catalogue(shipped("models.yaml").read_bytes(), "models.yaml"):
        assert card.loader.startswith("llama.cpp") or card.loader in FAMILIES, card.id
        unread = [name for name in card.options if name not in OF_THE_CATALOGUE and f'"{name}"' not in source]
        assert not unread, f"{card.id}: {unread}"


def test_the_page_has_every_family_and_task() -> None:
    told = re.findall(r"^\| `([^`]+)` \| [^|]* \| ([a-z0-9-]+) \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert set(told) == {(family.loader, task) for family in FAMILIES.values() for task in family.tasks}
