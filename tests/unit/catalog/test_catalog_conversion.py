"""Conversions at the end of an installation, with a converter that turns bytes round."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from catalog_files import Shelf, content_of, file_entry, model_entry

from hgpt_desktop.catalog import conversion
from hgpt_desktop.catalog.progress import InstallProgress
from hgpt_desktop.catalog.records import read_record
from hgpt_desktop.core.cancel import CancelToken
from hgpt_desktop.core.errors import Cancelled, EnvironmentFault, ModelDamaged

CHECKPOINT = content_of(10_000)
CONVERTER = """
import os, sys, threading
from pathlib import Path

source, target, flag, form = sys.argv[1:]
assert (flag, form) == ("--as", "toy:form")
behaviour = os.environ["TOY_CONVERTER"]
if behaviour == "wait":
    threading.Event().wait()
if behaviour != "work":
    print("said in the end", file=sys.stderr)
    sys.exit(int(behaviour))
Path(target).write_bytes(Path(source).read_bytes()[::-1])
"""


def ignore(progress: InstallProgress) -> None:
    """Nobody watches."""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "toy_converter.py").write_text(CONVERTER, encoding="utf-8")
    (tools / "toy.pth").write_bytes(CHECKPOINT)
    monkeypatch.setattr(conversion, "_MODULE", "toy_converter")
    monkeypatch.setenv("PYTHONPATH", str(tools), prepend=os.pathsep)
    monkeypatch.setenv("TOY_CONVERTER", "work")
    made = Shelf(tmp_path / "shelf")
    made.write(
        model_entry(
            "toy",
            file_entry("toy.pth", CHECKPOINT, f"file:{tools / 'toy.pth'}"),
            convert={"from": "toy.pth", "to": "model.safetensors", "as": "toy:form"},
        )
    )
    return made


def install(shelf: Shelf, cancel: CancelToken | None = None) -> None:
    shelf.store().install(shelf.card(), ignore, cancel or CancelToken())


def test_the_converted_file_is_made_and_recorded(shelf: Shelf) -> None:
    install(shelf)
    assert shelf.read("toy/model.safetensors") == CHECKPOINT[::-1]
    record = read_record(shelf.models / "toy")
    assert record is not None
    made = record.file("model.safetensors")
    assert made is not None
    assert made.source == "convert:toy.pth"
    assert shelf.store().verify(shelf.card()) == []


def test_a_damaged_result_is_converted_again_without_fetching(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf)
    path = shelf.models / "toy" / "model.safetensors"
    path.write_bytes(CHECKPOINT)
    assert [problem.path for problem in shelf.store().verify(shelf.card())] == ["model.safetensors"]
    (tmp_path / "tools" / "toy.pth").unlink()
    shelf.store().repair(shelf.card(), ignore, CancelToken())
    assert path.read_bytes() == CHECKPOINT[::-1]


def test_a_missing_result_is_not_installed(shelf: Shelf) -> None:
    install(shelf)
    (shelf.models / "toy" / "model.safetensors").unlink()
    assert not shelf.card().installed
    install(shelf)
    assert shelf.card().installed


def test_missing_libraries_keep_the_fetched_file(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_CONVERTER", "3")
    with pytest.raises(EnvironmentFault) as caught:
        install(shelf)
    assert caught.value.detail == "said in the end"
    assert "hgpt doctor" in caught.value.hint
    assert not shelf.card().installed
    shutil.move(tmp_path / "tools" / "toy.pth", tmp_path / "away.pth")
    monkeypatch.setenv("TOY_CONVERTER", "work")
    install(shelf)
    assert shelf.card().installed


def test_a_file_that_cannot_be_converted_is_damaged(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_CONVERTER", "2")
    with pytest.raises(ModelDamaged):
        install(shelf)
    assert not shelf.card().installed


def test_cancel_ends_the_conversion(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_CONVERTER", "wait")
    cancel = CancelToken()

    def stop(progress: InstallProgress) -> None:
        if progress.file == "model.safetensors":
            cancel.cancel()

    with pytest.raises(Cancelled):
        shelf.store().install(shelf.card(), stop, cancel)
    assert not shelf.card().installed
