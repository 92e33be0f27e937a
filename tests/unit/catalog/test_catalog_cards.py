"""models.yaml and card.yaml: what they say, and what is said of their mistakes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from catalog_files import REVISION, file_entry, model_entry

from hgpt_desktop.catalog.cards import read_card, read_catalogue, write_card
from hgpt_desktop.core.errors import CatalogUnavailable
from hgpt_desktop.core.models import ModelCard


def catalogue(*entries: dict[str, Any]) -> tuple[ModelCard, ...]:
    return read_catalogue(yaml.safe_dump({"schema": 1, "models": list(entries)}).encode(), "models.yaml")


def complaint(*entries: dict[str, Any]) -> str:
    with pytest.raises(CatalogUnavailable) as caught:
        catalogue(*entries)
    assert caught.value.hint
    return caught.value.message


def test_an_entry_becomes_a_card() -> None:
    content = b"weights"
    card = catalogue(
        model_entry(
            "toy-1.5b",
            file_entry("model.bin", content, ["wheel:a==1/x", "wheel:b==1/y"], f"hub:org/repo@{REVISION}/z"),
            languages=["en", "de"],
            sets=["starter"],
            quality=0.7,
            options={"controller": True},
            verified=True,
        )
    )[0]
    assert card.id == "toy-1.5b"
    assert card.size_bytes == len(content)
    assert card.files[0].sources == ("wheel:a==1/x + wheel:b==1/y", f"hub:org/repo@{REVISION}/z")
    assert card.languages == ("en", "de")
    assert card.options == {"controller": True}
    assert (card.quality, card.verified, card.installed, card.folder) == (0.7, True, False, None)


def test_files_without_sources_come_from_the_hub_of_the_entry() -> None:
    entry = model_entry("toy", {"path": "config.json"}, {"path": "model.gguf", "from": "Toy-Q4.gguf"})
    files = catalogue(entry | {"hub": f"org/repo@{REVISION}"})[0].files
    assert files[0].sources == (f"hub:org/repo@{REVISION}/config.json",)
    assert files[1].sources == (f"hub:org/repo@{REVISION}/Toy-Q4.gguf",)


def test_a_card_comes_back_from_its_own_yaml() -> None:
    entry = model_entry(
        "toy",
        file_entry("toy.pth", b"pickle", ["wheel:a==1/x", "wheel:b==1/y"]),
        {"path": "sub/config.json", "sources": ["file:/tmp/config.json"]},
        convert={"from": "toy.pth", "to": "model.safetensors", "as": "timm:toy"},
        options={"architecture": "toy"},
    )
    card = catalogue(entry)[0]
    assert card.options["convert"]["as"] == "timm:toy"
    assert read_card(write_card(card), "card.yaml") == card


def test_broken_yaml_is_reported_with_its_line() -> None:
    with pytest.raises(CatalogUnavailable, match=r"models\.yaml, line 3"):
        read_catalogue(b"schema: 1\nmodels:\n\t- id: a\n", "models.yaml")


def test_a_doubled_field_is_reported_with_its_line() -> None:
    with pytest.raises(CatalogUnavailable, match=r"line 4: the field name is there twice"):
        read_catalogue(b"schema: 1\nmodels:\n  - name: a\n    name: b\n", "models.yaml")


def test_a_mistake_in_an_entry_names_file_line_and_model() -> None:
    text = yaml.safe_dump(
        {
            "schema": 1,
            "models": [model_entry("good", file_entry("x", b"x")), model_entry("bad", colour="red")],
        },
        sort_keys=False,
    )
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "id: bad" in line)
    with pytest.raises(CatalogUnavailable) as caught:
        read_catalogue(text.encode(), "models.yaml")
    assert caught.value.message == f"models.yaml, model 2 (line {line}), bad: unknown field colour."


def test_yaml_that_would_make_objects_is_refused() -> None:
    with pytest.raises(CatalogUnavailable, match="could not determine a constructor"):
        read_catalogue(b"schema: 1\nmodels: !!python/object/apply:os.getcwd []\n", "models.yaml")


def test_a_newer_form_asks_for_an_update() -> None:
    with pytest.raises(CatalogUnavailable) as caught:
        read_catalogue(b"schema: 2\nmodels: []\n", "models.yaml")
    assert caught.value.hint == "Update the program."


@pytest.mark.parametrize("content", [b"", b"- a", b"schema: 1", b"schema: one\nmodels: []", b"\xff\xfe\xfa"])
def test_a_file_of_another_shape_is_unavailable(content: bytes) -> None:
    with pytest.raises(CatalogUnavailable):
        read_catalogue(content, "models.yaml")


FILE = file_entry("model.bin", b"x")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": "Upper"}, "cannot be an id"),
        ({"id": "../escape"}, "cannot be an id"),
        ({"id": "quarantine"}, "cannot be an id"),
        ({"tasks": []}, "tasks is missing or empty"),
        ({"tasks": "image-classification"}, "tasks is not a list"),
        ({"tasks": ["a", "a"]}, "tasks names something twice"),
        ({"licence": None}, "licence is missing"),
        ({"quality": 1.5}, "quality is not a number from 0 to 1"),
        ({"memory_bytes": "1 GB"}, "memory_bytes is not a whole number"),
        ({"memory_bytes": True}, "memory_bytes is not a whole number"),
        ({"verified": "yes"}, "verified is neither true nor false"),
        ({"options": ["a"]}, "options is not a mapping"),
        ({"files": []}, "neither files nor packages"),
        ({"files": [{**FILE, "path": "../x"}]}, "not a plain path"),
        ({"files": [{**FILE, "path": "card.yaml"}]}, "cannot be called"),
        ({"files": [{**FILE, "path": "install.json"}]}, "cannot be called"),
        ({"files": [{**FILE, "path": "x.part"}]}, "cannot be called"),
        ({"files": [{**FILE, "sha256": "ABC"}]}, "sha256 is not 64 hexadecimal digits"),
        ({"files": [{**FILE, "size_bytes": -1}]}, "size_bytes is not a whole number"),
        ({"files": [{**FILE, "sources": ["hub:x"]}]}, "does not name a repository"),
        ({"files": [{**FILE, "colour": "red"}]}, "unknown field colour"),
        ({"files": [FILE, {**FILE, "path": "MODEL.BIN"}]}, "two files have the same path"),
        ({"files": [{"path": "x", "sources": ["https://example.org/x"]}]}, "needs its sha256"),
        ({"files": [{"path": "x", "from": "y", "sources": ["file:/x"]}]}, "from needs"),
        ({"files": [{"path": "x"}], "verified": True}, "not every file has its sha256"),
        ({"convert": {"from": "other", "to": "y", "as": "timm:z"}}, "not among the files"),
        ({"convert": {"from": "model.bin", "to": "../y", "as": "timm:z"}}, "not a plain path"),
        ({"convert": "timm:z"}, "convert needs exactly"),
    ],
)
def test_mistakes_are_named(fields: dict[str, Any], words: str) -> None:
    assert words in complaint(model_entry("toy", FILE) | fields)


def test_one_id_cannot_stand_for_two_models() -> None:
    assert "the model toy is there twice" in complaint(model_entry("toy", FILE), model_entry("toy", FILE))
