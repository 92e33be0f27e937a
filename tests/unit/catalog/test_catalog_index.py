"""The catalogue as the rest of the program sees it."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from catalog_files import Shelf, file_entry, model_entry

from hgpt_desktop.catalog.catalogue import CatalogueIndex
from hgpt_desktop.catalog.records import InstallRecord, RecordedFile, write_record
from hgpt_desktop.core.errors import CatalogUnavailable, DatabaseTooNew, InvalidInput


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    weights = file_entry("model.bin", b"weights")
    made.write(
        model_entry("small", weights, quality=0.4, downloads=10, sets=["starter"]),
        model_entry("good", weights, quality=0.8, description="Names birds of every kind."),
        model_entry("popular", weights, quality=0.4, downloads=1000, languages=["de"]),
        model_entry("reader", weights, tasks=["optical-character-recognition"]),
    )
    return made


def put(shelf: Shelf, model_id: str) -> None:
    """Install a model by hand."""
    folder = shelf.models / model_id
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"weights")
    write_record(
        folder, InstallRecord(model_id, "2026-01-01", (RecordedFile("model.bin", 7, "0" * 64, "file:/x"),))
    )


def indexed_at(shelf: Shelf) -> tuple[int, int]:
    status = shelf.db_path.stat()
    return status.st_mtime_ns, status.st_ino


def test_cards_come_in_the_order_of_the_file_with_their_folders(shelf: Shelf) -> None:
    cards = shelf.index().cards()
    assert [card.id for card in cards] == ["small", "good", "popular", "reader"]
    assert cards[0].folder == shelf.models / "small"


def test_a_cache_folder_that_is_a_file_is_a_fault_in_a_sentence(shelf: Shelf) -> None:
    shelf.db_path.parent.parent.mkdir(exist_ok=True)
    shelf.db_path.parent.write_text("a file")
    with pytest.raises(CatalogUnavailable, match="index cannot be written"):
        shelf.index()


def test_an_unknown_id_is_bad_input(shelf: Shelf) -> None:
    with pytest.raises(InvalidInput) as caught:
        shelf.index().card("nothing")
    assert "hgpt models list" in caught.value.hint


def test_candidates_are_installed_ones_best_first(shelf: Shelf) -> None:
    index = shelf.index()
    assert index.candidates("image-classification") == ()
    for model_id in ("small", "good", "popular"):
        put(shelf, model_id)
    assert [card.id for card in index.candidates("image-classification")] == ["good", "popular", "small"]
    assert index.candidates("optical-character-recognition") == ()


def test_what_does_not_fit_or_cannot_be_loaded_is_no_candidate(shelf: Shelf) -> None:
    put(shelf, "good")
    assert shelf.index().candidates("image-classification")
    shelf.loadable = False
    assert not shelf.index().candidates("image-classification")
    shelf.loadable, shelf.capacity_bytes = True, 999
    assert not shelf.index().candidates("image-classification")
    assert not shelf.index().fits(shelf.card("good"))


def test_the_suggestion_is_the_starter_pack_then_the_best_that_fits(shelf: Shelf) -> None:
    index = shelf.index()
    assert index.suggestion("image-classification") == shelf.card("small")
    put(shelf, "small")
    assert index.suggestion("image-classification") == shelf.card("good")
    shelf.capacity_bytes = 10
    assert index.suggestion("image-classification") is None
    assert index.suggestion("text-to-video") is None


def test_what_needs_a_gpu_is_suggested_last_where_there_is_none(shelf: Shelf) -> None:
    weights = file_entry("model.bin", b"weights")
    shelf.write(
        model_entry("painter", weights, tasks=["text-to-image"], quality=0.9, tier="24"),
        model_entry("sketcher", weights, tasks=["text-to-image"], quality=0.4),
        model_entry("film-maker", weights, tasks=["text-to-video"], tier="16"),
    )
    assert shelf.index().suggestion("text-to-image") == shelf.card("painter")
    without = shelf.index(has_gpu=False)
    assert without.suggestion("text-to-image") == shelf.card("sketcher")
    assert without.suggestion("text-to-video") == shelf.card("film-maker")


def test_installed_is_what_the_disk_says_not_the_index(shelf: Shelf) -> None:
    index = shelf.index()
    assert not index.card("good").installed
    put(shelf, "good")
    assert index.card("good").installed
    (shelf.models / "good" / "model.bin").write_bytes(b"weight")
    assert not index.card("good").installed
    (shelf.models / "good" / "model.bin").write_bytes(b"weights")
    assert index.card("good").installed
    (shelf.models / "good" / "install.json").write_text('{"model_id": "good"', encoding="utf-8")
    assert not index.card("good").installed


def test_a_model_that_comes_with_a_package_is_installed_when_the_package_is(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write(model_entry("here", packages=["json"]), model_entry("away", packages=["no_such_package_x"]))
    assert [card.installed for card in shelf.index().cards()] == [True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("good", ["good"]),
        ("bird", ["good"]),
        ("BIRDS", ["good"]),
        ("optical character", ["reader"]),
        ("opti", ["reader"]),
        ("starter", ["small"]),
        ("birds optical", []),
        ('"; DROP TABLE models', []),
        ("' OR * NEAR(", []),
        ("", []),
    ],
)
def test_search_finds_words_and_beginnings_of_words(shelf: Shelf, text: str, found: list[str]) -> None:
    assert [card.id for card in shelf.index().search(text)] == found


def test_sets_are_found_by_name(shelf: Shelf) -> None:
    assert [card.id for card in shelf.index().in_set("starter")] == ["small"]
    assert shelf.index().in_set("nothing") == ()


def test_json_has_the_shape_that_scripts_rely_on(shelf: Shelf) -> None:
    put(shelf, "popular")
    index = shelf.index()
    assert index.to_json(index.card("popular")) == {
        "id": "popular",
        "tasks": ["image-classification"],
        "licence": "MIT",
        "size_bytes": 7,
        "languages": ["de"],
        "tier": "cpu",
        "installed": True,
        "fits": True,
        "verified": False,
        "source": "",
    }


def test_the_index_is_made_anew_only_when_a_file_has_changed(shelf: Shelf) -> None:
    shelf.index()
    before = indexed_at(shelf)
    shelf.index()
    assert indexed_at(shelf) == before
    shelf.write(model_entry("other", file_entry("x", b"x")))
    assert [card.id for card in shelf.index().cards()] == ["other"]
    assert indexed_at(shelf) != before


def test_a_catalogue_without_models_can_be_searched(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write()
    assert shelf.index().cards() == ()
    assert shelf.index().search("anything") == ()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00 but not really", b"\x00" * 5000])
def test_a_damaged_index_is_made_anew(shelf: Shelf, content: bytes) -> None:
    shelf.index()
    shelf.db_path.write_bytes(content)
    assert len(shelf.index().cards()) == 4


def test_an_index_that_is_damaged_later_on_is_made_anew(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    index = shelf.index()
    with closing(sqlite3.connect(shelf.db_path)) as db:
        db.execute("DROP TABLE models")
    with caplog.at_level(logging.WARNING):
        assert len(index.cards()) == 4
        assert len(index.search("birds")) == 1
    assert len(caplog.records) == 1


def test_an_index_of_a_newer_program_is_left_alone(shelf: Shelf) -> None:
    shelf.index()
    with closing(sqlite3.connect(shelf.db_path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(DatabaseTooNew) as caught:
        shelf.index()
    assert str(shelf.db_path) in caught.value.message
    assert "delete" in caught.value.hint


def test_an_index_that_cannot_be_written_is_an_environment_fault(shelf: Shelf) -> None:
    shelf.db_path.parent.mkdir(parents=True)
    shelf.db_path.mkdir()
    with pytest.raises(CatalogUnavailable):
        shelf.index()


def test_a_missing_or_broken_catalogue_is_unavailable(shelf: Shelf) -> None:
    shelf.models_yaml.write_text("models: [", encoding="utf-8")
    with pytest.raises(CatalogUnavailable, match="line"):
        shelf.index()
    shelf.models_yaml.unlink()
    with pytest.raises(CatalogUnavailable, match=r"models\.yaml cannot be read"):
        shelf.index()


def test_the_users_own_models_stand_at_the_end(shelf: Shelf) -> None:
    put(shelf, "mine")
    card = yaml.safe_dump(model_entry("mine", file_entry("model.bin", b"weights")))
    (shelf.models / "mine" / "card.yaml").write_text(card, encoding="utf-8")
    index = shelf.index()
    assert [card.id for card in index.cards()][-1] == "mine"
    assert index.card("mine").installed


def test_a_card_of_the_users_that_cannot_be_read_costs_only_that_model(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in (
        ("broken", "id: ["),
        ("renamed", yaml.safe_dump(model_entry("other", file_entry("x", b"x")))),
        ("good", "id: ["),  # the catalogue's own entry counts
    ):
        (shelf.models / name).mkdir(parents=True)
        (shelf.models / name / "card.yaml").write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        index = shelf.index()
    assert [card.id for card in index.cards()] == ["small", "good", "popular", "reader"]
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "left out of the catalogue"
    ] * 2


def test_importing_the_room_loads_nothing_heavy() -> None:
    program = (
        "import sys, hgpt_desktop.catalog.store; "
        "print(sorted({'requests', 'sqlite_utils', 'yaml', 'urllib3', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_catalogue_of_the_users_own_stands_beside_the_shipped_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write(model_entry("shipped", file_entry("a", b"x", "hub:a/b@main/a")))
    own = tmp_path / "own.yaml"

    def opened() -> CatalogueIndex:
        return CatalogueIndex(
            shelf.models_yaml, shelf.db_path, shelf.models, lambda card: True, lambda: 1 << 40, own_yaml=own
        )

    def ids() -> list[str]:
        return [card.id for card in opened().cards()]

    assert ids() == ["shipped"]
    assert opened().own_fault() is None
    mine = model_entry("mine", file_entry("a", b"x", "hub:a/b@main/a"))
    shipped = model_entry("shipped", file_entry("b", b"y", "hub:a/b@main/b"))
    own.write_text(yaml.safe_dump({"schema": 1, "models": [mine, shipped]}), encoding="utf-8")
    assert ids() == ["shipped", "mine"]
    assert "shipped is in the shipped one" in caplog.text
    fault = opened().own_fault()
    assert fault is not None
    assert fault.message == f"Of your catalogue {own} this is left out: shipped."
    own.write_text("models: [", encoding="utf-8")
    assert ids() == ["shipped"]
    assert "your own catalogue is left out" in caplog.text
    for fault in (opened().own_fault(), opened().own_fault()):  # at every start, and not only at the first
        assert fault is not None
        assert fault.message.startswith(f"{own}, line 2: ")
    own.write_text(yaml.safe_dump({"schema": 1, "models": [mine]}), encoding="utf-8")
    assert opened().own_fault() is None
